"""What an expert is told of sessions: the company's answer, and one that nobody has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.expert.sessions import card
from conversations.messages import Card, Fact, Message
from conversations.notices import worded
from conversations.session_talk import look, told
from conversations.sessions_shown import counted, partner, when
from locales import _
from services.session_book import STATES
from services.sessions import SessionState

if TYPE_CHECKING:
    from services.bundle import Services
    from services.notices import Notice


@worded("session.word")
async def word_given(services: Services, notice: Notice) -> list[Message]:
    """The company has typed the word: both are there."""
    session, _to_sme = await told(services, notice)
    return [
        Card(_("The company has typed the word. Both are there."), facts=[Fact(_("When"), when(session))])
    ]


@worded("session.confirmed")
async def confirmed(services: Services, notice: Notice) -> list[Message]:
    """The company has confirmed a session."""
    session, _to_sme = await told(services, notice)
    return [
        Card(
            _("The company has confirmed session {number}.")(number=session.number),
            badge=STATES[SessionState.CONFIRMED],
            facts=[
                await partner(services, session, to_sme=False),
                Fact(_("When"), when(session)),
                Fact(_("Time that counts"), counted(session)),
            ],
            buttons=[look(session, to_sme=False)],
            tone="good",
        )
    ]


@worded("session.disputed")
@worded("session.denied")
@worded("session.forgotten")
async def as_it_is(services: Services, notice: Notice) -> list[Message]:
    """A session with what the company said, and what to do about it."""
    session, _to_sme = await told(services, notice)
    return [await card(services, session)]
