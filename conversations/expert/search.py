"""An expert looks for cases: the form with its filters, typed words, and the newest cases on the Home."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import MODE
from conversations.catalogue import areas, prefectures
from conversations.choices import Choice, Choices
from conversations.current import Part, Place, shown_at
from conversations.expert import search_query
from conversations.expert.bookmarks import show_bookmarks
from conversations.expert.search_query import ANY, FORM, MORE, SORT, TYPED
from conversations.expert.search_results import Spot, Where, own_draft, results, search_with, show_results
from conversations.expert.suggested import AT_HOME
from conversations.form import Form
from conversations.menu import COMMANDS, LISTENERS, OFFERS
from conversations.messages import Button, Heading, Pressed, Said, Say, act
from conversations.questions import Day, Duration, Facts, Line, Money, Options, Page, Question, tidy
from locales import Text, _
from services import search_hints
from services.answers import Draft
from services.cases import Mode
from services.companies import Standing
from services.search import LONGEST, Query, Sort

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

FIRST: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
"""What begins typed words that look for cases, and what leads to the bookmarks."""
NEWEST = 3
FEWER = {"0": _("None yet"), "2": _("Up to 2"), "5": _("Up to 5")}
POSTED = {str(days): _("Within {days} days")(days=days) for days in (3, 7, 14, 30)}


class Wanted(Line[str]):
    """The words that are looked for: whatever is typed is taken, as far as it is read."""

    def hear(self, raw: str, facts: Facts) -> str:
        """The words, tidied and cut; nothing is too long or too strange."""
        return tidy(raw)[: self.at_most].strip()


def _one_of(ask: Text, options: Options | Callable[[Facts], Options]) -> Question[str]:
    """A filter of which one option is that it does not matter; a list in Slack cannot be emptied again."""

    def offered(facts: Facts) -> Options:
        return {ANY: _("Any"), **(options(facts) if callable(options) else options)}

    return Choice(ask, offered).filled(lambda facts: ANY)


def _industries(facts: Facts) -> Options:
    return {industry.code: industry.label for industry in facts.programme.industries}


class CaseSearch(Form):
    """What an expert looks for; everything may be left open, and what is asked rarely comes where it is wanted."""

    name = FORM
    title = _("Find cases")
    submit = _("Search")

    page = Page(_("Find cases"), _("Fill in what matters to you. The rest can stay empty."))
    words = Wanted(_("Words"), at_most=LONGEST, hint=_("For example: accounting, stock")).optional()
    areas = Choices(_("Areas"), areas).optional()
    prefecture = _one_of(_("Prefecture"), prefectures)
    mode = _one_of(_("Way of support"), {way.value: MODE[way] for way in (Mode.ONLINE, Mode.VISIT)})
    sort = Choice(_("Order"), {sort.value: label for sort, label in SORT.items()}).filled(
        lambda facts: Sort.RELEVANCE
    )
    more = Choices(_("More filters"), {MORE: _("Show more filters")}).optional()
    industry = _one_of(_("Industry"), _industries).when(more.has(MORE))
    hours = (
        Duration(
            _("Hours at most"), at_most=1000, hint=_("Cases that leave the hours open are shown as well.")
        )
        .optional()
        .when(more.has(MORE))
    )
    budget = (
        Money(_("Own budget at least"), hint=_("Cases that leave the budget open are shown as well."))
        .optional()
        .when(more.has(MORE))
    )
    cap = (
        Money(_("The company's cap left, at least"), hint=_("What the programme can still pay for it."))
        .optional()
        .when(more.has(MORE))
    )
    deadline = Day(_("Proposals accepted at least until")).optional().when(more.has(MORE))
    posted = _one_of(_("Published"), POSTED).when(more.has(MORE))
    proposals = _one_of(_("Proposals so far"), FEWER).when(more.has(MORE))

    async def complete(self, turn: Turn) -> None:
        """Show the first page of what was found; the draft keeps the query for the next ones."""
        await show_results(turn, self.draft)


# --- searching -----------------------------------------------------------------------------------------


@on("search.open")
async def open_search(turn: Turn, pressed: Pressed) -> None:
    """Ask what is looked for; a search that is refined begins with what it had."""
    await turn.services.experts.require_registered()
    if "d" not in pressed.act.args:
        await turn.start(CaseSearch)
        return
    draft = await own_draft(turn, number(pressed.act.args, "d"))
    answers = {key: answer for key, answer in draft.answers.items() if key != TYPED}
    await turn.start(CaseSearch, str(draft.id), answers)


@on("search.more")
async def more(turn: Turn, pressed: Pressed) -> None:
    """Another page of a search, or the one that an opened case came from."""
    await show_results(turn, await own_draft(turn, number(pressed.act.args, "d")), Spot.of(pressed))


@on("search.narrow")
async def narrow(turn: Turn, pressed: Pressed) -> None:
    """Only those, please."""
    args = pressed.act.args
    draft = await own_draft(turn, number(pressed.act.args, "d"))
    await search_with(turn, search_query.narrowed(draft.answers, args.get("k", ""), args.get("v", "")))


@on("search.widen")
async def widen(turn: Turn, pressed: Pressed) -> None:
    """Without this, please."""
    args = pressed.act.args
    draft = await own_draft(turn, number(pressed.act.args, "d"))
    await search_with(turn, search_query.widened(draft.answers, args.get("k", ""), args.get("v", "")))


@on("search.typed")
async def take_as_typed(turn: Turn, pressed: Pressed) -> None:
    """Search for all typed words as words, also for the one that became a filter."""
    draft = await own_draft(turn, number(pressed.act.args, "d"))
    await search_with(turn, search_query.as_typed(draft.answers))


@on("search.words")
async def search_by_words(turn: Turn, pressed: Pressed) -> None:
    """The words alone, without any filter."""
    draft = await own_draft(turn, number(pressed.act.args, "d"))
    await search_with(turn, {"words": draft.answers.get("words", "")})


@on("search.instead")
async def search_instead(turn: Turn, pressed: Pressed) -> None:
    """Other words, with the same filters."""
    args = pressed.act.args
    draft = await own_draft(turn, number(pressed.act.args, "d"))
    words = tidy(args.get("w", ""))[:LONGEST].strip()
    await search_with(turn, {**search_query.widened(draft.answers, "words"), "words": words})


async def search_for(turn: Turn, words: str) -> None:
    """Search for typed words at once; without any, ask what is looked for.

    A prefecture among them narrows the search down, as long as that leaves anything.
    """
    await turn.services.experts.require_registered()
    if not words.strip():
        await turn.start(CaseSearch)
        return
    answers = search_query.read(tidy(words)[:LONGEST])
    if TYPED in answers:
        narrowed = search_query.query(Draft(FORM, "", answers), turn.facts, limit=1)
        if not await search_hints.count(turn.services, narrowed):
            answers = search_query.as_typed(answers)
    await search_with(turn, answers)


# --- typed, and on the Home ----------------------------------------------------------------------------


async def _kept_command(turn: Turn, words: str) -> None:
    await show_bookmarks(turn)


COMMANDS.update(
    {word: search_for for word in FIRST["find"]} | {word: _kept_command for word in FIRST["kept"]}
)


async def hear_search(turn: Turn, said: Said) -> bool:
    """Take a message in Slack that begins with the word for searching; in a thread it belongs to whom that is with."""
    first, _space, words = tidy(said.text).partition(" ")
    if turn.chatty or said.thread is not None or first.casefold() not in FIRST["find"]:
        return False
    await search_for(turn, words)
    return True


LISTENERS.append(hear_search)


@on("search.for")
async def search_for_what_was_typed(turn: Turn, pressed: Pressed) -> None:
    """The words were meant as a search."""
    await search_for(turn, pressed.act.args.get("w", ""))


async def offer_search(turn: Turn) -> Sequence[Button]:
    """For words of a registered expert that nobody understood: they may be what is looked for."""
    words = tidy(turn.typed)[:LONGEST].strip()
    if turn.chatty or not words or not await _is_registered(turn.services):
        return []
    label = _("Search for “{word}”")(word=search_query.short(words))
    return [Button(label, act("search.for", w=words), "primary")]


OFFERS.append(offer_search)


async def _is_registered(services: Services) -> bool:
    expert = await services.experts.mine()
    return expert is not None and expert.standing == Standing.COMPLETED


@shown_at(Place.SEARCH)
async def home(services: Services) -> list[Part]:
    """The newest cases, for a registered expert, without those that stand above as suited."""
    if not await _is_registered(services):
        return []
    above = {one.case.id for one in await services.suggestions.for_me(AT_HOME)}
    found = (await services.search.find(Query(sort=Sort.NEWEST, limit=NEWEST + len(above)))).cases
    newest = [case for case in found if case.id not in above][:NEWEST]
    if found and not newest:
        return []
    parts: Sequence[Part] = await results(services, newest, where=Where.HOME)
    fresh = await services.search.fresh()
    return [
        Heading(_("New cases: {count}")(count=fresh) if fresh else _("Open cases")),
        *(parts or [Say(_("There is no open case at the moment."))]),
    ]
