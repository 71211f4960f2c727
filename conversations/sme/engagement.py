"""A company's contracts in its status: each on one card, what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.engagement_shown import card
from conversations.messages import Deck, Message
from conversations.sme.menu import MORE
from locales import _

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.companies import Company

SHOWN = 5


async def standing(turn: Turn, company: Company) -> list[Message]:
    """The contracts that go on, and the last that is done if none does."""
    found = await turn.services.engagements.of_company()
    going_on = [one for one in found if not one.over] or found[:1]
    cards = [await card(turn.services, one) for one in going_on[:SHOWN]]
    if len(cards) < 2:
        return [*cards]
    return [Deck(_("Your {count} contracts")(count=len(going_on)), cards)]


MORE.append(standing)
