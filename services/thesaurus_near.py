"""Known words that may be meant by one that was looked for in vain: synonyms, read alike, spelled alike, or a part."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncConnection

from services import search_words
from services.sounds import is_slip
from services.thesaurus import Forms, forms_of, joined
from services.thesaurus_groups import Groups
from services.tokens import Word, in_katakana, is_place, plain, reading_of, synonyms_of

OFFERED = 5
LEAST_ALIKE = 0.6
"""How alike two spellings are at least, between 0 and 1."""


async def near(connection: AsyncConnection, word: str, groups: Groups) -> list[str]:
    """Known words that may be meant, the likeliest first; words of the thesaurus before others that stand in cases.

    Never a place: two of them may be spelled alike, and are not the same.
    """
    known = [one for group in groups.values() for one in group.roles]
    likely = await asyncio.to_thread(_of_thesaurus, word, known)
    others = await search_words.read_as(connection, sorted(_readings(word)))
    others += await search_words.spelled_like(connection, joined(forms_of(word)) or word)
    offered: dict[Forms, str] = {}
    for one in (*likely, *others):
        if forms_of(one) not in (forms_of(word), ()) and not _says_nothing(one) and not is_place(one):
            offered.setdefault(forms_of(one), one)
    return list(offered.values())[:OFFERED]


def _of_thesaurus(word: str, known: Iterable[str]) -> list[str]:
    known = list(dict.fromkeys(known))
    return [
        *_synonyms(word, known),
        *_read_alike(word, known),
        *_slipped(word, known),
        *_of_parts(word, known),
        *_spelled(word, known),
    ]


def _synonyms(word: str, known: Iterable[str]) -> Iterator[str]:
    groups = synonyms_of(word)
    return (one for one in known if groups & _synonym_groups(one))


def _read_alike(word: str, known: Iterable[str]) -> Iterator[str]:
    readings = _readings(word)
    return (one for one in known if readings & _readings(one))


def _slipped(word: str, known: Iterable[str]) -> Iterator[str]:
    return (one for one in known if is_slip(plain(word).strip(), one))


def _of_parts(word: str, known: Iterable[str]) -> Iterator[str]:
    """Words of which the word is a part, or that are a part of it."""
    parts = set(forms_of(word))
    return (one for one in known if parts and (parts <= set(forms_of(one)) or set(forms_of(one)) <= parts))


def _spelled(word: str, known: Iterable[str]) -> list[str]:
    spelled = {plain(one).casefold(): one for one in known}
    alike = difflib.get_close_matches(plain(word).casefold(), spelled, OFFERED, LEAST_ALIKE)
    return [spelled[one] for one in alike]


def _says_nothing(word: str) -> bool:
    return all(Word(form, form).weak for form in forms_of(word))


# Most words of a thesaurus stay when it is changed.
@lru_cache(maxsize=10_000)
def _readings(word: str) -> frozenset[str]:
    written = plain(word).strip()
    return frozenset(reading for reading in (in_katakana(written), reading_of(written)) if reading)


@lru_cache(maxsize=10_000)
def _synonym_groups(word: str) -> frozenset[int]:
    return synonyms_of(word)
