"""How much income tax is withheld from one payment: pure arithmetic on gross yen (DOMAIN 8.6).

Everything else in the programme is gross; this is subtracted once, when a payment is drawn up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from services.programme_parts import Money
from services.values import Yen


@dataclass(frozen=True)
class Rate:
    """Percent of a payment up to `over`, and of what is above it."""

    percent: Decimal
    percent_above: Decimal
    over: Yen

    @property
    def nothing(self) -> bool:
        """Whether nothing is ever withheld."""
        return self.percent == 0 and self.percent_above == 0

    def of(self, gross: Yen) -> Yen:
        """What is withheld from this payment."""
        return withheld(gross, self)


NONE = Rate(Decimal(0), Decimal(0), Yen(1_000_000))
"""Companies, and everybody of whom the tax adviser says so."""
BY_LAW = Rate(Decimal("10.21"), Decimal("20.42"), Yen(1_000_000))
"""What general law withholds from individuals who advise businesses (DOMAIN 8.6, A6)."""


def of_programme(money: Money) -> Rate:
    """The programme's own rate, for payees that have none of their own."""
    return Rate(money.withholding_percent, money.withholding_percent_above, Yen(money.withholding_over))


def withheld(gross: Yen, rate: Rate) -> Yen:
    """The yen withheld from one payment of `gross` yen, floored to whole yen; raises ValueError below zero."""
    if gross < 0:
        raise ValueError("nothing is withheld from less than nothing")
    low, high = min(gross, rate.over), max(gross - rate.over, 0)
    tax = (Decimal(int(low)) * rate.percent + Decimal(int(high)) * rate.percent_above) / 100
    return Yen(int(tax.to_integral_value(ROUND_FLOOR)))
