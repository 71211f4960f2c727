"""How far the month's pushes will go, from what was pushed so far. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

LEAST_DAYS = 3.0
"""A month is never judged by less than so many days: two pushes in its first hour are no trend."""
END_OF_CASE = "payment.company"
"""The notice with which a case ends for its company."""


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """The first moment of the month of `at` (in the zone of `at`), and of the next one."""
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=32)).replace(day=1)


def forecast(used: int, at: datetime) -> int:
    """How many pushes the whole month will take if it goes on as it did until `at` (in the zone that LINE counts by)."""
    first, following = month_of(at)
    passed = max((at - first) / timedelta(days=1), LEAST_DAYS)
    return max(used, round(used * ((following - first) / timedelta(days=1)) / passed))


@dataclass(frozen=True)
class Told:
    """A letter to somebody of a company: whether it was pushed, and the notices in it."""

    company_id: int
    person_id: int
    pushed: bool
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class PerCase:
    """Pushes for a whole case, from the registration (or the case before) to the payment."""

    cases: int = 0
    median: float = 0
    worst: int = 0


def per_case(letters: Iterable[Told]) -> PerCase:
    """What completed cases took; `letters` in the order in which they were written.

    A case ends for each person of the company with the word that it is paid; what follows is the next case.
    """
    ended: dict[tuple[int, int], int] = defaultdict(int)
    pushes: dict[tuple[int, int], int] = defaultdict(int)
    completed: set[tuple[int, int]] = set()
    for letter in letters:
        person = letter.company_id, letter.person_id
        case = letter.company_id, ended[person]
        pushes[case] += letter.pushed
        paid = letter.kinds.count(END_OF_CASE)
        if paid:
            ended[person] += paid
            completed.add(case)
    counts = [pushes[case] for case in completed]
    return PerCase(len(counts), median(counts), max(counts)) if counts else PerCase()
