"""The card of a saved search in the chat with its expert: how many new cases there are, and the newest with why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations.cases_shown import area_of
from conversations.current import CARDS
from conversations.expert.saved import LIST
from conversations.expert.saved_forms import told
from conversations.expert.search_results import REASONS, WORDS
from conversations.messages import Button, Card, Message, Words, act
from conversations.notices import worded
from locales import _
from services import saved_search_telling
from services.cases import Case
from services.programme import Programme
from services.saved_search_telling import CARD
from services.search import Why
from services.tips import mask_contacts

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice


async def draw(services: Services, card_id: int) -> Card | None:
    """The card as it must look now; None when all that it would tell of has closed."""
    news = await saved_search_telling.news(services, card_id)
    if news is None:
        return None
    search = news.search
    if news.replaced:
        newer = _("The newer message about it has these cases as well.")
        return Card(_("Saved search “{name}”")(name=search.name), body=[newer], buttons=[LIST])
    details = [
        Button(
            _("Open {number}")(number=case.number),
            act("saved.case", s=search.id, i=case.id, r=case.revision),
            "primary" if news.count == 1 else "plain",
        )
        for case in news.cases
    ]
    everything = Button(
        _("Show all"), act("saved.show", i=search.id), "plain" if news.count == 1 else "primary"
    )
    ways = [*details, everything] if news.count == 1 else [everything, *details]
    return Card(
        _("“{name}”: {count} new cases")(name=search.name, count=news.count),
        badge=told(search),
        body=[_told(case, news.why[case.id], services.programme) for case in news.cases],
        note=_("And {count} more")(count=more) if (more := news.count - len(news.cases)) else None,
        buttons=[*ways, LIST],
    )


CARDS[CARD] = draw


def _told(case: Case, why: Why, programme: Programme) -> Words:
    """A case in a few lines: what it is, and why it was found."""
    facts = {
        "number": case.number,
        "title": mask_contacts(case.title),
        "area": area_of(case, programme),
        "place": f"{case.prefecture}{case.city}",
        "day": case.proposal_deadline,
    }
    reasons: list[Words] = [_("“{word}”")(word=word) for word in why.words[:WORDS]]
    reasons += [REASONS[name](case, programme) for name in why.facts]
    if not reasons:
        return _("{number} {title}\n{area}, {place}, proposals until {day}")(**facts)
    found = _("{number} {title}\n{area}, {place}, proposals until {day}\nFound by: {reasons}")
    return found(**facts, reasons=reasons)


@worded("saved_search.found")
async def word(services: Services, notice: Notice) -> Sequence[Message]:
    """The same where it is said and not shown as a card."""
    card = await draw(services, notice.ids["card"])
    return [card] if card else []
