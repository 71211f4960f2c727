"""What an expert offers: the questions about it, and the form that changes it after the registration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations.acts import on
from conversations.catalogue import areas, prefectures
from conversations.choices import Choices
from conversations.expert.answers import HourlyPrice
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Pressed, Words, act
from conversations.questions import Facts, Options, Page
from locales import Text, _
from services import fees, postal
from services.experts import EVERYWHERE, Expert, Offer, Way
from services.programme import Programme, by_code
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn

HIGHEST = 100_000
"""Yen an hour; above it the amount was surely mistyped."""
WAYS = {Way.ONLINE.value: _("Online"), Way.VISIT.value: _("On site")}


def regions(facts: Facts) -> Options:
    """The whole country, and the 47 prefectures."""
    return {EVERYWHERE: _("The whole country"), **prefectures(facts)}


def ask_areas() -> Choices:
    """Which areas."""
    return Choices(
        _("Which areas can you help with?"),
        areas,
        label=_("Areas"),
        hint=_("Choose only what you know well. Companies search by these."),
    )


def ask_modes() -> Choices:
    """In which ways."""
    return Choices(_("How do you give support?"), WAYS, label=_("Ways of support"))


def ask_regions() -> Choices:
    """Where to."""
    return Choices(_("Where can you go?"), regions, label=_("Regions"))


def ask_price() -> HourlyPrice:
    """For how much."""
    return HourlyPrice(
        _("What is your price an hour, tax included?"),
        at_most=HIGHEST,
        label=_("Price an hour"),
        hint=_("You agree on the final price in each plan."),
    )


def price_notes(facts: Facts) -> list[Text]:
    """Who pays which part of the price that was given."""
    price = facts.values.get("hourly_price")
    if price is None:
        return []
    unit = fees.honorarium_unit(price, facts.programme.rates)
    notes = [
        _("At {price} an hour the company pays {own} and the programme {honorarium}.")(
            price=price, own=price - unit, honorarium=unit
        )
    ]
    if facts.programme.money.is_unusual(price):
        notes.append(_("This is much more than usual. Companies may ask you why."))
    return notes


def offer_of(form: Form) -> Offer:
    """What was answered; who only works online serves the whole country."""
    values = form.values
    return Offer(values["areas"], values["hourly_price"], values["modes"], values["regions"] or (EVERYWHERE,))


def region_names(regions: Sequence[str]) -> list[Words]:
    """What regions are called."""
    names: dict[str, Words] = {prefecture.name: prefecture.label for prefecture in postal.PREFECTURES}
    return [names.get(region, _("The whole country")) for region in regions]


def offer_facts(programme: Programme, offer: Offer) -> list[Fact]:
    """What an expert offers, for people to read."""
    return [
        Fact(_("Price an hour"), _("{price} an hour")(price=Yen(offer.hourly_price))),
        Fact(_("Areas"), _("{things}")(things=[programme.area(code).label for code in offer.areas])),
        Fact(_("Ways of support"), _("{things}")(things=[WAYS[way] for way in offer.modes])),
        Fact(_("Regions"), _("{things}")(things=region_names(offer.regions))),
    ]


class OfferChange(Form):
    """What an expert offers from now on."""

    name = "expert.offer"
    title = _("Change your offer")
    submit = _("Change it")
    live = frozenset({"hourly_price"})

    page = Page(_("Change your offer"), _("Plans you have sent keep their price."))
    areas = ask_areas()
    modes = ask_modes()
    regions = ask_regions().when(modes.has(Way.VISIT))
    hourly_price = ask_price()

    @classmethod
    def notes(cls, facts: Facts) -> Sequence[Text]:
        """Who pays which part."""
        return price_notes(facts)

    async def complete(self, turn: Turn) -> None:
        """Change it, unless it was changed elsewhere meanwhile."""
        expert = await turn.services.experts.change_offer(offer_of(self), int(self.draft.about))
        turn.say(
            Card(
                _("Your offer was changed."),
                facts=offer_facts(turn.services.programme, expert.offer),
                buttons=[Button(_("Your registration"), act("expert.show"))],
                tone="good",
            )
        )


@on("expert.change")
async def change(turn: Turn, pressed: Pressed) -> None:
    """Change areas, ways, regions or price."""
    expert = await turn.services.experts.require_registered()
    await turn.start(OfferChange, str(expert.revision), _answers(expert))


def _answers(expert: Expert) -> dict[str, str]:
    return {
        "areas": ",".join(expert.areas),
        "modes": ",".join(expert.modes),
        "regions": ",".join(expert.regions),
        "hourly_price": str(expert.hourly_price_yen),
    }


def qualification_name(programme: Programme, code: str | None) -> Words:
    """What a qualification is called."""
    return by_code(programme.qualifications, code).label if code else "-"
