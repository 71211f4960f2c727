"""Likeness of texts and their bands: the same is always found, what is nearly the same nearly always, others hardly ever."""

import random

from hypothesis import given
from hypothesis import strategies as st

from services.similar_prints import (
    RUN,
    bands,
    likeness,
    nearest,
    plain,
    runs,
    shared,
)

CASE = (
    "従業員6名の和菓子店です。注文は電話とFAXで1日20件ほど、販売の2名がノートに書いています。",
    "聞き間違いが月に2、3回あり、書き直しに毎日30分かかります。",
    "12月中に、聞き間違いを半分にする方法を一緒に考えてほしいです。",
)
KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん"
texts = st.lists(st.text(max_size=80), min_size=1, max_size=5)


def written(chance: random.Random, letters: int) -> str:
    """A text of so many letters that nobody wrote before."""
    return "".join(chance.choice(KANA) for _letter in range(letters))


def jaccard(one: list[str], other: list[str]) -> float:
    """How many of all their runs two texts share."""
    mine, theirs = runs("\n".join(one)), runs("\n".join(other))
    return len(mine & theirs) / len(mine | theirs)


def edited(chance: random.Random, text: str, every: int) -> str:
    """A text with about one letter in so many replaced by another."""
    return "".join(chance.choice(KANA) if chance.randrange(every) == 0 else letter for letter in text)


@given(texts)
def test_the_same_text_is_always_found_and_wholly_alike(some: list[str]) -> None:
    assert bands(some) == bands(list(some))
    if any(plain(text) for text in some):
        assert bands(some)
        assert likeness(some, some).share == 1


@given(texts, texts)
def test_likeness_is_mutual_and_between_0_and_1(one: list[str], other: list[str]) -> None:
    assert 0 <= likeness(one, other).share == likeness(other, one).share <= 1


def test_texts_that_share_four_fifths_of_their_runs_are_found_nearly_always() -> None:
    chance = random.Random(80)
    tried = found = 0
    while tried < 400:
        one = [written(chance, chance.randrange(30, 120)) for _part in range(chance.choice((1, 2, 3)))]
        other = [edited(chance, text, 60) for text in one]
        if jaccard(one, other) >= 0.8:
            tried += 1
            found += not set(bands(one)).isdisjoint(bands(other))
    assert found >= 399


def test_unrelated_texts_practically_never_meet() -> None:
    chance = random.Random(1)
    seen: set[str] = set()
    meetings = 0
    for _text in range(1000):
        own = set(bands([written(chance, 80), written(chance, 60)]))
        meetings += not own.isdisjoint(seen)
        seen |= own
    assert meetings == 0


def test_figures_signs_and_width_make_no_difference() -> None:
    other = [text.replace("6名", "１２名").replace("、", " ").replace("FAX", "ＦＡＸ") for text in CASE]
    assert bands(CASE) == bands(other) and likeness(CASE, other).share == 1


def test_a_part_that_was_copied_is_found_although_the_rest_is_different() -> None:
    chance = random.Random(3)
    mine = [written(chance, 150), CASE[0], written(chance, 150)]
    theirs = [CASE[0], written(chance, 200), written(chance, 100)]
    alike = likeness(mine, theirs)
    assert alike.part and alike.near and alike.share < 0.5
    assert not set(bands(mine)).isdisjoint(bands(theirs))


def test_a_common_phrase_makes_nothing_nearly_the_same() -> None:
    other = (
        "会計の締めに10日かかります。",
        "領収書を200枚、手で入力しています。",
        "方法を一緒に考えてほしいです。",
    )
    assert not likeness(CASE, other).near
    assert nearest(CASE, {1: other, 2: CASE}) == [(2, likeness(CASE, CASE))]


@given(st.text(max_size=60), st.text(max_size=60))
def test_marked_pieces_are_together_all_of_the_text(one: str, other: str) -> None:
    pieces = shared(one, other)
    assert "".join(piece for piece, _same in pieces) == one
    assert all(piece for piece, _same in pieces)


def test_a_passage_is_marked_whatever_its_figures_and_signs_are() -> None:
    mine = "はじめに。注文は電話とFAXで1日20件ほど来ます。困っています。"
    theirs = "実は、注文は電話とＦＡＸで、1日300件ほど来ます！"
    assert shared(mine, theirs) == [
        ("はじめに。", False),
        ("注文は電話とFAXで1日20件ほど来ます", True),
        ("。困っています。", False),
    ]
    assert shared(mine, "") == [(mine, False)]


def test_a_short_text_is_one_run() -> None:
    assert runs("紙") == {"紙"} and runs("") == frozenset() and len(runs("あ" * RUN)) == 1
    assert bands(["紙"]) and bands([""]) == [] and bands([]) == []
