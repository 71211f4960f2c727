"""Public numbers survive being read out, copied and mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import numbers
from services.refusals import Refusal

NUMBER = numbers.make("A", 123)


@pytest.mark.parametrize(
    "typed", [NUMBER, NUMBER.lower(), NUMBER.replace("-", ""), "ａ－" + NUMBER[2:], "A " + NUMBER[2:]]
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert numbers.read(typed) == NUMBER == "A-00123" + NUMBER[-1]


def test_the_letter_may_be_left_out_where_the_kind_is_clear() -> None:
    assert numbers.read(NUMBER[2:], "A") == NUMBER


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    one = numbers.make("A", 1)
    assert numbers.read(one.replace("0", "O").replace("1", "l")) == one


@given(st.sampled_from("ACEP"), st.integers(1, 9_999_999), st.data())
def test_every_single_mistyped_digit_is_noticed(prefix: str, serial: int, data: st.DataObject) -> None:
    number = numbers.make(prefix, serial)
    place = data.draw(st.integers(2, len(number) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(Refusal):
        numbers.read(number[:place] + digit + number[place + 1 :])


@given(st.integers(1, 9_999_999), st.integers(2, 7))
def test_two_swapped_digits_are_noticed(serial: int, place: int) -> None:
    number = numbers.make("A", serial)
    swapped = (
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if place + 1 < len(number)
        else ""
    )
    if swapped and swapped != number:
        with pytest.raises(Refusal):
            numbers.read(swapped)


def test_another_kind_is_refused_where_one_is_expected() -> None:
    with pytest.raises(Refusal):
        numbers.read(NUMBER, "C")
    with pytest.raises(Refusal):
        numbers.read("C" + NUMBER[1:])


def test_what_is_no_number_is_asked_again_with_an_example_of_the_kind() -> None:
    with pytest.raises(Refusal) as refusal:
        numbers.read("案件の番号", "P")
    assert refusal.value.reason.values["example"] == numbers.make("P", 1)
