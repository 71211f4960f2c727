"""What the programme lists, as forms of all kinds of people ask for it: areas, prefectures, days and terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from conversations.questions import Facts, Money, Options, Words
from locales import Text, _
from services import case_days, postal
from services.programme_parts import Money as Rules
from services.programme_parts import Spoken
from services.refusals import Refusal
from services.values import Yen


def areas(facts: Facts) -> Options:
    """Every support area."""
    return {area.code: area.label for area in facts.programme.areas}


def prefectures(facts: Facts) -> Options:
    """All 47."""
    return {prefecture.name: prefecture.label for prefecture in postal.PREFECTURES}


def found_place(facts: Facts) -> postal.Place | None:
    """What lies behind the postal code that was given before, as far as it is known."""
    code = facts.values.get("postal_code")
    return postal.look_up(code) if code is not None else None


def tomorrow(facts: Facts) -> date:
    """The first day on which anything that is agreed on later can begin or be due."""
    return facts.today + timedelta(days=1)


def last_support(facts: Facts) -> date:
    """The last day of support."""
    return case_days.last_end(facts.programme)


def terms_version(facts: Facts) -> str:
    """The version of the terms that is in force now."""
    return facts.programme.terms_at(facts.now).version


def terms(declarations: Callable[[Facts], Iterable[Spoken]]) -> Callable[[Facts], list[Words]]:
    """The terms in short and every one of these declarations, as they are agreed to."""

    def lines(facts: Facts) -> list[Words]:
        in_force = facts.programme.terms_at(facts.now)
        return [
            _("Terms of use, version {version}")(version=in_force.version),
            *(_("• {line}")(line=line) for line in in_force.summary),
            _("You also declare:"),
            *(_("• {line}")(line=declaration.sentence) for declaration in declarations(facts)),
        ]

    return lines


class CarriedOver(Money):
    """What somebody had of the honorarium in the phase before, at most the cap that holds over both."""

    def __init__(
        self,
        ask: Text,
        cap: Callable[[Rules], Yen],
        *,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, none=_("None, or new here"), label=label, hint=hint)
        self.cap = cap

    def read(self, kept: str, facts: Facts) -> Yen:
        """The amount."""
        amount, cap = super().read(kept, facts), self.cap(facts.programme.money)
        if amount > cap:
            raise Refusal(
                _("Please give an amount from {at_least} to {at_most}.")(at_least=Yen(0), at_most=cap)
            )
        return amount
