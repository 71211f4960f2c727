"""What a person typed that could not be understood, so that the next hint is another one and a person is offered.

Nothing is counted: how many there were in a row follows from what was said where, and from what came between.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKey, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.inbox import DONE, InboxRow
from services.secrets import Encrypted

if TYPE_CHECKING:
    from services.bundle import Services

ANYWHERE = ""
"""The place of what is typed outside a form; there, whatever else the person does begins a new row."""
IN_A_ROW_FOR = timedelta(hours=12)
LATEST = 3
"""How many are kept: more hints than that there are none."""
LONGEST = 500
_WIPE = text("DELETE FROM misheard WHERE at < :before")


class MisheardRow(Base):
    """The latest of a person: at which place, how many events of theirs there had been, and the words."""

    __tablename__ = "misheard"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    place: Mapped[str]
    events: Mapped[int] = mapped_column(BigInteger)
    said: Mapped[Any] = mapped_column(Encrypted)
    at: Mapped[datetime]


class Misheard:
    """What the acting person said in vain, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def note(self, said: str, place: str = ANYWHERE) -> int:
        """Keep words that were not understood at a place; returns how many there are in a row with these."""
        person, now = self._services.person, self._services.now
        assert person is not None
        before, events = await self._row(), await self._events()
        in_a_row = (
            before is not None
            and before.place == place
            and now - before.at < IN_A_ROW_FOR
            and (place != ANYWHERE or before.events + 1 == events)
        )
        earlier = list(before.said) if before is not None and in_a_row else []
        kept = [*earlier, said[:LONGEST]][-LATEST:]
        values = {"place": place, "events": events, "said": kept, "at": now}
        row = insert(MisheardRow).values(person_id=person.id, **values)
        await self._services.connection.execute(
            row.on_conflict_do_update(index_elements=[MisheardRow.person_id], set_=values)
        )
        return len(kept)

    async def held(self, place: str) -> str | None:
        """The latest words that were kept at a place; None when others were kept since."""
        row = await self._row()
        return row.said[-1] if row is not None and row.place == place else None

    async def recent(self) -> list[str]:
        """What was said in vain of late, oldest first: what went wrong, for whoever helps."""
        row = await self._row()
        if row is None or self._services.now - row.at >= IN_A_ROW_FOR:
            return []
        return list(row.said)

    async def _row(self) -> Any:
        person = self._services.person
        assert person is not None
        mine = select(MisheardRow.place, MisheardRow.events, MisheardRow.said, MisheardRow.at)
        found = await self._services.connection.execute(mine.where(MisheardRow.person_id == person.id))
        return found.one_or_none()

    async def _events(self) -> int:
        """How many events of the person have been dealt with, this one among them."""
        person = self._services.person
        assert person is not None
        who = person.identity
        many = await self._services.connection.scalar(
            select(func.count())
            .select_from(InboxRow)
            .where(
                InboxRow.channel == who.channel,
                InboxRow.tenant == who.tenant,
                InboxRow.external == who.external,
                InboxRow.state == DONE,
            )
        )
        return many or 0


async def wipe(connection: AsyncConnection, now: datetime) -> None:
    """Forget what nobody will be asked about again."""
    await connection.execute(_WIPE, {"before": now - IN_A_ROW_FOR})
