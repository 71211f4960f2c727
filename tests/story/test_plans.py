"""An expert proposes in Slack, a small business compares and agrees on LINE (story steps 6 and 7)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import people as everybody
from services.bundle import Services
from services.cases import Case
from services.companies import Company
from services.database import transaction
from services.people import Identity, IdentityRow
from tests.conftest import NOON
from tests.services import plan_people as people
from tests.town import Desk, Phone, Town

AIM = {"purpose": "ネット販売を始め、注文の手間を半分にします。"}
STEPS = {"steps": ["SURVEY", "INTRODUCTION"], "price": "3750"}
HOURS = {"hours_survey": "4", "work_survey": "受注の流れを一緒に調べます", "hours_introduction": "28"}
WHEN = {
    "period_start": "2021-11-08",
    "period_end": "2021-12-24",
    "mode": "online",
    "tool_costs_note": "カートの月額料金が別にかかります",
    "message": "くわしくは090-1234-5678まで",
}
WORD = {"relation": "none", "declared": ["2021-10-19"]}


async def settled(town: Town, who: Phone | Desk, settle: Callable[[Services], Awaitable[Any]]) -> None:
    """Make somebody registered, without the conversation that leads there."""
    async with transaction(town.ouentai.engine) as connection:
        row = (
            await connection.execute(
                select(IdentityRow.channel, IdentityRow.tenant, IdentityRow.external).where(
                    IdentityRow.external == who.user
                )
            )
        ).one()
        person = await everybody.lock(connection, Identity(*row))
        services = Services(connection, town.ouentai.programme, town.ouentai.clock, person)
        await settle(services)
        await services.flush()


@pytest.fixture
async def shop(town: Town) -> Phone:
    """A registered shop with a published case."""
    phone = await town.phone().adds_us()

    async def settle(services: Services) -> Case:
        return await people.case(services, await people.company(services))

    await settled(town, phone, settle)
    return phone


async def expert(town: Town, name: str = "佐藤 健一", **other: Any) -> Desk:
    """A registered expert."""
    desk = town.desk(name)
    await desk.opens_home()
    await settled(town, desk, lambda services: people.expert(services, display_name=name, **other))
    return desk


async def _company_serial(town: Town) -> int:
    async with transaction(town.ouentai.engine) as connection:
        return int((await connection.execute(select(Company.id))).scalar_one())


async def finds(desk: Desk) -> Desk:
    """Find the case and begin a plan."""
    await desk.commands("search ネット販売")
    return await desk.presses("提案する")


async def proposes(town: Town, name: str = "佐藤 健一", **answers: str) -> Desk:
    """A registered expert who has sent a plan for the case."""
    desk = await finds(await expert(town, name))
    for page in (AIM, STEPS, HOURS, WHEN, WORD):
        await desk.submits(_with(page, answers))
    return desk


def _with(page: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    return {key: answers.get(key, value) for key, value in page.items()}


async def agrees(phone: Phone) -> Phone:
    """Two taps and a confirmation."""
    return await phone.taps("詳しく見る", "この計画で進める", "同意する")


async def test_a_plan_is_written_with_the_money_computed_live(town: Town, shop: Phone) -> None:
    desk = await finds(await expert(town))
    await desk.submits(AIM)
    await desk.submits(STEPS)
    await desk.fills(HOURS)
    assert "合計32時間：120,000円" in desk.sees()
    assert "企業の負担 16,000円（1時間 500円）" in desk.sees()
    await desk.submits()
    await desk.submits(WHEN | {"period_end": "2022-01-11"})
    assert set(desk.errors()) == {"period_end"}
    await desk.submits({"period_end": "2021-12-24"})
    await desk.submits(WORD)
    assert "を送りました" in desk.sees()
    assert "謝金 104,000円" in desk.sees()
    assert "提案が届きました" in shop.recent
    for line in (
        "佐藤 健一",
        "注文の手間を半分",
        "32時間",
        "あなたの負担 16,000円（合計 120,000円）",
        "オンライン",
    ):
        assert line in shop.last
    await shop.taps("詳しく見る")
    assert "謝金（国の負担）" in shop.last
    assert "受注の流れを一緒に調べます" in shop.last
    assert "090-1234" not in shop.last
    town.accepted()


async def test_a_price_outside_the_rules_is_refused_with_the_reason(town: Town, shop: Phone) -> None:
    desk = await finds(await expert(town))
    await desk.submits(AIM)
    await desk.submits(STEPS | {"price": "500"})
    assert "500円" in desk.sees()
    await desk.submits(HOURS)
    await desk.submits(WHEN)
    await desk.submits(WORD)
    assert desk.errors() or "を送りました" not in desk.sees()
    assert "提案が届きました" not in shop.recent


async def test_a_package_fills_in_steps_and_hours(town: Town, shop: Phone) -> None:
    desk = await finds(await expert(town))
    await desk.fills({"package": "ONLINE_SHOP"})
    await desk.submits(AIM)
    await desk.submits()
    assert "合計32時間" in desk.sees()
    town.accepted()


async def test_a_wish_for_finished_work_is_pointed_out(town: Town, shop: Phone) -> None:
    desk = await finds(await expert(town))
    await desk.submits({"purpose": "ホームページを作って納品してほしいとのことで作成します。"})
    assert "制作や開発は対象外です" in desk.sees()


async def test_two_proposals_are_compared_and_one_is_agreed_on(town: Town, shop: Phone) -> None:
    clerk = await town.clerk()
    await proposes(town, price="10000")
    other = await proposes(town, "田中 美穂")
    # The second of a day waits for the digest.
    assert "田中 美穂" not in shop.recent
    await town.turn(datetime(2021, 10, 20, 6, 0, 5, tzinfo=UTC))
    assert "新しい提案が1件" in shop.recent
    await shop.says("提案")
    assert shop.last.index("田中 美穂") < shop.last.index("佐藤 健一")
    await shop.taps("詳しく見る", "この計画で進める")
    assert "この計画で進めますか" in shop.last
    assert "16,000円（1時間 500円）" in shop.last
    await shop.taps("同意する")
    assert "事務局が確認中" in shop.recent
    assert "に合意しました" in other.sees("dm")
    mailed = {mail["to"].partition("@")[0].rstrip("0123456789") for mail in town.mailbox.mails()}
    assert mailed == {"company", "expert"}
    assert "120,000円" in clerk.sees("channel")
    assert "田中 美穂" not in clerk.sees("channel")
    await clerk.opens_home()
    assert "支援計画の成立審査" in clerk.sees("home")
    await clerk.presses("開く", where="home")
    assert "受注の流れを一緒に調べます" in clerk.sees()
    await shop.taps("同意する")
    assert "合意済みです" in shop.last
    await shop.taps("いまの状況")
    assert "事務局が確認中" in shop.recent
    await other.opens_home()
    assert "成立審査待ち" in other.sees("home")
    town.accepted()


async def test_the_others_are_told_politely(town: Town, shop: Phone) -> None:
    chosen = await proposes(town)
    other = await proposes(town, "田中 美穂", price="10000")
    await agrees(shop)
    assert "ほかの計画に決まりました" in other.sees("dm")
    assert "ほかの計画に決まりました" not in chosen.sees("dm")
    await shop.says("提案")
    assert "事務局が確認中" in shop.last
    assert "田中 美穂" not in shop.last
    town.accepted()


async def test_a_revision_shows_what_changed_and_old_buttons_explain_themselves(
    town: Town, shop: Phone
) -> None:
    desk = await proposes(town)
    old = shop.button("詳しく見る")
    await desk.presses("提出した計画")
    await desk.presses("開く")
    await desk.presses("修正する")
    await desk.submits()
    await desk.submits({"price": "4000"})
    await desk.submits()
    await desk.submits()
    await desk.submits(WORD)
    assert "を修正しました" in desk.sees()
    assert "3,750円 → 4,000円" in shop.recent
    assert "前の合意は無効" not in shop.recent
    await town.line.tap(shop.user, old)
    await town.idle()
    assert "3,750円 → 4,000円" in shop.last
    await agrees(shop)
    assert "事務局が確認中" in shop.recent
    town.accepted()


async def test_revising_an_agreed_plan_voids_the_agreement(town: Town, shop: Phone) -> None:
    desk = await proposes(town)
    await agrees(shop)
    await desk.opens_home()
    await desk.presses("開く", where="home")
    await desk.presses("修正する")
    await desk.submits()
    await desk.submits({"price": "4000"})
    await desk.submits()
    await desk.submits()
    await desk.submits(WORD)
    assert "前の合意は無効" in shop.recent
    await agrees(shop)
    assert "事務局が確認中" in shop.recent
    town.accepted()


async def test_the_company_agrees_while_the_expert_is_revising(town: Town, shop: Phone) -> None:
    desk = await proposes(town)
    await desk.presses("提出した計画")
    await desk.presses("開く")
    await desk.presses("修正する")
    await desk.submits()
    await desk.submits({"price": "4000"})
    await agrees(shop)
    await desk.submits()
    await desk.submits()
    await desk.submits(WORD)
    assert "企業が" in desk.sees()
    assert "合意しました" in desk.sees()
    assert "を修正しました" not in desk.sees()


async def test_a_proposal_is_kept_discussed_and_declined_politely(town: Town, shop: Phone) -> None:
    desk = await proposes(town)
    await shop.taps("保留")
    assert "保留にしました" in shop.last
    await shop.taps("相談する")
    await shop.says("土曜日でもいいですか。078-322-0000まで。")
    await shop.taps("送る")
    assert "伝えました" in shop.recent
    assert "土曜日でもいいですか" in desk.sees("dm")
    assert "322-0000" not in desk.sees("dm")
    await desk.presses("答える", where="dm")
    await desk.submits({"text": "はい、土曜日もできます。"})
    assert "土曜日もできます" in shop.recent
    await shop.taps("計画を見る", "断る")
    assert "理由を選んでください" in shop.last
    await shop.taps("予算が合わない")
    assert "予算の都合で見送ります" in shop.last
    await shop.taps("ひとこと添える")
    await shop.says("またお願いします。")
    await shop.taps("断る")
    assert "見送りました" in shop.recent
    assert "予算の都合で見送ります" in desk.sees("dm")
    assert "またお願いします" in desk.sees("dm")
    town.accepted()


async def test_a_withdrawn_plan_is_told_and_its_buttons_explain_themselves(town: Town, shop: Phone) -> None:
    desk = await proposes(town)
    await shop.taps("詳しく見る")
    await desk.presses("提出した計画")
    await desk.presses("開く")
    await desk.presses("取り下げる")
    await shop.says("状況")
    assert "取り下げました" in shop.recent
    await shop.taps("この計画で進める")
    assert "終了しています" in shop.last
    town.accepted()


async def test_a_plan_over_the_cap_is_not_agreed(town: Town, shop: Phone) -> None:
    await proposes(town, price="4000", hours_introduction="82")
    await agrees(shop)
    assert "85.5時間まで" in shop.last
    assert "に合意しました" not in shop.recent


async def test_an_expert_of_the_company_itself_cannot_begin_a_plan(town: Town, shop: Phone) -> None:
    relative = await expert(town, phone=f"+8178322{await _company_serial(town):04d}")
    await finds(relative)
    assert "対象外です" in relative.sees()


async def test_a_copied_button_of_somebody_else_does_nothing(town: Town, shop: Phone) -> None:
    await proposes(town)
    stranger = await town.phone("田中 一郎").adds_us()
    await shop.taps("詳しく見る", "この計画で進める")
    await town.line.tap(stranger.user, shop.button("同意する"))
    await town.idle()
    assert "計画が見つかりません" in stranger.last
    assert "事務局が確認中" not in shop.recent


async def test_plans_end_when_contracts_close(town: Town, shop: Phone) -> None:
    desk = await proposes(town)
    await town.turn(NOON + timedelta(days=59))
    assert "合意のないまま終了" in shop.recent
    assert "合意のないまま終了" in desk.sees("dm")
