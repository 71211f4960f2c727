"""The words of open cases: counted now and then, a sample where there are many, and forgotten when they are gone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from services import search_words, timers
from services.bundle import Services
from services.search_words import ALL, EVERY, TIMER, counted, refresh
from tests.conftest import NOON, ActingAs
from tests.services.market import published

STRANGE = "a'b\\c"


async def cases(services: Services, *titles: str) -> list[int]:
    """Open cases with these titles, counted."""
    made = [await published(services, number, title=title) for number, title in enumerate(titles, start=1)]
    await refresh(services.connection)
    return [case.id for case in made]


async def test_words_are_counted_in_open_cases_only(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        first, *_others = await cases(services, "店の在庫", "在庫と予約", "会計")
        found = await counted(services.connection, ["在庫", "予約", "会計"])
        assert (found["在庫"], found[ALL]) == (2, 3)
        await services.search.remove(first)
        await refresh(services.connection)
        found = await counted(services.connection, ["在庫", "予約"])
        assert (found["在庫"], found[ALL]) == (1, 2)


async def test_a_word_that_stands_nowhere_is_forgotten_whatever_its_signs(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        await cases(services, "店の在庫")
        await search_words.keep(services.connection, {STRANGE: STRANGE, "競馬": "ケイバ"})
        assert set(await counted(services.connection, [STRANGE, "競馬"])) == {STRANGE, "競馬", ALL}
        await refresh(services.connection)
        assert set(await counted(services.connection, [STRANGE, "競馬", "在庫"])) == {"在庫", ALL}


async def test_of_many_cases_a_part_is_counted_for_all(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_words, "SAMPLE", 3)
    async with acting("U-owner") as services:
        await cases(services, *["店の在庫"] * 6)
        found = await counted(services.connection, ["在庫"])
        assert (found["在庫"], found[ALL]) == (6, 6)


async def test_words_are_counted_again_and_again(acting: ActingAs) -> None:
    async def due() -> list[datetime]:
        waiting = text("SELECT due_at FROM timers WHERE kind = :kind AND done_at IS NULL")
        return list((await services.connection.execute(waiting, {"kind": TIMER})).scalars())

    async with acting("U-owner") as services:
        await published(services, 1, title="店の在庫")
        for later in (timedelta(0), timedelta(minutes=10)):
            await search_words.begin(services.connection, NOON + later)
        assert await due() == [NOON + EVERY]
    later = NOON + 2 * EVERY
    async with acting(None, at=later) as services:
        assert await timers.Attempt().run(services)
    async with acting(None, at=later) as services:
        assert (await counted(services.connection, []))[ALL] == 1
        assert await due() == [later + EVERY]


async def test_where_there_are_many_it_waits_for_the_night(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_words, "SAMPLE", 0.5)
    async with acting("U-owner") as services:
        await published(services, 1)
        await search_words.count(services, 0)
        waiting = await services.connection.scalar(
            text("SELECT max(due_at) FROM timers WHERE kind = 'search.count'")
        )
        assert waiting is not None and waiting.isoformat() == "2021-10-20T18:00:00+00:00"
