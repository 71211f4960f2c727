"""`app.py cases`: takes cases over from a file, looks for some, and makes the index anew."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services import search_words
from services.bundle import Services
from services.case_import import Import, Row, Wrong, read
from services.case_records import OPEN_STATES, Case
from services.clock import Clock
from services.database import transaction
from services.programme import Programme
from services.search import Query

WRONG, REFUSED = 1, 2
"""The exit statuses of a file with wrong rows, and of what could not be done."""
AT_ONCE = 200
"""Cases in one transaction."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands and their arguments."""
    what = commands.add_parser("cases", help="take cases over, look for some, make the index anew")
    made = what.add_subparsers(dest="what", required=True)
    taken = made.add_parser("import", help="take cases over from a file, one JSON object a line")
    taken.add_argument("file", type=Path)
    taken.add_argument("--strict", action="store_true", help="take nothing if any row is wrong")
    sought = made.add_parser("search", help="look for open cases, the best first")
    sought.add_argument("words")
    sought.add_argument("--area", action="append", default=[], help="code of a support area; may be repeated")
    sought.add_argument("--prefecture")
    sought.add_argument("--limit", type=int, default=10)
    sought.add_argument("--json", action="store_true", help="a list of objects")
    made.add_parser("reindex", help="make the index of open cases anew, while the app runs")


async def run(
    engine: AsyncEngine, programme: Programme, offset: timedelta, arguments: argparse.Namespace
) -> int:
    """Do what was asked for; returns the exit status."""
    desk = Desk(engine, programme, Clock(offset))
    match arguments.what:
        case "import":
            return await desk.take(arguments.file, arguments.strict)
        case "search":
            query = Query(
                arguments.words.encode("utf-8", "replace").decode(),
                areas=tuple(arguments.area),
                prefecture=arguments.prefecture,
                limit=max(1, min(arguments.limit, 1000)),
            )
            return await desk.search(query, arguments.json)
        case _:
            return await desk.reindex()


class Desk:
    """Where an operator works on cases."""

    def __init__(self, engine: AsyncEngine, programme: Programme, clock: Clock) -> None:
        self._engine, self._programme, self._clock = engine, programme, clock

    async def take(self, file: Path, strict: bool) -> int:
        """Take the cases of a file over; wrong rows are named on stderr, with their line."""
        try:
            with file.open("rb") as lines:
                found = list(read(lines, self._programme))
        except OSError as error:
            print(f"{file}: {error.strerror}", file=sys.stderr)
            return REFUSED
        wrong = [row for row in found if isinstance(row, Wrong)]
        rows = [row for row in found if isinstance(row, Row)]
        for some in _some(rows):
            async with self._services() as services:
                wrong += await Import(services).refused(some)
        refused = {one.line for one in wrong}
        rows = [] if wrong and strict else [row for row in rows if row.line not in refused]
        show = _progress(len(rows))
        for done, some in enumerate(_some(rows)):
            async with self._services() as services:
                await Import(services).take(some)
            show(done * AT_ONCE + len(some))
        await self._count_words()
        for one in sorted(wrong, key=lambda one: one.line):
            print(f"line {one.line}: {one.reason}", file=sys.stderr)
        print(f"{len(rows)} cases taken over, {len(wrong)} rows refused")
        return WRONG if wrong else 0

    async def search(self, query: Query, as_json: bool) -> int:
        """Print what is found, the best first."""
        async with self._services() as services:
            found = await services.search.find(query)
        listed: list[dict[str, Any]] = [
            {
                "id": case.number,
                "score": round(found.scores.get(case.id, 0.0), 6),
                "title": case.title,
                "area": case.area,
                "prefecture": case.prefecture,
                "words": list(found.why[case.id].words),
            }
            for case in found.cases
        ]
        if as_json:
            print(json.dumps(listed, ensure_ascii=False))
            return 0
        for one in listed:
            print(f"{one['score']:9.3f}  {one['id']}  {one['title']}  [{', '.join(one['words'])}]")
        if found.bounded:
            print("More cases match than were ranked: these are the newest. Add an area or a prefecture.")
        return 0

    async def reindex(self) -> int:
        """Make the index anew, some cases at a time, while others search."""
        last = done = 0
        while True:
            async with self._services() as services:
                open_cases = select(Case).where(Case.id > last, Case.state.in_(OPEN_STATES)).order_by(Case.id)
                cases = (await services.session.scalars(open_cases.limit(AT_ONCE).with_for_update())).all()
                for case in cases:
                    await services.search.index(case)
            if not cases:
                break
            last, done = cases[-1].id, done + len(cases)
        await self._count_words()
        print(f"{done} cases indexed")
        return 0

    @asynccontextmanager
    async def _services(self) -> AsyncIterator[Services]:
        async with transaction(self._engine) as connection:
            services = Services(connection, self._programme, self._clock, None)
            yield services
            await services.flush()

    async def _count_words(self) -> None:
        async with transaction(self._engine) as connection:
            await search_words.refresh(connection)


def _some(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows, some at a time."""
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _progress(count: int) -> Callable[[int], None]:
    """A line that tells how far it is, where somebody watches."""

    def show(done: int) -> None:
        bar = "#" * (40 * done // max(count, 1))
        print(f"\r[{bar:40}] {done:,} of {count:,}", end="" if done < count else "\n", file=sys.stderr)

    return show if sys.stderr.isatty() else lambda done: None
