"""What a month will take, and what a case took."""

from datetime import datetime

import pytest

from services.clock import TOKYO
from services.push_forecast import PerCase, Told, forecast, month_of, per_case

PAID = ("payment.company",)


@pytest.mark.parametrize(
    ("used", "day", "hour", "expected"),
    [
        (0, 1, 0, 0),
        (10, 1, 1, 100),
        (1000, 16, 0, 2000),
        (3000, 30, 23, 3004),
        (5, 4, 0, 50),
    ],
)
def test_a_month_goes_on_as_it_began(used: int, day: int, hour: int, expected: int) -> None:
    assert forecast(used, datetime(2021, 11, day, hour, tzinfo=TOKYO)) == expected


def test_december_ends_with_the_year() -> None:
    first, following = month_of(datetime(2021, 12, 31, 23, 59, tzinfo=TOKYO))
    assert (first.date().isoformat(), following.date().isoformat()) == ("2021-12-01", "2022-01-01")


def told(company: int, person: int, pushed: int, *kinds: str) -> list[Told]:
    """So many pushes, or one answer that carried these for nothing."""
    return [Told(company, person, bool(pushed), kinds)] * max(pushed, 1)


def test_a_case_is_everything_up_to_the_payment() -> None:
    letters = [*told(1, 1, 9, "plan.sent"), *told(1, 1, 1, *PAID), *told(1, 1, 3, "case.published")]
    assert per_case(letters) == PerCase(1, 10, 10)


def test_a_second_case_is_counted_from_the_end_of_the_first() -> None:
    letters = [*told(1, 1, 4), *told(1, 1, 0, *PAID), *told(1, 1, 6), *told(1, 1, 1, *PAID)]
    assert per_case(letters) == PerCase(2, 5.5, 7)


def test_what_several_people_of_a_company_are_pushed_is_added_up() -> None:
    letters = [*told(1, 1, 2), *told(1, 2, 3), *told(1, 1, 1, *PAID), *told(1, 2, 1, *PAID)]
    assert per_case(letters) == PerCase(1, 7, 7)


def test_companies_are_compared_and_open_cases_left_out() -> None:
    letters = [*told(1, 1, 3, *PAID), *told(2, 2, 50, "plan.sent")]
    assert per_case(letters).cases == 3
    assert per_case(told(2, 2, 50, "plan.sent")) == PerCase()
