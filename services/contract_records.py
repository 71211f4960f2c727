"""Quasi-mandate contracts and proposed changes of them, as they are kept (DOMAIN 6.5, 6.6)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class ContractState(StrEnum):
    """Where a contract stands (DOMAIN 6.5); CONCLUDED is in support, ENDED has a settled report or none in time."""

    READY = "ready"
    SIGNED_BY_EXPERT = "signed_by_expert"
    SIGNED_BY_SME = "signed_by_sme"
    CONCLUDED = "concluded"
    ENDED = "ended"
    TERMINATED = "terminated"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


TO_SIGN = (ContractState.READY, ContractState.SIGNED_BY_EXPERT, ContractState.SIGNED_BY_SME)
"""It waits for a signature."""
PAYABLE = (ContractState.CONCLUDED, ContractState.TERMINATED, ContractState.ENDED)
"""Support was given under it, or still is: it can be reported and claimed."""


class Contract(Base):
    """One contract between a company and an expert; figures are those of the plan revision in force.

    `paper_id` and `digest` are the text of this `revision`, which is signed, or was; the papers of earlier
    revisions are kept. Times are aware UTC.
    """

    __tablename__ = "contracts"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("contract_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    plan_revision: Mapped[int]
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    revision: Mapped[int]
    terms_version: Mapped[str]
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    digest: Mapped[str]
    price_yen: Mapped[int]
    minutes: Mapped[int]
    honorarium_yen: Mapped[int]
    period_start: Mapped[date]
    period_end: Mapped[date]
    made_at: Mapped[datetime]
    signed_by_expert_at: Mapped[datetime | None]
    signed_by_sme_at: Mapped[datetime | None]
    signed_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    concluded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Encrypted)
    __table_args__ = (
        Index(
            "uq_contracts_plan_id",
            "plan_id",
            unique=True,
            postgresql_where="state NOT IN ('expired', 'cancelled')",
        ),
        Index("ix_contracts_company_id", "company_id"),
        Index("ix_contracts_expert_id", "expert_id"),
    )

    @property
    def to_sign(self) -> bool:
        """Whether it waits for a signature."""
        return self.state in TO_SIGN

    @property
    def in_support(self) -> bool:
        """Whether support may be given under it."""
        return self.state == ContractState.CONCLUDED


class ContractChangeState(StrEnum):
    """Where a proposed change of a contract stands; VOID when the contract ended before it was answered."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    VOID = "void"


class ContractChange(Base):
    """Less time or other days, proposed by one side on one `revision` of a contract (DOMAIN 6.6).

    `paper_id` and `digest` are the whole contract as it reads with the change; the former one stays in force
    until the other side has agreed to exactly this text.
    """

    __tablename__ = "contract_changes"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    revision: Mapped[int]
    state: Mapped[str]
    by_sme: Mapped[bool]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    minutes: Mapped[int]
    honorarium_yen: Mapped[int]
    period_start: Mapped[date]
    period_end: Mapped[date]
    reason: Mapped[str] = mapped_column(Encrypted)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"))
    digest: Mapped[str]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_contract_changes_proposed",
            "contract_id",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        Index("ix_contract_changes_contract_id", "contract_id", "id"),
    )
