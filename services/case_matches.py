"""What matches a query, as parts of one statement: all of it, or as much of the newest as is surely enough."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.case_vector import any_of, due_between, published_between
from services.clock import in_tokyo
from services.database import Driver

# Of how the days of publication lie, PostgreSQL keeps a sample.
_BOUNDS = """
    SELECT CAST(CAST(histogram_bounds AS text) AS timestamptz[]) FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = 'case_index' AND attname = 'published_at'
"""
WINDOWS = (0.025, 0.15)
"""Shares of all cases, the newest of them, that are looked at before all are."""
_DEADLINES = (timedelta(days=2), timedelta(days=9))
_MATCH = """
    {name} AS MATERIALIZED (
        SELECT ctid AS place, case_id, published_at, proposal_deadline FROM case_index
        WHERE {conditions}{bound})
"""
_ONE_OF = "{name} AS MATERIALIZED ({parts})"
_COUNT = "(SELECT count(*) FROM {name})"
_ALL_OF = "SELECT * FROM {name} WHERE {condition}"


@dataclass(frozen=True)
class Window:
    """Some of all cases: their share, and the tsquery for them."""

    share: float
    query: str


@dataclass(frozen=True)
class Matches:
    """The parts of a WITH clause by which `name` is all that has these words, each a tsquery, and meets the conditions.

    Where more than `enough` of those in a window match, the others are not looked at. Words come with the share of
    cases that may have them, and each is a condition of its own, the rarest first: the index leaps from one to the
    other, which it can't within one tsquery. `bound` is an order with a limit. All that match are
    `among` others: where these needed all cases, so do they.
    """

    name: str
    words: Sequence[tuple[float, str]]
    conditions: Sequence[str]
    windows: Sequence[Window] = ()
    enough: int = 0
    bound: str = ""
    among: Matches | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the statement by name."""
        words = {f"{self.name}_word_{number}": word for number, (_share, word) in enumerate(self.words)}
        return words | {f"{self.name}_window_{number}": one.query for number, one in enumerate(self.windows)}

    @property
    def in_window(self) -> str:
        """The condition that not all cases were looked at."""
        counts = (_COUNT.format(name=f"{self.name}_{number}") for number in range(len(self.windows)))
        return "(" + " OR ".join(["false", *(f"{count} > {self.enough}" for count in counts)]) + ")"

    def parts(self) -> Iterator[str]:
        """Each is executed only where those before it were not enough."""
        gates: list[str] = []
        enough: list[str] = []
        for number in range(len(self.windows)):
            name = f"{self.name}_{number}"
            count = _COUNT.format(name=name)
            window = (self.windows[number].share, _has(f"{self.name}_window_{number}"))
            hopeful = [self.among.in_window] if self.among else []
            yield self._part(name, [window], [*gates, *hopeful])
            enough.append(_ALL_OF.format(name=name, condition=f"{count} > {self.enough}"))
            gates.append(f"{count} <= {self.enough}")
        if not enough:
            yield self._part(self.name, [], [])
            return
        name = f"{self.name}_all"
        yield self._part(name, [], gates)
        enough.append(_ALL_OF.format(name=name, condition="true"))
        yield _ONE_OF.format(name=self.name, parts=" UNION ALL ".join(enough))

    def _part(self, name: str, windows: Sequence[tuple[float, str]], gates: Sequence[str]) -> str:
        words = [
            (share, _has(f"{self.name}_word_{number}")) for number, (share, _word) in enumerate(self.words)
        ]
        rarest_first = [condition for _share, condition in sorted([*windows, *words])]
        conditions = " AND ".join([*rarest_first, *self.conditions, *gates])
        return _MATCH.format(name=name, conditions=conditions, bound=self.bound)


def _has(value: str) -> str:
    return f"vector @@ %({value})s::tsquery"


async def newest(on: Driver, shares: Sequence[float], today: date) -> list[Window]:
    """The newest cases, as many as these shares of all; none where PostgreSQL has not looked at them yet."""
    found = await on.rows(_BOUNDS, {})
    bounds: Sequence[datetime] = (found and found[0][0]) or ()
    windows = []
    for share in shares:
        back = math.ceil(share * (len(bounds) - 1)) + 1
        if back >= len(bounds):
            break
        last = max(today, in_tokyo(bounds[-1]).date())
        if days := published_between(in_tokyo(bounds[-back]).date(), last):
            windows.append(Window(share, any_of(days)))
    return windows


def soonest(today: date) -> list[Window]:
    """Cases whose deadline is near, and more of them."""
    return [
        Window(share, any_of(due_between(today, today + days)))
        for share, days in zip(WINDOWS, _DEADLINES, strict=True)
    ]


def merged(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What stands in a statement of several parts by name."""
    return {name: value for some in values for name, value in some.items()}
