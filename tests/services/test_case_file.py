"""Files of cases: what is taken from a line, and what is said of the others."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.case_file import LONGEST_LINE, Row, Wrong, read
from services.programme import Programme

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
NEXT = GOOD | {"id": "C0002"}


def file(*rows: Any, end: bytes = b"\n") -> io.BytesIO:
    """A file of rows; bytes stand there as they are."""
    return io.BytesIO(
        b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + end for row in rows)
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"{", "not JSON"),
        (b'{"id": "C2", "title": "tru', "not JSON"),
        (b"nothing", "not JSON"),
        (b"\xff", "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b"[]", "not an object"),
        (b"NaN", "not an object"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"id": ' + b"9" * 5000 + b"}", "integer string"),
        ({}, "missing: id, title"),
        (NEXT | {"title": ""}, "missing: title"),
        (NEXT | {"title": "\u3000"}, "missing: title"),
        (NEXT | {"id": " "}, "missing: id"),
        (NEXT | {"id": 7}, "id"),
        (NEXT | {"id": "C" * 41}, "id"),
        (NEXT | {"areas": ["NOTHING"]}, "areas"),
        (NEXT | {"areas": "EC"}, "areas"),
        (NEXT | {"areas": [["EC"]]}, "areas"),
        (NEXT | {"areas": [{"a": "\ud800"}]}, "areas"),
        (NEXT | {"prefecture": "江戸"}, "prefecture"),
        (NEXT | {"prefecture": ["京都府"]}, "prefecture"),
        (NEXT | {"proposal_deadline": "29.11."}, "proposal_deadline"),
        (NEXT | {"proposal_deadline": 20211129}, "proposal_deadline"),
        (NEXT | {"proposal_deadline": "9999-12-31"}, "out of range"),
        (NEXT | {"posted_at": "2021-10-19T10:04:00"}, "zone"),
        (NEXT | {"posted_at": "0001-01-01T00:00:00+14:00"}, "out of range"),
        (NEXT | {"status": "lost"}, "status"),
        (NEXT | {"status": {}}, "status"),
        (NEXT | {"status": {"a": 1}}, "status"),
        (NEXT | {"desired_mode": 3}, "desired_mode"),
        (NEXT | {"desired_hours": -1}, "desired_hours"),
        (NEXT | {"desired_hours": 0.001}, "desired_hours"),
        (NEXT | {"desired_hours": 10**400}, "desired_hours"),
        (NEXT | {"desired_hours": float("nan")}, "desired_hours"),
        (NEXT | {"desired_hours": True}, "desired_hours"),
        (NEXT | {"budget_self_yen": 1.5}, "budget_self_yen"),
        (NEXT | {"budget_self_yen": 2**31}, "budget_self_yen"),
        (NEXT | {"goal": "a\0b"}, "goal"),
        (NEXT | {"issue": 3}, "issue"),
        (NEXT | {"issue": "あ" * 10_001}, "issue"),
        (b'{"id": "' + b"a" * LONGEST_LINE + b'"}', "longer than"),
    ],
)
def test_a_wrong_row_is_named_with_its_line_and_the_next_is_read(
    rules: Programme, row: Any, reason: str
) -> None:
    good, wrong, after = list(read(file(GOOD, row, GOOD | {"id": "C3"}), rules))
    assert isinstance(good, Row) and isinstance(after, Row)
    assert isinstance(wrong, Wrong) and wrong.line == 2 and reason in wrong.reason
    assert wrong.reason.isprintable() and len(wrong.reason) < 200


def test_empty_lines_are_nothing_and_an_id_counts_once(rules: Programme) -> None:
    found = list(read(file(GOOD, b" ", b"", GOOD), rules))
    assert [(type(row), row.line) for row in found] == [(Row, 1), (Wrong, 4)]


def test_a_mark_at_the_beginning_and_other_ends_of_lines_are_nothing(rules: Programme) -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(GOOD).encode()
    assert [type(row) for row in read(file(marked, NEXT, end=b"\r\n"), rules)] == [Row, Row]


def test_an_unknown_field_is_named_and_left_out(rules: Programme) -> None:
    (row,) = read(file(GOOD | {"colour": "red", "a\nb\ud800": {}}), rules)
    assert isinstance(row, Row) and row.unknown == ('"colour"', '"a\\nb\\ud800"')


def test_broken_letters_are_replaced_and_what_may_be_missing_is_nothing(rules: Programme) -> None:
    optional = ("current_tools", "desired_mode", "city", "industry", "desired_hours", "budget_self_yen")
    few = {name: value for name, value in GOOD.items() if name not in (*optional, "posted_at")}
    (row,) = read(file(few | {"goal": "半日\ud800"}), rules)
    assert isinstance(row, Row) and row.values["goal"] == "半日?" and row.values["mode"] == "either"
    assert row.values["published_at"] is None and row.values["minutes"] is None


class Endless(io.RawIOBase):
    """A file that never ends, and tells how much of it was read."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        line = json.dumps(GOOD | {"id": str(self.given)}).encode() + b"\n"
        buffer[: len(line)] = line
        self.given += 1
        return len(line)


def test_a_file_is_read_as_it_is_needed(rules: Programme) -> None:
    endless = Endless()
    rows: Iterator[Row | Wrong] = read(io.BufferedReader(endless), rules)
    assert [next(rows).line for _ in range(3)] == [1, 2, 3]
    assert endless.given < 20
