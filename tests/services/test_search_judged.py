"""How well cases are found that people judged: made-up cases and queries of all kinds, never tuned to one by one.

Grades: 3 the case is about it, 2 it is an important part of it, 1 the case touches on it.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from services import search_words
from services.case_file import Row, read
from services.case_import import Import
from services.search import Query
from tests.conftest import ActingAs
from tests.services.market import expert

FOLDER = Path(__file__).with_name("search_judged")
CASES = (FOLDER / "cases.jsonl").read_bytes()
QUERIES: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "queries.jsonl").read_text(encoding="utf-8").splitlines()
]
TOP = 10
LEAST, LEAST_OF_A_KIND = 0.90, 0.75
"""nDCG@10 of all queries, and of those of any kind."""


def gain(grades: Sequence[int]) -> float:
    """The discounted gain of cases in this order."""
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:TOP]))


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """How near the order of what was found is to the best one, from 0 to 1."""
    best = sorted(grades.values(), reverse=True)
    return gain([grades.get(number, 0) for number in found]) / gain(best)


def test_the_best_order_counts_one_and_nothing_found_counts_none() -> None:
    grades = {"a": 3, "b": 1}
    assert ndcg(["a", "b"], grades) == 1 > ndcg(["b", "a"], grades) > ndcg(["c"], grades) == 0


async def test_judged_cases_are_found_by_queries_of_every_kind(acting: ActingAs) -> None:
    hidden = {row["id"] for line in CASES.splitlines() if (row := json.loads(line))["status"] != "open"}
    scores = defaultdict(list)
    async with acting(None) as services:
        rows = [row for row in read(BytesIO(CASES), services.programme) if isinstance(row, Row)]
        assert await Import(services).take(rows) == len(CASES.splitlines())
        await services.flush()
        await search_words.refresh(services.connection)
    async with acting("U-expert", "slack") as services:
        await expert(services)
        for query in QUERIES:
            cases = (await services.search.find(Query(query["text"], limit=20))).cases
            found = [case.number for case in cases]
            assert hidden.isdisjoint(found), query["text"]
            if query["grades"]:
                scores[query["kind"]].append(ndcg(found, query["grades"]))
    kinds = {kind: round(sum(some) / len(some), 3) for kind, some in scores.items()}
    every = [score for some in scores.values() for score in some]
    assert sum(every) / len(every) >= LEAST and min(kinds.values()) >= LEAST_OF_A_KIND, kinds
