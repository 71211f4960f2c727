"""What people type as numbers, money, hours and dates is understood."""

from datetime import date

import pytest

from services.readings import is_none, read_date, read_hours, read_number, read_yen
from services.refusals import Refusal
from services.values import Hours, Yen

TODAY = date(2021, 10, 20)  # a Wednesday


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("１２", 12),
        ("十二", 12),
        ("じゅうに", 12),
        ("12人", 12),
        ("約１２名です", 12),
        ("じゅうにん", 10),
        ("ひとり", 1),
    ]
    + [
        ("三百五十", 350),
        ("1,200人", 1200),
        ("みっつ", 3),
        ("百人", 100),
        ("さんびゃく", 300),
        ("ゼロ", 0),
        ("いません", 0),
    ],
)
def test_numbers_are_read(typed: str, number: int) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["5-10", "5〜10人", "いっぱい", "-3", "2.5", "", "人", "1" * 30])
def test_what_is_not_one_number_is_asked_again(typed: str) -> None:
    with pytest.raises(Refusal):
        read_number(typed)


@pytest.mark.parametrize(
    ("typed", "yen"),
    [
        ("10万円", 100_000),
        ("じゅうまん", 100_000),
        ("１０万", 100_000),
        ("100,000円", 100_000),
        ("￥100,000", 100_000),
    ]
    + [("1.5万円", 15_000), ("二十五万三千円", 253_000), ("3000万", 30_000_000), ("1億円", 100_000_000)]
    + [
        ("30万円です", 300_000),
        ("壱百万円也", 1_000_000),
        ("10万5千円", 105_000),
        ("100、000円", 100_000),
        ("なし", 0),
    ]
    + [("特になし", 0), ("使っていません", 0), ("0円", 0), ("none", 0)],
)
def test_amounts_are_read(typed: str, yen: int) -> None:
    assert read_yen(typed) == Yen(yen)
    assert isinstance(read_yen(typed), Yen)


@pytest.mark.parametrize("typed", ["たくさん", "1.2", "1.23456万円", "10万〜20万", "円"])
def test_what_is_no_amount_is_asked_again(typed: str) -> None:
    with pytest.raises(Refusal):
        read_yen(typed)


def test_none_is_told_from_a_number() -> None:
    assert is_none("ナシ です")
    assert not is_none("10")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("10時間", 600),
        ("1.5", 90),
        ("90分", 90),
        ("十時間半", 630),
        ("1時間30分", 90),
        ("2h", 120),
        ("2h30m", 150),
    ]
    + [
        ("半時間", 30),
        ("じゅうじかん", 600),
        ("20", 1200),
        ("1:30", 90),
        ("10.5時間", 630),
        ("約１０時間です", 600),
    ]
    + [("三十分", 30), ("2 hours", 120), ("45分", 45), ("1.25", 75)],
)
def test_hours_are_read(typed: str, minutes: int) -> None:
    assert read_hours(typed) == Hours(minutes)


@pytest.mark.parametrize("typed", ["0", "なし", "少し", "0.333"])
def test_what_is_no_time_to_work_is_asked_again(typed: str) -> None:
    with pytest.raises(Refusal):
        read_hours(typed)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("令和3年11月5日", date(2021, 11, 5)),
        ("R3.11.5", date(2021, 11, 5)),
        ("２０２１／１１／５", date(2021, 11, 5)),
        ("2021-11-05", date(2021, 11, 5)),
        ("20211105", date(2021, 11, 5)),
        ("11/5", date(2021, 11, 5)),
        ("11月5日（金）まで", date(2021, 11, 5)),
        ("令和三年十一月五日", date(2021, 11, 5)),
        ("㋿3年5月1日", date(2021, 5, 1)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("H31/4/30", date(2019, 4, 30)),
        ("昭和60年4月1日", date(1985, 4, 1)),
        ("s60.4.1", date(1985, 4, 1)),
        ("大正10年3月3日設立", date(1921, 3, 3)),
        ("平成33年1月1日", date(2021, 1, 1)),
        ("1/10", date(2022, 1, 10)),
        ("10/19", date(2021, 10, 19)),
        ("今日", TODAY),
        ("明日", date(2021, 10, 21)),
        ("あさって", date(2021, 10, 22)),
        ("一昨日", date(2021, 10, 18)),
        ("金曜", date(2021, 10, 22)),
        ("水曜日", TODAY),
        ("今度の水曜", date(2021, 10, 27)),
        ("来週の金曜", date(2021, 10, 29)),
        ("再来週の月曜日", date(2021, 11, 1)),
        ("今週金曜", date(2021, 10, 22)),
        ("今月末", date(2021, 10, 31)),
        ("月末", date(2021, 10, 31)),
        ("来月の末", date(2021, 11, 30)),
        ("11月末", date(2021, 11, 30)),
        ("来月5日", date(2021, 11, 5)),
        ("25日", date(2021, 10, 25)),
        ("5日", date(2021, 11, 5)),
        ("3日後", date(2021, 10, 23)),
        ("二週間後", date(2021, 11, 3)),
        ("年末", date(2021, 12, 31)),
    ],
)
def test_dates_are_read(typed: str, day: date) -> None:
    assert read_date(typed, TODAY) == day


def test_next_month_in_december_is_in_the_next_year() -> None:
    assert read_date("来月末", date(2021, 12, 3)) == date(2022, 1, 31)
    assert read_date("2/29", date(2024, 1, 5)) == date(2024, 2, 29)


@pytest.mark.parametrize(
    "typed", ["いつでも", "来週", "21/11/5", "2021年13月1日", "9月31日", "2/30", "31日後に", "", "0日"]
)
def test_what_is_no_date_is_asked_again(typed: str) -> None:
    with pytest.raises(Refusal):
        read_date(typed, TODAY)


def test_a_day_that_does_not_exist_is_named_as_such() -> None:
    with pytest.raises(Refusal, match="no such day"):
        read_date("9月31日", TODAY)
    with pytest.raises(Refusal, match="no such day"):
        read_date("百百日", TODAY)
