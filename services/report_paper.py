"""What stands on the paper of an accepted report: both sides, hours and money, each session, the evidence (DOMAIN 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.report_content import TEXTS, result_key, steps_of
from services.report_records import Report
from services.session_records import Evidence, Session, SessionState
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

TEMPLATE = "report-2021-10-19"


async def data(services: Services, report: Report) -> dict[str, Any]:
    """Everything that the template shows; raises nothing for a report that is accepted."""
    contract = await services.reports.contract_of(report)
    company = await services.reports.company_of(report)
    expert = await services.reports.expert_of(report)
    sessions = [
        session
        for session in await services.sessions.of_contract(contract.id)
        if session.state == SessionState.CONFIRMED
    ]
    evidence = await services.evidence.of_contract(contract.id)
    today = services.programme.today
    return {
        "number": report.number,
        "revision": report.revision,
        "contract": {
            "number": contract.number,
            "digest": contract.digest,
            "concluded": contract.concluded_at,
            "minutes": contract.minutes,
        },
        "company": {"name": company.name, "number": company.number},
        "expert": {"name": expert.name, "number": expert.number},
        "begun": min((today(session.start_at) for session in sessions), default=None),
        "ended": max((today(session.start_at) for session in sessions), default=None),
        "minutes": report.minutes,
        "price": contract.price_yen,
        "total": report.total_yen,
        "honorarium": report.honorarium_yen,
        "share": int(Yen(report.total_yen - report.honorarium_yen)),
        "sessions": [_session(services, session) for session in sessions],
        "results": [
            {"step": step.label, "text": report.content.get(result_key(step.code), "")}
            for step in services.programme.steps
            if step.code in steps_of(report.content)
        ],
        "texts": {key: report.content.get(key, "") for key in TEXTS},
        "evidence": [await _evidence(services, one, sessions) for one in evidence],
        "sent": report.first_sent_at,
        "confirmed": report.confirmed_at,
        "accepted": report.accepted_at,
    }


def _session(services: Services, session: Session) -> dict[str, Any]:
    labels = {step.code: step.label for step in services.programme.steps}
    return {
        "number": session.number,
        "start": session.start_at,
        "end": session.end_at,
        "mode": session.mode,
        "minutes": session.billable_minutes,
        "tasks": [labels[code] for code in session.tasks if code in labels],
        "summary": session.summary or "",
        "confirmed": session.answered_at,
    }


async def _evidence(services: Services, one: Evidence, sessions: list[Session]) -> dict[str, Any]:
    """A piece of evidence by its kind, its session and its fingerprint; never what it shows."""
    sha256 = one.sha256
    if sha256 is None and one.document_id is not None:
        document = await services.documents.get(one.document_id)
        sha256 = document.sha256 if document else None
    of = next((session.number for session in sessions if session.id == one.session_id), None)
    return {"kind": one.kind, "session": of, "length": one.length_minutes, "sha256": sha256}
