"""What each side of a contract should do now: pure, from where contract, sessions, report and money stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.claim_records import ClaimState, InvoiceState
from services.contract_records import ContractState
from services.report_records import ReportState
from services.session_records import SessionState


class Step(StrEnum):
    """The one thing that is next, whoever has to do it."""

    SIGN = "sign"
    WAIT_SIGNATURE = "wait_signature"
    BEGIN_SUPPORT = "begin_support"
    GO_ON = "go_on"
    END_SESSION = "end_session"
    RECORD_SESSION = "record_session"
    CORRECT_SESSION = "correct_session"
    CONFIRM_SESSION = "confirm_session"
    WAIT_SESSION = "wait_session"
    REPORT = "report"
    CORRECT_REPORT = "correct_report"
    CONFIRM_REPORT = "confirm_report"
    WAIT_REPORT = "wait_report"
    INVOICE = "invoice"
    PAY_SHARE = "pay_share"
    WAIT_SHARE = "wait_share"
    CLAIM = "claim"
    CORRECT_CLAIM = "correct_claim"
    CORRECT_ACCOUNT = "correct_account"
    WAIT_CLAIM = "wait_claim"
    WAIT_TRANSFER = "wait_transfer"
    FROZEN = "frozen"
    DONE = "done"
    OVER = "over"


MINE = {
    Step.SIGN,
    Step.BEGIN_SUPPORT,
    Step.GO_ON,
    Step.END_SESSION,
    Step.RECORD_SESSION,
    Step.CORRECT_SESSION,
    Step.CONFIRM_SESSION,
    Step.REPORT,
    Step.CORRECT_REPORT,
    Step.CONFIRM_REPORT,
    Step.INVOICE,
    Step.PAY_SHARE,
    Step.CLAIM,
    Step.CORRECT_CLAIM,
    Step.CORRECT_ACCOUNT,
}
"""The steps that the person who reads them has to take; the others are somebody else's turn."""


@dataclass(frozen=True)
class Situation:
    """Where a contract and everything under it stand; minutes are whole, `left` those not given yet.

    `support_over`: no more support is possible, because its period or the programme's is over.
    """

    contract: ContractState
    planned: int
    given: int = 0
    sessions: Mapping[SessionState, int] = field(default_factory=dict)
    support_over: bool = False
    report: ReportState | None = None
    invoice: InvoiceState | None = None
    claim: ClaimState | None = None

    @property
    def left(self) -> int:
        """Minutes of the contract that were not given yet."""
        return max(0, self.planned - self.given)

    def count(self, state: SessionState) -> int:
        """How many sessions are in a state."""
        return self.sessions.get(state, 0)

    @property
    def ended(self) -> bool:
        """Whether no more support is to come."""
        return self.contract != ContractState.CONCLUDED or self.support_over or not self.left

    @property
    def gone(self) -> bool:
        """Whether it ended without ever being reported, or was never concluded."""
        return self.contract in GONE or (self.contract == ContractState.ENDED and self.report is None)


GONE = (ContractState.EXPIRED, ContractState.CANCELLED)
WRITTEN = (ReportState.CONFIRMING, ReportState.UNDER_REVIEW, ReportState.ACCEPTED, ReportState.REJECTED)
CLAIMED = {
    ClaimState.UNDER_REVIEW: Step.WAIT_CLAIM,
    ClaimState.APPROVED_ONCE: Step.WAIT_CLAIM,
    ClaimState.DEFICIENT: Step.CORRECT_CLAIM,
    ClaimState.APPROVED: Step.WAIT_TRANSFER,
    ClaimState.SCHEDULED: Step.WAIT_TRANSFER,
    ClaimState.PAY_FAILED: Step.CORRECT_ACCOUNT,
    ClaimState.PAID: Step.DONE,
    ClaimState.REJECTED: Step.OVER,
    ClaimState.RECLAIMED: Step.OVER,
}


def for_expert(now: Situation) -> Step:
    """What the expert should do now."""
    if now.gone:
        return Step.OVER
    if now.contract in (ContractState.READY, ContractState.SIGNED_BY_SME):
        return Step.SIGN
    if now.contract == ContractState.SIGNED_BY_EXPERT:
        return Step.WAIT_SIGNATURE
    if now.claim is not None:
        return CLAIMED[now.claim]
    if now.report in WRITTEN:
        return _after_report(now)
    if now.count(SessionState.DENIED):
        return Step.FROZEN
    return _of_sessions(now)


def _of_sessions(now: Situation) -> Step:
    if now.count(SessionState.RUNNING):
        return Step.END_SESSION
    if now.count(SessionState.ENDED):
        return Step.RECORD_SESSION
    if now.count(SessionState.DISPUTED):
        return Step.CORRECT_SESSION
    if now.report in (ReportState.DISPUTED, ReportState.DEFICIENT):
        return Step.CORRECT_REPORT
    if not now.ended:
        return Step.GO_ON if now.given else Step.BEGIN_SUPPORT
    if now.count(SessionState.RECORDED):
        return Step.WAIT_SESSION
    return Step.REPORT if now.given else Step.OVER


def _after_report(now: Situation) -> Step:
    if now.report == ReportState.CONFIRMING:
        return Step.WAIT_REPORT
    if now.report == ReportState.REJECTED:
        return Step.OVER
    if now.invoice in (None, InvoiceState.CANCELLED):
        return Step.INVOICE
    return Step.CLAIM if now.invoice == InvoiceState.PAID else Step.WAIT_SHARE


def for_company(now: Situation) -> Step:
    """What the company should do now."""
    if now.gone:
        return Step.OVER
    if now.contract in (ContractState.READY, ContractState.SIGNED_BY_EXPERT):
        return Step.SIGN
    if now.contract == ContractState.SIGNED_BY_SME:
        return Step.WAIT_SIGNATURE
    if now.count(SessionState.RECORDED):
        return Step.CONFIRM_SESSION
    if now.report == ReportState.CONFIRMING:
        return Step.CONFIRM_REPORT
    if now.invoice == InvoiceState.ISSUED:
        return Step.PAY_SHARE
    if now.count(SessionState.DENIED):
        return Step.FROZEN
    return _company_waits(now)


def _company_waits(now: Situation) -> Step:
    if now.invoice == InvoiceState.PAID:
        return Step.DONE
    if now.report == ReportState.REJECTED:
        return Step.OVER
    if now.report in (ReportState.UNDER_REVIEW, ReportState.ACCEPTED):
        return Step.WAIT_SHARE
    if now.count(SessionState.RUNNING):
        return Step.END_SESSION
    if now.report is not None or now.ended:
        return Step.WAIT_REPORT if now.given else Step.OVER
    return Step.WAIT_SESSION
