"""What an expert looks for: words and filters, and the filters that are words of the index (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.case_vector import any_of, published_between
from services.values import Hours, Yen

EITHER = "either"


class Sort(StrEnum):
    """In which order cases are shown."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    DEADLINE = "deadline"


@dataclass(frozen=True)
class Query:
    """What an expert looks for. Empty parts filter nothing; `after` is the cursor of the page before.

    What a company leaves open, its hours and its budget, is left to the expert, so such cases are found as well.
    `least_cap` is what the company's cap leaves; `mode` and `industry` are codes, `posted_from` a day in Tokyo.
    """

    words: str = ""
    areas: Sequence[str] = ()
    prefecture: str | None = None
    mode: str | None = None
    industry: str | None = None
    most_hours: Hours | None = None
    least_budget: Yen | None = None
    least_cap: Yen | None = None
    deadline_from: date | None = None
    posted_from: date | None = None
    most_proposals: int | None = None
    sort: Sort = Sort.RELEVANCE
    after: str | None = None
    limit: int = 5

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that are set, by name; whatever is found meets them all."""
        given = {
            "area": bool(self.areas),
            "prefecture": bool(self.prefecture),
            "mode": bool(self.mode),
            "industry": bool(self.industry),
            "hours": self.most_hours is not None,
            "budget": self.least_budget is not None,
            "cap": self.least_cap is not None,
            "deadline": self.deadline_from is not None,
            "posted": self.posted_from is not None,
            "proposals": self.most_proposals is not None,
        }
        return tuple(name for name, is_set in given.items() if is_set)

    @property
    def terms(self) -> list[str]:
        """The filters that are words of the index, as tsqueries."""
        return [term for _share, term in self.shares]

    @property
    def shares(self) -> list[tuple[float, str]]:
        """The same, each with the share of cases that may meet it, as a rule."""
        given = [
            (0.12 * len(self.areas), [f"a:{area}" for area in self.areas]),
            (0.05, [f"p:{self.prefecture}"] if self.prefecture else []),
            (0.7, [f"m:{self.mode}", f"m:{EITHER}"] if self.mode and self.mode != EITHER else []),
            (0.2, [f"i:{self.industry}"] if self.industry else []),
        ]
        return [(share, f"({any_of(names)})") for share, names in given if names]

    def days(self, today: date) -> list[tuple[float, str]]:
        """The same for the days since `posted_from`; none if they are too many to help."""
        days = published_between(self.posted_from, today) if self.posted_from else []
        return [(0.02 * len(days), any_of(days))] if days else []
