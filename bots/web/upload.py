"""Documents over the web: the page behind a one-time link, and the short-lived links to what was sent."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web import papers, words
from bots.web.page import PRIVATE, Reader
from locales import _
from locales.language import DEFAULT
from services import documents, filecheck
from services.clock import Clock
from services.database import transaction
from services.documents import Document, Invitation, Over, Stored
from services.filecheck import FORMATS, JPEG, MEGABYTE, PDF, SOUNDS
from services.people import Identity, People
from services.photographs import small, without_place
from services.programme import Programme
from services.refusals import Refusal
from services.storage import Storage

MOST_READ = 16 * MEGABYTE
MOST_DRAINED = 64 * MEGABYTE
PATIENCE_SECONDS = 180
CHECKS_AT_ONCE = 2

Work = Callable[[Identity], None]
"""Has what waits of a person answered, as `Dispatcher.work` does."""


def routes(
    engine: AsyncEngine, storage: Storage, work: Work, programme: Programme, clock: Clock
) -> list[Route]:
    """`/upload/<token>`, `/files/<id>` and `/files/papers/<id>`."""
    counter = Counter(engine, storage, work, programme, clock)
    return [
        Route("/upload/{token}", counter.show, methods=["GET"]),
        Route("/upload/{token}", counter.take, methods=["POST"]),
        Route("/files/{document:int}", counter.hand_out, methods=["GET"]),
        Route("/files/{document:int}.{ending}", counter.hand_out, methods=["GET"]),
        *papers.routes(engine, programme),
    ]


@dataclass
class Counter:
    """Where documents are handed in and handed out."""

    engine: AsyncEngine
    storage: Storage
    work: Work
    programme: Programme
    clock: Clock
    _checking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHECKS_AT_ONCE))

    async def show(self, request: Request) -> Response:
        """The page that asks for a document, or says kindly why its link is over."""
        invitation, reader = await self._open(request)
        if invitation is None:
            return words.unknown(reader)
        if invitation.over is not None:
            return words.over(reader, invitation)
        return words.asking(reader, invitation, self.programme)

    async def take(self, request: Request) -> Response:
        """Receive one file: the same page with a sentence if it cannot be used, a receipt otherwise."""
        invitation, reader = await self._open(request)
        if invitation is None or invitation.over not in (None, Over.FULL):
            await _drain(request)
            return words.unknown(reader) if invitation is None else words.over(reader, invitation)
        try:
            name, data = await self._read(request)
            mime = await self._check(data)
        except ClientDisconnect:
            return Response(status_code=400)
        except Refusal as refusal:
            return words.asking(reader, invitation, self.programme, refusal.reason)
        invitation, document = await self._keep(
            request.path_params["token"], documents.filed_name(name, mime), mime, data
        )
        if document is None:
            return words.over(reader, invitation)
        self.work(invitation.identity)
        return words.received(reader, invitation, document)

    async def hand_out(self, request: Request) -> Response:
        """A document, to whoever has a good link; `small=1` asks for a picture as a phone previews it."""
        reader = Reader(DEFAULT, self.programme.name)
        document_id = int(request.path_params["document"])
        until, signature = request.query_params.get("until", ""), request.query_params.get("sig", "")
        if not documents.is_linked(document_id, until, signature):
            return words.no_file(reader)
        if documents.is_over(until):
            sent = "ending" in request.path_params
            return words.sent_link_over(reader) if sent else words.link_over(reader)
        async with transaction(self.engine) as connection:
            document = await documents.shown(connection, document_id)
        if document is None:
            return words.no_file(reader)
        data = await self.storage.get(document.file)
        mime = document.mime
        if request.query_params.get("small") and mime in FORMATS:
            mime, shown = JPEG, small
        else:
            shown = without_place
        content = await asyncio.to_thread(shown, data, document.mime)
        return Response(content, media_type=mime, headers=_headers(document))

    async def _open(self, request: Request) -> tuple[Invitation | None, Reader]:
        language = DEFAULT
        async with transaction(self.engine) as connection:
            invitation = await documents.open_invitation(connection, request.path_params["token"])
            if invitation is not None:
                language = await People(connection).language(invitation.person_id)
        return invitation, Reader(language, self.programme.name)

    async def _read(self, request: Request) -> tuple[str, bytes]:
        """Name and bytes of the one file of a form, held in memory: nothing lies on a disk before it is encrypted."""
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise Refusal(_("Please choose a file first."))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                form = await _Form(request.headers, _bounded(request), max_files=1, max_fields=4).parse()
        except _TooMuch as error:
            raise filecheck.too_big(None, self.programme.limits.file_megabytes) from error
        except TimeoutError as error:
            raise Refusal(
                _("The connection was too slow. Please try again where the signal is good.")
            ) from error
        except MultiPartException as error:
            raise Refusal(_("Please send one file at a time.")) from error
        try:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise Refusal(_("Please choose a file first."))
            return file.filename, await file.read()
        finally:
            await form.close()

    async def _check(self, data: bytes) -> str:
        async with self._checking:
            return await asyncio.to_thread(filecheck.check, data, self.programme.limits.file_megabytes)

    async def _keep(
        self, token: str, name: str, mime: str, data: bytes
    ) -> tuple[Invitation, Document | None]:
        file = await self.storage.put(data)
        stored = Stored(name, mime, len(data), documents.digest(data), file)
        async with transaction(self.engine) as connection:
            return await documents.receive(connection, token, stored, self.clock.now())


class _TooMuch(Exception):
    """More came than we read for anybody."""


class _Form(MultiPartParser):
    spool_max_size = MOST_READ + MEGABYTE


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    """The body up to a limit; the rest is read and dropped, since a browser shows no answer before it has sent all."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_DRAINED:
            raise _TooMuch
        if size <= MOST_READ:
            yield chunk
    if size > MOST_READ:
        raise _TooMuch


async def _drain(request: Request) -> None:
    with suppress(_TooMuch, ClientDisconnect):
        async for _chunk in _bounded(request):
            pass


def _headers(document: Document) -> dict[str, str]:
    # Chromium refuses to show a PDF in a sandbox; its viewer is one already, and filecheck lets no program in.
    policy = "default-src 'none'; frame-ancestors 'none'"
    if document.mime != PDF:
        policy += "; sandbox"
    name = quote(document.name, safe="")
    # A browser in a sandbox does not play sounds; they are saved and opened with what plays them.
    shown = "attachment" if document.mime in SOUNDS.values() else "inline"
    return PRIVATE | {
        "Content-Security-Policy": policy,
        "Content-Disposition": f"{shown}; filename*=UTF-8''{name}",
    }
