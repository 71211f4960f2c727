"""What this database is: a playground or the real thing, and how far programme time is from real time."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.clock import wall
from services.database import Base


class WrongDatabase(Exception):
    """The database was made for the other kind of use, playground or real."""


class InstallationRow(Base):
    """The one row that says what was installed here."""

    __tablename__ = "installation"
    id: Mapped[int] = mapped_column(primary_key=True, server_default="1")
    playground: Mapped[bool]
    clock_offset: Mapped[timedelta]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


_MAKE = text("""
    INSERT INTO installation (playground, clock_offset) VALUES (:playground, :offset) ON CONFLICT DO NOTHING
""")
_FORWARD = text(
    "UPDATE installation SET clock_offset = greatest(clock_offset, :offset) RETURNING clock_offset"
)


async def settle(
    connection: AsyncConnection, *, playground: bool, starts: datetime | None, first: datetime | None
) -> timedelta:
    """Say what this database is, when it is new, and return the clock's offset.

    `starts` is the programme time (aware) from which the clock runs; in a database that has a clock already it
    only moves it forwards. `first` is where the clock of a new database starts without it. Raises WrongDatabase
    when a playground is opened as real, or the other way round.
    """
    begins = starts or first
    at_first = timedelta(0) if begins is None else begins - wall()
    await connection.execute(_MAKE, {"playground": playground, "offset": at_first})
    row = (await connection.execute(select(InstallationRow.playground, InstallationRow.clock_offset))).one()
    if row.playground != playground:
        raise WrongDatabase(
            "This database belongs to a playground."
            if row.playground
            else "This database is not a playground's."
        )
    kept: timedelta = row.clock_offset
    return kept if starts is None else await forward(connection, starts - wall())


async def forward(connection: AsyncConnection, offset: timedelta) -> timedelta:
    """Move programme time forwards to this offset from real time, never back; returns the offset in force."""
    kept: timedelta = (await connection.execute(_FORWARD, {"offset": offset})).scalar_one()
    return kept


async def offset(connection: AsyncConnection) -> timedelta:
    """How far programme time is ahead of real time; negative when it lies in the past."""
    kept: timedelta = (await connection.execute(select(InstallationRow.clock_offset))).scalar_one()
    return kept
