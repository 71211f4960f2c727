"""A company is shown experts who suit its case, and lets them know of it; whom it knows it may ask directly.

A direct request is for experts whom a company knows (DOMAIN 5.1, 5.3). Others are told of the case, and answer it
with a proposal or a question, or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import cut
from conversations.experts_shown import expert_card
from conversations.experts_suggested import suggested_card, told
from conversations.menu import MENU
from conversations.messages import Button, Card, Deck, Fact, Message, Pressed, Say, act
from conversations.notices import worded
from conversations.sme.case import MY_CASES
from conversations.sme.menu import STATUS
from conversations.sme.request import ABOUT, BEFORE, Profile, RequestForm
from locales import _
from services import unanswered_cases
from services.cases import OPEN_STATES, Case
from services.experts import Expert
from services.refusals import Refusal
from services.tips import mask_contacts
from services.values import Hours

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

MOST = 10
WRITE = Button(_("Write a case"), act("menu.write_case"), "primary")
SUGGESTED = Button(_("See suggested experts"), act("suggested.experts"), "primary")


def see_experts(case: Case) -> Button:
    """Leads to the experts who suit a case."""
    return Button(_("See suggested experts"), act("suggested.experts", i=case.id), "primary")


@on("suggested.experts")
async def show_experts(turn: Turn, pressed: Pressed) -> None:
    """Experts who suit a case, and those whom the company knows; of several cases one is chosen first."""
    await turn.services.companies.require_registered()
    # The question whom the company knows may stand open; who looks here does not answer it.
    await turn.services.drafts.put_aside()
    if "i" in pressed.act.args:
        await _show(turn, await turn.services.cases.own(number(pressed.act.args, "i")))
        return
    cases = await _open_cases(turn.services)
    if len(cases) > 1:
        cards = [Card(cut(case.title), badge=case.number, buttons=[see_experts(case)]) for case in cases]
        turn.say(Deck(_("For which case?"), cards[:MOST], quick=[MENU]))
    elif cases:
        await _show(turn, cases[0])
    elif cards := await _known_cards(turn):
        turn.say(Deck(_("These experts have supported you here."), cards, quick=[MENU]))
    else:
        turn.say(
            Card(
                _("Write down your problem first."),
                body=[_("Then we can show you experts who suit it.")],
                buttons=[WRITE],
                quick=[MENU],
            )
        )


async def _open_cases(services: Services) -> list[Case]:
    return [case for case in await services.cases.mine() if case.state in OPEN_STATES]


async def _show(turn: Turn, case: Case) -> None:
    known = await _known_cards(turn, case)
    found = await turn.services.suggestions.experts_for(case.id, by_company=True)
    mine = {expert.id for expert in await turn.services.suggestions.known()}
    others = [one for one in found.experts if one.expert.id not in mine]
    reputations = await turn.services.reports.reputations([one.expert.id for one in others])
    cards = [
        suggested_card(
            one.expert,
            turn.services.programme,
            reputations[one.expert.id],
            reasons=told(one.score.reasons),
            buttons=[
                Button(
                    _("Let this expert know"), act("suggested.tell", i=case.id, e=one.expert.id), "primary"
                ),
                Button(_("Details"), act("suggested.expert", i=case.id, e=one.expert.id)),
            ],
        )
        for one in others
    ]
    shown = [*known, *cards][:MOST]
    if not shown:
        turn.say(_nobody(found.told))
        return
    if found.told:
        turn.say(Say(_("Experts who were told of this case so far: {count}")(count=found.told)))
    turn.say(Deck(_("Experts who may suit “{title}”.")(title=cut(case.title)), shown, quick=[MY_CASES, MENU]))


def _nobody(so_far: int) -> Card:
    body = [_("Your case stays open for all experts until its deadline.")]
    if so_far:
        body.insert(0, _("Experts who were told of this case so far: {count}")(count=so_far))
    return Card(_("We have no other expert to suggest now."), body=body, buttons=[MY_CASES], quick=[STATUS])


async def _known_cards(turn: Turn, case: Case | None = None) -> list[Card]:
    """Experts who have supported the company here: these can be asked directly."""
    known = await turn.services.suggestions.known()
    reputations = await turn.services.reports.reputations([expert.id for expert in known])
    about = {} if case is None else {"i": case.id}
    return [
        suggested_card(
            expert,
            turn.services.programme,
            reputations[expert.id],
            reasons=[_("Has supported you here")],
            buttons=[
                Button(_("Ask this expert"), act("suggested.ask", e=expert.id, **about), "primary"),
                Button(_("Details"), act("suggested.expert", e=expert.id, **about)),
            ],
        )
        for expert in known
    ]


@on("suggested.expert")
async def show_expert(turn: Turn, pressed: Pressed) -> None:
    """All that is public of one expert who was suggested."""
    await turn.services.companies.require_registered()
    expert_id = number(pressed.act.args, "e")
    for known in await turn.services.suggestions.known():
        if known.id == expert_id:
            turn.say(
                await _whole(turn, known, [Button(_("Ask this expert"), act("suggested.ask", e=known.id))])
            )
            return
    case = await turn.services.cases.own(number(pressed.act.args, "i"))
    expert = await turn.services.suggestions.expert_for(case.id, expert_id)
    tell = Button(_("Let this expert know"), act("suggested.tell", i=case.id, e=expert.id), "primary")
    others = Button(_("See more experts"), act("suggested.experts", i=case.id))
    turn.say(await _whole(turn, expert, [tell, others]))


async def _whole(turn: Turn, expert: Expert, buttons: Sequence[Button]) -> Card:
    reputation = await turn.services.reports.reputation(expert.id)
    return expert_card(expert, turn.services.programme, reputation, buttons=buttons)


@on("suggested.tell")
async def tell(turn: Turn, pressed: Pressed) -> None:
    """Let an expert know of the case."""
    case_id = number(pressed.act.args, "i")
    expert = await turn.services.suggestions.recommend(
        case_id, number(pressed.act.args, "e"), by_company=True
    )
    turn.say(
        Card(
            _("We let {name} know of your case.")(name=expert.display_name),
            body=[
                _("Whoever is interested sends you a proposal or a question."),
                _("The expert does not learn who you are before that."),
            ],
            buttons=[Button(_("See more experts"), act("suggested.experts", i=case_id))],
            quick=[STATUS],
            tone="good",
        )
    )


@on("suggested.ask")
async def ask(turn: Turn, pressed: Pressed) -> None:
    """Ask an expert whom the company knows, with what the case says already.

    How the two know each other is a declaration, and therefore always asked.
    """
    _company, expert = await turn.services.requests.require_possible(number(pressed.act.args, "e"))
    if expert.id not in {known.id for known in await turn.services.suggestions.known()}:
        raise Refusal(_("A direct request goes to experts you know. Others can be told of your case."))
    answers = {"expert": Profile.of(expert).kept()}
    if "i" in pressed.act.args:
        answers |= _answers(turn, await turn.services.cases.own(number(pressed.act.args, "i")))
    await turn.start(RequestForm, f"{ABOUT}{expert.id}", answers)


def _answers(turn: Turn, case: Case) -> dict[str, str]:
    """What a case has told that a request asks as well."""
    said = {
        "group": turn.services.programme.area(case.area).group,
        "area": case.area,
        "content": mask_contacts(case.issue),
        "goal": mask_contacts(case.goal),
        "period_end": case.period_end.isoformat(),
    }
    return said if case.minutes is None else said | {"hours": str(Hours(case.minutes))}


# --- where it is offered -------------------------------------------------------------------------------


async def beside_a_request(turn: Turn) -> list[Message]:
    """Whoever knows no expert is shown the other way, before it is asked whom the company knows."""
    services = turn.services
    if not await _open_cases(services) and not await services.suggestions.known():
        return []
    return [
        Card(
            _("You don't know whom to ask?"),
            body=[_("We show you experts who suit your case. You can let them know of it.")],
            buttons=[SUGGESTED],
        )
    ]


BEFORE.append(beside_a_request)


@worded("case.unanswered")
async def unanswered(services: Services, notice: Notice) -> list[Message]:
    """Nobody has answered the case for some days; nothing once somebody has."""
    case = await services.cases.get(notice.ids["case"])
    if case is None or not await unanswered_cases.is_unanswered(services, case):
        return []
    return [
        Card(
            _("No proposal has come yet."),
            facts=[
                Fact(_("Title"), cut(case.title)),
                Fact(_("Deadline for proposals"), _("{day}")(day=case.proposal_deadline)),
            ],
            body=[_("We found experts who may suit. One tap lets them know of your case.")],
            buttons=[see_experts(case), MY_CASES],
        )
    ]
