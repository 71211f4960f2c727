"""A saved search survives being written down, and its anchors are words that no match can lack."""

from datetime import date
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.case_query import Asked
from services.case_vector import FILTER, Vector, quoted
from services.saved_search_terms import EVERY, dumped, loaded, needle, widened, words_in
from services.search import Query, Sort
from services.thesaurus import Group, Thesaurus
from services.values import Hours, Yen

WORDS = ("会計", "経理", "在庫", "勤怠管理", "予約", "通販", "ネットショップ", "EC", "レジ", "見積")
THESAURUS = Thesaurus.of([Group(("通販", "ネットショップ", "EC")), Group(("会計", "経理"), ("見積",))])
FULL = Query(
    words="会計 'freee'",
    areas=("EC", "SNS"),
    prefecture="兵庫県",
    mode="online",
    industry="RETAIL",
    most_hours=Hours(600),
    least_budget=Yen(20_000),
    least_cap=Yen(100_000),
    deadline_from=date(2021, 11, 1),
    posted_from=date(2021, 10, 1),
    most_proposals=0,
)


def test_what_is_looked_for_is_the_same_after_it_was_kept() -> None:
    assert loaded(dumped(FULL)) == FULL
    assert loaded(dumped(Query())) == Query()


def test_a_page_of_results_is_not_kept_with_a_search() -> None:
    assert loaded(dumped(Query("会計", sort=Sort.NEWEST, after="all.1.2.3", limit=1))) == Query("会計")


def test_a_part_that_there_is_no_more_is_left_out() -> None:
    assert loaded({"words": "会計", "colour": "red"}) == Query("会計")


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_the_words_of_a_tsquery_are_read_back_whatever_signs_they_are_made_of(words: list[str]) -> None:
    assert words_in("(" + " | ".join(map(quoted, words)) + ")") == words


def test_the_rarest_word_leads_to_a_search_with_all_that_it_may_be_called() -> None:
    made = needle(Asked.of("会計 通販", THESAURUS), [], {"": 100, "会計": 50, "通販": 3, "EC": 9}, {})
    assert {"通販", "ネットショップ"} <= made.anchors and "会計" not in made.anchors


def test_a_filter_leads_to_a_search_where_it_leaves_over_fewer_cases_than_any_word() -> None:
    term = f"({quoted(FILTER + 'p:鳥取県')})"
    asked, cases = Asked.of("会計", THESAURUS), {"": 100, "会計": 50}
    assert needle(asked, [term], cases, {term: 2}).anchors == {FILTER + "p:鳥取県"}
    assert "会計" in needle(asked, [term], cases, {}).anchors


def test_a_search_for_everything_is_led_to_by_every_case() -> None:
    made = needle(Asked(), [], {}, {})
    assert made.query is None and made.anchors == {EVERY}


def test_other_words_count_before_any_case_has_them() -> None:
    bare = Asked([concept.common({}) for concept in Asked.of("通販", THESAURUS).needed])
    assert "ネットショップ" not in bare.words
    assert "ネットショップ" in needle(widened(bare, THESAURUS), [], {}, {}).anchors


@given(
    text=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    sought=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    counts=st.dictionaries(st.sampled_from(WORDS), st.integers(1, 99)),
)
def test_no_case_that_has_all_of_the_concepts_lacks_all_of_the_anchors(
    text: list[str], sought: list[str], counts: dict[str, int]
) -> None:
    vector = Vector.of({"D": ["、".join(text)]}, THESAURUS)
    asked = Asked.of(" ".join(sought), THESAURUS)
    made = needle(asked, [], {"": 100, **counts}, {})
    has = [
        any(
            word in vector.places
            for word in chain([*concept.words[:1]], concept.words[1 + len(concept.forms) :])
        )
        or all(form in vector.places for form in concept.forms)
        for concept in asked.needed
    ]
    if all(has):
        assert made.anchors & set(vector.places)


@pytest.mark.parametrize("words", ["", "を に は", "😀"])
def test_words_that_say_nothing_are_told_from_words_that_can_be_searched_for(words: str) -> None:
    assert not needle(Asked.of(words, THESAURUS), [], {}, {}).by_words
