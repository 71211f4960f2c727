"""What the words of a query stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.case_query import ALIKE, MOST_CONCEPTS, MOST_LOOSE, WEAK, Asked, Matched
from services.thesaurus import Group, Thesaurus, built_in, joined

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
    assert concept.forms == ("ネット", "販売") and concept.loose == {("ec",): 0.6, ("shopify",): 0.4}
    assert "'ネット販売'" in concept.any() and "('ネット' & '販売')" in concept.any()


def test_what_it_is_a_kind_of_counts_less() -> None:
    assert set(read("Shopify").needed[0].loose.values()) == {0.15}


def test_a_word_that_only_the_dictionary_knows_is_one_thing_too() -> None:
    concept = read("人手不足").needed[0]
    assert concept.forms == ("人手", "不足") and set(concept.loose.values()) == {0.3}
    assert read("手作業").needed[0].forms == ("手", "作業")


def test_verbs_count_less_than_what_they_are_about() -> None:
    stock, verb = read("在庫を数える").needed
    assert (stock.counts, verb.counts) == (1.0, 0.5)


def test_a_number_is_not_required() -> None:
    assert [concept.forms for concept in read("24 予約").needed] == [("予約",)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("テレワク", "テレワーク"),
        ("セキリュティ", "セキュリティ"),
        ("ホームペーヂ", "ホームページ"),
        ("クラウドファンデング", "クラウドファンディング"),
        ("キャシュレス", "キャッシュレス"),
        ("kintoen", "kintone"),
        ("shopfy", "shopify"),
        ("lineworks", "lineworks"),
        ("kintai", "勤怠"),
        ("seikyusho", "請求書"),
        ("seikyuusyo", "請求書"),
        ("tyuumon", "注文"),
        ("chūmon", "注文"),
        ("denshikeiyaku", "電子契約"),
        ("かいけい", "会計"),
        ("ざいこ", "在庫"),
        ("ﾖﾔｸ", "予約"),
        ("勤退", "勤怠"),
    ],
)
def test_what_is_mistyped_or_in_other_letters_stands_for_what_is_meant(typed: str, meant: str) -> None:
    (concept,) = Asked.of(typed, built_in()).concepts
    counts = {joined(forms): counts for forms, counts in concept.loose.items()}
    assert concept.forms == (meant,) or counts[meant] == ALIKE


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("予訳", ["予約"]),
        ("予訳の受付", ["予約", "受け付け"]),
        ("在庫菅理", ["在庫", "管理"]),
        ("在庫菅理表", ["在庫", "表", "管理"]),
        ("給料明最", ["給料", "明細"]),
        ("電子契役", ["電子", "契約"]),
    ],
)
def test_a_slip_of_one_kanji_in_a_word_is_read_as_what_is_meant(typed: str, meant: list[str]) -> None:
    assert [joined(concept.forms) for concept in Asked.of(typed, built_in()).concepts] == meant


@pytest.mark.parametrize("typed", ["五日", "十分", "手直し", "見直し", "二回", "お客様", "保健", "号店"])
def test_what_is_a_word_is_no_slip(typed: str) -> None:
    assert not {"期日", "自分", "手帳", "回覧", "保険"} & {
        joined(concept.forms) for concept in Asked.of(typed, built_in()).concepts
    }


def test_what_is_left_of_an_unknown_word_is_not_looked_for_alone() -> None:
    assert [concept.forms for concept in read("菅裏").needed] == [("菅", "裏")]
    assert [concept.forms for concept in read("在庫菅裏").needed] == [("在庫",), ("菅", "裏")]


def test_words_without_gaps_between_them_are_parted() -> None:
    asked = Asked.of("zaikokaikei", built_in())
    assert [concept.forms for concept in asked.needed] == [("在庫",), ("会計",)]


@pytest.mark.parametrize(
    "name", ["Canva2", "Figma", "ダスキン", "トヨタ", "コンテナ", "フリーランス", "Brother"]
)
def test_a_name_that_the_thesaurus_does_not_know_stands_for_itself(name: str) -> None:
    assert not any(concept.loose for concept in Asked.of(name, FIELD).needed)


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
