"""Which pieces of a case's text are what was looked for, so that they can be shown as such (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import jaconv

from services.case_query import Concept
from services.case_vector import searchable
from services.thesaurus import LONGEST, Thesaurus, joined
from services.tips_rules import fold
from services.tokens import Word, words_of

Piece = tuple[str, bool]
"""A piece of a text, and whether it is what was looked for."""
Span = tuple[int, int]


@dataclass(frozen=True)
class Marks:
    """What was looked for, as it stands in one case; without any concepts nothing is marked.

    Texts are read when first asked for, which takes about a millisecond a case, and then kept.
    """

    concepts: Sequence[Concept] = ()
    thesaurus: Thesaurus = field(default_factory=Thesaurus)
    texts: Sequence[str] = ()
    _read: dict[str, list[Piece]] = field(default_factory=dict, compare=False, repr=False)

    def split(self, text: str) -> list[Piece]:
        """The pieces of a text, in order and together all of it; safe for any text, also a masked one."""
        if text not in self._read:
            self._read[text] = list(_pieces(text, self._spans(text))) if self._wanted else [(text, False)]
        return self._read[text]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the case, as they stand there, by which it was found."""
        found = [
            piece for text in self.texts for piece, looked_for in self.split(searchable(text)) if looked_for
        ]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _wanted(self) -> frozenset[str]:
        """The forms that are marked; parts of a word only where the case has all of them, as only then they count."""
        there = frozenset(form for text in self.texts for word in words_of(text) for form in word.forms)
        wanted: set[str] = set()
        for concept in self.concepts:
            wanted |= {joined(concept.forms), *map(joined, concept.loose)}
            if there.issuperset(concept.forms):
                wanted.update(concept.forms)
        return frozenset(wanted)

    def _spans(self, text: str) -> Iterator[Span]:
        words = words_of(text)
        marked = self._marked(words)
        folded = fold(text, spaces=True)
        letters, at = _in_hiragana(folded.text), 0
        for number, word in enumerate(words):
            surface = _in_hiragana(fold(word.surface, spaces=True).text)
            start = letters.find(surface, at) if surface else -1
            if start < 0:
                continue
            at = start + len(surface)
            if number in marked:
                yield folded.span(start, at)

    def _marked(self, words: Sequence[Word]) -> frozenset[int]:
        """Which of these words were looked for, by their number."""
        flat = [(form, number) for number, word in enumerate(words) for form in word.units]
        forms = [form for form, _number in flat]
        marked = {number for number, word in enumerate(words) if word.form in self._wanted}
        for start, (form, number) in enumerate(flat):
            length = max(self.thesaurus.find(forms[start : start + LONGEST]), 1)
            if joined(tuple(forms[start : start + length])) in self._wanted:
                marked.update(number for _form, number in flat[start : start + length])
            elif form in self._wanted:
                marked.add(number)
        return frozenset(marked)


def _in_hiragana(text: str) -> str:
    """The same for both kinds of kana, letter by letter."""
    return "".join(one if len(one := str(jaconv.kata2hira(letter))) == 1 else letter for letter in text)


def _pieces(text: str, spans: Iterator[Span]) -> Iterator[Piece]:
    """The text cut at these places; what touches becomes one piece."""
    after = 0
    start = end = 0
    for first, last in spans:
        if first > end:
            if end > start:
                yield from _cut(text, after, start, end)
                after = end
            start = first
        end = last
    if end > start:
        yield from _cut(text, after, start, end)
        after = end
    if after < len(text) or not text:
        yield text[after:], False


def _cut(text: str, after: int, start: int, end: int) -> Iterator[Piece]:
    if start > after:
        yield text[after:start], False
    yield text[start:end], True
