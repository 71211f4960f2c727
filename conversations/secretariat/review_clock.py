"""How urgent reviews are, as clerks see it: colour and badge of each, and all of them in one line a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import words
from conversations.messages import Card, Fact
from locales import Text, _
from services.review_timers import Urgency, urgency
from services.reviews import Review, ReviewState

if TYPE_CHECKING:
    from services.bundle import Services

TONES = {Urgency.EARLY: "plain", Urgency.TODAY: "tip", Urgency.OVERDUE: "bad"}


def badge(services: Services, review: Review) -> Text:
    """Where a review stands, and how it stands with its time while it is open."""
    state = words.REVIEW_STATE[ReviewState(review.state)]
    if not review.open:
        return state
    match urgency(services, review.due_at):
        case Urgency.OVERDUE:
            return _("{state}, overdue")(state=state)
        case Urgency.TODAY:
            return _("{state}, due today")(state=state)
    return state


def tone(services: Services, review: Review) -> str:
    """The colour of a review."""
    return TONES[urgency(services, review.due_at)] if review.open else "plain"


async def summary(services: Services) -> list[Card]:
    """How much is overdue, due today, with nobody, and with the acting clerk; nothing when nothing waits."""
    waiting = await services.reviews.clocks()
    if not waiting:
        return []
    urgencies = [urgency(services, due_at) for due_at, _taken_by in waiting]
    me = services.person.id if services.person else None
    counts = {
        _("Overdue"): urgencies.count(Urgency.OVERDUE),
        _("Due today"): urgencies.count(Urgency.TODAY),
        _("With nobody"): sum(taken_by is None for _due_at, taken_by in waiting),
        _("With you"): sum(taken_by == me for _due_at, taken_by in waiting),
    }
    worst = Urgency.OVERDUE if Urgency.OVERDUE in urgencies else Urgency.TODAY
    return [
        Card(
            _("Today, {day}")(day=services.programme.today(services.now)),
            facts=[Fact(what, str(count)) for what, count in counts.items()],
            tone=TONES[worst] if worst in urgencies else "plain",
        )
    ]
