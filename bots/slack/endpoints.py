"""The address that Slack calls: events, interactions, options and commands alike (DESIGN 7)."""

from __future__ import annotations

import logging

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bots.slack.inbound import Malformed, parse, verify
from bots.slack.reception import Reception
from services.clock import wall

log = logging.getLogger(__name__)
PATH = "/slack/events"
LARGEST = 2 * 1024 * 1024
JSON = "application/json; charset=utf-8"


class SlackEndpoint:
    """Verifies the raw body, and only then reads it."""

    def __init__(self, reception: Reception, signing_secret: str) -> None:
        self._reception = reception
        self._secret = signing_secret
        self.routes = [Route(PATH, self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        """413 for too much, 401 for what Slack did not sign, 400 for nonsense, otherwise 200."""
        raw = await _body(request)
        if raw is None:
            return Response(status_code=413)
        headers, now = request.headers, wall()
        signature = headers.get("x-slack-signature")
        if not verify(self._secret, headers.get("x-slack-request-timestamp"), signature, raw, now):
            return Response(status_code=401)
        try:
            parsed = parse(headers.get("content-type", ""), raw, now)
        except Malformed as error:
            log.warning("refused a signed body: %s", error)
            return Response(status_code=400)
        try:
            answer = await self._reception.receive(parsed)
        except Exception as error:
            # Nothing was stored, so Slack is to send it again; the text of the error may hold personal data.
            log.error("could not receive: %s", type(error).__name__)
            log.debug("why it failed", exc_info=True)
            return Response(status_code=500)
        # Only a truly empty body closes a window; "null" or "{}" would be an error.
        return (
            Response(status_code=200) if answer is None else Response(orjson.dumps(answer), media_type=JSON)
        )


async def _body(request: Request) -> bytes | None:
    """The raw body, None if it is too large; no more than that is read."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:12]) > LARGEST:
        return None
    raw = bytearray()
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > LARGEST:
                return None
    except ClientDisconnect:
        return b""
    return bytes(raw)
