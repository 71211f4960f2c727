"""By when something must be handed in so that what follows it is still in time, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locales import Text, _
from services.backplan import GOALS, Milestone, Task, steps
from services.programme import Deadline

if TYPE_CHECKING:
    from services.bundle import Services

WHAT = {
    Task.REGISTRATION: _("applying for registration"),
    Task.CASE: _("handing the case in"),
    Task.PLAN: _("agreeing on the plan"),
    Task.CONTRACT: _("signing the contract"),
    Task.SUPPORT: _("the support"),
    Task.REPORT: _("the report"),
    Task.CLAIM: _("the claim"),
}


async def in_time(
    services: Services, task: Task, goal: Deadline = Deadline.CONTRACT, *, through_case: bool = True
) -> list[Text]:
    """One sentence on the last day of a task for a deadline, by the queue of today; none when that has closed."""
    if not services.programme.is_open(goal, services.now):
        return []
    waited = await queue_days(services)
    road = steps(services.programme, goal, services.now, waited, through_case=through_case)
    return [_told(one, road[-1]) for one in road if one.what is task and task is not GOALS[goal]]


async def queue_days(services: Services) -> int:
    """How many business days the oldest submission has waited for the secretariat: what to expect of a new one."""
    calendar = services.programme.calendar
    oldest = await services.reviews.queue(1)
    if not oldest:
        return 0
    received = calendar.received_on(oldest[0].submitted_at)
    return max(calendar.business_days_between(received, services.programme.today(services.now)), 0)


def _told(one: Milestone, goal: Milestone) -> Text:
    if one.late:
        return _("{goal} may not be met any more: {what} was due by {day}.")(
            goal=goal.by, what=WHAT[one.what], day=one.by
        )
    return _("To be in time for {goal}: {what} by {day}.")(goal=goal.by, what=WHAT[one.what], day=one.by)
