"""Empties the playground, so that a visitor can begin again; its clock stays, for time never goes back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.playground.page import ESCALATION, KIND, Playground
from bots.playground.slack import FakeSlack
from bots.playground.store import Store
from services.database import Base, transaction

# What is made once while the app starts: the keys, the menus it has uploaded, the channels it knows by their ids.
KEPT_TABLES = ("installation", "line_menus")
KEPT_KINDS = ("secrets", "line.menu", "line.alias", "line.default")
KEPT_OF_CAST = ("channel", ESCALATION, "turns")
# Shorter than it takes PostgreSQL to look for a deadlock (1 s), so that nobody who works meanwhile falls victim to one.
LOCKS_WITHIN, TRIES = "200ms", 50


@dataclass
class Reset:
    """Forgets what everybody did, and everybody; `settle` returns when the app has nothing left to answer."""

    engine: AsyncEngine
    store: Store
    slack: FakeSlack
    page: Playground
    settle: Callable[[], Awaitable[None]]

    async def empty(self) -> None:
        """Begin again with the first three people, in the same channels."""
        await self.settle()
        channels = (self.page.prepare(), self.page.prepare_escalation())
        kept = {(KIND, id) for id in KEPT_OF_CAST} | {("slack_channel", channel) for channel in channels}
        for kind in self.store.kinds():
            for id in self.store.all(kind) if kind not in KEPT_KINDS else ():
                if (kind, id) not in kept:
                    self.store.drop(kind, id)
        alone = {"members": [self.slack.bot_user_id]}
        for channel in channels:
            self.store.put("slack_channel", channel, self.slack.work.channel(channel) | alone)
        self.slack.work.ephemerals.clear()
        await self._empty_tables()
        await self.page.open()

    async def _empty_tables(self) -> None:
        """All at once; again after a moment while something of the app's own, such as a sweep, is at work there."""
        tables = ", ".join(sorted(set(Base.metadata.tables) - {*KEPT_TABLES}))
        for left in reversed(range(TRIES)):
            try:
                async with transaction(self.engine) as connection:
                    await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCKS_WITHIN}'"))
                    await connection.execute(text(f"TRUNCATE {tables}"))
            except OperationalError as error:
                if not left or not isinstance(error.orig, LockNotAvailable):
                    raise
                await asyncio.sleep(0.1)
            else:
                return
