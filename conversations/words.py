"""What the values of the domain are called when people see them."""

from locales import _
from services.companies import EntityKind, Standing
from services.reviews import ReviewState

ENTITY_KIND = {
    EntityKind.SOLE_PROPRIETOR: _("Sole proprietor"),
    EntityKind.CORPORATION: _("Corporation"),
    EntityKind.OTHER_BODY: _("Another body (medical, NPO, cooperative …)"),
}
STANDING = {
    Standing.UNDER_REVIEW: _("Being reviewed"),
    Standing.DEFICIENT: _("Please correct"),
    Standing.COMPLETED: _("Registered"),
    Standing.REJECTED: _("Not accepted"),
    Standing.WITHDRAWN: _("Withdrawn"),
}
REVIEW_STATE = {
    ReviewState.WAITING: _("Waiting"),
    ReviewState.TAKEN: _("In review"),
    ReviewState.APPROVED: _("Approved"),
    ReviewState.RETURNED: _("Returned"),
    ReviewState.REJECTED: _("Rejected"),
    ReviewState.WITHDRAWN: _("Withdrawn"),
}
SUBJECT = {
    "company": _("Registration of a business"),
    "expert": _("Registration of an expert"),
    "case": _("Consultation case"),
    "plan": _("Formation of a support plan"),
    "report": _("Implementation report"),
    "claim": _("Claim of the honorarium"),
}
