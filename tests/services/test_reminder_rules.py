"""Which days bring a reminder, and that none is said twice or skipped, however time goes by."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.programme import load
from services.reminder_rules import (
    Memory,
    Need,
    business_days_after,
    days_after,
    due,
    heard_at,
    ladder,
    next_morning,
)
from tests.programmes import FILE

RULES = load("phase2")
FRESH = Memory()
BEFORE = RULES.reminders.deadline_business_days
BEGUN = date(2021, 11, 1)
CONTRACTS = Need("sign", 1, BEGUN, date(2021, 12, 17))
CLAIMS = Need("claim", 1, BEGUN, date(2022, 1, 10))
DRAFT = Need("draft", 1, BEGUN, None, days_after(BEGUN, RULES.reminders.draft_days))


def said(need: Need, today: date, memory: Memory = FRESH) -> date | None:
    found = due(need, memory, RULES, today)
    return None if found is None else found.day


def walk(need: Need, days: list[date], memory: Memory = FRESH) -> list[date]:
    """For which days somebody is reminded whom we look at on these days."""
    heard = []
    for today in sorted(days):
        day = said(need, today, memory)
        if day is not None:
            heard.append(day)
            memory = Memory(day)
    return heard


def test_the_ladder_counts_business_days_backwards() -> None:
    assert sorted(ladder(CONTRACTS, RULES.calendar, BEFORE)) == [
        date(2021, 12, 3),
        date(2021, 12, 10),
        date(2021, 12, 15),
        date(2021, 12, 17),
    ]


def test_before_a_deadline_on_a_holiday_people_hear_before_the_year_ends() -> None:
    assert sorted(ladder(CLAIMS, RULES.calendar, BEFORE)) == [
        date(2021, 12, 21),
        date(2021, 12, 28),
        date(2022, 1, 6),
        date(2022, 1, 10),
    ]


@pytest.mark.parametrize(
    ("today", "day"),
    [
        ((12, 2), None),
        ((12, 3), (12, 3)),
        ((12, 9), (12, 3)),
        ((12, 16), (12, 15)),
        ((12, 17), (12, 17)),
        ((12, 18), None),
    ],
)
def test_on_each_day_the_latest_that_has_passed_is_said(
    today: tuple[int, int], day: tuple[int, int] | None
) -> None:
    assert said(CONTRACTS, date(2021, *today)) == (None if day is None else date(2021, *day))


def test_a_draft_is_mentioned_twice_and_then_never_again() -> None:
    days = [BEGUN + timedelta(days=count) for count in range(60)]
    assert walk(DRAFT, days) == [date(2021, 11, 2), date(2021, 11, 5)]


def test_whoever_was_asked_today_is_not_reminded_of_days_before() -> None:
    need = Need("sign", 1, date(2021, 12, 10), date(2021, 12, 17))
    assert said(need, date(2021, 12, 10)) is None
    assert said(need, date(2021, 12, 14)) is None
    assert said(need, date(2021, 12, 15)) == date(2021, 12, 15)


def test_what_is_put_off_comes_again_on_that_day_and_only_once() -> None:
    memory = Memory(date(2021, 12, 3), again_on=date(2021, 12, 4))
    assert said(CONTRACTS, date(2021, 12, 3), memory) is None
    assert said(CONTRACTS, date(2021, 12, 4), memory) == date(2021, 12, 4)
    assert said(CONTRACTS, date(2021, 12, 5), Memory(date(2021, 12, 4))) is None
    assert said(CONTRACTS, date(2021, 12, 18), memory) is None


def test_what_was_put_off_before_it_was_asked_again_is_forgotten() -> None:
    memory = Memory(date(2021, 10, 20), again_on=date(2021, 10, 21))
    assert said(DRAFT, BEGUN, memory) is None


def test_nobody_is_reminded_of_what_they_want_to_hear_no_more_of() -> None:
    assert said(CONTRACTS, date(2021, 12, 17), Memory(date(2021, 12, 3), stopped=True)) is None


def test_a_deadline_draws_near_only_on_its_own_days() -> None:
    since = date(2021, 11, 8)
    need = Need("sign", 1, since, date(2021, 12, 17), business_days_after(RULES.calendar, since, (2, 5)))
    early, late = (
        due(need, Memory(), RULES, date(2021, 11, 10)),
        due(need, Memory(), RULES, date(2021, 12, 3)),
    )
    assert early is not None and not early.deadline
    assert late is not None and late.deadline


@given(st.lists(st.integers(0, 80), min_size=1), st.sampled_from([CONTRACTS, CLAIMS, DRAFT]))
def test_in_whatever_steps_time_goes_by_nothing_is_said_twice_and_nothing_skipped(
    steps: list[int], need: Need
) -> None:
    days = sorted({BEGUN + timedelta(days=count) for count in steps})
    heard = walk(need, days)
    assert heard == sorted(set(heard))
    every = walk(need, [BEGUN + timedelta(days=count) for count in range(81)])
    looked = [today for today in days if need.until is None or today <= need.until]
    for today in looked:
        passed = [day for day in every if day <= today]
        if passed:
            assert passed[-1] in heard, "the latest that has passed is always said"
    assert set(heard) <= set(every)


@pytest.mark.parametrize(
    ("now", "heard"),
    [
        ("2021-10-26 09:00", "2021-10-26 09:00"),
        ("2021-10-26 17:59", "2021-10-26 17:59"),
        ("2021-10-26 18:00", "2021-10-27 09:00"),
        ("2021-10-26 03:00", "2021-10-26 09:00"),
        ("2021-10-23 12:00", "2021-10-23 12:00"),
    ],
)
def test_nobody_is_reminded_outside_the_hours(now: str, heard: str) -> None:
    zone = RULES.calendar.time_zone
    at, expected = (datetime.fromisoformat(moment).replace(tzinfo=zone) for moment in (now, heard))
    assert heard_at(RULES, at.astimezone(UTC)) == expected


def test_the_next_round_is_the_next_morning_of_the_programme() -> None:
    harbour = load(FILE)
    at = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)
    assert next_morning(harbour, at) == at + timedelta(days=1)
    assert next_morning(harbour, at - timedelta(minutes=1)) == at
