"""Which days a case may name, and which are offered ready to be tapped (DOMAIN 4.1, 9.1)."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta

from services.programme import Deadline, Programme

A_WHILE = timedelta(days=21)
"""Support that ends sooner than this is rarely meant, so no such day is offered."""
WEEKS_OFFERED = (1, 2, 3)
MONTHS_OFFERED = 3
DAYS_TO_A_CONTRACT = 5
"""Business days from the last proposal to a contract, for the start that is put in by itself."""


def first_deadline(programme: Programme, today: date) -> date:
    """The first day that may be the deadline for proposals."""
    return programme.calendar.add_business_days(today, programme.limits.proposal_deadline_business_days)


def last_deadline(programme: Programme, period_end: date) -> date:
    """The last day that may be the deadline for proposals: contracts must still be possible."""
    return min(period_end, programme.dates[Deadline.CONTRACT].closes)


def last_end(programme: Programme) -> date:
    """The last day on which support is given."""
    return programme.dates[Deadline.SUPPORT].closes


def deadlines(programme: Programme, today: date, period_end: date) -> list[date]:
    """One, two and three weeks of office days after the review should be done, as far as they fit."""
    first, last = first_deadline(programme, today), last_deadline(programme, period_end)
    reviewed = programme.calendar.add_business_days(today, programme.calendar.review_business_days)
    days = [programme.calendar.add_business_days(reviewed, 5 * weeks) for weeks in WEEKS_OFFERED]
    fitting = [day for day in days if first <= day <= last]
    return fitting or ([last] if first <= last else [])


def ends(programme: Programme, today: date) -> list[date]:
    """The ends of the next months, and the last day of all."""
    last, days = last_end(programme), []
    year, month = today.year, today.month
    while (day := date(year, month, calendar.monthrange(year, month)[1])) < last:
        if day >= max(today + A_WHILE, first_deadline(programme, today)):
            days.append(day)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return [*days[:MONTHS_OFFERED], last]


def probable_start(programme: Programme, deadline: date, period_end: date) -> date:
    """When support can begin if a plan is agreed soon after the deadline."""
    return min(programme.calendar.add_business_days(deadline, DAYS_TO_A_CONTRACT), period_end)


def months_between(start: date, end: date) -> int:
    """The whole months from one day to another."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def over(programme: Programme, deadline: date) -> datetime:
    """The moment (aware UTC) at which the day of a deadline is over."""
    midnight = datetime.combine(deadline + timedelta(days=1), time(0), programme.calendar.time_zone)
    return midnight.astimezone(UTC)
