"""Speaks one language: sentences from its catalogs, yen, dates and lists as people write them (DESIGN 10)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

from locales import Text

HERE = Path(__file__).parent
TOKYO = ZoneInfo("Asia/Tokyo")
DEFAULT = "ja"
SOURCE = "en"
EASY = "ja_easy"
NAMES = {"ja": "日本語", EASY: "やさしい日本語", "en": "English"}
"""The languages one can choose, each in its own words; never translated."""
FALLBACK = {EASY: DEFAULT}
WEEKDAYS = {
    "ja": tuple(f"({day})" for day in "月火水木金土日"),
    EASY: tuple(f"（{day}曜日）" for day in "月火水木金土日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
SAID_BY_TEN_THOUSAND = 10_000_000
NOON = 12
LIST_MARK = {"ja": "、", EASY: "、", "en": ", "}

Speaker = Callable[[Any], str]
"""Says a Text, leaves the words of people as they are, and takes labels from data in its language."""


@cache
def catalog(language: str) -> Mapping[str, str]:
    """Every sentence of a language, merged from its .po files; English is the source and has none."""
    sentences: dict[str, str] = dict(catalog(FALLBACK[language])) if language in FALLBACK else {}
    for path in sorted((HERE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and message.string and not message.fuzzy:
                    sentences[str(message.id)] = str(message.string)
    return sentences


@cache
def speaker(language: str) -> Speaker:
    """The function that says a Text in this language; the words of people stay as they are."""
    sentences = catalog(language)

    def say(text: Any) -> str:
        if isinstance(text, str):
            return text
        if not isinstance(text, Text):
            return str(getattr(text, language, "") or text.ja)
        pattern = sentences.get(text.message, text.message)
        if not text.values:
            return pattern.replace("{{", "{").replace("}}", "}")
        return pattern.format(**{key: show(value) for key, value in text.values.items()})

    def show(value: Any) -> str:
        if isinstance(value, Text) or hasattr(value, DEFAULT):
            return say(value)
        if isinstance(value, datetime):
            return moment(value, language)
        if isinstance(value, date):
            return day(value, language)
        if isinstance(value, (list, tuple)):
            return LIST_MARK.get(language, LIST_MARK[SOURCE]).join(show(item) for item in value)
        if getattr(value, "currency", None) == "JPY":
            return yen(value, language)
        return str(value)

    return say


def yen(amount: int, language: str) -> str:
    """An amount in whole yen; tens of millions and more as people say them, by the ten thousand."""
    if language == SOURCE:
        return f"¥{amount:,}"
    if amount < SAID_BY_TEN_THOUSAND or amount % 10_000:
        return f"{amount:,}円"
    large, rest = divmod(amount // 10_000, 10_000)
    return (f"{large:,}億" if large else "") + (f"{rest:,}万" if rest else "") + "円"


def day(value: date, language: str) -> str:
    """A date with its weekday."""
    weekday = WEEKDAYS.get(language, WEEKDAYS[DEFAULT])[value.weekday()]
    if language == SOURCE:
        return f"{weekday} {value.day} {value:%b} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日{weekday}"


def moment(value: datetime, language: str) -> str:
    """A moment as it reads in Tokyo; easy Japanese says the hour as clocks are read aloud."""
    there = value.astimezone(TOKYO)
    if language == EASY:
        half = "午前" if there.hour < NOON else "午後"
        minutes = f"{there.minute}分" if there.minute else ""
        return f"{day(there.date(), language)} {half}{there.hour % NOON}時{minutes}"
    return f"{day(there.date(), language)} {there:%H:%M}"
