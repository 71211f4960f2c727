"""What the words of a query stand for, and how they are put to the index (pure)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate

from services.case_vector import quoted, searchable
from services.thesaurus import Forms, Meaning, Thesaurus, forms_of, joined
from services.tokens import AFFIXES, Word, plain, reading_of, tokens_of, words_of

LONGEST = 200
"""Letters of a query that are read."""
MOST_CONCEPTS = 16
MOST_LOOSE = 16
"""Other words for one thing that are looked for; the commonest, where there are more."""
SAME, KIND, ALIKE, PARTED, PART, WIDER = 0.6, 0.4, 0.8, 0.6, 0.3, 0.15
"""What another word for the same, a kind of it, what is spelled alike, the parts of it, one of them alone, and what it is
a kind of count beside the word itself.
"""
WEAK = 0.1
NO_NAME = 0.5
"""What verbs and the like count, beside what names something."""
COUNTED_UP_TO = 4
"""With more words than these the number of them that were found says little: then it is a sentence."""
_HIRAGANA = re.compile(r"[\u3041-\u309f\u30fc]+")
_KANJI = re.compile(r"[\u3005\u4e00-\u9fff]+")
_DOUBTFUL = re.compile(r"\S{2,}")
# Latin letters, katakana, kanji, and what is written in hiragana alone: a word that is mistyped is of one kind.
_RUNS = re.compile(
    r"[A-Za-z\u00c0-\u017f][A-Za-z0-9\u00c0-\u017f-]{2,}|[\u30a1-\u30fc]{3,}|[\u3005\u4e00-\u9fff]{2,6}"
    r"|(?<!\S)[\u3041-\u309f\u30fc]{3,}(?!\S)"
)


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
    counts: float = 1.0

    @classmethod
    def of(cls, forms: Forms, meaning: Meaning, weak: bool = False) -> Concept:
        """A word with what it means."""
        loose = dict.fromkeys(meaning.wider, WIDER)
        loose |= dict.fromkeys(meaning.kinds, KIND) | dict.fromkeys(meaning.same, SAME)
        return cls(forms, loose, weak)

    def also(self, others: Iterable[Forms], thesaurus: Thesaurus) -> Concept:
        """The same with words that may be meant by it, and other words for those."""
        loose = dict(self.loose)
        for other in others:
            # The dictionary's word may be several to the thesaurus.
            forms = other if other in thesaurus.meanings else forms_of(joined(other)) or other
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
        own = cases.get(joined(self.forms)) or max(
            [min((cases.get(form, 1) for form in self.forms), default=1)]
            + [cases.get(joined(forms), 1) for forms, counts in self.loose.items() if counts >= ALIKE]
        )
        rarity = round(math.log(1 + (max(total - own, 0) + 0.5) / (own + 0.5)), 1)
        return rarity * (WEAK if self.weak else self.counts)

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


def _strong(forms: Forms) -> Forms:
    """These without the words that decide nothing."""
    return tuple(form for form in forms if not Word(form, form).weak)


def _concepts(text: str, thesaurus: Thesaurus) -> Iterator[Concept]:
    typed, at = plain(searchable(text[:LONGEST])), 0
    ends = list(accumulate(len(token.surface) for token in tokens_of(typed)))
    for run in _RUNS.finditer(typed):
        # Else its last letter goes on in hiragana, or its first one counts something.
        alone = run.end() in ends and not typed[: run.start()][-1:].isdecimal()
        if meant := _meant(run.group(), thesaurus, alone):
            yield from _read(typed[at : run.start()], thesaurus)
            yield from meant
            at = run.end()
    yield from _read(typed[at:], thesaurus)


def _meant(typed: str, thesaurus: Thesaurus, alone: bool) -> list[Concept]:
    """What may be meant by letters of one kind; nothing where they make up known words, or nobody can tell.

    `alone`: no word goes on behind them in hiragana, and no figure stands before them.
    """
    words = words_of(typed)
    forms = [form for word in words for form in word.units]
    in_kanji, in_hiragana = _KANJI.fullmatch(typed), _HIRAGANA.fullmatch(typed)
    if forms and thesaurus.find(forms) == len(forms):
        return []
    if in_kanji and alone and (mended := _mended(typed, thesaurus)):
        return mended
    if in_kanji and any(len(form) > 1 for form in forms):
        return _left_over(typed, thesaurus) if alone else []
    if len(words) == 1 and words[0].known and words[0].surface == typed and not in_hiragana:
        return []
    sounds, heard = thesaurus.sounds, reading_of(typed) if in_kanji else typed
    as_one = Concept(tuple(forms) or (typed,))
    if same := sounds.same(heard):
        return [as_one.also(same, thesaurus)]
    unknown = in_hiragana or not in_kanji and not all(word.known for word in words)
    if unknown and (parts := sounds.parted(typed)):
        return [_one_of(meant, thesaurus) for meant in parts]
    if in_kanji:
        return _left_over(typed, thesaurus) if alone else []
    alike = [] if in_hiragana else sounds.alike(typed)
    return [as_one.also(alike, thesaurus)] if alike else []


def _mended(typed: str, thesaurus: Thesaurus) -> list[Concept]:
    """Kanji with one slip for another that is read alike in a word, read as what is meant; nothing where there is none.

    Only what the dictionary does not know is a slip: what it takes apart into single letters, or has not.
    """
    for found in _DOUBTFUL.finditer(_only_doubtful(typed)):
        for start, end in _stretches(*found.span()):
            if meant := thesaurus.sounds.slipped(typed[start:end]):
                before, after = typed[:start], typed[end:]
                rest = _mended(after, thesaurus) or list(_read(after, thesaurus))
                return [*_read(before, thesaurus), _one_of(meant, thesaurus), *rest]
    return []


def _only_doubtful(typed: str) -> str:
    """What was typed with gaps in place of what the dictionary knows as words of several letters, and of numbers."""
    return "".join(
        token.surface
        if not token.surface.isnumeric() and (len(token.surface) == 1 or not token.known)
        else " " * len(token.surface)
        for token in tokens_of(typed)
    )


def _stretches(start: int, end: int) -> Iterator[tuple[int, int]]:
    """All that a stretch of two or more letters has in it, the longest first."""
    for length in range(end - start, 1, -1):
        for at in range(start, end - length + 1):
            yield at, at + length


def _left_over(typed: str, thesaurus: Thesaurus) -> list[Concept]:
    """Letters of an unknown word as one thing, so that none of them is looked for alone, or as a beginning of others."""
    for found in _DOUBTFUL.finditer(_only_doubtful(typed)):
        forms = _strong(tuple(form for word in words_of(found[0]) for form in word.units))
        affixed = any(token.kinds[0] in AFFIXES for token in tokens_of(found[0]))
        if (
            not forms
            or affixed
            or forms == (found[0],)
            or any((form,) in thesaurus.meanings for form in forms)
        ):
            continue
        unknown = Concept(forms) if len(forms) > 1 else Concept((found[0],), {forms: ALIKE})
        before, after = typed[: found.start()], typed[found.end() :]
        rest = _left_over(after, thesaurus) or list(_read(after, thesaurus))
        return [*_read(before, thesaurus), unknown, *rest]
    return []


def _one_of(meant: Sequence[Forms], thesaurus: Thesaurus) -> Concept:
    concept = Concept.of(meant[0], thesaurus.meaning(meant[0]), not _strong(meant[0]))
    return concept.also(meant[1:], thesaurus)


def _read(text: str, thesaurus: Thesaurus) -> Iterator[Concept]:
    """The words of a text, several as one where the thesaurus or the dictionary knows them so."""
    words = [(form, word, place) for word in words_of(text) for place, form in enumerate(word.units)]
    while words:
        form, word, place = words[0]
        length = thesaurus.find([form for form, _word, _place in words])
        if place == 0 and 1 < len(word.units) > length and _is_one(word.units):
            length = len(word.units)
            yield Concept(word.units, {(part,): PART for part in _strong(word.units) if len(part) > 1})
        elif length:
            own = tuple(form for form, _word, _place in words[:length])
            yield Concept.of(own, thesaurus.meaning(own), length == 1 and not _strong(own))
        else:
            yield _unknown(form, word)
        words = words[max(length, 1) :]


def _is_one(units: Forms) -> bool:
    """Whether a word is more than what is left of it without the parts that decide nothing."""
    strong = _strong(units)
    return len(strong) > 1 or len("".join(strong)) < 2


def _unknown(form: str, word: Word) -> Concept:
    """A word of which the thesaurus knows nothing; its stem finds it too."""
    stems = word.parts if word.units == (word.form,) else ()
    weak = form.isdecimal() or not _strong((form,))
    counts = 1.0 if word.names else NO_NAME
    return Concept((form,), {(stem,): SAME for stem in stems if len(stem) > 1}, weak, counts)
