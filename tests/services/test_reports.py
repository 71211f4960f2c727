"""Reports on PostgreSQL: nothing is lost, everything that is missing is said at once, and the money follows the confirmed hours."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select, update

from locales.language import speaker
from services import expert_index, fees, similar_records
from services import report_content as content
from services.cases import CaseState
from services.companies import MemberRow
from services.contract_records import Contract, ContractState
from services.ledger import Stage
from services.people import Identity
from services.programme import load
from services.refusals import Refusal
from services.report_book import SILENT
from services.report_content import Done
from services.reports import Report, ReportState
from services.reviews import Remark, ReviewState
from services.secretariat import join
from services.session_records import EvidenceKind, Session, SessionState
from services.timers import Attempt, TimerRow
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.plan_people import told
from tests.services.report_people import (
    AFTER,
    CLERK,
    FIRST_DAY,
    OWNER,
    SECOND,
    TARO,
    WORDS,
    confirmed,
    decide,
    now,
    proven,
    sent,
    supported,
)

GOLDEN = Path(__file__).parent / "golden" / "report.txt"
LAST_SECOND = datetime(2022, 1, 10, 14, 59, 59, tzinfo=UTC)
"""23:59:59 in Tokyo on the last day for reports."""
THIN = Remark("outcome", "CONTENT_THIN", "もう少し詳しく書いてください。")
ADVICE = Remark("advice", "CONTENT_THIN", "もう少し詳しく書いてください。")


@pytest.fixture
async def contract(acting: ActingAs) -> Contract:
    """32 hours were given, proven and confirmed."""
    return await supported(acting)


def said(refusal: pytest.ExceptionInfo[Refusal]) -> str:
    """A refusal as it reads."""
    return speaker("en")(refusal.value.reason)


async def stands(acting: ActingAs, of: Contract) -> dict[Stage, Yen]:
    """Where the honorarium of the contract stands."""
    async with acting(None) as services:
        return await services.ledger.of_plan(of.plan_id)


async def state_of(acting: ActingAs, of: Contract) -> str:
    """Where the contract stands."""
    async with acting(None) as services:
        found = await services.contracts.get(of.id)
        assert found is not None
        return found.state


# --- what it is written from ---------------------------------------------------------------------------


async def test_the_report_begins_with_what_the_sessions_say(acting: ActingAs) -> None:
    of = await supported(acting, days=2)
    async with acting(TARO, "slack") as services:
        answers = await services.reports.draft(of)
    assert answers["steps"] == "SURVEY"
    assert answers["result_survey"].startswith("11/10 受注の流れを")
    assert "\n11/11 受注の流れを" in answers["result_survey"]


def test_long_summaries_are_cut_to_what_an_answer_may_hold() -> None:
    done = [Done(FIRST_DAY.date(), ["SURVEY"], "長い" * 300)] * 3
    assert len(content.prefill(done, ["SURVEY"])["result_survey"]) == content.LONGEST_RESULT


def test_steps_come_in_the_order_of_the_programme() -> None:
    done = [Done(FIRST_DAY.date(), ["EFFECT", "SURVEY"], "測りました。")]
    assert content.prefill(done, ["SURVEY", "ISSUES", "EFFECT"])["steps"] == "SURVEY,EFFECT"


# --- sending -------------------------------------------------------------------------------------------


async def test_a_report_is_sent_and_the_company_is_asked(acting: ActingAs, contract: Contract) -> None:
    async with acting(TARO, "slack", AFTER) as services:
        report = await services.reports.send(contract.id, WORDS)
        assert told(services) == ["report.confirm", "report.sent"]
        assert [bool(notice.mail) for notice in services.notices.told] == [True, True]
        assert report.number.startswith("J-")
        assert (report.state, report.revision) == (ReportState.CONFIRMING, 1)
        assert (report.minutes, report.total_yen, report.honorarium_yen) == (1920, 120_000, 104_000)


async def test_everything_that_is_missing_is_said_at_once(acting: ActingAs) -> None:
    of = await supported(acting, days=1)
    async with acting(TARO, "slack") as services:
        later = FIRST_DAY + timedelta(days=1)
        await road.session(services, of, later, state=SessionState.RECORDED)
        photo = await road.session(services, of, later + timedelta(days=1), state=SessionState.DENIED)
        await proven(services, photo, (EvidenceKind.PHOTO,))
        await road.session(services, of, later + timedelta(days=2), 2000)
    async with acting(TARO, "slack", AFTER) as services:
        problems = await services.reports.problems(of)
        with pytest.raises(Refusal) as refusal:
            await services.reports.send(of.id, WORDS)
        assert await services.reports.of_contract(of.id) is None
        assert told(services) == []
    for reason in problems:
        assert speaker("en")(reason) in said(refusal)
    for part in ("32 are planned", "confirmed by the company", "no support", "photos", "recording"):
        assert part in said(refusal), said(refusal)


async def test_without_a_session_there_is_nothing_to_report(acting: ActingAs) -> None:
    of = await supported(acting, days=0)
    with pytest.raises(Refusal) as refusal:
        await sent(acting, of)
    assert "No session has been recorded yet." in said(refusal)


async def test_an_answer_that_is_left_out_is_named(acting: ActingAs, contract: Contract) -> None:
    with pytest.raises(Refusal) as refusal:
        await sent(acting, contract, advice=" ")
    assert refusal.value.about == "advice"
    with pytest.raises(Refusal) as refusal:
        await sent(acting, contract, result_introduction="")
    assert refusal.value.about == "result_introduction"


async def test_nobody_else_writes_the_report(acting: ActingAs, contract: Contract) -> None:
    async with acting("U-jiro", "slack") as services:
        await people.expert(services)
        with pytest.raises(Refusal):
            await services.reports.send(contract.id, WORDS)
    async with acting(OWNER, "line", AFTER) as services:
        with pytest.raises(Refusal, match="The expert writes the report"):
            await services.reports.send(contract.id, WORDS)


async def test_there_is_one_report_for_a_contract(acting: ActingAs, contract: Contract) -> None:
    await sent(acting, contract)
    with pytest.raises(Refusal, match="Report {number}"):
        await sent(acting, contract)


async def test_two_windows_at_once_send_it_once(acting: ActingAs, contract: Contract) -> None:
    tried = await asyncio.gather(
        sent(acting, contract), sent(acting, contract, outcome="別の画面から。"), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in tried) == ["Refusal", "Report"]


async def test_a_contract_that_was_never_signed_is_not_reported(acting: ActingAs, contract: Contract) -> None:
    async with acting(None) as services:
        await services.session.execute(update(Contract).values(state=ContractState.READY))
    with pytest.raises(Refusal, match="both sides have signed"):
        await sent(acting, contract)


# --- deadlines, to the second --------------------------------------------------------------------------


async def test_the_last_second_counts(acting: ActingAs, contract: Contract) -> None:
    report = await sent(acting, contract, LAST_SECOND)
    assert report.first_sent_at == LAST_SECOND


async def test_a_second_later_it_is_too_late(acting: ActingAs, contract: Contract) -> None:
    with pytest.raises(Refusal):
        await sent(acting, contract, LAST_SECOND + timedelta(seconds=1))
    async with acting(None) as services:
        assert await services.reports.of_contract(contract.id) is None


CURE_ENDS = datetime(2022, 1, 18, 14, 59, 59, tzinfo=UTC)
"""Five business days after Tuesday 11 January: the 12th to the 14th, the 17th and the 18th."""


@pytest.mark.parametrize(("late", "taken"), [(0, True), (1, False)])
async def test_what_was_returned_is_corrected_within_its_days(
    acting: ActingAs, contract: Contract, late: int, taken: bool
) -> None:
    report = await confirmed(acting, await sent(acting, contract, LAST_SECOND))
    await decide(acting, report, ReviewState.RETURNED, ADVICE, at=datetime(2022, 1, 11, 3, 0, tzinfo=UTC))
    async with acting(TARO, "slack", CURE_ENDS + timedelta(seconds=late)) as services:
        again = WORDS | {"advice": "毎月、数字を見て写真を替えてください。"}
        if taken:
            corrected = await services.reports.send(contract.id, again, 1)
            assert corrected.first_sent_at == LAST_SECOND
        else:
            with pytest.raises(Refusal):
                await services.reports.send(contract.id, again, 1)


async def test_the_days_to_correct_never_pass_the_end_of_the_programme(
    acting: ActingAs, contract: Contract
) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    late = datetime(2022, 2, 27, 3, 0, tzinfo=UTC)
    await decide(acting, report, ReviewState.RETURNED, ADVICE, at=late)
    async with acting(TARO, "slack", datetime(2022, 3, 1, 3, 0, tzinfo=UTC)) as services:
        report = await now(acting, report)
        assert services.reports.correct_until(report) == datetime(2022, 2, 28, 14, 59, 59, tzinfo=UTC)
        with pytest.raises(Refusal):
            await services.reports.send(contract.id, WORDS | {"advice": "新しく。"}, 1)


# --- the company's word --------------------------------------------------------------------------------


async def test_the_company_confirms_and_the_secretariat_reviews(acting: ActingAs, contract: Contract) -> None:
    report = await sent(acting, contract)
    async with acting(OWNER, "line", AFTER) as services:
        report = await services.reports.confirm(report.id, 1, 4, "ていねいでした。")
        assert told(services) == ["report.confirmed", "report.confirmed"]
        review = await services.reviews.latest("report", report.id)
        assert review is not None and review.open
        assert review.answers == WORDS
    assert (report.state, report.rating, report.comment) == (ReportState.UNDER_REVIEW, 4, "ていねいでした。")


async def test_only_a_signatory_confirms(acting: ActingAs, contract: Contract) -> None:
    report = await sent(acting, contract)
    async with acting("U-part-timer", "line", AFTER) as services:
        assert services.person is not None
        services.session.add(
            MemberRow(company_id=contract.company_id, person_id=services.person.id, signatory=False)
        )
        await services.session.flush()
        with pytest.raises(Refusal, match="may sign for your business"):
            await services.reports.confirm(report.id, 1, 5)
    assert (await now(acting, report)).state == ReportState.CONFIRMING


async def test_another_company_sees_nothing(acting: ActingAs, contract: Contract) -> None:
    report = await sent(acting, contract)
    async with acting("U-stranger", "line", AFTER) as services:
        await people.company(services)
        for attempt in (
            services.reports.confirm(report.id, 1, 5),
            services.reports.dispute(report.id, 1, "違います"),
            services.reports.to_read(report.id),
        ):
            with pytest.raises(Refusal, match="cannot find this report"):
                await attempt


@pytest.mark.parametrize("rating", [0, 6, -1])
async def test_a_rating_has_five_steps(acting: ActingAs, contract: Contract, rating: int) -> None:
    report = await sent(acting, contract)
    with pytest.raises(Refusal):
        await confirmed(acting, report, rating=rating)


async def test_a_disputed_report_is_corrected_and_confirmed_anew(
    acting: ActingAs, contract: Contract
) -> None:
    report = await sent(acting, contract)
    async with acting(OWNER, "line", AFTER) as services:
        await services.reports.dispute(report.id, 1, "導入はまだ終わっていません。")
        assert told(services) == ["report.disputed"]
    async with acting(TARO, "slack", AFTER) as services:
        report = await services.reports.send(contract.id, WORDS | {"tools": ""}, 1)
        assert told(services) == ["report.confirm", "report.sent"]
    assert (report.state, report.revision, report.dispute) == (ReportState.CONFIRMING, 2, None)
    async with acting(OWNER, "line", AFTER) as services:
        with pytest.raises(Refusal, match="has changed since"):
            await services.reports.confirm(report.id, 1, 5)
    assert (await confirmed(acting, report)).state == ReportState.UNDER_REVIEW


async def test_an_old_window_does_not_overwrite_a_newer_revision(
    acting: ActingAs, contract: Contract
) -> None:
    report = await sent(acting, contract)
    async with acting(OWNER, "line", AFTER) as services:
        await services.reports.dispute(report.id, 1, "違います。")
    async with acting(TARO, "slack", AFTER) as services:
        with pytest.raises(Refusal, match="has changed since"):
            await services.reports.send(contract.id, WORDS, 0)


async def test_confirming_and_taking_back_at_once_leaves_one_of_them(
    acting: ActingAs, contract: Contract
) -> None:
    report = await sent(acting, contract)

    async def take_back() -> Report:
        async with acting(TARO, "slack", AFTER) as services:
            return await services.reports.withdraw(report.id, 1)

    tried = await asyncio.gather(confirmed(acting, report), take_back(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in tried) == ["Refusal", "Report"]
    became = (await now(acting, report)).state
    assert became == next(one.state for one in tried if isinstance(one, Report))


async def test_what_was_taken_back_is_sent_again(acting: ActingAs, contract: Contract) -> None:
    report = await sent(acting, contract)
    async with acting(TARO, "slack", AFTER) as services:
        await services.reports.withdraw(report.id, 1)
        assert told(services) == ["report.withdrawn"]
    async with acting(OWNER, "line", AFTER) as services:
        with pytest.raises(Refusal):
            await services.reports.confirm(report.id, 1, 5)
    async with acting(TARO, "slack", AFTER) as services:
        again = await services.reports.send(contract.id, WORDS, 1)
        assert (again.id, again.revision) == (report.id, 2)


async def test_after_the_last_day_nothing_is_taken_back(acting: ActingAs, contract: Contract) -> None:
    report = await sent(acting, contract)
    async with acting(TARO, "slack", LAST_SECOND + timedelta(seconds=1)) as services:
        with pytest.raises(Refusal, match="Reports have closed"):
            await services.reports.withdraw(report.id, 1)


async def test_hours_that_are_no_longer_confirmed_are_not_confirmed(
    acting: ActingAs, contract: Contract
) -> None:
    report = await sent(acting, contract)
    async with acting(None) as services:
        first = (await services.sessions.of_contract(contract.id))[0]
        await services.session.execute(
            update(Session).where(Session.id == first.id).values(state=SessionState.DENIED)
        )
    with pytest.raises(Refusal, match="sessions have changed"):
        await confirmed(acting, report)


async def test_a_silent_company_is_called(acting: ActingAs, contract: Contract) -> None:
    report = await sent(acting, contract)
    async with acting(None, at=AFTER + timedelta(days=5)) as services:
        while await Attempt().run(services):
            pass
        assert "report.reminder" in told(services)
        assert ("report", str(report.id)) in [(one.kind, one.ref) for one in services.notices.drawn]
        assert [one.id for one in await services.reports.unanswered()] == [report.id]
    await confirmed(acting, report)
    async with acting(None) as services:
        assert await services.reports.unanswered() == []


async def test_an_answer_in_time_spares_the_call(acting: ActingAs, contract: Contract) -> None:
    await confirmed(acting, await sent(acting, contract))
    async with acting(None) as services:
        waiting = await services.connection.exec_driver_sql(
            f"SELECT count(*) FROM timers WHERE kind = '{SILENT}' AND done_at IS NULL"
        )
        assert waiting.scalar_one() == 0


# --- the secretariat's word ----------------------------------------------------------------------------


async def test_an_accepted_report_confirms_the_money_and_ends_the_contract(
    acting: ActingAs, contract: Contract
) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    assert await stands(acting, contract) == {Stage.RESERVED: Yen(104_000)}
    await decide(acting, report, ReviewState.APPROVED)
    report = await now(acting, report)
    assert report.state == ReportState.ACCEPTED
    assert await stands(acting, contract) == {Stage.CONFIRMED: Yen(104_000)}
    assert await state_of(acting, contract) == ContractState.ENDED


async def test_an_accepted_report_is_experience_of_its_expert(acting: ActingAs, contract: Contract) -> None:
    await decide(acting, await confirmed(acting, await sent(acting, contract)), ReviewState.APPROVED)
    async with acting(OWNER) as services:
        waiting = select(TimerRow.id).where(
            TimerRow.kind == expert_index.ONE, TimerRow.ref == contract.expert_id
        )
        assert await services.session.scalar(waiting) is not None


async def test_hours_that_were_not_given_are_free_again(acting: ActingAs) -> None:
    of = await supported(acting, days=10)
    report = await confirmed(acting, await sent(acting, of))
    assert (report.minutes, report.total_yen, report.honorarium_yen) == (1200, 75_000, 65_000)
    await decide(acting, report, ReviewState.APPROVED)
    assert await stands(acting, of) == {Stage.CONFIRMED: Yen(65_000)}


async def test_the_case_is_closed_with_its_report(acting: ActingAs) -> None:
    of = await supported(acting)
    async with acting(OWNER) as services:
        mine = await services.companies.mine()
        assert mine is not None
        case = await people.case(services, mine, CaseState.CONTRACTED)
        plan = await services.plans.get(of.plan_id)
        assert plan is not None
        plan.case_id = case.id
    await decide(acting, await confirmed(acting, await sent(acting, of)), ReviewState.APPROVED)
    async with acting(OWNER) as services:
        found = await services.cases.get(case.id)
        assert found is not None
        assert found.state == CaseState.CLOSED


async def test_both_sides_are_told_and_the_change_is_in_the_log(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    async with acting(CLERK, "slack", AFTER) as services:
        review = await services.reviews.latest("report", report.id)
        assert review is not None
        points = [point.code for point in services.programme.checklists.report]
        await services.reviews.decide(review.id, ReviewState.APPROVED, checked=points)
        assert told(services).count("report.accepted") == 2
        assert all(notice.mail for notice in services.notices.told if notice.kind == "report.accepted")
        history = [row.action for row in await services.audit.history("report", report.id)]
    assert history == ["sent", "confirmed", "submitted", "approved", "accepted"]


async def test_without_the_checklist_nothing_is_accepted(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    async with acting(CLERK, "slack", AFTER) as services:
        review = await services.reviews.latest("report", report.id)
        assert review is not None
        with pytest.raises(Refusal, match="tick every point"):
            await services.reviews.decide(review.id, ReviewState.APPROVED)
    assert (await now(acting, report)).state == ReportState.UNDER_REVIEW
    assert await stands(acting, contract) == {Stage.RESERVED: Yen(104_000)}


async def test_a_correction_of_words_alone_goes_straight_to_the_secretariat(
    acting: ActingAs, contract: Contract
) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    await decide(acting, report, ReviewState.RETURNED, ADVICE)
    assert (await now(acting, report)).state == ReportState.DEFICIENT
    async with acting(TARO, "slack", AFTER) as services:
        report = await services.reports.send(contract.id, WORDS | {"advice": "毎月、数字を見る。"}, 1)
        assert told(services) == ["report.sent"]
    assert (report.state, report.rating) == (ReportState.UNDER_REVIEW, 5)
    await decide(acting, report, ReviewState.APPROVED)
    assert (await now(acting, report)).state == ReportState.ACCEPTED


async def test_a_new_outcome_needs_the_company_again(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    await decide(acting, report, ReviewState.RETURNED, THIN)
    async with acting(TARO, "slack", AFTER) as services:
        report = await services.reports.send(contract.id, WORDS | {"outcome": "注文が月60件です。"}, 1)
        assert told(services) == ["report.confirm", "report.sent"]
    assert (report.state, report.rating, report.confirmed_at) == (ReportState.CONFIRMING, None, None)


async def test_fewer_hours_need_the_company_again(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    await decide(acting, report, ReviewState.RETURNED, Remark("proofs", "OVERLAP", "確認してください。"))
    async with acting(None) as services:
        first = (await services.sessions.of_contract(contract.id))[0]
        await services.session.execute(
            update(Session).where(Session.id == first.id).values(billable_minutes=60)
        )
    async with acting(TARO, "slack", AFTER) as services:
        report = await services.reports.send(contract.id, WORDS, 1)
    assert (report.state, report.minutes) == (ReportState.CONFIRMING, 1860)


async def test_a_rejected_report_frees_the_money_and_says_why(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    await decide(acting, report, ReviewState.REJECTED, Remark("", "DELIVERABLE", "納品が含まれています。"))
    assert (await now(acting, report)).state == ReportState.REJECTED
    assert await stands(acting, contract) == {}
    assert await state_of(acting, contract) == ContractState.ENDED
    async with acting(TARO, "slack", AFTER) as services:
        with pytest.raises(Refusal):
            await services.reports.send(contract.id, WORDS, 1)


async def test_whoever_has_a_part_in_it_does_not_decide(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    async with acting(TARO, "slack", AFTER) as services:
        assert services.person is not None
        await join(services.connection, services.person.identity)
        review = await services.reviews.latest("report", report.id)
        assert review is not None
        with pytest.raises(Refusal, match="a colleague must decide"):
            await services.reviews.decide(review.id, ReviewState.APPROVED)
    async with acting(None) as services:
        owner = (await services.companies.members(contract.company_id))[0]
        assert await services.reports.involves(report.id, owner)


async def test_two_clerks_at_once_accept_it_once(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    tried = await asyncio.gather(
        decide(acting, report, ReviewState.APPROVED),
        decide(acting, report, ReviewState.REJECTED, Remark("", "DELIVERABLE", "対象外です。"), clerk=SECOND),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in tried) == ["Refusal", "Review"]
    assert len(await stands(acting, contract)) <= 1


async def test_a_terminated_contract_is_reported_the_same_way(acting: ActingAs) -> None:
    of = await supported(acting, days=4)
    async with acting(TARO, "slack", AFTER) as services:
        await services.contracts.terminate(of.id, "企業の都合で終わります。")
    assert await stands(acting, of) == {Stage.RESERVED: Yen(26_000)}
    report = await confirmed(acting, await sent(acting, of))
    await decide(acting, report, ReviewState.APPROVED)
    assert await stands(acting, of) == {Stage.CONFIRMED: Yen(26_000)}
    assert await state_of(acting, of) == ContractState.TERMINATED


# --- rules without a database --------------------------------------------------------------------------

RATES = load("phase2").rates


@given(
    price=st.integers(501, 30_000),
    planned=st.integers(2, 200).map(lambda halves: halves * 30),
    given_=st.integers(0, 200).map(lambda halves: halves * 30),
    unconfirmed=st.integers(0, 10).map(lambda halves: halves * 30),
)
def test_claimed_hours_never_exceed_confirmed_or_planned_ones(
    price: int, planned: int, given_: int, unconfirmed: int
) -> None:
    """Whatever passes the rules is worth no more than the plan (invariant 6)."""
    confirmed_minutes = max(given_ - unconfirmed, 0)
    if content.wrong_hours(given_, planned) or not confirmed_minutes:
        return
    minutes = min(confirmed_minutes, planned)
    quote = fees.quote(Yen(price), minutes, RATES)
    most = fees.quote(Yen(price), planned, RATES)
    assert minutes <= confirmed_minutes <= given_ <= planned
    assert quote.honorarium <= most.honorarium and quote.total <= most.total


def test_many_reasons_are_counted_where_they_do_not_fit() -> None:
    reasons = content.wrong_hours(0, 60) * 50
    assert speaker("en")(content.refusal(reasons).reason).endswith("And 30 more.")


# --- what remains --------------------------------------------------------------------------------------


async def test_completed_supports_and_their_rating_are_public(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract), rating=4)
    async with acting(None) as services:
        reputation = await services.reports.reputation(contract.expert_id)
        assert (reputation.count, reputation.average) == (0, None)
    await decide(acting, report, ReviewState.APPROVED)
    async with acting(None) as services:
        expert = await services.experts.get(contract.expert_id)
        company = await services.companies.get(contract.company_id)
        assert expert is not None and company is not None
        reputation = await services.reports.reputation(expert.id)
        assert (reputation.count, reputation.average) == (1, None), "one rating would tell whose it is"
        for rating in (5, 5, None):
            of = await road.contract(services, company, expert)
            await road.report(services, of, rating=rating)
        reputation = await services.reports.reputation(expert.id)
    assert (reputation.count, reputation.average) == (4, Decimal("4.7"))


async def test_reports_of_other_contracts_are_compared(acting: ActingAs, contract: Contract) -> None:
    report = await sent(acting, contract)
    async with acting(None) as services:
        expert = await services.experts.get(contract.expert_id)
        company = await services.companies.get(contract.company_id)
        assert expert is not None and company is not None
        other = await road.report(services, await road.contract(services, company, expert), content=WORDS)
        await similar_records.keep(services, "report", [other.id])
    async with acting(CLERK, "slack") as services:
        await join(services.connection, Identity("slack", "T1", CLERK))
        [twin] = await similar_records.twins(services, "report", report.id)
        assert (twin.written.ref, twin.likeness.share) == (other.id, 1.0)
        assert content.told(other.content) == content.told(report.content)


async def test_the_paper_of_the_report_reads_as_it_should(acting: ActingAs) -> None:
    of = await supported(acting, days=2)
    report = await confirmed(acting, await sent(acting, of))
    with pytest.raises(Refusal, match="when the report is accepted"):
        async with acting(OWNER, "line", AFTER) as services:
            await services.reports.paper_link(report.id)
    await decide(acting, report, ReviewState.APPROVED)
    report = await now(acting, report)
    assert report.paper_id is not None
    async with acting(None) as services:
        data = await services.papers.read(report.paper_id)
    read = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert "\n".join("".join(line.split()) for line in read.splitlines()) + "\n" == GOLDEN.read_text("utf-8")


async def test_both_sides_and_the_secretariat_read_the_paper(acting: ActingAs, contract: Contract) -> None:
    report = await confirmed(acting, await sent(acting, contract))
    await decide(acting, report, ReviewState.APPROVED)
    for who, channel in ((OWNER, "line"), (TARO, "slack"), (CLERK, "slack")):
        async with acting(who, channel, AFTER) as services:
            assert (await services.reports.paper_link(report.id)).startswith("/files/papers/")
    async with acting("U-stranger", "line", AFTER) as services:
        with pytest.raises(Refusal, match="cannot find this report"):
            await services.reports.paper_link(report.id)
