"""Paid honorarium demanded back by two clerks, in parts, and what came back of it."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.books import opened
from services.claim_records import Claim, ClaimState
from services.ledger_records import LedgerEntry, Party, Stage
from services.reclaims import Reclaims, ReclaimState
from services.refusals import Refusal
from services.statements import statement
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import payment_people as people
from tests.services.payment_people import AFTER, KEN, MISAKI, clerk
from tests.services.plan_people import told
from tests.services.test_payments import GROSS, text_of

REASON = "2回分の支援が行われていませんでした。"


@pytest.fixture
async def claim(acting: ActingAs) -> Claim:
    """A paid claim of 104,000 yen."""
    made, *_none = await people.waiting(acting)
    await people.paid(acting)
    return made


async def demanded(acting: ActingAs, claim: Claim, yen: int = 40_000) -> int:
    """A demand that both clerks agreed on."""
    async with clerk(acting, MISAKI, AFTER) as services:
        reclaim = await Reclaims(services).demand(claim.id, Yen(yen), REASON)
    async with clerk(acting, KEN, AFTER) as services:
        return (await Reclaims(services).confirm(reclaim.id)).id


async def balanced(engine: AsyncEngine, acting: ActingAs) -> None:
    """Nothing in the books disagrees."""
    async with acting(None) as services, opened(engine, services.programme) as books:
        assert [wrong async for wrong in books.wrong()] == []


async def test_a_demand_is_confirmed_by_another_clerk_and_told_with_a_letter(
    acting: ActingAs, claim: Claim, engine: AsyncEngine
) -> None:
    async with clerk(acting, MISAKI, AFTER) as services:
        reclaim = await Reclaims(services).demand(claim.id, Yen(40_000), REASON)
        assert told(services) == []
        with pytest.raises(Refusal, match="colleague"):
            await Reclaims(services).confirm(reclaim.id)
        assert (await services.ledger.account(Party.BUDGET)).reclaimed_yen == 0
    async with clerk(acting, KEN, AFTER) as services:
        confirmed = await Reclaims(services).confirm(reclaim.id)
        assert (confirmed.state, confirmed.due_on) == (ReclaimState.DEMANDED, date(2022, 1, 16))
        assert told(services) == ["reclaim.demanded"]
        assert services.notices.told[0].mail is not None
        assert (await services.ledger.account(Party.BUDGET)).reclaimed_yen == 40_000
        with pytest.raises(Refusal, match="decided"):
            await Reclaims(services).confirm(reclaim.id)
    assert await people.state(acting, claim) == ClaimState.RECLAIMED
    words = await text_of(acting, confirmed.paper_id)
    for expected in ("謝金返還請求書", "40,000円", "104,000円", "2022年1月16日", REASON, claim.number):
        assert expected in words
    await balanced(engine, acting)


async def test_it_comes_back_in_parts_and_frees_the_caps(
    acting: ActingAs, claim: Claim, engine: AsyncEngine
) -> None:
    reclaim_id = await demanded(acting, claim)
    async with clerk(acting, MISAKI, AFTER) as services:
        reclaims = Reclaims(services)
        assert (await reclaims.repay(reclaim_id, Yen(15_000), date(2021, 12, 27))).open_yen == 25_000
        with pytest.raises(Refusal, match="still open"):
            await reclaims.repay(reclaim_id, Yen(25_001), date(2021, 12, 27))
        with pytest.raises(Refusal, match="up to"):
            await reclaims.repay(reclaim_id, Yen(1), date(2021, 12, 28))
        settled = await reclaims.repay(reclaim_id, Yen(25_000), date(2021, 12, 27))
        assert settled.state == ReclaimState.REPAID
        assert told(services) == ["reclaim.repaid"] * 2
        with pytest.raises(Refusal, match="decided"):
            await reclaims.repay(reclaim_id, Yen(1), date(2021, 12, 27))
        account = await services.ledger.account(Party.EXPERT, claim.expert_id)
        assert (account.paid_yen, account.reclaimed_yen) == (GROSS - 40_000, 0)
        rows = list(
            await services.session.scalars(
                select(LedgerEntry.yen).where(LedgerEntry.source == Stage.RECLAIMED).order_by(LedgerEntry.id)
            )
        )
        assert rows == [15_000, 25_000]
    await balanced(engine, acting)
    async with acting(people.name(0), "slack", AFTER) as services:
        paper = await statement(services, claim.expert_id, 2021)
    words = await text_of(acting, paper.id)
    assert "返還" in words
    assert "25,000円" in words


async def test_no_more_is_demanded_than_was_paid(acting: ActingAs, claim: Claim) -> None:
    async with clerk(acting, MISAKI, AFTER) as services:
        reclaims = Reclaims(services)
        for wrong in (0, -1, GROSS + 1):
            with pytest.raises(Refusal, match="Up to"):
                await reclaims.demand(claim.id, Yen(wrong), REASON)
        first = await reclaims.demand(claim.id, Yen(100_000), REASON)
        with pytest.raises(Refusal, match="Up to"):
            await reclaims.demand(claim.id, Yen(4_001), REASON)
        await reclaims.drop(first.id)
        await reclaims.demand(claim.id, Yen(GROSS), REASON)


async def test_two_demands_at_once_do_not_exceed_what_was_paid(
    acting: ActingAs, claim: Claim, engine: AsyncEngine
) -> None:
    async def demand(who: str) -> bool:
        try:
            async with clerk(acting, who, AFTER) as services:
                await Reclaims(services).demand(claim.id, Yen(60_000), REASON)
        except Refusal:
            return False
        return True

    assert sorted(await asyncio.gather(demand(MISAKI), demand(KEN))) == [False, True]
    await balanced(engine, acting)


async def test_a_second_part_can_be_demanded_later(
    acting: ActingAs, claim: Claim, engine: AsyncEngine
) -> None:
    await demanded(acting, claim, 40_000)
    await demanded(acting, claim, 64_000)
    async with clerk(acting, MISAKI, AFTER) as services:
        assert (await services.ledger.account(Party.BUDGET)).reclaimed_yen == GROSS
        with pytest.raises(Refusal, match="Up to"):
            await Reclaims(services).demand(claim.id, Yen(1), REASON)
        assert await services.session.scalar(select(func.count()).select_from(LedgerEntry)) == 5
    await balanced(engine, acting)


async def test_what_is_not_paid_cannot_be_demanded_back(acting: ActingAs) -> None:
    claim, *_none = await people.waiting(acting)
    async with clerk(acting, MISAKI, AFTER) as services:
        with pytest.raises(Refusal, match="Only paid"):
            await Reclaims(services).demand(claim.id, Yen(1), REASON)


async def test_what_is_demanded_back_does_not_bounce(acting: ActingAs, claim: Claim) -> None:
    await demanded(acting, claim)
    async with clerk(acting, MISAKI, AFTER) as services:
        payment, *_none = await services.payments.of_claim(claim.id)
        with pytest.raises(Refusal, match="demanded back"):
            await services.payments.bounce(payment.id, "NO_ACCOUNT")


async def test_what_came_back_from_the_bank_meanwhile_is_not_demanded(acting: ActingAs, claim: Claim) -> None:
    async with clerk(acting, MISAKI, AFTER) as services:
        reclaim = await Reclaims(services).demand(claim.id, Yen(1_000), REASON)
        payment, *_none = await services.payments.of_claim(claim.id)
        await services.payments.bounce(payment.id, "NO_ACCOUNT")
    async with clerk(acting, KEN, AFTER) as services:
        with pytest.raises(Refusal, match="not paid any more"):
            await Reclaims(services).confirm(reclaim.id)


async def test_nobody_demands_of_himself_and_only_clerks_do(acting: ActingAs, claim: Claim) -> None:
    async with clerk(acting, people.name(0), AFTER) as services:
        with pytest.raises(Refusal, match="part in this"):
            await Reclaims(services).demand(claim.id, Yen(1), REASON)
    async with acting("U-stranger", "slack", AFTER + timedelta(hours=1)) as services:
        with pytest.raises(Refusal, match="secretariat"):
            await Reclaims(services).demand(claim.id, Yen(1), REASON)


async def test_nobody_drops_a_demand_on_himself(acting: ActingAs, claim: Claim) -> None:
    async with clerk(acting, KEN, AFTER) as services:
        reclaim = await Reclaims(services).demand(claim.id, Yen(1), REASON)
    async with clerk(acting, people.name(0), AFTER) as services:
        with pytest.raises(Refusal, match="part in this"):
            await Reclaims(services).drop(reclaim.id)
        found = await Reclaims(services).get(reclaim.id)
        assert found is not None and found.state == ReclaimState.PROPOSED
