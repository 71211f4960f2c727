"""How people write numbers, money, hours and dates, turned into values; the words are in readings.toml."""

import calendar
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jaconv
import kanjize

from locales import _
from services.refusals import Refusal
from services.values import Hours, Yen

_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_NUMBERS, _HOURS, _DATES = _WORDS["numbers"], _WORDS["hours"], _WORDS["dates"]
BANK_ENDINGS: tuple[str, ...] = tuple(_WORDS["banks"]["endings"])


def _any_of(words: Iterable[str]) -> str:
    """A pattern for one of these words, the longest first."""
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


_AROUND_NUMBER = f"{_any_of(_NUMBERS['around'])}*"
_KANA_NUMBER = re.compile(_any_of(_NUMBERS["kana"]))
_SIGNS = str.maketrans(_NUMBERS["signs"])
_FRACTION = re.compile(rf"\d\.\d{{1,3}}[{_NUMBERS['large_units']}]")


def _folded(typed: str) -> str:
    """Half-width, lower case, without spaces; katakana words become hiragana."""
    text = "".join(unicodedata.normalize("NFKC", typed).lower().split())
    return str(jaconv.kata2hira(text)).translate(_SIGNS)


def _bare(text: str, units: Iterable[str]) -> str:
    """The number alone, without its unit and the polite words around it."""
    match = re.fullmatch(rf"{_AROUND_NUMBER}(.+?){_any_of(units)}?{_AROUND_NUMBER}", text)
    return match[1] if match else text


def _whole(bare: str) -> int | None:
    """The whole number that these digits, kanji or kana spell, if they do."""
    text = re.sub(r"[,\u3001](?=\d{3})", "", bare)
    if re.search(r"[\u3041-\u3096]", text):
        text = _KANA_NUMBER.sub(lambda word: _NUMBERS["kana"][word[0]], text)
    if "-" in text or ("." in text and not _FRACTION.search(text)) or len(text) > 20:
        return None
    try:
        return int(kanjize.kanji2number(text))
    except (ValueError, KeyError):
        return None


def is_none(typed: str) -> bool:
    """Whether this is a way of saying that there is none."""
    text = _folded(typed)
    nothing = {_folded(word) for word in _NUMBERS["none"]}
    return text in nothing or _bare(text, ()) in nothing


def read_number(typed: str) -> int:
    """A whole number of people or things, zero or more; words for none are zero."""
    if is_none(typed):
        return 0
    number = _whole(_bare(_folded(typed), _NUMBERS["units"]))
    if number is None:
        raise Refusal(_("Please write one number, for example 12."))
    return number


def read_yen(typed: str) -> Yen:
    """An amount of yen, zero or more; words for none are zero yen."""
    if is_none(typed):
        return Yen(0)
    amount = _whole(_bare(_folded(typed), _WORDS["yen"]["units"]))
    if amount is None:
        raise Refusal(_("Please write the amount in yen, for example 100,000."))
    return Yen(amount)


_HOUR, _MINUTE = _any_of(_HOURS["hour"]), _any_of(_HOURS["minute"])
_HALF = _any_of(_HOURS["half"])
_TIMES = (
    re.compile(rf"(?P<minutes>.+?){_MINUTE}"),
    re.compile(rf"(?P<hours>.+?)(?:{_HOUR}(?:(?P<half>{_HALF})|(?P<minutes>.+?){_MINUTE}?)?)?"),
)


def _minutes(parts: dict[str, str | None]) -> int | None:
    """The minutes in these parts of a time, if all of them can be read."""
    total = 30 if parts.get("half") else 0
    for part, length in (("hours", 60), ("minutes", 1)):
        if written := parts.get(part):
            decimal = re.fullmatch(r"\d{1,4}\.\d{1,3}", written)
            number = Decimal(written) if decimal else _whole(written)
            if number is None or number * length % 1:
                return None
            total += int(number * length)
    return total


def read_hours(typed: str) -> Hours:
    """A time to work, written in hours, minutes or both."""
    text = _bare(_folded(typed), ())
    if text in _HOURS["half_hour"]:
        return Hours(30)
    for pattern in _TIMES:
        if match := pattern.fullmatch(text):
            minutes = _minutes(match.groupdict())
            if minutes is not None:
                return Hours(minutes)
    raise Refusal(_("Please write the time in hours, for example 10 or 1.5."))


_WEEKDAY = f"(?P<weekday>[{_DATES['weekdays']}])"
_WEEKDAY_END = _any_of(_DATES["weekday"])
_OF = f"{_DATES['of']}?"
_DAY = rf"(?P<day>\d{{1,2}}){_DATES['day']}?"
_SHOWN_WEEKDAY = re.compile(rf"\([{_DATES['weekdays']}]{_WEEKDAY_END}?\)|{_any_of(_DATES['after'])}$")
_KANJI_NUMBER = re.compile(f"[{_NUMBERS['digits']}]+")
_LATER = re.compile(rf"(?P<count>\d{{1,3}})(?P<later>{_any_of(_DATES['later'])})")
_IN_WEEK = re.compile(rf"(?P<week>{_any_of(_DATES['weeks'])}){_OF}{_WEEKDAY}{_WEEKDAY_END}?")
_NEXT_WEEKDAY = re.compile(rf"(?P<next>{_any_of(_DATES['next'])}{_OF})?{_WEEKDAY}{_WEEKDAY_END}")
_IN_MONTH = re.compile(rf"(?P<month>{_any_of(_DATES['months'])}){_OF}(?:{_DATES['end']}|{_DAY})")
_END_OF_MONTH = re.compile(rf"(?P<number>\d{{1,2}}){_DATES['month']}{_OF}{_DATES['end']}")
_DAY_ALONE = re.compile(rf"(?P<day>\d{{1,2}}){_DATES['day']}")
_WRITTEN = re.compile(
    rf"(?:(?P<era>{_any_of(_DATES['eras'])})\.?(?P<era_year>\d{{1,2}}|{_DATES['first_year']})(?:{_DATES['year']}|[-./])"
    rf"|(?P<year>\d{{4}})(?:{_DATES['year']}|[-./]))?"
    rf"(?P<month>\d{{1,2}})(?:{_DATES['month']}|[-./]){_DAY}"
)
_EIGHT_DIGITS = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")


def _month(day: date, ahead: int, number: str | None) -> date:
    """That day of the month so many months ahead, or its last day."""
    month = day.month - 1 + ahead
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, int(number) if number else calendar.monthrange(year, month)[1])


def _nearest(today: date, month: int, day: int | None) -> date:
    """The day of this date that is nearest to today: people leave out the year when it is clear."""
    days = []
    for year in range(today.year - 1, today.year + 2):
        last = calendar.monthrange(year, month)[1]
        if day is None or day <= last:
            days.append(date(year, month, day or last))
    if not days:
        raise ValueError("no such day")
    return min(days, key=lambda found: abs(found - today))


def _named(text: str, today: date) -> date | None:
    """A day that has a name of its own."""
    if text in _DATES["days"]:
        return today + timedelta(days=_DATES["days"][text])
    if text in _DATES["month_end"]:
        return _month(today, 0, None)
    return date(today.year, 12, 31) if text in _DATES["year_end"] else None


def _counted(text: str, today: date) -> date | None:
    """A day counted from today, by days or weeks or as a weekday."""
    if match := _LATER.fullmatch(text):
        return today + timedelta(days=int(match["count"]) * _DATES["later"][match["later"]])
    if match := _IN_WEEK.fullmatch(text):
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_DATES["weeks"][match["week"]])
        return monday + timedelta(days=_DATES["weekdays"].index(match["weekday"]))
    if match := _NEXT_WEEKDAY.fullmatch(text):
        ahead = (_DATES["weekdays"].index(match["weekday"]) - today.weekday()) % 7
        return today + timedelta(days=7 if match["next"] and not ahead else ahead)
    return None


def _in_a_month(text: str, today: date) -> date | None:
    """A day of this month or another one."""
    if match := _IN_MONTH.fullmatch(text):
        return _month(today, _DATES["months"][match["month"]], match["day"])
    if match := _END_OF_MONTH.fullmatch(text):
        return _nearest(today, int(match["number"]), None)
    if match := _DAY_ALONE.fullmatch(text):
        return _month(today, 0 if int(match["day"]) >= today.day else 1, match["day"])
    return None


def _written(text: str, today: date) -> date | None:
    """A day written out with its month, with or without a year."""
    match = _WRITTEN.fullmatch(text) or _EIGHT_DIGITS.fullmatch(text)
    if not match:
        return None
    parts = match.groupdict()
    month, day = int(parts["month"]), int(parts["day"])
    if parts.get("era"):
        counted = 1 if parts["era_year"] == _DATES["first_year"] else int(parts["era_year"])
        # Years past the end of an era stand on many a document and are plain all the same.
        return date(_DATES["eras"][parts["era"]] + counted, month, day)
    return date(int(parts["year"]), month, day) if parts["year"] else _nearest(today, month, day)


def read_date(typed: str, today: date) -> date:
    """A day, by the calendar of either kind or counted from `today`; without a year the nearest one is meant."""
    text = _SHOWN_WEEKDAY.sub("", _folded(typed))
    try:
        if day := _named(text, today):
            return day
        numbers = _KANJI_NUMBER.sub(lambda word: str(kanjize.kanji2number(word[0])), text)
        for reader in (_counted, _in_a_month, _written):
            if day := reader(numbers, today):
                return day
    except (ValueError, OverflowError) as error:
        raise Refusal(_("There is no such day. Could you check the date again?")) from error
    raise Refusal(_("Please write a date, for example 2021/11/5."))


_CLOCKS = _WORDS["times"]
_HALF_OF_DAY = "|".join(f"(?P<{half}>{_any_of(_CLOCKS[half])})" for half in ("morning", "afternoon"))
_TIME_OF_DAY = re.compile(
    rf"(?:{_HALF_OF_DAY})?(?P<hour>\d{{1,2}})(?:(?:{_any_of(_CLOCKS['hour'])})"
    rf"(?:(?P<half>{_HALF})|(?P<minute>\d{{1,2}}){_MINUTE}?)?)?"
)
_FOUR_DIGITS = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})")


def read_time(typed: str) -> int:
    """A time of day in minutes since midnight, at most 24:00; an hour alone is that hour of twenty-four."""
    text = _KANJI_NUMBER.sub(lambda word: str(kanjize.kanji2number(word[0])), _bare(_folded(typed), ()))
    text = re.sub(f"{_any_of(_CLOCKS['after'])}$", "", text)
    if text in _CLOCKS["noon"]:
        return 12 * 60
    match = _TIME_OF_DAY.fullmatch(text) or _FOUR_DIGITS.fullmatch(text)
    if match is not None:
        parts = match.groupdict()
        hour, minute = int(parts["hour"]), 30 if parts.get("half") else int(parts.get("minute") or 0)
        halved = parts.get("morning") or parts.get("afternoon")
        if parts.get("afternoon") and hour < 12:
            hour += 12
        if minute < 60 and hour * 60 + minute <= 24 * 60 and not (halved and int(parts["hour"]) > 12):
            return hour * 60 + minute
    raise Refusal(_("Please write the time of day, for example 13:30."))
