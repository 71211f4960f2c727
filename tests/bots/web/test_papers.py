"""A paper goes out through a link of five minutes, and through nothing else."""

import hashlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from bots.web import papers
from services import documents
from services.database import transaction
from services.programme import load
from tests.bots.web.browser import get
from tests.services.cast import HANAKO, services_for

CSV = "text/csv; charset=utf-8"


async def kept(engine: AsyncEngine, mime: str, name: str, data: bytes = b"%PDF-1.7 a paper") -> str:
    """The link to a paper that was just kept."""
    async with transaction(engine) as connection:
        services = await services_for(connection, HANAKO)
        paper = await services.papers.keep("contract", 1, data, mime, name)
        return await services.papers.link(paper.id)


@pytest.fixture
def shelf(engine: AsyncEngine) -> Starlette:
    return Starlette(routes=papers.routes(engine, load("phase2")))


async def test_a_pdf_is_shown_as_it_was_made(engine: AsyncEngine, shelf: Starlette) -> None:
    reply = await get(shelf, await kept(engine, "application/pdf", "契約書.pdf"))
    assert reply.status == 200
    assert hashlib.sha256(reply.body).hexdigest() == hashlib.sha256(b"%PDF-1.7 a paper").hexdigest()
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"].startswith("inline; filename*=UTF-8''%E5%A5%91")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"


async def test_anything_else_is_saved_not_opened(engine: AsyncEngine, shelf: Starlette) -> None:
    reply = await get(shelf, await kept(engine, CSV, "list.csv", b"<script>"))
    assert reply.headers["content-disposition"].startswith("attachment; ")
    assert reply.headers["content-type"] == CSV
    assert "sandbox" in reply.headers["content-security-policy"]


async def test_a_link_shows_its_own_paper_only(engine: AsyncEngine, shelf: Starlette) -> None:
    link = await kept(engine, CSV, "one.csv")
    other = await kept(engine, CSV, "two.csv")
    swapped = link.partition("?")[0] + "?" + other.partition("?")[2]
    assert (await get(shelf, swapped)).status == 404
    assert (await get(shelf, link.partition("&")[0])).status == 404
    assert (await get(shelf, link.replace("/papers/1", "/papers/999"))).status == 404


async def test_after_five_minutes_a_link_says_how_to_get_another(
    engine: AsyncEngine, shelf: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await kept(engine, CSV, "one.csv")
    later = datetime.now(UTC) + documents.LINKED_FOR
    monkeypatch.setattr(documents, "wall", lambda: later)
    reply = await get(shelf, link)
    assert reply.status == 410
    assert "one.csv" not in reply.body.decode()


async def test_who_asked_for_a_link_is_on_record(engine: AsyncEngine) -> None:
    await kept(engine, CSV, "one.csv")
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT action, subject, actor FROM audit"))).all()
    assert [tuple(row) for row in rows] == [("link given", "paper", 1)]
