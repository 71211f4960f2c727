"""Which saved searches a case matches that experts can find from now on, without looking at all of them.

Each search has a few words of which a matching case must have one (`saved_search_terms`); the words of the case lead
to those searches, and only these are compared. Here only rows are written; telling goes by timers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Delete, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services import thesaurus_book
from services.case_ranking import understand
from services.case_records import Case
from services.case_vector import FILTER
from services.saved_search_records import SavedSearch, SavedSearchAnchor
from services.saved_search_terms import Needle, needle, widened, words_in
from services.saved_search_times import digest_at, heard_at
from services.search_query import Query
from services.thesaurus_desk import CHANGED
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

TELL, REBUILD, CLEAN = "saved_search.tell", "saved_search.rebuild", "saved_search.clean"
SOME = 100
"""Searches that are made anew in one transaction."""
BREATH = timedelta(seconds=5)
MOMENT = timedelta(minutes=1)
"""A timer that is due by then may be run by somebody who looks at a later clock."""
FEW = 5000
"""A filter that leaves over more cases than this does not count as rare."""
NIGHT = timedelta(hours=-5)
"""Before the hour at which notices begin."""
Pairs = Sequence[tuple[int, int]]

# An array and not a join: the planner must not think of reading all anchors instead.
_FITTING = """
    WITH findable AS MATERIALIZED (
        SELECT case_id, vector, minutes, budget_yen, proposal_deadline
        FROM case_index WHERE case_id = ANY(:cases)),
    anchored AS MATERIALIZED (
        SELECT DISTINCT f.case_id, a.search_id FROM findable f CROSS JOIN LATERAL (
            SELECT search_id FROM saved_search_anchors
            WHERE word = ANY(tsvector_to_array(f.vector) || CAST('' AS text)) OFFSET 0) AS a),
    fitting AS (
        SELECT s.id AS search_id, case_id, s.expert_id
        FROM anchored a JOIN saved_searches s ON s.id = a.search_id JOIN findable f USING (case_id)
        WHERE s.deleted_at IS NULL AND (s.query IS NULL OR f.vector @@ s.query)
            AND (s.most_minutes IS NULL OR f.minutes IS NULL OR f.minutes <= s.most_minutes)
            AND (s.least_budget IS NULL OR f.budget_yen IS NULL OR f.budget_yen >= s.least_budget)
            AND (s.deadline_from IS NULL OR f.proposal_deadline >= s.deadline_from))
"""
_FOUND_SO_FAR = """
    SELECT search_id, case_id FROM fitting f WHERE NOT EXISTS (
        SELECT FROM case_interest h WHERE h.case_id = f.case_id AND h.hidden_at IS NOT NULL)
"""
_BEFORE = text(_FITTING + _FOUND_SO_FAR)
# What was told or seen stays so. A timer that may be running at this moment is moved by as little as can be, so that
# it runs once more: it may have looked before these rows could be seen.
_KEEP = """,
    matched AS (
        INSERT INTO saved_search_matches AS m (search_id, case_id, matched_at)
        SELECT search_id, case_id, :now FROM fitting f
        WHERE EXISTS (SELECT FROM experts e WHERE e.id = f.expert_id AND e.standing = 'completed')
            AND NOT EXISTS (
                SELECT FROM unnest(CAST(:old_searches AS bigint[]), CAST(:old_cases AS bigint[]))
                    AS old (search_id, case_id)
                WHERE old.search_id = f.search_id AND old.case_id = f.case_id)
        ORDER BY search_id, case_id
        ON CONFLICT (search_id, case_id) DO UPDATE SET matched_at = excluded.matched_at
            WHERE m.card_id IS NULL AND m.seen_at IS NULL
        RETURNING search_id)
    INSERT INTO timers (kind, ref, due_at)
    SELECT CAST(:kind AS varchar), s.id, greatest(s.paused_until,
        CASE s.telling WHEN 'digest' THEN CAST(:digest_at AS timestamptz) ELSE CAST(:soon AS timestamptz) END)
    FROM saved_searches s WHERE s.id IN (SELECT search_id FROM matched) ORDER BY s.id
    ON CONFLICT (kind, ref) WHERE done_at IS NULL DO UPDATE SET attempts = 0,
        due_at = CASE WHEN timers.due_at <= CAST(:soon_over AS timestamptz)
            THEN timers.due_at - interval '1 microsecond' ELSE excluded.due_at END
        WHERE timers.due_at <= CAST(:soon_over AS timestamptz) OR timers.due_at > excluded.due_at
"""
_MATCH = text(_FITTING + _KEEP)
_FEW = text("""
    SELECT count(*) FROM (
        SELECT FROM case_index WHERE vector @@ CAST(:term AS tsquery) OFFSET 0 LIMIT :few) AS found
""")
_FORGET_MATCHES = text("""
    DELETE FROM saved_search_matches m USING cases c
    WHERE c.id = m.case_id AND m.matched_at < :long_ago AND c.state NOT IN ('published', 'negotiating')
""")
_FORGET_CARDS = text("""
    DELETE FROM saved_search_cards c WHERE c.posted_at < :long_ago
        AND NOT EXISTS (SELECT FROM saved_search_matches m WHERE m.card_id = c.id)
""")


class SavedSearchMatching:
    """Cases that become findable, and the searches that wait for them, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def index(self, case: Case) -> None:
        """Make an open case findable, or take its changes over, for the searches that wait for it too."""
        before = await self.before([case.id])
        await self._services.search.index(case)
        await self.match([case.id], before)

    async def before(self, case_ids: Sequence[int]) -> Pairs:
        """Which searches these cases match as they are found so far: search, case. What begins later is news."""
        rows = await self._services.connection.execute(_BEFORE, {"cases": list(case_ids)})
        return [(row.search_id, row.case_id) for row in rows]

    async def match(self, case_ids: Sequence[int], before: Pairs = ()) -> None:
        """Keep which searches these indexed cases begin to match; whoever keeps them is told in time."""
        services = self._services
        await services.flush()
        values = {
            "cases": list(case_ids),
            "old_searches": [search for search, _case in before],
            "old_cases": [case for _search, case in before],
            "now": services.now,
            "soon_over": services.now + MOMENT,
            "kind": TELL,
            "soon": heard_at(services.programme, services.now),
            "digest_at": digest_at(services.programme, services.now),
        }
        await services.connection.execute(_MATCH, values)

    async def again(self, case_id: int) -> None:
        """Take it that a case that was hidden is found again from now on."""
        await self.match([case_id])

    # --- the words of a search ---------------------------------------------------------------------------

    async def needle(self, query: Query) -> Needle:
        """How cases are compared with a search, by the thesaurus and the words of open cases at this moment."""
        return await _Needles(self._services.connection).of(query)

    async def take_up(self, search: SavedSearch, made: Needle) -> None:
        """Let new cases lead to a search by these words."""
        await _keep(self._services, {search: made})

    async def drop(self, search: SavedSearch) -> None:
        """Let no case lead to a search any more."""
        await self._services.connection.execute(_without([search.id]))

    async def clean_tonight(self) -> None:
        """See to it that each night searches are made anew, and old matches are forgotten."""
        at = digest_at(self._services.programme, self._services.now) + NIGHT
        await self._services.timers.set(CLEAN, 0, max(at, self._services.now))


class _Needles:
    """Makes the words of several searches; counts each filter only once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._counted: dict[str, int] = {}

    async def of(self, query: Query) -> Needle:
        """How cases are compared with this search."""
        thesaurus = await thesaurus_book.current(self._connection)
        asked, cases = await understand(self._connection, query.words, thesaurus)
        few = {term: count for term in query.terms if (count := await self._count(term)) < FEW}
        return needle(widened(asked, thesaurus), query.terms, cases, few)

    async def _count(self, term: str) -> int:
        if term not in self._counted:
            assert all(word.startswith(FILTER) for word in words_in(term))
            found = await self._connection.scalar(_FEW, {"term": term, "few": FEW})
            self._counted[term] = found or 0
        return self._counted[term]


async def _keep(services: Services, made: Mapping[SavedSearch, Needle]) -> None:
    for search, one in made.items():
        search.query = one.query
    await services.session.flush()
    await services.connection.execute(_without([search.id for search in made]))
    rows = [
        {"search_id": search.id, "word": word} for search, one in made.items() for word in sorted(one.anchors)
    ]
    await services.connection.execute(insert(SavedSearchAnchor), rows)


def _without(search_ids: Sequence[int]) -> Delete:
    return delete(SavedSearchAnchor).where(SavedSearchAnchor.search_id.in_(search_ids))


async def rebuild_soon(services: Services) -> None:
    """Make all searches anew in the background: the thesaurus has changed."""
    await services.timers.set(REBUILD, 0, services.now)


CHANGED.append(rebuild_soon)


@due(REBUILD)
async def rebuild(services: Services, after: int) -> None:
    """Make the words of some searches anew, those with greater ids, and see to the next ones."""
    searches = (
        await services.session.scalars(
            select(SavedSearch)
            .where(SavedSearch.id > after, SavedSearch.deleted_at.is_(None))
            .order_by(SavedSearch.id)
            .limit(SOME)
            .with_for_update(key_share=True)
        )
    ).all()
    if searches:
        needles = _Needles(services.connection)
        await _keep(services, {one: await needles.of(one.looks_for) for one in searches})
    if len(searches) == SOME:
        # Not at once: others want to be served in between.
        await services.timers.set(REBUILD, searches[-1].id, services.now + BREATH)


@due(CLEAN)
async def clean(services: Services, _ref: int) -> None:
    """Forget matches of cases long closed, cards, and searches deleted long ago; make the others anew."""
    long_ago = services.now - timedelta(days=services.programme.saved_searches.forget_days)
    deleted = delete(SavedSearch).where(SavedSearch.deleted_at < long_ago)
    await services.connection.execute(_FORGET_MATCHES, {"long_ago": long_ago})
    await services.connection.execute(_FORGET_CARDS, {"long_ago": long_ago})
    await services.connection.execute(deleted)
    if await services.session.scalar(select(SavedSearch.id).limit(1)) is not None:
        await rebuild_soon(services)
        await services.timers.set(CLEAN, 0, services.now + timedelta(days=1))
