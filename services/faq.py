"""Finds the question somebody asks among those that are known: by its words, by its sound, and by how sure that is.

Pure. A question is compared as a set of words, each worth the more the fewer questions have it; words that mean the
same count as one (faq_words.toml). Text in kana alone is compared by its sound as well, for people who do not convert.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from services import tokens

_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("faq_words.toml").read_text(encoding="utf-8"))
_FIRST = {word: words[0] for words in _WORDS["same"] for word in words}
_EMPTY, _ENDS = frozenset(_WORDS["empty"]), tuple(_WORDS["ends"])
_ASKING, _BEGINS = tuple(_WORDS["asking"]), frozenset(_WORDS["begins"])
_SHORT: int = _WORDS["short"]
_SENTENCES = re.compile(f"[^{re.escape(_WORDS['between'])}]+[{re.escape(_WORDS['between'])}]*")
_LATIN = re.compile(r"[a-z][a-z0-9]*|\d+")
_POLITE = re.compile(f"(?:{'|'.join(map(re.escape, _WORDS['polite']))})[{re.escape(_WORDS['after'])}?]*$")
_KANA = re.compile(r"[\u3041-\u30ff\uff66-\uff9f\s?!\uff01\uff1f\u3002\u3001]+")
_NOT_SOUND = re.compile(r"[^\u30a1-\u30fa\u30fc]")

LONGEST = 150
"""Letters of a question; whoever writes more tells a story."""
SURE, MAYBE, MARGIN = 0.6, 0.42, 0.07
"""From which likeness a question is taken for a known one, from which it is offered, and how far ahead it must be."""
BY_SOUND = 0.62
ASKING_COUNTS, UNKNOWN_COUNTS = 0.6, 1.0
"""What a word counts that only asks, and one that no known question has; the rarest known word counts 1."""
MOST_OFFERED = 3
OFFERED_BELOW = 0.2
"""How much less like than the best another question may be and still be offered beside it."""


class Side(StrEnum):
    """Who asks."""

    SME = "sme"
    EXPERT = "expert"


@dataclass(frozen=True)
class Found:
    """The question that is meant, or up to three that may be meant; neither when nothing is like it."""

    sure: str | None = None
    maybe: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phrase:
    """One way to put a question: its words, and the pairs of sounds in it."""

    words: frozenset[str]
    sounds: frozenset[str]


# --- is it a question? ----------------------------------------------------------------------------------


def asks(text: str) -> bool:
    """Whether somebody asks something here, rather than answering or telling a story."""
    return bool(_asking(text))


def _asking(text: str) -> str:
    """The sentences that ask, together; nothing when none does."""
    return "".join(one for one in _SENTENCES.findall(unicodedata.normalize("NFKC", text)) if _asks(one))


def _asks(sentence: str) -> bool:
    bare = sentence.strip()
    if "?" in bare[-3:]:
        return True
    bare = bare.rstrip(_WORDS["after"]).lower()
    if not bare:
        return False
    if bare.isascii():
        return bare.split()[0] in _BEGINS
    return bare.endswith(_ENDS) or (len(bare) <= _SHORT and any(word in bare for word in _ASKING))


# --- what is it about? ----------------------------------------------------------------------------------


def phrase(text: str) -> Phrase:
    """A text as it is compared."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isascii():
        found = [_stem(word) for word in _LATIN.findall(plain.lower()) if word not in _EMPTY]
        return Phrase(frozenset(_FIRST.get(word, word) for word in found), frozenset())
    said, sound = tokens.asked(_POLITE.sub("", plain))
    # A word of several is known as a whole, or else by its parts.
    forms = [
        form for word in said for form in ([word.form] if word.form in _FIRST else word.parts or [word.form])
    ]
    words = frozenset(_FIRST.get(form, form) for form in forms if form not in _EMPTY)
    heard = _NOT_SOUND.sub("", sound)
    return Phrase(words, frozenset(heard[at : at + 2] for at in range(len(heard) - 1)))


@cache
def _stem(word: str) -> str:
    if word in _FIRST:
        return word
    for ending in _WORDS["stems"]:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def key(text: str) -> str:
    """What two questions have in common that ask the same in the same words, whatever stands between them."""
    words = phrase(_asking(text) or text).words
    return " ".join(sorted(words)) or "".join(text.split()).casefold()


class Index:
    """Known questions by name, each with the sides that may ask it and the ways to put it; built once."""

    def __init__(self, asked: Mapping[str, tuple[frozenset[Side], Sequence[str]]]) -> None:
        self._sides = {name: sides for name, (sides, _ways) in asked.items()}
        self._phrases = {name: tuple({phrase(way) for way in ways}) for name, (_sides, ways) in asked.items()}
        self._all = {
            name: frozenset().union(*(one.words for one in phrases))
            for name, phrases in self._phrases.items()
        }
        counted = Counter(word for words in self._all.values() for word in words)
        most = math.log(1 + len(self._all))
        self._worth = {
            word: math.log(1 + len(self._all) / many) / most * (ASKING_COUNTS if word in tokens.ASKING else 1)
            for word, many in counted.items()
        }
        self._having: dict[str, list[str]] = {}
        for name, words in self._all.items():
            for word in words:
                self._having.setdefault(word, []).append(name)
        self._size = {one: self._weigh(one.words) for phrases in self._phrases.values() for one in phrases}

    def find(self, text: str, side: Side) -> Found:
        """The question of this side that a text asks. Sentences that do not ask are left out where others do."""
        if not 0 < len(text) <= LONGEST:
            return Found()
        asked = phrase(_asking(text) or text)
        by_kana = _KANA.fullmatch(text) is not None
        likeness = {
            name: self._likeness(asked, name, by_kana) for name in self._candidates(asked, side, by_kana)
        }
        ranked = sorted(likeness.items(), key=lambda one: -one[1])[: MOST_OFFERED + 1]
        if not ranked or ranked[0][1] < MAYBE:
            return Found()
        best = ranked[0][1]
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        if best >= SURE and best - second >= MARGIN:
            return Found(sure=ranked[0][0])
        near = [name for name, like in ranked if like >= max(MAYBE, best - OFFERED_BELOW)]
        return Found(maybe=tuple(near[:MOST_OFFERED]))

    def _candidates(self, asked: Phrase, side: Side, by_kana: bool) -> Iterable[str]:
        names = (
            self._phrases
            if by_kana
            else {name: None for word in asked.words for name in self._having.get(word, ())}
        )
        return [name for name in names if side in self._sides[name]]

    def _likeness(self, asked: Phrase, name: str, by_kana: bool) -> float:
        """From 0 to 1: the best of the ways to put it, and how much of what was asked the question knows at all."""
        weight = self._weigh(asked.words)
        best = 0.0
        for one in self._phrases[name]:
            both = self._weigh(asked.words & one.words)
            if both:
                best = max(best, 2 * both / (weight + self._size[one]))
        known = self._weigh(asked.words & self._all[name]) / weight if weight else 0.0
        like = 0.75 * best + 0.25 * known
        if by_kana and asked.sounds:
            heard = max(_dice(asked.sounds, one.sounds) for one in self._phrases[name])
            like = max(like, heard if heard >= BY_SOUND else 0.0)
        return like

    def _weigh(self, words: Iterable[str]) -> float:
        return sum(self._worth.get(word, UNKNOWN_COUNTS) for word in words)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
