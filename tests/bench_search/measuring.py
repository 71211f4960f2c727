"""Measures one collection: finding, the plain ways beside it in turn, and adding and closing a case."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services import search_words
from services.bundle import Services
from services.case_query import Matched
from services.case_ranking import understand
from services.clock import FrozenClock
from services.database import connect, driver, transaction
from services.programme import Programme
from services.search import Query
from services.thesaurus import built_in
from tests.bench_search.collection import NOW, Maker, name
from tests.bench_search.loading import PLAIN
from tests.bench_search.looking import TOP, classes

PLAIN_CLASSES = ("rare word", "medium word", "very common word", "two words", "real, expanded")
PLAIN_EACH = 6
"""How many queries of a class are also asked the plain ways, which take their time."""
PATIENCE_MS = 3000
_LIKE = text(f"SELECT case_id FROM {PLAIN} WHERE body ILIKE ALL(:likes) ORDER BY case_id DESC LIMIT :top")
_RANK_CD = text("""
    SELECT case_id FROM case_index WHERE vector @@ CAST(:asked AS tsquery)
    ORDER BY ts_rank_cd(vector, CAST(:asked AS tsquery)) DESC LIMIT :top
""")
_SIZES = text("""
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relname LIKE 'ix_case_index%' OR relname LIKE 'ix_search_words%' OR relname IN
        ('case_index', 'pk_case_index', 'search_words', 'cases', 'plain_cases')
    ORDER BY relname
""")


class Stopwatch:
    """Seconds on the clock, in statements, and of CPU here and in the database.

    On a machine with other work the CPU says what the clock would say without it: nothing is done at the same time.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._backend = Path(f"/proc/{driver(connection).info.backend_pid}/schedstat")
        TimedCursor.seconds = 0.0
        self._used, self._began = self._cpu(), time.perf_counter()

    def read(self) -> Spent:
        """What was spent since it was made."""
        ended = time.perf_counter()
        return Spent(ended - self._began, TimedCursor.seconds, self._cpu() - self._used)

    def _cpu(self) -> float:
        return int(self._backend.read_text().split()[0]) / 1e9 + time.process_time()


@dataclass(frozen=True)
class Spent:
    """Seconds: by the clock, of them in statements, and of CPU."""

    clock: float
    database: float
    cpu: float


class TimedCursor(psycopg.AsyncCursor[Any]):
    """Knows how long statements took altogether, as their client waited for them."""

    seconds: ClassVar[float] = 0.0

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """The same, and timed."""
        began = time.perf_counter()
        try:
            return await super().execute(*args, **kwargs)
        finally:
            TimedCursor.seconds += time.perf_counter() - began


@dataclass
class Times:
    """Seconds of each of some things, round by round."""

    rounds: dict[Any, list[float]] = field(default_factory=lambda: defaultdict(list))

    def summary(self) -> dict[str, float]:
        """Percentiles in milliseconds over things, each with the median of its rounds; `max` is of all that was."""
        ordered = sorted(map(statistics.median, self.rounds.values()))
        cuts = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
        found = {name: ordered[min(int(cut * len(ordered)), len(ordered) - 1)] for name, cut in cuts.items()}
        found["max"] = max(map(max, self.rounds.values()))
        return {name: round(seconds * 1000, 2) for name, seconds in found.items()}


class Bench:
    """Asks one database."""

    def __init__(self, url: str, programme: Programme) -> None:
        self._engine = _timed(connect(url))
        self._programme = programme

    async def close(self) -> None:
        """Leave the database."""
        await self._engine.dispose()

    async def find(self, rounds: int) -> dict[str, Any]:
        """Every query of every class in each round, and some of them the plain ways too; the first round is not counted."""
        found, database, cpu = defaultdict(Times), defaultdict(Times), defaultdict(Times)
        plain: dict[str, dict[str, Times]] = defaultdict(lambda: defaultdict(Times))
        bounded: dict[str, int] = defaultdict(int)
        async with transaction(self._engine) as connection:
            (open_cases,) = (await connection.execute(text("SELECT count(*) FROM case_index"))).one()
            asked = await classes(connection, open_cases)
        for number in range(rounds + 1):
            for kind, queries in asked.items():
                for place, query in enumerate(queries):
                    spent, is_bounded = await self._find(query)
                    if number:
                        found[kind].rounds[place].append(spent.clock)
                        database[kind].rounds[place].append(spent.database)
                        cpu[kind].rounds[place].append(spent.cpu)
                        bounded[kind] += is_bounded
                    if kind in PLAIN_CLASSES and place < PLAIN_EACH and number < 3:
                        for way, seconds in (await self._plain(query)).items():
                            plain[way][kind].rounds[place].append(seconds)
        return {
            "find": _summaries(found),
            "database": _summaries(database),
            "cpu": _summaries(cpu),
            **{way: _summaries(times) for way, times in plain.items()},
            "queries": {kind: len(queries) for kind, queries in asked.items()},
            "bounded": {kind: bounded[kind] // rounds for kind in asked},
        }

    async def _find(self, query: Query) -> tuple[Spent, bool]:
        async with self._services() as services:
            watch = Stopwatch(services.connection)
            found = await services.search.find(query)
            return watch.read(), found.bounded

    async def _plain(self, query: Query) -> dict[str, float]:
        async with transaction(self._engine) as connection:
            asked, _cases = await understand(connection, query.words, built_in())
        likes = [f"%{word}%" for word in query.words.split()]
        condition = asked.condition(Matched.SOME)
        return {
            "ILIKE": await self._statement(_LIKE, {"likes": likes, "top": TOP}),
            "ts_rank_cd": await self._statement(_RANK_CD, {"asked": condition, "top": TOP}),
        }

    async def _statement(self, statement: Any, values: Mapping[str, Any]) -> float:
        """How long a statement takes; who does not answer in time took all of it."""
        async with self._engine.connect() as connection:
            await connection.execute(text(f"SET statement_timeout = {PATIENCE_MS}"))
            began = time.perf_counter()
            try:
                (await connection.execute(statement, values)).all()
            except OperationalError:
                await connection.rollback()
            spent = time.perf_counter() - began
            await connection.execute(text("RESET statement_timeout"))
            await connection.commit()
            return spent

    async def add(self, first: int, count: int) -> dict[str, Any]:
        """Make cases findable and then closed, one at a time; each must be found as soon as that is committed."""
        added, closed, cpu = Times(), Times(), Times()
        for place, case in enumerate(Maker(seed=1).cases(first, count)):
            word = name(10_000_000 + case.id)
            case.title, case.published_at = case.title + word, NOW
            async with self._services() as services:
                services.session.add(case)
                await services.flush()
                watch = Stopwatch(services.connection)
                await services.search.index(case)
            spent = watch.read()
            added.rounds[place].append(spent.clock)
            cpu.rounds[place].append(spent.cpu)
            async with self._services() as services:
                found = await services.search.find(Query(word))
                if case.id not in {one.id for one in found.cases}:
                    raise AssertionError("a case was not found as soon as it was added")
            async with self._services() as services:
                watch = Stopwatch(services.connection)
                await services.search.remove(case.id)
            closed.rounds[place].append(watch.read().clock)
        return {"add": added.summary(), "add_cpu": cpu.summary(), "close": closed.summary()}

    async def sizes(self) -> dict[str, int]:
        """Bytes of tables and indexes."""
        async with transaction(self._engine) as connection:
            return {row.relname: row.pg_relation_size for row in await connection.execute(_SIZES)}

    async def count_words(self) -> float:
        """Count words as it is done each hour, or night; returns how many seconds that took."""
        began = time.perf_counter()
        async with transaction(self._engine) as connection:
            await search_words.refresh(connection)
        return round(time.perf_counter() - began, 2)

    @asynccontextmanager
    async def _services(self) -> AsyncIterator[Services]:
        async with transaction(self._engine) as connection:
            services = Services(connection, self._programme, FrozenClock(NOW), None)
            yield services
            await services.flush()


def _timed(engine: AsyncEngine) -> AsyncEngine:
    @event.listens_for(engine.sync_engine, "connect")
    def count_time(connection: Any, _record: Any) -> None:
        connection.driver_connection.cursor_factory = TimedCursor

    return engine


def _summaries(times: Mapping[str, Times]) -> dict[str, dict[str, float]]:
    """By class, and over all of them."""
    together = Times(
        {(kind, place): values for kind, one in times.items() for place, values in one.rounds.items()}
    )
    return {kind: one.summary() for kind, one in times.items()} | {"all": together.summary()}
