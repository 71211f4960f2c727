"""`app.py pushes`: what LINE had to push this month, how much it will be, and what a whole case takes."""

from __future__ import annotations

import argparse
import json

from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction
from services.programme import Programme
from services.push_use import PushUse

SCARCE = 1
"""The exit status of a month that will take more pushes than it may."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its argument."""
    made = commands.add_parser("pushes", help="what LINE pushes: this month, by kind, and per completed case")
    made.add_argument("--json", action="store_true", help="one JSON object")


async def pushes(engine: AsyncEngine, programme: Programme, as_json: bool) -> int:
    """Print this month's pushes; returns 1 if the month will take more than it may, else 0."""
    async with transaction(engine) as connection:
        use = PushUse(connection, programme)
        month, kinds, cases = await use.now(), await use.by_kind(), await use.per_case()
    if as_json:
        found = {
            "month": {
                "used": month.used,
                "expected": month.expected,
                "may": month.may,
                "scarce": month.scarce,
            },
            "by_kind": dict(kinds),
            "per_case": {"cases": cases.cases, "median": cases.median, "worst": cases.worst},
        }
        print(json.dumps(found))
        return SCARCE if month.scarce else 0
    print(f"This month: {month.used:,} of {month.may:,} pushes, {month.expected:,} expected.")
    if month.scarce:
        print("That is more than there are: what can wait now waits for an answer, or goes by e-mail.")
    for kind, count in kinds:
        print(f"{count:>8,}  {kind}")
    print(
        f"{cases.cases} completed cases took {cases.median:g} pushes each (median), {cases.worst} at most."
        if cases.cases
        else "No case is completed yet."
    )
    return SCARCE if month.scarce else 0
