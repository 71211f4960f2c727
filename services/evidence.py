"""Evidence of sessions, reports and claims: files that we hold, and references with hash and length (DOMAIN 7.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locales import Text
from services.contract_records import Contract
from services.session_records import Evidence, EvidenceKind

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Evidence", "EvidenceKind", "Evidences"]


class Evidences:
    """Evidence within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of_contract(self, contract_id: int) -> list[Evidence]:
        """All evidence of a contract that was not removed, oldest first."""
        raise NotImplementedError

    async def missing(self, contract: Contract) -> list[Text]:
        """What a report would still lack, all of it at once, by the terms of the contract (DOMAIN 7.3, 7.4)."""
        raise NotImplementedError
