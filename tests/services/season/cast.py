"""Three companies, three experts and three clerks, some with a foot on two sides, under caps that a few plans fill."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bots.channel import RERUNS
from services import people
from services.bundle import Services
from services.clock import FrozenClock
from services.companies import MemberRow
from services.database import Base, must_run_again, transaction
from services.ledger import Party
from services.people import Identity
from services.programme import Programme, load
from services.refusals import Refusal
from services.timers import Attempt
from services.values import Yen
from tests.services import plan_people as rows
from tests.services.season import invariants

OWNERS = ("owner1", "owner2", "owner3")
EXPERTS = ("taro", "jiro", "saburo")
CLERKS = ("misaki", "ken", "rie")
EVERYBODY = (*OWNERS, *EXPERTS, *CLERKS)
CASES_EACH = 3
NEVER_CHANGED = ("audit", "audit_seals", "ledger")
LONG = timedelta(hours=1)
"""A wait in which something may have become due."""
NEWER = "2021-12-31"
"""The version of terms that begin while the season goes on; when, is the test's to say."""

Change = Callable[[Services], Awaitable[Any]]


def small(begins: datetime, newer_terms: timedelta | None = None) -> Programme:
    """The programme with caps that are hit by two or three plans, and perhaps newer terms soon after the beginning."""
    whole = load("phase2")
    money = replace(
        whole.money,
        sme_cap=Yen(60_000),
        expert_cap=Yen(90_000),
        budget=Yen(140_000),
        closing_reserve=Yen(10_000),
        four_eyes_from=Yen(30_000),
        travel_budget=Yen(40_000),
    )
    terms = whole.terms
    if newer_terms is not None:
        terms = (*terms, replace(terms[-1], version=NEWER, valid_from=begins + newer_terms))
    return replace(whole, money=money, terms=terms)


@dataclass
class Season:
    """The cast, the programme and its clock, which only goes forward; everybody acts through the services."""

    engine: AsyncEngine
    programme: Programme
    now: datetime
    company: dict[str, int] = field(default_factory=dict)
    expert: dict[str, int] = field(default_factory=dict)
    person: dict[str, int] = field(default_factory=dict)
    reruns: int = 0

    def identity(self, who: str) -> Identity:
        """How somebody acts: companies on LINE, the others in Slack."""
        return Identity("line", "line", who) if who in OWNERS else Identity("slack", "T1", who)

    async def act(self, who: str | None, change: Change) -> Refusal | None:
        """Let somebody (None: the programme itself) act as a turn does: once more after a deadlock, and what is
        refused is an answer, after which the transaction commits. Returns the refusal.
        """
        for attempt in range(RERUNS):
            try:
                return await self._turn(who, change)
            except Exception as error:
                if not must_run_again(error) or attempt == RERUNS - 1:
                    raise
                self.reruns += 1
        raise AssertionError("the last attempt returns or raises")

    async def _turn(self, who: str | None, change: Change) -> Refusal | None:
        async with transaction(self.engine) as connection:
            me = None if who is None else await people.lock(connection, self.identity(who))
            services = Services(connection, self.programme, FrozenClock(self.now), me)
            refused = None
            try:
                await change(services)
            except Refusal as refusal:
                refused = refusal
            await services.flush()
        return refused

    async def must(self, who: str | None, change: Change) -> None:
        """Let somebody do what cannot be refused."""
        refused = await self.act(who, change)
        if refused is not None:
            raise AssertionError(f"{who} was refused: {refused}")

    async def wait(self, passes: timedelta) -> None:
        """Let time pass, a moment at least, and do what has become due by then."""
        self.now += max(passes, timedelta(seconds=1))
        if passes >= LONG:
            await self.due()

    async def due(self) -> None:
        """Do what has become due by now, one thing in a transaction."""
        found = [True]
        while found[-1]:
            await self.must(None, lambda services: _run_due(services, found))

    async def broken(self) -> list[str]:
        """What breaks an invariant now."""
        async with self.engine.connect() as connection:
            return await invariants.broken(connection, self.programme, self.now)


async def _run_due(services: Services, found: list[bool]) -> None:
    found.append(await Attempt().run(services))


# --- making it -----------------------------------------------------------------------------------------


async def opened(engine: AsyncEngine, programme: Programme, begins: datetime) -> Season:
    """An empty programme with its cast, registered some days before, and cases that wait for plans.

    Owner 3's company has somebody of the secretariat among its people, expert saburo is of the secretariat too,
    and expert jiro speaks for the second company: none of them may ever act on both sides.
    """
    season = Season(engine, programme, begins)
    async with transaction(engine) as connection:
        await _clear(connection)
    for number, who in enumerate(EXPERTS):
        await season.must(who, partial(_expert, season, number, who))
    for number, who in enumerate(OWNERS):
        await season.must(who, partial(_company, season, number, who))
    for who in CLERKS:
        await season.must(who, partial(_meet, season, who))
    await season.must(None, partial(_tie, season))
    return season


async def _clear(connection: AsyncConnection) -> None:
    """Delete every row; so many small tables are truncated more slowly."""
    for switch in ("DISABLE", "ENABLE"):
        for table in NEVER_CHANGED:
            await connection.execute(text(f"ALTER TABLE {table} {switch} TRIGGER USER"))
        if switch == "DISABLE":
            for emptied in reversed(Base.metadata.sorted_tables):
                await connection.execute(emptied.delete())


async def _expert(season: Season, number: int, who: str, services: Services) -> None:
    made = await rows.expert(
        services,
        paid=20_000 * number,
        display_name=who,
        terms_version=services.programme.terms_at(services.now).version,
        applied_at=rows.THEN,
    )
    season.expert[who] = made.id
    await _meet(season, who, services)


async def _company(season: Season, number: int, who: str, services: Services) -> None:
    made = await rows.company(services, used=10_000 * number)
    made.terms_version = services.programme.terms_at(services.now).version
    season.company[who] = made.id
    await _meet(season, who, services)
    for _each in range(CASES_EACH):
        case = await rows.case(services, made)
        case.proposal_deadline = date(2022, 1, 10)


async def _meet(season: Season, who: str, services: Services) -> None:
    assert services.person is not None
    season.person[who] = services.person.id


async def _tie(season: Season, services: Services) -> None:
    for owner, other in (("owner3", "rie"), ("owner2", "jiro")):
        member = MemberRow(
            company_id=season.company[owner], person_id=season.person[other], signatory=other == "rie"
        )
        services.session.add(member)
    # Slack is not asked here, so what it said must not grow old while the test runs.
    for who in (*CLERKS, "saburo"):
        await services.connection.execute(
            text("INSERT INTO secretariat_members VALUES ('T1', :who, now() + interval '1 day')"),
            {"who": who},
        )
    # Accounts are opened by whoever asks first; here that is to be nobody's trace.
    for company_id in season.company.values():
        await services.ledger.account(Party.COMPANY, company_id)
    for expert_id in season.expert.values():
        await services.ledger.account(Party.EXPERT, expert_id)
    for party in (Party.BUDGET, Party.TRAVEL):
        await services.ledger.account(party)
