"""Finding plans, locking them in order, and ending them: what every change of a plan has in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, cast, func, select

from locales import _
from services.cases import Case, CaseState
from services.companies import Company, MemberRow
from services.experts import Expert
from services.plan_content import Content, Room
from services.plan_records import IN_REVIEW, LIVE, Plan, PlanNote, PlanRevision, PlanState
from services.refusals import Refusal
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

UNKNOWN = _("We cannot find this plan. Please look at the list.")
STATES = {
    PlanState.SENT: _("New proposal"),
    PlanState.KEPT: _("Kept"),
    PlanState.IN_DISCUSSION: _("In talks"),
    PlanState.AGREED: _("Agreed, waits for the formation review"),
    PlanState.RETURNED: _("Returned by the secretariat"),
    PlanState.APPROVED: _("Approved"),
    PlanState.REJECTED: _("Not approved"),
    PlanState.DECLINED: _("Declined"),
    PlanState.WITHDRAWN: _("Withdrawn by the expert"),
    PlanState.SUPERSEDED: _("Another plan was agreed"),
    PlanState.EXPIRED: _("Ended without agreement"),
}
"""What each state is called, to both sides."""


class PlanBook:
    """Plans within one transaction: reading, locking, ending."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, plan_id: int) -> Plan | None:
        """A plan by its id."""
        return await self._services.session.get(Plan, plan_id)

    async def revision(self, plan_id: int, revision: int) -> PlanRevision | None:
        """What a plan said at one of its revisions."""
        return await self._services.session.get(PlanRevision, (plan_id, revision))

    async def content(self, plan: Plan, revision: int | None = None) -> Content:
        """What a plan says now, or said at an earlier revision; raises Refusal for one that never was."""
        row = await self.revision(plan.id, plan.revision if revision is None else revision)
        if row is None:
            raise Refusal(UNKNOWN)
        return row.content

    async def for_case(self, case_id: int, states: Sequence[PlanState] = LIVE) -> list[Plan]:
        """The plans for a case, the company's own share ascending, so that they can be compared."""
        return await self._cheapest_first(Plan.case_id == case_id, states)

    async def for_company(self, company_id: int, states: Sequence[PlanState] = LIVE) -> list[Plan]:
        """Every plan proposed to a company, the company's own share ascending."""
        return await self._cheapest_first(Plan.company_id == company_id, states)

    async def _cheapest_first(self, condition: Any, states: Sequence[PlanState]) -> list[Plan]:
        # Two integers of PostgreSQL multiplied may be more than it takes for one.
        price = cast(PlanRevision.price_yen, BigInteger)
        share = price * PlanRevision.minutes / 60 - PlanRevision.honorarium_yen
        return list(
            await self._services.session.scalars(
                select(Plan)
                .join(
                    PlanRevision,
                    (PlanRevision.plan_id == Plan.id) & (PlanRevision.revision == Plan.revision),
                )
                .where(condition, Plan.state.in_(states))
                .order_by(share, Plan.id)
            )
        )

    async def mine(self, limit: int = 50) -> list[Plan]:
        """The acting expert's plans: live ones first, each group the latest first."""
        expert = await self._services.experts.mine()
        if expert is None:
            return []
        return list(
            await self._services.session.scalars(
                select(Plan)
                .where(Plan.expert_id == expert.id)
                .order_by(Plan.state.in_(LIVE).desc(), Plan.id.desc())
                .limit(limit)
            )
        )

    async def live_of(
        self, expert_id: int, *, case_id: int | None = None, request_id: int | None = None
    ) -> Plan | None:
        """The live plan of an expert for a case or a request; there is at most one."""
        where = Plan.case_id == case_id if case_id is not None else Plan.request_id == request_id
        plan: Plan | None = await self._services.session.scalar(
            select(Plan).where(Plan.expert_id == expert_id, where, Plan.state.in_(LIVE))
        )
        return plan

    async def count_for_case(self, case_id: int) -> int:
        """How many proposals a case has had, without those withdrawn."""
        return (await self.counts([case_id])).get(case_id, 0)

    async def counts(self, case_ids: Iterable[int]) -> dict[int, int]:
        """How many proposals each of these cases has had, without those withdrawn; none where it is missing."""
        rows = await self._services.session.execute(
            select(Plan.case_id, func.count())
            .where(Plan.case_id.in_(list(case_ids)), Plan.state != PlanState.WITHDRAWN)
            .group_by(Plan.case_id)
        )
        return {case_id: count for case_id, count in rows if case_id is not None}

    async def notes(self, plan_id: int) -> list[PlanNote]:
        """What both sides wrote on a plan, oldest first, as it was written."""
        return list(
            await self._services.session.scalars(
                select(PlanNote).where(PlanNote.plan_id == plan_id).order_by(PlanNote.id)
            )
        )

    async def get_note(self, note_id: int) -> PlanNote | None:
        """One note by its id."""
        return await self._services.session.get(PlanNote, note_id)

    # --- whose it is -----------------------------------------------------------------------------------

    async def of_my_company(self, plan_id: int) -> tuple[Plan, Company]:
        """A plan that was proposed to the acting person's company; raises Refusal for any other."""
        plan, company = await self.get(plan_id), await self._services.companies.mine()
        if plan is None or company is None or plan.company_id != company.id:
            raise Refusal(UNKNOWN)
        return plan, company

    async def of_mine(self, plan_id: int) -> tuple[Plan, Expert]:
        """A plan of the acting expert; raises Refusal for any other."""
        plan, expert = await self.get(plan_id), await self._services.experts.mine()
        if plan is None or expert is None or plan.expert_id != expert.id:
            raise Refusal(UNKNOWN)
        return plan, expert

    async def _require_signatory(self, company: Company) -> None:
        assert self._services.person is not None
        row = await self._services.session.get(MemberRow, (company.id, self._services.person.id))
        if row is None or not row.signatory:
            raise Refusal(_("Only somebody who may sign for your business can agree."))

    async def require_apart(self, company: Company, expert: Expert) -> None:
        """Nobody supports a business that he speaks for, or shares phone or e-mail with (DOMAIN 6.4, 10.3)."""
        same = expert.person_id in await self._services.companies.members(company.id)
        if same or company.phone == expert.phone or company.email.casefold() == expert.email.casefold():
            raise Refusal(_("Support for yourself, your family or related companies is not covered."))

    # --- locks, in their order: case or request, plans by id, caps (DESIGN 13.7) ------------------------

    async def _lock(self, plan: Plan) -> list[Plan]:
        """Lock the case or request of a plan, then all of its live plans and this one, by id."""
        await self._lock_subject(plan)
        where = Plan.case_id == plan.case_id if plan.case_id else Plan.request_id == plan.request_id
        return list(
            await self._services.session.scalars(
                select(Plan)
                .where(where, (Plan.state.in_(LIVE)) | (Plan.id == plan.id))
                .order_by(Plan.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        )

    async def _lock_subject(self, plan: Plan) -> None:
        if plan.case_id is not None:
            await self._services.cases.lock(plan.case_id)
        elif plan.request_id is not None:
            await self._services.requests.lock(plan.request_id)

    async def _room(self, plan: Plan) -> Room:
        """What caps and budget have left for a plan, beside what others were agreed on and not yet approved.

        The accounts are locked, so that two agreements at once cannot overlook each other.
        """
        room = await self._services.ledger.room(plan.company_id, plan.expert_id)
        return Room(
            room.sme - await self.promised(Plan.company_id == plan.company_id, Plan.id != plan.id),
            room.expert - await self.promised(Plan.expert_id == plan.expert_id, Plan.id != plan.id),
            room.budget - await self.promised(Plan.id != plan.id),
        )

    async def promised(self, *whose: Any) -> Yen:
        """The honorarium of those plans that wait for the formation review, or were returned by it: agreed, not reserved."""
        total = await self._services.session.scalar(
            select(func.coalesce(func.sum(PlanRevision.honorarium_yen), 0))
            .join(Plan, (PlanRevision.plan_id == Plan.id) & (PlanRevision.revision == Plan.revision))
            .where(Plan.state.in_(IN_REVIEW), *whose)
        )
        return Yen(int(total or 0))

    # --- what several changes do -----------------------------------------------------------------------

    def require_before_contract(self, plan: Plan) -> None:
        """Refuses what can only be done with a plan that has not ended, and whose contract is not prepared yet."""
        self.require_live(plan)
        if plan.state == PlanState.APPROVED:
            raise Refusal(
                _("Plan {number} is approved. What comes next is done on its contract.")(number=plan.number)
            )

    def require_live(self, plan: Plan) -> None:
        """Refuses what can only be done with a plan that has not ended."""
        if not plan.live:
            raise Refusal(
                _("Plan {number} has ended: {state}.")(
                    number=plan.number, state=STATES[PlanState(plan.state)]
                )
            )

    def _require_revision(self, plan: Plan, revision: int) -> None:
        if plan.revision != revision:
            raise Refusal(
                _("Plan {number} has changed since: it is at revision {revision} now. Please look again.")(
                    number=plan.number, revision=plan.revision
                )
            )

    async def _end(self, plan: Plan, state: PlanState, action: str, reason: str | None = None) -> None:
        """Bring a locked plan to an end; a case whose chosen plan ends goes back to its talks."""
        if plan.state in IN_REVIEW:
            await self._reopen(plan)
        plan.state, plan.ended_at = state, self._services.now
        await self._services.session.flush()
        await self._services.audit.note(action, "plan", plan.id, revision=plan.revision, reason=reason)
        await self._services.timers.cancel("plan.expire", plan.id)
        await self._redraw(plan)

    async def _reopen(self, plan: Plan) -> None:
        """Take the agreement on a locked plan back: nothing is left to review, and the case is in talks again."""
        plan.agreed_by_sme_revision, plan.agreed_at = None, None
        await self._services.reviews.withdraw("plan", plan.id)
        case = await self._case(plan)
        if case is not None and case.state == CaseState.PLAN_AGREED:
            await self._services.cases.talk_again(case)
            await self._services.audit.note("reopened", "case", case.id, reason="agreement void")

    async def _talk(self, plan: Plan) -> None:
        """A locked plan is being talked about, and with it its case."""
        if plan.talking:
            plan.state = PlanState.IN_DISCUSSION
        case = await self._case(plan)
        if case is not None and case.state == CaseState.PUBLISHED:
            case.state = CaseState.NEGOTIATING
            await self._services.audit.note("negotiating", "case", case.id)
        await self._services.session.flush()

    async def _case(self, plan: Plan) -> Case | None:
        return None if plan.case_id is None else await self._services.cases.get(plan.case_id)

    async def _tell_company(self, kind: str, plan: Plan, *, formal: bool = False, **ids: Any) -> None:
        company = await self._services.companies.get(plan.company_id)
        assert company is not None
        mail = company.email if formal else None
        for person_id in await self._services.companies.members(company.id):
            self._services.notices.tell(kind, person_id, mail=mail, plan=plan.id, **ids)
            mail = None

    async def _tell_expert(self, kind: str, plan: Plan, *, formal: bool = False, **ids: Any) -> None:
        expert = await self._services.experts.get(plan.expert_id)
        assert expert is not None
        mail = expert.email if formal else None
        self._services.notices.tell(kind, expert.person_id, mail=mail, plan=plan.id, **ids)

    async def _redraw(self, plan: Plan) -> None:
        """Both sides' Homes and menus."""
        expert = await self._services.experts.get(plan.expert_id)
        assert expert is not None
        self._services.notices.home(expert.person_id)
        for person_id in await self._services.companies.members(plan.company_id):
            self._services.notices.home(person_id)
