"""`app.py thesaurus export`: the words that stand for one another in searches, as they are in force, as TOML."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction
from services.thesaurus_book import edition
from services.thesaurus_groups import WordGroup


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its arguments."""
    made = commands.add_parser("thesaurus", help="the words that stand for one another in searches")
    what = made.add_subparsers(dest="what", required=True)
    export = what.add_parser(
        "export", help="all groups as they are in force, as services/thesaurus.toml has them"
    )
    export.add_argument("--to", type=Path, help="a file; printed if none is named")


async def export(engine: AsyncEngine, to: Path | None) -> int:
    """Write the groups with the secretariat's changes; in the place of the built-in file they change nothing."""
    async with transaction(engine) as connection:
        groups = (await edition(connection)).groups
    written = "\n".join(_toml(group) for group in groups.values() if group.words)
    if to is None:
        sys.stdout.write(written)
    else:
        to.write_text(written, encoding="utf-8")
    return 0


def _toml(group: WordGroup) -> str:
    # What JSON writes for a list of strings is TOML too.
    lines = ["[[groups]]", f"words = {json.dumps(group.words, ensure_ascii=False)}"]
    if group.kinds:
        lines.append(f"kinds = {json.dumps(group.kinds, ensure_ascii=False)}")
    return "\n".join([*lines, ""])
