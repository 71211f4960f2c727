"""Who takes part: people and the identities by which LINE and Slack know them (DESIGN 13.4)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base, driver
from services.secrets import Encrypted, unseal


@dataclass(frozen=True)
class Identity:
    """How a platform knows a person: the channel, the workspace or provider on it, and the id there."""

    channel: str
    tenant: str
    external: str


@dataclass(frozen=True)
class Person:
    """Somebody who talks to us, through the identity by which they do so now; `held`: a notice waits for them."""

    id: int
    identity: Identity
    language: str
    name: str | None = None
    held: bool = False


class PersonRow(Base):
    """A person; not a company and not an expert."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(server_default="ja")
    name: Mapped[str | None] = mapped_column(Encrypted)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    blocked_at: Mapped[datetime | None]


class IdentityRow(Base):
    """One identity of a person; a person may have several."""

    __tablename__ = "identities"
    channel: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(primary_key=True)
    external: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    home_opened_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_identities_person_id", "person_id"),)


_LOCK = """
    SELECT p.id, p.language, p.name, EXISTS (SELECT FROM held_notices h WHERE h.person_id = p.id)
    FROM identities i JOIN people p ON p.id = i.person_id
    WHERE i.channel = %(channel)s AND i.tenant = %(tenant)s AND i.external = %(external)s
    FOR NO KEY UPDATE OF p
"""
_MEET = """
    WITH person AS (INSERT INTO people DEFAULT VALUES RETURNING id)
    INSERT INTO identities (channel, tenant, external, person_id)
    SELECT %(channel)s, %(tenant)s, %(external)s, id FROM person
    ON CONFLICT DO NOTHING
"""


async def lock(connection: AsyncConnection, identity: Identity) -> Person:
    """The person behind an identity, locked until the end of the transaction; made if never met before."""
    where = {"channel": identity.channel, "tenant": identity.tenant, "external": identity.external}
    found = await driver(connection).rows(_LOCK, where)
    if not found:
        await driver(connection).rows(_MEET, where)
        found = await driver(connection).rows(_LOCK, where)
    ((person_id, language, name, held),) = found
    return Person(person_id, identity, language, None if name is None else unseal(name), held)


class People:
    """Look-ups and changes of people within one transaction; never locks anybody (DESIGN 13.7)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def identities(self, person_id: int) -> list[Identity]:
        """Every identity of a person."""
        rows = await self._connection.execute(
            select(IdentityRow.channel, IdentityRow.tenant, IdentityRow.external)
            .where(IdentityRow.person_id == person_id)
            .order_by(IdentityRow.channel, IdentityRow.external)
        )
        return [Identity(*row) for row in rows]

    async def language(self, person_id: int) -> str:
        """The language a person reads."""
        return (
            await self._connection.execute(select(PersonRow.language).where(PersonRow.id == person_id))
        ).scalar_one()

    async def language_of(self, channel: str, external: str) -> str | None:
        """The language that somebody reads whom a channel knows by this id; None for nobody of ours."""
        read = (
            select(PersonRow.language)
            .join(IdentityRow, IdentityRow.person_id == PersonRow.id)
            .where(IdentityRow.channel == channel, IdentityRow.external == external)
        )
        return (await self._connection.execute(read.limit(1))).scalar_one_or_none()

    async def reachable(self, person_id: int, channel: str) -> Identity | None:
        """The identity through which a person can be written to on a channel, unless they blocked us."""
        row = (
            await self._connection.execute(
                select(IdentityRow.channel, IdentityRow.tenant, IdentityRow.external)
                .join(PersonRow, PersonRow.id == IdentityRow.person_id)
                .where(IdentityRow.person_id == person_id, IdentityRow.channel == channel)
                .where(PersonRow.blocked_at.is_(None))
                .limit(1)
            )
        ).one_or_none()
        return None if row is None else Identity(*row)

    async def reached_by(self, person_id: int) -> list[Identity]:
        """Every identity through which a person can be written to: none if they blocked us."""
        blocked = select(PersonRow.id).where(PersonRow.id == person_id, PersonRow.blocked_at.is_not(None))
        if (await self._connection.execute(blocked)).first() is not None:
            return []
        return await self.identities(person_id)

    async def find(self, identity: Identity) -> Person | None:
        """The person behind an identity, if we ever met."""
        row = (
            await self._connection.execute(
                select(PersonRow.id, PersonRow.language, PersonRow.name)
                .join(IdentityRow, PersonRow.id == IdentityRow.person_id)
                .where(
                    IdentityRow.channel == identity.channel,
                    IdentityRow.tenant == identity.tenant,
                    IdentityRow.external == identity.external,
                )
            )
        ).one_or_none()
        return None if row is None else Person(row.id, identity, row.language, row.name)

    async def rename(self, person_id: int, name: str) -> None:
        """Keep the name a person is shown under to the secretariat."""
        await self._connection.execute(update(PersonRow).where(PersonRow.id == person_id).values(name=name))

    async def speak(self, person_id: int, language: str) -> None:
        """Speak this language with a person from now on."""
        await self._connection.execute(
            update(PersonRow).where(PersonRow.id == person_id).values(language=language)
        )

    async def block(self, person_id: int, at: datetime | None) -> None:
        """Keep that a person blocked us, or no longer does."""
        await self._connection.execute(
            update(PersonRow).where(PersonRow.id == person_id).values(blocked_at=at)
        )

    async def open_home(self, identity: Identity, at: datetime) -> None:
        """Keep that a person has opened the Home, so that it is kept current from now on."""
        await self._connection.execute(
            update(IdentityRow)
            .where(
                IdentityRow.channel == identity.channel,
                IdentityRow.tenant == identity.tenant,
                IdentityRow.external == identity.external,
            )
            .values(home_opened_at=at)
        )

    async def shown_to(self, person_id: int) -> list[Identity]:
        """The identities that see something to be kept current: a rich menu on LINE, a Home once it was opened."""
        rows = await self._connection.execute(
            select(IdentityRow.channel, IdentityRow.tenant, IdentityRow.external)
            .where(IdentityRow.person_id == person_id)
            .where((IdentityRow.channel != "slack") | IdentityRow.home_opened_at.is_not(None))
            .order_by(IdentityRow.channel, IdentityRow.external)
        )
        return [Identity(*row) for row in rows]
