"""Where people are reached when the chat does not reach them: by e-mail, and by a clerk who calls (DOMAIN 2.5).

Whoever has blocked us and missed a notice is a task for the secretariat, once for each time that they block us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from locales import _
from services.database import Base
from services.refusals import Refusal

if TYPE_CHECKING:
    from services.bundle import Services

CALLED, MAILED = "called", "mailed"
WAYS = (CALLED, MAILED)
GONE = _("Somebody has dealt with this already, or LINE reaches them again.")


class UnreachedRow(Base):
    """Somebody whom the chat does not reach, since their first missed notice; `mailed` counts what went by e-mail."""

    __tablename__ = "unreached"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    since: Mapped[datetime]
    missed: Mapped[int]
    mailed: Mapped[int]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


@dataclass(frozen=True)
class Unreached:
    """A task: whom the chat does not reach, by the number that the secretariat knows, and what was missed."""

    person_id: int
    number: str
    blocked_at: datetime
    missed: int
    mailed: int


# A task of an earlier time that they blocked us begins anew.
_MISS = text("""
    INSERT INTO unreached AS u (person_id, since, missed, mailed)
    SELECT p.id, :now, 1, :mailed FROM people p WHERE p.id = :person AND p.blocked_at IS NOT NULL
    ON CONFLICT (person_id) DO UPDATE SET missed = u.missed + 1, mailed = u.mailed + excluded.mailed
""")
_BEGIN = text("""
    DELETE FROM unreached u USING people p
    WHERE u.person_id = :person AND p.id = u.person_id AND u.since < p.blocked_at
""")
_WAITING = text("""
    SELECT u.person_id, p.blocked_at, u.missed, u.mailed,
        coalesce(
            (SELECT c.number FROM companies c JOIN company_members m ON m.company_id = c.id
             WHERE m.person_id = p.id ORDER BY c.id DESC LIMIT 1),
            (SELECT e.number FROM experts e WHERE e.person_id = p.id ORDER BY e.id DESC LIMIT 1), '-') AS number
    FROM unreached u JOIN people p ON p.id = u.person_id
    WHERE p.blocked_at IS NOT NULL AND u.since >= p.blocked_at AND u.done_at IS NULL
    ORDER BY u.since, u.person_id
""")
_DONE = text("""
    UPDATE unreached u SET done_at = :now, done_by = :clerk FROM people p
    WHERE u.person_id = :person AND p.id = u.person_id AND p.blocked_at IS NOT NULL AND u.since >= p.blocked_at
        AND u.done_at IS NULL
    RETURNING u.person_id
""")


class Addresses:
    """E-mail addresses of people, and whom the chat does not reach, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of(self, person_id: int) -> str | None:
        """The e-mail address that a person gave us, as a company or as an expert."""
        services = self._services
        company = await services.companies.of(person_id)
        if company is not None:
            return company.email
        expert = await services.experts.of(person_id)
        return None if expert is None else expert.email

    async def miss(self, person_id: int, *, mailed: bool) -> None:
        """Keep that a notice did not reach somebody in the chat; nothing to do where they have not blocked us."""
        services = self._services
        await services.connection.execute(_BEGIN, {"person": person_id})
        values = {"person": person_id, "now": services.now, "mailed": int(mailed)}
        await services.connection.execute(_MISS, values)
        for clerk in await services.secretariat.people():
            services.notices.home(clerk)

    async def waiting(self) -> list[Unreached]:
        """Everybody whom somebody should call or write to, the longest waiting first."""
        rows = await self._services.connection.execute(_WAITING)
        return [Unreached(row.person_id, row.number, row.blocked_at, row.missed, row.mailed) for row in rows]

    async def done(self, person_id: int, way: str) -> None:
        """Keep that a member of the secretariat has called or written.

        Raises Refusal for others, and when it is no task any more.
        """
        services = self._services
        clerk = await services.secretariat.require()
        values = {"now": services.now, "clerk": clerk.id, "person": person_id}
        done = (await services.connection.execute(_DONE, values)).first()
        if done is None or way not in WAYS:
            raise Refusal(GONE)
        await services.audit.note(way, "person", person_id, reason="blocked")
        for member in await services.secretariat.people():
            services.notices.home(member)
