"""Notices that wait: for the hours in which people are told, or for an answer that carries them for nothing.

Each is a row until it is said; what is due leaves in one transaction for each person. Whoever answers the person
before takes it along. It is worded when it is said, so a notice that has become moot says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.notice_table import Side, Urgency, table
from services.notice_times import next_merged, next_open
from services.notices import How, Notice

if TYPE_CHECKING:
    from services.bundle import Services

ATTEMPTS = 5
PAUSE = timedelta(minutes=10)


class HeldRow(Base):
    """One notice that waits for one person; `due_at` is programme time."""

    __tablename__ = "held_notices"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    side: Mapped[str]
    kind: Mapped[str]
    ids: Mapped[dict[str, Any]]
    thread: Mapped[str | None]
    since: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    __table_args__ = (
        Index("ix_held_notices_person_id", "person_id"),
        Index("ix_held_notices_due_at", "due_at"),
    )


class MergedRow(Base):
    """The last day on which a person was pushed nothing but what could wait."""

    __tablename__ = "merged_pushes"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    day: Mapped[date]


@dataclass(frozen=True)
class Held:
    """A notice that waits, and since when."""

    id: int
    side: Side
    notice: Notice
    since: datetime
    due_at: datetime

    @property
    def urgency(self) -> Urgency:
        """How urgent it was at first; a kind that the table no longer has can wait."""
        row = table().get(self.notice.kind)
        return Urgency.MERGE if row is None else row.urgency_for(self.side)

    @property
    def has_deadline(self) -> bool:
        """Whether it must leave however scarce the month's pushes are."""
        row = table().get(self.notice.kind)
        return row is not None and row.deadline


_KEEP = text("""
    WITH again AS (
        UPDATE held_notices SET due_at = LEAST(due_at, :due_at)
        WHERE person_id = :person AND kind = CAST(:kind AS text) AND ids = CAST(:ids AS jsonb) RETURNING id)
    INSERT INTO held_notices (person_id, side, kind, ids, thread, since, due_at)
    SELECT :person, :side, CAST(:kind AS text), CAST(:ids AS jsonb), CAST(:thread AS text), :since, :due_at
    WHERE NOT EXISTS (SELECT FROM again)
""")
_OF = text("""
    SELECT id, side, kind, ids, thread, since, due_at FROM held_notices
    WHERE person_id = :person ORDER BY id FOR UPDATE SKIP LOCKED
""")
_FORGET = text("DELETE FROM held_notices WHERE id = ANY(:ids)")
_DUE = text("""
    SELECT person_id FROM (
        SELECT person_id, min(due_at) AS due FROM held_notices
        WHERE due_at <= :now AND attempts < :attempts GROUP BY person_id ORDER BY due, person_id LIMIT 100) AS one
    WHERE pg_try_advisory_xact_lock(hashtextextended('held ' || person_id, 0)) LIMIT 1
""")
_POSTPONE = text("UPDATE held_notices SET due_at = :due_at WHERE id = ANY(:ids)")
_LATER = text("""
    UPDATE held_notices SET attempts = attempts + 1, due_at = :due_at
    WHERE person_id = :person AND due_at <= :now
""")
_MERGED = text("SELECT day FROM merged_pushes WHERE person_id = :person")
_MERGE = text("""
    INSERT INTO merged_pushes (person_id, day) VALUES (:person, :day)
    ON CONFLICT (person_id) DO UPDATE SET day = excluded.day
""")


class HeldNotices:
    """What waits to be said, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def keep(self, notice: Notice, side: Side, due_at: datetime) -> None:
        """Let a notice wait until this moment (aware) at the latest; one that waits already is not doubled."""
        services = self._services
        values = {
            "person": notice.person_id,
            "side": side.value,
            "kind": notice.kind,
            "ids": dumped(notice.ids),
            "thread": notice.thread,
            "since": services.now,
            "due_at": due_at,
        }
        await services.connection.execute(_KEEP, values)

    async def of(self, person_id: int) -> list[Held]:
        """What waits for a person, oldest first, without what somebody else is saying at this moment; locked."""
        rows = await self._services.connection.execute(_OF, {"person": person_id})
        return [
            Held(
                row.id,
                Side(row.side),
                Notice(row.kind, person_id, row.ids, thread=row.thread, how=How.AT_ONCE),
                row.since,
                row.due_at,
            )
            for row in rows
        ]

    async def forget(self, held: Sequence[Held]) -> None:
        """These have been said, or have become moot."""
        if held:
            await self._services.connection.execute(_FORGET, {"ids": [one.id for one in held]})

    async def merged_today(self, person_id: int) -> bool:
        """Whether a person was pushed today what could wait."""
        day = await self._services.connection.scalar(_MERGED, {"person": person_id})
        return bool(day == self._services.programme.today(self._services.now))

    async def postpone(self, held: Sequence[Held], due_at: datetime) -> None:
        """Let these wait until another moment (aware)."""
        if held:
            ids = [one.id for one in held]
            await self._services.connection.execute(_POSTPONE, {"ids": ids, "due_at": due_at})

    async def release(self, person_id: int) -> bool:
        """Say what is due to a person, with all else that waits, or let it wait for the next hour that is right.

        Returns whether anything was due that nobody else is saying at this moment.
        """
        services = self._services
        waiting = await self.of(person_id)
        due = [one for one in waiting if one.due_at <= services.now]
        for side in Side:
            own = [one for one in due if one.side is side]
            if side is Side.COMPANY and own and all(one.urgency is Urgency.MERGE for one in own):
                await self._merge(person_id, own, waiting)
            elif own:
                await self._say_or_wait(side, own, waiting)
        return bool(due)

    async def _say_or_wait(self, side: Side, due: Sequence[Held], waiting: Sequence[Held]) -> None:
        """Say this, and on LINE all else that waits, if this is an hour in which it may be said."""
        services = self._services
        at = next_open(side, services.programme.notices, services.programme.calendar, services.now)
        if at > services.now:
            await self.postpone([one for one in due if one.urgency is not Urgency.NOW], at)
            await self._say([one for one in due if one.urgency is Urgency.NOW])
        else:
            await self._say(waiting if side is Side.COMPANY else due)

    async def _merge(self, person_id: int, due: Sequence[Held], waiting: Sequence[Held]) -> None:
        """Say once a day, within the hours, what could wait; less while the month's pushes are scarce."""
        services = self._services
        times, calendar, now = services.programme.notices, services.programme.calendar, services.now
        is_open = next_open(Side.COMPANY, times, calendar, now) <= now
        if not is_open or await self.merged_today(person_id):
            await self.postpone(due, next_merged(times, calendar, now + timedelta(microseconds=1)))
            return
        if not any(one.has_deadline for one in due) and await services.push_use.is_scarce():
            await self._spare(person_id, due)
            return
        day = services.programme.today(now)
        await services.connection.execute(_MERGE, {"person": person_id, "day": day})
        await self._say(waiting)

    async def _spare(self, person_id: int, due: Sequence[Held]) -> None:
        """Use no push: an e-mail where there is an address, else another day of waiting for the next answer."""
        services = self._services
        address = await services.addresses.of(person_id)
        if address is None:
            times, calendar = services.programme.notices, services.programme.calendar
            await self.postpone(due, next_merged(times, calendar, services.now + timedelta(microseconds=1)))
            return
        services.notices.again([one.notice for one in due], How.BY_MAIL)
        await self.forget(due)

    async def _say(self, held: Sequence[Held]) -> None:
        """Say these, what is waited for at this minute last: it may end with a question."""
        last = sorted(held, key=lambda one: (one.urgency is Urgency.NOW, one.id))
        self._services.notices.again([one.notice for one in last], How.AT_ONCE)
        await self.forget(held)


class Release:
    """One attempt to say what is due to the next person; knows to whom, so that it can be put off if it fails."""

    def __init__(self) -> None:
        self.person_id: int | None = None

    async def run(self, services: Services) -> bool:
        """Say what is due to the next person, in the transaction of `services`; False when nothing is due."""
        due = {"now": services.now, "attempts": ATTEMPTS}
        self.person_id = (await services.connection.execute(_DUE, due)).scalar()
        if self.person_id is None:
            return False
        return await services.held.release(self.person_id)

    async def put_off(self, services: Services) -> None:
        """Try again later, in a transaction of its own; after some attempts it is left for the operator."""
        later = {"person": self.person_id, "now": services.now, "due_at": services.now + PAUSE}
        await services.connection.execute(_LATER, later)


def dumped(ids: Mapping[str, Any]) -> str:
    """What a notice is about, as JSON: numbers, words and lists of them; raises TypeError for anything else."""
    return json.dumps(dict(ids))
