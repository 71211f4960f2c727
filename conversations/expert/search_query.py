"""What an expert looks for, as a draft keeps it: read as a query, told in words, narrowed and widened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from conversations import form as engine
from conversations.cases_shown import MODE
from conversations.form import Form
from conversations.questions import Facts, Words, tidy
from locales import _
from services import postal
from services.answers import Draft
from services.cases import Mode
from services.label import Label
from services.programme import Programme
from services.search import Query, Sort

FORM = "search"
"""The form whose answers these are."""
PAGE = 5
ANY = "any"
"""The option of a list that filters nothing; what is chosen in a list could not be given up otherwise."""
MORE = "more"
"""The question, and its one option, that lets the rarer filters be asked."""
TYPED = "typed"
"""Beside the answers of the form: the words as they were typed, of which some became a filter."""
NEWS = "news"
"""Beside the answers of the form: the ids of the cases that a saved search had found and nobody had looked at."""
RARER = frozenset({"industry", "hours", "budget", "cap", "deadline", "posted", "proposals"})
"""The filters that are asked only where more are wanted."""
SORT = {
    Sort.RELEVANCE: _("Best match first"),
    Sort.NEWEST: _("Newest first"),
    Sort.DEADLINE: _("Earliest deadline first"),
}
PREFECTURES: Mapping[str, Label] = {one.name: one.label for one in postal.PREFECTURES}
SHORT = 20


def _names(label: Label) -> list[str]:
    """What a prefecture is called where somebody types it: with and without what it is, in both languages."""
    whole = label.ja
    # Only this one keeps its last letter: without it nothing would be named.
    short = whole if whole.endswith("\u9053") else whole[:-1]
    return [whole, short, label.en.casefold()]


TYPED_PREFECTURES = {name: one.name for one in postal.PREFECTURES for name in _names(one.label)}


@dataclass(frozen=True)
class Filter:
    """One thing by which cases are narrowed down: the question, the value where it may have several, and its words."""

    key: str
    words: Words
    value: str = ""


def values(draft: Draft, facts: Facts) -> dict[str, Any]:
    """What was said in a search, by key, without what filters nothing."""
    said = engine.values_of(engine.walk(Form.all[FORM], draft, facts))
    return {key: value for key, value in said.items() if value not in (None, "", ANY)}


def query(draft: Draft, facts: Facts, cursor: str | None = None, limit: int = PAGE) -> Query:
    """The query that a draft holds."""
    said = values(draft, facts)
    posted, most = said.get("posted"), said.get("proposals")
    return Query(
        words=said.get("words", ""),
        areas=said.get("areas", ()),
        prefecture=said.get("prefecture"),
        mode=said.get("mode"),
        industry=said.get("industry"),
        most_hours=said.get("hours"),
        least_budget=said.get("budget"),
        least_cap=said.get("cap"),
        deadline_from=said.get("deadline"),
        posted_from=facts.today - timedelta(days=int(posted)) if posted else None,
        most_proposals=int(most) if most else None,
        sort=Sort(said.get("sort", Sort.RELEVANCE)),
        after=cursor,
        limit=limit,
    )


def news(draft: Draft) -> frozenset[int]:
    """The ids of the cases that are news in a saved search that is shown."""
    return frozenset(int(written) for written in draft.answers.get(NEWS, "").split(",") if written)


def filters(query: Query, programme: Programme) -> list[Filter]:
    """Everything that a query asks for, in words, the words that are looked for first."""
    found = [Filter("words", _("“{word}”")(word=short(query.words)))] if query.words.strip() else []
    found += [Filter("areas", programme.area(code).label, code) for code in query.areas]
    if query.prefecture:
        found.append(Filter("prefecture", PREFECTURES.get(query.prefecture, query.prefecture)))
    if query.mode:
        found.append(Filter("mode", MODE[Mode(query.mode)]))
    if query.industry:
        found.append(Filter("industry", programme.industry(query.industry).label))
    if query.most_hours is not None:
        found.append(Filter("hours", _("up to {hours} hours")(hours=str(query.most_hours))))
    if query.least_budget is not None:
        found.append(Filter("budget", _("own budget from {amount}")(amount=query.least_budget)))
    if query.least_cap is not None:
        found.append(Filter("cap", _("{amount} of the cap left")(amount=query.least_cap)))
    if query.deadline_from is not None:
        found.append(Filter("deadline", _("proposals until {day} or later")(day=query.deadline_from)))
    if query.posted_from is not None:
        found.append(Filter("posted", _("published since {day}")(day=query.posted_from)))
    if query.most_proposals is not None:
        few = _("up to {count} proposals")(count=query.most_proposals)
        found.append(Filter("proposals", few if query.most_proposals else _("no proposals yet")))
    return found


def in_words(query: Query, programme: Programme) -> list[Words]:
    """A search in words, one for each thing that is asked for; its order only where it is not the usual one."""
    ordered: list[Words] = [] if query.sort is Sort.RELEVANCE else [SORT[query.sort]]
    return [*(one.words for one in filters(query, programme)), *ordered]


def short(words: str) -> str:
    """Words that were typed, as far as a button or a line has room for them."""
    return words if len(words) <= SHORT else words[: SHORT - 1] + "\u2026"


# --- changing a search ---------------------------------------------------------------------------------


def narrowed(answers: Mapping[str, str], key: str, value: str) -> dict[str, str]:
    """The answers with one more filter."""
    more = {MORE: MORE} if key in RARER else {}
    return {**answers, key: value, **more}


def widened(answers: Mapping[str, str], key: str, value: str = "") -> dict[str, str]:
    """The answers without a filter, or without one of its values."""
    rest = [one for one in answers.get(key, "").split(",") if one != value] if value else []
    gone = {key, TYPED} if key in ("words", "prefecture") else {key}
    without = {name: answer for name, answer in answers.items() if name not in gone}
    return without | ({key: ",".join(rest)} if rest else {})


def read(words: str) -> dict[str, str]:
    """Typed words as answers: a word that is one prefecture's name becomes the filter, as people mean it."""
    typed = tidy(words)
    pieces = typed.split()
    named = {TYPED_PREFECTURES[piece.casefold()] for piece in pieces if piece.casefold() in TYPED_PREFECTURES}
    rest = " ".join(piece for piece in pieces if piece.casefold() not in TYPED_PREFECTURES)
    if len(named) != 1:
        return {"words": typed}
    return {"prefecture": named.pop(), TYPED: typed} | ({"words": rest} if rest else {})


def typed_prefecture(answers: Mapping[str, str], query: Query) -> str | None:
    """The typed word that became the prefecture that is looked in, if one did."""
    typed = answers.get(TYPED, "").split()
    named = [word for word in typed if TYPED_PREFECTURES.get(word.casefold()) == query.prefecture]
    return named[0] if named and query.prefecture else None


def as_typed(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers with every typed word as a word again."""
    typed = answers.get(TYPED, answers.get("words", ""))
    return {**widened(answers, "prefecture"), "words": typed}
