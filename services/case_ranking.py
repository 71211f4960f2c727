"""How open cases are ranked by the words of a query, and the SQL that does it for bounded candidates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, BigInteger, DateTime, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, TEXT
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import TextClause

from services import search_words
from services.case_index import IN_TITLE, Vector, searchable
from services.case_query import Asked, Concept, Matched
from services.case_records import Case
from services.programme import Programme
from services.thesaurus import Thesaurus, built_in, joined
from services.tokens import in_katakana, reading_of, words_of

NEWEST, IN_TITLES = 1000, 1000
"""Of how many matches at most the newest, and those with the words in the title, are ranked."""
_HIRAGANA = re.compile(r"[\u3041-\u309f\u30fc]{3,40}")
SHORTEST_READING = 2
SCALE = 1_000_000
"""Scores are kept as whole numbers, so that pages can go on from one."""


class Sort(StrEnum):
    """In which order cases are shown."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    DEADLINE = "deadline"


# Both parts are materialized, so that the index of words finds them: to walk through the newest, looking for a rare
# word, would take as long as there are cases.
_CANDIDATES = """
    found AS MATERIALIZED (
        SELECT case_id, published_at FROM case_index WHERE vector @@ CAST(:condition AS tsquery)),
    titled AS MATERIALIZED (
        SELECT case_id, published_at FROM case_index WHERE vector @@ CAST(:in_title AS tsquery)),
    candidates AS (
        (SELECT case_id FROM found ORDER BY published_at DESC, case_id DESC LIMIT :newest)
        UNION (SELECT case_id FROM titled ORDER BY published_at DESC, case_id DESC LIMIT :in_titles))
"""
# Beyond this the newest are walked through: a word in so many cases is met at once.
WALKED = 20_000
_WALKED = """
    candidates AS (
        SELECT case_id FROM case_index WHERE vector @@ CAST(:condition AS tsquery)
        ORDER BY published_at DESC, case_id DESC LIMIT :newest)
"""
_RANKED = """
    WITH {candidates},
    terms AS (
        SELECT concept, CAST(query AS tsquery) AS query, weight FROM unnest(
            CAST(:concepts AS int[]), CAST(:queries AS text[]), CAST(:weights AS float8[])
        ) AS term (concept, query, weight))
    SELECT case_id, published_at,
        CAST({scale} * score * CASE WHEN :counts_found THEN met ELSE 1 END AS bigint) AS key
    FROM candidates JOIN case_index USING (case_id)
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(weight * ts_rank('{{0.2, 0.4, 0.5, 1.0}}', vector, query, 1)), 0) AS score,
            count(DISTINCT concept) FILTER (WHERE concept >= 0) AS met
        FROM terms WHERE vector @@ query) AS ranked
"""
_UNRANKED = """
    WITH {candidates}
    SELECT case_id, published_at, CAST(0 AS bigint) AS key FROM candidates JOIN case_index USING (case_id)
"""
_HAVING_ALL = """
    SELECT count(*) FROM (
        SELECT FROM case_index WHERE vector @@ CAST(:condition AS tsquery) OFFSET 0 LIMIT :most) AS few
"""


@dataclass(frozen=True)
class Wanted:
    """What is looked for, with what is known of its words, the filters of the index, and the order."""

    asked: Asked
    cases: Mapping[str, int]
    filters: Sequence[str]
    sort: Sort

    def ranked(self, matched: Matched) -> CTE:
        """The candidates with their key: greater before less, as a whole number."""
        condition = self.asked.condition(matched, self.filters)
        values: dict[str, Any] = {"condition": condition, "newest": NEWEST}
        candidates = _WALKED
        if self._expected(matched) <= WALKED or self.sort is Sort.RELEVANCE:
            candidates = _CANDIDATES
            values["in_title"] = self.asked.condition(matched, self.filters, IN_TITLE)
            values["in_titles"] = IN_TITLES
        if self.sort is not Sort.RELEVANCE:
            return _as_cte(text(_UNRANKED.format(candidates=candidates)).bindparams(**values))
        terms = self.asked.terms(self.cases)
        statement = text(_RANKED.format(candidates=candidates, scale=SCALE)).bindparams(
            bindparam("concepts", [term.concept for term in terms], ARRAY(BigInteger)),
            bindparam("queries", [term.query for term in terms], ARRAY(TEXT)),
            bindparam("weights", [term.weight for term in terms], ARRAY(DOUBLE_PRECISION)),
            counts_found=self.asked.counts_found,
            **values,
        )
        return _as_cte(statement)

    def having_all(self, most: int) -> TextClause:
        """How many cases have all the words, counted up to a number."""
        condition = self.asked.condition(Matched.ALL, self.filters)
        return text(_HAVING_ALL).bindparams(condition=condition, most=most)

    def is_bounded(self, matched: Matched) -> bool:
        """Whether there may be more matches than are ranked."""
        return self._expected(matched) > NEWEST

    def _expected(self, matched: Matched) -> int:
        counts = [concept.expected(self.cases) for concept in self.asked.needed]
        return min(counts) if matched is Matched.ALL else sum(counts)


def _as_cte(statement: TextClause) -> CTE:
    return statement.columns(case_id=BigInteger, published_at=DateTime(timezone=True), key=BigInteger).cte(
        "ranked"
    )


async def understand(
    connection: AsyncConnection, words: str, thesaurus: Thesaurus
) -> tuple[Asked, dict[str, int]]:
    """A query as concepts, and in how many cases each of its words stands; unknown words are guessed."""
    asked = Asked.of(" ".join([await _spelled_out(connection, piece) for piece in words.split()]), thesaurus)
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


def vector_of(case: Case, programme: Programme, more_areas: Sequence[str] = ()) -> Vector:
    """The index's words of a case; one that was imported may have more areas than its own."""
    codes = (case.area, *more_areas)
    texts = {
        "A": [case.title],
        "B": [
            *(programme.area(code).label.ja for code in codes),
            case.current_tools or "",
            case.trade or "",
            case.prefecture,
            case.city,
        ],
        "C": [case.issue, case.goal],
        "D": [case.background],
    }
    return Vector.of(
        texts, built_in(), [*(f"a:{code}" for code in codes), f"p:{case.prefecture}", f"m:{case.mode}"]
    )


def surfaces(case: Case, asked: Asked, thesaurus: Thesaurus) -> tuple[str, ...]:
    """The words of a case, as they stand there, by which it was found."""
    texts = (case.title, case.issue, case.goal, case.background, case.current_tools, case.trade, case.city)
    words = words_of(searchable("\n".join(filter(None, (*texts, case.prefecture)))))
    forms = [(form, word.surface) for word in words for form in word.parts or (word.form,)]
    wanted = asked.words
    shown: dict[str, None] = {}
    for start in range(len(forms)):
        length = max(thesaurus.find([form for form, _surface in forms[start : start + 5]]), 1)
        found = forms[start : start + length]
        if joined(tuple(form for form, _surface in found)) in wanted or found[0][0] in wanted:
            shown["".join(dict.fromkeys(surface for _form, surface in found))] = None
    return tuple(shown)
