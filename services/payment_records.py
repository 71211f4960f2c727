"""Payment runs and the payments in them as they are kept (DOMAIN 8.5, 8.6)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class RunState(StrEnum):
    """Where a payment run stands: drawn up by one person, released by another, then answered by the bank."""

    DRAWN_UP = "drawn_up"
    RELEASED = "released"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PaymentRun(Base):
    """One transfer file for the bank, to be carried out on one business day; the lists are the same for people."""

    __tablename__ = "payment_runs"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("payment_run_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    transfer_on: Mapped[date]
    count: Mapped[int]
    total_yen: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    released_at: Mapped[datetime | None]
    file_paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    list_paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    table_paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    closed_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("made_by <> released_by", name="four_eyes"),)

    @property
    def open(self) -> bool:
        """Whether something is still to be done with it."""
        return self.state in (RunState.DRAWN_UP, RunState.RELEASED)


class PaymentState(StrEnum):
    """Where one payment stands."""

    SCHEDULED = "scheduled"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Payment(Base):
    """What one expert gets for one claim in one run: gross = withheld + net, in yen. `bank` is as it was sent.

    `failure` is the code of why the bank did not carry it out, or sent it back later.
    """

    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("payment_runs.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    honorarium_yen: Mapped[int]
    travel_yen: Mapped[int]
    withheld_yen: Mapped[int]
    net_yen: Mapped[int]
    bank: Mapped[Any] = mapped_column(Encrypted)
    failure: Mapped[str | None]
    paid_on: Mapped[date | None]
    notice_paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("honorarium_yen + travel_yen = withheld_yen + net_yen", name="gross_is_net_and_tax"),
        CheckConstraint("net_yen > 0 AND withheld_yen >= 0", name="something_is_paid"),
        Index(
            "uq_payments_claim_id",
            "claim_id",
            unique=True,
            postgresql_where="state IN ('scheduled', 'paid')",
        ),
        Index("ix_payments_run_id", "run_id"),
        Index("ix_payments_expert_id", "expert_id"),
    )

    @property
    def gross_yen(self) -> int:
        """Honorarium and travel together."""
        return self.honorarium_yen + self.travel_yen


class Withholding(Base):
    """How much tax is withheld from one expert, in percent of the gross; without a row the programme's own rate.

    Above `over_yen` in one payment the higher rate applies to what is above it (DOMAIN 8.6).
    """

    __tablename__ = "withholding"
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), primary_key=True)
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 3))
    percent_above: Mapped[Decimal] = mapped_column(Numeric(5, 3))
    over_yen: Mapped[int]
    set_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]
