"""Finding claims: whose they are, what was handed in with them, where they stand and when they are paid (DOMAIN 8.5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from locales import _
from services import claim_days
from services.claim_book import UNKNOWN, ClaimBook
from services.claim_days import Estimate
from services.claim_records import Claim, ClaimState, Invoice, InvoiceState
from services.contract_records import Contract
from services.plan_records import Plan
from services.refusals import Refusal
from services.report_records import Report, ReportState
from services.reviews import Remark
from services.session_records import Evidence, EvidenceKind

KIND = "claim"
STATES = {
    ClaimState.UNDER_REVIEW: _("Being reviewed"),
    ClaimState.DEFICIENT: _("Please correct"),
    ClaimState.APPROVED_ONCE: _("Being reviewed by a second person"),
    ClaimState.APPROVED: _("Approved, waits for the transfer"),
    ClaimState.SCHEDULED: _("Transfer ordered"),
    ClaimState.PAID: _("Paid"),
    ClaimState.PAY_FAILED: _("The transfer came back"),
    ClaimState.REJECTED: _("Claim not accepted"),
    ClaimState.RECLAIMED: _("Demanded back"),
}
"""What each state is called, to everybody."""
FINISHED = (ClaimState.PAID, ClaimState.REJECTED, ClaimState.RECLAIMED)


class ClaimRegister(ClaimBook):
    """Claims within one transaction: reading and locking."""

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, claim_id: int) -> Claim | None:
        """A claim by its id."""
        return await self._services.session.get(Claim, claim_id)

    async def of_contract(self, contract_id: int) -> Claim | None:
        """The claim of a contract, if one was handed in."""
        return await self._services.session.scalar(select(Claim).where(Claim.contract_id == contract_id))

    async def mine(self, limit: int = 30) -> list[Claim]:
        """The acting expert's claims: those that are not finished first, then the newest."""
        expert = await self._services.experts.mine()
        if expert is None:
            return []
        return list(
            await self._services.session.scalars(
                select(Claim)
                .where(Claim.expert_id == expert.id)
                .order_by(Claim.state.in_(FINISHED), Claim.id.desc())
                .limit(limit)
            )
        )

    async def to_claim(self) -> list[Invoice]:
        """The acting expert's invoices on which nothing was claimed yet, the oldest first."""
        expert = await self._services.experts.mine()
        if expert is None:
            return []
        return list(
            await self._services.session.scalars(
                select(Invoice)
                .outerjoin(Claim, Claim.contract_id == Invoice.contract_id)
                .where(
                    Invoice.expert_id == expert.id,
                    Invoice.state != InvoiceState.CANCELLED,
                    Claim.id.is_(None),
                )
                .order_by(Invoice.id)
            )
        )

    async def of_mine(self, claim_id: int) -> Claim:
        """A claim of the acting expert; raises Refusal for any other."""
        claim, expert = await self.get(claim_id), await self._services.experts.mine()
        if claim is None or expert is None or claim.expert_id != expert.id:
            raise Refusal(UNKNOWN)
        return claim

    async def evidence(self, claim: Claim) -> list[Evidence]:
        """The proof of payment and the receipts that belong to a claim, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Evidence)
                .where(
                    Evidence.contract_id == claim.contract_id,
                    Evidence.kind.in_([EvidenceKind.PAYMENT_PROOF, EvidenceKind.TRAVEL_RECEIPT]),
                    Evidence.removed_at.is_(None),
                )
                .order_by(Evidence.id)
            )
        )

    async def reused(self, claim: Claim) -> list[Claim]:
        """Other claims that were handed in with one of the same files, for the reviewer (DOMAIN 10.4)."""
        sums = [one.sha256 for one in await self.evidence(claim) if one.sha256]
        return list(
            await self._services.session.scalars(
                select(Claim)
                .join(Evidence, Evidence.contract_id == Claim.contract_id)
                .where(
                    Claim.id != claim.id,
                    Evidence.sha256.in_(sums),
                    Evidence.kind.in_([EvidenceKind.PAYMENT_PROOF, EvidenceKind.TRAVEL_RECEIPT]),
                )
                .order_by(Claim.id)
                .distinct()
            )
        )

    async def remarks(self, claim: Claim) -> list[Remark]:
        """What the secretariat asks a returned claim to put right, or why it was rejected."""
        review = await self._services.reviews.latest(KIND, claim.id)
        told = claim.state in (ClaimState.DEFICIENT, ClaimState.REJECTED)
        return review.remark_list if review is not None and told else []

    def needs_two(self, claim: Claim) -> bool:
        """Whether two different clerks must approve it (DOMAIN 10.4 C11)."""
        return claim.gross_yen >= self._services.programme.money.four_eyes_from

    async def correct_until(self, claim: Claim) -> datetime:
        """The last second (aware UTC) for putting a returned claim right."""
        review = await self._services.reviews.latest(KIND, claim.id)
        assert review is not None and review.decided_at is not None
        return claim_days.correct_until(self._services.programme, review.decided_at)

    async def estimate(self, claim: Claim) -> Estimate:
        """For whom a claim waits, and when the honorarium is to be expected."""
        services = self._services
        report = await services.session.get(Report, claim.report_id)
        assert report is not None
        review = await services.reviews.latest(KIND, claim.id)
        report_due = None
        if report.state != ReportState.ACCEPTED:
            of_report = await services.reviews.latest("report", report.id)
            open_review = of_report is not None and of_report.open
            report_due = (
                of_report.due_at
                if of_report is not None and open_review
                else services.programme.calendar.review_due(services.now)
            )
        return claim_days.estimate(
            ClaimState(claim.state),
            services.programme,
            services.now,
            due_at=review.due_at if review is not None and review.open else None,
            report_due_at=report_due,
            approved_at=claim.second_approved_at or claim.approved_at,
            frozen=await self.frozen(claim.contract_id),
        )

    # --- locks -----------------------------------------------------------------------------------------

    async def _plan(self, contract: Contract) -> Plan:
        plan = await self._services.session.get(Plan, contract.plan_id)
        assert plan is not None
        return plan

    async def _lock_claim(self, contract_id: int) -> Claim | None:
        return await self._services.session.scalar(
            select(Claim)
            .where(Claim.contract_id == contract_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
