"""Who belongs to the secretariat: the members of its private Slack channel, and nobody else (DESIGN 13.4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from locales import _
from services.clock import wall
from services.database import Base
from services.people import Identity, IdentityRow, Person
from services.refusals import Refusal

FRESH = timedelta(seconds=60)


class MemberRow(Base):
    """One member of the secretariat's channel, and when we last read that from Slack."""

    __tablename__ = "secretariat_members"
    tenant: Mapped[str] = mapped_column(primary_key=True)
    external: Mapped[str] = mapped_column(primary_key=True)
    read_at: Mapped[datetime] = mapped_column(server_default=func.now())


_KEEP = text("""
    INSERT INTO secretariat_members (tenant, external, read_at) VALUES (:tenant, :external, :at)
    ON CONFLICT (tenant, external) DO UPDATE SET read_at = excluded.read_at
""")
_FORGET = text("DELETE FROM secretariat_members WHERE tenant = :tenant AND external = :external")
_FORGET_OTHERS = text("DELETE FROM secretariat_members WHERE tenant = :tenant AND read_at < :at")


async def read_members(connection: AsyncConnection, tenant: str, members: Iterable[str]) -> None:
    """Keep the channel's membership as Slack tells it now, in order so that two readers cannot lock each other."""
    at = wall()
    for external in sorted(members):
        await connection.execute(_KEEP, {"tenant": tenant, "external": external, "at": at})
    await connection.execute(_FORGET_OTHERS, {"tenant": tenant, "at": at})


async def join(connection: AsyncConnection, identity: Identity) -> None:
    """Somebody joined the channel."""
    await connection.execute(_KEEP, {"tenant": identity.tenant, "external": identity.external, "at": wall()})


async def leave(connection: AsyncConnection, identity: Identity) -> None:
    """Somebody left the channel."""
    await connection.execute(_FORGET, {"tenant": identity.tenant, "external": identity.external})


class Secretariat:
    """Whether the acting person may act for the secretariat, within one transaction."""

    def __init__(self, connection: AsyncConnection, person: Person | None) -> None:
        self._connection = connection
        self._person = person
        self._included: bool | None = None

    async def includes_me(self) -> bool:
        """Whether the acting person is in the channel, as far as we know; a Home asks for it in each of its parts."""
        if self._included is None:
            self._included = await self._read_at() is not None
        return self._included

    async def require(self) -> Person:
        """The acting person, a member of the secretariat as just read from Slack; raises Refusal otherwise."""
        read_at = await self._read_at()
        if self._person is None or read_at is None:
            raise Refusal(_("Only members of the secretariat's channel can do this."))
        if wall() - read_at > FRESH:
            raise Refusal(_("Slack did not tell us who is in the channel. Please try again in a minute."))
        return self._person

    async def people(self) -> list[int]:
        """The ids of the members that we have met."""
        rows = await self._connection.execute(
            select(IdentityRow.person_id)
            .join(
                MemberRow,
                (MemberRow.tenant == IdentityRow.tenant) & (MemberRow.external == IdentityRow.external),
            )
            .where(IdentityRow.channel == "slack")
            .order_by(IdentityRow.person_id)
        )
        return list(rows.scalars())

    async def _read_at(self) -> datetime | None:
        if self._person is None or self._person.identity.channel != "slack":
            return None
        identity = self._person.identity
        return (
            await self._connection.execute(
                select(MemberRow.read_at).where(
                    MemberRow.tenant == identity.tenant, MemberRow.external == identity.external
                )
            )
        ).scalar_one_or_none()
