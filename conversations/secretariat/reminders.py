"""What time does by itself, as the secretariat hears of it: reviews that were left, and cases of silent companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import words
from conversations.cases_shown import area_of
from conversations.current import Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Heading, Message, act
from conversations.notices import worded
from conversations.secretariat.reviews import SUMMARIES
from locales import _
from services import case_interest

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice


@worded("review.left")
async def left(services: Services, notice: Notice) -> list[Message]:
    """What a clerk took on and left is free again; it can be taken on once more."""
    review = await services.reviews.get(notice.ids["review"])
    if review is None or not review.open:
        return []
    return [
        Card(
            words.SUBJECT[review.kind],
            facts=[*await SUMMARIES[review.kind](services, review.subject_id)][:1],
            body=[
                _("You took this on and nothing was decided for {days} business days.")(
                    days=services.programme.reminders.left_business_days
                ),
                _("It is back in the queue, so that a colleague can take it."),
            ],
            buttons=[Button(_("Open"), act("review.open", i=review.id), "primary")],
        )
    ]


@shown_at(Place.REPAIRS)
async def hidden_cases(services: Services) -> list[Part]:
    """Cases that experts do not find because their companies do not answer."""
    if services.person is None or not await services.secretariat.includes_me():
        return []
    found = await case_interest.hidden(services)
    if not found:
        return []
    cards: list[Part] = []
    for case in found:
        review = await services.reviews.latest("case", case.id)
        interest = await case_interest.of(services, case.id)
        assert interest is not None
        cards.append(
            Card(
                _("{number} {title}")(number=case.number, title=words.SUBJECT["case"]),
                badge=_("Hidden: no answer"),
                facts=[
                    Fact(_("Area"), area_of(case, services.programme)),
                    Fact(_("Hidden since"), _("{when}")(when=interest.hidden_at)),
                ],
                buttons=[Button(_("Open"), act("review.open", i=review.id))] if review else [],
            )
        )
    return [Heading(_("Cases whose companies do not answer: {count}")(count=len(found))), *cards]
