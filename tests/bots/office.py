"""Processes of Ouentai that share one database, and a LINE that keeps what people see."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.channel import Channel, Dispatcher
from bots.delivery import Delivery
from bots.line.channel import LineChannel
from bots.line.client import Answer, LineClient
from conversations import everything
from services import programme
from services.clock import FrozenClock
from services.database import transaction
from services.inbox import Arrival
from services.outbox import Claim
from services.people import Identity

NOON = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)
SENT = Answer(200, {})
_numbers = itertools.count(1)


@dataclass
class Line:
    """What every process talks to: it shows a message once for each retry key, and answers as it is told to."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    answers: list[Answer | Exception] = field(default_factory=list)
    slow: float = 0.0
    _keys: set[str] = field(default_factory=set)
    _tokens: dict[str, str] = field(default_factory=dict)

    async def take(self, path: str, body: dict[str, Any], key: str | None) -> Answer:
        """One call of the Messaging API."""
        await asyncio.sleep(self.slow)
        self.tried.append(path.rpartition("/")[2])
        answer = self.answers.pop(0) if self.answers else SENT
        if isinstance(answer, Exception):
            raise answer
        if answer.status != 200:
            return answer
        if key in self._keys:
            return Answer(409, {"message": "The retry key is already accepted"})
        if key is not None:
            self._keys.add(key)
        if "messages" in body:
            user = body.get("to") or self._tokens.pop(body["replyToken"])
            self.seen.extend((user, _shown(message)) for message in body["messages"])
        return SENT

    def expect(self, arrival: Arrival) -> None:
        """Know whose reply token this is."""
        if "replyToken" in arrival.body:
            self._tokens[arrival.body["replyToken"]] = arrival.identity.external

    def of(self, user: str) -> list[str]:
        """What one person sees, oldest first; the numbers of drafts, which differ, are left out."""
        return [message for who, message in self.seen if who == user]


def _shown(message: dict[str, Any]) -> str:
    if message["type"] == "text" and "quickReply" not in message:
        return str(message["text"])
    return re.sub(r"\bd=\d+", "d=", orjson.dumps(message).decode())


class Client(LineClient):
    """The real client, on a wire that ends in this process."""

    def __init__(self, line: Line) -> None:
        super().__init__(None, "token", "https://line.invalid", "https://line.invalid", _draw)  # type: ignore[arg-type]
        self.menus = {"newcomer": "menu-1"}
        self._line = line

    async def _call(
        self, method: str, url: str, data: bytes | None = None, headers: Any = None, timeout: Any = None
    ) -> Answer:
        return await self._line.take(
            url, orjson.loads(data or b"{}"), (headers or {}).get("X-Line-Retry-Key")
        )


async def _draw(kind: str, ref: str, language: str) -> str:
    return "newcomer"


class Dying(Delivery):
    """The delivery of a process that dies before it has sent what it has committed."""

    def send_soon(self, claims: Sequence[Claim]) -> None:
        """Nothing: the process is dead."""


@dataclass
class Process:
    """One process: its dispatcher and its delivery, on an engine of its own."""

    engine: AsyncEngine
    line: Line
    dies: bool = False
    channels: dict[str, Channel] = field(
        default_factory=lambda: {"line": LineChannel("https://play.invalid")}
    )

    def __post_init__(self) -> None:
        everything.load()
        senders: dict[str, Any] = {"line": Client(self.line)}
        self.delivery = (Dying if self.dies else Delivery)(self.engine, senders)
        self.dispatcher = Dispatcher(
            self.engine, programme.load("phase2"), FrozenClock(NOON), self.channels, self.delivery
        )

    async def hears(self, *arrivals: Arrival) -> None:
        """Get one webhook with these events, and deal with it."""
        await self.dispatcher.accept(arrivals)
        await self.dispatcher.idle()

    async def sweeps(self) -> None:
        """Look for what others have left."""
        await self.dispatcher.sweep(seconds=0)
        await self.dispatcher.idle()
        while await self.delivery.sweep():
            pass


def somebody() -> Identity:
    """A person whom nobody has met."""
    return Identity("line", "line", f"U{next(_numbers):032x}")


def event(who: Identity, place: int, kind: str, token: bool = True, **about: Any) -> Arrival:
    """An event of a person; the place says when it happened, and makes its key."""
    body: dict[str, Any] = {"type": kind, kind: about, "received": int(datetime.now(UTC).timestamp() * 1000)}
    if token:
        body["replyToken"] = f"{who.external}-{place}"
    return Arrival(f"line:{who.external}:{place}", who, NOON + timedelta(seconds=place), body)


def typed(who: Identity, place: int, words: str, token: bool = True) -> Arrival:
    """A text message."""
    return event(who, place, "message", token, type="text", id="1", text=words)


async def fetch(engine: AsyncEngine, query: str, **values: Any) -> list[Any]:
    """What the database holds."""
    async with transaction(engine) as connection:
        return list(await connection.execute(text(query), values))


async def lapse(engine: AsyncEngine) -> None:
    """Let every lease and every pause run out."""
    await fetch(engine, "UPDATE mailboxes SET due = now() WHERE due > now() RETURNING id")


UNREACHABLE = aiohttp.ClientConnectionError("unreachable")
