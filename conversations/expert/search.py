"""An expert looks for cases: words and filters, results with what matters, details, and bookmarks."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations.acts import number, on
from conversations.cases_shown import MODE, STATE, case_card
from conversations.catalogue import areas, prefectures
from conversations.choices import Choice, Choices
from conversations.current import Part, Place, shown_at
from conversations.expert.enquiry import asked_about
from conversations.form import Form
from conversations.menu import COMMANDS, LISTENERS
from conversations.messages import Button, Card, Fact, Heading, Pressed, Said, Say, Screen, Words, act
from conversations.questions import Day, Duration, Facts, Line, Page, tidy
from locales import Text, _
from services.answers import DONE, Draft
from services.cases import Case, CaseState, Mode
from services.companies import Standing
from services.refusals import Refusal
from services.search import LONGEST, Found, Matched, Query, Sort, Why

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

TYPED: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
PAGE = 5
NEWEST = 3
SORT = {
    Sort.RELEVANCE: _("Best match first"),
    Sort.NEWEST: _("Newest first"),
    Sort.DEADLINE: _("Earliest deadline first"),
}
FEWER = {"0": _("None yet"), "2": _("Up to 2"), "5": _("Up to 5")}
MATCHED = {
    Matched.SOME: _("No case has all of these words. These have some of them."),
    Matched.NOTHING: _("These words can't be searched for. Here are all cases that fit."),
}
FILTER = {
    "area": _("area"),
    "prefecture": _("prefecture"),
    "mode": _("way of support"),
    "hours": _("hours"),
    "deadline": _("deadline"),
    "proposals": _("proposals so far"),
}
SEARCH = Button(_("Find cases"), act("search.open"), "primary")
KEPT = Button(_("Bookmarks"), act("search.bookmarks"))


class Wanted(Line[str]):
    """The words that are looked for: whatever is typed is taken, as far as it is read."""

    def hear(self, raw: str, facts: Facts) -> str:
        """The words, tidied and cut; nothing is too long or too strange."""
        return tidy(raw)[: self.at_most].strip()


class CaseSearch(Form):
    """What an expert looks for; everything may be left open."""

    name = "search"
    title = _("Find cases")
    submit = _("Search")

    page = Page(_("Find cases"), _("Fill in what matters to you. The rest can stay empty."))
    words = Wanted(_("Words"), at_most=LONGEST, hint=_("For example: accounting, stock")).optional()
    areas = Choices(_("Areas"), areas).optional()
    prefecture = Choice(_("Prefecture"), prefectures).optional()
    mode = Choice(_("Way of support"), {way.value: MODE[way] for way in (Mode.ONLINE, Mode.VISIT)}).optional()
    hours = Duration(
        _("Hours at most"), at_most=1000, hint=_("Cases that leave the hours open are shown as well.")
    ).optional()
    deadline = Day(_("Proposals accepted at least until")).optional()
    proposals = Choice(_("Proposals so far"), FEWER).optional()
    sort = Choice(_("Order"), {sort.value: label for sort, label in SORT.items()}).filled(
        lambda facts: Sort.RELEVANCE
    )

    async def complete(self, turn: Turn) -> None:
        """Show the first page of what was found; the draft keeps the query for the next ones."""
        await show_results(turn, self.draft)


def query_of(turn: Turn, draft: Draft, cursor: str | None = None) -> Query:
    """The query that a draft holds."""
    said = engine.values_of(engine.walk(CaseSearch, draft, turn.facts))
    fewer = said.get("proposals")
    return Query(
        words=said.get("words") or "",
        areas=said.get("areas") or (),
        prefecture=said.get("prefecture"),
        mode=said.get("mode"),
        most_hours=said.get("hours"),
        deadline_from=said.get("deadline"),
        most_proposals=None if fewer is None else int(fewer),
        sort=Sort(said.get("sort") or Sort.RELEVANCE),
        after=cursor,
        limit=PAGE,
    )


# --- searching -----------------------------------------------------------------------------------------


@on("search.open")
async def open_search(turn: Turn, pressed: Pressed) -> None:
    """Ask what is looked for; a search that is refined begins with what it had."""
    await turn.services.experts.require_registered()
    if "d" not in pressed.act.args:
        await turn.start(CaseSearch)
        return
    draft = await _own(turn, pressed)
    await turn.start(CaseSearch, str(draft.id), draft.answers)


@on("search.more")
async def more(turn: Turn, pressed: Pressed) -> None:
    """The next page of a search, or the one that an opened case came from."""
    await show_results(turn, await _own(turn, pressed), pressed.act.args.get("c"))


async def _own(turn: Turn, pressed: Pressed) -> Draft:
    draft = await turn.services.drafts.get(number(pressed.act.args, "d"))
    if draft is None or draft.form != CaseSearch.name:
        raise Refusal(_("This button no longer works. Please search again."))
    return draft


async def search_for(turn: Turn, words: str) -> None:
    """Search for typed words at once; without any, ask what is looked for."""
    await turn.services.experts.require_registered()
    if not words.strip():
        await turn.start(CaseSearch)
        return
    answers = {"words": tidy(words)[:LONGEST].strip()}
    draft = await turn.services.drafts.save(
        Draft(CaseSearch.name, "", answers, state=DONE), turn.services.now
    )
    await show_results(turn, draft)


async def show_results(turn: Turn, draft: Draft, cursor: str | None = None) -> None:
    """One page of results, with ways to the next page and to another search."""
    found = await turn.services.search.find(query_of(turn, draft, cursor))
    parts: list[Part] = [Say(line) for line in _summary(turn, draft, found)]
    kept = await turn.services.search.bookmarked([case.id for case in found.cases])
    parts += [
        await _result(turn.services, case, found.why[case.id], case.id in kept, draft, cursor)
        for case in found.cases
    ]
    buttons = [Button(_("Change the search"), act("search.open", d=draft.id)), KEPT]
    if found.cursor:
        buttons.insert(0, Button(_("Show more"), act("search.more", d=draft.id, c=found.cursor), "primary"))
    parts.append(Card(_("What next?"), buttons=buttons))
    turn.say(Screen(_("Cases found"), parts))


def _summary(turn: Turn, draft: Draft, found: Found) -> list[Words]:
    words = draft.answers.get("words")
    lines: list[Words] = [_("You searched for “{words}”.")(words=words)] if words else []
    if not found.total:
        return [*lines, _("No open case fits. Try other words or fewer filters.")]
    if found.matched in MATCHED:
        lines.append(MATCHED[found.matched])
    return [*lines, _("{count} open cases")(count=found.total)]


async def _result(
    services: Services,
    case: Case,
    why: Why,
    kept: bool,
    draft: Draft | None = None,
    cursor: str | None = None,
) -> Card:
    """One case in a list: what matters, why it is here, and what can be done."""
    back = {} if draft is None else {"d": draft.id, "c": cursor or ""}
    details = Button(_("Details"), act("case.open", i=case.id, r=case.revision, **back))
    reasons: list[Text] = [_("“{word}”")(word=word) for word in why.words[:6]]
    reasons += [FILTER[name] for name in why.facts]
    return case_card(
        case,
        services.programme,
        brief=True,
        proposals=await services.plans.count_for_case(case.id),
        body=[_("Why this case: {reasons}")(reasons=reasons)] if reasons else [],
        note=days_left(case.proposal_deadline, services.clock.today()),
        buttons=[details, *_actions(case, kept)],
    )


def _actions(case: Case, kept: bool) -> list[Button]:
    """What an expert can do about an open case."""
    bookmark = Button(_("Remove bookmark"), act("case.unkeep", i=case.id))
    if not kept:
        bookmark = Button(_("Bookmark"), act("case.keep", i=case.id))
    return [
        Button(_("Propose"), act("plan.propose", i=case.id, r=case.revision), "primary"),
        Button(_("Ask a question"), act("enquiry.ask", i=case.id, r=case.revision)),
        bookmark,
    ]


def days_left(deadline: date, today: date) -> Text:
    """How long proposals are accepted, in days."""
    days = (deadline - today).days
    return _("{days} days left for proposals")(days=days) if days > 0 else _("Proposals close today.")


# --- one case ------------------------------------------------------------------------------------------


@on("case.open")
async def open_case(turn: Turn, pressed: Pressed) -> None:
    """The whole of an open case; one that closed since explains itself and offers the search."""
    services, args = turn.services, pressed.act.args
    await services.experts.require_registered()
    back = []
    if "d" in args:
        back = [
            Button(_("Back to the results"), act("search.more", d=number(args, "d"), c=args.get("c", "")))
        ]
    try:
        case = await services.cases.open(number(args, "i"))
    except Refusal as refusal:
        turn.say(Screen(_("Case"), [Card(refusal.reason, buttons=[*back, SEARCH, KEPT])]))
        return
    parts: list[Part] = []
    if str(case.revision) != args.get("r", str(case.revision)):
        parts.append(Say(_("The company changed this case since. This is how it is now.")))
    kept = await services.search.bookmarked([case.id])
    parts.append(
        case_card(
            case,
            services.programme,
            proposals=await services.plans.count_for_case(case.id),
            note=days_left(case.proposal_deadline, services.clock.today()),
            buttons=[*_actions(case, case.id in kept), *back],
        )
    )
    parts.extend(await asked_about(services, case))
    turn.say(Screen(_("Case"), parts))


# --- bookmarks -----------------------------------------------------------------------------------------


@on("case.keep")
async def keep(turn: Turn, pressed: Pressed) -> None:
    """Keep a case to find it again."""
    await turn.services.search.bookmark(number(pressed.act.args, "i"))
    turn.say(Say(_("Kept. You find it among your bookmarks."), quick=[KEPT]))


@on("case.unkeep")
async def unkeep(turn: Turn, pressed: Pressed) -> None:
    """Keep a case no longer."""
    await turn.services.search.unbookmark(number(pressed.act.args, "i"))
    turn.say(Say(_("Removed from your bookmarks."), quick=[KEPT]))


@on("search.bookmarks")
async def bookmarks_button(turn: Turn, pressed: Pressed) -> None:
    """The cases that were kept."""
    await show_bookmarks(turn)


async def show_bookmarks(turn: Turn) -> None:
    """The cases that were kept; of one that is no longer open only its number and what became of it."""
    parts: list[Part] = []
    for case in await turn.services.search.bookmarks():
        try:
            await turn.services.cases.open(case.id)
        except Refusal as refusal:
            unkeep_it = Button(_("Remove bookmark"), act("case.unkeep", i=case.id))
            closed = Fact(_("State"), STATE[CaseState(case.state)])
            parts.append(Card(case.number, facts=[closed], body=[refusal.reason], buttons=[unkeep_it]))
        else:
            parts.append(await _result(turn.services, case, Why((), ()), kept=True))
    if not parts:
        parts.append(Say(_("You have no bookmarks yet.")))
    turn.say(Screen(_("Bookmarks"), [*parts, Card(_("What next?"), buttons=[SEARCH])]))


# --- typed, and on the Home ----------------------------------------------------------------------------


async def _kept_command(turn: Turn, words: str) -> None:
    await show_bookmarks(turn)


COMMANDS.update(
    {word: search_for for word in TYPED["find"]} | {word: _kept_command for word in TYPED["kept"]}
)


async def hear_search(turn: Turn, said: Said) -> bool:
    """Take a message in Slack that begins with the word for searching."""
    first, _space, words = tidy(said.text).partition(" ")
    if turn.chatty or first.casefold() not in TYPED["find"]:
        return False
    await search_for(turn, words)
    return True


LISTENERS.append(hear_search)


@shown_at(Place.SEARCH)
async def home(services: Services) -> list[Part]:
    """The newest cases, for a registered expert."""
    expert = await services.experts.mine()
    if expert is None or expert.standing != Standing.COMPLETED:
        return []
    newest = (await services.search.find(Query(sort=Sort.NEWEST, limit=NEWEST))).cases
    kept = await services.search.bookmarked([case.id for case in newest])
    parts: Sequence[Part] = [await _result(services, case, Why((), ()), case.id in kept) for case in newest]
    fresh = await services.search.fresh()
    return [
        Heading(_("New cases: {count}")(count=fresh) if fresh else _("Open cases")),
        *(parts or [Say(_("There is no open case at the moment."))]),
    ]
