"""Finding contracts, locking them in order, and telling both sides: what every change of a contract has in common."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from locales import Text, _
from services import contract_text, fees
from services.cases import Case, CaseState
from services.companies import Company, MemberRow
from services.contract_records import (
    TO_SIGN,
    Contract,
    ContractChange,
    ContractChangeState,
    ContractState,
)
from services.contract_text import Figures
from services.experts import Expert
from services.fees import Quote
from services.paper_records import Paper
from services.plan_records import Plan
from services.programme import Deadline
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

KIND = "contract"
UNKNOWN = _("We cannot find this contract. Please look at the list.")
STATES = {
    ContractState.READY: _("Waits for both signatures"),
    ContractState.SIGNED_BY_EXPERT: _("Waits for the company's signature"),
    ContractState.SIGNED_BY_SME: _("Waits for the expert's signature"),
    ContractState.CONCLUDED: _("Concluded, in support"),
    ContractState.ENDED: _("Support has ended"),
    ContractState.TERMINATED: _("Terminated"),
    ContractState.EXPIRED: _("Not signed in time"),
    ContractState.CANCELLED: _("Cancelled before it was signed"),
}
"""What each state is called, to both sides."""
LONGEST_REASON = 300


class ContractBook:
    """Contracts within one transaction: reading, locking, telling."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, contract_id: int) -> Contract | None:
        """A contract by its id."""
        return await self._services.session.get(Contract, contract_id)

    async def of_plan(self, plan_id: int) -> Contract | None:
        """The contract of a plan that was neither cancelled nor left unsigned, if there is one."""
        gone = (ContractState.EXPIRED, ContractState.CANCELLED)
        found: Contract | None = await self._services.session.scalar(
            select(Contract).where(Contract.plan_id == plan_id, Contract.state.not_in(gone))
        )
        return found

    async def mine(self) -> list[Contract]:
        """The contracts of the acting expert, or else of the acting person's company: those to do something about first."""
        expert = await self._services.experts.mine()
        if expert is not None:
            return await self._list(Contract.expert_id == expert.id)
        company = await self._services.companies.mine()
        return [] if company is None else await self.for_company(company.id)

    async def for_company(self, company_id: int) -> list[Contract]:
        """Every contract of a company: those to sign first, then those in support, then what is over."""
        return await self._list(Contract.company_id == company_id)

    async def _list(self, whose: Any) -> list[Contract]:
        contracts = await self._services.session.scalars(
            select(Contract)
            .where(whose)
            .order_by(
                Contract.state.in_(TO_SIGN).desc(),
                (Contract.state == ContractState.CONCLUDED).desc(),
                Contract.id.desc(),
            )
        )
        return list(contracts)

    async def unsigned(self, limit: int = 50) -> list[Contract]:
        """Every contract that waits for a signature, oldest first; for the secretariat."""
        return list(
            await self._services.session.scalars(
                select(Contract).where(Contract.state.in_(TO_SIGN)).order_by(Contract.id).limit(limit)
            )
        )

    async def papers(self, contract_id: int) -> list[Paper]:
        """Every text of a contract, oldest first: each revision, and changes that were proposed."""
        return list(
            await self._services.session.scalars(
                select(Paper).where(Paper.kind == KIND, Paper.ref == contract_id).order_by(Paper.id)
            )
        )

    async def change(self, change_id: int) -> ContractChange | None:
        """A proposed change by its id."""
        return await self._services.session.get(ContractChange, change_id)

    async def open_change(self, contract_id: int) -> ContractChange | None:
        """The change of a contract that waits for the other side's answer; there is at most one."""
        found: ContractChange | None = await self._services.session.scalar(
            select(ContractChange).where(
                ContractChange.contract_id == contract_id,
                ContractChange.state == ContractChangeState.PROPOSED,
            )
        )
        return found

    def quote(self, contract: Contract, minutes: int | None = None) -> Quote:
        """What the whole time of a contract costs, or so many minutes, and who pays which part."""
        rates = self._services.programme.rates
        return fees.quote(Yen(contract.price_yen), minutes or contract.minutes, rates)

    def sign_by(self) -> datetime:
        """The last second (aware UTC) in which a contract may be signed."""
        return self._services.programme.closes(Deadline.CONTRACT)

    # --- whose it is -----------------------------------------------------------------------------------

    async def of_either(self, contract_id: int) -> tuple[Contract, bool]:
        """A contract of the acting person's company or of the acting expert, and whether it is the company's; raises Refusal."""
        contract = await self.get(contract_id)
        if contract is not None:
            company, expert = await self._services.companies.mine(), await self._services.experts.mine()
            if company is not None and contract.company_id == company.id:
                return contract, True
            if expert is not None and contract.expert_id == expert.id:
                return contract, False
        raise Refusal(UNKNOWN)

    async def parties(self, contract: Contract) -> tuple[Company, Expert]:
        """Both sides of a contract."""
        company = await self._services.companies.get(contract.company_id)
        expert = await self._services.experts.get(contract.expert_id)
        assert company is not None
        assert expert is not None
        return company, expert

    async def _to_act(self, contract_id: int) -> tuple[Contract, bool]:
        """A contract of either side, locked, of whose company only a signatory may act."""
        contract, by_sme = await self.of_either(contract_id)
        if by_sme:
            await self._require_signatory(contract)
        return await self.lock(contract.id), by_sme

    async def _require_signatory(self, contract: Contract) -> None:
        assert self._services.person is not None
        row = await self._services.session.get(MemberRow, (contract.company_id, self._services.person.id))
        if row is None or not row.signatory:
            raise Refusal(_("Only somebody who may sign for your business can do this."))

    # --- locks, in their order: case or request, plan, contract (DESIGN 13.7) ---------------------------

    async def lock(self, contract_id: int) -> Contract:
        """A contract, its row locked (after the case or request and the plan); raises Refusal if there is none."""
        contract = await self.get(contract_id)
        if contract is None:
            raise Refusal(UNKNOWN)
        services = self._services
        plan = await self.plan(contract)
        if plan.case_id is not None:
            await services.cases.lock(plan.case_id)
        elif plan.request_id is not None:
            await services.requests.lock(plan.request_id)
        await services.session.refresh(plan, with_for_update=True)
        await services.session.refresh(contract, with_for_update=True)
        return contract

    async def plan(self, contract: Contract) -> Plan:
        """The plan that a contract was made from."""
        plan = await self._services.plans.get(contract.plan_id)
        assert plan is not None
        return plan

    async def _case(self, contract: Contract) -> Case | None:
        plan = await self.plan(contract)
        return None if plan.case_id is None else await self._services.cases.get(plan.case_id)

    # --- what several changes do -----------------------------------------------------------------------

    def _require_to_sign(self, contract: Contract) -> None:
        if not contract.to_sign:
            raise Refusal(
                _("Contract {number} no longer waits for a signature: {state}.")(
                    number=contract.number, state=STATES[ContractState(contract.state)]
                )
            )

    def _require_in_support(self, contract: Contract) -> None:
        if not contract.in_support:
            raise Refusal(
                _("Contract {number} is not in support: {state}.")(
                    number=contract.number, state=STATES[ContractState(contract.state)]
                )
            )

    def _require_reason(self, reason: str) -> str:
        words = reason.strip()
        if not 0 < len(words) <= LONGEST_REASON:
            raise Refusal(
                _("Please answer in 1 to {at_most} characters.")(at_most=LONGEST_REASON), about="reason"
            )
        return words

    async def _make_paper(self, contract: Contract, changed: Figures | None = None) -> Paper:
        """The text of a contract as it stands, or as it would read with these figures."""
        services = self._services
        plan, (company, expert) = await self.plan(contract), await self.parties(contract)
        written = await services.plans.content(plan, contract.plan_revision)
        data = contract_text.content(
            services.programme,
            contract,
            plan,
            written,
            company,
            expert,
            dated=services.programme.today(services.now),
            changed=changed,
        )
        name = _("Contract {number} revision {revision}.pdf")(
            number=contract.number, revision=data["revision"]
        )
        return await services.papers.make(
            KIND,
            contract.id,
            contract_text.template(contract.terms_version),
            data,
            contract_text.say(name),
        )

    def _worth(self, contract: Contract, minutes: int) -> Yen:
        """The honorarium for so many minutes under a contract, never more than it promises; nothing for none."""
        if not minutes:
            return Yen(0)
        return min(self.quote(contract, minutes).honorarium, Yen(contract.honorarium_yen))

    async def _close_case(self, contract: Contract, reason: str) -> None:
        """Close the locked case of a contract under which nothing more is done."""
        case = await self._case(contract)
        if case is not None and case.state in (CaseState.PLAN_AGREED, CaseState.CONTRACTED):
            case.state, case.closed_at = CaseState.CLOSED, self._services.now
            await self._services.audit.note("closed", "case", case.id, reason=reason)

    async def _note(self, action: str, contract: Contract, reason: str | None = None, **content: Any) -> None:
        """Keep what became of a contract, with the digest of its text."""
        await self._services.session.flush()
        await self._services.audit.note(
            action,
            KIND,
            contract.id,
            revision=contract.revision,
            reason=reason,
            content={"digest": contract.digest, **content},
        )

    async def _tell_both(self, kind: str, contract: Contract, **ids: Any) -> None:
        await self._tell_company(kind, contract, **ids)
        await self._tell_expert(kind, contract, **ids)

    async def _tell_other(self, kind: str, contract: Contract, by_sme: bool, **ids: Any) -> None:
        await (self._tell_expert if by_sme else self._tell_company)(kind, contract, **ids)

    async def _tell_company(self, kind: str, contract: Contract, *, formal: bool = True, **ids: Any) -> None:
        company, _expert = await self.parties(contract)
        mail = company.email if formal else None
        for person_id in await self._services.companies.members(company.id):
            self._services.notices.tell(kind, person_id, mail=mail, contract=contract.id, **ids)
            mail = None

    async def _tell_expert(self, kind: str, contract: Contract, *, formal: bool = True, **ids: Any) -> None:
        _company, expert = await self.parties(contract)
        mail = expert.email if formal else None
        self._services.notices.tell(kind, expert.person_id, mail=mail, contract=contract.id, **ids)

    async def _redraw(self, contract: Contract) -> None:
        """Both sides' Homes and menus, and the secretariat's list."""
        _company, expert = await self.parties(contract)
        self._services.notices.home(expert.person_id)
        for person_id in await self._services.companies.members(contract.company_id):
            self._services.notices.home(person_id)
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)


def outdated(contract: Contract) -> Text:
    """Why a button that was drawn from another text of a contract does nothing."""
    return _("Contract {number} has changed since: it is at revision {revision} now. Please read it again.")(
        number=contract.number, revision=contract.revision
    )
