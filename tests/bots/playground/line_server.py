"""A fake LINE behind a real server on loopback, and an app that only writes down what it hears."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from bots.playground.line import FakeLine
from bots.playground.store import MemoryStore, Store

Obj = dict[str, Any]

SECRET = "channel-secret"
TOKEN = "access-token"


class Bench:
    """The fake, the ears, a client with the bot's token, and a clock to turn."""

    def __init__(self, port: int, store: Store) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.moment = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
        self.line = FakeLine(
            channel_secret=SECRET,
            access_token=TOKEN,
            webhook_url=f"{self.url}/line/webhook",
            store=store,
            now=lambda: self.moment,
        )
        self.heard: list[tuple[str, bytes]] = []
        self.says = 200

    @property
    def events(self) -> list[Obj]:
        """Everything heard so far, event by event."""
        return [event for _, raw in self.heard for event in orjson.loads(raw)["events"]]

    def later(self, **time: float) -> None:
        self.moment += timedelta(**time)

    async def hear(self, request: Request) -> Response:
        self.heard.append((request.headers["x-line-signature"], await request.body()))
        return PlainTextResponse("OK", self.says)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        data: bytes | None = None,
        mime: str = "application/json",
        token: str = TOKEN,
        timeout: float = 5,
    ) -> tuple[int, Any, Any]:
        """(status, JSON or bytes, headers) of one call of the Messaging API."""
        headers = {"authorization": f"Bearer {token}"}
        if body is not None or data is not None:
            headers["content-type"] = mime
        if key:
            headers["X-Line-Retry-Key"] = key
        raw = orjson.dumps(body) if body is not None else data
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout)) as session,
            session.request(
                method,
                f"{self.url}/play/line-api{path}",
                data=io.BytesIO(raw) if raw else None,
                headers=headers,
            ) as response,
        ):
            given = await response.read()
            is_json = response.content_type == "application/json"
            return response.status, orjson.loads(given) if is_json else given, response.headers

    async def push(self, user: str, *messages: Obj, key: str | None = None) -> tuple[int, Any, Any]:
        return await self.call("POST", "/v2/bot/message/push", {"to": user, "messages": messages}, key=key)

    async def reply(self, event: Obj, *messages: Obj) -> tuple[int, Any, Any]:
        body = {"replyToken": event["replyToken"], "messages": messages}
        return await self.call("POST", "/v2/bot/message/reply", body)

    async def friend(self) -> str:
        user = self.line.create_user("田中")
        await self.line.follow(user)
        return user


@asynccontextmanager
async def running(store: Store | None = None) -> AsyncIterator[Bench]:
    """A bench that listens on a free port of loopback until the block ends."""
    # asyncio turns Nagle's delay off only where the socket says that it is TCP.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        bench = Bench(listener.getsockname()[1], store or MemoryStore())
        app = Starlette(
            routes=[
                Mount("/play/line-api", routes=bench.line.routes),
                Route("/line/webhook", bench.hear, methods=["POST"]),
            ]
        )
        config = uvicorn.Config(app, ws="none", lifespan="off", log_level="warning")
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        try:
            yield bench
        finally:
            await bench.line.close()
            # uvicorn's own shutdown sleeps a tenth of a second, every time.
            for connection in list(server.server_state.connections):
                connection.shutdown()
            for listening in server.servers:
                listening.close()
            while server.server_state.connections or server.server_state.tasks:
                await asyncio.sleep(0.001)
