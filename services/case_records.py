"""The record of a consultation case: its states, and what a company says of it (DOMAIN 4.1, 4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.reviews import ReviewState
from services.secrets import Encrypted
from services.values import Hours, Yen


class CaseState(StrEnum):
    """Where a case stands (DOMAIN 4.6)."""

    UNDER_REVIEW = "under_review"
    DEFICIENT = "deficient"
    PUBLISHED = "published"
    NOT_WANTED = "not_wanted"
    NEGOTIATING = "negotiating"
    PLAN_AGREED = "plan_agreed"
    CONTRACTED = "contracted"
    CLOSED = "closed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    HIDDEN = "hidden"
    REJECTED = "rejected"


class Mode(StrEnum):
    """How the company would like to be helped (DOMAIN 4.1)."""

    ONLINE = "online"
    VISIT = "visit"
    EITHER = "either"


OPEN_STATES = (CaseState.PUBLISHED, CaseState.NEGOTIATING)
"""Experts see the case and may answer it, until its deadline."""
CANCELLABLE = (
    CaseState.UNDER_REVIEW,
    CaseState.DEFICIENT,
    CaseState.PUBLISHED,
    CaseState.NOT_WANTED,
    CaseState.NEGOTIATING,
    CaseState.EXPIRED,
    CaseState.HIDDEN,
)
EXTENDABLE = (*OPEN_STATES, CaseState.NOT_WANTED, CaseState.EXPIRED)
STATE_AFTER = {
    ReviewState.APPROVED: CaseState.PUBLISHED,
    ReviewState.RETURNED: CaseState.DEFICIENT,
    ReviewState.REJECTED: CaseState.REJECTED,
}


@dataclass(frozen=True)
class CaseContent:
    """What a company says of its case. `place` is the prefecture and city of a visit, else the company's."""

    title: str
    area: str
    background: str
    issue: str
    goal: str
    current_tools: str | None
    mode: Mode
    place: tuple[str, str] | None
    period_start: date
    period_end: date
    time: Hours | None
    budget: Yen | None
    proposal_deadline: date
    trade: str | None = None


class Case(Base):
    """One thing a company wants help with. `revision` grows whenever its content changes."""

    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("case_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    state: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(Encrypted)
    area: Mapped[str]
    trade: Mapped[str | None] = mapped_column(Encrypted)
    background: Mapped[str] = mapped_column(Encrypted)
    issue: Mapped[str] = mapped_column(Encrypted)
    goal: Mapped[str] = mapped_column(Encrypted)
    current_tools: Mapped[str | None] = mapped_column(Encrypted)
    mode: Mapped[str]
    prefecture: Mapped[str]
    city: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    minutes: Mapped[int | None]
    budget_yen: Mapped[int | None]
    proposal_deadline: Mapped[date]
    applied_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_cases_company_id", "company_id"),
        Index("ix_cases_open", "proposal_deadline", postgresql_where="state IN ('published', 'negotiating')"),
    )

    @property
    def told(self) -> tuple[str, ...]:
        """What its company tells in its own words, to compare with others."""
        return self.background, self.issue, self.goal
