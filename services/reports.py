"""Implementation reports: written from the sessions, confirmed by the company, reviewed (DOMAIN 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.report_records import Report, ReportState
from services.reviews import Review

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Report", "ReportState", "Reports"]


class Reports:
    """Reports within one transaction; a report is a `Subject` of kind "report"."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def get(self, report_id: int) -> Report | None:
        """A report by its id."""
        return await self._services.session.get(Report, report_id)

    async def of_contract(self, contract_id: int) -> Report | None:
        """The report of a contract, if one was sent."""
        raise NotImplementedError

    async def lock(self, subject_id: int) -> None:
        """Lock the plan, the contract and the report, in this order."""
        raise NotImplementedError

    async def decided(self, review: Review) -> None:
        """Confirm the money and end the contract, or send the report back."""
        raise NotImplementedError

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether this person speaks for the company or is the expert."""
        raise NotImplementedError
