"""Suggestions through the doors: on an expert's Home, in a company's chat, and on the secretariat's Home."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from conversations.expert.suggested import recommended
from conversations.messages import Message, Pressed, act
from conversations.turn import Turn, take
from services import unanswered_cases
from services.bundle import Services
from services.cases import Case
from services.companies import Standing
from services.notices import Notice
from tests.conftest import NOON, ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.story.test_plans import expert, settled
from tests.town import Phone, Town

SUGGESTED = "おすすめの専門家を見る"
LET_KNOW = "この専門家に知らせる"


async def shop(town: Town, name: str = "山本 あき", **of_case: Any) -> Phone:
    """A registered shop whose case was published weeks ago."""
    phone = await town.phone(name).adds_us()

    async def settle(services: Services) -> None:
        made: Case = await people.case(services, await people.company(services))
        made.current_tools, made.budget_yen, made.minutes = "弥生、電話", 30_000, 1200
        for key, value in of_case.items():
            setattr(made, key, value)
        await services.search.index(made)

    await settled(town, phone, settle)
    return phone


@pytest.fixture
async def yamada(town: Town) -> Phone:
    """The shop of most of these tests."""
    return await shop(town)


# --- an expert -----------------------------------------------------------------------------------------


async def test_the_home_suggests_a_case_with_its_reasons(town: Town, yamada: Phone) -> None:
    ryo = await expert(town, "高橋 涼", career="弥生会計の導入を支援")
    home = await ryo.opens_home()
    assert "あなたへのおすすめ" in str(home)
    shown = ryo.sees("home")
    for reason in (
        "得意分野：EC・ネット販売",
        "自己負担の希望に合います",
        "「弥生会計」",
    ):
        assert reason in shown
    assert "やまだ菓子店" not in shown, "the company is not named"
    await ryo.presses("詳しく見る", where="home")
    assert "注文を紙で受けています。" in ryo.sees()
    town.accepted()


async def test_a_case_that_does_not_suit_is_set_aside_and_comes_back(town: Town, yamada: Phone) -> None:
    ryo = await expert(town, "高橋 涼")
    await ryo.opens_home()
    await ryo.presses("興味がない", where="home")
    assert "もうおすすめしません" in ryo.sees()
    assert "あなたへのおすすめ" not in ryo.sees("home")
    await ryo.presses("場所が合わない")
    assert "出にくくなります" in ryo.sees()
    await ryo.presses("元に戻す")
    assert "またおすすめに出します" in ryo.sees()
    assert "あなたへのおすすめ" in ryo.sees("home")
    town.accepted()


async def test_the_home_shows_three_and_a_press_shows_all(town: Town) -> None:
    for number in range(5):
        await shop(
            town, f"店{number}", title=f"相談その{number}", proposal_deadline=date(2021, 11, 12 + number)
        )
    ryo = await expert(town, "高橋 涼")
    await ryo.opens_home()
    assert "ほかにもおすすめの案件があります" in ryo.sees("home")
    await ryo.presses("おすすめをすべて見る", where="home")
    assert all(f"相談その{number}" in ryo.sees() for number in range(5))
    town.accepted()


async def test_a_copied_button_of_another_kind_is_explained(town: Town, yamada: Phone) -> None:
    passer_by = town.desk("通りすがり")
    await passer_by.opens_home()
    assert "あなたへのおすすめ" not in passer_by.sees("home")


# --- a company -----------------------------------------------------------------------------------------


async def test_a_shop_lets_an_expert_know_who_then_proposes(town: Town, yamada: Phone) -> None:
    ryo = await expert(town, "高橋 涼", career="弥生会計の導入を支援")
    await yamada.says("直接依頼")
    assert "お知り合いの専門家がいないときは" in yamada.recent
    assert "どの専門家に" in yamada.last, "the question stands last"
    await yamada.taps(SUGGESTED)
    deck = yamada.recent
    for line in (
        "高橋 涼",
        "1時間4,000円",
        "1時間500円",
        "・自己負担の希望に合います",
        "・経験と合う言葉：「弥生」",
    ):
        assert line in deck.replace(" ", "") or line in deck
    await yamada.taps("詳しく見る")
    assert "弥生会計の導入を支援" in yamada.last
    await yamada.taps(LET_KNOW)
    assert "高橋 涼さんにお知らせしました" in yamada.last
    assert "この案件の事業者が" in ryo.sees("dm")
    assert "やまだ菓子店" not in ryo.sees("dm")
    await ryo.presses("詳しく見る", where="dm")
    assert "注文を紙で受けています。" in ryo.sees()
    await yamada.taps("ほかの専門家も見る")
    assert "ほかにいません" in yamada.last
    assert "1人" in yamada.last
    town.accepted()


async def test_who_has_left_in_between_is_not_told(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        made = await people.case(services, await people.company(services))
    async with acting("U-taro", "slack") as services:
        taro = await people.expert(services)
        notice = Notice("case.recommended", taro.person_id, {"case": made.id, "by_company": 1})
        assert await recommended(services, notice)
        taro.standing = Standing.WITHDRAWN
        await services.flush()
        assert await recommended(services, notice) == []


async def test_a_shop_that_presses_twice_tells_the_expert_once(town: Town, yamada: Phone) -> None:
    ryo = await expert(town, "高橋 涼")
    await yamada.says("直接依頼")
    await yamada.taps(SUGGESTED)
    await yamada.taps(LET_KNOW, LET_KNOW)
    assert "もうお知らせしました" in yamada.last
    assert ryo.sees("dm").count("この案件の事業者が") == 1
    town.accepted()


async def test_a_case_without_an_answer_offers_experts_where_it_stands(town: Town, yamada: Phone) -> None:
    await expert(town, "高橋 涼")
    await yamada.says("状況")
    await yamada.taps("相談を見る")
    await yamada.taps(SUGGESTED)
    assert "高橋 涼" in yamada.recent
    town.accepted()


async def test_whom_a_shop_knows_it_asks_directly_with_what_its_case_says(town: Town, yamada: Phone) -> None:
    ryo = await expert(town, "高橋 涼")

    async def before(services: Services) -> None:
        company = await services.companies.mine()
        other = (await services.experts.find("高橋"))[0]
        assert company is not None
        await road.contract(services, company, other)

    await settled(town, yamada, before)
    await yamada.says("直接依頼")
    await yamada.taps(SUGGESTED)
    assert "以前に支援を受けた専門家" in yamada.recent
    await yamada.taps("この専門家に頼む")
    assert "どのようなご関係ですか" in yamada.last, "how they know each other is theirs to say"
    await yamada.taps("知人・取引先", "2021年10月27日(水)")
    assert "注文を紙で受けています。" in yamada.last
    await yamada.taps("この専門家に依頼する")
    assert "依頼を送りました" in yamada.last
    assert "やまだ菓子店" in ryo.sees("dm")
    town.accepted()


async def test_a_stranger_is_not_asked_directly_by_a_copied_button(town: Town, yamada: Phone) -> None:
    await expert(town, "高橋 涼")
    said: list[Message] = []

    async def press(services: Services) -> None:
        assert services.person is not None
        [other] = await services.experts.find("高橋")
        turn = Turn(services.person, services, chatty=True)
        await take(turn, Pressed(act("suggested.ask", e=other.id)))
        said.extend(turn.said)

    await settled(town, yamada, press)
    assert "goes to experts you know" in str(said)


# --- the secretariat -----------------------------------------------------------------------------------


async def test_a_clerk_sees_what_nobody_answers_and_lets_an_expert_know(town: Town, yamada: Phone) -> None:
    ryo = await expert(town, "高橋 涼")
    clerk = await town.clerk()
    await clerk.opens_home()
    home = clerk.sees("home")
    assert "反応のない案件 1件" in home
    assert "やまだ菓子店" not in home
    await clerk.presses("専門家を紹介する", where="home")
    assert "高橋 涼" in clerk.sees()
    assert "得意分野：EC・ネット販売" in clerk.sees()
    await clerk.presses("案件を知らせる")
    assert "高橋 涼さんに案件を知らせました" in clerk.sees()
    assert "紹介できる専門家がいません" in clerk.sees()
    assert "すでに案件を知っている：1人" in clerk.sees()
    assert "事務局から、あなたに合いそうな案件" in ryo.sees("dm")
    town.accepted()


async def test_why_nobody_fits_is_said(town: Town, yamada: Phone) -> None:
    await expert(town, "高橋 涼", paid=1_500_000)
    clerk = await town.clerk()
    await clerk.opens_home()
    await clerk.presses("専門家を紹介する", where="home")
    assert "紹介できる専門家がいません" in clerk.sees()
    assert "謝金の上限に達している：1人" in clerk.sees()
    town.accepted()


async def test_after_three_days_the_shop_hears_of_experts_with_its_next_word(town: Town) -> None:
    phone = await shop(town, published_at=NOON)

    async def watch(services: Services) -> None:
        [made] = await services.cases.mine()
        await unanswered_cases.watch(services, made)

    await settled(town, phone, watch)
    await expert(town, "高橋 涼")
    await town.turn(NOON + timedelta(days=3, hours=1))
    await phone.says("メニュー")
    assert "まだ提案が届いていません" in phone.recent
    await phone.taps(SUGGESTED)
    assert "高橋 涼" in phone.recent
    town.accepted()
