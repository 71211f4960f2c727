"""Reads a question about a cost: at what price an hour, and how much time. Pure; its words are in the .toml beside.

Such as 6,000 yen an hour for 20 hours, in digits, full-width digits or kanji, or eight hours a month for three months.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from services import faq, readings
from services.refusals import Refusal
from services.values import Yen

_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
LONGEST = 80
MOST_YEN, MOST_MINUTES = 1_000_000, 10_000 * 60
WEEKS_A_MONTH = 4
"""How many weeks a month is taken for when somebody says so much a week for so many months."""


@dataclass(frozen=True)
class CostQuestion:
    """What a cost is asked for: yen an hour and minutes in all, each None when it was not said.

    `minutes` are `each` minutes `times` times. `asks`: it is put as a question, not in figures alone.
    `unclear`: there are more prices or times than one, or figures that nobody can mean.
    """

    price: Yen | None
    minutes: int | None
    each: int = 0
    times: int = 1
    asks: bool = True
    unclear: bool = False


def _any_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_KANJI = _WORDS["digits"]
_NUMBER = rf"(?:\d[\d,.]*\d|\d|[{_KANJI}])[\d{_KANJI}]*"
_YEN, _SIGN, _AN_HOUR = _any_of(_WORDS["yen"]), _any_of(_WORDS["sign"]), _any_of(_WORDS["an_hour"])
_PRICE = re.compile(
    rf"(?:{_any_of(_WORDS['priced'])}\s*[\u306f\u304c=:]?\s*)?"
    rf"(?:{_SIGN}\s*(?P<signed>{_NUMBER})(?:\s*{_YEN})?(?:\s*{_AN_HOUR})?"
    rf"|(?P<plain>{_NUMBER})\s*(?:{_YEN}(?:\s*{_AN_HOUR})?|{_AN_HOUR}))"
)
_TIME = re.compile(
    rf"(?P<hours>{_NUMBER})\s*{_any_of(_WORDS['hour'])}(?![a-z])"
    rf"(?:(?P<half>{_any_of(_WORDS['half'])})|\s*(?P<rest>{_NUMBER})\s*{_any_of(_WORDS['minute'])})?"
    rf"|(?P<minutes>{_NUMBER})\s*{_any_of(_WORDS['minute'])}(?![a-z])"
)
_MANY = {
    unit: re.compile(rf"(?P<many>{_NUMBER})\s*{_any_of(words)}(?![a-z])")
    for unit, words in _WORDS["many"].items()
}
_EACH = {
    unit: re.compile(rf"(?<![\d{_KANJI}a-z]){_any_of(words)}(?![a-z])")
    for unit, words in _WORDS["each"].items()
}
_COST, _PLEASE = _any_of(_WORDS["asking"]["cost"]), _any_of(_WORDS["asking"]["please"])
_BESIDE = re.compile(
    rf"(?:{_COST}|{_PLEASE}|{_any_of(_WORDS['asking']['beside'])}|[a-z]{{1,2}}(?![a-z])|\s)+"
)
_RANGE = re.compile(r"[-\u2212\u301c~]\s*\d")
_TWO_FIGURES = re.compile(rf"\s*(?P<price>{_NUMBER})[\s,x*]+(?P<hours>{_NUMBER})\s*")


def read(typed: str) -> CostQuestion | None:
    """What a text asks the cost of; None when it asks something else, answers something, or tells a story."""
    text = unicodedata.normalize("NFKC", typed).lower().strip()
    if not 0 < len(text) <= LONGEST:
        return None
    rest, prices = _taken(_PRICE, text, _price)
    rest, times = _taken(_TIME, rest, _minutes)
    if not prices and not times:
        return None
    factor, rest = _repeated(rest)
    asks = faq.asks(text) or re.search(_PLEASE, text) is not None
    bare = not _BESIDE.sub("", rest).strip()
    if not (bare and (asks or (prices and times))) and not (asks and re.search(_COST, text)):
        return None
    if re.search(_any_of(_WORDS["asking"]["shared"]), text):
        factor = 1
    asked = _asked(prices, times, factor, asks)
    return replace(asked, unclear=True) if _RANGE.search(text) else asked


def read_figures(typed: str) -> CostQuestion | None:
    """The same of what follows a command: there a price and hours may stand without their units."""
    text = unicodedata.normalize("NFKC", typed).lower()
    if two := _TWO_FIGURES.fullmatch(text):
        return _asked({_price(two, "price")}, {_hours(two["hours"])}, 1, True)
    return read(typed)


def _asked(prices: set[int | None], times: set[int | None], factor: int, asks: bool) -> CostQuestion:
    price, each = next(iter(prices), None), next(iter(times), None)
    unclear = len(prices) > 1 or len(times) > 1 or None in prices or None in times
    minutes = None if each is None else each * factor
    unclear = unclear or not 0 < (minutes or 1) <= MOST_MINUTES or not 0 < (price or 1) <= MOST_YEN
    unclear = unclear or price == 0 or minutes == 0
    return CostQuestion(None if price is None else Yen(price), minutes, each or 0, factor, asks, unclear)


def _taken(pattern: re.Pattern[str], text: str, value: Any) -> tuple[str, set[int | None]]:
    """The text without what the pattern finds, and the values of that."""
    return pattern.sub(" ", text), {value(match) for match in pattern.finditer(text)}


def _price(match: re.Match[str], group: str = "") -> int | None:
    written = match[group] if group else match["signed"] or match["plain"]
    try:
        return int(readings.read_yen(written))
    except Refusal:
        return None


def _minutes(match: re.Match[str]) -> int | None:
    if match["minutes"]:
        return _count(match["minutes"])
    whole, rest = _hours(match["hours"]), _count(match["rest"]) if match["rest"] else 0
    return None if whole is None or rest is None else whole + rest + (30 if match["half"] else 0)


def _hours(written: str) -> int | None:
    try:
        return readings.read_hours(written).minutes
    except Refusal:
        return None


def _count(written: str) -> int | None:
    try:
        return readings.read_number(written)
    except Refusal:
        return None


def _repeated(text: str) -> tuple[int, str]:
    """How many times the time is meant, and what is left of the text."""
    many: dict[str, int] = {}
    often: set[str] = set()
    for unit, pattern in _MANY.items():
        text, counts = _taken(pattern, text, lambda match: _count(match["many"]))
        known = [count for count in counts if count]
        if 1 in known:
            often.add(unit)
        many[unit] = max(known, default=0)
    for unit, pattern in _EACH.items():
        if pattern.search(text):
            often.add(unit)
            text = pattern.sub(" ", text)
    factor = max(many["time"], 1)
    if "month" in often:
        factor *= max(many["month"], 1)
    if "week" in often:
        factor *= many["week"] if many["week"] > 1 else max(many["month"] * WEEKS_A_MONTH, 1)
    if "day" in often:
        factor *= max(many["day"], 1)
    return factor, text
