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


def test_particles_and_auxiliaries_are_no_words() -> None:
    assert forms("を に は が です。する") == set()


@pytest.mark.parametrize("text", ["", "\u3000", "😀🎉", "(((", "・・・", "\\'", "\x00", "\ud842", "\u202e"])
def test_what_holds_no_word_gives_none(text: str) -> None:
    assert words_of(text) == []


def test_control_signs_do_not_part_a_word_from_itself() -> None:
    assert forms("\x00在庫\u200b") == forms("在庫")


def test_signs_that_grow_when_normalized_are_cut() -> None:
    words_of("\ufdfa" * LONGEST_TEXT)
