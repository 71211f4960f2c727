"""Dates, money and lists as people of each language write them."""

from datetime import UTC, date, datetime

import pytest

from locales import Text
from locales.language import day, moment, speaker, yen
from services.label import Label
from services.values import Yen


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", "2021年11月1日(月)"),
        ("ja_easy", "2021年11月1日（月曜日）"),
        ("en", "Mon 1 Nov 2021"),
    ],
)
def test_a_day_is_said_with_its_weekday(language: str, said: str) -> None:
    assert day(date(2021, 11, 1), language) == said


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 30, "2021年11月1日（月曜日） 午前9時30分"),
        (3, 0, "2021年11月1日（月曜日） 午後0時"),
        (14, 5, "2021年11月1日（月曜日） 午後11時5分"),
        (15, 0, "2021年11月2日（火曜日） 午前0時"),
    ],
)
def test_easy_japanese_says_the_hour_as_clocks_are_read_aloud(hour: int, minute: int, said: str) -> None:
    assert moment(datetime(2021, 11, 1, hour, minute, tzinfo=UTC), "ja_easy") == said


def test_plain_japanese_and_english_count_24_hours() -> None:
    noon = datetime(2021, 11, 1, 6, 5, tzinfo=UTC)
    assert (moment(noon, "ja"), moment(noon, "en")) == ("2021年11月1日(月) 15:05", "Mon 1 Nov 2021 15:05")


@pytest.mark.parametrize(("language", "said"), [("ja", "一、二"), ("ja_easy", "一、二"), ("en", "一, 二")])
def test_a_list_is_joined_by_the_mark_of_its_language(language: str, said: str) -> None:
    assert speaker(language)(Text("{things}")(things=["一", "二"])) == said


def test_money_is_the_same_in_easy_japanese() -> None:
    assert yen(300_000, "ja_easy") == "300,000円"
    assert speaker("ja_easy")(Text("{amount}")(amount=Yen(50_000_000))) == "5,000万円"


def test_a_label_is_said_in_easy_words_where_it_has_them() -> None:
    hard, easy = Label("販売・集客", "Selling", "物を売る"), Label("日本", "Japan")
    assert [speaker(language)(hard) for language in ("ja", "ja_easy", "en")] == [
        "販売・集客",
        "物を売る",
        "Selling",
    ]
    assert speaker("ja_easy")(easy) == "日本"
    assert speaker("ja_easy")(Text("{what} {place}")(what=hard, place=easy)) == "物を売る 日本"
