"""Finding cases: what words find, what filters keep out, and pages that neither repeat nor skip."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services import numbers
from services.bundle import Services
from services.case_index import searchable
from services.cases import CaseState
from services.plans import Plan, PlanState
from services.refusals import Refusal
from services.search import Matched, Query, Sort
from services.values import Hours
from tests.conftest import ActingAs
from tests.services.market import expert, published

OWNER, EXPERT = "U-owner", "U-expert"

STRANGE = [
    "",
    "\u3000",
    "の",
    "を に は が",
    "😀🎉",
    "予約🎉",
    "'; DROP TABLE cases; --",
    '" OR 1=1 --',
    "会計 & | ! ( <-> )",
    "勤怠:*",
    "!会計",
    "(((",
    "在庫 <2> 管理",
    "%_%",
    "\\",
    "\\'",
    "ー",
    "<!channel> 在庫",
    '{"a":1}',
    "$$ $1 %s {0}",
    "\x00在庫",
    "\u202e約予",
    "\ud842",
    "在庫" * 1000,
    "あ" * 2000,
    "𠮷野家 予約",
    "会計'会計",
]


@asynccontextmanager
async def searching(acting: ActingAs, *cases: dict[str, Any]) -> AsyncIterator[Services]:
    """An expert among these published cases, numbered from one."""
    async with acting(OWNER) as services:
        for serial, case in enumerate(cases, start=1):
            await published(services, serial, **case)
    async with acting(EXPERT, "slack") as services:
        await expert(services)
        yield services


async def titles(services: Services, words: str = "", **other: Any) -> list[str]:
    """The titles of what is found, in their order."""
    return [case.title for case in (await services.search.find(Query(words, **other))).cases]


# --- words ---------------------------------------------------------------------------------------------


async def test_two_letters_find_a_case_and_nothing_else(acting: ActingAs) -> None:
    async with searching(acting, {"title": "会計を楽に"}, {"title": "在庫の数え方"}) as services:
        assert await titles(services, "会計") == ["会計を楽に"]
        assert await titles(services, "在庫") == ["在庫の数え方"]


async def test_half_width_kana_finds_a_word_in_full_width(acting: ActingAs) -> None:
    async with searching(acting, {"title": "ホームページの更新"}, {"title": "別の件"}) as services:
        assert await titles(services, "ﾎｰﾑﾍﾟｰｼﾞ") == ["ホームページの更新"]


async def test_kyoto_does_not_find_tokyo(acting: ActingAs) -> None:
    tokyo = {"title": "東の店", "prefecture": "東京都", "city": "港区"}
    kyoto = {"title": "西の店", "prefecture": "京都府", "city": "京都市"}
    async with searching(acting, tokyo, kyoto) as services:
        assert await titles(services, "京都") == ["西の店"]
        assert await titles(services, "東京") == ["東の店"]
        assert await titles(services, "東京都") == ["東の店"]


async def test_a_word_of_the_title_counts_more_than_one_of_the_background(acting: ActingAs) -> None:
    in_title, in_background = {"title": "予約の受付"}, {"background": "電話で予約を受けています。"}
    async with searching(acting, in_title, in_background) as services:
        assert await titles(services, "予約") == ["予約の受付", "ネット注文を始めたい"]


async def test_when_no_case_has_all_words_those_with_some_are_shown(acting: ActingAs) -> None:
    async with searching(acting, {"title": "勤怠の集計"}, {"title": "在庫の数え方"}) as services:
        found = await services.search.find(Query("勤怠 在庫"))
        assert found.matched is Matched.SOME
        assert found.total == 2


async def test_words_that_say_nothing_are_not_required(acting: ActingAs) -> None:
    async with searching(acting, {"title": "在庫の数え方"}) as services:
        assert await titles(services, "在庫システムの導入") == ["在庫の数え方"]


async def test_only_words_that_cannot_be_searched_for_show_everything_and_say_so(acting: ActingAs) -> None:
    async with searching(acting, {}, {}) as services:
        found = await services.search.find(Query("は が 😀"))
        assert (found.matched, found.total) == (Matched.NOTHING, 2)


async def test_any_input_is_safe(acting: ActingAs) -> None:
    async with searching(acting, {"title": "在庫の数え方"}) as services:
        for words in STRANGE:
            assert (await services.search.find(Query(words))).total in (0, 1)


async def test_signs_of_the_query_language_are_only_signs(acting: ActingAs) -> None:
    async with searching(acting, {"title": "会計を楽に"}, {"title": "在庫の数え方"}) as services:
        assert await titles(services, "!会計") == ["会計を楽に"]
        assert await titles(services, "会計 & | ! ( <-> )") == ["会計を楽に"]


async def test_contact_data_is_not_in_the_index(acting: ActingAs) -> None:
    private = {"background": "電話は090-1234-5678、担当は見積です。"}
    async with searching(acting, private) as services:
        assert await titles(services, "見積") != []
        assert (await services.search.find(Query("090-1234-5678"))).matched is Matched.NOTHING
    assert "090" not in searchable(private["background"])


async def test_a_case_says_why_it_was_found(acting: ActingAs) -> None:
    async with searching(acting, {"title": "見積りを早く作りたい"}) as services:
        found = await services.search.find(Query("見積もり", areas=("EC",), prefecture="兵庫県"))
        why = found.why[found.cases[0].id]
        assert why.words == ("見積り",)
        assert why.facts == ("area", "prefecture")


# --- filters -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"areas": ("ACCOUNTING", "RPA")}, ["会計"]),
        ({"prefecture": "大阪府"}, ["会計"]),
        ({"mode": "online"}, ["会計", "店"]),
        ({"mode": "visit"}, ["店"]),
        ({"most_hours": Hours(10 * 60)}, ["会計"]),
        ({"deadline_from": date(2021, 11, 10)}, ["店"]),
    ],
)
async def test_filters_keep_out_what_does_not_fit(
    acting: ActingAs, filters: dict[str, Any], found: list[str]
) -> None:
    other = {
        "title": "会計",
        "area": "ACCOUNTING",
        "prefecture": "大阪府",
        "mode": "online",
        "minutes": None,
        "proposal_deadline": date(2021, 11, 5),
    }
    async with searching(acting, {"title": "店"}, other) as services:
        assert sorted(await titles(services, **filters)) == sorted(found)


async def test_cases_with_many_proposals_can_be_left_out(acting: ActingAs) -> None:
    async with searching(acting, {"title": "人気"}, {"title": "静か"}) as services:
        popular = (await services.search.find(Query("人気"))).cases[0]
        mine = await services.experts.require_registered()
        services.session.add(
            Plan(
                number="P-1",
                route="open_case",
                case_id=popular.id,
                company_id=popular.company_id,
                expert_id=mine.id,
                state=PlanState.SENT,
                revision=1,
                sent_at=services.now,
            )
        )
        await services.flush()
        assert await titles(services, most_proposals=0) == ["静か"]


async def test_cases_come_newest_first_or_by_their_deadline(acting: ActingAs) -> None:
    soon, late = {"title": "近い"}, {"title": "遠い", "proposal_deadline": date(2021, 11, 30)}
    async with searching(acting, soon, late) as services:
        assert await titles(services) == ["遠い", "近い"]
        assert await titles(services, sort=Sort.DEADLINE) == ["近い", "遠い"]


# --- never what is not open ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(set(CaseState) - {CaseState.PUBLISHED, CaseState.NEGOTIATING}))
async def test_a_case_that_is_not_open_is_never_found_even_if_the_index_has_it(
    acting: ActingAs, state: CaseState
) -> None:
    async with searching(acting, {"state": state}) as services:
        assert (await services.search.find(Query())).total == 0
        assert await services.search.fresh() == 0


async def test_a_case_is_found_until_the_end_of_its_deadline(acting: ActingAs) -> None:
    async with searching(acting, {"proposal_deadline": date(2021, 10, 20)}):
        pass
    async with acting(EXPERT, "slack", at=datetime(2021, 10, 20, 14, 59, tzinfo=UTC)) as services:
        assert (await services.search.find(Query())).total == 1
    async with acting(EXPERT, "slack", at=datetime(2021, 10, 20, 15, 0, tzinfo=UTC)) as services:
        assert (await services.search.find(Query())).total == 0


async def test_a_case_that_was_removed_is_gone_and_one_that_changed_is_found_by_its_new_words(
    acting: ActingAs,
) -> None:
    async with searching(acting, {"title": "会計を楽に"}) as services:
        case = (await services.search.find(Query())).cases[0]
        case.title = "予約の受付"
        await services.search.index(case)
        assert await titles(services, "会計") == []
        assert await titles(services, "予約") == ["予約の受付"]
        await services.search.remove(case.id)
        assert await titles(services, "予約") == []


async def test_only_registered_experts_search(acting: ActingAs) -> None:
    async with acting(EXPERT, "slack") as services:
        with pytest.raises(Refusal):
            await services.search.find(Query())


# --- pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", list(Sort))
async def test_pages_neither_repeat_nor_skip_while_cases_come_and_go(acting: ActingAs, sort: Sort) -> None:
    cases = [{"title": f"在庫 {n}", "issue": "在庫 " * (n % 3)} for n in range(7)]
    async with searching(acting, *cases) as services:
        first = await services.search.find(Query("在庫", sort=sort, limit=3))
    async with acting(OWNER) as services:
        await published(services, 8, title="在庫 あとから", issue="在庫 在庫 在庫")
        await services.cases.cancel(first.cases[0].id)
    seen = [case.id for case in first.cases]
    cursor = first.cursor
    async with acting(EXPERT, "slack") as services:
        while cursor:
            page = await services.search.find(Query("在庫", sort=sort, limit=3, after=cursor))
            seen += [case.id for case in page.cases]
            cursor = page.cursor
        before = [case.id for case in (await services.search.find(Query("在庫", limit=20))).cases]
    assert len(seen) == len(set(seen))
    assert set(seen) >= set(before) - {max(before)}


async def test_the_last_page_says_that_it_is_the_last(acting: ActingAs) -> None:
    async with searching(acting, {}, {}) as services:
        first = await services.search.find(Query(limit=1))
        last = await services.search.find(Query(limit=1, after=first.cursor))
        assert (len(last.cases), last.cursor, last.total) == (1, None, 2)


@pytest.mark.parametrize(
    "cursor", ["x", "all.1", "all.a.b.c", "all.1.2.3.4", "all.1.999999999999999999.1", "."]
)
async def test_a_cursor_that_somebody_made_up_is_refused(acting: ActingAs, cursor: str) -> None:
    async with searching(acting, {}) as services:
        with pytest.raises(Refusal):
            await services.search.find(Query(after=cursor))


# --- bookmarks -----------------------------------------------------------------------------------------


async def test_a_bookmark_is_kept_once_and_can_be_removed(acting: ActingAs) -> None:
    async with searching(acting, {}) as services:
        case = (await services.search.find(Query())).cases[0]
        await services.search.bookmark(case.id)
        await services.search.bookmark(case.id)
        assert [kept.id for kept in await services.search.bookmarks()] == [case.id]
        assert await services.search.bookmarked([case.id]) == {case.id}
        await services.search.unbookmark(case.id)
        assert await services.search.bookmarks() == []


async def test_a_case_that_is_not_open_cannot_be_bookmarked(acting: ActingAs) -> None:
    async with searching(acting, {"state": CaseState.HIDDEN}) as services:
        hidden = await services.cases.by_number(numbers.make("A", 1))
        assert hidden is not None
        with pytest.raises(Refusal):
            await services.search.bookmark(hidden.id)
