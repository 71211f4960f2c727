"""Claims of the honorarium: handed in by the expert, reviewed by one or two clerks (DOMAIN 8.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.claim_records import Claim, ClaimState
from services.reviews import Review

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Claim", "ClaimState", "Claims"]


class Claims:
    """Claims within one transaction; a claim is a `Subject` of kind "claim"."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def get(self, claim_id: int) -> Claim | None:
        """A claim by its id."""
        return await self._services.session.get(Claim, claim_id)

    async def of_contract(self, contract_id: int) -> Claim | None:
        """The claim of a contract, if one was handed in."""
        raise NotImplementedError

    async def payable(self) -> list[Claim]:
        """Every approved claim that is in no payment run, oldest first, locked for one."""
        raise NotImplementedError

    async def settled(self, claim: Claim, state: ClaimState) -> None:
        """What became of a claim in a payment run: SCHEDULED, PAID, PAY_FAILED or APPROVED again; the expert is told."""
        raise NotImplementedError

    async def lock(self, subject_id: int) -> None:
        """Lock plan, contract, report and claim, in this order."""
        raise NotImplementedError

    async def decided(self, review: Review) -> None:
        """Approve once or for good, or send the claim back."""
        raise NotImplementedError

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether this person speaks for the company or is the expert."""
        raise NotImplementedError
