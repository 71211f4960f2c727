"""An expert gives another account for the honorarium, because a payment did not arrive or the bank changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import on
from conversations.choices import Choice, Documents
from conversations.expert.banks import AccountNumber, BankChoice, BranchChoice
from conversations.expert.registration import ACCOUNT_KIND
from conversations.form import Form
from conversations.messages import Button, Card, Message, Pressed, act
from conversations.notices import worded
from conversations.payments_shown import account
from conversations.questions import Line, Page
from locales import _
from services.accounts import Accounts
from services.expert_records import Account, AccountKind
from services.values import AccountHolderKana

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

CORRECT = Button(_("Give another account"), act("account.correct"), "primary")


class AccountCorrection(Form):
    """Bank, branch, account and holder, with pictures of the passbook."""

    name = "account"
    title = _("Account for the honorarium")
    submit = _("Send")

    banking = Page(_("Bank account"), _("The secretariat compares it with your passbook, then pays."))
    bank = BankChoice(
        _("Which bank is it?"), label=_("Bank"), hint=_("Type its name or its code and choose it.")
    )
    bank_branch = BranchChoice(
        _("Which branch?"), label=_("Branch"), hint=_("Type its name or its code and choose it.")
    ).follows(bank)
    account_kind = Choice(_("Which kind of account?"), ACCOUNT_KIND, label=_("Kind of account"))
    account_number = AccountNumber(
        _("What is the account number?"),
        label=_("Account number"),
        hint=_("Up to 7 digits. For Japan Post Bank the number for transfers."),
    )
    account_holder = Line(
        _("Who is the account holder, in kana?"),
        AccountHolderKana,
        at_most=60,
        label=_("Account holder"),
        hint=_("As in the passbook. It should be your own account."),
    )
    passbook = Documents(
        _("Please send the cover and the first inner pages of the passbook."),
        purpose="passbook",
        at_least=2,
        label=_("Passbook"),
        hint=_("Two files. Without a paper passbook, two screenshots that show everything."),
    )

    async def complete(self, turn: Turn) -> None:
        """Hand it in; the secretariat confirms it."""
        given = Account(
            self.bank.code,
            self.bank_branch.code,
            AccountKind(self.account_kind),
            self.account_number,
            self.account_holder,
        )
        change = await Accounts(turn.services).correct(given, self.passbook)
        turn.say(
            Card(
                _("Thank you. We have received your account."),
                body=[account(change.account), _("We compare it with the passbook and tell you here.")],
                tone="good",
            )
        )


@on("account.correct")
async def correct(turn: Turn, pressed: Pressed) -> None:
    """Which account is it now?"""
    await turn.services.experts.require_registered()
    await turn.start(AccountCorrection)


@worded("account.confirmed")
async def confirmed(services: Services, notice: Notice) -> list[Message]:
    """The new account holds."""
    change = await Accounts(services).get(notice.ids["change"])
    assert change is not None
    return [
        Card(
            _("Your account is confirmed."),
            body=[account(change.account), _("What could not be paid comes with the next transfer.")],
            tone="good",
        )
    ]


@worded("account.refused")
async def refused(services: Services, notice: Notice) -> list[Message]:
    """Something about the account is to be put right."""
    change = await Accounts(services).get(notice.ids["change"])
    assert change is not None
    return [
        Card(
            _("Please give us the account once more."),
            body=[change.answer or ""],
            buttons=[CORRECT],
            tone="tip",
        )
    ]
