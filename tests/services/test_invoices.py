"""Invoices on PostgreSQL: issued from the report, paid by what both sides say, replaced when the report changes."""

import asyncio
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from services.claim_days import due_on
from services.claims import ClaimState
from services.companies import MemberRow
from services.contract_records import Contract, ContractState
from services.invoices import Invoice, InvoiceState, overdue
from services.plan_content import Step
from services.programme import load
from services.refusals import Refusal
from services.report_records import Report, ReportState
from services.reviews import ReviewState
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services.claim_people import (
    OWNER,
    TARO,
    THEN,
    Road,
    claimed,
    decide,
    invoiced,
    opened,
    said,
)
from tests.services.plan_people import CONTENT, told

GOLDEN = Path(__file__).parent / "golden" / "invoice.txt"


@pytest.fixture
async def road(acting: ActingAs) -> Road:
    """A contract whose report the company has confirmed; the secretariat has not looked at it yet."""
    return await opened(acting, state=ReportState.UNDER_REVIEW)


async def read(acting: ActingAs, invoice: Invoice) -> str:
    """The words of an invoice's PDF, a line each, without the spaces that its layout makes."""
    async with acting(None) as services:
        assert invoice.paper_id is not None
        content = await services.papers.read(invoice.paper_id)
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    return "\n".join("".join(line.split()) for line in text.splitlines()) + "\n"


# --- when it is due ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued", "due"),
    [
        (date(2021, 11, 1), date(2021, 11, 15)),
        (date(2021, 11, 6), date(2021, 11, 22)),
        (date(2021, 12, 20), date(2022, 1, 4)),
        (date(2021, 12, 28), date(2022, 1, 7)),
        (date(2022, 1, 7), date(2022, 1, 7)),
        (date(2022, 1, 8), date(2022, 1, 8)),
        (date(2022, 1, 10), date(2022, 1, 10)),
        (date(2022, 1, 12), date(2022, 1, 26)),
        (date(2022, 2, 25), date(2022, 2, 28)),
    ],
)
def test_it_is_due_while_the_payment_can_still_be_shown(issued: date, due: date) -> None:
    assert due_on(issued, load("phase2")) == due


# --- issuing -------------------------------------------------------------------------------------------


async def test_the_figures_are_those_of_the_report(acting: ActingAs, road: Road) -> None:
    async with acting(TARO, "slack", THEN) as services:
        invoice = await services.invoices.issue(road.contract)
        assert (invoice.total_yen, invoice.honorarium_yen, invoice.share_yen) == (120_000, 104_000, 16_000)
        assert (invoice.minutes, invoice.due_on) == (1920, date(2021, 12, 15))
        assert invoice.number.startswith("V-")
        assert told(services) == ["invoice.issued"]
        assert [notice.mail for notice in services.notices.told] == [
            f"company{invoice.company_id}@example.jp"
        ]
        assert [row.action for row in await services.audit.history("invoice", invoice.id)] == ["issued"]


async def test_broken_hours_are_floored_and_still_add_up(acting: ActingAs) -> None:
    odd = replace(CONTENT, steps=(Step("SURVEY", 90),), price=Yen(3333))
    road = await opened(acting, content=odd, state=ReportState.UNDER_REVIEW)
    invoice = await invoiced(acting, road)
    assert (invoice.total_yen, invoice.honorarium_yen, invoice.share_yen) == (4_999, 4_249, 750)


async def test_the_paper_says_what_it_always_said(acting: ActingAs, road: Road) -> None:
    assert await read(acting, await invoiced(acting, road)) == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize(
    "state", [ReportState.CONFIRMING, ReportState.DISPUTED, ReportState.DEFICIENT, ReportState.WITHDRAWN]
)
async def test_nothing_is_asked_for_before_the_company_confirmed(
    acting: ActingAs, state: ReportState
) -> None:
    road = await opened(acting, state=state)
    with pytest.raises(Refusal, match="First the company confirms"):
        await invoiced(acting, road)


async def test_only_the_expert_of_the_contract_issues(acting: ActingAs, road: Road) -> None:
    for who, channel in ((OWNER, "line"), ("U-other", "slack")):
        async with acting(who, channel, THEN) as services:
            if who == "U-other":
                await people.expert(services)
            with pytest.raises(Refusal, match="cannot find"):
                await services.invoices.issue(road.contract)


async def test_a_contract_that_was_never_signed_is_not_invoiced(acting: ActingAs, road: Road) -> None:
    async with acting(None) as services:
        await services.session.execute(update(Contract).values(state=ContractState.EXPIRED))
    with pytest.raises(Refusal, match="both sides have signed"):
        await invoiced(acting, road)


async def test_pressing_twice_issues_once(acting: ActingAs, road: Road) -> None:
    results = await asyncio.gather(invoiced(acting, road), invoiced(acting, road), return_exceptions=True)
    assert sum(isinstance(one, Invoice) for one in results) == 1
    assert sum(isinstance(one, Refusal) for one in results) == 1


# --- a corrected report --------------------------------------------------------------------------------


async def correct(acting: ActingAs, road: Road) -> None:
    """The report comes back from a correction with two hours less, confirmed by the company."""
    async with acting(None) as services:
        await services.session.execute(
            update(Report)
            .where(Report.id == road.report)
            .values(minutes=1800, total_yen=112_500, honorarium_yen=97_500)
        )


async def test_a_corrected_report_replaces_the_invoice(acting: ActingAs, road: Road) -> None:
    first = await invoiced(acting, road)
    await correct(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        assert [report.id for report in await services.invoices.to_issue()] == [road.report]
        second = await services.invoices.issue(road.contract)
        assert services.notices.told[0].ids == {"invoice": second.id, "replaces": first.id}
        former = await services.invoices.get(first.id)
        assert former is not None
        assert former.state == InvoiceState.CANCELLED
        assert (await services.invoices.of_contract(road.contract)).id == second.id  # type: ignore[union-attr]
        assert await services.invoices.to_issue() == []
    assert second.share_yen == 15_000
    assert f"請求書{first.number}にかわるものです" in await read(acting, second)


async def test_an_outdated_invoice_is_not_paid(acting: ActingAs, road: Road) -> None:
    invoice = await invoiced(acting, road)
    await correct(acting, road)
    async with acting(OWNER, at=THEN) as services:
        with pytest.raises(Refusal, match="a new invoice will come"):
            await services.invoices.say_paid(invoice.id, date(2021, 12, 1))
    await invoiced(acting, road)
    async with acting(OWNER, at=THEN) as services:
        with pytest.raises(Refusal, match="void"):
            await services.invoices.say_paid(invoice.id, date(2021, 12, 1))


async def test_what_the_honorarium_was_approved_on_is_not_replaced(acting: ActingAs) -> None:
    road = await opened(acting)
    claim = await claimed(acting, road)
    await decide(acting, claim)
    await correct(acting, road)
    with pytest.raises(Refusal, match="ask the secretariat"):
        await invoiced(acting, road)


# --- paying --------------------------------------------------------------------------------------------


async def test_the_company_says_that_it_paid_and_may_correct_the_day(acting: ActingAs, road: Road) -> None:
    invoice = await invoiced(acting, road)
    async with acting(OWNER, at=THEN + timedelta(days=3)) as services:
        assert [one.id for one in await services.invoices.unpaid(invoice.company_id)] == [invoice.id]
        paid = await services.invoices.say_paid(invoice.id, date(2021, 12, 3))
        assert (paid.state, paid.paid_on, paid.received_on) == (InvoiceState.PAID, date(2021, 12, 3), None)
        assert told(services) == ["invoice.paid"]
        assert await services.invoices.unpaid(invoice.company_id) == []
        await services.invoices.say_paid(invoice.id, date(2021, 12, 3))
        assert told(services) == ["invoice.paid"]
        assert (await services.invoices.say_paid(invoice.id, date(2021, 12, 2))).paid_on == date(2021, 12, 2)


@pytest.mark.parametrize("day", [date(2021, 10, 31), date(2021, 12, 2)])
async def test_nobody_paid_before_the_contract_or_tomorrow(acting: ActingAs, road: Road, day: date) -> None:
    invoice = await invoiced(acting, road)
    async with acting(OWNER, at=THEN) as services:
        with pytest.raises(Refusal, match="choose a day"):
            await services.invoices.say_paid(invoice.id, day)


async def test_only_who_may_sign_for_the_company_says_so(acting: ActingAs, road: Road) -> None:
    invoice = await invoiced(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        with pytest.raises(Refusal, match="cannot find"):
            await services.invoices.say_paid(invoice.id, date(2021, 12, 1))
    async with acting(OWNER, at=THEN) as services:
        await services.session.execute(update(MemberRow).values(signatory=False))
        with pytest.raises(Refusal, match="may sign"):
            await services.invoices.say_paid(invoice.id, date(2021, 12, 1))


async def test_the_expert_says_that_it_came(acting: ActingAs, road: Road) -> None:
    invoice = await invoiced(acting, road)
    async with acting(TARO, "slack", THEN) as services:
        await services.claims.hand_in(road.contract, said(road), "claim", {})
        assert sorted(told(services)) == ["claim.received", "invoice.received"]
        now = await services.invoices.get(invoice.id)
        assert now is not None
        assert (now.state, now.paid_on, now.received_on) == (InvoiceState.PAID, None, date(2021, 12, 1))


async def test_what_was_approved_on_is_settled(acting: ActingAs) -> None:
    road = await opened(acting)
    claim = await claimed(acting, road)
    assert (await decide(acting, claim)).state == ReviewState.APPROVED
    async with acting(OWNER, at=THEN) as services:
        assert (await services.claims.get(claim.id)).state == ClaimState.APPROVED  # type: ignore[union-attr]
        with pytest.raises(Refusal, match="settled"):
            await services.invoices.say_paid(claim.invoice_id, date(2021, 12, 1))


# --- overdue -------------------------------------------------------------------------------------------


async def test_both_are_reminded_on_the_morning_after(acting: ActingAs, road: Road) -> None:
    invoice = await invoiced(acting, road)
    async with acting(None, at=datetime(2021, 12, 16, 1, 0, tzinfo=UTC)) as services:
        await overdue(services, invoice.id)
        assert sorted(told(services)) == ["invoice.due", "invoice.unpaid"]


async def test_nobody_is_reminded_of_what_is_paid(acting: ActingAs, road: Road) -> None:
    invoice = await invoiced(acting, road)
    async with acting(OWNER, at=THEN) as services:
        await services.invoices.say_paid(invoice.id, date(2021, 12, 1))
    async with acting(None, at=datetime(2021, 12, 16, 1, 0, tzinfo=UTC)) as services:
        await overdue(services, invoice.id)
        assert told(services) == []


# --- the paper -----------------------------------------------------------------------------------------


async def test_both_sides_may_read_it_and_nobody_else(acting: ActingAs, road: Road) -> None:
    invoice = await invoiced(acting, road)
    for who, channel in ((TARO, "slack"), (OWNER, "line")):
        async with acting(who, channel, THEN) as services:
            assert (await services.invoices.link(invoice.id)).startswith("/files/papers/")
    async with acting("U-stranger", at=THEN) as services:
        with pytest.raises(Refusal):
            await services.invoices.link(invoice.id)
