"""Finding cases: what words find, what filters keep out, and pages that neither repeat nor skip."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from services import case_interest, case_matches, case_ranking, missed_queries, numbers, search_words
from services.bundle import Services
from services.case_index import SHAPE, IndexRow
from services.case_vector import searchable
from services.cases import Case, CaseState
from services.companies import Company
from services.ledger import Account, Party
from services.plans import Plan, PlanState
from services.refusals import Refusal
from services.reminder_records import CaseInterest
from services.search import Matched, Query, Sort
from services.timers import TimerRow
from services.values import Hours, Yen
from tests.conftest import NOON, ActingAs
from tests.services.market import expert, published

OWNER, EXPERT = "U-owner", "U-expert"
LATE = date(2200, 1, 1)

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


async def indexed(services: Services) -> set[int]:
    """The cases that have a row in the index."""
    return set(await services.session.scalars(select(IndexRow.case_id)))


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
        ({"least_budget": Yen(20_000)}, ["店"]),
        ({"least_budget": Yen(30_001)}, []),
        ({"deadline_from": date(2021, 11, 10)}, ["店"]),
        ({"posted_from": date(2021, 10, 18)}, ["店"]),
        ({"posted_from": date(2021, 9, 1)}, ["会計", "店"]),
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
        "budget_yen": 10_000,
        "proposal_deadline": date(2021, 11, 5),
        "published_at": datetime(2021, 10, 17, 14, 59, tzinfo=UTC),
    }
    async with searching(acting, {"title": "店"}, other) as services:
        assert sorted(await titles(services, **filters)) == sorted(found)
        assert sorted(await titles(services, "店 会計 和菓子", **filters)) == sorted(found)


async def test_what_a_company_leaves_open_is_found_by_any_hours_and_any_budget(acting: ActingAs) -> None:
    async with searching(acting, {"minutes": None, "budget_yen": None}) as services:
        assert (await services.search.find(Query(most_hours=Hours(60), least_budget=Yen(900_000)))).total == 1


async def test_cases_are_found_by_the_industry_of_their_company(acting: ActingAs) -> None:
    async with searching(acting, {}) as services:
        company = await services.session.get(
            Company, (await services.search.find(Query())).cases[0].company_id
        )
        assert company is not None
        assert (await services.search.find(Query(industry=company.industry))).total == 1
        assert (await services.search.find(Query(industry="OTHER"))).total == 0


async def test_cases_whose_company_has_little_of_its_cap_left_can_be_left_out(acting: ActingAs) -> None:
    async with searching(acting, {}) as services:
        company_id = (await services.search.find(Query())).cases[0].company_id
        left = (await services.ledger.account(Party.COMPANY, company_id)).remaining
        assert await titles(services, least_cap=left) != []
        assert await titles(services, least_cap=Yen(left + 1)) == []
        await services.session.execute(update(Account).values(reserved_yen=int(left) - 5000))
        assert await titles(services, "和菓子", least_cap=Yen(5000)) != []
        assert await titles(services, "和菓子", least_cap=Yen(5001)) == []


async def test_before_a_company_has_an_account_what_it_used_before_counts(acting: ActingAs) -> None:
    async with searching(acting, {}) as services:
        cap = services.programme.money.sme_cap
        await services.session.execute(update(Company).values(phase1_used_yen=int(cap) - 1000))
        assert await titles(services, least_cap=Yen(1000)) != []
        assert await titles(services, least_cap=Yen(1001)) == []


async def test_what_was_found_is_counted_by_area_prefecture_mode_and_industry(acting: ActingAs) -> None:
    kyoto = {"prefecture": "京都府", "area": "RPA", "mode": "online"}
    async with searching(acting, {}, {}, kyoto, {"title": "在庫"}) as services:
        found = await services.search.find(Query("和菓子", limit=1))
        assert list(found.facets["area"].items()) == [("EC", 3), ("RPA", 1)]
        assert found.facets["prefecture"] == {"兵庫県": 3, "京都府": 1}
        assert found.facets["mode"] == {"either": 3, "online": 1}
        assert list(found.facets["industry"].values()) == [4]
        narrow = await services.search.find(Query("在庫", prefecture="京都府"))
        assert narrow.facets == {"area": {}, "prefecture": {}, "mode": {}, "industry": {}}


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


CLOSED = sorted(set(CaseState) - {CaseState.PUBLISHED, CaseState.NEGOTIATING})


@pytest.mark.parametrize("state", CLOSED)
async def test_a_case_that_is_not_open_is_not_even_indexed(acting: ActingAs, state: CaseState) -> None:
    async with searching(acting, {}) as services:
        case = (await services.search.find(Query())).cases[0]
        case.state = state
        await services.search.index(case)
        await services.flush()
        assert await indexed(services) == set()
        assert (await services.search.find(Query())).total == 0
        assert await services.search.fresh() == 0


@pytest.mark.parametrize("state", CLOSED)
async def test_a_case_that_is_not_open_is_never_shown_even_if_the_index_has_it(
    acting: ActingAs, state: CaseState
) -> None:
    async with searching(acting, {"title": "閉じた"}, *[{}] * 4) as services:
        await services.session.execute(update(Case).where(Case.id == 1).values(state=state))
        assert "閉じた" not in await titles(services, sort=Sort.DEADLINE, limit=9)
        found = await services.search.find(Query("和菓子", limit=9))
        assert (len(found.cases), found.total) == (4, 4)


async def test_a_page_of_cases_that_have_just_closed_goes_on_to_one_that_is_open(acting: ActingAs) -> None:
    async with searching(acting, *[{"title": f"在庫 {n}"} for n in range(6)]) as services:
        await services.session.execute(update(Case).where(Case.id > 2).values(state=CaseState.CLOSED))
        assert await titles(services, "在庫", limit=2) == ["在庫 1", "在庫 0"]


async def test_a_hidden_case_leaves_the_index_and_comes_back_when_its_company_is_heard(
    acting: ActingAs,
) -> None:
    async with searching(acting, {}) as services:
        case = (await services.search.find(Query())).cases[0]
        services.session.add(CaseInterest(case_id=case.id, silent=2, hidden_at=services.now))
        await services.flush()
        assert (await services.search.find(Query())).cases == [], "what the index still has is not shown"
        await services.search.remove(case.id)
        await case_interest.heard(services, case)
        assert await indexed(services) == {case.id}
        assert [one.id for one in (await services.search.find(Query())).cases] == [case.id]


async def test_a_hidden_case_opens_for_nobody_but_experts_who_talk_with_its_company(acting: ActingAs) -> None:
    async with searching(acting, {}) as services:
        case = (await services.search.find(Query())).cases[0]
        assert (await services.search.open(case.id)).id == case.id
        services.session.add(CaseInterest(case_id=case.id, silent=2, hidden_at=services.now))
        await services.flush()
        with pytest.raises(Refusal, match="not answered for a while"):
            await services.search.open(case.id)
        with pytest.raises(Refusal, match="not answered for a while"):
            await services.search.bookmark(case.id)
        await services.enquiries.ask(case.id, "どのレジをお使いですか？")
        assert (await services.search.open(case.id)).id == case.id


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


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(0, 5)),
        st.tuples(st.just("close"), st.integers(0, 30)),
        st.tuples(st.just("turn the page"), st.just(0)),
    ),
    max_size=12,
)
_round = itertools.count()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, words=st.sampled_from(["", "在庫", "在庫 棚卸"]), sort=st.sampled_from(list(Sort)))
async def test_pages_neither_repeat_nor_skip_while_cases_come_and_go(
    acting: ActingAs, steps: list[tuple[str, int]], words: str, sort: Sort
) -> None:
    example = next(_round)
    serials = itertools.count(example * 1000 + 1)

    async def publish(services: Services, number: int) -> Case:
        background = "在庫の棚卸。" if number % 2 else ""
        day = date(2021, 11, 10 + number)
        return await published(
            services,
            next(serials),
            title="在庫",
            issue="在庫 " * number,
            background=background,
            proposal_deadline=day,
        )

    async with acting(OWNER) as services:
        await services.session.execute(update(Case).values(state=CaseState.CLOSED))
        await services.session.execute(delete(IndexRow))
        there = [(await publish(services, number)).id for number in (3, 0, 5, 1, 4, 2, 5, 0)]
    closed: set[int] = set()
    async with acting(EXPERT, "slack") as services:
        if await services.experts.mine() is None:
            await expert(services)
        page = await services.search.find(Query(words, sort=sort, limit=2))
    seen = [case.id for case in page.cases]
    everything = list(there)
    for what, number in [*steps, *[("turn the page", 0)] * 8]:
        if what == "turn the page":
            if page.cursor is None:
                break
            async with acting(EXPERT, "slack") as services:
                page = await services.search.find(Query(words, sort=sort, limit=2, after=page.cursor))
            seen += [case.id for case in page.cases]
        else:
            async with acting(OWNER) as services:
                if what == "publish":
                    everything.append((await publish(services, number)).id)
                elif (case_id := everything[number % len(everything)]) not in closed:
                    await services.cases.cancel(case_id)
                    closed.add(case_id)
    assert page.cursor is None
    assert len(seen) == len(set(seen)), "nothing appears twice"
    assert set(there) - closed <= set(seen), "and nothing that stayed is left out"
    assert set(seen) <= set(there), "what came later begins with the next search"


async def test_the_last_page_says_that_it_is_the_last(acting: ActingAs) -> None:
    async with searching(acting, {}, {}) as services:
        first = await services.search.find(Query(limit=1))
        last = await services.search.find(Query(limit=1, after=first.cursor))
        assert (len(last.cases), last.cursor, last.total) == (1, None, 2)


@pytest.mark.parametrize(
    "cursor",
    ["x", "all.1", "all.a.b.c.d.e", "all.1.2.3.4", "all.1.2.3.4.5.6", "all.1.999999999999999999.1.1.1", "."],
)
async def test_a_cursor_that_somebody_made_up_is_refused(acting: ActingAs, cursor: str) -> None:
    async with searching(acting, {}) as services:
        with pytest.raises(Refusal):
            await services.search.find(Query(after=cursor))


# --- very many -----------------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a handful of cases were very many: four of them are ranked, two at the least."""
    monkeypatch.setattr(case_ranking, "NEWEST", 8)
    monkeypatch.setattr(case_ranking, "MANY", 1)


async def counted(services: Services) -> None:
    """What is counted each night, and what PostgreSQL looks at by itself."""
    await search_words.refresh(services.connection)
    await services.session.execute(text("ANALYZE case_index"))


def daily(count: int, **other: Any) -> list[dict[str, Any]]:
    """Cases published one a day, the newest last."""
    first = NOON - timedelta(days=count)
    return [
        {
            "title": f"在庫 {n}",
            "published_at": first + timedelta(days=n),
            "proposal_deadline": date(2021, 12, 1),
            **other,
        }
        for n in range(count)
    ]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("sort", list(Sort))
async def test_it_is_said_when_and_only_when_more_match_than_were_ranked(
    acting: ActingAs, sort: Sort
) -> None:
    async with searching(acting, *daily(4), *daily(7, title="会計", trade="会計")) as services:
        await counted(services)
        few = await services.search.find(Query("在庫", sort=sort))
        many = await services.search.find(Query("会計", sort=sort))
        assert (few.bounded, few.total) == (False, 4)
        assert (many.bounded, many.total) == (True, 4)
        everything = await services.search.find(Query(sort=sort))
        assert (everything.bounded, everything.total) == (True, 4)
        assert sum(everything.facets["prefecture"].values()) == 4


@pytest.mark.usefixtures("large")
async def test_of_very_many_the_newest_are_ranked_and_those_with_the_words_in_their_title(
    acting: ActingAs,
) -> None:
    old = {"title": "会計の入れ替え", "published_at": NOON - timedelta(days=300)}
    newer = daily(20, title="相談", background="会計を楽にしたい")
    async with searching(acting, old, *newer, *daily(20)) as services:
        await counted(services)
        found = await services.search.find(Query("会計", limit=9))
        assert [case.title for case in found.cases] == ["会計の入れ替え"] + ["相談"] * 4
        assert found.bounded


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    "rare",
    [
        {"prefecture": "京都府"},
        {"area": "RPA"},
        {"minutes": 60},
        {"budget_yen": 900_000},
        {"mode": "online"},
        {"title": "勤怠"},
    ],
)
async def test_a_filter_loses_nothing_among_very_many(acting: ActingAs, rare: dict[str, Any]) -> None:
    asked = {
        "prefecture": Query("和菓子", prefecture="京都府"),
        "area": Query("和菓子", areas=("RPA",)),
        "minutes": Query("和菓子", most_hours=Hours(60)),
        "budget_yen": Query("和菓子", least_budget=Yen(900_000)),
        "mode": Query("和菓子", mode="online"),
        "title": Query("和菓子 勤怠"),
    }
    common = daily(30, mode="visit")
    oldest = {**common[0], **rare, "published_at": NOON - timedelta(days=200)}
    async with searching(acting, oldest, *common) as services:
        await counted(services)
        (query,) = (asked[name] for name in rare if name in asked)
        found = await services.search.find(query)
        assert 1 in [case.id for case in found.cases]
        assert not found.bounded or query.words != "和菓子"


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("words", ["在庫", "和菓子", "在庫 和菓子", "在庫 会計"])
@pytest.mark.parametrize("sort", list(Sort))
async def test_looking_at_the_newest_first_finds_what_looking_at_all_would_find(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch, words: str, sort: Sort
) -> None:
    async with searching(acting, *daily(60)) as services:
        await counted(services)
        monkeypatch.setattr(case_ranking, "WINDOWS", (0.2, 0.5))
        windows: list[Any] = []
        really = case_matches.newest

        async def newest(*args: Any) -> Any:
            windows.extend(found := await really(*args))
            return found

        monkeypatch.setattr(case_ranking, "newest", newest)
        quick = await services.search.find(Query(words, sort=sort, limit=20))
        assert windows or sort is Sort.DEADLINE
        monkeypatch.setattr(case_ranking, "WINDOWS", ())
        monkeypatch.setattr(case_ranking, "soonest", lambda today: [])
        whole = await services.search.find(Query(words, sort=sort, limit=20))
        assert [case.id for case in quick.cases] == [case.id for case in whole.cases]
        assert (quick.total, quick.bounded, quick.facets) == (whole.total, whole.bounded, whole.facets)


# --- rows of the index ---------------------------------------------------------------------------------


async def test_rows_that_are_missing_or_of_an_older_shape_are_made_anew_some_at_a_time(
    acting: ActingAs,
) -> None:
    async with searching(acting, *[{}] * 5) as services:
        services.session.add(CaseInterest(case_id=4, silent=2, hidden_at=services.now))
        await services.session.execute(delete(IndexRow).where(IndexRow.case_id == 1))
        await services.session.execute(
            update(IndexRow).values(shape=0, prefecture="", proposal_deadline=LATE)
        )
        await services.flush()
        assert (await services.search.find(Query("和菓子"))).total == 3, "an old row is found all the same"
        assert [await services.search.mend_some(after, 2) for after in (0, 2, 5)] == [2, 5, None]
        assert await indexed(services) == {1, 2, 3, 5}
        rows = (
            await services.session.scalars(select(IndexRow).execution_options(populate_existing=True))
        ).all()
        assert {(row.shape, row.prefecture, row.proposal_deadline) for row in rows} == {
            (SHAPE, "兵庫県", date(2021, 11, 10))
        }


async def test_mending_begins_only_where_there_is_something_to_mend(acting: ActingAs) -> None:
    waiting = select(TimerRow.ref).where(TimerRow.kind == "search.mend", TimerRow.done_at.is_(None))
    async with searching(acting, {}) as services:
        await services.search.begin_mending()
        assert await services.session.scalar(waiting) is None
        await services.session.execute(update(IndexRow).values(shape=0))
        await services.search.begin_mending()
        assert await services.session.scalar(waiting) == 0


async def test_a_case_with_more_areas_keeps_them_when_it_is_indexed_anew(acting: ActingAs) -> None:
    async with searching(acting, {}) as services:
        case = (await services.search.find(Query())).cases[0]
        await services.search.index(case, ["RPA", "ACCOUNTING"])
        assert await services.search.reindex_some(0, 10) == case.id
        assert await services.search.reindex_some(case.id, 10) is None
        for area in ("EC", "RPA", "ACCOUNTING"):
            assert (await services.search.find(Query(areas=(area,)))).facets["area"][area] == 1


# --- what was looked for in vain -----------------------------------------------------------------------


async def test_what_an_expert_looks_for_in_vain_is_noted_once_and_nothing_else(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []

    async def note(services: Services, words: str, matched: Matched, **more: bool) -> None:
        noted.append(words)

    monkeypatch.setattr(missed_queries, "note", note)
    async with searching(acting, {"title": "在庫"}, {"title": "会計"}) as services:
        for words in ("在庫", "", "在庫 会計", "溶接", "は が"):
            found = await services.search.find(Query(words, limit=1))
            if found.cursor:
                await services.search.find(Query(words, limit=1, after=found.cursor))
    async with acting(None) as services:
        await services.search.find(Query("溶接"))
    assert noted == ["在庫 会計", "溶接", "は が"]


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
