"""What a business asks about its own matters, answered from its own data before anything general."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations.deadlines_shown import in_time
from conversations.engagement_shown import card
from conversations.faq import answers
from conversations.messages import Button, Card, Fact, Message, Say, act
from conversations.reviews_awaited import awaited
from conversations.sme import left
from conversations.sme.desk import desk_card
from conversations.sme.engagement import SHOWN, dates_card
from conversations.sme.menu import OFFERED_ELSEWHERE, STATUS, standing_card
from locales import _
from services.backplan import Task
from services.companies import Company, Standing
from services.faq import Side
from services.plan_records import IN_REVIEW, TALKING
from services.programme import Deadline

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.engagements import Engagement

OFFERED_ELSEWHERE.add("cost")
COMING = {
    Deadline.REGISTRATION: _("Registration closes"),
    Deadline.CONTRACT: _("Contracts close"),
    Deadline.SUPPORT: _("Support ends"),
}


async def _registered(turn: Turn) -> Company | None:
    company = await turn.services.companies.mine()
    return company if company is not None and company.standing == Standing.COMPLETED else None


async def _going_on(turn: Turn) -> list[Engagement]:
    return [one for one in await turn.services.engagements.of_company() if not one.over]


@answers(Side.SME, "cost")
async def cost(turn: Turn) -> Sequence[Message]:
    """The own share under each contract, or else in each plan that was proposed."""
    services = turn.services
    company = await _registered(turn)
    if company is None:
        return []
    facts = []
    for one in await _going_on(turn):
        expert = await services.experts.get(one.contract.expert_id)
        agreed = one.worth(one.contract.minutes, services)
        if expert is not None and agreed is not None:
            share = _("{share} as agreed ({unit} an hour)")(share=agreed.sme_share, unit=agreed.sme_unit)
            facts.append(Fact(_("Support by {name}")(name=expert.display_name), share))
    for plan in [] if facts else await services.plans.for_company(company.id, (*TALKING, *IN_REVIEW)):
        quote = (await services.plans.content(plan)).quote(services.programme)
        share = _("Your share {share} ({total} in all)")(share=quote.sme_share, total=quote.total)
        facts.append(Fact(_("Plan {number}")(number=plan.number), share))
    if not facts:
        return []
    return [
        Card(
            _("Your own share"),
            facts=facts[:SHOWN],
            note=_("You pay it after the support, for the time that you were really given."),
            buttons=[STATUS],
        )
    ]


@answers(Side.SME, "left")
async def what_is_left(turn: Turn) -> Sequence[Message]:
    """What is left of the limit."""
    return [] if await _registered(turn) is None else [await left.whole(turn)]


@answers(Side.SME, "dates")
async def dates(turn: Turn) -> Sequence[Message]:
    """The days that concern the contracts there are, or else those of the programme with the days that are left."""
    services = turn.services
    if going_on := await _going_on(turn):
        return [await dates_card(services, one) for one in going_on[:2]]
    programme, today = services.programme, services.clock.today()
    registered = await _registered(turn) is not None
    coming = [
        Fact(label, _("{day} ({count} days left)")(day=closes, count=(closes - today).days))
        for deadline, label in COMING.items()
        if (closes := programme.dates[deadline].closes) >= today
        and not (registered and deadline is Deadline.REGISTRATION)
    ]
    if not coming:
        return []
    body = await in_time(services, Task.PLAN if registered else Task.REGISTRATION)
    return [Card(_("Next dates"), facts=coming, body=body, buttons=[STATUS])]


@answers(Side.SME, "review")
async def review(turn: Turn) -> Sequence[Message]:
    """By when what the business has handed in is reviewed."""
    services = turn.services
    company = await services.companies.mine()
    if company is None:
        return []
    cases = [("case", one.id, one.number) for one in await services.cases.mine(limit=SHOWN)]
    plans = [("plan", one.id, one.number) for one in await services.plans.for_company(company.id, IN_REVIEW)]
    return await awaited(services, [("company", company.id, company.number), *cases, *plans])


@answers(Side.SME, "invoice")
async def invoice(turn: Turn) -> Sequence[Message]:
    """The invoices that are to be paid, and until when."""
    unpaid = [one for one in await _going_on(turn) if one.invoice is not None and one.invoice.paid_on is None]
    return [await dates_card(turn.services, one) for one in unpaid[:2]]


@answers(Side.SME, "next")
async def what_is_next(turn: Turn) -> Sequence[Message]:
    """The one thing to do, or what is waited for; in the middle of a form that is its open question."""
    services = turn.services
    if await services.drafts.open() is not None:
        return [Say(_("Please answer the question that is open. After that we go on together."))]
    company = await services.companies.mine()
    if company is None:
        return []
    if going_on := await _going_on(turn):
        return [await card(services, going_on[0])]
    if company.standing != Standing.COMPLETED:
        return [await standing_card(services, company)]
    if chosen := await services.plans.for_company(company.id, IN_REVIEW):
        told = _("The secretariat is checking plan {number}. After that comes the contract.")
        return [Say(told(number=chosen[0].number), quick=[STATUS])]
    if proposed := await services.plans.for_company(company.id, TALKING):
        told = _("{count} proposals wait for you. Please read them and choose one.")
        see = Button(_("See the proposals"), act("menu.proposals"), "primary")
        return [Card(_("What is next"), body=[told(count=len(proposed))], buttons=[see])]
    write = Button(_("Write a case"), act("menu.write_case"), "primary")
    cases = await services.cases.mine(limit=1)
    body = (
        _("Your case is on its way. You hear from us.")
        if cases
        else _("Next, tell us what you would like help with.")
    )
    return [Card(_("What is next"), body=[body], buttons=[STATUS] if cases else [write])]


@answers(Side.SME, "desk")
async def desk(turn: Turn) -> Sequence[Message]:
    """The local desk of the company's place, where there is one."""
    company = await turn.services.companies.mine()
    return [] if company is None else desk_card(turn.services.programme, company)
