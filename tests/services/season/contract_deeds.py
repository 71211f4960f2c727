"""What is done under a contract: signatures, changes, sessions and the report, as data."""

from __future__ import annotations

import uuid
from datetime import timedelta

from services import session_rules
from services.bundle import Services
from services.contract_text import Figures
from services.evidence import NOTHING, EvidenceKind, Footage
from services.refusals import Refusal
from services.reports import Report
from services.session_rules import Fingerprint, Span
from services.sessions import Answer, Record, Session, SessionMode
from tests.services.claim_people import document
from tests.services.season.cast import CLERKS, EXPERTS, OWNERS, Season
from tests.services.season.deeds import REASON, Deed, deed

SUMMARY = (
    "受注の流れを一緒に書き出し、紙とノートで重なっている作業を三つ見つけました。次回までに道具を選びます。"
)
WORDS = {
    "steps": "SURVEY",
    "result_survey": "受注の流れを書き出し、重なっている作業を三つ見つけました。",
    "outcome": "注文の転記が1日2時間から30分になりました。",
    "advice": "毎月はじめに売れ筋を見て、写真を入れ替えてください。",
    "proofs": "yes",
    "declared": "yes",
}


# --- contracts -----------------------------------------------------------------------------------------


@deed("contract", *OWNERS, *EXPERTS)
async def sign(season: Season, services: Services, it: Deed) -> None:
    contract = await services.contracts.get(it.of)
    if contract is not None:
        outdated = it.how % 11 == 10
        await services.contracts.sign(it.of, contract.revision - outdated, contract.digest)


@deed("contract", *OWNERS, *EXPERTS)
async def cancel_contract(season: Season, services: Services, it: Deed) -> None:
    await services.contracts.cancel(it.of, REASON)


@deed("contract", *OWNERS, *EXPERTS)
async def terminate(season: Season, services: Services, it: Deed) -> None:
    await services.contracts.terminate(it.of, REASON)


@deed("contract", *OWNERS, *EXPERTS)
async def propose_change(season: Season, services: Services, it: Deed) -> None:
    contract = await services.contracts.get(it.of)
    if contract is not None:
        less = contract.minutes - 60 * (it.how % 5 - 1)
        longer = contract.period_end + timedelta(days=it.how % 4 - 1)
        await services.contracts.propose_change(
            it.of, contract.revision, Figures(less, contract.period_start, longer), REASON
        )


@deed("change", *OWNERS, *EXPERTS)
async def agree_to_change(season: Season, services: Services, it: Deed) -> None:
    change = await services.contracts.change(it.of)
    if change is not None:
        await services.contracts.agree_to_change(it.of, change.digest)


@deed("change", *OWNERS, *EXPERTS)
async def decline_change(season: Season, services: Services, it: Deed) -> None:
    await services.contracts.decline_change(it.of)


# --- sessions ------------------------------------------------------------------------------------------


@deed("contract", *OWNERS, *EXPERTS)
async def start(season: Season, services: Services, it: Deed) -> None:
    await services.sessions.start(it.of)


@deed("session", *OWNERS, *EXPERTS)
async def stop(season: Season, services: Services, it: Deed) -> None:
    await services.sessions.stop(it.of)


def _span(services: Services, how: int) -> Span:
    """A time that lies a little back: mostly a whole one, sometimes one that cannot be."""
    end = session_rules.to_the_minute(services.now) - timedelta(hours=how % 3 * 5)
    return Span(end - timedelta(minutes=(120, 240, 60, 475, 0)[how // 3 % 5]), end)


@deed("contract", *EXPERTS)
async def enter_late(season: Season, services: Services, it: Deed) -> None:
    await services.sessions.enter_late(it.of, _span(services, it.how), "" if it.how % 16 == 15 else REASON)


async def _its(services: Services, it: Deed) -> Session:
    session = await services.sessions.get(it.of)
    if session is None:
        raise Refusal(NOTHING)
    return session


@deed("session", *EXPERTS)
async def set_times(season: Season, services: Services, it: Deed) -> None:
    session = await _its(services, it)
    await services.sessions.set_times(it.of, session.revision, _span(services, it.how), REASON)


@deed("session", *EXPERTS)
async def record(season: Season, services: Services, it: Deed) -> None:
    session = await _its(services, it)
    visit = it.how % 2 == 1
    said = Record(
        SessionMode.VISIT if visit else SessionMode.ONLINE,
        ["SURVEY"],
        SUMMARY,
        break_minutes=30 * (it.how // 2 % 2),
        place="神戸市中央区加納町" if visit else None,
    )
    await services.sessions.record(it.of, session.revision - (it.how % 13 == 12), said)


@deed("session", *EXPERTS)
async def prove(season: Season, services: Services, it: Deed) -> None:
    """Add the photos and the recording that a report asks for."""
    session = await _its(services, it)
    photos = [(await document(services, "photo", uuid.uuid4().hex)).id for _each in range(2)]
    await services.evidence.add_files(EvidenceKind.PHOTO, session.contract_id, photos, session.id)
    footage = Footage(
        "https://example.jp/recording", Fingerprint(uuid.uuid4().hex * 2), 480, session.start_at
    )
    await services.evidence.add_recording(session.id, footage)


@deed("session", *OWNERS)
async def confirm_session(season: Season, services: Services, it: Deed) -> None:
    session = await _its(services, it)
    await services.sessions.answer(it.of, session.revision, Answer.RIGHT)


@deed("session", *OWNERS)
async def dispute_session(season: Season, services: Services, it: Deed) -> None:
    session = await _its(services, it)
    await services.sessions.answer(it.of, session.revision, Answer.WRONG, REASON)


@deed("session", *OWNERS)
async def deny_session(season: Season, services: Services, it: Deed) -> None:
    session = await _its(services, it)
    await services.sessions.answer(it.of, session.revision, Answer.DENIED, REASON)


@deed("session", *OWNERS, *EXPERTS)
async def cancel_session(season: Season, services: Services, it: Deed) -> None:
    await services.sessions.cancel(it.of)


@deed("session", *CLERKS)
async def ask_again(season: Season, services: Services, it: Deed) -> None:
    await services.sessions.ask_again(it.of)


@deed("session", *CLERKS)
async def strike(season: Season, services: Services, it: Deed) -> None:
    await services.sessions.strike(it.of)


# --- reports -------------------------------------------------------------------------------------------


@deed("contract", *EXPERTS)
async def report(season: Season, services: Services, it: Deed) -> None:
    there = await services.reports.of_contract(it.of)
    words = WORDS | {"outcome": f"{WORDS['outcome']} {it.how % 2}"}
    await services.reports.send(it.of, words, there.revision if there else 0)


async def _report(services: Services, it: Deed) -> Report:
    found = await services.reports.get(it.of)
    if found is None:
        raise Refusal(NOTHING)
    return found


@deed("report", *OWNERS)
async def confirm_report(season: Season, services: Services, it: Deed) -> None:
    comment = "長い" * 400 if it.how % 16 == 15 else None
    await services.reports.confirm(it.of, (await _report(services, it)).revision, 1 + it.how % 5, comment)


@deed("report", *OWNERS)
async def dispute_report(season: Season, services: Services, it: Deed) -> None:
    await services.reports.dispute(it.of, (await _report(services, it)).revision, REASON)


@deed("report", *EXPERTS)
async def withdraw_report(season: Season, services: Services, it: Deed) -> None:
    await services.reports.withdraw(it.of, (await _report(services, it)).revision)
