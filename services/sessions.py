"""Support sessions: begun and ended by both sides, recorded by the expert, confirmed by the company (DOMAIN 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.contract_records import Contract
from services.session_records import COUNTED, Session, SessionMode, SessionState

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["COUNTED", "Session", "SessionMode", "SessionState", "Sessions"]


class Sessions:
    """Sessions within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of_contract(self, contract_id: int) -> list[Session]:
        """Every session of a contract that was not cancelled, oldest first."""
        raise NotImplementedError

    async def minutes(self, contract: Contract) -> tuple[int, int]:
        """Billable minutes of a contract: all that were given, and those of them that the company has confirmed."""
        raise NotImplementedError
