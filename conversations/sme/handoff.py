"""A small business asks for a person: on LINE, at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import handoff_notices, handoff_talk
from conversations.handoffs_shown import standing_card
from conversations.menu import LISTENERS
from conversations.messages import Message, Said
from conversations.sme import menu, sessions

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.companies import Company

__all__ = ["handoff_notices", "hear"]


async def hear(turn: Turn, said: Said) -> bool:
    """Claim what is typed while a person is asked for or there."""
    return turn.person.identity.channel == "line" and await handoff_talk.hear(turn, said)


# The word that opens a session is asked for at that very moment; everything else waits behind a person.
LISTENERS.insert(LISTENERS.index(sessions.hear_word) + 1, hear)


async def standing(turn: Turn, company: Company) -> list[Message]:
    """A talk that goes on, in the status."""
    handoff = await turn.services.handoffs.open_of(turn.person.id)
    return [await standing_card(turn.services, handoff)] if handoff is not None else []


menu.MORE.append(standing)
