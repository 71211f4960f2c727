"""What each notice of the domain says; the words are registered where the thing itself is talked about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conversations.messages import Ask, Button, Card, Deck, Message, Say, Screen
from locales import _

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice

Wording = Callable[["Services", "Notice"], Awaitable[Sequence[Message]]]
WORDINGS: dict[str, Wording] = {}


def worded(kind: str) -> Callable[[Wording], Wording]:
    """Say notices of this kind with this function."""

    def register(wording: Wording) -> Wording:
        WORDINGS[kind] = wording
        return wording

    return register


async def word(services: Services, notice: Notice) -> Sequence[Message]:
    """The messages for one notice, by what is so now; none when it has become moot. Every kind has its words."""
    return await WORDINGS[notice.kind](services, notice)


def aside(said: Sequence[Message], told: Sequence[Message]) -> list[Message]:
    """An answer with what is told beside it: before what the answer asks for, so that a question stays last."""
    last = said[-1]
    asks = isinstance(last, Ask) or (not isinstance(last, Deck | Screen) and bool(_buttons(last)))
    return [*said[:-1], *told, last] if asks else [*said, *told]


def fresh(told: Sequence[Message], said: Sequence[Message]) -> list[Message]:
    """What of a notice is not said already: a card that stands in the answer is not shown once more beside it."""
    known = [card for message in said for card in _seen(message)]
    return [message for message in told if not all(one in known for one in _seen(message))]


def digest(said: Sequence[Message]) -> list[Message]:
    """Much that is told at once, as one deck to leaf through."""
    cards = [card for message in said for card in _cards(message)]
    return [Deck(_("There is news for you: {count}")(count=len(cards)), cards)] if cards else []


def _seen(message: Message) -> Sequence[Message]:
    """What is recognised when it is said again, whatever it offers besides."""
    if isinstance(message, Deck):
        return [replace(card, quick=()) for card in message.cards]
    return [replace(message, quick=())] if isinstance(message, Say | Card | Ask) else [message]


def _buttons(message: Message) -> Sequence[Button]:
    return [*message.quick, *getattr(message, "buttons", ())] if isinstance(message, Say | Card) else ()


def _cards(message: Message) -> list[Card]:
    match message:
        case Card():
            return [replace(message, buttons=message.buttons or message.quick, quick=())]
        case Deck():
            return [Card(message.lead), *(card for one in message.cards for card in _cards(one))]
        case Say():
            return [Card(_("News"), body=[message.text], buttons=message.quick)]
        case Ask():
            ways = [Button(option.label, option.act) for option in message.options]
            return [Card(message.question, body=message.lead, buttons=[*ways, *message.buttons])]
        case Screen():
            return [card for part in message.parts if isinstance(part, Card) for card in _cards(part)]
    return []
