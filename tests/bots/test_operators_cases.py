"""`app.py cases`: what an operator sees of an import, a search and a new index."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.terminal import cases, commands
from bots.terminal.cases import REFUSED, WRONG, Desk
from services.clock import FrozenClock
from services.database import transaction
from services.programme import Programme
from services.search import Query
from tests.conftest import NOON
from tests.services.test_case_file import GOOD, file


@pytest.fixture
def desk(engine: AsyncEngine, rules: Programme, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An operator who works on few cases at a time."""
    monkeypatch.setattr(cases, "AT_ONCE", 2)
    return Desk(engine, rules, FrozenClock(NOON))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A file with three good rows, among them one with an unknown field, and three wrong ones."""
    rows = [
        GOOD,
        b"{",
        GOOD | {"id": "C2", "colour": "red"},
        GOOD | {"id": "C3"},
        GOOD,
        GOOD | {"id": "C4", "title": 3},
    ]
    path = tmp_path / "cases.jsonl"
    path.write_bytes(file(*rows).getvalue())
    return path


async def found(
    desk: Desk, capsys: pytest.CaptureFixture[str], words: str, **other: Any
) -> list[dict[str, Any]]:
    """What a search prints as JSON."""
    capsys.readouterr()
    assert await desk.search(Query(words, **other), as_json=True) == 0
    listed: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return listed


async def counted(engine: AsyncEngine) -> int:
    """How many cases there are."""
    async with transaction(engine) as connection:
        return await connection.scalar(text("SELECT count(*) FROM cases")) or 0


async def test_the_good_rows_are_kept_and_the_others_named(
    desk: Desk, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await desk.take(written, strict=False) == WRONG
    said = capsys.readouterr()
    assert said.out == "3 cases taken over, 3 rows refused; 3 new or changed\n"
    assert [line.partition(":")[0] for line in said.err.splitlines()] == [
        "line 2",
        "line 5",
        "line 6",
        "line 3",
    ]
    assert said.err.endswith('line 3: unknown field "colour", left out\n')


async def test_a_strict_import_takes_all_or_nothing(
    desk: Desk, written: Path, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await desk.take(written, strict=True) == WRONG
    assert capsys.readouterr().out == "nothing taken over, 3 rows refused\n"
    assert await counted(engine) == 0
    written.write_bytes(file(GOOD | {"colour": "red"}).getvalue())
    assert await desk.take(written, strict=True) == WRONG and await counted(engine) == 0
    written.write_bytes(file(GOOD, GOOD | {"id": "C2"}).getvalue())
    assert await desk.take(written, strict=True) == 0 and await counted(engine) == 2


async def test_an_empty_file_is_right_and_none_at_all_is_not(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").touch()
    assert await desk.take(tmp_path / "empty", strict=False) == 0
    for wrong in (tmp_path, tmp_path / "nowhere"):
        assert await desk.take(wrong, strict=True) == REFUSED
        assert str(wrong) in capsys.readouterr().err


async def test_a_search_lists_the_best_first_and_nothing_is_no_failure(
    desk: Desk, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.take(written, strict=False)
    listed = await found(desk, capsys, "在庫")
    assert [one["id"] for one in listed] == ["C3", "C2", "C0001"]
    assert listed[0]["score"] >= listed[-1]["score"] > 0 and "在庫" in listed[0]["words"]
    assert len(await found(desk, capsys, "", limit=2)) == 2
    assert await found(desk, capsys, "競馬") == []
    assert await found(desk, capsys, "在庫", prefecture="東京都") == []
    assert await found(desk, capsys, "在庫", areas=("EC",)) == []
    assert len(await found(desk, capsys, "在庫", areas=("RPA",), prefecture="京都府")) == 3


async def test_a_filter_that_no_case_can_meet_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = commands.parser().parse_args(["cases", "search", "x", "--area", "NOTHING"])
    assert await cases.run(desk._engine, desk._programme, timedelta(0), typed) == 0
    assert "NOTHING" in capsys.readouterr().err


async def test_the_index_is_made_anew_with_all_areas_of_a_case(
    desk: Desk, written: Path, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.take(written, strict=False)
    async with transaction(engine) as connection:
        await connection.execute(text("UPDATE case_index SET norm = 99"))
    assert await desk.reindex(after=0) == 0
    assert capsys.readouterr().out.endswith("3 cases indexed\n")
    async with transaction(engine) as connection:
        assert not await connection.scalar(text("SELECT count(*) FROM case_index WHERE norm = 99"))
    assert len(await found(desk, capsys, "在庫", areas=("RPA",))) == 3
