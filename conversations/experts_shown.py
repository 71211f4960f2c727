"""How an expert looks to a company: the public part of the profile and nothing else (DOMAIN 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.cases_shown import cut
from conversations.messages import Button, Card, Fact, Words
from conversations.reports_shown import reputation_facts
from locales import Text, _
from services.experts import EVERYWHERE, Expert, Way
from services.programme import Programme, by_code
from services.report_book import Reputation
from services.tips import mask_contacts
from services.values import Yen

WAY = {Way.ONLINE: _("Online"), Way.VISIT: _("On site")}
MOST_AREAS = 5
MOST_REGIONS = 6


def expert_card(
    expert: Expert,
    programme: Programme,
    reputation: Reputation,
    *,
    badge: Words | None = None,
    note: Words | None = None,
    buttons: Sequence[Button] = (),
) -> Card:
    """An expert as companies see one."""
    return Card(
        expert.display_name,
        badge=badge or expert.number,
        facts=[*facts_of(expert, programme), *reputation_facts(reputation)],
        body=[cut(mask_contacts(expert.career))],
        note=note,
        buttons=buttons,
    )


def facts_of(expert: Expert, programme: Programme) -> list[Fact]:
    """Number, areas, price, way, regions and qualification."""
    facts = [
        Fact(_("Number"), expert.number),
        Fact(_("Areas"), areas_of(expert, programme)),
        Fact(_("Hourly price"), _("{price} an hour")(price=Yen(expert.hourly_price_yen))),
        Fact(_("Ways of support"), _("{things}")(things=[WAY[Way(mode)] for mode in expert.modes])),
    ]
    if expert.regions:
        facts.append(Fact(_("Regions"), regions_of(expert)))
    if expert.qualification is not None:
        facts.append(Fact(_("Qualification"), by_code(programme.qualifications, expert.qualification).label))
    return facts


def areas_of(expert: Expert, programme: Programme) -> Text:
    """The first few areas, and how many more there are."""
    return _few([programme.area(code).label for code in expert.areas], MOST_AREAS)


def regions_of(expert: Expert) -> Text:
    """Where the expert goes."""
    if EVERYWHERE in expert.regions:
        return _("The whole country")
    return _few(expert.regions, MOST_REGIONS)


def _few(things: Sequence[object], most: int) -> Text:
    if len(things) <= most:
        return _("{things}")(things=list(things))
    return _("{things} and {count} more")(things=list(things[:most]), count=len(things) - most)
