"""An expert looks for cases in Slack: by words and filters, page by page, and never meets a closed one."""

import pytest

from tests.conversations.market import Market
from tests.town import Town

DETAILS = "詳しく見る"
CLOSED = "企業が取り下げました"


async def test_the_home_shows_new_cases_and_leads_to_their_details(town: Town) -> None:
    market = await Market.opened(town)
    home = market.expert.sees("home")
    assert "新しい案件 1件" in home and "提案の締切まであと21日" in home
    await market.expert.presses(DETAILS, where="home")
    assert "従業員6名の和菓子店です。" in market.expert.sees()
    assert "菓匠やまもと" not in market.expert.sees()
    town.accepted()


async def test_a_case_is_found_by_words_and_filters_and_says_why(town: Town) -> None:
    market = await Market.opened(town, {}, {"title": "会計を楽に", "area": "ACCOUNTING", "issue": "遅い。"})
    expert = market.expert
    await expert.presses("案件を探す", where="home")
    wanted = {"words": "電話 聞き間違い", "areas": ["EC"], "mode": "online", "prefecture": "兵庫県"}
    await expert.submits(wanted)
    found = expert.sees()
    assert "募集中の案件 1件" in found and "会計を楽に" not in found
    assert "「電話」" in found and "相談分野、都道府県、支援方法" in found
    await expert.presses(DETAILS)
    assert "従業員6名の和菓子店です。" in expert.sees()
    await expert.presses("検索結果に戻る")
    assert "募集中の案件 1件" in expert.sees()
    await expert.presses("条件を変える")
    await expert.submits({"words": "勤怠"})
    assert "合う案件がありません" in expert.sees()
    town.accepted()


async def test_results_come_page_by_page(town: Town) -> None:
    market = await Market.opened(town, *({"title": f"在庫の相談{n}"} for n in range(1, 8)))
    await market.expert.commands("検索 在庫")
    first = market.expert.sees()
    await market.publish(8, title="在庫の相談8")
    await market.expert.presses("続きを見る")
    second = market.expert.sees()
    assert "続きを見る" not in second
    for n in range(1, 8):
        assert (f"在庫の相談{n}" in first) != (f"在庫の相談{n}" in second)
    town.accepted()


@pytest.mark.parametrize("words", ["", "を に は", "😀🎉", "電話 & | ! : * ' \"", "あ" * 2000, "<!channel>"])
async def test_whatever_is_typed_after_the_command_is_answered(town: Town, words: str) -> None:
    market = await Market.opened(town)
    await market.expert.commands(f"検索 {words}")
    assert market.expert.modal["title"]["text"] in ("検索結果", "案件を探す")
    town.accepted()


async def test_words_in_the_form_may_be_strange_too(town: Town) -> None:
    market = await Market.opened(town)
    await market.expert.commands("検索")
    await market.expert.submits({"words": "😀 の '電話'"})
    assert "募集中の案件 1件" in market.expert.sees()
    town.accepted()


async def test_a_search_can_be_typed_as_a_message(town: Town) -> None:
    market = await Market.opened(town)
    await market.expert.says("検索　ＦＡＸ")
    assert "募集中の案件 1件" in market.expert.sees("dm")
    town.accepted()


async def test_a_bookmark_outlives_the_case_and_does_not_show_it_as_open(town: Town) -> None:
    market = await Market.opened(town)
    await market.expert.commands("検索 電話")
    await market.expert.presses("ブックマークする")
    await market.expert.presses("ブックマーク", where="home")
    assert "ネット注文を始めたい" in market.expert.sees()
    await market.cancel()
    await market.expert.presses("ブックマーク", where="home")
    assert CLOSED in market.expert.sees() and "ネット注文" not in market.expert.sees()
    await market.expert.presses("ブックマークを外す")
    await market.expert.presses("ブックマーク", where="home")
    assert "まだありません" in market.expert.sees()
    town.accepted()


async def test_a_case_that_closed_since_explains_itself_and_offers_the_search(town: Town) -> None:
    market = await Market.opened(town)
    await market.expert.commands("検索 電話")
    await market.cancel()
    await market.expert.presses(DETAILS)
    assert CLOSED in market.expert.sees() and "和菓子店" not in market.expert.sees()
    await market.expert.presses("案件を探す")
    await market.expert.submits({"words": "電話"})
    assert "合う案件がありません" in market.expert.sees()
    town.accepted()


async def test_nobody_searches_who_is_not_registered(town: Town) -> None:
    stranger = town.desk("通りすがり")
    await stranger.commands("検索 会計")
    assert "登録" in stranger.sees()
    town.accepted()
