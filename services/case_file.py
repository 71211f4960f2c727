"""A file of another system's cases, one JSON object a line: each read and checked by itself (pure)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, BinaryIO, TypeVar

from services.case_records import CaseState, Mode
from services.clock import in_tokyo
from services.postal import PREFECTURES
from services.programme import Deadline, Programme

T = TypeVar("T")
LONGEST_LINE = 1 << 20
"""Bytes of a line that is read; the longest texts that are taken fill a fifth of it."""
LONGEST = 10_000
"""Letters of one text."""
BOM = b"\xef\xbb\xbf"
PREFECTURE_NAMES = frozenset(prefecture.name for prefecture in PREFECTURES)
STATES = {
    "open": CaseState.PUBLISHED,
    "closed": CaseState.CLOSED,
    "hidden": CaseState.HIDDEN,
    "draft": CaseState.UNDER_REVIEW,
    "returned": CaseState.DEFICIENT,
}
REQUIRED = (
    "id",
    "title",
    "areas",
    "background",
    "issue",
    "goal",
    "prefecture",
    "proposal_deadline",
    "status",
)
KNOWN = frozenset(
    (
        *REQUIRED,
        "current_tools",
        "desired_mode",
        "city",
        "industry",
        "desired_hours",
        "budget_self_yen",
        "posted_at",
    )
)


@dataclass(frozen=True)
class Wrong:
    """A row that can't be taken, and why; `line` counts from one."""

    line: int
    reason: str


@dataclass(frozen=True)
class Row:
    """A row that can; `unknown` are fields of it that mean nothing here and are left out."""

    line: int
    number: str
    more_areas: tuple[str, ...]
    values: Mapping[str, Any]
    unknown: tuple[str, ...] = ()


def read(file: BinaryIO, programme: Programme) -> Iterator[Row | Wrong]:
    """Each line that is not empty, as a case or with what is wrong with it; only the ids are remembered."""
    seen: set[str] = set()
    for number, line in enumerate(_lines(file), start=1):
        if line is None:
            yield Wrong(number, f"longer than {LONGEST_LINE:,} bytes")
        elif line.strip():
            yield _row(number, line, programme, seen)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a file, without the mark some programs begin it with; None for one that is too long."""
    first = True
    while line := file.readline(LONGEST_LINE + 1):
        whole = len(line) <= LONGEST_LINE or line.endswith(b"\n")
        rest = line
        while not whole and rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        yield (line.removeprefix(BOM) if first else line) if whole else None
        first = False


def _row(number: int, line: bytes, programme: Programme, seen: set[str]) -> Row | Wrong:
    try:
        row = _case(number, json.loads(line.decode()), programme)
        if row.number in seen:
            raise ValueError("this id stood in an earlier line")
    except UnicodeDecodeError:
        return Wrong(number, "not UTF-8")
    except json.JSONDecodeError as error:
        return Wrong(number, f"not JSON: {error.msg}")
    except RecursionError:
        return Wrong(number, "not JSON of ours: nested too deep")
    except (ValueError, OverflowError) as error:
        return Wrong(number, str(error))
    seen.add(row.number)
    return row


def _case(line: int, given: Any, programme: Programme) -> Row:
    if not isinstance(given, dict):
        raise ValueError("not an object")
    missing = [name for name in REQUIRED if given.get(name) in (None, "", [])]
    if missing:
        raise ValueError("missing: " + ", ".join(missing))
    areas = _areas(given["areas"], programme)
    deadline = _date(given, "proposal_deadline")
    begins = deadline + timedelta(days=1)
    values = {
        "state": _choice(given["status"], STATES, "status"),
        "title": _required(given, "title", 200),
        "area": areas[0],
        "trade": _text(given, "industry", 200) or None,
        "background": _required(given, "background", LONGEST),
        "issue": _required(given, "issue", LONGEST),
        "goal": _required(given, "goal", LONGEST),
        "current_tools": _text(given, "current_tools", LONGEST) or None,
        "mode": _choice(given.get("desired_mode") or "either", {mode: mode for mode in Mode}, "desired_mode"),
        "prefecture": _choice(given["prefecture"], {name: name for name in PREFECTURE_NAMES}, "prefecture"),
        "city": _text(given, "city", 100),
        "period_start": begins,
        "period_end": max(begins, in_tokyo(programme.closes(Deadline.SUPPORT)).date()),
        "minutes": _minutes(given.get("desired_hours")),
        "budget_yen": _whole(given, "budget_self_yen"),
        "proposal_deadline": deadline,
        "published_at": _moment(given.get("posted_at")),
    }
    unknown = tuple(_shown(name) for name in given if name not in KNOWN)
    return Row(line, _required(given, "id", 40), tuple(areas[1:]), values, unknown)


def _areas(given: Any, programme: Programme) -> list[str]:
    codes = {area.code for area in programme.areas}
    if not isinstance(given, list) or not all(isinstance(code, str) and code in codes for code in given):
        raise ValueError(f"areas: {_shown(given)} has none of ours")
    return list(dict.fromkeys(given))


def _text(given: Mapping[str, Any], name: str, most: int) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise ValueError(f"{name}: not a text of up to {most:,} letters")
    return value.encode("utf-8", "replace").decode().strip()


def _required(given: Mapping[str, Any], name: str, most: int) -> str:
    text = _text(given, name, most)
    if not text:
        raise ValueError(f"missing: {name}")
    return text


def _choice(given: Any, known: Mapping[str, Any], name: str) -> Any:
    if not isinstance(given, str) or given not in known:
        raise ValueError(f"{name}: {_shown(given)} is not known here")
    return known[given]


def _date(given: Mapping[str, Any], name: str) -> date:
    return _in_time(given[name], name, "a date such as 2021-11-30", date.fromisoformat)


def _moment(given: Any) -> datetime | None:
    if given is None:
        return None
    moment = _in_time(given, "posted_at", "a time such as 2021-11-01T09:00:00+09:00", datetime.fromisoformat)
    if moment.tzinfo is None:
        raise ValueError("posted_at: has no zone")
    return moment.astimezone(UTC)


def _in_time(given: Any, name: str, wanted: str, read: Callable[[str], T]) -> T:
    try:
        return read(given)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: {_shown(given)} is not {wanted}") from None


def _whole(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ValueError(f"{name}: not a whole number of yen")
    return value


def _minutes(hours: Any) -> int | None:
    if hours is None:
        return None
    if not isinstance(hours, (int, float)) or isinstance(hours, bool) or not 1 / 60 <= hours <= 10_000:
        raise ValueError("desired_hours: not a number of hours")
    return round(hours * 60)


def _shown(given: Any) -> str:
    """What stands in the file, short and safe to print."""
    text = json.dumps(given, ensure_ascii=False, default=str)[:60]
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
