"""The cases that an expert keeps to find them again, open or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import STATE
from conversations.current import Part
from conversations.expert.case_opened import open_case
from conversations.expert.search_results import KEPT, SEARCH, Spot, Where, own_search, results, show_results
from conversations.messages import Button, Card, Fact, Pressed, Say, Screen, act
from locales import Text, _
from services.cases import Case, CaseState
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn


@on("case.keep")
async def keep(turn: Turn, pressed: Pressed) -> None:
    """Keep a case to find it again."""
    await turn.services.search.bookmark(number(pressed.act.args, "i"))
    await _show_again(turn, pressed, _("Kept. You find it among your bookmarks."))


@on("case.unkeep")
async def unkeep(turn: Turn, pressed: Pressed) -> None:
    """Keep a case no longer."""
    await turn.services.search.unbookmark(number(pressed.act.args, "i"))
    await _show_again(turn, pressed, _("Removed from your bookmarks."))


async def _show_again(turn: Turn, pressed: Pressed, done: Text) -> None:
    """Draw the screen anew that the bookmark was pressed on, below what was done; elsewhere only say it.

    A Home may stand behind each of them, with the same case.
    """
    turn.services.notices.home(turn.person.id)
    args = pressed.act.args
    spot = Spot.of(pressed) if "d" in args else None
    match args.get("w"):
        case Where.HOME:
            return
        case Where.BOOKMARKS:
            turn.say(Say(done))
            await show_bookmarks(turn)
        case Where.CASE:
            turn.say(Say(done, quick=[KEPT]))
            await open_case(turn, pressed)
        case Where.RESULTS if spot and (search := await own_search(turn, spot.draft_id)):
            turn.say(Say(done))
            await show_results(turn, search, spot)
        case _:
            turn.say(Say(done, quick=[KEPT]))


@on("search.bookmarks")
async def bookmarks_button(turn: Turn, pressed: Pressed) -> None:
    """The cases that were kept."""
    await show_bookmarks(turn)


async def show_bookmarks(turn: Turn) -> None:
    """The cases that were kept; of one that is no longer open only its number and what became of it."""
    kept, gone = await turn.services.search.bookmarks(), dict[int, Card]()
    for case in kept:
        try:
            await turn.services.search.open(case.id)
        except Refusal as refusal:
            gone[case.id] = _gone(case, refusal)
    still_open = [case for case in kept if case.id not in gone]
    cards = gone | dict(
        zip(
            (case.id for case in still_open),
            await results(turn.services, still_open, where=Where.BOOKMARKS),
            strict=True,
        )
    )
    parts: list[Part] = [cards[case.id] for case in kept]
    if not parts:
        parts.append(Say(_("You have no bookmarks yet.")))
    turn.say(Screen(_("Bookmarks"), [*parts, Card(_("What next?"), buttons=[SEARCH])]))


def _gone(case: Case, refusal: Refusal) -> Card:
    closed = Fact(_("State"), STATE[CaseState(case.state)])
    unkeep_it = Button(_("Remove bookmark"), act("case.unkeep", i=case.id, w=Where.BOOKMARKS))
    return Card(case.number, facts=[closed], body=[refusal.reason], buttons=[unkeep_it])
