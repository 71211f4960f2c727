"""The words by which an open case is looked up: a vector as PostgreSQL reads it, and what can be asked for (pure)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from services.thesaurus import Thesaurus, joined
from services.tips_masks import find_private, replace
from services.tokens import Word, words_of

TITLE = "A"
"""The weight of a title's words; they stand in the index a second time, so that they can be asked for alone."""
IN_TITLE, FILTER = "^", "@"
MOST_DAYS = 10
"""So many days are asked for one by one, more of them by weeks."""
MOST_WEEKS = 10
NAME = 20
"""Texts of so few letters come again and again: names of areas, trades and places."""


@dataclass
class Vector:
    """What the index holds of one case: each form with its places, and how the words are read."""

    places: dict[str, list[str]] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)
    _place: int = 0

    @classmethod
    def of(
        cls, texts: Mapping[str, Sequence[str]], thesaurus: Thesaurus, filters: Iterable[str] = ()
    ) -> Vector:
        """The vector of texts by weight; `filters` are what a case can be narrowed down by, such as "p:Tokyo"."""
        vector = cls({FILTER + name: [] for name in filters})
        for weight, some in texts.items():
            for text in some:
                words = _words_of_name(text) if len(text) <= NAME else words_of(searchable(text))
                vector._add(words, weight, thesaurus)
        return vector

    def _add(self, words: Sequence[Word], weight: str, thesaurus: Thesaurus) -> None:
        flat: list[tuple[int, str]] = []
        for word in words:
            self._put(word.form, self._place + 1, weight)
            self.readings.setdefault(word.form, word.reading)
            for part in word.units:
                self._place += 1
                self._put(part, self._place, weight)
                flat.append((self._place, part))
            for part in word.parts:
                if part not in word.units:
                    self._put(part, self._place, weight)
        forms = [form for _place, form in flat]
        for start, (place, _form) in enumerate(flat):
            if (length := thesaurus.find(forms[start:])) > 1:
                self._put(joined(tuple(forms[start : start + length])), place, weight)
        # Words of two texts do not stand next to each other.
        self._place += 1

    def _put(self, form: str, place: int, weight: str) -> None:
        at = f"{place}{weight}"
        if at not in self.places.setdefault(form, []):
            self.places[form].append(at)
        if weight == TITLE:
            self.places.setdefault(IN_TITLE + form, [])

    @property
    def words(self) -> list[str]:
        """Its forms, without those that stand there for a second purpose."""
        return [form for form in self.places if not form.startswith((IN_TITLE, FILTER))]

    @property
    def norm(self) -> float:
        """By what its words' worth is divided: the logarithm of how many there are, as ts_rank does it."""
        return math.log2(sum(len(at) or 1 for at in self.places.values()) + 1)

    def __str__(self) -> str:
        """As PostgreSQL reads it."""
        return " ".join(quoted(form) + (":" + ",".join(at) if at else "") for form, at in self.places.items())


@lru_cache(maxsize=2000)
def _words_of_name(text: str) -> Sequence[Word]:
    """The words of a short text, kept once they are made."""
    return words_of(searchable(text))


def searchable(text: str) -> str:
    """A text without contact data; not even the words that stand in its place can be searched for."""
    return replace(text, [(hidden.span, " ") for hidden in find_private(text, names=False)])


def quoted(form: str) -> str:
    """One form as PostgreSQL reads it, whatever signs it is made of."""
    escaped = form.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def day_words(published: date, deadline: date) -> list[str]:
    """The filters by which a case is found by its days: that of its publication, the week of it, and the deadline."""
    return [f"d:{published}", _week(published), f"e:{deadline}"]


def published_between(first: date, last: date) -> list[str]:
    """The filters for all that was published on these days, if need be on some days before; none for many."""
    days = _days(first, last)
    if len(days) <= MOST_DAYS:
        return [f"d:{day}" for day in days]
    weeks = list(dict.fromkeys(map(_week, days)))
    return weeks if len(weeks) <= MOST_WEEKS else []


def due_between(first: date, last: date) -> list[str]:
    """The filters for all whose deadline is one of these days."""
    return [f"e:{day}" for day in _days(first, last)]


def any_of(filters: Iterable[str]) -> str:
    """A tsquery for what one of these filters finds."""
    return " | ".join(quoted(FILTER + name) for name in filters)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _week(day: date) -> str:
    year, week, _day = day.isocalendar()
    return f"w:{year}-{week:02}"
