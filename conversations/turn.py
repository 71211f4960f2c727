"""One event in, messages out: what a person did is answered by a button, a word, a form or the menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conversations import chat, menu, offered, pages
from conversations.acts import BUTTONS, WORDS
from conversations.messages import (
    Attached,
    Commanded,
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
from conversations.vocabulary import meant
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
    answered before it. `said` goes to the acting person.
    """

    person: Person
    services: Services
    chatty: bool
    late: bool = False
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
        case Uploaded():
            await (chat if turn.chatty else pages).receive(turn, heard)
        case Attached():
            await chat.look_at(turn, heard)
        case HomeOpened():
            await turn.services.people.open_home(turn.person.identity, turn.services.now)
            turn.services.notices.home(turn.person.id)
        case Joined():
            await turn.services.people.block(turn.person.id, None)
            await menu.greet(turn)
        case Left():
            # Whoever has done something since is no longer gone.
            if not turn.late:
                await turn.services.people.block(turn.person.id, turn.services.now)
        case Commanded(text=text):
            await menu.command(turn, text)
        case Unsent(ref=ref):
            await turn.services.inbox.forget(ref)


async def press(turn: Turn, pressed: Pressed) -> None:
    """Answer a button; one that nobody answers any more is explained."""
    handler = BUTTONS.get(pressed.act.name)
    if handler is None:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    await handler(turn, pressed)


async def _hear(turn: Turn, said: Said) -> None:
    if await menu.overhear(turn, said):
        return
    meaning = meant(said.text)
    if turn.chatty and await chat.hear(turn, said.text, meaning):
        return
    if turn.chatty and (chosen := await offered.chosen(turn, said.text, meaning)):
        await press(turn, Pressed(chosen))
        return
    opening = WORDS.get(meaning or "")
    if said.thread is not None and opening is None:
        # People talk to each other in threads; what nobody claims there is not meant for us.
        return
    if opening is None:
        await menu.puzzled(turn)
    else:
        await opening(turn)
