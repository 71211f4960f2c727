"""Agreed plans that wait for the formation review: a card in the channel, and a list at the Home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import plan_words
from conversations.acts import number, on
from conversations.current import CARDS, HOMES, Part
from conversations.messages import Button, Card, Fact, Heading, Pressed, Say, Screen, act
from locales import _
from services.plan_book import STATES, UNKNOWN
from services.plans import Plan, PlanState
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

SHOWN = 10


async def _facts(services: Services, plan: Plan) -> list[Fact]:
    """Numbers, time and money of a plan; no names and no words of people."""
    content = await services.plans.content(plan)
    company = await services.companies.get(plan.company_id)
    expert = await plan_words.expert_of(services, plan)
    assert company is not None
    return [
        Fact(_("Company"), company.number),
        Fact(_("Expert"), expert.number),
        Fact(_("Hours and period"), plan_words.time(content)),
        *plan_words.money(content.quote(services.programme)),
        *([Fact(_("Agreed on"), _("{when}")(when=plan.agreed_at))] if plan.agreed_at else []),
    ]


async def plan_card(services: Services, plan_id: int) -> Card:
    """The card of a plan that is or was agreed on, as it stands now."""
    plan = await services.plans.get(plan_id)
    assert plan is not None
    return Card(
        _("Plan {number}, revision {revision}")(number=plan.number, revision=plan.revision),
        badge=STATES[PlanState(plan.state)],
        facts=await _facts(services, plan),
        buttons=[Button(_("Open"), act("plan.inspect", i=plan.id))],
        tone="good" if plan.state == PlanState.AGREED else "plain",
    )


CARDS["plan"] = plan_card


@on("plan.inspect")
async def inspect(turn: Turn, pressed: Pressed) -> None:
    """Everything that a plan says, for the secretariat."""
    services = turn.services
    await services.secretariat.require()
    plan = await services.plans.get(number(pressed.act.args, "i"))
    if plan is None:
        raise Refusal(UNKNOWN)
    content = await services.plans.content(plan)
    parts: list[Part] = [
        Card(
            _("Plan {number}, revision {revision}")(number=plan.number, revision=plan.revision),
            badge=STATES[PlanState(plan.state)],
            facts=await _facts(services, plan),
        ),
        Card(
            _("The plan"),
            facts=[
                Fact(_("What it is about"), await plan_words.about(services, plan)),
                *plan_words.details(services, content),
            ],
        ),
    ]
    talked = await plan_words.talk(services, plan)
    if talked:
        parts += [Heading(_("What was said")), *(Say(words) for words in talked)]
    turn.say(Screen(_("Support plan"), parts, ref=f"plan:{plan.id}"))


async def waiting(services: Services) -> list[Part]:
    """The agreed plans at the secretariat's Home, oldest first."""
    if not await services.secretariat.includes_me():
        return []
    plans = await services.plans.waiting()
    if not plans:
        return []
    parts: list[Part] = [Heading(_("Agreed plans: {count} wait for the formation review")(count=len(plans)))]
    parts += [await plan_card(services, plan.id) for plan in plans[:SHOWN]]
    if len(plans) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(plans) - SHOWN)))
    return parts


HOMES.append(waiting)
