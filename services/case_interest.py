"""Whether a company still looks for an expert: asked from time to time, and hidden when nobody answers (DOMAIN 4.6).

Only experts' search leaves a hidden case out: its talks and plans go on, and one word of the company brings it back.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert

from locales import _
from services.case_records import OPEN_STATES, Case
from services.enquiry_records import Enquiry, EnquiryMessage, Side
from services.plan_records import Plan, PlanNote
from services.refusals import Refusal
from services.reminder_records import CaseInterest
from services.reminder_rules import heard_at
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

TIMER = "reminder.still_wanted"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
SHOWN = 10


def is_hidden() -> ColumnElement[bool]:
    """That a case (of the query around) is not to be found at the moment."""
    hidden = select(CaseInterest.case_id).where(
        CaseInterest.case_id == Case.id, CaseInterest.hidden_at.is_not(None)
    )
    return hidden.exists()


async def of(services: Services, case_id: int) -> CaseInterest | None:
    """What is known of the interest in a case; nothing before its company was first asked."""
    return await services.session.get(CaseInterest, case_id, populate_existing=True)


async def is_hidden_now(services: Services, case_id: int) -> bool:
    """Whether experts do not find a case because its company is silent."""
    interest = await of(services, case_id)
    return interest is not None and interest.hidden_at is not None


async def hidden(services: Services, limit: int = SHOWN) -> list[Case]:
    """Open cases that nobody finds because their companies are silent, the longest first."""
    return list(
        await services.session.scalars(
            select(Case)
            .join(CaseInterest, CaseInterest.case_id == Case.id)
            .where(CaseInterest.hidden_at.is_not(None), Case.state.in_(OPEN_STATES))
            .where(Case.proposal_deadline >= services.programme.today(services.now))
            .order_by(CaseInterest.hidden_at)
            .limit(limit)
        )
    )


async def to_ask(services: Services, today: date, only: int | None = None) -> list[int]:
    """The cases whose companies are to be asked today, or this one alone if its company is."""
    if not await services.switches.is_open("cases"):
        return []
    day = timedelta(days=services.programme.limits.still_wanted_days)
    quiet = (
        select(Case.id, _quiet_since(), CaseInterest.again_on)
        .outerjoin(CaseInterest, CaseInterest.case_id == Case.id)
        .where(Case.state.in_(OPEN_STATES), Case.proposal_deadline >= today, CaseInterest.hidden_at.is_(None))
        .order_by(Case.id)
    )
    rows = await services.session.execute(quiet if only is None else quiet.where(Case.id == only))
    return [
        case_id
        for case_id, since, again_on in rows
        if (again_on <= today if again_on else services.programme.today(since) + day <= today)
    ]


def _quiet_since() -> ColumnElement[datetime]:
    """When the company last did something about the case, or was last asked."""
    wrote = (
        select(func.max(EnquiryMessage.at))
        .join(Enquiry, Enquiry.id == EnquiryMessage.enquiry_id)
        .where(Enquiry.case_id == Case.id, EnquiryMessage.side == Side.COMPANY)
        .scalar_subquery()
    )
    noted = (
        select(func.max(PlanNote.written_at))
        .join(Plan, Plan.id == PlanNote.plan_id)
        .where(Plan.case_id == Case.id, PlanNote.by_sme)
        .scalar_subquery()
    )
    known = (Case.published_at, CaseInterest.asked_at, CaseInterest.answered_at, wrote, noted)
    return func.greatest(*(func.coalesce(moment, LONG_AGO) for moment in known))


@due(TIMER)
async def ask(services: Services, case_id: int) -> None:
    """Ask a company whether it still looks; after it was silent often enough its case is hidden instead."""
    await services.cases.lock(case_id)
    today = services.programme.today(heard_at(services.programme, services.now))
    if not await to_ask(services, today, case_id):
        return
    case, interest = await services.cases.get(case_id), await _kept(services, case_id)
    assert case is not None
    interest.again_on = None
    if interest.silent >= services.programme.limits.silent_reminders:
        interest.hidden_at = services.now
        await services.session.flush()
        await services.search.remove(case.id)
        await services.audit.note("hidden", "case", case.id, revision=case.revision, reason="no answer")
        await _tell(services, case, "case.hidden")
        for person_id in await services.secretariat.people():
            services.notices.home(person_id)
    else:
        interest.asked_at, interest.silent = services.now, interest.silent + 1
        await services.session.flush()
        await _tell(services, case, "case.still_wanted")


async def _tell(services: Services, case: Case, kind: str) -> None:
    for person_id in await services.companies.members(case.company_id):
        if kind == "case.hidden":
            services.notices.tell("case.hidden", person_id, case=case.id)
        else:
            services.notices.tell("case.still_wanted", person_id, case=case.id)
        services.notices.home(person_id)


async def still_wanted(services: Services, case_id: int) -> Case:
    """Keep that the acting person's company still looks, and let a hidden case be found again; raises Refusal."""
    case = await _own(services, case_id)
    await heard(services, case)
    return case


async def later(services: Services, case_id: int) -> date:
    """Be asked again tomorrow; whoever says so is not silent. Raises Refusal."""
    await _own(services, case_id)
    tomorrow = services.programme.today(services.now) + timedelta(days=1)
    interest = await _kept(services, case_id)
    interest.again_on, interest.silent = tomorrow, 0
    await services.session.flush()
    return tomorrow


async def heard(services: Services, case: Case) -> None:
    """Keep that the company of a locked case has just done something about it; once hidden, it is found again."""
    was_hidden = await is_hidden_now(services, case.id)
    interest = await _kept(services, case.id)
    interest.answered_at, interest.silent = services.now, 0
    interest.again_on = interest.hidden_at = None
    await services.session.flush()
    if was_hidden:
        await services.audit.note("shown again", "case", case.id, revision=case.revision)
        await services.search.index(case)
        await services.saved_matching.again(case.id)
        for person_id in await services.secretariat.people():
            services.notices.home(person_id)


async def _own(services: Services, case_id: int) -> Case:
    await services.cases.own(case_id)
    await services.cases.lock(case_id)
    case = await services.cases.own(case_id)
    if case.state not in OPEN_STATES or case.proposal_deadline < services.programme.today(services.now):
        raise Refusal(_("This case no longer looks for an expert, so there is nothing to answer."))
    return case


async def _kept(services: Services, case_id: int) -> CaseInterest:
    """The row of a locked case, made if there is none yet."""
    await services.session.execute(
        insert(CaseInterest).values(case_id=case_id, silent=0).on_conflict_do_nothing()
    )
    kept = await of(services, case_id)
    assert kept is not None
    return kept
