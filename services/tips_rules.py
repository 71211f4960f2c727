"""How the writing tips read an owner's words: folding, and the rules kept in tips.toml. Nothing else."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("tips.toml").read_text("utf-8"))

Span = tuple[int, int]

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\ufe0f\u20e3]")
_HALF_WIDTH_MARKS = "\uff9e\uff9f"
_ENDS = "\u3002!?\n"
_SENTENCE_ENDS = re.compile(f"[{_ENDS}]")
_EARSHOT = 80  # characters: what stands further off in a sentence without end excuses nothing
_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
_NOT_WORDS = re.compile(r"[\W_]+")


class TipKind(Enum):
    """What a tip is about (DOMAIN 4.3, 4.4 and 10.3)."""

    SECRET = auto()
    PERSONAL_DATA = auto()
    PREARRANGED = auto()
    MONEY_BACK = auto()
    FINISHED_WORK = auto()
    BUYING = auto()
    PROXY_WORK = auto()
    OFF_TOPIC = auto()
    TEMPLATE_TEXT = auto()
    TOO_SHORT = auto()
    VAGUE = auto()
    NO_WHO = auto()
    NO_WHAT = auto()
    NO_HOW_OFTEN = auto()
    NO_BY_WHEN = auto()


@dataclass(frozen=True)
class Folded:
    """Text in one width and one case, that remembers where each character stood."""

    text: str
    origins: tuple[int, ...]
    length: int

    def span(self, start: int, end: int) -> Span:
        """The place in the original text, with half-width sound marks and other trailing signs."""
        last = self.origins[end] if end < len(self.origins) else self.length
        return self.origins[start], last


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    return unicodedata.normalize("NFKC", character).lower()


def fold(text: str, *, spaces: bool) -> Folded:
    """Bring text to one width and case; `spaces` says whether blanks are kept (line breaks always are)."""
    folded: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        if character in _HALF_WIDTH_MARKS and origins and origins[-1] == index - 1:
            folded[-1] = _fold_character(text[index - 1] + character)[-1]
            continue
        if character > "~" and _INVISIBLE.match(character):
            continue
        for plain in _fold_character(character):
            if spaces or plain == "\n" or not plain.isspace():
                folded.append(plain)
                origins.append(index)
    return Folded("".join(folded), tuple(origins), len(text))


def pattern(source: str) -> re.Pattern[str]:
    """Compile a pattern of tips.toml, its {{words}} put in."""
    return re.compile(_filled(source))


def _filled(source: str) -> str:
    return re.sub(r"\{\{(\w+)}}", lambda name: f"(?:{_filled(_word(name[1]))})", source)


def _word(name: str) -> str:
    word: str = DATA["words"][name]
    return word


@dataclass(frozen=True)
class Finding:
    """One place where a rule fits, and the words that would stand there instead."""

    kind: TipKind
    span: Span
    instead: str | None


@dataclass(frozen=True)
class Rule:
    """What gives a kind of wording away, and what shows that it is meant otherwise."""

    kind: TipKind
    find: tuple[re.Pattern[str], ...]
    inside: re.Pattern[str] | None
    after: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    rewording: str | None
    not_in: frozenset[str]

    @classmethod
    def read(cls, row: dict[str, Any]) -> Rule:
        """One [[rule]] of tips.toml."""

        def optional(name: str) -> re.Pattern[str] | None:
            return pattern(row[name]) if name in row else None

        return cls(
            kind=TipKind[row["kind"]],
            find=tuple(pattern(source) for source in row["find"]),
            inside=optional("inside"),
            after=optional("after"),
            sentence=optional("sentence"),
            rewording=row.get("rewording"),
            not_in=frozenset(row.get("not_in", ())),
        )

    def findings(self, text: str, folded: Folded) -> Iterator[Finding]:
        """Every place in the text where the rule fits and nothing excuses it."""
        for find in self.find:
            for match in find.finditer(folded.text):
                if not self._excused(match):
                    yield Finding(self.kind, folded.span(*match.span()), self._instead(text, folded, match))

    def _excused(self, match: re.Match[str]) -> bool:
        text, start, end = match.string, match.start(), match.end()
        stop = _SENTENCE_ENDS.search(text, end)
        sentence_end = min(stop.start() if stop else len(text), end + _EARSHOT)
        sentence_start = max(start - _EARSHOT, *(text.rfind(mark, 0, start) + 1 for mark in _ENDS), 0)
        return bool(
            (self.inside and self.inside.search(text, start, end))
            or (self.after and self.after.search(text, _stem(match), sentence_end))
            or (self.sentence and self.sentence.search(text, sentence_start, sentence_end))
        )

    def _instead(self, text: str, folded: Folded, match: re.Match[str]) -> str | None:
        if self.rewording is None:
            return None
        start, end = folded.span(*match.span("object"))
        return self.rewording.format(object=text[start:end])


def _stem(match: re.Match[str]) -> int:
    """Where the rest of the sentence begins: behind the request itself, before its polite tail."""
    tail = "tail"
    return match.start(tail) if match.re.groupindex.get(tail) else match.end()


RULES = tuple(Rule.read(row) for row in DATA["rule"])
PARTS = {name: pattern(source) for name, source in DATA["parts"].items()}


def is_japanese(text: str) -> bool:
    """Whether there is any Japanese to read."""
    return bool(_JAPANESE.search(text))


def letters(text: str) -> str:
    """The text as one run of folded letters and digits, for comparing and counting."""
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text).lower())


def likeness(a: str, b: str) -> float:
    """How much of two texts is the same, 0 to 1: shared runs of three letters (DOMAIN 10.4, C4)."""
    one, other = _shingles(a), _shingles(b)
    return len(one & other) / len(one | other) if one and other else 0.0


def _shingles(text: str) -> frozenset[str]:
    run = letters(text)
    return frozenset(run[at : at + 3] for at in range(max(1, len(run) - 2)) if run)
