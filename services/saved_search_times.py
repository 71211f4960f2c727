"""When experts hear of cases that their saved searches have found, as services/notices.toml says. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from services.notice_table import Side, table
from services.notice_times import leaves, next_open
from services.programme import Programme

KIND = "saved_search.found"
"""The row of the table of notices."""


def heard_at(programme: Programme, now: datetime) -> datetime:
    """The moment (aware UTC) from `now` on at which an expert may be told."""
    return leaves(table()[KIND], Side.EXPERT, programme.notices, programme.calendar, now)


def digest_at(programme: Programme, now: datetime) -> datetime:
    """The moment (aware UTC) after `now` at which the hours of notices begin."""
    opens = next_open(Side.EXPERT, programme.notices, programme.calendar, now)
    if opens > now:
        return opens
    zone = programme.calendar.time_zone
    midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    return next_open(Side.EXPERT, programme.notices, programme.calendar, midnight)
