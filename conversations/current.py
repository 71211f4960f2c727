"""What is shown somewhere and must be kept current: cards, Homes, and which rich menu a person sees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from conversations.messages import Card, Heading, Say, Screen
from locales import _

if TYPE_CHECKING:
    from services.bundle import Services

Part = Heading | Say | Card
CARDS: dict[str, Callable[[Services, int], Awaitable[Card]]] = {}
"""Draws the card of a kind, such as "review", for everybody who sees the channel: no personal data."""
HOMES: list[Callable[[Services], Awaitable[list[Part]]]] = []
"""Each draws its part of the acting person's Home; nothing for whom it does not concern."""
MENU_STATES: list[Callable[[Services], Awaitable[str]]] = []
"""The one function that says which rich menu the acting person should see."""


async def home(services: Services) -> Screen:
    """The Home of a person: every part that concerns them, most urgent first."""
    parts: list[Part] = []
    for draw in HOMES:
        parts.extend(await draw(services))
    return Screen(_("Home"), parts)


async def card(services: Services, kind: str, ref: int) -> Card:
    """One card as it must look now."""
    return await CARDS[kind](services, ref)


async def menu_state(services: Services) -> str:
    """The name of the rich menu that fits where the person stands."""
    return await MENU_STATES[0](services)
