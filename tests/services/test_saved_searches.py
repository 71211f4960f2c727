"""An expert keeps searches, changes, pauses and deletes them; nobody else does, and every change is noted."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.bundle import Services
from services.companies import Standing
from services.refusals import Refusal
from services.saved_search_records import SavedSearch, SavedSearchAnchor
from services.saved_searches import SUBJECT, Telling
from services.search import Query
from services.values import Hours
from tests.conftest import NOON, ActingAs
from tests.services.market import expert, published

OWNER, TARO, HANAKO = "U-owner", "U-taro", "U-hanako"
ACCOUNTING = Query("会計", areas=("ACCOUNTING",))
ANSWERS = {"words": "会計", "areas": "ACCOUNTING"}


async def keeps(services: Services, query: Query = ACCOUNTING, **other: Any) -> SavedSearch:
    """Keep a search of the acting expert."""
    values: dict[str, Any] = {"name": "会計の相談", "telling": Telling.AT_ONCE, "answers": ANSWERS}
    return await services.saved_searches.keep(**(values | other), query=query)


async def actions(services: Services, search: SavedSearch) -> list[str]:
    return [row.action for row in await services.audit.history(SUBJECT, search.id)]


async def test_a_search_is_kept_with_what_it_looks_for_and_noted(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        query = Query("会計", most_hours=Hours(600), deadline_from=date(2021, 11, 1))
        made = await keeps(services, query)
    async with acting(TARO, "slack") as services:
        (kept,) = await services.saved_searches.mine()
        assert (kept.id, kept.name, kept.telling) == (made.id, "会計の相談", "at_once")
        assert kept.looks_for == query and kept.answers == ANSWERS
        assert (kept.most_minutes, kept.deadline_from) == (600, date(2021, 11, 1))
        assert await actions(services, kept) == ["saved"]


async def test_the_same_search_is_not_kept_twice(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        await keeps(services)
        with pytest.raises(Refusal, match="already"):
            await keeps(services, name="もう一つ")
        await keeps(services, Query("会計"))


async def test_words_that_would_never_find_anything_are_refused(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        with pytest.raises(Refusal, match="can't be searched"):
            await keeps(services, Query("を に は"))
        await keeps(services, Query())


@pytest.mark.parametrize("name", ["", " \n ", "あ" * 41])
async def test_a_name_has_up_to_forty_letters(acting: ActingAs, name: str) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        with pytest.raises(Refusal, match="name"):
            await keeps(services, name=name)


async def test_only_so_many_are_kept_and_a_deleted_one_makes_room_until_it_is_wanted_back(
    acting: ActingAs,
) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        most = services.programme.saved_searches.most
        made = [await keeps(services, Query(f"会計{n}")) for n in range(most)]
        with pytest.raises(Refusal, match="delete one first"):
            await keeps(services, Query("在庫"))
        await services.saved_searches.delete(made[0].id)
        await keeps(services, Query("在庫"))
        with pytest.raises(Refusal, match="delete one first"):
            await services.saved_searches.restore(made[0].id)


async def test_a_deleted_search_finds_nothing_until_it_is_restored(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        made = await keeps(services)
        await services.saved_searches.delete(made.id)
        assert await services.saved_searches.mine() == []
        anchors = select(func.count()).select_from(SavedSearchAnchor)
        assert await services.session.scalar(anchors) == 0
        with pytest.raises(Refusal, match="deleted"):
            await services.saved_searches.see(made.id)
        await services.saved_searches.restore(made.id)
        await services.saved_searches.restore(made.id)
        assert await services.session.scalar(anchors)
        assert await actions(services, made) == ["saved", "deleted", "restored"]


async def test_every_change_is_noted_and_none_where_nothing_changed(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        made = await keeps(services)
        await services.saved_searches.change(made.id, "会計の相談", Telling.AT_ONCE)
        assert await actions(services, made) == ["saved"]
        await services.saved_searches.change(made.id, "経理", Telling.DIGEST)
        made = await services.saved_searches.pause(made.id)
        assert made.paused_until == NOON + timedelta(days=services.programme.saved_searches.pause_days)
        made = await services.saved_searches.resume(made.id)
        assert made.paused_until is None
        assert await actions(services, made) == ["saved", "changed", "paused", "resumed"]


async def test_nobody_touches_anybody_elses(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        made = await keeps(services)
    async with acting(HANAKO, "slack") as services:
        await expert(services, 2)
        mine = services.saved_searches
        assert await mine.mine() == [] and await mine.news() == {}
        for act in (mine.own, mine.pause, mine.resume, mine.delete, mine.restore, mine.see):
            with pytest.raises(Refusal, match="no such"):
                await act(made.id)
        with pytest.raises(Refusal, match="no such"):
            await mine.change(made.id, "盗", Telling.HOME)
        assert await actions(services, made) == ["saved"]


@pytest.mark.parametrize("standing", [Standing.UNDER_REVIEW, Standing.WITHDRAWN, Standing.REJECTED])
async def test_whoever_is_not_registered_keeps_and_sees_nothing(acting: ActingAs, standing: Standing) -> None:
    async with acting(TARO, "slack") as services:
        me = await expert(services)
        made = await keeps(services)
        me.standing = standing
        await services.flush()
        mine = services.saved_searches
        for act in (mine.own, mine.pause, mine.resume, mine.delete, mine.restore, mine.see):
            with pytest.raises(Refusal):
                await act(made.id)
        for look in (mine.mine, mine.news):
            with pytest.raises(Refusal):
                await look()
        with pytest.raises(Refusal):
            await keeps(services, Query("在庫"))


async def test_what_was_found_is_news_until_the_expert_looks(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await expert(services)
        made = await keeps(services, Query("会計"))
    async with acting(OWNER) as services:
        await published(services, 1, title="会計を楽に")
        await published(services, 2, title="会計ソフト", current_tools="電話")
        await published(services, 3, title="在庫")
    async with acting(TARO, "slack") as services:
        assert await services.saved_searches.news() == {made.id: 2}
        await services.saved_searches.see(made.id)
        assert await services.saved_searches.news() == {}
