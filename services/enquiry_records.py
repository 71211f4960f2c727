"""Questions about cases as they are kept: the thread, its messages, consents to share contacts, and blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class Side(StrEnum):
    """Who of the two speaks."""

    EXPERT = "expert"
    COMPANY = "company"

    @property
    def other(self) -> Side:
        """Who listens."""
        return Side.COMPANY if self is Side.EXPERT else Side.EXPERT


class EnquiryState(StrEnum):
    """Whether a question waits for the company, was answered, or was declined for good."""

    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"


class Enquiry(Base):
    """One question of an expert about a case, and what both sides wrote after it.

    `revision` grows with every message; `unanswered` counts the expert's messages since the company's last;
    `told_revision` is the last one of which the company was told, at `told_at` if it has not answered since.
    """

    __tablename__ = "enquiries"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("enquiry_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    revision: Mapped[int]
    unanswered: Mapped[int]
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    told_revision: Mapped[int]
    __table_args__ = (
        Index("ix_enquiries_case", "case_id", "expert_id"),
        Index("ix_enquiries_expert_id", "expert_id", "changed_at"),
        Index("ix_enquiries_waiting", "company_id", postgresql_where="state = 'waiting'"),
    )

    @property
    def thread(self) -> str:
        """What the expert's thread about it is named by."""
        return f"enquiry:{self.id}"


class EnquiryMessage(Base):
    """What one side wrote, as the other read it: rows are only ever added, as evidence (DOMAIN 5.5).

    `masked` says that contact data was taken out before anybody read or kept it.
    """

    __tablename__ = "enquiry_messages"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    side: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Encrypted)
    masked: Mapped[bool]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_enquiry_messages_enquiry_id", "enquiry_id", "id"),)


class ContactConsent(Base):
    """One side agrees that the other, in this case, may see how to reach it."""

    __tablename__ = "contact_consents"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class EnquiryBlock(Base):
    """A company takes no more questions from an expert about one case."""

    __tablename__ = "enquiry_blocks"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


@dataclass(frozen=True)
class Contact:
    """How to reach one side."""

    name: str
    phone: str
    email: str
