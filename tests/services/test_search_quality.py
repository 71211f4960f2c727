"""What experts look for in their own words is found in the words of those who wrote."""

from collections.abc import Sequence

import pytest

from services import search_words
from services.bundle import Services
from services.search import Matched, Query
from tests.conftest import ActingAs
from tests.services.test_search import searching, titles

CASES = [
    {
        "title": "ネット注文をはじめたい",
        "area": "EC",
        "issue": "電話の注文が多い。",
        "goal": "通販で売りたい。",
    },
    {
        "title": "タイムカードの集計",
        "area": "HR_ATTENDANCE",
        "issue": "月末に手で足しています。",
        "goal": "打刻を楽に。",
    },
    {
        "title": "うちのほーむぺーじ",
        "area": "WEBSITE_ADVICE",
        "issue": "古いままです。",
        "goal": "更新したい。",
    },
    {"title": "kintoneの使い方", "area": "GROUPWARE", "issue": "項目が増えました。", "goal": "整理したい。"},
    {
        "title": "在庫の数え方",
        "area": "INVENTORY_PROD",
        "issue": "棚卸しに二日かかる。",
        "goal": "半日にしたい。",
    },
    {
        "title": "適格請求書の準備",
        "area": "INVOICE",
        "issue": "制度が分からない。",
        "goal": "インボイスに備えたい。",
    },
]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("EC", "ネット注文をはじめたい"),
        ("ネットショップ", "ネット注文をはじめたい"),
        ("勤怠管理システム", "タイムカードの集計"),
        ("kintai", "タイムカードの集計"),
        ("キントーン", "kintoneの使い方"),
        ("HP", "うちのほーむぺーじ"),
        ("ﾎｰﾑﾍﾟｰｼﾞ", "うちのほーむぺーじ"),
        ("棚おろし", "在庫の数え方"),
        ("ざいこ", "在庫の数え方"),
        ("インボイズ", "適格請求書の準備"),
    ],
)
async def test_other_words_for_the_same_find_it(acting: ActingAs, words: str, first: str) -> None:
    async with searching(acting, *CASES) as services:
        assert (await titles(services, words))[:1] == [first]


async def test_what_has_all_words_comes_before_what_has_some(acting: ActingAs) -> None:
    both = {"title": "在庫と会計をつなぐ"}
    async with searching(acting, {"title": "会計会計会計"}, both, {"title": "在庫在庫在庫"}) as services:
        found = await services.search.find(Query("在庫 会計"))
        assert found.matched is Matched.MOST
        assert [case.title for case in found.cases][0] == "在庫と会計をつなぐ" and found.total == 3


async def test_why_names_the_words_as_they_stand_in_the_case(acting: ActingAs) -> None:
    async with searching(acting, *CASES) as services:
        found = await services.search.find(Query("ネットショップ"))
        assert set(found.why[found.cases[0].id].words) >= {"ネット注文", "通販"}


async def test_words_are_counted_and_forgotten_with_their_cases(acting: ActingAs) -> None:
    async with searching(acting, {"title": "券売機の話"}, {"title": "券売機の件"}) as services:
        await refreshed(services)
        assert (await known(services, ["券売機", ""]))["券売機"] == 2
        for case in (await services.search.find(Query("券売機"))).cases:
            await services.search.remove(case.id)
        await refreshed(services)
        assert await known(services, ["券売機", ""]) == {"": 0}


async def refreshed(services: Services) -> None:
    """Count the words as it is done each night."""
    await services.flush()
    await search_words.refresh(services.connection)


async def known(services: Services, words: Sequence[str]) -> dict[str, int]:
    """In how many cases words stand."""
    return await search_words.counted(services.connection, words)
