"""What is kept of direct proposal requests, and of the codes by which experts invite them (DOMAIN 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted
from services.values import Hours


class RequestState(StrEnum):
    """Where a request stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class KnownBy(StrEnum):
    """How a company says that it knows the expert."""

    ACQUAINTED = "acquainted"
    OTHER_SYSTEM = "other_system"
    INTRODUCED = "introduced"
    OTHER = "other"


class Origin(StrEnum):
    """Where the two sides found each other (DOMAIN 5.1, `match_origin`)."""

    IN_SYSTEM = "IN_SYSTEM"
    PRIOR_RELATION = "PRIOR_RELATION"
    OTHER_SYSTEM = "OTHER_SYSTEM"


@dataclass(frozen=True)
class Order:
    """What a company asks of an expert whom it knows (DOMAIN 5.3)."""

    expert_id: int
    area: str
    content: str
    goal: str
    period_end: date
    time: Hours | None
    known_by: KnownBy
    relation: str | None
    answer_by: date

    def as_json(self) -> dict[str, Any]:
        """The order in plain values, for the salted digest in the audit."""
        return {
            **vars(self),
            "period_end": self.period_end.isoformat(),
            "answer_by": self.answer_by.isoformat(),
            "time": None if self.time is None else self.time.minutes,
        }


class Request(Base):
    """One request of a company to one expert; what it asks never changes once it was sent.

    `answer_by` is the last second of its day in Tokyo. `reason` is a code of the programme.
    """

    __tablename__ = "requests"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("request_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    area: Mapped[str]
    content: Mapped[str] = mapped_column(Encrypted)
    goal: Mapped[str] = mapped_column(Encrypted)
    period_end: Mapped[date]
    minutes: Mapped[int | None]
    origin: Mapped[str]
    known_by: Mapped[str]
    relation: Mapped[str | None] = mapped_column(Encrypted)
    answer_by: Mapped[datetime]
    terms_version: Mapped[str]
    sent_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    words: Mapped[str | None] = mapped_column(Encrypted)
    __table_args__ = (
        Index(
            "uq_requests_waiting", "company_id", "expert_id", unique=True, postgresql_where="state = 'sent'"
        ),
        Index("ix_requests_expert_id", "expert_id"),
    )

    @property
    def time(self) -> Hours | None:
        """The rough hours that were named."""
        return None if self.minutes is None else Hours(self.minutes)


class Invitation(Base):
    """A short code that an expert hands to a company, which then need not know number or name."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    expires_at: Mapped[datetime]
    __table_args__ = (Index("ix_invitations_expert_id", "expert_id", "expires_at"),)

    @property
    def shown(self) -> str:
        """The code in two groups, as it is read out."""
        return f"{self.code[:4]}-{self.code[4:]}"
