"""A search is read, told in words, narrowed and widened without asking anybody."""

from datetime import date

import pytest

from conversations import everything
from conversations.expert import search_query
from conversations.expert.search_query import FORM, filters, in_words, narrowed, read, widened
from conversations.questions import Facts
from locales.language import speaker
from services.answers import Draft
from services.cases import Mode
from services.programme import Programme
from services.search import Query, Sort
from services.values import Hours, Yen
from tests.conftest import NOON

everything.load()
say = speaker("ja")
TODAY = date(2021, 10, 20)


@pytest.fixture
def facts(rules: Programme) -> Facts:
    return Facts(rules, NOON, TODAY)


def test_every_answer_becomes_its_part_of_the_query(facts: Facts) -> None:
    answers = {
        "words": "会計",
        "areas": "EC,ACCOUNTING",
        "prefecture": "兵庫県",
        "mode": "online",
        "sort": "deadline",
        "more": "more",
        "industry": "RETAIL",
        "hours": "20",
        "budget": "30000",
        "cap": "100000",
        "deadline": "2021-11-30",
        "posted": "7",
        "proposals": "0",
    }
    assert search_query.query(Draft(FORM, "", answers), facts, "here") == Query(
        words="会計",
        areas=("EC", "ACCOUNTING"),
        prefecture="兵庫県",
        mode="online",
        industry="RETAIL",
        most_hours=Hours(1200),
        least_budget=Yen(30_000),
        least_cap=Yen(100_000),
        deadline_from=date(2021, 11, 30),
        posted_from=date(2021, 10, 13),
        most_proposals=0,
        sort=Sort.DEADLINE,
        after="here",
    )


def test_what_is_left_open_filters_nothing(facts: Facts) -> None:
    answers = {"words": "", "prefecture": "any", "mode": "any", "more": "more", "posted": "any"}
    assert search_query.query(Draft(FORM, "", answers), facts) == Query()


def test_what_is_no_option_any_more_filters_nothing(facts: Facts) -> None:
    answers = {"prefecture": "江戸", "areas": "GONE", "hours": "many", "typed": "会計 東京"}
    assert search_query.query(Draft(FORM, "", answers), facts) == Query()


def test_rare_filters_count_only_where_more_are_wanted(facts: Facts) -> None:
    assert search_query.query(Draft(FORM, "", {"hours": "20"}), facts) == Query()
    answers = narrowed({"words": "会計"}, "industry", "RETAIL")
    assert search_query.query(Draft(FORM, "", answers), facts).industry == "RETAIL"


def test_every_filter_is_told_in_words(rules: Programme) -> None:
    query = Query(
        words="会計　" * 20,
        areas=("EC",),
        prefecture="東京都",
        mode=Mode.VISIT,
        industry="RETAIL",
        most_hours=Hours(90),
        least_budget=Yen(5000),
        least_cap=Yen(100_000),
        deadline_from=date(2021, 11, 30),
        posted_from=date(2021, 10, 13),
        most_proposals=2,
        sort=Sort.NEWEST,
    )
    words, *rest = [say(one) for one in in_words(query, rules)]
    assert words.startswith("「会計") and words.endswith("…」") and len(words) == search_query.SHORT + 2
    assert rest == [
        "EC・ネット販売",
        "東京都",
        "訪問",
        "小売業",
        "1.5時間まで",
        "自己負担5,000円以上",
        "支援枠の残り100,000円以上",
        "締切が2021年11月30日(火)以降",
        "2021年10月13日(水)以降に公開",
        "提案2件まで",
        "新しい順",
    ]
    # Each of them but the order can be taken away, and no other.
    assert len(filters(query, rules)) == len(rest)
    assert in_words(Query(), rules) == [] and filters(Query(most_proposals=0), rules)


def test_a_filter_is_taken_away_and_one_of_several_values_too() -> None:
    answers = {"words": "会計", "areas": "EC,RPA", "prefecture": "東京都", "typed": "会計 東京"}
    assert widened(answers, "areas", "EC") == answers | {"areas": "RPA"}
    assert widened({"areas": "EC"}, "areas", "EC") == {}
    assert widened(answers, "prefecture") == {"words": "会計", "areas": "EC,RPA"}
    assert widened(answers, "nothing") == answers


@pytest.mark.parametrize(
    ("typed", "answers"),
    [
        ("会計 東京", {"words": "会計", "prefecture": "東京都", "typed": "会計 東京"}),
        ("京都府　会計", {"words": "会計", "prefecture": "京都府", "typed": "京都府 会計"}),
        ("Tokyo", {"prefecture": "東京都", "typed": "Tokyo"}),
        ("北海道 北海道", {"prefecture": "北海道", "typed": "北海道 北海道"}),
        ("北海 会計", {"words": "北海 会計"}),
        ("東京 大阪 会計", {"words": "東京 大阪 会計"}),
        ("東京会計", {"words": "東京会計"}),
        ("東 京", {"words": "東 京"}),
        ("会計", {"words": "会計"}),
    ],
)
def test_one_prefecture_among_typed_words_is_meant_as_such(typed: str, answers: dict[str, str]) -> None:
    assert read(typed) == answers


def test_typed_words_become_words_again() -> None:
    assert search_query.as_typed(read("会計 東京")) == {"words": "会計 東京"}
