"""Honorarium that was paid wrongly: demanded back by two clerks, repaid in one or several amounts (DOMAIN 8.5, 10.1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from locales import _
from services.claim_records import Claim, ClaimState
from services.contract_records import Contract
from services.ledger_records import Stage
from services.plan_records import Plan
from services.reclaim_records import Reclaim, ReclaimState, Repayment
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Reclaim", "ReclaimState", "Reclaims", "Repayment"]

KIND = "reclaim"
TEMPLATE = "reclaim-notice-2021-10-19"
UNKNOWN = _("We cannot find this. Please look at the list.")
DECIDED = _("This was decided already.")
INVOLVED = _("You have a part in this yourself, so a colleague must decide.")
PAID = (ClaimState.PAID, ClaimState.RECLAIMED)


class Reclaims:
    """Demands within one transaction. Locks are plan, claim, demand, accounts, in this order."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, reclaim_id: int) -> Reclaim | None:
        """A demand by its id."""
        return await self._services.session.get(Reclaim, reclaim_id)

    async def of_claim(self, claim_id: int) -> list[Reclaim]:
        """Every demand on a claim, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Reclaim).where(Reclaim.claim_id == claim_id).order_by(Reclaim.id)
            )
        )

    async def of_expert(self, expert_id: int) -> list[Reclaim]:
        """What an expert still has to pay back, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Reclaim)
                .where(Reclaim.expert_id == expert_id, Reclaim.state == ReclaimState.DEMANDED)
                .order_by(Reclaim.id)
            )
        )

    async def open(self) -> list[Reclaim]:
        """Every demand that waits for a second person or for money, oldest first."""
        states = (ReclaimState.PROPOSED, ReclaimState.DEMANDED)
        return list(
            await self._services.session.scalars(
                select(Reclaim).where(Reclaim.state.in_(states)).order_by(Reclaim.id)
            )
        )

    async def repayments(self, reclaim_id: int) -> list[Repayment]:
        """What came back for a demand, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Repayment).where(Repayment.reclaim_id == reclaim_id).order_by(Repayment.id)
            )
        )

    # --- demanding -------------------------------------------------------------------------------------

    async def demand(self, claim_id: int, yen: Yen, reason: str) -> Reclaim:
        """Propose to demand paid honorarium back, all of it or a part; a second clerk confirms it.

        Raises Refusal for others than the secretariat, a claim that is not paid, and more than was paid for it
        and is not demanded yet.
        """
        services = self._services
        clerk = await services.secretariat.require()
        claim, plan = await self._lock(claim_id)
        await self._require_apart(claim, clerk.id)
        left = await self._left(claim, plan)
        if not 0 < yen <= left:
            raise Refusal(_("Up to {most} can be demanded back.")(most=left), about="yen")
        reclaim = Reclaim(
            claim_id=claim.id,
            expert_id=claim.expert_id,
            state=ReclaimState.PROPOSED,
            yen=int(yen),
            reason=reason,
            proposed_by=clerk.id,
            proposed_at=services.now,
        )
        services.session.add(reclaim)
        await services.session.flush()
        await self._note(reclaim, "demand proposed")
        await self._changed(reclaim)
        return reclaim

    async def _left(self, claim: Claim, plan: Plan) -> Yen:
        """What was paid for a claim and nobody demands or proposes to demand; both locked."""
        paid = (await self._services.ledger.of_plan(plan.id)).get(Stage.PAID, Yen(0))
        proposed = await self._services.session.scalar(
            select(func.coalesce(func.sum(Reclaim.yen), 0)).where(
                Reclaim.claim_id == claim.id, Reclaim.state == ReclaimState.PROPOSED
            )
        )
        return Yen(paid - int(proposed or 0))

    async def confirm(self, reclaim_id: int) -> Reclaim:
        """Demand it: the books show it, and the expert gets a letter with the day by which it is due.

        Raises Refusal for whoever proposed it, and for what was confirmed or dropped meanwhile.
        """
        services = self._services
        clerk = await services.secretariat.require()
        reclaim, claim, plan = await self._to_change(reclaim_id, ReclaimState.PROPOSED)
        if reclaim.proposed_by == clerk.id:
            raise Refusal(_("You proposed this, so a colleague must confirm it."))
        await self._require_apart(claim, clerk.id)
        if claim.state not in PAID:
            raise Refusal(_("This claim is not paid any more, so nothing can be demanded back."))
        days = timedelta(days=services.programme.limits.reclaim_due_days)
        reclaim.state, reclaim.confirmed_by = ReclaimState.DEMANDED, clerk.id
        reclaim.confirmed_at, reclaim.due_on = services.now, services.programme.today(services.now) + days
        paid = (await services.ledger.of_plan(plan.id)).get(Stage.PAID, Yen(0))
        await services.session.flush()
        await services.ledger.reclaim(plan, Yen(reclaim.yen), "demanded back", claim_id=claim.id)
        if claim.state == ClaimState.PAID:
            await services.claims.settled(claim, ClaimState.RECLAIMED)
        await self._letter(reclaim, claim, paid)
        await self._note(reclaim, "demanded back")
        await self._tell("reclaim.demanded", reclaim)
        await self._changed(reclaim)
        return reclaim

    async def drop(self, reclaim_id: int) -> Reclaim:
        """Do not demand what was only proposed; never for a clerk with a part in it."""
        clerk = await self._services.secretariat.require()
        reclaim, claim, _plan = await self._to_change(reclaim_id, ReclaimState.PROPOSED)
        await self._require_apart(claim, clerk.id)
        reclaim.state, reclaim.settled_at = ReclaimState.DROPPED, self._services.now
        await self._note(reclaim, "demand dropped")
        await self._changed(reclaim)
        return reclaim

    async def repay(self, reclaim_id: int, yen: Yen, received_on: date) -> Reclaim:
        """Enter what came back; when it is all there the demand is settled, and the expert is told.

        Raises Refusal for more than is open, and for a day that has not come yet.
        """
        services = self._services
        clerk = await services.secretariat.require()
        reclaim, claim, plan = await self._to_change(reclaim_id, ReclaimState.DEMANDED)
        await self._require_apart(claim, clerk.id)
        if not 0 < yen <= reclaim.open_yen:
            raise Refusal(_("{open} is still open.")(open=reclaim.open_yen), about="yen")
        today = services.programme.today(services.now)
        if received_on > today:
            raise Refusal(_("Please choose a day up to {day}.")(day=today), about="received_on")
        services.session.add(
            Repayment(
                reclaim_id=reclaim.id,
                yen=int(yen),
                received_on=received_on,
                entered_by=clerk.id,
                entered_at=services.now,
            )
        )
        reclaim.repaid_yen += int(yen)
        if reclaim.open_yen == 0:
            reclaim.state, reclaim.settled_at = ReclaimState.REPAID, services.now
        await services.session.flush()
        await services.ledger.repaid(plan, yen, "paid back", claim_id=claim.id)
        await self._note(reclaim, "paid back")
        await self._tell("reclaim.repaid", reclaim, int(yen))
        await self._changed(reclaim)
        return reclaim

    # --- what several changes do -----------------------------------------------------------------------

    async def _lock(self, claim_id: int) -> tuple[Claim, Plan]:
        services = self._services
        await services.claims.lock(claim_id)
        claim = await services.claims.get(claim_id)
        if claim is None:
            raise Refusal(UNKNOWN)
        if claim.state not in PAID:
            raise Refusal(_("Only paid honorarium can be demanded back."), about="claim")
        return claim, await self._plan(claim)

    async def _to_change(self, reclaim_id: int, state: ReclaimState) -> tuple[Reclaim, Claim, Plan]:
        services = self._services
        known = await self.get(reclaim_id)
        if known is None:
            raise Refusal(UNKNOWN)
        await services.claims.lock(known.claim_id)
        reclaim = await services.session.get(
            Reclaim, reclaim_id, with_for_update=True, populate_existing=True
        )
        claim = await services.claims.get(known.claim_id)
        assert reclaim is not None and claim is not None
        if reclaim.state != state:
            raise Refusal(DECIDED)
        return reclaim, claim, await self._plan(claim)

    async def _plan(self, claim: Claim) -> Plan:
        contract = await self._services.session.get_one(Contract, claim.contract_id)
        return await self._services.session.get_one(Plan, contract.plan_id)

    async def _require_apart(self, claim: Claim, person_id: int) -> None:
        if await self._services.claims.involves(claim.id, person_id):
            raise Refusal(INVOLVED)

    async def _letter(self, reclaim: Reclaim, claim: Claim, paid: Yen) -> None:
        services = self._services
        expert = await services.experts.get(claim.expert_id)
        contract = await services.session.get_one(Contract, claim.contract_id)
        company = await services.companies.get(claim.company_id)
        assert expert is not None and company is not None
        paper = await services.papers.make(
            KIND,
            reclaim.id,
            TEMPLATE,
            {
                "number": claim.number,
                "expert": expert.name,
                "expert_number": expert.number,
                "contract": contract.number,
                "company": company.number,
                "paid": int(paid),
                "yen": reclaim.yen,
                "due_on": reclaim.due_on,
                "reason": reclaim.reason,
                "payer": vars(services.programme.payer),
            },
            f"{claim.number}-{reclaim.id}.pdf",
        )
        reclaim.paper_id = paper.id

    async def _note(self, reclaim: Reclaim, action: str) -> None:
        await self._services.session.flush()
        await self._services.audit.note(
            action,
            "claim",
            reclaim.claim_id,
            content={"yen": reclaim.yen, "repaid": reclaim.repaid_yen, "reason": reclaim.reason},
        )

    async def _tell(self, kind: str, reclaim: Reclaim, yen: int = 0) -> None:
        expert = await self._services.experts.get(reclaim.expert_id)
        assert expert is not None
        self._services.notices.tell(kind, expert.person_id, mail=expert.email, reclaim=reclaim.id, yen=yen)
        self._services.notices.home(expert.person_id)

    async def _changed(self, reclaim: Reclaim) -> None:
        await self._services.session.flush()
        self._services.notices.draw(KIND, reclaim.id)
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)
