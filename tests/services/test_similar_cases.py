"""What is told of other companies' cases while one is written: from three companies on, and nothing that tells whose."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import similar_cases
from services.bundle import Services
from services.case_import import NUMBER as IMPORTED
from services.cases import Case, CaseState
from services.companies import Standing
from services.refusals import Refusal
from services.similar_cases import COMPANIES, Similar, similar
from tests.conftest import ActingAs
from tests.services import market
from tests.services.case_company import APPLICATION, registered

ME = "U-me"
ISSUE = "電話の注文の聞き間違いが月に2、3回あり、書き直しに毎日30分かかります。"
GOAL = "12月中に聞き間違いを半分にしたいです。予約の方法を一緒に考えてほしいです。"
BACKGROUND = "従業員6名です。注文は電話とFAXで1日20件ほど受けています。"
NAMES = ("菓匠やまもと", "ボヌール灘", "甘味処みずき", "株式会社サクラ堂", "喫茶あおい")


async def company(services: Services, number: int) -> None:
    """The acting person's company, with a name of its own."""
    own = await registered(services)
    own.name, own.representative = NAMES[number], "水木 花子"
    own.standing = Standing.COMPLETED
    await services.flush()


async def open_cases(acting: ActingAs, companies: int, **other: Any) -> list[Case]:
    """A published case of each of so many other companies."""
    cases = []
    for number in range(companies):
        async with acting(f"U-{number}") as services:
            await company(services, number)
            texts = {"issue": ISSUE, "goal": GOAL, "background": BACKGROUND}
            cases.append(await market.published(services, 10 + number, **(texts | other)))
    return cases


async def looked(acting: ActingAs, words: str = "電話の聞き間違い", area: str = "EC") -> Similar:
    """What somebody who writes a case of another company is told."""
    async with acting(ME) as services:
        if await services.companies.mine() is None:
            await registered(services)
        return await similar(services, area, words)


async def test_three_companies_are_enough_and_two_are_not(acting: ActingAs) -> None:
    await open_cases(acting, COMPANIES - 1)
    assert await looked(acting) == Similar()
    async with acting("U-2") as services:
        await company(services, 2)
        await market.published(services, 20, issue=ISSUE, goal=GOAL, background=BACKGROUND)
    found = await looked(acting)
    assert found.count == 3 and len(found.examples) == 3
    assert (
        found.examples[0].problem == "電話の注文の聞き間違いが月に数回あり、書き直しに毎日数十分かかります。"
    )
    assert found.examples[0].goal.startswith("12月中に聞き間違いを半分にしたいです。")
    assert found.hours == (10, 20) and found.budget == (10_000, 30_000) and found.proposals == (0, 0)
    assert found.examples[0].industry == APPLICATION.industry


async def test_words_that_fit_nothing_still_show_what_the_area_has(acting: ActingAs) -> None:
    await open_cases(acting, 3)
    assert (await looked(acting, "まったく関係のない話です")).count == 3
    assert (await looked(acting, "")).count == 3
    assert (await looked(acting, area="RPA")) == Similar()


async def test_one_company_with_three_cases_is_one_company(acting: ActingAs) -> None:
    await open_cases(acting, 2)
    async with acting("U-0") as services:
        for serial in (30, 31):
            await market.published(services, serial, issue=ISSUE, goal=GOAL, background=BACKGROUND)
    assert await looked(acting) == Similar()


async def test_the_own_cases_never_count_and_are_never_shown(acting: ActingAs) -> None:
    await open_cases(acting, 2)
    async with acting(ME) as services:
        await registered(services)
        await market.published(services, 40, issue=ISSUE, goal=GOAL, background=BACKGROUND)
    assert await looked(acting) == Similar()


@pytest.mark.parametrize(
    "state",
    sorted(set(CaseState) - {CaseState.PUBLISHED, CaseState.NEGOTIATING}),
)
async def test_only_cases_that_experts_find_now_are_shown(acting: ActingAs, state: CaseState) -> None:
    cases = await open_cases(acting, 3)
    async with acting(None) as services:
        case = await services.cases.get(cases[0].id)
        assert case is not None
        case.state = state
    assert await looked(acting) == Similar()


async def test_nothing_tells_whose_a_case_is(acting: ActingAs) -> None:
    told = (
        "ボヌール灘の洋菓子をネットで売っています。電話は078-331-8181です。水木が注文を受けています。"
        "灘区の店に1日2,500件の注文が来ます。" + ISSUE
    )
    await open_cases(acting, 3, issue=told, city="神戸市灘区")
    found = await looked(acting)
    shown = "".join(one.problem + one.goal for one in found.examples)
    for secret in (*NAMES, "ボヌール", "水木", "神戸", "灘", "078", "2,500", "A-0"):
        assert secret not in shown
    assert "聞き間違い" in shown


async def test_a_word_of_fewer_companies_is_masked(acting: ActingAs) -> None:
    await open_cases(acting, 2)
    async with acting("U-2") as services:
        await company(services, 2)
        await market.published(services, 20, issue="刀鍛冶の" + ISSUE, goal=GOAL, background=BACKGROUND)
    shown = "".join(one.problem for one in (await looked(acting)).examples)
    assert "〇〇の電話の注文" in shown and "刀鍛冶" not in shown


async def test_cases_of_another_system_are_not_told_of(acting: ActingAs) -> None:
    await open_cases(acting, 3)
    async with acting("U-import") as services:
        (await registered(services)).number = IMPORTED
        for serial in range(3):
            await market.published(services, serial + 20, issue="刀鍛冶の" + ISSUE, goal=GOAL)
    found = await looked(acting)
    assert found.count == 3
    assert not any("刀鍛冶" in one.problem for one in found.examples)


async def test_whoever_has_no_company_is_told_nothing(acting: ActingAs) -> None:
    await open_cases(acting, 3)
    async with acting("U-nobody") as services:
        with pytest.raises(Refusal):
            await similar(services, "EC", "")


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 300)), max_size=20),
)
def test_a_range_is_of_three_companies_and_of_most_cases(given_by: Sequence[tuple[int, int]]) -> None:
    owners = {at: owner for at, (owner, _hours) in enumerate(given_by)}
    values = {at: hours for at, (_owner, hours) in enumerate(given_by)}
    told = similar_cases.most(owners, values, (0, 5, 10, 20, 40, 80, 200))
    if told is not None:
        inside = [at for at, value in values.items() if told[0] < value <= told[1]]
        assert len({owners[at] for at in inside}) >= COMPANIES and 2 * len(inside) > len(values)
    else:
        below = [at for at, value in values.items() if value <= 200]
        assert len({owners[at] for at in below}) < COMPANIES or 2 * len(below) <= len(values)
