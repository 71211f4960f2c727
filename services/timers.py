"""What is due later, in programme time: rows of our own, each run once over all processes (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base

if TYPE_CHECKING:
    from services.bundle import Services

Handler = Callable[["Services", int], Awaitable[None]]
HANDLERS: dict[str, Handler] = {}
ATTEMPTS = 5
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
_CANCEL = text("DELETE FROM timers WHERE kind = :kind AND ref = :ref AND done_at IS NULL")
_NEXT = text("""
    UPDATE timers SET attempts = attempts + 1 WHERE id = (
        SELECT id FROM timers WHERE done_at IS NULL AND due_at <= :now AND attempts < :attempts
        ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, ref
""")
_DONE = text("UPDATE timers SET done_at = :now WHERE id = :id")
_LATER = text("""
    UPDATE timers SET attempts = attempts + 1, due_at = :now + make_interval(mins => :minutes)
    WHERE id = :id AND done_at IS NULL
""")


class TimerFailed(Exception):
    """A handler failed; its timer is to be put off in a transaction of its own."""

    def __init__(self, timer_id: int, kind: str, ref: int) -> None:
        super().__init__(f"timer {kind} of {ref}")
        self.timer_id = timer_id


def due(kind: str) -> Callable[[Handler], Handler]:
    """Do this when a timer of this kind has become due."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


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


async def run_next(services: Services) -> bool:
    """Do the next thing that is due, within the transaction of `services`; False when nothing is.

    Raises TimerFailed when its handler fails: then nothing of it is kept, and `put_off` keeps it from blocking
    the others.
    """
    row = (
        await services.connection.execute(_NEXT, {"now": services.now, "attempts": ATTEMPTS})
    ).one_or_none()
    if row is None:
        return False
    try:
        await HANDLERS[row.kind](services, row.ref)
        await services.flush()
    except Exception as error:
        raise TimerFailed(row.id, row.kind, row.ref) from error
    await services.connection.execute(_DONE, {"id": row.id, "now": services.now})
    return True


async def put_off(services: Services, timer_id: int) -> None:
    """Try a timer again later; after some attempts it is left for the operator to look at."""
    await services.connection.execute(
        _LATER, {"id": timer_id, "now": services.now, "minutes": PAUSE_MINUTES}
    )
