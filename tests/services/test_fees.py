"""Every figure of DOMAIN 8.2, and what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fees import Quote, Rates, largest_minutes_within, quote
from services.programme import Programme
from services.refusals import Refusal
from services.values import Yen
from tests.programmes import for_each_programme

RATES = Rates(Yen(3500), Yen(500), 30)

above = st.integers(1, 100_000)
"""Yen an hour above the least that a company pays itself."""
units = st.integers(1, 4000)
"""The programme's smallest units of time."""


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


def test_the_invented_programme_rounds_in_quarters_of_an_hour() -> None:
    rates = Rates(Yen(4321), Yen(604), 15)
    found = quote(Yen(5001), 75, rates)
    assert (found.total, found.honorarium, found.sme_share) == (6_251, 5_401, 850)
    assert quote(Yen(605), 15, rates).honorarium == 0


@for_each_programme
def test_a_price_that_leaves_nothing_to_claim_is_refused(programme: Programme) -> None:
    least = programme.money.self_paid_minimum
    for price in (least, least - 1, 0, -100):
        with pytest.raises(Refusal, match="nothing to claim") as refusal:
            quote(Yen(price), 600, programme.rates)
        assert refusal.value.about == "price"


@for_each_programme
@pytest.mark.parametrize("minutes", [0, -30, 40, 1])
def test_time_comes_in_whole_units(programme: Programme, minutes: int) -> None:
    with pytest.raises(Refusal, match="steps"):
        quote(Yen(4000), minutes, programme.rates)


@for_each_programme
@given(above=above, units=units)
def test_the_parts_add_up_and_nobody_pays_too_little_or_too_much(
    programme: Programme, above: int, units: int
) -> None:
    money, minutes = programme.money, units * programme.money.unit_minutes
    price = money.self_paid_minimum + above
    found: Quote = quote(price, minutes, programme.rates)
    assert found.honorarium_unit + found.sme_unit == price
    assert found.sme_unit >= money.self_paid_minimum
    assert 0 < found.honorarium_unit <= money.honorarium_cap
    assert found.total == found.honorarium + found.sme_share
    assert found.sme_share * 60 >= money.self_paid_minimum * minutes
    assert found.honorarium * 60 <= money.honorarium_cap * minutes


@for_each_programme
@given(above=above, units=units)
def test_more_time_never_costs_anybody_less(programme: Programme, above: int, units: int) -> None:
    unit, price = programme.money.unit_minutes, programme.money.self_paid_minimum + above
    less, more = (quote(price, minutes * unit, programme.rates) for minutes in (units, units + 1))
    assert more.total > less.total
    assert more.honorarium >= less.honorarium
    assert more.sme_share >= less.sme_share


@for_each_programme
@given(above=above, units=units)
def test_a_higher_price_never_lowers_the_honorarium(programme: Programme, above: int, units: int) -> None:
    price, minutes = programme.money.self_paid_minimum + above, units * programme.money.unit_minutes
    higher = quote(price + 1, minutes, programme.rates)
    assert higher.honorarium >= quote(price, minutes, programme.rates).honorarium


@for_each_programme
@given(above=above, remaining=st.integers(0, 1_500_000).map(Yen))
def test_the_largest_time_is_the_last_that_fits(programme: Programme, above: int, remaining: Yen) -> None:
    price, rates = programme.money.self_paid_minimum + above, programme.rates
    minutes = largest_minutes_within(price, remaining, rates)
    assert minutes == 0 or quote(price, minutes, rates).honorarium <= remaining
    assert quote(price, minutes + rates.unit_minutes, rates).honorarium > remaining


def test_the_cap_of_a_company_holds_eighty_five_and_a_half_hours() -> None:
    assert largest_minutes_within(Yen(4000), Yen(300_000), RATES) == 85.5 * 60
    assert largest_minutes_within(Yen(4000), Yen(-1), RATES) == 0


@for_each_programme
def test_only_prices_above_what_the_programme_says_are_unusual(programme: Programme) -> None:
    usual = programme.money.unusual_price
    assert not programme.money.is_unusual(usual)
    assert programme.money.is_unusual(usual + 1)
