"""Invoices to companies and claims to the secretariat as they are kept (DOMAIN 8.5, 8.8)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class InvoiceState(StrEnum):
    """Where an invoice stands; CANCELLED ones were replaced by another."""

    ISSUED = "issued"
    PAID = "paid"
    CANCELLED = "cancelled"


class Invoice(Base):
    """The expert's invoice to the company for its share, tax included; computed from the report, never typed.

    `paid_on` is the day on which the company says it paid, `received_on` the one on which the expert says the
    money came; either makes it PAID, at `paid_at`. A reviewer sees whether both say so.
    """

    __tablename__ = "invoices"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("invoice_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    minutes: Mapped[int]
    total_yen: Mapped[int]
    honorarium_yen: Mapped[int]
    share_yen: Mapped[int]
    due_on: Mapped[date]
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    issued_at: Mapped[datetime]
    paid_on: Mapped[date | None]
    received_on: Mapped[date | None]
    paid_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("share_yen + honorarium_yen = total_yen", name="parts_add_up"),
        Index("uq_invoices_contract_id", "contract_id", unique=True, postgresql_where="state <> 'cancelled'"),
        Index("ix_invoices_company_id", "company_id"),
    )


class ClaimState(StrEnum):
    """Where a claim stands (DOMAIN 8.5); APPROVED_ONCE waits for a second person."""

    UNDER_REVIEW = "under_review"
    DEFICIENT = "deficient"
    APPROVED_ONCE = "approved_once"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PAID = "paid"
    PAY_FAILED = "pay_failed"
    REJECTED = "rejected"
    RECLAIMED = "reclaimed"


class Claim(Base):
    """An expert's claim of the honorarium of one contract, gross; the bank account is that of the time of claiming.

    `honorarium_yen` equals what the ledger has confirmed for the plan. `net` is gross less what is withheld.
    `refunded` is what the company answers some weeks after the payment: whether any of its share came back.
    """

    __tablename__ = "claims"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("claim_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    revision: Mapped[int]
    minutes: Mapped[int]
    honorarium_yen: Mapped[int]
    travel_yen: Mapped[int] = mapped_column(default=0)
    travel_km: Mapped[int | None]
    travel_route: Mapped[str | None] = mapped_column(Encrypted)
    bank: Mapped[Any] = mapped_column(Encrypted)
    first_sent_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    second_approved_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    second_approved_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    refunded: Mapped[bool | None]
    refund_said_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("honorarium_yen >= 0 AND travel_yen >= 0", name="nothing_below_zero"),
        CheckConstraint("approved_by <> second_approved_by", name="four_eyes"),
        Index("ix_claims_expert_id", "expert_id"),
        Index("ix_claims_state", "state"),
    )

    @property
    def gross_yen(self) -> int:
        """Honorarium and travel together."""
        return self.honorarium_yen + self.travel_yen
