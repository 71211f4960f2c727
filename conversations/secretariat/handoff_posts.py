"""What is said about a talk among colleagues: in the thread of its card, in the second channel, and to one clerk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from conversations.handoff_notices import named
from conversations.handoffs_shown import slot_of, slot_words, topic
from conversations.messages import Button, Card, Fact, Message, Say, Words
from conversations.notices import worded
from conversations.secretariat.handoffs import OPEN, REPLY, button
from locales import Text, _
from services.handoffs import Handoff
from services.tips import mask_contacts

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice


async def _ids(services: Services, people: Iterable[int | None]) -> list[str]:
    """How Slack knows these clerks, so that they can be called by name."""
    found = []
    for person_id in people:
        if person_id is not None:
            known = await services.people.identities(person_id)
            found += [identity.external for identity in known if identity.channel == "slack"]
    return found


def _take(handoff: Handoff) -> list[Button]:
    return [
        button(_("I take it"), "office.handoff.take", handoff, "primary"),
        button(_("Open"), OPEN, handoff),
    ]


def _answer(handoff: Handoff) -> list[Button]:
    return [button(_("Reply"), REPLY, handoff, "primary"), button(_("Open"), OPEN, handoff)]


# --- words in the thread -------------------------------------------------------------------------------


@worded("handoff.wrote")
async def wrote(services: Services, notice: Notice) -> list[Message]:
    """What the person wrote, without contact data, for the thread is read by many; the clerk who has it is called."""
    handoff = await named(services, notice)
    message = await services.handoffs.message(notice.ids["message"])
    assert message is not None
    called = await _ids(services, [handoff.taken_by])
    if message.document_id is not None:
        words: Words = _("The person sent a file.")
    else:
        words = _("The person:\n{words}")(words=mask_contacts(message.text))
    return [Say(words, _answer(handoff) if handoff.taken_by else _take(handoff), called)]


@worded("handoff.added")
async def added(services: Services, notice: Notice) -> list[Message]:
    """The words that were added before it was passed on."""
    message = await services.handoffs.message(notice.ids["message"])
    assert message is not None
    return [Say(_("The person:\n{words}")(words=mask_contacts(message.packet.added or "")))]


@worded("handoff.reopened")
async def reopened(services: Services, notice: Notice) -> list[Message]:
    """The person asks again, within some days: here, where everything stands; who had it last is called."""
    handoff = await named(services, notice)
    message = await services.handoffs.message(notice.ids["message"])
    words = mask_contacts(message.packet.added or "") if message is not None else ""
    called = await _ids(services, [notice.ids["owner"]])
    parts: list[Message] = [Say(_("The person asks for somebody again."), _take(handoff), called)]
    return [*parts, Say(_("The person:\n{words}")(words=words))] if words else parts


@worded("handoff.answered")
async def answered(services: Services, notice: Notice) -> list[Message]:
    """What a clerk has replied in a window, for colleagues to know."""
    message = await services.handoffs.message(notice.ids["message"])
    assert message is not None
    who = await services.reviews.name(message.person_id)
    words = mask_contacts(message.text)
    if message.document_id is not None:
        return [Say(_("{who} sent a file to the person. {words}")(who=who, words=words))]
    return [Say(_("{who} replied:\n{words}")(who=who, words=words))]


@worded("handoff.delivered")
async def delivered(services: Services, notice: Notice) -> list[Message]:
    """What was written here was passed on; without this line it was not."""
    return [Say(_("✓ Sent to the person."))]


# --- what happened -------------------------------------------------------------------------------------

Said = Callable[["Services", Handoff], Awaitable[Say]]


def _happened(kind: str, words: Text, *, take: bool = False, call_owner: bool = False) -> None:
    """Say these words when this happens: with a button to take it, or calling the clerk who has it."""

    async def say(services: Services, notice: Notice) -> list[Message]:
        handoff = await named(services, notice)
        called = await _ids(services, [handoff.taken_by]) if call_owner else []
        return [Say(words, _take(handoff) if take else (), called)]

    worded(kind)(say)


_happened("handoff.reminder", _("Nobody has taken this yet. Who can see to it?"), take=True)
_happened("handoff.left", _("This was left unanswered and waits for somebody again."), take=True)
_happened("handoff.withdrawn", _("The person needs nobody any more. It is closed."))
_happened("handoff.solved", _("The person says: it is solved. It is closed."))
_happened("handoff.unsolved", _("The person says: not solved yet. It goes on here."), call_owner=True)
_happened(
    "handoff.blocked",
    _("The person has blocked us on LINE. Answers do not arrive there. Please call."),
    call_owner=True,
)
_happened("handoff.unblocked", _("The person is back on LINE. Answers arrive again."), call_owner=True)


@worded("handoff.mention")
async def mention(services: Services, notice: Notice) -> list[Message]:
    """Still nobody: every member by name."""
    handoff = await named(services, notice)
    called = await _ids(services, await services.secretariat.people())
    return [Say(_("Still nobody has taken this. Please, one of you."), _take(handoff), called)]


@worded("handoff.call")
async def call(services: Services, notice: Notice) -> list[Message]:
    """The person would like to be called."""
    return [await _call(services, notice, _("The person would like to be called: {when}"))]


@worded("handoff.call_due")
async def call_due(services: Services, notice: Notice) -> list[Message]:
    """The half-day of the call begins."""
    return [await _call(services, notice, _("Please call now. The number is under “Open”: {when}"))]


async def _call(services: Services, notice: Notice, words: Text) -> Say:
    handoff = await named(services, notice)
    slot = slot_of(handoff)
    when: Words = slot_words(slot, services) if slot else "-"
    called = await _ids(services, [handoff.taken_by])
    return Say(words(when=when), _answer(handoff) if handoff.taken_by else _take(handoff), called)


# --- beyond the thread ---------------------------------------------------------------------------------


@worded("handoff.escalated")
async def escalated(services: Services, notice: Notice) -> list[Message]:
    """Nobody takes it: in the second channel, and in everybody's own messages."""
    handoff = await named(services, notice)
    return [
        Card(
            _("Somebody waits for an answer"),
            badge=handoff.number,
            facts=[
                Fact(_("Topic"), topic(handoff.form, handoff.question, handoff.record)),
                Fact(_("Waiting since"), _("{when}")(when=handoff.waiting_since)),
            ],
            buttons=_take(handoff),
            tone="bad",
        )
    ]


@worded("handoff.returned")
async def returned(services: Services, notice: Notice) -> list[Message]:
    """What a clerk had and left is with the others again."""
    handoff = await named(services, notice)
    words = _("{number} went back to the queue: the person was left without an answer.")
    return [Say(words(number=handoff.number), _take(handoff))]


@worded("handoff.taken_over")
async def taken_over(services: Services, notice: Notice) -> list[Message]:
    """A colleague sees to it now."""
    handoff = await named(services, notice)
    who = await services.reviews.name(handoff.taken_by)
    return [Say(_("{who} has taken over {number}.")(who=who, number=handoff.number))]
