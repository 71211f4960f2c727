"""An expert looks for cases in Slack: by words and filters, page by page, and never meets a closed one."""

from types import SimpleNamespace
from typing import cast

import pytest

from conversations.expert.search import hear_search
from conversations.messages import Pressed, Said, Say, act
from conversations.turn import Turn, take
from tests.conversations.market import Market
from tests.town import Town

DETAILS = "詳しく見る"
KEEP, UNKEEP = "ブックマークする", "ブックマークを外す"
CLOSED = "企業が取り下げました"
TOKYO = {"prefecture": "東京都", "city": "港区"}
SEVEN = tuple({"title": f"在庫の相談{n}"} for n in range(1, 8))


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
    assert "探した条件：「電話 聞き間違い」、EC・ネット販売、兵庫県、オンライン" in found
    assert "「電話」" in found and "EC・ネット販売、兵庫県、オンライン・訪問のどちらでも" in found
    await expert.presses(DETAILS)
    assert "従業員6名の和菓子店です。" in expert.sees()
    await expert.presses("検索結果に戻る")
    assert "募集中の案件 1件" in expert.sees()
    await expert.presses("条件を変える")
    await expert.submits({"words": "勤怠"})
    assert "合う案件がありません" in expert.sees()
    town.accepted()


async def test_results_come_page_by_page(town: Town) -> None:
    market = await Market.opened(town, *SEVEN)
    await market.expert.commands("検索 在庫")
    first = market.expert.sees()
    assert "募集中の案件 7件（1〜5件目）" in first and "前に戻る" not in first
    await market.publish(8, title="在庫の相談8")
    await market.expert.presses("続きを見る")
    second = market.expert.sees()
    assert "（6〜7件目）" in second and "続きを見る" not in second
    for n in range(1, 8):
        assert (f"在庫の相談{n}" in first) != (f"在庫の相談{n}" in second)
    await market.expert.presses(DETAILS)
    await market.expert.presses("検索結果に戻る")
    assert market.expert.sees() == second
    await market.expert.presses("前に戻る")
    assert "（1〜5件目）" in market.expert.sees()
    town.accepted()


async def test_pages_are_gone_back_through_one_by_one(town: Town) -> None:
    market = await Market.opened(town, *({"title": f"在庫の相談{n}"} for n in range(1, 17)))
    await market.expert.commands("検索 在庫")
    pages = [market.expert.sees()]
    while "続きを見る" in pages[-1]:
        await market.expert.presses("続きを見る")
        pages.append(market.expert.sees())
    assert len(pages) == 4 and "（16件目）" in pages[-1]
    for page in reversed(pages[:-1]):
        await market.expert.presses("前に戻る")
        assert market.expert.sees() == page
    town.accepted()


async def test_a_page_whose_cases_have_all_closed_says_so_and_leads_back(town: Town) -> None:
    market = await Market.opened(town, *SEVEN)
    await market.expert.commands("検索 在庫")
    for serial in range(1, 8):
        await market.cancel(serial)
    await market.expert.presses("続きを見る")
    assert "合う案件がありません" in market.expert.sees()
    await market.expert.presses("前に戻る")
    town.accepted()


async def test_a_typed_prefecture_narrows_the_search_and_says_so(town: Town) -> None:
    market = await Market.opened(
        town,
        {"title": "会計の相談", **TOKYO},
        {"title": "会計の移転", "background": "東京に店を出します。"},
        {"title": "在庫", **TOKYO},
    )
    expert = market.expert
    await expert.commands("検索 会計 東京")
    found = expert.sees()
    assert "募集中の案件 1件" in found and "会計の相談" in found
    assert "探した条件：「会計」、東京都" in found and "「東京」は都道府県の条件にしました。" in found
    await expert.presses("言葉として探す")
    assert "会計の移転" in expert.sees() and "探した条件：「会計 東京」" in expert.sees()
    assert "言葉として探す" not in expert.sees()
    town.accepted()


async def test_a_typed_prefecture_never_hides_what_its_word_would_find(town: Town) -> None:
    market = await Market.opened(town, {"title": "会計の移転", "background": "東京に店を出します。"})
    await market.expert.commands("検索 会計 東京")
    assert "会計の移転" in market.expert.sees() and "都道府県の条件" not in market.expert.sees()


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


async def test_what_is_typed_in_a_thread_is_meant_for_whom_that_is_with() -> None:
    turn = cast(Turn, SimpleNamespace(chatty=False))
    assert not await hear_search(turn, Said("検索 電話", thread="handoff:1"))


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


async def test_a_bookmark_in_the_results_draws_the_same_page_of_them_anew(town: Town) -> None:
    market = await Market.opened(town, *SEVEN)
    desk = market.expert
    await desk.commands("検索 在庫")
    await desk.presses("続きを見る")
    shown = desk.modal["id"]
    await desk.presses(KEEP)
    page = desk.sees()
    assert page.index("保存しました") < page.index("（6〜7件目）")
    assert page.count(UNKEEP) == 1 and page.count(KEEP) == 1
    assert desk.modal["id"] == shown
    await desk.presses(UNKEEP)
    assert "外しました" in desk.sees() and UNKEEP not in desk.sees() and "（6〜7件目）" in desk.sees()
    town.accepted()


async def test_a_bookmark_in_an_opened_case_keeps_the_case_and_the_way_back(town: Town) -> None:
    market = await Market.opened(town)
    desk = market.expert
    await desk.commands("検索 電話")
    await desk.presses(DETAILS)
    assert "*届いた提案*\n0件" in desk.sees()
    await desk.presses(KEEP)
    case = desk.sees()
    assert "保存しました" in case and UNKEEP in case and KEEP not in case and "和菓子店です" in case
    await desk.presses("検索結果に戻る")
    assert "募集中の案件 1件" in desk.sees() and UNKEEP in desk.sees() and "保存しました" not in desk.sees()
    town.accepted()


async def test_what_is_taken_out_of_the_bookmarks_leaves_their_list(town: Town) -> None:
    market = await Market.opened(town, {}, {"title": "在庫の相談"})
    desk = market.expert
    for words in ("ネット注文", "在庫"):
        await desk.commands(f"検索 {words}")
        await desk.presses(KEEP)
    await desk.presses("ブックマーク", where="home")
    assert desk.sees().count(UNKEEP) == 2
    await desk.presses(UNKEEP)
    left = desk.sees()
    assert "外しました" in left and left.count(UNKEEP) == 1
    assert ("ネット注文を始めたい" in left) != ("在庫の相談" in left)
    await desk.presses(UNKEEP)
    assert "まだありません" in desk.sees() and "外しました" in desk.sees()
    town.accepted()


async def test_a_bookmark_on_the_home_or_before_it_is_drawn_there(town: Town) -> None:
    market = await Market.opened(town)
    desk = market.expert
    await desk.presses(KEEP, where="home")
    assert UNKEEP in desk.sees("home") and KEEP not in desk.sees("home")
    await desk.presses(DETAILS, where="home")
    await desk.presses(UNKEEP)
    assert KEEP in desk.sees("home") and UNKEEP not in desk.sees("home")
    town.accepted()


async def test_a_bookmark_of_an_older_message_or_of_results_that_are_gone_is_kept_and_said(
    town: Town,
) -> None:
    market = await Market.opened(town)
    case = await market.publish(2)
    async with market.acting(market.expert.user) as services:
        assert services.person is not None
        for args in ({}, {"w": "results", "d": 0}, {"w": "elsewhere"}):
            turn = Turn(services.person, services, chatty=False)
            await take(turn, Pressed(act("case.keep", i=case.id, **args)))
            (said,) = turn.said
            assert isinstance(said, Say) and said.quick
        assert await services.search.bookmarked([case.id]) == {case.id}


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


async def test_words_that_nobody_understood_can_be_searched_for_with_one_press(town: Town) -> None:
    market = await Market.opened(town, {"title": "在庫の相談"})
    await market.expert.says("在庫 ある？")
    assert "わかりませんでした" in market.expert.sees("dm")
    await market.expert.presses("「在庫 ある?」で探す", where="dm")
    assert "在庫の相談" in market.expert.sees()
    newcomer = town.desk("伊藤 翼")
    await newcomer.opens_home()
    await newcomer.says("在庫 ある？")
    assert "で探す" not in newcomer.sees("dm")
    town.accepted()
