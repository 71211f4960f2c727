"""Cases of another system, row by row: read, checked, and taken over under their own numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.case_records import Case, CaseState, Mode
from services.clock import in_tokyo
from services.companies import Company, EntityKind, Matching, Standing
from services.postal import PREFECTURES
from services.programme import Deadline, Programme

if TYPE_CHECKING:
    from services.bundle import Services

NUMBER = "IMPORT"
"""The number of the business to which cases belong whose own is not known here."""
NAMES = frozenset(prefecture.name for prefecture in PREFECTURES)
LONGEST = 10_000
"""Letters of one text."""
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


@dataclass(frozen=True)
class Wrong:
    """A row that can't be taken, and why; `line` counts from one."""

    line: int
    reason: str


@dataclass(frozen=True)
class Row:
    """A row that can."""

    line: int
    values: Mapping[str, Any]


def read(lines: Iterable[bytes], programme: Programme) -> Iterator[Row | Wrong]:
    """Each line that is not empty, as a case or with what is wrong with it."""
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = _values(json.loads(line), programme)
            if values["number"] in seen:
                raise ValueError("this id stood in an earlier line")
        except UnicodeDecodeError:
            yield Wrong(number, "not UTF-8")
        except json.JSONDecodeError as error:
            yield Wrong(number, f"not JSON: {error.msg}")
        except (ValueError, OverflowError) as error:
            yield Wrong(number, str(error))
        else:
            seen.add(values["number"])
            yield Row(number, values)


def _values(given: Any, programme: Programme) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ValueError("not an object")
    missing = [name for name in REQUIRED if given.get(name) in (None, "", [])]
    if missing:
        raise ValueError("missing: " + ", ".join(missing))
    areas = _areas(given["areas"], programme)
    posted_at = _moment(given.get("posted_at"))
    deadline = _date(given, "proposal_deadline")
    return {
        "number": _text(given, "id", 40),
        "state": _choice(given["status"], STATES, "status"),
        "title": _text(given, "title", 200),
        "area": areas[0],
        "more_areas": areas[1:],
        "trade": _text(given, "industry", 200) or None,
        "background": _text(given, "background", LONGEST),
        "issue": _text(given, "issue", LONGEST),
        "goal": _text(given, "goal", LONGEST),
        "current_tools": _text(given, "current_tools", LONGEST) or None,
        "mode": _choice(given.get("desired_mode") or "either", {mode: mode for mode in Mode}, "desired_mode"),
        "prefecture": _prefecture(given["prefecture"]),
        "city": _text(given, "city", 100),
        "period_start": deadline + timedelta(days=1),
        "period_end": max(deadline + timedelta(days=1), in_tokyo(programme.closes(Deadline.SUPPORT)).date()),
        "minutes": _minutes(given.get("desired_hours")),
        "budget_yen": _whole(given, "budget_self_yen"),
        "proposal_deadline": deadline,
        "published_at": posted_at,
    }


def _areas(given: Any, programme: Programme) -> list[str]:
    codes = {area.code for area in programme.areas}
    if not isinstance(given, list) or not all(isinstance(code, str) and code in codes for code in given):
        raise ValueError(f"areas: {json.dumps(given, ensure_ascii=False)[:60]} has none of ours")
    return list(dict.fromkeys(given))


def _text(given: Mapping[str, Any], name: str, most: int) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise ValueError(f"{name}: not a text of up to {most} letters")
    return value.encode("utf-8", "replace").decode().strip()


def _choice(given: Any, known: Mapping[str, Any], name: str) -> Any:
    if not isinstance(given, str) or given not in known:
        raise ValueError(f"{name}: none of {', '.join(known)}")
    return known[given]


def _prefecture(given: Any) -> str:
    if given not in NAMES:
        raise ValueError("prefecture: none of the 47")
    return str(given)


def _date(given: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(given[name])
    except (TypeError, ValueError):
        raise ValueError(f"{name}: not a date such as 2021-11-30") from None


def _moment(given: Any) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise ValueError("posted_at: not a time such as 2021-11-01T09:00:00+09:00") from None
    if moment.tzinfo is None:
        raise ValueError("posted_at: has no zone")
    return moment.astimezone(UTC)


def _whole(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ValueError(f"{name}: not a whole number")
    return value


def _minutes(hours: Any) -> int | None:
    if hours is None:
        return None
    if not isinstance(hours, (int, float)) or isinstance(hours, bool) or not 0 < hours <= 10_000:
        raise ValueError("desired_hours: not a number of hours")
    return round(hours * 60)


class Import:
    """Takes rows over, within one transaction each time."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def refused(self, rows: Sequence[Row]) -> list[Wrong]:
        """The rows whose number belongs to a case that was not imported."""
        company_id = await self._company()
        taken = await self._services.session.execute(
            select(Case.number, Case.company_id).where(
                Case.number.in_([row.values["number"] for row in rows])
            )
        )
        ours = {row.number for row in taken if row.company_id != company_id}
        return [
            Wrong(row.line, "this id is the number of a case of ours")
            for row in rows
            if row.values["number"] in ours
        ]

    async def take(self, rows: Sequence[Row]) -> None:
        """Keep these rows, and make those that are open findable; what was imported before is taken over anew."""
        company_id = await self._company()
        for row in rows:
            await self._keep(row.values, company_id)

    async def _keep(self, values: Mapping[str, Any], company_id: int) -> None:
        session, now = self._services.session, self._services.now
        published_at = values["published_at"] or now
        content = {
            **{name: value for name, value in values.items() if name != "more_areas"},
            "company_id": company_id,
            "applied_at": published_at,
            "published_at": published_at,
            "closed_at": now if values["state"] is CaseState.CLOSED else None,
        }
        statement = (
            insert(Case)
            .values(content)
            .on_conflict_do_update(
                index_elements=[Case.number], set_={**content, "revision": Case.revision + 1}
            )
            .returning(Case.id)
        )
        case_id = (await session.execute(statement)).scalar_one()
        case = await session.get(Case, case_id, populate_existing=True)
        assert case is not None
        if values["state"] is CaseState.PUBLISHED:
            await self._services.search.index(case, values["more_areas"])
        else:
            await self._services.search.remove(case_id)

    async def _company(self) -> int:
        session = self._services.session
        found = await session.scalar(select(Company.id).where(Company.number == NUMBER))
        if found is not None:
            return found
        programme, now = self._services.programme, self._services.now
        company = Company(
            number=NUMBER,
            standing=Standing.WITHDRAWN,
            kind=EntityKind.OTHER_BODY,
            name=NUMBER,
            representative="-",
            industry=programme.industries[0].code,
            employees="-",
            postal_code="",
            prefecture="",
            city="",
            street="",
            phone="",
            phone_hash=b"",
            email="",
            matching=Matching.UNMATCHED,
            phase1_used_yen=0,
            terms_version="-",
            applied_at=now,
        )
        session.add(company)
        await session.flush()
        await self._services.audit.note("cases imported", "company", company.id)
        return company.id
