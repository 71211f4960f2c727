"""A search that is kept as data, and the few words by which a new case finds the searches it may match (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from services.case_query import Asked, Concept, Matched
from services.search_query import Query
from services.thesaurus import Thesaurus, joined
from services.values import Hours, Yen

EVERY = ""
"""The word that is taken to stand in every case."""
_PAGING = frozenset({"sort", "after", "limit"})
_WORD = re.compile(r"'((?:[^'\\]|''|\\\\)*)'")


@dataclass(frozen=True)
class Needle:
    """What the words of a case must fulfil (a tsquery; nothing: any do), and the words of which it must have one.

    `by_words`: there are words that can be searched for.
    """

    query: str | None
    anchors: frozenset[str]
    by_words: bool = False


def dumped(query: Query) -> dict[str, Any]:
    """What is looked for as JSON, without what belongs to a page of results."""
    return {
        one.name: _plain(value)
        for one in fields(query)
        if one.name not in _PAGING and (value := getattr(query, one.name)) not in (None, "", (), [])
    }


def _plain(value: Any) -> Any:
    match value:
        case Hours():
            return value.minutes
        case date():
            return value.isoformat()
        case Yen():
            return int(value)
        case str() | int():
            return value
    return list(value)


def loaded(kept: Mapping[str, Any]) -> Query:
    """What `dumped` wrote; a part that there is no more is left out."""
    known = {one.name for one in fields(Query)} - _PAGING
    return Query(**{name: _READ.get(name, _as_it_is)(value) for name, value in kept.items() if name in known})


def _as_it_is(value: Any) -> Any:
    return value


_READ: Mapping[str, Any] = {
    "areas": tuple,
    "most_hours": Hours,
    "least_budget": Yen,
    "least_cap": Yen,
    "deadline_from": date.fromisoformat,
    "posted_from": date.fromisoformat,
}


def widened(asked: Asked, thesaurus: Thesaurus) -> Asked:
    """The same with all other words for what is looked for, also those that stand in no case so far."""

    def wide(concept: Concept) -> Concept:
        known = Concept.of(concept.forms, thesaurus.meaning(concept.forms)).loose
        return replace(concept, loose={**known, **concept.loose})

    return Asked([wide(concept) for concept in asked.needed], asked.weak)


def needle(asked: Asked, filters: Sequence[str], cases: Mapping[str, int], few: Mapping[str, int]) -> Needle:
    """How a case is compared with a search, and by which of its words it gets there.

    `cases` says in how many cases a word stands, `few` how many a filter leaves over. A case that matches has every
    concept and passes every filter, so the rarest of them alone leads to all that can match.
    """
    ways = [(concept.expected(cases), _anchors(concept, cases)) for concept in asked.needed]
    ways += [(few.get(term, cases.get(EVERY, 0)), words_in(term)) for term in filters]
    query = asked.condition(Matched.ALL, filters) if asked.needed else " & ".join(filters)
    anchors = min(ways, key=lambda way: (way[0], sorted(way[1])))[1] if ways else {EVERY}
    return Needle(query or None, frozenset(anchors), bool(asked.needed))


def _anchors(concept: Concept, cases: Mapping[str, int]) -> Iterable[str]:
    """Words of which a case has at least one that has the concept: of a word in parts the rarest part is enough."""
    rarest = min(concept.forms, key=lambda form: (cases.get(form, 0), form))
    return {joined(concept.forms), rarest, *map(joined, concept.loose)}


def words_in(term: str) -> list[str]:
    """The words of a tsquery that asks for any of them, as the index holds them."""
    return [found.replace("''", "'").replace("\\\\", "\\") for found in _WORD.findall(term)]
