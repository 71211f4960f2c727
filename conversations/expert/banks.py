"""Where the honorarium goes: banks and branches are found while typing, and an account shows its last digits."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.questions import Facts, Line, Options, Question, Words, tidy
from locales import Text, _
from services import banks
from services.readings import BANK_ENDINGS
from services.refusals import Refusal
from services.values import AccountHolderKana, BankAccountNumber, Kana

OFFERED = 30
"""More than this nobody reads; another letter typed finds it sooner."""
BANK, BRANCH = "bank", "bank_branch"
"""The keys of the two questions, by which Slack asks for their options."""


async def options(key: str, typed: str, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """What fits the typed text, as values and labels: banks, or branches of the bank on the same page."""
    if key == BANK:
        return [(bank.code, _named(bank)) for bank in banks.find_banks(typed, OFFERED)]
    if key != BRANCH:
        return []
    try:
        bank = banks.bank(values.get(BANK, ""))
    except Refusal:
        return []
    return [
        (f"{bank.code}-{branch.code}", _named(branch)) for branch in banks.find_branches(bank, typed, OFFERED)
    ]


def _named(found: banks.Bank | banks.Branch) -> str:
    return f"{found.name} ({found.code})"


class BankChoice(Question[banks.Bank]):
    """A bank, found by name or code; its four digits are kept."""

    kind = "search"

    def hear(self, raw: str, facts: Facts) -> str:
        """The code of the bank that was chosen, or of the only one that was meant."""
        typed = tidy(raw)
        if typed.isdecimal():
            return banks.bank(typed).code
        found = banks.find_banks(typed, 2) if typed else []
        exact = [bank for bank in found if _is_called(bank, typed)] or found
        if len(exact) != 1:
            raise Refusal(_("Please type the name of the bank and choose it from the list."))
        return exact[0].code

    def read(self, kept: str, facts: Facts) -> banks.Bank:
        """The bank."""
        return banks.bank(kept)

    def options_for(self, facts: Facts) -> Options:
        """None: there are over a thousand, so they are asked for while somebody types."""
        return {}

    def show(self, value: banks.Bank, facts: Facts) -> Words:
        """Its name and its code."""
        return _named(value)


class BranchChoice(Question[banks.Branch]):
    """A branch of the bank chosen before. The bank's code is kept with it, for branches have no codes of their own."""

    kind = "search"

    def hear(self, raw: str, facts: Facts) -> str:
        """The codes of bank and branch."""
        bank, typed = self._bank(facts), tidy(raw)
        if typed.replace("-", "").isdecimal():
            return f"{bank.code}-{self.read(typed, facts).code}"
        found = banks.find_branches(bank, typed, 2) if typed else []
        exact = [branch for branch in found if _is_called(branch, typed)] or found
        if len(exact) != 1:
            raise Refusal(_("Please type the name of the branch and choose it from the list."))
        return f"{bank.code}-{exact[0].code}"

    def read(self, kept: str, facts: Facts) -> banks.Branch:
        """The branch; refuses one that was chosen for another bank."""
        bank = self._bank(facts)
        of, dash, code = kept.rpartition("-")
        if dash and of != bank.code:
            raise Refusal(_("This branch belongs to another bank. Please choose it again."))
        return banks.branch(bank, code)

    def show(self, value: banks.Branch, facts: Facts) -> Words:
        """Its name and its code."""
        return _named(value)

    @staticmethod
    def _bank(facts: Facts) -> banks.Bank:
        bank = facts.values.get(BANK)
        if not isinstance(bank, banks.Bank):
            raise Refusal(_("Please choose the bank first."))
        return bank


def _is_called(found: banks.Bank | banks.Branch, typed: str) -> bool:
    bare = typed.casefold()
    for ending in BANK_ENDINGS:
        bare = bare.removesuffix(ending)
    return bare in (tidy(found.name).casefold(), found.kana)


class AccountNumber(Line[BankAccountNumber]):
    """The number of an account, shown masked wherever it is shown."""

    def __init__(self, ask: Text, *, label: Text, hint: Text) -> None:
        super().__init__(ask, BankAccountNumber, label=label, hint=hint)
        self.kept_private()

    def show(self, value: BankAccountNumber, facts: Facts) -> Words:
        """The last four digits."""
        return value.masked()


def unlike_name(holder: AccountHolderKana | None, reading: Kana | None) -> bool:
    """Whether an account is in another name than its owner's, as both are read."""
    return holder is not None and reading is not None and not holder.belongs_to(reading)
