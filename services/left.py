"""What is left of an honorarium cap, for those who ask: in yen, and in hours at a price (DOMAIN 8.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services import fees
from services.companies import Company
from services.experts import Expert
from services.ledger_records import HELD, Party, Stage
from services.plan_records import IN_REVIEW, TALKING, Plan, PlanRevision, PlanState
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services


@dataclass(frozen=True)
class Left:
    """One party's cap: what is used of it at each stage, what is agreed and not approved yet, and the prices in question."""

    cap: Yen
    stands: dict[Stage, Yen]
    waiting: Yen
    prices: tuple[Yen, ...]

    @property
    def remaining(self) -> Yen:
        """What can still be agreed on, in yen of honorarium."""
        return max(Yen(self.cap - sum(self.stands.values()) - self.waiting), Yen(0))

    def minutes(self, price: Yen, rates: fees.Rates) -> int:
        """How much time it is enough for at `price` yen an hour, in whole units."""
        return fees.largest_minutes_within(price, self.remaining, rates)


async def of_company(services: Services, company: Company) -> Left:
    """A company's cap, at the prices of the plans it has chosen, or else of those proposed to it.

    Without any, at the price from which the programme pays the most an hour.
    """
    rates = services.programme.rates
    whose = Plan.company_id == company.id
    prices = await _prices(services, whose, (*IN_REVIEW, PlanState.APPROVED))
    prices = prices or await _prices(services, whose, TALKING)
    usual = rates.honorarium_cap + rates.self_paid_minimum
    return await _left(services, Party.COMPANY, company.id, whose, prices or [usual])


async def of_expert(services: Services, expert: Expert) -> Left:
    """An expert's cap, at the price for which the expert works."""
    price = Yen(expert.hourly_price_yen)
    return await _left(services, Party.EXPERT, expert.id, Plan.expert_id == expert.id, [price])


async def begun(services: Services, party: Party, owner_id: int) -> bool:
    """Whether anything was ever agreed on that a cap is used for."""
    column = Plan.company_id if party is Party.COMPANY else Plan.expert_id
    states = (*IN_REVIEW, PlanState.APPROVED)
    found = await services.session.scalar(
        select(Plan.id).where(column == owner_id, Plan.state.in_(states)).limit(1)
    )
    return found is not None


async def _left(services: Services, party: Party, owner_id: int, whose: Any, prices: Iterable[Yen]) -> Left:
    account = await services.ledger.account(party, owner_id)
    stands = {stage: account.holds(stage) for stage in HELD}
    return Left(Yen(account.cap_yen), stands, await services.plans.promised(whose), tuple(prices))


async def _prices(services: Services, whose: Any, states: Iterable[PlanState]) -> list[Yen]:
    """The different prices of the present revisions of plans, lowest first."""
    found = await services.session.scalars(
        select(PlanRevision.price_yen)
        .join(Plan, (PlanRevision.plan_id == Plan.id) & (PlanRevision.revision == Plan.revision))
        .where(whose, Plan.state.in_(tuple(states)))
        .distinct()
        .order_by(PlanRevision.price_yen)
    )
    return [Yen(price) for price in found]
