"""The ledger: caps reserved, confirmed, paid and released, every yen once, in one transaction (DOMAIN 8.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.ledger_records import Account, LedgerEntry, Party, Stage
from services.plan_content import Room
from services.plan_records import Plan
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Account", "Ledger", "LedgerEntry", "Party", "Stage"]


class Ledger:
    """The books within one transaction. Accounts are locked company, expert, budget, in that order (DESIGN 13.7)."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def account(self, party: Party, owner_id: int = 0) -> Account:
        """An account as it stands, opened with its carried-over balance when it is first asked for."""
        raise NotImplementedError

    async def room(self, company_id: int, expert_id: int) -> Room:
        """What company, expert and budget still leave for a new plan, in yen of honorarium."""
        raise NotImplementedError

    async def of_plan(self, plan_id: int) -> dict[Stage, Yen]:
        """What stands at each stage for one plan, honorarium only; stages without a yen are missing."""
        raise NotImplementedError

    async def reserve(self, plan: Plan, honorarium: Yen) -> None:
        """Reserve an approved plan's honorarium in all three accounts; raises Refusal with the largest plan that fits."""
        raise NotImplementedError

    async def release(self, plan: Plan, reason: str, *, down_to: Yen | None = None) -> None:
        """Free what a plan has reserved beyond `down_to`; all of it without."""
        raise NotImplementedError

    async def confirm(self, plan: Plan, honorarium: Yen, reason: str = "report accepted") -> None:
        """What the accepted report is worth becomes confirmed; the rest of the reservation is free again."""
        raise NotImplementedError

    async def pay(self, plan: Plan, honorarium: Yen, travel: Yen, *, claim_id: int, payment_id: int) -> None:
        """Confirmed honorarium, and travel from its own purse, were paid."""
        raise NotImplementedError

    async def unpay(
        self, plan: Plan, honorarium: Yen, travel: Yen, reason: str, *, claim_id: int, payment_id: int
    ) -> None:
        """The bank sent a payment back: a counter row for each."""
        raise NotImplementedError

    async def reclaim(self, plan: Plan, honorarium: Yen, reason: str, *, claim_id: int) -> None:
        """Demand paid honorarium back; it still counts against the caps until it is repaid."""
        raise NotImplementedError

    async def repaid(self, plan: Plan, honorarium: Yen, reason: str, *, claim_id: int) -> None:
        """Honorarium that was demanded back has come in: it is free again."""
        raise NotImplementedError
