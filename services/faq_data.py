"""What people ask about a programme and what they are told, as data beside the programme's file, one file a language.

The Japanese file says what there is; the others translate it. A programme without such files has no such answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from locales import Text
from locales.language import DEFAULT
from services import checked_toml, fees
from services.checked_toml import FileError, Place
from services.faq import Index, Side
from services.label import Label
from services.programme import Deadline, Programme
from services.values import Yen

OTHERS = ("en", "ja_easy")
EXAMPLE_HOURS = 30
MOST_LINES = 3

Line = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class Written:
    """One question as a file has it; the Japanese file also says whose it is and what else answers it."""

    title: Line
    answer: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_LINES)]
    asked: tuple[Line, ...] = ()
    press: str = ""
    who: Literal["", "sme", "expert", "both"] = ""
    topic: str = ""
    own: str = ""
    act: str = ""
    hidden: bool = False

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class File:
    """One language: what the topics are called, and the questions by their names."""

    topics: dict[str, Line]
    questions: dict[str, Written]

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Entry:
    """One question with its answer, in every language there is.

    `own` names what answers first from the person's own data, `act` the button under the answer.
    """

    id: str
    sides: frozenset[Side]
    topic: str
    own: str
    act: str
    hidden: bool
    written: Mapping[str, Written]

    def title(self) -> Label:
        """The question in a few words, as on a button."""
        return _label({language: one.title for language, one in self.written.items()})

    def press(self) -> Label:
        """The words on the button under the answer."""
        return _label({language: one.press for language, one in self.written.items()})

    def answer(self, language: str, values: Mapping[str, Any]) -> list[Text]:
        """The answer in a language, or in Japanese where there is no other, with the programme's figures in it."""
        lines = (self.written.get(language) or self.written[DEFAULT]).answer
        return [Text(line)(**values) for line in lines]

    @property
    def asked(self) -> Iterator[str]:
        """Every way to put it that is known, in any language."""
        for one in self.written.values():
            yield one.title
            yield from one.asked


@dataclass(frozen=True)
class Faq:
    """All questions and answers of a programme, by topic and by name, and what they are found by."""

    topics: Mapping[str, Label]
    entries: Mapping[str, Entry]
    index: Index

    def of_topic(self, topic: str, side: Side) -> list[Entry]:
        """What one side may ask about a topic, in the order of the file."""
        return [
            one
            for one in self.entries.values()
            if one.topic == topic and side in one.sides and not one.hidden
        ]

    def topics_of(self, side: Side) -> dict[str, Label]:
        """The topics about which there is something for one side."""
        return {code: label for code, label in self.topics.items() if self.of_topic(code, side)}


def of(programme: Programme) -> Faq | None:
    """The questions and answers beside this programme's file; none where there is no such file. Raises FileError."""
    if programme.file is None or not _beside(programme.file, DEFAULT).exists():
        return None
    return _read(programme.file, frozenset(values(programme)))


def values(programme: Programme) -> dict[str, Any]:
    """What may stand in an answer, by name: the figures, dates and lists of the programme."""
    money, limits, calendar, rates = programme.money, programme.limits, programme.calendar, programme.rates
    usual = Yen(money.honorarium_cap + money.self_paid_minimum)
    example = fees.quote(usual, EXAMPLE_HOURS * 60, rates)
    most = fees.largest_minutes_within(usual, money.sme_cap, rates)
    return {
        **{deadline.value: programme.dates[deadline].closes for deadline in Deadline},
        "end": programme.dates[Deadline.PROGRAMME].closes,
        "name": programme.short_name,
        "rate": money.honorarium_cap,
        "least": money.self_paid_minimum,
        "usual": usual,
        "sme_cap": money.sme_cap,
        "expert_cap": money.expert_cap,
        "cap_hours": f"{most / 60:g}",
        "unit": money.unit_minutes,
        "example_hours": EXAMPLE_HOURS,
        "example_total": example.total,
        "example_share": example.sme_share,
        "example_honorarium": example.honorarium,
        "travel_km": money.travel_from_km,
        "travel_most": money.travel_most,
        "least_age": limits.least_age,
        "least_hours": f"{limits.least_minutes / 60:g}",
        "day_hours": f"{limits.most_minutes_a_day / 60:g}",
        "live_sme": limits.live_contracts_sme,
        "live_expert": limits.live_contracts_expert,
        "cure_days": limits.cure_business_days,
        "confirm_days": limits.confirm_days,
        "share_days": limits.share_due_days,
        "young_months": limits.young_business_months,
        "photos": limits.photos_a_session,
        "desk_percent": limits.desk_percent,
        "megabytes": limits.file_megabytes,
        "keep_years": limits.retention_years,
        "review_days": calendar.review_business_days,
        "opens": f"{calendar.opens:%H:%M}".lstrip("0"),
        "closes": f"{calendar.closes:%H:%M}",
        "qualifications": [one.label for one in programme.qualifications],
    }


@cache
def _read(file: Path, known: frozenset[str]) -> Faq:
    first = checked_toml.read(_beside(file, DEFAULT), File, lambda written: _alone(written, known))
    files = {DEFAULT: first}
    for language in OTHERS:
        if (path := _beside(file, language)).exists():
            files[language] = checked_toml.read(
                path, File, lambda written: [*_fields(written, known), *_against(written, first)]
            )
    entries = {name: _entry(name, files) for name in first.questions}
    topics = {
        topic: _label({language: one.topics[topic] for language, one in files.items()})
        for topic in first.topics
    }
    asked = {name: (entry.sides, list(entry.asked)) for name, entry in entries.items()}
    return Faq(topics, entries, Index(asked))


def _beside(file: Path, language: str) -> Path:
    return file.with_suffix(f".faq.{language}.toml")


def _entry(name: str, files: Mapping[str, File]) -> Entry:
    first = files[DEFAULT].questions[name]
    sides = frozenset(Side) if first.who == "both" else frozenset({Side(first.who)})
    return Entry(
        name,
        sides,
        first.topic,
        first.own,
        first.act,
        first.hidden,
        {language: one.questions[name] for language, one in files.items()},
    )


def _label(words: Mapping[str, str]) -> Label:
    return Label(words[DEFAULT], words.get("en") or words[DEFAULT], words.get("ja_easy", ""))


# --- what is wrong with a file --------------------------------------------------------------------------


def _alone(written: File, known: frozenset[str]) -> Iterator[tuple[Place, str]]:
    """The Japanese file: whose each question is, and what it names."""
    yield from _fields(written, known)
    for name, one in written.questions.items():
        place: Place = ("questions", name)
        if not one.who:
            yield (*place, "who"), "say who asks this: sme, expert or both"
        if one.topic not in written.topics:
            yield (*place, "topic"), f"there is no topic {one.topic!r}"
        if bool(one.act) != bool(one.press):
            yield (*place, "press"), "a button needs both act and press"
        if not one.asked:
            yield (*place, "asked"), "write at least one way to ask this"


def _fields(written: File, known: frozenset[str]) -> Iterator[tuple[Place, str]]:
    for name, one in written.questions.items():
        for line in one.answer:
            named = {
                field for _text, field, _spec, _conversion in Formatter().parse(line) if field is not None
            }
            for field in sorted(named - known):
                yield ("questions", name, "answer"), f"nothing is called {{{field}}}"


def _against(written: File, first: File) -> Iterator[tuple[Place, str]]:
    """A translation: the same topics and questions, and nothing that only the Japanese file says."""
    for topic in sorted(set(first.topics) ^ set(written.topics)):
        yield ("topics", topic), "is in one language only"
    for name in sorted(set(first.questions) ^ set(written.questions)):
        yield ("questions", name), "is in one language only"
    for name, one in written.questions.items():
        if one.who or one.topic or one.own or one.act or one.hidden:
            yield ("questions", name), "only the Japanese file says who, topic, own, act and hidden"


__all__ = ["Entry", "Faq", "FileError", "of", "values"]
