"""What an auditor types: is the log as it was written, and everything about one case in one folder."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from locales.language import DEFAULT, speaker
from services import audit_chain, installation
from services.audit_words import STAGES, called
from services.bundle import Services
from services.clock import Clock
from services.database import transaction
from services.dossier import Dossier, UnknownCase, gather
from services.papers import render
from services.programme import Programme
from services.refusals import Refusal
from services.storage import MissingFile, Storage

TEMPLATE = "dossier-2021-10-19"
FAULTY, WRONG = 1, 2


def arguments(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`audit verify` and `audit bundle`."""
    what = commands.add_parser(
        "audit", help="look through the audit log, or write one case out"
    ).add_subparsers(dest="what", required=True)
    verify = what.add_parser("verify", help="find any changed byte; exit status 1 if there is one")
    verify.add_argument("--head", help="a head that was written down earlier and must lie on the chain")
    bundle = what.add_parser("bundle", help="one case as PDF and JSON, with its papers, files and hashes")
    bundle.add_argument("case", help="number of a case, a direct request or a contract")
    bundle.add_argument("--to", type=Path, default=Path(), help="the folder in which the bundle is made")


async def verify(engine: AsyncEngine, known_head: str | None) -> int:
    """Look through the whole chain and print what was found."""
    async with transaction(engine) as connection:
        found = await audit_chain.verify(connection, known_head)
    for fault in found.faults:
        print(fault, file=sys.stderr)
    if found.faulty > len(found.faults):
        print(f"… and {found.faulty - len(found.faults)} more.", file=sys.stderr)
    print(f"{found.sealed} rows are sealed, {found.marks} signatures looked at, {found.erased} salts erased.")
    print(f"{found.unsealed} rows are not sealed yet.")
    print(f"head {found.head.hex()}")
    print("The log is as it was written." if found.sound else f"{found.faulty} faults were found.")
    return 0 if found.sound else FAULTY


async def bundle(
    engine: AsyncEngine, programme: Programme, storage: Storage, number: str, folder: Path
) -> int:
    """Write everything about one case into a new folder, readable by its owner only."""
    async with transaction(engine) as connection:
        clock = Clock(await installation.offset(connection))
        services = Services(connection, programme, clock, None)
        try:
            found = await gather(services, number)
        except (UnknownCase, Refusal) as error:
            print(error, file=sys.stderr)
            return WRONG
        chain = await audit_chain.verify(connection)
        target = folder / found.number
        target.mkdir(mode=0o700, parents=True)
        written: dict[str, bytes] = {}
        for paper in found.papers:
            written[f"papers/{paper.id}-{paper.name}"] = await services.papers.read(paper.id)
        for document in found.documents:
            try:
                written[f"files/{document.id}-{document.name}"] = await storage.get(document.file)
            except MissingFile:
                print(f"The file of document {document.id} is missing.", file=sys.stderr)
    written["case.json"] = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2)
    written["case.pdf"] = render(TEMPLATE, _printed(found, programme, chain, written))
    written["SHA256SUMS"] = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(written.items())
    ).encode()
    for name, content in written.items():
        _write(target / name, content)
    print(f"{target}: {len(written)} files, {len(found.history)} changes")
    return 0 if chain.sound else FAULTY


def _printed(
    found: Dossier, programme: Programme, chain: audit_chain.Findings, written: dict[str, bytes]
) -> dict[str, Any]:
    """What the PDF shows: money, history and files."""
    rows, say = found.rows, speaker(DEFAULT)
    return {
        "number": found.number,
        "dated": found.made_at,
        "made_at": found.made_at,
        "programme": {"name": programme.name, "short_name": programme.short_name, "phase": programme.phase},
        "companies": [f"{row['number']} {row['name']}" for row in rows["companies"]],
        "experts": [f"{row['number']} {row['name']}" for row in rows["experts"]],
        "sealed": chain.sealed,
        "last_seal": max((row["position"] or 0 for row in found.history), default=0),
        "head": chain.head.hex()[:16],
        "ledger": [
            {key: row[key] for key in ("at", "reason", "yen")}
            | {key: say(STAGES[row[key]]) for key in ("source", "target")}
            for row in rows.get("ledger", [])
        ],
        "history": [
            {
                "at": row["at"],
                "actor": row["actor_name"] or ("-" if row["actor"] is None else f"#{row['actor']}"),
                "what": f"{found.called(row['subject'], row['subject_id'])}: {say(called(row['action']))}",
                "reason": row["reason"],
                "revision": row["revision"],
                "seal": "" if row["position"] is None else f"{row['position']} {row['hash'][:8]}",
            }
            for row in found.history
        ],
        "files": [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(written.items())
            if name != "case.json"
        ],
    }


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
