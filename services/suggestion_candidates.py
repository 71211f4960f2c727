"""Whom and what a suggestion chooses from: a bounded number of experts for a case, or of cases for an expert."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from services import expert_index, search_words, suggestion_facts
from services.case_interest import is_hidden
from services.case_records import OPEN_STATES, Case, Mode
from services.case_vector import FILTER, quoted
from services.companies import Company, Standing
from services.contract_records import Contract
from services.expert_records import EVERYWHERE, Expert, Way
from services.fees import largest_minutes_within
from services.ledger_records import Party
from services.suggestion_fit import Able, Aside, Fit, Rarity, Why, Wish, fit
from services.suggestion_records import Suggestion
from services.suggestion_scores import rarity, table
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

EXPERTS, CASES = 500, 300
"""How many are scored at most."""
FEW = 20
"""With fewer experts who offer the area, those whose experience tells of the case are looked at too."""
ASIDES = 50
"""Of so many cases that an expert set aside, the latest, others like them step back."""
OFFER = (
    Expert.id,
    Expert.areas,
    Expert.regions,
    Expert.modes,
    Expert.hourly_price_yen,
    Expert.phase1_paid_yen,
    Expert.qualification,
)
WANTED = (
    Case.id,
    Case.company_id,
    Case.area,
    Case.prefecture,
    Case.mode,
    Case.minutes,
    Case.budget_yen,
    Case.proposal_deadline,
    Company.industry,
    Company.phase1_used_yen,
)
"""Nothing of what is encrypted: hundreds are looked at, and few are shown."""
_EXPERTS = text("""
    WITH fitting AS MATERIALIZED (
        SELECT expert_id, vector @@ CAST(:telling AS tsquery) AS tells
        FROM expert_index WHERE vector @@ CAST(:condition AS tsquery)),
    chosen AS MATERIALIZED (
        SELECT expert_id FROM fitting JOIN experts ON experts.id = expert_id
        WHERE standing = :standing AND wants_matching AND hourly_price_yen > :least
            AND (CAST(:only AS bigint) IS NULL OR expert_id = CAST(:only AS bigint))
        ORDER BY tells DESC, hashint8extended(expert_id, CAST(:case AS bigint)) LIMIT :most)
    SELECT expert_id AS id,
        ARRAY(SELECT unnest(tsvector_to_array(vector)) INTERSECT SELECT unnest(CAST(:words AS text[]))) AS shared
    FROM chosen JOIN expert_index USING (expert_id)
""")
_CASES = text("""
    WITH fitting AS MATERIALIZED (
        SELECT case_id, published_at FROM case_index WHERE vector @@ CAST(:condition AS tsquery)),
    newest AS MATERIALIZED (
        SELECT case_id FROM fitting ORDER BY published_at DESC, case_id DESC LIMIT :most)
    SELECT case_id AS id,
        ARRAY(SELECT unnest(tsvector_to_array(vector)) INTERSECT SELECT unnest(CAST(:words AS text[]))) AS shared
    FROM newest JOIN case_index USING (case_id)
""")


class Barrier(StrEnum):
    """Why somebody who could support a case is not suggested for it."""

    UNQUALIFIED = "unqualified"
    FULL = "full"
    BUSY = "busy"
    HEARD = "heard"
    RELATED = "related"


@dataclass(frozen=True)
class Candidate:
    """An expert who can support a case where its company wants it; with a barrier, is not suggested."""

    expert_id: int
    fit: Fit
    barrier: Barrier | None


async def wishes(services: Services, case_ids: Collection[int]) -> list[Wish]:
    """These cases, as far as experts find them open now, and their companies can still be supported."""
    rows = (
        await services.session.execute(
            select(*WANTED)
            .join(Company, Company.id == Case.company_id)
            .where(suggestion_facts.among(Case.id, case_ids), Case.state.in_(OPEN_STATES), ~is_hidden())
            .where(Case.proposal_deadline >= services.clock.today(), Company.standing == Standing.COMPLETED)
        )
    ).all()
    declared = {row.company_id: row.phase1_used_yen for row in rows}
    rooms = await suggestion_facts.rooms(services, Party.COMPANY, declared)
    running = await suggestion_facts.running(services, Contract.company_id, declared)
    proposals = await suggestion_facts.proposals(services, case_ids)
    most = services.programme.limits.live_contracts_sme
    return [
        _wish(row, rooms[row.company_id], proposals.get(row.id, 0))
        for row in rows
        if running.get(row.company_id, 0) < most and rooms[row.company_id] > 0
    ]


def _wish(case: Any, room: Yen, proposals: int) -> Wish:
    return Wish(
        case.id,
        case.company_id,
        case.area,
        case.industry,
        case.prefecture,
        case.mode != Mode.VISIT,
        case.mode != Mode.ONLINE,
        case.minutes,
        None if case.budget_yen is None else Yen(case.budget_yen),
        case.proposal_deadline,
        room,
        proposals,
    )


async def ables(
    services: Services, experts: Sequence[Any], case_id: int = 0
) -> dict[int, tuple[Able, Barrier | None]]:
    """These experts (all of `OFFER`) as they stand, each with what bars them from every case."""
    ids = [expert.id for expert in experts]
    rooms = await suggestion_facts.rooms(
        services, Party.EXPERT, {expert.id: expert.phase1_paid_yen for expert in experts}
    )
    contracts = await suggestion_facts.running(services, Contract.expert_id, ids)
    plans = await suggestion_facts.proposing(services, ids)
    areas, trades = await suggestion_facts.finished(services, ids)
    lately = await suggestion_facts.lately(services, ids, case_id) if case_id else {}
    found = {}
    for expert in experts:
        busy = contracts.get(expert.id, 0) + plans.get(expert.id, 0)
        able = Able(
            expert.id,
            expert.areas,
            Way.ONLINE in expert.modes,
            _regions(expert),
            Yen(expert.hourly_price_yen),
            rooms[expert.id],
            busy,
            lately.get(expert.id, 0),
            areas.get(expert.id, {}),
            trades.get(expert.id, {}),
        )
        found[expert.id] = able, _barrier(services, expert, able)
    return found


def _regions(expert: Any) -> Sequence[str] | None:
    """Where an expert goes; None for everywhere."""
    if Way.VISIT not in expert.modes:
        return ()
    return None if EVERYWHERE in expert.regions else expert.regions


def _barrier(services: Services, expert: Any, able: Able) -> Barrier | None:
    programme = services.programme
    known = {item.code for item in programme.qualifications}
    if programme.terms_at(services.now).qualification_required and expert.qualification not in known:
        return Barrier.UNQUALIFIED
    if largest_minutes_within(able.price, able.room, programme.rates) < programme.limits.least_minutes:
        return Barrier.FULL
    return Barrier.BUSY if able.busy >= programme.limits.live_contracts_expert else None


async def experts_for(
    services: Services, wish: Wish, words: Mapping[str, str], only: int | None = None
) -> list[Candidate]:
    """The experts who can support a case where its company wants it, at most five hundred, or this one alone.

    `words` are what the case's texts say, by the forms under which an index holds them. Of very many experts
    those are taken whose experience tells of the case, then others in an order that differs from case to case.
    """
    place = expert_index.reachable(wish)
    found = await _experts(services, wish, words, f"{expert_index.offering(wish.area)} & {place}", only)
    if words and len(found) < FEW:
        wider = f"{expert_index.any_of([*words])} & {place}"
        found = {**await _experts(services, wish, words, wider, only), **found}
    heard = await suggestion_facts.heard_of(services, wish.case_id, wish.company_id)
    rows = await services.session.execute(select(*OFFER).where(suggestion_facts.among(Expert.id, found)))
    standing = await ables(services, rows.all(), wish.case_id)
    weighed = await _weigh(services, {form for forms in found.values() for form in forms})
    today, programme = services.clock.today(), services.programme
    candidates = []
    for expert_id, (able, barrier) in standing.items():
        shared = _shared(found[expert_id], words, weighed)
        together = fit(wish, able, shared, today, programme.rates)
        if expert_id in heard:
            barrier = Barrier.HEARD
        elif barrier is None and together.possible < programme.limits.least_minutes:
            barrier = Barrier.FULL
        candidates.append(Candidate(expert_id, together, barrier))
    return candidates


async def _experts(
    services: Services, wish: Wish, words: Mapping[str, str], condition: str, only: int | None
) -> dict[int, list[str]]:
    rows = await services.connection.execute(
        _EXPERTS,
        {
            "condition": condition,
            "telling": expert_index.any_of([*words]) if words else "",
            "words": [*words],
            "standing": Standing.COMPLETED,
            "least": int(services.programme.money.self_paid_minimum),
            "only": only,
            "case": wish.case_id,
            "most": EXPERTS,
        },
    )
    return {row.id: row.shared for row in rows}


async def cases_for(services: Services, expert: Expert, words: Mapping[str, str]) -> list[tuple[Wish, Fit]]:
    """The newest open cases in an expert's areas, or that tell of the same things, which the expert could support.

    None for an expert who is barred from every case.
    """
    able, barrier = (await ables(services, [expert]))[expert.id]
    place = _supportable(able)
    if barrier is not None or not place or able.price <= services.programme.money.self_paid_minimum:
        return []
    areas = _one_of([f"a:{area}" for area in able.areas])
    found = await _cases(services, words, f"{areas} & {place}", CASES)
    if words:
        found = {
            **await _cases(services, words, f"{expert_index.any_of([*words])} & {place}", CASES // 3),
            **found,
        }
    known = await suggestion_facts.known_cases(services, expert.id)
    weighed = await _weigh(services, {form for forms in found.values() for form in forms})
    asides = await _asides(services, expert.id)
    today, programme = services.clock.today(), services.programme
    fitting = []
    for wish in await wishes(services, found.keys() - known):
        shared = _shared(found[wish.case_id], words, weighed)
        together = fit(wish, able, shared, today, programme.rates, asides)
        if (together.online or together.on_site) and together.possible >= programme.limits.least_minutes:
            fitting.append((wish, together))
    return fitting


async def _cases(
    services: Services, words: Mapping[str, str], condition: str, most: int
) -> dict[int, list[str]]:
    wanted = {"condition": condition, "words": [*words], "most": most}
    return {row.id: row.shared for row in await services.connection.execute(_CASES, wanted)}


def _supportable(able: Able) -> str:
    """A tsquery for the cases that an expert can support where and how they want it."""
    ways = [_one_of([f"m:{Mode.ONLINE}", f"m:{Mode.EITHER}"])] if able.online else []
    on_site = _one_of([f"m:{Mode.VISIT}", f"m:{Mode.EITHER}"])
    if able.regions is None:
        ways.append(on_site)
    elif able.regions:
        ways.append(f"({on_site} & {_one_of([f'p:{region}' for region in able.regions])})")
    return f"({' | '.join(ways)})" if ways else ""


def _one_of(filters: Sequence[str]) -> str:
    return "(" + " | ".join(quoted(FILTER + one) for one in filters) + ")"


async def _asides(services: Services, expert_id: int) -> list[Aside]:
    """What an expert has set aside, and said why."""
    rows = await services.session.execute(
        select(Suggestion.aside_for, Case.area, Case.prefecture, Case.minutes, Case.budget_yen)
        .join(Case, Case.id == Suggestion.case_id)
        .where(Suggestion.expert_id == expert_id, Suggestion.aside_for.is_not(None))
        .order_by(Suggestion.aside_at.desc())
        .limit(ASIDES)
    )
    return [
        Aside(Why(why), area, prefecture, minutes, None if budget is None else Yen(budget))
        for why, area, prefecture, minutes, budget in rows
        if why is not None
    ]


async def _weigh(services: Services, forms: Collection[str]) -> dict[str, Rarity]:
    """How much each of these words says among the open cases; those that say nothing are left out."""
    cases = await search_words.counted(services.connection, forms)
    of_all = cases.get(search_words.ALL, 0)
    weighed = {form: rarity(cases.get(form, 1), of_all, table()) for form in forms}
    return {form: said for form, said in weighed.items() if said is not None}


def _shared(
    forms: Sequence[str], words: Mapping[str, str], weighed: Mapping[str, Rarity]
) -> list[tuple[str, Rarity]]:
    """The words as they are written, each once, with the most that any of its forms says."""
    said: dict[str, Rarity] = {}
    for form in forms:
        if form in weighed and said.get(words[form]) is not Rarity.RARE:
            said[words[form]] = weighed[form]
    return sorted(said.items())


def counted(candidates: Sequence[Candidate]) -> dict[Barrier, int]:
    """How many of the candidates each barrier keeps out."""
    found: dict[Barrier, int] = {}
    for candidate in candidates:
        if candidate.barrier is not None:
            found[candidate.barrier] = found.get(candidate.barrier, 0) + 1
    return found
