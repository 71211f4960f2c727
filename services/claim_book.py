"""What invoices and claims have in common: whose they are, locking the road to them in order, and telling both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from locales import _
from services.claim_records import Claim, Invoice, InvoiceState
from services.companies import Company, MemberRow
from services.contract_records import PAYABLE, Contract
from services.experts import Expert
from services.plan_records import Plan
from services.refusals import Refusal
from services.report_records import Report, ReportState
from services.session_records import Session, SessionMode, SessionState

if TYPE_CHECKING:
    from services.bundle import Services

UNKNOWN = _("We cannot find this. Please look at the list.")
CONFIRMED = (ReportState.UNDER_REVIEW, ReportState.ACCEPTED)
"""The company has confirmed the report: its share can be asked for, and the honorarium claimed."""


@dataclass(frozen=True)
class Road:
    """A contract with its plan and, if one was sent, its report, all of them locked."""

    plan: Plan
    contract: Contract
    report: Report | None

    @property
    def confirmed(self) -> Report:
        """The report that the company has confirmed; raises Refusal before that."""
        if self.report is None or self.report.state not in CONFIRMED:
            raise Refusal(_("First the company confirms your report. Then you can go on here."))
        return self.report


class ClaimBook:
    """Invoices and claims within one transaction: finding, locking, telling."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- whose it is -----------------------------------------------------------------------------------

    async def _my_contract(self, contract_id: int) -> tuple[Contract, Expert]:
        """A contract of the acting expert; raises Refusal for any other."""
        contract = await self._services.session.get(Contract, contract_id)
        expert = await self._services.experts.mine()
        if contract is None or expert is None or contract.expert_id != expert.id:
            raise Refusal(UNKNOWN)
        return contract, expert

    async def _require_signatory(self, company_id: int) -> None:
        assert self._services.person is not None
        row = await self._services.session.get(MemberRow, (company_id, self._services.person.id))
        if row is None or not row.signatory:
            raise Refusal(_("Only somebody who may sign for your business can say this."))

    async def expert_of(self, subject: Invoice | Claim | Report | Contract) -> Expert:
        """The expert whose it is."""
        expert = await self._services.experts.get(subject.expert_id)
        assert expert is not None
        return expert

    async def company_of(self, subject: Invoice | Claim | Report | Contract) -> Company:
        """The company whose it is."""
        company = await self._services.companies.get(subject.company_id)
        assert company is not None
        return company

    # --- locks, in their order: plan, contract, report (DESIGN 13.7) -------------------------------------

    async def _lock_road(self, contract_id: int) -> Road:
        session = self._services.session
        contract = await session.get(Contract, contract_id)
        if contract is None:
            raise Refusal(UNKNOWN)
        plan = await session.get(Plan, contract.plan_id, with_for_update=True, populate_existing=True)
        await session.get(Contract, contract_id, with_for_update=True, populate_existing=True)
        report = await session.scalar(
            select(Report)
            .where(Report.contract_id == contract_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        assert plan is not None
        return Road(plan, contract, report)

    def _require_payable(self, contract: Contract) -> None:
        if contract.state not in PAYABLE:
            raise Refusal(_("This needs a contract that both sides have signed."))

    # --- the invoice and the sessions of a contract ------------------------------------------------------

    async def invoice_of(self, contract_id: int) -> Invoice | None:
        """The invoice of a contract that was not cancelled."""
        return await self._services.session.scalar(
            select(Invoice)
            .where(Invoice.contract_id == contract_id, Invoice.state != InvoiceState.CANCELLED)
            .execution_options(populate_existing=True)
        )

    async def frozen(self, contract_id: int) -> bool:
        """Whether the company says of a session that it did not take place; then no money moves (DOMAIN 7.3)."""
        return bool(await self._count(contract_id, Session.state == SessionState.DENIED))

    async def visits(self, contract_id: int) -> int:
        """How many confirmed sessions were given at the company's place."""
        return await self._count(
            contract_id, Session.state == SessionState.CONFIRMED, Session.mode == SessionMode.VISIT
        )

    async def _count(self, contract_id: int, *which: Any) -> int:
        return (
            await self._services.session.scalar(
                select(func.count()).select_from(Session).where(Session.contract_id == contract_id, *which)
            )
            or 0
        )

    # --- telling ---------------------------------------------------------------------------------------

    async def _tell_company(
        self, kind: str, subject: Invoice | Claim, *, formal: bool = True, **ids: Any
    ) -> None:
        company = await self.company_of(subject)
        mail = company.email if formal else None
        for person_id in await self._services.companies.members(company.id):
            self._services.notices.tell(kind, person_id, mail=mail, **ids)
            mail = None

    async def _tell_expert(
        self, kind: str, subject: Invoice | Claim, *, formal: bool = True, **ids: Any
    ) -> None:
        expert = await self.expert_of(subject)
        mail = expert.email if formal else None
        self._services.notices.tell(kind, expert.person_id, mail=mail, **ids)

    async def _redraw(self, subject: Invoice | Claim | Contract) -> None:
        """Both sides' Homes and menus."""
        self._services.notices.home((await self.expert_of(subject)).person_id)
        for person_id in await self._services.companies.members(subject.company_id):
            self._services.notices.home(person_id)
