"""“How much is left?” is always answered, in yen and in hours, on LINE and in Slack (issue 3.2)."""

from dataclasses import replace

import pytest

from services.bundle import Services
from services.cases import CaseState
from services.companies import Company
from services.plan_content import Step
from services.plan_records import PlanState
from services.values import Yen
from tests.services import plan_people as people
from tests.services import road
from tests.services.plan_people import CONTENT
from tests.story.test_plans import expert, settled
from tests.town import Desk, Phone, Town


@pytest.fixture
async def shop(town: Town) -> Phone:
    """A registered shop that had 158,500 yen in phase I."""
    phone = await town.phone().adds_us()

    async def settle(services: Services) -> Company:
        return await people.company(services, used=158_500)

    await settled(town, phone, settle)
    return phone


async def chosen(town: Town, shop: Phone, desk: Desk, state: PlanState, hours: int = 32) -> None:
    """The shop has chosen a plan of the expert; an approved one is reserved."""
    async with road.acting_in(town, desk) as services:
        maker = await services.experts.mine()
    async with road.acting_in(town, shop) as services:
        company = await services.companies.mine()
        assert company is not None and maker is not None
        case = await people.case(services, company, CaseState.PLAN_AGREED)
        content = replace(CONTENT, steps=(Step("SURVEY", hours * 60),))
        plan = await road.plan(services, company, maker, content=content, state=state, case_id=case.id)
        if state is PlanState.APPROVED:
            await services.ledger.reserve(plan, content.quote(services.programme).honorarium)


@pytest.mark.parametrize("typed", ["残り", "あといくら？", "いくら残ってる", "left"])
async def test_before_any_plan_it_is_told_at_the_usual_price(town: Town, shop: Phone, typed: str) -> None:
    await shop.says(typed)
    for line in ("300,000円", "158,500円", "141,500円", "1時間4,000円以上なら、あと40時間です"):
        assert line in shop.last
    town.accepted()


async def test_the_company_hears_it_at_the_price_of_its_plan(town: Town, shop: Phone) -> None:
    desk = await expert(town)
    await chosen(town, shop, desk, PlanState.APPROVED)
    await shop.says("状況")
    # 300,000 - 158,500 - 104,000 leaves 37,500: 11.5 hours of 3,250 yen.
    assert "37,500円（あと11.5時間）" in shop.last
    await shop.taps("残りを見る")
    for line in ("104,000円", "37,500円", "1時間3,750円なら、あと11.5時間です"):
        assert line in shop.last
    town.accepted()


async def test_what_is_agreed_and_still_checked_counts_too(town: Town, shop: Phone) -> None:
    desk = await expert(town)
    await chosen(town, shop, desk, PlanState.APPROVED)
    await chosen(town, shop, desk, PlanState.AGREED, hours=11)
    await shop.says("残り")
    for line in ("合意済み・確認中の分", "35,750円", "1,750円", "足りません"):
        assert line in shop.last


async def test_the_expert_hears_it_at_his_own_price(town: Town, shop: Phone) -> None:
    desk = await expert(town, paid=1_000_000)
    await chosen(town, shop, desk, PlanState.APPROVED)
    await desk.opens_home()
    # 1,500,000 - 1,000,000 - 104,000 leaves 396,000: 113 hours of 3,500 yen.
    assert "396,000円（あと113時間）" in desk.sees("home")
    await desk.presses("残りを見る", where="home")
    for line in ("1,500,000円", "1,000,000円", "104,000円", "396,000円", "あと113時間です"):
        assert line in desk.sees()
    await desk.commands("left")
    assert "あと113時間です" in desk.sees()
    await desk.says("残り")
    assert "あと113時間です" in desk.sees("dm")
    town.accepted()


async def test_every_stage_has_a_line_of_its_own(town: Town, shop: Phone) -> None:
    desk = await expert(town)
    async with road.acting_in(town, desk) as services:
        maker = await services.experts.mine()
    async with road.acting_in(town, shop) as services:
        company, ledger = await services.companies.mine(), services.ledger
        assert company is not None and maker is not None
        plan = await road.plan(services, company, maker)
        await ledger.reserve(plan, Yen(104_000))
        await ledger.confirm(plan, Yen(100_001))
        await ledger.pay(plan, Yen(60_002), Yen(0), claim_id=1, payment_id=1)
        await ledger.reclaim(plan, Yen(20_000), "hours not given", claim_id=1)
    await shop.says("残り")
    for line in ("40,002円", "20,000円", "確定・支払い前", "39,999円", "返還をお願いした分", "41,499円"):
        assert line in shop.last


async def test_who_is_not_registered_is_led_to_the_registration(town: Town) -> None:
    phone = await town.phone("山本 はな").adds_us()
    await phone.says("残り")
    assert "登録" in phone.last
    desk = town.desk()
    await desk.opens_home()
    await desk.commands("left")
    assert "登録" in desk.sees() + desk.sees("dm")
    town.accepted()
