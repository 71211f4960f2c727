"""The words of a Japanese text: the same word however it is written, and no word inside another."""

import pytest

from services.tokens import LONGEST_TEXT, words_of


def forms(text: str) -> set[str]:
    return {form for word in words_of(text) for form in word.forms}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾎｰﾑﾍﾟｰｼﾞ", "ホームページ"),
        ("見積", "見積もり"),
        ("見積り", "見積もり"),
        ("サーバ", "サーバー"),
        ("プリンター", "プリンタ"),
        ("ＥＣ", "ec"),
        ("ホームぺージ", "ホームページ"),
        ("サ−バ−", "サーバー"),
        ("Kintone", "ｋｉｎｔｏｎｅ"),
    ],
)
def test_a_word_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert forms(one) == forms(other) != set()


def test_a_compound_is_found_by_itself_and_by_its_parts() -> None:
    assert forms("勤怠管理システム") >= {"勤怠管理", "勤怠", "管理", "システム"}


def test_kyoto_is_not_hidden_in_tokyo() -> None:
    assert "京都" not in forms("東京都内で東京都の会社を営む")
    assert {"東京都", "東京"} <= forms("東京都")
    assert "京都" in forms("京都府京都市")


@pytest.mark.parametrize(
    ("whole", "part"),
    [("会計年度", "会計"), ("注文住宅", "注文"), ("ライン生産", "ライン"), ("受注生産", "受注")],
)
def test_what_means_something_else_than_its_parts_is_not_found_by_them(whole: str, part: str) -> None:
    assert forms(f"{whole}の話") & {whole, part} == {whole}
    assert part in forms(f"{part}の話")


@pytest.mark.parametrize("written", ["シフトJIS", "シフトjis", "ｼﾌﾄＪＩＳ"])
def test_it_is_so_in_whatever_letters_it_is_written(written: str) -> None:
    assert forms(f"{written}の話") & {"シフトjis", "シフト", "jis"} == {"シフトjis"}


def test_the_thing_that_a_sentence_is_about_decides_nothing() -> None:
    assert [word.form for word in words_of("在庫のことで困っています") if not word.weak] == ["在庫"]


def test_a_part_of_one_letter_does_not_stand_for_a_word() -> None:
    (guest,) = words_of("お客さん")
    assert guest.units == ("お客さん",)


def test_particles_and_auxiliaries_are_no_words() -> None:
    assert forms("を に は が です。する") == set()


@pytest.mark.parametrize("text", ["", "\u3000", "😀🎉", "(((", "・・・", "\\'", "\x00", "\ud842", "\u202e"])
def test_what_holds_no_word_gives_none(text: str) -> None:
    assert words_of(text) == []


def test_control_signs_do_not_part_a_word_from_itself() -> None:
    assert forms("\x00在庫\u200b") == forms("在庫")


def test_signs_that_grow_when_normalized_are_cut() -> None:
    words_of("\ufdfa" * LONGEST_TEXT)
