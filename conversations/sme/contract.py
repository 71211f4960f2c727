"""A company's contracts: where each stands, and what is to be answered now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.asked import ON_LINE
from conversations.contract_talk import StepBack, Termination, whole
from conversations.contracts_shown import card, change_card
from conversations.menu import MENU
from conversations.messages import Deck, Message, Pressed, Say
from conversations.sme.menu import MORE, OFFERED_ELSEWHERE, STATUS
from locales import _
from services.contract_book import UNKNOWN
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.companies import Company

SHOWN = 3


@on("contract.open")
async def open_contract(turn: Turn, pressed: Pressed) -> None:
    """A contract as it stands now, and what waits for an answer about it."""
    services = turn.services
    contract, to_company = await services.contracts.of_either(number(pressed.act.args, "i"))
    if not to_company:
        raise Refusal(UNKNOWN)
    turn.say(*await whole(services, contract, to_company=True))


@on("menu.contract")
async def contract_menu(turn: Turn, pressed: Pressed) -> None:
    """The contracts, from the menu below the chat."""
    await show_contracts(turn)


async def show_contracts(turn: Turn) -> None:
    """The contract that goes on, with all that can be done; several are shown side by side."""
    company = await turn.services.companies.mine()
    found = await turn.services.contracts.for_company(company.id) if company is not None else []
    current = [one for one in found if one.to_sign or one.in_support] or found[:1]
    if len(current) == 1:
        turn.say(*await whole(turn.services, current[0], to_company=True))
    elif current:
        cards = [await card(turn.services, one, to_company=True) for one in current[:SHOWN]]
        turn.say(Deck(_("Your {count} contracts")(count=len(current)), cards, quick=[STATUS]))
    else:
        turn.say(Say(_("You have no contract yet."), quick=[STATUS, MENU]))


ON_LINE["contracts"] = show_contracts


async def standing(turn: Turn, company: Company) -> list[Message]:
    """The changes that wait for this company's answer, in its status."""
    services, said = turn.services, []
    for contract in (await services.contracts.for_company(company.id))[:SHOWN]:
        change = await services.contracts.open_change(contract.id) if contract.in_support else None
        if change is not None and not change.by_sme:
            said.append(await change_card(services, contract, change, to_company=True))
    return [*said]


MORE.append(standing)
OFFERED_ELSEWHERE.update({StepBack.name, Termination.name})
