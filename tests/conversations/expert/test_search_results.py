"""What an expert can do with what was found: narrow it, widen it, see why it is there, and go on from nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bots.slack import wire
from conversations.expert.search_results import Spot
from conversations.messages import Act, Card, Marked, Pressed, Say, Screen, act
from conversations.turn import Turn, take
from locales.language import speaker
from services.companies import Company
from services.missed_queries import MissedQueryRow
from services.search import Found, Search
from services.search_query import Query
from tests.conftest import NOON
from tests.conversations.market import Market
from tests.services.test_case_file import GOOD
from tests.services.test_case_import import taken
from tests.town import Desk, Town

DETAILS = "詳しく見る"
say = speaker("ja")
TOKYO = {"prefecture": "東京都", "city": "港区"}
SEVEN = tuple({"title": f"在庫の相談{n}"} for n in range(1, 8))


def marked(desk: Desk) -> list[str]:
    """What stands out in the modal's texts, its titles not counted."""
    return [
        piece["text"]
        for block in desk.modal["blocks"]
        if block["type"] == "rich_text"
        for piece in block["elements"][0]["elements"]
        if piece.get("style") == {"bold": True} and len(block["elements"][0]["elements"]) > 1
    ]


def buttons(desk: Desk) -> dict[str, dict[str, Any]]:
    """What can be pressed in the modal, by its label."""
    elements = [element for block in desk.modal["blocks"] for element in block.get("elements", [])]
    return {one["text"]["text"]: one for one in elements if one.get("type") == "button"}


# --- narrowing and widening


async def test_one_tap_narrows_and_one_tap_widens_again(town: Town) -> None:
    more = [{"title": f"在庫の相談{n}", "area": "ACCOUNTING", **TOKYO} for n in (8, 9)]
    market = await Market.opened(town, *SEVEN, *more)
    expert = market.expert
    await expert.commands("検索 在庫")
    assert {"EC・ネット販売（7）", "会計・経理・請求（2）", "兵庫県（7）", "東京都（2）"} <= buttons(
        expert
    ).keys()
    await expert.presses("東京都（2）")
    found = expert.sees()
    assert "募集中の案件 2件" in found and "探した条件：「在庫」、東京都" in found and "絞り込む" not in found
    await expert.presses("東京都を外す")
    assert "募集中の案件 9件" in expert.sees()
    await expert.presses("会計・経理・請求（2）")
    await expert.presses("「在庫」を外す")
    assert "探した条件：会計・経理・請求" in expert.sees() and "募集中の案件 2件" in expert.sees()
    town.accepted()


async def test_the_own_areas_and_prefectures_of_an_expert_come_first_as_buttons(town: Town) -> None:
    """Two cases each that are the expert's own, before the more that are not."""
    own = [{"title": "在庫", "area": "SECURITY", **TOKYO} for _n in range(2)]
    others = [
        {"title": "在庫", "area": area, "prefecture": place, "city": "中央区"}
        for area in ("EC", "ACCOUNTING")
        for place in ("大阪府", "京都府", "大阪府", "京都府")
    ]
    market = await Market.opened(town, *own, *others)
    desk = market.expert
    await desk.commands("検索 在庫")
    assert {"大阪府（4）", "京都府（4）"} <= buttons(desk).keys() and "東京都（2）" not in buttons(desk)
    async with market.acting(desk.user) as services:
        expert = await services.experts.require_registered()
        expert.areas, expert.regions = ["SECURITY"], ["東京都"]
    await desk.commands("検索 在庫")
    narrowing = [label for label in buttons(desk) if "（" in label]
    assert len(narrowing) == 4 and (narrowing[0], narrowing[2]) == ("セキュリティ（2）", "東京都（2）")
    town.accepted()


async def test_what_takes_no_case_away_narrows_nothing(town: Town) -> None:
    market = await Market.opened(town, *SEVEN)
    await market.expert.commands("検索 在庫")
    assert "絞り込む" not in market.expert.sees()


async def test_what_has_no_button_is_in_the_list(town: Town) -> None:
    areas = ("EC", "ACCOUNTING", "RPA", "SNS", "SECURITY", "TELEWORK", "CASHLESS", "CRM_SFA", "DATA_USE")
    cases = [{"title": f"在庫の相談{n}", "area": area} for n, area in enumerate(areas)]
    market = await Market.opened(town, *cases, {"title": "在庫", "area": "EC", "mode": "visit"})
    expert = market.expert
    await expert.commands("検索 在庫")
    assert "EC・ネット販売（2）" in buttons(expert)
    assert [label for label in buttons(expert) if "（1）" in label] == []
    block = next(
        block
        for block in expert.modal["blocks"]
        if any(one["type"] == "static_select" for one in block.get("elements", []))
    )
    chooser = next(one for one in block["elements"] if one["type"] == "static_select")
    offered = {option["text"]["text"]: option["value"] for option in chooser["options"]}
    # A case for either way is met by both filters, so online there are nine.
    assert "オンライン（9）" in offered and "SNS活用・運用（1）" in offered
    await expert.stage.slack.press(
        expert.user,
        view_id=expert.modal["id"],
        block_id=block["block_id"],
        action_id=chooser["action_id"],
        chosen=offered["オンライン（9）"],
    )
    assert "募集中の案件 9件" in expert.sees() and "オンラインを外す" in expert.sees()
    town.accepted()


async def test_a_case_of_several_areas_fits_by_those_looked_for_and_shows_all_of_them(town: Town) -> None:
    market = await Market.opened(town, *SEVEN)
    expert = market.expert
    async with market.acting(expert.user) as services:
        assert GOOD["areas"] == ["INVENTORY_PROD", "RPA"]
        await taken(services, GOOD)
    await expert.commands("検索")
    await expert.submits({"areas": ["RPA"]})
    assert "この案件が合う理由：RPA・業務自動化\n" in expert.sees()
    await expert.presses(DETAILS)
    assert "C0001" in expert.sees() and "在庫・生産・受発注、RPA・業務自動化" in expert.sees()
    town.accepted()


async def test_older_results_stay_what_they_were_when_a_search_is_narrowed(town: Town) -> None:
    market = await Market.opened(town, *SEVEN, *({"title": f"在庫{n}", **TOKYO} for n in (8, 9)))
    expert = market.expert
    await expert.says("検索 在庫")
    await expert.presses("東京都（2）", where="dm")
    assert "募集中の案件 2件" in expert.sees()
    await expert.presses("続きを見る", where="dm")
    assert "（6〜9件目）" in expert.sees()
    town.accepted()


# --- the form


async def test_rare_filters_are_asked_where_more_are_wanted_and_all_of_them_count(town: Town) -> None:
    market = await Market.opened(
        town,
        {},
        {"title": "長い相談", "minutes": 50 * 60},
        {"title": "安い相談", "budget_yen": 1_000},
        {"title": "急ぐ相談", "proposal_deadline": NOON.date()},
        {"title": "古い相談", "published_at": NOON - timedelta(days=10)},
    )
    expert = market.expert
    await expert.commands("検索")
    with pytest.raises(AssertionError, match="no question"):
        expert.block("hours")
    await expert.fills({"more": ["more"]})
    rare = {
        "hours": "20",
        "budget": "3万円",
        "cap": "10万円",
        "deadline": "2021-11-01",
        "posted": "7",
        "proposals": "0",
        "industry": "RETAIL",
    }
    await expert.submits(rare)
    found = expert.sees()
    assert "募集中の案件 1件" in found and "ネット注文を始めたい" in found
    for words in ("20時間まで", "自己負担30,000円以上", "支援枠の残り100,000円以上", "提案なし", "小売業"):
        assert words in found
    for key in ("まだ提案なし", "20時間まで", "自己負担30,000円以上", "小売業"):
        await expert.presses(f"{key}を外す")
    assert "長い相談" in expert.sees() and "安い相談" in expert.sees() and "古い相談" not in expert.sees()
    await expert.presses("条件を変える")
    assert expert.block("posted")
    await expert.submits({"posted": "any", "deadline": "2021-10-20"})
    assert "募集中の案件 5件" in expert.sees()
    town.accepted()


async def test_the_cap_that_a_company_has_left_counts(town: Town) -> None:
    market = await Market.opened(town)
    async with market.acting(market.shop.user) as services:
        company = await services.companies.mine()
        assert isinstance(company, Company)
        company.phase1_used_yen = 250_000
    expert = market.expert
    for cap, found in (("5万円", "募集中の案件 1件"), ("6万円", "合う案件がありません")):
        await expert.commands("検索")
        await expert.fills({"more": ["more"]})
        await expert.submits({"cap": cap})
        assert found in expert.sees()


# --- marked


async def test_what_was_looked_for_stands_out_in_the_results_and_in_the_case(town: Town) -> None:
    long = "毎日の受付で忙しい。" * 15 + "ファックスの文字が読めません。"
    market = await Market.opened(town, {"issue": long, "goal": "<!channel> *FAX* をやめたい。"})
    expert = market.expert
    await expert.commands("検索 FAX")
    assert marked(expert) in (["ファックス"], ["FAX"])
    await expert.presses(DETAILS)
    assert set(marked(expert)) == {"ファックス", "FAX"}
    assert "<!channel> *" in expert.sees()
    # Without a search behind it nothing is looked for.
    await expert.presses(DETAILS, where="home")
    assert marked(expert) == []
    town.accepted()


# --- nothing found


async def test_where_nothing_is_found_every_way_on_is_offered(town: Town) -> None:
    market = await Market.opened(town, {}, {"title": "会計を楽に", **TOKYO})
    expert = market.expert
    await expert.commands("検索")
    await expert.submits({"words": "会計", "prefecture": "兵庫県"})
    nothing = expert.sees()
    assert "合う案件がありません" in nothing and "条件を減らすと見つかります" in nothing
    assert {"兵庫県を外す（1件）", "「会計」を外す（1件）", "この検索を保存する"} <= buttons(expert).keys()
    assert "を含む募集中の案件はありません" not in nothing
    await expert.presses("兵庫県を外す（1件）")
    assert "会計を楽に" in expert.sees()
    town.accepted()


async def test_words_that_no_case_has_are_named(town: Town) -> None:
    market = await Market.opened(town)
    expert = market.expert
    await expert.commands("検索 ブロックチェーン")
    assert "「ブロックチェーン」を含む募集中の案件はありません。" in expert.sees()
    await expert.commands("検索 電話 ブロックチェーン")
    found = expert.sees()
    assert "募集中の案件 1件" in found and "一部を含む案件です" in found
    assert "「ブロックチェーン」を含む募集中の案件はありません。" in found
    town.accepted()


async def test_words_near_to_what_no_case_has_are_offered(town: Town) -> None:
    market = await Market.opened(town, {"title": "Shopifyを始めたい", "area": "SNS", "issue": "遅い。"})
    expert = market.expert
    await expert.commands("検索 minne")
    assert "合う案件がありません" in expert.sees()
    await expert.presses("「shopify」で探す")
    assert "Shopifyを始めたい" in expert.sees()
    town.accepted()


async def test_where_every_filter_alone_is_too_much_the_words_are_offered_alone(town: Town) -> None:
    market = await Market.opened(town, {"mode": "visit", **TOKYO})
    expert = market.expert
    await expert.commands("検索")
    await expert.submits({"words": "電話", "prefecture": "兵庫県", "mode": "online"})
    assert "「電話」だけで探す（1件）" in buttons(expert)
    await expert.presses("「電話」だけで探す（1件）")
    assert "探した条件：「電話」" in expert.sees() and "募集中の案件 1件" in expert.sees()
    town.accepted()


async def test_an_offer_that_finds_nothing_is_not_noted_as_looked_for_in_vain(town: Town) -> None:
    market = await Market.opened(town, {"mode": "visit", **TOKYO})
    await market.expert.commands("検索 会計 東京")
    async with market.acting(market.expert.user) as services:
        found = await services.session.scalars(select(MissedQueryRow.times))
        assert list(found) == [1]


async def test_of_very_many_it_is_said_that_not_all_were_looked_at(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = await Market.opened(town, *SEVEN)
    find = Search.find

    async def bounded(search: Search, query: Query) -> Found:
        return replace(await find(search, query), bounded=True, total=1500)

    monkeypatch.setattr(Search, "find", bounded)
    await market.expert.commands("検索 在庫")
    found = market.expert.sees()
    assert "募集中の案件 1,500件以上" in found and "新しい順に1,500件から選びました" in found
    assert "分野や都道府県を足すと" in found
    town.accepted()


# --- old and foreign buttons


@pytest.mark.parametrize(
    "label", ["条件を変える", "続きを見る", "東京都（2）", "「在庫」を外す", "詳しく見る"]
)
async def test_a_button_of_somebody_elses_search_gives_nothing_away(town: Town, label: str) -> None:
    market = await Market.opened(town, *SEVEN, *({"title": "在庫", **TOKYO} for _n in range(2)))
    other = await market.registers(town.desk("鈴木 次郎"), 2)
    await market.expert.commands("検索 在庫")
    copied = wire.decode(buttons(market.expert)[label]["value"])
    assert copied is not None
    async with market.acting(other.user) as services:
        assert services.person is not None
        turn = Turn(services.person, services, chatty=False)
        await take(turn, Pressed(copied))
    (said,) = turn.said
    if isinstance(said, Say):
        assert "もう一度検索してください" in say(said.text)
    else:
        # The case is open to every expert; what somebody looked for is not.
        assert isinstance(said, Screen) and isinstance(said.parts[0], Card)
        assert not isinstance(said.parts[0].title, Marked)
        assert "検索結果に戻る" not in [say(button.label) for button in said.parts[0].buttons]


def test_the_way_back_fits_into_a_button_however_far_somebody_goes() -> None:
    spot = Spot(10**12)
    for page in range(200):
        spot = spot.following(f"most.{10**17 + page}.1634698800000000.123456789.1634698800000000.123456789")
        pressed = Pressed(act("case.open", i=10**12, r=10**6, **spot.args()))
        assert wire.value(pressed.act) and Spot.of(pressed) == spot
    for page in range(200, 187, -1):
        spot = spot.previous
        assert spot.page == page
    while spot.before:
        spot = spot.previous
    assert spot.previous == Spot(10**12)


@pytest.mark.parametrize("n", ["0", "-1", "9" * 18, "x"])
async def test_a_page_that_was_made_up_is_answered(town: Town, n: str) -> None:
    market = await Market.opened(town, *SEVEN)
    await market.expert.commands("検索 在庫")
    more = wire.decode(buttons(market.expert)["続きを見る"]["value"])
    assert more is not None
    for odd in (
        {"n": n},
        {"b": "~~x~" * 30},
        {"b": "~1234567" * 240},
        {"b": "x" * 1800},
        {"c": "x"},
        {"k": "words", "v": "x" * 900},
    ):
        async with market.acting(market.expert.user) as services:
            assert services.person is not None
            turn = Turn(services.person, services, chatty=False)
            await take(turn, Pressed(Act(more.name, {**more.args, **odd})))
            assert turn.said
