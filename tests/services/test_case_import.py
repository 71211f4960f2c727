"""Cases of another system: what is taken over, and what is said of the rest."""

import json
from typing import Any

import pytest

from services import numbers
from services.bundle import Services
from services.case_import import Import, Row, Wrong, read
from services.case_records import CaseState
from services.programme import Programme
from services.search import Query
from tests.conftest import ActingAs
from tests.services.market import expert, published

GOOD: dict[str, Any] = {
    "id": "C0001",
    "title": "在庫の数え方",
    "areas": ["INVENTORY_PROD", "RPA"],
    "background": "釣具店です。",
    "issue": "棚卸しに二日かかります。",
    "goal": "半日にしたいです。",
    "current_tools": "ノート",
    "desired_mode": "visit",
    "prefecture": "京都府",
    "city": "京都市",
    "industry": "釣具店",
    "desired_hours": 8,
    "budget_self_yen": None,
    "proposal_deadline": "2021-11-29",
    "posted_at": "2021-10-19T10:04:00+09:00",
    "status": "open",
}


def lines(*rows: Any) -> list[bytes]:
    """A file of rows."""
    return [row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() for row in rows]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[]", "not an object"),
        ({}, "missing: id, title"),
        (GOOD | {"title": ""}, "missing: title"),
        (GOOD | {"areas": ["NOTHING"]}, "areas"),
        (GOOD | {"prefecture": "江戸"}, "prefecture"),
        (GOOD | {"proposal_deadline": "29.11."}, "proposal_deadline"),
        (GOOD | {"posted_at": "2021-10-19T10:04:00"}, "zone"),
        (GOOD | {"status": "lost"}, "status"),
        (GOOD | {"desired_hours": -1}, "desired_hours"),
        (GOOD | {"budget_self_yen": 1.5}, "budget_self_yen"),
        (GOOD | {"goal": "a\0b"}, "goal"),
        (GOOD | {"issue": 3}, "issue"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(rules: Programme, row: Any, reason: str) -> None:
    good, wrong = list(read(lines(GOOD, row), rules))
    assert isinstance(good, Row) and isinstance(wrong, Wrong)
    assert wrong.line == 2 and reason in wrong.reason


def test_empty_lines_are_nothing_and_an_id_counts_once(rules: Programme) -> None:
    assert [type(row) for row in read(lines(GOOD, b" \n", GOOD), rules)] == [Row, Wrong]


async def taken(services: Services, *rows: dict[str, Any]) -> list[Wrong]:
    """Take rows over that are right; returns those that are refused."""
    found = [row for row in read(lines(*rows), services.programme) if isinstance(row, Row)]
    work = Import(services)
    wrong = await work.refused(found)
    await work.take([row for row in found if row.line not in {one.line for one in wrong}])
    return wrong


async def test_what_is_taken_over_is_found_under_its_own_number(acting: ActingAs) -> None:
    async with acting(None) as services:
        assert await taken(services, GOOD, GOOD | {"id": "C2", "status": "closed"}) == []
    async with acting("U-expert", "slack") as services:
        await expert(services)
        for words in ("在庫", "京都", "RPA"):
            found = await services.search.find(Query(words))
            assert [case.number for case in found.cases] == ["C0001"]
        assert (await services.search.find(Query(areas=("RPA",)))).total == 0, "it has one area of its own"
        closed = await services.cases.by_number("C2")
        assert closed is not None and closed.state == CaseState.CLOSED


async def test_taking_it_over_again_changes_it_and_closing_it_hides_it(acting: ActingAs) -> None:
    async with acting(None) as services:
        await taken(services, GOOD)
    async with acting(None) as services:
        await taken(services, GOOD | {"title": "予約の受付"})
        assert [case.title for case in (await services.search.find(Query("予約"))).cases] == ["予約の受付"]
        await taken(services, GOOD | {"status": "hidden"})
        assert (await services.search.find(Query("予約"))).total == 0


async def test_a_case_of_ours_is_never_overwritten(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        await published(services, 1)
    async with acting(None) as services:
        wrong = await taken(services, GOOD | {"id": numbers.make("A", 1)}, GOOD)
        assert [one.line for one in wrong] == [1]
        kept = await services.cases.by_number(numbers.make("A", 1))
        assert kept is not None and kept.title != GOOD["title"]
