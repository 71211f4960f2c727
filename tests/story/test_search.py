"""An expert looks for a case in Slack: by words and filters, page by page, and never finds a closed one."""

import pytest

from tests.story.market import Market, opened
from tests.town import Town

DETAILS, TITLE = "詳しく見る", "検索結果"


@pytest.fixture
async def market(town: Town) -> Market:
    """A shop with an open case, and an expert."""
    return await opened(town)


async def test_the_home_shows_new_cases_and_leads_to_their_details(market: Market) -> None:
    expert = market.expert
    home = expert.sees("home")
    assert "新しい案件 1件" in home and "提案の締切まであと20日" in home
    await expert.presses(DETAILS, where="home")
    assert "ノートに書いています" in expert.sees() and "菓匠やまもと" not in expert.sees()
    market.town.accepted()


async def test_a_case_is_found_by_words_and_filters_and_says_why(market: Market) -> None:
    expert = market.expert
    await expert.presses("案件を探す", where="home")
    await expert.submits({"words": "ＦＡＸ", "areas": ["EC"], "mode": "online", "prefecture": "兵庫県"})
    found = expert.sees()
    assert "募集中の案件 1件" in found
    assert "この案件が合う理由：「FAX」、相談分野、都道府県、支援方法" in found
    await expert.presses(DETAILS)
    assert "ノートに書いています" in expert.sees()
    await expert.presses("検索結果に戻る")
    assert "募集中の案件 1件" in expert.sees()
    await expert.presses("条件を変える")
    await expert.submits({"words": "会計"})
    assert "合う案件がありません" in expert.sees()
    market.town.accepted()


@pytest.mark.parametrize("words", ["", "を に は", "😀🎉", "FAX & | ! : * ' \"", "あ" * 2000, "<!channel>"])
async def test_whatever_is_typed_after_the_command_is_answered(town: Town, words: str) -> None:
    market = await opened(town)
    await market.expert.commands(f"検索 {words}")
    assert market.expert.modal["title"]["text"] in (TITLE, "案件を探す")
    market.town.accepted()


async def test_a_search_can_be_typed_as_a_message(market: Market) -> None:
    await market.expert.says("検索　ファックス 電話")
    assert "募集中の案件" in market.expert.sees("dm")
    market.town.accepted()


async def test_a_bookmark_outlives_the_case_but_does_not_show_it_as_open(market: Market) -> None:
    expert = market.expert
    await expert.commands("検索 FAX")
    await expert.presses("ブックマークする")
    await expert.opens_home()
    await expert.presses("ブックマーク", where="home")
    assert "聞き間違い" in expert.sees()
    await market.shop.taps("状況を見る")
    await close(market)
    await expert.presses("ブックマーク", where="home")
    assert "取り下げ" in expert.sees() and "聞き間違い" not in expert.sees()
    market.town.accepted()


async def test_a_case_that_closed_since_explains_itself_and_offers_the_search(market: Market) -> None:
    expert = market.expert
    await expert.commands("検索 FAX")
    await close(market)
    await expert.presses(DETAILS)
    assert "取り下げ" in expert.sees() and "ノート" not in expert.sees()
    await expert.presses("案件を探す")
    await expert.submits({"words": "FAX"})
    assert "合う案件がありません" in expert.sees()
    market.town.accepted()


async def close(market: Market) -> None:
    """Let the company take its case back."""

    async def cancel(services: object) -> None:
        raise AssertionError

    await market.shop.taps("取り下げる", "取り下げる")


async def test_nobody_searches_who_is_not_registered(town: Town) -> None:
    stranger = town.desk("通りすがり")
    await stranger.commands("検索 会計")
    assert "登録" in stranger.sees()
    town.accepted()
