"""Whatever two experts, a company and a clerk do with plans, in any order: what must always hold does."""

import itertools
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from services import secretariat
from services.bundle import Services
from services.cases import CaseState
from services.ledger import Stage
from services.plan_content import Step
from services.plan_records import IN_REVIEW, LIVE, Plan, PlanRevision, PlanState
from services.refusals import Refusal
from services.reviews import Remark, ReviewState
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services.plan_people import CONTENT

EXPERTS = ("taro", "jiro")
VERDICTS = {
    "approve": ReviewState.APPROVED,
    "return": ReviewState.RETURNED,
    "reject": ReviewState.REJECTED,
}
REMARK = Remark("purpose", "TASKS_VAGUE", "目的を具体的に書いてください。")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("send", "revise", "revise void", "withdraw", "note"),
                *("keep", "decline", "agree", "agree", "note back"),
                *("approve", "return", "return", "reject"),
            ]
        ),
        st.sampled_from(EXPERTS),
        st.integers(2, 180),
        st.booleans(),
    ),
    min_size=3,
    max_size=14,
)
_round = itertools.count()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
async def test_any_sequence_keeps_the_invariants(acting: ActingAs, acts: list[Any]) -> None:
    names = {name: f"U-{name}-{next(_round)}" for name in ("owner", "clerk", *EXPERTS)}
    for name in EXPERTS:
        async with acting(names[name], "slack") as services:
            await people.expert(services)
    async with acting(names["owner"]) as services:
        case_id = (await people.case(services, await people.company(services))).id
    for what, who, halves, outdated in acts:
        content = replace(CONTENT, steps=(Step("SURVEY", halves * 30),))
        actor, channel = names[who], "slack"
        if what in ("keep", "decline", "agree", "note back"):
            actor, channel = names["owner"], "line"
        elif what in VERDICTS:
            actor = names["clerk"]
        async with acting(actor, channel) as services:
            try:
                await _do(
                    services, what, await _of(services, case_id, who, names), content, case_id, outdated
                )
            except Refusal:
                services.session.expire_all()
        async with acting(None) as services:
            await _holds(services, case_id)


async def _of(services: Services, case_id: int, who: str, names: dict[str, str]) -> Plan | None:
    """The latest plan of an expert for the case."""
    plans = await services.session.scalars(
        select(Plan).where(Plan.case_id == case_id).order_by(Plan.id.desc())
    )
    for plan in plans:
        expert = await services.experts.get(plan.expert_id)
        assert expert is not None
        [identity] = await services.people.identities(expert.person_id)
        if identity.external == names[who]:
            return plan
    return None


async def _do(
    services: Services, what: str, plan: Plan | None, content: Any, case_id: int, old: bool
) -> None:
    if what == "send":
        await services.plans.send(content, case_id=case_id)
        return
    if plan is None:
        return
    revision = plan.revision - old
    match what:
        case "revise" | "revise void":
            await services.plans.revise(plan.id, content, revision, void=what == "revise void")
        case "withdraw":
            await services.plans.withdraw(plan.id)
        case "keep":
            await services.plans.keep(plan.id)
        case "decline":
            await services.plans.decline(plan.id, revision, "SCHEDULE")
        case "agree":
            await services.plans.agree(plan.id, revision)
        case "approve" | "return" | "reject":
            await _decide(services, plan, VERDICTS[what])
        case _:
            await services.plans.note(plan.id, "よろしくお願いします")


async def _decide(services: Services, plan: Plan, verdict: ReviewState) -> None:
    """A clerk decides on the newest review of a plan, whether it still waits or not."""
    assert services.person is not None
    await secretariat.read_members(services.connection, "T1", [services.person.identity.external])
    review = await services.reviews.latest("plan", plan.id)
    if review is not None:
        points = [point.code for point in services.programme.checklists.plan]
        approved = verdict is ReviewState.APPROVED
        await services.reviews.decide(
            review.id, verdict, () if approved else (REMARK,), checked=points if approved else ()
        )


async def _holds(services: Services, case_id: int) -> None:
    session = services.session
    plans = list(await session.scalars(select(Plan).where(Plan.case_id == case_id)))
    chosen = [plan for plan in plans if plan.state in (*IN_REVIEW, PlanState.APPROVED)]
    agreed = [plan for plan in chosen if plan.state != PlanState.RETURNED]
    case = await services.cases.get(case_id)
    assert case is not None
    assert len(chosen) <= 1
    assert (case.state == CaseState.PLAN_AGREED) == bool(chosen)
    queue = [review.subject_id for review in await services.reviews.queue()]
    for plan in plans:
        assert (plan.id in queue) == (plan.state == PlanState.AGREED)
        reserved = (await services.ledger.of_plan(plan.id)).get(Stage.RESERVED, Yen(0))
        content = await services.plans.content(plan)
        approved = content.quote(services.programme).honorarium if plan.state == PlanState.APPROVED else 0
        assert reserved == approved
        assert (await services.contracts.of_plan(plan.id) is not None) == (plan.state == PlanState.APPROVED)
    live = [plan.expert_id for plan in plans if plan.state in LIVE]
    assert len(set(live)) == len(live)
    for plan in plans:
        assert plan.agreed_by_sme_revision == (plan.revision if plan in agreed else None)
        assert plan.agreed_by_expert_revision == plan.revision
        written = await session.scalar(
            select(func.count()).select_from(PlanRevision).where(PlanRevision.plan_id == plan.id)
        )
        assert written == plan.revision
        row = await services.plans.revision(plan.id, plan.revision)
        assert row is not None
        quote = row.content.quote(services.programme)
        assert row.minutes == sum(step.minutes for step in row.content.steps)
        assert quote.total == quote.honorarium + quote.sme_share
        assert row.honorarium_yen == quote.honorarium
        if plan in agreed:
            assert quote.honorarium <= Yen(300_000)
