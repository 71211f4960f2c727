"""One event in, messages out: what a person did is answered by a button, a word, a form or the menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conversations import chat, hearing, menu, offered, pages
from conversations.acts import BUTTONS, FETCHED, WORDS
from conversations.messages import (
    Attached,
    Commanded,
    Fetched,
    Filled,
    Heard,
    HomeOpened,
    Joined,
    Left,
    Message,
    Pressed,
    Said,
    Say,
    Unsent,
    Uploaded,
)
from conversations.questions import Facts
from conversations.vocabulary import corrected, meant, nodded
from locales import _
from locales.language import speaker
from services.answers import Draft
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.form import Form
    from services.bundle import Services
    from services.people import Person


@dataclass
class Turn:
    """What one person did, what the domain offers, and what is said in answer.

    `chatty` channels ask one question at a time; the others show pages. `late`: something done after it was
    answered before it. `typed` is what was typed; `said` goes to the acting person.
    """

    person: Person
    services: Services
    chatty: bool
    late: bool = False
    typed: str = ""
    said: list[Message] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """What answers are read by at this moment."""
        services = self.services
        return Facts(
            services.programme,
            services.now,
            services.clock.today(),
            self.person.language,
            speaker(self.person.language),
        )

    def say(self, *messages: Message) -> None:
        """Answer the acting person."""
        self.said.extend(messages)

    async def start(
        self,
        form: type[Form],
        about: str = "",
        answers: Mapping[str, str] | None = None,
        reopened: Mapping[str, str] | None = None,
    ) -> None:
        """Begin a form, or go on where it was left; a fresh one has these answers and asks these again."""
        fresh = Draft(form.name, about, answers or {}, reopened=reopened or {})
        if self.chatty:
            await chat.start(self, form, fresh)
        else:
            await pages.start(self, form, fresh)


async def take(turn: Turn, heard: Heard) -> None:
    """Answer one event. A Refusal is said in its own words; whatever else goes wrong is a crash."""
    try:
        await _answer(turn, heard)
    except Refusal as refusal:
        turn.say(Say(refusal.reason, quick=menu.ways_on(turn)))
    if turn.chatty:
        await offered.remember(turn)


async def _answer(turn: Turn, heard: Heard) -> None:
    match heard:
        case Pressed():
            await press(turn, heard)
        case Said():
            await _hear(turn, heard)
        case Filled():
            await pages.fill(turn, heard)
        case Uploaded() | Fetched():
            await _take_file(turn, heard)
        case Attached():
            await _look_at(turn, heard)
        case HomeOpened():
            await turn.services.people.open_home(turn.person.identity, turn.services.now)
            turn.services.notices.home(turn.person.id)
        case Joined():
            await turn.services.people.block(turn.person.id, None)
            await turn.services.handoffs.left(blocked=False)
            await menu.greet(turn)
        case Left():
            # Whoever has done something since is no longer gone.
            if not turn.late:
                await turn.services.people.block(turn.person.id, turn.services.now)
                await turn.services.handoffs.left(blocked=True)
        case Commanded(text=text):
            await _obey(turn, text)
        case Unsent(ref=ref):
            await turn.services.inbox.forget(ref)


async def press(turn: Turn, pressed: Pressed) -> None:
    """Answer a button; one that nobody answers any more is explained."""
    handler = BUTTONS.get(pressed.act.name)
    if handler is None:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    await handler(turn, pressed)


async def _take_file(turn: Turn, heard: Uploaded | Fetched) -> None:
    if isinstance(heard, Fetched):
        await FETCHED[heard.about.partition(":")[0]](turn, heard)
    else:
        await (chat if turn.chatty else pages).receive(turn, heard)


async def _look_at(turn: Turn, attached: Attached) -> None:
    # What people show each other in a thread is not meant for us unless somebody claims it.
    if await menu.receive(turn, attached) or attached.public:
        return
    meaning = nodded(attached.keywords)
    if turn.chatty and meaning and await _hear_nod(turn, meaning):
        return
    await hearing.look_at(turn, attached)


async def _hear_nod(turn: Turn, meaning: str) -> bool:
    """Take a sticker for the word it stands for, where one is waited for."""
    if meaning != "thanks":
        return await _choose(turn, "", meaning) or await hearing.nod(turn, meaning)
    if await turn.services.drafts.open() is None:
        await menu.say_welcome(turn)
        return True
    return False


async def _choose(turn: Turn, typed: str, meaning: str | None) -> bool:
    """Press what words stand for of what was offered last; a nod alone never agrees to anything that binds."""
    chosen = await offered.chosen(turn, typed, meaning)
    if chosen is None:
        return False
    if meaning == "ok" and chosen.act.name in offered.BINDING:
        turn.say(offered.asked_once_more(chosen))
    else:
        await press(turn, Pressed(chosen.act))
    return True


async def _obey(turn: Turn, command: str) -> None:
    # What is no command is heard like any other words.
    if not await menu.command(turn, command):
        await _hear(turn, Said(command))


async def _hear(turn: Turn, said: Said) -> None:
    turn.typed = said.text
    if await menu.overhear(turn, said):
        return
    meaning = meant(said.text) or meant(corrected(said.text) or "")
    # A plain yes or no is said to what stands last on the screen, even if a form is open, and so are the words of
    # a button that came by itself.
    plain = not turn.late and (
        meaning in hearing.PLAIN or (turn.chatty and await turn.services.offers.pushed())
    )
    if plain and turn.chatty and await _choose(turn, said.text, meaning):
        return
    if await hearing.hear(turn, said.text, meaning):
        return
    if not plain and turn.chatty and await _choose(turn, said.text, meaning):
        return
    opening = WORDS.get(meaning or "")
    if said.thread is not None and (opening is None or meaning in hearing.TALK):
        # People talk to each other in threads; what nobody claims there is not meant for us.
        return
    if opening is None:
        await menu.puzzled(turn)
    else:
        await opening(turn)
