"""Which words of one text say something where they stand in another, with other words for the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from services.case_vector import searchable
from services.programme import Programme
from services.suggestion_scores import table
from services.thesaurus import Thesaurus, joined
from services.tokens import words_of

SHORTEST = 2
_INFLECTED = re.compile(r".*[\u4e00-\u9fff].*[\u3041-\u309f]")
"""A word of kanji with an ending in hiragana: what somebody does, or how something is."""
_BETWEEN = re.compile(r"[\u30fb()\uff08\uff09]")


def telling(texts: Iterable[str], thesaurus: Thesaurus, programme: Programme) -> dict[str, str]:
    """Every form under which the index may hold a word of these texts, with the word as it is written here.

    Left out is what stands everywhere, and what the areas are called, for these are compared by themselves.
    """
    silent = table().says_nothing | _named(tuple(area.label.ja for area in programme.areas))
    found: dict[str, str] = {}
    for text in texts:
        for forms, surface in _words(text, thesaurus):
            names = {joined(forms), *map(joined, thesaurus.meaning(forms).same)}
            if not names & silent and not silent.issuperset(forms) and _says_something(joined(forms)):
                found |= {name: surface for name in sorted(names) if name not in found}
    return found


@cache
def _named(labels: tuple[str, ...]) -> frozenset[str]:
    """The words of these labels, and what stands together in them, as one."""
    parts = [[form for word in words_of(part) for form in word.strong] for part in _parts(labels)]
    return frozenset(form for forms in parts for form in (*forms, joined(tuple(forms))))


def _parts(labels: Iterable[str]) -> Iterator[str]:
    for label in labels:
        yield from filter(None, _BETWEEN.split(label))


def _words(text: str, thesaurus: Thesaurus) -> Iterator[tuple[tuple[str, ...], str]]:
    """The words of a text, those that the thesaurus knows as one taken together, each with how it is written."""
    words: Sequence[tuple[str, str]] = [
        (form, word.surface) for word in words_of(searchable(text)) for form in word.strong
    ]
    while words:
        length = max(thesaurus.find([form for form, _surface in words]), 1)
        own, words = words[:length], words[length:]
        yield tuple(form for form, _surface in own), "".join(dict.fromkeys(surface for _form, surface in own))


def _says_something(form: str) -> bool:
    return len(form) >= SHORTEST and not form.isnumeric() and _INFLECTED.fullmatch(form) is None
