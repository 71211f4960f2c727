"""What is due later, in programme time: rows of our own, each run once over all processes (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Index, SmallInteger, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base

if TYPE_CHECKING:
    from services.bundle import Services

Handler = Callable[["Services", int], Awaitable[None]]
HANDLERS: dict[str, Handler] = {}
ATTEMPTS = 5
AHEAD = 100
"""How many of the due are looked at, at most, to find one that no other process is at."""
PAUSE_MINUTES = 10


class TimerRow(Base):
    """One thing to be done at a programme time about one record; of each kind at most one waits for a record."""

    __tablename__ = "timers"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    ref: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    done_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_timers_waiting", "kind", "ref", unique=True, postgresql_where=text("done_at IS NULL")),
        Index("ix_timers_due_at", "due_at", postgresql_where=text("done_at IS NULL")),
    )


_SET = text("""
    INSERT INTO timers (kind, ref, due_at) VALUES (:kind, :ref, :due_at)
    ON CONFLICT (kind, ref) WHERE done_at IS NULL DO UPDATE SET due_at = excluded.due_at, attempts = 0
""")
_WAIT = text("""
    INSERT INTO timers (kind, ref, due_at) SELECT CAST(:kind AS varchar), :ref, CAST(:due_at AS timestamptz)
    WHERE NOT EXISTS (SELECT FROM timers WHERE kind = CAST(:kind AS varchar) AND ref = :ref AND done_at IS NULL)
    ON CONFLICT DO NOTHING
""")
_CANCEL = text("DELETE FROM timers WHERE kind = :kind AND ref = :ref AND done_at IS NULL")
_NEXT = text("""
    SELECT id FROM (
        SELECT id FROM timers WHERE done_at IS NULL AND due_at <= :now AND attempts < :attempts
        ORDER BY due_at, id LIMIT :ahead) AS waiting
    WHERE pg_try_advisory_xact_lock(hashtextextended('timer ' || id, 0)) LIMIT 1
""")
_STILL = text("SELECT kind, ref, due_at FROM timers WHERE id = :id AND done_at IS NULL AND due_at <= :now")
_DONE = text("UPDATE timers SET done_at = :now WHERE id = :id AND due_at = :due_at AND done_at IS NULL")
_LATER = text("""
    UPDATE timers SET attempts = attempts + 1, due_at = :now + make_interval(mins => :minutes)
    WHERE id = :id AND done_at IS NULL AND due_at <= :now
""")


def due(kind: str) -> Callable[[Handler], Handler]:
    """Do this when a timer of this kind has become due."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


async def wait(connection: AsyncConnection, kind: str, ref: int, due_at: datetime) -> None:
    """Have something done at this programme time unless it waits already: whoever comes late moves nothing."""
    await connection.execute(_WAIT, {"kind": kind, "ref": ref, "due_at": due_at})


class Timers:
    """Sets and cancels timers, with the change that needs them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def set(self, kind: str, ref: int, due_at: datetime) -> None:
        """Have something done at this programme time (aware); one that waits already is moved."""
        await self._services.connection.execute(_SET, {"kind": kind, "ref": ref, "due_at": due_at})

    async def cancel(self, kind: str, ref: int) -> None:
        """Have it not done."""
        await self._services.connection.execute(_CANCEL, {"kind": kind, "ref": ref})


class Attempt:
    """One attempt at the next thing that is due; knows what it took, so that it can be put off if it fails.

    The row is not locked while its handler runs: whoever holds the record may move or cancel the timer of it
    meanwhile, and then the handler, once it has the record, finds what has become of it.
    """

    def __init__(self) -> None:
        self.taken: int | None = None
        self.what = ""

    async def run(self, services: Services) -> bool:
        """Do the next thing that is due, within the transaction of `services`; False when nothing is."""
        row = await self._take(services)
        if row is None:
            return False
        self.what = f"{row.kind} of {row.ref}"
        await HANDLERS[row.kind](services, row.ref)
        await services.flush()
        done = {"id": self.taken, "due_at": row.due_at, "now": services.now}
        await services.connection.execute(_DONE, done)
        return True

    async def _take(self, services: Services) -> Any:
        connection, now = services.connection, services.now
        due = {"now": now, "attempts": ATTEMPTS, "ahead": AHEAD}
        while (found := (await connection.execute(_NEXT, due)).scalar()) is not None:
            # Another process may have done it between our snapshot and our lock.
            row = (await connection.execute(_STILL, {"id": found, "now": now})).one_or_none()
            if row is not None:
                self.taken = found
                return row
        return None

    async def put_off(self, services: Services) -> None:
        """Try again later, in a transaction of its own; after some attempts it is left for the operator."""
        await services.connection.execute(
            _LATER, {"id": self.taken, "now": services.now, "minutes": PAUSE_MINUTES}
        )
