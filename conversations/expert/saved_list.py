"""An expert's saved searches: the list, what each has found, pausing, deleting, and what the Home shows of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.expert import search_query
from conversations.expert.case_opened import open_case
from conversations.expert.saved import LIST
from conversations.expert.saved_forms import told
from conversations.expert.search_query import FORM, NEWS
from conversations.expert.search_results import SEARCH, search_with
from conversations.menu import COMMANDS, LISTENERS
from conversations.messages import Button, Card, Pressed, Said, Say, Screen, Words, act
from conversations.questions import tidy
from locales import _
from services.answers import DONE, Draft
from services.companies import Standing
from services.programme import Programme
from services.saved_searches import SavedSearch, is_paused
from services.search import Sort

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

TYPED: list[str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["list"]
ON_HOME = 5


async def show_list(turn: Turn, said: Say | None = None) -> None:
    """All saved searches of the acting expert, after what there is to say about one of them."""
    services = turn.services
    kept, news = await services.saved_searches.mine(), await services.saved_searches.news()
    parts: list[Part] = [said] if said else []
    parts += [_listed(services, search, news.get(search.id, 0)) for search in kept]
    if not kept:
        parts.append(Say(_("You have no saved searches. Search, and press “Save this search”."), [SEARCH]))
    turn.say(Screen(_("Saved searches"), parts))


def _listed(services: Services, search: SavedSearch, new: int) -> Card:
    paused = is_paused(search, services.now)
    show = Button(_("Show the cases"), act("saved.show", i=search.id), "primary" if new else "plain")
    pausing = Button(_("Tell me again"), act("saved.resume", i=search.id))
    if not paused:
        days = services.programme.saved_searches.pause_days
        pausing = Button(_("Pause for {days} days")(days=days), act("saved.pause", i=search.id))
    state: Words = _("Paused until {day}")(day=search.paused_until) if paused else told(search)
    if new:
        state = _("{state} – {count} new cases")(state=state, count=new)
    return Card(
        search.name,
        badge=state,
        body=[_in_words(search, services.programme)],
        buttons=[
            show,
            Button(_("Change name or telling"), act("saved.change", i=search.id)),
            pausing,
            Button(_("Delete"), act("saved.delete", i=search.id)),
        ],
    )


def _in_words(search: SavedSearch, programme: Programme) -> Words:
    filters = search_query.in_words(search.looks_for, programme)
    return _("Looks for: {filters}")(filters=filters) if filters else _("Looks for every new case")


# --- what can be done ------------------------------------------------------------------------------------


@on("saved.list")
async def list_button(turn: Turn, pressed: Pressed) -> None:
    """The saved searches, please."""
    await show_list(turn)


@on("saved.show")
async def show(turn: Turn, pressed: Pressed) -> None:
    """Everything that a saved search finds now, the newest first."""
    await search_with(turn, await _looked_at(turn, number(pressed.act.args, "i")))


@on("saved.case")
async def show_case(turn: Turn, pressed: Pressed) -> None:
    """One case that a saved search has found, with the way to all of them."""
    args = pressed.act.args
    answers = await _looked_at(turn, number(args, "s"))
    draft = await turn.services.drafts.save(Draft(FORM, "", answers, state=DONE), turn.services.now)
    case = act("case.open", i=number(args, "i"), r=number(args, "r"), d=draft.id)
    await open_case(turn, Pressed(case))


async def _looked_at(turn: Turn, search_id: int) -> dict[str, str]:
    """What a saved search looks for, with what is news in it for the last time. Raises Refusal."""
    new = await turn.services.saved_searches.unseen(search_id)
    search = await turn.services.saved_searches.see(search_id)
    return {**search.answers, "sort": Sort.NEWEST, NEWS: ",".join(map(str, new))}


@on("saved.pause")
async def pause(turn: Turn, pressed: Pressed) -> None:
    """Nothing of this one for some days."""
    search = await turn.services.saved_searches.pause(number(pressed.act.args, "i"))
    said = _("“{name}” is paused. What is still open then is told afterwards.")(name=search.name)
    await show_list(turn, Say(said))


@on("saved.resume")
async def resume(turn: Turn, pressed: Pressed) -> None:
    """This one again."""
    search = await turn.services.saved_searches.resume(number(pressed.act.args, "i"))
    await show_list(turn, Say(_("We tell you about “{name}” again.")(name=search.name)))


@on("saved.delete")
async def delete(turn: Turn, pressed: Pressed) -> None:
    """This one no more; it can be taken back."""
    search = await turn.services.saved_searches.delete(number(pressed.act.args, "i"))
    undo = Button(_("Undo"), act("saved.restore", i=search.id))
    await show_list(turn, Say(_("“{name}” is deleted.")(name=search.name), [undo]))


@on("saved.restore")
async def restore(turn: Turn, pressed: Pressed) -> None:
    """It was not meant to be deleted."""
    search = await turn.services.saved_searches.restore(number(pressed.act.args, "i"))
    await show_list(turn, Say(_("“{name}” is there again.")(name=search.name)))


# --- typed, and on the Home ------------------------------------------------------------------------------


async def _list_command(turn: Turn, words: str) -> None:
    await show_list(turn)


COMMANDS.update(dict.fromkeys(TYPED, _list_command))


async def hear_list(turn: Turn, said: Said) -> bool:
    """Take the word for saved searches, where it is all that was typed in Slack."""
    if turn.chatty or said.thread is not None or tidy(said.text).casefold() not in TYPED:
        return False
    await show_list(turn)
    return True


LISTENERS.append(hear_list)


@shown_at(Place.SAVED)
async def home(services: Services) -> list[Part]:
    """What the saved searches of a registered expert have found and nobody has looked at."""
    expert = await services.experts.mine()
    if expert is None or expert.standing != Standing.COMPLETED:
        return []
    kept = await services.saved_searches.mine()
    if not kept:
        return []
    news = await services.saved_searches.news()
    new = [search for search in kept if search.id in news]
    lines: list[Words] = [_("“{name}”: {count} new cases")(name=one.name, count=news[one.id]) for one in new]
    shown = [
        Button(_("Show “{name}”")(name=search_query.short(one.name)), act("saved.show", i=one.id))
        for one in new[:ON_HOME]
    ]
    return [Card(_("Saved searches"), body=lines or [_("No new cases so far.")], buttons=[*shown, LIST])]
