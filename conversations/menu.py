"""Where a person starts and comes back to: greeting, menu, help, and what to say when nothing was understood."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conversations.acts import on, on_word
from conversations.messages import Button, Message, Pressed, Said, Say, act
from conversations.vocabulary import meant
from locales import _
from locales.language import NAMES
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn

Shown = Callable[["Turn"], Awaitable[None]]

HELP = Button(_("Help"), act("menu.help"))
MENU = Button(_("Menu"), act("menu.show"))

MENUS: dict[str, Shown] = {}
"""What the menu of a channel shows, by the channel's name."""
GREETINGS: dict[str, Shown] = {}
"""What somebody hears who joins on a channel."""
LISTENERS: list[Callable[[Turn, Said], Awaitable[bool]]] = []
"""Who may claim typed words before anything else: a conversation with another person, a thread of a review."""
STILL_ASKED: list[Callable[[Turn], Awaitable[Sequence[Message]]]] = []
"""Who asks something outside a form, and asks it again after what was no answer."""
HINTS: list[Callable[[Turn], Awaitable[Sequence[Message]]]] = []
"""Who has something to add to the help, before what can be done."""
COMMANDS: dict[str, Callable[[Turn, str], Awaitable[None]]] = {}
"""What a slash command does, by the first word typed after it: a key of typed.toml, or the word itself."""


async def show(turn: Turn) -> None:
    """Show the menu of the person's channel."""
    await MENUS[turn.person.identity.channel](turn)


async def greet(turn: Turn) -> None:
    """Greet somebody who has just joined."""
    await GREETINGS[turn.person.identity.channel](turn)


async def command(turn: Turn, text: str) -> None:
    """Answer a slash command: its first word says what is wanted, nothing at all opens the menu."""
    word, _space, rest = text.strip().partition(" ")
    answer = COMMANDS.get(meant(word) or word.casefold())
    if answer is None:
        await show(turn)
    else:
        await answer(turn, rest.strip())


async def overhear(turn: Turn, said: Said) -> bool:
    """Whether typed words belong to a conversation that goes on beside the menus and forms."""
    for listen in LISTENERS:
        if await listen(turn, said):
            return True
    return False


async def puzzled(turn: Turn) -> None:
    """Say kindly that words were not understood, and what can be done instead."""
    turn.say(
        Say(
            _("Sorry, I did not understand that. You can start from the menu."),
            quick=ways_on(turn),
        )
    )
    await ask_again(turn)


async def ask_again(turn: Turn) -> None:
    """Say once more what is asked of the person, after something that was no answer to it."""
    for asked in STILL_ASKED:
        turn.say(*await asked(turn))


def ways_on(turn: Turn) -> list[Button]:
    """The offers that fit anywhere outside a form."""
    return [MENU, HELP]


@on("menu.show")
async def show_button(turn: Turn, pressed: Pressed) -> None:
    """The menu, please."""
    await show(turn)


@on_word("menu")
async def show_on_word(turn: Turn) -> None:
    """The menu, please; a form in progress is kept."""
    if turn.chatty:
        await turn.services.drafts.put_aside()
    await show(turn)


@on("menu.language")
async def language_button(turn: Turn, pressed: Pressed) -> None:
    """Which language, please."""
    turn.say(
        Say(
            " / ".join(NAMES.values()),
            quick=[Button(name, act("menu.speak", l=code)) for code, name in NAMES.items()],
        )
    )


@on("menu.speak")
async def speak_button(turn: Turn, pressed: Pressed) -> None:
    """This language from now on."""
    await speak(turn, pressed.act.args.get("l", ""))


async def speak(turn: Turn, language: str) -> None:
    """Speak a language with the person from this answer on; everything stays where it is."""
    if language not in NAMES:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    await turn.services.people.speak(turn.person.id, language)
    turn.person = replace(turn.person, language=language)
    turn.services.notices.home(turn.person.id)
    draft = await turn.services.drafts.open() if turn.chatty else None
    go_on = [Button(_("Go on"), act("form.resume", d=draft.id))] if draft else []
    turn.say(Say(_("I will speak English with you."), quick=[*go_on, MENU]))


@on_word("english")
async def speak_english(turn: Turn) -> None:
    """English from now on."""
    await speak(turn, "en")


@on_word("japanese")
async def speak_japanese(turn: Turn) -> None:
    """Japanese from now on."""
    await speak(turn, "ja")


@on_word("no")
async def say_no(turn: Turn) -> None:
    """No to something that nobody asked, or that has long passed: nothing happens."""
    turn.say(Say(_("All right. Everything stays as it is."), quick=ways_on(turn)))


@on_word("cancel")
async def say_stop(turn: Turn) -> None:
    """Stop, where nothing is being done."""
    await say_no(turn)


@on_word("thanks")
async def say_welcome(turn: Turn) -> None:
    """Somebody says thank you."""
    turn.say(Say(_("You are welcome. Write to us whenever something is unclear."), quick=ways_on(turn)))
    await ask_again(turn)


@on_word("hello")
async def say_hello(turn: Turn) -> None:
    """Somebody says hello: the menu says hello back."""
    await show(turn)


@on("menu.help")
async def help_button(turn: Turn, pressed: Pressed) -> None:
    """What can be done right now."""
    await help_here(turn)


@on_word("help")
async def help_here(turn: Turn) -> None:
    """What can be done right now; a form in progress stays where it is."""
    for hint in HINTS:
        turn.say(*await hint(turn))
    draft = await turn.services.drafts.open() if turn.chatty else None
    if draft is None:
        turn.say(
            Say(
                _(
                    "Press a button of the menu, or type a word: “status”, “case”, “proposals”.\n"
                    "“Continue” takes you back to what you have begun."
                ),
                quick=[MENU],
            )
        )
        return
    turn.say(
        Say(
            _(
                "You can answer by button, in words, or with the option's number.\n"
                "Type “back” for the last question, “stop” to go on later. Nothing is lost."
            ),
            quick=[Button(_("Go on"), act("form.resume", d=draft.id)), MENU],
        )
    )
