"""What the words of a query stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.case_query import MOST_CONCEPTS, MOST_LOOSE, WEAK, Asked, Matched
from services.thesaurus import Group, Thesaurus, built_in

FIELD = Thesaurus.of([Group(["EC", "ネット販売"], ["Shopify"]), Group(["受注", "注文"])])


def read(text: str) -> Asked:
    """A query with the small thesaurus."""
    return Asked.of(text, FIELD)


def test_each_thing_is_looked_for_once() -> None:
    assert [concept.forms for concept in read("在庫 在庫　会計").needed] == [("在庫",), ("会計",)]


def test_words_that_say_nothing_only_count() -> None:
    asked = read("在庫の管理システム")
    assert [concept.forms for concept in asked.needed] == [("在庫",)]
    assert {concept.forms for concept in asked.weak} == {("管理",), ("システム",)}


def test_nothing_but_words_that_say_nothing_is_looked_for_all_the_same() -> None:
    assert [concept.forms for concept in read("システム 導入").needed] == [("システム",), ("導入",)]


def test_a_word_made_of_several_is_one_thing() -> None:
    concept = read("ネット販売").needed[0]
    assert concept.forms == ("ネット", "販売") and concept.loose == {("ec",): 0.6, ("shopify",): 0.6}
    assert "'ネット販売'" in concept.any() and "('ネット' & '販売')" in concept.any()


def test_what_it_is_a_kind_of_counts_less() -> None:
    assert set(read("Shopify").needed[0].loose.values()) == {0.3}


def test_only_words_that_stand_in_a_case_are_looked_for_and_not_too_many() -> None:
    concept = Asked.of("会計", built_in()).needed[0]
    assert len(concept.loose) > MOST_LOOSE
    cases = dict.fromkeys(concept.words, 3)
    assert len(concept.common(cases).loose) == MOST_LOOSE
    assert concept.common({"会計": 3}).loose == {}


def test_a_rare_word_says_more_than_a_common_one() -> None:
    cases = {"": 1000, "在庫": 400, "会計": 4}
    stock, books = read("在庫 会計").needed
    assert books.rarity(cases) > 3 * stock.rarity(cases)
    weak = read("在庫 システム").weak[0]
    assert weak.rarity({"": 1000, "システム": 4}) == pytest.approx(WEAK * books.rarity(cases))


def test_signs_of_the_query_language_are_quoted() -> None:
    assert read("会計'会計").condition(Matched.ALL).count("''") == 0
    assert "<->" not in read("会計 <-> 在庫 | !").condition(Matched.ALL)


def test_contact_data_is_not_looked_for() -> None:
    assert not read("090-1234-5678").needed


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    asked = read(text)
    assert len(asked.concepts) <= MOST_CONCEPTS
    if asked.needed:
        assert asked.condition(Matched.ALL) and asked.condition(Matched.SOME) and asked.terms({})
