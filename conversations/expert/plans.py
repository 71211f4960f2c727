"""An expert's own plans: where each stands, what the company said, and taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import plan_words
from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.formation_shown import correct_button, named
from conversations.menu import COMMANDS
from conversations.messages import Button, Card, Fact, Heading, Message, Pressed, Say, Screen, Words, act
from conversations.notices import worded
from conversations.plan_talk import talk_button
from locales import _
from services.plan_book import STATES
from services.plans import Plan, PlanState
from services.tips import mask_contacts

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

SHOWN, SHOWN_AT_HOME = 15, 8
MINE = Button(_("My plans"), act("plan.mine"))
FIND = Button(_("Find cases"), act("search.open"), "primary")
TONES = {
    PlanState.AGREED: "good",
    PlanState.APPROVED: "good",
    PlanState.IN_DISCUSSION: "tip",
    PlanState.RETURNED: "tip",
    PlanState.DECLINED: "bad",
    PlanState.REJECTED: "bad",
}


# --- the list ------------------------------------------------------------------------------------------


@on("plan.mine")
async def mine(turn: Turn, pressed: Pressed) -> None:
    """Every plan of the acting expert."""
    await show_mine(turn)


async def show_mine(turn: Turn) -> None:
    """Every plan of the acting expert, live ones first."""
    written = await turn.services.plans.mine()
    parts: list[Part] = [await card(turn.services, plan) for plan in written[:SHOWN]]
    if len(written) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(written) - SHOWN)))
    turn.say(Screen(_("My plans"), parts or [Say(_("You have not sent a plan yet."))], ref="plans"))


async def by_command(turn: Turn, rest: str) -> None:
    """Every plan of the acting expert, asked for by the slash command."""
    await show_mine(turn)


COMMANDS["plans"] = by_command


async def card(services: Services, plan: Plan) -> Card:
    """One plan with its five lines and its state."""
    content = await services.plans.content(plan)
    state = PlanState(plan.state)
    return Card(
        _("Plan {number}")(number=plan.number),
        badge=STATES[state],
        facts=await plan_words.to_expert(services, plan, content),
        buttons=[Button(_("Open"), act("plan.view", i=plan.id))],
        tone=TONES.get(state, "plain"),
    )


# --- one of them ---------------------------------------------------------------------------------------


@on("plan.view")
async def view(turn: Turn, pressed: Pressed) -> None:
    """The whole of a plan as it stands now."""
    plan, _expert = await turn.services.plans.of_mine(number(pressed.act.args, "i"))
    await show(turn, plan)


async def show(turn: Turn, plan: Plan, lead: Sequence[Words] = ()) -> None:
    """The whole of a plan: what can be done, what was said, what it says, what changed last."""
    services = turn.services
    content = await services.plans.content(plan)
    parts: list[Part] = [Say(words) for words in lead]
    parts.append(
        Card(
            _("Plan {number}, revision {revision}")(number=plan.number, revision=plan.revision),
            badge=STATES[PlanState(plan.state)],
            facts=await plan_words.to_expert(services, plan, content),
            body=_what_next(services, plan),
            buttons=_ways(plan),
            tone=TONES.get(PlanState(plan.state), "plain"),
        )
    )
    review = await services.formation.returned(plan)
    if review is not None:
        parts.append(
            Card(_("From the secretariat"), facts=named(services.programme, review.remark_list), tone="tip")
        )
    talked = await plan_words.talk(services, plan)
    if talked:
        parts += [Heading(_("What was said")), *(Say(words) for words in talked)]
    parts.append(
        Card(
            _("The plan"),
            facts=[
                *plan_words.money(content.quote(services.programme)),
                *plan_words.details(services, content),
            ],
        )
    )
    if plan.revision > 1:
        changes = await plan_words.changes(services, plan, plan.revision - 1)
        parts.append(Card(_("Changed in this revision"), facts=changes, tone="tip"))
    turn.say(Screen(_("Support plan"), parts, ref=f"plan:{plan.id}"))


def _what_next(services: Services, plan: Plan) -> list[Words]:
    match PlanState(plan.state):
        case PlanState.SENT:
            return [_("The company has your plan. You hear from us when they answer.")]
        case PlanState.KEPT:
            return [_("The company keeps your plan in mind and looks at others too.")]
        case PlanState.IN_DISCUSSION:
            return [_("You are in talks. If something changes, revise the plan.")]
        case PlanState.AGREED:
            return [
                _("The secretariat checks it now. Then both of you sign the contract here."),
                _("Please do not begin the support before the contract."),
            ]
        case PlanState.RETURNED:
            return [_("Please correct what the secretariat asks for. Then the company agrees once more.")]
        case PlanState.APPROVED:
            return [
                _("It is approved. What comes next is done on its contract."),
                _("Please do not begin the support before the contract."),
            ]
        case PlanState.DECLINED:
            return _declined_words(services, plan)
    return []


def _declined_words(services: Services, plan: Plan) -> list[Words]:
    said: list[Words] = []
    if plan.decline_code:
        said.append(services.plans.decline_reason(plan.decline_code).sentence)
    if plan.decline_words:
        said.append(mask_contacts(plan.decline_words))
    return said


def _ways(plan: Plan) -> list[Button]:
    if not plan.live:
        return []
    if plan.state == PlanState.APPROVED:
        return [talk_button(plan.id)]
    withdraw = Button(
        _("Withdraw"),
        act("plan.withdraw", i=plan.id),
        "danger",
        _("Withdraw this plan? The company is told."),
    )
    if plan.state == PlanState.AGREED:
        revise = Button(
            _("Revise"),
            act("plan.revise", i=plan.id, r=plan.revision, v=1),
            confirm=_("The company has agreed to this plan. A change makes the agreement void. Go on?"),
        )
    else:
        returned = plan.state == PlanState.RETURNED
        style = "plain" if returned else "primary"
        revise = Button(_("Revise"), act("plan.revise", i=plan.id, r=plan.revision), style)
        if returned:
            return [correct_button(plan), revise, talk_button(plan.id), withdraw]
    return [revise, talk_button(plan.id), withdraw]


async def sent_card(services: Services, plan: Plan) -> Card:
    """Thanks for a plan or a revision that was just sent."""
    content = await services.plans.content(plan)
    title = _("Plan {number} is sent.") if plan.revision == 1 else _("Plan {number} is revised.")
    return Card(
        title(number=plan.number),
        badge=STATES[PlanState(plan.state)],
        facts=[
            Fact(_("Revision"), str(plan.revision)),
            *await plan_words.to_expert(services, plan, content),
        ],
        body=[_("Sending it counts as your agreement to this revision.")],
        buttons=[MINE],
        tone="good",
    )


@on("plan.withdraw")
async def withdraw(turn: Turn, pressed: Pressed) -> None:
    """Take a plan back."""
    plan = await turn.services.plans.withdraw(number(pressed.act.args, "i"))
    await show(turn, plan, [_("Plan {number} is withdrawn.")(number=plan.number)])


# --- Home and notices ----------------------------------------------------------------------------------


@shown_at(Place.PLANS)
async def at_home(services: Services) -> list[Part]:
    """The live plans of an expert; for an approved one its contract stands at the Home."""
    written = [plan for plan in await services.plans.mine() if plan.live and plan.state != PlanState.APPROVED]
    if not written:
        return []
    parts: list[Part] = [Heading(_("Your plans: {count}")(count=len(written)))]
    parts += [await card(services, plan) for plan in written[:SHOWN_AT_HOME]]
    parts.append(Card(_("All your plans"), buttons=[MINE]))
    return parts


async def _plan(services: Services, notice: Notice) -> Plan:
    plan = await services.plans.get(notice.ids["plan"])
    assert plan is not None
    return plan


@worded("plan.declined")
async def declined(services: Services, notice: Notice) -> list[Message]:
    """The company declined, in polite words."""
    plan = await _plan(services, notice)
    return [
        Card(
            _("Plan {number} was declined.")(number=plan.number),
            badge=STATES[PlanState.DECLINED],
            facts=[Fact(_("What it is about"), await plan_words.about(services, plan))],
            body=_declined_words(services, plan),
            buttons=[FIND, MINE],
        )
    ]


@worded("plan.superseded")
async def superseded(services: Services, notice: Notice) -> list[Message]:
    """The company chose another plan."""
    plan = await _plan(services, notice)
    return [
        Card(
            _("The company chose another plan this time."),
            badge=STATES[PlanState.SUPERSEDED],
            facts=[
                Fact(_("Your plan"), plan.number),
                Fact(_("What it is about"), await plan_words.about(services, plan)),
            ],
            body=[_("Thank you for your proposal. We hope to find you a case that fits.")],
            buttons=[FIND, MINE],
        )
    ]
