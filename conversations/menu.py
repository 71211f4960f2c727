"""Where a person starts and comes back to: greeting, menu, help, and what to say when nothing was understood."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conversations.acts import BUTTONS, on, on_word
from conversations.messages import Attached, Button, Message, Pressed, Said, Say, act
from conversations.vocabulary import meant
from locales import _
from locales.language import EASY, NAMES
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn

Shown = Callable[["Turn"], Awaitable[None]]

HELP = Button(_("Help"), act("menu.help"))
MENU = Button(_("Menu"), act("menu.show"))
LANGUAGE = Button(_("Language"), act("menu.language"))
HUMAN = Button(_("Talk to a person"), act("handoff.start"))

MENUS: dict[str, Shown] = {}
"""What the menu of a channel shows, by the channel's name."""
GREETINGS: dict[str, Shown] = {}
"""What somebody hears who joins on a channel."""
LISTENERS: list[Callable[[Turn, Said], Awaitable[bool]]] = []
"""Who may claim typed words before anything else: a conversation with another person, a thread of a review."""
RECEIVERS: list[Callable[[Turn, Attached], Awaitable[bool]]] = []
"""Who may claim a photo or a file before anything else, as LISTENERS claim words."""
STILL_ASKED: list[Callable[[Turn], Awaitable[Sequence[Message]]]] = []
"""Who asks something outside a form, and asks it again after what was no answer."""
HINTS: list[Callable[[Turn], Awaitable[Sequence[Message]]]] = []
"""Who has something to add to the help, before what can be done."""
ASIDES: list[Callable[[Turn, str], Awaitable[Sequence[Message]]]] = []
"""Who can answer a question that is typed in place of an answer, or out of the blue; nothing said: cannot."""
OFFERS: list[Callable[[Turn], Awaitable[Sequence[Button]]]] = []
"""Who may know something to do with words that nobody understood."""
COMMANDS: dict[str, Callable[[Turn, str], Awaitable[None]]] = {}
"""What a slash command does, by the first word typed after it: a key of typed.toml, or the word itself."""


async def show(turn: Turn) -> None:
    """Show the menu of the person's channel."""
    await MENUS[turn.person.identity.channel](turn)


async def greet(turn: Turn) -> None:
    """Greet somebody who has just joined."""
    await GREETINGS[turn.person.identity.channel](turn)


async def command(turn: Turn, text: str) -> bool:
    """Answer a slash command: its first word says what is wanted, nothing at all opens the menu. False: unknown."""
    word, _space, rest = text.strip().partition(" ")
    answer = COMMANDS.get(meant(word) or word.casefold())
    if answer is not None:
        await answer(turn, rest.strip())
    elif not word:
        await show(turn)
    return answer is not None or not word


async def overhear(turn: Turn, said: Said) -> bool:
    """Whether typed words belong to a conversation that goes on beside the menus and forms."""
    for listen in LISTENERS:
        if await listen(turn, said):
            return True
    return False


async def receive(turn: Turn, attached: Attached) -> bool:
    """Whether what was sent belongs to a conversation that goes on beside the menus and forms."""
    for claim in RECEIVERS:
        if await claim(turn, attached):
            return True
    return False


async def aside(turn: Turn, typed: str) -> Sequence[Message]:
    """What somebody can answer to a question that was typed; nothing if nobody can."""
    for answer in ASIDES:
        if said := await answer(turn, typed):
            return said
    return ()


async def puzzled(turn: Turn) -> None:
    """Answer what was typed out of the blue; what nobody understands is said kindly, each time in another way."""
    if said := await aside(turn, turn.typed):
        turn.say(*said)
    else:
        times = await turn.services.misheard.note(turn.typed)
        hints = PUZZLED if turn.chatty else PUZZLED_IN_SLACK
        person = [HUMAN] if times > 1 else []
        offered = [button for offers in OFFERS for button in await offers(turn)]
        turn.say(Say(hints[min(times, len(hints)) - 1], quick=[*offered, *person, *ways_on(turn)]))
    await ask_again(turn)


_NOT_UNDERSTOOD = _("Sorry, I did not understand that. You can start from the menu.")
_NOBODY_SO_FAR = _("I can't help with that, sorry. Somebody of ours can: “Talk to a person”.")
PUZZLED = (
    _NOT_UNDERSTOOD,
    _("I know short words. For example: “status”, “case”, “proposals” or “deadline”."),
    _NOBODY_SO_FAR,
)
PUZZLED_IN_SLACK = (
    _NOT_UNDERSTOOD,
    _("I know short words. For example: “register”, “proposals”, “deadline” or “search accounting”."),
    _NOBODY_SO_FAR,
)
"""What is said the first, the second and the third time in a row."""


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


@on_word("language")
async def language_word(turn: Turn) -> None:
    """Which language, please."""
    await language_button(turn, Pressed(act("menu.language")))


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
    turn.say(Say(_("I will speak English with you."), quick=[] if draft else [MENU]))
    if draft is not None:
        await BUTTONS["form.resume"](turn, Pressed(act("form.resume", d=draft.id)))


@on_word("english")
async def speak_english(turn: Turn) -> None:
    """English from now on."""
    await speak(turn, "en")


@on_word("japanese")
async def speak_japanese(turn: Turn) -> None:
    """Japanese from now on."""
    await speak(turn, "ja")


@on_word("easy")
async def speak_easily(turn: Turn) -> None:
    """Easy Japanese from now on."""
    await speak(turn, EASY)


@on_word("no")
async def say_no(turn: Turn) -> None:
    """No to something that nobody asked, or that has long passed: nothing happens."""
    turn.say(Say(_("All right. Everything stays as it is."), quick=ways_on(turn)))


@on_word("yes")
async def say_what(turn: Turn) -> None:
    """Yes to something that nobody asked, or that stands no longer last on the screen: nothing happens."""
    turn.say(Say(_("I did not understand what that is about. Please press a button."), quick=ways_on(turn)))
    await ask_again(turn)


@on_word("ok")
async def say_fine(turn: Turn) -> None:
    """All right, says somebody who was told something."""
    turn.say(Say(_("Thank you. “Menu” shows what there is to do."), quick=ways_on(turn)))
    await ask_again(turn)


@on_word("question")
async def ask_away(turn: Turn) -> None:
    """Somebody has a question."""
    turn.say(Say(_("Please write your question as it is."), quick=[HUMAN, *ways_on(turn)]))


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
                quick=[HUMAN, MENU, LANGUAGE],
            )
        )
        return
    turn.say(
        Say(
            _(
                "You can answer by button, in words, or with the option's number.\n"
                "Type “back” for the last question, “stop” to go on later. Nothing is lost."
            ),
            quick=[Button(_("Go on"), act("form.resume", d=draft.id)), HUMAN, MENU, LANGUAGE],
        )
    )
