"""What is said, as LINE's message objects: pure, and within every limit of PLATFORMS 1.11-1.15."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import quote

import orjson

from bots.line import flex
from bots.line.bubbles import MOST_ALT, MOST_TEXT, Sheet, bind, fold, squeeze
from bots.line.flex import TONES, Obj
from bots.line.names import sender_name
from bots.line.text import ELLIPSIS, cut, cut_label, printable, units
from bots.line.wire import pack
from conversations.messages import (
    Act,
    Ask,
    Button,
    Card,
    Deck,
    Fact,
    Heading,
    Link,
    Message,
    Option,
    Pick,
    Say,
    Screen,
    Sides,
    Voice,
    Words,
)
from locales import _
from locales.language import Speaker

MOST_QUICK = 13
QUICK_LABEL = 20
BUTTON_LABEL = 40
SHOWN_LABEL = 100
MOST_LINE = 200
"""UTF-16 units of a title, a label or an option: a long line, though not a story."""
MOST_NOTICE = 3000
MOST_URI = 1000
NUMBERED_FROM = 5
ONE_BUBBLE = 10
OPTIONS_A_BUBBLE = 8
DECK = 10
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
PICTURE = re.compile(r"\.(jpg|png)\?")
"""How the path of a picture that LINE shows by itself is told from other files."""
PREVIEW = "small=1"
"""Asks our own server for a picture of less than a megabyte (PLATFORMS 1.12)."""
LOOKS_BACK = timedelta(days=3 * 365)
"""A wider range of days is about the past, such as a founding date: its picker opens at the end."""


def render(said: Sequence[Message], say: Speaker, public_url: str) -> list[Obj]:
    """The messages that show what is said, five to a letter; the last one carries every quick reply.

    Raises ValueError when a button does not fit, TypeError for what LINE never shows.
    """
    pen = Pen(say, public_url)
    shown = squeeze([message for one in said for message in pen.show(one)])
    quick = pen.quick([button for one in reversed(said) for button in _offers(one)])
    if quick:
        shown = shown or [_text(ELLIPSIS)]
        shown[-1]["quickReply"] = {"items": quick}
    return shown


def _offers(message: Message | Heading | Sides) -> Iterator[Button]:
    match message:
        case Say() | Card() | Ask():
            yield from message.quick
        case Deck():
            yield from message.quick
            for card in message.cards:
                yield from card.quick
        case Screen():
            for part in reversed(message.parts):
                yield from _offers(part)


def _text(words: str) -> Obj:
    return {"type": "text", "text": cut(words, MOST_TEXT)}


@dataclass
class Pen:
    """Writes for one reader: in a language, with links to where we are."""

    say: Speaker
    public_url: str

    @cached_property
    def change(self) -> str:
        """The word on what opens an answer for correction."""
        return self.say(_("Change"))

    def show(self, message: Message) -> list[Obj]:
        """The message objects of one thing that is said, without its quick replies."""
        match message:
            case Say():
                return self._texts([message.text])
            case Ask():
                return self._ask(message)
            case Card():
                return bind(fold(self._card(message)), self._card_in_words(message))
            case Deck():
                return self._deck(message)
            case Screen():
                return self._screen(message)
            case Voice():
                return self._voice(message)
        raise TypeError(f"LINE does not show a {type(message).__name__}")

    def words(self, words: Words, most: int = MOST_TEXT) -> str:
        """The words as they are shown; empty when nothing in them can be seen."""
        return cut(printable(self.say(words)), most)

    def label(self, words: Words, most: int) -> str:
        """The words on a button, in at most so many characters."""
        return cut_label(printable(self.say(words)), most) or ELLIPSIS

    def quick(self, buttons: Sequence[Button]) -> list[Obj]:
        """Quick replies, each once, as many as LINE shows."""
        items: dict[bytes, Obj] = {}
        for button in buttons:
            action = self._action(button.does, button.label, QUICK_LABEL)
            items.setdefault(orjson.dumps(action), {"type": "action", "action": action})
        return list(items.values())[:MOST_QUICK]

    # What a tap does

    def _action(self, does: Act | Link | Pick, words: Words, most: int) -> Obj:
        label = self.label(words, most)
        match does:
            case Link():
                return {"type": "uri", "label": label, "uri": self._uri(does.path)}
            case Pick():
                return {
                    "type": "datetimepicker",
                    "label": label,
                    "data": pack(does.act),
                    "mode": "date",
                    **_days(does),
                }
        return {
            "type": "postback",
            "label": label,
            "data": pack(does),
            "displayText": self.label(words, SHOWN_LABEL),
        }

    def _uri(self, path: str) -> str:
        uri = self.public_url.rstrip("/") + quote(path, safe="/?&=%#:@!$'()*+,;~")
        if len(uri) > MOST_URI:
            raise ValueError(f"a link of {len(uri)} characters")
        return uri

    def _buttons(self, buttons: Sequence[Button], size: str) -> list[Obj]:
        return [
            flex.button(self._action(button.does, button.label, BUTTON_LABEL), button.style, size)
            for button in buttons
        ]

    # Each kind of thing said

    def _texts(self, words: Sequence[Words]) -> list[Obj]:
        lines = [line for line in map(self.words, words) if line]
        return [_text("\n\n".join(lines))] if lines else []

    def _ask(self, ask: Ask, over: Sequence[str] = ()) -> list[Obj]:
        question = self.words(ask.question, 5 * MOST_LINE) or ELLIPSIS
        intro = [flex.above(words) for words in over]
        if ask.number is not None and ask.total is not None:
            intro.append(flex.progress(ask.number, ask.total))
        lead = [line for line in map(self.words, ask.lead) if line]
        # What is long may go over several bubbles, a box each.
        boxes = [lead] if sum(map(units, lead)) <= MOST_NOTICE else [[line] for line in lead]
        intro.extend(flex.notice(lines) for lines in boxes if lines)
        intro.append(flex.question(question))
        hint, example = (self.words(words, MOST_ALT) if words else "" for words in (ask.hint, ask.example))
        if hint:
            intro.append(flex.small(hint))
        if example:
            intro.append(flex.example(self.say(_("For example")), example))
        sheet = Sheet(question, foot=self._buttons(ask.buttons, "mega"))
        options = self._options(ask.options)
        each = len(options) if len(options) <= ONE_BUBBLE else _evenly(len(options), OPTIONS_A_BUBBLE)
        sheet.pages = [intro + options[:each]]
        sheet.pages += [options[start : start + each] for start in range(each, len(options), each or 1)]
        return bind(fold(sheet), self._ask_in_words(question, ask.options))

    def _options(self, options: Sequence[Option]) -> list[Obj]:
        numbered = len(options) >= NUMBERED_FROM
        return [
            flex.option(
                self.words(option.label, MOST_LINE) or ELLIPSIS,
                self._action(option.act, option.label, BUTTON_LABEL),
                number if numbered else None,
                number == 1,
            )
            for number, option in enumerate(options, 1)
        ]

    def _ask_in_words(self, question: str, options: Sequence[Option]) -> str:
        labels = [self.label(option.label, BUTTON_LABEL) for option in options]
        return "\n".join([question, *(f"{number}. {label}" for number, label in enumerate(labels, 1))])

    def _card(self, card: Card, size: str = "mega", over: Sequence[str] = ()) -> Sheet:
        title = self.words(card.title, MOST_LINE) or ELLIPSIS
        badge = self.label(card.badge, QUICK_LABEL) if card.badge else ""
        tone = TONES.get(card.tone, TONES["plain"])
        parts = [self._fact(given) for given in card.facts]
        parts.extend(flex.paragraph(words) for words in filter(None, map(self.words, card.body)))
        note = self.words(card.note) if card.note else ""
        if note:
            parts.append(flex.small(note))
        head = flex.head(title, badge, tone, list(over))
        return Sheet(title, size, head, [parts], self._buttons(card.buttons, size))

    def _fact(self, given: Fact) -> Obj:
        label = self.words(given.label, MOST_LINE) or ELLIPSIS
        value = self.words(given.value) or ELLIPSIS
        if given.change is None:
            return flex.fact(label, value)
        spoken = _("Change: {label}")(label=label)
        return flex.fact(label, value, (self.change, self._action(given.change, spoken, BUTTON_LABEL)))

    def _card_in_words(self, card: Card) -> str:
        first = [card.title, *([card.badge] if card.badge else [])]
        lines = [" / ".join(filter(None, map(self.words, first)))]
        lines += [f"{self.words(given.label)}: {self.words(given.value)}" for given in card.facts]
        lines += [self.words(words) for words in card.body]
        return "\n".join(filter(None, lines)) or ELLIPSIS

    def _deck(self, deck: Deck) -> list[Obj]:
        shown = self._texts([deck.lead])
        for start in range(0, len(deck.cards), DECK):
            cards = deck.cards[start : start + DECK]
            bubbles = [bubble for card in cards for bubble in fold(self._card(card, "kilo"))]
            titles = [self.words(card.title, MOST_LINE) for card in cards]
            alt = "\n".join(filter(None, [self.words(deck.lead), *titles])) or ELLIPSIS
            shown.extend(bind(bubbles, alt))
        return shown

    def _screen(self, screen: Screen) -> list[Obj]:
        shown: list[Obj] = []
        over: list[Words] = [screen.title]
        for part in screen.parts:
            match part:
                case Heading():
                    over.append(part.text)
                    continue
                case Say():
                    shown.extend(self._texts([*over, part.text]))
                case Ask():
                    shown.extend(self._ask(part, self._over(over)))
                case Sides():
                    both = (part.left, part.right)
                    shown.extend(self._texts([*over, *(w for one in both for w in (one.label, one.value))]))
                case Card():
                    bubbles = fold(self._card(part, over=self._over(over)))
                    shown.extend(bind(bubbles, self._card_in_words(part)))
            over = []
        return [*shown, *self._texts(over)]

    def _voice(self, voice: Voice) -> list[Obj]:
        """What a person says, under their name; a name that LINE would refuse stands before the words."""
        name = printable(voice.name)
        shown = sender_name(name)
        text = self.words(voice.text)
        messages: list[Obj] = []
        if shown is None and name:
            text = f"{name}\n{text}"
        if text.strip():
            messages.append(_text(text.strip()))
        if voice.picture is not None and PICTURE.search(voice.picture.path):
            uri = self._uri(voice.picture.path)
            small = self._uri(f"{voice.picture.path}&{PREVIEW}")
            messages.append({"type": "image", "originalContentUrl": uri, "previewImageUrl": small})
        elif voice.picture is not None:
            messages += self._paper(name, Button(_("Open the picture"), voice.picture))
        if voice.file is not None:
            messages += self._paper(name, Button(_("Open the file"), voice.file))
        sender = {"sender": {"name": shown}} if shown else {}
        return [message | sender for message in messages]

    def _paper(self, name: str, button: Button) -> list[Obj]:
        """A button of its own that opens what somebody sent."""
        words = self.words(_("{name} sent you a file.")(name=name), MOST_LINE)
        sheet = Sheet(words, "kilo", pages=[[flex.paragraph(words)]], foot=self._buttons([button], "kilo"))
        return bind(fold(sheet), words)

    def _over(self, over: Sequence[Words]) -> list[str]:
        return [line for words in over if (line := self.words(words, MOST_LINE))]


def _evenly(many: int, most: int) -> int:
    """How many to a page, so that no page has more than `most` and all have about the same."""
    pages = -(-many // most)
    return -(-many // pages)


def _days(pick: Pick) -> Obj:
    """The bounds of a date picker; LINE wants at least two days to choose from."""
    first = max(date.fromisoformat(pick.first), FIRST_DAY) if pick.first else None
    last = min(date.fromisoformat(pick.last), LAST_DAY) if pick.last else None
    if first and last and first >= last:
        last = first + timedelta(days=1)
    looks_back = last is not None and (first is None or last - first > LOOKS_BACK)
    bounds = {"min": first, "max": last, "initial": last if looks_back else first}
    return {name: day.isoformat() for name, day in bounds.items() if day}
