"""A company's contracts: where each stands, and what is to be answered now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.contract_talk import whole
from conversations.contracts_shown import change_card
from conversations.messages import Message, Pressed
from conversations.sme.menu import MORE
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


async def standing(turn: Turn, company: Company) -> list[Message]:
    """The changes that wait for this company's answer, in its status."""
    services, said = turn.services, []
    for contract in (await services.contracts.for_company(company.id))[:SHOWN]:
        change = await services.contracts.open_change(contract.id) if contract.in_support else None
        if change is not None and not change.by_sme:
            said.append(await change_card(services, contract, change, to_company=True))
    return [*said]


MORE.append(standing)
