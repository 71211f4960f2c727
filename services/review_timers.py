"""What happens to reviews by themselves: they become urgent, then overdue, and what a clerk took on and left is free."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from services.reminder_rules import morning
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services
    from services.programme import Programme
    from services.reviews import Review

CLOCK, LEFT = "review.clock", "review.left"
TAKEN = "taken"


class Urgency(Enum):
    """How much time is left for a review."""

    EARLY = "early"
    TODAY = "today"
    OVERDUE = "overdue"


def due_at(programme: Programme, kind: str, submitted_at: datetime) -> datetime:
    """By when (aware UTC) a review of this kind should be done."""
    return programme.calendar.due(submitted_at, programme.reminders.review_business_days[kind])


def urgency(services: Services, due_at: datetime) -> Urgency:
    """How much time is left at this moment until another (aware)."""
    if due_at < services.now:
        return Urgency.OVERDUE
    today, day = (services.programme.today(moment) for moment in (services.now, due_at))
    return Urgency.TODAY if day <= today else Urgency.EARLY


async def watch(services: Services, review: Review) -> None:
    """Draw a review anew when its last day begins, and when that is over."""
    begins = morning(services.programme, services.programme.today(review.due_at))
    await services.timers.set(CLOCK, review.id, min(max(begins, services.now), review.due_at))


@due(CLOCK)
async def draw(services: Services, review_id: int) -> None:
    """Show everybody in the secretariat that a review is urgent, or overdue."""
    review = await services.reviews.get(review_id)
    if review is None or not review.open:
        return
    services.notices.draw("review", review.id)
    for person_id in await services.secretariat.people():
        services.notices.home(person_id)
    if review.due_at >= services.now:
        await services.timers.set(CLOCK, review.id, review.due_at + timedelta(seconds=1))


def left_at(services: Services, taken_at: datetime) -> datetime:
    """When what was taken on at that moment, and not decided, counts as left."""
    return services.programme.calendar.due(taken_at, services.programme.reminders.left_business_days)


def is_left(services: Services, review: Review) -> bool:
    """Whether a clerk has taken a review on and then done nothing with it in time."""
    if review.state != TAKEN or review.taken_at is None:
        return False
    return left_at(services, review.taken_at) <= services.now


async def watch_taken(services: Services, review: Review) -> None:
    """Look at a review again when it counts as left."""
    assert review.taken_at is not None
    await services.timers.set(LEFT, review.id, left_at(services, review.taken_at))


async def forget_idle(services: Services, review: Review) -> None:
    """No longer wait for what cannot come any more: nobody has the review, or it is over."""
    if review.state != TAKEN:
        await services.timers.cancel(LEFT, review.id)
    if not review.open:
        await services.timers.cancel(CLOCK, review.id)


@due(LEFT)
async def free(services: Services, review_id: int) -> None:
    """Give what was left back to the queue, and tell the clerk who had it."""
    known = await services.reviews.get(review_id)
    holder = None if known is None else known.taken_by
    if await services.reviews.free(review_id) is not None and holder is not None:
        services.notices.tell("review.left", holder, review=review_id)
