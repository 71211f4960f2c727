"""Travel: paid once for a contract, for visits from far away, with receipts, outside the caps (DOMAIN 8.7)."""

from __future__ import annotations

from dataclasses import dataclass

from locales import _
from services.programme_parts import Money
from services.refusals import Refusal
from services.values import Yen

LONGEST_ROUTE = 200


@dataclass(frozen=True)
class Travel:
    """What an expert asks back for one visit: kilometres one way, yen for there and back, and the way taken."""

    km: int
    yen: Yen
    route: str


def require_payable(travel: Travel, *, visits: int, receipts: int, money: Money) -> None:
    """Refuse travel that the rule does not pay; each refusal names the question that stands in the way.

    `visits` is how many confirmed sessions were given at the company's place. That it is paid once follows
    from there being one claim for a contract (DOMAIN 14 Q9).
    """
    if visits < 1:
        raise Refusal(_("Travel is only paid for visits, and there was none."), about="travel")
    if travel.km < money.travel_from_km:
        raise Refusal(
            _("Travel is paid from {km} km one way.")(km=money.travel_from_km),
            about="travel_km",
        )
    if not 0 < travel.yen <= money.travel_most:
        raise Refusal(
            _("Please give an amount from {at_least} to {at_most}.")(
                at_least=Yen(1), at_most=money.travel_most
            ),
            about="travel_yen",
        )
    if not 0 < len(travel.route.strip()) <= LONGEST_ROUTE:
        raise Refusal(
            _("Please answer in 1 to {at_most} characters.")(at_most=LONGEST_ROUTE), about="travel_route"
        )
    if receipts < 1:
        raise Refusal(_("Please send the receipts of your travel."), about="travel_receipts")
