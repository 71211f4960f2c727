"""Where a business near a local desk can ask in person: shown when it begins a case, and in the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.menu import HINTS
from conversations.messages import Card, Fact, Message
from locales import _

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.companies import Company
    from services.programme import Programme


def desk_card(programme: Programme, company: Company) -> list[Message]:
    """The desk for the company's place, with what is known of how to reach it; nothing where there is none."""
    desk = programme.desk_for(company.prefecture, company.city)
    if desk is None:
        return []
    facts = [
        Fact(label, value) for label, value in ((_("Phone"), desk.phone), (_("Web page"), desk.url)) if value
    ]
    return [Card(desk.label, facts=facts, body=[desk.sentence], tone="tip")]


async def hint(turn: Turn) -> list[Message]:
    """The desk, in the help of a registered business."""
    if not turn.chatty:
        return []
    company = await turn.services.companies.mine()
    return [] if company is None else desk_card(turn.services.programme, company)


HINTS.append(hint)
