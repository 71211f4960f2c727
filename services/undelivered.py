"""Letters that could not be delivered: seen and repaired by the secretariat (DESIGN 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from locales import _
from services import outbox
from services.refusals import Refusal

if TYPE_CHECKING:
    from services.bundle import Services


@dataclass(frozen=True)
class Undeliverable:
    """A letter that its platform refused for good; never its words, never to whom."""

    id: int
    channel: str
    kind: str
    error: str
    written_at: datetime


class Undelivered:
    """Undeliverable letters within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def all(self) -> list[Undeliverable]:
        """Every one of them, oldest first."""
        return [
            Undeliverable(row["id"], row["channel"], row["kind"], row["error"] or "-", row["created_at"])
            for row in await outbox.dead(self._services.connection)
        ]

    async def send_again(self, letter_id: int) -> None:
        """Try one again from the beginning; raises Refusal if somebody has dealt with it already."""
        await self._services.secretariat.require()
        await self._done("sent again", letter_id, await outbox.revive(self._services.connection, letter_id))

    async def give_up(self, letter_id: int) -> None:
        """Give one up for good; raises Refusal if somebody has dealt with it already."""
        await self._services.secretariat.require()
        await self._done("given up", letter_id, await outbox.drop(self._services.connection, letter_id))

    async def _done(self, action: str, letter_id: int, done: bool) -> None:
        if not done:
            raise Refusal(_("Somebody has dealt with this letter already."))
        await self._services.audit.note(action, "letter", letter_id)
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)
