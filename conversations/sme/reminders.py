"""A company is asked whether it still looks for an expert, and can be found again by one tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import cut
from conversations.menu import ways_on
from conversations.messages import Button, Card, Fact, Message, Pressed, Say, act
from conversations.notices import worded
from conversations.reminders_shown import LATER
from conversations.sme.case import MY_CASES
from conversations.sme.cases import own_card, still_looking
from locales import Text, _
from services import case_interest
from services.case_records import OPEN_STATES
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.cases import Case
    from services.notices import Notice


@worded("case.still_wanted")
async def ask(services: Services, notice: Notice) -> list[Message]:
    """Are you still looking?"""
    case = await _open(services, notice)
    if case is None:
        return []
    buttons = [
        still_looking(case),
        Button(_("No longer needed"), act("case.unwanted", i=case.id, r=case.revision)),
        Button(LATER, act("case.still_later", i=case.id)),
    ]
    return [
        Card(
            _("Are you still looking for an expert?"),
            facts=_facts(case),
            body=[_("One tap is enough. Without an answer we stop showing your case to experts.")],
            buttons=buttons,
        )
    ]


@worded("case.hidden")
async def hidden(services: Services, notice: Notice) -> list[Message]:
    """Nobody answered, so experts no longer find the case."""
    case = await _open(services, notice)
    interest = await case_interest.of(services, notice.ids["case"])
    if case is None or interest is None or interest.hidden_at is None:
        return []
    return [
        Card(
            _("Experts do not find your case at the moment."),
            facts=_facts(case),
            body=[_("We asked you and heard nothing. One tap, and it is shown again.")],
            note=_("Nothing is lost. What you are talking about with experts goes on."),
            buttons=[still_looking(case), MY_CASES],
            tone="tip",
        )
    ]


async def _open(services: Services, notice: Notice) -> Case | None:
    case = await services.cases.get(notice.ids["case"])
    over = case is None or case.proposal_deadline < services.programme.today(services.now)
    return None if over or case is None or case.state not in OPEN_STATES else case


def _facts(case: Case) -> list[Fact]:
    return [
        Fact(_("Title"), cut(case.title)),
        Fact(_("Deadline for proposals"), _("{day}")(day=case.proposal_deadline)),
    ]


@on("case.still")
async def still(turn: Turn, pressed: Pressed) -> None:
    """Yes, we still look; a case that no longer does is shown as it stands."""
    case = await turn.services.cases.own(number(pressed.act.args, "i"))
    lead: Text
    try:
        case = await case_interest.still_wanted(turn.services, case.id)
        lead = _("Thank you. Experts see your case until {day}.")(day=case.proposal_deadline)
    except Refusal as refusal:
        lead = refusal.reason
    turn.say(await own_card(turn.services, case, lead))


@on("case.still_later")
async def later(turn: Turn, pressed: Pressed) -> None:
    """Ask again tomorrow."""
    day = await case_interest.later(turn.services, number(pressed.act.args, "i"))
    turn.say(Say(_("All right. We ask again on {day}.")(day=day), quick=ways_on(turn)))
