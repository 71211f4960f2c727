"""What is shown somewhere and must be kept current: cards, Homes, and which rich menu a person sees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from conversations.messages import Card, Heading, Say, Screen
from locales import _

if TYPE_CHECKING:
    from services.bundle import Services

Part = Heading | Say | Card
CARDS: dict[str, Callable[[Services, int], Awaitable[Card | None]]] = {}
"""Draws the card of a kind, such as "review", for everybody who sees the channel: no personal data.

A card of one person's own, which stands in the chat with them, is drawn here too; None for one that says nothing.
"""


class Place(IntEnum):
    """Where on a Home a part stands: what has to be done before what can be done, and dates last."""

    NEWCOMER = 0
    REVIEWS = 1
    CONTRACTS = 2
    SESSIONS = 3
    REPORTS = 4
    MONEY = 5
    UNANSWERED = 6
    REQUESTS = 7
    TALKS = 8
    PLANS = 9
    PROFILE = 10
    FOR_YOU = 11
    SAVED = 12
    SEARCH = 13
    LIMIT = 14
    REPAIRS = 15
    PROGRAMME = 16
    DATES = 17


Drawing = Callable[["Services"], Awaitable[list[Part]]]
HOMES: list[tuple[Place, Drawing]] = []
"""Each draws its part of the acting person's Home; nothing for whom it does not concern."""


def shown_at(place: Place) -> Callable[[Drawing], Drawing]:
    """Let this function draw its part of every Home, at this place of it."""

    def register(draw: Drawing) -> Drawing:
        HOMES.append((place, draw))
        return draw

    return register


MENU_STATES: list[Callable[[Services], Awaitable[str]]] = []
"""The one function that says which rich menu the acting person should see."""


async def home(services: Services) -> Screen:
    """The Home of a person: every part that concerns them, most urgent first."""
    parts: list[Part] = []
    for _place, draw in sorted(HOMES, key=lambda one: one[0]):
        parts.extend(await draw(services))
    return Screen(_("Home"), parts)


async def card(services: Services, kind: str, ref: int) -> Card | None:
    """One card as it must look now."""
    return await CARDS[kind](services, ref)


async def menu_state(services: Services) -> str:
    """The name of the rich menu that fits where the person stands."""
    return await MENU_STATES[0](services)
