"""An expert's own registration, to look at; the bank account shows its last digits only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import words
from conversations.acts import on
from conversations.expert.offers import offer_facts, qualification_name
from conversations.expert.registration import ACCOUNT_KIND, AFFILIATION
from conversations.messages import Button, Card, Fact, Pressed, Screen, act
from locales import _
from services import banks
from services.companies import Standing
from services.experts import Expert
from services.refusals import Refusal
from services.values import EmailAddress, PhoneNumber, Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.programme import Programme

CHANGE = Button(_("Change your offer"), act("expert.change"), "primary")


@on("expert.show")
async def show(turn: Turn, pressed: Pressed) -> None:
    """Everything that is registered."""
    expert = await turn.services.experts.mine()
    if expert is None:
        raise Refusal(_("Please register as an expert first."))
    programme = turn.services.programme
    completed = expert.standing == Standing.COMPLETED
    turn.say(
        Screen(
            _("Your registration"),
            [
                Card(
                    expert.display_name,
                    badge=words.STANDING[Standing(expert.standing)],
                    facts=[Fact(_("Number"), expert.number), *offer_facts(programme, expert.offer)],
                    note=_("Companies see this and your qualification, career and track record."),
                    buttons=[CHANGE] if completed else [],
                ),
                _private(expert, programme),
            ],
        )
    )


def _private(expert: Expert, programme: Programme) -> Card:
    """What only the expert and the secretariat know."""
    account = expert.account
    bank = banks.bank(account.bank)
    return Card(
        _("What only you and the secretariat see"),
        facts=[
            Fact(_("Name"), expert.name),
            Fact(_("Affiliation"), AFFILIATION[expert.affiliation]),
            Fact(_("Qualification"), qualification_name(programme, expert.qualification)),
            Fact(_("Phone"), PhoneNumber(expert.phone).masked()),
            Fact(_("E-mail"), EmailAddress(expert.email).masked()),
            Fact(_("Bank"), bank.name),
            Fact(_("Branch"), banks.branch(bank, account.branch).name),
            Fact(_("Kind of account"), ACCOUNT_KIND[account.kind]),
            Fact(_("Account number"), account.number.masked()),
            Fact(_("Account holder"), str(account.holder)),
            Fact(_("Received in the phase before"), _("{amount}")(amount=Yen(expert.phase1_paid_yen))),
        ],
        note=_("To change any of this, please write to the secretariat."),
    )
