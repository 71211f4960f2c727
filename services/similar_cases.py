"""Cases of other companies to learn from while one is written: told so that nobody can guess whose they are.

Only cases that experts find at this moment count. Nothing is told of fewer than three companies: no text where fewer
have such a case, no figure that fewer have given, and no rare word that stands in the cases of fewer. Cases of another
system are not told of: whose they are is unknown here, so nothing could keep their names out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from services import search_words, thesaurus_book, tips
from services.case_import import NUMBER as IMPORTED
from services.case_vector import quoted
from services.cases import Case
from services.companies import Company
from services.search import LONGEST, Query
from services.similar_masks import MASK, Read, secrets_of, secrets_of_place, shortened
from services.thesaurus import Thesaurus

if TYPE_CHECKING:
    from services.bundle import Services

COMPANIES = 3
"""Of fewer companies nothing is told."""
LOOKED_AT = 30
READ = 12
TOLD = 3
PROBLEM, GOAL = 100, 80
"""Letters of what is told of a case."""
WELL_TOLD = 40
"""From this score of the writing tips on, a case is one to learn from."""
COMMON = 1000
"""A word in so many cases is no company's own; rarer ones are counted."""
COUNTED = 50
_HOURS = (0, 5, 10, 20, 40, 80, 200)
_BUDGETS = (0, 10_000, 30_000, 50_000, 100_000, 200_000, 500_000, 10_000_000)
_PROPOSALS = (-1, 0, 2, 5, 10, 1000)
_USUAL = text("""
    SELECT word FROM unnest(CAST(:words AS text[]), CAST(:queries AS text[])) AS asked (word, query)
    WHERE (
        SELECT count(DISTINCT company_id) FROM (
            SELECT cases.company_id FROM case_index JOIN cases ON cases.id = case_index.case_id
            WHERE vector @@ CAST(asked.query AS tsquery) LIMIT :counted) AS few) >= :companies
""")

Range = tuple[int, int]


@dataclass(frozen=True)
class Example:
    """One case, as far as it is told: its problem and its goal; `industry` is a code of the programme's."""

    problem: str
    goal: str
    industry: str | None = None


@dataclass(frozen=True)
class Similar:
    """What is told of such cases: a few of them, of how many, and between what most lie: hours, yen that they can pay
    themselves, proposals that they got. None where too few said it; from nought on is up to the other.
    """

    examples: Sequence[Example] = ()
    count: int = 0
    hours: Range | None = None
    budget: Range | None = None
    proposals: Range | None = None


async def similar(services: Services, area: str, words: str) -> Similar:
    """What may be told of other companies' open cases in this area, those with these words first.

    For a registered company that writes a case of its own; raises Refusal for anybody else.
    """
    own = await services.companies.require_registered()
    cases, companies = await _found(services, own.id, area, words)
    owners = {case.id: case.company_id for case in cases}
    if len(set(owners.values())) < COMPANIES:
        return Similar()
    counts = await services.plans.counts(owners)
    hours = most(owners, {case.id: case.minutes / 60 for case in cases if case.minutes}, _HOURS)
    budget = most(owners, {case.id: case.budget_yen for case in cases if case.budget_yen}, _BUDGETS)
    proposals = most(owners, {case.id: counts.get(case.id, 0) for case in cases}, _PROPOSALS)
    return Similar(
        await _examples(services, cases, companies),
        len(cases),
        hours,
        budget,
        None if proposals is None else (proposals[0] + 1, proposals[1]),
    )


async def _found(
    services: Services, own_id: int, area: str, words: str
) -> tuple[list[Case], dict[int, Company]]:
    """Such cases with their companies, those with the words first; where they are few, whichever are new."""
    await services.flush()
    # The programme itself looks: its owner is no expert, and finds nothing in vain that anybody should know of.
    search = type(services)(services.connection, services.programme, services.clock, None).search
    asked = [words[:LONGEST], ""] if words.strip() else [""]
    found: dict[int, Case] = {}
    for one in asked:
        cases = (await search.find(Query(words=one, areas=(area,), limit=LOOKED_AT))).cases
        found |= {case.id: case for case in cases if case.company_id != own_id and case.id not in found}
        if len(found) >= LOOKED_AT // 2:
            break
    ids = {case.company_id for case in found.values()}
    companies = {
        company.id: company
        for company in await services.session.scalars(
            select(Company).where(Company.id.in_(ids), Company.number != IMPORTED)
        )
    }
    return [case for case in found.values() if case.company_id in companies][:LOOKED_AT], companies


def most(owners: Mapping[int, int], values: Mapping[int, float], edges: Sequence[int]) -> Range | None:
    """Between which edges (low excluded, high included) most lie, as close as it may be told; None of too few."""
    bins = [
        {case_id for case_id, value in values.items() if low < value <= high}
        for low, high in zip(edges, edges[1:], strict=False)
    ]
    for width in range(1, len(bins) + 1):
        runs = [(frozenset[int]().union(*bins[at : at + width]), at) for at in range(len(bins) - width + 1)]
        inside, at = max(runs, key=lambda run: len(run[0]))
        if 2 * len(inside) > len(values) and len({owners[case_id] for case_id in inside}) >= COMPANIES:
            return edges[at], edges[at + width]
    return None


async def _examples(
    services: Services, cases: Sequence[Case], companies: Mapping[int, Company]
) -> list[Example]:
    """The first cases that are told well and can be told at all, of one company each."""
    read = await asyncio.to_thread(_read, cases)
    doubtful = frozenset[str]().union(*(text.doubtful for _case, texts in read for text in texts))
    usual = await _usual(services, doubtful)
    thesaurus = await thesaurus_book.current(services.connection)
    industries = _industries(cases, companies)
    secrets = _secrets(cases, companies.values())
    told: dict[int, Example] = {}
    for case, texts in read:
        company = companies[case.company_id]
        parts = await asyncio.to_thread(_told, texts, usual, thesaurus, secrets)
        if company.id not in told and all(parts):
            told[company.id] = Example(*parts, company.industry if company.industry in industries else None)
    # What reads best comes first, of equals what is most like the words.
    return sorted(told.values(), key=lambda one: (one.problem + one.goal).count(MASK))[:TOLD]


def _read(cases: Sequence[Case]) -> list[tuple[Case, tuple[Read, Read]]]:
    well_told = [case for case in cases if tips.quality(_for_quality(case)).score >= WELL_TOLD]
    return [(case, (Read.of(case.issue), Read.of(case.goal))) for case in well_told[:READ]]


def _for_quality(case: Case) -> dict[str, str]:
    return {"title": case.title, "background": case.background, "issue": case.issue, "goal": case.goal}


def _secrets(cases: Iterable[Case], companies: Iterable[Company]) -> list[str]:
    """Whatever is known of all of these companies, for one may speak of another."""
    found: list[str] = []
    for one in companies:
        found += secrets_of(one.name, one.representative, one.number, one.street, one.phone, one.email)
        found += secrets_of_place(one.prefecture, one.city)
    for case in cases:
        found += secrets_of(case.number)
        found += secrets_of_place(case.prefecture, case.city)
    return list(dict.fromkeys(found))


def _told(
    texts: Sequence[Read], usual: Collection[str], thesaurus: Thesaurus, secrets: Sequence[str]
) -> tuple[str, str]:
    """The problem and the goal of a case, as far as they may be told; empty where nothing is left."""
    problem, goal = (text.told(usual, thesaurus, secrets) for text in texts)
    return shortened(problem, PROBLEM), shortened(goal, GOAL)


async def _usual(services: Services, words: Collection[str]) -> frozenset[str]:
    """The words that stand in open cases of enough companies."""
    counted = await search_words.counted(services.connection, words)
    common = {word for word in words if counted.get(word, 0) >= COMMON}
    rarer = sorted(set(words) - common)
    values: dict[str, Any] = {
        "words": rarer,
        "queries": [quoted(word) for word in rarer],
        "counted": COUNTED,
        "companies": COMPANIES,
    }
    found = await services.connection.execute(_USUAL, values)
    return frozenset(common | set(found.scalars()))


def _industries(cases: Sequence[Case], companies: Mapping[int, Company]) -> frozenset[str]:
    """The industries of enough companies with such a case."""
    codes = [companies[company_id].industry for company_id in {case.company_id for case in cases}]
    return frozenset(code for code in codes if codes.count(code) >= COMPANIES)
