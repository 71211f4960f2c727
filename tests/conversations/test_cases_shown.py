"""Of a long text an expert sees the part that was looked for, and sees what was looked for in it."""

from conversations.cases_shown import BEFORE, ELLIPSIS, PASSAGE, passage
from conversations.messages import Marked

LONG = "毎日の受付で忙しい。" * 30


def marked(shown: Marked) -> list[str]:
    return [words for words, stands_out in shown.pieces if stands_out]


def test_a_short_text_is_shown_whole() -> None:
    shown = passage([("在庫", True), ("が合いません。", False)])
    assert shown == "在庫が合いません。" and marked(shown) == ["在庫"]


def test_a_text_without_marked_words_is_shown_from_its_beginning() -> None:
    shown = passage([(LONG, False)])
    assert shown == LONG[:PASSAGE] + ELLIPSIS


def test_the_passage_is_the_one_with_most_different_words() -> None:
    text = [(LONG, False), ("在庫", True), ("と", False), ("在庫", True), (LONG, False)]
    text += [("在庫", True), ("と", False), ("会計", True), ("です。", False), (LONG, False)]
    shown = passage(text)
    assert marked(shown) == ["在庫", "会計"]
    assert shown.startswith(ELLIPSIS) and shown.endswith(ELLIPSIS)
    assert len(shown) == PASSAGE + 2 and shown.index("在庫") == BEFORE + 1


def test_words_at_the_very_end_are_reached_without_going_over_it() -> None:
    shown = passage([(LONG, False), ("在庫", True)])
    assert shown == ELLIPSIS + LONG[-(PASSAGE - 2) :] + "在庫"


def test_marked_words_are_the_words_themselves_wherever_nothing_can_stand_out() -> None:
    shown = Marked([("在", True), ("", True), ("庫", False)])
    assert f"{shown}" == "在庫" and shown.pieces == (("在", True), ("庫", False))
