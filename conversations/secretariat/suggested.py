"""Cases that nobody answers, on the secretariat's Home: whom one could let know of each, or why there is nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import MODE, area_of
from conversations.current import Part, Place, shown_at
from conversations.experts_suggested import suggested_card, told
from conversations.messages import Button, Card, Fact, Heading, Pressed, Say, Screen, Words, act
from locales import _
from services import unanswered_cases
from services.cases import Case, Mode
from services.suggestions import Barrier, SuggestedExpert, SuggestedExperts

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.report_book import Reputation

AT_HOME, SHOWN = 5, 20
ALL = Button(_("See all"), act("office.unanswered"))
BARRED = {
    Barrier.UNQUALIFIED: _("Without a verified qualification: {count}"),
    Barrier.FULL: _("Cap used up, theirs or the company's: {count}"),
    Barrier.BUSY: _("With as many contracts and proposals as allowed: {count}"),
    Barrier.HEARD: _("Know the case already: {count}"),
    Barrier.RELATED: _("Related to the company: {count}"),
}


@shown_at(Place.UNANSWERED)
async def home(services: Services) -> list[Part]:
    """The cases that nobody has answered for some days, those with the earliest deadline first."""
    if not await services.secretariat.includes_me():
        return []
    count = await unanswered_cases.count(services)
    if not count:
        return []
    cases = await unanswered_cases.longest(services, AT_HOME)
    more = [Card(_("And {count} more.")(count=count - AT_HOME), buttons=[ALL])] if count > AT_HOME else []
    heading = Heading(_("Cases without an answer: {count}")(count=count))
    return [heading, *await _briefs(services, cases), *more]


@on("office.unanswered")
async def show_all(turn: Turn, pressed: Pressed) -> None:
    """Every case that nobody has answered, as many as fit."""
    await turn.services.secretariat.require()
    cases = await unanswered_cases.longest(turn.services, SHOWN)
    parts: list[Part] = [*await _briefs(turn.services, cases)]
    turn.say(
        Screen(_("Cases without an answer"), parts or [Say(_("Nothing waits. Well done."))], ref="unanswered")
    )


async def _briefs(services: Services, cases: list[Case]) -> list[Card]:
    return [await _brief(services, case) for case in cases]


async def _brief(services: Services, case: Case) -> Card:
    """A case by number, area and place; no names and no texts."""
    assert case.published_at is not None
    facts = [
        Fact(_("Area"), area_of(case, services.programme)),
        Fact(_("Place"), case.prefecture),
        Fact(_("How"), MODE[Mode(case.mode)]),
        Fact(_("Published"), _("{day}")(day=services.programme.today(case.published_at))),
        Fact(_("Deadline for proposals"), _("{day}")(day=case.proposal_deadline)),
    ]
    if told_so_far := len(await services.suggestions.told(case.id)):
        facts.append(Fact(_("Experts told"), str(told_so_far)))
    return Card(
        case.number,
        facts=facts,
        buttons=[Button(_("Suggest experts"), act("office.suggest", i=case.id), "primary")],
    )


@on("office.suggest")
async def suggest(turn: Turn, pressed: Pressed) -> None:
    """The experts who suit one case, or why there are none."""
    await _show(turn, number(pressed.act.args, "i"))


@on("office.recommend")
async def recommend(turn: Turn, pressed: Pressed) -> None:
    """Let an expert know of the case, and show whom else."""
    case_id = number(pressed.act.args, "i")
    expert = await turn.services.suggestions.recommend(
        case_id, number(pressed.act.args, "e"), by_company=False
    )
    await _show(turn, case_id, _("{name} has been told of the case.")(name=expert.display_name))


async def _show(turn: Turn, case_id: int, lead: Words | None = None) -> None:
    services = turn.services
    found = await services.suggestions.experts_for(case_id, by_company=False)
    case = await services.cases.get(case_id)
    assert case is not None
    reputations = await services.reports.reputations([one.expert.id for one in found.experts])
    parts: list[Part] = [Say(lead)] if lead else []
    parts.append(_lead(case, found))
    parts += [_card(services, case, one, reputations[one.expert.id]) for one in found.experts]
    turn.say(Screen(_("Suggest experts"), parts, ref=f"suggest:{case.id}"))


def _lead(case: Case, found: SuggestedExperts) -> Card:
    """How many suit, and why the others do not."""
    title = _("Experts who suit {number}: {count}")(number=case.number, count=len(found.experts))
    body: list[Words] = [BARRED[barrier](count=count) for barrier, count in found.barred.items()]
    if not found.experts:
        title = _("Nobody can be suggested for {number}.")(number=case.number)
        body = body or [_("No expert offers this area, or tells of such work, where and how it is wanted.")]
    facts = [Fact(_("Experts told"), str(found.told))] if found.told else []
    return Card(title, facts=facts, body=body)


def _card(services: Services, case: Case, one: SuggestedExpert, reputation: Reputation) -> Card:
    against = [reason.text for reason in one.score.against]
    return suggested_card(
        one.expert,
        services.programme,
        reputation,
        reasons=told(one.score.reasons),
        note=_("But: {reasons}")(reasons=against) if against else None,
        buttons=[Button(_("Let them know"), act("office.recommend", i=case.id, e=one.expert.id), "primary")],
    )
