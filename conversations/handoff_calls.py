"""Somebody would rather be called: when, and at which number (DESIGN 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import on
from conversations.handoffs_shown import phone_of, slot_words
from conversations.messages import Act, Ask, Button, Card, Fact, Option, Pressed, Say, act
from locales import _
from services.handoffs import OVER, Half, Handoff, Slot
from services.readings import read_date
from services.refusals import Refusal
from services.values import PhoneNumber

if TYPE_CHECKING:
    from conversations.turn import Turn


@on("handoff.call")
async def call_button(turn: Turn, pressed: Pressed) -> None:
    """A call, please: when?"""
    services = turn.services
    if await services.handoffs.open_of(turn.person.id) is None:
        raise Refusal(OVER)
    turn.say(
        Ask(
            _("When may we call you?"),
            options=[
                Option(slot.half, slot_words(slot, services), _at(slot))
                for slot in services.handoffs.call_slots()
            ],
        )
    )


def _at(slot: Slot) -> Act:
    return act("handoff.call_at", d=slot.day.isoformat(), h=slot.half)


@on("handoff.call_at")
async def call_at_button(turn: Turn, pressed: Pressed) -> None:
    """Then, at the number that we know, or at one that is asked for."""
    services, args = turn.services, pressed.act.args
    half = args.get("h", "")
    if half not in list(Half):
        raise Refusal(_("This button no longer works. Please start from the menu."))
    slot = Slot(read_date(args.get("d", ""), today=turn.facts.today), Half(half))
    phone = await phone_of(services, turn.person.id)
    await services.handoffs.ask_call(slot, phone)
    if phone is None:
        turn.say(Say(_("Which number shall we call? Please write it here.")))
    else:
        await _say_called(turn, slot, phone)


async def _say_called(turn: Turn, slot: Slot, phone: str) -> None:
    turn.say(
        Card(
            _("We will call you"),
            facts=[Fact(_("When"), slot_words(slot, turn.services)), Fact(_("Phone"), phone)],
            buttons=[Button(_("Another number"), act("handoff.call_other"))],
            tone="good",
        )
    )


@on("handoff.call_other")
async def call_other_button(turn: Turn, pressed: Pressed) -> None:
    """At another number, please."""
    await turn.services.handoffs.call_at(None)
    turn.say(Say(_("Which number shall we call? Please write it here.")))


async def _call_at(turn: Turn, phone: str) -> None:
    handoff = await turn.services.handoffs.call_at(phone)
    assert handoff.call_day is not None and handoff.call_half is not None
    await _say_called(turn, Slot(handoff.call_day, Half(handoff.call_half)), phone)


async def hear_number(turn: Turn, handoff: Handoff, typed: str) -> bool:
    """Whether it is the telephone number that was asked for."""
    if handoff.call_day is None or handoff.call_phone is not None:
        return False
    try:
        phone = PhoneNumber(typed)
    except Refusal:
        return False
    await _call_at(turn, str(phone))
    return True
