"""Counts backwards from a deadline over review time and holidays: by when must what be handed in (DOMAIN 9.1, 14 Q22).

A review begins on the business day on which something is received, and takes its days; what follows it is done
on a later day. So what is handed in by the evening of the day that is told here is through in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from services.programme import Deadline, Programme


class Task(StrEnum):
    """What has to be done on the road, in its order."""

    REGISTRATION = "registration"
    CASE = "case"
    PLAN = "plan"
    CONTRACT = "contract"
    SUPPORT = "support"
    REPORT = "report"
    CLAIM = "claim"


GOALS = {
    Deadline.REGISTRATION: Task.REGISTRATION,
    Deadline.CONTRACT: Task.CONTRACT,
    Deadline.SUPPORT: Task.SUPPORT,
    Deadline.REPORT: Task.REPORT,
    Deadline.CLAIM: Task.CLAIM,
    Deadline.PROGRAMME: Task.CLAIM,
}
"""The last thing that people themselves do for each deadline."""


@dataclass(frozen=True)
class Milestone:
    """By the evening of which day something must be done, so that everything after it is still in time."""

    what: Task
    by: date
    late: bool


def steps(
    programme: Programme, goal: Deadline, now: datetime, queue_days: int = 0, *, through_case: bool = True
) -> list[Milestone]:
    """Everything that must be done for a deadline, in order, each with its last day, at this moment (aware).

    `queue_days` are the business days that a review takes at present, if that is more than the programme says.
    Without `through_case` the company asks an expert directly, and no case is reviewed.
    """
    chain = _Chain(programme, queue_days)
    last = chain.days(GOALS[goal])
    if not through_case:
        last.pop(Task.CASE, None)
        if Task.PLAN in last:
            last[Task.REGISTRATION] = chain.registration(last[Task.PLAN])
    today = programme.today(now)
    return [Milestone(task, last[task], today > last[task]) for task in Task if task in last]


def latest_start(programme: Programme, minutes_left: int) -> date:
    """The last day on which so many minutes of support can begin and still end in time, at most so many a day.

    A day that has passed already means that they no longer fit.
    """
    days = -(-minutes_left // programme.limits.most_minutes_a_day)
    return programme.dates[Deadline.SUPPORT].closes - timedelta(days=max(days - 1, 0))


class _Chain:
    """The road walked backwards."""

    def __init__(self, programme: Programme, queue_days: int) -> None:
        self._programme = programme
        self._calendar = programme.calendar
        self._review = max(programme.calendar.review_business_days, queue_days)

    def days(self, goal: Task) -> dict[Task, date]:
        """The last day of everything up to the goal."""
        if goal is Task.REGISTRATION:
            return {Task.REGISTRATION: self._closes(Deadline.REGISTRATION)}
        last: dict[Task, date] = {}
        if goal is Task.CLAIM:
            last[Task.CLAIM] = self._closes(Deadline.CLAIM)
        if goal in (Task.REPORT, Task.CLAIM):
            last[Task.REPORT] = self._report(last.get(Task.CLAIM))
        if goal is not Task.CONTRACT:
            last[Task.SUPPORT] = self._earlier(Deadline.SUPPORT, last.get(Task.REPORT))
        last[Task.CONTRACT] = self._contract(last.get(Task.SUPPORT))
        last[Task.PLAN] = self._reviewed_before(last[Task.CONTRACT])
        last[Task.CASE] = self._case(last[Task.PLAN])
        last[Task.REGISTRATION] = self.registration(last[Task.CASE])
        return last

    def registration(self, before: date) -> date:
        """Registration must be complete before anything else is handed in."""
        return min(self._closes(Deadline.REGISTRATION), self._reviewed_before(before))

    def _case(self, plan: date) -> date:
        """A case is published after its review, and experts have their days to answer it."""
        answered = self._programme.limits.proposal_deadline_business_days
        return self._reviewed_before(self._calendar.add_business_days(plan, -answered))

    def _contract(self, support: date | None) -> date:
        """Support begins after the day of the contract (DOMAIN 6.4)."""
        return self._earlier(Deadline.CONTRACT, support and support - timedelta(days=1))

    def _report(self, claim: date | None) -> date:
        """The company confirms a report before the honorarium is claimed, and has its days for it."""
        if claim is None:
            return self._closes(Deadline.REPORT)
        told = claim - timedelta(days=self._programme.limits.confirm_days)
        return self._earlier(Deadline.REPORT, told)

    def _earlier(self, deadline: Deadline, day: date | None) -> date:
        """The deadline, or the last business day up to an earlier day."""
        closes = self._closes(deadline)
        if day is None or day >= closes:
            return closes
        while not self._calendar.is_business_day(day):
            day -= timedelta(days=1)
        return day

    def _reviewed_before(self, day: date) -> date:
        """The last business day on whose evening something can be handed in and be reviewed before `day`."""
        handed_in = day
        while True:
            handed_in -= timedelta(days=1)
            if self._calendar.is_business_day(handed_in) and self._due(handed_in) < day:
                return handed_in

    def _due(self, day: date) -> date:
        evening = datetime.combine(day, time(23, 59, 59), self._calendar.time_zone).astimezone(UTC)
        return self._programme.today(self._calendar.due(evening, self._review))

    def _closes(self, deadline: Deadline) -> date:
        return self._programme.dates[deadline].closes
