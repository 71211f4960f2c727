"""Every figure of DOMAIN 8.2, and what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fees import Quote, Rates, is_unusually_high, largest_minutes_within, quote
from services.refusals import Refusal
from services.values import Yen

RATES = Rates(Yen(3500), Yen(500), 30)

prices = st.integers(501, 100_000).map(Yen)
times = st.integers(1, 2000).map(lambda units: units * 30)


@pytest.mark.parametrize(
    ("price", "hours", "total", "honorarium", "sme_share"),
    [
        (4_000, 30, 120_000, 105_000, 15_000),
        (10_000, 30, 300_000, 105_000, 195_000),
        (3_750, 32, 120_000, 104_000, 16_000),
        (3_000, 40, 120_000, 100_000, 20_000),
        (5_000, 40, 200_000, 140_000, 60_000),
        (4_000, 40, 160_000, 140_000, 20_000),
        (4_000, 85.5, 342_000, 299_250, 42_750),
        (4_000, 86, 344_000, 301_000, 43_000),  # caps belong to the ledger, not here
        (3_333, 1.5, 4_999, 4_249, 750),
    ],
)
def test_costs_are_those_of_the_rules(
    price: int, hours: float, total: int, honorarium: int, sme_share: int
) -> None:
    found = quote(Yen(price), int(hours * 60), RATES)
    assert (found.total, found.honorarium, found.sme_share) == (total, honorarium, sme_share)


def test_a_price_that_leaves_nothing_to_claim_is_refused() -> None:
    for price in (500, 499, 0, -100):
        with pytest.raises(Refusal, match="nothing to claim") as refusal:
            quote(Yen(price), 600, RATES)
        assert refusal.value.about == "price"


@pytest.mark.parametrize("minutes", [0, -30, 45, 1])
def test_time_comes_in_whole_units(minutes: int) -> None:
    with pytest.raises(Refusal, match="steps"):
        quote(Yen(4000), minutes, RATES)


@given(prices, times)
def test_the_parts_add_up_and_nobody_pays_too_little_or_too_much(price: Yen, minutes: int) -> None:
    found: Quote = quote(price, minutes, RATES)
    assert found.honorarium_unit + found.sme_unit == price
    assert found.sme_unit >= 500
    assert 0 < found.honorarium_unit <= 3500
    assert found.total == found.honorarium + found.sme_share
    assert found.sme_share * 60 >= 500 * minutes
    assert found.honorarium * 60 <= 3500 * minutes


@given(prices, times)
def test_more_time_never_costs_anybody_less(price: Yen, minutes: int) -> None:
    less, more = quote(price, minutes, RATES), quote(price, minutes + 30, RATES)
    assert more.total > less.total
    assert more.honorarium >= less.honorarium
    assert more.sme_share >= less.sme_share


@given(prices, times)
def test_a_higher_price_never_lowers_the_honorarium(price: Yen, minutes: int) -> None:
    assert quote(price + 1, minutes, RATES).honorarium >= quote(price, minutes, RATES).honorarium


@given(prices, st.integers(0, 1_500_000).map(Yen))
def test_the_largest_time_is_the_last_that_fits(price: Yen, remaining: Yen) -> None:
    minutes = largest_minutes_within(price, remaining, RATES)
    assert minutes == 0 or quote(price, minutes, RATES).honorarium <= remaining
    assert quote(price, minutes + 30, RATES).honorarium > remaining


def test_the_cap_of_a_company_holds_eighty_five_and_a_half_hours() -> None:
    assert largest_minutes_within(Yen(4000), Yen(300_000), RATES) == 85.5 * 60
    assert largest_minutes_within(Yen(4000), Yen(-1), RATES) == 0


def test_only_prices_above_twenty_thousand_are_unusual() -> None:
    assert not is_unusually_high(Yen(20_000))
    assert is_unusually_high(Yen(20_001))
