"""Words of the field that stand for one another, by the forms in which they are searched (pure)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from services.tokens import words_of

Forms = tuple[str, ...]
"""A word as the index holds it: the forms of its tokens, next to each other."""
LONGEST = 5


@dataclass(frozen=True)
class Group:
    """Words that mean the same to whoever looks for a case, and kinds of what they name."""

    words: Sequence[str]
    kinds: Sequence[str] = ()


@dataclass(frozen=True)
class Meaning:
    """What else a word may be called (`same`), what is of its kind (`kinds`), and of what it is a kind (`wider`)."""

    same: frozenset[Forms] = frozenset()
    kinds: frozenset[Forms] = frozenset()
    wider: frozenset[Forms] = frozenset()

    def __or__(self, other: Meaning) -> Meaning:
        """Both meanings of a word that stands in several groups."""
        return Meaning(self.same | other.same, self.kinds | other.kinds, self.wider | other.wider)


@dataclass(frozen=True)
class Thesaurus:
    """Every word with what it means."""

    meanings: Mapping[Forms, Meaning] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Iterable[Group]) -> Thesaurus:
        """The thesaurus of these groups."""
        meanings: dict[Forms, Meaning] = {}
        for group in groups:
            words = frozenset(forms for word in group.words if (forms := forms_of(word)))
            kinds = frozenset(forms for word in group.kinds if (forms := forms_of(word))) - words
            for word in words:
                meanings[word] = meanings.get(word, Meaning()) | Meaning(words - {word}, kinds)
            for kind in kinds:
                meanings[kind] = meanings.get(kind, Meaning()) | Meaning(wider=words)
        return cls(meanings)

    def find(self, forms: Sequence[str]) -> int:
        """How many of these forms, from the first on, make up the longest word that is known; 0 for none."""
        for length in range(min(LONGEST, len(forms)), 0, -1):
            if tuple(forms[:length]) in self.meanings:
                return length
        return 0

    def meaning(self, forms: Forms) -> Meaning:
        """What a word means; nothing for an unknown one."""
        return self.meanings.get(forms, Meaning())


def forms_of(word: str) -> Forms:
    """A word of the thesaurus as the index holds it; weak words at its end are left out."""
    tokens = words_of(word)
    while len(tokens) > 1 and tokens[-1].weak:
        tokens = tokens[:-1]
    return tuple(form for token in tokens for form in token.strong)[:LONGEST]


def joined(forms: Forms) -> str:
    """A word of several tokens as one form, under which the index holds it as well."""
    return "".join(forms)


@cache
def built_in() -> Thesaurus:
    """The thesaurus that comes with the programme."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return Thesaurus.of(Group(one["words"], one.get("kinds", ())) for one in data["groups"])
