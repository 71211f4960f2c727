"""When what was handed in will have been reviewed, for those who ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from conversations import words
from conversations.messages import Card, Fact, Message
from locales import Text, _

if TYPE_CHECKING:
    from services.bundle import Services
    from services.reviews import Review

SHOWN = 3


async def awaited(services: Services, subjects: Iterable[tuple[str, int, str]]) -> list[Message]:
    """By when each of these (kind, id, number) is reviewed, while it waits for that; nothing when none does."""
    facts = []
    for kind, subject_id, number in subjects:
        review = await services.reviews.latest(kind, subject_id)
        if review is not None and review.open:
            label = _("{number} {title}")(number=number, title=words.SUBJECT[kind])
            facts.append(Fact(label, _told(services, review)))
    if not facts:
        return []
    return [
        Card(
            _("The secretariat is reviewing"),
            facts=facts[:SHOWN],
            note=_("We tell you at once when it is done."),
        )
    ]


def _told(services: Services, review: Review) -> Text:
    if review.due_at < services.now:
        return _("Sorry, we are later than we said. It should be done soon.")
    return _("We answer by about {day}.")(day=services.programme.today(review.due_at))
