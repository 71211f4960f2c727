"""A fake Slack and our door behind one real server on loopback; the turn behind the door is the test's."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.routing import Mount

from bots.channel import Answered
from bots.playground.slack import FakeSlack
from bots.playground.store import MemoryStore
from bots.slack.channel import SlackChannel
from bots.slack.client import SlackClient
from bots.slack.endpoints import SlackEndpoint
from bots.slack.membership import Membership
from bots.slack.reception import Reception
from conversations.messages import Message
from services.clock import wall
from services.inbox import Arrival
from services.people import Person

Json = dict[str, Any]
SECRET, TOKEN = "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-play"
URL = "https://ouentai.example.jp"


@dataclass
class StubDispatcher:
    """Stands for the turn: keeps what arrives, refuses repeats, and says what the test wants said."""

    channel: SlackChannel
    says: Callable[[Any], Sequence[Message]] = lambda heard: ()
    accepted: list[Arrival] = field(default_factory=list)
    answered: list[Arrival] = field(default_factory=list)
    busy: bool = False
    fails: bool = False

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
        if self.fails:
            raise RuntimeError("山本商店")
        self.accepted.extend(arrivals)
        return arrivals

    async def answer(self, arrival: Arrival) -> Answered:
        if self.fails:
            raise RuntimeError("山本商店")
        if self.busy:
            return Answered(busy=True)
        if arrival.key in [one.key for one in self.answered]:
            return Answered(repeated=True)
        self.answered.append(arrival)
        said = self.says(self.channel.hear(arrival.body))
        return Answered(self.channel.present(said, Person(1, arrival.identity, "en"), arrival.body).answer)


class Bench:
    """The fake Slack, a clerk's room, somebody in it, and the parts of our own behind the address."""

    def __init__(self, port: int, session: aiohttp.ClientSession, engine: AsyncEngine) -> None:
        origin = f"http://127.0.0.1:{port}"
        self.engine = engine
        self.url = f"{origin}/slack/events"
        self.api_url = f"{origin}/play/slack-api/"
        self.slack = FakeSlack(
            signing_secret=SECRET,
            bot_token=TOKEN,
            events_url=self.url,
            store=MemoryStore(),
            now=wall,
            api_url=self.api_url,
        )
        self.user = self.slack.create_user("佐藤 健一")
        self.room = self.slack.create_channel("jimukyoku", members=[self.user])
        self.session = session
        self.client = SlackClient(session, TOKEN, self.api_url)
        self.turn = StubDispatcher(SlackChannel(URL, self.room))
        self.membership = Membership(self.client, engine, self.room)
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []
        dispatcher: Any = self.turn
        self.reception = Reception(dispatcher, self.client, engine, self.membership, self.options, URL)
        self.endpoint = SlackEndpoint(self.reception, SECRET)

    async def options(self, key: str, typed: str, answers: Mapping[str, str]) -> Sequence[tuple[str, str]]:
        """Finds 150 of whatever is typed."""
        self.asked.append((key, typed, answers))
        return [(f"v{n}", f"{typed} {n}") for n in range(150)]

    def calls(self, method: str) -> list[Json]:
        """The arguments of every call of a method that Slack took."""
        return [sent.arguments for sent in self.slack.sent if sent.method == method]

    def modal(self) -> Json:
        """The modal on top of the person's screen."""
        modals = self.slack.window(self.user)["modals"]
        assert modals, f"no modal is open; refused: {self.slack.refused}"
        return dict(modals[-1])


@asynccontextmanager
async def running(engine: AsyncEngine) -> AsyncIterator[Bench]:
    """A bench that listens on a free port of loopback until the block ends."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        async with aiohttp.ClientSession() as session:
            bench = Bench(listener.getsockname()[1], session, engine)
            routes = [*bench.endpoint.routes, Mount("/play/slack-api", routes=bench.slack.routes)]
            config = uvicorn.Config(Starlette(routes=routes), ws="none", lifespan="off", log_config=None)
            config.load()
            server = uvicorn.Server(config)
            server.lifespan = config.lifespan_class(config)
            await server.startup(sockets=[listener])
            try:
                yield bench
            finally:
                await bench.slack.aclose()
                await session.close()
                # uvicorn's own shutdown sleeps a tenth of a second, every time.
                for connection in list(server.server_state.connections):
                    connection.shutdown()
                for listening in server.servers:
                    listening.close()
                while server.server_state.connections or server.server_state.tasks:
                    await asyncio.sleep(0.001)
