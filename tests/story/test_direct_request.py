"""A shop that knows an expert asks directly: from the first tap to the plan, and every other way it may end (step 8)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.services import plan_people
from tests.story import experts
from tests.story.people import answers, owner
from tests.story.test_plans import AIM, HOURS, STEPS, WHEN, WORD, expert, settled
from tests.town import Desk, Phone, Town

CONTENT = "従業員6名の和菓子店です。電話とFAXの注文を、販売の2名が毎日ノートに写しています。"
GOAL = "12月中に、注文の半分をネットで受けられるようにしたいです。"
ASKING = (
    ("tap", "この専門家に頼む"),
    ("tap", "販売・集客"),
    ("tap", "EC・ネット販売"),
    ("say", CONTENT),
    ("say", GOAL),
    ("tap", "2021年12月31日(金)"),
    ("tap", "20時間"),
    ("tap", "知人・取引先"),
    ("tap", "2021年10月27日(水)"),
)
AFTER = datetime(2021, 10, 27, 15, 0, 1, tzinfo=UTC)


@pytest.fixture
async def shop(town: Town) -> Phone:
    """A registered shop."""
    phone = await town.phone().adds_us()
    await settled(town, phone, plan_people.company)
    return phone


@pytest.fixture
async def ryo(town: Town) -> Desk:
    """A registered expert."""
    return await expert(town, "高橋 涼", phone="090-1234-5678")


async def looks_for(phone: Phone, who: str) -> Phone:
    """Say whom to ask."""
    return await phone.says("直接依頼", who)


async def asks(phone: Phone, who: str = "高橋") -> Phone:
    """Ask an expert, up to the receipt."""
    await looks_for(phone, who)
    await answers(phone, *ASKING)
    return await phone.taps("この専門家に依頼する")


async def test_a_shop_asks_and_the_expert_writes_the_plan(town: Town) -> None:
    """Both registered through their own doors."""
    clerk = await town.clerk()
    phone = await owner(town, clerk)
    desk = await experts.expert(town, clerk)
    await desk.commands("招待")
    [code] = re.findall(r"\b[2-9B-Z]{4}-[2-9B-Z]{4}\b", desk.sees())

    await looks_for(phone, code)
    assert "高橋 涼" in phone.last
    assert "1時間4,000円" in phone.last.replace(" ", "")
    await phone.taps("この専門家に頼む")
    assert "1/8" in phone.last
    await answers(phone, *ASKING[1:])
    assert "高橋 涼" in phone.last, "the card for checking says who is asked"
    assert CONTENT in phone.last
    await phone.taps("この専門家に依頼する")
    assert "依頼を送りました" in phone.last
    assert "合意するまで、費用はかかりません" in phone.last

    assert "菓匠やまもと" in desk.sees("dm")
    assert GOAL in desk.sees("dm")
    await desk.opens_home()
    assert "返事待ち 1件" in desk.sees("home")
    await desk.presses("引き受ける", where="home")
    assert "事業者に伝えました" in desk.sees()
    assert "引き受けました" in phone.last
    assert any("引き受けました" in mail["text"] for mail in town.mails("aki@yamamoto.example"))
    await desk.presses("支援計画を書く")
    assert GOAL in desk.sees()
    for page in (AIM, STEPS, HOURS, WHEN, WORD):
        await desk.submits(page)
    assert "高橋 涼" in phone.recent
    assert "16,000円" in phone.recent, "the shop's own share of the plan"
    town.accepted()


async def test_an_expert_declines_with_a_reason(town: Town, shop: Phone, ryo: Desk) -> None:
    await asks(shop)
    await ryo.presses("断る", where="dm")
    await ryo.submits({"reason": "SCHEDULE", "words": "年明けなら 090-1234-5678 へどうぞ。"})
    assert "日程が合わない" in shop.last
    assert "年明けなら" in shop.last
    assert "090-1234" not in shop.last, "contact data stays hidden"
    await shop.taps("別の専門家に頼む")
    assert "どの専門家に" in shop.last
    town.accepted()


async def test_silence_ends_it_for_both(town: Town, shop: Phone, ryo: Desk) -> None:
    await asks(shop)
    # It ends at midnight; people hear of it in the morning.
    await town.turn(AFTER)
    assert "期限までに返事がありませんでした" not in shop.last
    await town.turn(AFTER + timedelta(hours=10))
    assert "期限までに返事がありませんでした" in shop.last
    assert "依頼は終了しました" in ryo.sees("dm")
    await ryo.presses("引き受ける", where="dm")
    assert "返事がないまま" in ryo.sees()
    town.accepted()


async def test_a_shop_takes_its_request_back_after_a_second_question(
    town: Town, shop: Phone, ryo: Desk
) -> None:
    await asks(shop)
    await shop.says("直接依頼")
    assert "返事待ち" in shop.last
    await shop.taps("取り下げる")
    assert "取り下げますか" in shop.last
    await shop.taps("はい、取り下げる")
    assert "取り下げました" in shop.last
    assert "依頼を取り下げました" in ryo.sees("dm")
    await ryo.presses("引き受ける", where="dm")
    assert "取り下げられました" in ryo.sees()
    town.accepted()


async def test_of_several_with_that_name_one_is_chosen(town: Town, shop: Phone, ryo: Desk) -> None:
    await expert(town, "高橋 友子", phone="090-1234-9999")
    await looks_for(shop, "高橋")
    assert "2人" in shop.recent
    assert "高橋 友子" in shop.recent
    assert "高橋 涼" in shop.recent
    town.accepted()


async def test_somebody_who_is_not_found_is_asked_for_again(town: Town, shop: Phone, ryo: Desk) -> None:
    await looks_for(shop, "だれでもない")
    assert "見つかりませんでした" in shop.recent
    await shop.says("高橋")
    assert "高橋 涼" in shop.last
    town.accepted()


async def test_who_has_asked_already_sees_the_request_instead_of_asking_twice(
    town: Town, shop: Phone, ryo: Desk
) -> None:
    await asks(shop)
    await shop.taps("状況を見る")
    assert "返事待ち" in shop.recent
    await shop.says("直接依頼")
    await shop.taps("別の専門家に頼む")
    await shop.says("高橋")
    await shop.taps("この専門家に頼む")
    assert "すでに依頼しています" in shop.last
    town.accepted()


async def test_what_was_begun_is_offered_again(town: Town, shop: Phone, ryo: Desk) -> None:
    await looks_for(shop, "高橋")
    await answers(shop, *ASKING[:4])
    await shop.says("やめる", "直接依頼")
    assert "書きかけ" in shop.last
    await shop.taps("続ける")
    assert "いつまでに" in shop.last
    town.accepted()


async def test_before_the_registration_nobody_is_asked(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("直接依頼")
    assert "登録をお願いします" in phone.last
    town.accepted()
