"""The filters of a search that are no words of the index, as conditions in the driver's own words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from services.clock import TOKYO
from services.plan_records import PlanState
from services.search_query import Query
from services.values import Yen

# Of a company whose account is not open yet, what it had of phase I counts (DOMAIN 8.4).
_USED = """
    coalesce(
        (SELECT carried_yen + reserved_yen + confirmed_yen + paid_yen + reclaimed_yen FROM accounts
         WHERE party = 'company' AND owner_id = case_index.company_id),
        (SELECT least(phase1_used_yen, %(cap)s) FROM companies WHERE id = case_index.company_id))
"""
_PROPOSALS = """
    (SELECT count(*) FROM plans WHERE plans.case_id = case_index.case_id AND plans.state <> %(withdrawn)s)
"""


def conditions(query: Query, cap: Yen) -> Iterator[tuple[str, dict[str, Any]]]:
    """The filters that are no words, as conditions on `case_index`, each with its values; `cap` is that of a company."""
    if query.most_hours is not None:
        yield "(minutes IS NULL OR minutes <= %(minutes)s)", {"minutes": query.most_hours.minutes}
    if query.least_budget is not None:
        yield "(budget_yen IS NULL OR budget_yen >= %(budget)s)", {"budget": int(query.least_budget)}
    if query.deadline_from is not None:
        yield "proposal_deadline >= %(deadline)s", {"deadline": query.deadline_from}
    if query.posted_from is not None:
        posted_at = datetime.combine(query.posted_from, time(), TOKYO)
        yield "published_at >= %(posted_at)s", {"posted_at": posted_at}
    if query.most_proposals is not None:
        values = {"proposals": query.most_proposals, "withdrawn": str(PlanState.WITHDRAWN)}
        yield f"{_PROPOSALS} <= %(proposals)s", values
    if query.least_cap is not None:
        values = {"cap": int(cap), "used": int(cap) - int(query.least_cap)}
        yield f"{_USED} <= %(used)s", values
