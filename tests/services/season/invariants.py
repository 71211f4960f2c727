"""The ten invariants of DOMAIN 15, asked of the database in plain SQL that shares no code with what it checks.

Each function names what breaks its invariant, in short sentences for a developer, and nothing where it holds.
They hold at any moment between two transactions, in a test as in a running programme; the queries are in `sql/`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.bundle import Services
from services.clock import FrozenClock
from services.database import driver
from services.people import Identity, Person
from services.programme import Deadline, Programme
from services.refusals import Refusal
from services.session_rules import Span

Invariant = Callable[[AsyncConnection, Programme, datetime], Awaitable[Sequence[str]]]


async def broken(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """Everything that breaks one of the ten, its name in front; `now` is programme time (aware)."""
    return [
        f"{each.__name__}: {what}" for each in INVARIANTS for what in await each(connection, programme, now)
    ]


async def units(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """1: honorarium and own share of an hour are its price, the one never too large, the other never too small."""
    return await _ask(connection, programme, "units")


async def caps(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """2: no cap is passed by the yen of both phases, each of which is in one place, in accounts, ledger and papers."""
    return await _ask(connection, programme, "caps", "standing", "payments")


async def sessions(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """3: no session before its contract, outside its period or after the end of support; nobody is in two at once."""
    return await _ask(connection, programme, "sessions")


async def deadlines(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """4: no registration, contract or claim after its last second, nor while a switch or the budget has closed it."""
    return await _ask(connection, programme, "deadlines")


async def formation(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """5: no contract without an approved review of the very revision of the plan on which both had agreed."""
    return await _ask(connection, programme, "formation")


async def hours(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """6: what is claimed was confirmed by the company, and what it confirmed was planned."""
    return await _ask(connection, programme, "hours")


async def eyes(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """7: nobody is on both sides, nobody decides on what is his own, and four eyes are those of two people."""
    return await _ask(connection, programme, "eyes")


async def notes(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """8: every state that something has and every yen that moved stands in the log: who, when and, for money, why."""
    unnoted = await driver(connection).rows(_sql("states") + _sql("unnoted"), ())
    nobodys = await driver(connection).rows(_sql("done_by_nobody"), {"now": now})
    money = await _ask(connection, programme, "money_noted")
    return [*money, *(row[0] for row in unnoted + nobodys)]


async def terms(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """9: a contract has the terms under which both sides signed it, whatever has come into force since."""
    return await _ask(connection, programme, "terms")


async def suspension(connection: AsyncConnection, programme: Programme, now: datetime) -> list[str]:
    """10: with everything stopped, nobody under a running contract is refused because of that.

    It is tried: the expert of each contract starts and enters a session, reports, asks for the share and claims,
    and all of it is undone.
    """
    stopped = await driver(connection).rows(_sql("all_stopped"), {"parts": len(programme.switches)})
    wrong = []
    for contract_id, number, person_id in await driver(connection).rows(_sql("running"), ()):
        for what, attempt in TRIED.items() if stopped[0][0] else ():
            expert = Person(person_id, Identity("slack", "", ""), "ja")
            services = Services(connection, programme, FrozenClock(now), expert)
            undone = await services.session.begin_nested()
            try:
                await attempt(services, contract_id)
            except Refusal as refusal:
                if is_of_a_stop(refusal):
                    wrong.append(f"contract {number}: its expert could not {what}")
            await undone.rollback()
    return wrong


INVARIANTS: tuple[Invariant, ...] = (
    units,
    caps,
    sessions,
    deadlines,
    formation,
    hours,
    eyes,
    notes,
    terms,
    suspension,
)


class Watch:
    """Looks on while something happens: what then has another state was noted meanwhile (8), and contracts keep their terms (9)."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, int], str] = {}
        self._terms: dict[int, str] = {}
        self._noted = 0

    async def look(self, connection: AsyncConnection) -> list[str]:
        """What is wrong about what has changed since the last look."""
        rows = driver(connection).rows
        states = {
            (kind, id): state for kind, id, state in await rows(f"{_sql('states')} TABLE everything", ())
        }
        log = await rows(
            "SELECT id, subject, subject_id FROM audit WHERE id > %s ORDER BY id", (self._noted,)
        )
        noted = {(subject, id) for _number, subject, id in log}
        signed = "SELECT id, terms_version FROM contracts WHERE concluded_at IS NOT NULL"
        terms_of = dict(await rows(signed, ()))
        wrong = [
            f"notes: {kind} {id} became {state} without a note"
            for (kind, id), state in states.items()
            if self._states.get((kind, id)) != state and (kind, id) not in noted
        ]
        wrong += [
            f"terms: contract {id} had {version} and has {terms_of.get(id)}"
            for id, version in self._terms.items()
            if terms_of.get(id) != version
        ]
        self._states, self._terms = states, terms_of
        self._noted = log[-1][0] if log else self._noted
        return wrong


def is_of_a_stop(refusal: Refusal) -> bool:
    """Whether something was refused because a part of the programme is stopped."""
    return "is stopped" in str(refusal) or "closed early" in str(refusal)


async def _try_to_enter(services: Services, contract_id: int) -> None:
    hour = Span(services.now - timedelta(hours=1), services.now)
    await services.sessions.enter_late(contract_id, hour, "tried")


TRIED: dict[str, Callable[[Services, int], Awaitable[Any]]] = {
    "start a session": lambda services, id: services.sessions.start(id),
    "enter a session": _try_to_enter,
    "report": lambda services, id: services.reports.send(id, {}),
    "issue the invoice": lambda services, id: services.invoices.issue(id),
    "claim": lambda services, id: services.claims.require_claimable(id),
}
"""What an expert does under a running contract."""


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text("utf-8")


async def _ask(connection: AsyncConnection, programme: Programme, *names: str) -> list[str]:
    figures = _figures(programme)
    return [row[0] for name in names for row in await driver(connection).rows(_sql(name), figures)]


def _figures(programme: Programme) -> dict[str, Any]:
    """What the programme file says, as plain values; `*_over` is the first moment that is too late."""
    money, zone = programme.money, programme.calendar.time_zone

    def over(deadline: Deadline) -> datetime:
        return datetime.combine(programme.dates[deadline].closes + timedelta(days=1), time(), zone)

    return {
        "cap_an_hour": int(money.honorarium_cap),
        "least_share": int(money.self_paid_minimum),
        "unit": money.unit_minutes,
        "sme_cap": int(money.sme_cap),
        "expert_cap": int(money.expert_cap),
        "budget": int(money.budget),
        "travel_budget": int(money.travel_budget),
        "four_eyes_from": int(money.four_eyes_from),
        "a_day": programme.limits.most_minutes_a_day,
        "zone": zone.key,
        "terms": [one.version for one in programme.terms],
        "terms_from": [one.valid_from for one in programme.terms],
        **{f"{deadline.value}_over": over(deadline) for deadline in Deadline},
    }
