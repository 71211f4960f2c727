"""Business days and office hours of the secretariat."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jpholiday


@lru_cache(maxsize=4096)
def _is_national_holiday(day: date) -> bool:
    return bool(jpholiday.is_holiday(day))


@dataclass(frozen=True)
class BusinessCalendar:
    """When the secretariat works: not on weekends, national holidays (moved ones too) and its own closed days.

    `closed_every_year` holds days as month and day, such as 12-29.
    """

    time_zone: ZoneInfo
    opens: time
    closes: time
    closed_every_year: frozenset[str]
    closed_days: frozenset[date]
    review_business_days: int

    def is_business_day(self, day: date) -> bool:
        """Whether the secretariat works on this day."""
        closed = f"{day:%m-%d}" in self.closed_every_year or day in self.closed_days
        return day.weekday() < 5 and not closed and not _is_national_holiday(day)

    def add_business_days(self, day: date, count: int) -> date:
        """The `count`th business day after `day` (before it, if negative); zero is the first one from `day` on."""
        step = timedelta(days=-1 if count < 0 else 1)
        if count == 0:
            while not self.is_business_day(day):
                day += step
        for _each in range(abs(count)):
            day += step
            while not self.is_business_day(day):
                day += step
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """How many business days come after `start` up to and including `end`; negative the other way round."""
        if end < start:
            return -self.business_days_between(end, start)
        return sum(self.is_business_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def received_on(self, moment: datetime) -> date:
        """The business day to which something sent at `moment` (aware) is counted."""
        local = moment.astimezone(self.time_zone)
        late = local.time() > self.closes and self.is_business_day(local.date())
        return self.add_business_days(local.date() + timedelta(days=late), 0)

    def due(self, moment: datetime, business_days: int) -> datetime:
        """Office closing time (aware UTC) so many business days after what was sent at `moment` is received."""
        day = self.add_business_days(self.received_on(moment), business_days)
        return datetime.combine(day, self.closes, self.time_zone).astimezone(UTC)

    def review_due(self, submitted_at: datetime) -> datetime:
        """By when (aware UTC) a review of what was submitted at that moment should be done."""
        return self.due(submitted_at, self.review_business_days)
