"""The programme: its dates, rates, words and limits, read from a file that is checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict

from locales import Text, _
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
    DeclineReason,
    Deficiencies,
    Described,
    HandoffTimes,
    IdentityDocument,
    Industry,
    Item,
    Limits,
    LocalDesk,
    Money,
    NoticeTimes,
    Office,
    Package,
    Payer,
    ReminderTimes,
    SavedSearches,
    Switch,
    Terms,
    Window,
    capital_bands,
    employee_bands,
)
from services.refusals import Refusal

__all__ = ["Band", "Deadline", "Programme", "capital_bands", "employee_bands", "load"]

_I = TypeVar("_I", bound=Item)
CLOSED: dict[Deadline, Text] = {
    Deadline.REGISTRATION: _("Registration closed on {day}."),
    Deadline.CONTRACT: _("Plans and contracts closed on {day}."),
    Deadline.SUPPORT: _("Support ended on {day}."),
    Deadline.REPORT: _("Reports closed on {day}."),
    Deadline.CLAIM: _("Claims closed on {day}."),
    Deadline.PROGRAMME: _("The programme ended on {day}."),
}
AFTERWARDS: dict[Deadline, Text] = {
    Deadline.CONTRACT: _("Who is registered can go on: plans and contracts are possible until {day}."),
    Deadline.SUPPORT: _("Running contracts go on: support is possible until {day}."),
    Deadline.REPORT: _("Support that was given can be reported until {day}."),
    Deadline.CLAIM: _("The honorarium can be claimed until {day}."),
    Deadline.PROGRAMME: _("What was handed in in time is dealt with until {day}."),
}
"""What comes after a deadline, in the order of the road; the first that is still open is what people hear."""


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
    handoff: HandoffTimes
    notices: NoticeTimes
    reminders: ReminderTimes
    saved_searches: SavedSearches
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
    decline_reasons: tuple[DeclineReason, ...]
    switches: tuple[Switch, ...]
    routes: tuple[Described, ...]
    match_statuses: tuple[Described, ...]
    deficiencies: Deficiencies
    checklists: Checklists
    declarations: Declarations
    local_desks: tuple[LocalDesk, ...]
    terms: tuple[Terms, ...]
    file: Path | None = field(default=None, compare=False)
    """Where it was read from; what people ask about it lies beside (services/faq_data.py)."""

    @property
    def rates(self) -> Rates:
        """The rates by which `fees` computes."""
        return Rates(self.money.honorarium_cap, self.money.self_paid_minimum, self.money.unit_minutes)

    @property
    def office(self) -> Office:
        """The office's hours on a business day."""
        return Office(self.calendar.opens, self.calendar.closes)

    def today(self, now: datetime) -> date:
        """The programme's day at this moment (aware)."""
        return now.astimezone(self.calendar.time_zone).date()

    def closes(self, event: Deadline) -> datetime:
        """The last second (aware UTC) of the day on which this closes; that second still counts."""
        return self._end_of(self.dates[event].closes)

    def is_open(self, event: Deadline, now: datetime) -> bool:
        """Whether `now` (aware) lies on one of the days on which this may be done."""
        window = self.dates[event]
        return window.opens <= self.today(now) <= window.closes

    def require_open(self, event: Deadline, now: datetime) -> None:
        """Refuses what comes too early or too late, and says what can still be done."""
        window = self.dates[event]
        if self.today(now) < window.opens:
            raise Refusal(_("This opens on {day}. Please come back then.")(day=window.opens))
        if self.today(now) > window.closes:
            raise Refusal(
                _("{closed} {still}")(
                    closed=CLOSED[event](day=window.closes), still=self.still_possible(event, now)
                )
            )

    def still_possible(self, event: Deadline, now: datetime) -> Text:
        """What those who are further on can still do when `event` has closed at this moment (aware)."""
        for later in AFTERWARDS:
            if later is not event and self.today(now) <= self.dates[later].closes:
                return AFTERWARDS[later](day=self.dates[later].closes)
        return _("Thank you for taking part.")

    def cure_until(self, returned_at: datetime) -> datetime:
        """The last second (aware UTC) in which what was returned at that moment may be corrected (DOMAIN 14 Q11).

        These are business days, whatever has closed meanwhile, but never past the end of the programme.
        """
        last = self.calendar.add_business_days(self.today(returned_at), self.limits.cure_business_days)
        return self._end_of(min(last, self.dates[Deadline.PROGRAMME].closes))

    def require_curable(self, event: Deadline, returned_at: datetime, now: datetime) -> None:
        """Refuses a correction when both what it belongs to has closed and the days to correct it are over."""
        last = max(self.closes(event), self.cure_until(returned_at))
        if self.today(now) > self.today(last):
            raise Refusal(
                _("{closed} {still}")(
                    closed=_("Corrections were possible until {day}.")(day=self.today(last)),
                    still=self.still_possible(event, now),
                )
            )

    def _end_of(self, day: date) -> datetime:
        return datetime.combine(day, time(23, 59, 59), self.calendar.time_zone).astimezone(UTC)

    def terms_at(self, now: datetime) -> Terms:
        """The terms that are valid at this moment (aware); before the first ones, the first."""
        begun = [terms for terms in self.terms if terms.valid_from <= now]
        return begun[-1] if begun else self.terms[0]

    def terms_version(self, version: str) -> Terms:
        """The terms with this version, for contracts that keep theirs; raises KeyError."""
        return {terms.version: terms for terms in self.terms}[version]

    def own(self, words: str) -> Label | str:
        """The programme's sentence that these Japanese words are, in its languages; other words stay as they are."""
        return self._sentences.get(words, words)

    @cached_property
    def _sentences(self) -> Mapping[str, Label]:
        given = [reason for reasons in vars(self.deficiencies).values() for reason in reasons]
        return {reason.sentence.ja: reason.sentence for reason in given}

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
    return replace(checked_toml.read(path, Programme, contradictions), file=path)
