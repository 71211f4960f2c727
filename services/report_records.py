"""Implementation reports as they are kept (DOMAIN 7.3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class ReportState(StrEnum):
    """Where a report stands: the company confirms it first, then the secretariat reviews it (DOMAIN 7.3)."""

    CONFIRMING = "confirming"
    DISPUTED = "disputed"
    UNDER_REVIEW = "under_review"
    DEFICIENT = "deficient"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Report(Base):
    """One contract's report. `minutes` are those the company confirmed, of which the money is computed once.

    `first_sent_at` is what counts for the deadline; putting right what came back at `returned_at`, from the
    company or the secretariat, may be done later (DOMAIN 14 Q10, Q11). `content` holds the answers of its form
    by key. `chased_at` is when the secretariat was told that the company does not answer.
    """

    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("report_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    revision: Mapped[int]
    content: Mapped[Any] = mapped_column(Encrypted)
    minutes: Mapped[int]
    total_yen: Mapped[int]
    honorarium_yen: Mapped[int]
    first_sent_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    rating: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(Encrypted)
    dispute: Mapped[str | None] = mapped_column(Encrypted)
    returned_at: Mapped[datetime | None]
    chased_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    __table_args__ = (
        Index("ix_reports_company_id", "company_id"),
        Index("ix_reports_expert_id", "expert_id"),
    )
