"""Finding cases: what an expert looks for, a page of open cases that fit, why they fit, and bookmarks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import Select, cast, literal, or_

from locales import _
from services.case_index import Asked, IndexRow, Matched, Sort, key, vector_of
from services.cases import OPEN_STATES, Case
from services.database import Base
from services.plans import Plan, PlanState
from services.refusals import Refusal
from services.values import Hours

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["BookmarkRow", "Found", "Matched", "Query", "Search", "Sort", "Why"]

LONGEST_QUERY = 200
EITHER = "either"
FRESH = timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BookmarkRow(Base):
    """A case that an expert wants to find again."""

    __tablename__ = "bookmarks"
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kept_at: Mapped[datetime]


@dataclass(frozen=True)
class Query:
    """What an expert looks for. Empty parts filter nothing; `after` is the cursor of the page before."""

    words: str = ""
    areas: Sequence[str] = ()
    prefecture: str | None = None
    mode: str | None = None
    most_hours: Hours | None = None
    deadline_from: date | None = None
    most_proposals: int | None = None
    sort: Sort = Sort.RELEVANCE
    after: str | None = None
    limit: int = 5

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that are set, by name; whatever is found meets them all."""
        given = {
            "area": bool(self.areas),
            "prefecture": bool(self.prefecture),
            "mode": bool(self.mode),
            "hours": self.most_hours is not None,
            "deadline": self.deadline_from is not None,
            "proposals": self.most_proposals is not None,
        }
        return tuple(name for name, is_set in given.items() if is_set)

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as they are put to the database."""
        conditions: list[ColumnElement[bool]] = []
        if self.areas:
            conditions.append(Case.area.in_(self.areas))
        if self.prefecture:
            conditions.append(Case.prefecture == self.prefecture)
        if self.mode and self.mode != EITHER:
            conditions.append(Case.mode.in_((self.mode, EITHER)))
        if self.most_hours is not None:
            # A company that does not know its hours yet leaves them to the expert.
            conditions.append(or_(Case.minutes.is_(None), Case.minutes <= self.most_hours.minutes))
        if self.deadline_from is not None:
            conditions.append(Case.proposal_deadline >= self.deadline_from)
        if self.most_proposals is not None:
            proposals = (
                select(func.count())
                .select_from(Plan)
                .where(Plan.case_id == Case.id, Plan.state != PlanState.WITHDRAWN)
                .scalar_subquery()
            )
            conditions.append(proposals <= self.most_proposals)
        return conditions


@dataclass(frozen=True)
class Why:
    """Why a case was found: the words of its text that were looked for, and the filters it meets, by name."""

    words: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A page of open cases, how many there are in all, and the cursor of the next page."""

    cases: Sequence[Case]
    total: int
    cursor: str | None
    why: Mapping[int, Why]
    matched: Matched = Matched.ALL


class Search:
    """The index of open cases, and bookmarks, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- the index -------------------------------------------------------------------------------------

    async def index(self, case: Case) -> None:
        """Make an open case findable, or take its changes over; visible when the transaction commits."""
        texts = {
            "A": [case.title, self._services.programme.area(case.area).label.ja],
            "B": [case.issue, case.goal],
            "C": [case.background, case.current_tools or "", case.trade or "", case.prefecture, case.city],
        }
        vector = await asyncio.to_thread(vector_of, texts)
        values = {
            "published_at": case.published_at or self._services.now,
            "vector": cast(literal(vector), TSVECTOR),
        }
        await self._services.session.execute(
            insert(IndexRow)
            .values(case_id=case.id, **values)
            .on_conflict_do_update(index_elements=[IndexRow.case_id], set_=values)
        )

    async def remove(self, case_id: int) -> None:
        """Let a case no longer be found."""
        await self._services.session.execute(delete(IndexRow).where(IndexRow.case_id == case_id))

    async def fresh(self) -> int:
        """How many open cases were published within the last seven days."""
        return await self._count(self._open().where(IndexRow.published_at >= self._services.now - FRESH))

    # --- finding ---------------------------------------------------------------------------------------

    async def find(self, query: Query) -> Found:
        """The open cases that fit, a page at a time; registered experts only. Raises Refusal.

        When no case has all the words, those with some of them are shown. Pages follow a key of each case
        and not a count, so that cases which come and go make nothing appear twice or be left out.
        """
        if self._services.person is not None:
            await self._services.experts.require_registered()
        cursor = _Cursor.read(query.after)
        asked = await asyncio.to_thread(Asked.of, query.words[:LONGEST_QUERY])
        fitting = self._open().where(*query.conditions())
        if asked.needed:
            matching, matched, total = await self._match(fitting, asked, cursor)
        else:
            matched = Matched.NOTHING if query.words.strip() else Matched.ALL
            matching, total = fitting, await self._count(fitting)
        cases, following = await self._page(matching, key(query.sort, asked), matched, cursor, query.limit)
        why = {case.id: Why(await asyncio.to_thread(asked.surfaces, case), query.filters) for case in cases}
        return Found(cases, total, following, why, matched)

    async def _match(
        self, fitting: Select[Any], asked: Asked, cursor: _Cursor | None
    ) -> tuple[Select[Any], Matched, int]:
        """The cases with all the words, or else with some; later pages keep to what the first one did."""
        first = Matched.ALL if cursor is None else cursor.matched
        tried = [Matched.ALL, Matched.SOME] if cursor is None and len(asked.needed) > 1 else [first]
        for matched in tried:
            matching = fitting.where(asked.condition(matched))
            total = await self._count(matching)
            if total:
                break
        return matching, matched, total

    def _open(self) -> Select[Any]:
        """Indexed cases that are open at this moment, whatever the index says."""
        return (
            select(Case)
            .join(IndexRow, IndexRow.case_id == Case.id)
            .where(Case.state.in_(OPEN_STATES), Case.proposal_deadline >= self._services.clock.today())
        )

    async def _count(self, cases: Select[Any]) -> int:
        return await self._services.session.scalar(cases.with_only_columns(func.count())) or 0

    async def _page(
        self,
        matching: Select[Any],
        first: ColumnElement[int],
        matched: Matched,
        cursor: _Cursor | None,
        limit: int,
    ) -> tuple[list[Case], str | None]:
        page = matching.add_columns(first, IndexRow.published_at)
        if cursor is not None:
            last = (literal(cursor.key, BigInteger), cursor.published_at, cursor.case_id)
            page = page.where(tuple_(first, IndexRow.published_at, IndexRow.case_id) < tuple_(*last))
        order = (first.desc(), IndexRow.published_at.desc(), IndexRow.case_id.desc())
        rows = (await self._services.session.execute(page.order_by(*order).limit(limit + 1))).all()
        if len(rows) <= limit:
            return [row[0] for row in rows], None
        case, value, published_at = rows[limit - 1]
        return [row[0] for row in rows[:limit]], _Cursor(matched, value, published_at, case.id).write()

    # --- bookmarks -------------------------------------------------------------------------------------

    async def bookmark(self, case_id: int) -> None:
        """Keep an open case for the acting expert; again is the same. Raises Refusal."""
        expert = await self._services.experts.require_registered()
        await self._services.cases.open(case_id)
        await self._services.session.execute(
            insert(BookmarkRow)
            .values(expert_id=expert.id, case_id=case_id, kept_at=self._services.now)
            .on_conflict_do_nothing()
        )

    async def unbookmark(self, case_id: int) -> None:
        """Keep a case no longer. Raises Refusal for whoever is no registered expert."""
        expert = await self._services.experts.require_registered()
        await self._services.session.execute(
            delete(BookmarkRow).where(BookmarkRow.expert_id == expert.id, BookmarkRow.case_id == case_id)
        )

    async def bookmarks(self, limit: int = 20) -> list[Case]:
        """The cases that the acting expert has kept, the latest first, open or not. Raises Refusal."""
        expert = await self._services.experts.require_registered()
        return list(
            await self._services.session.scalars(
                select(Case)
                .join(BookmarkRow, BookmarkRow.case_id == Case.id)
                .where(BookmarkRow.expert_id == expert.id)
                .order_by(BookmarkRow.kept_at.desc(), Case.id.desc())
                .limit(limit)
            )
        )

    async def bookmarked(self, case_ids: Sequence[int]) -> frozenset[int]:
        """Which of these cases the acting expert has kept. Raises Refusal."""
        expert = await self._services.experts.require_registered()
        kept = await self._services.session.scalars(
            select(BookmarkRow.case_id).where(
                BookmarkRow.expert_id == expert.id, BookmarkRow.case_id.in_(case_ids)
            )
        )
        return frozenset(kept)


@dataclass(frozen=True)
class _Cursor:
    """The last case of a page: its place in the order, and how the words were met on the first page."""

    matched: Matched
    key: int
    published_at: datetime
    case_id: int

    def write(self) -> str:
        """The cursor as it travels."""
        microseconds = (self.published_at - EPOCH) // timedelta(microseconds=1)
        return f"{self.matched}.{self.key}.{microseconds}.{self.case_id}"

    @classmethod
    def read(cls, written: str | None) -> _Cursor | None:
        """What `write` wrote; whoever copies a payload may put anything there. Raises Refusal."""
        if not written:
            return None
        try:
            matched, *numbers = written.split(".")
            place, microseconds, case_id = (int(number) for number in numbers if len(number) < 19)
            published_at = EPOCH + timedelta(microseconds=microseconds)
            return cls(Matched(matched), place, published_at, case_id)
        except (ValueError, OverflowError) as error:
            raise Refusal(_("This button no longer works. Please search again.")) from error
