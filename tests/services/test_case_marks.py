"""Which pieces of a text are what was looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.case_marks import Marks
from services.case_query import Asked
from services.thesaurus import built_in


def marks(words: str, *texts: str) -> Marks:
    """What a query marks in a case of these texts."""
    return Marks(Asked.of(words, built_in()).needed, built_in(), texts)


def marked(words: str, text: str) -> list[str]:
    """The pieces of a text that a query marks."""
    return [piece for piece, looked_for in marks(words, text).split(text) if looked_for]


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("在庫", "在庫が合わない。在庫を数えたい。", ["在庫", "在庫"]),
        ("EC", "自社のネットショップで売りたい", ["ネットショップ"]),
        ("見積もり", "見積りに時間がかかる", ["見積り"]),
        ("ﾎｰﾑﾍﾟｰｼﾞ", "ホームページの更新", ["ホームページ"]),
        ("ホームページ", "古いﾎｰﾑﾍﾟｰｼﾞです", ["ﾎｰﾑﾍﾟｰｼﾞ"]),
        ("京都", "東京都港区", []),
        ("在庫システムの導入", "会計システムの導入", []),
        ("勤怠", "予約の受付", []),
        ("kintone", "KINTONEを使っています", ["KINTONE"]),
    ],
)
def test_the_words_that_were_looked_for_are_marked_as_they_stand_there(
    words: str, text: str, found: list[str]
) -> None:
    assert marked(words, text) == found


def test_without_a_query_nothing_is_marked() -> None:
    assert Marks().split("在庫") == [("在庫", False)]
    assert Marks().split("") == [("", False)]


def test_a_part_of_a_word_is_marked_only_where_the_case_has_the_other_parts_too() -> None:
    assert marks("電子帳簿", "電子の鍵").split("電子の鍵") == [("電子の鍵", False)]


def test_the_words_of_a_case_are_named_once_each_and_contact_data_never() -> None:
    case = ("在庫が合わない", "在庫は090-1234-5678まで。", "古い在庫")
    assert marks("在庫 090-1234-5678", *case).words == ("在庫",)


@given(st.text(), st.text(alphabet="在庫ＥＣeCネットショップﾈｯﾄ会計 。\n\u200b𠮷か\u3099"))
def test_the_pieces_are_always_the_whole_text(anything: str, likely: str) -> None:
    for text in (anything, likely, likely + anything):
        assert (
            "".join(piece for piece, _looked_for in marks("在庫 ネットショップ か", text).split(text)) == text
        )
