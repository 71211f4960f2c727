"""Collections of made-up cases, always the same ones: sentences recombined, with a long tail of rare names."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from services.case_records import Case, CaseState, Mode

NOW = datetime(2021, 11, 22, 3, 0, tzinfo=UTC)
"""When the cases are searched."""
COMPANIES = 500
NAMES = 300_000
"""How many different names there are; each is twice as rare as the one in the middle before it (Zipf)."""
NAMED = 2
"""In how many of three cases a name stands."""
SEED = 5
_AGE = timedelta(days=60)
"""How long ago the first case was published; the others follow in their order, as they do in life."""
_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))


def queries(kind: str) -> list[str]:
    """What experts look for, of a kind: "real" or "misspelt"."""
    return list(_DATA["queries"][kind])


class Maker:
    """Makes one case after the other; two makers of one seed make the same ones."""

    def __init__(self, seed: int = SEED) -> None:
        self._dice = random.Random(seed)
        self._areas = _DATA["areas"]
        self._places = _DATA["places"]
        self._area_weights = _falling(len(self._areas))
        self._place_weights = _falling(len(self._places))
        self._trade_weights = _falling(len(_DATA["trades"]))

    def cases(self, first: int, count: int) -> Iterator[Case]:
        """So many open cases, numbered from `first` on, the last of them published just now."""
        for place in range(count):
            late = timedelta(hours=24 * self._dice.random())
            yield self._case(first + place, NOW - _AGE * (1 - (place + 1) / count) - late)

    def _case(self, number: int, published_at: datetime) -> Case:
        dice = self._dice
        (area,) = dice.choices(self._areas, cum_weights=self._area_weights)
        (place,) = dice.choices(self._places, cum_weights=self._place_weights)
        (trade,) = dice.choices(_DATA["trades"], cum_weights=self._trade_weights)
        beginning = dice.choice(_DATA["beginnings"]).format(trade=trade, n=dice.choice(_DATA["numbers"]))
        background = beginning + "".join(dice.sample(_DATA["backgrounds"], 2))
        if dice.randrange(3) < NAMED:
            background += dice.choice(_DATA["named"]).format(name=name(self._rank()))
        return Case(
            id=number,
            number=f"B{number:08}",
            company_id=number % COMPANIES + 1,
            state=CaseState.NEGOTIATING if dice.random() < 0.15 else CaseState.PUBLISHED,
            revision=1,
            title=dice.choice(area["titles"]),
            area=area["code"],
            trade=trade,
            background=background,
            issue="".join(dice.sample(area["issues"], 2)),
            goal=dice.choice(area["goals"]) + dice.choice(_DATA["closings"]),
            current_tools=dice.choice(area["tools"]),
            mode=dice.choice(list(Mode)),
            prefecture=place["prefecture"],
            city=dice.choice(place["cities"]),
            period_start=(NOW + timedelta(days=30)).date(),
            period_end=(NOW + timedelta(days=120)).date(),
            minutes=dice.choice([None, 240, 480, 600, 1200, 1800]),
            budget_yen=dice.choice([None, 30_000, 100_000]),
            proposal_deadline=(NOW + timedelta(days=dice.randrange(1, 30))).date(),
            applied_at=published_at,
            published_at=published_at,
        )

    def _rank(self) -> int:
        return int(NAMES ** self._dice.random()) - 1


def _falling(count: int) -> list[float]:
    """Weights, summed up, of which the first is the greatest, as words and places are unevenly common."""
    return list(accumulate(1 / (rank + 2) for rank in range(count)))


def name(rank: int) -> str:
    """A name of nobody's product; the rank says how common it is, 0 the most."""
    syllables = _DATA["syllables"]
    rest, parts = rank + len(syllables) ** 2, []
    while rest:
        rest, place = divmod(rest, len(syllables))
        parts.append(syllables[place])
    return "".join(parts)


@cache
def sentence_end() -> str:
    """The sign at the end of each sentence."""
    return str(_DATA["closings"][0][-1])
