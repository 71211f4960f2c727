"""The formation review: an agreed plan is checked as a whole and its money reserved, or it goes back (DOMAIN 6.4)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from locales import _
from services.companies import Company, Standing
from services.contract_records import TO_SIGN, Contract, ContractState
from services.experts import Expert
from services.formation_rules import (
    Finding,
    Side,
    Situation,
    Tie,
    all_of,
    findings,
    problems,
    same_address,
)
from services.ledger import Party
from services.plan_book import PlanBook
from services.plan_content import Room, answers
from services.plan_records import IN_REVIEW, Plan, PlanState
from services.plan_timers import EXPIRE
from services.refusals import Refusal
from services.reviews import Remark, Review, ReviewState
from services.secrets import vault

KIND = FORM = "plan"
RUNNING = (*TO_SIGN, ContractState.CONCLUDED)
"""A contract that counts against the number that a side may have at a time."""
EARLIER = 5


class Formation(PlanBook):
    """The formation review within one transaction; a plan is its `Subject`, of kind "plan"."""

    # --- its way through the review --------------------------------------------------------------------

    async def submit(self, plan: Plan) -> None:
        """Hand an agreed plan to the secretariat; the plan is locked by the caller."""
        content = await self.content(plan)
        given = answers(content) | {"declared": content.terms_version}
        await self._services.reviews.submit(KIND, plan.id, FORM, given)

    async def lock(self, subject_id: int) -> None:
        """Lock the plan's case or request, then the plan."""
        plan = await self.get(subject_id)
        assert plan is not None
        await self._lock(plan)

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether this person speaks for the company or is the expert."""
        plan = await self.get(subject_id)
        assert plan is not None
        return await self._services.companies.involves(
            plan.company_id, person_id
        ) or await self._services.experts.involves(plan.expert_id, person_id)

    async def decided(self, review: Review) -> None:
        """Reserve and prepare the contract, send the plan back with remarks, or end it.

        Raises Refusal, with all reasons at once, when an approval would break a requirement; then nothing has changed.
        """
        plan = await self.get(review.subject_id)
        assert plan is not None
        if plan.state != PlanState.AGREED:
            raise Refusal(_("Plan {number} is not agreed on any more.")(number=plan.number))
        match ReviewState(review.state):
            case ReviewState.APPROVED:
                self._services.reviews.require_checked(review)
                await self._approve(plan)
            case ReviewState.RETURNED:
                await self._send_back(plan, review)
            case _:
                await self._end(plan, PlanState.REJECTED, "formation rejected")
                await self._tell_both("plan.rejected", plan, review)

    async def _approve(self, plan: Plan) -> None:
        services = self._services
        content = await self.content(plan)
        # Nothing that is judged can change before it is reserved, for the accounts are locked first.
        situation = await self.situation(plan, binding=True)
        wrong = problems(situation, services.programme, services.now)
        if wrong:
            raise Refusal(
                all_of([_("This plan can't be approved as it is."), *(reason for _code, reason in wrong)])
            )
        honorarium = content.quote(services.programme).honorarium
        await services.ledger.reserve(plan, honorarium)
        plan.state = PlanState.APPROVED
        await services.session.flush()
        await services.timers.cancel(EXPIRE, plan.id)
        await services.audit.note(
            "formed", KIND, plan.id, revision=plan.revision, content={"honorarium": int(honorarium)}
        )
        await self._tell_expert("plan.approved", plan, formal=True)
        await self._tell_company("plan.approved", plan, formal=True)
        await services.contracts.prepare(plan)
        await self._redraw(plan)

    async def _send_back(self, plan: Plan, review: Review) -> None:
        """The company's agreement ends with what it agreed to; its case waits for the corrected plan."""
        plan.state = PlanState.RETURNED
        plan.agreed_by_sme_revision, plan.agreed_at = None, None
        await self._services.session.flush()
        await self._tell_both("plan.returned", plan, review)
        await self._redraw(plan)

    async def _tell_both(self, kind: str, plan: Plan, review: Review) -> None:
        await self._tell_expert(kind, plan, formal=True, review=review.id)
        await self._tell_company(kind, plan, formal=True, review=review.id)

    # --- what it is judged by --------------------------------------------------------------------------

    async def findings(self, plan: Plan) -> list[Finding]:
        """Every automatic requirement as it stands now, fulfilled or not."""
        return findings(await self.situation(plan), self._services.programme, self._services.now)

    async def situation(self, plan: Plan, *, binding: bool = False) -> Situation:
        """Everything that the requirements depend on; when `binding`, the accounts are locked first."""
        room = await self._left(plan, binding)
        row, (company, expert) = await self.revision(plan.id, plan.revision), await self.sides(plan)
        assert row is not None
        return Situation(
            content=row.content,
            minutes=row.minutes,
            company=await self._side(company, Contract.company_id == company.id, plan),
            expert=await self._side(expert, Contract.expert_id == expert.id, plan),
            qualification=expert.qualification,
            room=room,
            ties=await self.ties(company, expert),
            agreed=plan.agreed_by_sme_revision == plan.agreed_by_expert_revision == plan.revision,
            other_chosen=await self._other_chosen(plan),
            signing_open=await self._services.switches.is_open("agreement"),
        )

    async def sides(self, plan: Plan) -> tuple[Company, Expert]:
        """The company and the expert of a plan."""
        company = await self._services.companies.get(plan.company_id)
        expert = await self._services.experts.get(plan.expert_id)
        assert company is not None and expert is not None
        return company, expert

    async def _left(self, plan: Plan, binding: bool) -> Room:
        ledger = self._services.ledger
        if binding:
            return await ledger.room(plan.company_id, plan.expert_id)
        company = await ledger.account(Party.COMPANY, plan.company_id)
        expert = await ledger.account(Party.EXPERT, plan.expert_id)
        return Room(company.remaining, expert.remaining, await ledger.budget_left())

    async def _side(self, side: Company | Expert, whose: ColumnElement[bool], plan: Plan) -> Side:
        running = await self._services.session.scalar(
            select(func.count())
            .select_from(Contract)
            .where(whose, Contract.state.in_(RUNNING), Contract.plan_id != plan.id)
        )
        return Side(side.standing == Standing.COMPLETED, side.terms_version, running or 0)

    async def ties(self, company: Company, expert: Expert) -> frozenset[Tie]:
        """What the two have in common that forbids support (DOMAIN 10.3)."""
        members = await self._services.companies.members(company.id)
        accounts = await self._services.session.scalar(
            select(func.count())
            .select_from(Expert)
            .where(Expert.person_id.in_(members), Expert.id != expert.id)
            .where(Expert.bank_hash.in_(vault().hashes(expert.account.key)))
        )
        house = f"{company.prefecture}{company.city}{company.street}"
        held = {
            Tie.PERSON: expert.person_id in members,
            Tie.ACCOUNT: bool(accounts),
            Tie.ADDRESS: _postal(company) == _postal(expert) and same_address(house, expert.address),
            Tie.PHONE: company.phone == expert.phone,
            Tie.EMAIL: company.email.casefold() == expert.email.casefold(),
        }
        return frozenset(tie for tie, holds in held.items() if holds)

    async def _other_chosen(self, plan: Plan) -> str | None:
        if plan.case_id is None:
            return None
        return await self._services.session.scalar(
            select(Plan.number)
            .where(Plan.case_id == plan.case_id, Plan.id != plan.id)
            .where(Plan.state.in_((*IN_REVIEW, PlanState.APPROVED)))
            .limit(1)
        )

    # --- what else a reviewer should know --------------------------------------------------------------

    async def earlier(self, plan: Plan) -> list[tuple[Plan, list[Remark]]]:
        """Other plans of the same expert or company that were returned or rejected, and why; the newest first."""
        rows = await self._services.session.execute(
            select(Plan, Review)
            .join(Review, (Review.kind == KIND) & (Review.subject_id == Plan.id))
            .where((Plan.expert_id == plan.expert_id) | (Plan.company_id == plan.company_id))
            .where(Plan.id != plan.id, Review.state.in_((ReviewState.RETURNED, ReviewState.REJECTED)))
            .order_by(Review.id.desc())
            .limit(EARLIER)
        )
        return [(other, review.remark_list) for other, review in rows]

    async def returned(self, plan: Plan) -> Review | None:
        """The review that returned a plan, while it waits to be corrected."""
        return (
            await self._services.reviews.latest(KIND, plan.id) if plan.state == PlanState.RETURNED else None
        )


def _postal(side: Company | Expert) -> str:
    return side.postal_code.replace("-", "")
