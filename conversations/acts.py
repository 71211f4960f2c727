"""Which function answers which button: registered once where it is written, looked up by name."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from locales import _
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.messages import Fetched, Pressed
    from conversations.turn import Turn

Handler = Callable[["Turn", "Pressed"], Awaitable[None]]
Opening = Callable[["Turn"], Awaitable[None]]
Taking = Callable[["Turn", "Fetched"], Awaitable[None]]

BUTTONS: dict[str, Handler] = {}
WORDS: dict[str, Opening] = {}
FETCHED: dict[str, Taking] = {}
"""Who takes a file that was fetched, by the kind of record it is about: "handoff" of "handoff:12"."""


def on(name: str) -> Callable[[Handler], Handler]:
    """Answer the buttons whose act has this name."""

    def register(handler: Handler) -> Handler:
        if name in BUTTONS:
            raise ValueError(f"two functions answer the button {name!r}")
        BUTTONS[name] = handler
        return handler

    return register


def on_word(meaning: str) -> Callable[[Opening], Opening]:
    """Answer a typed word of this meaning (a key of typed.toml) when no form needs it."""

    def register(opening: Opening) -> Opening:
        WORDS[meaning] = opening
        return opening

    return register


def on_fetched(kind: str) -> Callable[[Taking], Taking]:
    """Take the files that were fetched for records of this kind (`services.notices.fetch`)."""

    def register(taking: Taking) -> Taking:
        FETCHED[kind] = taking
        return taking

    return register


def number(args: Mapping[str, str], key: str) -> int:
    """An id or revision from a button; whoever copies a payload may put anything there. Raises Refusal."""
    value = args.get(key, "")
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise Refusal(_("This button no longer works. Please start from the menu."))
    return int(value)
