"""The kinds of question a form can ask, and how each one hears and reads an answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar, overload

from locales import Text, _
from services.label import Label
from services.programme import Programme
from services.readings import read_date, read_hours, read_number, read_yen
from services.refusals import Refusal
from services.values import Hours, Yen

T = TypeVar("T")
Words = Text | Label | str
Options = Mapping[str, Words]


@dataclass(frozen=True)
class Facts:
    """What an answer may be read by: the answers before it, the programme and the moment."""

    programme: Programme
    now: datetime
    today: date
    language: str = "ja"
    say: Callable[[Words], str] = str
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""

    def given(self, values: Mapping[str, Any]) -> Facts:
        """The same facts after these answers."""
        # Made for each question of each walk; the frozen class's own constructor takes four times as long.
        given = object.__new__(Facts)
        given.__dict__.update(self.__dict__, values=values)
        return given


@dataclass(frozen=True)
class Condition:
    """Holds when an earlier question was answered with one of these values, or with all that contain one."""

    question: Question[Any]
    values: frozenset[Any]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the question that depends on it is to be asked."""
        value = values.get(self.question.key)
        if isinstance(value, tuple):
            return not self.values.isdisjoint(value)
        return value in self.values


class Page:
    """The questions below it in a form's class body are shown together where a channel shows many at once."""

    def __init__(self, title: Text, lead: Text | None = None) -> None:
        self.title = title
        self.lead = lead


class Question(Generic[T]):
    """One thing to find out. On a form class it is the question; on a form, its answer."""

    key: str
    kind = "line"
    counts = True
    asked = True
    """Whether it stands on a page; what is known when the form is begun is only shown with the answers."""

    def __init__(self, ask: Text, *, label: Text | None = None, hint: Text | None = None) -> None:
        self.ask = ask
        self.label = label or ask
        self.hint = hint
        self.condition: Condition | None = None
        self.required = True
        self.unsure = False
        self.sources: tuple[Question[Any], ...] = ()
        self.fill: Callable[[Facts], str | None] | None = None
        self.private = False

    def __set_name__(self, form: type, name: str) -> None:
        self.key = name

    @overload
    def __get__(self, form: None, owner: type) -> Question[T]: ...
    @overload
    def __get__(self, form: object, owner: type) -> T: ...
    def __get__(self, form: Any, owner: type) -> Any:
        return self if form is None else form.values[self.key]

    def hear(self, raw: str, facts: Facts) -> str:
        """What to keep of what was typed, so that it reads the same later; raises Refusal."""
        self.read(raw, facts)
        return raw

    def read(self, kept: str, facts: Facts) -> T:
        """The value of an answer; raises Refusal."""
        raise NotImplementedError

    def show(self, value: Any, facts: Facts) -> Words:
        """The value as a person sees it on the review card."""
        return str(value)

    def options_for(self, facts: Facts) -> Options:
        """What can be chosen, by code; empty where the answer is typed."""
        return {}

    def is_(self, *values: T) -> Condition:
        """The condition that this question was answered with one of these."""
        return Condition(self, frozenset(values))

    def has(self, *codes: str) -> Condition:
        """The condition that one of these is among the chosen."""
        return Condition(self, frozenset(codes))

    def when(self, condition: Condition) -> Question[T | None]:
        """Asked only when the condition holds."""
        self.condition = condition
        return self  # type: ignore[return-value]

    def optional(self) -> Question[T | None]:
        """May be left empty."""
        self.required = False
        return self  # type: ignore[return-value]

    def or_unsure(self) -> Question[T | None]:
        """May be answered with "I don't know"."""
        self.unsure = True
        self.required = False
        return self  # type: ignore[return-value]

    def follows(self, *sources: Question[Any]) -> Question[T]:
        """A changed answer to one of these opens this one again."""
        self.sources = sources
        return self

    def filled(self, fill: Callable[[Facts], str | None]) -> Question[T]:
        """Answered by itself when the answers before it suffice; shown on the review card and correctable."""
        self.fill = fill
        return self

    def kept_private(self) -> Question[T]:
        """Shown in full to the person alone; masked everywhere else."""
        self.private = True
        return self


def tidy(raw: str) -> str:
    """One line of text: NFKC, without control and direction characters, single spaces."""
    plain = unicodedata.normalize("NFKC", raw)
    if not plain.isprintable():
        # The joiner holds an emoji together; at an end it joins nothing, and alone it is nothing to be seen.
        plain = "".join(c if _printable(c) else " " for c in plain).strip("\u200d ")
    return " ".join(plain.split())


def _printable(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"} or character == "\u200d"


class Line(Question[T]):
    """A short line of free text, kept as it is or turned into a value that checks itself."""

    @overload
    def __init__(
        self: Line[str], ask: Text, *, at_most: int = ..., label: Text | None = ..., hint: Text | None = ...
    ) -> None: ...
    @overload
    def __init__(
        self,
        ask: Text,
        value: Callable[[str], T],
        *,
        at_most: int = ...,
        label: Text | None = ...,
        hint: Text | None = ...,
    ) -> None: ...
    def __init__(
        self,
        ask: Text,
        value: Callable[[str], Any] = str,
        *,
        at_most: int = 80,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.value: Callable[[str], T] = value
        self.at_most = at_most

    def hear(self, raw: str, facts: Facts) -> str:
        """The line, tidied."""
        line = tidy(raw)
        self.read(line, facts)
        return line

    def read(self, kept: str, facts: Facts) -> T:
        """The value made of the line."""
        line = tidy(kept)
        if not line or len(line) > self.at_most:
            raise Refusal(_("Please answer in 1 to {at_most} characters.")(at_most=self.at_most))
        return self.value(line)


class Story(Question[str]):
    """A longer text of a person, kept with its line breaks."""

    kind = "story"

    def __init__(
        self, ask: Text, *, at_most: int, label: Text | None = None, hint: Text | None = None
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.at_most = at_most

    def hear(self, raw: str, facts: Facts) -> str:
        """The text without control characters; its lines stay."""
        lines = [tidy(line) for line in raw.replace("\r\n", "\n").replace("\x0b", "\n").split("\n")]
        text = "\n".join(lines).strip()
        return self.read(text, facts)

    def read(self, kept: str, facts: Facts) -> str:
        """The text, if it is neither empty nor too long."""
        if not kept:
            raise Refusal(_("Please write a few words."))
        if len(kept) > self.at_most:
            raise Refusal(
                _("That is {length} characters long. Please shorten it to {at_most}.")(
                    length=len(kept), at_most=self.at_most
                )
            )
        return kept


class Number(Question[int]):
    """A whole number between two bounds, however it is written."""

    kind = "number"

    def __init__(
        self,
        ask: Text,
        *,
        at_least: int,
        at_most: int,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.at_least, self.at_most = at_least, at_most

    def hear(self, raw: str, facts: Facts) -> str:
        """The number in digits."""
        return str(self.read(raw, facts))

    def read(self, kept: str, facts: Facts) -> int:
        """The number."""
        number = read_number(kept)
        if not self.at_least <= number <= self.at_most:
            raise Refusal(
                _("Please give a number from {at_least} to {at_most}.")(
                    at_least=self.at_least, at_most=self.at_most
                )
            )
        return number


class Money(Question[Yen]):
    """An amount in whole yen; `none` offers a button that answers zero."""

    kind = "number"

    def __init__(
        self,
        ask: Text,
        *,
        at_least: int = 0,
        at_most: int = 100_000_000,
        none: Text | None = None,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.at_least, self.at_most, self.none = at_least, at_most, none

    def options_for(self, facts: Facts) -> Options:
        """The one button that says none, where there is one."""
        return {} if self.none is None else {"0": self.none}

    def hear(self, raw: str, facts: Facts) -> str:
        """The amount in digits."""
        if self.none is not None and tidy(raw) == tidy(facts.say(self.none)):
            return "0"
        return str(int(self.read(raw, facts)))

    def read(self, kept: str, facts: Facts) -> Yen:
        """The amount."""
        amount = read_yen(kept)
        if not self.at_least <= int(amount) <= self.at_most:
            raise Refusal(
                _("Please give an amount from {at_least} to {at_most}.")(
                    at_least=Yen(self.at_least), at_most=Yen(self.at_most)
                )
            )
        return amount

    def show(self, value: Any, facts: Facts) -> Words:
        """The amount, or the words for none."""
        return self.none if self.none is not None and int(value) == 0 else _("{amount}")(amount=value)


class Duration(Question[Hours]):
    """A number of hours, in the programme's steps of time."""

    kind = "number"

    def __init__(
        self,
        ask: Text,
        *,
        at_most: int,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.at_most = at_most

    def hear(self, raw: str, facts: Facts) -> str:
        """The hours as a decimal number."""
        return str(Decimal(self.read(raw, facts).minutes) / 60)

    def read(self, kept: str, facts: Facts) -> Hours:
        """The hours."""
        hours = read_hours(kept)
        if hours.minutes > self.at_most * 60:
            raise Refusal(_("Please give up to {at_most} hours.")(at_most=self.at_most))
        unit = facts.programme.money.unit_minutes
        if hours.minutes % unit:
            raise Refusal(_("Please give the time in steps of {minutes} minutes.")(minutes=unit))
        return hours

    def show(self, value: Any, facts: Facts) -> Words:
        """The hours with their unit."""
        return _("{hours} hours")(hours=str(value))


class Day(Question[date]):
    """A date, however it is written; bounds are given the facts."""

    kind = "date"

    def __init__(
        self,
        ask: Text,
        *,
        first: Callable[[Facts], date] | None = None,
        last: Callable[[Facts], date] | None = None,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.first, self.last = first, last

    def hear(self, raw: str, facts: Facts) -> str:
        """The date in ISO form, so that "tomorrow" stays the day that was meant."""
        return self.read(raw, facts).isoformat()

    def read(self, kept: str, facts: Facts) -> date:
        """The date."""
        day = read_date(kept, today=facts.today)
        if self.first is not None and day < self.first(facts):
            raise Refusal(_("Please choose a day from {day} on.")(day=self.first(facts)))
        if self.last is not None and day > self.last(facts):
            raise Refusal(_("Please choose a day up to {day}.")(day=self.last(facts)))
        return day

    def show(self, value: Any, facts: Facts) -> Words:
        """The date with its weekday."""
        return _("{day}")(day=value)
