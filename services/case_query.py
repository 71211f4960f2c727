"""What the words of a query stand for, and how they are put to the index (pure)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.case_index import quoted, searchable
from services.thesaurus import Forms, Meaning, Thesaurus, joined
from services.tokens import Word, words_of

LONGEST = 200
"""Letters of a query that are read."""
MOST_CONCEPTS = 16
MOST_LOOSE = 16
"""Other words for one thing that are looked for; the commonest, where there are more."""
SAME, KIND, ALIKE, PARTED, WIDER = 0.6, 0.6, 0.7, 0.6, 0.3
"""What another word for the same, a kind of it, what is spelled alike, the parts of it, and what it is a kind of count
beside the word itself.
"""
WEAK = 0.1
COUNTED_UP_TO = 4
"""With more words than these the number of them that were found says little: then it is a sentence."""


class Matched(StrEnum):
    """How the words of a query were met: all of them, all by some cases and some by others, some, or none can be."""

    ALL = "all"
    MOST = "most"
    SOME = "some"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Concept:
    """One thing that is looked for: its word, as forms, and what else finds it, with what that counts."""

    forms: Forms
    loose: Mapping[Forms, float] = field(default_factory=dict)
    weak: bool = False

    @classmethod
    def of(cls, forms: Forms, meaning: Meaning, weak: bool = False) -> Concept:
        """A word with what it means."""
        loose = dict.fromkeys(meaning.wider, WIDER)
        loose |= dict.fromkeys(meaning.kinds, KIND) | dict.fromkeys(meaning.same, SAME)
        return cls(forms, loose, weak)

    def also(self, others: Iterable[Forms], thesaurus: Thesaurus) -> Concept:
        """The same with words that may be meant by it, and other words for those."""
        loose = dict(self.loose)
        for forms in others:
            meaning = Concept.of(forms, thesaurus.meaning(forms)).loose
            loose |= {other: weight * ALIKE for other, weight in meaning.items() if other not in loose}
            loose[forms] = ALIKE
        return replace(self, loose=loose)

    @property
    def words(self) -> list[str]:
        """Every form that finds it."""
        return [joined(self.forms), *self.forms, *map(joined, self.loose)]

    def known(self, cases: Mapping[str, int]) -> bool:
        """Whether any case has it, by whatever word."""
        return any(word in cases for word in (joined(self.forms), *map(joined, self.loose)))

    def common(self, cases: Mapping[str, int]) -> Concept:
        """The same with only the commonest of its other words, of those that stand in any case at all."""
        there = [forms for forms in self.loose if joined(forms) in cases]
        there.sort(key=lambda forms: (-self.loose[forms], -cases[joined(forms)], forms))
        return replace(self, loose={forms: self.loose[forms] for forms in there[:MOST_LOOSE]})

    def terms(self) -> Iterator[tuple[str, float]]:
        """Tsqueries that find it, each with what a match counts."""
        yield quoted(joined(self.forms)), 1.0
        if len(self.forms) > 1:
            yield _all(self.forms), PARTED
        for weight in sorted(set(self.loose.values()), reverse=True):
            words = sorted(joined(forms) for forms, counts in self.loose.items() if counts == weight)
            # ts_rank divides by the number of words.
            yield " | ".join(map(quoted, words)), weight * len(words)

    def any(self, prefix: str = "") -> str:
        """A tsquery that finds it by any of its words; `prefix` asks for them in one place alone."""
        words = [joined(self.forms), *sorted(map(joined, self.loose))]
        found = [quoted(prefix + word) for word in words]
        if len(self.forms) > 1:
            found.append("(" + _all(tuple(prefix + form for form in self.forms)) + ")")
        return "(" + " | ".join(found) + ")"

    def rarity(self, cases: Mapping[str, int]) -> float:
        """How much it says of a case that it is there: the logarithm of how rare its word is."""
        total = max(cases.get("", 1), 1)
        own = cases.get(joined(self.forms)) or min((cases.get(form, 1) for form in self.forms), default=1)
        return round(math.log(1 + (max(total - own, 0) + 0.5) / (own + 0.5)), 1) * (
            WEAK if self.weak else 1.0
        )

    def expected(self, cases: Mapping[str, int]) -> int:
        """In how many cases it stands, at most."""
        own = cases.get(joined(self.forms), 0)
        parted = min((cases.get(form, 0) for form in self.forms), default=0) if len(self.forms) > 1 else 0
        return own + parted + sum(cases.get(joined(forms), 0) for forms in self.loose)


@dataclass(frozen=True)
class Term:
    """One row of what is looked for: the number of its concept, -1 for one that is not needed, and what it counts."""

    concept: int
    query: str
    weight: float


@dataclass(frozen=True)
class Asked:
    """A query as concepts: those that a case should have, and those that only count."""

    needed: Sequence[Concept] = ()
    weak: Sequence[Concept] = ()

    @classmethod
    def of(cls, text: str, thesaurus: Thesaurus) -> Asked:
        """Read a query, cut to what is read; when all of its words are weak, they are what is looked for."""
        concepts = list({concept.forms: concept for concept in _concepts(text, thesaurus)}.values())
        needed = [concept for concept in concepts[:MOST_CONCEPTS] if not concept.weak]
        weak = [concept for concept in concepts[:MOST_CONCEPTS] if concept.weak]
        return cls(needed, weak) if needed else cls([replace(concept, weak=False) for concept in weak])

    @property
    def concepts(self) -> list[Concept]:
        """All of them."""
        return [*self.needed, *self.weak]

    @property
    def words(self) -> frozenset[str]:
        """Every form that finds any of them."""
        return frozenset(word for concept in self.concepts for word in concept.words)

    def condition(self, matched: Matched, filters: Iterable[str] = (), prefix: str = "") -> str:
        """A tsquery for the cases that have all of the needed concepts, or some of them, and all filters."""
        joint = " & " if matched is Matched.ALL else " | "
        found = "(" + joint.join(concept.any(prefix) for concept in self.needed) + ")"
        return " & ".join([found, *filters])

    def terms(self, cases: Mapping[str, int]) -> list[Term]:
        """What is ranked by."""
        return [
            Term(number if concept in self.needed else -1, query, concept.rarity(cases) * weight)
            for number, concept in enumerate(self.concepts)
            for query, weight in concept.terms()
        ]

    @property
    def counts_found(self) -> bool:
        """Whether a case that has more of the words is better in proportion."""
        return len(self.needed) <= COUNTED_UP_TO


def _all(forms: Forms) -> str:
    return " & ".join(quoted(form) for form in forms)


def _concepts(text: str, thesaurus: Thesaurus) -> Iterator[Concept]:
    words = [(form, word) for word in words_of(searchable(text[:LONGEST])) for form in word.strong]
    while words:
        forms = [form for form, _word in words]
        length = thesaurus.find(forms)
        own, words = tuple(forms[: max(length, 1)]), words[max(length, 1) :]
        weak = length <= 1 and Word(own[0], own[0]).weak
        yield Concept.of(own, thesaurus.meaning(own), weak)
