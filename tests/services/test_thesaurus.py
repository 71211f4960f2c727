"""Words of the field that stand for one another."""

import pytest

from services.thesaurus import Group, Thesaurus, built_in, forms_of, joined

SHOP = Group(["EC", "ネットショップ", "ネット販売"], ["Shopify"])


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("ネット販売", ("ネット", "販売")),
        ("在庫管理システム", ("在庫",)),
        ("ﾎｰﾑﾍﾟｰｼﾞ", ("ホームページ",)),
        ("…", ()),
    ],
)
def test_a_word_is_held_by_the_parts_that_decide_what_it_means(word: str, forms: tuple[str, ...]) -> None:
    assert forms_of(word) == forms


def test_words_of_a_group_stand_for_one_another() -> None:
    meaning = Thesaurus.of([SHOP]).meaning(("ec",))
    assert meaning.same == {("ネット", "ショップ"), ("ネット", "販売")}
    assert meaning.kinds == {("shopify",)} and not meaning.wider


def test_a_kind_finds_what_it_is_a_kind_of() -> None:
    meaning = Thesaurus.of([SHOP]).meaning(("shopify",))
    assert meaning.wider == {("ec",), ("ネット", "ショップ"), ("ネット", "販売")} and not meaning.same


def test_a_word_of_two_groups_means_both() -> None:
    both = Thesaurus.of([SHOP, Group(["EC", "電子商取引"])]).meaning(("ec",))
    assert ("ネット", "ショップ") in both.same and len(both.same) == 3


def test_the_longest_known_word_is_found() -> None:
    thesaurus = Thesaurus.of([SHOP, Group(["ネット", "インターネット"])])
    assert thesaurus.find(["ネット", "販売", "する"]) == 2
    assert thesaurus.find(["ネット", "予約"]) == 1
    assert thesaurus.find(["予約"]) == 0


def test_no_word_of_the_built_in_thesaurus_is_lost() -> None:
    lost = [forms for forms in built_in().meanings if not joined(forms)]
    assert lost == [] and len(built_in().meanings) > 900
