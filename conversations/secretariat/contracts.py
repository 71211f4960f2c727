"""Contracts as the secretariat sees them: which wait for signatures, and what became of one after that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conversations import contracts_shown as shown
from conversations.acts import number, on
from conversations.current import CARDS, Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Heading, Pressed, Say, Screen, act
from locales import _
from services.contract_book import STATES, UNKNOWN
from services.contract_text import Figures
from services.contracts import Contract, ContractState
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

SHOWN = 10
DAYS_NEAR = 7
"""So many days before contracts close, what is not signed yet is shown as urgent."""


async def _facts(services: Services, contract: Contract) -> list[Fact]:
    """Numbers, time and money of a contract; no names and no words of people."""
    company, expert = await services.contracts.parties(contract)
    quote = services.contracts.quote(contract)
    facts = [
        Fact(_("Company"), company.number),
        Fact(_("Expert"), expert.number),
        Fact(_("Hours and period"), shown.time(Figures.of(contract))),
        Fact(_("Honorarium from the programme"), _("{amount}")(amount=quote.honorarium)),
        Fact(_("Revision"), str(contract.revision)),
        shown.check_number(contract.digest),
    ]
    if contract.concluded_at is not None:
        facts.append(Fact(_("Concluded at"), _("{when}")(when=contract.concluded_at)))
    return facts


async def contract_card(services: Services, contract_id: int) -> Card:
    """The card of a contract that was changed, cancelled or ended early, as it stands now."""
    contract = await services.contracts.get(contract_id)
    assert contract is not None
    state = ContractState(contract.state)
    return Card(
        _("Contract {number}")(number=contract.number),
        badge=STATES[state],
        facts=await _facts(services, contract),
        buttons=[Button(_("Open"), act("contract.inspect", i=contract.id))],
        tone=shown.TONES.get(state, "plain"),
    )


CARDS["contract"] = contract_card


@on("contract.inspect")
async def inspect(turn: Turn, pressed: Pressed) -> None:
    """A contract, both sides by name, and its text."""
    services = turn.services
    await services.secretariat.require()
    contract = await services.contracts.get(number(pressed.act.args, "i"))
    if contract is None:
        raise Refusal(UNKNOWN)
    company, expert = await services.contracts.parties(contract)
    plan = await services.contracts.plan(contract)
    whole = await contract_card(services, contract.id)
    people = [
        Fact(_("Company"), company.name),
        Fact(_("Expert"), expert.name),
        Fact(_("Plan"), plan.number),
        *([Fact(_("Reason"), contract.end_reason)] if contract.end_reason else []),
    ]
    buttons = [shown.read_button(contract)] if contract.paper_id is not None else []
    whole = replace(whole, facts=[*whole.facts, *people], buttons=buttons)
    turn.say(Screen(_("Contract"), [whole], ref=f"contract:{contract.id}"))


@shown_at(Place.CONTRACTS)
async def unsigned(services: Services) -> list[Part]:
    """The contracts that wait for a signature at the secretariat's Home, and whether time is short."""
    if not await services.secretariat.includes_me():
        return []
    contracts = await services.contracts.unsigned()
    if not contracts:
        return []
    last = services.programme.today(services.contracts.sign_by())
    left = (last - services.programme.today(services.now)).days
    parts: list[Part] = [Heading(_("Contracts: {count} wait for signatures")(count=len(contracts)))]
    if left <= DAYS_NEAR:
        parts.append(Say(_("They can be signed until {day}: {count} days left.")(day=last, count=left)))
    for contract in contracts[:SHOWN]:
        company, expert = await services.contracts.parties(contract)
        parts.append(
            Card(
                _("Contract {number}")(number=contract.number),
                badge=STATES[ContractState(contract.state)],
                facts=[
                    Fact(_("Company"), company.number),
                    Fact(_("Expert"), expert.number),
                    Fact(_("Ready since"), _("{when}")(when=contract.made_at)),
                ],
                buttons=[Button(_("Open"), act("contract.inspect", i=contract.id))],
                tone="bad" if left <= DAYS_NEAR else "plain",
            )
        )
    if len(contracts) > SHOWN:
        parts.append(Say(_("And {count} more.")(count=len(contracts) - SHOWN)))
    return parts
