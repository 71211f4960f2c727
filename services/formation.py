"""The formation review: an agreed plan is checked as a whole and its money reserved, or it goes back (DOMAIN 6.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.plan_records import Plan
from services.reviews import Review

if TYPE_CHECKING:
    from services.bundle import Services


class Formation:
    """The formation review within one transaction; a plan is its `Subject`, of kind "plan"."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submit(self, plan: Plan) -> None:
        """Hand an agreed plan to the secretariat; the plan is locked by the caller."""
        raise NotImplementedError

    async def lock(self, subject_id: int) -> None:
        """Lock the plan's case or request, then the plan."""
        raise NotImplementedError

    async def decided(self, review: Review) -> None:
        """Reserve and prepare the contract, send the plan back with remarks, or end it."""
        raise NotImplementedError

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether this person speaks for the company or is the expert."""
        raise NotImplementedError
