"""Everything that is on record about one case, for an auditor: rows, history, papers and files.

What belongs to it is found by the keys between the tables, so that a table of tomorrow is not forgotten:
whatever refers to the case or request, to a plan of it, to a contract of that, and so on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, or_, select, tuple_

from services import numbers
from services.audit import AuditRow
from services.audit_chain import Seal
from services.clock import in_tokyo
from services.database import Base
from services.documents import Document
from services.paper_records import Paper
from services.people import PersonRow
from services.reviews import Review

if TYPE_CHECKING:
    from services.bundle import Services

NOUNS = {
    "case": "cases",
    "request": "requests",
    "enquiry": "enquiries",
    "plan": "plans",
    "contract": "contracts",
    "session": "sessions",
    "report": "reports",
    "invoice": "invoices",
    "claim": "claims",
    "payment": "payments",
    "reclaim": "reclaims",
}
"""What a case leads to, and the table that holds it."""
LEFT_OUT = {"case_index", "bookmarks"}
"""What other experts searched and marked is theirs."""


class UnknownCase(Exception):
    """No case, request or contract has this number."""


@dataclass
class Dossier:
    """One case as it is on record: rows by table, what happened in order, and what lies in the storage."""

    number: str
    made_at: datetime
    ids: dict[str, set[int]]
    rows: dict[str, list[dict[str, Any]]]
    history: list[dict[str, Any]] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    def called(self, noun: str, id: int) -> str:
        """The number by which people know a record, or its kind and id where it has none."""
        table = NOUNS.get(noun) or {"company": "companies", "expert": "experts"}.get(noun, "")
        for row in self.rows.get(table, []):
            if row["id"] == id and "number" in row:
                return str(row["number"])
        return f"{noun} {id}"

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data; moments as they read in Tokyo."""
        return {
            "number": self.number,
            "made_at": plain(self.made_at),
            "records": self.rows,
            "history": self.history,
            "papers": [
                {"id": one.id, "kind": one.kind, "name": one.name, "sha256": one.sha256}
                for one in self.papers
            ],
            "files": [
                {"id": one.id, "purpose": one.purpose, "name": one.name, "sha256": one.sha256}
                for one in self.documents
            ],
        }


async def gather(services: Services, typed: str) -> Dossier:
    """The dossier of a case, direct request or contract by its number; raises UnknownCase, and Refusal for no number."""
    number = numbers.read(typed)
    ids = await _root(services, number)
    rows: dict[str, list[dict[str, Any]]] = {}
    grown = True
    while grown:
        before = {noun: len(found) for noun, found in ids.items()}
        for table in Base.metadata.sorted_tables:
            await _follow(services, table, ids, rows)
        grown = before != {noun: len(found) for noun, found in ids.items()}
    await _parties(services, ids, rows)
    dossier = Dossier(number, services.now, dict(ids), rows)
    reviewed = tuple_(Review.kind, Review.subject_id).in_(_subjects(ids))
    rows["reviews"] = await _all(services, _table(Review), reviewed)
    of_it = tuple_(Paper.kind, Paper.ref).in_(_subjects(ids)) | Paper.id.in_(_named(rows, "paper_id"))
    dossier.papers = list(await services.session.scalars(select(Paper).where(of_it).order_by(Paper.id)))
    files = _named(rows, "document_id") | _documents_of(rows)
    dossier.documents = list(
        await services.session.scalars(select(Document).where(Document.id.in_(files)).order_by(Document.id))
    )
    files_and_papers = {
        "document": {one.id for one in dossier.documents},
        "paper": {one.id for one in dossier.papers},
    }
    dossier.history = await _history(services, ids | files_and_papers)
    return dossier


async def _root(services: Services, number: str) -> defaultdict[str, set[int]]:
    """The case or request from which everything else is found."""
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for noun in ("case", "request"):
        table = Base.metadata.tables[NOUNS[noun]]
        found = await services.connection.scalar(select(table.c.id).where(table.c.number == number))
        if found is not None:
            ids[noun].add(found)
            return ids
    contracts, plans = Base.metadata.tables["contracts"], Base.metadata.tables["plans"]
    row = (
        await services.connection.execute(
            select(plans.c.id, plans.c.case_id, plans.c.request_id)
            .join(contracts, contracts.c.plan_id == plans.c.id)
            .where(contracts.c.number == number)
        )
    ).one_or_none()
    if row is None:
        raise UnknownCase(f"No case, request or contract has the number {number}.")
    for noun, found in (("plan", row.id), ("case", row.case_id), ("request", row.request_id)):
        if found is not None:
            ids[noun].add(found)
    return ids


async def _follow(
    services: Services, table: Table, ids: defaultdict[str, set[int]], rows: dict[str, list[dict[str, Any]]]
) -> None:
    """Read the rows of one table that refer to what was found, or are it, and find what they lead to."""
    if table.name in LEFT_OUT:
        return
    noun = next((noun for noun, name in NOUNS.items() if name == table.name), None)
    keys = [key for key in NOUNS if f"{key}_id" in table.c and ids[key]]
    if not keys and not (noun and ids[noun]):
        return
    conditions = [table.c[f"{key}_id"].in_(ids[key]) for key in keys]
    if noun and ids[noun]:
        conditions.append(table.c.id.in_(ids[noun]))
    rows[str(table.name)] = await _all(services, table, or_(*conditions))
    if noun:
        ids[noun] |= {row["id"] for row in rows[str(table.name)]}
    # A contract leads to its plan as well as a plan to its contract.
    for key in NOUNS:
        if f"{key}_id" in table.c and noun and key not in ("case", "request"):
            ids[key] |= {row[f"{key}_id"] for row in rows[str(table.name)] if row[f"{key}_id"] is not None}


async def _parties(
    services: Services, ids: defaultdict[str, set[int]], rows: dict[str, list[dict[str, Any]]]
) -> None:
    """The company, and the experts with whom there was a contract; of others only their number is known."""
    tables = Base.metadata.tables
    ids["company"] = _named(rows, "company_id")
    ids["expert"] = _named({"contracts": rows.get("contracts", [])}, "expert_id")
    for noun, name in (("company", "companies"), ("expert", "experts")):
        rows[name] = await _all(services, tables[name], tables[name].c.id.in_(ids[noun]))
    others = _named(rows, "expert_id") - ids["expert"]
    experts = tables["experts"]
    found = await services.connection.execute(
        select(experts.c.id, experts.c.number).where(experts.c.id.in_(others)).order_by(experts.c.id)
    )
    rows["other_experts"] = [{"id": row.id, "number": row.number} for row in found]
    members, runs = tables["company_members"], tables["payment_runs"]
    rows["company_members"] = await _all(services, members, members.c.company_id.in_(ids["company"]))
    rows["payment_runs"] = await _all(services, runs, runs.c.id.in_(_named(rows, "run_id")))


async def _history(services: Services, ids: dict[str, set[int]]) -> list[dict[str, Any]]:
    """Every change of anything in the dossier in order: when, who, what, why, on which revision, and its seal."""
    audit, seals = _table(AuditRow), _table(Seal)
    found = await services.connection.execute(
        select(audit, seals.c.position, seals.c.hash)
        .join(seals, seals.c.audit_id == audit.c.id, isouter=True)
        .where(tuple_(audit.c.subject, audit.c.subject_id).in_(_subjects(ids)))
        .order_by(audit.c.id)
    )
    changes = [{str(key): plain(value) for key, value in row._mapping.items()} for row in found]
    names = await _names(services, {change["actor"] for change in changes} - {None})
    return [{**change, "actor_name": names.get(change["actor"])} for change in changes]


async def _names(services: Services, people: Iterable[int]) -> dict[int, str]:
    table = _table(PersonRow)
    found = await services.connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(people)))
    return {row.id: row.name for row in found if row.name}


async def _all(services: Services, table: Table, condition: Any) -> list[dict[str, Any]]:
    found = await services.connection.execute(
        select(table).where(condition).order_by(*table.primary_key.columns)
    )
    return [{str(key): plain(value) for key, value in row._mapping.items()} for row in found]


def _subjects(ids: dict[str, set[int]]) -> list[tuple[str, int]]:
    return [(noun, id) for noun, found in sorted(ids.items()) for id in sorted(found)]


def _named(rows: dict[str, list[dict[str, Any]]], column: str) -> set[int]:
    """Every id that stands in a column whose name ends so, in whatever table."""
    return {
        value
        for table in rows.values()
        for row in table
        for key, value in row.items()
        if key.endswith(column) and isinstance(value, int)
    }


def _documents_of(rows: dict[str, list[dict[str, Any]]]) -> set[int]:
    """The files with which the parties registered."""
    return {
        id
        for expert in rows.get("experts", [])
        for documents in (expert["documents"] or {}).values()
        for id in documents
    }


def _table(record: type[Base]) -> Table:
    table = record.__table__
    assert isinstance(table, Table)
    return table


def plain(value: Any) -> Any:
    """A value of a column as JSON has it: moments in Tokyo, bytes as hex."""
    match value:
        case datetime():
            return in_tokyo(value).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case Decimal():
            return str(value)
        case _:
            return value
