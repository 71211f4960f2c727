"""Words of the field that stand for one another."""

import pytest

from services.thesaurus import Group, Thesaurus, built_in, built_in_groups, forms_of, joined
from services.thesaurus_groups import MOST_KINDS, MOST_WORDS

SHOP = Group(["EC", "ネットショップ", "ネット販売"], ["Shopify"])


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("ネット販売", ("ネット", "販売")),
        ("在庫管理システム", ("在庫", "管理")),
        ("会計ソフト", ("会計",)),
        ("電子化", ("電子化",)),
        ("京都府", ("京都",)),
        ("ﾎｰﾑﾍﾟｰｼﾞ", ("ホームページ",)),
        ("…", ()),
    ],
)
def test_a_word_is_held_as_its_parts_without_saying_that_it_is_software(
    word: str, forms: tuple[str, ...]
) -> None:
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
    assert lost == [] and len(built_in().meanings) > 2500


def test_no_two_built_in_groups_are_called_the_same_and_none_is_too_long() -> None:
    groups = built_in_groups()
    assert len({group.words[0] for group in groups}) == len(groups)
    assert all(len(group.words) <= MOST_WORDS and len(group.kinds) <= MOST_KINDS for group in groups)


@pytest.mark.parametrize(
    ("word", "product"),
    [("会計", "freee"), ("勤怠", "KING OF TIME"), ("EC", "Shopify"), ("POS", "スマレジ"), ("RPA", "UiPath")],
)
def test_a_kind_of_software_finds_its_products(word: str, product: str) -> None:
    assert forms_of(product) in built_in().meaning(forms_of(word)).kinds


@pytest.mark.parametrize(
    ("one", "other"),
    [("飲食店", "食堂"), ("美容室", "床屋"), ("旅館", "民泊"), ("建設業", "工務店"), ("介護施設", "介護")],
)
def test_trades_are_found_by_their_other_names(one: str, other: str) -> None:
    assert forms_of(other) in built_in().meaning(forms_of(one)).same
