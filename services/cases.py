"""Consultation cases: what a company wants help with, from its review to its end (DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Sequence, select

from locales import _
from services import case_days, case_interest, numbers, similar_texts, unanswered_cases
from services.case_records import (
    CANCELLABLE,
    EXTENDABLE,
    OPEN_STATES,
    STATE_AFTER,
    Case,
    CaseContent,
    CaseState,
    Mode,
)
from services.companies import Company
from services.programme import Deadline
from services.refusals import Refusal
from services.reviews import Remark, Review, ReviewState
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["KIND", "OPEN_STATES", "Case", "CaseContent", "CaseState", "Cases", "Mode"]

KIND = "case"
TIMER = "case.deadline"


class Cases:
    """Consultation cases within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # Looking

    async def get(self, case_id: int) -> Case | None:
        """A case by its id, whatever its state."""
        return await self._services.session.get(Case, case_id)

    async def by_number(self, number: str) -> Case | None:
        """A case by its public number, however it was typed, one of another system's as it is written there.

        Raises Refusal for what is no such number.
        """
        as_typed = select(Case).where(Case.number == number.strip())
        if (found := await self._services.session.scalar(as_typed)) is not None:
            return found
        read = numbers.read(number, self._services.programme.numbers[KIND])
        return await self._services.session.scalar(select(Case).where(Case.number == read))

    async def open(self, case_id: int) -> Case:
        """A case that experts may see and answer now; raises Refusal, saying why it is not open."""
        case = await self.get(case_id)
        if case is None or case.state not in (*OPEN_STATES, *GONE):
            raise Refusal(_("This case is not open."))
        if case.state in GONE:
            raise Refusal(GONE[CaseState(case.state)])
        if case.proposal_deadline < self._services.clock.today():
            raise Refusal(_("The deadline for proposals of this case was {day}.")(day=case.proposal_deadline))
        return case

    async def mine(self, limit: int = 30) -> list[Case]:
        """The cases of the acting person's company, the newest first."""
        company = await self._services.companies.mine()
        if company is None:
            return []
        return list(
            await self._services.session.scalars(
                select(Case).where(Case.company_id == company.id).order_by(Case.id.desc()).limit(limit)
            )
        )

    async def own(self, case_id: int) -> Case:
        """A case of the acting person's company; raises Refusal for any other."""
        assert self._services.person is not None
        case = await self.get(case_id)
        if case is None or not await self.involves(case_id, self._services.person.id):
            raise Refusal(_("This case is not one of yours."))
        return case

    async def remarks(self, case: Case) -> list[Remark]:
        """What the secretariat asks a returned case to put right."""
        review = await self._services.reviews.latest(KIND, case.id)
        return review.remark_list if review is not None and case.state == CaseState.DEFICIENT else []

    def sketch(self, content: CaseContent, company: Company) -> Case:
        """The case as it would be, without keeping it: for looking at it as others will."""
        case = Case(number="", company_id=company.id, state=CaseState.UNDER_REVIEW, revision=0)
        self._fill(case, content, company)
        return case

    # Handing in, and its review

    async def apply(
        self, content: CaseContent, form: str, answers: Mapping[str, str], case_id: int | None = None
    ) -> Case:
        """Hand a case in, or a returned one (`case_id`) again; the secretariat then reviews it.

        Raises Refusal while the company is not registered, when cases are stopped (DOMAIN 9.2), for days
        outside the programme (DOMAIN 4.1), and while the case is not open to changes.
        """
        services = self._services
        company = await services.companies.require_registered()
        await services.switches.require("cases")
        self.require_days(content)
        if case_id is None:
            case = await self._create(content, company)
        else:
            await self.lock(case_id)
            case = await self.own(case_id)
            if case.state != CaseState.DEFICIENT:
                raise Refusal(_("There is nothing to correct in this case at the moment."))
            self._fill(case, content, company)
            case.revision += 1
            case.state = CaseState.UNDER_REVIEW
        await services.session.flush()
        await similar_texts.keep(services, KIND, {case.id: case.told})
        await services.reviews.submit(KIND, case.id, form, answers)
        await self._tell("case.received", case)
        return case

    def require_days(self, content: CaseContent) -> None:
        """Raise a Refusal about the day that lies outside the programme or before another one."""
        programme, today = self._services.programme, self._services.clock.today()
        programme.require_open(Deadline.CONTRACT, self._services.now)
        last = case_days.last_end(programme)
        if content.period_end > last:
            raise Refusal(_("Support ends on {day} at the latest.")(day=last), about="period_end")
        if not today <= content.period_start <= content.period_end:
            raise Refusal(
                _("Please let the support begin between today and its last day."), about="period_start"
            )
        most = programme.limits.longest_case_months
        if case_days.months_between(content.period_start, content.period_end) >= most:
            raise Refusal(_("Support lasts {months} months at most.")(months=most), about="period_end")
        self._require_deadline(content.proposal_deadline, content.period_end)

    def _require_deadline(self, day: date, period_end: date) -> None:
        programme = self._services.programme
        first = case_days.first_deadline(programme, self._services.clock.today())
        last = case_days.last_deadline(programme, period_end)
        if first > last:
            raise Refusal(
                _("There is no time left for proposals before {day}.")(day=last), about="period_end"
            )
        if not first <= day <= last:
            raise Refusal(
                _("Please let proposals come until a day from {first} to {last}.")(first=first, last=last),
                about="proposal_deadline",
            )

    async def _create(self, content: CaseContent, company: Company) -> Case:
        services = self._services
        serial = await services.session.scalar(select(Sequence("case_serial").next_value()))
        assert serial is not None
        case = Case(
            id=serial,
            number=numbers.make(services.programme.numbers[KIND], serial),
            company_id=company.id,
            state=CaseState.UNDER_REVIEW,
            revision=1,
            applied_at=services.now,
        )
        self._fill(case, content, company)
        services.session.add(case)
        return case

    @staticmethod
    def _fill(case: Case, said: CaseContent, company: Company) -> None:
        case.title, case.area, case.trade = said.title, said.area, said.trade
        case.background, case.issue, case.goal = said.background, said.issue, said.goal
        case.current_tools, case.mode = said.current_tools, said.mode
        case.prefecture, case.city = said.place or (company.prefecture, company.city)
        case.period_start, case.period_end = said.period_start, said.period_end
        case.minutes = None if said.time is None else said.time.minutes
        case.budget_yen = None if said.budget is None else int(said.budget)
        case.proposal_deadline = said.proposal_deadline

    async def lock(self, subject_id: int) -> None:
        """Lock a case until the end of the transaction."""
        await self._services.session.get(Case, subject_id, with_for_update=True, populate_existing=True)

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether a person speaks for the company whose case it is."""
        case = await self.get(subject_id)
        return case is not None and await self._services.companies.involves(case.company_id, person_id)

    async def decided(self, review: Review) -> None:
        """Take a decision of the secretariat over: publish the case, or say what is wrong with it."""
        case = await self.get(review.subject_id)
        assert case is not None
        verdict = ReviewState(review.state)
        if verdict is ReviewState.APPROVED:
            await self._publish(case)
        elif verdict is ReviewState.REJECTED:
            case.closed_at = self._services.now
        case.state = STATE_AFTER[verdict]
        await self._tell(f"case.{case.state}", case, review=review.id)

    async def _publish(self, case: Case) -> None:
        """Open a case for proposals; after a slow review its deadline moves so that experts have their days."""
        services = self._services
        first = case_days.first_deadline(services.programme, services.clock.today())
        if case.proposal_deadline < first:
            if first > case_days.last_deadline(services.programme, case.period_end):
                raise Refusal(_("No time is left for proposals. Please return it with the reason."))
            case.proposal_deadline = first
            case.revision += 1
        case.published_at = services.now
        await self._show(case, CaseState.PUBLISHED)
        await unanswered_cases.watch(services, case)

    # What the company does with its case afterwards

    async def cancel(self, case_id: int) -> Case:
        """Take a case back for good, and with it the plans for it; raises Refusal when one is agreed or it has ended."""
        case = await self._to_change(case_id, CANCELLABLE)
        case.closed_at = self._services.now
        await self._services.reviews.withdraw(KIND, case.id)
        await self._hide(case, CaseState.CANCELLED)
        await self._services.audit.note("cancelled", KIND, case.id, revision=case.revision)
        await self._services.plans.end_for_case(case.id)
        await self._redraw(case)
        return case

    async def set_wanted(self, case_id: int, wanted: bool) -> Case:
        """Say that no more proposals are wanted for now, or that they are wanted again (DOMAIN 4.6)."""
        case = await self._to_change(case_id, EXTENDABLE)
        if wanted == (case.state in OPEN_STATES):
            return case
        if wanted and case.proposal_deadline < self._services.clock.today():
            raise Refusal(_("Its deadline is over. Please choose a new one."))
        if wanted:
            await self._show(case, CaseState.PUBLISHED)
        else:
            await self._hide(case, CaseState.NOT_WANTED)
        await self._services.audit.note(
            "wanted" if wanted else "not wanted", KIND, case.id, revision=case.revision
        )
        await self._redraw(case)
        return case

    async def extend_deadline(self, case_id: int, day: date) -> Case:
        """Let proposals come until another day; a case that had expired is open again."""
        await self._services.switches.require("cases")
        case = await self._to_change(case_id, EXTENDABLE)
        self._require_deadline(day, case.period_end)
        case.proposal_deadline = day
        case.revision += 1
        talking = case.state == CaseState.NEGOTIATING
        await self._show(case, CaseState.NEGOTIATING if talking else CaseState.PUBLISHED)
        await self._services.audit.note(
            "deadline extended", KIND, case.id, revision=case.revision, content={"day": day.isoformat()}
        )
        await self._redraw(case)
        return case

    async def expire(self, case_id: int) -> None:
        """Close a case for proposals when its day is over, and offer its company to extend it, once.

        What is being talked about goes on; only no new proposals come.
        """
        await self.lock(case_id)
        case = await self.get(case_id)
        over = case is not None and case.proposal_deadline < self._services.clock.today()
        if case is None or not over or case.state not in OPEN_STATES:
            return
        talking = case.state == CaseState.NEGOTIATING
        await self._hide(case, CaseState.NEGOTIATING if talking else CaseState.EXPIRED)
        await self._services.audit.note("expired", KIND, case.id, revision=case.revision)
        await self._tell("case.expired", case, formal=False)

    async def talk_again(self, case: Case) -> None:
        """Reopen a locked case whose agreed plan has ended; experts find it until its deadline."""
        if case.proposal_deadline < self._services.clock.today():
            case.state = CaseState.NEGOTIATING
            await self._services.session.flush()
        else:
            await self._show(case, CaseState.NEGOTIATING)

    async def _to_change(self, case_id: int, states: tuple[CaseState, ...]) -> Case:
        await self.lock(case_id)
        case = await self.own(case_id)
        if case.state not in states:
            raise Refusal(UNCHANGEABLE.get(CaseState(case.state), _("This can't be changed at the moment.")))
        return case

    async def _show(self, case: Case, state: CaseState) -> None:
        case.state = state
        await self._services.session.flush()
        await self._services.saved_matching.index(case)
        await case_interest.heard(self._services, case)
        over = case_days.over(self._services.programme, case.proposal_deadline)
        await self._services.timers.set(TIMER, case.id, over)

    async def _hide(self, case: Case, state: CaseState) -> None:
        case.state = state
        await self._services.session.flush()
        await self._services.search.remove(case.id)
        await self._services.timers.cancel(TIMER, case.id)

    async def _tell(self, notice: str, case: Case, *, formal: bool = True, **ids: Any) -> None:
        company = await self._services.companies.get(case.company_id)
        assert company is not None
        mail = company.email if formal else None
        for person_id in await self._services.companies.members(company.id):
            self._services.notices.tell(notice, person_id, mail=mail, case=case.id, **ids)
        await self._redraw(case)

    async def _redraw(self, case: Case) -> None:
        for person_id in await self._services.companies.members(case.company_id):
            self._services.notices.home(person_id)


GONE = {
    CaseState.NOT_WANTED: _("The company does not want any more proposals for this case at the moment."),
    CaseState.PLAN_AGREED: _("The company has agreed on a plan for this case."),
    CaseState.CONTRACTED: _("The company has agreed on a plan for this case."),
    CaseState.CLOSED: _("This case is closed."),
    CaseState.EXPIRED: _("The deadline for proposals of this case is over."),
    CaseState.CANCELLED: _("The company has taken this case back."),
    CaseState.HIDDEN: _("This case is not shown at the moment."),
}
UNCHANGEABLE = {
    CaseState.PLAN_AGREED: _("You have agreed on a plan for this case, so it stays as it is."),
    CaseState.CONTRACTED: _("You have agreed on a plan for this case, so it stays as it is."),
    CaseState.CANCELLED: _("You have taken this case back already."),
    CaseState.REJECTED: _("This case could not be accepted. You can write a new one."),
    CaseState.CLOSED: _("This case is closed."),
    CaseState.UNDER_REVIEW: _("The secretariat is looking at this case. Please wait for the answer."),
    CaseState.DEFICIENT: _("Please correct this case first."),
}


@due(TIMER)
async def _deadline_over(services: Services, case_id: int) -> None:
    await services.cases.expire(case_id)
