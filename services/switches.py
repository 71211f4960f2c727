"""Parts of the programme that the secretariat has stopped or resumed, each confirmed by a second person (DOMAIN 9.2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted

if TYPE_CHECKING:
    from services.bundle import Services


class ChangeState(StrEnum):
    """Where a change of a switch stands."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    TAKEN_BACK = "taken_back"


class SwitchChange(Base):
    """One stop or resumption of one part; the newest in force says how the part stands."""

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
    __table_args__ = (
        CheckConstraint("proposed_by <> confirmed_by", name="four_eyes"),
        Index("uq_switch_changes_proposed", "code", unique=True, postgresql_where="state = 'proposed'"),
        Index("ix_switch_changes_code", "code", "id"),
    )


class Switches:
    """Stopping and resuming parts of the programme, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services
