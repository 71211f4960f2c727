"""Finding reports, saying where they stand, and telling both sides: what every change of a report has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from locales import Text, _
from services import lapses, report_paper
from services.companies import Company
from services.contract_records import Contract
from services.experts import Expert
from services.paper_records import Paper
from services.plan_records import Plan
from services.refusals import Refusal
from services.report_content import Done
from services.report_records import Report, ReportState
from services.session_records import COUNTED

if TYPE_CHECKING:
    from services.bundle import Services

KIND, SILENT = "report", "report.silent"
UNKNOWN = _("We cannot find this report. Please look at the list.")
STATES = {
    ReportState.CONFIRMING: _("With the company"),
    ReportState.DISPUTED: _("The company sees it differently"),
    ReportState.UNDER_REVIEW: _("With the secretariat"),
    ReportState.DEFICIENT: _("Returned by the secretariat"),
    ReportState.ACCEPTED: _("Report accepted"),
    ReportState.REJECTED: _("Report not accepted"),
    ReportState.WITHDRAWN: _("Withdrawn by the expert"),
}
"""What each state is called, to both sides."""


@dataclass(frozen=True)
class Reputation:
    """How many supports an expert has completed, and how companies rated them from 1 to 5 (DOMAIN 3.3).

    The average is kept back until there are so many ratings that none can be told from it.
    """

    count: int
    average: Decimal | None


class ReportBook:
    """Reports within one transaction: reading, and telling what happened."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, report_id: int) -> Report | None:
        """A report by its id."""
        return await self._services.session.get(Report, report_id)

    async def of_contract(self, contract_id: int, *, locked: bool = False) -> Report | None:
        """The report of a contract, if one was sent; `locked` after the contract was."""
        wanted = select(Report).where(Report.contract_id == contract_id)
        if locked:
            wanted = wanted.with_for_update().execution_options(populate_existing=True)
        report: Report | None = await self._services.session.scalar(wanted)
        return report

    async def to_confirm(self, company_id: int) -> list[Report]:
        """The reports that wait for a company's word, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Report)
                .where(Report.company_id == company_id, Report.state == ReportState.CONFIRMING)
                .order_by(Report.sent_at, Report.id)
            )
        )

    async def of_expert(self, expert_id: int) -> list[Report]:
        """Every report of an expert, the latest first."""
        return list(
            await self._services.session.scalars(
                select(Report)
                .where(Report.expert_id == expert_id)
                .order_by(Report.sent_at.desc(), Report.id.desc())
            )
        )

    async def unanswered(self, limit: int = 20) -> list[Report]:
        """The reports on which a company keeps silent, longest first; for the secretariat to call."""
        return list(
            await self._services.session.scalars(
                select(Report)
                .where(Report.state == ReportState.CONFIRMING, Report.chased_at.is_not(None))
                .order_by(Report.chased_at, Report.id)
                .limit(limit)
            )
        )

    async def reputation(self, expert_id: int) -> Reputation:
        """How many supports an expert has completed, and their average rating to one decimal place."""
        return (await self.reputations([expert_id]))[expert_id]

    async def reputations(self, expert_ids: Sequence[int]) -> dict[int, Reputation]:
        """The same for several experts at once."""
        rows = await self._services.session.execute(
            select(Report.expert_id, func.count(), func.count(Report.rating), func.avg(Report.rating))
            .where(Report.expert_id.in_(expert_ids), Report.state == ReportState.ACCEPTED)
            .group_by(Report.expert_id)
        )
        enough = max(self._services.programme.limits.ratings_shown_from, 1)
        known = {
            expert_id: Reputation(count, round(Decimal(average), 1) if rated >= enough else None)
            for expert_id, count, rated, average in rows
        }
        return {expert_id: known.get(expert_id, Reputation(0, None)) for expert_id in expert_ids}

    async def contract_of(self, report: Report) -> Contract:
        """What it reports on."""
        contract = await self._services.contracts.get(report.contract_id)
        assert contract is not None
        return contract

    async def plan_of(self, report: Report) -> Plan:
        """The plan of its contract, in whose name the money is kept."""
        plan = await self._services.plans.get((await self.contract_of(report)).plan_id)
        assert plan is not None
        return plan

    async def expert_of(self, report: Report) -> Expert:
        """Who wrote it."""
        expert = await self._services.experts.get(report.expert_id)
        assert expert is not None
        return expert

    async def company_of(self, report: Report) -> Company:
        """Who was supported."""
        company = await self._services.companies.get(report.company_id)
        assert company is not None
        return company

    async def _done(self, contract: Contract) -> list[Done]:
        """The sessions of a contract as a report tells of them, oldest first."""
        programme = self._services.programme
        return [
            Done(programme.today(session.start_at), session.tasks, session.summary or "")
            for session in await self._services.sessions.of_contract(contract.id)
            if session.state in COUNTED
        ]

    # --- whose it is -----------------------------------------------------------------------------------

    async def of_my_company(self, report_id: int) -> Report:
        """A report on support of the acting person's company; raises Refusal for any other."""
        report, company = await self.get(report_id), await self._services.companies.mine()
        if report is None or company is None or report.company_id != company.id:
            raise Refusal(UNKNOWN)
        return report

    async def of_mine(self, report_id: int) -> Report:
        """A report of the acting expert; raises Refusal for any other."""
        report, expert = await self.get(report_id), await self._services.experts.mine()
        if report is None or expert is None or report.expert_id != expert.id:
            raise Refusal(UNKNOWN)
        return report

    async def to_read(self, report_id: int) -> Report:
        """A report that the acting person may read whole: of one of both sides, or of the secretariat."""
        if await self._services.secretariat.includes_me():
            await self._services.secretariat.require()
            report = await self.get(report_id)
            if report is None:
                raise Refusal(UNKNOWN)
            return report
        try:
            return await self.of_my_company(report_id)
        except Refusal:
            return await self.of_mine(report_id)

    async def paper_link(self, report_id: int) -> str:
        """The path under which the accepted report can be read as a PDF; raises Refusal for others, and before."""
        report = await self.to_read(report_id)
        if report.paper_id is None:
            raise Refusal(_("The paper is made when the report is accepted."))
        return await self._services.papers.link(report.paper_id)

    async def _mine(self, contract_id: int) -> Contract:
        """A contract of the acting expert, locked; raises Refusal for any other."""
        _contract, by_sme = await self._services.contracts.of_either(contract_id)
        if by_sme:
            raise Refusal(_("The expert writes the report. We tell you when it is there."))
        return await self._services.contracts.lock(contract_id)

    def what_became(self, report: Report) -> Text:
        """Where a report stands, as a reason why something can't be done with it now."""
        return _("Report {number}: {state}.")(number=report.number, state=STATES[ReportState(report.state)])

    def _require_revision(self, report: Report, revision: int) -> None:
        if report.revision != revision:
            raise Refusal(
                _("Report {number} has changed since. Please look at it once more.")(number=report.number)
            )

    # --- what several changes do -----------------------------------------------------------------------

    async def _become(self, report: Report, state: ReportState, action: str) -> None:
        """Bring a locked report into a state, and show it everywhere."""
        services = self._services
        report.state = state
        await services.session.flush()
        await services.audit.note(
            action,
            KIND,
            report.id,
            revision=report.revision,
            content={
                "content": report.content,
                "minutes": report.minutes,
                "honorarium_yen": report.honorarium_yen,
                "rating": report.rating,
                "dispute": report.dispute,
            },
        )
        await services.timers.cancel(SILENT, report.id)
        await lapses.watch(services, await self.contract_of(report))
        await self._redraw(report)

    async def _paper(self, report: Report) -> Paper:
        """The accepted report as a paper."""
        given = await report_paper.data(self._services, report)
        name = f"report-{report.number}.pdf"
        return await self._services.papers.make(KIND, report.id, report_paper.TEMPLATE, given, name)

    async def _tell_company(self, kind: str, report: Report, *, formal: bool = False, **ids: Any) -> None:
        company = await self.company_of(report)
        mail = company.email if formal else None
        for person_id in await self._services.companies.members(company.id):
            self._services.notices.tell(kind, person_id, mail=mail, report=report.id, **ids)
            mail = None

    async def _tell_expert(self, kind: str, report: Report, *, formal: bool = False, **ids: Any) -> None:
        expert = await self.expert_of(report)
        mail = expert.email if formal else None
        self._services.notices.tell(kind, expert.person_id, mail=mail, report=report.id, **ids)

    async def _redraw(self, report: Report) -> None:
        """Both sides' Homes, and the secretariat's card and Homes of a report that it was told of."""
        notices = self._services.notices
        notices.home((await self.expert_of(report)).person_id)
        for person_id in await self._services.companies.members(report.company_id):
            notices.home(person_id)
        if report.chased_at is not None:
            notices.draw(KIND, report.id)
            for person_id in await self._services.secretariat.people():
                notices.home(person_id)
