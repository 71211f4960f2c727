"""An expert's contracts at the Home: each on one card, those with something to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.current import Part, Place, shown_at
from conversations.engagement_shown import card
from conversations.messages import Heading
from locales import _

if TYPE_CHECKING:
    from services.bundle import Services

SHOWN = 8


@shown_at(Place.CONTRACTS)
async def at_home(services: Services) -> list[Part]:
    """The contracts that go on."""
    if services.person is None:
        return []
    going_on = [one for one in await services.engagements.of_expert() if not one.over]
    if not going_on:
        return []
    cards = [await card(services, one) for one in going_on[:SHOWN]]
    return [Heading(_("Your contracts: {count}")(count=len(going_on))), *cards]
