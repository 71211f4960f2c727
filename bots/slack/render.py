"""Whole messages, modals and Homes for Slack from what conversations say; pure (PLATFORMS 2.5 to 2.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from bots.slack import fitting, inputs
from bots.slack.blocks import Blocks, Part, Pen
from bots.slack.inputs import Entered
from bots.slack.state import FORM
from bots.slack.text import cut, escape, units
from conversations.messages import Ask, Button, Card, Deck, FormPage, Message, Say, Screen, Voice, Words, act
from locales import _
from locales.language import Speaker

Json = dict[str, Any]
TITLE = 24
SUMMARY = 300
"""The summary of a message is what notifications and screen readers say."""


def message(said: Message, say: Speaker, public_url: str) -> Json:
    """One message of a DM or a channel: the text that stands for it, and its blocks."""
    pen = Pen(say, public_url)
    match said:
        case Card():
            groups = [pen.card(said, pen.header(said.title))]
        case Screen():
            groups = [[pen.header(said.title)], *_parts(pen, said.parts)]
        case FormPage():
            button = Button(_("Open the form"), act("page.show", d=said.draft_id, p=said.page), "primary")
            groups = [pen.card(Card(said.title, body=said.lead, buttons=[button]), pen.header(said.title))]
        case _:
            groups = pen.part(said)
    called = [pen.called(said.mentions)] if isinstance(said, Say) and said.mentions else []
    return {
        "text": " ".join([*called, summary(said, pen)]),
        "blocks": fitting.fit(groups, fitting.MESSAGE, _more(pen)),
    }


def summary(said: Message, pen: Pen) -> str:
    """What a message says in one line."""
    match said:
        case Say(text=text):
            told: Sequence[Words | None] = [text]
        case Voice():
            told = [said.name, said.text]
        case Card():
            told = [said.title, said.badge, *said.body[:1]]
        case Deck(lead=lead):
            told = [lead]
        case Ask(question=question):
            told = [question]
        case _:
            told = [said.title]
    line = " - ".join(" ".join(pen.words(words).split()) for words in told if words is not None)
    return escape(cut(line, SUMMARY))


def modal(
    said: Screen | FormPage,
    say: Speaker,
    public_url: str,
    entered: Entered | None = None,
    before: Sequence[Part] = (),
) -> Json:
    """A window: a page of a form, or something to look at. `before` is said above it."""
    pen = Pen(say, public_url)
    if isinstance(said, FormPage):
        return _form(pen, said, entered or Entered(), _parts(pen, before))
    groups = [*_parts(pen, before), *_parts(pen, said.parts)]
    if units(pen.words(said.title)) > TITLE:
        groups.insert(0, [pen.header(said.title)])
    return _window(pen, said.title, fitting.fit(groups, fitting.VIEW, _more(pen)))


def _window(pen: Pen, title: Words, blocks: Blocks) -> Json:
    return {
        "type": "modal",
        "callback_id": "screen",
        "title": pen.plain(title, TITLE),
        "close": pen.plain(_("Close"), TITLE),
        "blocks": blocks,
    }


def _form(pen: Pen, page: FormPage, entered: Entered, before: list[Blocks]) -> Json:
    """A page of a form; its private metadata names the draft, the page and the revision, and nothing else."""
    title, counter = pen.words(page.title), f"{page.page + 1}/{page.pages}"
    counted = f"{title} {counter}" if page.pages > 1 else title
    groups = list(before)
    if units(counted) > TITLE:
        groups.append([pen.header(title)])
        if page.pages > 1:
            groups.append([pen.context(counter)])
    if page.lead:
        groups.append(pen.sections(page.lead))
    shown = {one.key for one in page.inputs}
    if elsewhere := [error for key, error in page.errors.items() if key not in shown]:
        groups.append(pen.sections(elsewhere))
    groups += [inputs.draw(pen, one, page.revision, entered, page.errors.get(one.key)) for one in page.inputs]
    if page.notes:
        groups.append([{"type": "divider"}, *pen.sections(page.notes)])
    if page.back is not None:
        groups.append(pen.actions([Button(_("Back"), page.back)]))
    groups.append([pen.context(_("Each page is kept when you send it."))])
    metadata = urlencode({"d": page.draft_id, "p": page.page, "r": page.revision})
    return _window(pen, counted if units(counted) <= TITLE else title, _fitted(pen, groups)) | {
        "callback_id": FORM,
        "private_metadata": metadata,
        "submit": pen.plain(page.submit, TITLE),
    }


def _fitted(pen: Pen, groups: list[Blocks]) -> Blocks:
    return fitting.fit(groups, fitting.VIEW, _more(pen))


def home(screen: Screen, say: Speaker, public_url: str) -> Json:
    """The Home of a person."""
    pen = Pen(say, public_url)
    return {"type": "home", "blocks": _fitted(pen, _parts(pen, screen.parts))}


def _parts(pen: Pen, parts: Sequence[Part]) -> list[Blocks]:
    return [group for part in parts for group in pen.part(part)]


def _more(pen: Pen) -> Any:
    def line(count: int) -> Json:
        return pen.context(_("{count} more are not shown here.")(count=count))

    return line
