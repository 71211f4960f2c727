"""Cases that nobody answers: their companies are told whom they could let know, and the secretariat sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from services.case_interest import is_hidden
from services.case_records import OPEN_STATES, Case
from services.enquiry_records import Enquiry
from services.plan_records import Plan
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

TIMER = "case.unanswered"


async def watch(services: Services, case: Case) -> None:
    """Look after a published case again when it has waited for some days."""
    await services.timers.set("case.unanswered", case.id, services.now + _days(services))


@due(TIMER)
async def look(services: Services, case_id: int) -> None:
    """Tell the company of a case that nobody has answered, if there are experts to let know; and show it to the office."""
    case = await services.cases.get(case_id)
    if case is None or not await is_unanswered(services, case):
        return
    for person_id in await services.secretariat.people():
        services.notices.home(person_id)
    if await services.suggestions.anybody_for(case):
        for person_id in await services.companies.members(case.company_id):
            services.notices.tell("case.unanswered", person_id, case=case.id)


async def is_unanswered(services: Services, case: Case) -> bool:
    """Whether experts see this case, and for some days none has proposed or asked anything."""
    found = await services.session.scalar(select(Case.id).where(Case.id == case.id, *_waiting(services)))
    return found is not None


async def count(services: Services) -> int:
    """How many cases nobody has answered for some days."""
    return await services.session.scalar(select(func.count(Case.id)).where(*_waiting(services))) or 0


async def longest(services: Services, limit: int) -> list[Case]:
    """The cases that nobody has answered for some days, those with the earliest deadline first."""
    wanted = select(Case).where(*_waiting(services)).order_by(Case.proposal_deadline, Case.id).limit(limit)
    return list(await services.session.scalars(wanted))


def _waiting(services: Services) -> list[ColumnElement[bool]]:
    return [
        Case.state.in_(OPEN_STATES),
        Case.proposal_deadline >= services.clock.today(),
        Case.published_at <= services.now - _days(services),
        ~is_hidden(),
        ~select(Plan.id).where(Plan.case_id == Case.id).exists(),
        ~select(Enquiry.id).where(Enquiry.case_id == Case.id).exists(),
    ]


def _days(services: Services) -> timedelta:
    return timedelta(days=services.programme.limits.unanswered_days)
