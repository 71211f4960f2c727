"""What happens to plans by itself: proposals collected for a digest, and the end of what was never agreed on or approved.

The first proposal of a day is told at once. What comes later that day is collected and told together at the
next of a few hours of the day, so that a company with ten experts is not written to ten times (DOMAIN 5.5).
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from services.clock import TOKYO, in_tokyo
from services.plan_records import TALKING
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

DIGEST, EXPIRE = "plan.digest", "plan.expire"
DIGEST_HOURS = (9, 12, 15, 18)


def next_digest(moment: datetime) -> datetime:
    """The next hour of the day in Tokyo, aware UTC, at which collected proposals are told."""
    here = in_tokyo(moment)
    hours = [datetime.combine(here.date(), time(hour), TOKYO) for hour in DIGEST_HOURS]
    tomorrow = hours[0] + timedelta(days=1)
    return next(at for at in (*hours, tomorrow) if at > here).astimezone(UTC)


def is_same_day(one: datetime, other: datetime) -> bool:
    """Whether two moments lie on the same day in Tokyo."""
    return in_tokyo(one).date() == in_tokyo(other).date()


@due(DIGEST)
async def tell_collected(services: Services, company_id: int) -> None:
    """Tell a company of every proposal that it has not heard of yet, in one digest."""
    waiting = await services.plans.for_company(company_id, TALKING)
    for plan in sorted(waiting, key=lambda plan: plan.id):
        await services.session.refresh(plan, with_for_update=True)
    plans = [plan for plan in waiting if plan.talking and plan.told_at is None]
    if not plans:
        return
    for plan in plans:
        plan.told_at = services.now
    await services.session.flush()
    for person_id in await services.companies.members(company_id):
        services.notices.tell("plan.digest", person_id, company=company_id, plans=[p.id for p in plans])


@due(EXPIRE)
async def expire(services: Services, plan_id: int) -> None:
    """End a plan that was not agreed on and approved before contracts closed, with a word to both sides."""
    plan = await services.plans.get(plan_id)
    if plan is not None:
        await services.plans.expire(plan)
