"""Quasi-mandate contracts: prepared from an approved plan, signed by both, changed and ended (DOMAIN 6.5, 6.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Sequence, select

from locales import _
from services import lapses, numbers
from services.cases import CaseState
from services.companies import Standing
from services.contract_book import KIND, STATES, UNKNOWN, outdated
from services.contract_changes import ContractChanges
from services.contract_records import (
    PAYABLE,
    TO_SIGN,
    Contract,
    ContractChange,
    ContractChangeState,
    ContractState,
)
from services.plan_records import Plan, PlanState
from services.programme import Deadline
from services.refusals import Refusal
from services.session_records import SessionState
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = [
    "KIND",
    "PAYABLE",
    "STATES",
    "TO_SIGN",
    "UNKNOWN",
    "Contract",
    "ContractChange",
    "ContractChangeState",
    "ContractState",
    "Contracts",
]

EXPIRE = "contract.expire"


class Contracts(ContractChanges):
    """Contracts within one transaction."""

    # --- until both have signed ------------------------------------------------------------------------

    async def prepare(self, plan: Plan) -> Contract:
        """The contract of a plan that was just approved, ready to be signed; both sides are told.

        It has the figures of the revision that both agreed on, and the terms that hold now: whatever is signed
        now falls under them, also where the plan was written before (DOMAIN 9.3). The plan is locked by the caller.
        """
        services = self._services
        written = await services.plans.content(plan)
        quote = written.quote(services.programme)
        serial = await services.session.scalar(select(Sequence("contract_serial").next_value()))
        assert serial is not None
        contract = Contract(
            id=serial,
            number=numbers.make(services.programme.numbers["contract"], serial),
            plan_id=plan.id,
            plan_revision=plan.revision,
            company_id=plan.company_id,
            expert_id=plan.expert_id,
            state=ContractState.READY,
            revision=1,
            terms_version=services.programme.terms_at(services.now).version,
            digest="",
            price_yen=int(quote.price),
            minutes=quote.minutes,
            honorarium_yen=int(quote.honorarium),
            period_start=written.period_start,
            period_end=written.period_end,
            made_at=services.now,
        )
        services.session.add(contract)
        await services.session.flush()
        await self._write(contract, "prepared")
        await services.timers.set(EXPIRE, contract.id, self.sign_by() + timedelta(seconds=1))
        return contract

    async def _write(self, contract: Contract, action: str) -> None:
        """Make the text that is to be signed, and tell both sides that it is there."""
        paper = await self._make_paper(contract)
        contract.paper_id, contract.digest = paper.id, paper.sha256
        await self._note(action, contract)
        await self._tell_both("contract.ready", contract)
        await self._redraw(contract)

    async def sign(self, contract_id: int, revision: int, digest: str) -> Contract:
        """Agree to exactly this text; the contract is concluded when both sides have (DOMAIN 6.5, 14 Q18).

        Signing once more is no error. Raises Refusal for anybody but the expert and a signatory of the company, for
        another text than the present one, when it is too late, and while agreement is stopped. When the terms
        were changed since it was made, there is a new text to be read and signed by both: it is returned unsigned,
        at a new revision.
        """
        contract, by_sme = await self._to_act(contract_id)
        signed_at = contract.signed_by_sme_at if by_sme else contract.signed_by_expert_at
        same = (contract.revision, contract.digest) == (revision, digest)
        if signed_at is not None and same and contract.state in (*TO_SIGN, *PAYABLE):
            return contract
        self._require_to_sign(contract)
        if not same:
            raise Refusal(outdated(contract))
        await self._require_signable(contract)
        services = self._services
        terms = services.programme.terms_at(services.now)
        if terms.version != contract.terms_version:
            await self._renew(contract, terms.version)
            return contract
        assert services.person is not None
        if by_sme:
            contract.signed_by_sme_at, contract.signed_by_person_id = services.now, services.person.id
            contract.state = ContractState.SIGNED_BY_SME
        else:
            contract.signed_by_expert_at = services.now
            contract.state = ContractState.SIGNED_BY_EXPERT
        await self._note("signed by company" if by_sme else "signed by expert", contract)
        if contract.signed_by_sme_at is not None and contract.signed_by_expert_at is not None:
            await self._conclude(contract)
        else:
            await self._tell_other("contract.signed", contract, by_sme, formal=False)
        await self._redraw(contract)
        return contract

    async def _require_signable(self, contract: Contract) -> None:
        services = self._services
        services.programme.require_open(Deadline.CONTRACT, services.now)
        await services.switches.require("agreement")
        if services.programme.today(services.now) > contract.period_end:
            raise Refusal(
                _("The period of support ended on {day}. A new plan is needed.")(day=contract.period_end)
            )
        company, expert = await self.parties(contract)
        for side in (company, expert):
            if side.standing != Standing.COMPLETED:
                raise Refusal(
                    _("One of the registrations is not valid at the moment. Please ask the secretariat.")
                )
        await services.plans.require_apart(company, expert)

    async def _renew(self, contract: Contract, terms_version: str) -> None:
        """Write the same contract under the terms that hold now; who signed the former text signs again."""
        contract.terms_version, contract.revision = terms_version, contract.revision + 1
        contract.signed_by_sme_at = contract.signed_by_expert_at = contract.signed_by_person_id = None
        contract.state = ContractState.READY
        await self._write(contract, "renewed under new terms")

    async def _conclude(self, contract: Contract) -> None:
        services = self._services
        contract.state, contract.concluded_at = ContractState.CONCLUDED, services.now
        case = await self._case(contract)
        if case is not None:
            case.state = CaseState.CONTRACTED
            await services.audit.note("contracted", "case", case.id, revision=case.revision)
        await self._note("concluded", contract)
        await services.timers.cancel(EXPIRE, contract.id)
        await lapses.watch(services, contract)
        await self._tell_both("contract.concluded", contract)

    async def cancel(self, contract_id: int, reason: str) -> Contract:
        """Step back before both have signed: free, for either side, with a reason (DOMAIN 5.4)."""
        words = self._require_reason(reason)
        contract, by_sme = await self._to_act(contract_id)
        if contract.state == ContractState.CANCELLED:
            return contract
        self._require_to_sign(contract)
        await self._drop(
            contract,
            ContractState.CANCELLED,
            PlanState.DECLINED if by_sme else PlanState.WITHDRAWN,
            "cancelled by company" if by_sme else "cancelled by expert",
            words,
        )
        await self._tell_both("contract.cancelled", contract, by_sme=by_sme)
        self._services.notices.draw(KIND, contract.id)
        return contract

    async def expire(self, contract: Contract) -> None:
        """End a contract that was not signed by both in time, and say so to both sides."""
        await self.lock(contract.id)
        if contract.to_sign and self._services.now > self.sign_by():
            await self._drop(contract, ContractState.EXPIRED, PlanState.EXPIRED, "expired", None)
            await self._tell_both("contract.expired", contract)

    async def _drop(
        self,
        contract: Contract,
        state: ContractState,
        plan_state: PlanState,
        action: str,
        reason: str | None,
    ) -> None:
        """End a locked contract that was never concluded: money, plan and case are free again."""
        services = self._services
        contract.state, contract.ended_at, contract.end_reason = state, services.now, reason
        await self._note(action, contract, why=reason)
        await services.timers.cancel(EXPIRE, contract.id)
        plan = await self.plan(contract)
        plan.state, plan.ended_at = plan_state, services.now
        plan.agreed_by_sme_revision, plan.agreed_at = None, None
        await services.session.flush()
        await services.audit.note(
            "ended", "plan", plan.id, revision=plan.revision, reason=f"contract {action}"
        )
        await services.ledger.release(plan, f"contract {action}")
        case = await self._case(contract)
        if case is not None and case.state == CaseState.PLAN_AGREED:
            if services.programme.is_open(Deadline.CONTRACT, services.now):
                await services.cases.talk_again(case)
                await services.audit.note("reopened", "case", case.id, reason=f"contract {action}")
            else:
                await self._close_case(contract, f"contract {action}")
        await self._redraw(contract)

    # --- after that ------------------------------------------------------------------------------------

    async def terminate(self, contract_id: int, reason: str) -> Contract:
        """End a concluded contract at once: what was done stays payable, the rest is free again (DOMAIN 6.6).

        Terminating once more is no error. Raises Refusal while a session runs, and for anybody but the expert and
        a signatory of the company.
        """
        words = self._require_reason(reason)
        contract, by_sme = await self._to_act(contract_id)
        if contract.state == ContractState.TERMINATED:
            return contract
        self._require_in_support(contract)
        services = self._services
        if any(one.state == SessionState.RUNNING for one in await services.sessions.of_contract(contract.id)):
            raise Refusal(_("A session is running. Please end it first."))
        contract.state, contract.ended_at, contract.end_reason = (
            ContractState.TERMINATED,
            services.now,
            words,
        )
        given, _confirmed = await services.sessions.minutes(contract)
        await self._note(
            "terminated by company" if by_sme else "terminated by expert", contract, why=words, minutes=given
        )
        await self._void_change(contract)
        kept = self._worth(contract, given)
        await services.ledger.release(await self.plan(contract), "contract terminated", down_to=kept)
        if not given:
            await self._close_case(contract, "contract terminated")
        await self._tell_both("contract.terminated", contract, by_sme=by_sme)
        await self._redraw(contract)
        services.notices.draw(KIND, contract.id)
        return contract

    async def lapse(self, contract: Contract) -> None:
        """A locked contract whose report can no longer come has ended: nothing is paid, and both sides hear so."""
        contract.state, contract.ended_at = ContractState.ENDED, contract.ended_at or self._services.now
        await self._note("ended", contract, "no report in time")
        await self._void_change(contract)
        await self._services.ledger.release(await self.plan(contract), "no report in time")
        await self._close_case(contract, "no report in time")
        await self._tell_both("contract.lapsed", contract)
        await self._redraw(contract)

    async def end(self, contract: Contract, reason: str) -> None:
        """A locked contract whose report was accepted has ended; its case is closed."""
        if contract.state == ContractState.CONCLUDED:
            contract.state, contract.ended_at = ContractState.ENDED, self._services.now
            await self._note("ended", contract, reason)
            await self._void_change(contract)
        await self._close_case(contract, reason)
        await self._redraw(contract)


@due(EXPIRE)
async def expire(services: Services, contract_id: int) -> None:
    """End a contract that nobody, or only one side, has signed by the last day."""
    contract = await services.contracts.get(contract_id)
    if contract is not None:
        await services.contracts.expire(contract)
