"""`app.py books`: what every party's cap is spent on, and whether it all agrees to the yen."""

from __future__ import annotations

import argparse
import json
import sys

from sqlalchemy.ext.asyncio import AsyncEngine

from locales.language import SOURCE, speaker
from services import numbers
from services.books import Books, Line, opened
from services.ledger_records import Party
from services.programme import Programme
from services.refusals import Refusal

UNBALANCED, WRONG = 1, 2
"""The exit statuses of books that do not balance, and of what could not be done."""
PREFIXES = ("company", "expert")
PURSES = (Party.BUDGET, Party.TRAVEL)
COLUMNS = ("number", "cap", "carried", "reserved", "confirmed", "paid", "reclaimed", "remaining")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its arguments."""
    made = commands.add_parser("books", help="what every cap is spent on, checked to the yen")
    made.add_argument("--party", help="only the company or expert with this number, budget and travel")
    made.add_argument(
        "--json", action="store_true", help="one JSON object a line; the last one says what is wrong"
    )


async def books(engine: AsyncEngine, programme: Programme, party: str | None, as_json: bool) -> int:
    """Print the books, and every discrepancy; returns 0 if there is none, 1 if there are, 2 for an unknown party."""
    try:
        number = None if party is None else _number(party, programme)
    except Refusal as refusal:
        print(speaker(SOURCE)(refusal.reason), file=sys.stderr)
        return WRONG
    async with opened(engine, programme) as read:
        found = await _print(read, number, as_json)
        wrong = [discrepancy async for discrepancy in read.wrong()]
    if not found:
        print(f"{number} has no account and is not registered.", file=sys.stderr)
        return WRONG
    if as_json:
        print(json.dumps({"balanced": not wrong, "wrong": wrong}))
    else:
        print("\n".join(wrong) if wrong else "The books balance.")
    return UNBALANCED if wrong else 0


def _number(typed: str, programme: Programme) -> str:
    """A company's or an expert's number, however it was typed; raises Refusal."""
    number = numbers.read(typed)
    prefixes = [programme.numbers[kind] for kind in PREFIXES]
    return number if number[0] in prefixes else numbers.read(typed, prefixes[0])


async def _print(read: Books, number: str | None, as_json: bool) -> bool:
    """Print the lines; whether the one that was asked for is among them."""
    if not as_json:
        print(f"{COLUMNS[0]:<12}", *(f"{name:>15}" for name in COLUMNS[1:]))
    found = number is None
    async for line in read.lines():
        if number in (None, line.number) or line.party in PURSES:
            found = found or line.number == number
            print(_as_json(line) if as_json else _as_text(line))
    return found


def _amounts(line: Line) -> list[int]:
    return [int(yen) for yen in (line.cap, *line.kept.values(), line.remaining)]


def _as_text(line: Line) -> str:
    return f"{line.number:<12} " + " ".join(f"{amount:>15,}" for amount in _amounts(line))


def _as_json(line: Line) -> str:
    amounts = dict(zip(COLUMNS[1:], _amounts(line), strict=True))
    return json.dumps({"party": line.party, "number": line.number, "opened": line.opened, **amounts})
