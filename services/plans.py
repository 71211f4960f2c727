"""Support plans: an expert proposes, revises and withdraws, and both sides talk about them (DOMAIN 5.4, 6)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Sequence, select

from locales import _
from services import numbers, similar_texts
from services.companies import Company
from services.experts import Expert
from services.plan_choices import PlanChoices
from services.plan_content import Content, difference, masked, require_valid
from services.plan_records import IN_REVIEW, LIVE, TALKING, Plan, PlanNote, PlanRevision, PlanState
from services.plan_timers import DIGEST, EXPIRE, is_same_day, next_digest
from services.programme import Deadline
from services.refusals import Refusal
from services.requests import Request, RequestState

__all__ = ["IN_REVIEW", "LIVE", "TALKING", "Plan", "PlanNote", "PlanRevision", "PlanState", "Plans"]

OPEN_CASE, DIRECT_REQUEST = "open_case", "direct_request"
LONGEST_NOTE = 500


class Plans(PlanChoices):
    """Support plans within one transaction."""

    async def send(
        self, content: Content, *, case_id: int | None = None, request_id: int | None = None
    ) -> Plan:
        """Propose a plan for an open case or an accepted direct request; it counts as the expert's agreement.

        Raises Refusal when proposing is closed, the case is, the expert is not registered or has a part in the
        company, a live plan of his is there already, or the content breaks a rule (DOMAIN 6.3, 6.4).
        """
        services = self._services
        await self.require_proposing()
        expert = await services.experts.require_registered()
        company = await self._subject(expert, case_id, request_id)
        await self.require_apart(company, expert)
        there = await self.live_of(expert.id, case_id=case_id, request_id=request_id)
        if there is not None:
            raise Refusal(_("Your plan {number} is there already. You can revise it.")(number=there.number))
        content = masked(content)
        quote = require_valid(content, services.programme, services.programme.today(services.now))
        serial = await services.session.scalar(select(Sequence("plan_serial").next_value()))
        assert serial is not None
        plan = Plan(
            id=serial,
            number=numbers.make(services.programme.numbers["plan"], serial),
            route=OPEN_CASE if case_id is not None else DIRECT_REQUEST,
            case_id=case_id,
            request_id=request_id,
            company_id=company.id,
            expert_id=expert.id,
            state=PlanState.SENT,
            revision=1,
            agreed_by_expert_revision=1,
            sent_at=services.now,
        )
        services.session.add(plan)
        await services.session.flush()
        services.session.add(PlanRevision.of(plan, content, quote.honorarium, services.now))
        await services.session.flush()
        await similar_texts.keep(services, "plan", {plan.id: content.told})
        await services.audit.note("sent", "plan", plan.id, revision=1, content=content.as_json())
        over = services.programme.closes(Deadline.CONTRACT) + timedelta(seconds=1)
        await services.timers.set(EXPIRE, plan.id, over)
        await self._announce(plan)
        await self._redraw(plan)
        return plan

    async def require_proposing(self) -> None:
        """Refuses to propose or revise when that is stopped, or contracts can no longer be made."""
        await self._services.switches.require("plans")
        self._services.programme.require_open(Deadline.CONTRACT, self._services.now)

    async def _subject(self, expert: Expert, case_id: int | None, request_id: int | None) -> Company:
        """Lock what the plan answers, and find the company that it goes to."""
        services = self._services
        if case_id is not None:
            await services.cases.lock(case_id)
            company_id = (await services.cases.open(case_id)).company_id
        else:
            assert request_id is not None
            await services.requests.lock(request_id)
            company_id = (await self.accepted_request(request_id, expert)).company_id
        company = await services.companies.get(company_id)
        assert company is not None
        return company

    async def accepted_request(self, request_id: int, expert: Expert) -> Request:
        """A direct request that this expert has accepted; raises Refusal for any other."""
        request = await self._services.requests.get(request_id)
        if request is None or request.expert_id != expert.id or request.state != RequestState.ACCEPTED:
            raise Refusal(_("This request does not wait for a plan."))
        return request

    async def _announce(self, plan: Plan) -> None:
        """Tell the company at once of its first proposal of a day, and of what it asked for; else by digest."""
        services = self._services
        told = [other.told_at for other in await self.for_company(plan.company_id, tuple(PlanState))]
        if plan.request_id is None and any(at and is_same_day(at, services.now) for at in told):
            await services.timers.set(DIGEST, plan.company_id, next_digest(services.now))
            return
        plan.told_at = services.now
        await services.session.flush()
        await self._tell_company("plan.sent", plan)

    async def revise(self, plan_id: int, content: Content, based_on: int, *, void: bool = False) -> Plan:
        """Put a new revision in the place of the one it was written from; earlier agreements are void.

        A plan that is agreed on is only revised with `void`: when the company agreed while the expert was
        writing, he is told so first. One that the formation review returned is corrected this way. Raises
        Refusal also when nothing changed, when a rule is broken, and once the contract is prepared.
        """
        services = self._services
        await self.require_proposing()
        plan, _expert = await self.of_mine(plan_id)
        await services.experts.require_registered()
        await self._lock(plan)
        self.require_before_contract(plan)
        self._require_revision(plan, based_on)
        if plan.state == PlanState.AGREED and not void:
            raise Refusal(
                _(
                    "The company agreed to this plan on {when}. To change it all the same, please open it again."
                )(when=plan.agreed_at)
            )
        content = masked(content)
        quote = require_valid(content, services.programme, services.programme.today(services.now))
        if not difference(await self.content(plan), content):
            raise Refusal(_("Nothing was changed."))
        corrected = plan.state == PlanState.RETURNED
        voided = plan.state in IN_REVIEW
        if voided:
            await self._reopen(plan)
            plan.state = PlanState.IN_DISCUSSION
        plan.revision += 1
        plan.agreed_by_sme_revision, plan.agreed_by_expert_revision = None, plan.revision
        services.session.add(PlanRevision.of(plan, content, quote.honorarium, services.now))
        await services.session.flush()
        await similar_texts.keep(services, "plan", {plan.id: content.told})
        await services.audit.note(
            "revised", "plan", plan.id, revision=plan.revision, content=content.as_json()
        )
        if plan.told_at is not None:
            await self._tell_company(
                "plan.revised", plan, revision=plan.revision, voided=voided, corrected=corrected
            )
        await self._redraw(plan)
        return plan

    async def withdraw(self, plan_id: int) -> Plan:
        """Take a plan back; free before the contract, also when it is agreed on (DOMAIN 5.4)."""
        plan, _expert = await self.of_mine(plan_id)
        await self._lock(plan)
        self.require_before_contract(plan)
        await self._end(plan, PlanState.WITHDRAWN, "withdrawn")
        if plan.told_at is not None:
            await self._tell_company("plan.withdrawn", plan)
        return plan

    async def note(self, plan_id: int, text: str) -> PlanNote:
        """Write a few words about a plan to the other side, who sees them with contact data masked.

        Raises Refusal for a plan of others or one that has ended, and for words that are too many or none.
        """
        services = self._services
        assert services.person is not None
        plan, by_sme = await self.of_either(plan_id)
        await self._lock(plan)
        self.require_live(plan)
        words = text.strip()
        if not 0 < len(words) <= LONGEST_NOTE:
            raise Refusal(_("Please answer in 1 to {at_most} characters.")(at_most=LONGEST_NOTE))
        note = PlanNote(
            plan_id=plan.id,
            by_sme=by_sme,
            person_id=services.person.id,
            text=words,
            written_at=services.now,
        )
        services.session.add(note)
        await self._talk(plan)
        await services.audit.note("noted", "plan", plan.id, revision=plan.revision, content={"text": words})
        tell = self._tell_expert if by_sme else self._tell_company
        await tell("plan.note", plan, note=note.id)
        await self._redraw(plan)
        return note

    async def of_either(self, plan_id: int) -> tuple[Plan, bool]:
        """A plan of the acting person's company or of the acting expert, and whether it is the company's; raises Refusal."""
        try:
            plan, _company = await self.of_my_company(plan_id)
        except Refusal:
            plan, _expert = await self.of_mine(plan_id)
            return plan, False
        return plan, True

    async def expire(self, plan: Plan) -> None:
        """End a plan that was not agreed on and approved in time, and say so to both sides."""
        await self._lock(plan)
        if plan.state not in (*TALKING, *IN_REVIEW):
            return
        chosen = plan.state in IN_REVIEW
        await self._end(plan, PlanState.EXPIRED, "expired", "contracts closed")
        await self._tell_expert("plan.expired", plan, formal=chosen, chosen=chosen)
        await self._tell_company("plan.expired", plan, formal=chosen, chosen=chosen)

    async def end_for_case(self, case_id: int) -> None:
        """End every live plan of a case that is no longer wanted; the case is locked by the caller."""
        for plan in sorted(await self.for_case(case_id), key=lambda plan: plan.id):
            await self._services.session.refresh(plan, with_for_update=True)
            if plan.live:
                await self._end(plan, PlanState.EXPIRED, "expired", "case ended")
                await self._tell_expert("plan.expired", plan, chosen=False)
