"""The application while it runs: what it does by itself, second by second, and how it draws what is shown."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.channel import Dispatcher
from bots.delivery import Delivery
from bots.line.client import LineClient
from bots.playground.stage import Stage
from bots.slack.client import SlackClient
from conversations import current
from services import (
    audit_chain,
    documents,
    inbox,
    installation,
    misheard,
    missed_queries,
    outbox,
    reminders,
    search_words,
    timers,
)
from services.bundle import Services
from services.clock import Clock, wall
from services.database import transaction
from services.held_notices import Release
from services.people import Identity, Person
from services.programme import Programme
from services.push_use import PushUse
from services.storage import Storage

log = logging.getLogger("ouentai")
ORPHANED = timedelta(hours=1)
"""A file that lies so long without a record was left by a crash, or came once too often."""


@dataclass
class Ouentai:
    """The application while it runs: its parts, for routes, loops, operators and tests."""

    engine: AsyncEngine
    programme: Programme
    clock: Clock
    dispatcher: Dispatcher
    delivery: Delivery
    line: LineClient
    slack: SlackClient
    storage: Storage
    stage: Stage | None = None
    ready: bool = False
    sweeping: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn_clock(self, to: datetime) -> None:
        """Move programme time forwards to this moment, and do what has become due."""
        async with transaction(self.engine) as connection:
            self.clock.offset = await installation.forward(connection, to - wall())
        await self.sweep()

    async def sweep(self) -> None:
        """Do what is due: what a crash left, what had to wait, and what programme time brought."""
        # One sweep at a time: whoever turned the clock finds all done that a sweep before was still at.
        async with self.sweeping:
            async with transaction(self.engine) as connection:
                self.clock.offset = await installation.offset(connection)
                await reminders.begin(connection, self.programme, self.clock.now())
                await search_words.begin(connection, self.clock.now())
            await self.dispatcher.sweep()
            while await self.delivery.sweep():
                pass
            while await self.dispatcher.run(_mail_next):
                pass
            while await self._run_timer():
                pass
            while await self._release():
                pass
            await self._seal()
        self.ready = True

    async def _seal(self) -> None:
        """Put what was noted since on the audit chain."""
        sealed = audit_chain.BATCH
        while sealed == audit_chain.BATCH:
            async with transaction(self.engine) as connection:
                sealed = await audit_chain.seal(connection)

    async def _run_timer(self) -> bool:
        attempt = timers.Attempt()
        try:
            return bool(await self.dispatcher.run(attempt.run))
        except Exception as error:
            if attempt.taken is None:
                raise
            # Whatever failed, the handler or the words it caused: the others must not wait for it.
            log.error("timer %s failed: %s", attempt.what, type(error).__name__)
            await self.dispatcher.run(attempt.put_off)
            return True

    async def look_at_quota(self) -> None:
        """Ask LINE how much it may still push this month, and keep that with what cases have taken."""
        quota = await self.line.quota()
        async with transaction(self.engine) as connection:
            await PushUse(connection, self.programme).keep(quota.limit, quota.used)

    async def _release(self) -> bool:
        """Say what has waited long enough to the next person."""
        release = Release()
        try:
            return bool(await self.dispatcher.run(release.run))
        except Exception as error:
            if release.person_id is None:
                raise
            log.error("what waits for person %s failed: %s", release.person_id, type(error).__name__)
            await self.dispatcher.run(release.put_off)
            return True

    async def wipe(self) -> None:
        """Forget the bodies of what was dealt with some days ago, links that are over, and files of nobody."""
        async with transaction(self.engine) as connection:
            await inbox.wipe(connection)
            await outbox.wipe(connection)
            await misheard.wipe(connection, self.clock.now())
            kept = timedelta(days=self.programme.limits.missed_query_days)
            await missed_queries.wipe(connection, self.clock.now() - kept)
            await documents.forget_invitations(connection)
            known = await documents.known_files(connection)
            await Services(connection, self.programme, self.clock, None).search.begin_mending()
        await self.storage.sweep(known, ORPHANED)

    async def draw(self, kind: str, ref: str, language: str) -> Any:
        """Draw what a letter makes current, as it is now."""
        async with transaction(self.engine) as connection:
            if kind in ("home", "menu"):
                person = await self._person(connection, int(ref), "slack" if kind == "home" else "line")
                services = Services(connection, self.programme, self.clock, person)
                return await (current.home if kind == "home" else current.menu_state)(services)
            services = Services(connection, self.programme, self.clock, None)
            return await current.card(services, kind, int(ref))

    async def _person(self, connection: Any, person_id: int, channel: str) -> Person:
        row = (
            await connection.execute(
                text("""SELECT i.channel, i.tenant, i.external, p.language FROM identities i
                        JOIN people p ON p.id = i.person_id
                        WHERE p.id = :id AND i.channel = :channel ORDER BY i.external LIMIT 1"""),
                {"id": person_id, "channel": channel},
            )
        ).one()
        return Person(person_id, Identity(row.channel, row.tenant, row.external), row.language)


async def _mail_next(services: Services) -> bool:
    return await services.undelivered.mail_next_over_quota()
