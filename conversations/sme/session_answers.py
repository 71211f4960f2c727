"""A company confirms each session by itself: so it was, the time differs, or there was none (DOMAIN 7.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import sessions_shown as shown
from conversations.acts import number, on, on_word
from conversations.form import Form
from conversations.menu import MENU, puzzled
from conversations.messages import Button, Card, Deck, Fact, Message, Pressed, Say, Words, act
from conversations.notices import worded
from conversations.questions import Story
from conversations.session_talk import told
from conversations.sme.menu import OFFERED_ELSEWHERE, STATUS
from conversations.sme.report import report_card
from locales import _
from services.session_answers import LONGEST_WORDS
from services.session_rules import day_of
from services.sessions import Answer, Session, SessionState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

SHOWN = 3
ANSWERABLE = (SessionState.RECORDED, SessionState.DISPUTED, SessionState.DENIED)


NEXT = {
    SessionState.ENDED: _("The expert writes down what was done. Then we ask you to confirm it."),
    SessionState.CONFIRMED: _("There is nothing for you to do."),
    SessionState.DISPUTED: _("When the expert has corrected it, we ask you again."),
    SessionState.DENIED: _("If it was a mistake, choose again below."),
}
"""What happens next, as the company reads it."""


# --- what is asked -------------------------------------------------------------------------------------


async def card(services: Services, session: Session, lead: Sequence[Words] = ()) -> Card:
    """A session as the company confirms it: date, time, minutes, what was done, and three answers."""
    state = SessionState(session.state)
    waits = state == SessionState.RECORDED
    return Card(
        _("Was it like this?") if waits else _("Support on {day}")(day=day_of(session.start_at)),
        badge=shown.state(session, to_sme=True),
        facts=await shown.facts(services, session, to_sme=True),
        body=[
            *lead,
            *([] if session.recorded_at is None else shown.cut_down(session)),
            *([NEXT[state]] if state in NEXT else []),
        ],
        buttons=_answers(session) if state in ANSWERABLE else [],
        quick=[STATUS],
        tone="review" if waits else shown.TONES.get(state, "plain"),
    )


def _answers(session: Session) -> list[Button]:
    there = {"i": session.id, "r": session.revision}
    answers = {
        SessionState.CONFIRMED: Button(_("That is right"), act("session.right", **there), "primary"),
        SessionState.DISPUTED: Button(_("The time differs"), act("session.wrong", **there)),
        SessionState.DENIED: Button(_("I did not receive it"), act("session.denied", **there)),
    }
    return [button for state, button in answers.items() if state != session.state]


async def waiting_cards(services: Services, company_id: int) -> list[Message]:
    """The sessions that the company has not answered, the oldest first; each is answered by itself."""
    waiting = await services.sessions.of_company(company_id, SessionState.RECORDED)
    cards = [await card(services, session) for session in waiting[:SHOWN]]
    if len(cards) < 2:
        return [*cards]
    return [Deck(_("Please check {count} sessions.")(count=len(waiting)), cards)]


@worded("session.recorded")
@worded("session.last")
@worded("session.asked")
async def recorded(services: Services, notice: Notice) -> list[Message]:
    """A session waits for the company's answer; nothing once it was given, or asked for again."""
    session, _to_sme = await told(services, notice)
    waits = session.state == SessionState.RECORDED and not services.sessions.is_troubled(session)
    return [await card(services, session)] if waits else []


@worded("session.reminded")
async def reminded(services: Services, notice: Notice) -> list[Message]:
    """A session still waits; somebody may call."""
    session, _to_sme = await told(services, notice)
    return [await card(services, session, [_("This still waits for you. Somebody may call you about it.")])]


# --- what is answered ----------------------------------------------------------------------------------


async def _asked(turn: Turn, pressed: Pressed) -> Session | None:
    """The session of a button, if it is still as it was shown; else it is shown as it is now."""
    session, _contract = await turn.services.sessions.of_my_company(number(pressed.act.args, "i"))
    if session.revision == number(pressed.act.args, "r"):
        return session
    turn.say(await card(turn.services, session, [_("It has changed since. Please look again.")]))
    return None


@on("session.show")
async def show(turn: Turn, pressed: Pressed) -> None:
    """A session as it is now."""
    session, _contract = await turn.services.sessions.of_my_company(number(pressed.act.args, "i"))
    turn.say(await card(turn.services, session))


@on("session.right")
async def right(turn: Turn, pressed: Pressed) -> None:
    """So it was."""
    session = await _asked(turn, pressed)
    if session is not None:
        await _confirm(turn, session)


async def _confirm(turn: Turn, session: Session) -> None:
    session = await turn.services.sessions.answer(session.id, session.revision, Answer.RIGHT)
    turn.say(
        Card(
            _("Thank you. It is confirmed."),
            badge=shown.state(session, to_sme=True),
            facts=[
                Fact(_("When"), shown.when(session)),
                Fact(_("Time that counts"), shown.counted(session)),
            ],
            body=[
                _("The next session is on {day}.")(day=session.next_on)
                if session.next_on and session.next_on >= turn.services.clock.today()
                else NEXT[SessionState.CONFIRMED]
            ],
            tone="good",
            quick=[STATUS],
        ),
        *await waiting_cards(turn.services, session.company_id),
    )


class TimeDiffers(Form):
    """How long it was instead; `about` is the session and the revision that was shown."""

    name = "session.wrong"
    title = _("The time differs")
    at_once = True

    words = Story(
        _("What would be right?"),
        at_most=LONGEST_WORDS,
        label=_("How it was"),
        hint=_("For example: from 13:00 to 15:00, with a break of 10 minutes. The expert reads it."),
    )

    async def complete(self, turn: Turn) -> None:
        """Pass it on."""
        session_id, revision = (int(part) for part in self.draft.about.split(":"))
        await turn.services.sessions.answer(session_id, revision, Answer.WRONG, self.words)
        turn.say(
            Say(
                _("We have told the expert. When it is corrected, we ask you again."),
                quick=[STATUS, MENU],
            )
        )


@on("session.wrong")
async def wrong(turn: Turn, pressed: Pressed) -> None:
    """The time differs: ask what was right."""
    session = await _asked(turn, pressed)
    if session is not None:
        await turn.start(TimeDiffers, f"{session.id}:{session.revision}")


@on("session.denied")
async def denied(turn: Turn, pressed: Pressed) -> None:
    """There was none: since it stops everything, ask once more."""
    session = await _asked(turn, pressed)
    if session is not None:
        await _doubt(turn, session)


async def _doubt(turn: Turn, session: Session) -> None:
    there = {"i": session.id, "r": session.revision}
    turn.say(
        Card(
            _("Did you really not receive this support?"),
            facts=[
                await shown.partner(turn.services, session, to_sme=True),
                Fact(_("When"), shown.when(session)),
            ],
            body=[_("The payment stops, and the secretariat calls both of you.")],
            buttons=[
                Button(_("No, I did not receive it"), act("session.denied_sure", **there), "danger"),
                Button(_("Back to the session"), act("session.show", i=session.id)),
            ],
            tone="bad",
        )
    )


@on("session.denied_sure")
async def denied_sure(turn: Turn, pressed: Pressed) -> None:
    """There was none, surely."""
    session = await _asked(turn, pressed)
    if session is None:
        return
    await turn.services.sessions.answer(session.id, session.revision, Answer.DENIED)
    turn.say(
        Card(
            _("Thank you for telling us. The payment is stopped."),
            body=[_("The secretariat will call you."), _("Until then there is nothing for you to do.")],
            buttons=[Button(_("It was a mistake"), act("session.show", i=session.id))],
            quick=[STATUS, MENU],
        )
    )


OFFERED_ELSEWHERE.add(TimeDiffers.name)


# --- typed ---------------------------------------------------------------------------------------------


async def _only_one(turn: Turn) -> Session | None:
    """The one session that waits for an answer; several are shown, for each is answered by itself."""
    company = await turn.services.companies.mine()
    if company is None:
        await puzzled(turn)
        return None
    waiting = await turn.services.sessions.of_company(company.id, SessionState.RECORDED)
    if len(waiting) == 1:
        return waiting[0]
    reports = await turn.services.reports.to_confirm(company.id)
    if waiting:
        turn.say(*await waiting_cards(turn.services, company.id))
    elif reports:
        turn.say(await report_card(turn.services, reports[0]))
    else:
        turn.say(Say(_("No session waits for your answer."), quick=[STATUS, MENU]))
    return None


@on_word("session_right")
async def right_typed(turn: Turn) -> None:
    """So it was, in words; what nobody has been shown yet is shown first."""
    session = await _only_one(turn)
    if session is None:
        return
    unseen = (
        [one.notice.ids for one in await turn.services.held.of(turn.person.id)] if turn.person.held else []
    )
    if {"session": session.id} in unseen:
        turn.say(await card(turn.services, session))
    else:
        await _confirm(turn, session)


@on_word("session_wrong")
async def wrong_typed(turn: Turn) -> None:
    """The time differs, in words."""
    session = await _only_one(turn)
    if session is not None:
        await turn.start(TimeDiffers, f"{session.id}:{session.revision}")


@on_word("session_denied")
async def denied_typed(turn: Turn) -> None:
    """There was none, in words."""
    session = await _only_one(turn)
    if session is not None:
        await _doubt(turn, session)
