"""What typed words mean: commands, questions, corrections and stickers."""

import pytest

from conversations.vocabulary import corrected, is_question, meant, nodded, renamed


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        *(("はい", "yes"), ("はい。", "yes"), ("ＯＫ", "ok"), ("おｋ！", "ok"), ("うん", "ok"), ("👍", "ok")),
        *(("りょうかい", "ok"), ("いいえ", "no"), ("やっぱり", "back"), ("もう 一度", "repeat")),
        *(("直したい", "change"), ("質問です", "question"), ("回答です", "answer"), ("もう不要", "cancel")),
        *(("菓匠やまもと", None), ("はいから屋", None), ("大丈夫です", None)),
    ],
)
def test_a_word_means_one_thing(typed: str, meaning: str | None) -> None:
    assert meant(typed) == meaning


@pytest.mark.parametrize(
    "typed",
    [
        "いくらかかる？",
        "いつまで?",
        "神戸でも使えますか",
        "費用はいくらでしょうか。",
        "使い方を教えてください",
        "謝金とは",
    ],
)
def test_a_question_is_heard(typed: str) -> None:
    assert is_question(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "ふじおか",
        "菓匠やまもと",
        "さかいや",
        "みか",
        "?",
        "",
        "従業員6名の和菓子店です。" * 6 + "大丈夫ですか？",
    ],
)
def test_a_name_a_mark_and_a_story_are_no_questions(typed: str) -> None:
    assert not is_question(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("やっぱり法人です", "法人"),
        ("間違えました。山本 はなでお願いします", "山本 はな"),
        ("違いました、やっぱり ５人", "5人"),
        ("やっぱり", None),
        ("山本 はな", None),
    ],
)
def test_a_correction_gives_the_new_answer(typed: str, said: str | None) -> None:
    assert corrected(typed) == said


def test_an_answer_is_named_and_given_anew() -> None:
    labels = ["会社名・屋号", "電話番号"]
    assert renamed("電話番号は078-331-8181です", labels) == (1, "078-331-8181")
    assert renamed("電話番号：078-331-8181", labels) == (1, "078-331-8181")
    assert renamed("電話番号", labels) is None
    assert renamed("山本", labels) is None


@pytest.mark.parametrize(
    ("keywords", "meaning"),
    [
        (["OK", "agreed"], "ok"),
        (["Yes"], "ok"),
        (["thumbs up", "great"], "ok"),
        (["no", "nope"], "no"),
        (["yes", "no"], None),
        (["Thanks", "happy"], "thanks"),
        (["good", "amazed"], None),
        ([], None),
    ],
)
def test_a_sticker_says_no_more_than_a_nod(keywords: list[str], meaning: str | None) -> None:
    assert nodded(keywords) == meaning
