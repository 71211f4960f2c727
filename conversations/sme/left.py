"""What is left of a company's honorarium limit, asked on LINE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import left_shown
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
    company = await turn.services.companies.require_registered()
    turn.say(
        left_shown.card(
            LIMIT,
            await left.of_company(turn.services, company),
            turn.services.programme,
            note=_("The programme pays up to this for your business. Your own share comes on top."),
            buttons=[STATUS],
        )
    )


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
