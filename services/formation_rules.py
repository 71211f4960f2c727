"""What an agreed plan must fulfil before a contract, judged all at once and without a database (DOMAIN 6.4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce

from locales import Text, _
from services import fees
from services.plan_content import TO_THE_OFFICE, Content, Relation, Room, add_months, hours
from services.programme import Deadline, Programme
from services.refusals import Refusal
from services.values import Yen


class Tie(StrEnum):
    """What company and expert must not have in common."""

    PERSON = "person"
    ACCOUNT = "account"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True)
class Side:
    """A company or an expert, as far as the requirements ask."""

    completed: bool
    terms_version: str
    live_contracts: int = 0


@dataclass(frozen=True)
class Situation:
    """A plan with everything that its requirements depend on.

    `minutes` is the time kept with the revision, `agreed` whether both agreed on that very revision, `room` what
    caps and budget leave, `other_chosen` the number of another plan chosen for the same case, `signing_open`
    whether the secretariat has not stopped agreeing and signing (DOMAIN 9.2).
    """

    content: Content
    minutes: int
    company: Side
    expert: Side
    qualification: str | None
    room: Room
    ties: frozenset[Tie] = frozenset()
    agreed: bool = True
    other_chosen: str | None = None
    signing_open: bool = True


@dataclass(frozen=True)
class Moment:
    """The programme, and the moment (aware UTC) at which it is asked."""

    programme: Programme
    now: datetime


@dataclass(frozen=True)
class Requirement:
    """One automatic requirement: its code, what it is called, and what stands in its way."""

    code: str
    label: Text
    judge: Callable[[Situation, Moment], Iterable[Text]]


@dataclass(frozen=True)
class Finding:
    """What a requirement found; without problems it is fulfilled."""

    code: str
    label: Text
    problems: tuple[Text, ...]


def findings(situation: Situation, programme: Programme, now: datetime) -> list[Finding]:
    """Every requirement with what stands in its way, in the order in which a reviewer reads them."""
    moment = Moment(programme, now)
    return [Finding(one.code, one.label, tuple(one.judge(situation, moment))) for one in REQUIREMENTS]


def problems(situation: Situation, programme: Programme, now: datetime) -> list[tuple[str, Text]]:
    """Everything that stands in the way of a contract, each with the code of its requirement."""
    return [
        (found.code, problem) for found in findings(situation, programme, now) for problem in found.problems
    ]


def all_of(reasons: Iterable[Text]) -> Text:
    """Several sentences as one, each on its own line."""
    return reduce(lambda before, reason: _("{before}\n{reason}")(before=before, reason=reason), reasons)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses of the same postal code name the same house, however the numbers are written."""
    numbers, others = (re.findall(r"[0-9]+", unicodedata.normalize("NFKC", each)) for each in (one, other))
    return bool(numbers) and numbers == others


# --- the requirements ----------------------------------------------------------------------------------


def _registered(plan: Situation, at: Moment) -> Iterable[Text]:
    if not plan.company.completed:
        yield _("The company's registration is not completed.")
    if not plan.expert.completed:
        yield _("The expert's registration is not completed.")


def _terms(plan: Situation, at: Moment) -> Iterable[Text]:
    current = at.programme.terms_at(at.now).version
    if plan.company.terms_version != current:
        yield _("The company has not accepted the terms of {version}.")(version=current)
    if plan.expert.terms_version != current:
        yield _("The expert has not accepted the terms of {version}.")(version=current)


def _qualified(plan: Situation, at: Moment) -> Iterable[Text]:
    known = {item.code for item in at.programme.qualifications}
    if at.programme.terms_at(at.now).qualification_required and plan.qualification not in known:
        yield _("The expert has no verified qualification.")


def _price(plan: Situation, at: Moment) -> Iterable[Text]:
    try:
        fees.honorarium_unit(plan.content.price, at.programme.rates)
    except Refusal as refusal:
        yield refusal.reason


def _hours(plan: Situation, at: Moment) -> Iterable[Text]:
    content, unit, least = plan.content, at.programme.money.unit_minutes, at.programme.limits.least_minutes
    known, codes = {step.code for step in at.programme.steps}, [step.step for step in content.steps]
    if not set(codes) <= known or len(set(codes)) < len(codes):
        yield _("The steps are not those of the programme, each once.")
    if any(step.minutes <= 0 or step.minutes % unit for step in content.steps):
        yield _("A step is not planned in units of {minutes} minutes.")(minutes=unit)
    if content.minutes != plan.minutes:
        yield _("The steps make {sum} hours together, the plan says {total}.")(
            sum=hours(content.minutes), total=hours(plan.minutes)
        )
    if content.minutes < least:
        yield _("A plan has at least {hours} hours.")(hours=hours(least))


def _caps(plan: Situation, at: Moment) -> Iterable[Text]:
    try:
        unit = fees.honorarium_unit(plan.content.price, at.programme.rates)
    except Refusal:
        return
    honorarium = unit * plan.content.minutes // 60
    room = (plan.room.sme, plan.room.expert, plan.room.budget)
    for left, (most, none) in zip(room, TO_THE_OFFICE, strict=True):
        if honorarium <= left:
            continue
        fits = fees.largest_minutes_within(plan.content.price, left, at.programme.rates)
        left = Yen(max(left, 0))
        if fits < at.programme.limits.least_minutes:
            yield none(left=left)
        else:
            yield most(left=left, hours=hours(fits))


def _period(plan: Situation, at: Moment) -> Iterable[Text]:
    start, end = plan.content.period_start, plan.content.period_end
    last = at.programme.dates[Deadline.SUPPORT].closes
    if start < at.programme.today(at.now):
        yield _("The first day of support, {day}, has passed.")(day=start)
    if end < start:
        yield _("The last day of support is before the first one.")
    if end > last:
        yield _("Support must end by {day}.")(day=last)


def _length(plan: Situation, at: Moment) -> Iterable[Text]:
    most = at.programme.limits.longest_case_months
    if plan.content.period_end > add_months(plan.content.period_start, most):
        yield _("Support lasts at most {months} months.")(months=most)


def _open(plan: Situation, at: Moment) -> Iterable[Text]:
    window = at.programme.dates[Deadline.CONTRACT]
    if not at.programme.is_open(Deadline.CONTRACT, at.now):
        yield _("Contracts are made from {first} to {last}.")(first=window.opens, last=window.closes)
    if not plan.signing_open:
        yield _("Agreeing on plans and signing is stopped at the moment.")


def _agreed(plan: Situation, at: Moment) -> Iterable[Text]:
    if not plan.agreed:
        yield _("Both sides have not agreed on the same revision.")


def _area(plan: Situation, at: Moment) -> Iterable[Text]:
    if plan.content.area not in {area.code for area in at.programme.areas}:
        yield _("The area is not one of the programme's.")


TIES = {
    Tie.PERSON: _("The expert speaks for this company."),
    Tie.ACCOUNT: _("Somebody of the company has the expert's bank account."),
    Tie.ADDRESS: _("Company and expert have the same address."),
    Tie.PHONE: _("Company and expert have the same phone number."),
    Tie.EMAIL: _("Company and expert have the same e-mail address."),
}


def _apart(plan: Situation, at: Moment) -> Iterable[Text]:
    yield from (words for tie, words in TIES.items() if tie in plan.ties)
    if plan.content.relation is Relation.RELATED:
        yield _("The expert has declared to be related to the company.")


def _alone(plan: Situation, at: Moment) -> Iterable[Text]:
    if plan.other_chosen is not None:
        yield _("Plan {number} is chosen for the same case.")(number=plan.other_chosen)


def _contracts(plan: Situation, at: Moment) -> Iterable[Text]:
    limits = at.programme.limits
    if plan.company.live_contracts >= limits.live_contracts_sme:
        yield _("The company has {count} contracts already, and {most} at a time is the most.")(
            count=plan.company.live_contracts, most=limits.live_contracts_sme
        )
    if plan.expert.live_contracts >= limits.live_contracts_expert:
        yield _("The expert has {count} contracts already, and {most} at a time is the most.")(
            count=plan.expert.live_contracts, most=limits.live_contracts_expert
        )


REQUIREMENTS = (
    Requirement("REGISTERED", _("Both registrations"), _registered),
    Requirement("TERMS", _("Current terms"), _terms),
    Requirement("QUALIFIED", _("Qualification"), _qualified),
    Requirement("AGREED", _("Agreement of both"), _agreed),
    Requirement("ALONE", _("The only plan chosen"), _alone),
    Requirement("AREA", _("Area"), _area),
    Requirement("PRICE", _("Hourly price"), _price),
    Requirement("HOURS", _("Hours"), _hours),
    Requirement("CAPS", _("Limits and budget"), _caps),
    Requirement("PERIOD", _("Period of support"), _period),
    Requirement("LENGTH", _("Length of support"), _length),
    Requirement("OPEN", _("Contracts can be made"), _open),
    Requirement("APART", _("No common interest"), _apart),
    Requirement("CONTRACTS", _("Contracts at a time"), _contracts),
)
"""Every automatic requirement of DOMAIN 6.4; all of them block."""
