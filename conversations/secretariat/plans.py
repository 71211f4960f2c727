"""What the reviewer of an agreed plan is shown: automatic checks, caps before and after, and what is odd (DOMAIN 6.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import plan_words, requests_shown
from conversations.acts import number, on
from conversations.messages import Card, Fact, Pressed, Words
from conversations.secretariat import similar
from conversations.secretariat.cases import in_text
from conversations.secretariat.reviews import EXTRAS, show, summarised
from locales import Text, _
from services.formation import KIND
from services.formation_rules import Situation, findings
from services.plan_book import UNKNOWN
from services.plan_content import Content, Relation, Room, warnings
from services.plans import Plan
from services.programme import by_code
from services.refusals import Refusal
from services.requests import KnownBy, Origin
from services.reviews import Review
from services.values import Period, Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

NAMED = 3
ORIGIN = {
    Origin.IN_SYSTEM: _("they met in this system"),
    Origin.PRIOR_RELATION: _("they knew each other before"),
    Origin.OTHER_SYSTEM: _("they met on another service"),
}


@summarised(KIND)
async def plan_summary(services: Services, subject_id: int) -> list[Fact]:
    """Numbers, the way it came, time and money of a plan; no names and no words of people."""
    plan = await _plan(services, subject_id)
    content = await services.plans.content(plan)
    company, expert = await services.formation.sides(plan)
    return [
        Fact(_("Number"), plan.number),
        Fact(_("Company"), company.number),
        Fact(_("Expert"), expert.number),
        Fact(_("How they met"), await route(services, plan)),
        Fact(_("Hours and period"), plan_words.time(content)),
        *plan_words.money(content.quote(services.programme)),
    ]


async def route(services: Services, plan: Plan) -> Text:
    """By which of the two routes a plan came, and where the two found each other (DOMAIN 5.1)."""
    label = by_code(services.programme.routes, plan.route).label
    if plan.request_id is None:
        return _("A published case ({label})")(label=label)
    request = await services.requests.get(plan.request_id)
    assert request is not None
    return _("A direct request ({label}): {origin}")(label=label, origin=ORIGIN[Origin(request.origin)])


async def _plan(services: Services, plan_id: int) -> Plan:
    plan = await services.plans.get(plan_id)
    assert plan is not None
    return plan


async def worth_knowing(services: Services, review: Review) -> list[Words | Card]:
    """Everything that the answers themselves do not show."""
    plan = await _plan(services, review.subject_id)
    content = await services.plans.content(plan)
    shown: list[Words | Card] = []
    if review.open:
        situation = await services.formation.situation(plan)
        honorarium = content.quote(services.programme).honorarium
        shown += [_checks(services, situation), _caps(situation.room, honorarium)]
    shown += await _request(services, plan)
    said = await plan_words.talk(services, plan)
    if said:
        shown.append(Card(_("What was said"), body=said))
    return [
        *shown,
        *await _unusual(services, plan, content),
        *await similar.findings(services, review),
        *await _earlier(services, plan),
    ]


EXTRAS[KIND] = worth_knowing


def _checks(services: Services, situation: Situation) -> Card:
    """Each automatic requirement: fulfilled, or what stands in its way."""
    found = findings(situation, services.programme, services.now)
    failed = [one for one in found if one.problems]
    facts = [Fact(one.label, _("✕ {problem}")(problem=words)) for one in failed for words in one.problems]
    facts += [Fact(one.label, _("✓ Fulfilled")) for one in found if not one.problems]
    return Card(
        _("Automatic checks"),
        badge=_("{count} stand in the way")(count=len(failed)) if failed else _("All fulfilled"),
        facts=facts,
        tone="bad" if failed else "good",
    )


def _caps(room: Room, honorarium: Yen) -> Card:
    """What company, expert and budget have left, before and after the approval."""
    rows = ((_("Company"), room.sme), (_("Expert"), room.expert), (_("Budget"), room.budget))
    return Card(
        _("An approval reserves {honorarium}")(honorarium=honorarium),
        facts=[Fact(label, _left(left, honorarium)) for label, left in rows],
    )


def _left(left: Yen, honorarium: Yen) -> Text:
    if honorarium > left:
        return _("{left} left, not enough")(left=Yen(max(left, 0)))
    return _("{left} left, then {after}")(left=left, after=Yen(left - honorarium))


async def _request(services: Services, plan: Plan) -> list[Words | Card]:
    """A direct request whole, with what the tips say of it: no case was reviewed before (DOMAIN 14, Q14)."""
    if plan.request_id is None:
        return []
    request = await services.requests.get(plan.request_id)
    assert request is not None
    company, expert = await services.formation.sides(plan)
    matching = by_code(services.programme.match_statuses, company.matching).label
    texts = (("issue", _("What to ask"), request.content), ("goal", _("Goal"), request.goal))
    tips = [advice for key, label, text in texts for advice in in_text(label, key, text, request.area)]
    return [
        Card(
            requests_shown.title(request),
            facts=[
                *requests_shown.facts_of(request, services.programme),
                Fact(_("Matching, as the company has declared"), matching),
                Fact(
                    _("Matched already, as the expert has declared"), _("Yes") if expert.matched else _("No")
                ),
                *(Fact(label, text) for _key, label, text in texts),
            ],
            body=tips or [_("The writing tips have nothing to say about the texts.")],
            tone="tip" if tips else "plain",
        )
    ]


async def _unusual(services: Services, plan: Plan, content: Content) -> list[Words]:
    """What is allowed and still to be looked at: price, time, finished work, and what both say of each other."""
    programme = services.programme
    period = Period(content.period_start, content.period_end)
    seen: list[Words] = [
        *warnings(content.price, content.minutes, period, programme, programme.today(services.now))
    ]
    texts = [content.purpose, *(step.content for step in content.steps), content.message or ""]
    seen += [tip for text in texts if (tip := plan_words.wish_for_finished_work(text))][:1]
    company, expert = await services.formation.sides(plan)
    if _bare(company.representative) == _bare(expert.name):
        seen.append(_("The company's representative has the same name as the expert."))
    request = await services.requests.get(plan.request_id) if plan.request_id is not None else None
    if request is not None and content.relation is Relation.NONE and request.known_by == KnownBy.ACQUAINTED:
        seen.append(_("The company says that they know each other, the expert says that they do not."))
    return seen


def _bare(name: str) -> str:
    return "".join(name.split())


async def _earlier(services: Services, plan: Plan) -> list[Words]:
    """What was returned or rejected before, of the same expert or company."""
    labels = {one.code: one.label for one in services.programme.deficiencies.plan}
    return [
        _("Earlier, plan {number} was not accepted: {reasons}")(
            number=other.number,
            reasons=[labels.get(remark.code, remark.code) for remark in remarks],
        )
        for other, remarks in await services.formation.earlier(plan)
    ]


@on("plan.inspect")
async def inspect(turn: Turn, pressed: Pressed) -> None:
    """Older cards lead to the newest review of their plan."""
    await turn.services.secretariat.require()
    review = await turn.services.reviews.latest(KIND, number(pressed.act.args, "i"))
    if review is None:
        raise Refusal(UNKNOWN)
    await show(turn, review)
