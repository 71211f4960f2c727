"""`app.py cases`: takes cases over from a file, looks for some, and makes the index anew."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.terminal.progress import Progress
from services import search_words
from services.bundle import Services
from services.case_file import PREFECTURE_NAMES, Row, Wrong, read
from services.case_import import Import
from services.case_records import OPEN_STATES, Case
from services.clock import Clock
from services.database import transaction
from services.programme import Programme
from services.search import Found, Query

WRONG, REFUSED = 1, 2
"""The exit statuses of a file with wrong rows, and of what could not be done."""
AT_ONCE = 200
"""Cases in one transaction."""
MOST = 1000


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands and their arguments."""
    what = commands.add_parser("cases", help="take cases over, look for some, make the index anew")
    made = what.add_subparsers(dest="what", required=True)
    taken = made.add_parser("import", help="take cases over from a file, one JSON object a line")
    taken.add_argument("file", type=Path)
    taken.add_argument("--strict", action="store_true", help="take nothing if anything is wrong or unknown")
    sought = made.add_parser("search", help="look for open cases, the best first")
    sought.add_argument("words")
    sought.add_argument("--area", action="append", default=[], help="code of a support area; may be repeated")
    sought.add_argument("--prefecture")
    sought.add_argument("--limit", type=int, default=10)
    sought.add_argument("--json", action="store_true", help="a list of objects")
    anew = made.add_parser("reindex", help="make the index of open cases anew, while the app runs")
    anew.add_argument("--after", type=int, default=0, help="go on where an earlier run was stopped")


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
                limit=max(1, min(arguments.limit, MOST)),
            )
            return await desk.search(query, arguments.json)
        case _:
            return await desk.reindex(arguments.after)


@dataclass
class Taken:
    """How an import went: rows that are kept, those of them that were new or different, and what was wrong."""

    kept: int = 0
    changed: int = 0
    wrong: int = 0
    unknown: dict[str, list[int]] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether nothing at all is wrong or unknown."""
        return not self.wrong and not self.unknown

    def refuse(self, wrong: Wrong, progress: Progress) -> None:
        """Say at once what is wrong with a row."""
        self.wrong += 1
        progress.clear()
        print(f"line {wrong.line}: {wrong.reason}", file=sys.stderr)

    def keep(self, rows: Sequence[Row]) -> None:
        """Count rows that can be taken, and remember what in them is unknown."""
        self.kept += len(rows)
        for row in rows:
            for name in row.unknown:
                self.unknown.setdefault(name, [row.line, 0])[1] += 1

    def tell_unknown(self) -> None:
        """Name the fields that mean nothing here, each with the first of its lines."""
        for name, (line, count) in self.unknown.items():
            others = f" and {count - 1:,} more" if count > 1 else ""
            print(f"line {line}{others}: unknown field {name}, left out", file=sys.stderr)


class Desk:
    """Where an operator works on cases."""

    def __init__(self, engine: AsyncEngine, programme: Programme, clock: Clock) -> None:
        self._engine, self._programme, self._clock = engine, programme, clock

    async def take(self, file: Path, strict: bool) -> int:
        """Take the cases of a file over; what is wrong or unknown is named on stderr, with its line."""
        try:
            with file.open("rb") as lines:
                if strict:
                    checked = await self._go_through(lines, keep=False)
                    if not checked.clean:
                        print(f"nothing taken over, {checked.wrong:,} rows refused")
                        return WRONG
                    lines.seek(0)
                async with self._services() as services:
                    await Import(services).begin()
                taken = await self._go_through(lines, keep=True)
        except OSError as error:
            print(f"{file}: {error.strerror or error}", file=sys.stderr)
            return REFUSED
        await self._count_words()
        print(
            f"{taken.kept:,} cases taken over, {taken.wrong:,} rows refused; {taken.changed:,} new or changed"
        )
        return WRONG if taken.wrong else 0

    async def _go_through(self, file: BinaryIO, *, keep: bool) -> Taken:
        """Look at every row, some at a time, and keep those that are right; never holds more of them."""
        taken = Taken()
        whole = Path(file.name).stat().st_size
        progress = Progress(whole, "cases taken over" if keep else "rows are right")
        for some in _some(read(file, self._programme)):
            rows = [row for row in some if isinstance(row, Row)]
            wrong = [row for row in some if isinstance(row, Wrong)]
            async with self._services() as services:
                work = Import(services)
                refused = await work.refused(rows)
                lines = {one.line for one in refused}
                rows = [row for row in rows if row.line not in lines]
                if keep:
                    taken.changed += await work.take(rows)
            for one in sorted(wrong + refused, key=lambda one: one.line):
                taken.refuse(one, progress)
            taken.keep(rows)
            progress.show(file.tell() if file.seekable() else 0, taken.kept)
        progress.clear()
        taken.tell_unknown()
        return taken

    async def search(self, query: Query, as_json: bool) -> int:
        """Print what is found, the best first; nothing is no failure."""
        self._doubt(query)
        async with self._services() as services:
            found = await services.search.find(query)
        listed = [_listed(case, found) for case in found.cases]
        if as_json:
            print(json.dumps(listed, ensure_ascii=False))
            return 0
        for one in listed:
            print(f"{one['score']:9.3f}  {one['id']}  {one['title']}  [{', '.join(one['words'])}]")
        if found.bounded:
            print("More cases match than were ranked: these are the newest. Add an area or a prefecture.")
        return 0

    def _doubt(self, query: Query) -> None:
        """Name filters that can't find anything."""
        codes = {area.code for area in self._programme.areas}
        unknown = [code for code in query.areas if code not in codes]
        if query.prefecture and query.prefecture not in PREFECTURE_NAMES:
            unknown.append(query.prefecture)
        for name in unknown:
            print(f"no case can have this: {ascii(name)}", file=sys.stderr)

    async def reindex(self, after: int) -> int:
        """Make the index anew, some cases at a time, while others search; says how to go on when it is stopped."""
        last, done = after, 0
        async with self._services() as services:
            whole = await services.session.scalar(_open_after(after)) or 0
        progress = Progress(whole, "cases indexed")
        try:
            while True:
                async with self._services() as services:
                    reached = await services.search.reindex_some(last, AT_ONCE)
                if reached is None:
                    break
                last, done = reached, min(done + AT_ONCE, whole)
                progress.show(done, done)
        except asyncio.CancelledError:
            progress.clear()
            print(f"stopped; go on with: cases reindex --after {last}", file=sys.stderr)
            raise
        progress.clear()
        await self._count_words()
        print(f"{done:,} cases indexed")
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


def _open_after(case_id: int) -> Select[int]:
    """How many cases with greater ids than this are to be indexed."""
    return select(func.count()).where(Case.id > case_id, Case.state.in_(OPEN_STATES))


def _listed(case: Case, found: Found) -> dict[str, Any]:
    return {
        "id": case.number,
        "score": round(found.scores.get(case.id, 0.0), 6),
        "title": case.title,
        "area": case.area,
        "prefecture": case.prefecture,
        "words": list(found.why[case.id].words),
    }


def _some(rows: Iterable[Row | Wrong]) -> Iterator[list[Row | Wrong]]:
    """The rows, some at a time."""
    rest = iter(rows)
    while some := list(islice(rest, AT_ONCE)):
        yield some
