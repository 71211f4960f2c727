"""Kinds of answers that only experts are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from conversations.choices import Documents
from conversations.questions import Condition, Day, Facts, Line, Money
from locales import Text, _
from services.experts import age
from services.fees import honorarium_unit
from services.programme import Programme, by_code
from services.refusals import Refusal
from services.values import EmailAddress, Yen


@dataclass(frozen=True)
class Otherwise(Condition):
    """Holds when an earlier question was answered with none of these values."""

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the question that depends on it is to be asked."""
        value = values.get(self.question.key)
        return value is not None and value not in self.values


class PastDay(Day):
    """A day years ago: typed, in either calendar, because nobody leafs back that far."""

    kind = "line"

    def __init__(self, ask: Text, *, label: Text, hint: Text) -> None:
        super().__init__(ask, last=lambda facts: facts.today, label=label, hint=hint)


class BirthDate(PastDay):
    """The day of birth of somebody who may be an expert."""

    def read(self, kept: str, facts: Facts) -> date:
        """The day; refuses that of somebody too young, as it also is when the year was left out."""
        day, least = super().read(kept, facts), facts.programme.limits.least_age
        if age(day, facts.today) < least:
            raise Refusal(
                _("Experts are at least {least} years old. Please check the year of birth.")(least=least)
            )
        return day


class SameEmail(Line[EmailAddress]):
    """An address typed once more, because everything that follows is sent there."""

    def __init__(self, ask: Text, *, first: str, label: Text) -> None:
        super().__init__(ask, EmailAddress, at_most=254, label=label)
        self.first = first

    def read(self, kept: str, facts: Facts) -> EmailAddress:
        """The address, if it is the same."""
        address = super().read(kept, facts)
        if facts.values.get(self.first) not in (None, address):
            raise Refusal(_("The two e-mail addresses are different. Please check both."))
        return address


class HourlyPrice(Money):
    """A price an hour that leaves something to claim (DOMAIN 8.1)."""

    def read(self, kept: str, facts: Facts) -> Yen:
        """The price."""
        price = super().read(kept, facts)
        honorarium_unit(price, facts.programme.rates)
        return price

    def show(self, value: Any, facts: Facts) -> Text:
        """The price with its unit."""
        return _("{price} an hour")(price=value)


class IdentityFiles(Documents):
    """The sides of an identity document. Of one that has a single side to show, the newest file counts.

    So a photo of the wrong side, above all of a My Number card, is replaced and goes no further.
    """

    def __init__(self, ask: Text, *, document: str, purpose: str, label: Text, hint: Text) -> None:
        super().__init__(ask, purpose=purpose, label=label, hint=hint)
        self.document = document

    def read(self, kept: str, facts: Facts) -> tuple[int, ...]:
        """The ids of the files that count."""
        ids = super().read(kept, facts)
        return ids[-1:] if one_sided(facts.programme, facts.values.get(self.document)) else ids


def one_sided(programme: Programme, document: str | None) -> bool:
    """Whether only one side of an identity document may be asked for."""
    return document is not None and by_code(programme.identity_documents, document).sides == 1
