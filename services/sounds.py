"""Words by how they sound, so that one that is typed in other letters or mistyped is met (pure).

A sound is a reading in katakana without what people spell in several ways: long vowels, small letters, doubled
consonants. Two of them are alike if one letter was left out, added, changed, or two stand in the other order.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from services.tokens import in_katakana, plain, reading_of, readings_of

_DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_SPELLED: Mapping[str, str] = _DATA["spelled"]
_ROWS: Mapping[str, str] = {letter: vowel for vowel, letters in _DATA["rows"].items() for letter in letters}
_LONG: Mapping[str, str] = _DATA["long"]
_KATAKANA = re.compile(r"[\u30a1-\u30fc]+")
_KANJI = re.compile(r"[\u3005\u4e00-\u9fff]{2,6}")
_LATIN = re.compile(r"[a-z][a-z0-9]*")
# Each syllable is taken once and for all: "nana…" can be read in so many ways that to try them takes years.
_ROMAJI = re.compile(r"(?>(?:(?:ts|dz|tch|([bcdfghjkmnpqrstvwyz])\1?)h?y?)?[aiueo]|n)++")
_BETWEEN = str.maketrans("", "", " -")
SHORTEST, SHORTEST_ALIKE = 2, 4
"""Letters that a sound has at least: to be met at all, and to be met by one that is only alike."""
MOST_MEANT = 3
MOST_WORDS = 4
"""Words of which a run of sounds is made, at most."""

Key = TypeVar("Key")


def sound_of(reading: str) -> str:
    """The sound of a reading in katakana."""
    letters = reading
    for spelled, meant in _SPELLED.items():
        letters = letters.replace(spelled, meant)
    sound = ""
    for letter in letters:
        if not sound or letter not in _LONG.get(_ROWS.get(sound[-1], ""), ""):
            sound += letter
    return sound


def sounds_of(typed: str) -> tuple[str, ...]:
    """How what was typed may sound: as it is spelled in Latin letters, and as it is read."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", plain(typed)) if not unicodedata.combining(c))
    if _LATIN.fullmatch(latin := folded.casefold().translate(_BETWEEN)):
        heard = _heard(latin) if _ROMAJI.fullmatch(latin) else ""
        return tuple(dict.fromkeys(filter(None, [latin, heard])))
    return tuple(filter(None, [_heard(plain(typed))]))


def _heard(text: str) -> str:
    kana = in_katakana(text)
    return sound_of(kana) if _KATAKANA.fullmatch(kana) else ""


@lru_cache(maxsize=10_000)
def _read(word: str) -> tuple[str, ...]:
    """The sounds by which a known word is met."""
    reading = in_katakana(reading_of(word))
    heard = [sound_of(reading)] if _KATAKANA.fullmatch(reading) else []
    return tuple(dict.fromkeys([*sounds_of(word), *heard]))


@lru_cache(maxsize=2000)
def _heard_alone(letter: str) -> frozenset[str]:
    """The sounds that one kanji can have."""
    return frozenset(sound_of(reading) for reading in readings_of(letter))


def _slips(letter: str, meant: str) -> bool:
    """Whether one kanji can be written for another by its sound."""
    return letter != meant and not _heard_alone(letter).isdisjoint(_heard_alone(meant))


def is_slip(typed: str, meant: str) -> bool:
    """Whether a word in kanji differs from another in one letter, which can be read as that one is."""
    places = dict(_without_one(typed))
    return any(rest in places and _slips(places[rest], letter) for rest, letter in _without_one(meant))


@dataclass(frozen=True)
class Sounds(Generic[Key]):
    """Words by their sounds, and sounds by what is left of them without one letter, or without none.

    `written`: words in kanji, each under what is left of it without one letter, with that letter.
    """

    words: Mapping[str, Sequence[Key]] = field(default_factory=dict)
    shortened: Mapping[str, Sequence[str]] = field(default_factory=dict)
    written: Mapping[tuple[str, str], Sequence[tuple[str, Key]]] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Mapping[str, Key]) -> Sounds[Key]:
        """These words, with what they stand for; two thousand new ones take a tenth of a second."""
        made: defaultdict[str, dict[Key, None]] = defaultdict(dict)
        shortened: defaultdict[str, list[str]] = defaultdict(list)
        written: defaultdict[tuple[str, str], list[tuple[str, Key]]] = defaultdict(list)
        for word, key in words.items():
            for rest, letter in _without_one(word):
                written[rest].append((letter, key))
            for sound in _read(word):
                if len(sound) >= SHORTEST:
                    made[sound][key] = None
        for sound in made:
            for shorter in _shorter(sound):
                shortened[shorter].append(sound)
        return cls({sound: tuple(keys) for sound, keys in made.items()}, dict(shortened), dict(written))

    def same(self, typed: str) -> list[Key]:
        """What sounds the same as what was typed."""
        return _first(key for sound in sounds_of(typed) for key in self.words.get(sound, ()))

    def alike(self, typed: str) -> list[Key]:
        """What sounds nearly the same, for a word that nobody knows as it was typed."""
        return _first(key for sound in sounds_of(typed) for key in self._alike(sound))

    def slipped(self, typed: str) -> list[Key]:
        """The words in kanji that have one other letter than what was typed, which can be read as that one is."""
        return _first(
            key
            for rest, letter in _without_one(typed)
            for meant, key in self.written.get(rest, ())
            if _slips(letter, meant)
        )

    def parted(self, typed: str) -> list[list[Key]]:
        """The words that were typed as one run of letters, each with what may be meant by it; none unless all are."""
        return next((found for sound in sounds_of(typed) if (found := self._parts(sound, MOST_WORDS))), [])

    def _parts(self, sound: str, most: int) -> list[list[Key]]:
        for end in range(len(sound), SHORTEST - 1, -1) if most else ():
            if keys := self.words.get(sound[:end]):
                rest = self._parts(sound[end:], most - 1)
                if rest or end == len(sound):
                    return [list(keys), *rest]
        return []

    def _alike(self, sound: str) -> Iterator[Key]:
        if len(sound) < SHORTEST_ALIKE:
            return
        near = {other for shorter in _shorter(sound) for other in self.shortened.get(shorter, ())}
        for other in sorted(near, key=lambda other: (other[0] != sound[0], other)):
            if len(other) >= SHORTEST_ALIKE and _once_apart(sound, other):
                yield from self.words[other]


def _first(keys: Iterable[Key]) -> list[Key]:
    return list(dict.fromkeys(keys))[:MOST_MEANT]


def _without_one(word: str) -> Iterator[tuple[tuple[str, str], str]]:
    """What stands before and after each letter of a word in kanji, and that letter."""
    if _KANJI.fullmatch(word):
        yield from (((word[:at], word[at + 1 :]), word[at]) for at in range(len(word)))


def _shorter(sound: str) -> set[str]:
    return {sound, *(sound[:at] + sound[at + 1 :] for at in range(len(sound)))}


def _once_apart(one: str, other: str) -> bool:
    """Whether they differ in one place: a letter left out, added or changed, or two that stand in the other order."""
    start = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return abs(len(one) - len(other)) <= 1
    left, right = one[start:], other[start:]
    swapped = left[1:2] + left[:1] + left[2:] == right
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
