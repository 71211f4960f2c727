"""How a case and an expert lie to each other: what can be said of the two together, before anything is scored. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services import fees
from services.fees import Rates
from services.values import Yen


class Why(StrEnum):
    """Why an expert sets a suggested case aside."""

    AREA = "area"
    PLACE = "place"
    PRICE = "price"
    TIME = "time"


class Rarity(StrEnum):
    """How much a word says that stands on both sides."""

    RARE = "rare"
    KNOWN = "known"


@dataclass(frozen=True)
class Wish:
    """A case, as far as it decides whom it suits. `room` is what the company's cap still leaves.

    It takes support `online`, on a `visit`, or either.
    """

    case_id: int
    company_id: int
    area: str
    industry: str
    prefecture: str
    online: bool
    visit: bool
    minutes: int | None
    budget: Yen | None
    deadline: date
    room: Yen
    proposals: int = 0


@dataclass(frozen=True)
class Able:
    """An expert, as far as it decides which cases suit.

    `regions` are those that the expert visits, None for all of them. `room` is what the cap still leaves, `busy` how many contracts and proposals are under way, `lately` for how
    many other cases the expert was suggested in the last days; `areas_done` and `trades_done` count the supports
    that were finished.
    """

    expert_id: int
    areas: Sequence[str]
    online: bool
    regions: Sequence[str] | None
    price: Yen
    room: Yen
    busy: int = 0
    lately: int = 0
    areas_done: Mapping[str, int] = field(default_factory=dict)
    trades_done: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Aside:
    """A case that an expert has set aside, with the reason given."""

    why: Why
    area: str
    prefecture: str
    minutes: int | None
    budget: Yen | None


@dataclass(frozen=True)
class Fit:
    """What can be said of one case and one expert together; every field stands for one line of the scores.

    `words` are those of the one side that stand on the other too. `payable` are the minutes that the company's
    budget pays of its own share, None where it named none; `possible` those that both caps still hold.
    """

    area: bool
    on_site: bool
    online: bool
    words: tuple[tuple[str, Rarity], ...]
    wanted: int | None
    payable: int | None
    possible: int
    in_area: int
    in_trade: int
    days_left: int
    proposals: int
    lately: int = 0
    busy: int = 0
    aside: int = 0


def fit(
    wish: Wish,
    able: Able,
    words: Iterable[tuple[str, Rarity]],
    today: date,
    rates: Rates,
    asides: Iterable[Aside] = (),
) -> Fit:
    """What can be said of this case and this expert; raises Refusal for a price that leaves nothing to claim."""
    unit = fees.honorarium_unit(able.price, rates)
    return Fit(
        area=wish.area in able.areas,
        on_site=wish.visit and (able.regions is None or wish.prefecture in able.regions),
        online=wish.online and able.online,
        words=tuple(words),
        wanted=wish.minutes,
        payable=None if wish.budget is None else wish.budget * 60 // (able.price - unit),
        possible=fees.largest_minutes_within(able.price, min(wish.room, able.room), rates),
        in_area=able.areas_done.get(wish.area, 0),
        in_trade=able.trades_done.get(wish.industry, 0),
        days_left=(wish.deadline - today).days,
        proposals=wish.proposals,
        lately=able.lately,
        busy=able.busy,
        aside=sum(is_like(wish, aside) for aside in asides),
    )


def is_like(wish: Wish, aside: Aside) -> bool:
    """Whether a case is what was not wanted about another one."""
    match aside.why:
        case Why.AREA:
            return wish.area == aside.area
        case Why.PLACE:
            return wish.visit and wish.prefecture == aside.prefecture
        case Why.PRICE:
            return None not in (wish.budget, aside.budget) and _least(wish.budget) <= _least(aside.budget)
    return None not in (wish.minutes, aside.minutes) and _least(wish.minutes) >= _least(aside.minutes)


def _least(number: int | None) -> int:
    return number or 0
