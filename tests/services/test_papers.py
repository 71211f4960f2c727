"""Papers are the same bytes each time, show what was typed as it was typed, and are kept unreadable."""

import io
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services import papers
from services.bundle import Services
from services.database import transaction
from services.paper_records import Paper
from services.papers import AlteredPaper
from services.refusals import Refusal
from services.values import Yen
from tests.services.cast import HANAKO, services_for

TEMPLATE = """#import "common.typ": *
#show: paper.with("覚書", data.number)
#facts(("内容", data.text), ("期日", day(data.dated)), ("時刻", moment(data.at)), ("金額", yen(data.amount)))
"""
HOSTILE = "#import \"x\"; *太い* _斜め_ $1+1$ `c` \\ @ref <b> // 注 /* */ #data.number ~ -- ... 'q' = 見出し"


@pytest.fixture
def memo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small paper of this test's own beside what all papers share."""
    shutil.copy(papers.TEMPLATES / "common.typ", tmp_path)
    (tmp_path / "memo.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(papers, "TEMPLATES", tmp_path)
    return "memo"


@pytest.fixture
async def office(engine: AsyncEngine) -> AsyncIterator[Services]:
    async with transaction(engine) as connection:
        yield await services_for(connection, HANAKO)


def data(**other: object) -> dict[str, object]:
    return {
        "number": "Z-00001",
        "text": "ふつう",
        "dated": date(2021, 11, 1),
        "at": datetime(2021, 11, 1, 15, 30, tzinfo=UTC),
        "amount": Yen(1_234_567),
    } | other


def read(content: bytes) -> str:
    """The text of a PDF without the spaces that its layout makes."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


async def made(office: Services, memo: str, **other: object) -> tuple[Paper, bytes]:
    paper = await office.papers.make("memo", 1, memo, data(**other), "覚書.pdf")
    return paper, await office.papers.read(paper.id)


async def test_the_same_data_gives_the_same_bytes(office: Services, memo: str) -> None:
    one, first = await made(office, memo)
    two, second = await made(office, memo)
    assert first == second
    assert one.sha256 == two.sha256
    assert one.receipt == one.sha256[:8].upper()
    other, _ = await made(office, memo, text="ちがう")
    assert other.sha256 != one.sha256


async def test_dates_moments_and_amounts_read_as_in_tokyo(office: Services, memo: str) -> None:
    shown = read((await made(office, memo))[1])
    for words in (
        "2021年11月1日",
        "2021年11月2日00:30",
        "1,234,567円",
        "第Ⅱ期中小企業デジタル化応援隊事業",
        "1/1",
    ):
        assert words in shown


async def test_what_was_typed_is_shown_and_never_obeyed(office: Services, memo: str) -> None:
    shown = read((await made(office, memo, text=HOSTILE))[1])
    assert "".join(HOSTILE.split()) in shown


async def test_lines_stay_lines_and_signs_that_turn_the_text_are_left_out(
    office: Services, memo: str
) -> None:
    _, content = await made(office, memo, text="一行目\n二行目 \u202e009\x00\x1b 🍡")
    lines = PdfReader(io.BytesIO(content)).pages[0].extract_text().splitlines()
    assert any(line.endswith("一行目") for line in lines)
    assert "二行目009〓" in read(content)
    assert "\u202e" not in read(content)


async def test_a_paper_carries_no_moment_of_its_making(office: Services, memo: str) -> None:
    _, content = await made(office, memo)
    metadata = PdfReader(io.BytesIO(content)).metadata
    assert metadata is not None
    assert metadata.title == "覚書 Z-00001"
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == date(2021, 11, 1)


async def test_what_is_kept_is_sealed(office: Services, memo: str) -> None:
    paper, content = await made(office, memo)
    row = await office.connection.execute(text("SELECT sealed FROM papers WHERE id = :id"), {"id": paper.id})
    sealed = bytes(row.scalar_one())
    assert content[:8] not in sealed
    assert paper.size == len(content)


async def test_bytes_that_were_changed_are_not_handed_out(office: Services, memo: str) -> None:
    one, _ = await made(office, memo)
    two = await office.papers.keep("memo", 1, b"another", "text/plain", "other.txt")
    swapped = await office.connection.execute(text(f"SELECT sealed FROM papers WHERE id = {two.id}"))
    await office.connection.execute(
        update(Paper).where(Paper.id == one.id).values(sealed=swapped.scalar_one())
    )
    with pytest.raises(AlteredPaper):
        await office.papers.read(one.id)


async def test_a_paper_that_is_not_there_is_refused(office: Services) -> None:
    with pytest.raises(Refusal):
        await office.papers.read(999)
    with pytest.raises(Refusal):
        await office.papers.link(999)
