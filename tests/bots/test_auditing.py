"""What an auditor types: the log is looked through, and one case is written out whole."""

import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.terminal import auditing
from services import audit_chain, installation
from services.case_records import CaseState
from services.database import transaction
from services.programme import Programme
from services.storage import Storage
from tests.conftest import NOON, ActingAs
from tests.services import plan_people, road


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Where files lie."""
    return Storage(tmp_path / "kept")


@pytest.fixture
async def numbers(engine: AsyncEngine, acting: ActingAs) -> tuple[str, str]:
    """A case with a contract and three changes in the log, sealed, and the number of somebody else's case."""
    async with transaction(engine) as connection:
        await installation.settle(connection, playground=True, starts=None, first=NOON)
    async with acting("U1") as services:
        company = await plan_people.company(services)
        case = await plan_people.case(services, company, CaseState.CONTRACTED)
    async with acting("S1", "slack") as services:
        expert = await plan_people.expert(services)
        plan = await road.plan(services, company, expert, case_id=case.id)
        contract = await road.contract(services, company, expert, plan=plan)
        await road.session(services, contract)
        paper = await services.papers.keep("contract", contract.id, b"signed by both", "text/plain", "K.txt")
        for what, id in (("case", case.id), ("plan", plan.id), ("contract", contract.id)):
            await services.audit.note("sent", what, id, revision=1, reason="as agreed")
        contract.paper_id = paper.id
    async with acting("U2") as services:
        other = await plan_people.case(services, await plan_people.company(services))
        await services.audit.note("sent", "case", other.id)
    async with transaction(engine) as connection:
        assert await audit_chain.seal(connection) >= 4
    return case.number, other.number


async def test_one_case_is_written_out_with_its_papers_and_hashes(
    engine: AsyncEngine, rules: Programme, storage: Storage, numbers: tuple[str, str], tmp_path: Path
) -> None:
    number, other = numbers
    assert await auditing.bundle(engine, rules, storage, number, tmp_path) == 0
    folder = tmp_path / number
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert (folder / name).stat().st_mode & 0o077 == 0
    known = json.loads((folder / "case.json").read_text())
    assert [row["action"] for row in known["history"]].count("sent") == 3
    assert all(row["position"] for row in known["history"])
    assert len(known["records"]["sessions"]) == len(known["records"]["contracts"]) == 1
    assert other not in (folder / "case.json").read_text()
    assert b"signed by both" in next((folder / "papers").iterdir()).read_bytes()
    printed = pypdf.PdfReader(io.BytesIO((folder / "case.pdf").read_bytes()))
    words = "".join(page.extract_text() for page in printed.pages)
    assert number in words and "案件記録" in words and "やまだ菓子店" in words


async def test_a_contract_leads_to_the_same_case(
    engine: AsyncEngine, rules: Programme, storage: Storage, numbers: tuple[str, str], tmp_path: Path
) -> None:
    async with transaction(engine) as connection:
        contract = await connection.scalar(text("SELECT number FROM contracts"))
    assert await auditing.bundle(engine, rules, storage, str(contract), tmp_path) == 0
    known = json.loads((tmp_path / str(contract) / "case.json").read_text())
    assert [row["number"] for row in known["records"]["cases"]] == [numbers[0]]


@pytest.mark.parametrize("typed", ["A-999999", "K-000013", "what?"])
async def test_a_number_of_nothing_is_explained(
    engine: AsyncEngine,
    rules: Programme,
    storage: Storage,
    numbers: tuple[str, str],
    typed: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await auditing.bundle(engine, rules, storage, typed, tmp_path) == auditing.WRONG
    assert capsys.readouterr().err.strip()
    assert not (tmp_path / typed).exists()


async def test_a_sound_log_is_said_to_be_sound(
    engine: AsyncEngine, numbers: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await auditing.verify(engine, None) == 0
    assert "as it was written" in capsys.readouterr().out


async def test_a_changed_row_makes_the_command_fail(
    engine: AsyncEngine, numbers: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    async with transaction(engine) as connection:
        await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER append_only"))
        await connection.execute(text("UPDATE audit SET at = at + :later"), {"later": timedelta(days=1)})
    assert await auditing.verify(engine, None) == auditing.FAULTY
    assert "not as it was sealed" in capsys.readouterr().err
