"""What an hour of support costs, who pays which part of it, and nothing about caps (DOMAIN 8.1 to 8.3)."""

from dataclasses import dataclass

from locales import _
from services.refusals import Refusal
from services.values import Yen


@dataclass(frozen=True)
class Rates:
    """The programme's rates: yen an hour, tax included, and the smallest unit of time in minutes."""

    honorarium_cap: Yen
    self_paid_minimum: Yen
    unit_minutes: int


@dataclass(frozen=True)
class Quote:
    """What `minutes` at `price` an hour cost; the parts add up to the whole."""

    price: Yen
    minutes: int
    total: Yen
    honorarium: Yen
    sme_share: Yen
    honorarium_unit: Yen
    sme_unit: Yen


def honorarium_unit(price: Yen, rates: Rates) -> Yen:
    """Yen an hour that the programme pays (DOMAIN 8.1); refuses a price that leaves nothing to claim."""
    if price <= rates.self_paid_minimum:
        raise Refusal(
            _(
                "The company pays at least {minimum} an hour itself, so at this price there is nothing to claim."
            )(minimum=rates.self_paid_minimum),
            about="price",
        )
    return min(rates.honorarium_cap, price - rates.self_paid_minimum)


def quote(price: Yen, minutes: int, rates: Rates) -> Quote:
    """The cost of `minutes` in all, computed once on their sum; refuses what is not whole units (DOMAIN 8.2)."""
    unit = honorarium_unit(price, rates)
    if minutes <= 0 or minutes % rates.unit_minutes:
        raise Refusal(
            _("Please give the time in steps of {minutes} minutes.")(minutes=rates.unit_minutes),
            about="hours",
        )
    total = Yen(price * minutes // 60)
    honorarium = Yen(unit * minutes // 60)
    return Quote(price, minutes, total, honorarium, total - honorarium, unit, price - unit)


def largest_minutes_within(price: Yen, remaining_honorarium: Yen, rates: Rates) -> int:
    """The most minutes, in whole units, whose honorarium still fits into what remains; 0 if none do."""
    if remaining_honorarium < 0:
        return 0
    # The honorarium is floored, so it fits as long as it stays below one yen more than what remains.
    minutes = (60 * (remaining_honorarium + 1) - 1) // honorarium_unit(price, rates)
    return minutes - minutes % rates.unit_minutes
