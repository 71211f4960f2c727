"""Implementation reports: written from the sessions, confirmed by the company, reviewed (DOMAIN 7.3, 7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Sequence, select

from locales import Text, _
from services import expert_index, fees, numbers, similar_texts
from services import report_content as content
from services.companies import MemberRow
from services.contract_records import PAYABLE, Contract
from services.fees import Quote
from services.programme import Deadline
from services.refusals import Refusal
from services.report_book import KIND, SILENT, STATES, UNKNOWN, ReportBook
from services.report_records import Report, ReportState
from services.reviews import Review, ReviewState
from services.timers import due
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["KIND", "STATES", "UNKNOWN", "Report", "ReportState", "Reports"]

BEST = 5
"""The best rating; the lowest is 1."""
TO_SEND = (ReportState.WITHDRAWN, ReportState.DISPUTED, ReportState.DEFICIENT)
"""A report in one of these states may be sent again."""
WITH_THE_COMPANY = (ReportState.CONFIRMING, ReportState.DISPUTED)


class Reports(ReportBook):
    """Reports within one transaction; a report is a `Subject` of kind "report"."""

    # --- writing ---------------------------------------------------------------------------------------

    async def draft(self, contract: Contract) -> dict[str, str]:
        """The answers to begin a report with, gathered from the sessions."""
        steps = [step.code for step in self._services.programme.steps]
        return content.prefill(await self._done(contract), steps)

    async def problems(self, contract: Contract) -> list[Text]:
        """Everything that keeps a report from being sent, all of it at once (DOMAIN 7.3, 7.4)."""
        given, _confirmed = await self._services.sessions.minutes(contract)
        return [
            *content.wrong_hours(given, contract.minutes),
            *await self._services.evidence.missing(contract),
        ]

    async def send(self, contract_id: int, answers: Mapping[str, str], based_on: int = 0) -> Report:
        """Send a report to the company, for the first time or again; `based_on` is the revision it replaces.

        Raises Refusal with every reason at once, when it is too late (the first sending until 23:59:59 JST of
        the last day, what came back until it had to be put right), and when the report changed meanwhile. A
        correction that leaves alone what the company confirmed goes to the secretariat at once.
        """
        services = self._services
        contract = await self._mine(contract_id)
        report = await self.of_contract(contract.id, locked=True)
        self.require_open(contract, report)
        if (report.revision if report else 0) != based_on:
            raise Refusal(_("This report has changed since. Please open it again; your text is kept."))
        content.require_whole(answers)
        problems = await self.problems(contract)
        if problems:
            raise content.refusal(problems)
        quote = await self._worth(contract)
        again = report is None or _to_confirm(report, answers, quote)
        report = report or await self._begin(contract)
        report.content, report.minutes = dict(answers), quote.minutes
        report.total_yen, report.honorarium_yen = int(quote.total), int(quote.honorarium)
        report.revision += 1
        report.sent_at = services.now
        await self._become(report, ReportState.CONFIRMING if again else ReportState.UNDER_REVIEW, "sent")
        await similar_texts.keep(services, KIND, {report.id: content.told(report.content)})
        if again:
            report.confirmed_at = report.confirmed_by = report.rating = report.comment = None
            report.dispute = report.chased_at = None
            patience = timedelta(days=services.programme.limits.confirm_days)
            await services.timers.set(SILENT, report.id, services.now + patience)
            await self._tell_company("report.confirm", report, formal=True)
        else:
            await services.reviews.submit(KIND, report.id, KIND, report.content)
        await self._tell_expert("report.sent", report, formal=True)
        return report

    async def _begin(self, contract: Contract) -> Report:
        services = self._services
        serial = await services.session.scalar(select(Sequence("report_serial").next_value()))
        assert serial is not None
        report = Report(
            id=serial,
            number=numbers.make(services.programme.numbers["report"], serial),
            contract_id=contract.id,
            company_id=contract.company_id,
            expert_id=contract.expert_id,
            revision=0,
            first_sent_at=services.now,
        )
        services.session.add(report)
        return report

    async def _worth(self, contract: Contract) -> Quote:
        """What the confirmed time is worth, computed once on its sum and never on more than was planned."""
        _given, confirmed = await self._services.sessions.minutes(contract)
        minutes = min(confirmed, contract.minutes)
        return fees.quote(Yen(contract.price_yen), minutes, self._services.programme.rates)

    def require_open(self, contract: Contract, report: Report | None) -> None:
        """Refuses to write or correct a report that cannot be sent now, because of where it stands or of the day."""
        if contract.state not in PAYABLE:
            raise Refusal(_("A report is written on a contract that both sides have signed."))
        if report is not None and report.state not in TO_SEND:
            raise Refusal(self.what_became(report))
        programme, now = self._services.programme, self._services.now
        if report is None or report.state == ReportState.WITHDRAWN or report.returned_at is None:
            programme.require_open(Deadline.REPORT, now)
        else:
            programme.require_curable(Deadline.REPORT, report.returned_at, now)

    def correct_until(self, report: Report) -> datetime:
        """Until when (aware UTC, that second included) a report that came back may be sent again."""
        programme = self._services.programme
        closes = programme.closes(Deadline.REPORT)
        if report.returned_at is None:
            return closes
        return max(closes, programme.cure_until(report.returned_at))

    async def withdraw(self, report_id: int, revision: int) -> Report:
        """Take a report back that the company has not confirmed, as long as it can still be sent anew."""
        services = self._services
        report = await self.of_mine(report_id)
        await self.lock(report.id)
        self._require_revision(report, revision)
        if report.state not in WITH_THE_COMPANY:
            raise Refusal(self.what_became(report))
        if not services.programme.is_open(Deadline.REPORT, services.now):
            raise Refusal(_("Reports have closed. If you took it back, it could not be sent again."))
        await self._become(report, ReportState.WITHDRAWN, "withdrawn")
        await self._tell_company("report.withdrawn", report)
        return report

    # --- the company's word ----------------------------------------------------------------------------

    async def confirm(self, report_id: int, revision: int, rating: int, comment: str | None = None) -> Report:
        """The company confirms a report as it was shown, and rates the support from 1 to 5.

        Raises Refusal for whoever may not sign for the company, for another revision than the present one,
        and when what was confirmed in the sessions no longer bears the hours.
        """
        services = self._services
        assert services.person is not None
        if not 1 <= rating <= BEST:
            raise Refusal(_("Please choose one of the options."))
        report = await self._to_answer(report_id, revision)
        await self._require_signatory(report)
        await self._require_true(report)
        said = self._words(comment)
        report.confirmed_at, report.confirmed_by = services.now, services.person.id
        report.rating, report.comment = rating, said
        await self._become(report, ReportState.UNDER_REVIEW, "confirmed")
        await services.reviews.submit(KIND, report.id, KIND, report.content)
        await self._tell_company("report.confirmed", report, formal=True)
        await self._tell_expert("report.confirmed", report)
        return report

    async def comment(self, report_id: int, words: str) -> Report:
        """The company adds a few words to its rating, which only the secretariat reads."""
        report = await self.of_my_company(report_id)
        await self.lock(report.id)
        if report.confirmed_at is None:
            raise Refusal(self.what_became(report))
        report.comment = self._words(words)
        await self._services.session.flush()
        said = {"comment": report.comment}
        await self._services.audit.note("commented", KIND, report.id, revision=report.revision, content=said)
        return report

    async def dispute(self, report_id: int, revision: int, words: str) -> Report:
        """The company says in its own words what is different; the expert corrects the report."""
        said = self._words(words)
        if said is None:
            raise Refusal(_("Please write a few words."))
        report = await self._to_answer(report_id, revision)
        report.dispute, report.returned_at = said, self._services.now
        await self._become(report, ReportState.DISPUTED, "disputed")
        await self._tell_expert("report.disputed", report, formal=True)
        return report

    async def _to_answer(self, report_id: int, revision: int) -> Report:
        """A locked report that waits for the acting person's company, at the revision that was shown."""
        report = await self.of_my_company(report_id)
        await self.lock(report.id)
        if report.state != ReportState.CONFIRMING:
            raise Refusal(self.what_became(report))
        self._require_revision(report, revision)
        return report

    async def _require_signatory(self, report: Report) -> None:
        assert self._services.person is not None
        row = await self._services.session.get(MemberRow, (report.company_id, self._services.person.id))
        if row is None or not row.signatory:
            raise Refusal(_("Only somebody who may sign for your business can confirm it."))

    async def _require_true(self, report: Report) -> None:
        """Refuses a report on more minutes than the company still confirms (DOMAIN 15.6)."""
        contract = await self.contract_of(report)
        _given, confirmed = await self._services.sessions.minutes(contract)
        if not report.minutes <= min(confirmed, contract.minutes):
            raise Refusal(
                _("The sessions have changed since the report was sent, so it must be corrected first.")
            )

    @staticmethod
    def _words(words: str | None) -> str | None:
        said = (words or "").strip()
        if len(said) > content.LONGEST_WORDS:
            raise Refusal(
                _("That is {length} characters long. Please shorten it to {at_most}.")(
                    length=len(said), at_most=content.LONGEST_WORDS
                )
            )
        return said or None

    async def chase(self, report_id: int) -> None:
        """Ask a silent company once more, and show the secretariat that somebody should call."""
        report = await self.get(report_id)
        if report is None or report.state != ReportState.CONFIRMING:
            return
        await self.lock(report_id)
        if report.state != ReportState.CONFIRMING or report.chased_at is not None:
            return
        report.chased_at = self._services.now
        await self._services.session.flush()
        await self._services.audit.note("not answered", KIND, report.id, revision=report.revision)
        await self._tell_company("report.reminder", report)
        await self._redraw(report)

    async def lapse(self, report: Report) -> None:
        """A locked report that was not confirmed, or not put right, in time counts no more."""
        await self._become(report, ReportState.REJECTED, "lapsed")

    # --- the secretariat's word ------------------------------------------------------------------------

    async def lock(self, subject_id: int) -> None:
        """Lock the contract with all that comes before it, then the report (DESIGN 13.7)."""
        report = await self.get(subject_id)
        if report is None:
            raise Refusal(UNKNOWN)
        await self._services.contracts.lock(report.contract_id)
        await self.of_contract(report.contract_id, locked=True)

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether this person speaks for the company or is the expert."""
        report = await self.get(subject_id)
        assert report is not None
        expert = await self.expert_of(report)
        return person_id == expert.person_id or person_id in await self._services.companies.members(
            report.company_id
        )

    async def decided(self, review: Review) -> None:
        """Confirm the money and end the contract, or send the report back."""
        report = await self.get(review.subject_id)
        assert report is not None
        match ReviewState(review.state):
            case ReviewState.APPROVED:
                self._services.reviews.require_checked(review)
                await self._accept(report)
            case ReviewState.RETURNED:
                report.returned_at = self._services.now
                await self._become(report, ReportState.DEFICIENT, "returned")
                await self._tell_expert("report.returned", report, formal=True, review=review.id)
            case _:
                await self._reject(report, review)

    async def _accept(self, report: Report) -> None:
        """What the report is worth becomes confirmed; the contract ends and the case is closed."""
        services = self._services
        await self._require_true(report)
        contract, plan = await self.contract_of(report), await self.plan_of(report)
        report.accepted_at = services.now
        await self._become(report, ReportState.ACCEPTED, "accepted")
        await services.ledger.confirm(plan, Yen(report.honorarium_yen), "report accepted")
        report.paper_id = (await self._paper(report)).id
        await services.contracts.end(contract, "report accepted")
        await expert_index.keep_soon(services, report.expert_id)
        await services.session.flush()
        await self._tell_company("report.accepted", report, formal=True)
        await self._tell_expert("report.accepted", report, formal=True)

    async def _reject(self, report: Report, review: Review) -> None:
        """Nothing is paid: what was reserved is free again, all is over, and both sides hear why."""
        services = self._services
        await self._become(report, ReportState.REJECTED, "rejected")
        await services.ledger.release(await self.plan_of(report), "report rejected")
        await services.contracts.end(await self.contract_of(report), "report rejected")
        await self._tell_company("report.rejected", report, formal=True, review=review.id)
        await self._tell_expert("report.rejected", report, formal=True, review=review.id)


def _to_confirm(report: Report, answers: Mapping[str, str], quote: Quote) -> bool:
    """Whether what is sent again needs the company's word, because it never gave it or confirmed something else."""
    if report.state != ReportState.DEFICIENT:
        return True
    return content.needs_confirming(report.content, answers, report.minutes, quote.minutes)


@due(SILENT)
async def chase(services: Services, report_id: int) -> None:
    """The company has had its days for an answer."""
    await services.reports.chase(report_id)
