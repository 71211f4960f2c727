"""Withholding by the tax law's own figures, and by rates of the programme and of one payee."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.programme import load
from services.values import Yen
from services.withholding import BY_LAW, NONE, Rate, of_programme, withheld


@pytest.mark.parametrize(
    ("gross", "tax"),
    [
        (0, 0),
        (1, 0),
        (9, 0),
        (10, 1),
        (50_000, 5_105),
        (104_000, 10_618),
        (299_250, 30_553),
        (999_999, 102_099),
        (1_000_000, 102_100),
        (1_000_001, 102_100),
        (1_000_005, 102_101),
        (1_500_000, 204_200),
        (2_000_000, 306_300),
    ],
)
def test_the_law_withholds_what_the_tax_office_prints(gross: int, tax: int) -> None:
    assert withheld(Yen(gross), BY_LAW) == tax


def test_nothing_is_withheld_from_whom_nothing_is_to_be_withheld() -> None:
    assert withheld(Yen(3_000_000), NONE) == 0
    assert NONE.nothing
    assert not BY_LAW.nothing


def test_the_programme_withholds_nothing_until_it_says_so() -> None:
    money = load("phase2").money
    assert of_programme(money).nothing
    turned = replace(money, withholding_percent=Decimal("10.21"), withholding_percent_above=Decimal("20.42"))
    assert of_programme(turned) == BY_LAW


def test_a_negative_payment_is_no_payment() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        withheld(Yen(-1), BY_LAW)


@given(
    gross=st.integers(0, 10_000_000),
    percent=st.decimals(0, 100, places=3),
    above=st.decimals(0, 100, places=3),
    over=st.integers(0, 5_000_000),
)
def test_no_more_is_withheld_than_there_is(gross: int, percent: Decimal, above: Decimal, over: int) -> None:
    rate = Rate(percent, above, Yen(over))
    assert 0 <= rate.of(Yen(gross)) <= gross
