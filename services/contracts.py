"""Quasi-mandate contracts: prepared from an approved plan, signed by both, changed and ended (DOMAIN 6.5, 6.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.contract_records import PAYABLE, TO_SIGN, Contract, ContractState
from services.plan_records import Plan

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["PAYABLE", "TO_SIGN", "Contract", "ContractState", "Contracts"]


class Contracts:
    """Contracts within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def get(self, contract_id: int) -> Contract | None:
        """A contract by its id."""
        return await self._services.session.get(Contract, contract_id)

    async def prepare(self, plan: Plan) -> Contract:
        """The contract of a plan that was just approved, ready to be signed; both sides are told."""
        raise NotImplementedError

    async def lock(self, contract_id: int) -> Contract:
        """A contract, its row locked (after the case or request and the plan); raises Refusal if there is none."""
        raise NotImplementedError

    async def of_either(self, contract_id: int) -> tuple[Contract, bool]:
        """A contract of the acting person's company or of the acting expert, and whether it is the company's; raises Refusal."""
        raise NotImplementedError

    async def mine(self) -> list[Contract]:
        """The contracts of the acting expert, or else of the acting person's company: those to do something about first."""
        raise NotImplementedError

    async def end(self, contract: Contract, reason: str) -> None:
        """A locked contract whose report was accepted has ended; its case is closed."""
        raise NotImplementedError
