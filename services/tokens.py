"""The words of a Japanese text as they are searched: normalized, whole and in parts (SudachiPy, splits C and A)."""

from __future__ import annotations

import re
import threading
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jaconv
from sudachipy import dictionary
from sudachipy.tokenizer import Tokenizer

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_NAMES = frozenset(_DATA["names"])
WEAK: Sequence[str] = _DATA["weak"]
"""Words that decide nothing."""
TOOLS: frozenset[str] = frozenset(_DATA["tools"])
"""Words that only say that something is software."""
AFFIXES: frozenset[str] = frozenset(_DATA["affixes"])
"""Kinds of what stands before or after words and is none itself."""
_DROPPED, _DROPPED_KINDS = frozenset(_DATA["dropped"]), frozenset(_DATA["dropped_kinds"])
_ENDINGS, _WEAK = frozenset(_DATA["endings"]), frozenset(WEAK)
_WHOLE = frozenset(word.lower() for word in _DATA["whole"])
_LONGEST_WHOLE = 3
_WHOLE_BEGIN = frozenset(word[0] for word in _WHOLE)
ASKING = frozenset(_DATA["asking"])
"""What asks in a question, and what else only counts there."""
LONGEST_TEXT = 10_000
"""Letters of a text that are read; Sudachi takes about 49,000 bytes."""
LONGEST_WORD = 100
_LETTER = re.compile(r"\w")
_IN_KATAKANA = re.compile(r"[\u30a1-\u30fa]")
# Words that the dictionary knows in katakana alone, as people write them in hiragana.
_KANA = re.compile("|".join(sorted(map(jaconv.kata2hira, _DATA["katakana"]), key=len, reverse=True)))
_LONG_KATAKANA = re.compile(r"[\u30a0-\u30ff]{3,}\u30fc")
# Signs that look like katakana, between katakana: hiragana be and pe, and a hyphen where a vowel is prolonged.
_MISTAKEN = re.compile(r"(?<=[\u30a1-\u30fc])[\u3079\u307a\u2010-\u2015\u2212-](?=[\u30a1-\u30fc])")
_ALIKE = {"\u3079": "\u30d9", "\u307a": "\u30da"}

REMEMBERED = 20_000
"""Words that are kept once they are made, some ten megabytes; then all of them are forgotten."""

# A tokenizer must not be used by two threads at once, and loading the dictionary takes a tenth of a second.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Word:
    """A word as it is written, its normalized form, the forms of its parts if it is made of several, how it is read,
    in katakana, whether it is a noun, and whether the dictionary has it.
    """

    surface: str
    form: str
    parts: tuple[str, ...] = ()
    reading: str = ""
    names: bool = True
    known: bool = True

    @property
    def weak(self) -> bool:
        """Whether it stands in so many cases that it decides nothing."""
        return self.form in _WEAK

    @property
    def strong(self) -> tuple[str, ...]:
        """The parts that decide what the word means, or the word itself where they are not enough."""
        parts = tuple(part for part in self.parts if part not in _WEAK)
        return parts if len("".join(parts)) > 1 else (self.form,)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The parts it stands for: two or more, or a place's name without its ending; else the word itself."""
        whole = len(self.parts) < 2 or len("".join(self.parts)) < 3
        return (self.form,) if whole and self.form not in _places(self.parts) else self.parts

    @property
    def forms(self) -> frozenset[str]:
        """Every form under which the word is found."""
        return frozenset((self.form, *self.parts))


_made: dict[tuple[int, str], Word | None] = {}


@dataclass(frozen=True)
class Token:
    """Any token of a text, also what is not searched for: as it is written, its kinds (the dictionary's), its
    normalized form, the forms of its parts if it is made of several, and whether the dictionary has it.
    """

    surface: str
    kinds: tuple[str, ...]
    form: str
    parts: tuple[str, ...] = ()
    known: bool = True


def _places(parts: tuple[str, ...]) -> Iterator[str]:
    return (part + ending for part in parts for ending in _ENDINGS)


@cache
def _dictionary() -> Any:
    return dictionary.Dictionary(dict="core")


@cache
def _tokenizer() -> Any:
    return _dictionary().tokenizer(mode=Tokenizer.SplitMode.C)


def plain(text: str) -> str:
    """NFKC without control, direction and broken characters, cut to what is read."""
    whole = text[:LONGEST_TEXT].encode("utf-8", "replace").decode()
    # One sign may become eighteen, so it is cut once more.
    normal = unicodedata.normalize("NFKC", whole)[:LONGEST_TEXT]
    seen = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cn", "Co"} else c for c in normal)
    return _MISTAKEN.sub(lambda found: _ALIKE.get(found.group(), "\u30fc"), seen)


def words_of(text: str) -> list[Word]:
    """The words of a text that can be searched for, in their order; may take milliseconds, safe in any thread."""
    with _one_at_a_time:
        tokens = list(_tokenizer().tokenize(_KANA.sub(_in_katakana, plain(text))))
        return list(_words(tokens))


def tokens_of(text: str) -> list[Token]:
    """Every token of a text, together all of it as `plain` has it; may take milliseconds, safe in any thread."""
    with _one_at_a_time:
        return [
            Token(
                token.surface(),
                token.part_of_speech(),
                folded(token.normalized_form()),
                _split(token),
                not token.is_oov(),
            )
            for token in _tokenizer().tokenize(plain(text))
        ]


def _split(token: Any) -> tuple[str, ...]:
    parts = token.split(Tokenizer.SplitMode.A)
    return tuple(folded(part.normalized_form()) for part in parts) if len(parts) > 1 else ()


def reading_of(text: str) -> str:
    """How a text is read, in katakana; what the dictionary can't read stays as it is."""
    with _one_at_a_time:
        return "".join(token.reading_form() for token in _tokenizer().tokenize(plain(text)))


def readings_of(letter: str) -> frozenset[str]:
    """All the ways in which one letter is read where it stands alone, in katakana; none for what nobody reads alone."""
    with _one_at_a_time:
        return frozenset(entry.reading_form() for entry in _dictionary().lookup(letter))


def is_place(text: str) -> bool:
    """Whether a text is the name of a place here: a prefecture, a region, a city, with its ending or without."""
    # In katakana they are companies and services.
    tokens = [] if _IN_KATAKANA.search(text) else tokens_of(text.strip())
    named = [token for token in tokens if _DATA["place"] in token.kinds]
    return bool(named) and all(token in named or token.surface in _ENDINGS for token in tokens)


def synonyms_of(text: str) -> frozenset[int]:
    """The dictionary's groups of synonyms to which a word belongs, by their numbers; none for several words."""
    with _one_at_a_time:
        tokens = list(_tokenizer().tokenize(plain(text).strip()))
        return frozenset(tokens[0].synonym_group_ids()) if len(tokens) == 1 else frozenset()


def in_katakana(text: str) -> str:
    """Hiragana and romaji as katakana, as far as they can be read."""
    letters = jaconv.alphabet2kana(text.casefold()) if text.isascii() and text.isalpha() else text
    return str(jaconv.hira2kata(letters))


def _in_katakana(found: re.Match[str]) -> str:
    return str(jaconv.hira2kata(found.group()))


def asked(text: str) -> tuple[list[Word], str]:
    """The words of a question, with those that ask, and how all of it is read aloud, in katakana."""
    with _one_at_a_time:
        tokens = list(_tokenizer().tokenize(plain(text)))
        words = [word for token in tokens if (word := _word(token, ASKING)) is not None]
        return words, "".join(token.reading_form() for token in tokens)


def _words(tokens: list[Any]) -> Iterator[Word]:
    """The words of these tokens; those that mean something else together than apart are one."""
    surfaces = [token.surface() for token in tokens]
    start = 0
    while start < len(tokens):
        length = _whole(surfaces[start : start + _LONGEST_WHOLE])
        if length:
            surface = "".join(surfaces[start : start + length])
            reading = "".join(token.reading_form() for token in tokens[start : start + length])
            yield Word(surface, folded(surface), (), reading)
        elif (word := _remembered(tokens[start], surfaces[start])) is not None:
            yield word
        start += max(length, 1)


def _whole(surfaces: list[str]) -> int:
    """How many of these tokens, from the first on, mean something else together; 0 for none."""
    if surfaces[0][:1] not in _WHOLE_BEGIN:
        return 0
    lengths = range(len(surfaces), 0, -1)
    return next((length for length in lengths if "".join(surfaces[:length]).lower() in _WHOLE), 0)


def _remembered(token: Any, surface: str) -> Word | None:
    """The word of a token; what the dictionary has is made once. Only for who holds the lock."""
    if token.is_oov():
        return _word(token)
    key = token.word_id(), surface
    if key not in _made:
        if len(_made) >= REMEMBERED:
            _made.clear()
        _made[key] = _word(token)
    return _made[key]


def _word(token: Any, kept: frozenset[str] = frozenset()) -> Word | None:
    form = _form(token, kept)
    if form is None:
        return None
    # In a question also the parts of a verb say something; a search would find too much by them.
    split = [
        each for each in token.split(Tokenizer.SplitMode.A) if kept or each.part_of_speech()[0] in _NAMES
    ]
    inner = [part for each in split if (part := _form(each)) is not None and part not in _ENDINGS]
    made = tuple(dict.fromkeys(inner)) if inner != [form] else ()
    names = token.part_of_speech()[0] in _NAMES
    return Word(token.surface(), form, made, token.reading_form(), names, not token.is_oov())


def _form(token: Any, kept: frozenset[str] = frozenset()) -> str | None:
    kinds, form = token.part_of_speech(), folded(token.normalized_form())
    carries = kinds[0] not in _DROPPED and kinds[1] not in _DROPPED_KINDS and _LETTER.search(form) is not None
    carries = carries or form in kept
    return form if carries and len(form) <= LONGEST_WORD else None


def folded(form: str) -> str:
    """A form in lower case, a long katakana word without its last prolonging mark."""
    lower = unicodedata.normalize("NFKC", form).casefold().strip()
    return lower[:-1] if _LONG_KATAKANA.fullmatch(lower) else lower
