"""What was found for an expert: the search in words, ways to narrow and widen it, and the cases, a page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from conversations.acts import number
from conversations.cases_shown import MODE, area_of, budget_of, hours_of, result_card
from conversations.current import Part
from conversations.expert import saved, search_query
from conversations.expert.search_query import FORM, PAGE, PREFECTURES, Filter
from conversations.messages import Act, Ask, Button, Card, Option, Pressed, Say, Screen, Words, act
from locales import Text, _
from services import search_hints
from services.answers import DONE, Draft
from services.cases import Case, Mode
from services.label import Label
from services.programme import Programme
from services.refusals import Refusal
from services.search import Found, Matched, Query, Why

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

MATCHED = {
    Matched.SOME: _("No case has all of these words. These have some of them."),
    Matched.NOTHING: _("These words can't be searched for. Here are all cases that fit."),
}
REASONS: Mapping[str, Callable[[Case, Programme], Words]] = {
    "area": area_of,
    "prefecture": lambda case, programme: PREFECTURES.get(case.prefecture, case.prefecture),
    "mode": lambda case, programme: MODE[Mode(case.mode)],
    "industry": lambda case, programme: _("industry"),
    "hours": lambda case, programme: _("hours: {hours}")(hours=hours_of(case)),
    "budget": lambda case, programme: _("own budget: {budget}")(budget=budget_of(case)),
    "cap": lambda case, programme: _("cap left"),
    "deadline": lambda case, programme: _("deadline"),
    "posted": lambda case, programme: _("new"),
    "proposals": lambda case, programme: _("few proposals"),
}
"""What a case is like by which it meets a filter, by the filter's name."""
AT_ONCE = 2
"""How many buttons narrow a search by area at once, and how many by prefecture; all else is in the list below."""
WORTH = 2
"""How many cases a button must leave at least."""
WORDS = 6
"""How many matched words are told of one case."""
TRIED = 4
"""How many filters are tried without, where nothing was found."""
REMEMBERED = 1200
"""Letters of the pages one can go back one by one, some fifteen; before those, back leads to the first."""
LONGEST_CURSOR = 120
NO_LONGER = _("This button no longer works. Please search again.")
KEPT = Button(_("Bookmarks"), act("search.bookmarks"))
SEARCH = Button(_("Find cases"), act("search.open"), "primary")


class Where(StrEnum):
    """The screen on which a bookmark was pressed, which is then drawn anew."""

    RESULTS = "results"
    CASE = "case"
    BOOKMARKS = "bookmarks"
    HOME = "home"


@dataclass(frozen=True)
class Spot:
    """A page of a search: its draft, the cursor it begins at, its number, and the cursors of the pages before."""

    draft_id: int
    cursor: str = ""
    page: int = 1
    before: tuple[str, ...] = ()

    @classmethod
    def of(cls, pressed: Pressed) -> Spot:
        """The page a button leads to. Raises Refusal."""
        args = pressed.act.args
        page = number(args, "n") if "n" in args else 1
        before = tuple(filter(None, args.get("b", "").split("~")))
        if any(len(cursor) > LONGEST_CURSOR for cursor in (args.get("c", ""), *before)):
            raise Refusal(NO_LONGER)
        return cls(number(args, "d"), args.get("c", ""), page, before)

    def args(self) -> dict[str, object]:
        """The page as it travels in a button; what every first page has is left out."""
        place = {"c": self.cursor, "n": self.page if self.page > 1 else "", "b": "~".join(self.before)}
        return {"d": self.draft_id} | {key: value for key, value in place.items() if value}

    def following(self, cursor: str) -> Spot:
        """The next page."""
        before = (*self.before, self.cursor) if self.cursor else ()
        while sum(map(len, before)) > REMEMBERED:
            before = before[1:]
        return Spot(self.draft_id, cursor, self.page + 1, before)

    @property
    def previous(self) -> Spot:
        """The page before; the first one, where it is not remembered."""
        if not self.before:
            return Spot(self.draft_id)
        return Spot(self.draft_id, self.before[-1], self.page - 1, self.before[:-1])


async def own_search(turn: Turn, draft_id: int) -> Draft | None:
    """One of the searches of the person; None for what is none of them, or is gone."""
    draft = await turn.services.drafts.get(draft_id)
    return draft if draft is not None and draft.form == FORM else None


async def own_draft(turn: Turn, draft_id: int) -> Draft:
    """The same for whoever cannot go on without it. Raises Refusal."""
    draft = await own_search(turn, draft_id)
    if draft is None:
        raise Refusal(NO_LONGER)
    return draft


async def search_with(turn: Turn, answers: Mapping[str, str]) -> None:
    """Search with these answers; they are kept as a search of their own, so that older results stay what they were."""
    draft = await turn.services.drafts.save(Draft(FORM, "", answers, state=DONE), turn.services.now)
    await show_results(turn, draft)


async def show_results(turn: Turn, draft: Draft, spot: Spot | None = None) -> None:
    """One page of results, or what can be done where nothing was found."""
    spot = spot or Spot(draft.id)
    query = search_query.query(draft, turn.facts, spot.cursor or None)
    found = await turn.services.search.find(query)
    lost = await _lost(turn.services, query, found) if spot.page == 1 else []
    parts: list[Part | Ask] = [_summary(turn, draft, query, found, spot, lost)]
    if not found.total:
        parts += await _instead(turn, draft, query, lost)
    elif not found.cases:
        parts.append(Say(_("There are no further cases. Some have closed meanwhile.")))
    elif spot.page == 1:
        expert = await turn.services.experts.require_registered()
        parts += _facets(turn.services.programme, draft, query, found, {*expert.areas, *expert.regions})
    parts += await results(
        turn.services,
        found.cases,
        found.why,
        spot=spot,
        asked=query.areas,
        new=search_query.news(draft),
        where=Where.RESULTS,
    )
    parts.append(Card(_("What next?"), buttons=_ways_on(found, spot)))
    turn.say(Screen(_("Cases found"), parts))


async def _lost(services: Services, query: Query, found: Found) -> list[str]:
    """The words that no open case has, where that is why little or nothing was found."""
    if found.total and found.matched is not Matched.SOME:
        return []
    return await search_hints.missing(services, query.words)


# --- the search in words -------------------------------------------------------------------------------


def _summary(turn: Turn, draft: Draft, query: Query, found: Found, spot: Spot, lost: Sequence[str]) -> Card:
    """How many were found for what, what has to be said about it, and a button for each filter that takes it away."""
    programme = turn.services.programme
    told = search_query.in_words(query, programme)
    body: list[Words] = [_("You searched for: {filters}")(filters=told)] if told else []
    asked = search_query.filters(query, programme) if found.total else []
    buttons = [_without(draft, one) for one in asked]
    if typed := search_query.typed_prefecture(draft.answers, query):
        body.append(_("“{word}” is taken as the prefecture.")(word=typed))
        buttons.append(Button(_("Search for it as a word"), act("search.typed", d=draft.id)))
    if found.total and found.matched in MATCHED:
        body.append(MATCHED[found.matched])
    if lost:
        body.append(_("No open case has {words}.")(words=[_("“{word}”")(word=word) for word in lost]))
    if found.bounded:
        body.append(_("Many fit, so these were chosen from the newest {count}.")(count=f"{found.total:,}"))
        if not query.areas or not query.prefecture:
            body.append(_("Add an area or a prefecture to see all that fit."))
    return Card(_headline(found, spot), body=body, buttons=buttons)


def _headline(found: Found, spot: Spot) -> Text:
    if not found.total:
        return _("No open case fits.")
    if found.total <= PAGE or not found.cases:
        return _("{count} open cases")(count=found.total)
    if found.bounded:
        return _("More than {count} open cases")(count=f"{found.total:,}")
    first = (spot.page - 1) * PAGE + 1
    last = first + len(found.cases) - 1
    if first == last:
        return _("{count} open cases: number {first}")(count=found.total, first=first)
    return _("{count} open cases: {first} to {last}")(count=found.total, first=first, last=last)


def _without(draft: Draft, one: Filter) -> Button:
    value = {"v": one.value} if one.value else {}
    return Button(
        _("Without {filter}")(filter=one.words), act("search.widen", d=draft.id, k=one.key, **value)
    )


def _ways_on(found: Found, spot: Spot) -> list[Button]:
    buttons = [Button(_("Change the search"), act("search.open", d=spot.draft_id)), KEPT]
    if found.total:
        buttons.insert(1, saved.save_button(spot.draft_id))
    if spot.page > 1:
        buttons.insert(0, Button(_("Previous cases"), act("search.more", **spot.previous.args())))
    if found.cursor:
        following = act("search.more", **spot.following(found.cursor).args())
        buttons.insert(0, Button(_("Show more"), following, "primary"))
    return buttons


# --- narrowing -----------------------------------------------------------------------------------------


def _facets(
    programme: Programme, draft: Draft, query: Query, found: Found, own: Collection[str]
) -> list[Part | Ask]:
    """Where the cases found lie, as ways to see only those: the likeliest as buttons, the rest as a list.

    `own` are the expert's own areas and prefectures, which come first; a button for a single case helps nobody.
    """
    if found.total <= PAGE:
        return []
    narrowing = list(_narrowing(programme, query, found))
    if not narrowing:
        return []
    offered = {
        (key, value): Option(
            value, _("{filter} ({count})")(filter=label, count=count), _narrow(draft, key, value)
        )
        for key, value, label, count in narrowing
    }
    worth = [(key, value) for key, value, _label, count in narrowing if count >= WORTH]
    likeliest = sorted(worth, key=lambda one: one[1] not in own)
    at_once = [
        offered[one]
        for key in ("areas", "prefecture")
        for one in [one for one in likeliest if one[0] == key][:AT_ONCE]
    ]
    rest = [one for one in offered.values() if one not in at_once]
    buttons = [Button(one.label, one.act) for one in at_once]
    return [Ask(_("Narrow down"), options=rest, buttons=buttons, listed=True)]


def _narrow(draft: Draft, key: str, value: str) -> Act:
    return act("search.narrow", d=draft.id, k=key, v=value)


def _narrowing(programme: Programme, query: Query, found: Found) -> Iterator[tuple[str, str, Words, int]]:
    """The values by which fewer cases would be left: the question, the value, its words, and how many it leaves."""
    labels: dict[str, tuple[str, Mapping[str, Words]]] = {
        "area": ("areas", {area.code: area.label for area in programme.areas}),
        "prefecture": ("prefecture", PREFECTURES),
        "mode": ("mode", {way.value: MODE[way] for way in (Mode.ONLINE, Mode.VISIT)}),
        "industry": ("industry", {one.code: one.label for one in programme.industries}),
    }
    set_already = {one.key for one in search_query.filters(query, programme)}
    for facet, (key, words) in labels.items():
        for value, count in _counted(facet, found.facets.get(facet, {})).items():
            if key not in set_already and value in words and 0 < count < found.total:
                yield key, value, words[value], count


def _counted(facet: str, counts: Mapping[str, int]) -> Mapping[str, int]:
    """How many cases each value leaves: whoever takes both ways of support is met by either filter."""
    if facet != "mode":
        return counts
    return {way: counts.get(way, 0) + counts.get(Mode.EITHER, 0) for way in (Mode.ONLINE, Mode.VISIT)}


# --- nothing found -------------------------------------------------------------------------------------


async def _instead(turn: Turn, draft: Draft, query: Query, lost: Sequence[str]) -> list[Part | Ask]:
    """What would find something: fewer filters, other words, or to be told when such a case comes."""
    parts: list[Part | Ask] = []
    if wider := [one async for one in _wider(turn, draft, query)]:
        parts.append(Card(_("This finds something"), buttons=wider))
    if near := await search_hints.near(turn.services, lost):
        instead = [
            Button(_("Search for “{word}”")(word=word), act("search.instead", d=draft.id, w=word))
            for word in near
        ]
        parts.append(Card(_("Words near to it"), buttons=instead))
    hear = Card(_("We can tell you when such a case comes."), buttons=[saved.save_button(draft.id)])
    return [*parts, hear]


async def _wider(turn: Turn, draft: Draft, query: Query) -> AsyncIterator[Button]:
    """Buttons that take one filter away, the words last, each with how many cases that finds."""
    asked = search_query.filters(query, turn.services.programme)
    for one in sorted(asked, key=lambda one: one.key == "words")[:TRIED]:
        button = _without(draft, one)
        if count := await _count(turn, draft, search_query.widened(draft.answers, one.key, one.value)):
            yield replace(button, label=_("{label} ({count})")(label=button.label, count=count))
    if len(asked) > 2 and query.words and (count := await _count(turn, draft, {"words": query.words})):
        alone = _("Only “{word}” ({count})")(word=search_query.short(query.words), count=count)
        yield Button(alone, act("search.words", d=draft.id))


async def _count(turn: Turn, draft: Draft, answers: Mapping[str, str]) -> int:
    query = search_query.query(replace(draft, answers=answers), turn.facts, limit=1)
    return await search_hints.count(turn.services, query)


# --- one of the cases ----------------------------------------------------------------------------------


async def results(
    services: Services,
    cases: Sequence[Case],
    why: Mapping[int, Why] = MappingProxyType({}),
    *,
    where: Where,
    spot: Spot | None = None,
    asked: Collection[str] = (),
    new: Collection[int] = (),
) -> list[Card]:
    """Cases in a list: what matters of each, why it is here, and what can be done.

    `asked` are the areas looked for; `new` the ids of cases that are marked as news.
    """
    programme, today = services.programme, services.clock.today()
    ids = [case.id for case in cases]
    kept, areas = await services.search.bookmarked(ids), await search_hints.areas(services, ids)
    proposals = await services.plans.counts(ids)
    back = {} if spot is None else spot.args()

    def card(case: Case) -> Card:
        of_case = areas.get(case.id, ())
        labels = [programme.area(code).label for code in of_case]
        met = [programme.area(code).label for code in of_case if code in asked]
        because = why.get(case.id, Why())
        details = Button(_("Details"), act("case.open", i=case.id, r=case.revision, **back), "primary")
        return result_card(
            case,
            programme,
            today,
            proposals=proposals.get(case.id, 0),
            reasons=_reasons(case, programme, because, labels, met),
            buttons=[details, *actions(case, case.id in kept, where, spot)],
            marks=because.marks,
            areas=labels,
            new=case.id in new,
        )

    # The texts of each case are read to be marked, which takes a hundredth of a second.
    return await asyncio.to_thread(lambda: [card(case) for case in cases])


def _reasons(
    case: Case, programme: Programme, why: Why, areas: Sequence[Label], met: Sequence[Label]
) -> list[Words]:
    """The words of the case that were looked for, else its areas that have them, and what of it meets the filters."""
    reasons: list[Words] = [_("“{word}”")(word=word) for word in why.words[:WORDS]]
    if not reasons:
        reasons = [area for area in areas if any(marked for _words, marked in why.marks.split(area.ja))]
    own = {**REASONS, "area": lambda case, programme: _("{things}")(things=met)} if met else REASONS
    return reasons + [own[name](case, programme) for name in why.facts]


def actions(
    case: Case, kept: bool, where: Where, spot: Spot | None = None, propose: str = "plain"
) -> list[Button]:
    """What an expert can do about an open case; `propose` is the style of the first."""
    place = {"i": case.id, "r": case.revision, "w": where, **({} if spot is None else spot.args())}
    bookmark = Button(_("Remove bookmark"), act("case.unkeep", **place))
    if not kept:
        bookmark = Button(_("Bookmark"), act("case.keep", **place))
    return [
        Button(_("Propose"), act("plan.propose", i=case.id, r=case.revision), propose),
        Button(_("Ask a question"), act("enquiry.ask", i=case.id, r=case.revision)),
        bookmark,
    ]
