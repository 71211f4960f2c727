"""Claims of the honorarium: handed in by the expert, reviewed by one or two clerks, then paid (DOMAIN 8.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Sequence as Serial
from sqlalchemy import select

from locales import _
from services import numbers, travel
from services.claim_book import UNKNOWN, Road
from services.claim_decisions import ClaimDecisions
from services.claim_records import Claim, ClaimState, Invoice
from services.claim_register import KIND, STATES
from services.contract_records import Contract
from services.experts import Account
from services.invoices import agrees
from services.programme import Deadline
from services.refusals import Refusal
from services.report_records import Report
from services.session_records import Evidence, EvidenceKind, Session, SessionState
from services.timers import due
from services.travel import Travel
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["KIND", "STATES", "Claim", "ClaimState", "Claims", "HandIn", "Travel"]

REFUND = "claim.refund"
"""When a company is asked whether any of its share came back to it."""
SETTLING: Mapping[ClaimState, frozenset[ClaimState]] = {
    ClaimState.SCHEDULED: frozenset({ClaimState.APPROVED}),
    ClaimState.PAID: frozenset({ClaimState.SCHEDULED}),
    ClaimState.PAY_FAILED: frozenset({ClaimState.APPROVED, ClaimState.SCHEDULED, ClaimState.PAID}),
    ClaimState.APPROVED: frozenset({ClaimState.SCHEDULED, ClaimState.PAY_FAILED}),
    ClaimState.RECLAIMED: frozenset({ClaimState.PAID}),
}
"""From which states a payment run, the bank or a demand may bring a claim into another."""


@dataclass(frozen=True)
class HandIn:
    """What an expert says when claiming: the day the share came, the files that show it, and perhaps travel.

    `gross` is the amount that was declared; the claim is computed anew all the same.
    """

    gross: Yen
    received_on: date
    proof: Sequence[int]
    declared: str
    travel: Travel | None = None
    receipts: Sequence[int] = ()


class Claims(ClaimDecisions):
    """Claims within one transaction; a claim is a `Subject` of kind "claim"."""

    # --- handing in ------------------------------------------------------------------------------------

    async def require_claimable(self, contract_id: int) -> tuple[Invoice, Report]:
        """The invoice and the report on which the acting expert may claim now; raises Refusal otherwise.

        For asking before a form is begun; handing in asks once more, with everything locked.
        """
        contract, _expert = await self._my_contract(contract_id)
        report = await self._services.session.scalar(select(Report).where(Report.contract_id == contract.id))
        claim = await self.of_contract(contract.id)
        await self._require_time(claim)
        return await self._require_ready(Road(await self._plan(contract), contract, report))

    async def hand_in(self, contract_id: int, said: HandIn, form: str, answers: Mapping[str, str]) -> Claim:
        """Claim the honorarium of a contract, or hand a returned claim in again; the secretariat reviews it.

        All figures are the report's. Raises Refusal for others than the expert, before the company confirmed
        the report, without a present invoice and proof of its payment, for travel that is not paid, when
        something is claimed already, and after the last second: 23:59:59 JST of the last day at first, what
        was returned until it had to be put right (DOMAIN 14 Q10, Q11).
        """
        services = self._services
        contract, expert = await self._my_contract(contract_id)
        road = await self._lock_road(contract.id)
        claim = await self._lock_claim(contract.id)
        # A correction of the account that is being confirmed right now holds for this claim too.
        await services.session.refresh(expert, with_for_update={"key_share": True})
        await self._require_time(claim)
        invoice, report = await self._require_ready(road)
        await self._require_files(said, contract.id)
        if said.gross != report.honorarium_yen + (said.travel.yen if said.travel else 0):
            raise Refusal(_("The amounts have changed since. Please open this once more."))
        await services.invoices.received(invoice, said.received_on)
        claim = claim or await self._begin(road.contract)
        claim.report_id, claim.invoice_id = report.id, invoice.id
        claim.minutes, claim.honorarium_yen = report.minutes, report.honorarium_yen
        claim.travel_yen = int(said.travel.yen) if said.travel else 0
        claim.travel_km = said.travel.km if said.travel else None
        claim.travel_route = said.travel.route if said.travel else None
        claim.bank = snapshot(expert.account)
        claim.state, claim.sent_at = ClaimState.UNDER_REVIEW, services.now
        claim.approved_by = claim.approved_at = claim.second_approved_by = claim.second_approved_at = None
        claim.revision += 1
        await services.session.flush()
        await self._keep_evidence(claim, said)
        await services.audit.note(
            "handed in",
            KIND,
            claim.id,
            revision=claim.revision,
            content={
                "honorarium": claim.honorarium_yen,
                "travel": claim.travel_yen,
                "declared": said.declared,
                "received_on": said.received_on.isoformat(),
            },
        )
        await services.reviews.submit(KIND, claim.id, form, answers)
        await self._tell_expert("claim.received", claim, claim=claim.id)
        await self._redraw(claim)
        return claim

    async def _require_time(self, claim: Claim | None) -> None:
        """Refuse what is handed in already, or too late."""
        services = self._services
        if claim is None:
            services.programme.require_open(Deadline.CLAIM, services.now)
            return
        if claim.state != ClaimState.DEFICIENT:
            raise Refusal(
                _("Claim {number} was handed in already: {state}.")(
                    number=claim.number, state=STATES[ClaimState(claim.state)]
                )
            )
        until = await self.correct_until(claim)
        if services.now >= until + timedelta(seconds=1):
            raise Refusal(_("Corrections were possible until {when}.")(when=until))

    async def _require_ready(self, road: Road) -> tuple[Invoice, Report]:
        self._require_payable(road.contract)
        report = road.confirmed
        invoice = await self.invoice_of(road.contract.id)
        if invoice is None:
            raise Refusal(_("Please issue the invoice to the company first."))
        if not agrees(invoice, report):
            raise Refusal(_("The report was corrected. Please issue the invoice anew first."))
        return invoice, report

    async def _require_files(self, said: HandIn, contract_id: int) -> None:
        services = self._services
        assert services.person is not None
        if not said.proof:
            raise Refusal(_("Please send something that shows the company's payment."), about="proof")
        await services.documents.owned([*said.proof, *said.receipts], services.person.id)
        if said.travel is not None:
            travel.require_payable(
                said.travel,
                visits=await self.visits(contract_id),
                receipts=len(said.receipts),
                money=services.programme.money,
            )

    async def _begin(self, contract: Contract) -> Claim:
        services = self._services
        serial = await services.session.scalar(select(Serial("claim_serial").next_value()))
        assert serial is not None
        claim = Claim(
            id=serial,
            number=numbers.make(services.programme.numbers[KIND], serial),
            contract_id=contract.id,
            company_id=contract.company_id,
            expert_id=contract.expert_id,
            revision=0,
            first_sent_at=services.now,
        )
        services.session.add(claim)
        return claim

    async def _keep_evidence(self, claim: Claim, said: HandIn) -> None:
        """Put the files on record; what is no longer among them is removed from it, not forgotten."""
        services = self._services
        assert services.person is not None
        wanted = {id: EvidenceKind.PAYMENT_PROOF for id in said.proof}
        wanted |= {id: EvidenceKind.TRAVEL_RECEIPT for id in (said.receipts if said.travel else ())}
        for one in await self.evidence(claim):
            if wanted.get(one.document_id or 0) == one.kind:
                del wanted[one.document_id or 0]
            else:
                one.removed_at = services.now
        for document in await services.documents.of(wanted):
            services.session.add(
                Evidence(
                    kind=wanted[document.id],
                    contract_id=claim.contract_id,
                    document_id=document.id,
                    sha256=document.sha256,
                    added_at=services.now,
                    added_by=services.person.id,
                )
            )
        await services.session.flush()

    # --- payment ---------------------------------------------------------------------------------------

    async def payable(self) -> list[Claim]:
        """Every approved claim that is in no payment run, oldest first, locked for one.

        What the company denies to have received waits, although it was approved before (DOMAIN 7.3).
        """
        denied = select(Session.contract_id).where(Session.state == SessionState.DENIED)
        return list(
            await self._services.session.scalars(
                select(Claim)
                .where(Claim.state == ClaimState.APPROVED, Claim.contract_id.not_in(denied))
                .order_by(Claim.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        )

    async def settled(self, claim: Claim, state: ClaimState) -> None:
        """What became of a claim in a payment run: SCHEDULED, PAID, PAY_FAILED or APPROVED again; RECLAIMED later.

        The claim is locked by the caller, who also tells the expert, for he knows the bank's reason. Raises
        Refusal when the claim does not stand where that can happen.
        """
        services = self._services
        if claim.state not in SETTLING[state]:
            raise Refusal(
                _("Claim {number} cannot go on like this: {state}.")(
                    number=claim.number, state=STATES[ClaimState(claim.state)]
                )
            )
        claim.state = state
        await services.session.flush()
        await services.audit.note(state.value, KIND, claim.id, revision=claim.revision)
        if state is ClaimState.PAID:
            claim.paid_at = services.now
            later = timedelta(days=services.programme.limits.refund_question_days)
            await services.timers.set(REFUND, claim.id, services.now + later)
        elif state is ClaimState.PAY_FAILED:
            claim.paid_at = None
            await services.timers.cancel(REFUND, claim.id)
        await services.session.flush()
        await self._redraw(claim)

    # --- afterwards ------------------------------------------------------------------------------------

    async def ask_refund(self, claim: Claim) -> None:
        """Ask the company whether any of its share came back to it (DOMAIN 10.4 C10)."""
        await self._tell_company("claim.refund", claim, formal=False, claim=claim.id)

    async def answer_refund(self, claim_id: int, refunded: bool) -> Claim:
        """The company says whether any of its share came back to it; the secretariat hears of it if so.

        What was answered once stays; raises Refusal for a claim of others and before the honorarium was paid.
        """
        services = self._services
        claim, company = await self.get(claim_id), await services.companies.mine()
        if claim is None or company is None or claim.company_id != company.id or claim.paid_at is None:
            raise Refusal(UNKNOWN)
        await self._require_signatory(company.id)
        await self._lock_road(claim.contract_id)
        await self._lock_claim(claim.contract_id)
        if claim.refunded is not None:
            raise Refusal(
                _("You have answered this already. If something is different, ask the secretariat.")
            )
        claim.refunded, claim.refund_said_at = refunded, services.now
        await services.session.flush()
        await services.audit.note("refund asked", KIND, claim.id, content={"refunded": refunded})
        if refunded:
            for person_id in await services.secretariat.people():
                # The expert is not told, and may be a clerk as well.
                if not await self.involves(claim.id, person_id):
                    services.notices.tell("claim.refunded", person_id, claim=claim.id)
        return claim


@due(REFUND)
async def ask_refund(services: Services, claim_id: int) -> None:
    """Some weeks after the payment, ask the company once whether its share was really its own."""
    claim = await services.claims.get(claim_id)
    if claim is not None and claim.state == ClaimState.PAID and claim.refunded is None:
        await services.claims.ask_refund(claim)


def snapshot(account: Account) -> dict[str, Any]:
    """An account as it is kept with a claim: the codes, the digits and the holder in the banks' own signs."""
    return {
        "bank": account.bank,
        "branch": account.branch,
        "kind": account.kind.value,
        "number": str(account.number),
        "holder": str(account.holder),
    }
