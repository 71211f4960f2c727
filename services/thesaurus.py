"""Words of the field that stand for one another, by the forms in which they are searched (pure)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from services.sounds import Sounds
from services.tokens import TOOLS, WEAK, words_of

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
    """Every word with what it means, and all of them by how they sound."""

    meanings: Mapping[Forms, Meaning] = field(default_factory=dict)
    sounds: Sounds[Forms] = field(default_factory=Sounds)

    @classmethod
    def of(cls, groups: Iterable[Group]) -> Thesaurus:
        """The thesaurus of these groups."""
        meanings: dict[Forms, Meaning] = {}
        spelled: dict[str, Forms] = {word: (word,) for word in WEAK}
        for group in groups:
            words, kinds = _forms_of(group.words), _forms_of(group.kinds)
            spelled |= words | kinds
            same = frozenset(words.values())
            narrower = frozenset(kinds.values()) - same
            for word in same:
                meanings[word] = meanings.get(word, Meaning()) | Meaning(same - {word}, narrower)
            for kind in narrower:
                meanings[kind] = meanings.get(kind, Meaning()) | Meaning(wider=same)
        return cls(meanings, Sounds.of(spelled))

    def find(self, forms: Sequence[str]) -> int:
        """How many of these forms, from the first on, make up the longest word that is known; 0 for none."""
        for length in range(min(LONGEST, len(forms)), 0, -1):
            if tuple(forms[:length]) in self.meanings:
                return length
        return 0

    def meaning(self, forms: Forms) -> Meaning:
        """What a word means; nothing for an unknown one."""
        return self.meanings.get(forms, Meaning())


# Of the words of a thesaurus most stay when it is changed.
@lru_cache(maxsize=10_000)
def forms_of(word: str) -> Forms:
    """A word of the thesaurus as the index holds it; that it is software is left out at its end."""
    forms = [form for token in words_of(word) for form in token.units]
    while len(forms) > 1 and forms[-1] in TOOLS:
        forms.pop()
    return tuple(forms[:LONGEST])


def _forms_of(words: Iterable[str]) -> dict[str, Forms]:
    return {word: forms for word in words if (forms := forms_of(word))}


def joined(forms: Forms) -> str:
    """A word of several tokens as one form, under which the index holds it as well."""
    return "".join(forms)


@cache
def built_in_groups() -> tuple[Group, ...]:
    """The groups that come with the programme."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(Group(one["words"], one.get("kinds", ())) for one in data["groups"])


@cache
def built_in() -> Thesaurus:
    """The thesaurus that comes with the programme."""
    return Thesaurus.of(built_in_groups())
