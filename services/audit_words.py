"""What the changes in the audit log are called to people who read it."""

from __future__ import annotations

from locales import Text, _

ACTIONS: dict[str, Text] = {
    "account corrected": _("Bank account corrected"),
    "agreed": _("Agreed"),
    "agreed to share contacts": _("Agreed to share contacts"),
    "approved": _("Approved"),
    "approved once": _("Approved by the first clerk"),
    "balance carried over": _("Balance of the phase before"),
    "call asked for": _("Asked to be called"),
    "called": _("Called"),
    "cancelled": _("Cancelled"),
    "cap changed": _("Cap changed"),
    "clerks named": _("Clerks called by name"),
    "closed": _("Closed"),
    "commented": _("Commented"),
    "confirmed": _("Confirmed"),
    "contracted": _("Contract concluded"),
    "deadline extended": _("Deadline extended"),
    "dealt with": _("Dealt with"),
    "declined": _("Declined"),
    "denied": _("Said that it did not take place"),
    "disputed": _("Said that it was different"),
    "drawn up": _("Payment run drawn up"),
    "ended": _("Ended"),
    "escalated": _("Passed on to the second channel"),
    "evidence added": _("Evidence added"),
    "evidence removed": _("Evidence removed"),
    "expired": _("Time ran out"),
    "formed": _("Formation approved"),
    "handed in": _("Handed in"),
    "hidden": _("No longer shown to experts"),
    "issued": _("Issued"),
    "kept": _("Kept in mind"),
    "link given": _("Looked at"),
    "negotiating": _("In talks"),
    "not solved": _("Said that it is not solved"),
    "noted": _("Wrote a note"),
    "number given": _("Gave a telephone number"),
    "opened": _("Asked for a person"),
    "paid": _("Paid"),
    "plan agreed": _("A plan was agreed on"),
    "put back": _("Given back to the queue"),
    "received": _("Received"),
    "recommended": _("Let an expert know of it"),
    "recorded": _("Recorded"),
    "rejected": _("Rejected"),
    "released": _("Released"),
    "reminded": _("Reminded"),
    "reopened": _("Opened again"),
    "replied": _("Replied"),
    "returned": _("Returned"),
    "review withdrawn": _("Review withdrawn"),
    "revised": _("Revised"),
    "scheduled": _("Put into a payment run"),
    "sent": _("Sent"),
    "set aside": _("Set aside by an expert"),
    "shown again": _("Shown to experts again"),
    "signed": _("Signed"),
    "solved": _("Said that it is solved"),
    "started": _("Begun"),
    "submitted": _("Submitted"),
    "taken": _("Taken on by a clerk"),
    "taken over": _("Taken over from a colleague"),
    "taken up again": _("Taken up again by an expert"),
    "terminated": _("Terminated"),
    "withdrawn": _("Withdrawn"),
    "wrote": _("Wrote"),
}
STAGES: dict[str, Text] = {
    "free": _("Free"),
    "carried": _("Carried over"),
    "reserved": _("Reserved"),
    "confirmed": _("Confirmed"),
    "paid": _("Paid"),
    "reclaimed": _("Asked back"),
}
"""Where a yen stands."""


def called(action: str) -> Text | str:
    """The words for an action; what has none is shown as it was noted."""
    parts = action.split(" ")
    if len(parts) == 4 and parts[2] == "to" and parts[1] in STAGES and parts[3] in STAGES:
        return _("{money}: {source} → {target}")(
            money=_("Travel") if parts[0] == "travel" else _("Honorarium"),
            source=STAGES[parts[1]],
            target=STAGES[parts[3]],
        )
    return ACTIONS.get(action, action)
