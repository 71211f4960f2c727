"""An expert begins a plan: for an open case, for an accepted direct request, or in the place of one he has sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.catalogue import last_support, tomorrow
from conversations.expert import plans
from conversations.expert.plan import CORRECTED, VOID, SupportPlan
from conversations.expert.terms import asked_first
from conversations.messages import Card, Fact, Pressed, Words, act
from conversations.turn import press
from locales import _
from services.answers import KEPT, Draft
from services.plan_content import PlanMode, answers
from services.plans import Plan, PlanState
from services.tips import mask_contacts

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.experts import Expert


@on("plan.propose")
async def propose(turn: Turn, pressed: Pressed) -> None:
    """Write a plan for an open case, or show the one that is there."""
    services = turn.services
    await services.plans.require_proposing()
    if await asked_first(turn):
        return
    expert = await services.experts.require_registered()
    case = await services.cases.open(number(pressed.act.args, "i"))
    there = await services.plans.live_of(expert.id, case_id=case.id)
    if there is not None:
        await _show_there(turn, there)
        return
    wanted = _wanted(turn, expert, case.area, case.period_start, case.period_end)
    if case.mode in tuple(PlanMode):
        wanted["mode"] = case.mode
    await _require_apart(turn, expert, case.company_id)
    since: list[Words] = []
    if pressed.act.args.get("r", str(case.revision)) != str(case.revision):
        since.append(_("The company changed this case since. This is how it is now."))
    title = _("{number} {title}")(number=case.number, title=mask_contacts(case.title))
    turn.say(Card(title, facts=[Fact(_("Goal"), mask_contacts(case.goal))], body=since))
    await turn.start(SupportPlan, f"case:{case.id}", wanted)


@on("plan.for_request")
async def answer_request(turn: Turn, pressed: Pressed) -> None:
    """Write the plan for a direct request that was accepted, or show the one that is there."""
    services = turn.services
    await services.plans.require_proposing()
    if await asked_first(turn):
        return
    expert = await services.experts.require_registered()
    request = await services.plans.accepted_request(number(pressed.act.args, "i"), expert)
    there = await services.plans.live_of(expert.id, request_id=request.id)
    if there is not None:
        await _show_there(turn, there)
        return
    await _require_apart(turn, expert, request.company_id)
    title = _("Direct request {number}")(number=request.number)
    turn.say(Card(title, facts=[Fact(_("Goal"), mask_contacts(request.goal))]))
    wanted = _wanted(turn, expert, request.area, None, request.period_end)
    await turn.start(SupportPlan, f"request:{request.id}", wanted)


async def _require_apart(turn: Turn, expert: Expert, company_id: int) -> None:
    """Refuse a conflict of interest before anything is written, and not only when it is sent."""
    company = await turn.services.companies.get(company_id)
    assert company is not None
    await turn.services.plans.require_apart(company, expert)


async def _show_there(turn: Turn, plan: Plan) -> None:
    lead = _("Your plan {number} is there already. You can revise it.")(number=plan.number)
    await plans.show(turn, plan, [lead])


def _wanted(turn: Turn, expert: Expert, area: str, start: date | None, end: date) -> dict[str, str]:
    """The answers to begin with: what the company asked for, as far as the programme still allows it."""
    facts = turn.facts
    first = max(start, tomorrow(facts)) if start else tomorrow(facts)
    last = max(first, min(end, last_support(facts)))
    return {
        "area": area,
        "price": str(expert.hourly_price_yen),
        "period_start": first.isoformat(),
        "period_end": last.isoformat(),
    }


@on("plan.revise")
async def revise(turn: Turn, pressed: Pressed) -> None:
    """Change a plan, beginning with what it says now; from an older button its present state is shown first."""
    services = turn.services
    await services.plans.require_proposing()
    if await asked_first(turn):
        return
    plan, _expert = await services.plans.of_mine(number(pressed.act.args, "i"))
    services.plans.require_before_contract(plan)
    agreed = "v" in pressed.act.args
    if number(pressed.act.args, "r") != plan.revision or agreed != (plan.state == PlanState.AGREED):
        await plans.show(turn, plan, [_("This plan has changed since. Here is how it stands now.")])
        return
    written = await services.plans.content(plan)
    about = f"plan:{plan.id}:{plan.revision}" + (f":{VOID}" if agreed else "")
    drafts = services.drafts
    draft = await drafts.live(SupportPlan.name, about)
    if draft is None:
        fresh = Draft(SupportPlan.name, about, answers(written), state=KEPT)
        draft = await drafts.save(fresh, services.now)
    # Everything but the declarations is answered, and still it begins at the first page: to be changed.
    await press(turn, Pressed(act("page.show", d=draft.id, p=0)))


@on("plan.correct")
async def correct(turn: Turn, pressed: Pressed) -> None:
    """Answer again only what the secretariat returned, with its reasons; everything else stays as it was."""
    services = turn.services
    await services.plans.require_proposing()
    if await asked_first(turn):
        return
    plan, _expert = await services.plans.of_mine(number(pressed.act.args, "i"))
    review = await services.formation.returned(plan)
    if review is None:
        await plans.show(turn, plan, [_("This plan has changed since. Here is how it stands now.")])
        return
    reopened = {remark.question: remark.sentence for remark in review.remark_list}
    about = f"plan:{plan.id}:{plan.revision}:{CORRECTED}"
    await turn.start(SupportPlan, about, dict(review.answers), reopened)
