"""Reminds people of what they have to do: once each morning everybody is looked at, and each thing then by itself.

Nothing is set up when something begins to wait and nothing cancelled when it is done: what somebody has to do is
read from the records, when it is looked for and again when it is said. Only what was said, and what the person
said to it, is kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from locales import _
from services import case_interest, reminder_contracts, reminder_needs, timers
from services.refusals import Refusal
from services.reminder_records import ReminderRow
from services.reminder_rules import Due, Memory, Need, due, heard_at, next_morning
from services.timers import due as at_its_time

if TYPE_CHECKING:
    from services.bundle import Services
    from services.programme import Programme

ROUND = "reminders.round"
Needs = Callable[["Services", Sequence[int] | None], Awaitable[dict[int, list[Need]]]]
KINDS: dict[str, Needs] = {
    "reminder.draft": reminder_needs.drafts,
    "reminder.correction": reminder_needs.corrections,
    "reminder.case": reminder_needs.case_proposals,
    "reminder.plan": reminder_needs.requested_plans,
    "reminder.request": reminder_needs.requests,
    "reminder.contract": reminder_contracts.needs,
}
"""Who has to do something about the records of a kind, or about these of them; each kind has timers of its name."""
FRESH = Memory()
GONE = _("This button no longer works. Please start from the menu.")
_SAID = text("""
    INSERT INTO reminders (what, ref, person_id, said_for, said_at) VALUES (:what, :ref, :person, :day, :now)
    ON CONFLICT (what, ref, person_id) DO UPDATE
        SET said_for = greatest(reminders.said_for, excluded.said_for), said_at = excluded.said_at, again_on = NULL
        WHERE reminders.stopped_at IS NULL
            AND (reminders.said_for < excluded.said_for OR reminders.again_on <= :today)
    RETURNING person_id
""")
"""Says it once, whoever else is at it: nothing is returned for what was said already, or is no longer wanted."""


@dataclass(frozen=True)
class Reminded:
    """What the acting person was reminded of, and whether it still is to be done."""

    row: ReminderRow
    need: Need | None


class Reminders:
    """What the acting person says to reminders, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def later(self, what: str, ref: int) -> date:
        """Be reminded again tomorrow morning; returns that day.

        Raises Refusal for what the person was never reminded of, what is done, and on the last day, which has no
        tomorrow.
        """
        services = self._services
        reminded = await self._reminded(what, ref)
        if reminded.need is None:
            raise Refusal(_("This is done already. Thank you."))
        tomorrow = services.programme.today(services.now) + timedelta(days=1)
        if reminded.need.until is not None and tomorrow > reminded.need.until:
            raise Refusal(_("Today is the last day, so there is no later. Please do it now if you can."))
        reminded.row.again_on, reminded.row.stopped_at = tomorrow, None
        await services.session.flush()
        return tomorrow

    async def stop(self, what: str, ref: int) -> None:
        """Be reminded no more of this; raises Refusal for what the person was never reminded of."""
        reminded = await self._reminded(what, ref)
        reminded.row.stopped_at, reminded.row.again_on = self._services.now, None
        await self._services.session.flush()

    async def resume(self, what: str, ref: int) -> None:
        """Be reminded of it after all; raises Refusal for what the person was never reminded of."""
        reminded = await self._reminded(what, ref)
        reminded.row.stopped_at = None
        await self._services.session.flush()

    async def need(self, what: str, ref: int, person_id: int) -> Need | None:
        """What a person has to do about a record, as it is now; None when there is nothing any more."""
        for needs in KINDS.values():
            for need in (await needs(self._services, [ref])).get(ref, ()):
                if (need.what, need.person_id) == (what, person_id):
                    return need
        return None

    async def _reminded(self, what: str, ref: int) -> Reminded:
        services = self._services
        assert services.person is not None
        key = (what, ref, services.person.id)
        row = await services.session.get(ReminderRow, key, with_for_update=True, populate_existing=True)
        if row is None:
            raise Refusal(GONE)
        return Reminded(row, await self.need(*key))


async def begin(connection: AsyncConnection, programme: Programme, now: datetime) -> None:
    """See to it that a round is due; for whoever runs the programme, as often as it likes."""
    await timers.wait(connection, ROUND, 0, next_morning(programme, now))


@at_its_time(ROUND)
async def go_round(services: Services, _ref: int) -> None:
    """Look at everybody, and let those be reminded this morning who have something to do; then again tomorrow.

    What is found late, after the evening, is said on the next morning.
    """
    at = heard_at(services.programme, services.now)
    today = services.programme.today(at)
    for timer, needs in KINDS.items():
        found = await needs(services, None)
        for ref in await _to_say(services, found, today):
            await timers.wait(services.connection, timer, ref, at)
    for case_id in await case_interest.to_ask(services, today):
        await timers.wait(services.connection, case_interest.TIMER, case_id, at)
    await services.timers.set(ROUND, 0, next_morning(services.programme, services.now))


async def _to_say(services: Services, found: Mapping[int, Sequence[Need]], today: date) -> list[int]:
    """The records of which somebody is to be reminded today."""
    memories = await _memories(services, found)
    return [
        ref
        for ref, needs in found.items()
        if any(
            due(need, memories.get((need.what, ref, need.person_id), FRESH), services.programme, today)
            for need in needs
        )
    ]


async def _memories(services: Services, refs: Iterable[int]) -> dict[tuple[str, int, int], Memory]:
    rows = await services.session.scalars(
        select(ReminderRow).where(ReminderRow.ref.in_(list(refs))).execution_options(populate_existing=True)
    )
    return {(row.what, row.ref, row.person_id): row.memory for row in rows}


async def remind(services: Services, ref: int, needs: Needs) -> None:
    """Remind everybody who still has something to do about a record; nobody of what is done, or stopped by a switch."""
    found = await needs(services, [ref])
    memories = await _memories(services, found)
    today = services.programme.today(heard_at(services.programme, services.now))
    for need in found.get(ref, ()):
        said = due(need, memories.get((need.what, ref, need.person_id), FRESH), services.programme, today)
        if said is None or not await _goes_on(services, need):
            continue
        if await _note(services, ref, need, said, today):
            _tell(services, ref, need, said)


async def _goes_on(services: Services, need: Need) -> bool:
    return need.switch is None or await services.switches.is_open(need.switch)


async def _note(services: Services, ref: int, need: Need, said: Due, today: date) -> bool:
    """Keep that it is said; False when it was said already, or the person wants to hear no more of it."""
    values = {"what": need.what, "ref": ref, "person": need.person_id}
    day = {"day": said.day, "now": services.now, "today": today}
    return (await services.connection.execute(_SAID, values | day)).first() is not None


def _tell(services: Services, ref: int, need: Need, said: Due) -> None:
    if said.deadline:
        services.notices.tell("reminder.deadline", need.person_id, what=need.what, ref=ref)
    else:
        services.notices.tell("reminder.open", need.person_id, what=need.what, ref=ref)


for _timer, _needs in KINDS.items():
    at_its_time(_timer)(partial(remind, needs=_needs))
