"""Payment runs: a transfer file for the bank, a second person's release, and the bank's answer (DOMAIN 8.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.payment_records import Payment, PaymentRun, PaymentState, RunState, Withholding

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Payment", "PaymentRun", "PaymentState", "Payments", "RunState", "Withholding"]


class Payments:
    """Payment runs within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of_claim(self, claim_id: int) -> list[Payment]:
        """Every payment that was tried for a claim, oldest first."""
        raise NotImplementedError
