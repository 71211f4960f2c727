"""What is left of a company's honorarium limit, asked on LINE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conversations import left_shown
from conversations.engagement_shown import money
from conversations.messages import Card, Fact, Message
from conversations.sme.menu import MORE, STATUS
from locales import _
from services import left
from services.ledger import Party

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.companies import Company

LIMIT = _("Your honorarium limit")


async def show(turn: Turn) -> None:
    """The limit, what is used of it, and what is left in yen and hours."""
    turn.say(await whole(turn))


async def whole(turn: Turn) -> Card:
    """The same as a card. Raises Refusal for whoever is not registered."""
    company = await turn.services.companies.require_registered()
    services = turn.services
    said = left_shown.card(
        LIMIT,
        await left.of_company(services, company),
        services.programme,
        note=_("The programme pays up to this for your business. Your own share comes on top."),
        buttons=[STATUS],
    )
    going_on = [one for one in await services.engagements.of_company() if not one.over]
    shares = [fact for one in going_on for fact in money(services, one)]
    return replace(said, facts=[*said.facts, *shares])


async def status(turn: Turn, company: Company) -> Sequence[Message]:
    """One line on what is left, from the first agreement until a contract's own card says more."""
    under_contract = await turn.services.engagements.of_company()
    if under_contract or not await left.begun(turn.services, Party.COMPANY, company.id):
        return []
    found = await left.of_company(turn.services, company)
    line = left_shown.short(found, turn.services.programme)
    return [Card(LIMIT, facts=[Fact(_("Left"), line)], buttons=[left_shown.ASK])]


left_shown.SHOWN["line"] = show
MORE.append(status)
