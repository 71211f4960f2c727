"""The secretariat sets how much tax is withheld from one expert: a rate to choose, a reason to give (DOMAIN 8.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.choices import Choice
from conversations.form import Form
from conversations.menu import COMMANDS
from conversations.messages import Card, Fact, Pressed
from conversations.questions import Facts, Line, Options
from locales import _
from services.payees import LONGEST_REASON, Kind, set_rate
from services.refusals import Refusal
from services.withholding import BY_LAW, Rate, of_programme

if TYPE_CHECKING:
    from conversations.turn import Turn


def _percent(rate: Rate) -> dict[str, object]:
    return {
        "percent": f"{rate.percent.normalize():f}",
        "over": rate.over,
        "above": f"{rate.percent_above.normalize():f}",
    }


def rates(facts: Facts) -> Options:
    """The rates there are, with their figures."""
    return {
        Kind.PROGRAMME.value: _("As the programme: {percent} %, above {over} {above} %")(
            **_percent(of_programme(facts.programme.money))
        ),
        Kind.NONE.value: _("None (company, or the adviser says so)"),
        Kind.BY_LAW.value: _("By law: {percent} %, above {over} {above} %")(**_percent(BY_LAW)),
    }


class WithholdingRate(Form):
    """How much is withheld from one expert from the next payment on."""

    name = "withholding"
    title = _("Withholding")
    submit = _("Set it")

    payee = Line(_("Which expert?"), at_most=20, label=_("Expert"), hint=_("The number, such as E-000014."))
    rate = Choice(_("How much is withheld?"), rates, label=_("Rate"))
    reason = Line(_("For which reason?"), at_most=LONGEST_REASON, label=_("Reason"))

    async def complete(self, turn: Turn) -> None:
        """Set the rate, and say what holds now."""
        services = turn.services
        await services.secretariat.require()
        expert = await services.experts.by_number(self.payee)
        if expert is None:
            raise Refusal(_("We found no expert with this number."), about="payee")
        await set_rate(services, expert.id, Kind(self.rate), self.reason)
        turn.say(
            Card(
                _("Withholding"),
                facts=[
                    Fact(_("Expert"), expert.number),
                    Fact(_("Rate"), rates(self.facts)[self.rate]),
                    Fact(_("Reason"), self.reason),
                ],
                body=[_("It holds from the next payment on.")],
                tone="good",
            )
        )


@on("withholding.change")
async def change(turn: Turn, pressed: Pressed) -> None:
    """Change the rate of the expert of a claim."""
    await turn.services.secretariat.require()
    expert = await turn.services.experts.get(number(pressed.act.args, "i"))
    if expert is None:
        raise Refusal(_("We found no expert with this number."))
    await turn.start(WithholdingRate, str(expert.id), {"payee": expert.number})


async def by_command(turn: Turn, rest: str) -> None:
    """Set the rate of an expert whose number may follow the command."""
    await turn.services.secretariat.require()
    await turn.start(WithholdingRate, rest, {"payee": rest} if rest else {})


COMMANDS["withholding"] = by_command
