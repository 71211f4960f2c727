"""What a programme is made of; every part is read from the programme file and never changes."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from locales import Text, _
from services.label import Label
from services.values import Hours, Yen


def _amount(value: object) -> Yen:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number of yen, zero or more, is expected")
    return Yen(value)


Amount = Annotated[Yen, PlainValidator(_amount)]
Count = Annotated[int, Field(ge=0)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class Deadline(Enum):
    """What the programme closes, each with its last day (DOMAIN 9.1)."""

    REGISTRATION = "registration"
    CONTRACT = "contract"
    SUPPORT = "support"
    REPORT = "report"
    CLAIM = "claim"
    PROGRAMME = "programme"


@dataclass(frozen=True)
class Item:
    """Something the programme names: `code` is what is stored, `label` what people read."""

    code: Code
    label: Label


@dataclass(frozen=True)
class Described(Item):
    """A route or a state of matching, with a line that says what it means."""

    description: Label


@dataclass(frozen=True)
class Spoken(Item):
    """A reason or declaration: the label is for a list, the sentence is what is said."""

    sentence: Label


@dataclass(frozen=True)
class DeclineReason(Spoken):
    """Why something is declined; some reasons only a company has, which chooses among experts."""

    companys_own: bool = False


@dataclass(frozen=True)
class Deficiency(Spoken):
    """Why something is returned; of a `staff_only` one the person hears the sentence and no reason."""

    staff_only: bool = False


@dataclass(frozen=True)
class Area(Item):
    """A support area, with the menu it stands in and a note on what it leaves out."""

    group: str
    note: Label | None = None


@dataclass(frozen=True)
class Package(Item):
    """A ready-made plan: hours by step, to begin with."""

    group: str
    hours: dict[str, Decimal]

    @property
    def total(self) -> Hours:
        """All its hours together."""
        return Hours(int(sum(self.hours.values()) * 60))


@dataclass(frozen=True)
class IdentityDocument(Item):
    """A document that shows who somebody is, and how many of its sides are asked for."""

    sides: Annotated[int, Field(ge=1, le=2)]


@dataclass(frozen=True)
class Industry(Item):
    """An industry class with the limits within which a business is small (DOMAIN 1.2); `body` if it is not a trade."""

    employees: Count
    micro_employees: Count
    capital: Amount | None = None
    body: bool = False
    as_main_business: bool = False


@dataclass(frozen=True)
class Switch(Item):
    """A part of the programme that can be closed on its own, and how it stands at first."""

    open: bool


@dataclass(frozen=True)
class LocalDesk(Spoken):
    """A local place that helps to write; where it is not known yet, `phone` and `url` are empty."""

    prefecture: str
    city: str
    phone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Terms:
    """A version of the terms of use, valid from a moment until the next version begins."""

    version: str
    valid_from: datetime
    recording_required: bool
    qualification_required: bool
    summary: Annotated[tuple[Label, ...], Field(min_length=1)]
    text: Label

    @property
    def digest(self) -> str:
        """SHA-256 of the Japanese text, which is the binding one."""
        return hashlib.sha256(self.text.ja.encode()).hexdigest()


@dataclass(frozen=True)
class Window:
    """The days on which something may be done, both included."""

    opens: date
    closes: date


@dataclass(frozen=True)
class Office:
    """From when until when somebody is at the office on a business day, in the calendar's time zone."""

    opens: time
    closes: time


@dataclass(frozen=True)
class HandoffTimes:
    """How long somebody who asked for a person may wait, in minutes of office time, before something happens.

    `remind_minutes`, `mention_minutes` and `second_channel_minutes` are counted from when it began to wait;
    `left_minutes` from the first word that the clerk who has it left unanswered; `verdict_days` are business days.
    """

    remind_minutes: Annotated[int, Field(ge=1)]
    mention_minutes: Annotated[int, Field(ge=1)]
    second_channel_minutes: Annotated[int, Field(ge=1)]
    left_minutes: Annotated[int, Field(ge=1)]
    verdict_days: Annotated[int, Field(ge=1)]
    reopen_days: Count
    call_slots: Annotated[int, Field(ge=1, le=6)]


@dataclass(frozen=True)
class ReminderTimes:
    """When people are reminded, in the hours of notices.

    `deadline_business_days` before a deadline, and on its own morning; `draft_days` after the last answer of what
    is half filled in; `answer_business_days` after something began to wait for a person. A review should be done in
    its kind's `review_business_days`; one that was taken on and left is free again after `left_business_days`.
    """

    deadline_business_days: tuple[Annotated[int, Field(ge=1)], ...]
    draft_days: tuple[Annotated[int, Field(ge=1)], ...]
    answer_business_days: tuple[Annotated[int, Field(ge=1)], ...]
    review_business_days: dict[str, Annotated[int, Field(ge=1)]]
    left_business_days: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class NoticeTimes:
    """When people who are not acting are told, every day of the week, in the calendar's time zone (DOMAIN 2.5).

    `line_merged` is the hour at which what could wait is pushed together. `monthly_pushes` is what the office pays
    for; LINE's own limit counts too, where it names one.
    """

    line_opens: time
    line_closes: time
    line_merged: time
    slack_opens: time
    slack_closes: time
    monthly_pushes: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Money:
    """Rates in yen an hour and caps in yen, tax included; the caps are over both phases."""

    honorarium_cap: Amount
    self_paid_minimum: Amount
    sme_cap: Amount
    expert_cap: Amount
    unit_minutes: Annotated[int, Field(ge=1, le=60)]
    unusual_price: Amount
    budget: Amount
    closing_reserve: Amount
    withholding_percent: Annotated[Decimal, Field(ge=0, le=100)]
    withholding_percent_above: Annotated[Decimal, Field(ge=0, le=100)]
    withholding_over: Amount
    travel_from_km: Count
    travel_most: Amount
    travel_budget: Amount
    four_eyes_from: Amount
    over_cap: Literal["block", "sme_pays"]

    def is_unusual(self, price: Yen) -> bool:
        """Whether somebody should look twice at this price an hour (DOMAIN 14 Q2); it is not forbidden."""
        return price > self.unusual_price


@dataclass(frozen=True)
class Limits:
    """Numbers that the office may turn; each says in its name what it counts."""

    least_age: Count
    least_minutes: Count
    most_minutes_a_day: Count
    most_minutes_a_week: Count
    longest_case_months: Count
    live_contracts_sme: Count
    live_contracts_expert: Count
    proposal_deadline_business_days: Count
    cure_business_days: Count
    ratings_shown_from: Count
    confirm_days: Count
    clock_tolerance_minutes: Count
    summary_letters: Count
    photos_a_session: Count
    share_due_days: Count
    refund_question_days: Count
    transfer_business_days: Count
    reclaim_due_days: Count
    still_wanted_days: Count
    silent_reminders: Count
    unanswered_days: Count
    recommendations_a_day: Count
    recommendations_a_case: Count
    young_business_months: Count
    recording_percent: Count
    desk_percent: Count
    file_megabytes: Count
    retention_years: Count
    rejected_retention_years: Count
    missed_query_days: Count


@dataclass(frozen=True)
class SavedSearches:
    """How experts hear of cases that their saved searches find.

    `most` of an expert; `bundle_minutes` pass from one message about a search to the next, where it is told at once;
    a pause lasts `pause_days`; after `forget_days` what was found and is closed, or was deleted, is forgotten.
    """

    most: Count
    bundle_minutes: Count
    pause_days: Count
    forget_days: Count


@dataclass(frozen=True)
class Deficiencies:
    """The reasons for returning something, by what is returned."""

    registration: tuple[Deficiency, ...]
    case: tuple[Deficiency, ...]
    plan: tuple[Deficiency, ...]
    report: tuple[Deficiency, ...]
    claim: tuple[Deficiency, ...]
    payment: tuple[Deficiency, ...]


@dataclass(frozen=True)
class Checklists:
    """What a reviewer goes through, by what is reviewed."""

    company: tuple[Item, ...]
    expert: tuple[Item, ...]
    case: tuple[Item, ...]
    plan: tuple[Item, ...]
    report: tuple[Item, ...]
    claim: tuple[Item, ...]


@dataclass(frozen=True)
class Payer:
    """Who orders transfers at the bank, as the transfer file names it: codes are digits, names half-width kana.

    `line_ends` says whether the bank wants each record of the file on a line of its own.
    """

    code: Annotated[str, Field(pattern=r"^[0-9]{10}$")]
    name: Annotated[str, Field(pattern=r"^[0-9A-Z\uff71-\uff9f ().-]{1,40}$")]
    bank: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    bank_name: Annotated[str, Field(pattern=r"^[0-9A-Z\uff71-\uff9f -]{1,15}$")]
    branch: Annotated[str, Field(pattern=r"^[0-9]{3}$")]
    branch_name: Annotated[str, Field(pattern=r"^[0-9A-Z\uff71-\uff9f -]{1,15}$")]
    account_kind: Annotated[str, Field(pattern=r"^[129]$")]
    account: Annotated[str, Field(pattern=r"^[0-9]{7}$")]
    line_ends: bool = True


@dataclass(frozen=True)
class Declarations:
    """What each side declares when it registers."""

    sme: tuple[Spoken, ...]
    expert: tuple[Spoken, ...]


@dataclass(frozen=True)
class Band:
    """A range that can be tapped in place of a number; without an upper end it has none."""

    at_least: int
    at_most: int | None
    label: Text = field(compare=False)

    def __contains__(self, number: int) -> bool:
        return self.at_least <= number and (self.at_most is None or number <= self.at_most)


def employee_bands(industry: Industry) -> tuple[Band, ...]:
    """The bands of permanent employees that make a difference in this industry: micro, small, larger."""
    micro, small = industry.micro_employees, industry.employees
    return (
        Band(0, micro, _("{most} people or fewer")(most=micro)),
        Band(micro + 1, small, _("{least} to {most} people")(least=micro + 1, most=small)),
        Band(small + 1, None, _("{least} people or more")(least=small + 1)),
    )


def capital_bands(industry: Industry) -> tuple[Band, ...]:
    """The bands of capital in yen that make a difference in this industry; none where capital does not count."""
    if industry.capital is None:
        return ()
    return (
        Band(0, int(industry.capital), _("{limit} or less")(limit=industry.capital)),
        Band(int(industry.capital) + 1, None, _("More than {limit}")(limit=industry.capital)),
    )
