"""What was looked for in vain: counted without who it was, and never in a search's way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from services import missed_queries
from services.case_query import Matched
from services.missed_queries import note, wipe
from services.refusals import Refusal
from services.thesaurus_groups import Role
from tests.conftest import NOON, ActingAs
from tests.services.market import published
from tests.services.test_thesaurus_book import clerk


async def missed(
    acting: ActingAs, *words: str, who: str = "U1", matched: Matched = Matched.ALL, later: int = 0
) -> None:
    """An expert looks for these in vain."""
    async with acting(who, "slack", NOON + timedelta(minutes=later)) as services:
        for each in words:
            await note(services, each, matched)


async def listed(acting: ActingAs) -> list[tuple[str, int, int]]:
    """What waits: the words, how often they were looked for, and by how many."""
    async with clerk(acting) as services:
        return [(one.words, one.times, one.experts) for one in await services.missed.list()]


async def test_the_same_words_are_counted_once_for_each_expert(acting: ActingAs) -> None:
    await missed(acting, "ドローン 空撮", "空撮　ﾄﾞﾛｰﾝ", "盆栽")
    await missed(acting, "空撮のドローン", who="U2", later=1)
    assert await listed(acting) == [("空撮のドローン", 3, 2), ("盆栽", 1, 1)]
    async with clerk(acting) as services:
        assert await services.missed.waiting() == 2
        first = (await services.missed.list())[0]
        assert await services.missed.get(first.key) == first


async def test_a_home_counts_only_so_far(acting: ActingAs, monkeypatch: pytest.MonkeyPatch) -> None:
    await missed(acting, "ドローン", "盆栽", "苔玉")
    monkeypatch.setattr(missed_queries, "COUNTED", 2)
    async with clerk(acting) as services:
        assert await services.missed.waiting() == 2


async def test_nobody_can_read_who_it_was_nor_what_else_they_looked_for(acting: ActingAs) -> None:
    await missed(acting, "ドローン", "盆栽")
    async with acting(None) as services:
        rows = (await services.connection.execute(text("SELECT who, words FROM missed_queries"))).all()
        assert rows[0].who != rows[1].who and b"U1" not in rows[0].who
        assert "盆栽".encode() not in bytes(rows[0].words) + bytes(rows[1].words)


async def test_contact_data_and_whatever_is_too_long_is_not_kept(acting: ActingAs) -> None:
    await missed(acting, "盆栽 090-1234-5678 田中さん ken@example.com", "苔" * 400)
    (first, _times, _experts), (second, *_others) = await listed(acting)
    shown = {first, second}
    assert {"苔" * 200} < shown and not any("090" in one or "@" in one or "田中" in one for one in shown)


@pytest.mark.parametrize("words", ["", "   ", "の", "システム 導入", "090-1234-5678", "😀", "\x00", "\ud842"])
async def test_where_there_is_nothing_to_teach_nothing_is_kept(acting: ActingAs, words: str) -> None:
    await missed(acting, words)
    assert await listed(acting) == []


async def test_what_was_found_or_is_no_word_is_not_kept(acting: ActingAs) -> None:
    await missed(acting, "盆栽", matched=Matched.MOST)
    await missed(acting, "盆栽", matched=Matched.NOTHING)
    async with acting(None) as services:
        await note(services, "盆栽", Matched.ALL)
    assert await listed(acting) == []
    async with acting("U1", "slack") as services:
        await note(services, "盆栽 ドローン", Matched.SOME, found=True)
        await note(services, "苔玉 ドローン", Matched.SOME)
    async with clerk(acting) as services:
        assert {one.words: one.nothing for one in await services.missed.list()} == {
            "盆栽 ドローン": False,
            "苔玉 ドローン": True,
        }


async def test_what_only_the_filters_kept_away_is_not_kept(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        await published(services, title="盆栽の店")
    async with acting("U1", "slack") as services:
        await note(services, "盆栽", Matched.ALL, narrowed=True)
        await note(services, "苔玉", Matched.ALL, narrowed=True)
    assert [words for words, _times, _experts in await listed(acting)] == ["苔玉"]


async def test_a_search_goes_on_when_it_cannot_be_kept(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with acting("U1", "slack") as services:
        await services.connection.execute(text("SAVEPOINT here"))
        await services.connection.execute(text("ALTER TABLE missed_queries RENAME TO elsewhere"))
        await note(services, "盆栽", Matched.ALL)
        assert await services.connection.scalar(text("SELECT 1")) == 1
        await services.connection.execute(text("ROLLBACK TO here"))
        monkeypatch.setattr(missed_queries, "_key", lambda shown: 1 / 0)
        await note(services, "盆栽", Matched.ALL)
        assert await services.connection.scalar(text("SELECT 1")) == 1


async def test_many_at_once_wait_for_nobody(acting: ActingAs) -> None:
    async with acting("U-first", "slack") as services:
        await note(services, "盆栽", Matched.ALL)
        # The first search has not ended yet.
        async with asyncio.timeout(20):
            await asyncio.gather(*(missed(acting, "盆栽", who=f"U{number}") for number in range(8)))
    assert await listed(acting) == [("盆栽", 9, 9)]


async def test_what_a_search_finds_by_now_leaves_the_list_until_it_is_missed_again(acting: ActingAs) -> None:
    await missed(acting, "盆栽", "ドローン")
    async with acting("U-owner") as services:
        case = await published(services, title="盆栽の店")
    assert [words for words, _times, _experts in await listed(acting)] == ["ドローン"]
    async with clerk(acting) as services:
        assert await services.missed.waiting() == 1
        await services.search.remove(case.id)
    assert [words for words, _times, _experts in await listed(acting)] == ["ドローン"]
    async with acting("U2", "slack", NOON + timedelta(hours=1)) as services:
        await note(services, "盆栽", Matched.ALL)
    assert [words for words, _times, _experts in await listed(acting)] == ["盆栽", "ドローン"]


async def test_what_is_not_for_us_or_was_taught_stays_away_until_it_is_put_back(acting: ActingAs) -> None:
    await missed(acting, "盆栽", "ドローン")
    async with clerk(acting) as services:
        keys = {one.words: one.key for one in await services.missed.list()}
        await services.missed.dismiss(keys["盆栽"])
        roles = {"ドローン": Role.SAME, "空撮": Role.SAME}
        edit = await services.thesaurus.save("+ドローン", roles, 0)
        await services.missed.teach(keys["ドローン"], edit.id)
    await missed(acting, "盆栽", "ドローン")
    assert await listed(acting) == []
    async with clerk(acting) as services:
        await services.missed.put_back(keys["盆栽"])
        await services.missed.put_back_taught(edit.id)
    assert {words for words, _times, _experts in await listed(acting)} == {"盆栽", "ドローン"}


async def test_what_nobody_looks_for_any_more_is_forgotten(acting: ActingAs) -> None:
    await missed(acting, "盆栽")
    async with acting("U1", "slack", NOON + timedelta(days=10)) as services:
        await note(services, "ドローン", Matched.ALL)
    async with clerk(acting) as services:
        for one in await services.missed.list():
            await services.missed.dismiss(one.key)
        await wipe(services.connection, NOON + timedelta(days=5))
        left = await services.connection.execute(
            text("SELECT (SELECT count(*) FROM missed_queries), (SELECT count(*) FROM missed_decisions)")
        )
        assert tuple(left.one()) == (1, 1)


async def test_only_the_secretariat_sees_and_decides(acting: ActingAs) -> None:
    await missed(acting, "盆栽")
    async with clerk(acting) as services:
        key = (await services.missed.list())[0].key
    async with acting("U1", "slack") as services:
        desk = services.missed
        acts: list[Callable[[], Awaitable[object]]] = [
            desk.list,
            lambda: desk.get(key),
            lambda: desk.dismiss(key),
            lambda: desk.put_back(key),
            lambda: desk.teach(key, 1),
            lambda: desk.put_back_taught(1),
        ]
        for act in acts:
            with pytest.raises(Refusal, match="members"):
                await act()
    async with clerk(acting) as services:
        for copied in ("zz", "00", "", key + "00"):
            with pytest.raises(Refusal, match="list"):
                await services.missed.get(copied)
    assert len(await listed(acting)) == 1


async def test_words_that_are_all_known_and_only_stand_in_no_case_together_are_not_kept(
    acting: ActingAs,
) -> None:
    await missed(acting, "京都 予約", "京都 ドローン", matched=Matched.SOME)
    async with acting("U-owner") as services:
        await published(services, 1, title="京都の菓子屋の棚")
        await published(services, 2, title="美容室の予約")
    await missed(acting, "予約 京都", who="U2", matched=Matched.SOME, later=1)
    assert [words for words, _times, _experts in await listed(acting)] == ["京都 ドローン"]
    async with acting("U3", "slack") as services:
        await note(services, "美容室 菓子", Matched.SOME, found=True)
    assert [words for words, _times, _experts in await listed(acting)] == ["京都 ドローン"]


async def test_no_place_is_offered_for_a_word(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        await published(services, title="東京都の予約")
    async with clerk(acting) as services:
        for typed in ("京都 予約", "京都", "京都々"):
            assert not {"東京", "東京都"} & set(await services.missed.near(typed))
        assert "予約" in await services.missed.near("予訳")
