"""How many open cases words find with one thesaurus and with another, before it is changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services import search_words
from services.case_query import Asked, Concept, Matched
from services.case_ranking import understand
from services.case_vector import quoted
from services.thesaurus import Forms, Thesaurus, joined

MOST = 1000
"""Cases that are counted; more than so many say no more."""
FEW = 20
"""With fewer open cases than these it says nothing that a word stands in most of them."""
_COUNT = text("""
    SELECT count(*) FROM (
        SELECT FROM case_index WHERE vector @@ CAST(:condition AS tsquery) OFFSET 0 LIMIT :most) AS few
""")


@dataclass(frozen=True)
class Effect:
    """How many open cases words find after a change, and now; neither counts beyond `MOST`."""

    words: str
    after: int
    now: int


async def effects(
    connection: AsyncConnection, words: Sequence[str], after: Thesaurus, now: Thesaurus
) -> list[Effect]:
    """What these words find with both."""
    return [
        Effect(one, await _found_after(connection, one, after), await found(connection, one, now))
        for one in words
    ]


async def found(connection: AsyncConnection, words: str, thesaurus: Thesaurus) -> int:
    """In how many open cases a search finds all of these words; those it can't read it guesses."""
    asked, _cases = await understand(connection, words, thesaurus)
    return await _count(connection, asked.condition(Matched.ALL)) if asked.needed else 0


async def each_stands(connection: AsyncConnection, words: str, thesaurus: Thesaurus) -> bool:
    """Whether each of these words stands in an open case, be it another for each; none of them is guessed."""
    asked = await asyncio.to_thread(Asked.of, words, thesaurus)
    if len(asked.needed) < 2:
        return False
    for concept in asked.needed:
        if not await _count(connection, concept.any(), 1):
            return False
    return True


async def standing(connection: AsyncConnection, forms: Forms) -> int:
    """In how many open cases a word stands, whatever it means."""
    return await _count(connection, _phrase(forms)) if forms else 0


async def is_everywhere(connection: AsyncConnection, forms: Forms) -> bool:
    """Whether a word stands in most of the open cases."""
    total = (await search_words.counted(connection, ())).get(search_words.ALL, 0)
    if total < FEW or not forms:
        return False
    return await _count(connection, _phrase(forms), total // 2 + 1) > total // 2


async def _found_after(connection: AsyncConnection, words: str, thesaurus: Thesaurus) -> int:
    asked = await asyncio.to_thread(Asked.of, words, thesaurus)
    if not asked.needed:
        return 0
    return await _count(connection, " & ".join(_any(concept) for concept in asked.needed))


def _any(concept: Concept) -> str:
    """A tsquery that finds a concept also where the index does not know a word of several parts as one yet."""
    return "(" + " | ".join([concept.any(), *map(_phrase, sorted(concept.loose))]) + ")"


def _phrase(forms: Forms) -> str:
    parts = " <-> ".join(map(quoted, forms))
    return f"({quoted(joined(forms))} | ({parts}))" if len(forms) > 1 else parts


async def _count(connection: AsyncConnection, condition: str, most: int = MOST) -> int:
    return await connection.scalar(_COUNT, {"condition": condition, "most": most}) or 0
