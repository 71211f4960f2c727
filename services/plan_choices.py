"""What a company does with the plans that were proposed to it: keep, decline, agree (DOMAIN 5.4, 6.4)."""

from __future__ import annotations

from locales import _
from services.cases import Case, CaseState
from services.companies import Company, Standing
from services.plan_book import PlanBook
from services.plan_content import Content, require_room, require_valid
from services.plan_records import Plan, PlanState
from services.programme import Deadline
from services.programme_parts import Spoken
from services.refusals import Refusal

CHOOSABLE = (CaseState.PUBLISHED, CaseState.NEGOTIATING, CaseState.NOT_WANTED, CaseState.EXPIRED)
"""The company may still choose a plan: the deadline for proposals ends proposing, not the talks."""


class PlanChoices(PlanBook):
    """The company's side of plans, within one transaction."""

    async def keep(self, plan_id: int) -> Plan:
        """Keep a plan in mind; raises Refusal if it has ended or is agreed on."""
        plan, _company = await self.of_my_company(plan_id)
        await self._lock(plan)
        self.require_live(plan)
        if not plan.talking:
            raise Refusal(_("You have agreed to this plan already."))
        if plan.state != PlanState.KEPT:
            plan.state = PlanState.KEPT
            await self._services.session.flush()
            await self._services.audit.note("kept", "plan", plan.id, revision=plan.revision)
            await self._redraw(plan)
        return plan

    def decline_reason(self, code: str) -> Spoken:
        """The programme's reason with this code, and the sentence that is said; raises Refusal."""
        for reason in self._services.programme.decline_reasons:
            if reason.code == code:
                return reason
        raise Refusal(_("Please choose one of the options."))

    async def decline(self, plan_id: int, revision: int, code: str, words: str | None = None) -> Plan:
        """Decline a plan as it was shown, with a reason of the programme and perhaps own words.

        Raises Refusal when it has ended or was revised since. An agreement before the contract may be taken
        back this way too (DOMAIN 5.4).
        """
        self.decline_reason(code)
        plan, _company = await self.of_my_company(plan_id)
        await self._lock(plan)
        self.require_before_contract(plan)
        self._require_revision(plan, revision)
        plan.decline_code, plan.decline_words = code, words or None
        await self._end(plan, PlanState.DECLINED, "declined", code)
        await self._tell_expert("plan.declined", plan)
        return plan

    async def agree(self, plan_id: int, revision: int) -> Plan:
        """Agree to a plan as it was shown; the others for the same case are told that they were not chosen.

        By sending this revision the expert has agreed to it, so both sides now agree on the same one. Raises
        Refusal when agreement is closed, when the plan ended or was revised since, when another one is agreed
        on, when it breaks a rule by now, and when it is over a cap: a preview of what the formation review
        decides (DESIGN 13.12).
        """
        services = self._services
        await services.switches.require("agreement")
        services.programme.require_open(Deadline.CONTRACT, services.now)
        plan, company = await self.of_my_company(plan_id)
        await services.companies.require_registered()
        await self._require_signatory(company)
        rivals = [other for other in await self._lock(plan) if other.id != plan.id]
        case = await self._require_choosable(plan, revision)
        content = await self._require_fitting(plan, company)
        require_room(content, await self._room(plan), services.programme)
        plan.state, plan.agreed_at = PlanState.AGREED, services.now
        plan.agreed_by_sme_revision = plan.revision
        for other in rivals:
            await self._end(other, PlanState.SUPERSEDED, "superseded", "another plan agreed")
            await self._tell_expert("plan.superseded", other)
        if case is not None:
            case.state = CaseState.PLAN_AGREED
            await services.search.remove(case.id)
            await services.audit.note("plan agreed", "case", case.id, revision=case.revision)
        await services.session.flush()
        await services.audit.note(
            "agreed", "plan", plan.id, revision=plan.revision, content=content.as_json()
        )
        await self._tell_company("plan.agreed", plan, formal=True)
        await self._tell_expert("plan.agreed", plan, formal=True)
        await services.formation.submit(plan)
        await self._redraw(plan)
        return plan

    async def _require_choosable(self, plan: Plan, revision: int) -> Case | None:
        """The case of a locked plan that may still be agreed on, in this revision."""
        if plan.state == PlanState.AGREED:
            raise Refusal(
                _("You agreed to plan {number} on {when}. It waits for the formation review.")(
                    number=plan.number, when=plan.agreed_at
                )
            )
        if plan.state == PlanState.RETURNED:
            raise Refusal(
                _("The expert is correcting plan {number}. We ask you when it has come back.")(
                    number=plan.number
                )
            )
        self.require_before_contract(plan)
        self._require_revision(plan, revision)
        case = await self._case(plan)
        if case is not None and case.state not in CHOOSABLE:
            raise Refusal(_("Case {number} is closed, so no plan can be agreed on.")(number=case.number))
        return case

    async def _require_fitting(self, plan: Plan, company: Company) -> Content:
        """What a locked plan says, if it still keeps to every rule; the expert can put right what does not."""
        services = self._services
        expert = await services.experts.get(plan.expert_id)
        assert expert is not None
        if expert.standing != Standing.COMPLETED:
            raise Refusal(
                _("This expert's registration is not valid at the moment. Please wait or choose another.")
            )
        await self.require_apart(company, expert)
        content = await self.content(plan)
        try:
            require_valid(content, services.programme, services.programme.today(services.now))
        except Refusal as refusal:
            raise Refusal(
                _("This plan no longer fits the rules: {reason} Please ask the expert to revise it.")(
                    reason=refusal.reason
                )
            ) from refusal
        return content
