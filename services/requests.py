"""Direct proposal requests: a company asks an expert it already knows (DOMAIN 5.1, 5.3)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ForeignKey, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted

if TYPE_CHECKING:
    from services.bundle import Services

KIND = "request"


class RequestState(StrEnum):
    """Where a request stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Request(Base):
    """One request of a company to one expert."""

    __tablename__ = "requests"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("request_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[str]
    area: Mapped[str]
    content: Mapped[str] = mapped_column(Encrypted)
    goal: Mapped[str] = mapped_column(Encrypted)
    period_end: Mapped[date]
    minutes: Mapped[int | None]
    origin: Mapped[str]
    relation: Mapped[str | None] = mapped_column(Encrypted)
    answer_by: Mapped[datetime]
    terms_version: Mapped[str]
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class Requests:
    """Requests within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def get(self, request_id: int) -> Request | None:
        """A request by its id."""
        return await self._services.session.get(Request, request_id)

    async def lock(self, request_id: int) -> Request | None:
        """A request, locked until the end of the transaction."""
        return await self._services.session.get(Request, request_id, with_for_update=True, populate_existing=True)
