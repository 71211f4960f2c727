"""Whoever leaves the road gives back what was reserved, and whoever leaves it too early or too late is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import driver
from services.programme import Deadline
from tests.services.season import cast
from tests.services.season.cast import Season
from tests.services.season.deeds import Deed, perform
from tests.services.season.walking import agreed, approved, before, concluded, must, newest

BEGINS = datetime(2021, 10, 20, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def season(engine: AsyncEngine, quick_papers: None) -> Season:
    """A season at its beginning."""
    return await cast.opened(engine, cast.small(BEGINS), BEGINS)


async def held(season: Season) -> dict[str, int]:
    """What the budget holds at each stage for all contracts together."""
    query = "SELECT reserved_yen, confirmed_yen, paid_yen, reclaimed_yen FROM accounts WHERE party = 'budget'"
    async with season.engine.connect() as connection:
        [amounts] = await driver(connection).rows(query, ())
    assert await season.broken() == []
    return {
        stage: yen
        for stage, yen in zip(("reserved", "confirmed", "paid", "reclaimed"), amounts, strict=True)
        if yen
    }


async def test_a_contract_that_is_not_signed_holds_nothing(season: Season) -> None:
    for by in ("owner1", "taro"):
        contract = await approved(season, "owner1", "taro")
        assert await held(season) == {"reserved": 14_000}
        await must(season, Deed("cancel_contract", by, contract))
        assert await held(season) == {}
    await must(season, Deed("sign", "taro", await approved(season, "owner1", "taro")))
    await season.wait(season.programme.closes(Deadline.CONTRACT) - season.now + DAY)
    assert await held(season) == {}


async def test_a_smaller_contract_holds_less_and_a_terminated_one_what_was_given(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro", 360)
    assert await held(season) == {"reserved": 21_000}
    await must(season, Deed("propose_change", "owner1", contract, 2))
    await must(season, Deed("agree_to_change", "taro", await newest(season, "contract_changes")))
    assert await held(season) == {"reserved": 17_500}
    record = await before(season, contract, "record")
    await must(season, Deed("terminate", "taro", contract))
    assert await held(season) == {"reserved": 14_000}
    await must(season, record)
    await before(season, contract, "confirm_report")
    assert await held(season) == {"reserved": 14_000}


async def test_what_the_office_rejects_is_free_again(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro")
    confirm = await before(season, contract, "confirm_report")
    await must(season, confirm)
    await must(season, Deed("reject_report", "misaki", confirm.of))
    assert await held(season) == {}
    approve = await before(season, await concluded(season, "owner1", "saburo"), "approve_claim")
    assert await held(season) == {"confirmed": 14_000}
    await must(season, Deed("reject_claim", "ken", approve.of))
    assert await held(season) == {}


async def test_what_comes_back_is_free_when_it_is_there(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro")
    await must(season, await before(season, contract, "approve_claim"))
    await must(season, Deed("draw_up", "misaki"))
    run = await newest(season, "payment_runs")
    await must(season, Deed("release", "ken", run))
    await must(season, Deed("one_failed", "ken", run, after=10 * DAY))
    assert await held(season) == {"confirmed": 14_000}
    await must(season, Deed("pay_again", "misaki", await newest(season, "claims")))
    await must(season, Deed("draw_up", "ken"))
    await must(season, Deed("release", "misaki", run + 1))
    await must(season, Deed("all_paid", "ken", run + 1, after=10 * DAY))
    assert await held(season) == {"paid": 14_000}
    await must(season, Deed("demand", "ken", await newest(season, "claims")))
    await must(season, Deed("confirm_demand", "misaki", await newest(season, "reclaims")))
    assert await held(season) == {"paid": 9_334, "reclaimed": 4_666}
    await must(season, Deed("repay", "misaki", await newest(season, "reclaims")))
    await must(season, Deed("repay", "misaki", await newest(season, "reclaims"), 1))
    assert await held(season) == {"paid": 9_334}


async def test_nothing_is_done_before_its_time_nor_after(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro")
    plan = await agreed(season, "owner2", "taro")
    unsigned = await approved(season, "owner3", "jiro")
    assert await perform(season, Deed("start", "taro", contract)) is not None
    hand_in = await before(season, contract, "hand_in")
    season.now = season.programme.closes(Deadline.CONTRACT) + timedelta(seconds=1)
    for late in (
        Deed("sign", "jiro", unsigned),
        Deed("approve_plan", "ken", plan),
        Deed("propose", "taro", 4, 40),
    ):
        assert await perform(season, late) is not None, late
    season.now = season.programme.closes(Deadline.CLAIM) + timedelta(seconds=1)
    assert await perform(season, hand_in) is not None
    assert await season.broken() == []
