"""Finding sessions, locking them, and the time that is left: what every change of a session has in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, text

from locales import _
from services import session_rules as rules
from services.contract_records import Contract, ContractState
from services.refusals import Refusal
from services.report_records import Report, ReportState
from services.session_records import COUNTED, Session, SessionState
from services.session_rules import Clocks, Flag, Frame, Room, Span

if TYPE_CHECKING:
    from services.bundle import Services

UNKNOWN = _("We cannot find this session. Please look at the list.")
STATES = {
    SessionState.RUNNING: _("Support is going on"),
    SessionState.ENDED: _("Ended, to be recorded"),
    SessionState.RECORDED: _("Waits for the company"),
    SessionState.CONFIRMED: _("The company has confirmed it"),
    SessionState.DISPUTED: _("The company says the time differs"),
    SessionState.DENIED: _("The company says there was no support"),
    SessionState.CANCELLED: _("Cancelled"),
}
"""What each state is called, to everybody."""
CHANGEABLE = (SessionState.ENDED, SessionState.RECORDED, SessionState.DISPUTED, SessionState.CONFIRMED)
"""The expert may still correct it, until the report is sent."""
SETTLED = (ReportState.CONFIRMING, ReportState.UNDER_REVIEW, ReportState.ACCEPTED, ReportState.REJECTED)
"""A report stands on the sessions as they are."""
OF_TIME = frozenset({Flag.CUT, Flag.LONG_DAY, Flag.CAPPED})
"""Flags that stay as they were when the time was counted last."""
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 0))")


class SessionBook:
    """Sessions within one transaction: reading, locking, counting."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, session_id: int) -> Session | None:
        """A session by its id."""
        return await self._services.session.get(Session, session_id)

    async def of_contract(self, contract_id: int) -> list[Session]:
        """Every session of a contract that was not cancelled, oldest first."""
        return await self._found(Session.contract_id == contract_id, Session.state != SessionState.CANCELLED)

    async def running(self, contract_id: int) -> Session | None:
        """The session of a contract that goes on now, if one does."""
        where = (Session.contract_id == contract_id, Session.state == SessionState.RUNNING)
        return next(iter(await self._found(*where)), None)

    async def of_company(self, company_id: int, *states: SessionState) -> list[Session]:
        """A company's sessions in these states, oldest first."""
        return await self._found(Session.company_id == company_id, Session.state.in_(states))

    async def of_expert(self, expert_id: int, *states: SessionState) -> list[Session]:
        """An expert's sessions in these states, oldest first."""
        return await self._found(Session.expert_id == expert_id, Session.state.in_(states))

    async def troubled(self, limit: int = 50) -> list[Session]:
        """What the secretariat should look at: denied, or not answered in time; oldest first."""
        late = self._services.now - timedelta(days=self._services.programme.limits.confirm_days)
        unanswered = (Session.state == SessionState.RECORDED) & (Session.recorded_at <= late)
        return await self._found(or_(Session.state == SessionState.DENIED, unanswered), limit=limit)

    def is_troubled(self, session: Session) -> bool:
        """Whether the secretariat should look at it: denied, or not answered within `limits.confirm_days`."""
        if session.state != SessionState.RECORDED or session.recorded_at is None:
            return session.state == SessionState.DENIED
        days = timedelta(days=self._services.programme.limits.confirm_days)
        return session.recorded_at + days <= self._services.now

    async def minutes(self, contract: Contract) -> tuple[int, int]:
        """Billable minutes of a contract: all that were given, and those of them that the company has confirmed."""
        sessions = await self.of_contract(contract.id)
        given = [session for session in sessions if session.state in COUNTED]
        confirmed = [session for session in given if session.state == SessionState.CONFIRMED]
        return _sum(given), _sum(confirmed)

    async def frozen(self, contract_id: int) -> bool:
        """Whether a claim has to wait, because the company says that it did not receive a session (DOMAIN 7.3)."""
        where = (Session.contract_id == contract_id, Session.state == SessionState.DENIED)
        return bool(await self._found(*where, limit=1))

    async def supported(
        self, *, expert_id: int | None = None, company_id: int | None = None
    ) -> list[Contract]:
        """The contracts of an expert or a company under which support may be given today, oldest first."""
        whose = (
            Contract.expert_id == expert_id if expert_id is not None else Contract.company_id == company_id
        )
        today = self._services.programme.today(self._services.now)
        return list(
            await self._services.session.scalars(
                select(Contract)
                .where(whose, Contract.state == ContractState.CONCLUDED)
                .where(Contract.period_start <= today, Contract.period_end >= today)
                .order_by(Contract.id)
            )
        )

    async def _found(self, *where: Any, limit: int | None = None) -> list[Session]:
        rows = select(Session).where(*where).order_by(Session.start_at, Session.id).limit(limit)
        return list(await self._services.session.scalars(rows.execution_options(populate_existing=True)))

    # --- whose it is, and locks ------------------------------------------------------------------------

    async def part(self, session_id: int) -> tuple[Session, Contract, bool]:
        """A session of the acting side, its contract, and whether the company acts; raises Refusal for others."""
        session = await self.get(session_id)
        if session is None:
            raise Refusal(UNKNOWN)
        contract, by_sme = await self._services.contracts.of_either(session.contract_id)
        return session, contract, by_sme

    async def of_my_company(self, session_id: int) -> tuple[Session, Contract]:
        """A session of the acting person's company; raises Refusal for any other."""
        session, contract, by_sme = await self.part(session_id)
        if not by_sme:
            raise Refusal(UNKNOWN)
        return session, contract

    async def of_mine(self, session_id: int) -> tuple[Session, Contract]:
        """A session of the acting expert; raises Refusal for any other."""
        session, contract, by_sme = await self.part(session_id)
        if by_sme:
            raise Refusal(UNKNOWN)
        return session, contract

    async def _lock(self, contract_id: int) -> Contract:
        """Lock a contract, then everything that its expert and its company do in sessions.

        The contract's row (after its case or request and its plan) keeps its minutes together. Sessions of other
        contracts may overlap too, so whoever changes one holds two advisory locks until the end of the
        transaction: the expert's, then the company's. They come after the contract and before the accounts, and
        nobody who holds one locks another contract.
        """
        contract = await self._services.contracts.lock(contract_id)
        for whose in (
            f"sessions of expert {contract.expert_id}",
            f"sessions of company {contract.company_id}",
        ):
            await self._services.connection.execute(_ONE_AT_A_TIME, {"whose": whose})
        return contract

    async def _again(self, session: Session) -> Session:
        """A session as it is, now that its contract is locked."""
        await self._services.session.refresh(session, with_for_update=True)
        return session

    # --- what is left ----------------------------------------------------------------------------------

    def frame(self, contract: Contract) -> Frame:
        """What the sessions of a concluded contract must lie within."""
        assert contract.concluded_at is not None
        ended = contract.ended_at if contract.state == ContractState.TERMINATED else None
        return Frame.of(
            contract.concluded_at,
            contract.period_start,
            contract.period_end,
            self._services.programme,
            ended,
        )

    async def room(self, contract: Contract, day: date, but: int = 0) -> Room:
        """What is left of a contract, and of a day in Tokyo for its expert and its company, but for one session."""
        whole = self._services.programme.limits.most_minutes_a_day
        of_day = (Session.start_at >= rules.at(day, 0), Session.start_at < rules.end_of(day))
        sides = (Session.expert_id == contract.expert_id, Session.company_id == contract.company_id)
        used = max([await self._used(side, *of_day, Session.id != but) for side in sides])
        given = await self._used(Session.contract_id == contract.id, Session.id != but)
        # When a contract was terminated, only what had been given by then was kept reserved.
        planned = contract.minutes
        if contract.state != ContractState.CONCLUDED:
            planned = await self._used(Session.contract_id == contract.id)
        return Room(max(planned - given, 0), max(whole - used, 0))

    async def _used(self, *where: Any) -> int:
        total = func.coalesce(func.sum(Session.billable_minutes), 0)
        return int(
            await self._services.session.scalar(select(total).where(*where, Session.state.in_(COUNTED))) or 0
        )

    async def _require_free(self, contract: Contract, span: Span, but: int = 0) -> None:
        """Refuses a time at which the expert or the company has another session (DOMAIN 10.4 C7)."""
        taken = await self._found(
            or_(Session.expert_id == contract.expert_id, Session.company_id == contract.company_id),
            Session.id != but,
            Session.state.in_(COUNTED),
            Session.start_at < span.end,
            or_(Session.end_at.is_(None), Session.end_at > span.start),
            limit=1,
        )
        if not taken:
            return
        other = taken[0]
        if other.contract_id != contract.id and other.expert_id != contract.expert_id:
            raise Refusal(_("The company has other support at this time."), about="start")
        if other.contract_id != contract.id and other.company_id != contract.company_id:
            raise Refusal(_("The expert has another session at this time."), about="start")
        raise Refusal(
            _("This overlaps with session {number} of {when}.")(number=other.number, when=other.start_at),
            about="start",
        )

    async def require_changeable(self, contract: Contract) -> None:
        """Refuses changes once a report stands on the sessions, or when the contract never was or is over."""
        if contract.state not in (ContractState.CONCLUDED, ContractState.TERMINATED):
            raise Refusal(_("Nothing can be entered under contract {number}.")(number=contract.number))
        sent = await self._services.session.scalar(
            select(Report.number).where(Report.contract_id == contract.id, Report.state.in_(SETTLED))
        )
        if sent is not None:
            raise Refusal(_("Report {number} has been sent, so the sessions stay as they are.")(number=sent))

    # --- counting --------------------------------------------------------------------------------------

    async def _count(self, session: Session, contract: Contract, cut: Iterable[Flag] = ()) -> None:
        """Bill the time between `start_at` and `end_at` anew, within what is left."""
        assert session.end_at is not None
        span = Span(session.start_at, session.end_at)
        room = await self.room(contract, rules.day_of(span.start), session.id)
        billed = rules.bill(span, session.break_minutes, room, self._services.programme)
        session.billable_minutes = billed.minutes
        session.flags = sorted({*cut, *billed.flags})
        await self._services.session.flush()
        await self.flag(session, contract)

    async def flag(self, session: Session, contract: Contract) -> None:
        """Say anew what a reviewer should see of a session that has ended, its contract locked."""
        services = self._services
        if session.end_at is None:
            return
        flags: set[Flag] = {Flag(one) for one in session.flags} & OF_TIME
        flags |= rules.clock_flags(
            clocks(session),
            late=session.late_reason is not None,
            word_given=session.word_given_at is not None,
            programme=services.programme,
        )
        terms = services.programme.terms_version(contract.terms_version)
        flags |= rules.evidence_flags(
            session.mode,
            Span(session.start_at, session.end_at),
            session.billable_minutes,
            await services.evidence.kept_for(session),
            services.programme,
            recording_required=terms.recording_required,
        )
        if session.mode == rules.DESK and await self.is_desk_too_much(contract.id):
            flags.add(Flag.DESK_SHARE)
        session.flags = sorted(flags)
        await services.session.flush()

    async def is_desk_too_much(self, contract_id: int) -> bool:
        """Whether more of a contract is work without the company than `limits.desk_percent` allows."""
        counted = [one for one in await self.of_contract(contract_id) if one.state in COUNTED]
        shares = [(one.mode, one.billable_minutes) for one in counted]
        return rules.is_desk_too_much(shares, self._services.programme)


def clocks(session: Session) -> Clocks:
    """When each side said that a session began and ended."""
    return Clocks(
        session.expert_started_at, session.expert_ended_at, session.sme_started_at, session.sme_ended_at
    )


def _sum(sessions: Iterable[Session]) -> int:
    return sum(session.billable_minutes for session in sessions)
