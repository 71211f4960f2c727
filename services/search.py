"""Finding cases: what an expert looks for, a page of open cases that fit, why they fit, and bookmarks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import Select, cast, literal, or_

from locales import _
from services import case_interest, search_words
from services.case_index import FILTER, IndexRow, quoted
from services.case_query import LONGEST, Asked, Matched
from services.case_ranking import SCALE, Sort, Wanted, surfaces, understand, vector_of
from services.cases import OPEN_STATES, Case
from services.database import Base
from services.plans import Plan, PlanState
from services.refusals import Refusal
from services.thesaurus import built_in
from services.values import Hours

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["LONGEST", "BookmarkRow", "Found", "Matched", "Query", "Search", "Sort", "Why"]

ENOUGH = 30
"""When so many cases have all the words, nobody needs those with some of them."""
LATEST = date(2200, 1, 1)
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

    @property
    def terms(self) -> list[str]:
        """The filters that the index itself knows, as tsqueries."""
        given = [[f"a:{area}" for area in self.areas], [f"p:{self.prefecture}"] if self.prefecture else []]
        if self.mode and self.mode != EITHER:
            given.append([f"m:{self.mode}", f"m:{EITHER}"])
        return ["(" + " | ".join(quoted(FILTER + name) for name in names) + ")" for names in given if names]

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
    """A page of open cases, how many there are in all, and the cursor of the next page.

    `bounded`: there are more matches than were ranked; these are the newest, and those with the words in the title.
    """

    cases: Sequence[Case]
    total: int
    cursor: str | None
    why: Mapping[int, Why]
    matched: Matched = Matched.ALL
    bounded: bool = False
    scores: Mapping[int, float] = field(default_factory=dict)


class Search:
    """The index of open cases, and bookmarks, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- the index -------------------------------------------------------------------------------------

    async def index(self, case: Case, more_areas: Sequence[str] = ()) -> None:
        """Make an open case findable, or take its changes over; visible when the transaction commits."""
        vector = await asyncio.to_thread(vector_of, case, self._services.programme, more_areas)
        values = {
            "published_at": case.published_at or self._services.now,
            "vector": cast(literal(str(vector)), TSVECTOR),
        }
        await self._services.session.execute(
            insert(IndexRow)
            .values(case_id=case.id, **values)
            .on_conflict_do_update(index_elements=[IndexRow.case_id], set_=values)
        )
        readings = {word: vector.readings.get(word, word) for word in vector.words}
        await search_words.keep(self._services.connection, readings)

    async def remove(self, case_id: int) -> None:
        """Let a case no longer be found."""
        await self._services.session.execute(delete(IndexRow).where(IndexRow.case_id == case_id))

    async def fresh(self) -> int:
        """How many open cases were published within the last seven days."""
        return await self._count(self._open().where(IndexRow.published_at >= self._services.now - FRESH))

    # --- finding ---------------------------------------------------------------------------------------

    async def find(self, query: Query) -> Found:
        """The open cases that fit, a page at a time; registered experts only. Raises Refusal.

        Cases that have all the words come first, and where there are few of them those with some follow. Pages
        follow a key of each case and not a count, so that cases which come and go make nothing appear twice or be
        left out. Of very many matches the newest are ranked, and those with the words in their title.
        """
        if self._services.person is not None:
            await self._services.experts.require_registered()
        cursor = _Cursor.read(query.after)
        asked, cases = await understand(self._services.connection, query.words, built_in())
        if not asked.needed:
            matched = Matched.NOTHING if query.words.strip() else Matched.ALL
            return await self._all(query, asked, matched, cursor)
        wanted = Wanted(asked, cases, query.terms, query.sort)
        matched = cursor.matched if cursor else await self._how(wanted)
        ranked = wanted.ranked(matched)
        fitting = (
            select(Case, ranked.c.key, ranked.c.published_at)
            .join(ranked, ranked.c.case_id == Case.id)
            .where(*self._still_open(), *query.conditions())
        )
        key = _deadline_key() if query.sort is Sort.DEADLINE else ranked.c.key
        return await self._page(query, asked, fitting, (key, ranked.c.published_at), matched, cursor, wanted)

    async def _how(self, wanted: Wanted) -> Matched:
        """Whether enough cases have all the words, some cases have, or none."""
        if len(wanted.asked.needed) < 2:
            return Matched.ALL
        having_all = await self._services.session.scalar(wanted.having_all(ENOUGH))
        return Matched.ALL if having_all >= ENOUGH else Matched.MOST if having_all else Matched.SOME

    async def _all(self, query: Query, asked: Asked, matched: Matched, cursor: _Cursor | None) -> Found:
        """Every open case that fits, where no words narrow them down."""
        fitting = self._open().add_columns(literal(0, BigInteger), IndexRow.published_at)
        fitting = fitting.where(*query.conditions())
        key = _deadline_key() if query.sort is Sort.DEADLINE else literal(0, BigInteger)
        return await self._page(query, asked, fitting, (key, IndexRow.published_at), matched, cursor)

    def _open(self) -> Select[Any]:
        """Indexed cases that are open at this moment, whatever the index says."""
        return select(Case).join(IndexRow, IndexRow.case_id == Case.id).where(*self._still_open())

    def _still_open(self) -> list[ColumnElement[bool]]:
        return [
            Case.state.in_(OPEN_STATES),
            Case.proposal_deadline >= self._services.clock.today(),
            ~case_interest.is_hidden(),
        ]

    async def _count(self, cases: Select[Any]) -> int:
        return await self._services.session.scalar(cases.with_only_columns(func.count())) or 0

    async def _page(
        self,
        query: Query,
        asked: Asked,
        fitting: Select[Any],
        order: tuple[ColumnElement[int], Any],
        matched: Matched,
        cursor: _Cursor | None,
        wanted: Wanted | None = None,
    ) -> Found:
        total = await self._count(fitting)
        page, (first, published_at) = fitting.with_only_columns(Case, *order), order
        if cursor is not None:
            last = (literal(cursor.key, BigInteger), cursor.published_at, cursor.case_id)
            page = page.where(tuple_(first, published_at, Case.id) < tuple_(*last))
        ordered = page.order_by(first.desc(), published_at.desc(), Case.id.desc()).limit(query.limit + 1)
        rows = (await self._services.session.execute(ordered)).all()
        following = None
        if len(rows) > query.limit:
            case, value, at = rows[query.limit - 1]
            following = _Cursor(matched, value, at, case.id).write()
        cases = [row[0] for row in rows[: query.limit]]
        why = {
            case.id: Why(await asyncio.to_thread(surfaces, case, asked, built_in()), query.filters)
            for case in cases
        }
        bounded = wanted is not None and wanted.is_bounded(matched)
        scores = {row[0].id: row[1] / SCALE for row in rows} if query.sort is Sort.RELEVANCE else {}
        return Found(cases, total, following, why, matched, bounded, scores)

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


def _deadline_key() -> ColumnElement[int]:
    """The sooner the deadline, the greater."""
    return cast(literal(LATEST) - Case.proposal_deadline, BigInteger)
