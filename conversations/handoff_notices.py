"""What somebody who talks to the secretariat is told: the clerk's words, that they are not forgotten, and the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.handoffs_shown import CALL, WITHDRAW, when_answered
from conversations.messages import Button, Card, Fact, Link, Message, Voice, act
from conversations.notices import worded
from locales import _
from locales.language import speaker
from services.handoffs import Handoff

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice


async def named(services: Services, notice: Notice) -> Handoff:
    """The talk that a notice is about."""
    handoff = await services.handoffs.get(notice.ids["handoff"])
    assert handoff is not None
    return handoff


@worded("handoff.replied")
async def replied(services: Services, notice: Notice) -> list[Message]:
    """The words of a clerk, under their own name, with what they send."""
    message = await services.handoffs.message(notice.ids["message"])
    assert message is not None
    say = speaker(await services.people.language(notice.person_id))
    name = say(_("{name} (secretariat)")(name=await services.reviews.name(message.person_id)))
    if message.document_id is None:
        return [Voice(message.text, name)]
    document = await services.documents.get(message.document_id)
    link = Link(await services.documents.sent_link(message.document_id))
    words = message.text or say(_("I send you a file."))
    if document is not None and document.mime.startswith("image/"):
        return [Voice(words, name, picture=link)]
    return [Voice(words, name, file=link)]


@worded("handoff.ended")
async def ended(services: Services, notice: Notice) -> list[Message]:
    """The clerk thinks that this was it; the person decides."""
    handoff = await named(services, notice)
    return [
        Card(
            _("Is it solved?"),
            facts=[
                Fact(_("Number"), handoff.number),
                Fact(_("Clerk"), await services.reviews.name(handoff.taken_by)),
            ],
            body=[_("If something is still open, press “Not solved yet”. You need not explain it again.")],
            buttons=[
                Button(_("Yes, solved"), act("handoff.solved", i=handoff.id), "primary"),
                Button(_("Not solved yet"), act("handoff.unsolved", i=handoff.id)),
            ],
        )
    ]


@worded("handoff.holding")
async def holding(services: Services, notice: Notice) -> list[Message]:
    """Nobody has taken it for a while; that is said before the person wonders."""
    handoff = await named(services, notice)
    return [
        Card(
            _("Sorry to keep you waiting."),
            facts=[Fact(_("Number"), handoff.number)],
            body=[_("Your request is with us and was passed on once more."), when_answered(services)],
            buttons=[CALL, WITHDRAW],
        )
    ]
