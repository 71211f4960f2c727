"""Empties the playground, so that a visitor can begin again; its clock stays, for time never goes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.playground.page import KIND, Playground
from bots.playground.slack import FakeSlack
from bots.playground.store import Store
from services.database import Base, transaction

# What is made once while the app starts: the keys, the menus it has uploaded, the channel it knows by its id.
KEPT_TABLES = ("installation", "line_menus")
KEPT_KINDS = ("secrets", "line.menu", "line.alias", "line.default")
KEPT_OF_CAST = ("channel", "turns")


@dataclass
class Reset:
    """Forgets what everybody did, and everybody; `settle` returns when the app has nothing left to answer."""

    engine: AsyncEngine
    store: Store
    slack: FakeSlack
    page: Playground
    settle: Callable[[], Awaitable[None]]

    async def empty(self) -> None:
        """Begin again with the first three people, in the same channel."""
        await self.settle()
        channel = self.page.prepare()
        kept = {(KIND, id) for id in KEPT_OF_CAST} | {("slack_channel", channel)}
        for kind in self.store.kinds():
            for id in self.store.all(kind) if kind not in KEPT_KINDS else ():
                if (kind, id) not in kept:
                    self.store.drop(kind, id)
        alone = {"members": [self.slack.bot_user_id]}
        self.store.put("slack_channel", channel, self.slack.work.channel(channel) | alone)
        self.slack.work.ephemerals.clear()
        tables = ", ".join(sorted(set(Base.metadata.tables) - {*KEPT_TABLES}))
        async with transaction(self.engine) as connection:
            await connection.execute(text(f"TRUNCATE {tables}"))
        await self.page.open()
