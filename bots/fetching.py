"""Fetches what people sent in a chat from the platform that has it: checked, kept, and told (services/fetching.py)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from bots.delivery import Failed, Sent
from locales import Text, _
from services import documents, fetching, filecheck
from services.clock import Clock
from services.database import transaction
from services.documents import Stored
from services.fetching import AT_MOST_MEGABYTES, Order
from services.filecheck import MEGABYTE
from services.outbox import Letter
from services.people import Identity
from services.refusals import Refusal
from services.storage import Storage

log = logging.getLogger(__name__)
ATTEMPTS = 6
LONGEST_PAUSE = timedelta(seconds=15)
"""After so many attempts with such pauses, within a minute, the person is asked to send it once more."""
CHECKS_AT_ONCE = 2

LOST = _("We could not get this file. Please send it once more.")


class NotYet(Exception):
    """The platform does not give the file at this moment; the text has no personal data."""


class Gone(Exception):
    """The platform has the file no longer, or does not give it to us."""


class TooLarge(Exception):
    """The file is larger than was asked for."""


class Source(Protocol):
    """A platform that keeps what people sent there."""

    async def fetch(self, ref: str, at_most: int) -> bytes:
        """A file of at most so many bytes. Raises NotYet, Gone or TooLarge."""


@dataclass
class Fetcher:
    """The Sender of bots/delivery.py for letters that fetch; `work` has an event of a person answered."""

    engine: AsyncEngine
    storage: Storage
    clock: Clock
    sources: Mapping[str, Source]
    work: Callable[[Identity], None]
    _checking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHECKS_AT_ONCE))

    async def send(self, letter: Letter) -> Sent | Failed:
        """Fetch one file; only what may succeed in a moment is tried again, everything else is told."""
        order = fetching.order(letter)
        found: Stored | Text
        try:
            found = await self._kept(order)
        except NotYet as error:
            if letter.attempts < ATTEMPTS:
                pause = min(timedelta(seconds=2**letter.attempts), LONGEST_PAUSE)
                return Failed(str(error), again=True, after=pause)
            log.warning("a file was not given: %s", error)
            found = LOST
        except Gone as error:
            log.info("a file is gone: %s", error)
            found = LOST
        except Refusal as refusal:
            found = refusal.reason
        async with transaction(self.engine) as connection:
            await fetching.keep(connection, order, letter.retry_key, found, self.clock.now())
        self.work(order.identity)
        return Sent()

    async def _kept(self, order: Order) -> Stored:
        wanted = order.fetch
        source = self.sources.get(order.identity.channel)
        if source is None:
            raise Gone(f"nothing is fetched from {order.identity.channel}")
        check = filecheck.check_sound if wanted.kind == "audio" else filecheck.check
        try:
            data = await source.fetch(wanted.ref, AT_MOST_MEGABYTES * MEGABYTE)
        except TooLarge as error:
            if wanted.kind == "audio":
                raise filecheck.sound_too_long(AT_MOST_MEGABYTES) from error
            raise filecheck.too_big(None, AT_MOST_MEGABYTES) from error
        async with self._checking:
            mime = await asyncio.to_thread(check, data, AT_MOST_MEGABYTES)
        name = documents.filed_name(wanted.name, mime)
        return Stored(name, mime, len(data), documents.digest(data), await self.storage.put(data))
