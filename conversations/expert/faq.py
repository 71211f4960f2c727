"""What an expert asks about their own matters, answered from their own data; and the way to all questions at the Home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import faq, words
from conversations.claims_shown import estimate_words
from conversations.cost import CALCULATE
from conversations.current import Part, Place, shown_at
from conversations.deadlines_shown import in_time
from conversations.engagement_shown import card
from conversations.expert import left
from conversations.expert.home import DEADLINES, FIND
from conversations.faq import answers
from conversations.messages import Button, Card, Fact, Message, act
from conversations.reviews_awaited import awaited
from locales import _
from services import faq_data
from services.backplan import Task
from services.claim_records import ClaimState
from services.claim_register import FINISHED
from services.companies import Standing
from services.experts import Expert
from services.faq import Side
from services.programme import Deadline
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

SHOWN = 3


async def _registered(turn: Turn) -> Expert | None:
    expert = await turn.services.experts.mine()
    return expert if expert is not None and expert.standing == Standing.COMPLETED else None


@answers(Side.EXPERT, "left")
async def what_is_left(turn: Turn) -> Sequence[Message]:
    """What is left of the limit."""
    return [] if await _registered(turn) is None else [await left.whole(turn)]


@answers(Side.EXPERT, "dates")
async def dates(turn: Turn) -> Sequence[Message]:
    """The dates of the programme that are still to come, with the days that are left."""
    services, today = turn.services, turn.services.clock.today()
    registered = await _registered(turn) is not None
    coming = [
        Fact(label, _("{day} ({count} days left)")(day=closes, count=(closes - today).days))
        for deadline, label in DEADLINES.items()
        if (closes := services.programme.dates[deadline].closes) >= today
        and not (registered and deadline is Deadline.REGISTRATION)
    ]
    return [Card(_("Next dates"), facts=coming, body=await in_time(services, Task.PLAN))] if coming else []


@answers(Side.EXPERT, "review")
async def review(turn: Turn) -> Sequence[Message]:
    """By when what the expert has handed in is reviewed."""
    services = turn.services
    expert = await services.experts.mine()
    if expert is None:
        return []
    found = [("expert", expert.id, expert.number)]
    for one in await services.engagements.of_expert():
        if one.report is not None:
            found.append(("report", one.report.id, one.report.number))
        if one.claim is not None:
            found.append(("claim", one.claim.id, one.claim.number))
    return await awaited(services, found)


@answers(Side.EXPERT, "paid")
async def paid(turn: Turn) -> Sequence[Message]:
    """Where each claim stands and when its money should come; without a claim, what leads to one."""
    services = turn.services
    claims = [one for one in await services.claims.mine() if one.state not in FINISHED]
    if claims:
        return [
            Card(
                _("Claim {number}")(number=claim.number),
                facts=[Fact(_("Honorarium"), _("{amount}")(amount=Yen(claim.honorarium_yen)))],
                body=estimate_words(await services.claims.estimate(claim), ClaimState(claim.state)),
                buttons=[Button(_("My claims"), act("claim.mine"))],
            )
            for claim in claims[:SHOWN]
        ]
    going_on = [one for one in await services.engagements.of_expert() if not one.over]
    return [await card(services, going_on[0])] if going_on else []


@answers(Side.EXPERT, "next")
async def what_is_next(turn: Turn) -> Sequence[Message]:
    """The one thing to do, or what is waited for."""
    services = turn.services
    expert = await services.experts.mine()
    if expert is None:
        return []
    going_on = [one for one in await services.engagements.of_expert() if not one.over]
    if going_on:
        return [await card(services, going_on[0])]
    if expert.standing != Standing.COMPLETED:
        standing = words.STANDING[Standing(expert.standing)]
        return [Card(_("What is next"), badge=standing, buttons=[Button(_("Home"), act("menu.show"))])]
    return [Card(_("What is next"), body=[_("You can find cases and answer them.")], buttons=[FIND])]


@shown_at(Place.DATES)
async def at_home(services: Services) -> list[Part]:
    """The list of questions and the calculator, for everybody but the secretariat."""
    if services.person is None or faq_data.of(services.programme) is None:
        return []
    if await services.experts.mine() is None and await services.secretariat.includes_me():
        return []
    return [Card(faq.TITLE, buttons=[faq.CHOOSE, CALCULATE])]
