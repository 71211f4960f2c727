"""Experts as they are found for a case, and the words of their experience; made when an expert or a support changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.sql import cast, literal

from services import thesaurus_book
from services.case_records import Case
from services.case_vector import FILTER, Vector, quoted
from services.companies import Standing
from services.contract_records import Contract
from services.expert_records import EVERYWHERE, Expert, Way
from services.plan_records import Plan
from services.programme import Programme
from services.report_records import Report, ReportState
from services.suggestion_fit import Wish
from services.suggestion_records import ExpertIndexRow
from services.suggestion_words import telling
from services.thesaurus import Thesaurus
from services.thesaurus_desk import CHANGED
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

ONE, ALL = "expert.index", "experts.index"
SOME = 25
"""Experts in one transaction, so that none of them waits long."""
BREATH = timedelta(seconds=2)
FORMER_CASES = 5
"""Of so many finished supports, the latest, the cases' words are an expert's as well."""


async def keep(services: Services, expert: Expert) -> None:
    """Let a locked expert be found as they are now."""
    own, former = [expert.career, expert.track_record], await _former_texts(services, expert)
    thesaurus = await thesaurus_book.current(services.connection)
    vector, words = await asyncio.to_thread(_read, expert, own, former, thesaurus, services.programme)
    values = {"vector": cast(literal(vector), TSVECTOR), "words": words}
    await services.session.execute(
        insert(ExpertIndexRow)
        .values(expert_id=expert.id, **values)
        .on_conflict_do_update(index_elements=[ExpertIndexRow.expert_id], set_=values)
    )


def _read(
    expert: Expert, own: Sequence[str], former: Sequence[str], thesaurus: Thesaurus, programme: Programme
) -> tuple[str, dict[str, str]]:
    vector = Vector.of({"C": own, "D": former}, thesaurus, offered(expert))
    return str(vector), telling([*own, *former], thesaurus, programme)


async def words_of(services: Services, expert_id: int) -> Mapping[str, str]:
    """What an expert's experience tells, by the forms under which an index holds it, as it is written there."""
    row = ExpertIndexRow
    return await services.session.scalar(select(row.words).where(row.expert_id == expert_id)) or {}


async def keep_soon(services: Services, expert_id: int) -> None:
    """Let an expert be found as they are, in the background: there is one more finished support."""
    await services.timers.set(ONE, expert_id, services.now)


@due(ONE)
async def keep_one(services: Services, expert_id: int) -> None:
    """Index one expert anew."""
    await services.experts.lock(expert_id)
    expert = await services.experts.get(expert_id)
    if expert is not None and expert.standing == Standing.COMPLETED:
        await keep(services, expert)


async def keep_all_soon(services: Services) -> None:
    """Index all experts anew, in the background: the thesaurus has changed."""
    await services.timers.set(ALL, 0, services.now)


CHANGED.append(keep_all_soon)


@due(ALL)
async def keep_some(services: Services, after: int) -> None:
    """Index some experts anew, those with greater ids, and see to the next ones."""
    experts = (
        await services.session.scalars(
            select(Expert)
            .where(Expert.id > after, Expert.standing == Standing.COMPLETED)
            .order_by(Expert.id)
            .limit(SOME)
            .with_for_update(key_share=True)
        )
    ).all()
    for expert in experts:
        await keep(services, expert)
    if len(experts) == SOME:
        await services.timers.set(ALL, experts[-1].id, services.now + BREATH)


async def _former_texts(services: Services, expert: Expert) -> list[str]:
    """What the cases told that an expert has supported to the end, the latest few."""
    former = await services.session.scalars(
        select(Case)
        .join(Plan, Plan.case_id == Case.id)
        .join(Contract, Contract.plan_id == Plan.id)
        .join(Report, Report.contract_id == Contract.id)
        .where(Report.expert_id == expert.id, Report.state == ReportState.ACCEPTED)
        .order_by(Report.id.desc())
        .limit(FORMER_CASES)
    )
    return [text for case in former for text in texts_of(case)]


def texts_of(case: Case) -> list[str]:
    """What a case tells that says whom it suits."""
    told = (case.title, case.issue, case.goal, case.background, case.current_tools, case.trade)
    return [text for text in told if text]


def offered(expert: Expert) -> list[str]:
    """What an expert can be narrowed down by: areas, ways of support, and where visits are possible."""
    return [
        *(f"a:{area}" for area in expert.areas),
        *(f"m:{mode}" for mode in expert.modes),
        *(f"p:{region}" for region in expert.regions),
    ]


def reachable(wish: Wish) -> str:
    """A tsquery for the experts who can support a case where and how its company wants it."""
    ways = [_named(f"m:{Way.ONLINE.value}")] if wish.online else []
    if wish.visit:
        places = f"({_named(f'p:{wish.prefecture}')} | {_named(f'p:{EVERYWHERE}')})"
        ways.append(f"({_named(f'm:{Way.VISIT.value}')} & {places})")
    return "(" + " | ".join(ways) + ")"


def offering(area: str) -> str:
    """A tsquery for the experts who offer an area."""
    return _named(f"a:{area}")


def any_of(words: Sequence[str]) -> str:
    """A tsquery for the experts, or cases, that have one of these words at least."""
    return "(" + " | ".join(map(quoted, words)) + ")"


def _named(filtered: str) -> str:
    return quoted(FILTER + filtered)
