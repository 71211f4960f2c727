"""What happens by itself, in office time: nobody takes it, an answer is left out, a call is due, no verdict comes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from services.handoff_book import CALL, LADDER, LEFT, VERDICT, HandoffBook
from services.handoff_records import HandoffState, talk
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services
    from services.handoff_records import Handoff

__all__ = ["CALL", "VERDICT"]

REMINDED, MENTIONED, ESCALATED = 1, 2, 3
STEPS = {REMINDED: "reminded", MENTIONED: "clerks named", ESCALATED: "escalated"}
"""The steps of the ladder, as the log has them; the last is gone again every office day."""


@due(LADDER)
async def climb(services: Services, handoff_id: int) -> None:
    """Nobody has taken it: a reminder, then everybody by name, then the second channel and everybody's messages."""
    book = HandoffBook(services)
    handoff = await book.locked(handoff_id)
    if handoff.state != HandoffState.WAITING:
        return
    first = handoff.step < ESCALATED
    handoff.step += first
    if handoff.step == ESCALATED:
        await _escalate(services, handoff, first=first)
    else:
        book.post(handoff, "handoff.reminder" if handoff.step == REMINDED else "handoff.mention")
    await services.timers.set(LADDER, handoff.id, _next(services, handoff, book))
    await book.change(handoff, STEPS[handoff.step])


async def _escalate(services: Services, handoff: Handoff, *, first: bool) -> None:
    """Say it where everybody looks; the person hears once that they are not forgotten."""
    services.notices.escalate("handoff.escalated", handoff=handoff.id)
    for person_id in await services.secretariat.people():
        services.notices.tell("handoff.escalated", person_id, handoff=handoff.id)
    if first:
        services.notices.tell("handoff.holding", handoff.person_id, thread=talk(handoff), handoff=handoff.id)


def _next(services: Services, handoff: Handoff, book: HandoffBook) -> datetime:
    times, office = services.programme.handoff, services.programme.office
    match handoff.step:
        case 1:
            return book.after(handoff.waiting_since, times.mention_minutes)
        case 2:
            return book.after(handoff.waiting_since, times.second_channel_minutes)
        case _:
            day = (office.closes.hour - office.opens.hour) * 60 + office.closes.minute - office.opens.minute
            return book.after(services.now, day)


@due(LEFT)
async def give_back(services: Services, handoff_id: int) -> None:
    """Whoever has it has left the person without an answer: it waits for somebody else, and that is said."""
    book = HandoffBook(services)
    handoff = await book.locked(handoff_id)
    owner = handoff.taken_by
    if handoff.state != HandoffState.TAKEN or handoff.unanswered_since is None or owner is None:
        return
    await book.queue(handoff)
    await book.change(handoff, "returned")
    services.notices.tell("handoff.returned", owner, handoff=handoff.id)
    book.post(handoff, "handoff.left", owner=owner)


@due(VERDICT)
async def close_quietly(services: Services, handoff_id: int) -> None:
    """The person did not say whether it is solved: it is closed, and nobody is disturbed."""
    book = HandoffBook(services)
    handoff = await book.locked(handoff_id)
    if handoff.state == HandoffState.ENDED:
        await book.close(handoff, None)
        await book.change(handoff, "closed")


@due(CALL)
async def remind_of_call(services: Services, handoff_id: int) -> None:
    """Now is the half-day in which the person wants to be called."""
    book = HandoffBook(services)
    handoff = await book.locked(handoff_id)
    if handoff.open and handoff.call_day is not None and handoff.called_at is None:
        book.post(handoff, "handoff.call_due")
        await book.change(handoff, "reminded")
