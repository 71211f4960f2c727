"""What is typed instead of tapped: a button's words, its number in a list, yes and no (story step 1)."""

import pytest

from tests.story.people import answers, applicant, newcomer
from tests.story.test_case import CASE, PREVIEW, SEND
from tests.story.test_plans import proposes, shop
from tests.town import Desk, Phone, Town

__all__ = ["shop"]


async def test_the_check_is_answered_with_yes(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("登録をはじめる", "はい")
    assert "1/12" in phone.last


async def test_the_check_is_answered_with_i_do_not_know_and_no(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("登録をはじめる", "わからない")
    assert "対象になる方" in phone.last
    await phone.says("登録", "いいえ")
    assert "商工会議所" in phone.last


@pytest.mark.parametrize("typed", ["3", "予算が合わない"])
async def test_a_reason_is_chosen_by_its_number_or_its_words(town: Town, shop: Phone, typed: str) -> None:
    await proposes(town)
    await shop.taps("断る")
    await shop.says(typed)
    assert "予算の都合で見送ります" in shop.last
    await shop.says("断る")
    assert "見送りました" in shop.last


async def test_yes_confirms_what_is_asked(town: Town, shop: Phone) -> None:
    await proposes(town)
    await shop.taps("詳しく見る", "この計画で進める")
    await shop.says("はい")
    assert "に合意しました" in shop.last


async def test_yes_to_what_stands_no_longer_last_on_the_screen_does_nothing(town: Town, shop: Phone) -> None:
    desk = await proposes(town)
    await shop.taps("詳しく見る", "この計画で進める")
    await desk.presses("提出した計画")
    await desk.presses("開く")
    await desk.presses("取り下げる")
    await shop.says("はい")
    assert "終了しています" in shop.last


async def test_words_that_name_several_cards_choose_none_of_them(town: Town, shop: Phone) -> None:
    await proposes(town)
    await proposes(town, "田中 美穂")
    await shop.says("提案", "断る")
    assert "いくつかあります" in shop.last


async def test_no_keeps_things_as_they_are(town: Town, shop: Phone) -> None:
    await shop.says("状況")
    await shop.taps("相談を見る", "相談を取り下げる")
    await shop.says("いいえ")
    assert "提案募集中" in shop.last
    await shop.says("いいえ", "やめる")
    assert "何も変えていません" in shop.last


async def test_who_is_not_sure_may_go_on_another_day(town: Town) -> None:
    phone = await newcomer(town)
    await phone.says("わからない")
    assert "別の日に続けられます" in phone.last


async def test_the_menu_leads_back_into_what_was_begun(town: Town) -> None:
    phone = await newcomer(town)
    await answers(phone, ("tap", "個人事業主"), ("say", "菓匠やまもと"))
    await phone.says("やめる", "状況")
    assert "ここまでの答えは残っています" in phone.last
    await phone.taps("続き：事業者の登録")
    assert "12問のうち2問まで済みました" in phone.last and "3/12" in phone.last


async def test_a_lone_number_is_the_number_of_an_offer(town: Town, shop: Phone) -> None:
    await shop.says("相談")
    await answers(shop, *CASE[:9], ("say", "2"), CASE[10])
    await shop.taps(PREVIEW)
    assert "30,000円まで" in shop.last
    await shop.taps(SEND)
    assert "ご相談を受け付けました" in shop.recent
    town.accepted()


async def test_a_clerk_goes_from_one_review_to_the_next(town: Town) -> None:
    clerk: Desk = await town.clerk()
    await applicant(town)
    second = await applicant(town, "山本 はな")
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")
    assert "承認しました" in clerk.sees() and "あと1件" in clerk.sees()
    await clerk.presses("次の審査を開く")
    await clerk.presses("承認する")
    assert "あと0件" in clerk.sees()
    assert "登録が完了しました" in second.last
    assert "次の審査を開く" not in clerk.sees()
    await clerk.opens_home()
    assert "おつかれさまです" in clerk.sees("home")
    town.accepted()


async def test_what_was_registered_can_be_read_again(town: Town) -> None:
    phone = await applicant(town)
    await phone.taps("登録の内容")
    assert "登録した内容" in phone.last and "菓匠やまもと" in phone.last and "審査中" in phone.last
    town.accepted()
