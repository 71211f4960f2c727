"""What is typed or sent while a form is open: an answer, a word for the form, a question of one's own, or neither."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conversations import chat, forms_shown, hints, menu
from conversations import form as engine
from conversations.acts import WORDS, Opening, on
from conversations.choices import Choice, Consent, Documents
from conversations.form import UNSURE, Form, Stop
from conversations.messages import Ask, Attached, Button, Card, Pressed, Say, Words, act
from conversations.offered import first_words
from conversations.questions import Line, Question, Story
from conversations.vocabulary import (
    LONGEST_ASIDE,
    corrected,
    is_question,
    meant,
    names_something,
    renamed,
)
from locales import Text, _
from services.answers import Draft
from services.refusals import Refusal
from services.values import PersonName

if TYPE_CHECKING:
    from conversations.turn import Turn

ELSEWHERE = ("help", "human", "menu", "language", "english", "japanese", "easy")
"""Words that are answered outside the form, wherever a person is in it."""
PLAIN = ("yes", "ok", "no")
TALK = ("yes", "ok", "no", "thanks", "today", "yesterday")
"""Words that say something to what was asked; they lead nowhere else."""
QUOTED = 100
_PARTS = re.compile("[\u30fb/\uff08\uff09()]")
LATE = _("This reached us late, so it was not used: “{words}”")
NOT_SURE = _("If you are not sure, press “Stop for now” and go on another day.")
NEEDED = _("We need this answer to go on.")
PRESS = _("Please press a button: send it, or change an answer.")
IN_WORDS = _("Please write the answer in words here.")
CHANGED = _("“{label}” is now “{words}”.")
ONCE_MORE = _("Please write it once more.")


@dataclass(frozen=True)
class Open:
    """The form that has the attention of the chat, and where a person is in it; `lead` recalls it after a while."""

    turn: Turn
    form: type[Form]
    draft: Draft
    path: list[Stop]
    here: Stop | None
    lead: list[Words] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where words are misheard: an answer that is kept, or a step to and fro, makes it another place."""
        key = self.here.question.key if self.here else ""
        return f"{self.draft.id}:{self.draft.revision}:{key}"

    async def ask(self, *lead: Words, more: Sequence[Button] = ()) -> None:
        """Ask once more what is open, or show the answers for checking."""
        await chat.say_next(self.turn, self.form, self.draft, [*self.lead, *lead], self.path, more)

    async def answer(self, key: str, raw: str, *lead: Words) -> None:
        """Keep an answer and go on; why it was asked for again is no longer said."""
        await chat.answer(self.turn, self.form, self.draft, key, raw, [*self.lead[:1], *lead], self.path)

    async def go_to(self, draft: Draft, *lead: Words) -> None:
        """Go on with the draft as it has become."""
        await chat.proceed(self.turn, self.form, draft, lead)


async def _open(turn: Turn) -> Open | None:
    draft = await turn.services.drafts.open() if turn.chatty else None
    form = Form.all.get(draft.form) if draft else None
    if draft is None or form is None:
        return None
    path = engine.walk(form, draft, turn.facts)
    since = draft.updated_at
    away = since is not None and turn.services.now - since > chat.A_WHILE
    lead = chat.recap(turn, form, draft) if away else []
    return Open(turn, form, draft, path, engine.current(path, draft), lead)


async def hear(turn: Turn, typed: str, meaning: str | None) -> bool:
    """Take typed words as the answer to the open question, or as whatever else they are; False outside a form."""
    at = await _open(turn)
    if at is None or (meaning in ELSEWHERE):
        return False
    if turn.late and meaning != "status":
        # It was typed before the open question was asked, so it is no answer to that one (DESIGN 13.7).
        await replace(at, lead=[]).ask(LATE(words=typed[:QUOTED]))
    elif moved := MOVES.get(meaning or ""):
        await moved(at)
    elif meaning == "status":
        await _digress(at, WORDS[meaning])
    elif at.here is None:
        await _hear_on_review(at, typed, meaning)
    elif not await _hear_word(at, at.here, typed, meaning):
        await _hear_answer(at, at.here, typed, meaning)
    return True


# --- words for the form itself -------------------------------------------------------------------------


async def _back(at: Open) -> None:
    await at.go_to(engine.back(at.path, at.draft))


async def _stop(at: Open) -> None:
    await chat.put_aside(at.turn, at.draft)


async def _repeat(at: Open) -> None:
    await at.ask()


async def _recall(at: Open) -> None:
    await at.go_to(at.draft, *chat.recap(at.turn, at.form, at.draft))


async def _change(at: Open) -> None:
    """Show what was answered so far, each with a way to change it."""
    answered = forms_shown.facts(
        [stop for stop in at.path if stop.answered], lambda key: act("form.edit", d=at.draft.id, k=key)
    )
    if not answered:
        await at.ask()
        return
    on_again = Button(_("Go on"), act("form.resume", d=at.draft.id))
    at.turn.say(
        Card(_("Which answer shall be changed?"), facts=answered, quick=[on_again, menu.HELP], tone="review")
    )


async def _take_as_answer(at: Open) -> None:
    """What was held back is the answer after all."""
    held = await at.turn.services.misheard.held(_doubt(at))
    if held is None or at.here is None:
        await at.ask(ONCE_MORE)
    else:
        await at.answer(at.here.question.key, held)


async def _take_as_question(at: Open) -> None:
    """What was held back is a question; without any, the question may be written now."""
    held = await at.turn.services.misheard.held(_doubt(at))
    if held is None:
        await at.ask(_("Please write your question with a “?” at its end."), more=[menu.HUMAN])
    elif said := await menu.aside(at.turn, held):
        at.turn.say(*said)
        await at.ask()
    else:
        await at.ask(_("I can't answer that by myself, sorry. Somebody of ours can."), more=[menu.HUMAN])


Move = Callable[[Open], Awaitable[None]]
MOVES: dict[str, Move] = {
    "back": _back,
    "cancel": _stop,
    "repeat": _repeat,
    "resume": _recall,
    "hello": _recall,
    "change": _change,
    "answer": _take_as_answer,
    "question": _take_as_question,
}
"""Words that move the form, or the talk about it, by what they mean."""


async def _hear_word(at: Open, here: Stop, typed: str, meaning: str | None) -> bool:
    """Whether a word has said something to the open question without being its answer in so many words."""
    question, refused = here.question, _refused(here, typed)
    if refused is None and question.options_for(here.facts):
        return False
    # What is written at length may well be "thank you" or "I don't know".
    no_answer = refused is not None or not isinstance(question, Story)
    if await _hear_nod(at, here, meaning):
        return True
    match meaning:
        case "unsure" if question.unsure:
            await at.answer(question.key, UNSURE)
        case "unsure" if no_answer:
            await at.ask(*([refused] if refused else []), NOT_SURE)
        case "skip" if not question.required:
            await at.answer(question.key, "")
        case "skip" if no_answer:
            await at.ask(NEEDED, NOT_SURE)
        case "thanks" if no_answer:
            await at.ask(_("You are welcome. Write to us whenever something is unclear."))
        case "yes" | "ok" | "no" if no_answer:
            await _misunderstood(at, here, typed, refused or IN_WORDS)
        case _:
            return False
    return True


async def _hear_nod(at: Open, here: Stop, meaning: str | None) -> bool:
    """Whether a plain yes or no says it all: an answer stays, or one of two is chosen; never what is agreed to."""
    if meaning in ("yes", "ok") and here.question.key == at.draft.editing and here.answered:
        await at.go_to(replace(at.draft, editing=None))
        return True
    code = _option_meant(here, meaning)
    if code is None:
        return False
    await at.answer(here.question.key, code)
    return True


def _option_meant(here: Stop, meaning: str | None) -> str | None:
    """The one option whose words begin with a yes, or with a no."""
    if meaning not in PLAIN or not isinstance(here.question, Choice):
        return None
    alike = ("no",) if meaning == "no" else ("yes", "ok")
    options = here.question.options_for(here.facts)
    codes = [code for code, label in options.items() if meant(first_words(here.facts.say(label))) in alike]
    return codes[0] if len(codes) == 1 else None


# --- answers, corrections and questions ----------------------------------------------------------------


async def _hear_answer(at: Open, here: Stop, typed: str, meaning: str | None) -> None:
    refused = _refused(here, typed)
    if await _corrects(at, here, typed):
        return
    if refused is None:
        if _doubtful(here.question, typed, meaning):
            await _ask_which(at, typed)
        else:
            await at.answer(here.question.key, typed)
    elif not await _hear_aside(at, typed, meaning):
        await _misunderstood(at, here, typed, refused)


def _refused(here: Stop, typed: str) -> Text | None:
    """Why words are no answer to a question; None if they are one."""
    if isinstance(here.question, Documents):
        return here.question.missing().reason
    try:
        here.question.hear(typed, here.facts)
    except Refusal as refusal:
        return refusal.reason
    return None


def _doubtful(question: Question[Any], typed: str, meaning: str | None) -> bool:
    """Whether words that could be an answer sound like a question, or name a thing that we show."""
    anything = isinstance(question, Story) or (
        isinstance(question, Line) and question.value in (str, PersonName)
    )
    return anything and (is_question(typed) or (meaning in WORDS and meaning not in TALK))


def _doubt(at: Open) -> str:
    return f"?{at.place}"


async def _ask_which(at: Open, typed: str) -> None:
    """Hold words back until their writer has said what they are."""
    await at.turn.services.misheard.note(typed, _doubt(at))
    ways = {"d": at.draft.id, "r": at.draft.revision}
    at.turn.say(
        Ask(
            _("Is this your answer, or a question to us?"),
            lead=[*at.lead, _("“{words}”")(words=typed[:QUOTED])],
            buttons=[
                Button(_("It is my answer"), act("form.said", **ways, w="answer")),
                Button(_("It is a question"), act("form.said", **ways, w="question")),
            ],
            quick=[Button(_("Stop for now"), act("form.cancel", d=at.draft.id)), menu.HELP],
        )
    )


@on("form.said")
async def said_button(turn: Turn, pressed: Pressed) -> None:
    """What was held back was an answer, or a question."""
    form, draft = await chat.own(turn, pressed)
    path = engine.walk(form, draft, turn.facts)
    at = Open(turn, form, draft, path, engine.current(path, draft))
    if str(draft.revision) != pressed.act.args.get("r"):
        await at.ask()
    else:
        await MOVES["answer" if pressed.act.args.get("w") == "answer" else "question"](at)


async def _corrects(at: Open, here: Stop | None, typed: str) -> bool:
    """Whether words put another answer right: the one that they name, or with an "oh no" the one before."""
    if len(typed) > LONGEST_ASIDE or (here is not None and isinstance(here.question, Story)):
        return False
    others = [stop for stop in at.path if stop.answered and stop is not here and _can_be_typed(stop)]
    again = corrected(typed)
    names = [(name, stop) for stop in others for name in _names(at.turn.facts.say(stop.question.label))]
    found = renamed(again or typed, [name for name, _stop in names])
    if found is not None:
        stop, words = names[found[0]][1], found[1]
    else:
        before = [s for s in others if here is None or at.path.index(s) < at.path.index(here)]
        if again is None or not before:
            return False
        if names_something(again):
            # What it names is none of our questions, so it must not take the place of another answer.
            await _change(at)
            return True
        stop, words = before[-1], again
    if _refused(stop, words) is not None:
        return False
    await at.answer(stop.question.key, words, CHANGED(label=stop.question.label, words=words[:QUOTED]))
    return True


def _names(label: str) -> list[str]:
    """What people call an answer: its label, and each part of one that names several things."""
    parts = [part for part in _PARTS.split(label) if len(part) > 1]
    return list(dict.fromkeys([label, *parts]))


def _can_be_typed(stop: Stop) -> bool:
    return not isinstance(stop.question, (Documents, Consent)) and not stop.by_itself


async def _hear_aside(at: Open, typed: str, meaning: str | None) -> bool:
    """Whether words that are no answer led somewhere else, or asked something; then the form goes on as it was."""
    if meaning in WORDS and meaning not in TALK:
        await _digress(at, WORDS[meaning])
        return True
    said = await menu.aside(at.turn, typed)
    if not said:
        return False
    at.turn.say(*said)
    await at.ask()
    return True


async def _digress(at: Open, opening: Opening) -> None:
    """Show something else, and come back to the form unless another was begun."""
    try:
        await opening(at.turn)
    except Refusal as refusal:
        at.turn.say(Say(refusal.reason))
    draft = await at.turn.services.drafts.open()
    if draft is not None and (draft.id, draft.revision) == (at.draft.id, at.draft.revision):
        await at.ask()


async def _hear_on_review(at: Open, typed: str, meaning: str | None) -> None:
    if meaning == "yes":
        await chat.complete(at.turn, at.form, at.draft)
    elif meaning == "ok":
        # What is sent may bind or cost something: that takes more than a nod.
        await at.ask(PRESS)
    elif not await _corrects(at, None, typed) and not await _hear_aside(at, typed, meaning):
        times = await at.turn.services.misheard.note(typed, at.place)
        await at.ask(_ON_REVIEW[min(times, len(_ON_REVIEW)) - 1], more=hints.ways(times))


_ON_REVIEW = (
    PRESS,
    _("To send it, type “yes”. To change something, type “change”."),
    _("Nothing is sent yet. “Stop for now” keeps it; somebody of ours can also help you."),
)


async def _misunderstood(at: Open, here: Stop, typed: str, reason: Words) -> None:
    """Ask again, each time with another hint; after two in a row a person is offered as well."""
    times = await at.turn.services.misheard.note(typed, at.place)
    await at.ask(*hints.hint(at.form, here, reason, times), more=hints.ways(times))


# --- what is not text ----------------------------------------------------------------------------------


async def nod(turn: Turn, meaning: str) -> bool:
    """Take a sticker for the word it stands for, where that is an answer; never for more than a yes or a no."""
    at = await _open(turn)
    if at is None:
        return False
    if at.here is not None:
        return await _hear_nod(at, at.here, meaning)
    if meaning == "ok":
        await at.ask(PRESS)
    return meaning == "ok"


async def look_at(turn: Turn, attached: Attached) -> None:
    """Answer a sticker, a photo or anything else that is not an answer here, and stay where we are."""
    kind = chat.NOT_AN_ANSWER.get(attached.kind, _("Thank you. Here I can only read text and buttons."))
    at = await _open(turn)
    if at is None:
        turn.say(Say(kind, quick=menu.ways_on(turn)))
        await menu.ask_again(turn)
    else:
        await replace(at, lead=[]).ask(kind)
