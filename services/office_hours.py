"""Time as the office counts it: minutes between opening and closing on business days, and none at any other time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from services.calendar import BusinessCalendar
from services.programme_parts import Office


def is_open(calendar: BusinessCalendar, office: Office, at: datetime) -> bool:
    """Whether somebody is at the office at this moment (aware); at the minute of closing nobody is any more."""
    here = at.astimezone(calendar.time_zone)
    return calendar.is_business_day(here.date()) and office.opens <= here.time() < office.closes


def next_open(calendar: BusinessCalendar, office: Office, at: datetime) -> datetime:
    """The first moment (aware UTC) from `at` on at which the office is open: `at` itself if it is."""
    if is_open(calendar, office, at):
        return at.astimezone(UTC)
    here = at.astimezone(calendar.time_zone)
    later = here.date() + timedelta(days=here.time() >= office.closes)
    return _moment(calendar, calendar.add_business_days(later, 0), office.opens)


def add_office_minutes(calendar: BusinessCalendar, office: Office, start: datetime, minutes: int) -> datetime:
    """The moment (aware UTC) at which so many minutes of office time have passed since `start` (aware).

    What ends with the office ends at its closing, not at the next opening. Raises ValueError below zero.
    """
    if minutes < 0:
        raise ValueError("Office time is counted forwards only.")
    at, left = next_open(calendar, office, start), timedelta(minutes=minutes)
    while left > (today := _closing(calendar, office, at) - at):
        left -= today
        at = next_open(calendar, office, at + today)
    return at + left


def between(calendar: BusinessCalendar, office: Office, start: datetime, end: datetime) -> int:
    """The whole minutes of office time from `start` to `end` (aware); zero when `end` is not later."""
    at, passed = next_open(calendar, office, start), timedelta()
    while at < end:
        closing = _closing(calendar, office, at)
        passed += min(closing, end) - at
        at = next_open(calendar, office, closing)
    return passed // timedelta(minutes=1)


def _closing(calendar: BusinessCalendar, office: Office, at: datetime) -> datetime:
    return _moment(calendar, at.astimezone(calendar.time_zone).date(), office.closes)


def _moment(calendar: BusinessCalendar, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, calendar.time_zone).astimezone(UTC)
