"""One contract and everything under it, gathered: hours, money, the next deadline and what to do now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from services.claim_records import Claim, ClaimState, Invoice, InvoiceState
from services.contract_records import TO_SIGN, Contract, ContractState
from services.fees import Quote, quote
from services.next_steps import Situation, Step, for_company, for_expert
from services.programme import Deadline
from services.report_records import Report, ReportState
from services.session_records import COUNTED, Session, SessionState
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

CURRENT = (*TO_SIGN, ContractState.CONCLUDED, ContractState.TERMINATED, ContractState.ENDED)


@dataclass(frozen=True)
class Engagement:
    """Where one contract stands for one side; `given` and `confirmed` are billable minutes."""

    contract: Contract
    by_company: bool
    situation: Situation
    confirmed: int
    report: Report | None
    invoice: Invoice | None
    claim: Claim | None

    @property
    def step(self) -> Step:
        """What this side should do now."""
        return (for_company if self.by_company else for_expert)(self.situation)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.step in (Step.DONE, Step.OVER)

    @property
    def deadline(self) -> Deadline | None:
        """The programme's deadline that comes next on the road; none when all is handed in."""
        if self.contract.state in TO_SIGN:
            return Deadline.CONTRACT
        if self.over or self.claim is not None:
            return None
        if self.report is not None:
            return None if self.by_company else Deadline.CLAIM
        return Deadline.REPORT if self.situation.ended else Deadline.SUPPORT

    def worth(self, minutes: int, services: Services) -> Quote | None:
        """What so many minutes of it cost; nothing for none."""
        return quote(Yen(self.contract.price_yen), minutes, services.programme.rates) if minutes else None


class Engagements:
    """Contracts with what stands under them, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of(self, contract: Contract, *, by_company: bool) -> Engagement:
        """Everything about one contract."""
        return (await self._gather([contract], by_company))[0]

    async def of_all(self, contracts: Sequence[Contract], *, by_company: bool) -> list[Engagement]:
        """Everything about each of these contracts, as one side sees it."""
        return await self._gather(contracts, by_company)

    async def of_expert(self) -> list[Engagement]:
        """The acting expert's, those with something to do first."""
        services = self._services
        expert = await services.experts.mine()
        return [] if expert is None else await self._current(Contract.expert_id == expert.id, False)

    async def of_company(self) -> list[Engagement]:
        """Those of the acting person's company, those with something to do first."""
        company = await self._services.companies.mine()
        return [] if company is None else await self._current(Contract.company_id == company.id, True)

    async def _current(self, whose: ColumnElement[bool], by_company: bool) -> list[Engagement]:
        found = list(
            await self._services.session.scalars(
                select(Contract)
                .where(whose, Contract.state.in_(CURRENT))
                .order_by(Contract.id.desc())
                .limit(20)
            )
        )
        gathered = await self._gather(found, by_company)
        return sorted(gathered, key=lambda one: one.over)

    async def _gather(self, contracts: Sequence[Contract], by_company: bool) -> list[Engagement]:
        services = self._services
        ids = [contract.id for contract in contracts]
        reports = {
            row.contract_id: row
            for row in await services.session.scalars(
                select(Report).where(Report.contract_id.in_(ids), Report.state != ReportState.WITHDRAWN)
            )
        }
        invoices = {
            row.contract_id: row
            for row in await services.session.scalars(
                select(Invoice).where(Invoice.contract_id.in_(ids), Invoice.state != InvoiceState.CANCELLED)
            )
        }
        claims = {
            row.contract_id: row
            for row in await services.session.scalars(select(Claim).where(Claim.contract_id.in_(ids)))
        }
        counts = await self._sessions(ids)
        gathered = []
        for contract in contracts:
            sessions = counts.get(contract.id, {})
            report, invoice, claim = (
                reports.get(contract.id),
                invoices.get(contract.id),
                claims.get(contract.id),
            )
            situation = Situation(
                ContractState(contract.state),
                contract.minutes,
                sum(minutes for state, (_count, minutes) in sessions.items() if state in COUNTED),
                {state: count for state, (count, _minutes) in sessions.items()},
                not self._can_be_supported(contract),
                None if report is None else ReportState(report.state),
                None if invoice is None else InvoiceState(invoice.state),
                None if claim is None else ClaimState(claim.state),
            )
            confirmed = sessions.get(SessionState.CONFIRMED, (0, 0))[1]
            gathered.append(Engagement(contract, by_company, situation, confirmed, report, invoice, claim))
        return gathered

    def _can_be_supported(self, contract: Contract) -> bool:
        programme, now = self._services.programme, self._services.now
        return programme.is_open(Deadline.SUPPORT, now) and programme.today(now) <= contract.period_end

    async def _sessions(self, ids: Sequence[int]) -> dict[int, dict[SessionState, tuple[int, int]]]:
        """By contract and state: how many sessions, and their billable minutes."""
        rows = await self._services.session.execute(
            select(Session.contract_id, Session.state, func.count(), func.sum(Session.billable_minutes))
            .where(Session.contract_id.in_(ids))
            .group_by(Session.contract_id, Session.state)
        )
        found: dict[int, dict[SessionState, tuple[int, int]]] = {}
        for contract_id, state, count, minutes in rows:
            found.setdefault(contract_id, {})[SessionState(state)] = (count, int(minutes))
        return found
