"""People are told within the hours in which they are told, and what can wait waits for its own hour."""

from datetime import datetime, timedelta

import pytest

from services import programme
from services.clock import TOKYO
from services.notice_table import Row, Side, Urgency, table
from services.notice_times import leaves, next_merged, next_open

RULES = programme.load("phase2")
TIMES, CALENDAR = RULES.notices, RULES.calendar


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in Tokyo in October 2021; the 23rd is a Saturday."""
    return datetime(2021, 10, day, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("urgency", "told", "left"),
    [
        (Urgency.NOW, at(20, 3), at(20, 3)),
        (Urgency.TODAY, at(20, 9), at(20, 9)),
        (Urgency.TODAY, at(20, 17, 59), at(20, 17, 59)),
        (Urgency.TODAY, at(20, 18), at(21, 9)),
        (Urgency.TODAY, at(20, 8, 59), at(20, 9)),
        (Urgency.TODAY, at(23, 12), at(23, 12)),
        (Urgency.MERGE, at(20, 9), at(20, 17)),
        (Urgency.MERGE, at(20, 17), at(20, 17)),
        (Urgency.MERGE, at(20, 17, 1), at(21, 17)),
    ],
)
def test_a_company_is_told_at_the_right_hour(urgency: Urgency, told: datetime, left: datetime) -> None:
    row = Row((Side.COMPANY,), urgency)
    assert leaves(row, Side.COMPANY, TIMES, CALENDAR, told) == left


@pytest.mark.parametrize("urgency", [Urgency.TODAY, Urgency.MERGE])
def test_slack_is_told_at_once_by_day_and_in_the_morning_after_a_night(urgency: Urgency) -> None:
    row = Row((Side.EXPERT,), urgency)
    assert leaves(row, Side.EXPERT, TIMES, CALENDAR, at(20, 19, 59)) == at(20, 19, 59)
    assert leaves(row, Side.EXPERT, TIMES, CALENDAR, at(20, 20)) == at(21, 8)


def test_what_waits_for_an_answer_leaves_after_its_time_and_at_a_right_hour() -> None:
    patient = Row((Side.COMPANY,), Urgency.MERGE, waits=timedelta(days=4))
    assert leaves(patient, Side.COMPANY, TIMES, CALENDAR, at(20, 14)) == at(24, 17)
    hasty = Row((Side.COMPANY,), Urgency.NOW, waits=timedelta(seconds=90))
    assert leaves(hasty, Side.COMPANY, TIMES, CALENDAR, at(20, 23)) == at(20, 23) + timedelta(seconds=90)


def test_each_side_has_its_own_urgency() -> None:
    started = table()["session.started"]
    assert started.urgency_for(Side.EXPERT) is Urgency.NOW
    assert started.urgency_for(Side.COMPANY) is Urgency.MERGE


def test_a_record_is_asked_for_before_the_secretariat_has_to_call() -> None:
    assert table()["session.recorded"].waits < timedelta(days=RULES.limits.confirm_days)


def test_the_next_hour_is_never_in_the_past() -> None:
    moment = at(20, 0)
    for _minute in range(0, 2 * 24 * 60, 7):
        moment += timedelta(minutes=7)
        for side in Side:
            assert next_open(side, TIMES, CALENDAR, moment) >= moment
        assert moment <= next_merged(TIMES, CALENDAR, moment) < moment + timedelta(days=1)
