"""Invoices to companies for their share, computed from the confirmed report (DOMAIN 8.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.claim_records import Invoice, InvoiceState

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Invoice", "InvoiceState", "Invoices"]


class Invoices:
    """Invoices within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of_contract(self, contract_id: int) -> Invoice | None:
        """The invoice of a contract that was not cancelled."""
        raise NotImplementedError
