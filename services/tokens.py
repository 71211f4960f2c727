"""The words of a Japanese text as they are searched: normalized, whole and in parts (SudachiPy, splits C and A)."""

from __future__ import annotations

import re
import threading
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jaconv
from sudachipy import dictionary
from sudachipy.tokenizer import Tokenizer

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_DROPPED, _DROPPED_KINDS = frozenset(_DATA["dropped"]), frozenset(_DATA["dropped_kinds"])
_ENDINGS, _WEAK = frozenset(_DATA["endings"]), frozenset(_DATA["weak"])
ASKING = frozenset(_DATA["asking"])
"""What asks in a question, and what else only counts there."""
LONGEST_TEXT = 10_000
"""Letters of a text that are read; Sudachi takes about 49,000 bytes."""
LONGEST_WORD = 100
_LETTER = re.compile(r"\w")
# Words that the dictionary knows in katakana alone, as people write them in hiragana.
_KANA = re.compile("|".join(sorted(map(jaconv.kata2hira, _DATA["katakana"]), key=len, reverse=True)))
_LONG_KATAKANA = re.compile(r"[\u30a0-\u30ff]{3,}\u30fc")

# A tokenizer must not be used by two threads at once, and loading the dictionary takes a tenth of a second.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Word:
    """A word as it is written, its normalized form, the forms of its parts if it is made of several, and how it is
    read, in katakana.
    """

    surface: str
    form: str
    parts: tuple[str, ...] = ()
    reading: str = ""

    @property
    def weak(self) -> bool:
        """Whether it stands in so many cases that it decides nothing."""
        return self.form in _WEAK

    @property
    def strong(self) -> tuple[str, ...]:
        """The parts that decide what the word means, or the word itself."""
        return tuple(part for part in self.parts if part not in _WEAK) or (self.form,)

    @property
    def forms(self) -> frozenset[str]:
        """Every form under which the word is found."""
        return frozenset((self.form, *self.parts))


@cache
def _tokenizer() -> Any:
    return dictionary.Dictionary(dict="core").tokenizer(mode=Tokenizer.SplitMode.C)


def plain(text: str) -> str:
    """NFKC without control, direction and broken characters, cut to what is read."""
    whole = text[:LONGEST_TEXT].encode("utf-8", "replace").decode()
    # One sign may become eighteen, so it is cut once more.
    normal = unicodedata.normalize("NFKC", whole)[:LONGEST_TEXT]
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cn", "Co"} else c for c in normal)


def words_of(text: str) -> list[Word]:
    """The words of a text that can be searched for, in their order; may take milliseconds, safe in any thread."""
    with _one_at_a_time:
        tokens = _tokenizer().tokenize(_KANA.sub(_in_katakana, plain(text)))
        return [word for token in tokens if (word := _word(token)) is not None]


def reading_of(text: str) -> str:
    """How a text is read, in katakana; what the dictionary can't read stays as it is."""
    with _one_at_a_time:
        return "".join(token.reading_form() for token in _tokenizer().tokenize(plain(text)))


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


def _word(token: Any, kept: frozenset[str] = frozenset()) -> Word | None:
    form = _form(token, kept)
    if form is None:
        return None
    parts = [part for each in token.split(Tokenizer.SplitMode.A) if (part := _form(each)) is not None]
    names = [part for part in parts if part not in _ENDINGS]
    made = tuple(dict.fromkeys(names)) if parts != [form] else ()
    return Word(token.surface(), form, made, token.reading_form())


def _form(token: Any, kept: frozenset[str] = frozenset()) -> str | None:
    kinds, form = token.part_of_speech(), folded(token.normalized_form())
    carries = kinds[0] not in _DROPPED and kinds[1] not in _DROPPED_KINDS and _LETTER.search(form) is not None
    carries = carries or form in kept
    return form if carries and len(form) <= LONGEST_WORD else None


def folded(form: str) -> str:
    """A form in lower case, a long katakana word without its last prolonging mark."""
    lower = unicodedata.normalize("NFKC", form).casefold().strip()
    return lower[:-1] if _LONG_KATAKANA.fullmatch(lower) else lower
