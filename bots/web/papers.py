"""Papers of the programme, handed out to whoever has a link that we signed some minutes ago."""

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web import words
from bots.web.page import PRIVATE, Reader
from locales.language import DEFAULT
from services import documents, papers
from services.database import transaction
from services.filecheck import PDF
from services.papers import Paper
from services.programme import Programme

POLICY = "default-src 'none'; frame-ancestors 'none'"


def routes(engine: AsyncEngine, programme: Programme) -> list[Route]:
    """`/files/papers/<id>`."""
    return [Route("/files/papers/{paper:int}", Shelf(engine, programme).hand_out, methods=["GET"])]


@dataclass(frozen=True)
class Shelf:
    """Where papers are handed out."""

    engine: AsyncEngine
    programme: Programme

    async def hand_out(self, request: Request) -> Response:
        """A paper, a PDF to be looked at and everything else to be saved; or why the link shows none."""
        reader = Reader(DEFAULT, self.programme.name)
        paper_id = int(request.path_params["paper"])
        until, signature = request.query_params.get("until", ""), request.query_params.get("sig", "")
        if not papers.is_linked(paper_id, until, signature):
            return words.no_paper(reader)
        if documents.is_over(until):
            return words.paper_link_over(reader)
        async with transaction(self.engine) as connection:
            found = await papers.shown(connection, paper_id)
        if found is None:
            return words.no_paper(reader)
        paper, data = found
        return Response(data, media_type=paper.mime, headers=_headers(paper))


def _headers(paper: Paper) -> dict[str, str]:
    # Chromium refuses to show a PDF in a sandbox; its viewer is one already, and we made the paper ourselves.
    shown = "inline" if paper.mime == PDF else "attachment"
    return PRIVATE | {
        "Content-Security-Policy": POLICY if paper.mime == PDF else f"{POLICY}; sandbox",
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(paper.name, safe='')}",
    }
