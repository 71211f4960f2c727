"""What is looked for: classes of queries, chosen by how common their words are in the collection at hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.search import Query, Sort
from services.thesaurus import built_in, forms_of
from services.values import Hours
from tests.bench_search.collection import SEED, queries

TOP = 20
AREAS = ("ACCOUNTING", "INVENTORY_PROD", "EC", "RESERVATION")
PREFECTURES = ("東京都", "大阪府", "京都府", "香川県")
_WORDS = text("""
    SELECT word FROM search_words
    WHERE word <> '' AND cases BETWEEN :least AND :most AND length(word) BETWEEN 2 AND 12
    ORDER BY md5(word) LIMIT 24
""")
_COMMONEST = text(
    "SELECT word FROM search_words WHERE word <> '' AND length(word) > 1 ORDER BY cases DESC LIMIT 12"
)


async def classes(connection: AsyncConnection, open_cases: int) -> dict[str, list[Query]]:
    """Queries for the top 20, by class; words are rare with 2 to 100 cases and medium with half to two in a hundred."""
    dice = random.Random(SEED)
    rare = await _words(connection, 2, 100)
    medium = await _words(connection, open_cases // 200, open_cases // 50)
    common = list((await connection.execute(_COMMONEST)).scalars())
    real = [Query(words, limit=TOP) for words in queries("real")]
    two = [f"{dice.choice(common)} {dice.choice(medium)}" for _ in range(12)]
    two += [f"{dice.choice(medium)} {dice.choice(medium)}" for _ in range(12)]
    common_queries = _asked(common)
    narrow = [(area, place) for area in AREAS for place in PREFECTURES]
    both = [query for pair in zip(real, common_queries, strict=False) for query in pair]
    return {
        "rare word": _asked(rare),
        "medium word": _asked(medium),
        "very common word": common_queries,
        "two words": _asked(two),
        "real, expanded": real,
        "misspelt, romaji": _asked(queries("misspelt")),
        "real + area": [replace(q, areas=(AREAS[n % 4],)) for n, q in enumerate(real)],
        "real + prefecture": [replace(q, prefecture=PREFECTURES[n % 4]) for n, q in enumerate(real)],
        "real + both": [
            replace(q, areas=(narrow[n % 16][0],), prefecture=narrow[n % 16][1]) for n, q in enumerate(real)
        ],
        "real + mode, hours": [replace(q, mode="online", most_hours=Hours(600)) for q in real],
        "newest first": [replace(q, sort=Sort.NEWEST) for q in both],
        "soonest deadline": [replace(q, sort=Sort.DEADLINE) for q in both],
        "no words": [Query(limit=TOP, areas=(area,)) for area in AREAS] + [Query(limit=TOP)],
    }


def is_expanded(words: str) -> bool:
    """Whether the thesaurus knows other words for any of these."""
    return any(built_in().meaning(forms_of(word)).same for word in words.split())


async def _words(connection: AsyncConnection, least: int, most: int) -> list[str]:
    return list((await connection.execute(_WORDS, {"least": least, "most": most})).scalars())


def _asked(words: Sequence[str]) -> list[Query]:
    return [Query(one, limit=TOP) for one in words]
