"""What a support plan looks like to everybody who sees one: the same lines for both sides and the secretariat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.messages import Fact, Words
from locales import Text, _
from services.plan_book import STATES
from services.plan_content import Change, Content, PlanMode, Relation, difference, hours
from services.plan_records import PlanState
from services.tips import TipKind, check, mask_contacts
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services
    from services.experts import Expert
    from services.fees import Quote
    from services.plans import Plan

MODE = {
    PlanMode.ONLINE: _("Online"),
    PlanMode.VISIT: _("Visits"),
    PlanMode.BOTH: _("Online and visits"),
}
RELATION = {
    Relation.NONE: _("No relation"),
    Relation.ACQUAINTED: _("We know each other"),
    Relation.BUSINESS: _("We do business with each other"),
    Relation.RELATED: _("Same person, family or related company"),
}
STEP = {
    "SURVEY": _("Present state and work"),
    "ISSUES": _("Finding the issues"),
    "TOOLS": _("Choosing tools"),
    "INTRODUCTION": _("Introduction"),
    "OPERATION": _("Daily use"),
    "EFFECT": _("Measuring the effect"),
    "IMPROVEMENT": _("Proposing improvements"),
}
"""The seven steps as a form names them; the programme's own labels are shown wherever it is at hand."""
FIELD = {
    "area": _("Area"),
    "purpose": _("Purpose and expected result"),
    "price": _("Hourly price"),
    "minutes": _("Hours in all"),
    "period_start": _("First day"),
    "period_end": _("Last day"),
    "mode": _("How it is given"),
    "place": _("Where"),
    "tool_costs_note": _("Costs of tools"),
    "message": _("Message"),
    "relation": _("Relation"),
}
TO_THE_COMPANY = {
    PlanState.AGREED: _("The secretariat is checking it"),
    PlanState.RETURNED: _("The expert is correcting it"),
    PlanState.APPROVED: _("Approved, the contract is next"),
}
"""What a company reads instead of the office's own words."""
IN_ONE_LINE = 60
NOTES_SHOWN = 6


async def expert_of(services: Services, plan: Plan) -> Expert:
    """Whose plan it is."""
    expert = await services.experts.get(plan.expert_id)
    assert expert is not None
    return expert


def state(plan: Plan, *, to_sme: bool) -> Text:
    """Where a plan stands, in the words of the side that reads it."""
    there = PlanState(plan.state)
    return TO_THE_COMPANY.get(there, STATES[there]) if to_sme else STATES[there]


async def about(services: Services, plan: Plan) -> Words:
    """What a plan answers: the case with its title, contact data masked, or the direct request."""
    if plan.case_id is not None:
        case = await services.cases.get(plan.case_id)
        assert case is not None
        return _("{number} {title}")(number=case.number, title=mask_contacts(case.title))
    assert plan.request_id is not None
    request = await services.requests.get(plan.request_id)
    assert request is not None
    return _("Direct request {number}")(number=request.number)


async def to_company(services: Services, plan: Plan, content: Content) -> list[Fact]:
    """The same five lines of every proposal, as a company compares them."""
    expert, quote = await expert_of(services, plan), content.quote(services.programme)
    return [
        Fact(_("Expert"), _("{name} ({number})")(name=expert.display_name, number=expert.number)),
        Fact(_("What is done"), in_one_line(content.purpose)),
        Fact(_("Hours and period"), time(content)),
        Fact(_("Cost"), _("Your share {share} ({total} in all)")(share=quote.sme_share, total=quote.total)),
        Fact(_("How it is given"), way(content)),
    ]


async def to_expert(services: Services, plan: Plan, content: Content) -> list[Fact]:
    """The same lines as their expert sees them."""
    quote = content.quote(services.programme)
    return [
        Fact(_("What it is about"), await about(services, plan)),
        Fact(_("What is done"), in_one_line(content.purpose)),
        Fact(_("Hours and period"), time(content)),
        Fact(
            _("Cost"),
            _("{total} in all: honorarium {honorarium}, company {share}")(
                total=quote.total, honorarium=quote.honorarium, share=quote.sme_share
            ),
        ),
        Fact(_("How it is given"), way(content)),
    ]


def in_one_line(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= IN_ONE_LINE else line[: IN_ONE_LINE - 1] + "\u2026"


def time(content: Content) -> Text:
    """Hours and period."""
    return _("{hours} hours, {start} to {end}")(
        hours=hours(content.minutes), start=content.period_start, end=content.period_end
    )


def way(content: Content) -> Words:
    """How and where."""
    mode = MODE[content.mode]
    return _("{mode} ({place})")(mode=mode, place=content.place) if content.place else mode


def money(quote: Quote, *, to_company: bool = False) -> list[Fact]:
    """Who pays what, in all and per hour; a company reads its own share as its own."""
    return [
        Fact(_("Total"), _each(quote.total, quote.price)),
        Fact(_("Honorarium from the programme"), _each(quote.honorarium, quote.honorarium_unit)),
        Fact(
            _("Your own share") if to_company else _("The company's own share"),
            _each(quote.sme_share, quote.sme_unit),
        ),
    ]


def _each(total: Yen, unit: Yen) -> Text:
    return _("{total} ({unit} an hour)")(total=total, unit=unit)


def details(services: Services, content: Content) -> list[Fact]:
    """Everything else that a plan says: purpose in full, each step, conditions."""
    programme = services.programme
    labels = {step.code: step.label for step in programme.steps}
    facts = [
        Fact(FIELD["area"], programme.area(content.area).label),
        Fact(FIELD["purpose"], content.purpose),
        *(
            Fact(
                labels[step.step],
                _("{hours} hours: {content}")(hours=hours(step.minutes), content=step.content)
                if step.content
                else _("{hours} hours")(hours=hours(step.minutes)),
            )
            for step in content.steps
        ),
    ]
    if content.tool_costs_note:
        facts.append(Fact(FIELD["tool_costs_note"], content.tool_costs_note))
    if content.message:
        facts.append(Fact(FIELD["message"], content.message))
    return [*facts, Fact(FIELD["relation"], RELATION[content.relation])]


async def changes(services: Services, plan: Plan, since: int) -> list[Fact]:
    """What differs between an earlier revision and the present one: old and new, side by side."""
    old, new = await services.plans.content(plan, since), await services.plans.content(plan)
    facts = [_change(services, change) for change in difference(old, new)]
    was, now = old.quote(services.programme), new.quote(services.programme)
    if was.total != now.total:
        facts.append(Fact(_("Total"), _turned(was.total, now.total)))
    if was.sme_share != now.sme_share:
        facts.append(Fact(_("The company's own share"), _turned(was.sme_share, now.sme_share)))
    return facts


def _change(services: Services, change: Change) -> Fact:
    labels = {step.code: step.label for step in services.programme.steps}
    label = FIELD[change.field] if change.step is None else labels[change.step]
    old, new = (_value(services, change.field, value) for value in (change.old, change.new))
    return Fact(label, _turned(old, new))


def _value(services: Services, field: str, value: object) -> object:
    match field:
        case "minutes" | "hours":
            return _("{hours} hours")(hours=hours(int(str(value))))
        case "area":
            return services.programme.area(str(value)).label
        case "mode":
            return MODE[PlanMode(str(value))]
        case "relation":
            return RELATION[Relation(str(value))]
    return value or "-"


def _turned(old: object, new: object) -> Text:
    return _("{old} → {new}")(old=old, new=new)


async def talk(services: Services, plan: Plan) -> list[Words]:
    """The last words that both sides wrote on a plan, contact data masked."""
    notes = (await services.plans.notes(plan.id))[-NOTES_SHOWN:]
    return [
        (_("Company: {words}") if note.by_sme else _("Expert: {words}"))(words=mask_contacts(note.text))
        for note in notes
    ]


def wish_for_finished_work(text: str) -> Text | None:
    """The advice for a text that sounds like finished work instead of support (DOMAIN 4.3)."""
    return next((one.text for one in check("goal", text) if one.kind is TipKind.FINISHED_WORK), None)
