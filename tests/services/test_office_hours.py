"""Office time over nights, weekends, holidays and the end of the year; every moment is Tokyo's."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.office_hours import add_office_minutes, between, is_open, next_open
from services.programme import load
from tests.programmes import FILE

PROGRAMME = load("phase2")
CALENDAR, OFFICE = PROGRAMME.calendar, PROGRAMME.office
TOKYO = ZoneInfo("Asia/Tokyo")
BEGINNING = datetime(2021, 10, 1, tzinfo=TOKYO)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=150)).map(lambda gone: BEGINNING + gone)


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2021-10-26 08:59:59", False),
        ("2021-10-26 09:00", True),
        ("2021-10-26 17:59:59", True),
        ("2021-10-26 18:00", False),
        ("2021-10-23 12:00", False),  # Saturday
        ("2021-11-03 12:00", False),  # Culture Day
        ("2021-12-28 12:00", True),
        ("2021-12-29 12:00", False),
    ],
)
def test_the_office_is_open_at(moment: str, opened: bool) -> None:
    assert is_open(CALENDAR, OFFICE, tokyo(moment)) is opened
    assert is_open(CALENDAR, OFFICE, tokyo(moment).astimezone(UTC)) is opened


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2021-10-26 10:30", "2021-10-26 10:30"),
        ("2021-10-26 03:00", "2021-10-26 09:00"),
        ("2021-10-26 18:00", "2021-10-27 09:00"),
        ("2021-10-22 20:00", "2021-10-25 09:00"),  # Friday evening
        ("2021-11-02 18:30", "2021-11-04 09:00"),
        ("2021-12-28 18:00", "2022-01-04 09:00"),
        ("2022-01-07 19:00", "2022-01-11 09:00"),  # Coming of Age Day is a Monday
    ],
)
def test_the_office_opens_next_at(moment: str, opens: str) -> None:
    found = next_open(CALENDAR, OFFICE, tokyo(moment))
    assert found == tokyo(opens)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2021-10-26 10:00", 0, "2021-10-26 10:00"),
        ("2021-10-26 10:00", 60, "2021-10-26 11:00"),
        ("2021-10-26 17:30", 30, "2021-10-26 18:00"),
        ("2021-10-26 17:30", 31, "2021-10-27 09:01"),
        ("2021-10-26 22:00", 15, "2021-10-27 09:15"),
        ("2021-10-22 17:00", 120, "2021-10-25 10:00"),
        ("2021-11-02 17:00", 540 + 61, "2021-11-05 09:01"),
        ("2021-12-28 17:00", 61, "2022-01-04 09:01"),
    ],
)
def test_office_minutes_end_at(start: str, minutes: int, end: str) -> None:
    assert add_office_minutes(CALENDAR, OFFICE, tokyo(start), minutes) == tokyo(end)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2021-10-26 10:00", "2021-10-26 10:00:59", 0),
        ("2021-10-26 10:00", "2021-10-26 11:30", 90),
        ("2021-10-26 17:00", "2021-10-27 10:00", 120),
        ("2021-10-26 20:00", "2021-10-27 08:00", 0),
        ("2021-10-23 09:00", "2021-10-24 18:00", 0),
        ("2021-12-28 17:00", "2022-01-04 10:00", 120),
        ("2021-10-27 10:00", "2021-10-26 10:00", 0),
    ],
)
def test_office_minutes_between(start: str, end: str, minutes: int) -> None:
    assert between(CALENDAR, OFFICE, tokyo(start), tokyo(end)) == minutes


def test_office_time_is_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_office_minutes(CALENDAR, OFFICE, tokyo("2021-10-26 10:00"), -1)


@given(MOMENTS, st.integers(0, 3000))
def test_minutes_added_are_the_minutes_between(start: datetime, minutes: int) -> None:
    end = add_office_minutes(CALENDAR, OFFICE, start, minutes)
    assert between(CALENDAR, OFFICE, start, end) == minutes


@given(MOMENTS, MOMENTS, MOMENTS)
def test_time_in_two_parts_is_the_time_of_the_whole(one: datetime, two: datetime, three: datetime) -> None:
    start, middle, end = sorted((one, two, three))
    parts = between(CALENDAR, OFFICE, start, middle) + between(CALENDAR, OFFICE, middle, end)
    assert 0 <= between(CALENDAR, OFFICE, start, end) - parts <= 1


@given(MOMENTS)
def test_the_office_is_open_when_it_opens_next(moment: datetime) -> None:
    opens = next_open(CALENDAR, OFFICE, moment)
    assert is_open(CALENDAR, OFFICE, opens)
    assert opens >= moment
    assert not is_open(CALENDAR, OFFICE, opens - timedelta(microseconds=1)) or opens == moment


def test_another_programme_has_other_hours() -> None:
    harbour = load(FILE)
    late = datetime(2023, 6, 1, 16, 30, tzinfo=TOKYO)
    assert not is_open(harbour.calendar, harbour.office, late)
    opens = next_open(harbour.calendar, harbour.office, late)
    assert opens == datetime(2023, 6, 5, 10, 0, tzinfo=TOKYO)  # 06-02 is closed every year there
