"""A company looks at the plans proposed to it: the same five lines each, side by side (story step 7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import plan_words
from conversations.acts import number, on, on_word
from conversations.menu import HELP, MENU
from conversations.messages import Button, Card, Deck, Fact, Message, Pressed, Say, Words, act
from conversations.plan_talk import talk_button
from conversations.reports_shown import reputation_facts
from conversations.sme.menu import MORE, STATUS
from locales import Text, _
from services.companies import Standing
from services.plans import IN_REVIEW, LIVE, TALKING, Plan, PlanState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.companies import Company

MOST_COMPARED = 10
WRITE = Button(_("Write a case"), act("menu.write_case"))
ALL = Button(_("Compare all"), act("menu.proposals"))
TONES = {
    PlanState.AGREED: "good",
    PlanState.APPROVED: "good",
    PlanState.KEPT: "tip",
    PlanState.RETURNED: "tip",
}
NEXT = {
    PlanState.AGREED: _("The secretariat checks it now. Then both of you sign the contract here."),
    PlanState.RETURNED: _("When it has come back, please look at it and agree once more."),
}


# --- side by side --------------------------------------------------------------------------------------


@on("menu.proposals")
async def all_proposals(turn: Turn, pressed: Pressed) -> None:
    """Every proposal that has not ended."""
    await show_all(turn)


@on_word("proposals")
async def show_all(turn: Turn) -> None:
    """Every proposal that has not ended, by what it answers."""
    company = await turn.services.companies.mine()
    plans = await turn.services.plans.for_company(company.id, LIVE) if company else []
    if not plans:
        turn.say(await _none_yet(turn.services, company))
        return
    subjects = {(plan.case_id, plan.request_id) for plan in plans}
    if len(subjects) == 1:
        await _compare(turn, plans)
        return
    cards = []
    for case_id, request_id in sorted(subjects, key=lambda pair: (pair[0] or 0, pair[1] or 0)):
        these = [plan for plan in plans if (plan.case_id, plan.request_id) == (case_id, request_id)]
        does = act("plan.compare", i=case_id) if case_id else act("plan.compare", q=request_id)
        cards.append(
            Card(
                await plan_words.about(turn.services, these[0]),
                facts=[Fact(_("Proposals"), _("{count} proposals")(count=len(these)))],
                buttons=[Button(_("Compare"), does, "primary")],
            )
        )
    turn.say(Deck(_("Which one would you like to look at?"), cards[:MOST_COMPARED], quick=[MENU]))


async def _none_yet(services: Services, company: Company | None) -> Say:
    """No proposal; who has no case either is shown how to get one."""
    if company is not None and company.standing == Standing.COMPLETED and not await services.cases.mine():
        return Say(
            _("There is no proposal yet. Write down your problem, and experts propose."), quick=[WRITE, MENU]
        )
    return Say(_("There is no proposal at the moment. We tell you when one arrives."), quick=[STATUS, MENU])


@on("plan.compare")
async def compare(turn: Turn, pressed: Pressed) -> None:
    """The proposals for one case or request, the smallest own share first."""
    company = await turn.services.companies.mine()
    key = "i" if "i" in pressed.act.args else "q"
    wanted = number(pressed.act.args, key)
    plans = [
        plan
        for plan in (await turn.services.plans.for_company(company.id, LIVE) if company else [])
        if (plan.case_id if key == "i" else plan.request_id) == wanted
    ]
    if plans:
        await _compare(turn, plans)
    else:
        await show_all(turn)


async def _compare(turn: Turn, plans: Sequence[Plan]) -> None:
    lead = await _lead(turn.services, plans)
    cards = [await compact(turn.services, plan) for plan in plans[:MOST_COMPARED]]
    turn.say(Deck(lead, cards, quick=[STATUS, HELP]))


async def _lead(services: Services, plans: Sequence[Plan]) -> Text:
    what = await plan_words.about(services, plans[0])
    if len(plans) > MOST_COMPARED:
        return _("{count} proposals for {what}. Here are the {shown} with the smallest own share.")(
            count=len(plans), what=what, shown=MOST_COMPARED
        )
    if len(plans) == 1:
        return _("The proposal for {what}.")(what=what)
    return _("{count} proposals for {what}, the smallest own share first.")(count=len(plans), what=what)


async def compact(services: Services, plan: Plan) -> Card:
    """One proposal in the same five lines, with what can be done about it."""
    content = await services.plans.content(plan)
    reputation = await services.reports.reputation(plan.expert_id)
    return Card(
        _("Proposal {number}")(number=plan.number),
        badge=plan_words.state(plan, to_sme=True),
        facts=[*await plan_words.to_company(services, plan, content), *reputation_facts(reputation)],
        buttons=[
            Button(_("See details"), act("plan.open", i=plan.id, r=plan.revision), "primary"),
            *_ways(plan),
        ],
        tone=TONES.get(PlanState(plan.state), "plain"),
    )


def _ways(plan: Plan) -> list[Button]:
    if not plan.live:
        return []
    ways = [talk_button(plan.id)]
    if plan.state != PlanState.APPROVED:
        label = _("Step back") if plan.state in IN_REVIEW else _("Decline")
        ways.append(Button(label, act("plan.decline", i=plan.id, r=plan.revision)))
    if plan.state in (PlanState.SENT, PlanState.IN_DISCUSSION):
        ways.insert(0, Button(_("Keep for later"), act("plan.keep", i=plan.id)))
    return ways


# --- one of them ---------------------------------------------------------------------------------------


@on("plan.open")
async def open_plan(turn: Turn, pressed: Pressed) -> None:
    """The whole of a plan; from an older button also what has changed since."""
    plan, _company = await turn.services.plans.of_my_company(number(pressed.act.args, "i"))
    seen = number(pressed.act.args, "r") if "r" in pressed.act.args else plan.revision
    if seen != plan.revision:
        turn.say(await changed(turn.services, plan, seen))
    else:
        turn.say(await whole(turn.services, plan))


async def whole(services: Services, plan: Plan) -> Card:
    """Everything that a plan says, who pays what, and what was talked about."""
    content, expert = await services.plans.content(plan), await plan_words.expert_of(services, plan)
    buttons = _ways(plan)
    if plan.talking:
        buttons.insert(
            0, Button(_("Go on with this plan"), act("plan.choose", i=plan.id, r=plan.revision), "primary")
        )
    return Card(
        _("Proposal {number}, revision {revision}")(number=plan.number, revision=plan.revision),
        badge=plan_words.state(plan, to_sme=True),
        facts=[
            Fact(_("Expert"), _("{name} ({number})")(name=expert.display_name, number=expert.number)),
            *reputation_facts(await services.reports.reputation(plan.expert_id)),
            Fact(_("Hours and period"), plan_words.time(content)),
            Fact(_("How it is given"), plan_words.way(content)),
            *plan_words.money(content.quote(services.programme), to_company=True),
            *plan_words.details(services, content),
        ],
        body=[*_next(plan), *await plan_words.talk(services, plan)],
        note=_("The contract is for advice and support, not for finished work."),
        buttons=buttons,
        quick=[ALL, STATUS],
        tone=TONES.get(PlanState(plan.state), "plain"),
    )


def _next(plan: Plan) -> list[Words]:
    said = NEXT.get(PlanState(plan.state))
    return [said] if said else []


async def changed(services: Services, plan: Plan, seen: int, lead: Sequence[Words] = ()) -> Card:
    """What is different now from the revision that somebody saw: old and new, line by line."""
    return Card(
        _("Proposal {number} has changed")(number=plan.number),
        badge=_("Revision {revision}")(revision=plan.revision),
        facts=await plan_words.changes(services, plan, seen),
        body=[*lead, _("Please look at the new plan before you decide.")],
        buttons=[
            Button(_("See details"), act("plan.open", i=plan.id, r=plan.revision), "primary"),
            *_ways(plan),
        ],
        tone="tip",
    )


@on("plan.keep")
async def keep(turn: Turn, pressed: Pressed) -> None:
    """Keep a plan in mind while others come."""
    plan = await turn.services.plans.keep(number(pressed.act.args, "i"))
    turn.say(
        Say(
            _("Proposal {number} is kept. You find it under the proposals.")(number=plan.number),
            quick=[ALL, STATUS],
        )
    )


# --- where things stand --------------------------------------------------------------------------------


async def standing(turn: Turn, company: Company) -> list[Message]:
    """The proposals of a company in its status: what is being checked, and what may be chosen."""
    services = turn.services
    said: list[Message] = []
    for plan in await services.plans.for_company(company.id, IN_REVIEW):
        content = await services.plans.content(plan)
        said.append(
            Card(
                await plan_words.about(services, plan),
                badge=plan_words.state(plan, to_sme=True),
                facts=await plan_words.to_company(services, plan, content),
                body=[NEXT[PlanState(plan.state)]],
                buttons=[Button(_("See details"), act("plan.open", i=plan.id, r=plan.revision))],
                tone=TONES[PlanState(plan.state)],
            )
        )
    open_plans = await services.plans.for_company(company.id, TALKING)
    if open_plans:
        said.append(
            Card(
                _("Proposals"),
                facts=[Fact(_("To choose from"), _("{count} proposals")(count=len(open_plans)))],
                buttons=[Button(_("Compare all"), act("menu.proposals"), "primary")],
            )
        )
    return said


MORE.append(standing)
