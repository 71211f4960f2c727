"""Demands for honorarium that was paid wrongly, and what came back, as they are kept (DOMAIN 8.5, 10.1)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted
from services.values import Yen


class ReclaimState(StrEnum):
    """Where a demand stands: proposed by one clerk, demanded by another, repaid in one or several amounts."""

    PROPOSED = "proposed"
    DEMANDED = "demanded"
    REPAID = "repaid"
    DROPPED = "dropped"


class Reclaim(Base):
    """Paid honorarium of one claim that is to be paid back; `reason` is what the expert reads."""

    __tablename__ = "reclaims"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    yen: Mapped[int]
    repaid_yen: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Encrypted)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    __table_args__ = (
        CheckConstraint("yen > 0 AND repaid_yen >= 0 AND repaid_yen <= yen", name="no_more_than_demanded"),
        CheckConstraint("proposed_by <> confirmed_by", name="four_eyes"),
        Index("ix_reclaims_claim_id", "claim_id"),
        Index("ix_reclaims_expert_id", "expert_id"),
    )

    @property
    def open_yen(self) -> Yen:
        """What has not come back yet."""
        return Yen(self.yen - self.repaid_yen)


class Repayment(Base):
    """One amount that came back for a demand."""

    __tablename__ = "repayments"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    reclaim_id: Mapped[int] = mapped_column(ForeignKey("reclaims.id"))
    yen: Mapped[int]
    received_on: Mapped[date]
    entered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("yen > 0", name="something_came_back"),
        Index("ix_repayments_reclaim_id", "reclaim_id"),
    )
