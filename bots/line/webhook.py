"""LINE's door: nothing is parsed before its signature is right, and nothing is answered before it is stored."""

import base64
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bots.line.inbound import Malformed, arrivals
from services.inbox import Arrival

log = logging.getLogger(__name__)
MOST_BYTES = 2_000_000
SIGNATURE = "x-line-signature"


class Accepting(Protocol):
    """Stores arrivals and has them answered in the background."""

    async def accept(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Store events, safely; returns those that are new."""


def endpoint(dispatcher: Accepting, secret: str, tenant: str) -> Callable[[Request], Awaitable[Response]]:
    """What answers POST /line/webhook."""

    async def webhook(request: Request) -> Response:
        raw = await _read(request)
        if raw is None:
            return _answer(413, b'{"error":"the body is too large"}')
        if not signed(raw, request.headers.get(SIGNATURE, ""), secret):
            return _answer(401, b'{"error":"the signature is missing or wrong"}')
        try:
            arrived = arrivals(raw, tenant=tenant)
        except Malformed:
            return _answer(400, b'{"error":"the body is not a webhook of LINE"}')
        try:
            if arrived:
                await dispatcher.accept(arrived)
        except Exception as error:
            # Nothing was stored, so LINE is to send it again; the text of the error may hold personal data.
            log.error("could not receive: %s", type(error).__name__)
            log.debug("why it failed", exc_info=True)
            return _answer(500, b"{}")
        return _answer(200, b"{}")

    return webhook


def signed(raw: bytes, signature: str, secret: str) -> bool:
    """Whether LINE signed exactly these bytes, compared in constant time (PLATFORMS 1.1)."""
    right = base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256))
    return hmac.compare_digest(right, signature.encode())


async def _read(request: Request) -> bytes | None:
    """The body, unless it is larger than any of LINE's; empty, and so unsigned, if it breaks off."""
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MOST_BYTES:
                return None
            chunks.append(chunk)
    except ClientDisconnect:
        return b""
    return b"".join(chunks)


def _answer(status: int, body: bytes) -> Response:
    return Response(body, status, media_type="application/json")
