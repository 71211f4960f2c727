"""What is kept of reminders: of what each person was reminded last, and which cases are still wanted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.reminder_rules import Memory


class ReminderRow(Base):
    """One thing that one person has to do (`what` about the record `ref`), and what became of reminding them."""

    __tablename__ = "reminders"
    what: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    said_for: Mapped[date]
    said_at: Mapped[datetime]
    again_on: Mapped[date | None]
    stopped_at: Mapped[datetime | None]

    @property
    def memory(self) -> Memory:
        """What it means for the next reminder."""
        return Memory(self.said_for, self.again_on, self.stopped_at is not None)


class CaseInterest(Base):
    """Whether the company of a case still looks: when it was asked, how often in vain, and when it last answered.

    While `hidden_at` is set, experts do not find the case.
    """

    __tablename__ = "case_interest"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime | None]
    silent: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    answered_at: Mapped[datetime | None]
    again_on: Mapped[date | None]
    hidden_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_case_interest_hidden", "hidden_at", postgresql_where="hidden_at IS NOT NULL"),
    )
