"""Payment runs on PostgreSQL: drawn up, released by another, answered by the bank, and never paid twice."""

import asyncio
import csv
import io
import itertools
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import mock

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from locales import Text
from services import payees, zengin
from services.accounts import Accounts
from services.books import opened
from services.claim_records import ClaimState
from services.ledger_records import LedgerEntry, Party, Stage
from services.papers import render
from services.payees import Kind
from services.payment_notices import notify
from services.payment_papers import NOTICE
from services.payments import Payment, PaymentRun, PaymentState, RunState
from services.refusals import Refusal
from services.session_records import SessionState
from services.statements import statement, years
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import payment_people as people
from tests.services import road
from tests.services.payment_people import AFTER, APPROVED, DAY, KEN, MISAKI, ON_THE_DAY, clerk
from tests.services.plan_people import told

PLACES = itertools.count(100, 10)
GROSS = 104_000
"""32 hours at 3,750 yen (DOMAIN 8.2)."""


async def text_of(acting: ActingAs, paper_id: int | None) -> str:
    """The words of a paper, without spaces."""
    assert paper_id is not None
    async with acting(None) as services:
        return words_of(await services.papers.read(paper_id))


def words_of(data: bytes) -> str:
    """The words of a PDF, without spaces: where its letters stand apart, there seem to be some."""
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages).split())


async def books_agree(engine: AsyncEngine, acting: ActingAs) -> None:
    """The accounts agree with the ledger, and the ledger with the payments, to the yen."""
    async with acting(None) as services:
        async with opened(engine, services.programme) as books:
            assert [wrong async for wrong in books.wrong()] == []
        paid = await services.session.scalar(
            select(func.coalesce(func.sum(Payment.honorarium_yen), 0)).where(
                Payment.state == PaymentState.PAID
            )
        )
        budget = await services.ledger.account(Party.BUDGET)
        assert budget.paid_yen + budget.reclaimed_yen == paid
        travel = await services.session.scalar(
            select(func.coalesce(func.sum(Payment.travel_yen), 0)).where(Payment.state == PaymentState.PAID)
        )
        assert (await services.ledger.account(Party.TRAVEL)).paid_yen == travel


# --- drawing up ----------------------------------------------------------------------------------------


async def test_every_approved_claim_comes_into_the_run_with_file_and_lists(acting: ActingAs) -> None:
    claims = await people.waiting(acting, 3, travel=28_000)
    async with clerk(acting) as services:
        assert await services.payments.waiting() == (3, Yen(396_000))
        drawn = await services.payments.draw_up(DAY)
        run = drawn.run
        assert run is not None
        assert not drawn.skipped
        assert (run.state, run.count, run.total_yen) == (RunState.DRAWN_UP, 3, 396_000)
        assert run.number.startswith("T-")
        assert told(services) == []
        payments = await services.payments.of_run(run.id)
        assert [payment.claim_id for payment in payments] == [claim.id for claim in claims]
        assert run.file_paper_id is not None
        assert run.table_paper_id is not None
        file = zengin.read(await services.papers.read(run.file_paper_id))
        assert (file.month, file.day, file.total) == (12, 24, 396_000)
        assert [transfer.reference for transfer in file.transfers] == [payment.id for payment in payments]
        assert {transfer.second for transfer in file.transfers} == {run.id}
        table = (await services.papers.read(run.table_paper_id)).decode("utf-8")
        assert table.startswith("\ufeff")
        rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
        assert len(rows) == 3
        assert claims[0].number in rows[0].values()
        assert await services.payments.waiting() == (0, Yen(0))
        assert [row.action for row in await services.audit.history("payment_run", run.id)] == ["drawn up"]
        assert [(card.kind, card.ref) for card in services.notices.drawn if card.kind == "payment_run"] == [
            ("payment_run", str(run.id))
        ]
    listed = await text_of(acting, run.list_paper_id)
    assert claims[1].number in listed
    assert "396,000円" in listed
    assert payments[0].bank["number"] not in listed


async def test_tax_is_withheld_by_the_rate_of_the_payee(acting: ActingAs) -> None:
    claim, *_others = await people.waiting(acting, 2)
    async with clerk(acting) as services:
        await payees.set_rate(services, claim.expert_id, Kind.BY_LAW, "個人のため")
        run = (await services.payments.draw_up(DAY)).run
        assert run is not None
        mine, other = await services.payments.of_run(run.id)
        assert (mine.gross_yen, mine.withheld_yen, mine.net_yen) == (GROSS, 10_618, 93_382)
        assert (other.withheld_yen, other.net_yen) == (0, GROSS)
        assert run.total_yen == 93_382 + GROSS


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2021, 12, 22), "needs until"),
        (date(2021, 12, 25), "does not work"),
        (date(2021, 12, 30), "does not work"),
        (date(2022, 1, 10), "does not work"),
        (date(2022, 3, 1), "up to"),
    ],
)
async def test_only_business_days_far_enough_ahead_within_the_programme(
    acting: ActingAs, day: date, why: str
) -> None:
    await people.waiting(acting)
    async with clerk(acting) as services:
        assert services.payments.earliest() == date(2021, 12, 23)
        with pytest.raises(Refusal, match=why):
            await services.payments.draw_up(day)


async def test_nothing_to_pay_is_said(acting: ActingAs) -> None:
    async with clerk(acting) as services:
        with pytest.raises(Refusal, match="No approved claim"):
            await services.payments.draw_up(DAY)


async def test_only_the_secretariat_pays(acting: ActingAs) -> None:
    await people.waiting(acting)
    async with acting("U-stranger", "slack", APPROVED) as services:
        with pytest.raises(Refusal, match="secretariat"):
            await services.payments.draw_up(DAY)


async def test_a_clerk_with_a_part_in_a_claim_neither_draws_up_nor_releases(acting: ActingAs) -> None:
    await people.waiting(acting)
    async with clerk(acting, people.name(0)) as services:
        with pytest.raises(Refusal, match="part in one"):
            await services.payments.draw_up(DAY)
    run_id = await people.drawn(acting)
    async with clerk(acting, people.name(0)) as services:
        with pytest.raises(Refusal, match="part in one"):
            await services.payments.release(run_id)


async def test_an_account_that_takes_no_transfer_is_left_out_and_asked_for(acting: ActingAs) -> None:
    good = await people.one_waiting(acting, 0)
    bad = await people.one_waiting(
        acting, 1, bank={"bank": "9999", "branch": "001", "kind": "1", "number": "1234567", "holder": "ｻﾄｳ"}
    )
    async with clerk(acting) as services:
        drawn = await services.payments.draw_up(DAY)
        assert [one.claim.id for one in drawn.skipped] == [bad.id]
        assert "bank" in drawn.skipped[0].reason.message
        assert drawn.run is not None
        assert drawn.run.count == 1
        assert "payment.failed" in told(services)
        assert await services.payments.why_failed(drawn.skipped[0].claim) == drawn.skipped[0].reason
    assert await people.state(acting, good) == ClaimState.SCHEDULED
    assert await people.state(acting, bad) == ClaimState.PAY_FAILED


async def test_where_every_account_is_wrong_there_is_no_run(acting: ActingAs) -> None:
    bank = {"bank": "0001", "branch": "001", "kind": "1", "number": "1234567", "holder": "山田"}
    claim = await people.one_waiting(acting, bank=bank)
    async with clerk(acting) as services:
        assert (await services.payments.draw_up(DAY)).run is None
        assert await services.session.scalar(select(func.count()).select_from(PaymentRun)) == 0
    assert await people.state(acting, claim) == ClaimState.PAY_FAILED


async def test_two_clerks_at_once_make_one_run(acting: ActingAs) -> None:
    await people.waiting(acting, 4)

    async def draw(who: str) -> int | None:
        try:
            async with clerk(acting, who) as services:
                run = (await services.payments.draw_up(DAY)).run
                return run.id if run else None
        except Refusal:
            return None

    runs = [run for run in await asyncio.gather(draw(MISAKI), draw(KEN)) if run is not None]
    assert len(runs) == 1
    assert len(await people.payments(acting, runs[0])) == 4


async def test_the_database_itself_holds_a_claim_in_one_live_run(acting: ActingAs) -> None:
    await people.waiting(acting)
    run_id = await people.drawn(acting)
    payment, *_none = await people.payments(acting, run_id)
    with pytest.raises(IntegrityError, match="uq_payments_claim_id"):
        async with acting(None) as services:
            columns = {c.key: getattr(payment, c.key) for c in Payment.__table__.columns if c.key != "id"}
            services.session.add(Payment(**columns))
            await services.session.flush()


# --- release and cancellation --------------------------------------------------------------------------


async def test_whoever_drew_it_up_does_not_release_it(acting: ActingAs) -> None:
    await people.waiting(acting)
    run_id = await people.drawn(acting)
    async with clerk(acting, MISAKI) as services:
        with pytest.raises(Refusal, match="colleague"):
            await services.payments.release(run_id)
    async with clerk(acting, KEN) as services:
        run = await services.payments.release(run_id)
        assert told(services) == ["payment.scheduled"]
        assert (run.state, run.released_by) == (RunState.RELEASED, services.person and services.person.id)
    async with clerk(acting, "U-third") as services:
        with pytest.raises(Refusal, match="released or cancelled"):
            await services.payments.release(run_id)


async def test_a_day_that_has_come_too_near_is_not_released(acting: ActingAs) -> None:
    await people.waiting(acting)
    run_id = await people.drawn(acting)
    async with clerk(acting, KEN, APPROVED + timedelta(days=2)) as services:
        with pytest.raises(Refusal, match="too late"):
            await services.payments.release(run_id)
        await services.payments.cancel(run_id)


async def test_what_the_company_denies_meanwhile_is_not_released(acting: ActingAs) -> None:
    claim, *_none = await people.waiting(acting)
    run_id = await people.drawn(acting)
    async with acting("U-owner-0", at=APPROVED) as services:
        contract = await services.contracts.get(claim.contract_id)
        assert contract is not None
        await road.session(services, contract, state=SessionState.DENIED)
    async with clerk(acting, KEN) as services:
        with pytest.raises(Refusal, match="denies"):
            await services.payments.release(run_id)
        await services.payments.cancel(run_id)
        with pytest.raises(Refusal, match="No approved claim"):
            await services.payments.draw_up(DAY)


async def test_a_cancelled_run_gives_its_claims_back(acting: ActingAs, engine: AsyncEngine) -> None:
    claim, *_others = await people.waiting(acting, 2)
    run_id = await people.drawn(acting)
    async with clerk(acting) as services:
        assert (await services.payments.cancel(run_id)).state == RunState.CANCELLED
    assert await people.state(acting, claim) == ClaimState.APPROVED
    again = await people.drawn(acting)
    assert again != run_id
    async with clerk(acting, KEN) as services:
        with pytest.raises(Refusal, match="released or cancelled"):
            await services.payments.release(run_id)
        await services.payments.release(again)
        with pytest.raises(Refusal, match="released or cancelled"):
            await services.payments.cancel(again)
    await books_agree(engine, acting)


async def test_release_and_cancellation_at_once_are_one_of_them(acting: ActingAs) -> None:
    claim, *_none = await people.waiting(acting)
    run_id = await people.drawn(acting)

    async def attempt(who: str, what: str) -> bool:
        try:
            async with clerk(acting, who) as services:
                await getattr(services.payments, what)(run_id)
        except Refusal:
            return False
        return True

    done = await asyncio.gather(attempt(KEN, "release"), attempt(MISAKI, "cancel"))
    assert sorted(done) == [False, True]
    expected = ClaimState.SCHEDULED if done[0] else ClaimState.APPROVED
    assert await people.state(acting, claim) == expected


# --- the bank's answer ---------------------------------------------------------------------------------


async def test_all_are_paid_except_one(acting: ActingAs, engine: AsyncEngine) -> None:
    claims = await people.waiting(acting, 3, travel=28_000)
    run_id = await people.released(acting)
    payments = await people.payments(acting, run_id)
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        run = await services.payments.result(run_id, {payments[1].id: "NAME_DIFFERS"})
        assert run.state == RunState.CLOSED
        assert told(services) == ["payment.failed"]
        refused = await services.claims.get(claims[1].id)
        assert refused is not None
        assert (
            await services.payments.why_failed(refused) == services.payments.failure("NAME_DIFFERS").sentence
        )
    assert [await people.state(acting, claim) for claim in claims] == [
        ClaimState.PAID,
        ClaimState.PAY_FAILED,
        ClaimState.PAID,
    ]
    await books_agree(engine, acting)


async def test_a_result_is_entered_once(acting: ActingAs, engine: AsyncEngine) -> None:
    await people.waiting(acting, 2)
    run_id = await people.paid(acting)
    first, *_rest = await people.payments(acting, run_id)
    async with clerk(acting, KEN, ON_THE_DAY) as services:
        for again in (
            services.payments.result(run_id, {}),
            services.payments.result(run_id, {first.id: "NO_ACCOUNT"}),
            services.payments.settle(first.id),
            services.payments.settle(first.id, "NO_ACCOUNT"),
        ):
            with pytest.raises(Refusal, match="settled"):
                await again
    await books_agree(engine, acting)


async def test_two_clerks_enter_the_result_at_once_and_it_counts_once(
    acting: ActingAs, engine: AsyncEngine
) -> None:
    await people.waiting(acting, 3)
    run_id = await people.released(acting)

    async def enter(who: str) -> bool:
        try:
            async with clerk(acting, who, ON_THE_DAY) as services:
                await services.payments.result(run_id, {})
        except Refusal:
            return False
        return True

    assert sorted(await asyncio.gather(enter(MISAKI), enter(KEN))) == [False, True]
    async with acting(None) as services:
        rows = await services.session.scalar(
            select(func.count()).select_from(LedgerEntry).where(LedgerEntry.target == Stage.PAID)
        )
        assert rows == 3
    await books_agree(engine, acting)


async def test_the_answer_comes_on_the_day_and_for_released_runs_only(acting: ActingAs) -> None:
    await people.waiting(acting)
    run_id = await people.drawn(acting)
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        with pytest.raises(Refusal, match="not with the bank"):
            await services.payments.result(run_id, {})
    async with clerk(acting, KEN) as services:
        await services.payments.release(run_id)
        with pytest.raises(Refusal, match="carries it out"):
            await services.payments.result(run_id, {})


async def test_an_answer_with_a_stranger_in_it_enters_nothing(acting: ActingAs) -> None:
    claim, *_none = await people.waiting(acting)
    run_id = await people.released(acting)
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        payment, *_rest = await services.payments.of_run(run_id)
        for failed in ({10**9: "NO_ACCOUNT"}, {payment.id: "NO_SUCH_REASON"}):
            with pytest.raises(Refusal):
                await services.payments.result(run_id, failed)
    assert await people.state(acting, claim) == ClaimState.SCHEDULED


async def test_what_the_books_refuse_leaves_no_trace(acting: ActingAs) -> None:
    claims = await people.waiting(acting, 2)
    run_id = await people.released(acting)
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        moves = 0

        async def empty(*_args: object, **_values: object) -> None:
            nonlocal moves
            moves += 1
            if moves == 2:
                raise Refusal(Text("The purse is empty."))

        with mock.patch.object(services.ledger, "pay", empty), pytest.raises(Refusal, match="purse"):
            await services.payments.result(run_id, {})
    assert {await people.state(acting, claim) for claim in claims} == {ClaimState.SCHEDULED}
    assert {one.state for one in await people.payments(acting, run_id)} == {PaymentState.SCHEDULED}


async def test_one_payment_after_the_other_closes_the_run_with_the_last(acting: ActingAs) -> None:
    await people.waiting(acting, 2)
    run_id = await people.released(acting)
    first, second = await people.payments(acting, run_id)
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        assert (await services.payments.settle(first.id)).state == RunState.RELEASED
        assert (await services.payments.settle(second.id, "NO_ACCOUNT")).state == RunState.CLOSED


async def test_what_failed_is_paid_with_another_account(acting: ActingAs, engine: AsyncEngine) -> None:
    claim, *_none = await people.waiting(acting)
    run_id = await people.released(acting)
    payment, *_none = await people.payments(acting, run_id)
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        await services.payments.settle(payment.id, "NO_ACCOUNT")
        with pytest.raises(Refusal, match="No approved"):
            await services.payments.draw_up(date(2022, 1, 5))
    async with acting(people.name(0), "slack", ON_THE_DAY) as services:
        change = await Accounts(services).correct(people.OTHER, [])
    async with clerk(acting, MISAKI, AFTER) as services:
        await Accounts(services).confirm(change.id)
        run = (await services.payments.draw_up(date(2022, 1, 5))).run
        assert run is not None
        again, *_none = await services.payments.of_run(run.id)
        assert (again.bank["number"], again.bank["bank"]) == ("7654321", "0009")
    async with clerk(acting, KEN, AFTER) as services:
        await services.payments.release(run.id)
    async with clerk(acting, MISAKI, AFTER + timedelta(days=9)) as services:
        await services.payments.result(run.id, {})
        assert [one.state for one in await services.payments.of_claim(claim.id)] == [
            PaymentState.FAILED,
            PaymentState.PAID,
        ]
    await books_agree(engine, acting)


async def test_a_payment_that_comes_back_later_is_undone_by_new_rows(
    acting: ActingAs, engine: AsyncEngine
) -> None:
    claim, *_none = await people.waiting(acting, 1, travel=28_000)
    run_id = await people.paid(acting)
    payment, *_none = await people.payments(acting, run_id)
    async with clerk(acting, MISAKI, AFTER) as services:
        run = await services.payments.bounce(payment.id, "ACCOUNT_CLOSED")
        assert run.state == RunState.CLOSED
        assert (await services.ledger.account(Party.BUDGET)).confirmed_yen == GROSS
        rows = await services.session.scalar(
            select(func.count()).select_from(LedgerEntry).where(LedgerEntry.payment_id == payment.id)
        )
        assert rows == 4
        with pytest.raises(Refusal, match="carried out"):
            await services.payments.bounce(payment.id, "ACCOUNT_CLOSED")
        await Accounts(services).pay_again(claim.id)
        assert await services.payments.waiting() == (1, Yen(GROSS + 28_000))
    assert await people.state(acting, claim) == ClaimState.APPROVED
    await books_agree(engine, acting)


# --- notice and statement ------------------------------------------------------------------------------


async def test_the_notice_says_what_was_paid_and_withheld(acting: ActingAs) -> None:
    claim, *_none = await people.waiting(acting, 1, travel=28_000)
    async with clerk(acting) as services:
        await payees.set_rate(services, claim.expert_id, Kind.BY_LAW, "個人のため")
    payment, *_none = await people.payments(acting, await people.paid(acting))
    async with acting(None, at=ON_THE_DAY) as services:
        await notify(services, payment.id)
        assert told(services) == ["payment.paid", "payment.company"]
        assert services.notices.told[0].mail is not None
    async with acting(None, at=ON_THE_DAY) as services:
        await notify(services, payment.id)
        assert told(services) == []
        again = await services.payments.payment(payment.id)
        assert again is not None
    words = await text_of(acting, again.notice_paper_id)
    for expected in (
        "謝金支払通知書",
        "佐藤健一様",
        claim.number,
        "2021年12月24日",
        "132,000円",
        "−13,477円",
        "118,523円",
        "みずほ",
        "32時間",
    ):
        assert expected in words
    assert payment.bank["number"] not in words
    assert f"****{payment.bank['number'][-3:]}" in words


def test_the_notice_reads_as_it_did() -> None:
    notice = render(
        NOTICE,
        {
            "dated": date(2021, 12, 24),
            "programme": {"name": "デジタル化応援隊事業", "short_name": "応援隊", "phase": 2},
            "number": "H-000014",
            "expert": "佐藤 健一",
            "expert_number": "E-000022",
            "contract": "K-000031",
            "company": "C-000045",
            "run": "T-000057",
            "transfer_on": date(2021, 12, 24),
            "minutes": 1920,
            "honorarium": 104_000,
            "travel": 28_000,
            "gross": 132_000,
            "withheld": 13_477,
            "net": 118_523,
            "bank": "みなと",
            "branch": "三宮",
            "account": "****567",
        },
    )
    golden = (Path(__file__).parent / "golden" / "payment-notice.txt").read_text("utf-8")
    assert words_of(notice) == "".join(golden.split())


async def test_no_notice_of_what_came_back_meanwhile(acting: ActingAs) -> None:
    await people.waiting(acting)
    payment, *_none = await people.payments(acting, await people.paid(acting))
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        await services.payments.bounce(payment.id, "NO_ACCOUNT")
    async with acting(None, at=ON_THE_DAY) as services:
        await notify(services, payment.id)
        assert told(services) == []


async def test_the_statement_of_a_year_is_what_the_ledger_paid(acting: ActingAs) -> None:
    claim, *_others = await people.waiting(acting, 2)
    await people.paid(acting)
    async with acting(people.name(0), "slack", AFTER) as services:
        assert await years(services, claim.expert_id) == [2021]
        paper = await statement(services, claim.expert_id, 2021)
        with pytest.raises(Refusal, match="Nothing was paid"):
            await statement(services, claim.expert_id, 2022)
    words = await text_of(acting, paper.id)
    assert "支払明細書" in words
    assert words.count("104,000円") >= 3
    assert "208,000円" not in words
    async with acting(people.name(1), "slack", AFTER) as services:
        with pytest.raises(Refusal):
            await statement(services, claim.expert_id, 2021)


# --- whatever happens ----------------------------------------------------------------------------------

answers = st.lists(
    st.tuples(st.sampled_from(["paid", "failed", "bounced", "again"]), st.integers(0, 2), st.booleans()),
    max_size=8,
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=answers)
async def test_the_ledger_equals_the_payments_whatever_the_bank_answers(
    acting: ActingAs, engine: AsyncEngine, steps: list[tuple[str, int, bool]]
) -> None:
    place = next(PLACES)
    claims = [await people.one_waiting(acting, place + n, travel=7_000 * n) for n in range(3)]
    at = APPROVED

    async def run() -> None:
        """Pay whatever waits, up to the bank's answer."""
        nonlocal at
        async with clerk(acting, MISAKI, at) as services:
            day = services.payments.earliest()
            try:
                made = (await services.payments.draw_up(day)).run
            except Refusal:
                return
            assert made is not None
        async with clerk(acting, KEN, at) as services:
            await services.payments.release(made.id)
        at = max(at, datetime.combine(day, at.timetz()))

    await run()
    for what, which, redraw in steps:
        async with clerk(acting, MISAKI, at) as services:
            tried = await services.payments.of_claim(claims[which].id)
            try:
                match what:
                    case "paid":
                        await services.payments.settle(tried[-1].id)
                    case "failed":
                        await services.payments.settle(tried[-1].id, "NO_ACCOUNT")
                    case "bounced":
                        await services.payments.bounce(tried[-1].id, "NO_ACCOUNT")
                    case _:
                        await Accounts(services).pay_again(claims[which].id)
            except Refusal:
                pass
        if redraw:
            await run()
        await books_agree(engine, acting)
    async with acting(None) as services:
        for claim in claims:
            found = await services.claims.get(claim.id)
            assert found is not None
            stands = found.state
            live = [
                one
                for one in await services.payments.of_claim(claim.id)
                if one.state in ("scheduled", "paid")
            ]
            assert len(live) == (1 if stands in (ClaimState.SCHEDULED, ClaimState.PAID) else 0)
