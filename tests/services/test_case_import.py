"""Cases of another system: what is taken over, what is left alone, and what the second time changes."""

from typing import Any

from sqlalchemy import text

from services import numbers
from services.bundle import Services
from services.case_file import Row, Wrong, read
from services.case_import import Import
from services.case_records import Case, CaseState
from services.search import Query
from tests.conftest import ActingAs
from tests.services.market import expert, published
from tests.services.test_case_file import GOOD, file


async def taken(services: Services, *rows: dict[str, Any]) -> tuple[int, list[Wrong]]:
    """Take rows over that are right; returns how many were new or different, and those that are refused."""
    found = [row for row in read(file(*rows), services.programme) if isinstance(row, Row)]
    work = Import(services)
    wrong = await work.refused(found)
    lines = {one.line for one in wrong}
    return await work.take([row for row in found if row.line not in lines]), wrong


async def found(services: Services, words: str = "", **other: Any) -> list[str]:
    """The numbers of the cases that are found."""
    return [case.number for case in (await services.search.find(Query(words, **other))).cases]


async def case_of(services: Services, number: str) -> Case:
    """A case by its number, as it stands."""
    case = await services.cases.by_number(number)
    assert case is not None
    return case


async def test_what_is_taken_over_is_found_under_its_own_number(acting: ActingAs) -> None:
    async with acting(None) as services:
        assert await taken(services, GOOD, GOOD | {"id": "C2", "status": "closed"}) == (2, [])
    async with acting("U-expert", "slack") as services:
        await expert(services)
        for words in ("在庫", "京都", "RPA"):
            assert await found(services, words) == ["C0001"]
        assert await found(services, prefecture="京都府", areas=("INVENTORY_PROD",)) == ["C0001"]
        assert await found(services, areas=("RPA",)) == ["C0001"], "also by an area beside its own"
        assert (await case_of(services, "C2")).state == CaseState.CLOSED


async def test_the_same_file_again_changes_nothing(acting: ActingAs) -> None:
    rows = [GOOD, GOOD | {"id": "C2", "status": "closed"}, GOOD | {"id": "C3", "posted_at": None}]
    count = text("SELECT count(*), sum(revision), max(published_at), max(closed_at) FROM cases")
    async with acting(None) as services:
        assert (await taken(services, *rows))[0] == 3
        before = (await services.connection.execute(count)).one()
        index = (await services.connection.execute(text("SELECT * FROM case_index ORDER BY 1"))).all()
    async with acting(None) as services:
        assert (await taken(services, *rows))[0] == 0
        assert (await services.connection.execute(count)).one() == before
        assert (await services.connection.execute(text("SELECT * FROM case_index ORDER BY 1"))).all() == index


async def test_what_lacks_in_the_index_comes_back_with_the_same_file(acting: ActingAs) -> None:
    async with acting(None) as services:
        await taken(services, GOOD, GOOD | {"id": "C2"})
        await services.connection.execute(text("DELETE FROM case_index"))
        assert await taken(services, GOOD, GOOD | {"id": "C2", "areas": ["EC"]}) == (1, [])
        assert sorted(await found(services, "在庫")) == ["C0001", "C2"]
        assert await taken(services, GOOD | {"areas": ["INVENTORY_PROD", "EC"]}) == (0, [])
        assert sorted(await found(services, areas=("EC",))) == ["C0001", "C2"], (
            "an area beside its own was added"
        )


async def test_taking_it_over_again_changes_it_and_closing_it_hides_it(acting: ActingAs) -> None:
    async with acting(None) as services:
        await taken(services, GOOD)
    async with acting(None) as services:
        assert await taken(services, GOOD | {"title": "予約の受付"}) == (1, [])
        assert await found(services, "予約") == ["C0001"]
        assert (await case_of(services, "C0001")).revision == 2
        await taken(services, GOOD | {"status": "hidden"})
        assert await found(services, "予約") == await found(services) == []


async def test_a_case_of_ours_is_never_overwritten(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        await published(services, 1)
    async with acting(None) as services:
        _changed, wrong = await taken(services, GOOD | {"id": numbers.make("A", 1)}, GOOD)
        assert [one.line for one in wrong] == [1]
        assert (await case_of(services, numbers.make("A", 1))).title != GOOD["title"]


async def test_what_went_on_here_stays_as_it_is(acting: ActingAs) -> None:
    async with acting(None) as services:
        await taken(services, GOOD, GOOD | {"id": "C2"})
        (await case_of(services, "C0001")).state = CaseState.NEGOTIATING
        (await case_of(services, "C2")).state = CaseState.CONTRACTED
    async with acting(None) as services:
        changed, wrong = await taken(services, GOOD | {"goal": "楽にしたい。"}, GOOD | {"id": "C2"})
        assert (changed, [one.line for one in wrong]) == (1, [2])
        case = await case_of(services, "C0001")
        assert (case.goal, case.state) == ("楽にしたい。", CaseState.NEGOTIATING), "experts answer it already"
        assert (await case_of(services, "C2")).state == CaseState.CONTRACTED
