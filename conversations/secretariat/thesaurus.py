"""The secretariat looks through the words that stand for one another in searches, and at what was changed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import Part
from conversations.form import Form
from conversations.menu import COMMANDS
from conversations.messages import Button, Card, Pressed, Say, Screen, act
from conversations.questions import Line
from conversations.secretariat.thesaurus_edit import TITLE
from conversations.secretariat.thesaurus_shown import ALL_GROUPS, MISSED, edit_card, group_card
from locales import _
from services.thesaurus_groups import WordGroup, matching

if TYPE_CHECKING:
    from conversations.turn import Turn

PAGE = 8
LONGEST = 40
HISTORY = 10


class FindWords(Form):
    """Which groups are shown."""

    name = "thesaurus.find"
    title = TITLE
    submit = _("Search")
    at_once = True

    words = Line(_("Which word?"), at_most=LONGEST, hint=_("A part of it will do."))

    async def complete(self, turn: Turn) -> None:
        """Show the groups with the word."""
        await _show(turn, self.words)


@on("office.words")
async def show(turn: Turn, pressed: Pressed) -> None:
    """A page of the groups, of all of them or of those with a word."""
    page = number(pressed.act.args, "p") if "p" in pressed.act.args else 0
    await _show(turn, pressed.act.args.get("q", "")[:LONGEST], page)


async def by_command(turn: Turn, rest: str) -> None:
    """The groups with the word that follows the command."""
    await _show(turn, rest[:LONGEST])


COMMANDS["thesaurus"] = by_command


@on("office.words.find")
async def find(turn: Turn, pressed: Pressed) -> None:
    """Look for a word in the groups."""
    await turn.services.secretariat.require()
    await turn.start(FindWords)


async def _show(turn: Turn, typed: str, page: int = 0) -> None:
    groups = matching(await turn.services.thesaurus.groups(), typed)
    pages = max(-(-len(groups) // PAGE), 1)
    page = min(page, pages - 1)
    parts: list[Part] = [_head(typed, len(groups), page, pages)]
    parts += [group_card(group) for group in groups[page * PAGE : (page + 1) * PAGE]]
    turns = []
    if page:
        turns.append(Button(_("Previous page"), act("office.words", q=typed, p=page - 1)))
    if page + 1 < pages:
        turns.append(Button(_("Next page"), act("office.words", q=typed, p=page + 1), "primary"))
    if turns:
        parts.append(Card(_("Page {page} of {pages}")(page=page + 1, pages=pages), buttons=turns))
    turn.say(Screen(TITLE, parts, ref="thesaurus"))


def _head(typed: str, count: int, page: int, pages: int) -> Card:
    buttons = [
        Button(_("Look for a word"), act("office.words.find"), "primary"),
        Button(_("New group"), act("office.words.new")),
        Button(_("What was changed"), act("office.words.history")),
        MISSED,
    ]
    if typed:
        title = _("Groups with “{word}”: {count}")(word=typed, count=count)
        return Card(title, buttons=[*buttons, ALL_GROUPS])
    title = _("Groups of words: {count} (page {page} of {pages})")(count=count, page=page + 1, pages=pages)
    return Card(title, body=[_("A search for one word of a group finds the others too.")], buttons=buttons)


@on("office.words.history")
async def history(turn: Turn, pressed: Pressed) -> None:
    """Who changed what, when and why, the latest first; of one group or of all."""
    desk, args = turn.services.thesaurus, pressed.act.args
    key = args.get("g")
    before = number(args, "b") if "b" in args else 0
    edits = await desk.history(key, HISTORY + 1, before)
    shown, groups = edits[:HISTORY], await desk.groups()
    taken_back = await desk.taken_back([edit.id for edit in shown])
    parts: list[Part] = [
        await edit_card(
            turn.services, edit, edit.id in taken_back, groups.get(edit.group, WordGroup(edit.group)).name
        )
        for edit in shown
    ]
    buttons = [ALL_GROUPS]
    if len(edits) > HISTORY:
        of = {} if key is None else {"g": key}
        earlier = act("office.words.history", b=shown[-1].id, **of)
        buttons.insert(0, Button(_("Earlier changes"), earlier))
    none = Say(_("Nothing has been changed yet."))
    turn.say(Screen(_("What was changed"), [*(parts or [none]), Card(_("What next?"), buttons=buttons)]))
