"""Finding cases: a page of open cases that fit a query, why they fit, and bookmarks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from locales import _
from services import case_interest, case_rows, missed_queries, search_words, thesaurus_book
from services.case_index import IndexRow
from services.case_marks import Marks
from services.case_query import LONGEST, Asked, Matched
from services.case_ranking import SCALE, Place, Ranked, Ranking, texts_of, understand
from services.case_vector import Vector
from services.cases import OPEN_STATES, Case
from services.database import Base, driver
from services.enquiry_records import Enquiry
from services.plan_records import Plan
from services.refusals import Refusal
from services.search_query import Query, Sort
from services.thesaurus import Thesaurus
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["LONGEST", "BookmarkRow", "Found", "Matched", "Query", "Search", "Sort", "Why"]

ENOUGH = 30
"""When so many cases have all the words, nobody needs those with some of them."""
FRESH = timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIMER = "search.mend"
TOGETHER = 50
SOON = timedelta(seconds=1)
_KNOWN = """
    SELECT c.id, company.industry, ARRAY(
        SELECT substr(word, 4) FROM case_index i, unnest(tsvector_to_array(i.vector)) AS word
        WHERE i.case_id = c.id AND word LIKE '@a:%%' AND word <> '@a:' || c.area ORDER BY word)
    FROM cases c JOIN companies company ON company.id = c.company_id WHERE c.id = ANY(%(cases)s)
"""


class BookmarkRow(Base):
    """A case that an expert wants to find again."""

    __tablename__ = "bookmarks"
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kept_at: Mapped[datetime]


@dataclass(frozen=True)
class Why:
    """Why a case was found: the words of its text that were looked for, and the filters it meets, by name."""

    facts: tuple[str, ...] = ()
    marks: Marks = field(default_factory=Marks)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the case, as they stand there."""
        return self.marks.words


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
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Search:
    """The index of open cases, and bookmarks, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- the index -------------------------------------------------------------------------------------

    async def index(self, case: Case, more_areas: Sequence[str] | None = None) -> Vector:
        """Make an open case findable, or take its changes over; visible when the transaction commits.

        An imported case may have more areas than its own; without any given it keeps those that it has.
        """
        (vector,) = await self.index_all([(case, more_areas)])
        return vector

    async def index_all(self, cases: Sequence[tuple[Case, Sequence[str] | None]]) -> list[Vector]:
        """The same for many at once; those that are not open are taken out instead."""
        services = self._services
        await services.flush()
        thesaurus = await thesaurus_book.current(services.connection)
        known = await self._known([case.id for case, _more in cases])
        rows, vectors = await asyncio.to_thread(self._rows, cases, known, thesaurus)
        if shut := [case.id for case, _more in cases if case.state not in OPEN_STATES]:
            await services.session.execute(delete(IndexRow).where(IndexRow.case_id.in_(shut)))
        if not (found := [row for row in rows if row["case_id"] not in shut]):
            return vectors
        await case_rows.keep(services.connection, found)
        readings = {word: one.readings.get(word, word) for one in vectors for word in one.words}
        await search_words.keep(services.connection, readings)
        return vectors

    def _rows(
        self,
        cases: Sequence[tuple[Case, Sequence[str] | None]],
        known: Mapping[int, tuple[str, Sequence[str]]],
        thesaurus: Thesaurus,
    ) -> tuple[list[dict[str, Any]], list[Vector]]:
        rows, vectors = [], []
        for case, given in cases:
            industry, areas = known[case.id]
            more = areas if given is None else given
            vectors.append(case_rows.vector_of(case, industry, self._services.programme, thesaurus, more))
            rows.append(case_rows.row_of(case, vectors[-1], industry, more))
        return rows, vectors

    async def _known(self, case_ids: Sequence[int]) -> dict[int, tuple[str, Sequence[str]]]:
        """The industry of each case's company, and the areas by which it is found that are not its own."""
        found = await driver(self._services.connection).rows(_KNOWN, {"cases": list(case_ids)})
        return {case_id: (industry, areas) for case_id, industry, areas in found}

    async def remove(self, case_id: int) -> None:
        """Let a case no longer be found."""
        await self._services.session.execute(delete(IndexRow).where(IndexRow.case_id == case_id))

    async def reindex_some(self, after: int, most: int) -> int | None:
        """Index at most so many open cases with greater ids than `after` anew; the last one's id, None if none was."""
        return await self._reindex(case_rows.to_be_found(after), most)

    async def mend_some(self, after: int, most: int) -> int | None:
        """The same for those that have no row or one of an older shape; at the end, drop what is not to be found."""
        last = await self._reindex(case_rows.without_row(after), most)
        if last is None:
            await self._services.connection.execute(case_rows.out_of_place())
        return last

    async def begin_mending(self) -> None:
        """Have rows made that are missing or of an older shape, some at a time, if there are any."""
        services = self._services
        missing = case_rows.without_row(0).with_only_columns(Case.id).limit(1)
        if await services.session.scalar(missing) is not None:
            await services.timers.set(TIMER, 0, services.now)

    async def _reindex(self, which: Select[Any], most: int) -> int | None:
        cases = (await self._services.session.scalars(which.limit(most).with_for_update())).all()
        await self.index_all([(case, None) for case in cases])
        return cases[-1].id if cases else None

    async def fresh(self) -> int:
        """How many open cases were published within the last seven days."""
        services = self._services
        fresh = select(func.count()).where(
            IndexRow.published_at >= services.now - FRESH,
            IndexRow.proposal_deadline >= services.clock.today(),
        )
        return await services.session.scalar(fresh) or 0

    # --- finding ---------------------------------------------------------------------------------------

    async def find(self, query: Query) -> Found:
        """The open cases that fit, a page at a time; registered experts only. Raises Refusal.

        Cases that have all the words come first, and where there are few of them those with some follow. Pages
        follow a key of each case and not a count, and leave out what was published after the first of them, so that
        cases which come and go make nothing appear twice or be left out.
        """
        services = self._services
        if services.person is not None:
            await services.experts.require_registered()
        cursor = Cursor.read(query.after)
        await services.flush()
        thesaurus = await thesaurus_book.current(services.connection)
        asked, counts = await understand(services.connection, query.words, thesaurus)
        ranking = Ranking(
            asked,
            counts,
            query,
            services.clock.today(),
            services.programme.money.sme_cap,
            _matched(query, asked, cursor),
        )
        if cursor is not None:
            ranking = replace(ranking, until=cursor.until, after=cursor.last)
        ranking, ranked, cases = await self._shown(ranking, first=cursor is None)
        if (
            cursor is None
            and services.person is not None
            and query.words.strip()
            and _is_missed(ranking, ranked)
        ):
            found, narrowed = bool(ranked.total), bool(query.filters)
            await missed_queries.note(services, query.words, ranking.matched, found=found, narrowed=narrowed)
        why = {case.id: Why(query.filters, Marks(asked.needed, thesaurus, texts_of(case))) for case in cases}
        scores = {place.case_id: place.key / SCALE for place in ranked.places}
        return Found(
            cases,
            ranked.total - (len(ranked.places[: query.limit]) - len(cases)),
            _following(ranking, ranked),
            why,
            ranking.matched,
            ranked.bounded,
            scores if query.sort is Sort.RELEVANCE else {},
            ranked.facets,
        )

    async def _shown(self, ranking: Ranking, *, first: bool) -> tuple[Ranking, Ranked, list[Case]]:
        """A page with at least one case that is open at this moment, if there is one left."""
        connection, limit = self._services.connection, ranking.query.limit
        ranked = await ranking.run(connection)
        if first and len(ranking.asked.needed) > 1 and ranked.total < ENOUGH:
            ranking = replace(ranking, matched=Matched.MOST if ranked.total else Matched.SOME)
            ranked = await ranking.run(connection)
        cases = await self._still_open([place.case_id for place in ranked.places[:limit]])
        while not cases and len(ranked.places) > limit:
            ranking = replace(ranking, until=ranking.until or ranked.newest, after=ranked.places[limit - 1])
            ranked = await ranking.run(connection)
            cases = await self._still_open([place.case_id for place in ranked.places[:limit]])
        return ranking, ranked, cases

    async def open(self, case_id: int) -> Case:
        """A case that was found, as it may be opened at this moment; raises Refusal, saying why it may not.

        One that is hidden because its company is silent stays open for the expert who talks with it or has a plan.
        """
        services = self._services
        case = await services.cases.open(case_id)
        if await case_interest.is_hidden_now(services, case_id) and not await self._takes_part(case_id):
            raise Refusal(_("The company has not answered for a while, so this case is not shown now."))
        return case

    async def _takes_part(self, case_id: int) -> bool:
        expert = await self._services.experts.require_registered()
        talk = select(Enquiry.id).where(Enquiry.case_id == case_id, Enquiry.expert_id == expert.id)
        plan = select(Plan.id).where(Plan.case_id == case_id, Plan.expert_id == expert.id)
        return bool(await self._services.session.scalar(select(or_(talk.exists(), plan.exists()))))

    async def _still_open(self, case_ids: Sequence[int]) -> list[Case]:
        """Those of these cases that are open at this moment, whatever the index says, in this order."""
        found = await self._services.session.scalars(
            select(Case)
            .where(
                Case.id.in_(case_ids),
                Case.state.in_(OPEN_STATES),
                Case.proposal_deadline >= self._services.clock.today(),
                ~case_interest.is_hidden(),
            )
            .execution_options(populate_existing=True)
        )
        cases = {case.id: case for case in found}
        return [cases[case_id] for case_id in case_ids if case_id in cases]

    # --- bookmarks -------------------------------------------------------------------------------------

    async def bookmark(self, case_id: int) -> None:
        """Keep an open case for the acting expert; again is the same. Raises Refusal."""
        expert = await self._services.experts.require_registered()
        await self.open(case_id)
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
class Cursor:
    """Where a page ended: how the words were met on the first one, the last place, and the newest case of then."""

    matched: Matched
    last: Place
    until: tuple[datetime, int]

    def write(self) -> str:
        """The cursor as it travels."""
        (until_at, until_id), last = self.until, self.last
        numbers = (
            last.key,
            _microseconds(last.published_at),
            last.case_id,
            _microseconds(until_at),
            until_id,
        )
        return ".".join(map(str, (self.matched, *numbers)))

    @classmethod
    def read(cls, written: str | None) -> Cursor | None:
        """What `write` wrote; whoever copies a payload may put anything there. Raises Refusal."""
        if not written:
            return None
        try:
            matched, *numbers = written.split(".")
            key, at, case_id, until_at, until_id = (int(number) for number in numbers if len(number) < 19)
            return cls(Matched(matched), Place(key, _moment(at), case_id), (_moment(until_at), until_id))
        except (ValueError, OverflowError) as error:
            raise Refusal(_("This button no longer works. Please search again.")) from error


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _matched(query: Query, asked: Asked, cursor: Cursor | None) -> Matched:
    if cursor is not None:
        return cursor.matched
    return Matched.NOTHING if query.words.strip() and not asked.needed else Matched.ALL


def _following(ranking: Ranking, ranked: Ranked) -> str | None:
    limit, until = ranking.query.limit, ranking.until or ranked.newest
    if len(ranked.places) <= limit or until is None:
        return None
    return Cursor(ranking.matched, ranked.places[limit - 1], until).write()


def _is_missed(ranking: Ranking, ranked: Ranked) -> bool:
    """Whether a query is worth a look at the thesaurus: its words could not be met, or not together."""
    return not ranked.total or ranking.matched in (Matched.NOTHING, Matched.SOME)


@due(TIMER)
async def _mend(services: Services, after: int) -> None:
    """Make some more rows that are missing or of an older shape, and go on soon."""
    last = await services.search.mend_some(after, TOGETHER)
    if last is not None:
        await services.timers.set(TIMER, last, services.now + SOON)
