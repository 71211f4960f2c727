"""A case that becomes findable finds the searches that wait for it, without all of them being looked at."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services import people, programme, search_words
from services.bundle import Services
from services.cases import CaseState
from services.clock import FrozenClock
from services.companies import Standing
from services.database import connect, transaction
from services.experts import Expert
from services.people import Identity
from services.reminder_records import CaseInterest
from services.saved_search_matching import _BEFORE, CLEAN, REBUILD, TELL, clean, rebuild
from services.saved_search_records import SavedSearch, SavedSearchAnchor, SavedSearchMatch
from services.saved_searches import Telling
from services.search import Matched, Query
from services.secretariat import read_members
from services.thesaurus_groups import Role
from services.timers import Attempt, TimerRow
from services.values import Hours, Yen
from tests.conftest import NOON, ActingAs
from tests.services.market import expert, published
from tests.services.test_case_file import GOOD
from tests.services.test_case_import import taken

OWNER, TARO = "U-owner", "U-taro"
DAY = timedelta(days=1)


async def waiting(
    services: Services, *queries: Query, telling: Telling = Telling.AT_ONCE
) -> list[SavedSearch]:
    """The acting person as an expert who keeps these searches."""
    if await services.experts.mine() is None:
        await expert(services)
    return [
        await services.saved_searches.keep(f"検索{n}", telling, query, {}) for n, query in enumerate(queries)
    ]


async def matches(services: Services) -> set[tuple[int, int]]:
    """Every match there is: search, case."""
    found = await services.session.execute(select(SavedSearchMatch.search_id, SavedSearchMatch.case_id))
    return {(search, case) for search, case in found}


async def forget(services: Services) -> None:
    """As if nothing had ever matched, so that what matches from now on is seen."""
    await services.session.execute(delete(SavedSearchMatch))


async def due(services: Services) -> dict[int, Any]:
    """When each search is to be told."""
    kept = select(TimerRow.ref, TimerRow.due_at).where(TimerRow.kind == TELL, TimerRow.done_at.is_(None))
    return {ref: due_at for ref, due_at in await services.session.execute(kept)}


# --- which cases are news --------------------------------------------------------------------------------


async def test_a_new_case_matches_by_words_other_words_for_them_and_filters(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        words, other, place, elsewhere, both = await waiting(
            services,
            Query("会計"),
            Query("通販"),
            Query(prefecture="兵庫県", areas=("EC", "SNS")),
            Query(prefecture="東京都"),
            Query("会計 在庫"),
        )
    async with acting(OWNER) as services:
        case = await published(services, title="会計とネットショップ")
        assert await matches(services) == {(one.id, case.id) for one in (words, other, place)}
        assert {elsewhere.id, both.id}.isdisjoint(await due(services))


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        (Query(most_hours=Hours(20 * 60)), True),
        (Query(most_hours=Hours(10 * 60)), False),
        (Query(least_budget=Yen(30_000)), True),
        (Query(least_budget=Yen(30_001)), False),
        (Query(deadline_from=date(2021, 11, 10)), True),
        (Query(deadline_from=date(2021, 11, 11)), False),
    ],
)
async def test_figures_count_as_in_the_search_itself(acting: ActingAs, query: Query, fits: bool) -> None:
    async with acting(TARO, "slack") as services:
        await waiting(services, query)
    async with acting(OWNER) as services:
        await published(services)
        assert bool(await matches(services)) is fits
    async with acting(TARO, "slack") as services:
        assert bool((await services.search.find(query)).total) is fits


async def test_what_the_company_leaves_open_fits_any_hours_and_budget(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await waiting(services, Query(most_hours=Hours(60)), Query(least_budget=Yen(90_000)))
    async with acting(OWNER) as services:
        await published(services, minutes=None, budget_yen=None)
        assert len(await matches(services)) == 2


async def test_a_case_that_was_there_before_the_search_is_no_news_until_it_is_opened_again(
    acting: ActingAs,
) -> None:
    async with acting(OWNER) as services:
        case = await published(services, title="会計を楽に")
    async with acting(TARO, "slack") as services:
        (search,) = await waiting(services, Query("会計"))
    async with acting(OWNER) as services:
        await services.cases.extend_deadline(case.id, date(2021, 11, 24))
        assert await matches(services) == set()
        await services.cases.set_wanted(case.id, False)
        await services.cases.set_wanted(case.id, True)
        assert await matches(services) == {(search.id, case.id)}


async def test_a_case_that_begins_to_match_when_its_deadline_is_extended_is_news(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        case = await published(services, title="会計を楽に")
    async with acting(TARO, "slack") as services:
        later, always = await waiting(
            services, Query("会計", deadline_from=date(2021, 11, 20)), Query(deadline_from=date(2021, 11, 1))
        )
    async with acting(OWNER) as services:
        await services.cases.extend_deadline(case.id, date(2021, 11, 24))
        assert await matches(services) == {(later.id, case.id)}
        assert always.id not in await due(services)


async def test_a_case_that_was_hidden_is_news_when_it_is_shown_again(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        case = await published(services, title="会計を楽に")
        services.session.add(CaseInterest(case_id=case.id, silent=0, hidden_at=NOON))
    async with acting(TARO, "slack") as services:
        (search,) = await waiting(services, Query("会計"))
    async with acting(OWNER) as services:
        await services.cases.extend_deadline(case.id, date(2021, 11, 24))
        assert await matches(services) == {(search.id, case.id)}


async def test_what_was_seen_once_is_never_news_again(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        (search,) = await waiting(services, Query("会計"))
    async with acting(OWNER) as services:
        case = await published(services, title="会計を楽に")
    async with acting(TARO, "slack") as services:
        await services.saved_searches.see(search.id)
        await services.timers.cancel(TELL, search.id)
    async with acting(OWNER) as services:
        await services.cases.set_wanted(case.id, False)
        await services.cases.set_wanted(case.id, True)
        assert await due(services) == {}


async def test_nothing_is_looked_for_after_a_registration_has_ended(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await waiting(services, Query("会計"))
        await services.session.execute(update(Expert).values(standing=Standing.WITHDRAWN))
    async with acting(OWNER) as services:
        await published(services, title="会計を楽に")
        assert await matches(services) == set()


async def test_the_way_of_telling_says_when(acting: ActingAs) -> None:
    morning = NOON + timedelta(hours=20)
    async with acting(TARO, "slack") as services:
        digest, paused = await waiting(services, Query("会計"), Query("在庫"), telling=Telling.DIGEST)
        await services.saved_searches.pause(paused.id)
        (at_once,) = await waiting(services, Query("会計 在庫"))
    async with acting(OWNER) as services:
        await published(services, title="会計と在庫")
        assert await due(services) == {digest.id: morning, paused.id: paused.paused_until, at_once.id: NOON}
    async with acting(OWNER, at=NOON + timedelta(hours=9)) as services:
        await published(services, 2, title="会計と在庫")
        assert (await due(services))[at_once.id] < NOON + timedelta(minutes=1)


async def test_cases_that_are_taken_over_from_another_system_are_news_once(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        stock, bookings = await waiting(services, Query("在庫"), Query("予約"))
    async with acting(None) as services:
        await taken(services, GOOD)
        assert {search for search, _case in await matches(services)} == {stock.id}
        await forget(services)
        await taken(services, GOOD | {"issue": "在庫と予約が合いません。"})
        assert {search for search, _case in await matches(services)} == {bookings.id}


# --- nothing is missed -----------------------------------------------------------------------------------

SAID = ("会計", "経理", "在庫管理", "在庫", "通販", "ネットショップ", "EC", "freee")
QUERIES = st.builds(
    Query,
    words=st.lists(st.sampled_from(SAID), max_size=2).map(" ".join),
    areas=st.lists(st.sampled_from(("EC", "ACCOUNTING")), max_size=2, unique=True).map(tuple),
    prefecture=st.sampled_from((None, None, "兵庫県", "東京都")),
    mode=st.sampled_from((None, None, "online", "visit")),
    most_hours=st.sampled_from((None, None, Hours(600))),
)
CASES = st.fixed_dictionaries(
    {
        "title": st.lists(st.sampled_from(SAID), min_size=1, max_size=3).map("と".join),
        "issue": st.sampled_from(SAID),
        "area": st.sampled_from(("EC", "ACCOUNTING")),
        "prefecture": st.sampled_from(("兵庫県", "東京都")),
        "mode": st.sampled_from(("online", "visit", "either")),
        "minutes": st.sampled_from((None, 300, 900)),
    }
)


class Undone(Exception):
    """Ends a transaction as if it had never been."""


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    earlier=st.lists(CASES, max_size=4),
    queries=st.lists(QUERIES, min_size=6, max_size=12, unique_by=repr),
    new=st.lists(CASES, min_size=3, max_size=4),
)
def test_the_anchors_find_whatever_the_search_itself_would_find(
    database: str, earlier: list[dict[str, Any]], queries: list[Query], new: list[dict[str, Any]]
) -> None:
    asyncio.run(_compared(database, earlier, queries, new))


async def _compared(
    database: str, earlier: Sequence[dict[str, Any]], queries: Sequence[Query], new: Sequence[dict[str, Any]]
) -> None:
    """Publish cases to those who wait; who is found must be who would have found them."""
    engine, rules = connect(database), programme.load("phase2")
    try:
        async with transaction(engine) as connection:
            owner = Services(
                connection,
                rules,
                FrozenClock(NOON),
                await people.lock(connection, Identity("line", "line", OWNER)),
            )
            taro = Services(
                connection,
                rules,
                FrozenClock(NOON),
                await people.lock(connection, Identity("slack", "T1", TARO)),
            )
            for serial, case in enumerate(earlier, start=1):
                await published(owner, serial, **case)
            await search_words.refresh(connection)
            kept = await waiting(taro, *queries)
            fresh = [await published(owner, 50 + serial, **case) for serial, case in enumerate(new)]
            found, ids = await matches(owner), {case.id for case in fresh}
            for search, query in zip(kept, queries, strict=True):
                result = await taro.search.find(replace(query, limit=20))
                whole = {case.id for case in result.cases} & ids
                own = {case for one, case in found if one == search.id}
                needed = await _having_all(owner, search)
                assert own == whole & needed, query
                if result.matched is Matched.ALL:
                    assert own == whole, query
            raise Undone
    except Undone:
        pass
    finally:
        await engine.dispose()


async def _having_all(services: Services, search: SavedSearch) -> set[int]:
    """By brute force: every case with all that a search looks for."""
    await services.session.refresh(search) if search in services.session else None
    scan = text(
        "SELECT case_id FROM case_index WHERE CAST(:query AS tsquery) IS NULL OR vector @@ CAST(:query AS tsquery)"
    )
    return set((await services.connection.execute(scan, {"query": search.query})).scalars())


# --- few are looked at -----------------------------------------------------------------------------------


async def test_a_case_looks_at_few_of_twenty_thousand_searches(acting: ActingAs, engine: AsyncEngine) -> None:
    async with acting(TARO, "slack") as services:
        me = await expert(services)
        await crowd(services, me.id, 20_000)
    async with acting(OWNER) as services:
        case = await published(services, title="会計を楽に")
        looked_at = await services.connection.scalar(
            text("""SELECT count(DISTINCT search_id) FROM saved_search_anchors a, case_index i
                    WHERE i.case_id = :case AND a.word = ANY(tsvector_to_array(i.vector) || CAST('' AS text))"""),
            {"case": case.id},
        )
        assert 0 < looked_at < 200
        plan = "\n".join(await _explained(services, case.id))
        assert "Seq Scan on saved_search" not in plan


async def crowd(services: Services, expert_id: int, count: int) -> None:
    """So many searches of one expert for words that nobody uses, and some for what everybody does."""
    values = {"expert": expert_id, "count": count}
    await services.connection.execute(
        text("""INSERT INTO saved_searches (expert_id, name, answers, wanted, telling, query, saved_at)
                SELECT :expert, '', '', '', 'home',
                    CAST(CASE WHEN n % 400 = 0 THEN '会計' ELSE 'word' || n % 3000 END AS tsquery), now()
                FROM generate_series(1, :count) AS n"""),
        values,
    )
    await services.connection.execute(
        text("""INSERT INTO saved_search_anchors (word, search_id)
                SELECT CASE WHEN id % 400 = 0 THEN '会計' ELSE 'word' || id % 3000 END, id
                FROM saved_searches WHERE expert_id = :expert"""),
        values,
    )
    await services.connection.execute(text("ANALYZE saved_searches"))
    await services.connection.execute(text("ANALYZE saved_search_anchors"))


async def _explained(services: Services, case_id: int) -> list[str]:
    """How the database goes about it."""
    explain = text(f"EXPLAIN {_BEFORE.text}")
    return list((await services.connection.execute(explain, {"cases": [case_id]})).scalars())


# --- kept up to date -------------------------------------------------------------------------------------


async def test_searches_are_made_anew_when_words_have_become_rare_or_common(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        (search,) = await waiting(services, Query("会計 在庫"))
        await services.connection.execute(delete(SavedSearchAnchor))
        await rebuild(services, 0)
        anchors = select(SavedSearchAnchor.word).where(SavedSearchAnchor.search_id == search.id)
        first = set(await services.session.scalars(anchors))
        assert first
    async with acting(OWNER) as services:
        rare = "在庫" if "会計" in first else "会計"
        for serial in range(1, 4):
            await published(services, serial, title="会計" if rare == "在庫" else "在庫")
        await search_words.refresh(services.connection)
        await rebuild(services, 0)
        assert rare in set(await services.session.scalars(anchors))


async def test_a_new_word_of_the_thesaurus_leads_to_the_searches_that_mean_it(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        (search,) = await waiting(services, Query("ドローン"))
    async with acting("U-clerk", "slack") as services:
        await read_members(services.connection, "T1", ["U-clerk"])
        await services.thesaurus.save("+ドローン", {"ドローン": Role.SAME, "空撮": Role.SAME}, 0)
    async with acting(None) as services:
        while await Attempt().run(services):
            pass
    async with acting(OWNER) as services:
        case = await published(services, title="空撮の相談")
        assert await matches(services) == {(search.id, case.id)}


async def test_what_was_found_long_ago_and_has_closed_is_forgotten(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        kept, gone = await waiting(services, Query("会計"), Query("在庫"))
        await services.saved_searches.delete(gone.id)
    async with acting(OWNER) as services:
        still, closed = [await published(services, n, title="会計") for n in (1, 2)]
        closed.state = CaseState.CLOSED
    after = NOON + 400 * DAY
    async with acting(None, at=after) as services:
        await clean(services, 0)
        assert await matches(services) == {(kept.id, still.id)}
        assert list(await services.session.scalars(select(SavedSearch.id))) == [kept.id]
        timers = select(TimerRow.kind).where(TimerRow.kind.in_((CLEAN, REBUILD)), TimerRow.done_at.is_(None))
        assert set(await services.session.scalars(timers)) == {CLEAN, REBUILD}
