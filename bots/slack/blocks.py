"""Blocks of Slack for what is said: sentences, facts, cards, questions and what can be pressed; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from bots.slack import wire
from bots.slack.text import BLANK, FORMATTING, clean, cut, escape, shared_out, split
from conversations.messages import (
    Ask,
    Button,
    Card,
    Deck,
    Fact,
    Heading,
    Link,
    Marked,
    Pick,
    Say,
    Sides,
    Voice,
    Words,
)
from locales import Text, _
from locales.language import Speaker

Json = dict[str, Any]
Blocks = list[Json]
SECTION = 3000
FIELD = 2000
HEADER = 150
LABEL = 75
PLACEHOLDER = 150
FACTS = 5
"""Facts in one section: each takes two of its ten fields."""
SHORT = 60
"""Up to this length a value stands beside its label, a longer one below it."""
ACTIONS = 25
BUTTONS = 5
"""More options than this are a list to choose from."""
OPTIONS = 100

MARKED_TITLE = {"bold": True, "underline": True}
"""A title is bold, so what was looked for in it needs a second sign."""
BEGIN, END = "\ufdd0", "\ufdd1"
"""Stand around what was looked for while a sentence is put together; Unicode keeps both from ever being letters."""

MEMBER = re.compile(r"[UW][A-Z0-9]{2,30}")

Part = Heading | Say | Voice | Card | Deck | Ask | Sides


class Pen:
    """Draws in one language; counts what can be pressed, so that every id is there once."""

    def __init__(self, say: Speaker, public_url: str) -> None:
        self._say = say
        self._public_url = public_url.rstrip("/")
        self._count = 0

    def words(self, words: Words) -> str:
        """Words as they are shown; never empty, for Slack refuses empty texts."""
        return clean(self._say(words)).strip() or BLANK

    def plain(self, words: Words, most: int) -> Json:
        """A text that Slack does not parse, so that nobody's words can ping, link or format."""
        return {"type": "plain_text", "text": cut(self.words(words), most)}

    def label(self, words: Words) -> Json:
        """A bold label for a fact; plain where its words would be taken for formatting."""
        said = self.words(words)
        if FORMATTING.search(said):
            return self.plain(said, FIELD)
        return {"type": "mrkdwn", "text": f"*{escape(cut(said, 200))}*", "verbatim": True}

    def header(self, words: Words) -> Json:
        """A large title."""
        return {"type": "header", "text": self.plain(words, HEADER)}

    def title(self, words: Words) -> Json:
        """A title of one thing among several."""
        rows = shared_out(self._pieces(words), SECTION)
        return _rich((piece, MARKED_TITLE if marked else {"bold": True}) for piece, marked in rows[0])

    def _pieces(self, words: Words) -> list[tuple[str, bool]]:
        """Words in pieces, and whether each was looked for; also where marked words stand in a sentence of ours."""
        if isinstance(words, Marked):
            words = _enclosed(words)
        elif isinstance(words, Text):
            values = words.values.items()
            words = words(**{key: _enclosed(value) for key, value in values if isinstance(value, Marked)})
        pieces, marked = [], False
        for piece in re.split(f"([{BEGIN}{END}])", self.words(words)):
            if piece in (BEGIN, END):
                marked = piece == BEGIN
            elif piece:
                pieces.append((piece, marked))
        return pieces or [(BLANK, False)]

    def section(self, words: Words) -> Blocks:
        """A paragraph, in as many blocks as it needs."""
        if _is_marked(words):
            return [
                _rich((piece, {"bold": True} if marked else {}) for piece, marked in row)
                for row in shared_out(self._pieces(words), SECTION)
            ]
        pieces = split(self.words(words), SECTION) or [BLANK]
        return [{"type": "section", "text": self.plain(piece, SECTION)} for piece in pieces]

    def sections(self, many: Iterable[Words]) -> Blocks:
        """Several paragraphs."""
        return [block for words in many for block in self.section(words)]

    def context(self, *many: Words) -> Json:
        """Small print."""
        return {"type": "context", "elements": [self.plain(words, FIELD) for words in many]}

    def button(self, button: Button) -> Json:
        """A button, a link or a date picker."""
        self._count += 1
        confirm = self._confirm(button)
        if isinstance(button.does, Pick):
            element: Json = {
                "type": "datepicker",
                "action_id": wire.picker_id(button.does.act, self._count),
                "placeholder": self.plain(button.label, PLACEHOLDER),
            }
            return element | confirm
        element = {"type": "button", "text": self.plain(button.label, LABEL)}
        if button.style in ("primary", "danger"):
            element["style"] = button.style
        if isinstance(button.does, Link):
            element |= {"action_id": wire.action_id("link", self._count)}
            return element | {"url": self._public_url + button.does.path}
        element |= {"action_id": wire.action_id(button.does.name, self._count)}
        return element | {"value": wire.value(button.does)} | confirm

    def _confirm(self, button: Button) -> Json:
        if button.confirm is None:
            return {}
        dialog: Json = {
            "title": self.plain(button.label, 100),
            "text": self.plain(button.confirm, 300),
            "confirm": self.plain(button.label, 30),
            "deny": self.plain(_("Cancel"), 30),
        }
        if button.style == "danger":
            dialog["style"] = "danger"
        return {"confirm": dialog}

    def actions(self, buttons: Sequence[Button]) -> Blocks:
        """What can be pressed, in rows."""
        return _rows([self.button(button) for button in buttons])

    def option(self, value: str, label: Words) -> Json:
        """One option of a list."""
        return {"text": self.plain(label, LABEL), "value": value}

    # --- what conversations say ------------------------------------------------------------------------

    def part(self, part: Part) -> list[Blocks]:
        """One thing that was said, in groups of blocks that belong together."""
        match part:
            case Heading(text=text):
                return [[self.header(text)]]
            case Say():
                called = self.mentions(part.mentions)
                return [[*called, *self.section(part.text), *self.actions(part.quick)]]
            case Voice():
                return [self.voice(part)]
            case Card():
                return [self.card(part, self.title(part.title))]
            case Deck():
                cards = [
                    [{"type": "divider"}, *self.card(card, self.title(card.title))] for card in part.cards
                ]
                return [self.section(part.lead), *cards, *([self.actions(part.quick)] if part.quick else [])]
            case Ask():
                return [self.ask(part)]
            case Sides():
                return [self.sides(part)]

    def mentions(self, ids: Sequence[str]) -> Blocks:
        """A line that calls people; the one block of ours in which Slack finds mentions, made of ids alone."""
        if not ids:
            return []
        return [{"type": "section", "text": {"type": "mrkdwn", "text": self.called(ids), "verbatim": True}}]

    def called(self, ids: Sequence[str]) -> str:
        """The mentions of people by their ids; raises ValueError for what is not the id of a person."""
        if not all(MEMBER.fullmatch(each) for each in ids):
            raise ValueError("Only people are mentioned, by their ids.")
        return " ".join(f"<@{each}>" for each in dict.fromkeys(ids))

    def voice(self, voice: Voice) -> Blocks:
        """What a person says, with their name in front, and what they send along."""
        sent = [
            *([Button(_("Open the picture"), voice.picture)] if voice.picture else []),
            *([Button(_("Open the file"), voice.file)] if voice.file else []),
        ]
        said = self.section(voice.text) if voice.text.strip() else []
        return [self.title(cut(self.words(voice.name), HEADER)), *said, *self.actions(sent)]

    def card(self, card: Card, title: Json) -> Blocks:
        """A card: title, where it stands, facts, what there is to say, and what can be done."""
        blocks = [title]
        if card.badge is not None:
            blocks.append(self.context(card.badge))
        blocks += self.facts(card.facts)
        blocks += self.sections(card.body)
        if card.note is not None:
            blocks.append(self.context(card.note))
        return blocks + self.actions([*card.buttons, *card.quick])

    def facts(self, facts: Sequence[Fact]) -> Blocks:
        """Labels with their values: short ones in two columns, long ones below each other."""
        blocks: Blocks = []
        row: list[Json] = []
        for fact in facts:
            value = self.words(fact.value)
            if len(value) <= SHORT and "\n" not in value and fact.change is None:
                row += [self.label(fact.label), self.plain(value, FIELD)]
                if len(row) == 2 * FACTS:
                    blocks.append({"type": "section", "fields": row})
                    row = []
                continue
            if row:
                blocks.append({"type": "section", "fields": row})
                row = []
            blocks += self._long_fact(fact, value)
        return [*blocks, {"type": "section", "fields": row}] if row else blocks

    def _long_fact(self, fact: Fact, value: str) -> Blocks:
        head: Json = {"type": "section", "text": self.label(fact.label)}
        if len(value) <= SHORT and "\n" not in value:
            head = {"type": "section", "fields": [self.label(fact.label), self.plain(value, FIELD)]}
        if fact.change is not None:
            head["accessory"] = self.button(Button(_("Change"), fact.change))
        return [head] if "fields" in head else [head, *self.section(value)]

    def sides(self, sides: Sides) -> Blocks:
        """Two values beside each other, each below its label; long ones go on in the next rows."""
        both = (sides.left, sides.right)
        columns = [split(self.words(one.value), FIELD) for one in both]
        rows = [[self.plain(piece, FIELD) for piece in row] for row in zip_longest(*columns, fillvalue=BLANK)]
        rows[0] = [*(self.label(one.label) for one in both), *rows[0]]
        return [{"type": "section", "fields": row} for row in rows]

    def ask(self, ask: Ask) -> Blocks:
        """A question with its help; few options are buttons, more are a list."""
        question: Words = ask.question
        if ask.number is not None and ask.total is not None:
            question = f"{ask.number}/{ask.total}  {self.words(ask.question)}"
        blocks = [*self.sections(ask.lead), self.title(question)]
        if help_ := [words for words in (ask.hint, ask.example) if words is not None]:
            blocks.append(self.context(*help_))
        options = [Button(option.label, option.act) for option in ask.options]
        listed = bool(options) and (ask.listed or len(options) > BUTTONS)
        chooser = self._chooser(ask) if listed else None
        buttons = [*([] if chooser else options), *ask.buttons, *ask.quick]
        return blocks + _rows([*map(self.button, buttons), *([chooser] if chooser else [])])

    def _chooser(self, ask: Ask) -> Json | None:
        """A list whose options carry what they answer; None where they are too many or too long for one."""
        options = [(wire.encode(option.act), option.label) for option in ask.options]
        if len(options) > OPTIONS or any(len(value.encode()) > wire.OPTION for value, _label in options):
            return None
        self._count += 1
        return {
            "type": "static_select",
            "action_id": wire.action_id("choose", self._count),
            "placeholder": self.plain(_("Please choose"), PLACEHOLDER),
            "options": [self.option(value, label) for value, label in options],
        }


def _rows(elements: Sequence[Json]) -> Blocks:
    """What can be pressed, in as many blocks as it needs."""
    return [
        {"type": "actions", "elements": [*elements[at : at + ACTIONS]]}
        for at in range(0, len(elements), ACTIONS)
    ]


def _is_marked(words: Words) -> bool:
    """Whether something in these words was looked for."""
    values = words.values.values() if isinstance(words, Text) else (words,)
    return any(isinstance(value, Marked) for value in values)


def _enclosed(marked: Marked) -> str:
    """Marked words as they travel through a sentence."""
    return "".join(BEGIN + words + END if stands_out else words for words, stands_out in marked.pieces)


def _rich(pieces: Iterable[tuple[str, Json]]) -> Json:
    """A line of rich text, which Slack does not parse; each piece has its style."""
    elements = [
        {"type": "text", "text": text} | ({"style": style} if style else {}) for text, style in pieces
    ]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
