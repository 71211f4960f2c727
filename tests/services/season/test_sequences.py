"""Whatever companies, experts and clerks do, one after the other and in any order: all ten invariants hold."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import driver
from services.refusals import Refusal
from tests.services.season import cast
from tests.services.season.cast import Season
from tests.services.season.deeds import Deed, perform
from tests.services.season.invariants import Watch, is_of_a_stop
from tests.services.season.prospects import Prospects
from tests.services.season.walking import before, concluded

EARLY, LATE = datetime(2021, 10, 20, 1, 0, tzinfo=UTC), datetime(2021, 12, 10, 1, 0, tzinfo=UTC)
BEGINNING = st.sampled_from([EARLY, LATE])
"""Early, or so late that contracts and claims close while it goes on."""
NEWER_TERMS = st.sampled_from([None, timedelta(days=1), timedelta(days=9)])
"""Whether newer terms begin, and how soon."""
RUNNING = st.sampled_from([(), (("owner1", "taro"),), (("owner1", "saburo"), ("owner3", "jiro"))])
"""Between whom a contract is concluded before it begins."""
STEPS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 999), st.integers(0, 999), st.integers(0, 239)),
    min_size=30,
    max_size=45,
)
NEW_THINGS = {"propose", "revise", "agree", "approve_plan", "sign", "turn_switches", "confirm_switches"}
"""What a stop of the programme may stand in the way of; everything else goes on (10)."""
EVERY = 6
"""After so many steps all is checked; what must be noted, and what a refusal leaves, after each."""
ALL_ROWS = """
SELECT 'cases', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM cases t
UNION ALL SELECT 'plans', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM plans t
UNION ALL SELECT 'plan_revisions', count(*), NULL FROM plan_revisions t
UNION ALL SELECT 'reviews', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM reviews t
UNION ALL SELECT 'contracts', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM contracts t
UNION ALL SELECT 'contract_changes', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM contract_changes t
UNION ALL SELECT 'papers', count(*), NULL FROM papers t
UNION ALL SELECT 'sessions', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM sessions t
UNION ALL SELECT 'evidence', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM evidence t
UNION ALL SELECT 'reports', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM reports t
UNION ALL SELECT 'invoices', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM invoices t
UNION ALL SELECT 'claims', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM claims t
UNION ALL SELECT 'payment_runs', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM payment_runs t
UNION ALL SELECT 'payments', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM payments t
UNION ALL SELECT 'account_changes', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM account_changes t
UNION ALL SELECT 'reclaims', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM reclaims t
UNION ALL SELECT 'repayments', count(*), NULL FROM repayments t
UNION ALL SELECT 'switch_changes', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM switch_changes t
UNION ALL SELECT 'accounts', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM accounts t
UNION ALL SELECT 'ledger', count(*), NULL FROM ledger t
UNION ALL SELECT 'audit', count(*), NULL FROM audit t
UNION ALL SELECT 'timers', count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM timers t
"""


def short(examples: int) -> settings:
    """Settings for so many sequences."""
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@short(10)
@given(steps=STEPS, begins=BEGINNING, running=RUNNING, newer=NEWER_TERMS)
async def test_any_sequence_keeps_all_ten(
    engine: AsyncEngine, quick_papers: None, steps: list[Any], begins: datetime, running: Any, newer: Any
) -> None:
    await _goes_well(await _begun(engine, begins, running, newer), steps)


@pytest.mark.long
@short(100)
@given(steps=STEPS, begins=BEGINNING, running=RUNNING, newer=NEWER_TERMS)
async def test_very_many_sequences_keep_all_ten(
    engine: AsyncEngine, quick_papers: None, steps: list[Any], begins: datetime, running: Any, newer: Any
) -> None:
    await _goes_well(await _begun(engine, begins, running, newer), steps)


async def _begun(engine: AsyncEngine, begins: datetime, running: Any, newer: timedelta | None) -> Season:
    season = await cast.opened(engine, cast.small(begins, newer), begins)
    for owner, expert in running:
        await concluded(season, owner, expert)
    return season


async def _goes_well(season: Season, steps: list[Any]) -> None:
    played = Played(season)
    await played.look("the beginning")
    for place, (mode, pick, how, minutes) in enumerate(steps):
        await played.step(await played.chosen(mode, pick, how, minutes))
        if place % EVERY == 0:
            await played.check()
    await played.check()


async def test_what_is_refused_at_the_last_moment_leaves_no_trace(
    engine: AsyncEngine, quick_papers: None
) -> None:
    season = await cast.opened(engine, cast.small(EARLY), EARLY)
    contract = await concluded(season, "owner1", "taro")
    played = Played(season)
    await season.wait(timedelta(days=1, hours=12))
    await played.look("the first day")
    assert await played.step(Deed("enter_late", "taro", contract, 15)) is not None
    confirm = await before(season, contract, "confirm_report")
    await played.look("the report")
    assert await played.step(replace(confirm, how=15)) is not None
    await played.check()


class Played:
    """A season that is being played, with what it looked like after the last step."""

    def __init__(self, season: Season) -> None:
        self.season = season
        self.done: list[str] = []
        self.counts: Counter[str] = Counter()
        self._refused: deque[tuple[str, int]] = deque(maxlen=6)
        self._watch = Watch()
        self._rows: dict[str, Any] = {}

    async def chosen(self, mode: int, pick: int, how: int, minutes: int) -> Deed:
        """The next deed: mostly onward, with what has come furthest; now and then aside, or anything."""
        seen = await Prospects.seen(self.season)
        onward = [deed for deed in seen.onward if (deed.what, deed.of) not in self._refused] or seen.aside
        if mode < 6:
            return onward[0]
        if mode < 7:
            return onward[pick % min(len(onward), 5)]
        found = seen.aside[pick % len(seen.aside)] if mode < 9 else seen.wild(pick, how, minutes)
        return Deed(found.what, found.who, found.of, how, max(found.after, timedelta(minutes=minutes)))

    async def step(self, deed: Deed) -> Refusal | None:
        """Do one thing; a refusal leaves no trace, and is never for a stop where all goes on."""
        await self.season.wait(deed.after)
        if deed.after >= cast.LONG:
            await self.look(f"what became due before {deed}")
        before = self._rows
        refused = await perform(self.season, Deed(deed.what, deed.who, deed.of, deed.how))
        self.done.append(f"{self.season.now:%m-%d %H:%M:%S} {deed} -> {refused or 'done'}")
        self.counts[f"{deed.what} {'refused' if refused else 'done'}"] += 1
        await self.look(self.done[-1])
        if refused is not None:
            changed = [table for table, rows in self._rows.items() if before[table] != rows]
            assert not changed, self._told(f"refused, and yet it changed {changed}")
            assert deed.what in NEW_THINGS or not is_of_a_stop(refused), self._told("stopped")
            self._refused.append((deed.what, deed.of))
        return refused

    async def look(self, what: str) -> None:
        """Whatever changed was noted."""
        async with self.season.engine.connect() as connection:
            wrong = await self._watch.look(connection)
            rows = await driver(connection).rows(ALL_ROWS, ())
        self._rows = {row[0]: row[1:] for row in rows}
        assert not wrong, self._told(f"{what}: {wrong}")

    async def check(self) -> None:
        """All ten."""
        wrong = await self.season.broken()
        assert not wrong, self._told("\n".join(wrong))

    def _told(self, what: str) -> str:
        return "\n".join([*self.done, what])
