"""Questions that offer a few ready answers beside whatever may be typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from conversations.choices import Choice
from conversations.questions import Day, Duration, Facts, Line, Money, Options, Words, tidy
from locales import Text, _
from services.values import Hours, Yen


class ReadyDay(Day):
    """A date with a few sensible days to tap; any other within the bounds may be picked or typed."""

    def __init__(
        self,
        ask: Text,
        ready: Callable[[Facts], Sequence[date]],
        *,
        first: Callable[[Facts], date],
        last: Callable[[Facts], date],
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, first=first, last=last, label=label, hint=hint)
        self.ready = ready

    def options_for(self, facts: Facts) -> Options:
        """The ready days, by their ISO date."""
        return {day.isoformat(): _("{day}")(day=day) for day in self.ready(facts)}

    def hear(self, raw: str, facts: Facts) -> str:
        """The day that was tapped, numbered, picked or typed, in ISO form."""
        # Only the number: "1/10" lies within the words of the tenth of November, and is another day.
        ready, typed = [*self.options_for(facts)], tidy(raw)
        if typed.isdecimal() and 1 <= int(typed) <= len(ready):
            return ready[int(typed) - 1]
        return super().hear(raw, facts)


class ReadyHours(Duration):
    """A number of hours with a few round ones to tap."""

    def __init__(
        self,
        ask: Text,
        ready: Sequence[int],
        *,
        at_most: int,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, at_most=at_most, label=label, hint=hint)
        self.ready = ready

    def options_for(self, facts: Facts) -> Options:
        """The round ones."""
        return {str(hours): self.show(Hours(60 * hours), facts) for hours in self.ready}


class ReadyMoney(Money):
    """An amount that is an upper limit, with a few round ones to tap."""

    def __init__(
        self,
        ask: Text,
        ready: Sequence[int],
        *,
        at_least: int,
        at_most: int,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, at_least=at_least, at_most=at_most, label=label, hint=hint)
        self.ready = ready

    def options_for(self, facts: Facts) -> Options:
        """The round ones."""
        return {str(amount): self.show(Yen(amount), facts) for amount in self.ready}

    def hear(self, raw: str, facts: Facts) -> str:
        """The amount in digits; the words of a ready one are understood as well."""
        typed, ready = tidy(raw), self.options_for(facts)
        for place, (amount, words) in enumerate(ready.items(), start=1):
            # Nobody means one yen: a lone "1" is the first of the offers.
            if typed in (tidy(facts.say(words)), str(place)):
                return amount
        return super().hear(raw, facts)

    def show(self, value: object, facts: Facts) -> Words:
        """The amount as the limit it is."""
        return _("Up to {amount}")(amount=value)


class KnownLine(Line[str]):
    """A line that is known from elsewhere as a rule, and so does not count on the way."""

    counts = False


class KnownChoice(Choice):
    """A choice that is known from elsewhere as a rule, and so does not count on the way."""

    counts = False
