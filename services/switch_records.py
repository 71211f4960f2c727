"""Stops and resumptions of parts of the programme as they are kept, and who was told of them (DOMAIN 9.2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted


class ChangeState(StrEnum):
    """Where a change of a switch stands."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    TAKEN_BACK = "taken_back"


class SwitchChange(Base):
    """One stop or resumption of one part; the last that came into force says how the part stands.

    Without a proposer the programme itself closed the part early; its reason is then the budget in yen that
    was nearly used up.
    """

    __tablename__ = "switch_changes"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str]
    open: Mapped[bool]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(Encrypted)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_back_at: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("proposed_by <> confirmed_by", name="four_eyes"),
        Index("uq_switch_changes_proposed", "code", unique=True, postgresql_where="state = 'proposed'"),
        Index("ix_switch_changes_code", "code", "id"),
    )

    @property
    def by_itself(self) -> bool:
        """Whether the programme closed the part itself, because the budget was nearly used up."""
        return self.proposed_by is None


class SwitchTold(Base):
    """A person whom a change concerns, and when they were told: in a message, or by being refused."""

    __tablename__ = "switch_told"
    change_id: Mapped[int] = mapped_column(ForeignKey("switch_changes.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    told_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_switch_told_waiting", "change_id", "person_id", postgresql_where="told_at IS NULL"),
    )
