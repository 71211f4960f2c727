"""The collections of the bench: always the same, as long as cases are, and indexed as the product would."""

from collections import Counter
from datetime import timedelta
from itertools import islice, pairwise

import pytest
from sqlalchemy import text

from services import case_vector
from services.case_records import Case
from services.case_vector import searchable
from services.clock import FrozenClock
from services.programme import Programme
from services.search import Query
from tests.bench_search.collection import NOW, Maker, name
from tests.bench_search.loading import Collection, body
from tests.bench_search.measuring import Times
from tests.bench_search.report import conclusion
from tests.bench_search.words import tokenised_once
from tests.conftest import ActingAs


def made(count: int, seed: int = 5) -> list[Case]:
    """The first cases of a collection."""
    return list(Maker(seed).cases(1, count))


def test_two_makers_of_one_seed_make_the_same_cases() -> None:
    assert [body(case) for case in made(20)] == [body(case) for case in made(20)]
    assert body(made(1)[0]) != body(made(1, seed=6)[0])


def test_a_case_has_some_170_letters_and_hardly_two_are_alike() -> None:
    bodies = [body(case) for case in made(300)]
    assert 140 < sum(map(len, bodies)) / 300 < 200
    assert len(set(bodies)) > 295
    assert [searchable(one) for one in bodies[:30]] == bodies[:30], "nothing private that would be cut out"


def test_cases_are_published_in_their_order_and_the_last_just_now() -> None:
    moments = [case.published_at for case in made(2000) if case.published_at]
    assert all(later - earlier > timedelta(days=-1) for earlier, later in pairwise(moments))
    assert NOW - timedelta(days=1) <= moments[-1] <= NOW and NOW - moments[0] > timedelta(days=59)


def test_some_names_are_common_and_most_are_rare() -> None:
    ranks = Counter(rank for rank in islice(iter(Maker()._rank, None), 3000))
    assert ranks[0] > 100 and sum(1 for count in ranks.values() if count == 1) > 1000
    assert len({name(rank) for rank in range(5000)}) == 5000


async def test_a_row_of_the_index_is_what_the_product_writes(
    acting: ActingAs, database: str, rules: Programme
) -> None:
    collection = Collection(database, rules)
    await collection.fill(open_cases=20, cases=30)
    rows = text("SELECT * FROM case_index ORDER BY case_id")
    words = text("SELECT word, reading FROM search_words ORDER BY word")
    async with acting(None, clock=FrozenClock(NOW)) as services:
        copied = (await services.connection.execute(rows)).all()
        known = (await services.connection.execute(words)).all()
        await services.connection.execute(text("DELETE FROM case_index"))
        await services.connection.execute(text("DELETE FROM search_words"))
        assert await services.search.reindex_some(0, 100) == 20
        assert (await services.connection.execute(rows)).all() == copied and len(copied) == 20
        assert (await services.connection.execute(words)).all() == known
        assert (await services.search.find(Query(limit=20))).total == 20
    collection.close()


async def test_long_vectors_stay_in_their_rows(acting: ActingAs) -> None:
    async with acting(None) as services:
        stored = text("""
            SELECT a.attstorage::text, c.reloptions FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relname = 'case_index' AND a.attname = 'vector'
        """)
        assert (await services.connection.execute(stored)).one() == ("m", ["toast_tuple_target=8160"])


def test_sentences_are_tokenised_once_and_the_words_are_the_same() -> None:
    text = made(1)[0].background
    with tokenised_once():
        fast = case_vector.words_of(case_vector.searchable(text))
    assert fast == case_vector.words_of(text)


def test_percentiles_are_of_the_median_of_each_things_rounds() -> None:
    times = Times()
    for place in range(100):
        times.rounds[place] = [place / 1000, place / 1000, 9.0]
    assert times.summary() == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 9000.0}


@pytest.mark.parametrize(
    ("clock", "cpu", "verdict"),
    [(29.9, 20.0, "meets "), (30.1, 29.0, "meets in CPU"), (40.0, 30.1, "MISSES")],
)
def test_the_verdict_names_what_was_not_reached(clock: float, cpu: float, verdict: str) -> None:
    figures = {
        "find": {"rare": {"p99": clock}},
        "cpu": {"rare": {"p99": cpu}},
        "add": {"p50": 4.0, "p99": 9.0},
        "add_cpu": {"p50": 3.0, "p99": 5.0},
    }
    _blank, rare, adding, *_rest = conclusion({"sizes": {5000: figures}, "memory": {}}).splitlines()
    assert rare.startswith(verdict) and adding.startswith("meets ")
