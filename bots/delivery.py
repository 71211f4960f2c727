"""Empties the outbox: each recipient's letters in order, with leases, back-off and dead letters (DESIGN 4.5, 6)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from services import outbox
from services.database import Together, statement, transaction
from services.outbox import Claim, Delivered, Letter, Outcome

log = logging.getLogger(__name__)
ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=10)
AT_ONCE = 20


@dataclass(frozen=True)
class Sent:
    """The platform took it; `pause` is how long this recipient must now be left alone, `pushed` whether it counts it."""

    pause: timedelta = timedelta(0)
    pushed: bool = False


@dataclass(frozen=True)
class Failed:
    """The platform did not take it: try again (after `after`, if it said so), or never."""

    error: str
    again: bool
    after: timedelta | None = None


class Sender(Protocol):
    """Sends the letters of one channel over the network."""

    async def send(self, letter: Letter) -> Sent | Failed:
        """Send one letter; raises only for faults of ours."""


@dataclass
class Delivery:
    """Sends what was committed, by this process at once and by any process later.

    `in_a_hurry` leaves out the pauses that a platform wants after a letter, for platforms that want none.
    """

    engine: AsyncEngine
    senders: dict[str, Sender]
    in_a_hurry: bool = False
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._settled = Together(self._settle)

    @property
    def busy(self) -> bool:
        """Whether something is being sent."""
        return bool(self._tasks)

    def send_soon(self, claims: Sequence[Claim]) -> list[asyncio.Task[None]]:
        """Deliver in the background from the mailboxes that were taken when their letters were written.

        The others have somebody who will look again, or must still wait.
        """
        tasks = [asyncio.create_task(self._deliver(claim)) for claim in claims]
        for task in tasks:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return tasks

    async def idle(self) -> None:
        """Return when nothing is being sent."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def sweep(self) -> int:
        """Deliver what is due: what had to wait, and what a dead process left. Returns how many mailboxes."""
        async with transaction(self.engine) as connection:
            claims = await outbox.claim_due(connection, AT_ONCE)
        await asyncio.gather(*self.send_soon(claims))
        return len(claims)

    async def _deliver(self, claim: Claim | None) -> None:
        """Send a mailbox's letters in order, and then those that were written meanwhile."""
        while claim is not None:
            outcomes: list[Outcome] = []
            pause = timedelta(0)
            for letter in claim.letters:
                outcome, pause = await self._send(letter)
                outcomes.append(outcome)
                if pause:
                    break
            more = await self._settled(Delivered(claim, outcomes, pause))
            if not more or pause:
                return
            async with transaction(self.engine) as connection:
                claim = await outbox.claim(connection, claim.channel, claim.address)

    async def _settle(self, delivered: Sequence[Delivered]) -> list[bool | None]:
        async with statement(self.engine) as connection:
            return await outbox.settle(connection, delivered)

    async def _send(self, letter: Letter) -> tuple[Outcome, timedelta]:
        try:
            result = await self.senders[letter.channel].send(letter)
        except Exception as error:
            # Personal data may stand in the exception's text, so only its kind is kept.
            log.error("%s letter %s failed: %s", letter.channel, letter.id, type(error).__name__)
            log.debug("why it failed", exc_info=True)
            result = Failed(type(error).__name__, again=True)
        if isinstance(result, Sent):
            pause = timedelta(0) if self.in_a_hurry else result.pause
            return Outcome(letter, sent=True, pushed=result.pushed), pause
        if result.again and letter.attempts < ATTEMPTS:
            pause = result.after or min(FIRST_PAUSE * 2 ** (letter.attempts - 1), LONGEST_PAUSE)
            return Outcome(letter, again_in=pause, error=result.error), pause
        log.warning("%s letter %s is dead: %s", letter.channel, letter.id, result.error)
        return Outcome(letter, error=result.error), timedelta(0)


Draw = Callable[[str, str, str], Awaitable[Any]]
"""Draws what a letter makes current, in a transaction of its own: kind, ref, and the language to speak."""
