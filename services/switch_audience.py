"""Whom a stop concerns: the people who have begun something that this part of the programme must finish."""

from __future__ import annotations

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union

from services.case_records import EXTENDABLE, OPEN_STATES, Case, CaseState
from services.companies import Company, MemberRow, Standing
from services.contract_records import TO_SIGN, Contract
from services.drafts import DraftRow
from services.experts import Expert
from services.plan_records import TALKING, Plan, PlanState
from services.request_records import Request, RequestState

_DONE = 2
"""Drafts below this are not handed in yet."""
_WITH_THE_COMPANY = (*EXTENDABLE, CaseState.UNDER_REVIEW, CaseState.DEFICIENT)


def concerned(code: str) -> CompoundSelect[int]:
    """The ids of the people whom this part concerns now; raises KeyError for a part that is not known."""
    return union(*_AUDIENCES[code]())


def _drafts(*forms: str) -> Select[int]:
    """Whoever fills in one of these forms."""
    return select(DraftRow.person_id).where(DraftRow.form.in_(forms), DraftRow.state < _DONE)


def _companies(*which: ColumnElement[bool]) -> Select[int]:
    return (
        select(MemberRow.person_id).join(Company, Company.id == MemberRow.company_id).where(*which).distinct()
    )


def _experts(*which: ColumnElement[bool]) -> Select[int]:
    return select(Expert.person_id).where(*which)


def _registration() -> list[Select[int]]:
    # A draft about something is the correction of a return, which is never stopped.
    return [_drafts("company", "expert").where(DraftRow.about == "")]


def _cases() -> list[Select[int]]:
    theirs = select(Case.company_id).where(Case.state.in_(_WITH_THE_COMPANY))
    return [_drafts("case"), _companies(Company.id.in_(theirs))]


def _requests() -> list[Select[int]]:
    asked = select(Request.id).where(Request.company_id == Company.id)
    meant = Company.standing == Standing.COMPLETED, Company.matching != "UNMATCHED", ~asked.exists()
    return [_drafts("request", "request.whom"), _companies(*meant)]


def _plans() -> list[Select[int]]:
    revisable = select(Plan.expert_id).where(Plan.state.in_((*TALKING, PlanState.RETURNED)))
    awaited = select(Request.expert_id).where(Request.state == RequestState.ACCEPTED)
    waiting = select(Case.company_id).where(Case.state.in_(OPEN_STATES))
    return [
        _drafts("plan"),
        _experts(Expert.id.in_(revisable) | Expert.id.in_(awaited)),
        _companies(Company.id.in_(waiting)),
    ]


def _agreement() -> list[Select[int]]:
    chosen = Plan.state.in_((*TALKING, PlanState.AGREED, PlanState.RETURNED, PlanState.APPROVED))
    signed = select(Contract.plan_id).where(Contract.plan_id == Plan.id, Contract.state.not_in(TO_SIGN))
    still = chosen, ~signed.exists()
    return [
        _companies(Company.id.in_(select(Plan.company_id).where(*still))),
        _experts(Expert.id.in_(select(Plan.expert_id).where(*still))),
    ]


_AUDIENCES = {
    "registration": _registration,
    "cases": _cases,
    "requests": _requests,
    "plans": _plans,
    "agreement": _agreement,
}
