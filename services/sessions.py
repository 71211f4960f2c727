"""Support sessions: begun and ended by both sides, recorded by the expert, confirmed by the company (DOMAIN 7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Sequence as Serial
from sqlalchemy import select

from locales import _
from services import numbers
from services import session_rules as rules
from services.contract_records import Contract
from services.plan_content import PlanMode
from services.programme import Deadline
from services.refusals import Refusal
from services.session_answers import LONGEST_WORDS, Answer, SessionAnswers, side_of
from services.session_book import CHANGEABLE, UNKNOWN, clocks
from services.session_records import COUNTED, Session, SessionMode, SessionState
from services.session_rules import Flag, Span
from services.session_timers import FORGOTTEN

__all__ = ["COUNTED", "Answer", "Record", "Session", "SessionMode", "SessionState", "Sessions", "WordHeard"]


class WordHeard(StrEnum):
    """What became of a four-digit word that the company typed."""

    RIGHT = "right"
    WRONG = "wrong"
    ENOUGH = "enough"


@dataclass(frozen=True)
class Record:
    """What the expert writes of a session; the times are the clocks'."""

    mode: SessionMode
    tasks: Sequence[str]
    summary: str
    break_minutes: int = 0
    attendees: str | None = None
    place: str | None = None
    next_on: date | None = None


class Sessions(SessionAnswers):
    """Sessions within one transaction."""

    # --- begun and ended -------------------------------------------------------------------------------

    async def start(self, contract_id: int) -> Session:
        """Begin a session by the clock of the acting side, or join the one that the other side has begun.

        Raises Refusal before the contract, outside its period, after the end of support, while either side has
        another session, and when no time is left of the contract or of the day (invariants 3, 6).
        """
        services = self._services
        contract, by_sme = await services.contracts.of_either(contract_id)
        contract = await self._lock(contract.id)
        running = await self.running(contract.id)
        if running is not None:
            return await self._join(await self._again(running), by_sme)
        if contract.to_sign:
            raise Refusal(_("Support begins when both of you have signed the contract."))
        await self.require_changeable(contract)
        services.programme.require_open(Deadline.SUPPORT, services.now)
        assert contract.concluded_at is not None
        start = max(rules.to_the_minute(services.now), contract.concluded_at)
        span = Span(start, start + timedelta(minutes=1))
        self.frame(contract).require(span)
        await self._require_free(contract, span)
        (await self.room(contract, rules.day_of(start))).require(services.programme)
        session = await self._make(contract, start_at=start, code_word=str(1000 + secrets.randbelow(9000)))
        self._clock(session, by_sme, "started_at")
        await services.session.flush()
        await services.audit.note("started", "session", session.id, revision=1, reason=side_of(by_sme))
        await services.timers.set(FORGOTTEN, session.id, rules.forgotten_at(start, services.programme))
        first = not by_sme and len(await self.of_contract(contract.id)) == 1
        await self._tell("session.first" if first else "session.started", session, to_sme=not by_sme)
        await self._redraw(session)
        return session

    async def join(self, session_id: int) -> Session:
        """Say that a session which the other side has begun has begun indeed; raises Refusal when it is over."""
        session, _contract, by_sme = await self._open(session_id)
        if session.state != SessionState.RUNNING:
            raise self._over(session)
        return await self._join(session, by_sme)

    async def _join(self, session: Session, by_sme: bool) -> Session:
        if (session.sme_started_at if by_sme else session.expert_started_at) is None:
            self._clock(session, by_sme, "started_at")
            await self._services.session.flush()
            await self._note("joined", session, side_of(by_sme))
            await self._tell("session.joined", session, to_sme=not by_sme)
            await self._redraw(session)
        return session

    async def give_word(self, session_id: int, typed: str) -> WordHeard:
        """Take the word that the company heard; a wrong one is counted, and never stands in the way (C5)."""
        session, _contract, by_sme = await self._open(session_id)
        if not by_sme:
            raise Refusal(UNKNOWN)
        if session.state != SessionState.RUNNING:
            raise self._over(session)
        if session.word_given_at is not None:
            return WordHeard.RIGHT
        if session.word_tries < rules.WORD_TRIES and rules.as_digits(typed) == session.code_word:
            session.word_given_at = self._services.now
            session.sme_started_at = session.sme_started_at or session.word_given_at
            await self._services.session.flush()
            await self._note("word given", session)
            await self._tell("session.word", session, to_sme=False)
            await self._redraw(session)
            return WordHeard.RIGHT
        session.word_tries = min(session.word_tries + 1, rules.WORD_TRIES)
        await self._note("wrong word", session)
        await self._join(session, by_sme)
        await self._services.session.flush()
        return WordHeard.ENOUGH if session.word_tries == rules.WORD_TRIES else WordHeard.WRONG

    async def stop(self, session_id: int) -> Session:
        """End a session by the clock of the acting side, or add its clock to an end that the other side gave.

        What runs longer than a day may have was forgotten: the expert must say when it ended (`set_times`).
        """
        services = self._services
        session, contract, by_sme = await self._open(session_id)
        mine = session.sme_ended_at if by_sme else session.expert_ended_at
        first = session.state == SessionState.RUNNING
        if not first and (session.state != SessionState.ENDED or mine or session.late_reason):
            raise self._over(session)
        if first and rules.is_forgotten(session.start_at, services.now, services.programme):
            raise Refusal(
                _("Nobody has ended this session since {when}. The expert enters when it ended.")(
                    when=session.start_at
                )
            )
        self._clock(session, by_sme, "ended_at")
        session.state = SessionState.ENDED
        counted = clocks(session).overlap
        within = self.frame(contract).clip(counted)
        session.start_at, session.end_at = within.start, within.end
        await self._count(session, contract, [Flag.CUT] if within.minutes < counted.minutes else [])
        await self._note("ended", session, side_of(by_sme))
        if first:
            await services.timers.cancel(FORGOTTEN, session.id)
            await self._tell("session.ended", session, to_sme=not by_sme)
        await self._redraw(session)
        return session

    async def cancel(self, session_id: int) -> Session:
        """Take back a session: either side while it runs, the expert until the company has answered."""
        session, contract, by_sme = await self._open(session_id)
        mine = (SessionState.ENDED, SessionState.RECORDED, SessionState.DISPUTED)
        if session.state != SessionState.RUNNING and (by_sme or session.state not in mine):
            raise self._over(session)
        if session.state != SessionState.RUNNING:
            await self.require_changeable(contract)
        await self._cancel(session, side_of(by_sme))
        await self._tell("session.cancelled", session, to_sme=not by_sme)
        return session

    # --- what the expert enters ------------------------------------------------------------------------

    async def enter_late(self, contract_id: int, span: Span, reason: str) -> Session:
        """Enter a session of the past that neither side has clocked, with the reason; it still is to be recorded.

        The same rules hold as for a clocked one; the company confirms it, and a reviewer sees that it came late.
        """
        services = self._services
        contract, by_sme = await services.contracts.of_either(contract_id)
        if by_sme:
            raise Refusal(_("The expert enters this. Please ask for it."))
        contract = await self._lock(contract.id)
        await self.require_changeable(contract)
        if contract.ended_at is not None:
            raise Refusal(_("The contract ended on {when}.")(when=contract.ended_at))
        services.programme.require_open(Deadline.REPORT, services.now)
        await self._require_times(contract, span)
        words = _reason(reason)
        session = await self._make(contract, start_at=span.start, code_word="")
        await self._enter(session, contract, span, words, "entered late")
        return session

    async def set_times(self, session_id: int, revision: int, span: Span, reason: str) -> Session:
        """Put other times in the place of the clocks, with the reason; the company confirms them (anew).

        Also ends a session that nobody has ended. Raises Refusal once the report is sent, and for times that
        break a rule.
        """
        session, contract = await self._mine(session_id, revision, (SessionState.RUNNING, *CHANGEABLE))
        await self._require_times(contract, span, session)
        asked = session.state not in (SessionState.RUNNING, SessionState.ENDED)
        await self._enter(session, contract, span, _reason(reason), "times entered")
        if asked:
            await self._ask(session)
        return session

    async def _require_times(self, contract: Contract, span: Span, session: Session | None = None) -> None:
        """Refuses times that somebody typed and that cannot be billed."""
        services = self._services
        rules.require_entered(span, services.now)
        self.frame(contract).require(span)
        but, pause = (session.id, session.break_minutes) if session else (0, 0)
        await self._require_free(contract, span, but)
        room = await self.room(contract, rules.day_of(span.start), but)
        rules.require_billable(span, pause, room, services.programme)
        rules.require_day(span, pause, room, services.programme)

    async def _enter(self, session: Session, contract: Contract, span: Span, words: str, action: str) -> None:
        if session.state == SessionState.RUNNING:
            session.state = SessionState.ENDED
            await self._services.timers.cancel(FORGOTTEN, session.id)
        session.revision += 1
        session.start_at, session.end_at, session.late_reason = span.start, span.end, words
        await self._count(session, contract)
        await self._note(action, session, content={"span": [str(span.start), str(span.end)], "reason": words})
        await self._redraw(session)

    async def record(self, session_id: int, revision: int, record: Record) -> Session:
        """Write what was done in a session that has ended, or correct it; the company is asked to confirm it.

        Raises Refusal once the report is sent, when it was changed since the form was opened, when the summary is
        too short (`limits.summary_letters`), a task is none of the plan's, or nothing is left to bill.
        """
        services = self._services
        session, contract = await self._mine(session_id, revision, CHANGEABLE)
        await self._require_complete(contract, record)
        assert session.end_at is not None
        span = Span(session.start_at, session.end_at)
        room = await self.room(contract, rules.day_of(span.start), session.id)
        rules.require_billable(span, record.break_minutes, room, services.programme)
        session.mode, session.tasks = record.mode, list(record.tasks)
        session.summary, session.break_minutes = record.summary.strip(), record.break_minutes
        session.attendees, session.next_on = record.attendees, record.next_on
        session.place = record.place if record.mode == SessionMode.VISIT else None
        session.revision += 1
        await self._count(session, contract, [Flag.CUT] if Flag.CUT in session.flags else [])
        content = {"summary": session.summary, "tasks": session.tasks, "minutes": session.billable_minutes}
        await self._note("recorded", session, content=content)
        await self._ask(session)
        return session

    async def _require_complete(self, contract: Contract, record: Record) -> None:
        least = self._services.programme.limits.summary_letters
        letters = len("".join(record.summary.split()))
        if letters < least:
            raise Refusal(
                _("Please write a little more: {count} of at least {least} characters.")(
                    count=letters, least=least
                ),
                about="summary",
            )
        plan = await self._services.plans.revision(contract.plan_id, contract.plan_revision)
        assert plan is not None
        planned = [step.step for step in plan.content.steps]
        if not record.tasks or not set(record.tasks) <= set(planned):
            labels = [one.label for one in self._services.programme.steps if one.code in planned]
            raise Refusal(_("The plan has these steps: {steps}.")(steps=labels), about="tasks")
        if record.mode == SessionMode.VISIT and not (record.place or "").strip():
            raise Refusal(_("Please write where it was."), about="place")

    async def _make(self, contract: Contract, **values: Any) -> Session:
        services = self._services
        serial = await services.session.scalar(select(Serial("session_serial").next_value()))
        plan = await services.plans.revision(contract.plan_id, contract.plan_revision)
        assert serial is not None and plan is not None
        visits = plan.mode == PlanMode.VISIT
        session = Session(
            id=serial,
            number=numbers.make(services.programme.numbers["session"], serial),
            contract_id=contract.id,
            company_id=contract.company_id,
            expert_id=contract.expert_id,
            mode=SessionMode.VISIT if visits else SessionMode.ONLINE,
            **{"state": SessionState.RUNNING, "revision": 1, "break_minutes": 0, "flags": []} | values,
        )
        services.session.add(session)
        return session


def _reason(typed: str) -> str:
    """The reason for times that were typed, of some length; raises Refusal, before anything has changed."""
    words = typed.strip()
    if not 0 < len(words) <= LONGEST_WORDS:
        raise Refusal(_("Please answer in 1 to {at_most} characters.")(at_most=LONGEST_WORDS), about="reason")
    return words
