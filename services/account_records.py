"""Corrections of bank accounts as they are kept: said by the expert, confirmed by the secretariat (DOMAIN 3.1)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class ChangeState(StrEnum):
    """Where a correction stands; REPLACED ones were followed by another before anybody looked."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"


class AccountChange(Base):
    """Another account that an expert wants to be paid to; `account` has the keys of a claim's `bank`."""

    __tablename__ = "account_changes"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    account: Mapped[Any] = mapped_column(Encrypted)
    documents: Mapped[list[Any]]
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Encrypted)
    __table_args__ = (
        Index(
            "uq_account_changes_waiting",
            "expert_id",
            unique=True,
            postgresql_where="state = 'waiting'",
        ),
        Index("ix_account_changes_expert_id", "expert_id"),
    )
