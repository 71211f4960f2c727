"""Suggestions: cases for an expert, experts for a case, each with its reasons, and letting an expert know of a case.

What is suggested excludes whoever could not conclude a contract, has heard of the case already, or is related to
the company; how well the others fit is scored by a table (`suggestion_scores`).
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from locales import _
from services import expert_index, suggestion_candidates, thesaurus_book
from services.cases import GONE, OPEN_STATES, Case
from services.companies import Company, Standing
from services.contract_records import PAYABLE, Contract
from services.experts import Expert
from services.programme import Deadline
from services.refusals import Refusal
from services.suggestion_candidates import Barrier
from services.suggestion_fit import Fit, Why, Wish
from services.suggestion_records import Suggestion
from services.suggestion_scores import Named, Score, points, score, table
from services.suggestion_words import telling

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Barrier", "SuggestedCase", "SuggestedExpert", "SuggestedExperts", "Suggestions", "Why"]

MOST_CASES, MOST_EXPERTS = 20, 10
MOST_KNOWN = 5
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('suggestions of expert ' || :id, 0))")


@dataclass(frozen=True)
class SuggestedCase:
    """A case that suits the acting expert, and why."""

    case: Case
    score: Score


@dataclass(frozen=True)
class SuggestedExpert:
    """An expert who suits a case, and why."""

    expert: Expert
    score: Score


@dataclass(frozen=True)
class SuggestedExperts:
    """The experts who suit a case best, how many others each barrier keeps out, and how many were told of it."""

    experts: Sequence[SuggestedExpert]
    barred: Mapping[Barrier, int]
    told: int


class Suggestions:
    """Suggestions within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ranked: list[tuple[Wish, Fit]] | None = None

    # --- cases for an expert ---------------------------------------------------------------------------

    async def for_me(self, limit: int = MOST_CASES) -> list[SuggestedCase]:
        """The open cases that suit the acting expert best; none for others, and for who wants no matching."""
        expert = await self._services.experts.mine()
        if expert is None or expert.standing != Standing.COMPLETED or not expert.wants_matching:
            return []
        if self._ranked is None:
            self._ranked = await self._rank_cases(expert) if await self._is_open() else []
        wanted = min(limit, MOST_CASES)
        found: list[SuggestedCase] = []
        for start in range(0, len(self._ranked), wanted):
            some = self._ranked[start : start + wanted]
            known = await self._with_companies([wish.case_id for wish, _together in some])
            for wish, together in some:
                case, company = known[wish.case_id]
                if len(found) < wanted and not await self._services.formation.ties(company, expert):
                    found.append(SuggestedCase(case, self._score(together, wish)))
            if len(found) == wanted:
                break
        return found

    async def _is_open(self) -> bool:
        """Whether plans may be proposed now."""
        services = self._services
        return services.programme.is_open(
            Deadline.CONTRACT, services.now
        ) and await services.switches.is_open("plans")

    async def _rank_cases(self, expert: Expert) -> list[tuple[Wish, Fit]]:
        services = self._services
        words = await expert_index.words_of(services, expert.id)
        fitting = await suggestion_candidates.cases_for(services, expert, words)
        found = {wish.case_id: (wish, together) for wish, together in fitting}
        best = _best({wish.case_id: together for wish, together in fitting}, expert.id)
        return [found[case_id] for case_id in best]

    async def _telling(self, texts: Sequence[str]) -> dict[str, str]:
        thesaurus = await thesaurus_book.current(self._services.connection)
        return await asyncio.to_thread(telling, texts, thesaurus, self._services.programme)

    def _score(self, together: Fit, wish: Wish) -> Score:
        programme = self._services.programme
        trade = programme.industry(wish.industry).label
        return score(together, Named(programme.area(wish.area).label, wish.prefecture, trade), table())

    async def _with_companies(self, case_ids: Sequence[int]) -> dict[int, tuple[Case, Company]]:
        rows = await self._services.session.execute(
            select(Case, Company).join(Company, Company.id == Case.company_id).where(Case.id.in_(case_ids))
        )
        return {case.id: (case, company) for case, company in rows}

    async def set_aside(self, case_id: int, why: Why | None = None) -> Case:
        """Suggest a case to the acting expert no more, and such cases less, where a reason is given; raises Refusal."""
        expert, case = await self._of_mine(case_id)
        reason = None if why is None else why.value
        await self._keep(case.id, expert.id, {"aside_at": self._services.now, "aside_for": reason})
        await self._services.audit.note("set aside", "case", case.id, reason=reason)
        self._services.notices.home(expert.person_id)
        return case

    async def take_up(self, case_id: int) -> Case:
        """Suggest a case again that the acting expert had set aside; raises Refusal."""
        expert, case = await self._of_mine(case_id)
        await self._services.session.execute(
            update(Suggestion)
            .where(Suggestion.case_id == case.id, Suggestion.expert_id == expert.id)
            .values(aside_at=None, aside_for=None)
        )
        await self._services.audit.note("taken up again", "case", case.id)
        self._services.notices.home(expert.person_id)
        return case

    async def _of_mine(self, case_id: int) -> tuple[Expert, Case]:
        expert = await self._services.experts.require_registered()
        case = await self._services.cases.get(case_id)
        if case is None or case.state not in (*OPEN_STATES, *GONE):
            raise Refusal(_("This case is not open."))
        return expert, case

    async def _keep(self, case_id: int, expert_id: int, values: Mapping[str, object]) -> None:
        await self._services.session.execute(
            insert(Suggestion)
            .values(case_id=case_id, expert_id=expert_id, **values)
            .on_conflict_do_update(index_elements=["case_id", "expert_id"], set_=dict(values))
        )

    # --- experts for a case ----------------------------------------------------------------------------

    async def experts_for(self, case_id: int, *, by_company: bool) -> SuggestedExperts:
        """At most ten experts who suit a case, for its company or for the secretariat; raises Refusal.

        Whoever is suggested steps back for some days where others fit as well.
        """
        case = await self._case(case_id, by_company)
        chosen, barred = await self._choose(case, MOST_EXPERTS)
        # In the order of their ids: two who look at once must not wait for each other in a circle.
        for expert_id in sorted(one.expert.id for one in chosen):
            await self._keep(case.id, expert_id, {"shown_at": self._services.now})
        return SuggestedExperts(chosen, barred, len(await self.told(case.id)))

    async def expert_for(self, case_id: int, expert_id: int) -> Expert:
        """One expert who suits a case of the acting person's company; raises Refusal for any other."""
        case = await self._case(case_id, by_company=True)
        return await self._suiting(case, expert_id)

    async def _suiting(self, case: Case, expert_id: int) -> Expert:
        chosen, _barred = await self._choose(case, 1, expert_id)
        if not chosen:
            raise Refusal(_("This expert can't take the case on at the moment, or knows it already."))
        return chosen[0].expert

    async def anybody_for(self, case: Case) -> bool:
        """Whether there is an expert to be suggested for a case."""
        if not await self._is_open():
            return False
        try:
            chosen, _barred = await self._choose(case, 1)
        except Refusal:
            return False
        return bool(chosen)

    async def told(self, case_id: int) -> dict[int, datetime]:
        """The experts who were told of a case, and when."""
        rows = await self._services.session.execute(
            select(Suggestion.expert_id, Suggestion.told_at).where(
                Suggestion.case_id == case_id, Suggestion.told_at.is_not(None)
            )
        )
        return {expert_id: told_at for expert_id, told_at in rows if told_at is not None}

    async def _case(self, case_id: int, by_company: bool) -> Case:
        """An open case of the acting person's company, or any for a clerk who has no part in it."""
        services = self._services
        if by_company:
            await services.companies.require_registered()
            await services.cases.own(case_id)
        else:
            clerk = await services.secretariat.require()
            if await services.cases.involves(case_id, clerk.id):
                raise Refusal(_("You have a part in this yourself, so a colleague must decide."))
        await services.plans.require_proposing()
        return await services.cases.open(case_id)

    async def _choose(
        self, case: Case, limit: int, only: int | None = None
    ) -> tuple[list[SuggestedExpert], dict[Barrier, int]]:
        """The experts who suit best, and how many each barrier keeps out; raises Refusal when no contract is possible."""
        services = self._services
        wishes = await suggestion_candidates.wishes(services, [case.id])
        if not wishes:
            raise Refusal(
                _(
                    "No contract is possible for this case now: its company's limit is reached, or it is hidden."
                )
            )
        [wish], words = wishes, await self._telling(expert_index.texts_of(case))
        candidates = await suggestion_candidates.experts_for(services, wish, words, only)
        fits = {one.expert_id: one.fit for one in candidates if one.barrier is None}
        barred = suggestion_candidates.counted(candidates)
        chosen: list[SuggestedExpert] = []
        company = await services.companies.get(case.company_id)
        assert company is not None
        for expert_id in _best(fits, case.id):
            if len(chosen) == limit:
                break
            expert = await services.experts.get(expert_id)
            assert expert is not None
            if await services.formation.ties(company, expert):
                barred[Barrier.RELATED] = barred.get(Barrier.RELATED, 0) + 1
            else:
                chosen.append(SuggestedExpert(expert, self._score(fits[expert_id], wish)))
        return chosen, barred

    async def recommend(self, case_id: int, expert_id: int, *, by_company: bool) -> Expert:
        """Let an expert know of a case, for its company or the secretariat: once, and of few cases a day.

        Raises Refusal for who is not suggested for it now, and when the day's number, or the case's, is reached.
        """
        services = self._services
        await services.cases.lock(case_id)
        case = await self._case(case_id, by_company)
        await services.session.execute(_ONE_AT_A_TIME, {"id": expert_id})
        if expert_id in await self.told(case.id):
            raise Refusal(_("This expert has been told of the case already."))
        expert = await self._suiting(case, expert_id)
        await self._require_few(case_id, expert_id, by_company)
        assert services.person is not None
        told = {"told_at": services.now, "told_by": services.person.id, "by_company": by_company}
        await self._keep(case.id, expert.id, told)
        reason = "by the company" if by_company else "by the secretariat"
        content = {"expert": expert.id}
        await services.audit.note("recommended", "case", case.id, reason=reason, content=content)
        services.notices.tell("case.recommended", expert.person_id, case=case.id, by_company=int(by_company))
        services.notices.home(expert.person_id)
        return expert

    async def _require_few(self, case_id: int, expert_id: int, by_company: bool) -> None:
        """Refuse to tell one expert of too many cases in a day, and too many experts of one case."""
        services, limits = self._services, self._services.programme.limits
        zone = services.programme.calendar.time_zone
        since = datetime.combine(services.programme.today(services.now), time(0), zone).astimezone(UTC)
        today = await services.session.scalar(
            select(func.count()).where(Suggestion.expert_id == expert_id, Suggestion.told_at >= since)
        )
        if (today or 0) >= limits.recommendations_a_day:
            raise Refusal(_("This expert has been told of enough cases today. Please try tomorrow."))
        if by_company and len(await self.told(case_id)) >= limits.recommendations_a_case:
            raise Refusal(_("Enough experts have been told of this case. Please wait for their answers."))

    # --- experts whom a company knows ------------------------------------------------------------------

    async def known(self) -> list[Expert]:
        """Experts who have supported the acting person's company here, and can be asked directly now, the latest first."""
        company: Company | None = await self._services.companies.mine()
        if company is None:
            return []
        ids = await self._services.session.scalars(
            select(Contract.expert_id)
            .where(Contract.company_id == company.id, Contract.state.in_(PAYABLE))
            .group_by(Contract.expert_id)
            .order_by(func.max(Contract.id).desc())
            .limit(MOST_KNOWN)
        )
        found = []
        for expert_id in ids.all():
            try:
                _company, expert = await self._services.requests.require_possible(expert_id)
            except Refusal:
                continue
            found.append(expert)
        return found


def _best(fits: Mapping[int, Fit], other_id: int) -> list[int]:
    """Those with enough points, the best first; among equals in an order that differs from one to another."""
    scored = ((points(one, table()), of) for of, one in fits.items())
    enough = [
        (-count, zlib.crc32(f"{other_id} {of}".encode()), of)
        for count, of in scored
        if count >= table().least
    ]
    return [of for _count, _turn, of in sorted(enough)]
