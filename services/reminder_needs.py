"""What people have to do before there is a contract: forms half filled in, corrections, proposals and requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from services import backplan
from services.answers import DONE
from services.backplan import Task
from services.case_records import EXTENDABLE, OPEN_STATES, Case, CaseState
from services.companies import Company, MemberRow, Standing
from services.drafts import DraftRow
from services.experts import Expert
from services.plan_records import IN_REVIEW, LIVE, TALKING, Plan, PlanNote, PlanState
from services.programme import Deadline
from services.reminder_rules import Need, business_days_after, days_after
from services.request_records import Request, RequestState
from services.reviews import Review, ReviewState

if TYPE_CHECKING:
    from services.bundle import Services
    from services.programme import Programme

Refs = Sequence[int] | None
FORMS: dict[str, tuple[str | None, Task]] = {
    "company": ("registration", Task.REGISTRATION),
    "expert": ("registration", Task.REGISTRATION),
    "case": ("cases", Task.CASE),
    "request.whom": ("requests", Task.PLAN),
    "request": ("requests", Task.PLAN),
    "plan": ("plans", Task.PLAN),
    "report": (None, Task.REPORT),
    "claim": (None, Task.CLAIM),
}
"""The forms of which people are reminded, each with its switch and with the task it belongs to."""
CLOSES = {
    Task.REGISTRATION: Deadline.REGISTRATION,
    Task.REPORT: Deadline.REPORT,
    Task.CLAIM: Deadline.CLAIM,
}
WITH_A_LADDER = (Task.REGISTRATION, Task.CASE)
"""Of the days before their deadline people hear only through the draft; of the others by what waits for them."""
Newer = aliased(Review)
ANSWERED = 2
"""A draft of this revision holds an answer; at the first it was only opened."""


def last_days(programme: Programme) -> dict[Task, date]:
    """The last day of each task: by which what follows is still in time, or on which it closes."""
    road = backplan.steps(programme, Deadline.CONTRACT, programme.playground_starts)
    return {one.what: one.by for one in road} | {
        task: programme.dates[deadline].closes for task, deadline in CLOSES.items()
    }


async def drafts(services: Services, refs: Refs) -> dict[int, list[Need]]:
    """Forms that somebody has begun and not handed in, by draft."""
    rows = await services.session.execute(
        select(DraftRow.id, DraftRow.person_id, DraftRow.form, DraftRow.about, DraftRow.updated_at)
        .where(DraftRow.form.in_(FORMS), DraftRow.state < DONE, DraftRow.revision >= ANSWERED)
        .where(*_only(DraftRow.id, refs))
    )
    today = services.programme.today(services.now)
    until = last_days(services.programme)
    found: dict[int, list[Need]] = {}
    for draft_id, person_id, form, about, updated_at in rows:
        switch, task = FORMS[form]
        if today > until[task] or not await _can_be_handed_in(services, form, about):
            continue
        since = services.programme.today(updated_at)
        found[draft_id] = [
            Need(
                "draft",
                person_id,
                since,
                until[task] if task in WITH_A_LADDER else None,
                days_after(since, services.programme.reminders.draft_days),
                switch,
                {"draft": draft_id, "form": form},
            )
        ]
    return found


async def _can_be_handed_in(services: Services, form: str, about: str) -> bool:
    """Whether a draft is of a first submission, and what it is about still waits for it.

    Of a correction people are reminded as such.
    """
    kind, _colon, rest = about.partition(":")
    match form, kind:
        case "plan", "case":
            case = await services.cases.get(int(rest))
            today = services.programme.today(services.now)
            return case is not None and case.state in OPEN_STATES and case.proposal_deadline >= today
        case "plan", "request":
            request = await services.requests.get(int(rest))
            return request is not None and request.state == RequestState.ACCEPTED
        case "plan", _:
            return False
        case "report" | "claim", _:
            return rest in ("", "0")
        case "request", _:
            return True
    return about == ""


async def corrections(services: Services, refs: Refs) -> dict[int, list[Need]]:
    """What the secretariat has returned and nobody has put right yet, by review."""
    found: dict[int, list[Need]] = {}
    for kind, (table, still, switch) in RETURNED.items():
        newer = select(Newer.id).where(
            Newer.kind == kind, Newer.subject_id == Review.subject_id, Newer.id > Review.id
        )
        rows = await services.session.execute(
            select(Review, table)
            .join(table, table.id == Review.subject_id)
            .where(Review.kind == kind, Review.state == ReviewState.RETURNED, *_only(Review.id, refs))
            .where(still, ~newer.exists())
        )
        for review, subject in rows:
            since = services.programme.today(review.decided_at)
            people = await _whose(services, kind, subject)
            until = _curable(services, kind, review)
            found[review.id] = [
                Need(
                    "correct",
                    person_id,
                    since,
                    until,
                    _answer(services, since),
                    switch,
                    {"review": review.id},
                )
                for person_id in people
            ]
    return found


RETURNED: dict[str, tuple[Any, ColumnElement[bool], str | None]] = {
    "company": (Company, Company.standing == Standing.DEFICIENT, None),
    "expert": (Expert, Expert.standing == Standing.DEFICIENT, None),
    "case": (Case, Case.state == CaseState.DEFICIENT, "cases"),
    "plan": (Plan, Plan.state == PlanState.RETURNED, "plans"),
}
"""Where what was returned stands then; the switches do not stop the correction of a registration (DOMAIN 9.2)."""


def _curable(services: Services, kind: str, review: Review) -> date:
    programme = services.programme
    if kind == "case":
        return last_days(programme)[Task.CASE]
    if kind == "plan":
        return programme.dates[Deadline.CONTRACT].closes
    assert review.decided_at is not None
    closes = programme.dates[Deadline.REGISTRATION].closes
    return max(closes, programme.today(programme.cure_until(review.decided_at)))


async def _whose(services: Services, kind: str, subject: Any) -> list[int]:
    if kind in ("company", "case"):
        return await services.companies.members(subject.id if kind == "company" else subject.company_id)
    expert = subject if kind == "expert" else await services.experts.get(subject.expert_id)
    return [] if expert is None else [expert.person_id]


async def case_proposals(services: Services, refs: Refs) -> dict[int, list[Need]]:
    """Proposals that a company may choose from, by case; none once it has chosen."""
    open_cases = select(Case.id).where(Case.state.in_(EXTENDABLE), *_only(Case.id, refs))
    return await _proposals(services, Plan.case_id.in_(open_cases), "proposals", lambda plan: plan.case_id)


async def requested_plans(services: Services, refs: Refs) -> dict[int, list[Need]]:
    """Plans that answer a direct request, by plan."""
    asked = Plan.request_id.is_not(None)
    return await _proposals(services, asked, "plan", lambda plan: plan.id, *_only(Plan.id, refs))


async def _proposals(
    services: Services, which: Any, what: str, key: Callable[[Plan], int | None], *more: Any
) -> dict[int, list[Need]]:
    plans = await services.session.scalars(
        select(Plan).where(which, *more, Plan.state.in_((*TALKING, *IN_REVIEW, PlanState.APPROVED)))
    )
    groups: dict[int, list[Plan]] = {}
    for plan in plans:
        ref = key(plan)
        assert ref is not None
        groups.setdefault(ref, []).append(plan)
    until = last_days(services.programme)[Task.PLAN]
    found: dict[int, list[Need]] = {}
    for ref, group in groups.items():
        told = [plan for plan in group if plan.told_at is not None]
        if not told or not all(plan.talking for plan in group):
            continue
        since = services.programme.today(max(plan.told_at for plan in told if plan.told_at is not None))
        waits = any([await _waits_for_company(services, plan) for plan in told])
        asked = _answer(services, since) if waits else ()
        ids = {"case": ref} if what == "proposals" else {"plan": ref}
        found[ref] = [
            Need(what, person_id, since, until, asked, "agreement", ids)
            for person_id in await _signatories(services, told[0].company_id)
        ]
    return found


async def _waits_for_company(services: Services, plan: Plan) -> bool:
    """Whether the company has said nothing to a plan, or the expert has said something since."""
    if plan.state != PlanState.IN_DISCUSSION:
        return plan.state == PlanState.SENT
    last = await services.session.scalar(
        select(PlanNote.by_sme).where(PlanNote.plan_id == plan.id).order_by(PlanNote.id.desc()).limit(1)
    )
    return not last


async def requests(services: Services, refs: Refs) -> dict[int, list[Need]]:
    """Direct requests that an expert has not answered, or for which the plan has not come, by request."""
    planned = select(Plan.id).where(Plan.request_id == Request.id, Plan.state.in_(LIVE))
    rows = await services.session.execute(
        select(Request, Expert.person_id)
        .join(Expert, Expert.id == Request.expert_id)
        .where(Request.state.in_((RequestState.SENT, RequestState.ACCEPTED)), ~planned.exists())
        .where(*_only(Request.id, refs))
    )
    programme, until = services.programme, last_days(services.programme)[Task.PLAN]
    found: dict[int, list[Need]] = {}
    for request, person_id in rows:
        ids = {"request": request.id}
        if request.state == RequestState.SENT:
            since = programme.today(request.sent_at)
            by = programme.today(request.answer_by)
            need = Need("request", person_id, since, by, _answer(services, since), None, ids)
        else:
            since = programme.today(request.answered_at or request.sent_at)
            need = Need("propose", person_id, since, until, _answer(services, since), "plans", ids)
        found[request.id] = [need]
    return found


async def _signatories(services: Services, company_id: int) -> list[int]:
    return list(
        await services.session.scalars(
            select(MemberRow.person_id)
            .where(MemberRow.company_id == company_id, MemberRow.signatory)
            .order_by(MemberRow.person_id)
        )
    )


def _answer(services: Services, since: date) -> tuple[date, ...]:
    programme = services.programme
    return business_days_after(programme.calendar, since, programme.reminders.answer_business_days)


def _only(column: Any, refs: Refs) -> list[Any]:
    return [] if refs is None else [column.in_(refs)]
