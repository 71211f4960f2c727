"""What the company answers to a recorded session, what the secretariat settles, and how both sides hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from locales import _
from services import session_rules as rules
from services.contract_records import Contract
from services.refusals import Refusal
from services.session_book import STATES, UNKNOWN, SessionBook
from services.session_records import Session, SessionState
from services.session_rules import Flag, Span
from services.session_timers import FORGOTTEN, UNANSWERED

LONGEST_WORDS = 300


class Answer(StrEnum):
    """What the company says of a recorded session (DOMAIN 7.3): so it was, the time differs, there was none."""

    RIGHT = "right"
    WRONG = "wrong"
    DENIED = "denied"


ANSWERED = {
    Answer.RIGHT: SessionState.CONFIRMED,
    Answer.WRONG: SessionState.DISPUTED,
    Answer.DENIED: SessionState.DENIED,
}
ANSWERABLE = (*ANSWERED.values(), SessionState.RECORDED)


class SessionAnswers(SessionBook):
    """Answers to sessions within one transaction, and what every change of a session ends with."""

    # --- what the company answers ----------------------------------------------------------------------

    async def answer(
        self, session_id: int, revision: int, answer: Answer, words: str | None = None
    ) -> Session:
        """Confirm a session as it was shown, say that its time differs, or that there was none.

        A denied one freezes the claim and is shown to the secretariat. Another answer may follow until the report
        is sent. Raises Refusal when it was changed since it was shown.
        """
        services = self._services
        session, contract, by_sme = await self._open(session_id)
        if not by_sme or services.person is None:
            raise Refusal(UNKNOWN)
        state = ANSWERED[answer]
        if session.state == state and session.revision == revision:
            return session
        if session.state not in ANSWERABLE:
            raise self._over(session)
        self._require_revision(session, revision)
        if session.state != SessionState.RECORDED:
            await self.require_changeable(contract)
        if session.state == SessionState.DENIED:
            await self._count_again(session, contract)
        session.state, session.dispute = state, (words or "").strip()[:LONGEST_WORDS] or None
        session.answered_at, session.answered_by = services.now, services.person.id
        await services.session.flush()
        await services.timers.cancel(UNANSWERED, session.id)
        await self._note(
            state.value, session, content={"words": session.dispute} if session.dispute else None
        )
        kinds = {Answer.RIGHT: "session.confirmed", Answer.WRONG: "session.disputed"}
        await self._tell(
            kinds.get(answer, "session.denied"), session, to_sme=False, formal=answer is Answer.DENIED
        )
        await self._redraw(session)
        return session

    async def _count_again(self, session: Session, contract: Contract) -> None:
        """Take a denied session among those that count: while it did not, its time may have been given away."""
        assert session.end_at is not None
        span = Span(session.start_at, session.end_at)
        await self._require_free(contract, span, session.id)
        (await self.room(contract, rules.day_of(span.start), session.id)).require(self._services.programme)
        await self._count(session, contract, [Flag.CUT] if Flag.CUT in session.flags else [])

    # --- what the secretariat decides ------------------------------------------------------------------

    async def ask_again(self, session_id: int) -> Session:
        """Ask the company once more about a session that it denied or did not answer, after a call."""
        session, contract = await self._to_settle(session_id)
        if session.state == SessionState.DENIED:
            await self._count_again(session, contract)
        await self._note("asked again", session)
        await self._ask(session)
        return session

    async def strike(self, session_id: int) -> Session:
        """Take a session that did not take place out of the contract; both sides are told."""
        session, _contract = await self._to_settle(session_id)
        await self._cancel(session, "secretariat")
        await self._tell("session.struck", session, to_sme=False, formal=True)
        await self._tell("session.struck", session, to_sme=True)
        return session

    async def _to_settle(self, session_id: int) -> tuple[Session, Contract]:
        services = self._services
        person = await services.secretariat.require()
        session = await self.get(session_id)
        if session is None:
            raise Refusal(UNKNOWN)
        contract = await self._lock(session.contract_id)
        await self._again(session)
        expert = await services.experts.get(contract.expert_id)
        assert expert is not None
        if person.id in (expert.person_id, *await services.companies.members(contract.company_id)):
            raise Refusal(_("You have a part in this yourself, so a colleague must decide."))
        if not self.is_troubled(session):
            raise self._over(session)
        return session, contract

    # --- what several changes do -----------------------------------------------------------------------

    async def _open(self, session_id: int) -> tuple[Session, Contract, bool]:
        """A session of the acting side as it is, everything about it locked."""
        session, contract, by_sme = await self.part(session_id)
        contract = await self._lock(contract.id)
        return await self._again(session), contract, by_sme

    async def _mine(
        self, session_id: int, revision: int, states: Sequence[SessionState]
    ) -> tuple[Session, Contract]:
        """A session that the acting expert may change as it was shown."""
        session, contract, by_sme = await self._open(session_id)
        if by_sme:
            raise Refusal(UNKNOWN)
        if session.state not in states:
            raise self._over(session)
        await self.require_changeable(contract)
        self._require_revision(session, revision)
        return session, contract

    def _require_revision(self, session: Session, revision: int) -> None:
        if session.revision != revision:
            raise Refusal(
                _("Session {number} was changed since. Please look at it again.")(number=session.number)
            )

    def _over(self, session: Session) -> Refusal:
        return Refusal(
            _("Session {number}: {state}.")(number=session.number, state=STATES[SessionState(session.state)])
        )

    def _clock(self, session: Session, by_sme: bool, which: str) -> None:
        setattr(session, f"sme_{which}" if by_sme else f"expert_{which}", self._services.now)

    async def _cancel(self, session: Session, reason: str) -> None:
        services = self._services
        session.state, session.billable_minutes = SessionState.CANCELLED, 0
        session.end_at = session.end_at or services.now
        await services.session.flush()
        for kind in (FORGOTTEN, UNANSWERED):
            await services.timers.cancel(kind, session.id)
        await self._note("cancelled", session, reason)
        await self._redraw(session)

    async def _note(
        self, action: str, session: Session, reason: str | None = None, content: dict[str, Any] | None = None
    ) -> None:
        await self._services.audit.note(
            action, "session", session.id, revision=session.revision, reason=reason, content=content
        )

    async def _tell(self, kind: str, session: Session, *, to_sme: bool, formal: bool = False) -> None:
        services = self._services
        if to_sme:
            for person_id in await services.companies.members(session.company_id):
                services.notices.tell(kind, person_id, session=session.id)
            return
        expert = await services.experts.get(session.expert_id)
        assert expert is not None
        mail = expert.email if formal else None
        services.notices.tell(kind, expert.person_id, mail=mail, session=session.id)

    async def _redraw(self, session: Session) -> None:
        """Both sides' Homes and menus; the secretariat's card and Homes where it should look, or once had to."""
        services = self._services
        expert = await services.experts.get(session.expert_id)
        assert expert is not None
        for person_id in (expert.person_id, *await services.companies.members(session.company_id)):
            services.notices.home(person_id)
        if session.raised_at is None and self.is_troubled(session):
            session.raised_at = services.now
        if session.raised_at is not None:
            services.notices.draw("session", session.id)
            for person_id in await services.secretariat.people():
                services.notices.home(person_id)

    async def _ask(self, session: Session) -> None:
        """Ask the company to confirm a session as it is now."""
        services = self._services
        kind = await self._question(session)
        session.state, session.recorded_at = SessionState.RECORDED, services.now
        session.answered_at = session.answered_by = session.dispute = None
        await services.session.flush()
        days = timedelta(days=services.programme.limits.confirm_days)
        await services.timers.set(UNANSWERED, session.id, services.now + days)
        await self._tell(kind, session, to_sme=True)
        await self._redraw(session)

    async def _question(self, session: Session) -> str:
        """The notice that asks: soon what was asked before or entered late, that day what ends the contract's hours."""
        if session.answered_at or session.raised_at or session.late_reason:
            return "session.asked"
        contract = await self._services.contracts.get(session.contract_id)
        assert contract is not None
        left = (await self.room(contract, rules.day_of(session.start_at))).contract
        last = left < self._services.programme.money.unit_minutes
        return "session.last" if last else "session.recorded"


def side_of(by_sme: bool) -> str:
    """Who did it, for the audit."""
    return "company" if by_sme else "expert"
