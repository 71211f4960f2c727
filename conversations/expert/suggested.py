"""Cases that may suit an expert: on the Home, all of them at a press, and those that somebody pointed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import result_card
from conversations.current import Part, Place, shown_at
from conversations.experts_suggested import told
from conversations.messages import Button, Card, Heading, Message, Pressed, Say, Screen, act
from conversations.notices import worded
from locales import _
from services.cases import Case
from services.companies import Standing
from services.refusals import Refusal
from services.suggestions import SuggestedCase, Why

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

AT_HOME = 3
WHY = {
    Why.AREA: _("The area"),
    Why.PLACE: _("The place"),
    Why.PRICE: _("The price"),
    Why.TIME: _("The time"),
}
ALL = Button(_("Show all for you"), act("suggested.all"))


@shown_at(Place.FOR_YOU)
async def home(services: Services) -> list[Part]:
    """The cases that suit a registered expert best; nothing when none does."""
    if services.person is None:
        return []
    found = await services.suggestions.for_me(AT_HOME + 1)
    if not found:
        return []
    more = [Card(_("More cases may suit you."), buttons=[ALL])] if len(found) > AT_HOME else []
    shown = [await _card(services, one) for one in found[:AT_HOME]]
    return [Heading(_("For you")), *shown, *more]


@on("suggested.all")
async def show_all(turn: Turn, pressed: Pressed) -> None:
    """Every case that may suit, the best first."""
    await turn.services.experts.require_registered()
    found = await turn.services.suggestions.for_me()
    parts: list[Part] = [await _card(turn.services, one) for one in found]
    if not parts:
        parts.append(Say(_("No open case suits you at the moment. New ones are looked at as they come.")))
    turn.say(Screen(_("For you"), parts, ref="suggested"))


async def _card(services: Services, one: SuggestedCase) -> Card:
    return result_card(
        one.case,
        services.programme,
        services.clock.today(),
        proposals=await services.plans.count_for_case(one.case.id),
        reasons=told(one.score.reasons),
        buttons=_ways(one.case),
    )


def _ways(case: Case) -> list[Button]:
    return [
        Button(_("Details"), act("case.open", i=case.id, r=case.revision)),
        Button(_("Not for me"), act("suggested.aside", i=case.id)),
    ]


# --- not for me ----------------------------------------------------------------------------------------


@on("suggested.aside")
async def set_aside(turn: Turn, pressed: Pressed) -> None:
    """Suggest this case no more; whoever says why sees fewer like it."""
    case = await turn.services.suggestions.set_aside(number(pressed.act.args, "i"))
    undo = Button(_("Undo"), act("suggested.take_up", i=case.id))
    whys = [Button(label, act("suggested.aside_for", i=case.id, w=why)) for why, label in WHY.items()]
    turn.say(
        Screen(
            _("For you"),
            [
                Card(
                    _("We do not suggest {number} to you any more.")(number=case.number),
                    body=[_("What does not suit you? Cases like it then step back.")],
                    buttons=[*whys, undo],
                    tone="review",
                )
            ],
            ref=f"suggested:{case.id}",
        )
    )


@on("suggested.aside_for")
async def set_aside_for(turn: Turn, pressed: Pressed) -> None:
    """What does not suit about it."""
    try:
        why = Why(pressed.act.args.get("w", ""))
    except ValueError as error:
        raise Refusal(_("This button no longer works. Please start from the menu.")) from error
    case = await turn.services.suggestions.set_aside(number(pressed.act.args, "i"), why)
    undo = Button(_("Undo"), act("suggested.take_up", i=case.id))
    card = Card(_("Thank you. Cases like {number} step back.")(number=case.number), buttons=[undo, ALL])
    turn.say(Screen(_("For you"), [card], ref=f"suggested:{case.id}"))


@on("suggested.take_up")
async def take_up(turn: Turn, pressed: Pressed) -> None:
    """It may be suggested after all."""
    case = await turn.services.suggestions.take_up(number(pressed.act.args, "i"))
    card = Card(
        _("Case {number} may be suggested to you again.")(number=case.number),
        buttons=[Button(_("Details"), act("case.open", i=case.id, r=case.revision)), ALL],
    )
    turn.say(Screen(_("For you"), [card], ref=f"suggested:{case.id}"))


# --- pointed out by somebody ---------------------------------------------------------------------------


@worded("case.recommended")
async def recommended(services: Services, notice: Notice) -> list[Message]:
    """The company or the secretariat thinks that this case may suit; nothing once it is closed, or the expert has left."""
    expert = await services.experts.of(notice.person_id)
    if expert is None or expert.standing != Standing.COMPLETED:
        return []
    try:
        case = await services.cases.open(notice.ids["case"])
    except Refusal:
        return []
    lead = _("The company of this case would like your proposal.")
    if not notice.ids["by_company"]:
        lead = _("The secretariat thinks that this case may suit you.")
    card = result_card(
        case,
        services.programme,
        services.clock.today(),
        proposals=await services.plans.count_for_case(case.id),
        buttons=[
            Button(_("Details"), act("case.open", i=case.id, r=case.revision), "primary"),
            Button(_("Propose"), act("plan.propose", i=case.id, r=case.revision)),
            Button(_("Ask a question"), act("enquiry.ask", i=case.id, r=case.revision)),
            Button(_("Not for me"), act("suggested.aside", i=case.id)),
        ],
    )
    return [Say(lead), card]
