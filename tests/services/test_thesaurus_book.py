"""The thesaurus in force: changed by the secretariat, read by the next search in every process, taken back."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.terminal.thesaurus import export
from services import thesaurus_book
from services.bundle import Services
from services.case_index import IndexRow
from services.refusals import Refusal
from services.search import Query
from services.secretariat import read_members
from services.thesaurus import Group, Thesaurus, built_in, built_in_groups
from services.thesaurus_book import Edition, current, edition
from services.thesaurus_desk import Changed, ThesaurusDesk
from services.thesaurus_groups import Groups, Role
from services.thesaurus_near import near
from services.thesaurus_records import ThesaurusEdit
from services.thesaurus_reindex import TIMER, TOGETHER, go_on
from services.timers import Attempt
from tests.conftest import NOON, ActingAs
from tests.services.market import expert, published
from tests.services.small_thesaurus import small

__all__ = ["clerk", "small"]

pytestmark = pytest.mark.usefixtures("small")
CLERK, COLLEAGUE = "U-clerk", "U-colleague"
LATER = NOON + timedelta(minutes=1)
DRONE = {"ドローン": Role.SAME, "空撮": Role.SAME}


@asynccontextmanager
async def clerk(acting: ActingAs, who: str = CLERK) -> AsyncIterator[Services]:
    """A member of the secretariat."""
    async with acting(who, "slack") as services:
        await read_members(services.connection, "T1", [CLERK, COLLEAGUE])
        yield services


async def opened(acting: ActingAs, *cases: dict[str, Any]) -> None:
    """Open cases, numbered from one."""
    async with acting("U-owner") as services:
        for serial, case in enumerate(cases, start=1):
            await published(services, serial, **case)


async def found(acting: ActingAs, words: str) -> list[str]:
    """The titles of what an expert finds."""
    async with acting("U-expert", "slack") as services:
        if await services.experts.mine() is None:
            await expert(services)
        return [case.title for case in (await services.search.find(Query(words))).cases]


async def prepared(services: Services) -> bool:
    """Whether there was something to be done about the cases of a change; it is done now."""
    others = text("DELETE FROM timers WHERE kind <> :kind")
    await services.connection.execute(others, {"kind": TIMER})
    return await Attempt().run(services)


# --- in force ------------------------------------------------------------------------------------------


async def test_without_changes_it_is_the_built_in_one(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    async with acting(None) as services:
        assert len((await edition(services.connection)).groups) == len(built_in_groups())
        assert await current(services.connection) is built_in()


async def test_a_change_is_in_force_in_the_transaction_and_after_it(acting: ActingAs) -> None:
    async with clerk(acting) as services:
        await services.thesaurus.save("+ドローン", DRONE, 0)
        assert ("空撮",) in (await current(services.connection)).meaning(("ドローン",)).same
    async with acting(None) as services:
        assert ("空撮",) in (await current(services.connection)).meaning(("ドローン",)).same


async def test_what_was_rolled_back_is_not_in_force(acting: ActingAs, small: Edition) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone):
        async with clerk(acting) as services:
            await services.thesaurus.save("+ドローン", DRONE, 0)
            assert ("空撮",) in (await current(services.connection)).meaning(("ドローン",)).same
            raise Undone
    async with clerk(acting) as services:
        assert await current(services.connection) is small.thesaurus
        await services.thesaurus.save("+ドローン", {"ドローン": Role.SAME, "UAV": Role.SAME}, 0)
    async with acting(None) as services:
        assert (await current(services.connection)).meaning(("ドローン",)).same == {("uav",)}


async def test_another_process_reads_it_with_its_next_search(acting: ActingAs, small: Edition) -> None:
    async with acting(None) as services:
        before = await current(services.connection)
        async with clerk(acting) as other:
            await other.thesaurus.save("+ドローン", DRONE, 0)
        # What this process remembers is of no use for another mark.
        thesaurus_book._editions.clear()
        after = await current(services.connection)
        assert before is small.thesaurus and ("空撮",) in after.meaning(("ドローン",)).same


async def test_it_is_built_once_for_all_who_search_at_once(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with clerk(acting) as services:
        await services.thesaurus.save("+ドローン", DRONE, 0)
    built, build = [], thesaurus_book.as_thesaurus

    def counted(groups: Groups) -> Thesaurus:
        built.append(1)
        return build(groups)

    monkeypatch.setattr(thesaurus_book, "as_thesaurus", counted)
    thesaurus_book._editions.clear()

    async def search() -> object:
        async with acting(None) as services:
            return await current(services.connection)

    different = {id(one) for one in await asyncio.gather(*(search() for _one in range(8)))}
    assert len(different) == 1 and built == [1]


# --- changing ------------------------------------------------------------------------------------------


async def test_a_case_is_found_by_a_word_that_was_taught(acting: ActingAs) -> None:
    await opened(acting, {"title": "ドローンで畑を見る"}, {"title": "在庫の数え方"})
    assert await found(acting, "空撮") != ["ドローンで畑を見る"]
    async with clerk(acting) as services:
        await services.thesaurus.save("+ドローン", DRONE, 0)
    assert await found(acting, "空撮") == ["ドローンで畑を見る"]


async def test_the_preview_says_what_a_search_finds_then(acting: ActingAs) -> None:
    await opened(acting, {"title": "ドローンで畑を見る"}, {"title": "ネット 予約の店"})
    roles = DRONE | {"ネット予約の店": Role.SAME}
    async with clerk(acting) as services:
        effects = await services.thesaurus.preview("+ドローン", roles, ["空撮", "ドローン"])
        assert [(one.words, one.after, one.now) for one in effects] == [("空撮", 2, 0), ("ドローン", 2, 1)]


async def test_a_word_of_several_parts_is_found_once_the_cases_are_indexed_anew(acting: ActingAs) -> None:
    await opened(acting, {"title": "鳥獣 被害を減らす"}, {"title": "別の話"})
    async with clerk(acting) as services:
        edit = await services.thesaurus.save("+鳥獣被害", {"鳥獣被害": Role.SAME, "害獣": Role.SAME}, 0)
    assert await found(acting, "害獣") == []
    async with acting(None) as services:
        await go_on(services, edit.id)
    assert await found(acting, "害獣") == ["鳥獣 被害を減らす"]
    async with acting(None) as services:
        assert await services.session.scalar(select(ThesaurusEdit.prepared_to)) is None


async def test_many_cases_are_indexed_anew_in_small_transactions(acting: ActingAs) -> None:
    await opened(acting, *({"title": "鳥獣の被害"} for _case in range(TOGETHER + 5)))
    async with clerk(acting) as services:
        edit = await services.thesaurus.save("+鳥獣被害", {"鳥獣被害": Role.SAME, "害獣": Role.SAME}, 0)
    known = select(func.count()).select_from(IndexRow).where(text("vector @@ '鳥獣被害'::tsquery"))
    counts = []
    for _transaction in range(2):
        async with acting(None, at=LATER) as services:
            assert await prepared(services)
            counts.append(await services.session.scalar(known))
    assert counts == [TOGETHER, TOGETHER + 5]
    async with acting(None, at=LATER) as services:
        assert not await prepared(services)
        await go_on(services, edit.id)


async def test_only_words_of_several_parts_need_the_cases_again(acting: ActingAs) -> None:
    async with clerk(acting) as services:
        edit = await services.thesaurus.save("+ドローン", DRONE, 0)
        assert edit.prepared_to is None
    async with acting(None, at=LATER) as services:
        assert not await prepared(services)


async def test_a_change_is_kept_with_who_when_and_why_and_taken_back_as_another(acting: ActingAs) -> None:
    async with clerk(acting) as services:
        key = "EC"
        before = await services.thesaurus.group(key)
        edit = await services.thesaurus.save(
            key, {"出面": Role.KIND, before.words[1]: Role.OUT}, 0, "現場の言葉"
        )
        (noted,) = await services.audit.history("thesaurus", edit.id)
        assert noted.action == "thesaurus changed" and noted.digest is not None
        assert services.person is not None
        assert (edit.by, edit.at, edit.reason) == (services.person.id, services.now, "現場の言葉")
        changed = await services.thesaurus.group(key)
        assert "出面" in changed.kinds and before.words[1] not in changed.words
        back = await services.thesaurus.undo(edit.id)
        assert back.undoes == edit.id
        assert dict((await services.thesaurus.group(key)).roles) == dict(before.roles)
        assert [one.id for one in await services.thesaurus.history(key)] == [back.id, edit.id]
        assert await services.thesaurus.taken_back([edit.id, back.id]) == {edit.id}
        with pytest.raises(Refusal, match="already"):
            await services.thesaurus.undo(edit.id)


async def test_only_what_nobody_changed_since_is_taken_back(acting: ActingAs) -> None:
    async with clerk(acting) as services:
        desk = services.thesaurus
        first = await desk.save("+ドローン", DRONE, 0)
        await desk.save("+ドローン", {"空撮": Role.KIND, "UAV": Role.SAME}, first.id)
        await desk.undo(first.id)
        assert dict((await desk.group("+ドローン")).roles) == {"空撮": Role.KIND, "UAV": Role.SAME}
        second = await desk.save("EC", {"直販": Role.KIND}, 0)
        await desk.save("EC", {"直販": Role.SAME}, second.id)
        with pytest.raises(Refusal, match="since"):
            await desk.undo(second.id)


async def test_whoever_was_slower_is_told_and_sees_what_the_colleague_did(acting: ActingAs) -> None:
    async with clerk(acting, COLLEAGUE) as services:
        edit = await services.thesaurus.save("EC", {"直販": Role.SAME}, 0)
    async with clerk(acting) as services:
        with pytest.raises(Changed):
            await services.thesaurus.save("EC", {"産直": Role.SAME}, 0)
        (since,) = await services.thesaurus.since("EC", 0)
        assert since.id == edit.id and since.words == {"直販": "same"}
        assert "直販" not in (await services.thesaurus.group_at("EC", 0)).roles
        await services.thesaurus.save("EC", {"産直": Role.SAME}, edit.id)
        assert {"直販", "産直"} <= set((await services.thesaurus.group("EC")).words)


async def test_of_two_clerks_at_once_one_is_told(acting: ActingAs) -> None:
    async def save(who: str, word: str) -> str:
        async with clerk(acting, who) as services:
            try:
                await services.thesaurus.save("EC", {word: Role.SAME}, 0)
            except Changed:
                return "changed"
            return "saved"

    async with clerk(acting):
        pass
    said = await asyncio.gather(save(CLERK, "直販"), save(COLLEAGUE, "産直"))
    assert sorted(said) == ["changed", "saved"]
    async with acting(None) as services:
        assert len({"直販", "産直"} & set((await edition(services.connection)).groups["EC"].words)) == 1


async def test_a_change_that_changes_nothing_or_does_harm_is_not_kept(acting: ActingAs) -> None:
    cases = [{"title": f"神戸の件 {serial}", "background": "ラーメンの店です。"} for serial in range(22)]
    await opened(acting, *cases)
    async with clerk(acting) as services:
        await services.connection.execute(
            text("INSERT INTO search_words (word, reading, cases) VALUES ('', '', 22)")
        )
        with pytest.raises(Refusal, match="Nothing"):
            await services.thesaurus.save("EC", {"ec2": Role.OUT}, 0)
        with pytest.raises(Refusal, match="most open cases") as no:
            await services.thesaurus.save("EC", {"ラーメン": Role.KIND}, 0)
        assert no.value.about == "kinds"
        assert await services.thesaurus.history() == []


async def test_only_the_secretariat_looks_and_changes(acting: ActingAs) -> None:
    async with clerk(acting) as services:
        edit = await services.thesaurus.save("+ドローン", DRONE, 0)
    acts: list[Callable[[ThesaurusDesk], Awaitable[object]]] = [
        lambda desk: desk.groups(),
        lambda desk: desk.group("EC"),
        lambda desk: desk.group_at("EC", 0),
        lambda desk: desk.since("EC", 0),
        lambda desk: desk.free_key("EC"),
        lambda desk: desk.history(),
        lambda desk: desk.preview("EC", {"直販": Role.SAME}, []),
        lambda desk: desk.save("EC", {"直販": Role.SAME}, 0),
        lambda desk: desk.undo(edit.id),
    ]
    for who, channel in (("U-expert", "slack"), ("U-owner", "line"), (CLERK, "line")):
        async with acting(who, channel) as services:
            for act in acts:
                with pytest.raises(Refusal, match="members"):
                    await act(services.thesaurus)
    async with acting(None) as services:
        assert await services.session.scalar(select(func.count()).select_from(ThesaurusEdit)) == 1


async def test_what_is_in_force_is_exported_as_the_file_has_it(
    acting: ActingAs, engine: AsyncEngine, tmp_path: Path
) -> None:
    async with clerk(acting) as services:
        await services.thesaurus.save("+ドローン", DRONE, 0)
        await services.thesaurus.save("EC", {"通販": Role.OUT, '産直 "便"': Role.KIND}, 0)
        groups = await services.thesaurus.groups()
    await export(engine, tmp_path / "words.toml")
    written = tomllib.loads((tmp_path / "words.toml").read_text("utf-8"))["groups"]
    assert [Group(one["words"], one.get("kinds", [])) for one in written] == [
        Group(group.words, group.kinds) for group in groups.values()
    ]


# --- words that may be meant ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("きんたい", "勤怠"),
        ("ホムページ", "ホームページ"),
        ("Shopfy", "Shopify"),
        ("倉庫の在庫", "在庫"),
        ("宿屋", "宿"),
    ],
)
async def test_known_words_are_proposed_for_an_unknown_one(acting: ActingAs, word: str, meant: str) -> None:
    async with acting(None) as services:
        groups = (await edition(services.connection)).groups
        assert meant in [
            one.casefold() if one.isascii() and meant.islower() else one
            for one in await near(services.connection, word, groups)
        ]


async def test_words_of_open_cases_are_proposed_too(acting: ActingAs) -> None:
    await opened(acting, {"title": "盆栽の相談"})
    async with acting(None) as services:
        groups = (await edition(services.connection)).groups
        assert "盆栽" in await near(services.connection, "ボンサイ", groups)
