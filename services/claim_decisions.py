"""The secretariat's review of claims: approved by one clerk or two, returned, or ended (DOMAIN 8.5, 10.4 C11)."""

from __future__ import annotations

from locales import _
from services import lapses
from services.claim_records import Claim, ClaimState, Invoice, InvoiceState
from services.claim_register import KIND, ClaimRegister
from services.contract_records import Contract
from services.ledger_records import Stage
from services.plan_records import Plan
from services.refusals import Refusal
from services.report_records import Report, ReportState
from services.reviews import Review, ReviewState
from services.session_records import EvidenceKind
from services.values import Yen


class ClaimDecisions(ClaimRegister):
    """Claims as a `Subject` of kind "claim", within one transaction."""

    async def lock(self, subject_id: int) -> None:
        """Lock plan, contract, report and claim, in this order."""
        claim = await self.get(subject_id)
        if claim is not None:
            await self._lock_road(claim.contract_id)
            await self._lock_claim(claim.contract_id)

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether this person speaks for the company or is the expert."""
        claim = await self.get(subject_id)
        if claim is None:
            return False
        expert = await self.expert_of(claim)
        return person_id == expert.person_id or await self._services.companies.involves(
            claim.company_id, person_id
        )

    async def decided(self, review: Review) -> None:
        """Approve once or for good, send the claim back with remarks, or end it; the expert is told.

        Approving raises Refusal with what stands in the way: a report that is not accepted, money that the
        ledger does not hold ready, a share that was not paid, a session that is in doubt, an empty travel purse.
        """
        claim = await self.get(review.subject_id)
        assert claim is not None
        match ReviewState(review.state):
            case ReviewState.APPROVED:
                await self._approve(claim, review)
            case ReviewState.REJECTED:
                await self._reject(claim, review)
            case _:
                claim.state = ClaimState.DEFICIENT
                claim.approved_by = claim.approved_at = None
                contract = await self._services.session.get_one(Contract, claim.contract_id)
                await self._services.session.flush()
                await lapses.watch(self._services, contract)
                await self._tell_expert("claim.deficient", claim, claim=claim.id, review=review.id)
        await self._services.session.flush()
        await self._redraw(claim)

    async def _approve(self, claim: Claim, review: Review) -> None:
        services = self._services
        services.reviews.require_checked(review)
        plan = await self._require_payment_due(claim)
        if claim.state == ClaimState.APPROVED_ONCE:
            claim.second_approved_by, claim.second_approved_at = review.decided_by, review.decided_at
        else:
            claim.approved_by, claim.approved_at = review.decided_by, review.decided_at
            if self.needs_two(claim):
                claim.state = ClaimState.APPROVED_ONCE
                await services.audit.note("approved once", KIND, claim.id, revision=claim.revision)
                await services.reviews.need_another(review)
                return
        await services.ledger.promise_travel(plan, Yen(claim.travel_yen), claim_id=claim.id)
        claim.state = ClaimState.APPROVED
        await self._tell_expert("claim.approved", claim, claim=claim.id)

    async def _require_payment_due(self, claim: Claim) -> Plan:
        """The locked plan of a claim that may be paid, in every respect; raises Refusal."""
        services = self._services
        road = await self._lock_road(claim.contract_id)
        report = road.report
        assert report is not None
        if report.state != ReportState.ACCEPTED:
            raise Refusal(
                _("Report {number} is not accepted yet. Please review it first.")(number=report.number)
            )
        if await self.frozen(claim.contract_id):
            raise Refusal(_("The company denies a session of this contract. Please clear that up first."))
        if claim.travel_yen and not await self.visits(claim.contract_id):
            raise Refusal(_("No visit is confirmed, so travel is not paid."))
        if (claim.minutes, claim.honorarium_yen) != (report.minutes, report.honorarium_yen):
            raise Refusal(_("The report was corrected after this claim. Please return it for correction."))
        ready = (await services.ledger.of_plan(road.plan.id)).get(Stage.CONFIRMED, Yen(0))
        if ready != claim.honorarium_yen:
            raise Refusal(
                _("The books hold {ready} ready for this, and {claimed} is claimed.")(
                    ready=ready, claimed=Yen(claim.honorarium_yen)
                )
            )
        invoice = await services.session.get(Invoice, claim.invoice_id, populate_existing=True)
        assert invoice is not None
        proof = [one for one in await self.evidence(claim) if one.kind == EvidenceKind.PAYMENT_PROOF]
        if invoice.state != InvoiceState.PAID or not proof:
            raise Refusal(_("Nothing shows yet that the company paid its share. Please return it."))
        return road.plan

    async def _reject(self, claim: Claim, review: Review) -> None:
        """End a claim for good: nothing is paid, and the honorarium is free again (DOMAIN 14 Q17)."""
        services = self._services
        report = await services.session.get(Report, claim.report_id)
        assert report is not None
        if report.state not in (ReportState.ACCEPTED, ReportState.REJECTED):
            raise Refusal(
                _("Report {number} is not accepted yet. Please review it first.")(number=report.number)
            )
        contract = await services.session.get(Contract, claim.contract_id)
        assert contract is not None
        await services.ledger.forgo(await self._plan(contract), "claim rejected", claim_id=claim.id)
        claim.state = ClaimState.REJECTED
        await self._tell_expert("claim.rejected", claim, claim=claim.id, review=review.id)
