"""The few things an operator types: a quote, the tables, undeliverable letters, the clock."""

import argparse
import json
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bots.terminal import auditing, books, cases, pushes, record, thesaurus
from locales.language import SOURCE, speaker
from services import embedded, fees, installation, outbox
from services.clock import TOKYO, in_tokyo, wall
from services.database import connect, transaction
from services.migrations import upgrade
from services.programme import Programme
from services.readings import read_hours, read_yen
from services.refusals import Refusal

WRONG = 2
"""The exit status of what could not be done."""


def parser() -> argparse.ArgumentParser:
    """The commands and their arguments; without a command the app serves."""
    made = argparse.ArgumentParser(prog="app.py", description="Ouentai. Without a command it serves.")
    commands = made.add_subparsers(dest="command")
    quote = commands.add_parser("quote", help="what so many hours at this price cost, as JSON")
    quote.add_argument("price", help="yen an hour, tax included")
    quote.add_argument("hours", help="hours, in halves")
    commands.add_parser("migrate", help="bring the database to the tables of this version")
    letters = commands.add_parser("outbox", help="letters that could not be delivered")
    letters.add_argument("what", choices=["ls", "retry", "drop"])
    letters.add_argument("letter", nargs="?", type=int)
    auditing.arguments(commands)
    clock = commands.add_parser("clock", help="show programme time, or move it forwards")
    clock.add_argument("to", nargs="?", type=_moment, help="ISO time, in Tokyo if it names no zone")
    books.add_to(commands)
    pushes.add_to(commands)
    record.add_to(commands)
    cases.add_to(commands)
    thesaurus.add_to(commands)
    return made


def _moment(typed: str) -> datetime:
    moment = datetime.fromisoformat(typed)
    return (moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)).astimezone(UTC)


@asynccontextmanager
async def database(url: str | None, data_dir: Path) -> AsyncIterator[AsyncEngine]:
    """The database at this address, or the embedded one of DATA_DIR, beside a server that may be running."""
    with ExitStack() as stack:
        if url is None:
            url = stack.enter_context(embedded.start(data_dir)).url
        upgrade(url)
        engine = connect(url)
        try:
            yield engine
        finally:
            await engine.dispose()


def quote(programme: Programme, price: str, hours: str) -> int:
    """Print what a number of hours at a price costs, as JSON; what the rules refuse gets a sentence on stderr."""
    try:
        figures = fees.quote(read_yen(price), read_hours(hours).minutes, programme.rates)
    except Refusal as refusal:
        print(speaker(SOURCE)(refusal.reason), file=sys.stderr)
        return WRONG
    amounts = {
        "total_yen": figures.total,
        "honorarium_yen": figures.honorarium,
        "sme_yen": figures.sme_share,
    }
    print(json.dumps({name: int(amount) for name, amount in amounts.items()}))
    return 0


async def letters(engine: AsyncEngine, what: str, letter: int | None) -> int:
    """List the letters that could not be delivered, try one again, or give one up."""
    async with transaction(engine) as connection:
        if what == "ls":
            for dead in await outbox.dead(connection):
                print(json.dumps(dead, default=str, ensure_ascii=False))
            return 0
        act = outbox.revive if what == "retry" else outbox.drop
        if letter is None or not await act(connection, letter):
            print("There is no dead letter with this id.", file=sys.stderr)
            return WRONG
        return 0


async def clock(engine: AsyncEngine, to: datetime | None) -> int:
    """Show programme time in Tokyo, or move it forwards to a moment (aware); it never goes back."""
    async with transaction(engine) as connection:
        offset = await installation.offset(connection)
        if to is not None:
            offset = await installation.forward(connection, to - wall())
        print(in_tokyo(wall() + offset).isoformat(timespec="seconds"))
        return 0
