"""An expert keeps a search under a name, chooses how to hear of new cases, and changes both later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.choices import Choice
from conversations.expert import search_query
from conversations.expert.saved import LIST
from conversations.expert.search_results import own_draft
from conversations.form import Form
from conversations.messages import Pressed, Say
from conversations.questions import Facts, Line, Page
from locales import Text, _
from services.saved_searches import LONGEST_NAME, SavedSearch, Telling
from services.search import Query

if TYPE_CHECKING:
    from conversations.turn import Turn

TELLING: dict[str, Text] = {
    Telling.DIGEST: _("Once a day, in the morning"),
    Telling.AT_ONCE: _("At once"),
    Telling.HOME: _("Only on the Home"),
}
AFTERWARDS: dict[str, Text] = {
    Telling.DIGEST: _("Each morning we tell you about new cases, if there are any."),
    Telling.AT_ONCE: _("We tell you as soon as a new case fits."),
    Telling.HOME: _("The Home shows how many new cases there are."),
}
PASSING = "posted"
"""The filter that means nothing for cases that are yet to come."""


def _name() -> Line[str]:
    return Line(
        _("Name of the search"), at_most=LONGEST_NAME, hint=_("Under this name you find the search again.")
    )


def _telling() -> Choice:
    return Choice(_("How shall we tell you about new cases?"), TELLING)


class SaveSearch(Form):
    """A search that is to be kept; about the draft that holds it."""

    name = "saved_search"
    title = _("Save this search")
    submit = _("Save")

    page = Page(_("Save this search"))
    called = _name()
    telling = _telling().filled(lambda facts: Telling.DIGEST)

    async def complete(self, turn: Turn) -> None:
        """Keep the search, and say what happens from now on."""
        draft = await own_draft(turn, int(self.draft.about))
        telling = Telling(self.values["telling"])
        answers = search_query.widened(draft.answers, PASSING)
        query = replace(search_query.query(draft, turn.facts), posted_from=None)
        search = await turn.services.saved_searches.keep(self.values["called"], telling, query, answers)
        turn.say(Say(_("Saved as “{name}”.")(name=search.name)), Say(AFTERWARDS[telling], quick=[LIST]))


class ChangeSaved(Form):
    """Another name, or another way of telling; about the saved search."""

    name = "saved_search_change"
    title = _("Change the saved search")
    submit = _("Save")

    page = Page(_("Change the saved search"))
    called = _name()
    telling = _telling()

    async def complete(self, turn: Turn) -> None:
        """Change it, and say what happens from now on."""
        telling = Telling(self.values["telling"])
        await turn.services.saved_searches.change(int(self.draft.about), self.values["called"], telling)
        turn.say(Say(AFTERWARDS[telling], quick=[LIST]))


@on("saved.keep")
async def keep(turn: Turn, pressed: Pressed) -> None:
    """Keep this search, please."""
    await turn.services.saved_searches.mine()
    draft = await own_draft(turn, number(pressed.act.args, "d"))
    query = search_query.query(draft, turn.facts)
    await turn.start(SaveSearch, str(draft.id), {"called": proposed_name(query, turn.facts)})


@on("saved.change")
async def change(turn: Turn, pressed: Pressed) -> None:
    """Another name or way of telling, please."""
    search = await turn.services.saved_searches.own(number(pressed.act.args, "i"))
    await turn.start(ChangeSaved, str(search.id), {"called": search.name, "telling": search.telling})


def told(search: SavedSearch) -> Text:
    """How its expert hears of new cases."""
    return _("New cases: {how}")(how=TELLING[search.telling])


def proposed_name(query: Query, facts: Facts) -> str:
    """A name for a search, made of its words and filters."""
    filters = search_query.filters(query, facts.programme)
    said = [search_query.short(query.words)] if query.words.strip() else []
    said += [facts.say(one.words) for one in filters if one.key not in ("words", PASSING)]
    return " ".join(said)[:LONGEST_NAME].strip() or facts.say(_("All new cases"))
