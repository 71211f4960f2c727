"""The secretariat sees what people asked in vain, the most frequent first, and takes off the list what is dealt with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.current import Part, Place, shown_at
from conversations.messages import Button, Card, Fact, Message, Pressed, Say, Screen, act
from locales import _
from services import faq_data
from services.faq import Side
from services.question_records import AskedQuestion

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.faq_data import Faq

SHOWN = 20
BY = {Side.SME: _("Small businesses"), Side.EXPERT: _("Experts")}


@shown_at(Place.REPAIRS)
async def at_home(services: Services) -> list[Part]:
    """How many questions wait; nothing when none does."""
    if not await services.secretariat.includes_me():
        return []
    count = await services.questions.waiting()
    if not count:
        return []
    see = Button(_("See them"), act("office.questions"))
    return [Card(_("Unanswered questions: {count}")(count=count), buttons=[see])]


@on("office.questions")
async def show(turn: Turn, pressed: Pressed) -> None:
    """The questions that wait."""
    turn.say(await _screen(turn))


@on("office.question_done")
async def done(turn: Turn, pressed: Pressed) -> None:
    """One is dealt with: answered in the file, or not worth an answer."""
    await turn.services.questions.deal_with(number(pressed.act.args, "i"))
    turn.say(await _screen(turn))


async def _screen(turn: Turn) -> Message:
    faq = faq_data.of(turn.services.programme)
    asked = await turn.services.questions.list(SHOWN)
    count = await turn.services.questions.waiting()
    parts: list[Say | Card] = [_card(one, faq) for one in asked]
    if count > SHOWN:
        parts.append(Say(_("And {count} more.")(count=count - SHOWN)))
    return Screen(
        _("Unanswered questions"), parts or [Say(_("Nothing waits. Well done."))], ref="asked_questions"
    )


def _card(asked: AskedQuestion, faq: Faq | None) -> Card:
    facts = [
        Fact(_("Asked by"), BY[Side(asked.side)]),
        Fact(_("How often"), _("{count}×")(count=asked.times)),
        Fact(_("Last time"), _("{when}")(when=asked.last_at)),
    ]
    if asked.answer is not None and faq is not None and asked.answer in faq.entries:
        facts.append(Fact(_("Was answered with"), faq.entries[asked.answer].title()))
        facts.append(Fact(_("Said to be wrong"), _("{count}×")(count=asked.wrong)))
    return Card(
        asked.words,
        facts=facts,
        buttons=[Button(_("Dealt with"), act("office.question_done", i=asked.id), "primary")],
    )
