"""Cases of another system, taken over under their own numbers; what came before is taken over anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, and_, delete, select
from sqlalchemy.dialects.postgresql import insert

from services import similar_records
from services.case_file import Row, Wrong
from services.case_index import SHAPE, IndexRow
from services.case_records import OPEN_STATES, Case, CaseState
from services.companies import Company, EntityKind, Matching, Standing

if TYPE_CHECKING:
    from services.bundle import Services

NUMBER = "IMPORT"
"""The number of the business to which cases belong whose own is not known here."""
REPLACED = (
    CaseState.PUBLISHED,
    CaseState.CLOSED,
    CaseState.HIDDEN,
    CaseState.UNDER_REVIEW,
    CaseState.DEFICIENT,
)
"""The states that a file can bring; a case that went on from them here is no longer the file's."""


class Import:
    """Takes rows over, within one transaction each time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._asked: set[str] = set()
        self._cases: dict[str, RowMapping] = {}

    async def refused(self, rows: Sequence[Row]) -> list[Wrong]:
        """The rows whose number belongs to a case that was not imported, or that went on here since."""
        company_id, known = await self._company(), await self._known(rows)
        refused = []
        for row in rows:
            case = known.get(row.number)
            if case is None:
                continue
            if case["company_id"] != company_id:
                refused.append(Wrong(row.line, "this id is the number of a case of ours"))
            elif case["state"] not in (*REPLACED, CaseState.NEGOTIATING):
                refused.append(Wrong(row.line, f"this case went on here: {case['state']}"))
        return refused

    async def take(self, rows: Sequence[Row]) -> int:
        """Keep these rows and make the open ones findable; returns how many were new or different.

        A row that says what was known already changes nothing. Rows that `refused` names must not be among them.
        """
        known = await self._known(rows)
        company_id = await self._company()
        written = [
            {"number": row.number, **content}
            for row in rows
            if (content := self._content(row, known.get(row.number), company_id)) is not None
        ]
        if written:
            await self._write(written)
        changed = {one["number"] for one in written}
        indexed = await self._indexed(rows)
        await self._index([row for row in rows if row.number in changed or row.number not in indexed])
        await self._compare(sorted(changed))
        return len(written)

    async def begin(self) -> None:
        """Note in the audit log that cases are imported from now on."""
        await self._services.audit.note("cases imported", "company", await self._company())

    async def _known(self, rows: Sequence[Row]) -> Mapping[str, RowMapping]:
        """The cases of these numbers as they were when this import first asked; they are locked since."""
        if numbers := sorted({row.number for row in rows} - self._asked):
            cases = select(Case.__table__).where(Case.number.in_(numbers)).order_by(Case.number)
            found = await self._services.connection.execute(cases.with_for_update())
            self._asked.update(numbers)
            self._cases |= {case["number"]: case for case in found.mappings()}
        return self._cases

    def _content(self, row: Row, known: RowMapping | None, company_id: int) -> dict[str, Any] | None:
        """What is to be written of a row; None when all of it is known."""
        now = self._services.now
        content: dict[str, Any] = dict(row.values)
        state = content["state"]
        if known and state is CaseState.PUBLISHED and known["state"] in OPEN_STATES:
            content["state"] = known["state"]
        posted = content["published_at"] or (known and known["published_at"]) or now
        content |= {"company_id": company_id, "published_at": posted, "applied_at": posted, "closed_at": None}
        if state is CaseState.CLOSED:
            content["closed_at"] = (known and known["closed_at"]) or now
        if known and all(known[name] == value for name, value in content.items()):
            return None
        return content | {"revision": known["revision"] + 1 if known else 1}

    async def _write(self, contents: Sequence[Mapping[str, Any]]) -> None:
        statement = insert(Case)
        changed = {name: statement.excluded[name] for name in contents[0] if name != "number"}
        statement = statement.on_conflict_do_update(index_elements=[Case.number], set_=changed)
        # Row by row, for a statement of many is made anew each time; in order, so that two imports do not block.
        in_order = sorted(contents, key=lambda one: str(one["number"]))
        await self._services.connection.execute(statement, in_order)

    async def _indexed(self, rows: Sequence[Row]) -> set[str]:
        """The numbers of those that stand in the index as they should, if only they have not changed."""
        found = await self._services.connection.execute(
            select(Case.number, Case.state, IndexRow.areas)
            .outerjoin(IndexRow, and_(IndexRow.case_id == Case.id, IndexRow.shape == SHAPE))
            .where(Case.number.in_([row.number for row in rows]))
        )
        known = {number: (state in OPEN_STATES, areas) for number, state, areas in found}
        wanted = {row.number: [row.values["area"], *row.more_areas] for row in rows}
        return {
            number
            for number, (is_open, areas) in known.items()
            if areas == (wanted[number] if is_open else None)
        }

    async def _index(self, rows: Sequence[Row]) -> None:
        """Make the open ones of these findable, all of them together, and the others no longer."""
        if not rows:
            return
        session = self._services.session
        more_areas = {row.number: row.more_areas for row in rows}
        found = select(Case).where(Case.number.in_(more_areas)).execution_options(populate_existing=True)
        cases = (await session.scalars(found)).all()
        open_cases = [case for case in cases if case.state in OPEN_STATES]
        open_ids, matching = [case.id for case in open_cases], self._services.saved_matching
        before = await matching.before(open_ids)
        await self._services.search.index_all([(case, more_areas[case.number]) for case in open_cases])
        await matching.match(open_ids, before)
        shut = [case.id for case in cases if case.state not in OPEN_STATES]
        await session.execute(delete(IndexRow).where(IndexRow.case_id.in_(shut)))
        session.expunge_all()

    async def _compare(self, numbers: Sequence[str]) -> None:
        """Let the texts of these be found, soon, when nearly the same ones are handed in."""
        found = await self._services.connection.execute(select(Case.id).where(Case.number.in_(numbers)))
        await similar_records.keep_later(self._services, "case", list(found.scalars()))

    async def _company(self) -> int:
        session = self._services.session
        found = await session.scalar(select(Company.id).where(Company.number == NUMBER))
        if found is not None:
            return found
        programme, now = self._services.programme, self._services.now
        company = Company(
            number=NUMBER,
            standing=Standing.WITHDRAWN,
            kind=EntityKind.OTHER_BODY,
            name=NUMBER,
            representative="-",
            industry=programme.industries[0].code,
            employees="-",
            postal_code="",
            prefecture="",
            city="",
            street="",
            phone="",
            phone_hash=b"",
            email="",
            matching=Matching.UNMATCHED,
            phase1_used_yen=0,
            terms_version="-",
            applied_at=now,
        )
        session.add(company)
        await session.flush()
        return company.id
