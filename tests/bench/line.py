"""LINE, as cheap as it can be made: sends signed webhooks to a bot and takes its replies."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httptools
import orjson

Obj = dict[str, Any]
PATIENCE = 20.0
ANSWERS = {
    "/v2/bot/richmenu/list": b'{"richmenus":[]}',
    "/v2/bot/richmenu": b'{"richMenuId":"richmenu-1"}',
    "/v2/bot/message/reply": b'{"sentMessages":[{"id":"461230966842064897","quoteToken":"IStG5h1Tz7b"}]}',
}
ANYTHING_ELSE = b'{"ok":true}'


@dataclass
class Turn:
    """One event and what came of it: seconds to the webhook's 200 and to the reply."""

    acknowledged: float
    answered: float
    messages: list[Obj]


class _Http(asyncio.Protocol):
    """One connection; `done` is given each whole message."""

    def __init__(self, make: Callable[[Any], Any], done: Callable[[_Http], None]) -> None:
        self.parser = make(self)
        self.done = done
        self.url = b""
        self.body = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.url = self.body = b""

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.done(self)


class Line:
    """Both directions; a turn is over when the 200 and the reply are there."""

    def __init__(self, secret: str) -> None:
        self.base = ""
        self._secret = secret.encode()
        self._numbers = itertools.count(1)
        self._replies: dict[str, asyncio.Future[tuple[float, list[Obj]]]] = {}
        self._answers: dict[_Http, asyncio.Future[tuple[float, int]]] = {}
        self._idle: dict[str, list[_Http]] = {}

    async def start(self) -> None:
        """Listen as the Messaging API (and, for whatever is asked of it, as Slack's)."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Http(httptools.HttpRequestParser, self._called), "127.0.0.1", 0
        )
        self.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def turn(self, origin: str, user: str, event: Obj) -> Turn:
        """Send one event of a user to a bot; raises TimeoutError when it is not answered."""
        number = next(self._numbers)
        token = f"{number:032x}"
        event |= {
            "webhookEventId": f"{number:026X}",
            "deliveryContext": {"isRedelivery": False},
            "timestamp": time.time_ns() // 1_000_000,
            "source": {"type": "user", "userId": user},
            "replyToken": token,
            "mode": "active",
        }
        raw = orjson.dumps({"destination": "U" + "0" * 32, "events": [event]})
        signature = base64.b64encode(hmac.digest(self._secret, raw, hashlib.sha256)).decode()
        loop = asyncio.get_running_loop()
        connection = await self._connection(origin)
        acknowledged = self._answers[connection] = loop.create_future()
        answered = self._replies[token] = loop.create_future()
        sent = time.perf_counter()
        connection.transport.write(
            f"POST /line/webhook HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n"
            f"X-Line-Signature: {signature}\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
            + raw
        )
        async with asyncio.timeout(PATIENCE):
            (at_200, status), (at_reply, messages) = await asyncio.gather(acknowledged, answered)
        if status != 200:
            raise RuntimeError(f"the webhook was answered with {status}")
        return Turn(at_200 - sent, at_reply - sent, messages)

    async def _connection(self, origin: str) -> _Http:
        idle = self._idle.setdefault(origin, [])
        while idle:
            connection = idle.pop()
            if not connection.transport.is_closing():
                return connection
        place = urlsplit(origin)
        _transport, connection = await asyncio.get_running_loop().create_connection(
            lambda: _Http(httptools.HttpResponseParser, lambda http: self._acknowledged(origin, http)),
            place.hostname,
            place.port,
        )
        return connection

    def _acknowledged(self, origin: str, http: _Http) -> None:
        self._answers.pop(http).set_result((time.perf_counter(), http.parser.get_status_code()))
        self._idle[origin].append(http)

    def _called(self, http: _Http) -> None:
        now = time.perf_counter()
        path = http.url.decode()
        answer = ANSWERS.get(path, ANYTHING_ELSE)
        http.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Line-Request-Id: %s\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (uuid.uuid4().hex.encode(), len(answer), answer)
        )
        if path == "/v2/bot/message/reply":
            reply = orjson.loads(http.body)
            self._replies.pop(reply["replyToken"]).set_result((now, reply["messages"]))
