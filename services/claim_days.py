"""The days of invoices and claims, judged without a database: when a share is due, and when the honorarium comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.claim_records import ClaimState
from services.programme import Deadline, Programme


def due_on(issued_on: date, programme: Programme) -> date:
    """The day by which the company pays its share, a business day as a rule (DOMAIN 8.8).

    The last business day before claims close is the latest, so that the expert can still show the payment;
    whoever issues later than that is paid at once, or after the close within the usual days.
    """
    calendar = programme.calendar
    wanted = calendar.add_business_days(issued_on + timedelta(days=programme.limits.share_due_days), 0)
    closes = programme.dates[Deadline.CLAIM].closes
    if issued_on > closes:
        return max(issued_on, min(wanted, programme.dates[Deadline.PROGRAMME].closes))
    return min(wanted, max(issued_on, calendar.add_business_days(closes, -1)))


def correct_until(programme: Programme, returned_at: datetime) -> datetime:
    """The last second (aware UTC) for putting a claim right that came back at that moment (DOMAIN 14 Q10, Q11).

    Until claims close there is time in any case; after that the days to cure count, never past the programme.
    """
    return max(programme.closes(Deadline.CLAIM), programme.cure_until(returned_at))


class Waits(StrEnum):
    """For whom or what a claim waits."""

    REPORT = "report"
    CLERK = "clerk"
    SECOND_CLERK = "second_clerk"
    EXPERT = "expert"
    ACCOUNT = "account"
    ENQUIRY = "enquiry"
    BANK = "bank"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Estimate:
    """For whom a claim waits, by when that should be done, and by when the honorarium should be there.

    A day that cannot honestly be said is None; `late` says that we are later than we had said.
    """

    waits: Waits
    decided_by: date | None = None
    paid_by: date | None = None
    late: bool = False


REVIEWED = {
    ClaimState.UNDER_REVIEW: Waits.CLERK,
    ClaimState.APPROVED_ONCE: Waits.SECOND_CLERK,
}
ELSEWHERE = {
    ClaimState.DEFICIENT: Waits.EXPERT,
    ClaimState.PAY_FAILED: Waits.ACCOUNT,
    ClaimState.PAID: Waits.NOBODY,
    ClaimState.REJECTED: Waits.NOBODY,
    ClaimState.RECLAIMED: Waits.NOBODY,
}


def estimate(
    state: ClaimState,
    programme: Programme,
    now: datetime,
    *,
    due_at: datetime | None = None,
    report_due_at: datetime | None = None,
    approved_at: datetime | None = None,
    frozen: bool = False,
) -> Estimate:
    """When the honorarium is to be expected, as far as it can be said at `now` (aware; DOMAIN 8.5, 14 X5).

    `due_at` is by when the claim should be reviewed, `report_due_at` the same of its report while that is not
    accepted. What is overdue is expected one more review from now, and said to be late.
    """
    if state in ELSEWHERE:
        return Estimate(ELSEWHERE[state])
    if frozen:
        return Estimate(Waits.ENQUIRY)
    if state not in REVIEWED:
        return Estimate(
            Waits.BANK, paid_by=pay_day(programme, programme.today(approved_at or now), programme.today(now))
        )
    dues = [due for due in (due_at, report_due_at) if due is not None]
    late = any(due < now for due in dues)
    decided = max((due for due in dues if due >= now), default=programme.calendar.review_due(now))
    if late:
        decided = max(decided, programme.calendar.review_due(now))
    day = min(programme.today(decided), programme.dates[Deadline.PROGRAMME].closes)
    waits = Waits.REPORT if report_due_at is not None else REVIEWED[state]
    return Estimate(waits, day, pay_day(programme, day, programme.today(now)), late)


def pay_day(programme: Programme, approved_on: date, today: date) -> date:
    """The last business day of the month after the approval, at the latest that of the programme (DOMAIN 8.5).

    A day that has passed already is told as today.
    """
    calendar = programme.calendar
    months = approved_on.year * 12 + approved_on.month + 1
    after_next = date(months // 12, months % 12 + 1, 1)
    last = programme.dates[Deadline.PROGRAMME].closes + timedelta(days=1)
    return max(today, calendar.add_business_days(min(after_next, last), -1))
