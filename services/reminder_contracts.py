"""What the two sides of a contract have to do and since when, from its signature to the claim (services/next_steps)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services import backplan
from services.claim_records import Claim, ClaimState
from services.claim_register import KIND as CLAIM
from services.companies import MemberRow
from services.contract_records import Contract
from services.engagements import CURRENT, Engagement
from services.experts import Expert
from services.next_steps import Step
from services.programme import Deadline, Programme
from services.reminder_rules import Need, business_days_after
from services.session_records import Session, SessionState

if TYPE_CHECKING:
    from services.bundle import Services

SETTLED = (ClaimState.PAID, ClaimState.REJECTED, ClaimState.RECLAIMED)
BATCH = 500
ALWAYS, ONCE = slice(None), slice(1)
"""How many of the days on which an answer is asked for; after some days without an answer somebody else is told (sessions, reports), so only the first."""


@dataclass(frozen=True)
class Asked:
    """What a step asks for: its name for whoever is reminded, since and until when, how often, and its switch."""

    what: str
    since: datetime | date | None
    until: date | None = None
    often: slice | None = None
    switch: str | None = None


async def needs(services: Services, refs: Sequence[int] | None) -> dict[int, list[Need]]:
    """What the sides of these contracts, or of all that go on, have to do now, by contract."""
    found: dict[int, list[Need]] = {}
    after = 0
    while True:
        contracts = await _contracts(services, refs, after)
        if not contracts:
            return found
        found |= await _of(services, contracts)
        after = contracts[-1].id


async def _contracts(services: Services, refs: Sequence[int] | None, after: int) -> list[Contract]:
    settled = select(Claim.id).where(Claim.contract_id == Contract.id, Claim.state.in_(SETTLED))
    wanted = select(Contract).where(Contract.id > after, Contract.state.in_(CURRENT), ~settled.exists())
    if refs is not None:
        wanted = wanted.where(Contract.id.in_(refs))
    return list(await services.session.scalars(wanted.order_by(Contract.id).limit(BATCH)))


async def _of(services: Services, contracts: Sequence[Contract]) -> dict[int, list[Need]]:
    ids = [contract.id for contract in contracts]
    sessions = await _session_days(services, ids)
    signatories = await _signatories(services, {contract.company_id for contract in contracts})
    experts = await _experts(services, {contract.expert_id for contract in contracts})
    found: dict[int, list[Need]] = {}
    for by_company in (True, False):
        for of in await services.engagements.of_all(contracts, by_company=by_company):
            asked = await _asked(services, of, sessions)
            if asked is None or asked.since is None:
                continue
            people = (
                signatories.get(of.contract.company_id, [])
                if by_company
                else [experts[of.contract.expert_id]]
            )
            found.setdefault(of.contract.id, []).extend(
                _need(services.programme, of, asked, person_id) for person_id in people
            )
    return found


def _need(programme: Programme, of: Engagement, asked: Asked, person_id: int) -> Need:
    assert asked.since is not None
    since = programme.today(asked.since) if isinstance(asked.since, datetime) else asked.since
    counts = programme.reminders.answer_business_days[asked.often] if asked.often else ()
    return Need(
        asked.what,
        person_id,
        since,
        asked.until,
        business_days_after(programme.calendar, since, counts),
        asked.switch,
        {"contract": of.contract.id, "company": of.by_company},
    )


async def _asked(
    services: Services, of: Engagement, sessions: Mapping[tuple[int, str], datetime]
) -> Asked | None:
    """What the present step of a side asks for; None for a step that is not its own, or asks by itself."""
    asked = _of_support(services, of, sessions) or _of_report(services, of)
    if asked is None and of.step is Step.CORRECT_CLAIM and of.claim is not None:
        review = await services.reviews.latest(CLAIM, of.claim.id)
        until = services.programme.today(await services.claims.correct_until(of.claim))
        return Asked("correct_claim", review.decided_at if review else None, until, ALWAYS)
    return asked


def _of_support(
    services: Services, of: Engagement, sessions: Mapping[tuple[int, str], datetime]
) -> Asked | None:
    programme, contract = services.programme, of.contract
    match of.step:
        case Step.SIGN:
            signed = contract.signed_by_expert_at if of.by_company else contract.signed_by_sme_at
            waits = max(filter(None, (contract.made_at, signed)))
            return Asked("sign", waits, programme.dates[Deadline.CONTRACT].closes, ALWAYS, "agreement")
        case Step.BEGIN_SUPPORT | Step.GO_ON:
            until = min(programme.dates[Deadline.SUPPORT].closes, contract.period_end)
            return Asked("support", contract.concluded_at, until)
        case Step.RECORD_SESSION:
            since = sessions.get((contract.id, SessionState.ENDED))
            return Asked("record", since, _report_by(services), ALWAYS)
        case Step.CORRECT_SESSION:
            since = sessions.get((contract.id, SessionState.DISPUTED))
            return Asked("correct_session", since, _report_by(services), ALWAYS)
        case Step.CONFIRM_SESSION:
            return Asked("confirm_session", sessions.get((contract.id, SessionState.RECORDED)), None, ONCE)
        case Step.REPORT:
            return Asked("report", contract.concluded_at, _report_by(services))
    return None


def _of_report(services: Services, of: Engagement) -> Asked | None:
    report, invoice = of.report, of.invoice
    closes = services.programme.dates[Deadline.CLAIM].closes
    if report is None:
        return None
    match of.step:
        case Step.CORRECT_REPORT:
            until = services.programme.today(services.reports.correct_until(report))
            return Asked("correct_report", report.returned_at or report.sent_at, until, ALWAYS)
        case Step.CONFIRM_REPORT:
            return Asked("confirm_report", report.sent_at, closes, ONCE)
        case Step.INVOICE:
            return Asked("invoice", report.confirmed_at or report.sent_at, closes, ALWAYS)
        case Step.PAY_SHARE:
            assert invoice is not None
            return Asked("pay", invoice.issued_at, invoice.due_on)
        case Step.CLAIM:
            assert invoice is not None
            return Asked("claim", invoice.paid_at or invoice.issued_at, closes, ALWAYS)
    return None


def _report_by(services: Services) -> date:
    """The day by which a report leaves time for the claim, or the last one of all when that has passed."""
    road = backplan.steps(services.programme, Deadline.CLAIM, services.now)
    by = next(one for one in road if one.what is backplan.Task.REPORT)
    return services.programme.dates[Deadline.REPORT].closes if by.late else by.by


async def _session_days(services: Services, ids: Sequence[int]) -> dict[tuple[int, str], datetime]:
    """Since when sessions of each contract and state wait: ended, written down, or said to be different."""
    since = {
        SessionState.ENDED: Session.end_at,
        SessionState.RECORDED: Session.recorded_at,
        SessionState.DISPUTED: Session.answered_at,
    }
    found: dict[tuple[int, str], datetime] = {}
    for state, column in since.items():
        rows = await services.session.execute(
            select(Session.contract_id, func.max(column))
            .where(Session.contract_id.in_(ids), Session.state == state)
            .group_by(Session.contract_id)
        )
        found |= {(contract_id, state): at for contract_id, at in rows if at is not None}
    return found


async def _signatories(services: Services, ids: set[int]) -> dict[int, list[int]]:
    """Who may sign for each company: these decide, confirm and pay."""
    rows = await services.session.execute(
        select(MemberRow.company_id, MemberRow.person_id)
        .where(MemberRow.company_id.in_(ids), MemberRow.signatory)
        .order_by(MemberRow.person_id)
    )
    found: dict[int, list[int]] = {}
    for company_id, person_id in rows:
        found.setdefault(company_id, []).append(person_id)
    return found


async def _experts(services: Services, ids: set[int]) -> dict[int, int]:
    rows = await services.session.execute(select(Expert.id, Expert.person_id).where(Expert.id.in_(ids)))
    return {expert_id: person_id for expert_id, person_id in rows}
