"""Claims on PostgreSQL: handed in to the second, approved by two clerks, held up by every doubt, settled once."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from services.claim_days import Waits, correct_until, estimate
from services.claim_records import Claim, ClaimState
from services.claims import SETTLING, ask_refund
from services.companies import MemberRow
from services.contract_records import Contract, ContractState
from services.experts import Expert
from services.ledger_records import Party, Stage
from services.plan_records import Plan
from services.programme import load
from services.refusals import Refusal
from services.report_records import Report, ReportState
from services.reviews import Review, ReviewState
from services.secretariat import join
from services.session_records import Evidence, EvidenceKind, Session, SessionMode, SessionState
from services.travel import Travel, require_payable
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road as rows
from tests.services.claim_people import (
    ANSWERS,
    FROM_TOKYO,
    KEN,
    LARGE,
    LAST,
    MISAKI,
    OWNER,
    TARO,
    THEN,
    Road,
    claimed,
    decide,
    deny_a_session,
    document,
    invoiced,
    now,
    opened,
    said,
)
from tests.services.plan_people import told

MONEY = load("phase2").money


@pytest.fixture
async def road(acting: ActingAs) -> Road:
    """A contract whose report is accepted, the honorarium of 104,000 yen ready in the books."""
    return await opened(acting)


async def stands(acting: ActingAs, road: Road) -> dict[Stage, Yen]:
    """What the ledger holds for the contract."""
    async with acting(None) as services:
        return await services.ledger.of_plan(road.plan)


# --- handing in ----------------------------------------------------------------------------------------


async def test_a_claim_has_the_figures_of_the_report_and_the_account_of_the_moment(
    acting: ActingAs, road: Road
) -> None:
    claim = await claimed(acting, road)
    assert (claim.state, claim.revision, claim.minutes) == (ClaimState.UNDER_REVIEW, 1, 1920)
    assert (claim.honorarium_yen, claim.travel_yen, claim.gross_yen) == (104_000, 0, 104_000)
    assert claim.bank == {
        "bank": "0001",
        "branch": "001",
        "kind": "1",
        "number": "1234567",
        "holder": "ｻﾄｳ ｹﾝｲﾁ",
    }
    async with acting(TARO, "slack", THEN) as services:
        assert [one.document_id for one in await services.claims.evidence(claim)] == [road.proof]
        assert await services.claims.to_claim() == []
        review = await services.reviews.latest("claim", claim.id)
        assert review is not None
        assert (review.form, review.answers) == ("claim", ANSWERS)
        await services.session.execute(update(Expert).values(bank_number="7654321"))
    assert (await now(acting, claim)).bank["number"] == "1234567"


async def test_the_last_second_counts_and_the_next_one_does_not(acting: ActingAs, road: Road) -> None:
    await invoiced(acting, road)
    late = LAST + timedelta(seconds=1)
    async with acting(TARO, "slack", late) as services:
        with pytest.raises(Refusal, match="closed"):
            await services.claims.require_claimable(road.contract)
        with pytest.raises(Refusal, match="closed"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)
    async with acting(TARO, "slack", LAST + timedelta(microseconds=999_999)) as services:
        assert (await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)).revision == 1


@pytest.mark.parametrize(
    "state", [ReportState.CONFIRMING, ReportState.DISPUTED, ReportState.DEFICIENT, ReportState.REJECTED]
)
async def test_without_the_companys_word_nothing_is_claimed(
    acting: ActingAs, road: Road, state: ReportState
) -> None:
    await invoiced(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        await services.session.execute(update(Report).values(state=state))
        with pytest.raises(Refusal, match="First the company confirms"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)


async def test_first_the_invoice_then_the_claim(acting: ActingAs, road: Road) -> None:
    async with acting(TARO, "slack", THEN) as services:
        with pytest.raises(Refusal, match="issue the invoice"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)


async def test_an_outdated_invoice_is_issued_anew_first(acting: ActingAs, road: Road) -> None:
    await invoiced(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        await services.session.execute(
            update(Report).values(minutes=1800, total_yen=112_500, honorarium_yen=97_500)
        )
        with pytest.raises(Refusal, match="anew"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)


async def test_nobody_claims_for_another(acting: ActingAs, road: Road) -> None:
    await invoiced(acting, road)
    async with acting(OWNER, at=THEN) as services:
        with pytest.raises(Refusal, match="cannot find"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)
    async with acting("U-jiro", "slack", THEN) as services:
        await people.expert(services)
        with pytest.raises(Refusal, match="cannot find"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)


async def test_another_amount_than_the_declared_one_is_not_claimed(acting: ActingAs, road: Road) -> None:
    await invoiced(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        with pytest.raises(Refusal, match="amounts have changed"):
            await services.claims.hand_in(road.contract, said(road, gross=Yen(104_001)), "claim", ANSWERS)


async def test_somebody_elses_file_is_no_proof(acting: ActingAs, road: Road) -> None:
    await invoiced(acting, road)
    async with acting(OWNER, at=THEN) as services:
        foreign = (await document(services, "payment_proof")).id
    async with acting(TARO, "slack", THEN) as services:
        for proof in ([], [foreign], [10**9]):
            with pytest.raises(Refusal):
                await services.claims.hand_in(road.contract, said(road, proof=proof), "claim", ANSWERS)


async def test_a_contract_is_claimed_once(acting: ActingAs, road: Road) -> None:
    await invoiced(acting, road)

    async def hand_in() -> Claim:
        async with acting(TARO, "slack", THEN) as services:
            return await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)

    results = await asyncio.gather(hand_in(), hand_in(), return_exceptions=True)
    assert sum(isinstance(one, Claim) for one in results) == 1
    (refusal,) = (one for one in results if isinstance(one, BaseException))
    assert isinstance(refusal, Refusal)
    assert "handed in already" in refusal.reason.message


async def test_a_terminated_contract_is_still_claimed_and_an_unsigned_one_never(
    acting: ActingAs, road: Road
) -> None:
    await invoiced(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        await services.session.execute(update(Contract).values(state=ContractState.READY))
        with pytest.raises(Refusal, match="both sides have signed"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)
        await services.session.execute(update(Contract).values(state=ContractState.TERMINATED))
        await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)


# --- travel --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("travel", "visits", "receipts", "about"),
    [
        (FROM_TOKYO, 1, 1, None),
        (replace(FROM_TOKYO, km=100), 3, 2, None),
        (replace(FROM_TOKYO, km=99), 1, 1, "travel_km"),
        (replace(FROM_TOKYO, yen=Yen(50_000)), 1, 1, None),
        (replace(FROM_TOKYO, yen=Yen(50_001)), 1, 1, "travel_yen"),
        (replace(FROM_TOKYO, yen=Yen(0)), 1, 1, "travel_yen"),
        (FROM_TOKYO, 0, 1, "travel"),
        (FROM_TOKYO, 1, 0, "travel_receipts"),
        (replace(FROM_TOKYO, route="  "), 1, 1, "travel_route"),
        (replace(FROM_TOKYO, route="あ" * 201), 1, 1, "travel_route"),
    ],
)
def test_the_rule_of_travel(travel: Travel, visits: int, receipts: int, about: str | None) -> None:
    if about is None:
        require_payable(travel, visits=visits, receipts=receipts, money=MONEY)
        return
    with pytest.raises(Refusal) as refused:
        require_payable(travel, visits=visits, receipts=receipts, money=MONEY)
    assert refused.value.about == about


async def with_travel(acting: ActingAs, **other: Any) -> tuple[Road, Claim]:
    """A claim with the travel of one visit."""
    road = await opened(acting, visits=1)
    async with acting(TARO, "slack", THEN) as services:
        receipt = (await document(services, "travel_receipt")).id
    return road, await claimed(acting, road, travel=FROM_TOKYO, receipts=[receipt], **other)


async def test_travel_is_paid_outside_the_caps_from_its_own_purse(acting: ActingAs) -> None:
    road, claim = await with_travel(acting)
    assert (claim.honorarium_yen, claim.travel_yen, claim.gross_yen) == (104_000, 28_000, 132_000)
    await decide(acting, claim)
    assert await stands(acting, road) == {Stage.CONFIRMED: 104_000}
    async with acting(None) as services:
        assert await services.ledger.travel_of_plan(road.plan) == {Stage.CONFIRMED: 28_000}
        assert (await services.ledger.account(Party.COMPANY, claim.company_id)).confirmed_yen == 104_000


async def test_an_empty_travel_purse_stops_the_approval(acting: ActingAs) -> None:
    _road, claim = await with_travel(acting)
    async with acting(MISAKI, "slack", THEN) as services:
        account = await services.ledger.account(Party.TRAVEL)
        account.carried_yen = account.cap_yen
    with pytest.raises(Refusal, match="travel budget"):
        await decide(acting, claim)
    assert (await now(acting, claim)).state == ClaimState.UNDER_REVIEW


async def test_travel_is_not_approved_when_no_visit_is_confirmed_any_more(acting: ActingAs) -> None:
    _road, claim = await with_travel(acting)
    async with acting(None) as services:
        for session in await services.sessions.of_contract(claim.contract_id):
            session.mode = SessionMode.ONLINE
    with pytest.raises(Refusal, match="No visit is confirmed"):
        await decide(acting, claim)


async def test_without_a_visit_there_is_no_travel(acting: ActingAs, road: Road) -> None:
    await invoiced(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        receipt = (await document(services, "travel_receipt")).id
        with pytest.raises(Refusal) as refused:
            await services.claims.hand_in(
                road.contract, said(road, travel=FROM_TOKYO, receipts=[receipt]), "claim", ANSWERS
            )
        assert refused.value.about == "travel"


# --- approving -----------------------------------------------------------------------------------------


async def test_below_the_threshold_one_clerk_approves(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    async with acting(None) as services:
        assert not services.claims.needs_two(claim)
    review = await decide(acting, claim)
    assert review.state == ReviewState.APPROVED
    approved = await now(acting, claim)
    assert (approved.state, approved.second_approved_by) == (ClaimState.APPROVED, None)
    async with acting(None) as services:
        assert [one.id for one in await services.claims.payable()] == [claim.id]


async def test_from_the_threshold_on_two_different_clerks_approve(acting: ActingAs) -> None:
    claim = await claimed(acting, await opened(acting, content=LARGE))
    assert claim.gross_yen == 280_000
    first = await decide(acting, claim)
    assert (first.state, first.decided_by) == (ReviewState.WAITING, None)
    once = await now(acting, claim)
    assert once.state == ClaimState.APPROVED_ONCE
    with pytest.raises(Refusal, match="a colleague must approve"):
        await decide(acting, claim)
    second = await decide(acting, claim, clerk=KEN)
    assert second.state == ReviewState.APPROVED
    approved = await now(acting, claim)
    assert approved.state == ClaimState.APPROVED
    assert approved.approved_by == second.first_by
    assert approved.second_approved_by == second.decided_by
    assert approved.approved_by != approved.second_approved_by
    with pytest.raises(Refusal, match="has decided this"):
        await decide(acting, claim, clerk=KEN)


async def test_the_threshold_is_gross_and_includes_its_own_yen(acting: ActingAs) -> None:
    async with acting(None) as services:
        for gross, two in ((199_999, False), (200_000, True)):
            assert services.claims.needs_two(Claim(honorarium_yen=gross - 1000, travel_yen=1000)) is two


async def test_one_clerk_pressing_twice_at_once_is_one_signature(acting: ActingAs) -> None:
    claim = await claimed(acting, await opened(acting, content=LARGE))
    results = await asyncio.gather(decide(acting, claim), decide(acting, claim), return_exceptions=True)
    assert sum(isinstance(one, Review) for one in results) == 1
    assert sum(isinstance(one, Refusal) for one in results) == 1
    assert (await now(acting, claim)).state == ClaimState.APPROVED_ONCE


async def test_two_clerks_at_once_are_two_signatures(acting: ActingAs) -> None:
    claim = await claimed(acting, await opened(acting, content=LARGE))
    await asyncio.gather(decide(acting, claim), decide(acting, claim, clerk=KEN))
    approved = await now(acting, claim)
    assert approved.state == ClaimState.APPROVED
    assert {approved.approved_by, approved.second_approved_by} != {approved.approved_by}


async def test_two_clerks_at_once_approve_a_small_one_once(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    results = await asyncio.gather(
        decide(acting, claim), decide(acting, claim, clerk=KEN), return_exceptions=True
    )
    assert sum(isinstance(one, Refusal) for one in results) == 1
    assert (await now(acting, claim)).second_approved_by is None


async def test_who_signed_first_may_still_return_it_and_then_both_sign_anew(acting: ActingAs) -> None:
    road = await opened(acting, content=LARGE)
    claim = await claimed(acting, road)
    await decide(acting, claim)
    await decide(acting, claim, ReviewState.RETURNED)
    returned = await now(acting, claim)
    assert (returned.state, returned.approved_by) == (ClaimState.DEFICIENT, None)
    async with acting(TARO, "slack", THEN) as services:
        again = await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)
        assert again.revision == 2
    await decide(acting, claim, clerk=KEN)
    await decide(acting, claim)
    assert (await now(acting, claim)).state == ClaimState.APPROVED


@pytest.mark.parametrize("who", [TARO, OWNER])
async def test_nobody_decides_on_his_own_claim(acting: ActingAs, road: Road, who: str) -> None:
    claim = await claimed(acting, road)
    if who == OWNER:
        async with acting(MISAKI, "slack", THEN) as services:
            assert services.person is not None
            await services.session.execute(
                insert(MemberRow).values(
                    company_id=claim.company_id, person_id=services.person.id, signatory=False
                )
            )
    with pytest.raises(Refusal, match="a part in this yourself"):
        await decide(acting, claim, clerk=MISAKI if who == OWNER else TARO)


async def test_every_point_of_the_checklist_is_ticked(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    async with acting(MISAKI, "slack", THEN) as services:
        assert services.person is not None
        await join(services.connection, services.person.identity)
        review = await services.reviews.latest("claim", claim.id)
        assert review is not None
        with pytest.raises(Refusal, match="tick every point"):
            await services.reviews.decide(review.id, ReviewState.APPROVED, checked=["AMOUNT"])


async def test_only_the_secretariat_decides(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    async with acting("U-stranger", "slack", THEN) as services:
        review = await services.reviews.latest("claim", claim.id)
        assert review is not None
        with pytest.raises(Refusal, match="Only members"):
            await services.reviews.decide(review.id, ReviewState.APPROVED)


async def test_the_report_comes_first(acting: ActingAs) -> None:
    road = await opened(acting, state=ReportState.UNDER_REVIEW)
    claim = await claimed(acting, road)
    for verdict in (ReviewState.APPROVED, ReviewState.REJECTED):
        with pytest.raises(Refusal, match="not accepted yet"):
            await decide(acting, claim, verdict)
    assert (await now(acting, claim)).state == ClaimState.UNDER_REVIEW


async def test_the_books_must_hold_exactly_what_is_claimed(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    async with acting(None) as services:
        plan = await services.session.get(Plan, road.plan)
        assert plan is not None
        await services.ledger.forgo(plan, "a test")
    with pytest.raises(Refusal, match="books hold"):
        await decide(acting, claim)


async def test_a_report_that_changed_since_is_not_paid_by_the_old_claim(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    async with acting(None) as services:
        await services.session.execute(update(Report).values(minutes=1800, honorarium_yen=97_500))
    with pytest.raises(Refusal, match="corrected after this claim"):
        await decide(acting, claim)


async def test_without_proof_nothing_is_approved(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    async with acting(None) as services:
        await services.session.execute(update(Evidence).values(removed_at=THEN))
    with pytest.raises(Refusal, match="Nothing shows"):
        await decide(acting, claim)


async def test_a_denied_session_freezes_the_claim(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    denied = await deny_a_session(acting, road)
    with pytest.raises(Refusal, match="denies a session"):
        await decide(acting, claim)
    async with acting(TARO, "slack", THEN) as services:
        assert (await services.claims.estimate(claim)).waits is Waits.ENQUIRY
        await services.session.execute(
            update(Session).where(Session.id == denied).values(state=SessionState.CONFIRMED)
        )
    await decide(acting, claim)
    await deny_a_session(acting, road)
    async with acting(None) as services:
        assert await services.claims.payable() == []


# --- returned and rejected -----------------------------------------------------------------------------


async def test_what_was_returned_is_put_right_and_the_old_file_stays_on_record(
    acting: ActingAs, road: Road
) -> None:
    claim = await claimed(acting, road)
    await decide(acting, claim, ReviewState.RETURNED)
    async with acting(TARO, "slack", THEN) as services:
        returned = await services.claims.of_mine(claim.id)
        assert [one.code for one in await services.claims.remarks(returned)] == ["PAYMENT_PROOF"]
        better = (await document(services, "payment_proof")).id
        again = await services.claims.hand_in(road.contract, said(road, proof=[better]), "claim", ANSWERS)
        assert (again.state, again.revision) == (ClaimState.UNDER_REVIEW, 2)
        assert again.first_sent_at == claim.first_sent_at
        assert [one.document_id for one in await services.claims.evidence(again)] == [better]
        with pytest.raises(Refusal, match="handed in already"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)
    await decide(acting, claim)
    assert (await now(acting, claim)).state == ClaimState.APPROVED


async def test_a_correction_may_come_after_the_deadline_but_not_for_ever(
    acting: ActingAs, road: Road
) -> None:
    returned_at = datetime(2022, 1, 14, 3, 0, tzinfo=UTC)
    claim = await claimed(acting, road, LAST)
    await decide(acting, claim, ReviewState.RETURNED, at=returned_at)
    async with acting(TARO, "slack", THEN) as services:
        until = await services.claims.correct_until(claim)
        assert until == datetime(2022, 1, 21, 14, 59, 59, tzinfo=UTC)
    async with acting(TARO, "slack", until + timedelta(seconds=1)) as services:
        with pytest.raises(Refusal, match="possible until"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)
    async with acting(TARO, "slack", until) as services:
        assert (await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)).revision == 2


def test_corrections_end_with_the_programme_and_never_before_the_deadline() -> None:
    rules = load("phase2")
    early, late = datetime(2021, 12, 1, 3, tzinfo=UTC), datetime(2022, 2, 25, 3, tzinfo=UTC)
    assert correct_until(rules, early) == LAST
    assert correct_until(rules, late) == datetime(2022, 2, 28, 14, 59, 59, tzinfo=UTC)


async def test_a_rejected_claim_frees_the_honorarium(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    await decide(acting, claim, ReviewState.REJECTED)
    assert (await now(acting, claim)).state == ClaimState.REJECTED
    assert await stands(acting, road) == {}
    async with acting(TARO, "slack", THEN) as services:
        with pytest.raises(Refusal, match="handed in already"):
            await services.claims.hand_in(road.contract, said(road), "claim", ANSWERS)


async def test_the_same_proof_on_two_claims_is_seen(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    async with acting("U-jiro", "slack", THEN) as services:
        expert = await people.expert(services)
    async with acting("U-other", at=THEN) as services:
        contract = await rows.contract(services, await people.company(services), expert)
        other = await rows.claim(
            services, await rows.invoice(services, await rows.report(services, contract))
        )
        (proof,) = await services.claims.evidence(claim)
        assert await services.claims.reused(claim) == []
        services.session.add(
            Evidence(
                kind=EvidenceKind.PAYMENT_PROOF,
                contract_id=contract.id,
                sha256=proof.sha256,
                added_at=THEN,
                added_by=expert.person_id,
            )
        )
        await services.session.flush()
        assert [one.id for one in await services.claims.reused(claim)] == [other.id]


# --- payment -------------------------------------------------------------------------------------------


async def test_a_claim_is_settled_only_from_where_it_can_be(acting: ActingAs, road: Road) -> None:
    claim = await claimed(acting, road)
    async with acting(None, at=THEN) as services:
        found = await services.claims.get(claim.id)
        assert found is not None
        for state, to in itertools.product(ClaimState, SETTLING):
            found.state = state
            if state in SETTLING[to]:
                await services.claims.settled(found, to)
                assert found.state == to
            else:
                with pytest.raises(Refusal, match="cannot go on"):
                    await services.claims.settled(found, to)
                assert found.state == state


async def paid(acting: ActingAs, road: Road) -> Claim:
    """A claim that was approved, scheduled and paid."""
    claim = await claimed(acting, road)
    await decide(acting, claim)
    async with acting(None, at=THEN) as services:
        (found,) = await services.claims.payable()
        await services.claims.settled(found, ClaimState.SCHEDULED)
        await services.claims.settled(found, ClaimState.PAID)
    return found


async def test_weeks_later_the_company_is_asked_once_whether_money_came_back(
    acting: ActingAs, road: Road
) -> None:
    claim = await paid(acting, road)
    async with acting(None, at=THEN + timedelta(days=30)) as services:
        await ask_refund(services, claim.id)
        assert told(services) == ["claim.refund"]
    async with acting(TARO, "slack", THEN) as services:
        with pytest.raises(Refusal):
            await services.claims.answer_refund(claim.id, False)
    async with acting(OWNER, at=THEN + timedelta(days=31)) as services:
        await services.claims.answer_refund(claim.id, True)
        assert told(services) == ["claim.refunded"]
        with pytest.raises(Refusal, match="answered this already"):
            await services.claims.answer_refund(claim.id, False)
    async with acting(None, at=THEN + timedelta(days=32)) as services:
        await ask_refund(services, claim.id)
        assert told(services) == []


async def test_an_expert_who_is_a_clerk_as_well_is_not_told_the_companys_answer(
    acting: ActingAs, road: Road
) -> None:
    claim = await paid(acting, road)
    for clerk in (TARO, MISAKI):
        async with acting(clerk, "slack", THEN) as services:
            assert services.person is not None
            await join(services.connection, services.person.identity)
            misaki = services.person.id
    async with acting(OWNER, at=THEN + timedelta(days=31)) as services:
        await services.claims.answer_refund(claim.id, True)
        assert [notice.person_id for notice in services.notices.told] == [misaki]


# --- when the money comes ------------------------------------------------------------------------------


def _at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour - 9, tzinfo=UTC)


def test_the_estimate_says_who_is_next_and_when_the_money_comes() -> None:
    rules = load("phase2")
    wednesday = _at(date(2021, 12, 1))
    due = rules.calendar.review_due(wednesday)
    told = estimate(ClaimState.UNDER_REVIEW, rules, wednesday, due_at=due)
    assert (told.waits, told.late) == (Waits.CLERK, False)
    assert (told.decided_by, told.paid_by) == (date(2021, 12, 6), date(2022, 1, 31))
    later = rules.calendar.review_due(_at(date(2021, 12, 3)))
    told = estimate(ClaimState.UNDER_REVIEW, rules, wednesday, due_at=due, report_due_at=later)
    assert (told.waits, told.decided_by) == (Waits.REPORT, date(2021, 12, 8))
    assert estimate(ClaimState.APPROVED_ONCE, rules, wednesday, due_at=due).waits is Waits.SECOND_CLERK


def test_an_overdue_review_is_owned_up_to() -> None:
    rules = load("phase2")
    due = rules.calendar.review_due(_at(date(2021, 12, 1)))
    told = estimate(ClaimState.UNDER_REVIEW, rules, _at(date(2021, 12, 13)), due_at=due)
    assert (told.late, told.decided_by) == (True, date(2021, 12, 16))


@pytest.mark.parametrize(
    ("approved", "paid"),
    [
        (date(2021, 11, 10), date(2021, 12, 28)),
        (date(2021, 12, 20), date(2022, 1, 31)),
        (date(2022, 1, 12), date(2022, 2, 28)),
        (date(2022, 2, 10), date(2022, 2, 28)),
    ],
)
def test_it_is_paid_by_the_end_of_the_next_month_and_of_the_programme(approved: date, paid: date) -> None:
    rules = load("phase2")
    told = estimate(ClaimState.APPROVED, rules, _at(approved), approved_at=_at(approved))
    assert (told.waits, told.paid_by) == (Waits.BANK, paid)


def test_a_day_that_nobody_knows_is_not_told() -> None:
    rules, at = load("phase2"), _at(date(2021, 12, 1))
    assert estimate(ClaimState.DEFICIENT, rules, at).paid_by is None
    assert estimate(ClaimState.UNDER_REVIEW, rules, at, due_at=at, frozen=True).paid_by is None
    assert estimate(ClaimState.PAID, rules, at).waits is Waits.NOBODY


async def test_the_estimate_knows_the_report_and_both_reviews(acting: ActingAs) -> None:
    road = await opened(acting, state=ReportState.UNDER_REVIEW)
    claim = await claimed(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        assert (await services.claims.estimate(claim)).waits is Waits.REPORT
        await services.session.execute(update(Report).values(state=ReportState.ACCEPTED))
        services.session.expire_all()
        assert (await services.claims.estimate(claim)).waits is Waits.CLERK
