"""What LINE has to push and how much it may: counted from the letters, read from LINE now and then (DOMAIN 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import SmallInteger, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.clock import in_tokyo, wall
from services.database import Base
from services.programme import Programme
from services.push_forecast import PerCase, Told, forecast, month_of, per_case

ONLY = 1
REST = "-"
"""The kind of a push without a notice: an answer that came too late for its reply token."""


class QuotaRow(Base):
    """What LINE said last of the month's pushes, and what completed cases had taken then; there is one row."""

    __tablename__ = "push_quota"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    month: Mapped[date]
    may: Mapped[int | None]
    used: Mapped[int]
    cases: Mapped[int]
    median: Mapped[float]
    worst: Mapped[int]
    read_at: Mapped[datetime]


@dataclass(frozen=True)
class Use:
    """This month's pushes so far, how many it will be, and how many there may be; and what cases took."""

    used: int
    expected: int
    may: int
    cases: PerCase

    @property
    def scarce(self) -> bool:
        """Whether the month will take more than it may."""
        return self.expected > self.may


_COUNT = text("SELECT count(*) FROM letters WHERE pushed AND settled_at >= :since")
_LAST = text("SELECT month, may, used, cases, median, worst FROM push_quota WHERE id = 1")
_KEEP = text("""
    INSERT INTO push_quota (id, month, may, used, cases, median, worst, read_at)
    VALUES (1, :month, :may, :used, :cases, :median, :worst, :at)
    ON CONFLICT (id) DO UPDATE SET month = excluded.month, may = excluded.may, used = excluded.used,
        cases = excluded.cases, median = excluded.median, worst = excluded.worst, read_at = excluded.read_at
""")
_BY_KIND = text("""
    SELECT coalesce(n.notice ->> 'kind', :rest) AS kind, count(DISTINCT l.id) AS pushes
    FROM letters l LEFT JOIN LATERAL jsonb_array_elements(l.notices) AS n (notice) ON true
    WHERE l.pushed AND l.settled_at >= :since GROUP BY 1 ORDER BY 2 DESC, 1
""")
_TO_COMPANIES = text("""
    SELECT cm.company_id, i.person_id, l.pushed IS TRUE AS pushed,
        ARRAY(SELECT n ->> 'kind' FROM jsonb_array_elements(coalesce(l.notices, '[]')) AS n) AS kinds
    FROM letters l
    JOIN mailboxes m ON m.id = l.mailbox_id AND m.channel = 'line'
    JOIN identities i ON i.channel = m.channel AND i.external = m.address
    JOIN company_members cm ON cm.person_id = i.person_id
    WHERE l.state = 1 AND (l.pushed OR l.notices IS NOT NULL) ORDER BY l.id
""")


class PushUse:
    """Pushes within one transaction, by the month in Tokyo in which LINE counts them."""

    def __init__(self, connection: AsyncConnection, programme: Programme) -> None:
        self._connection = connection
        self._programme = programme

    async def now(self) -> Use:
        """This month so far. LINE's own count matters where it is the higher one."""
        at = in_tokyo(wall())
        since, _end = month_of(at)
        used = await self._connection.scalar(_COUNT, {"since": since}) or 0
        last = (await self._connection.execute(_LAST)).one_or_none()
        may, cases = self._programme.notices.monthly_pushes, PerCase()
        if last is not None:
            cases = PerCase(last.cases, last.median, last.worst)
            if last.month == since.date():
                used = max(used, last.used)
            if last.may is not None:
                may = min(may, last.may)
        return Use(used, forecast(used, at), may, cases)

    async def is_scarce(self) -> bool:
        """Whether what can wait should not be pushed now."""
        return (await self.now()).scarce

    async def keep(self, may: int | None, used: int) -> None:
        """Keep what LINE says of this month, and what completed cases have taken."""
        at = wall()
        cases = await self.per_case()
        values = {
            "month": month_of(in_tokyo(at))[0].date(),
            "may": may,
            "used": used,
            "cases": cases.cases,
            "median": cases.median,
            "worst": cases.worst,
            "at": at,
        }
        await self._connection.execute(_KEEP, values)

    async def by_kind(self) -> list[tuple[str, int]]:
        """How many of this month's pushes held each kind of notice, most first; "-" for those with none."""
        since, _end = month_of(in_tokyo(wall()))
        rows = await self._connection.execute(_BY_KIND, {"since": since, "rest": REST})
        return [(row.kind, row.pushes) for row in rows]

    async def per_case(self) -> PerCase:
        """What completed cases have taken, of all companies."""
        rows = await self._connection.execute(_TO_COMPANIES)
        return per_case(Told(row.company_id, row.person_id, row.pushed, tuple(row.kinds)) for row in rows)
