"""How a question about a case and what was written after it look to either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.cases_shown import cut
from conversations.current import Part
from conversations.messages import Card, Fact, Say
from locales import Text, _
from services.enquiries import Enquiry, EnquiryMessage, EnquiryState, Side
from services.tips import mask_contacts

if TYPE_CHECKING:
    from services.bundle import Services

QUOTE = 40
LATEST = 6
"""How many messages of a thread are shown; the rest stays in the log."""
LONGEST = 500
STATE = {
    EnquiryState.WAITING: _("Waiting for an answer"),
    EnquiryState.ANSWERED: _("Answered"),
    EnquiryState.DECLINED: _("Declined"),
}
MASKED = _("Contact details were hidden. They are shown when both sides agree to exchange contacts.")
YOURS_MASKED = _("We hid contact details in it. To share them, press “Exchange contacts”.")


async def about(services: Services, enquiry: Enquiry) -> Text:
    """Which question of which case this is; the heading of whatever is said about it."""
    case = await services.cases.get(enquiry.case_id)
    assert case is not None
    return _("Re: {question} on case {case} {title}")(
        question=enquiry.number, case=case.number, title=cut(mask_contacts(case.title), QUOTE)
    )


async def asker(services: Services, enquiry: Enquiry) -> Text:
    """The expert as a company sees him: display name and number."""
    expert = await services.experts.get(enquiry.expert_id)
    assert expert is not None
    return _("{name} ({number})")(name=expert.display_name, number=expert.number)


async def latest(services: Services, enquiry: Enquiry, side: Side) -> EnquiryMessage:
    """The newest message of one side; a question has at least the expert's first."""
    written = [one for one in await services.enquiries.messages(enquiry) if one.side == side]
    return written[-1]


async def thread(services: Services, enquiry: Enquiry, reader: Side) -> list[Part]:
    """What both wrote, oldest first, as one of them reads it."""
    messages = await services.enquiries.messages(enquiry)
    parts: list[Part] = []
    if len(messages) > LATEST:
        parts.append(Say(_("{count} earlier messages are kept.")(count=len(messages) - LATEST)))
    parts.extend(Say(_line(message, reader)) for message in messages[-LATEST:])
    if any(message.masked for message in messages[-LATEST:]):
        parts.append(Say(MASKED))
    return parts


def _line(message: EnquiryMessage, reader: Side) -> Text:
    if message.side == reader:
        return _("You, {when}:\n{words}")(when=message.at, words=message.text)
    if message.side == Side.EXPERT:
        return _("The expert, {when}:\n{words}")(when=message.at, words=message.text)
    return _("The company, {when}:\n{words}")(when=message.at, words=message.text)


async def contact_card(services: Services, enquiry: Enquiry, side: Side) -> Card:
    """How to reach one side, once both have agreed; raises Refusal before."""
    contact = await services.enquiries.contact(enquiry, side)
    return Card(
        _("You can now reach each other"),
        badge=await about(services, enquiry),
        facts=[
            Fact(_("Name"), contact.name),
            Fact(_("Phone"), contact.phone),
            Fact(_("E-mail"), contact.email),
        ],
        note=_("Work begins only after the contract. Please write down what you agree on in a plan."),
        tone="good",
    )
