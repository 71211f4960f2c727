"""Open cases as rows of the index: what is kept of each, and which rows are still to be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Delete, Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services import case_interest
from services.case_index import SHAPE, IndexRow
from services.case_records import OPEN_STATES, Case
from services.case_vector import Vector, day_words
from services.clock import in_tokyo
from services.database import driver
from services.programme import Programme
from services.thesaurus import Thesaurus

# Always the same statement, in the driver's own words: to write one anew takes longer than to index a case.
_KEEP = """
    INSERT INTO case_index (
        case_id, published_at, vector, shape, norm, company_id, proposal_deadline, minutes, budget_yen, areas,
        prefecture, mode, industry)
    VALUES (
        %(case_id)s, %(published_at)s, %(vector)s, %(shape)s, %(norm)s, %(company_id)s, %(proposal_deadline)s,
        %(minutes)s, %(budget_yen)s, %(areas)s, %(prefecture)s, %(mode)s, %(industry)s)
    ON CONFLICT (case_id) DO UPDATE SET
        published_at = excluded.published_at, vector = excluded.vector, shape = excluded.shape,
        norm = excluded.norm, company_id = excluded.company_id, proposal_deadline = excluded.proposal_deadline,
        minutes = excluded.minutes, budget_yen = excluded.budget_yen, areas = excluded.areas,
        prefecture = excluded.prefecture, mode = excluded.mode, industry = excluded.industry
"""


def vector_of(
    case: Case, industry: str, programme: Programme, thesaurus: Thesaurus, more_areas: Sequence[str] = ()
) -> Vector:
    """The index's words of a published case and of its company's industry; an imported one may have more areas."""
    assert case.published_at is not None
    codes = (case.area, *more_areas)
    texts = {
        "A": [case.title],
        "B": [
            case.current_tools or "",
            case.trade or "",
            case.prefecture,
            case.city,
        ],
        "C": [case.issue, case.goal],
        "D": [case.background, *(programme.area(code).label.ja for code in codes)],
    }
    filters = [f"p:{case.prefecture}", f"m:{case.mode}", f"i:{industry}"]
    days = day_words(in_tokyo(case.published_at).date(), case.proposal_deadline)
    return Vector.of(texts, thesaurus, [*(f"a:{code}" for code in codes), *filters, *days])


def row_of(case: Case, vector: Vector, industry: str, more_areas: Sequence[str] = ()) -> dict[str, Any]:
    """The row of a published case, by column; the vector is as PostgreSQL reads it."""
    return {
        "case_id": case.id,
        "published_at": case.published_at,
        "vector": str(vector),
        "shape": SHAPE,
        "norm": vector.norm,
        "company_id": case.company_id,
        "proposal_deadline": case.proposal_deadline,
        "minutes": case.minutes,
        "budget_yen": case.budget_yen,
        "areas": [case.area, *more_areas],
        "prefecture": case.prefecture,
        "mode": case.mode,
        "industry": industry,
    }


async def keep(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write these rows, whatever stood there."""
    if len(rows) == 1:
        await driver(connection).rows(_KEEP, rows[0])
        return
    async with driver(connection).cursor() as cursor:
        await cursor.executemany(_KEEP, rows)


def to_be_found(after: int) -> Select[Any]:
    """The cases that experts are to find, by their ids, beginning after this one."""
    found = select(Case).where(Case.id > after, Case.state.in_(OPEN_STATES), ~case_interest.is_hidden())
    return found.order_by(Case.id)


def without_row(after: int) -> Select[Any]:
    """Those of them without a row of today's shape."""
    made = select(IndexRow.case_id).where(IndexRow.case_id == Case.id, IndexRow.shape == SHAPE)
    return to_be_found(after).where(~made.exists())


def out_of_place() -> Delete:
    """The statement that removes rows of cases which are not to be found."""
    shown = select(Case.id).where(
        Case.id == IndexRow.case_id, Case.state.in_(OPEN_STATES), ~case_interest.is_hidden()
    )
    return delete(IndexRow).where(~shown.exists())
