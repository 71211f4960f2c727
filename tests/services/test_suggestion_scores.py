"""Points for what fits: they rise with every feature, and each reason names what is true of the two and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.language import speaker
from services.checked_toml import FileError
from services.fees import Rates
from services.label import Label
from services.suggestion_fit import Able, Aside, Fit, Rarity, Why, Wish, fit, is_like
from services.suggestion_scores import Named, Score, load, rarity, score, table
from services.values import Yen

NAMED = Named(Label("EC・ネット販売", "Online shop"), "兵庫県", Label("小売業", "Retail"))
RATES = Rates(Yen(3500), Yen(500), 30)
TODAY = date(2021, 10, 20)
PLAIN = Fit(
    area=False,
    on_site=False,
    online=False,
    words=(),
    wanted=1200,
    payable=None,
    possible=60,
    in_area=0,
    in_trade=0,
    days_left=1,
    proposals=9,
)
GOOD = replace(
    PLAIN,
    area=True,
    on_site=True,
    words=(("弥生", Rarity.RARE),),
    payable=1200,
    possible=2000,
    in_area=3,
    in_trade=1,
    days_left=9,
    proposals=0,
)
counts = st.integers(0, 30)
minutes = st.integers(0, 6000)
words = st.lists(
    st.tuples(st.sampled_from("甲乙丙丁戊己庚辛"), st.sampled_from(Rarity)), unique_by=lambda w: w[0]
)
fits = st.builds(
    Fit,
    area=st.booleans(),
    on_site=st.booleans(),
    online=st.booleans(),
    words=words.map(tuple),
    wanted=st.none() | minutes.map(lambda some: some + 30),
    payable=st.none() | minutes,
    possible=minutes,
    in_area=counts,
    in_trade=counts,
    days_left=st.integers(0, 90),
    proposals=counts,
    lately=counts,
    busy=counts,
    aside=counts,
)


def scored(one: Fit) -> Score:
    return score(one, NAMED, table())


def told(one: Fit, *, against: bool = False) -> str:
    say = speaker("ja")
    found = scored(one)
    return "\n".join(say(reason.text) for reason in (found.against if against else found.reasons))


@given(fits, st.sampled_from(["area", "on_site", "online"]))
def test_what_can_be_done_is_worth_more_than_what_cannot(one: Fit, feature: str) -> None:
    without, having = replace(one, **{feature: False}), replace(one, **{feature: True})
    assert scored(having).points > scored(without).points


@given(fits, st.sampled_from(["possible", "in_area", "in_trade", "days_left"]), st.integers(1, 4000))
def test_more_of_what_is_good_never_lowers_the_points(one: Fit, feature: str, more: int) -> None:
    higher = replace(one, **{feature: getattr(one, feature) + more})
    assert scored(higher).points >= scored(one).points


@given(fits, st.sampled_from(["proposals", "lately", "busy", "aside"]), st.integers(1, 40))
def test_more_of_what_is_bad_never_raises_the_points(one: Fit, feature: str, more: int) -> None:
    higher = replace(one, **{feature: getattr(one, feature) + more})
    assert scored(higher).points <= scored(one).points


@given(fits, minutes, minutes)
def test_a_larger_budget_never_lowers_the_points(one: Fit, payable: int, more: int) -> None:
    smaller = replace(one, payable=payable)
    assert scored(replace(one, payable=payable + more)).points >= scored(smaller).points


@given(fits, words)
def test_another_word_or_a_rarer_one_never_lowers_the_points(
    one: Fit, more: list[tuple[str, Rarity]]
) -> None:
    known = {word for word, _rarity in one.words}
    grown = replace(one, words=(*one.words, *(word for word in more if word[0] not in known)))
    assert scored(grown).points >= scored(one).points
    rarer = replace(one, words=tuple((word, Rarity.RARE) for word, _rarity in one.words))
    assert scored(rarer).points >= scored(one).points


@given(fits)
def test_the_points_are_those_of_the_reasons(one: Fit) -> None:
    found = scored(one)
    assert found.points == sum(reason.points for reason in (*found.reasons, *found.against))
    assert all(reason.points > 0 for reason in found.reasons)
    assert all(reason.points < 0 for reason in found.against)
    assert [r.points for r in found.reasons] == sorted((r.points for r in found.reasons), reverse=True)


@given(fits)
def test_reasons_only_name_what_is_true(one: Fit) -> None:
    said = told(one)
    assert ("得意分野" in said) <= one.area
    assert ("訪問" in said) <= one.on_site
    assert ("オンライン" in said) <= one.online
    assert all(f"「{word}」" not in said for word in "甲乙丙丁戊己庚辛" if word not in dict(one.words))
    if "希望に合います" in said:
        assert one.payable is not None
        assert one.payable >= (one.wanted or 0)
    if "まだ提案がありません" in said:
        assert one.proposals == 0
    assert ("ほかの案件" in told(one, against=True)) <= (one.lately > 0)


def test_the_reasons_are_said_in_words_that_people_use() -> None:
    assert told(replace(GOOD, in_trade=0)).splitlines() == [
        "得意分野：EC・ネット販売",
        "自己負担の希望に合います",
        "兵庫県への訪問に対応",
        "EC・ネット販売の支援を3件完了",
        "経験と合う言葉：「弥生」",
        "まだ提案がありません",
        "20時間の支援ができます",
        "提案の締切まで9日",
    ]


def test_what_speaks_against_is_kept_apart() -> None:
    busy = replace(GOOD, busy=8, lately=12)
    assert scored(busy).points < scored(GOOD).points
    assert told(busy) == told(GOOD)
    assert "12件" in told(busy, against=True)


def wish(**other: object) -> Wish:
    given = {
        "case_id": 1,
        "company_id": 2,
        "area": "EC",
        "industry": "RETAIL",
        "prefecture": "兵庫県",
        "online": True,
        "visit": True,
        "minutes": 1200,
        "budget": Yen(30_000),
        "deadline": date(2021, 11, 10),
        "room": Yen(300_000),
    }
    return Wish(**given | other)  # type: ignore[arg-type]


def able(**other: object) -> Able:
    given = {
        "expert_id": 3,
        "areas": ["EC"],
        "online": True,
        "regions": ["兵庫県"],
        "price": Yen(4000),
        "room": Yen(1_500_000),
    }
    return Able(**given | other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "offered", "online", "on_site"),
    [
        ({}, {}, True, True),
        ({"visit": False}, {}, True, False),
        ({"online": False}, {}, False, True),
        ({"online": False}, {"regions": ["大阪府"]}, False, False),
        ({"online": False}, {"regions": None}, False, True),
        ({}, {"online": False, "regions": ()}, False, False),
    ],
)
def test_place_and_way_must_suit_both(
    wanted: dict[str, object], offered: dict[str, object], online: bool, on_site: bool
) -> None:
    found = fit(wish(**wanted), able(**offered), (), TODAY, RATES)
    assert (found.online, found.on_site) == (online, on_site)


@pytest.mark.parametrize(
    ("price", "payable"),
    [(4000, 3600), (5000, 1200), (3000, 3600), (10_000, 276)],
    ids=lambda given: str(given),
)
def test_the_budget_is_compared_with_the_companys_own_share(price: int, payable: int) -> None:
    assert fit(wish(), able(price=Yen(price)), (), TODAY, RATES).payable == payable


def test_the_smaller_of_two_caps_says_how_many_hours_are_possible() -> None:
    found = fit(wish(room=Yen(35_000)), able(), (), TODAY, RATES)
    assert found.possible == 600
    assert fit(wish(), able(room=Yen(3500)), (), TODAY, RATES).possible == 60


@pytest.mark.parametrize(
    ("why", "alike", "unlike"),
    [
        (Why.AREA, {}, {"area": "SNS"}),
        (Why.PLACE, {}, {"prefecture": "大阪府"}),
        (Why.PLACE, {}, {"visit": False}),
        (Why.PRICE, {"budget": Yen(20_000)}, {"budget": Yen(40_000)}),
        (Why.PRICE, {}, {"budget": None}),
        (Why.TIME, {"minutes": 1800}, {"minutes": 600}),
        (Why.TIME, {}, {"minutes": None}),
    ],
)
def test_only_what_was_not_wanted_makes_a_case_alike(
    why: Why, alike: dict[str, object], unlike: dict[str, object]
) -> None:
    aside = Aside(why, "EC", "兵庫県", 1200, Yen(30_000))
    assert is_like(wish(**alike), aside)
    assert not is_like(wish(**unlike), aside)


def test_a_word_says_more_the_rarer_it_is() -> None:
    weights = table()
    assert [rarity(cases, 1000, weights) for cases in (1, 20, 100, 400)] == [
        Rarity.RARE,
        Rarity.RARE,
        Rarity.KNOWN,
        None,
    ]
    assert rarity(9, 10, weights) is Rarity.KNOWN, "of so few nothing can be said"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("days_left = [[7, 2], [3, 5]]", "must grow"),
        ("in_area = [[1, 6], [3, 2]]", "must rise"),
        ("busy = [[3, -4], [5, -1]]", "must fall"),
        ("lately = [[2, 6]]", "wrong sign"),
        ("price_nearly = 99", "counts no more"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, changed: str, reason: str) -> None:
    from services import suggestion_scores

    key = changed.split(" ")[0]
    lines = Path(suggestion_scores.__file__).with_suffix(".toml").read_text("utf-8").splitlines()
    kept = [changed if line.startswith(f"{key} =") else line for line in lines]
    path = tmp_path / "weights.toml"
    path.write_text("\n".join(kept), "utf-8")
    with pytest.raises(FileError, match=reason):
        load(path)
