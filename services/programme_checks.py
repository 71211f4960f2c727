"""What must agree within a programme file beyond the shape of each field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING

from services.checked_toml import Place
from services.programme_parts import Deadline, Item

if TYPE_CHECKING:
    from services.programme import Programme

_SWITCHES = {"registration", "cases", "requests", "plans", "agreement"}
_ROUTES = {"open_case", "direct_request"}
_MATCH_STATUSES = {"UNMATCHED", "MATCHED", "OTHER_SYSTEM"}
_STEPS = {"SURVEY", "ISSUES", "TOOLS", "INTRODUCTION", "OPERATION", "EFFECT", "IMPROVEMENT"}
_BEFORE_CONTRACT = ("company", "expert", "case", "plan")
_NUMBERED = {
    "company",
    "expert",
    "case",
    "request",
    "plan",
    "contract",
    "session",
    "report",
    "invoice",
    "claim",
    "enquiry",
    "handoff",
    "payment_run",
}


def contradictions(programme: Programme) -> Iterator[tuple[Place, str]]:
    """Each place where the file contradicts itself, with the reason."""
    yield from _dates(programme)
    yield from _money(programme)
    yield from _codes(programme)
    yield from _references(programme)
    yield from _calendar_and_numbers(programme)
    yield from _handoff(programme)
    yield from _reminders(programme)
    yield from _notices(programme)
    yield from _terms(programme)


def _dates(programme: Programme) -> Iterator[tuple[Place, str]]:
    for deadline in Deadline:
        if deadline not in programme.dates:
            yield ("dates",), f"{deadline.value} is missing"
            return
    for deadline, window in programme.dates.items():
        if window.closes < window.opens:
            yield ("dates", deadline.value), "it closes before it opens"
    for earlier, later in pairwise(Deadline):
        if programme.dates[later].closes < programme.dates[earlier].closes:
            yield ("dates", later.value), f"it closes before {earlier.value} does"
    if programme.playground_starts.tzinfo is None:
        yield ("playground_starts",), "a time zone is missing, such as +09:00"


def _money(programme: Programme) -> Iterator[tuple[Place, str]]:
    money = programme.money
    if 60 % money.unit_minutes:
        yield ("money", "unit_minutes"), "an hour must hold whole units"
    elif 100 * money.unit_minutes % 60:
        yield (
            ("money", "unit_minutes"),
            "people give hours as decimals, so a unit must be whole hundredths of one",
        )
    elif money.self_paid_minimum * money.unit_minutes % 60:
        # Otherwise flooring could leave the company with less than the minimum (DOMAIN 8.3).
        yield ("money", "self_paid_minimum"), "one unit of time must cost whole yen"
    if not money.honorarium_cap:
        yield ("money", "honorarium_cap"), "it must be more than zero"
    if money.closing_reserve >= money.budget:
        yield ("money", "closing_reserve"), "it would close everything from the beginning"
    if money.expert_cap < money.sme_cap:
        yield ("money", "expert_cap"), "it is below the cap of one company"


def _lists(programme: Programme) -> Iterator[tuple[Place, Sequence[Item]]]:
    for owner, start in (
        (programme, ()),
        (programme.deficiencies, ("deficiencies",)),
        (programme.checklists, ("checklists",)),
        (programme.declarations, ("declarations",)),
    ):
        for part in fields(owner):
            value = getattr(owner, part.name)
            if isinstance(value, tuple) and all(isinstance(item, Item) for item in value):
                yield (*start, part.name), value


def _codes(programme: Programme) -> Iterator[tuple[Place, str]]:
    for place, items in _lists(programme):
        seen: set[str] = set()
        for index, item in enumerate(items):
            if item.code in seen:
                yield (*place, index), f"the code {item.code} is there twice"
            if not item.label.ja.strip() or not item.label.en.strip():
                yield (*place, index), "a label is empty"
            seen.add(item.code)
    for name, items, needed in (
        ("switches", programme.switches, _SWITCHES),
        ("routes", programme.routes, _ROUTES),
        ("match_statuses", programme.match_statuses, _MATCH_STATUSES),
        ("steps", programme.steps, _STEPS),
    ):
        if {item.code for item in items} != needed:
            yield (name,), f"exactly these codes are needed: {', '.join(sorted(needed))}"


def _references(programme: Programme) -> Iterator[tuple[Place, str]]:
    groups = {group.code for group in programme.groups}
    steps = {step.code for step in programme.steps}
    named = [(("areas", n), area.group) for n, area in enumerate(programme.areas)]
    named += [(("packages", n), package.group) for n, package in enumerate(programme.packages)]
    for place, group in named:
        if group not in groups:
            yield place, f"there is no group {group}"
    for index, package in enumerate(programme.packages):
        for step in package.hours.keys() - steps:
            yield ("packages", index), f"there is no step {step}"
        if any(hours <= 0 or hours * 60 % programme.money.unit_minutes for hours in package.hours.values()):
            yield ("packages", index), "the hours must be whole units of time"
    for index, industry in enumerate(programme.industries):
        if industry.employees <= industry.micro_employees:
            yield ("industries", index), "the limit for micro businesses is not below that for small ones"


def _handoff(programme: Programme) -> Iterator[tuple[Place, str]]:
    times = programme.handoff
    if not times.remind_minutes < times.mention_minutes < times.second_channel_minutes:
        yield ("handoff",), "each step of the ladder must come after the one before it"


def _reminders(programme: Programme) -> Iterator[tuple[Place, str]]:
    times = programme.reminders
    reviewed = {part.name for part in fields(programme.checklists)}
    if set(times.review_business_days) != reviewed:
        yield ("reminders", "review_business_days"), f"these are reviewed: {', '.join(sorted(reviewed))}"
    for kind, days in times.review_business_days.items():
        if kind in _BEFORE_CONTRACT and days > programme.calendar.review_business_days:
            # Deadlines are counted backwards with the calendar's days, which would then be too few.
            yield (
                ("reminders", "review_business_days"),
                f"{kind} takes longer than calendar.review_business_days",
            )


def _notices(programme: Programme) -> Iterator[tuple[Place, str]]:
    times = programme.notices
    if not times.line_opens <= times.line_merged < times.line_closes:
        yield ("notices", "line_merged"), "it does not lie within the hours of LINE"
    if times.slack_closes <= times.slack_opens:
        yield ("notices", "slack_closes"), "it comes before slack_opens"


def _calendar_and_numbers(programme: Programme) -> Iterator[tuple[Place, str]]:
    if programme.calendar.closes <= programme.calendar.opens:
        yield ("calendar", "closes"), "the office closes before it opens"
    for kind in sorted(_NUMBERED - programme.numbers.keys()):
        yield ("numbers",), f"{kind} is missing"
    if len(set(programme.numbers.values())) < len(programme.numbers):
        yield ("numbers",), "two kinds have the same letter"
    for kind, letter in programme.numbers.items():
        if len(letter) != 1 or not "A" <= letter <= "Z":
            yield ("numbers", kind), "one letter from A to Z is expected"


def _terms(programme: Programme) -> Iterator[tuple[Place, str]]:
    if not programme.terms:
        yield ("terms",), "at least one version is needed"
    for index, terms in enumerate(programme.terms):
        if terms.valid_from.tzinfo is None:
            yield ("terms", index, "valid_from"), "a time zone is missing, such as +09:00"
            return
    for index, (earlier, later) in enumerate(pairwise(programme.terms)):
        if later.valid_from <= earlier.valid_from or later.version == earlier.version:
            yield ("terms", index + 1, "valid_from"), "versions stand in the order in which they begin"
