"""Words by how they sound."""

import pytest

from services.sounds import Sounds, sound_of, sounds_of

KNOWN = Sounds.of(
    {word: word for word in ("勤怠", "在庫", "管理", "ホームページ", "kintone", "クーポン", "予約")}
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サーバー", "サーバ"),
        ("セキュリティー", "セキュリテイ"),
        ("ヴァイオリン", "バイオリン"),
        ("キャッシュ", "キヤシュ"),
        ("セイキュウショ", "セエキュショ"),
    ],
)
def test_spellings_of_one_word_sound_the_same(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


def test_words_that_differ_sound_different() -> None:
    assert sound_of("ビル") != sound_of("ピル")


def test_latin_letters_are_read_only_if_they_can_be() -> None:
    assert sounds_of("yoyaku") == ("yoyaku", "ヨヤク")
    assert sounds_of("shopfy") == ("shopfy",)
    assert sounds_of("POS-2!") == ()


def test_letters_that_can_be_read_in_very_many_ways_are_read_at_once() -> None:
    assert sounds_of("na" * 90 + "x") == ("na" * 90 + "x",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zaiko", ["在庫"]),
        ("ほーむぺーじ", ["ホームページ"]),
        ("kintoen", ["kintone"]),
        ("kinton", ["kintone"]),
        ("ホムーペジ", ["ホームページ"]),
        ("ホームベージ", ["ホームページ"]),
        ("ホームペーシ", ["ホームページ"]),
        ("グーポン", []),
        ("タイヤ", []),
        ("", []),
        ("🎉", []),
    ],
)
def test_what_is_meant_sounds_the_same_or_differs_in_one_place(typed: str, meant: list[str]) -> None:
    assert (KNOWN.same(typed) or KNOWN.alike(typed)) == meant


def test_what_differs_in_one_place_does_not_sound_the_same() -> None:
    assert KNOWN.same("ホームベージ") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("予訳", ["予約"]), ("菅理", ["管理"]), ("予役", ["予約"]), ("予算", []), ("予約", [])],
)
def test_a_kanji_may_slip_for_another_that_is_read_alike(typed: str, meant: list[str]) -> None:
    assert KNOWN.slipped(typed) == meant


def test_a_run_of_sounds_is_parted_into_words_if_all_of_it_can_be() -> None:
    assert KNOWN.parted("kintaikanri") == [["勤怠"], ["管理"]]
    assert KNOWN.parted("zaikokanrizaikokanri") == [["在庫"], ["管理"]] * 2
    assert KNOWN.parted("zaikox") == [] == KNOWN.parted("zaiko" * 5)
