"""What each side should do now follows from where everything stands, and is never nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.claim_records import ClaimState, InvoiceState
from services.contract_records import ContractState
from services.next_steps import MINE, Situation, Step, for_company, for_expert
from services.report_records import ReportState
from services.session_records import SessionState

K, S, R, V, H = ContractState, SessionState, ReportState, InvoiceState, ClaimState


def at(contract: ContractState = K.CONCLUDED, given_minutes: int = 0, **other: object) -> Situation:
    """A contract over 32 hours, as it stands."""
    return Situation(contract, 1920, given_minutes, **other)  # type: ignore[arg-type]


ROAD = {
    "nobody has signed": (at(K.READY), Step.SIGN, Step.SIGN),
    "the expert has signed": (at(K.SIGNED_BY_EXPERT), Step.WAIT_SIGNATURE, Step.SIGN),
    "the company has signed": (at(K.SIGNED_BY_SME), Step.SIGN, Step.WAIT_SIGNATURE),
    "too late to sign": (at(K.EXPIRED), Step.OVER, Step.OVER),
    "concluded": (at(), Step.BEGIN_SUPPORT, Step.WAIT_SESSION),
    "a session runs": (at(sessions={S.RUNNING: 1}), Step.END_SESSION, Step.END_SESSION),
    "a session has ended": (
        at(given_minutes=120, sessions={S.ENDED: 1}),
        Step.RECORD_SESSION,
        Step.WAIT_SESSION,
    ),
    "a session is recorded": (
        at(given_minutes=120, sessions={S.RECORDED: 1}),
        Step.GO_ON,
        Step.CONFIRM_SESSION,
    ),
    "a session is disputed": (
        at(given_minutes=120, sessions={S.DISPUTED: 1}),
        Step.CORRECT_SESSION,
        Step.WAIT_SESSION,
    ),
    "a session is denied": (at(given_minutes=120, sessions={S.DENIED: 1}), Step.FROZEN, Step.FROZEN),
    "in the middle": (at(given_minutes=600, sessions={S.CONFIRMED: 5}), Step.GO_ON, Step.WAIT_SESSION),
    "hours used up, one unconfirmed": (
        at(given_minutes=1920, sessions={S.CONFIRMED: 9, S.RECORDED: 1}),
        Step.WAIT_SESSION,
        Step.CONFIRM_SESSION,
    ),
    "hours used up": (at(given_minutes=1920, sessions={S.CONFIRMED: 10}), Step.REPORT, Step.WAIT_REPORT),
    "the period is over": (at(given_minutes=600, support_over=True), Step.REPORT, Step.WAIT_REPORT),
    "the period is over, nothing done": (at(support_over=True), Step.OVER, Step.OVER),
    "terminated after some hours": (at(K.TERMINATED, 600), Step.REPORT, Step.WAIT_REPORT),
    "report sent": (at(given_minutes=1920, report=R.CONFIRMING), Step.WAIT_REPORT, Step.CONFIRM_REPORT),
    "report disputed": (at(given_minutes=1920, report=R.DISPUTED), Step.CORRECT_REPORT, Step.WAIT_REPORT),
    "report returned": (at(given_minutes=1920, report=R.DEFICIENT), Step.CORRECT_REPORT, Step.WAIT_REPORT),
    "report confirmed": (at(given_minutes=1920, report=R.UNDER_REVIEW), Step.INVOICE, Step.WAIT_SHARE),
    "report accepted": (at(K.ENDED, 1920, report=R.ACCEPTED), Step.INVOICE, Step.WAIT_SHARE),
    "report rejected": (at(given_minutes=1920, report=R.REJECTED), Step.OVER, Step.OVER),
    "invoice sent": (at(K.ENDED, 1920, report=R.ACCEPTED, invoice=V.ISSUED), Step.WAIT_SHARE, Step.PAY_SHARE),
    "share paid": (at(K.ENDED, 1920, report=R.ACCEPTED, invoice=V.PAID), Step.CLAIM, Step.DONE),
    "claimed": (
        at(K.ENDED, 1920, report=R.ACCEPTED, invoice=V.PAID, claim=H.UNDER_REVIEW),
        Step.WAIT_CLAIM,
        Step.DONE,
    ),
    "claim returned": (
        at(K.ENDED, 1920, report=R.ACCEPTED, invoice=V.PAID, claim=H.DEFICIENT),
        Step.CORRECT_CLAIM,
        Step.DONE,
    ),
    "transfer ordered": (
        at(K.ENDED, 1920, report=R.ACCEPTED, invoice=V.PAID, claim=H.SCHEDULED),
        Step.WAIT_TRANSFER,
        Step.DONE,
    ),
    "transfer failed": (
        at(K.ENDED, 1920, report=R.ACCEPTED, invoice=V.PAID, claim=H.PAY_FAILED),
        Step.CORRECT_ACCOUNT,
        Step.DONE,
    ),
    "paid": (at(K.ENDED, 1920, report=R.ACCEPTED, invoice=V.PAID, claim=H.PAID), Step.DONE, Step.DONE),
}


@pytest.mark.parametrize("where", ROAD)
def test_each_place_on_the_road_has_its_next_step(where: str) -> None:
    now, expert, company = ROAD[where]
    assert (for_expert(now), for_company(now)) == (expert, company)


SITUATIONS = st.builds(
    Situation,
    contract=st.sampled_from(ContractState),
    planned=st.integers(60, 5000),
    given=st.integers(0, 5000),
    sessions=st.dictionaries(st.sampled_from(SessionState), st.integers(1, 3)),
    support_over=st.booleans(),
    report=st.none() | st.sampled_from(ReportState),
    invoice=st.none() | st.sampled_from(InvoiceState),
    claim=st.none() | st.sampled_from(ClaimState),
)


@given(SITUATIONS)
def test_whatever_happened_both_sides_are_told_something(now: Situation) -> None:
    assert isinstance(for_expert(now), Step) and isinstance(for_company(now), Step)


@given(SITUATIONS)
def test_nobody_is_asked_for_anything_before_the_contract_is_signed(now: Situation) -> None:
    if now.contract in (K.READY, K.SIGNED_BY_EXPERT, K.SIGNED_BY_SME):
        assert {for_expert(now), for_company(now)} <= {Step.SIGN, Step.WAIT_SIGNATURE}


def test_what_one_waits_for_is_never_ones_own_turn() -> None:
    assert all("wait" not in step for step in MINE)
