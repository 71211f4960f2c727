"""Figures of many experts or companies at once, as suggestions need them: caps, what is under way, what was finished."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, CompoundSelect, any_, cast, func, select, union

from services.companies import Company
from services.contract_records import Contract
from services.enquiry_records import Enquiry, EnquiryBlock
from services.formation import RUNNING
from services.ledger_records import Account, Party
from services.plan_records import IN_REVIEW, TALKING, Plan, PlanRevision, PlanState
from services.report_records import Report, ReportState
from services.request_records import Request, RequestState
from services.suggestion_records import Suggestion
from services.suggestion_scores import table
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

Counts = dict[int, dict[str, int]]
ASKED = (RequestState.SENT, RequestState.ACCEPTED, RequestState.DECLINED)


def among(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of hundreds of ids: as one value, for a list of many takes longer to write than to look up."""
    found: ColumnElement[bool] = column == any_(cast([*ids], ARRAY(BigInteger)))
    return found


async def rooms(services: Services, party: Party, declared: Mapping[int, int]) -> dict[int, Yen]:
    """What each one's cap still leaves, beside what was agreed on and not yet approved (DOMAIN 8.4).

    `declared` is what each had of the phase before, by its registration: it counts until an account is opened.
    """
    money = services.programme.money
    cap = money.sme_cap if party is Party.COMPANY else money.expert_cap
    held = Account.carried_yen + Account.reserved_yen + Account.confirmed_yen
    rows = await services.session.execute(
        select(Account.owner_id, held + Account.paid_yen + Account.reclaimed_yen).where(
            Account.party == party, among(Account.owner_id, declared)
        )
    )
    used = dict(declared) | {owner_id: yen for owner_id, yen in rows}
    whose = Plan.company_id if party is Party.COMPANY else Plan.expert_id
    promised = await services.session.execute(
        select(whose, func.sum(PlanRevision.honorarium_yen))
        .join(PlanRevision, (PlanRevision.plan_id == Plan.id) & (PlanRevision.revision == Plan.revision))
        .where(Plan.state.in_(IN_REVIEW), among(whose, declared))
        .group_by(whose)
    )
    for owner_id, yen in promised:
        used[owner_id] += int(yen)
    return {owner_id: Yen(max(int(cap) - yen, 0)) for owner_id, yen in used.items()}


async def running(services: Services, whose: Any, ids: Collection[int]) -> dict[int, int]:
    """How many contracts each has that are being signed or carried out; `whose` is a column of contracts."""
    rows = await services.session.execute(
        select(whose, func.count()).where(among(whose, ids), Contract.state.in_(RUNNING)).group_by(whose)
    )
    return {owner_id: count for owner_id, count in rows}


async def proposing(services: Services, ids: Collection[int]) -> dict[int, int]:
    """How many of each expert's plans are being talked about or reviewed."""
    rows = await services.session.execute(
        select(Plan.expert_id, func.count())
        .where(among(Plan.expert_id, ids), Plan.state.in_((*TALKING, *IN_REVIEW)))
        .group_by(Plan.expert_id)
    )
    return {expert_id: count for expert_id, count in rows}


async def finished(services: Services, ids: Collection[int]) -> tuple[Counts, Counts]:
    """How many supports each expert has finished in which area, and for which trade."""
    rows = await services.session.execute(
        select(Report.expert_id, PlanRevision.area, Company.industry, func.count())
        .join(Contract, Contract.id == Report.contract_id)
        .join(
            PlanRevision,
            (PlanRevision.plan_id == Contract.plan_id) & (PlanRevision.revision == Contract.plan_revision),
        )
        .join(Company, Company.id == Report.company_id)
        .where(among(Report.expert_id, ids), Report.state == ReportState.ACCEPTED)
        .group_by(Report.expert_id, PlanRevision.area, Company.industry)
    )
    areas: Counts = {}
    trades: Counts = {}
    for expert_id, area, trade, count in rows:
        for found, code in (areas, area), (trades, trade):
            of_one = found.setdefault(expert_id, {})
            of_one[code] = of_one.get(code, 0) + count
    return areas, trades


async def lately(services: Services, ids: Collection[int], case_id: int) -> dict[int, int]:
    """For how many other cases each of these experts was suggested or told of in the last days."""
    since = services.now - timedelta(days=table().lately_days)
    rows = await services.session.execute(
        select(Suggestion.expert_id, func.count())
        .where(among(Suggestion.expert_id, ids), Suggestion.case_id != case_id)
        .where((Suggestion.shown_at >= since) | (Suggestion.told_at >= since))
        .group_by(Suggestion.expert_id)
    )
    return {expert_id: count for expert_id, count in rows}


async def heard_of(services: Services, case_id: int, company_id: int) -> frozenset[int]:
    """The experts who know of a case already: proposed, asked, set it aside or were told; and whom its company asked."""
    known = union(
        select(Plan.expert_id).where(Plan.case_id == case_id),
        select(Enquiry.expert_id).where(Enquiry.case_id == case_id),
        select(EnquiryBlock.expert_id).where(EnquiryBlock.case_id == case_id),
        select(Suggestion.expert_id).where(Suggestion.case_id == case_id, _answered()),
        select(Request.expert_id).where(Request.company_id == company_id, Request.state.in_(ASKED)),
    )
    return frozenset((await services.session.execute(known)).scalars())


async def known_cases(services: Services, expert_id: int) -> frozenset[int]:
    """The cases that an expert knows: proposed for, asked about, or set aside."""
    known: CompoundSelect[Any] = union(
        select(Plan.case_id).where(Plan.expert_id == expert_id, Plan.case_id.is_not(None)),
        select(Enquiry.case_id).where(Enquiry.expert_id == expert_id),
        select(EnquiryBlock.case_id).where(EnquiryBlock.expert_id == expert_id),
        select(Suggestion.case_id).where(Suggestion.expert_id == expert_id, Suggestion.aside_at.is_not(None)),
    )
    return frozenset((await services.session.execute(known)).scalars())


async def proposals(services: Services, case_ids: Collection[int]) -> dict[int, int]:
    """How many proposals each of these cases has had, without those withdrawn."""
    rows = await services.session.execute(
        select(Plan.case_id, func.count())
        .where(among(Plan.case_id, case_ids), Plan.state != PlanState.WITHDRAWN)
        .group_by(Plan.case_id)
    )
    return {case_id: count for case_id, count in rows if case_id is not None}


def _answered() -> Any:
    return Suggestion.aside_at.is_not(None) | Suggestion.told_at.is_not(None)
