"""Who is in the secretariat's channel, read from Slack before what they do is decided upon (DESIGN 13.4)."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from bots.slack.client import SlackClient, SlackFault
from services import secretariat
from services.clock import wall
from services.database import transaction
from services.people import Identity

log = logging.getLogger(__name__)
FRESH = timedelta(seconds=20)
LOOK_AGAIN = timedelta(seconds=60)
AFTER_FAILURE = timedelta(seconds=5)
NEVER = datetime.min.replace(tzinfo=UTC)


class Membership:
    """Keeps the table of the secretariat's members; what cannot be read is not renewed, and grows stale."""

    def __init__(self, client: SlackClient, engine: AsyncEngine, channel: str) -> None:
        self.channel = channel
        self._client = client
        self._engine = engine
        self._members: frozenset[str] = frozenset()
        self._read_at = self._failed_at = NEVER
        self._reading = asyncio.Lock()

    def may_include(self, user: str) -> bool:
        """Whether somebody was a member when we last looked; if that is a while ago, anybody might be."""
        return user in self._members or wall() - self._read_at > LOOK_AGAIN

    async def read(self, tenant: str) -> None:
        """Read the channel's members anew, unless that was done a moment ago."""
        if not self.channel:
            return
        async with self._reading:
            if wall() - self._read_at < FRESH or wall() - self._failed_at < AFTER_FAILURE:
                return
            try:
                async with asyncio.timeout(self._client.patience):
                    members = await self._client.members(self.channel)
            except (SlackFault, TimeoutError) as error:
                log.warning("the secretariat's channel could not be read: %s", error)
                self._failed_at = wall()
                return
            async with transaction(self._engine) as connection:
                await secretariat.read_members(connection, tenant, members)
            self._members, self._read_at = frozenset(members), wall()

    async def move(self, identity: Identity, joined: bool) -> None:
        """Somebody joined or left: a leaver is out at once, a joiner is in when Slack says so itself."""
        if not joined:
            async with transaction(self._engine) as connection:
                await secretariat.leave(connection, identity)
        # Events come late and twice, so what they say of a joiner is no proof.
        self._read_at = self._failed_at = NEVER
        await self.read(identity.tenant)
