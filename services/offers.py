"""What a person was offered last in a chat, so that the words of a button may be typed instead of pressing it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.clock import wall
from services.database import Base
from services.outbox import LetterRow, MailboxRow
from services.people import Person
from services.secrets import Encrypted

HELD_FOR, PUSHED_FOR = timedelta(hours=1), timedelta(days=3)
"""So long the words of an answer's button may be typed, and of one that came by itself, perhaps at night."""
Offered = Sequence[Mapping[str, Any]]


class OfferRow(Base):
    """The buttons of the last answer to a person, and the newest letter there was before it."""

    __tablename__ = "offers"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    shown: Mapped[Any] = mapped_column(Encrypted)
    letter_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    pushed: Mapped[bool] = mapped_column(server_default="false")


async def hold(connection: AsyncConnection, person_id: int, shown: Offered, *, pushed: bool = False) -> None:
    """Keep what somebody is offered; it takes the place of what was offered before."""
    newest = select(func.coalesce(func.max(LetterRow.id), 0)).scalar_subquery()
    kept = {"shown": shown, "letter_id": newest, "at": func.now(), "pushed": pushed}
    row = insert(OfferRow).values(person_id=person_id, **kept)
    await connection.execute(row.on_conflict_do_update(index_elements=[OfferRow.person_id], set_=kept))


class Offers:
    """The offers to one person, within one transaction."""

    def __init__(self, connection: AsyncConnection, person: Person) -> None:
        self._connection, self._person = connection, person

    async def hold(self, shown: Offered) -> None:
        """Keep what this turn offers."""
        await hold(self._connection, self._person.id, shown)

    async def held(self) -> Offered:
        """What is on the person's screen last: nothing once anything else was said, or when it is long ago."""
        row = await self._last()
        return row.shown if row is not None else []

    async def pushed(self) -> bool:
        """Whether what is on the screen last came by itself."""
        row = await self._last()
        return row is not None and row.pushed

    async def _last(self) -> Any:
        row = (
            await self._connection.execute(select(OfferRow).where(OfferRow.person_id == self._person.id))
        ).one_or_none()
        if row is None or row.at < wall() - (PUSHED_FOR if row.pushed else HELD_FOR):
            return None
        identity = self._person.identity
        later = await self._connection.scalar(
            select(LetterRow.id)
            .join(MailboxRow, MailboxRow.id == LetterRow.mailbox_id)
            .where(MailboxRow.channel == identity.channel, MailboxRow.address == identity.external)
            .where(LetterRow.id > row.letter_id, LetterRow.created_at > row.at, LetterRow.kind == "say")
            .limit(1)
        )
        return None if later is not None else row
