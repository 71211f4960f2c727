"""When somebody can be called back: the next half business days; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.calendar import BusinessCalendar
from services.handoff_records import Half
from services.programme_parts import Office

LUNCH = time(12), time(13)
"""Where a business day is parted."""


@dataclass(frozen=True)
class Slot:
    """Half a business day."""

    day: date
    half: Half

    def begins(self, calendar: BusinessCalendar, office: Office) -> datetime:
        """Its first moment (aware UTC)."""
        return datetime.combine(self.day, self.hours(office)[0], calendar.time_zone).astimezone(UTC)

    def hours(self, office: Office) -> tuple[time, time]:
        """From when until when it lasts."""
        if self.half is Half.MORNING:
            return office.opens, min(LUNCH[0], office.closes)
        return max(LUNCH[1], office.opens), office.closes


def slots(calendar: BusinessCalendar, office: Office, now: datetime, count: int) -> list[Slot]:
    """The next half business days that have not begun at this moment (aware), soonest first."""
    found: list[Slot] = []
    day = now.astimezone(calendar.time_zone).date()
    while len(found) < count:
        if calendar.is_business_day(day):
            for slot in (Slot(day, half) for half in Half):
                first, last = slot.hours(office)
                if first < last and slot.begins(calendar, office) > now and len(found) < count:
                    found.append(slot)
        day += timedelta(days=1)
    return found
