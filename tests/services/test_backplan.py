"""Counted backwards over reviews, holidays and the days that people have: by when something must be done."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.backplan import GOALS, Task, latest_start, steps
from services.programme import Deadline, Programme
from services.programme_parts import Window
from tests.programmes import BOTH, HARBOUR, PHASE2, for_each_programme

NOW = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)


def by(programme: Programme, goal: Deadline, queue_days: int = 0, **how: bool) -> dict[Task, str]:
    """The days as month and day."""
    return {one.what: f"{one.by:%m-%d}" for one in steps(programme, goal, NOW, queue_days, **how)}


def closing(day: date) -> Programme:
    """The programme with another last day for contracts, and the deadlines after it far away."""
    first = date(2021, 4, 26)
    later = {one: Window(first, date(2022, 6, 30)) for one in Deadline if one is not Deadline.REGISTRATION}
    dates = PHASE2.dates | later | {Deadline.CONTRACT: Window(first, day)}
    return replace(PHASE2, dates=dates)


def test_for_a_contract_by_the_seventeenth_a_plan_is_agreed_on_by_the_tenth() -> None:
    assert by(PHASE2, Deadline.CONTRACT) == {
        Task.REGISTRATION: "11-01",
        Task.CASE: "11-30",
        Task.PLAN: "12-10",
        Task.CONTRACT: "12-17",
    }


def test_a_claim_leaves_the_company_its_days_and_nothing_falls_on_a_holiday_before_it() -> None:
    assert by(PHASE2, Deadline.CLAIM) == {
        Task.REGISTRATION: "11-01",
        Task.CASE: "11-30",
        Task.PLAN: "12-10",
        Task.CONTRACT: "12-17",
        Task.SUPPORT: "01-05",
        Task.REPORT: "01-05",
        Task.CLAIM: "01-10",
    }
    assert by(PHASE2, Deadline.REPORT)[Task.REPORT] == "01-10"
    assert by(PHASE2, Deadline.SUPPORT)[Task.SUPPORT] == "01-10"


@pytest.mark.parametrize(
    ("contract", "plan"),
    [
        (date(2021, 7, 28), date(2021, 7, 19)),  # 07-22 and 07-23 were moved there
        (date(2021, 8, 13), date(2021, 8, 5)),  # so was 08-09
        (date(2021, 10, 14), date(2021, 10, 7)),  # and nothing is left on 10-11
        (date(2021, 11, 26), date(2021, 11, 18)),  # 11-23
        (date(2022, 1, 6), date(2021, 12, 24)),  # closed from 12-29 to 01-03
        (date(2022, 1, 12), date(2022, 1, 4)),  # 01-10
    ],
)
def test_reviews_do_not_go_on_while_the_office_is_closed(contract: date, plan: date) -> None:
    road = steps(closing(contract), Deadline.CONTRACT, NOW)
    assert {one.what: one.by for one in road}[Task.PLAN] == plan


def test_a_long_queue_moves_everything_forward() -> None:
    assert by(PHASE2, Deadline.CONTRACT, 2) == by(PHASE2, Deadline.CONTRACT)
    assert by(PHASE2, Deadline.CONTRACT, 8) == {
        Task.REGISTRATION: "10-29",
        Task.CASE: "11-15",
        Task.PLAN: "12-03",
        Task.CONTRACT: "12-17",
    }


def test_a_direct_request_needs_no_case() -> None:
    assert by(PHASE2, Deadline.CONTRACT, 20, through_case=False) == {
        Task.REGISTRATION: "10-14",
        Task.PLAN: "11-16",
        Task.CONTRACT: "12-17",
    }


def test_what_should_have_been_done_is_late() -> None:
    road = steps(PHASE2, Deadline.CONTRACT, datetime(2021, 12, 10, 15, 0, tzinfo=UTC))
    assert [(one.what, one.late) for one in road] == [
        (Task.REGISTRATION, True),
        (Task.CASE, True),
        (Task.PLAN, True),
        (Task.CONTRACT, False),
    ]
    assert not steps(PHASE2, Deadline.CONTRACT, datetime(2021, 12, 10, 14, 59, tzinfo=UTC))[2].late


def test_the_invented_programme_has_its_own_days() -> None:
    assert by(HARBOUR, Deadline.CLAIM) == {
        Task.REGISTRATION: "07-17",
        Task.CASE: "09-01",
        Task.PLAN: "09-11",
        Task.CONTRACT: "09-15",
        Task.SUPPORT: "10-20",
        Task.REPORT: "10-31",
        Task.CLAIM: "11-13",
    }


@given(st.sampled_from(BOTH), st.sampled_from(Deadline), st.integers(0, 25))
def test_what_is_handed_in_on_its_last_evening_is_through_in_time(
    programme: Programme, goal: Deadline, queue_days: int
) -> None:
    road = steps(programme, goal, NOW, queue_days)
    calendar, last = programme.calendar, {one.what: one.by for one in road}
    assert road[-1].what is GOALS[goal]
    assert [one.by for one in road] == sorted(one.by for one in road)
    for task, after in ((Task.PLAN, Task.CONTRACT), (Task.CASE, Task.PLAN), (Task.REGISTRATION, Task.CASE)):
        if after in last:
            evening = datetime(*last[task].timetuple()[:3], 14, 59, 59, tzinfo=UTC)
            due = calendar.due(evening, max(queue_days, calendar.review_business_days))
            assert due.date() < last[after]
    if Task.CLAIM in last:
        assert last[Task.CLAIM] - last[Task.REPORT] >= timedelta(days=programme.limits.confirm_days)


@for_each_programme
def test_support_begins_early_enough_for_the_hours_of_a_day(programme: Programme) -> None:
    last, most = programme.dates[Deadline.SUPPORT].closes, programme.limits.most_minutes_a_day
    assert latest_start(programme, 0) == latest_start(programme, most) == last
    assert latest_start(programme, most + 1) == last - timedelta(days=1)
    assert latest_start(programme, 10 * most) == last - timedelta(days=9)
