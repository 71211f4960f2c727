"""The turn around the turn: an event is stored, its person locked, answered, committed, and then sent for."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bots import telling
from bots.delivery import Delivery
from conversations import notices
from conversations.messages import Fetched, Heard, Message, Say, Uploaded
from conversations.turn import Turn, take
from locales import _
from locales.language import DEFAULT
from services import fetching, inbox, outbox, people
from services.bundle import Services
from services.clock import Clock
from services.database import (
    Together,
    driver,
    must_run_again,
    statement,
    transaction,
    transaction_on,
    waited_too_long,
)
from services.inbox import Arrival
from services.notices import Current
from services.outbox import Claim, Letter
from services.people import Identity, Person
from services.programme import Programme

log = logging.getLogger(__name__)
PATIENCE_MS = 1500
RERUNS = 5
AT_ONCE = 8
"""How many turns a process runs at once; more would only wait for each other."""
OWN = "ouentai"
"""The key under which a finished upload is stored in the inbox."""


@dataclass(frozen=True)
class Presented:
    """What a channel makes of what was said: letters to send after the commit, and an answer to give at once."""

    letters: Sequence[Letter] = ()
    answer: Any = None


class Channel(Protocol):
    """How one platform hears and shows; pure, the sending is in bots/delivery.py.

    `metered`: what is said there without being asked is counted, and paid for.
    """

    name: str
    chatty: bool
    metered: bool

    def hear(self, body: Mapping[str, Any]) -> Heard | None:
        """What a stored event means; None for one that needs no answer."""

    def present(self, said: Sequence[Message], person: Person, body: Mapping[str, Any]) -> Presented:
        """What was said to the acting person, as this platform shows it."""

    def tell(
        self, said: Sequence[Message], identity: Identity, language: str, thread: str | None = None
    ) -> list[Letter]:
        """What somebody is told who did not act, or in a thread; a platform without threads has but words."""

    def fits(self, said: Sequence[Message], language: str) -> bool:
        """Whether one letter shows all of it as it is."""

    def post(self, said: Sequence[Message], language: str, under: str | None) -> list[Letter]:
        """What is said to the secretariat as a whole: under a card, or apart (`services.notices.Post`)."""

    def redraw(self, current: Current, identities: Sequence[Identity]) -> list[Letter]:
        """The letters that make something current where this platform shows it."""


@dataclass(frozen=True)
class Answered:
    """What became of an event that wants its answer at once: the answer, or why there is none."""

    answer: Any = None
    repeated: bool = False
    busy: bool = False


@dataclass
class Dispatcher:
    """Runs turns for every channel, in order for each person, in this process and beside others."""

    engine: AsyncEngine
    programme: Programme
    clock: Clock
    channels: Mapping[str, Channel]
    delivery: Delivery
    _running: dict[Identity, bool] = field(default_factory=dict)
    _ready: deque[Identity] = field(default_factory=deque)
    _places: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._stored = Together(self._store)

    async def accept(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Store events, safely, before they are acknowledged; then answer the new ones in the background."""
        new = await self._stored(arrivals)
        for identity in dict.fromkeys(arrival.identity for arrival in new):
            self.work(identity)
        return new

    async def _store(self, webhooks: Sequence[Sequence[Arrival]]) -> list[list[Arrival]]:
        """Store the events of several webhooks; what came twice is news for the first that brought it."""
        arrivals = [arrival for webhook in webhooks for arrival in webhook]
        async with statement(self.engine) as connection:
            new = {arrival.key: arrival for arrival in await inbox.store(connection, arrivals)}
        return [
            [fresh for arrival in webhook if (fresh := new.pop(arrival.key, None)) is not None]
            for webhook in webhooks
        ]

    def work(self, identity: Identity) -> None:
        """Answer what waits of a person, unless this process is at it already; then it looks once more."""
        if identity in self._running:
            self._running[identity] = True
        else:
            self._running[identity] = False
            self._ready.append(identity)
        if self._ready and self._places < AT_ONCE:
            self._places += 1
            self._spawn(self._serve())

    async def answer(
        self, arrival: Arrival, prepare: Callable[[AsyncConnection], Any] | None = None
    ) -> Answered:
        """Answer one event at once; when its person is busy it is stored and answered in the background."""
        try:
            async with transaction(self.engine) as connection:
                if not await inbox.store(connection, [arrival]):
                    return Answered(repeated=True)
                await connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_MS}ms'"))
                claims, presented = await self._take(connection, arrival.identity, arrival.key)
        except Exception as error:
            if not waited_too_long(error) and not must_run_again(error):
                raise
            await self.accept([arrival])
            return Answered(busy=True)
        self.delivery.send_soon(claims)
        return Answered(presented.answer if presented else None)

    async def sweep(self, seconds: float = 5) -> None:
        """Pick up what a crash, or another process's crash, has left in the inbox."""
        async with transaction(self.engine) as connection:
            left = await inbox.left_behind(connection, seconds)
        for identity in left:
            self.work(identity)

    async def run(self, change: Callable[[Services], Awaitable[Any]]) -> Any:
        """Let the programme itself act, in one transaction, and send what it says; returns what `change` does."""
        async with transaction(self.engine) as connection:
            services = Services(connection, self.programme, self.clock, None)
            result = await change(services)
            claims = await outbox.post(connection, await self._letters(services))
        self.delivery.send_soon(claims)
        return result

    async def idle(self) -> None:
        """Return when this process has nothing more to answer or to send."""
        while self._tasks or self.delivery.busy:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self.delivery.idle()

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self) -> None:
        """Run turns on one connection for as long as somebody waits for one."""
        try:
            while self._ready:
                async with self.engine.connect() as connection:
                    while self._ready and not driver(connection).closed:
                        await self._work(connection, self._ready.popleft())
        except Exception as error:
            # Whoever waits is served when the next event comes, or the next sweep.
            log.error("no turns at the moment: %s", type(error).__name__)
        finally:
            self._places -= 1

    async def _work(self, connection: AsyncConnection, identity: Identity) -> None:
        try:
            more = True
            while more:
                self._running[identity] = False
                more = await self._next(connection, identity) or self._running[identity]
        finally:
            self._running.pop(identity, None)

    async def _next(self, connection: AsyncConnection, identity: Identity) -> bool:
        """Run the turn of the person's next event; False when no other waits."""
        taken: list[Arrival] = []
        for attempt in range(RERUNS):
            try:
                async with transaction_on(connection):
                    claims, _presented = await self._take(connection, identity, taken=taken)
                break
            except Exception as error:
                if must_run_again(error) and attempt < RERUNS - 1:
                    continue
                # Personal data may stand in the exception's text, so only its kind is logged.
                log.error("turn failed: %s", type(error).__name__, exc_info=log.isEnabledFor(logging.DEBUG))
                return bool(taken) and await self._give_up(connection, identity, taken[-1].id)
        self.delivery.send_soon(claims)
        return bool(taken) and taken[-1].more

    async def _take(
        self,
        connection: AsyncConnection,
        identity: Identity,
        key: str | None = None,
        taken: list[Arrival] | None = None,
    ) -> tuple[list[Claim], Presented | None]:
        """Lock the person and run turns: of the event with this key, after all before it, else of the next."""
        person = await people.lock(connection, identity)
        letters: list[Letter] = []
        while (arrival := await inbox.take(connection, identity)) is not None:
            if taken is not None:
                taken.append(arrival)
            presented = await self._turn(connection, person, arrival, letters)
            if key is None or arrival.key == key:
                return await outbox.post(connection, letters), presented
        return [], None

    async def _turn(
        self, connection: AsyncConnection, person: Person, arrival: Arrival, letters: list[Letter]
    ) -> Presented:
        channel, body = self.channels[person.identity.channel], arrival.body
        heard = _own(body) or channel.hear(body)
        if heard is None:
            return Presented()
        services = Services(connection, self.programme, self.clock, person)
        services.drafts.know(arrival.form)
        turn = Turn(person, services, channel.chatty, arrival.late)
        await take(turn, heard)
        presented = await telling.ride(channel, turn, body)
        letters.extend(presented.letters)
        letters.extend(await self._letters(services))
        return presented

    async def _letters(self, services: Services) -> list[Letter]:
        """What others are told and what is to be drawn anew, as letters."""
        await services.flush()
        letters: list[Letter] = []
        letters.extend(await telling.letters(self.channels, services))
        for current in services.notices.drawn:
            identities: list[Identity] = []
            if current.kind == "home":
                identities = await services.people.shown_to(int(current.ref))
            elif current.person_id is not None:
                identities = await services.people.reached_by(current.person_id)
            for channel in self.channels.values():
                letters.extend(channel.redraw(current, identities))
        # After the cards: what is posted under one must find it there.
        for post in services.notices.posted:
            said = await notices.word(services, post.notice)
            for channel in self.channels.values():
                letters.extend(channel.post(said, DEFAULT, post.under))
        letters.extend(fetching.letters(services))
        return letters

    async def _give_up(self, connection: AsyncConnection, identity: Identity, arrival_id: int) -> bool:
        """Count the failure; when the event is given up, say so kindly and go on with the next."""
        async with transaction_on(connection):
            if not await inbox.fail(connection, arrival_id):
                return True
            person = await people.lock(connection, identity)
            said = [
                Say(
                    _(
                        "Sorry, something went wrong on our side. Nothing you entered is lost. Please try again."
                    )
                )
            ]
            letters = self.channels[identity.channel].tell(said, identity, person.language)
            claims = await outbox.post(connection, letters)
        self.delivery.send_soon(claims)
        return True


def _own(body: Mapping[str, Any]) -> Heard | None:
    """An event of our own: a finished upload, or a file that was fetched; None for what a platform sent."""
    if OWN in body:
        return Uploaded(**body[OWN])
    return Fetched(**fetching.read(body)) if fetching.EVENT in body else None
