"""What both sides of a session hear in the same way: that the other side has begun it, ended it, or taken it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import sessions_shown as shown
from conversations.messages import Button, Card, Fact, Message, act
from conversations.notices import worded
from locales import Text, _
from services.session_book import STATES
from services.sessions import Session, SessionState

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice

BEGUN, OVER = _("It has begun"), _("It is over")
ASK_WORD = _("Please type the four digits that the expert says.")
WHY_WORD = _("It shows that you were there together. You can go on without it.")


def say_word(session: Session) -> Text:
    """The word that the expert says aloud, so that the company can type it and the recording has it (C5)."""
    return _("Please say this number aloud: {word}")(word=session.code_word)


def look(session: Session, *, to_sme: bool) -> Button:
    """Opens a session on the side of whoever presses it."""
    return Button(_("See the session"), act("session.show" if to_sme else "session.view", i=session.id))


async def told(services: Services, notice: Notice) -> tuple[Session, bool]:
    """The session that a notice is about, and whether it goes to the company."""
    session = await services.sessions.get(notice.ids["session"])
    assert session is not None
    expert = await services.experts.get(session.expert_id)
    assert expert is not None
    return session, notice.person_id != expert.person_id


async def _facts(services: Services, session: Session, *, to_sme: bool) -> list[Fact]:
    return [
        await shown.partner(services, session, to_sme=to_sme),
        Fact(_("When"), shown.when(session)),
    ]


@worded("session.first")
@worded("session.started")
async def started(services: Services, notice: Notice) -> list[Message]:
    """The other side has begun a session: one button says that it is so; nothing once the company has said it."""
    session, to_sme = await told(services, notice)
    if to_sme:
        if session.state != SessionState.RUNNING or session.sme_started_at is not None:
            return []
        return [
            Card(
                _("The expert has begun the support."),
                facts=await _facts(services, session, to_sme=True),
                body=[ASK_WORD],
                note=WHY_WORD,
                buttons=[Button(BEGUN, act("session.begun", i=session.id), "primary")],
                tone="good",
            )
        ]
    return [
        Card(
            _("The company has begun the support."),
            facts=await _facts(services, session, to_sme=False),
            body=[say_word(session)],
            buttons=[Button(BEGUN, act("session.join", i=session.id), "primary")],
            tone="good",
        )
    ]


@worded("session.joined")
async def joined(services: Services, notice: Notice) -> list[Message]:
    """The other side says too that it has begun."""
    session, to_sme = await told(services, notice)
    if to_sme:
        if session.state != SessionState.RUNNING or session.word_given_at is not None:
            return []
        words = [ASK_WORD] if session.word_given_at is None else []
        title = _("The expert says too that it has begun.")
    else:
        words = [] if session.word_given_at else [say_word(session)]
        title = _("The company says too that it has begun.")
    return [Card(title, facts=await _facts(services, session, to_sme=to_sme), body=words)]


@worded("session.ended")
async def ended(services: Services, notice: Notice) -> list[Message]:
    """The other side has ended a session: one button says that it is so."""
    session, to_sme = await told(services, notice)
    facts = await _facts(services, session, to_sme=to_sme)
    if to_sme:
        if session.state != SessionState.ENDED or session.sme_ended_at is not None:
            return []
        return [
            Card(
                _("The expert has ended the support."),
                facts=facts,
                body=[_("The expert writes down what was done. Then we ask you to confirm it.")],
                buttons=[Button(OVER, act("session.over", i=session.id), "primary")],
            )
        ]
    return [
        Card(
            _("The company has ended the support."),
            facts=facts,
            body=[_("Please confirm the end, then write down what was done.")],
            buttons=[
                Button(OVER, act("session.stop", i=session.id), "primary"),
                look(session, to_sme=False),
            ],
        )
    ]


@worded("session.cancelled")
async def cancelled(services: Services, notice: Notice) -> list[Message]:
    """The other side has taken a session back."""
    session, to_sme = await told(services, notice)
    return [
        Card(
            _("Session {number} was taken back.")(number=session.number),
            badge=STATES[SessionState.CANCELLED],
            facts=await _facts(services, session, to_sme=to_sme),
            body=[_("It does not count, and nothing is paid for it.")],
        )
    ]


@worded("session.struck")
async def struck(services: Services, notice: Notice) -> list[Message]:
    """The secretariat has taken a session out of the contract."""
    session, to_sme = await told(services, notice)
    return [
        Card(
            _("The secretariat has cancelled session {number}.")(number=session.number),
            badge=STATES[SessionState.CANCELLED],
            facts=await _facts(services, session, to_sme=to_sme),
            body=[_("It does not count, and nothing is paid for it.")],
        )
    ]
