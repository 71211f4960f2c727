"""The Home of the secretariat: what waits, oldest first, and what needs repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import words
from conversations.current import Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Heading, Say, act
from conversations.secretariat import review_clock
from conversations.secretariat.reviews import SUMMARIES
from locales import _

if TYPE_CHECKING:
    from services.bundle import Services

SHOWN = 15


@shown_at(Place.REVIEWS)
async def queue(services: Services) -> list[Part]:
    """The queue, for members of the secretariat's channel."""
    if not await services.secretariat.includes_me():
        return []
    waiting = await services.reviews.waiting()
    parts: list[Part] = [Heading(_("Secretariat: {count} to review")(count=waiting))]
    if not waiting:
        parts.append(Say(_("Nothing waits. Well done.")))
    parts.extend(await review_clock.summary(services))
    for review in await services.reviews.queue(SHOWN):
        number, *others = await SUMMARIES[review.kind](services, review.subject_id)
        holder = await services.reviews.name(review.taken_by) if review.taken_by is not None else None
        parts.append(
            Card(
                _("{number} {title}")(number=number.value, title=words.SUBJECT[review.kind]),
                badge=review_clock.badge(services, review),
                facts=[
                    Fact(_("Due"), _("{when}")(when=review.due_at)),
                    *([Fact(_("With"), holder)] if holder else []),
                ],
                body=[_("{things}")(things=[one.value for one in others])],
                buttons=[Button(_("Open"), act("review.open", i=review.id), "primary")],
                tone=review_clock.tone(services, review),
            )
        )
    if waiting > SHOWN:
        parts.append(Say(_("And {count} more.")(count=waiting - SHOWN)))
    return parts
