"""What helps whoever searches: how many would be found, words that no open case has, others near them, marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from services import search_words, thesaurus_book
from services.case_index import IndexRow
from services.case_marks import Marks
from services.case_query import Asked, Matched
from services.case_ranking import Ranking, texts_of, understand
from services.cases import Case
from services.search import ENOUGH
from services.search_query import Query
from services.thesaurus import Forms, Thesaurus, joined

if TYPE_CHECKING:
    from services.bundle import Services

MOST_NEAR = 3
MOST_PIECES = 8
"""Typed words that are looked up one by one."""


async def count(services: Services, query: Query) -> int:
    """How many open cases a query would find, for an offer: what finds nothing is not noted as looked for in vain."""
    thesaurus = await thesaurus_book.current(services.connection)
    asked, cases = await understand(services.connection, query.words, thesaurus)
    today, cap = services.clock.today(), services.programme.money.sme_cap
    ranking = Ranking(asked, cases, query, today, cap, Matched.ALL)
    total = (await ranking.run(services.connection)).total
    if len(asked.needed) > 1 and total < ENOUGH:
        total = (await replace(ranking, matched=Matched.MOST).run(services.connection)).total
    return total


async def marks(services: Services, words: str, case: Case) -> Marks:
    """What of a query stands in one case."""
    thesaurus = await thesaurus_book.current(services.connection)
    asked, _cases = await understand(services.connection, words, thesaurus)
    return Marks(asked.needed, thesaurus, texts_of(case))


async def areas(services: Services, case_ids: Sequence[int]) -> dict[int, Sequence[str]]:
    """The codes of all areas under which open cases are found, their own and those that came with an import."""
    found = await services.connection.execute(
        select(IndexRow.case_id, IndexRow.areas).where(IndexRow.case_id.in_(case_ids))
    )
    return {row.case_id: row.areas for row in found}


async def missing(services: Services, words: str) -> list[str]:
    """The words of a query, the first few as they were typed, that stand in no open case by whatever name."""
    thesaurus = await thesaurus_book.current(services.connection)
    gone = []
    for piece in list(dict.fromkeys(words.split()))[:MOST_PIECES]:
        asked, cases = await understand(services.connection, piece, thesaurus)
        if asked.needed and not any(concept.known(cases) for concept in asked.needed):
            gone.append(piece)
    return gone


async def near(services: Services, words: Sequence[str]) -> list[str]:
    """What open cases do have that is akin to these words: other kinds of the same thing, the commonest first."""
    thesaurus = await thesaurus_book.current(services.connection)
    akin = {joined(forms) for word in words for forms in _akin(Asked.of(word, thesaurus), thesaurus)}
    cases = await search_words.counted(services.connection, akin)
    there = sorted(akin & cases.keys(), key=lambda word: (-cases[word], word))
    return there[:MOST_NEAR]


def _akin(asked: Asked, thesaurus: Thesaurus) -> set[Forms]:
    """What else is a kind of what these words are a kind of."""
    wider = {forms for concept in asked.concepts for forms in thesaurus.meaning(concept.forms).wider}
    return {kind for forms in wider for kind in thesaurus.meaning(forms).kinds} | wider
