"""Letters that could not be delivered: seen and repaired by the secretariat (DESIGN 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from locales import _
from services import outbox
from services.notices import How, Notice
from services.outbox import Undone
from services.refusals import Refusal

if TYPE_CHECKING:
    from services.bundle import Services


NO_ADDRESS = f"{outbox.OVER_QUOTA}, no e-mail address"
"""Why a letter stays dead that LINE would not push and that nobody can be mailed."""


@dataclass(frozen=True)
class Undeliverable:
    """A letter that its platform refused for good; never its words, never to whom.

    `has_notices`: what it says can be said by e-mail instead.
    """

    id: int
    channel: str
    kind: str
    error: str
    written_at: datetime
    has_notices: bool = False


class Undelivered:
    """Undeliverable letters within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def all(self) -> list[Undeliverable]:
        """Every one of them, oldest first."""
        return [
            Undeliverable(
                row["id"],
                row["channel"],
                row["kind"],
                row["error"] or "-",
                row["created_at"],
                row["has_notices"],
            )
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

    async def mail_instead(self, letter_id: int) -> None:
        """Say by e-mail what a letter should have said, by what is so now.

        Raises Refusal if somebody has dealt with it already, and where no address is known.
        """
        services = self._services
        await services.secretariat.require()
        letter = await outbox.undone(services.connection, letter_id)
        if letter is not None and await services.addresses.of(letter.person_id) is None:
            raise Refusal(_("We know no e-mail address of theirs. Please call."))
        if letter is not None:
            await self._mail(letter)
        await self._done("mailed instead", letter_id, letter is not None)

    async def mail_next_over_quota(self) -> bool:
        """Say by e-mail what LINE refused because the month's pushes are used up; False when there is nothing left."""
        services = self._services
        letter = await outbox.undone(services.connection, error=outbox.OVER_QUOTA)
        if letter is None:
            return False
        if await services.addresses.of(letter.person_id) is None:
            await outbox.blame(services.connection, letter.id, NO_ADDRESS)
        else:
            await self._mail(letter)
            await services.audit.note("mailed instead", "letter", letter.id, reason=outbox.OVER_QUOTA)
        return True

    async def _mail(self, letter: Undone) -> None:
        told = [Notice(one["kind"], letter.person_id, one["ids"]) for one in letter.notices]
        self._services.notices.again(told, How.BY_MAIL)
        await outbox.drop(self._services.connection, letter.id)

    async def _done(self, action: str, letter_id: int, done: bool) -> None:
        if not done:
            raise Refusal(_("Somebody has dealt with this letter already."))
        await self._services.audit.note(action, "letter", letter_id)
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)
