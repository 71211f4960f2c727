"""Business days in Tokyo, with the holidays that the Olympics moved."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.calendar import BusinessCalendar
from services.programme import load

CALENDAR = load("phase2").calendar
TOKYO = ZoneInfo("Asia/Tokyo")


def tokyo(month: int, day: int, hour: int, minute: int = 0, year: int = 2021) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    "day", [(7, 22), (7, 23), (8, 9), (11, 3), (11, 23), (12, 29), (12, 31), (10, 23), (10, 24)]
)
def test_the_office_is_closed_on(day: tuple[int, int]) -> None:
    assert not CALENDAR.is_business_day(date(2021, *day))


@pytest.mark.parametrize("day", [(7, 19), (8, 11), (10, 11), (12, 28), (11, 1)])
def test_the_office_is_open_on(day: tuple[int, int]) -> None:
    assert CALENDAR.is_business_day(date(2021, *day))


def test_the_office_opens_again_after_new_year() -> None:
    assert CALENDAR.add_business_days(date(2021, 12, 28), 1) == date(2022, 1, 4)
    assert not CALENDAR.is_business_day(date(2022, 1, 10))


def test_business_days_are_counted_both_ways() -> None:
    assert CALENDAR.add_business_days(date(2021, 11, 2), 1) == date(2021, 11, 4)
    assert CALENDAR.add_business_days(date(2021, 11, 4), -1) == date(2021, 11, 2)
    assert CALENDAR.add_business_days(date(2021, 11, 3), 0) == date(2021, 11, 4)
    assert CALENDAR.business_days_between(date(2021, 11, 1), date(2021, 11, 5)) == 3
    assert CALENDAR.business_days_between(date(2021, 11, 5), date(2021, 11, 1)) == -3
    assert CALENDAR.business_days_between(date(2021, 11, 1), date(2021, 11, 1)) == 0


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        (tokyo(10, 26, 10), tokyo(10, 29, 18)),
        (tokyo(10, 26, 18, 1), tokyo(11, 1, 18)),  # after hours: counted to the next day
        (tokyo(10, 30, 12), tokyo(11, 5, 18)),  # Saturday; 11-03 is a holiday
        (tokyo(12, 28, 17), tokyo(1, 6, 18, year=2022)),
    ],
)
def test_a_review_is_due_after_three_business_days(submitted: datetime, due: datetime) -> None:
    found = CALENDAR.review_due(submitted.astimezone(UTC))
    assert found == due
    assert found.tzinfo is UTC


def test_a_single_day_can_be_closed() -> None:
    closed = BusinessCalendar(TOKYO, time(9), time(18), frozenset(), frozenset({date(2021, 10, 26)}), 3)
    assert closed.add_business_days(date(2021, 10, 25), 1) == date(2021, 10, 27)
