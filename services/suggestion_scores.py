"""How well a case and an expert fit: points by a table, each with the reason in words that people read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field

from locales import Text, _
from services.checked_toml import Place, read
from services.label import Label
from services.suggestion_fit import Fit, Rarity
from services.values import Hours

NAMED = 4
"""How many of the words that both sides have are named."""
Points = Annotated[int, Field(ge=0)]
Percent = Annotated[int, Field(ge=0, le=100)]
Steps = Annotated[tuple[tuple[int, int], ...], Field(min_length=1)]


@dataclass(frozen=True)
class Weights:
    """The table of points. Steps are (from, points): the last one counts whose number is reached."""

    least: Points
    area: Points
    on_site: Points
    online: Points
    rare_word: Points
    word: Points
    words_most: Points
    rare_percent: Percent
    common_percent: Percent
    counted_from: Points
    says_nothing: frozenset[str]
    usual_hours: Annotated[int, Field(ge=1)]
    price_fits: Points
    price_nearly: Points
    nearly_percent: Percent
    hours: Points
    in_area: Steps
    in_trade: Steps
    days_left: Steps
    proposals: Steps
    lately_days: Annotated[int, Field(ge=1)]
    lately: Steps
    busy: Steps
    aside: Steps


@dataclass(frozen=True)
class Reason:
    """One line of a score: its points, and what is true of the two that earned them.

    `of_case`: it is about the case alone, whoever the expert is.
    """

    points: int
    text: Text
    of_case: bool = False


@dataclass(frozen=True)
class Score:
    """How well two fit. `reasons` speak for it, the weightiest first; `against` is for the secretariat alone."""

    points: int
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]


@dataclass(frozen=True)
class Named:
    """What the area, the place and the trade of the case are called."""

    area: Label
    prefecture: str
    trade: Label


class _Line(NamedTuple):
    """What one feature earns or costs, and how that is said; most lines are only added up."""

    points: int
    told: Callable[[Named], Text]
    of_case: bool = False


def points(fit: Fit, weights: Weights) -> int:
    """The points of all features together."""
    return sum(line.points for line in _lines(fit, weights))


def score(fit: Fit, named: Named, weights: Weights) -> Score:
    """The same with the reasons of those that earned or cost any."""
    lines = [line for line in _lines(fit, weights) if line.points]
    lines.sort(key=lambda line: -line.points)
    ordered = [Reason(line.points, line.told(named), line.of_case) for line in lines]
    return Score(
        sum(reason.points for reason in ordered),
        tuple(reason for reason in ordered if reason.points > 0),
        tuple(reason for reason in reversed(ordered) if reason.points < 0),
    )


def _lines(fit: Fit, weights: Weights) -> Iterator[_Line]:
    if fit.area:
        yield _Line(weights.area, lambda named: _("Offers {area}")(area=named.area))
    if fit.on_site:
        yield _Line(weights.on_site, lambda named: _("Visits {prefecture}")(prefecture=named.prefecture))
    if fit.online:
        yield _Line(weights.online, lambda named: _("Works online"))
    if fit.words:
        yield _Line(_words(fit, weights), lambda named: _shared(fit))
    yield from _price(fit, weights)
    if fit.wanted is not None and fit.possible >= fit.wanted:
        hours = str(Hours(fit.wanted))
        yield _Line(weights.hours, lambda named: _("The caps leave room for {hours} hours")(hours=hours))
    if fit.in_area:
        done = _("Finished supports in {area}: {count}")
        yield _Line(
            _step(weights.in_area, fit.in_area), lambda named: done(area=named.area, count=fit.in_area)
        )
    if fit.in_trade:
        alike = _("Finished supports in this trade ({trade}): {count}")
        yield _Line(
            _step(weights.in_trade, fit.in_trade), lambda named: alike(trade=named.trade, count=fit.in_trade)
        )
    yield _Line(
        _step(weights.days_left, fit.days_left),
        lambda named: _("{count} days left for proposals")(count=max(fit.days_left, 0)),
        of_case=True,
    )
    yield _Line(_step(weights.proposals, fit.proposals), lambda named: _proposals(fit), of_case=True)
    yield _Line(
        _step(weights.lately, fit.lately),
        lambda named: _("Suggested for {count} other cases lately")(count=fit.lately),
    )
    yield _Line(
        _step(weights.busy, fit.busy),
        lambda named: _("Contracts and proposals under way: {count}")(count=fit.busy),
    )
    yield _Line(_step(weights.aside, fit.aside), lambda named: _("Like a case that was set aside"))


def _shared(fit: Fit) -> Text:
    names = [_("“{word}”")(word=word) for word, _rare in sorted(fit.words, key=_rarest_first)[:NAMED]]
    return _("Experience and case share {words}")(words=names)


def _proposals(fit: Fit) -> Text:
    return _("Proposals so far: {count}")(count=fit.proposals) if fit.proposals else _("No proposal yet")


def _rarest_first(word: tuple[str, Rarity]) -> tuple[bool, str]:
    return word[1] is not Rarity.RARE, word[0]


def _words(fit: Fit, weights: Weights) -> int:
    points = {Rarity.RARE: weights.rare_word, Rarity.KNOWN: weights.word}
    return min(sum(points[rarity] for _word, rarity in fit.words), weights.words_most)


def _price(fit: Fit, weights: Weights) -> Iterator[_Line]:
    """What the company's own budget pays of the hours it has in mind, or of the usual ones."""
    if fit.payable is None:
        return
    wanted = weights.usual_hours * 60 if fit.wanted is None else fit.wanted
    if fit.payable >= wanted:
        yield _Line(weights.price_fits, lambda named: _("Fits the company's own budget"))
    elif fit.payable * 100 >= wanted * weights.nearly_percent:
        yield _Line(weights.price_nearly, lambda named: _("Nearly fits the company's own budget"))


def _step(steps: Steps, reached: int) -> int:
    return next((points for least, points in reversed(steps) if reached >= least), 0)


def rarity(cases: int, of_all: int, weights: Weights) -> Rarity | None:
    """What a word says that stands in so many of all open cases; None when it says nothing."""
    if of_all < weights.counted_from:
        return Rarity.KNOWN
    if cases * 100 > of_all * weights.common_percent:
        return None
    return Rarity.RARE if cases * 100 <= of_all * weights.rare_percent else Rarity.KNOWN


def _contradictions(weights: Weights) -> Iterable[tuple[Place, str]]:
    for name in ("in_area", "in_trade", "days_left", "proposals", "lately", "busy", "aside"):
        steps: Steps = getattr(weights, name)
        numbers, points = [least for least, _points in steps], [points for _least, points in steps]
        if numbers != sorted(set(numbers)):
            yield (name,), "the numbers of its steps must grow"
        falls = name in ("proposals", "lately", "busy", "aside")
        if points != sorted(points, reverse=falls):
            yield (name,), "its points must " + ("fall" if falls else "rise") + " from step to step"
        if not falls and points[0] < 0 or name in ("lately", "busy", "aside") and points[0] > 0:
            yield (name,), "its points have the wrong sign"
    if weights.price_nearly > weights.price_fits:
        yield ("price_nearly",), "what nearly fits counts no more than what fits"
    if weights.word > weights.rare_word:
        yield ("word",), "a known word counts no more than a rare one"
    if weights.rare_percent > weights.common_percent:
        yield ("rare_percent",), "what is rare is not common"


def load(path: Path) -> Weights:
    """A table from its file; raises checked_toml.FileError saying what is wrong with it."""
    return read(path, Weights, _contradictions)


@cache
def table() -> Weights:
    """The table of this installation."""
    return load(Path(__file__).with_suffix(".toml"))
