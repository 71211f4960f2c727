"""Who did what, when and why: rows of ids and salted digests, never the content itself (DESIGN 13.6)."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Index, LargeBinary, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base


class AuditRow(Base):
    """One change of state: the actor, the subject, the reason and the revision it was based on.

    `digest` is the SHA-256 of `salt` and the content; erasing the salt makes it meaningless.
    """

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    wall_at: Mapped[datetime]
    actor: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int | None]
    reason: Mapped[str | None]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (Index("ix_audit_subject", "subject", "subject_id", "id"),)


class Audit:
    """Writes the log within the transaction of the change it tells of."""

    def __init__(
        self, connection: AsyncConnection, actor: int | None, at: datetime, wall_at: datetime
    ) -> None:
        self._connection = connection
        self._actor = actor
        self._at = at
        self._wall_at = wall_at

    async def note(
        self,
        action: str,
        subject: str,
        subject_id: int,
        *,
        revision: int | None = None,
        reason: str | None = None,
        content: dict[str, Any] | None = None,
    ) -> None:
        """Keep one change. `reason` is a code or a short English phrase; personal data goes into `content`."""
        salt = digest = None
        if content is not None:
            salt = secrets.token_bytes(16)
            digest = hashlib.sha256(salt + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
        await self._connection.execute(
            insert(AuditRow).values(
                at=self._at,
                wall_at=self._wall_at,
                actor=self._actor,
                action=action,
                subject=subject,
                subject_id=subject_id,
                revision=revision,
                reason=reason,
                salt=salt,
                digest=digest,
            )
        )

    async def history(self, subject: str, subject_id: int) -> list[AuditRow]:
        """What happened to one thing, oldest first."""
        rows = await self._connection.execute(
            select(AuditRow.__table__)
            .where(AuditRow.subject == subject, AuditRow.subject_id == subject_id)
            .order_by(AuditRow.id)
        )
        return [AuditRow(**row._mapping) for row in rows]
