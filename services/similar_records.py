"""Which other cases, plans or reports a reviewer should lay beside one, because the texts are nearly the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from locales import _
from services import report_content, similar_texts
from services.case_records import Case
from services.plan_records import Plan, PlanRevision
from services.refusals import Refusal
from services.report_records import Report
from services.similar_prints import Likeness
from services.similar_texts import SimilarText, Texts
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

TIMER = "similar.keep"
AT_ONCE = 500
PAUSE = timedelta(seconds=5)
"""Texts that are not to be found yet are taken up so many at a time, so that nothing else has to wait."""


@dataclass(frozen=True)
class Written:
    """A record as far as others are compared with it: its texts, and whose it is."""

    ref: int
    number: str
    state: str
    company_id: int
    expert_id: int | None
    texts: Texts


@dataclass(frozen=True)
class Twin:
    """Another record with nearly the same text."""

    written: Written
    likeness: Likeness
    same_company: bool
    same_expert: bool


async def written(services: Services, kind: str, refs: Sequence[int]) -> dict[int, Written]:
    """These records of a kind, as they are now; what does not exist is left out."""
    return {one.ref: one for one in await _KINDS[kind](services, refs)}


async def twins(services: Services, kind: str, ref: int) -> list[Twin]:
    """The records of the same kind with nearly the same text, whatever their state, the most alike first.

    For the secretariat alone, as they belong to anybody. Raises Refusal.
    """
    await services.secretariat.require()
    mine = (await written(services, kind, [ref])).get(ref)
    if mine is None:
        return []
    known: dict[int, Written] = {}

    async def load(refs: Sequence[int]) -> dict[int, Texts]:
        known.update(await written(services, kind, refs))
        return {other: one.texts for other, one in known.items()}

    return [
        Twin(
            known[found.ref],
            found.likeness,
            known[found.ref].company_id == mine.company_id,
            mine.expert_id is not None and known[found.ref].expert_id == mine.expert_id,
        )
        for found in await similar_texts.twins(services, kind, ref, mine.texts, load)
    ]


async def both(services: Services, kind: str, ref: int, other: int) -> tuple[Written, Written]:
    """Two records to be laid beside each other; for the secretariat alone. Raises Refusal."""
    await services.secretariat.require()
    found = await written(services, kind, [ref, other]) if kind in _KINDS else {}
    if ref not in found or other not in found:
        raise Refusal(GONE)
    return found[ref], found[other]


async def keep(services: Services, kind: str, refs: Sequence[int]) -> None:
    """Let these records be found by their texts as they are now."""
    found = await written(services, kind, refs)
    await similar_texts.keep(services, kind, {ref: one.texts for ref, one in found.items()})


async def keep_later(services: Services, kind: str, refs: Sequence[int]) -> None:
    """Let these records be found by their texts soon: for very many at once, such as those of another system."""
    await similar_texts.forget(services, kind, refs)
    await services.timers.set(TIMER, 0, services.now)


@due(TIMER)
async def take_up(services: Services, _ref: int) -> None:
    """Take up the next texts that are not to be found yet, and come again while there are more."""
    for kind, column in (("case", Case.id), ("plan", Plan.id), ("report", Report.id)):
        refs: list[int] = list((await services.session.scalars(_unknown(kind, column))).all())
        await keep(services, kind, refs)
        if len(refs) == AT_ONCE:
            await services.timers.set(TIMER, 0, services.now + PAUSE)
            return


def _unknown(kind: str, column: InstrumentedAttribute[int]) -> Select[Any]:
    known = exists().where(SimilarText.kind == kind, SimilarText.ref == column)
    return select(column).where(~known).order_by(column).limit(AT_ONCE)


async def _cases(services: Services, refs: Sequence[int]) -> list[Written]:
    rows = await services.session.scalars(select(Case).where(Case.id.in_(refs)))
    return [Written(case.id, case.number, case.state, case.company_id, None, case.told) for case in rows]


async def _plans(services: Services, refs: Sequence[int]) -> list[Written]:
    rows = await services.session.execute(
        select(Plan, PlanRevision)
        .join(PlanRevision, (PlanRevision.plan_id == Plan.id) & (PlanRevision.revision == Plan.revision))
        .where(Plan.id.in_(refs))
    )
    return [
        Written(plan.id, plan.number, plan.state, plan.company_id, plan.expert_id, revision.content.told)
        for plan, revision in rows
    ]


async def _reports(services: Services, refs: Sequence[int]) -> list[Written]:
    rows = await services.session.scalars(select(Report).where(Report.id.in_(refs)))
    return [
        Written(
            report.id,
            report.number,
            report.state,
            report.company_id,
            report.expert_id,
            report_content.told(report.content),
        )
        for report in rows
    ]


_KINDS: dict[str, Callable[[Services, Sequence[int]], Awaitable[list[Written]]]] = {
    "case": _cases,
    "plan": _plans,
    "report": _reports,
}
GONE = _("This can't be compared any more.")
