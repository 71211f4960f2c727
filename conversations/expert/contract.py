"""An expert's contracts: what is to be signed, what runs, and the form that proposes less time or other days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.catalogue import last_support
from conversations.contract_talk import whole
from conversations.contracts_shown import card, change_card, time
from conversations.current import Part, Place, shown_at
from conversations.form import Form
from conversations.menu import COMMANDS
from conversations.messages import Button, Card, Fact, Pressed, Say, Screen, act
from conversations.questions import Day, Duration, Facts, Story
from locales import _
from services.contract_book import LONGEST_REASON, UNKNOWN, outdated
from services.contract_text import Figures
from services.contracts import Contract
from services.plan_content import hours
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

SHOWN = 15
MOST_HOURS = 2000
"""Of a contract; what one may really have follows from the caps."""


# --- the list, and one of them -------------------------------------------------------------------------


async def show_mine(turn: Turn, rest: str) -> None:
    """Every contract of the acting expert: those to sign first."""
    contracts = await turn.services.contracts.mine()
    parts: list[Part] = [await _short(turn.services, one) for one in contracts[:SHOWN]]
    if len(contracts) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(contracts) - SHOWN)))
    turn.say(Screen(_("My contracts"), parts or [Say(_("You have no contract yet."))], ref="contracts"))


COMMANDS["contracts"] = show_mine


async def _short(services: Services, contract: Contract) -> Card:
    buttons = [Button(_("Open"), act("contract.view", i=contract.id))]
    return await card(services, contract, to_company=False, buttons=buttons)


@on("contract.view")
async def view(turn: Turn, pressed: Pressed) -> None:
    """A contract as it stands now, what it says, and what waits for an answer about it."""
    services = turn.services
    contract, to_company = await services.contracts.of_either(number(pressed.act.args, "i"))
    if to_company:
        raise Refusal(UNKNOWN)
    parts: list[Part] = [*await whole(services, contract, to_company=False)]
    turn.say(Screen(_("Contract"), parts, ref=f"contract:{contract.id}"))


# --- less time or other days ---------------------------------------------------------------------------


def _first_end(facts: Facts) -> date:
    start = facts.values.get("period_start")
    return max(start, facts.today) if isinstance(start, date) else facts.today


class LessOrLater(Form):
    """Less time or other days for a contract; `about` is the contract and the revision it was read at."""

    name = "contract.change"
    title = _("Change a contract")
    submit = _("Propose the change")

    hours = Duration(_("How many hours in all?"), at_most=MOST_HOURS, label=_("Hours in all"))
    period_start = Day(_("When does it begin?"), last=last_support, label=_("First day"))
    period_end = Day(_("When does it end?"), first=_first_end, last=last_support, label=_("Last day"))
    reason = Story(
        _("Why should it be changed?"),
        at_most=LONGEST_REASON,
        label=_("Reason"),
        hint=_("The company reads this."),
    )

    async def complete(self, turn: Turn) -> None:
        """Propose it to the company."""
        contract_id, revision = map(int, self.draft.about.split(":"))
        wanted = Figures(self.hours.minutes, self.period_start, self.period_end)
        services = turn.services
        change = await services.contracts.propose_change(contract_id, revision, wanted, self.reason)
        contract, _to_company = await services.contracts.of_either(contract_id)
        turn.say(
            Screen(
                _("Change a contract"),
                [
                    Say(_("We have asked the company. You hear from us when they answer.")),
                    await change_card(services, contract, change, to_company=False),
                ],
            )
        )


@on("contract.propose")
async def propose(turn: Turn, pressed: Pressed) -> None:
    """Write a change, beginning with what the contract says now; from an older button that is shown first."""
    services = turn.services
    contract, _to_company = await services.contracts.of_either(number(pressed.act.args, "i"))
    if not contract.in_support:
        turn.say(Screen(_("Contract"), [await card(services, contract, to_company=False)]))
        return
    if number(pressed.act.args, "r") != contract.revision:
        shown = await card(services, contract, to_company=False, lead=[outdated(contract)])
        turn.say(Screen(_("Contract"), [shown]))
        return
    turn.say(
        Card(
            _("Contract {number}")(number=contract.number),
            facts=[Fact(_("Hours and period"), time(Figures.of(contract)))],
            body=[_("You can propose less time or other days."), services.contracts.why_not_more()],
        )
    )
    present = {
        "hours": hours(contract.minutes),
        "period_start": contract.period_start.isoformat(),
        "period_end": contract.period_end.isoformat(),
    }
    await turn.start(LessOrLater, f"{contract.id}:{contract.revision}", present)


# --- Home ----------------------------------------------------------------------------------------------


@shown_at(Place.CONTRACTS)
async def at_home(services: Services) -> list[Part]:
    """The changes that wait for this expert's answer."""
    if await services.experts.mine() is None:
        return []
    parts: list[Part] = []
    for contract in (await services.contracts.mine())[:SHOWN]:
        change = await services.contracts.open_change(contract.id) if contract.in_support else None
        if change is not None and change.by_sme:
            parts.append(await change_card(services, contract, change, to_company=False))
    return parts
