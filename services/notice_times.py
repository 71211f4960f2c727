"""When a notice leaves, if no answer has carried it before: the hours of notices and of merged ones. Pure."""

from datetime import UTC, datetime, time, timedelta

from services.calendar import BusinessCalendar
from services.notice_table import Row, Side, Urgency
from services.programme_parts import NoticeTimes

DAY = timedelta(days=1)


def leaves(row: Row, side: Side, times: NoticeTimes, calendar: BusinessCalendar, now: datetime) -> datetime:
    """The moment (aware UTC) at which a notice of this row leaves for this side: `now` if it is not held at all.

    Slack costs nothing, so only LINE waits for the hour at which notices are merged.
    """
    urgency, ready = row.urgency_for(side), now + row.waits
    if urgency is Urgency.NOW:
        return ready
    if urgency is Urgency.MERGE and side is Side.COMPANY:
        return next_merged(times, calendar, ready)
    return next_open(side, times, calendar, ready)


def next_open(side: Side, times: NoticeTimes, calendar: BusinessCalendar, at: datetime) -> datetime:
    """The first moment (aware UTC) from `at` on at which this side may be told: `at` itself within the hours."""
    opens, closes = _hours(side, times)
    here = at.astimezone(calendar.time_zone)
    if opens <= here.time() < closes:
        return at.astimezone(UTC)
    return _next(opens, calendar, at)


def next_merged(times: NoticeTimes, calendar: BusinessCalendar, at: datetime) -> datetime:
    """The next moment (aware UTC) from `at` on at which notices that could wait are pushed together."""
    return _next(times.line_merged, calendar, at)


def _hours(side: Side, times: NoticeTimes) -> tuple[time, time]:
    if side is Side.COMPANY:
        return times.line_opens, times.line_closes
    return times.slack_opens, times.slack_closes


def _next(hour: time, calendar: BusinessCalendar, at: datetime) -> datetime:
    here = at.astimezone(calendar.time_zone)
    moment = datetime.combine(here.date(), hour, calendar.time_zone)
    return (moment if moment >= here else moment + DAY).astimezone(UTC)
