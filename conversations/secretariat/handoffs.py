"""Talks with people as the secretariat sees them: the card for all, the whole of it for one clerk, and the Home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import CARDS, Part, Place, shown_at
from conversations.handoff_files import about
from conversations.handoffs_shown import (
    PLACE,
    STATE,
    packet_facts,
    registered_as,
    slot_of,
    slot_words,
    topic,
)
from conversations.messages import (
    Button,
    Card,
    Fact,
    Heading,
    Link,
    Pressed,
    Say,
    Screen,
    Words,
    act,
)
from locales import _
from services.handoffs import Handoff, HandoffMessage, HandoffState, Side
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

KIND = "handoff"
SHOWN = 10
LATEST = 20
"""How many messages are shown; the rest stays on record."""
TONES = {HandoffState.WAITING: "bad", HandoffState.CLOSED: "good"}


# --- the card in the channel ---------------------------------------------------------------------------


async def handoff_card(services: Services, handoff_id: int) -> Card:
    """The card for everybody who sees the channel: numbers, places and states, and nobody's words."""
    handoff = await services.handoffs.get(handoff_id)
    assert handoff is not None
    return await _card(services, handoff, _card_buttons(handoff))


CARDS[KIND] = handoff_card


async def _card(services: Services, handoff: Handoff, buttons: Sequence[Button]) -> Card:
    state, slot = HandoffState(handoff.state), slot_of(handoff)
    body: list[Words] = []
    if await services.handoffs.is_blocked(handoff):
        body.append(_("This person has blocked us on LINE. Answers do not arrive there."))
    return Card(
        _("{number} Talk to a person")(number=handoff.number),
        badge=STATE[state],
        facts=[
            Fact(_("Who asks"), PLACE.get(handoff.channel, handoff.channel)),
            Fact(_("Registration"), await registered_as(services, handoff)),
            Fact(_("Topic"), topic(handoff.form, handoff.question, handoff.record)),
            Fact(_("Waiting since"), _("{when}")(when=handoff.unanswered_since or handoff.waiting_since))
            if handoff.open
            else Fact(_("Last change"), _("{when}")(when=handoff.changed_at)),
            *([Fact(_("Call"), slot_words(slot, services))] if slot else []),
            *([Fact(_("Called"), _("{when}")(when=handoff.called_at))] if handoff.called_at else []),
            *([Fact(_("With"), await services.reviews.name(handoff.taken_by))] if handoff.taken_by else []),
        ],
        body=body,
        note=HOW if handoff.open else None,
        buttons=buttons,
        tone=TONES.get(state, "plain"),
    )


HOW = _("Only what begins with “reply:” in the thread reaches the person. All else there is a note among us.")
OPEN, REPLY = "office.handoff.open", "office.handoff.reply"


def button(words: Words, name: str, handoff: Handoff, style: str = "plain") -> Button:
    """A button that acts on a talk."""
    return Button(words, act(name, i=handoff.id), style)


def _card_buttons(handoff: Handoff) -> list[Button]:
    open_ = button(_("Open"), OPEN, handoff)
    if handoff.state == HandoffState.WAITING:
        return [button(_("I take it"), "office.handoff.take", handoff, "primary"), open_]
    if handoff.state == HandoffState.TAKEN:
        return [button(_("Reply"), REPLY, handoff, "primary"), open_, _end(handoff)]
    return [open_]


def _end(handoff: Handoff) -> Button:
    return Button(
        _("End it"),
        act("office.handoff.end", i=handoff.id),
        confirm=_("End this talk? We ask the person whether it is solved."),
    )


# --- the whole of it -----------------------------------------------------------------------------------


@on(OPEN)
async def open_button(turn: Turn, pressed: Pressed) -> None:
    """All that was passed on and said, for this clerk alone."""
    await turn.services.secretariat.require()
    await show(turn, await named(turn, pressed))


async def named(turn: Turn, pressed: Pressed) -> Handoff:
    """The talk that a button is about; raises Refusal."""
    handoff = await turn.services.handoffs.get(number(pressed.act.args, "i"))
    if handoff is None:
        raise Refusal(_("This conversation does not exist."))
    return handoff


async def show(turn: Turn, handoff: Handoff, lead: Sequence[Words] = ()) -> None:
    """A talk in a window: where it stands, what was passed on, the number to call, and what was said."""
    services = turn.services
    parts: list[Part] = [Say(words) for words in lead]
    parts.append(await _card(services, handoff, _choices(turn, handoff)))
    slot = slot_of(handoff)
    if slot is not None and handoff.open:
        parts.append(
            Card(
                _("Wants to be called"),
                facts=[
                    Fact(_("When"), slot_words(slot, services)),
                    Fact(_("Phone"), handoff.call_phone or _("Not given yet")),
                ],
                buttons=[]
                if handoff.called_at
                else [button(_("I have called"), "office.handoff.called", handoff)],
            )
        )
    messages = await services.handoffs.messages(handoff)
    packets = [one for one in messages if one.side == Side.PACKET]
    if packets:
        packet = packets[-1].packet
        left_out = _("{count} personal answers are not shown.")(count=packet.left_out)
        parts.append(
            Card(
                _("What was passed on"),
                badge=_("{when}")(when=packets[-1].at),
                facts=packet_facts(packet, turn.facts),
                note=left_out if packet.left_out else None,
            )
        )
    parts.append(Heading(_("What was said")))
    if len(messages) > LATEST:
        parts.append(Say(_("{count} earlier messages are kept.")(count=len(messages) - LATEST)))
    parts.extend([await _line(services, message) for message in messages[-LATEST:]])
    turn.say(Screen(_("Talk"), parts, ref=about(handoff)))


async def _line(services: Services, message: HandoffMessage) -> Say:
    """One message as colleagues read it, with the file that came with it."""
    files = []
    if message.document_id is not None:
        files.append(Button(_("Open the file"), Link(await services.documents.link(message.document_id))))
    if message.side == Side.PACKET:
        return Say(_("{when}: asked for a person")(when=message.at))
    words = message.text or _("A file")
    if message.side == Side.CLERK:
        who = await services.reviews.name(message.person_id)
        return Say(_("{who}, {when}:\n{words}")(who=who, when=message.at, words=words), files)
    return Say(_("The person, {when}:\n{words}")(when=message.at, words=words), files)


def _choices(turn: Turn, handoff: Handoff) -> list[Button]:
    """What this clerk can do now."""
    if not handoff.open:
        return [button(_("Go on with it"), "office.handoff.again", handoff)]
    if handoff.taken_by is None:
        return [
            button(_("I take it"), "office.handoff.take", handoff, "primary"),
            button(_("Reply"), REPLY, handoff),
            _end(handoff),
        ]
    if handoff.taken_by != turn.person.id:
        return [over(handoff)]
    return [
        button(_("Reply"), REPLY, handoff, "primary"),
        button(_("Give back"), "office.handoff.put_back", handoff),
        _end(handoff),
    ]


def over(handoff: Handoff) -> Button:
    """Take it over from the colleague who has it, if it still is that one."""
    return Button(
        _("Take it over"),
        act("office.handoff.over", i=handoff.id, f=handoff.taken_by),
        confirm=_("Take this over? Your colleague is told."),
    )


# --- on the Home ---------------------------------------------------------------------------------------


@shown_at(Place.REVIEWS)
async def home(services: Services) -> list[Part]:
    """Who waits for a person, and how long answers take of late; for members of the secretariat."""
    if not await services.secretariat.includes_me():
        return []
    summary = await services.handoffs.summary()
    if not (summary.waiting or summary.taken or summary.first_reply is not None):
        return []
    parts: list[Part] = [
        Heading(_("Talks: {waiting} waiting, {taken} going on")(waiting=summary.waiting, taken=summary.taken))
    ]
    if summary.first_reply is not None:
        parts.append(
            Say(
                _("Last 30 days: first reply after {first} minutes, in the middle, in office hours.")(
                    first=summary.first_reply
                )
            )
        )
    waiting = await services.handoffs.waiting(SHOWN)
    return [*parts, *[await _card(services, handoff, _card_buttons(handoff)) for handoff in waiting]]
