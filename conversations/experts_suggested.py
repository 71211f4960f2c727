"""How a suggested expert looks to whoever has to choose: in short, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.experts_shown import WAY, areas_of, regions_of
from conversations.messages import Button, Card, Fact, Words
from conversations.reports_shown import reputation_facts
from locales import Text, _
from services import fees
from services.experts import Expert, Way
from services.formation_rules import all_of
from services.programme import Programme
from services.report_book import Reputation
from services.suggestion_scores import Reason
from services.values import Yen

MOST_REASONS = 6


def suggested_card(
    expert: Expert,
    programme: Programme,
    reputation: Reputation,
    *,
    reasons: Sequence[Words] = (),
    note: Words | None = None,
    buttons: Sequence[Button] = (),
) -> Card:
    """An expert in the lines by which one chooses: areas, price and what of it the company pays, where, and why."""
    return Card(
        expert.display_name,
        facts=[
            Fact(_("Areas"), areas_of(expert, programme)),
            Fact(_("Hourly price"), _("{price} an hour")(price=Yen(expert.hourly_price_yen))),
            Fact(_("The company pays"), _("{price} an hour")(price=own_share(expert, programme))),
            Fact(_("Ways of support"), _ways(expert)),
            *reputation_facts(reputation),
        ],
        body=[all_of([_("• {reason}")(reason=reason) for reason in reasons])] if reasons else [],
        note=note,
        buttons=buttons,
    )


def own_share(expert: Expert, programme: Programme) -> Yen:
    """What a company pays of an hour at the expert's price (DOMAIN 8.1)."""
    price = Yen(expert.hourly_price_yen)
    return price - fees.honorarium_unit(price, programme.rates)


def told(reasons: Sequence[Reason]) -> list[Text]:
    """The weightiest reasons why the two fit; what is said of the case alone stands on its card anyway."""
    return [reason.text for reason in reasons if not reason.of_case][:MOST_REASONS]


def _ways(expert: Expert) -> Text:
    ways = _("{things}")(things=[WAY[Way(mode)] for mode in expert.modes])
    if Way.VISIT not in expert.modes:
        return ways
    return _("{ways} ({regions})")(ways=ways, regions=regions_of(expert))
