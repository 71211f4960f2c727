"""How open cases are ranked by the words of a query: one statement, over candidates of which there is a bound."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services import search_conditions, search_words
from services.case_matches import WINDOWS, Matches, Window, merged, newest, soonest
from services.case_query import LONGEST, Asked, Concept, Matched
from services.case_records import Case
from services.case_vector import IN_TITLE
from services.database import Driver, driver
from services.search_query import Query, Sort
from services.search_words import ALL
from services.thesaurus import Thesaurus, joined
from services.tokens import in_katakana, reading_of
from services.values import Yen

NEWEST = 1000
"""Of how many matches at most the newest are ranked, and of how many those with the words in the title."""
MANY = 10_000
"""With more open cases than this, half of them; and then not all that match need be fetched."""
WORK = 20_000
"""How often a word may be sought in a candidate; with many words fewer are ranked, but at least a quarter."""
_HIRAGANA = re.compile(r"[\u3041-\u309f\u30fc]{3,40}")
SHORTEST_READING = 2
SCALE = 10_000
"""Scores are kept as whole numbers, so that pages can go on from one."""
_LATEST = date(2200, 1, 1)
_NEWEST_FIRST = "published_at DESC, case_id DESC"
_SOONEST_FIRST = "proposal_deadline, " + _NEWEST_FIRST
_PLACES = "SELECT place FROM {matches}"
_FIRST_OF = "(SELECT place FROM {matches} ORDER BY {order} LIMIT %(most)s)"

# Fetched one by one: the planner must not think of reading all rows instead.
_STATEMENT = """
    WITH {matches},
    candidates AS ({candidates}),
    ranked AS MATERIALIZED (
        SELECT case_id, published_at, areas, prefecture, mode, industry, {key} AS key
        FROM candidates
        CROSS JOIN LATERAL (SELECT * FROM case_index WHERE ctid = candidates.place OFFSET 0) AS found_row
        {ranks}),
    page AS MATERIALIZED (
        SELECT key, published_at, case_id FROM ranked WHERE {after}
        ORDER BY key DESC, published_at DESC, case_id DESC LIMIT %(limit)s),
    counted AS (
        SELECT 'area' AS facet, area AS value, count(*) AS cases FROM ranked, unnest(areas) AS area GROUP BY area
        UNION ALL SELECT 'prefecture', prefecture, count(*) FROM ranked GROUP BY prefecture
        UNION ALL SELECT 'mode', mode, count(*) FROM ranked GROUP BY mode
        UNION ALL SELECT 'industry', industry, count(*) FROM ranked GROUP BY industry)
    SELECT (SELECT count(*) FROM ranked),
        (SELECT count(*) FROM ({known}) AS known) > (SELECT count(*) FROM ranked),
        {in_window},
        ARRAY(SELECT case_id FROM page ORDER BY key DESC, published_at DESC, case_id DESC),
        ARRAY(SELECT key FROM page ORDER BY key DESC, published_at DESC, case_id DESC),
        ARRAY(SELECT published_at FROM page ORDER BY key DESC, published_at DESC, case_id DESC),
        (SELECT jsonb_agg(ARRAY[facet, value, CAST(cases AS text)] ORDER BY facet, cases DESC, value)
         FROM counted WHERE value <> ''),
        (SELECT published_at FROM case_index ORDER BY published_at DESC, case_id DESC LIMIT 1),
        (SELECT case_id FROM case_index ORDER BY published_at DESC, case_id DESC LIMIT 1)
"""
_RANK = "ts_rank('{{0.2, 0.4, 0.5, 1.0}}', vector, %(term_{number})s::tsquery) AS rank_{number}"
_NO_RANK = 1e-19
"""ts_rank's answer for words that are not there is less."""
# The index of words is quicker than the planner thinks, and helpers take longer to begin than all of it.
_BY_INDEX = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)
"""
_AS_BEFORE = """
    SELECT set_config('enable_seqscan', NULL, true), set_config('max_parallel_workers_per_gather', NULL, true)
"""


@dataclass(frozen=True)
class Place:
    """Where a case stands in the order: greater before less."""

    key: int
    published_at: datetime
    case_id: int


@dataclass(frozen=True)
class Ranked:
    """What was found: how many were ranked, whether more match, one page of them, and how they spread.

    `newest` is the newest case there was, found or not.
    """

    total: int
    bounded: bool
    places: Sequence[Place]
    facets: Mapping[str, Mapping[str, int]]
    newest: tuple[datetime, int] | None


@dataclass(frozen=True)
class Ranking:
    """What is looked for, with what is known of its words; `until` leaves out what came after the first page."""

    asked: Asked
    cases: Mapping[str, int]
    query: Query
    today: date
    cap: Yen
    matched: Matched
    until: tuple[datetime, int] | None = None
    after: Place | None = None

    async def run(self, connection: AsyncConnection) -> Ranked:
        """Rank what matches. Words are looked up before anything else, the newest first where very many match."""
        on = driver(connection)
        await on.rows(_BY_INDEX, {})
        windows = await self._windows(on)
        row = await self._row(on, windows)
        if row[2] and not row[1]:
            # All that match in the window are ranked, by chance; whether others match is still to be seen.
            row = await self._row(on, ())
        await on.rows(_AS_BEFORE, {})
        total, bounded, _in_window, ids, keys, moments, counted, newest_at, newest_id = row
        facets: dict[str, dict[str, int]] = {"area": {}, "prefecture": {}, "mode": {}, "industry": {}}
        for facet, value, count in counted or ():
            facets[facet][value] = int(count)
        newest_case = None if newest_at is None else (newest_at, newest_id)
        return Ranked(total, bounded, list(map(Place, keys, moments, ids)), facets, newest_case)

    async def _row(self, on: Driver, windows: Sequence[Window]) -> tuple[Any, ...]:
        statement, values = self._statement(windows)
        # A plan is made each time: which is best depends on the words, and only such a plan knows them.
        row: tuple[Any, ...] | None = await (
            await on.cursor().execute(statement, values, prepare=False)
        ).fetchone()
        assert row is not None
        return row

    # --- what matches ----------------------------------------------------------------------------------

    @property
    def _ranks(self) -> bool:
        return self.query.sort is Sort.RELEVANCE and bool(self.asked.needed)

    @property
    def _is_large(self) -> bool:
        return self.cases.get(ALL, 0) > MANY

    @property
    def _most(self) -> int:
        """How many matches are ranked at most, of the newest and of those with the words in the title."""
        most = NEWEST // 2 if self._is_large else NEWEST
        if not self._ranks:
            return most
        terms = self.asked.terms(self.cases)
        sought = sum(term.query.count(" | ") + term.query.count(" & ") + 1 for term in terms)
        # In few steps, so that a page is of the same cases as the one before.
        return most if 2 * most * sought <= WORK else NEWEST // 4

    def _words(self, prefix: str = "") -> list[tuple[float, str]]:
        """The tsqueries that have all to be met, each with the share of cases that may meet it."""
        total = max(self.cases.get(ALL, 0), 1)
        found = [(one.expected(self.cases) / total, one.any(prefix)) for one in self.asked.needed]
        if self.matched is not Matched.ALL and found:
            found = [(sum(share for share, _word in found), " | ".join(word for _share, word in found))]
        return [*self.query.shares, *self.query.days(self.today), *found]

    def _conditions(self) -> tuple[list[str], dict[str, Any]]:
        conditions = ["proposal_deadline >= %(today)s"]
        values: dict[str, Any] = {"today": self.today}
        for condition, more in search_conditions.conditions(self.query, self.cap):
            conditions.append(condition)
            values |= more
        if self.until is not None:
            conditions.append("(published_at, case_id) <= (%(until_at)s, %(until_id)s)")
            values |= {"until_at": self.until[0], "until_id": self.until[1]}
        if self._words():
            conditions = [_not_by_day(one) for one in conditions]
        return conditions, values

    async def _windows(self, on: Driver) -> Sequence[Window]:
        """Cases among which there may be more matches than are ranked."""
        if not self._is_large or not (words := self._words()):
            return []
        if self.query.sort is Sort.DEADLINE:
            return soonest(self.today)
        # By the rarest of the words at most, so that nothing is looked for in vain.
        matches = min(share for share, _word in words) * self.cases[ALL]
        shares = [share for share in WINDOWS if share * matches > self._most]
        return await newest(on, shares, self.today) if shares else []

    # --- the statement ---------------------------------------------------------------------------------

    def _statement(self, windows: Sequence[Window]) -> tuple[str, dict[str, Any]]:
        conditions, values = self._conditions()
        order = _SOONEST_FIRST if self.query.sort is Sort.DEADLINE else _NEWEST_FIRST
        words = self._words()
        bound = "" if words else f" ORDER BY {order} LIMIT %(most)s + 1"
        parts = [Matches("found", words, conditions, windows, self._most, bound)]
        if self._ranks:
            # Where all that match are ranked anyway, it is needless to know those with the words in the title.
            more = [*conditions, "(SELECT count(*) FROM found) > %(most)s"]
            # Few of the matches in a small window have them in the title, so it is not worth a look.
            wide, titles = windows[1:], self._words(IN_TITLE)
            parts.append(Matches("titled", titles, more, wide, self._most, among=parts[0]))
        key, ranks, weights = self._key()
        statement = _STATEMENT.format(
            matches=",".join(chain.from_iterable(part.parts() for part in parts)),
            candidates=" UNION ".join(_FIRST_OF.format(matches=part.name, order=order) for part in parts),
            known=" UNION ".join(_PLACES.format(matches=part.name) for part in parts),
            in_window=parts[0].in_window,
            key=key,
            ranks=ranks,
            after="(key, published_at, case_id) < (%(key)s, %(at)s, %(id)s)" if self.after else "true",
        )
        values |= {"most": self._most, "limit": self.query.limit + 1}
        if self.after:
            values |= {"key": self.after.key, "at": self.after.published_at, "id": self.after.case_id}
        return statement, merged([values, weights, *(part.values for part in parts)])

    def _key(self) -> tuple[str, str, dict[str, Any]]:
        """What candidates are ordered by, greater before less, with the ranks of the words it is made of."""
        if self.query.sort is Sort.DEADLINE:
            return "CAST(%(latest)s - proposal_deadline AS bigint)", "", {"latest": _LATEST}
        if not self._ranks:
            return "CAST(0 AS bigint)", "", {}
        ranks, sums = [], []
        values: dict[str, Any] = {}
        met: dict[int, list[str]] = {}
        for number, term in enumerate(self.asked.terms(self.cases)):
            ranks.append(_RANK.format(number=number))
            sums.append(f"%(weight_{number})s * rank_{number}")
            values |= {f"term_{number}": term.query, f"weight_{number}": term.weight}
            if term.concept >= 0:
                met.setdefault(term.concept, []).append(f"rank_{number} > {_NO_RANK}")
        score = f"({' + '.join(sums)}) / norm"
        if self.asked.counts_found:
            count = " + ".join(f"CAST({' OR '.join(any_of)} AS int)" for any_of in met.values())
            score = f"{score} * ({count})"
        lateral = f"CROSS JOIN LATERAL (SELECT {', '.join(ranks)} OFFSET 0) AS ranks"
        return f"CAST({SCALE} * {score} AS bigint)", lateral, values


def _not_by_day(condition: str) -> str:
    """A condition for which no index of days is used: the planner takes that of words to be slower than it is."""
    without = condition.replace("proposal_deadline", "(proposal_deadline + 0)")
    return without.replace("published_at", "(published_at + interval '0')")


async def understand(
    connection: AsyncConnection, words: str, thesaurus: Thesaurus
) -> tuple[Asked, dict[str, int]]:
    """A query as concepts, and in how many cases each of its words stands; unknown words are guessed."""
    pieces = words[:LONGEST].split()
    asked = Asked.of(" ".join([await _spelled_out(connection, piece) for piece in pieces]), thesaurus)
    cases = await search_words.counted(connection, asked.words)
    if not all(concept.known(cases) for concept in asked.needed):
        needed = [
            concept if concept.known(cases) else await _guessed(connection, concept, thesaurus)
            for concept in asked.needed
        ]
        asked = Asked(needed, asked.weak)
        cases = await search_words.counted(connection, asked.words)
    return Asked([concept.common(cases) for concept in asked.needed], asked.weak), cases


async def _spelled_out(connection: AsyncConnection, piece: str) -> str:
    """What is written in kana alone, as words that stand in cases and are read so; else as it is."""
    if not _HIRAGANA.fullmatch(piece):
        return piece
    rest, found = in_katakana(piece), []
    while rest:
        known = await search_words.longest_beginning(connection, rest, SHORTEST_READING)
        if known is None:
            return piece
        word, reading = known
        found.append(word)
        rest = rest[len(reading) :]
    return " ".join(found)


async def _guessed(connection: AsyncConnection, concept: Concept, thesaurus: Thesaurus) -> Concept:
    """A word that stands in no case, with those that may be meant: read alike, spelled alike, or beginning so."""
    word = joined(concept.forms)
    if len(word) == 1:
        meant = await search_words.beginning_with(connection, word)
    else:
        readings = {in_katakana(word), reading_of(word)}
        meant = await search_words.read_as(connection, sorted(readings))
        meant = meant or await search_words.spelled_like(connection, word)
    return concept.also([(one,) for one in meant], thesaurus)


def texts_of(case: Case) -> tuple[str, ...]:
    """What can be read of a case, the title first."""
    texts = (case.title, case.issue, case.goal, case.background, case.current_tools, case.trade, case.city)
    return tuple(filter(None, (*texts, case.prefecture)))
