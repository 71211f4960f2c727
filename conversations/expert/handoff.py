"""An expert asks for a person: from the Home, in the direct message, or by the slash command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import handoff_talk
from conversations.current import Part, Place, shown_at
from conversations.handoffs_shown import standing_card
from conversations.menu import COMMANDS, HUMAN, LISTENERS
from conversations.messages import Card, Heading, Said
from locales import _

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services


async def hear(turn: Turn, said: Said) -> bool:
    """Claim what is typed in the direct message while a person is there."""
    return turn.person.identity.channel == "slack" and await handoff_talk.hear(turn, said)


LISTENERS.insert(0, hear)
COMMANDS["human"] = handoff_talk.start_by_command


@shown_at(Place.PROGRAMME)
async def home(services: Services) -> list[Part]:
    """The way to a person, and where it stands; not for those who would answer."""
    if services.person is None or await services.secretariat.includes_me():
        return []
    handoff = await services.handoffs.open_of(services.person.id)
    if handoff is not None:
        return [Heading(_("Questions?")), await standing_card(services, handoff)]
    words = _("If something is unclear, somebody of the secretariat answers.")
    return [Card(_("Questions?"), body=[words], buttons=[HUMAN])]
