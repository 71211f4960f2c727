"""Questions and answers: found by what somebody types, chosen from a list, first answered from their own data."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conversations import cost
from conversations.acts import number, on, on_word
from conversations.menu import ASIDES, COMMANDS, HINTS, HUMAN, MENU, puzzled
from conversations.messages import Act, Ask, Button, Card, Message, Option, Pressed, Say, Screen, act
from conversations.questions import tidy
from conversations.vocabulary import is_question
from locales import Text, _
from services import faq_data
from services.faq import LONGEST, Side, asks
from services.faq_data import Entry, Faq
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn

Own = Callable[["Turn"], Awaitable[Sequence[Message]]]
OWN: dict[tuple[Side, str], Own] = {}
"""What answers a question from a side's own data, by its name in the file; nothing said: the general answer."""
TITLE = _("Questions and answers")
CHOOSE = Button(_("Choose a question"), act("faq.open"))


def answers(side: Side, name: str) -> Callable[[Own], Own]:
    """Let this function answer first where a question names it."""

    def register(own: Own) -> Own:
        OWN[side, name] = own
        return own

    return register


def side_of(turn: Turn) -> Side:
    """Companies are on LINE, experts in Slack."""
    return Side.SME if turn.chatty else Side.EXPERT


async def known(turn: Turn) -> Faq | None:
    """The programme's questions and answers, read once; none for a programme without."""
    return await asyncio.to_thread(faq_data.of, turn.services.programme)


# --- what somebody types -------------------------------------------------------------------------------


async def aside(turn: Turn, typed: str) -> Sequence[Message]:
    """The answer to what is asked, or up to three questions that may be meant; nothing when it is no question of ours.

    What asks something and cannot be answered is kept for the secretariat.
    """
    text = tidy(typed)
    in_form = turn.chatty and await turn.services.drafts.open() is not None
    if computed := await cost.aside(turn, text, in_form=in_form):
        return computed
    faq = await known(turn)
    if faq is None or not 0 < len(text) <= LONGEST:
        return []
    side, asking = side_of(turn), asks(text) or is_question(text)
    found = faq.index.find(text, side)
    questions = turn.services.questions
    if found.sure and (asking or not in_form):
        return await _answer(turn, faq.entries[found.sure], await questions.ask(text, side, found.sure))
    if not asking:
        return []
    question_id = await questions.ask(text, side)
    return [_offer(faq, found.maybe, question_id)] if found.maybe else []


ASIDES.append(aside)


def _offer(faq: Faq, names: Sequence[str], question_id: int) -> Card:
    return Card(
        _("Is it one of these?"),
        buttons=[
            *(
                Button(faq.entries[name].title(), act("faq.show", i=name, q=question_id), "primary")
                for name in names
            ),
            Button(_("None of them"), act("faq.wrong", q=question_id)),
        ],
        tone="tip",
    )


async def _answer(turn: Turn, entry: Entry, question_id: int | None = None) -> list[Message]:
    """The answer from the person's own data where there is one, or else the general one; and whether it helped."""
    own = OWN.get((side_of(turn), entry.own))
    said = list(await own(turn)) if own is not None else []
    if not said:
        said = [_general(turn, entry)]
    last = said[-1]
    if question_id is not None and isinstance(last, (Card, Say)):
        helped = [
            Button(_("That helped"), act("faq.useful", q=question_id)),
            Button(_("Not my question"), act("faq.wrong", q=question_id)),
        ]
        said[-1] = replace(last, quick=[*helped, *last.quick])
    return said


def _general(turn: Turn, entry: Entry) -> Card:
    lines = entry.answer(turn.person.language, faq_data.values(turn.services.programme))
    button = [Button(entry.press(), Act(entry.act))] if entry.act else []
    return Card(entry.title(), body=lines, buttons=button)


# --- the list ------------------------------------------------------------------------------------------


async def show_topics(turn: Turn) -> None:
    """What there are answers about."""
    faq = await known(turn)
    if faq is None:
        await puzzled(turn)
        return
    options = [
        Option(code, label, act("faq.topic", t=code)) for code, label in faq.topics_of(side_of(turn)).items()
    ]
    hint = _("You can also just type your question.")
    _list(turn, _("What would you like to know about?"), options, [cost.CALCULATE, *await _on(turn)], hint)


@on("faq.open")
async def open_button(turn: Turn, pressed: Pressed) -> None:
    """The topics."""
    await show_topics(turn)


@on_word("faq")
async def open_on_word(turn: Turn) -> None:
    """The topics."""
    await show_topics(turn)


async def by_command(turn: Turn, rest: str) -> None:
    """Answer what follows the command; without anything show the topics."""
    if not rest:
        await show_topics(turn)
        return
    said = await aside(turn, rest)
    turn.say(
        *said
        or [Say(_("I don't know that yet. The secretariat will see your question."), quick=[CHOOSE, HUMAN])]
    )


COMMANDS["faq"] = by_command


@on("faq.topic")
async def topic_button(turn: Turn, pressed: Pressed) -> None:
    """The questions of one topic."""
    faq = await known(turn)
    code = pressed.act.args.get("t", "")
    entries = [] if faq is None else faq.of_topic(code, side_of(turn))
    if faq is None or not entries:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    options = [Option(one.id, one.title(), act("faq.show", i=one.id)) for one in entries]
    quick = [Button(_("Other topics"), act("faq.open")), *await _on(turn)]
    _list(turn, _("{topic}: which question?")(topic=faq.topics[code]), options, quick)


@on("faq.show")
async def show_button(turn: Turn, pressed: Pressed) -> None:
    """One question and its answer; chosen among those that were offered, it answers what was typed."""
    faq, side = await known(turn), side_of(turn)
    entry = None if faq is None else faq.entries.get(pressed.act.args.get("i", ""))
    if entry is None or side not in entry.sides:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    question_id = None
    if "q" in pressed.act.args:
        question_id = number(pressed.act.args, "q")
        await turn.services.questions.answer(question_id, entry.id)
    said = await _answer(turn, entry, question_id)
    others = Button(_("Other questions"), act("faq.topic", t=entry.topic))
    last = said[-1]
    if isinstance(last, (Card, Say)):
        said[-1] = replace(last, quick=[*last.quick, others, *await _on(turn)])
    _say(turn, *said)


def _list(
    turn: Turn, question: Text, options: Sequence[Option], quick: Sequence[Button], hint: Text | None = None
) -> None:
    """What can be chosen: a question on LINE, where a number may be typed; rows of buttons in Slack."""
    if turn.chatty:
        turn.say(Ask(question, hint=hint, options=options, quick=quick))
    else:
        buttons = [Button(one.label, one.act) for one in options]
        _say(turn, Card(question, note=hint, buttons=buttons, quick=quick))


def _say(turn: Turn, *said: Message) -> None:
    """In the chat as it is; in Slack in a window, where one thing leads to the next."""
    parts = [one for one in said if isinstance(one, (Say, Card))]
    if turn.chatty or len(parts) < len(said):
        turn.say(*said)
    else:
        turn.say(Screen(TITLE, parts))


async def _on(turn: Turn) -> list[Button]:
    """The way back to a form that is open."""
    draft = await turn.services.drafts.open() if turn.chatty else None
    return [Button(_("Go on"), act("form.resume", d=draft.id))] if draft is not None else []


# --- did it help? --------------------------------------------------------------------------------------


@on("faq.useful")
async def useful_button(turn: Turn, pressed: Pressed) -> None:
    """It did."""
    await turn.services.questions.useful(number(pressed.act.args, "q"))
    turn.say(
        Say(_("Glad to hear that. Ask us whenever something is unclear."), quick=await _on(turn) or [MENU])
    )


@on("faq.wrong")
async def wrong_button(turn: Turn, pressed: Pressed) -> None:
    """It did not: somebody of the secretariat can be asked, and sees what could not be answered."""
    await turn.services.questions.wrong(number(pressed.act.args, "q"))
    turn.say(
        Say(
            _("Sorry. The secretariat will look at your question. You can also talk to a person now."),
            quick=[HUMAN, CHOOSE, *await _on(turn)],
        )
    )


# --- in the help ---------------------------------------------------------------------------------------


async def hint(turn: Turn) -> list[Message]:
    """The list and the calculator, for a programme that has answers."""
    if await known(turn) is None:
        return []
    return [Card(TITLE, body=[_("Type your question, or choose one.")], buttons=[CHOOSE, cost.CALCULATE])]


HINTS.append(hint)
