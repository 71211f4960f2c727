"""The books: one account for each company, each expert and the budget, and every movement of a yen between its stages.

The constraints of the table hold what must never be broken, whatever the code does (DOMAIN 15.2).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.values import Yen


class Party(StrEnum):
    """Whose account it is: that of a company, of an expert, or one of the programme's own purses."""

    COMPANY = "company"
    EXPERT = "expert"
    BUDGET = "budget"
    TRAVEL = "travel"


class Stage(StrEnum):
    """Where a yen of honorarium stands; FREE is not kept but what the others leave of the cap."""

    FREE = "free"
    CARRIED = "carried"
    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    PAID = "paid"
    RECLAIMED = "reclaimed"


HELD = (Stage.CARRIED, Stage.RESERVED, Stage.CONFIRMED, Stage.PAID, Stage.RECLAIMED)
"""The stages that count against a cap; each yen is in one of them."""


class Account(Base):
    """What one party's cap is spent on, in yen; the sum of its ledger rows, kept so that a cap is one constraint.

    `owner_id` is the company or the expert; 0 for the programme's own purses. The phases' caps and the budget
    do not hold travel, which has a purse of its own (DOMAIN 14 Q9).
    """

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    party: Mapped[str]
    owner_id: Mapped[int] = mapped_column(BigInteger)
    cap_yen: Mapped[int] = mapped_column(BigInteger)
    carried_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmed_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    reclaimed_yen: Mapped[int] = mapped_column(BigInteger, default=0)
    opened_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("party", "owner_id"),
        CheckConstraint(
            "carried_yen >= 0 AND reserved_yen >= 0 AND confirmed_yen >= 0 AND paid_yen >= 0 AND reclaimed_yen >= 0",
            name="no_stage_below_zero",
        ),
        CheckConstraint(
            "carried_yen + reserved_yen + confirmed_yen + paid_yen + reclaimed_yen <= cap_yen",
            name="within_cap",
        ),
    )

    def holds(self, stage: Stage) -> Yen:
        """What stands at a stage; FREE is what may still be promised."""
        if stage is Stage.FREE:
            return self.remaining
        return Yen(getattr(self, f"{stage.value}_yen"))

    @property
    def remaining(self) -> Yen:
        """What the cap still leaves."""
        return Yen(self.cap_yen - sum(getattr(self, f"{stage.value}_yen") for stage in HELD))


class LedgerEntry(Base):
    """One movement of honorarium or travel from one stage to another; never changed, corrected by a new row.

    A movement for a plan counts in the accounts of its company, its expert and the budget at once; a carried
    over balance only in the account of the one party that is named. `claim_id` and `payment_id` say on whose
    occasion; `travel` rows count in the travel purse alone.
    """

    __tablename__ = "ledger"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[int | None] = mapped_column(BigInteger)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("experts.id"))
    travel: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str]
    target: Mapped[str]
    yen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    claim_id: Mapped[int | None] = mapped_column(BigInteger)
    payment_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        CheckConstraint("yen > 0", name="something_moves"),
        CheckConstraint("source <> target", name="it_moves"),
        Index("ix_ledger_plan_id", "plan_id", "id"),
        Index("ix_ledger_company_id", "company_id", "id"),
        Index("ix_ledger_expert_id", "expert_id", "id"),
    )
