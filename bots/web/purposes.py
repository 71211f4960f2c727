"""What each kind of document is called on the upload page, and what to mind when sending it (DOMAIN 1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from locales import Text, _


@dataclass(frozen=True)
class Purpose:
    """A kind of document in plain words: whose it is, what it is, and how it becomes easy to read."""

    title: Text
    what: Text
    minding: Sequence[Text] = ()


IN_GOOD_LIGHT = _("Take it in a bright place, from right above, so that no corner is missing.")
ALL_PAGES = _("If it has several pages, send each page, or one PDF with all of them.")

PURPOSES = {
    "identity_document": Purpose(
        _("Send your identity document"),
        _("A document with your photo, name, address and date of birth, such as a driver's licence."),
        (
            IN_GOOD_LIGHT,
            _("If something is written on the back, send the back as a second photo."),
            _("My Number card: send the front only. Never send the back with the number on it."),
        ),
    ),
    "face_photo": Purpose(
        _("Send a photo of your face"),
        _("A photo of yourself, taken recently, from the front."),
        (
            _("Take off hat and mask, so that your whole face can be seen."),
            _("It is compared with your identity document and with pictures in your reports."),
        ),
    ),
    "passbook": Purpose(
        _("Send photos of your passbook"),
        _("The passbook of the account that receives the honorarium: the cover and the first inner pages."),
        (
            _("Send the cover first, then the first inner pages."),
            _("No paper passbook? Send screenshots that show bank, branch, number and holder."),
        ),
    ),
    "qualification": Purpose(
        _("Send your certificate"),
        _("The certificate or pass notice of the qualification you have registered."),
        (IN_GOOD_LIGHT, _("Your name and the number must be readable.")),
    ),
    "business_registry": Purpose(
        _("Send the certificate of your company"),
        _("The certificate of all registered matters of your company, not older than 3 months."),
        (IN_GOOD_LIGHT, ALL_PAGES),
    ),
    "tax_return": Purpose(
        _("Send the copy of your tax return"),
        _("The copy of your latest tax return, with the reception stamp or the e-Tax receipt."),
        (IN_GOOD_LIGHT, _("If your My Number is printed on it, cover the number first."), ALL_PAGES),
    ),
    "session_photo": Purpose(
        _("Send photos of the session"),
        _("One photo at the start and one at the end, with faces or the place to be seen."),
        (
            _("For an online meeting a picture of the screen with both faces is fine."),
            _("Each photo belongs to one session. Please don't use one twice."),
        ),
    ),
    "session_material": Purpose(
        _("Send what was made in the session"),
        _("A photo, a screenshot or a PDF of what was made at the desk."),
        (_("Please cover passwords and data of customers first."), ALL_PAGES),
    ),
    "payment_proof": Purpose(
        _("Send something that shows the payment"),
        _("A bank statement, a transfer slip or a platform's receipt in your name."),
        (
            _("Day, amount and the payer must be readable. You may cover other lines."),
            _("For cash, the receipt signed by the company."),
            ALL_PAGES,
        ),
    ),
    "travel_receipt": Purpose(
        _("Send the receipts of your travel"),
        _("Receipts or tickets of the one visit for which you claim travel."),
        (_("Day, way and amount must be readable."), ALL_PAGES),
    ),
}
GENERAL = Purpose(
    _("Send a document"), _("The document that you were asked for in the chat."), (IN_GOOD_LIGHT, ALL_PAGES)
)


def purpose(code: str) -> Purpose:
    """The words for a kind of document; general ones where it has none of its own."""
    return PURPOSES.get(code, GENERAL)
