"""Experts hear of new cases once, on one card a search, at the hours of notices, and never of what has closed."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services import case_interest, saved_search_telling
from services.cases import Case
from services.companies import Standing
from services.experts import Expert
from services.reminder_records import CaseInterest
from services.saved_search_records import SavedSearch, SavedSearchCard, SavedSearchMatch
from services.saved_search_telling import News
from services.saved_searches import Telling
from services.search import Query
from services.timers import _DONE, Attempt
from services.values import Yen
from tests.conftest import NOON, ActingAs
from tests.services.market import expert, published

OWNER, TARO = "U-owner", "U-taro"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MORNING = NOON + 20 * HOUR
"""Eight o'clock in Tokyo on the next day."""


async def keeps(acting: ActingAs, telling: Telling, query: Query | None = None) -> SavedSearch:
    """Somebody becomes an expert who waits for cases about accounting."""
    async with acting(TARO, "slack") as services:
        await expert(services)
        return await services.saved_searches.keep("会計", telling, query or Query("会計"), {})


async def publishes(
    acting: ActingAs, serial: int = 1, after: timedelta = timedelta(0), **other: object
) -> Case:
    """A company's case about accounting is published."""
    async with acting(OWNER, at=NOON + after) as services:
        published_at = services.now + serial * timedelta(milliseconds=1)
        values = {"title": f"会計の相談{serial}", "published_at": published_at} | other
        return await published(services, serial, **values)


async def passes(acting: ActingAs, after: timedelta = timedelta(0)) -> list[int]:
    """The cards that are drawn for the expert when all has been done that is due at this moment."""
    drawn: list[int] = []
    more = True
    while more:
        async with acting(None, at=NOON + after) as services:
            more = await Attempt().run(services)
            drawn += [int(one.ref) for one in services.notices.drawn if one.kind == saved_search_telling.CARD]
            assert services.notices.told == []
    return drawn


async def card(acting: ActingAs, card_id: int, after: timedelta = timedelta(0)) -> News | None:
    """What a card says at a moment."""
    async with acting(None, at=NOON + after) as services:
        return await saved_search_telling.news(services, card_id)


async def titles(acting: ActingAs, card_id: int, after: timedelta = timedelta(0)) -> list[str]:
    """The titles on a card, in their order."""
    news = await card(acting, card_id, after)
    return [case.title for case in news.cases] if news else []


async def test_a_case_is_told_at_once_with_why_and_the_next_ones_on_the_same_card(acting: ActingAs) -> None:
    await keeps(acting, Telling.AT_ONCE)
    await publishes(acting)
    (first,) = await passes(acting)
    news = await card(acting, first)
    assert news is not None and (news.count, news.why[news.cases[0].id].words) == (1, ("会計",))
    await publishes(acting, 2, 10 * MINUTE)
    assert await passes(acting, 10 * MINUTE) == [first]
    assert await titles(acting, first, 10 * MINUTE) == ["会計の相談2", "会計の相談1"]
    assert await passes(acting, DAY) == []


async def test_after_some_time_there_is_a_new_card_and_the_old_one_says_so(acting: ActingAs) -> None:
    await keeps(acting, Telling.AT_ONCE)
    await publishes(acting)
    (old,) = await passes(acting)
    await publishes(acting, 2, HOUR)
    assert await passes(acting, HOUR) == [old, old + 1]
    assert len(await titles(acting, old + 1, HOUR)) == 2
    replaced = await card(acting, old, HOUR)
    assert replaced is not None and replaced.replaced and not replaced.cases


async def test_a_card_that_was_opened_stays_as_it_is_and_the_next_waits_a_little(acting: ActingAs) -> None:
    search = await keeps(acting, Telling.AT_ONCE)
    await publishes(acting)
    (old,) = await passes(acting)
    async with acting(TARO, "slack", NOON + MINUTE) as services:
        await services.saved_searches.see(search.id)
    await publishes(acting, 2, 5 * MINUTE)
    assert await passes(acting, 5 * MINUTE) == []
    assert await passes(acting, 30 * MINUTE) == [old + 1]
    assert await titles(acting, old, HOUR) == ["会計の相談1"]
    assert await titles(acting, old + 1, HOUR) == ["会計の相談2"]


async def test_a_digest_comes_once_in_the_morning_with_everything(acting: ActingAs) -> None:
    await keeps(acting, Telling.DIGEST)
    for serial in range(1, 8):
        await publishes(acting, serial, serial * MINUTE)
    assert await passes(acting, HOUR) == []
    (morning,) = await passes(acting, MORNING - NOON)
    news = await card(acting, morning, MORNING - NOON)
    assert news is not None and news.count == 7 and len(news.cases) == 5
    assert news.cases[0].title == "会計の相談7"
    await publishes(acting, 8, MORNING - NOON + HOUR)
    assert await passes(acting, MORNING - NOON + 2 * HOUR) == []
    assert await passes(acting, MORNING - NOON + DAY) == [morning, morning + 1]
    await passes(acting, MORNING - NOON + 2 * DAY)
    async with acting(None) as services:
        assert len((await services.session.scalars(select(SavedSearchCard))).all()) == 2


async def test_the_home_alone_is_drawn_for_who_wants_no_messages(acting: ActingAs) -> None:
    await keeps(acting, Telling.HOME)
    await publishes(acting)
    async with acting(None) as services:
        assert await Attempt().run(services)
        assert [one.kind for one in services.notices.drawn] == ["home"]


async def test_nobody_is_told_at_night(acting: ActingAs) -> None:
    await keeps(acting, Telling.AT_ONCE)
    await publishes(acting, after=10 * HOUR)
    assert await passes(acting, 11 * HOUR) == []
    assert len(await passes(acting, MORNING - NOON)) == 1


async def test_what_closed_before_it_is_told_is_not_told(acting: ActingAs) -> None:
    await keeps(acting, Telling.DIGEST)
    gone, hidden = await publishes(acting), await publishes(acting, 2)
    await publishes(acting, 3)
    async with acting(OWNER, at=NOON + HOUR) as services:
        await services.cases.cancel(gone.id)
        services.session.add(CaseInterest(case_id=hidden.id, silent=0, hidden_at=NOON))
    (morning,) = await passes(acting, MORNING - NOON)
    assert await titles(acting, morning, MORNING - NOON) == ["会計の相談3"]


async def test_what_closes_while_the_card_is_on_its_way_is_not_on_it(acting: ActingAs) -> None:
    await keeps(acting, Telling.AT_ONCE)
    case = await publishes(acting)
    (only,) = await passes(acting)
    async with acting(OWNER) as services:
        await services.cases.cancel(case.id)
    assert await card(acting, only) is None


async def test_a_case_that_was_hidden_when_it_was_to_be_told_is_told_when_it_is_shown_again(
    acting: ActingAs,
) -> None:
    await keeps(acting, Telling.AT_ONCE)
    case = await publishes(acting)
    async with acting(OWNER) as services:
        services.session.add(CaseInterest(case_id=case.id, silent=0, hidden_at=NOON))
    assert await passes(acting) == []
    async with acting(OWNER, at=NOON + HOUR) as services:
        await case_interest.still_wanted(services, case.id)
    assert len(await passes(acting, HOUR)) == 1


async def test_filters_that_only_the_search_itself_knows_are_asked_when_it_is_told(acting: ActingAs) -> None:
    cap = Yen(400_000)
    await keeps(acting, Telling.AT_ONCE, Query("会計", least_cap=cap))
    await publishes(acting)
    assert await passes(acting) == []


async def test_nobody_hears_of_cases_of_a_business_he_speaks_for(acting: ActingAs) -> None:
    await keeps(acting, Telling.AT_ONCE)
    async with acting(OWNER) as services:
        assert services.person is not None
        owner = services.person.id
        await services.session.execute(update(Expert).values(person_id=owner))
    await publishes(acting)
    assert await passes(acting) == []


@pytest.mark.parametrize("standing", [Standing.WITHDRAWN, Standing.DEFICIENT])
async def test_whoever_is_no_longer_registered_hears_nothing(acting: ActingAs, standing: Standing) -> None:
    await keeps(acting, Telling.AT_ONCE)
    await publishes(acting)
    async with acting(None) as services:
        await services.session.execute(update(Expert).values(standing=standing))
    assert await passes(acting) == []


async def test_a_pause_holds_back_and_what_is_still_open_comes_afterwards(acting: ActingAs) -> None:
    search = await keeps(acting, Telling.AT_ONCE)
    await publishes(acting)
    async with acting(TARO, "slack") as services:
        await services.saved_searches.pause(search.id)
    assert await passes(acting, DAY) == []
    assert len(await passes(acting, 7 * DAY)) == 1


async def test_a_deleted_search_tells_nothing_and_a_restored_one_what_it_had_found(acting: ActingAs) -> None:
    search = await keeps(acting, Telling.AT_ONCE)
    await publishes(acting)
    async with acting(TARO, "slack") as services:
        await services.saved_searches.delete(search.id)
    assert await passes(acting) == []
    async with acting(TARO, "slack") as services:
        await services.saved_searches.restore(search.id)
    assert len(await passes(acting)) == 1


async def test_another_way_of_telling_holds_for_what_is_not_told_yet(acting: ActingAs) -> None:
    search = await keeps(acting, Telling.HOME)
    await publishes(acting)
    await passes(acting)
    async with acting(TARO, "slack") as services:
        await services.saved_searches.change(search.id, "会計", Telling.AT_ONCE)
    assert len(await passes(acting)) == 1


async def test_two_processes_tell_once_and_lose_nothing_that_comes_meanwhile(acting: ActingAs) -> None:
    await keeps(acting, Telling.AT_ONCE)
    await publishes(acting)

    async def process() -> list[int]:
        return await passes(acting)

    async def another() -> list[int]:
        await publishes(acting, 2)
        return await passes(acting)

    drawn = [card_id for some in await asyncio.gather(process(), another(), process()) for card_id in some]
    drawn += await passes(acting)
    assert len(set(drawn)) == 1
    assert len(await titles(acting, drawn[0])) == 2
    async with acting(None) as services:
        told = select(SavedSearchMatch.card_id)
        assert set(await services.session.scalars(told)) == set(drawn)


async def test_a_match_that_is_committed_while_its_search_is_told_is_told_too(acting: ActingAs) -> None:
    await keeps(acting, Telling.AT_ONCE)
    await publishes(acting)
    began, written = asyncio.Event(), asyncio.Event()

    async def tells() -> None:
        async with acting(None) as services:
            attempt = Attempt()
            row = await attempt._take(services)
            await saved_search_telling.tell(services, row.ref)
            await services.flush()
            began.set()
            await asyncio.wait_for(written.wait(), 10)
            done = {"id": attempt.taken, "due_at": row.due_at, "now": services.now}
            await services.connection.execute(_DONE, done)

    async def publishing() -> None:
        await asyncio.wait_for(began.wait(), 10)
        await publishes(acting, 2)
        written.set()

    await asyncio.gather(tells(), publishing())
    (drawn,) = await passes(acting)
    assert len(await titles(acting, drawn)) == 2
