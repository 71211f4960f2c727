"""On which days somebody is reminded of what they have to do, and whether one of them has come. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.calendar import BusinessCalendar
from services.programme import Programme


@dataclass(frozen=True)
class Need:
    """Something that one person has to do, since a day and, where there is a deadline, until a day.

    `what` and the record's id name it, for whoever wants to hear no more of it. `asked` are days on which the
    person hears of it because nothing has happened; the days before a deadline come by themselves. While the part
    of the programme that it belongs to (`switch`) is stopped, nobody is reminded of it.
    """

    what: str
    person_id: int
    since: date
    until: date | None = None
    asked: Sequence[date] = ()
    switch: str | None = None
    ids: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Memory:
    """What a person was told of one thing last: for which of its days, and what they said to it."""

    said_for: date | None = None
    again_on: date | None = None
    stopped: bool = False


@dataclass(frozen=True)
class Due:
    """A reminder to be said now: for which of its days, and whether a deadline draws near."""

    day: date
    deadline: bool


def ladder(need: Need, calendar: BusinessCalendar, before: Sequence[int]) -> frozenset[date]:
    """The days that a deadline brings: so many business days before it, and its own."""
    if need.until is None:
        return frozenset()
    return frozenset({need.until, *(calendar.add_business_days(need.until, -count) for count in before)})


def due(need: Need, memory: Memory, programme: Programme, today: date) -> Due | None:
    """What is to be said today, if anything.

    Of the days that have passed unsaid only the latest counts; a day on which the thing was asked, or one before
    it, never does, for the person has just heard of it.
    """
    if memory.stopped or (need.until is not None and today > need.until):
        return None
    steps = ladder(need, programme.calendar, programme.reminders.deadline_business_days)
    passed = [day for day in {*need.asked, *steps} if need.since < day <= today]
    wanted = memory.again_on if memory.again_on and memory.again_on > need.since else None
    if wanted is not None:
        if wanted > today:
            return None
        passed.append(wanted)
    day = max(passed, default=None)
    if day is None or (memory.said_for is not None and day <= memory.said_for and wanted is None):
        return None
    return Due(day, deadline=bool(steps) and day >= min(steps))


def business_days_after(calendar: BusinessCalendar, day: date, counts: Sequence[int]) -> tuple[date, ...]:
    """So many business days after a day, for each count."""
    return tuple(calendar.add_business_days(day, count) for count in counts)


def days_after(day: date, counts: Sequence[int]) -> tuple[date, ...]:
    """So many days after a day, for each count."""
    return tuple(day + timedelta(days=count) for count in counts)


def heard_at(programme: Programme, now: datetime) -> datetime:
    """The first moment (aware UTC) from `now` on at which people may be reminded."""
    times, here = programme.notices, now.astimezone(programme.calendar.time_zone)
    if times.line_opens <= here.time() < times.line_closes:
        return now
    return morning(programme, here.date() + timedelta(days=here.time() >= times.line_closes))


def next_morning(programme: Programme, now: datetime) -> datetime:
    """The next moment (aware UTC) after `now` at which a day's reminders begin."""
    today = programme.today(now)
    at = morning(programme, today)
    return at if at > now else morning(programme, today + timedelta(days=1))


def morning(programme: Programme, day: date) -> datetime:
    """The moment (aware UTC) at which a day's reminders begin."""
    zone = programme.calendar.time_zone
    return datetime.combine(day, programme.notices.line_opens, zone).astimezone(UTC)
