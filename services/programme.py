"""The programme: its dates, rates, words and limits, read from a file that is checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict

from locales import _
from services import checked_toml
from services.calendar import BusinessCalendar
from services.fees import Rates
from services.label import Label
from services.programme_checks import contradictions
from services.programme_parts import (
    Area,
    Band,
    Checklists,
    Deadline,
    Declarations,
    Deficiencies,
    Described,
    IdentityDocument,
    Industry,
    Item,
    Limits,
    LocalDesk,
    Money,
    Package,
    Payer,
    Spoken,
    Switch,
    Terms,
    Window,
    capital_bands,
    employee_bands,
)
from services.refusals import Refusal

__all__ = ["Band", "Deadline", "Programme", "capital_bands", "employee_bands", "load"]

_I = TypeVar("_I", bound=Item)


@dataclass(frozen=True)
class Programme:
    """One phase of the programme; asks for the time, never looks at a clock."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    code: str
    phase: int
    name: Label
    short_name: Label
    playground_starts: datetime
    dates: dict[Deadline, Window]
    money: Money
    payer: Payer
    limits: Limits
    calendar: BusinessCalendar
    numbers: dict[str, str]
    groups: tuple[Item, ...]
    areas: tuple[Area, ...]
    exclusions: tuple[Item, ...]
    steps: tuple[Item, ...]
    packages: tuple[Package, ...]
    qualifications: tuple[Item, ...]
    identity_documents: tuple[IdentityDocument, ...]
    industries: tuple[Industry, ...]
    deemed_large: tuple[Item, ...]
    decline_reasons: tuple[Spoken, ...]
    switches: tuple[Switch, ...]
    routes: tuple[Described, ...]
    match_statuses: tuple[Described, ...]
    deficiencies: Deficiencies
    checklists: Checklists
    declarations: Declarations
    local_desks: tuple[LocalDesk, ...]
    terms: tuple[Terms, ...]

    @property
    def rates(self) -> Rates:
        """The rates by which `fees` computes."""
        return Rates(self.money.honorarium_cap, self.money.self_paid_minimum, self.money.unit_minutes)

    def today(self, now: datetime) -> date:
        """The programme's day at this moment (aware)."""
        return now.astimezone(self.calendar.time_zone).date()

    def closes(self, event: Deadline) -> datetime:
        """The last second (aware UTC) of the day on which this closes; that second still counts."""
        end = time(23, 59, 59)
        return datetime.combine(self.dates[event].closes, end, self.calendar.time_zone).astimezone(UTC)

    def is_open(self, event: Deadline, now: datetime) -> bool:
        """Whether `now` (aware) lies on one of the days on which this may be done."""
        window = self.dates[event]
        return window.opens <= self.today(now) <= window.closes

    def require_open(self, event: Deadline, now: datetime) -> None:
        """Refuses what comes too early or too late."""
        window = self.dates[event]
        if self.today(now) < window.opens:
            raise Refusal(_("This opens on {day}. Please come back then.")(day=window.opens))
        if self.today(now) > window.closes:
            raise Refusal(_("Sorry, this closed on {day}.")(day=window.closes))

    def require_switch(self, code: str) -> None:
        """Refuses what the secretariat has stopped for now (DOMAIN 9.2)."""
        if not by_code(self.switches, code).open:
            raise Refusal(
                _("This is stopped for now. What you entered is kept; we will tell you when it goes on.")
            )

    def with_switches(self, standing: Mapping[str, bool]) -> Programme:
        """The same programme with these parts open or closed, the others as they are."""
        switches = tuple(replace(s, open=standing.get(s.code, s.open)) for s in self.switches)
        return replace(self, switches=switches)

    def terms_at(self, now: datetime) -> Terms:
        """The terms that are valid at this moment (aware); before the first ones, the first."""
        begun = [terms for terms in self.terms if terms.valid_from <= now]
        return begun[-1] if begun else self.terms[0]

    def terms_version(self, version: str) -> Terms:
        """The terms with this version, for contracts that keep theirs; raises KeyError."""
        return {terms.version: terms for terms in self.terms}[version]

    def area(self, code: str) -> Area:
        """The support area with this code; raises KeyError."""
        return by_code(self.areas, code)

    def areas_in(self, group: str) -> tuple[Area, ...]:
        """The support areas of one menu."""
        return tuple(area for area in self.areas if area.group == group)

    def package(self, code: str) -> Package:
        """The support package with this code; raises KeyError."""
        return by_code(self.packages, code)

    def packages_for(self, area: str) -> tuple[Package, ...]:
        """The packages that fit a support area, because they stand in the same menu."""
        return tuple(package for package in self.packages if package.group == self.area(area).group)

    def industry(self, code: str) -> Industry:
        """The industry class with this code; raises KeyError."""
        return by_code(self.industries, code)

    def is_small(
        self,
        industry: str,
        employees: int,
        capital: int | None,
        sole_proprietor: bool = False,
        main_business: str | None = None,
    ) -> bool:
        """Whether a business keeps to the limit of employees or to that of capital in yen (DOMAIN 1.2).

        A sole proprietor is judged by employees alone; some bodies by the class of their main business.
        For a tapped band give its `at_least`: all of a band is on one side of a limit.
        """
        limits = self.industry(industry)
        if limits.as_main_business and main_business:
            limits = self.industry(main_business)
        few = employees <= limits.employees
        if sole_proprietor or capital is None or limits.capital is None:
            return few
        return few or capital <= limits.capital

    def desk_for(self, prefecture: str, city: str) -> LocalDesk | None:
        """The local desk for a place, if there is one; a ward belongs to its city."""
        for desk in self.local_desks:
            if desk.prefecture == prefecture and city.startswith(desk.city):
                return desk
        return None


def by_code(items: Iterable[_I], code: str) -> _I:
    """The item with this code; raises KeyError."""
    return {item.code: item for item in items}[code]


@cache
def load(name_or_path: str | Path = "phase2") -> Programme:
    """The programme of this name (or in this file), checked; raises FileError with the line and the reason."""
    path = Path(name_or_path)
    if not path.suffix:
        path = Path(__file__).parent / "programmes" / f"{name_or_path}.toml"
    return checked_toml.read(path, Programme, contradictions)
