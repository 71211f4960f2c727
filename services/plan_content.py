"""What a support plan says, and what about it can be judged without a database (DOMAIN 6.2, 6.3, 8.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from locales import Text, _
from services import fees
from services.fees import Quote
from services.programme import Deadline, Programme
from services.refusals import Refusal
from services.tips import mask_contacts
from services.values import Period, Yen


class PlanMode(StrEnum):
    """How support is given."""

    ONLINE = "online"
    VISIT = "visit"
    BOTH = "both"


class Relation(StrEnum):
    """How expert and company know each other, as the expert declares it (DOMAIN 10.3)."""

    NONE = "none"
    ACQUAINTED = "acquainted"
    BUSINESS = "business"
    RELATED = "related"


@dataclass(frozen=True)
class Step:
    """One of the programme's steps, the time planned for it, and what is done in it."""

    step: str
    minutes: int
    content: str = ""


@dataclass(frozen=True)
class Content:
    """One revision of a plan: everything that both sides agree on."""

    area: str
    purpose: str
    steps: tuple[Step, ...]
    price: Yen
    period_start: date
    period_end: date
    mode: PlanMode
    relation: Relation
    terms_version: str
    place: str | None = None
    message: str | None = None
    tool_costs_note: str | None = None
    package: str | None = None

    @property
    def minutes(self) -> int:
        """The time of all steps together."""
        return sum(step.minutes for step in self.steps)

    @property
    def told(self) -> tuple[str, ...]:
        """What its expert tells in their own words, to compare with other plans."""
        return self.purpose, "\n".join(step.content for step in self.steps)

    def quote(self, programme: Programme) -> Quote:
        """What it costs, and who pays which part; raises Refusal for a price or time outside the rules."""
        return fees.quote(self.price, self.minutes, programme.rates)

    def as_json(self) -> dict[str, Any]:
        """The content in plain values, for the salted digest in the audit."""
        return {
            **vars(self),
            "steps": [vars(step) for step in self.steps],
            "price": int(self.price),
            "period_start": self.period_start.isoformat(),
            "period_end": self.period_end.isoformat(),
        }


def answers(content: Content) -> dict[str, str]:
    """The answers of the form "plan" that make this content, without its declarations."""
    given = {
        "area": content.area,
        "package": content.package or "",
        "purpose": content.purpose,
        "steps": ",".join(step.step for step in content.steps),
        "price": str(int(content.price)),
        "period_start": content.period_start.isoformat(),
        "period_end": content.period_end.isoformat(),
        "mode": content.mode.value,
        "place": content.place or "",
        "tool_costs_note": content.tool_costs_note or "",
        "message": content.message or "",
        "relation": content.relation.value,
    }
    for step in content.steps:
        given[f"hours_{step.step.lower()}"] = hours(step.minutes)
        given[f"work_{step.step.lower()}"] = step.content
    return given


def add_months(day: date, count: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def require_valid(content: Content, programme: Programme, today: date) -> Quote:
    """The quote of a plan that keeps to the rules; raises Refusal with the reason and its question.

    DOMAIN 6.3, 6.4: price above the self-paid minimum, whole units, at least the shortest plan, only steps of
    the programme and each once, a period from tomorrow to the end of support, no related parties.
    """
    known = [step.code for step in programme.steps]
    codes = [step.step for step in content.steps]
    if not codes or len(set(codes)) < len(codes) or not set(codes) <= set(known):
        raise Refusal(_("Please choose the steps of your plan from the list."), about="steps")
    if any(step.minutes <= 0 or step.minutes % programme.money.unit_minutes for step in content.steps):
        raise Refusal(
            _("Please give the time in steps of {minutes} minutes.")(minutes=programme.money.unit_minutes),
            about="steps",
        )
    quote = content.quote(programme)
    if content.minutes < programme.limits.least_minutes:
        raise Refusal(
            _("A plan has at least {hours} hours.")(hours=hours(programme.limits.least_minutes)),
            about="steps",
        )
    _require_period(content, programme, today)
    if content.mode is not PlanMode.ONLINE and not content.place:
        raise Refusal(_("Please say where you will visit."), about="place")
    if content.relation is Relation.RELATED:
        raise Refusal(_("Support for yourself, your family or related companies is not covered."), "relation")
    return quote


def _require_period(content: Content, programme: Programme, today: date) -> None:
    last = programme.dates[Deadline.SUPPORT].closes
    if content.period_start <= today:
        raise Refusal(
            _("Support begins after the contract, so from tomorrow at the earliest."), "period_start"
        )
    if content.period_end < content.period_start:
        raise Refusal(_("The last day is before the first one. Could you check the dates?"), "period_end")
    if content.period_end > last:
        raise Refusal(_("Support must end by {day}.")(day=last), "period_end")
    if content.period_end > add_months(content.period_start, programme.limits.longest_case_months):
        raise Refusal(
            _("Support lasts at most {months} months.")(months=programme.limits.longest_case_months),
            "period_end",
        )


def warnings(price: Yen, minutes: int, period: Period, programme: Programme, today: date) -> list[Text]:
    """What is allowed and still worth a second look (DOMAIN 6.3, 14 Q2)."""
    found = []
    if programme.money.is_unusual(price):
        found.append(_("This hourly price is unusually high. The secretariat will ask about it."))
    if minutes > period.days * programme.limits.most_minutes_a_day:
        most = hours(programme.limits.most_minutes_a_day)
        found.append(_("That is more than {hours} hours a day on average.")(hours=most))
    elif minutes * 7 > max(period.days, 7) * programme.limits.most_minutes_a_week:
        most = hours(programme.limits.most_minutes_a_week)
        found.append(_("That is more than {hours} hours a week on average.")(hours=most))
    ready = programme.calendar.add_business_days(today, programme.calendar.review_business_days)
    if period.start < ready:
        found.append(_("The plan is checked before the contract. Support may begin later than this."))
    return found


def masked(content: Content) -> Content:
    """The same plan with contact data and secrets masked: the sides meet through the programme (DOMAIN 5.5)."""
    return replace(
        content,
        purpose=mask_contacts(content.purpose),
        steps=tuple(replace(step, content=mask_contacts(step.content)) for step in content.steps),
        place=content.place and mask_contacts(content.place),
        message=content.message and mask_contacts(content.message),
        tool_costs_note=content.tool_costs_note and mask_contacts(content.tool_costs_note),
    )


def hours(minutes: int) -> str:
    """Minutes as hours, such as 1.5."""
    return f"{minutes / 60:g}"


@dataclass(frozen=True)
class Room:
    """What is left of both honorarium caps and of the budget for one plan (DOMAIN 8.4)."""

    sme: Yen
    expert: Yen
    budget: Yen


_BUDGET = (
    _("The programme's budget has {left} left: up to {hours} hours at this price."),
    _("The programme's budget has {left} left, too little for this price."),
)
TO_THE_COMPANY = (
    (
        _("Your honorarium limit has {left} left: up to {hours} hours at this price."),
        _("Your honorarium limit has {left} left, too little for this price."),
    ),
    (
        _("This expert's honorarium limit has {left} left: up to {hours} hours at this price."),
        _("This expert's honorarium limit has {left} left, too little for this price."),
    ),
    _BUDGET,
)
"""What a plan over a cap is answered: where something fits, and where nothing does; in the order of `Room`."""
TO_THE_OFFICE = (
    (
        _("The company's honorarium limit has {left} left: up to {hours} hours at this price."),
        _("The company's honorarium limit has {left} left, too little for this price."),
    ),
    *TO_THE_COMPANY[1:],
)
"""The same, to others than the company."""


def require_room(content: Content, room: Room, programme: Programme) -> None:
    """Raises Refusal for a plan over a cap, with the largest plan that fits at this price (DESIGN 13.12)."""
    honorarium = content.quote(programme).honorarium
    require_within(content.price, honorarium, room, programme, TO_THE_COMPANY)


def require_within(
    price: Yen, honorarium: Yen, room: Room, programme: Programme, words: tuple[tuple[Text, Text], ...]
) -> None:
    """Raises Refusal for more honorarium than there is room for, with the most hours at `price` yen an hour that fit."""
    for left, (most, none) in zip((room.sme, room.expert, room.budget), words, strict=True):
        if honorarium <= left:
            continue
        fits = fees.largest_minutes_within(price, left, programme.rates)
        left = Yen(max(left, 0))
        if fits < programme.limits.least_minutes:
            raise Refusal(none(left=left))
        raise Refusal(most(left=left, hours=hours(fits)))


@dataclass(frozen=True)
class Change:
    """One thing that differs between two revisions; `step` names the step, if it is about one."""

    field: str
    old: Any
    new: Any
    step: str | None = None


COMPARED = (
    "area",
    "purpose",
    "price",
    "minutes",
    "period_start",
    "period_end",
    "mode",
    "place",
    "tool_costs_note",
    "message",
    "relation",
)


def difference(old: Content, new: Content) -> list[Change]:
    """What changed from one revision to the next, in the order in which a plan is read."""
    changes = [
        Change(field, getattr(old, field), getattr(new, field))
        for field in COMPARED
        if getattr(old, field) != getattr(new, field)
    ]
    return changes + list(_steps(old.steps, new.steps))


def _steps(old: Iterable[Step], new: Iterable[Step]) -> Iterable[Change]:
    before = {step.step: step for step in old}
    after = {step.step: step for step in new}
    for code in [*before, *(code for code in after if code not in before)]:
        was, now = before.get(code), after.get(code)
        if (was.minutes if was else 0) != (now.minutes if now else 0):
            yield Change("hours", was.minutes if was else 0, now.minutes if now else 0, code)
        if was and now and was.content != now.content:
            yield Change("content", was.content, now.content, code)
