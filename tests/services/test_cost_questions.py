"""However somebody puts it, the price and the time that a cost is asked for are read, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import fees
from services.cost_questions import CostQuestion, read, read_figures
from services.refusals import Refusal
from services.values import Yen
from tests.programmes import PHASE2


@pytest.mark.parametrize(
    ("typed", "price", "hours"),
    [
        ("時給6000円で20時間だといくら？", 6000, 20),
        ("3750円 32時間", 3750, 32),
        ("1時間4,000円を月8時間で3か月", 4000, 24),
        ("時給１万円で３０時間だと自己負担は？", 10_000, 30),
        ("四千円で二十時間だといくらですか", 4000, 20),
        ("4000円×30時間", 4000, 30),
        ("30時間、4000円", 4000, 30),
        ("５千円で９０分", 5000, 1.5),
        ("4000円で1時間半", 4000, 1.5),
        ("4000円で2時間30分だといくら", 4000, 2.5),
        ("週2時間を10週間、5000円", 5000, 20),
        ("週2時間で3か月、1時間5000円だといくら", 5000, 24),
        ("毎週1時間を8週間、6000円だといくらになりますか？", 6000, 8),
        ("1回2時間を5回、時給4000円でいくら", 4000, 10),
        ("月2回、1回3時間、3ヶ月、4000円/時だと費用は", 4000, 18),
        ("1日2時間で10日、時給5000円だといくら？", 5000, 20),
        ("20時間を3か月で、4000円", 4000, 20),
        ("20時間を4回に分けて、4000円", 4000, 20),
        ("11月に20時間、4000円だといくら", 4000, 20),
        ("時給一万二千円で十時間半だといくら？", 12_000, 10.5),
        ("時間単価6000円、支援時間20時間の自己負担額を計算して", 6000, 20),
        ("7000円で15時間お願いしたらいくらになりますか", 7000, 15),
        ("¥6,000 で 20h だといくら", 6000, 20),
        ("how much is 20 hours at 6,000 yen?", 6000, 20),
        ("6000 yen x 20 hours", 6000, 20),
        ("4,000/h for 30 hours, how much", 4000, 30),
        ("8 hours a month for 3 months at 4000 yen, how much?", 4000, 24),
    ],
)
def test_a_price_and_a_time_are_read(typed: str, price: int, hours: float) -> None:
    asked = read(typed)
    assert asked is not None and not asked.unclear
    assert (asked.price, asked.minutes) == (Yen(price), hours * 60)


@pytest.mark.parametrize(
    ("typed", "price", "minutes"),
    [
        ("時給6000円だといくらになりますか", Yen(6000), None),
        ("20時間だといくら？", None, 1200),
        ("5,000円だと自己負担は？", Yen(5000), None),
    ],
)
def test_one_of_the_two_is_enough_where_it_is_asked(
    typed: str, price: Yen | None, minutes: int | None
) -> None:
    asked = read(typed)
    assert asked is not None and (asked.price, asked.minutes) == (price, minutes)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "時給1000円のアルバイトが20時間かけて入力しています",
        "毎月3万円の費用と20時間がかかっています。",
        "1日20件の注文を2時間かけて転記しています",
        "会計ソフトに月5000円払っています",
        "4000円",
        "20時間",
        "月8時間で3か月",
        "どのくらいの費用がかかりますか",
        "078-331-8181",
        "2021年11月1日までですか？",
        "受付は9時から18時ですか",
        "従業員は20人で売上は1000万円です",
        "予算は5万円くらいです",
        "あ" * 100,
    ],
)
def test_an_answer_or_a_story_with_figures_is_no_such_question(typed: str) -> None:
    assert read(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "0円で20時間だといくら",
        "4000円で0時間はいくら",
        "999999999円で10時間だといくら",
        "4000円で99999999時間だといくら",
        "4000円と6000円で20時間だといくら",
        "4000円で10時間と20時間だといくら",
        "-4000円で20時間だといくら",
        "4000円で10〜20時間だといくら",
    ],
)
def test_nonsense_and_more_than_one_are_seen_as_such(typed: str) -> None:
    asked = read(typed)
    assert asked is not None and asked.unclear


def test_figures_alone_are_told_from_a_question() -> None:
    bare, asking = read("3750円 32時間"), read("3750円で32時間だといくら？")
    assert bare is not None and asking is not None
    assert not bare.asks and asking.asks


def test_how_often_is_kept_to_be_shown() -> None:
    assert read("1時間4,000円を月8時間で3か月") == CostQuestion(Yen(4000), 1440, 480, 3, asks=False)


@pytest.mark.parametrize(
    ("typed", "price", "minutes"),
    [
        ("3750 32", 3750, 1920),
        ("４０００　２０", 4000, 1200),
        ("6,000 20.5", 6000, 1230),
        ("3750円 32時間", 3750, 1920),
    ],
)
def test_a_command_needs_no_units(typed: str, price: int, minutes: int) -> None:
    asked = read_figures(typed)
    assert asked is not None and (asked.price, asked.minutes) == (Yen(price), minutes)


@pytest.mark.parametrize("typed", ["", "abc", "いくら", "32", "a b"])
def test_a_command_with_anything_else_is_not_read(typed: str) -> None:
    assert read_figures(typed) is None


@given(
    st.text(max_size=90)
    | st.text(alphabet="0123456789一二十百千万円時間月週回日半で、だといくら？分h/¥ ", max_size=40)
)
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    for asked in (read(typed), read_figures(typed)):
        if asked is not None and not asked.unclear and asked.price and asked.minutes:
            try:
                quote = fees.quote(asked.price, asked.minutes, PHASE2.rates)
            except Refusal:
                continue
            assert quote.honorarium + quote.sme_share == quote.total


@given(st.integers(501, 1_000_000), st.integers(1, 400))
def test_every_price_and_every_half_hour_are_read_back(price: int, halves: int) -> None:
    asked = read(f"時給{price:,}円で{halves / 2:g}時間だといくら？")
    assert asked == CostQuestion(Yen(price), halves * 30, halves * 30)
