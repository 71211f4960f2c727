"""What is left of an expert's honorarium limit, asked in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import left_shown
from conversations.current import Part, Place, shown_at
from conversations.menu import COMMANDS
from conversations.messages import Card, Fact
from locales import _
from services import left
from services.ledger import Party

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

LIMIT = _("Your honorarium limit")


async def show(turn: Turn) -> None:
    """The limit, what is used of it, and what is left in yen and hours at the expert's own price."""
    turn.say(await whole(turn))


async def whole(turn: Turn) -> Card:
    """The same as a card. Raises Refusal for whoever is not registered."""
    expert = await turn.services.experts.require_registered()
    return left_shown.card(
        LIMIT,
        await left.of_expert(turn.services, expert),
        turn.services.programme,
        note=_("Companies have a limit of their own. What they pay you does not count."),
    )


async def by_command(turn: Turn, rest: str) -> None:
    """What is left, asked for by the slash command."""
    await show(turn)


@shown_at(Place.LIMIT)
async def parts(services: Services) -> list[Part]:
    """One line on what is left, from the first agreement on."""
    expert = await services.experts.mine()
    if expert is None or not await left.begun(services, Party.EXPERT, expert.id):
        return []
    line = left_shown.short(await left.of_expert(services, expert), services.programme)
    return [Card(LIMIT, facts=[Fact(_("Left"), line)], buttons=[left_shown.ASK])]


left_shown.SHOWN["slack"] = show
COMMANDS["left"] = by_command
