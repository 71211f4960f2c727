"""The formation review on PostgreSQL: approved, returned and corrected, rejected, by clerks who may overlook each other."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from locales.language import speaker
from services import secretariat, similar_records
from services.bundle import Services
from services.cases import CaseState
from services.companies import Matching
from services.contract_records import ContractState
from services.ledger import Party, Stage
from services.plan_content import Content, Step
from services.plan_records import Plan, PlanState
from services.plan_timers import expire
from services.programme import Deadline, load
from services.refusals import Refusal
from services.requests import KnownBy, Order, Origin
from services.reviews import Remark, Review, ReviewState
from services.secrets import vault
from services.values import Yen
from tests.conftest import NOON, ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.plan_people import CONTENT, again, told

OWNER, TARO, JIRO = "U-owner", "U-taro", "U-jiro"
CLERK, COLLEAGUE = "U-clerk", "U-colleague"
LONGER = replace(CONTENT, steps=(*CONTENT.steps, Step("EFFECT", 60)))
POINTS = tuple(point.code for point in load("phase2").checklists.plan)
REMARKS = (
    Remark("purpose", "TASKS_VAGUE", "目的を具体的に書いてください。"),
    Remark("price", "PRICE_UNCLEAR", "時間単価の理由を書いてください。"),
)


@pytest.fixture
async def case_id(acting: ActingAs) -> int:
    """A published case of the owner's, and two registered experts."""
    for expert in (TARO, JIRO):
        async with acting(expert, "slack") as services:
            await people.expert(services)
    async with acting(OWNER) as services:
        return (await people.case(services, await people.company(services))).id


async def agreed(acting: ActingAs, case_id: int, content: Content = CONTENT, expert: str = TARO) -> Plan:
    """A plan that both sides agree on."""
    async with acting(expert, "slack") as services:
        plan = await services.plans.send(content, case_id=case_id)
    async with acting(OWNER) as services:
        return await services.plans.agree(plan.id, 1)


async def latest(services: Services, plan: Plan) -> Review:
    """The newest review of a plan."""
    review = await services.reviews.latest("plan", plan.id)
    assert review is not None
    return review


async def decide(
    services: Services,
    plan: Plan,
    verdict: ReviewState = ReviewState.APPROVED,
    remarks: tuple[Remark, ...] = (),
    checked: tuple[str, ...] = POINTS,
    **other: Any,
) -> Review:
    """Let the acting person, whom the channel has as a member, decide on the newest review of a plan."""
    await secretariat.read_members(services.connection, "T1", [CLERK, COLLEAGUE, TARO])
    ticked = checked if verdict is ReviewState.APPROVED else ()
    review = await latest(services, plan)
    return await services.reviews.decide(review.id, verdict, remarks, checked=ticked, **other)


async def state(acting: ActingAs, plan: Plan) -> str:
    """Where a plan stands."""
    async with acting(None) as services:
        return (await again(services, plan)).state


async def carried_over(services: Services, plan: Plan, yen: int) -> None:
    """The company of a plan brings so much from phase I."""
    account = await services.ledger.account(Party.COMPANY, plan.company_id)
    account.carried_yen = yen


def words(refusal: pytest.ExceptionInfo[Refusal]) -> str:
    """What a refusal says, in English."""
    return speaker("en")(refusal.value.reason)


# --- handing in ----------------------------------------------------------------------------------------


async def test_an_agreed_plan_waits_with_a_snapshot_of_its_answers(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting(None) as services:
        review = await latest(services, plan)
        assert (review.kind, review.form, review.state) == ("plan", "plan", ReviewState.WAITING)
        assert review.answers["price"] == "3750"
        assert review.answers["hours_introduction"] == "28"
        assert review.answers["declared"] == CONTENT.terms_version
        assert [one.id for one in await services.reviews.queue()] == [review.id]


@pytest.mark.parametrize("how", ["revised", "withdrawn", "declined", "expired"])
async def test_what_is_no_longer_agreed_on_leaves_the_queue(acting: ActingAs, case_id: int, how: str) -> None:
    plan = await agreed(acting, case_id)
    if how == "declined":
        async with acting(OWNER) as services:
            await services.plans.decline(plan.id, 1, "BUDGET")
    elif how == "expired":
        async with acting(None, at=_after(Deadline.CONTRACT)) as services:
            await expire(services, plan.id)
    else:
        async with acting(TARO, "slack") as services:
            if how == "revised":
                await services.plans.revise(plan.id, LONGER, 1, void=True)
            else:
                await services.plans.withdraw(plan.id)
    async with acting(CLERK, "slack") as services:
        assert await services.reviews.queue() == []
        assert (await latest(services, plan)).state == ReviewState.WITHDRAWN
        with pytest.raises(Refusal) as refused:
            await decide(services, plan)
        assert "withdrawn" in words(refused)


def _after(deadline: Deadline) -> datetime:
    return load("phase2").closes(deadline) + timedelta(seconds=1)


# --- approving -----------------------------------------------------------------------------------------


async def test_an_approval_reserves_prepares_the_contract_and_tells_both(
    acting: ActingAs, case_id: int
) -> None:
    plan = await agreed(acting, case_id)
    async with acting(CLERK, "slack") as services:
        review = await decide(services, plan, note="単価を電話で確認")
        assert review.checked == {"points": list(POINTS), "note": "単価を電話で確認"}
        assert told(services).count("plan.approved") == 2
        assert {one.mail for one in services.notices.told if one.kind == "plan.approved"} == {
            f"company{plan.company_id}@example.jp",
            f"expert{plan.expert_id}@example.jp",
        }
        assert "contract.ready" in told(services)
    async with acting(None) as services:
        assert (await again(services, plan)).state == PlanState.APPROVED
        assert await services.ledger.of_plan(plan.id) == {Stage.RESERVED: Yen(104_000)}
        company = await services.ledger.account(Party.COMPANY, plan.company_id)
        expert = await services.ledger.account(Party.EXPERT, plan.expert_id)
        assert (company.remaining, expert.remaining) == (196_000, 1_396_000)
        contract = await services.contracts.of_plan(plan.id)
        assert contract is not None
        assert (contract.state, contract.honorarium_yen) == (ContractState.READY, 104_000)
        actions = [row.action for row in await services.audit.history("plan", plan.id)]
        assert (actions[2:4], actions[-1]) == (["submitted", "approved"], "formed")


@pytest.mark.parametrize("checked", [(), POINTS[1:]])
async def test_nothing_is_approved_before_every_point_is_ticked(
    acting: ActingAs, case_id: int, checked: tuple[str, ...]
) -> None:
    plan = await agreed(acting, case_id)
    async with acting(CLERK, "slack") as services:
        with pytest.raises(Refusal, match="every point"):
            await decide(services, plan, checked=checked)
    assert await state(acting, plan) == PlanState.AGREED


async def test_all_problems_are_said_at_once_and_nothing_changes(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting(None) as services:
        _company, expert = await services.formation.sides(await again(services, plan))
        expert.qualification = None
        await carried_over(services, plan, 250_000)
    async with acting(CLERK, "slack") as services:
        with pytest.raises(Refusal) as refused:
            await decide(services, plan)
        assert "no verified qualification" in words(refused)
        assert "15 hours" in words(refused)
        assert told(services) == []
    async with acting(None) as services:
        assert (await again(services, plan)).state == PlanState.AGREED
        assert (await latest(services, plan)).state == ReviewState.WAITING
        assert await services.ledger.of_plan(plan.id) == {}
        assert await services.contracts.of_plan(plan.id) is None


async def test_over_the_cap_the_largest_plan_is_named(acting: ActingAs, case_id: int) -> None:
    dear = replace(CONTENT, price=Yen(4000), steps=(Step("SURVEY", 60 * 60),))
    plan = await agreed(acting, case_id, dear)
    async with acting(JIRO, "slack") as services:
        jiro = await services.experts.mine()
        assert jiro is not None
    async with acting(None) as services:
        company = await services.companies.get(plan.company_id)
        assert company is not None
        other = await road.plan(services, company, jiro)
        await services.ledger.reserve(other, Yen(104_000))
    async with acting(CLERK, "slack") as services:
        with pytest.raises(Refusal) as refused:
            await decide(services, plan)
        assert "196,000" in words(refused)
        assert "56 hours" in words(refused)


async def test_two_clerks_at_once_approve_once(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)

    async def approve(clerk: str) -> str:
        async with acting(clerk, "slack") as services:
            try:
                await decide(services, plan)
            except Refusal as refusal:
                return speaker("en")(refusal.reason)
            return "approved"

    answers = await asyncio.gather(approve(CLERK), approve(COLLEAGUE))
    assert sorted(answer == "approved" for answer in answers) == [False, True]
    assert any("has decided this" in answer for answer in answers)
    async with acting(None) as services:
        assert await services.ledger.of_plan(plan.id) == {Stage.RESERVED: Yen(104_000)}


async def test_two_plans_at_once_never_pass_under_one_cap(acting: ActingAs, case_id: int) -> None:
    first = await agreed(acting, case_id)
    async with acting(JIRO, "slack") as services:
        jiro = await services.experts.mine()
        assert jiro is not None
    async with acting(OWNER) as services:
        company = await services.companies.mine()
        assert company is not None
        second = await road.plan(services, company, jiro, state=PlanState.AGREED)
        await services.formation.submit(second)
        # Together they fit when they are agreed on; a confirmed balance of phase I is entered afterwards.
        await carried_over(services, first, 150_000)

    async def approve(clerk: str, plan: Plan) -> bool:
        async with acting(clerk, "slack") as services:
            try:
                await decide(services, plan)
            except Refusal:
                return False
            return True

    passed = await asyncio.gather(approve(CLERK, first), approve(COLLEAGUE, second))
    assert sorted(passed) == [False, True]
    async with acting(None) as services:
        account = await services.ledger.account(Party.COMPANY, first.company_id)
        assert account.reserved_yen == 104_000


async def test_a_reviewer_who_is_a_party_does_not_decide(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting(OWNER) as services:
        assert services.person is not None
        assert await services.formation.involves(plan.id, services.person.id)
    async with acting(TARO, "slack") as services:
        with pytest.raises(Refusal, match="a part in this"):
            await decide(services, plan)
    assert await state(acting, plan) == PlanState.AGREED


async def test_a_stranger_decides_nothing(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting("U-nobody", "slack") as services:
        with pytest.raises(Refusal, match="members of the secretariat"):
            await decide(services, plan)


async def test_too_many_contracts_stand_in_the_way(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting(None) as services:
        company, expert = await services.formation.sides(await again(services, plan))
        for _count in range(services.programme.limits.live_contracts_sme):
            await road.contract(services, company, expert)
        await road.contract(services, company, expert, state=ContractState.TERMINATED)
        codes = {one.code for one in await services.formation.findings(plan) if one.problems}
        assert codes == {"CONTRACTS"}


async def test_what_both_sides_have_in_common_is_found(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting(OWNER, "slack") as services:
        # Somebody who speaks for the company is an expert with the same account.
        twin = await people.expert(services, bank_hash=b"another")
    async with acting(None) as services:
        company, expert = await services.formation.sides(await again(services, plan))
        member = (await services.companies.members(company.id))[0]
        row = await services.experts.get(twin.id)
        assert row is not None
        row.person_id, row.bank_hash = member, vault().hash(expert.account.key)
        company.street, expert.address = "加納町1-1", "兵庫県神戸市加納町1丁目1番"
        expert.phone, expert.email = company.phone, company.email.upper()
        await services.session.flush()
        [apart] = [one for one in await services.formation.findings(plan) if one.problems]
        assert apart.code == "APART"
        assert len(apart.problems) == 4


# --- returning -----------------------------------------------------------------------------------------


async def test_a_returned_plan_is_corrected_agreed_on_again_and_reviewed_again(
    acting: ActingAs, case_id: int
) -> None:
    plan = await agreed(acting, case_id)
    async with acting(CLERK, "slack") as services:
        await decide(services, plan, ReviewState.RETURNED, REMARKS)
        assert told(services) == ["plan.returned", "plan.returned"]
    async with acting(OWNER) as services:
        plan = await again(services, plan)
        assert (plan.state, plan.agreed_by_sme_revision) == (PlanState.RETURNED, None)
        with pytest.raises(Refusal, match="is correcting"):
            await services.plans.agree(plan.id, 1)
        with pytest.raises(Refusal):
            await services.plans.keep(plan.id)
        case = await services.cases.get(case_id)
        assert case is not None
        assert case.state == CaseState.PLAN_AGREED
    async with acting(TARO, "slack") as services:
        returned = await services.formation.returned(await again(services, plan))
        assert returned is not None
        assert [remark.question for remark in returned.remark_list] == ["purpose", "price"]
        with pytest.raises(Refusal, match="Nothing was changed"):
            await services.plans.revise(plan.id, CONTENT, 1)
        plan = await services.plans.revise(plan.id, LONGER, 1)
        [revised] = services.notices.told
        assert (revised.kind, revised.ids["corrected"], revised.ids["voided"]) == ("plan.revised", True, True)
        assert plan.state == PlanState.IN_DISCUSSION
    async with acting(OWNER) as services:
        await services.plans.agree(plan.id, 2)
    async with acting(CLERK, "slack") as services:
        assert (await latest(services, plan)).revision == 2
        await decide(services, plan)
    async with acting(None) as services:
        assert await services.ledger.of_plan(plan.id) == {Stage.RESERVED: Yen(107_250)}


@pytest.mark.parametrize("by_company", [True, False])
async def test_a_returned_plan_may_also_be_declined_or_taken_back(
    acting: ActingAs, case_id: int, by_company: bool
) -> None:
    plan = await agreed(acting, case_id)
    async with acting(CLERK, "slack") as services:
        await decide(services, plan, ReviewState.RETURNED, REMARKS)
    if by_company:
        async with acting(OWNER) as services:
            await services.plans.decline(plan.id, 1, "BUDGET")
    else:
        async with acting(TARO, "slack") as services:
            await services.plans.withdraw(plan.id)
    async with acting(None) as services:
        case = await services.cases.get(case_id)
        assert case is not None
        assert case.state == CaseState.NEGOTIATING


async def test_a_button_of_the_review_before_explains_itself(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting(CLERK, "slack") as services:
        old = await decide(services, plan, ReviewState.RETURNED, REMARKS)
    async with acting(TARO, "slack") as services:
        await services.plans.revise(plan.id, LONGER, 1)
    async with acting(OWNER) as services:
        await services.plans.agree(plan.id, 2)
    async with acting(COLLEAGUE, "slack") as services:
        await secretariat.read_members(services.connection, "T1", [COLLEAGUE])
        with pytest.raises(Refusal, match="has decided this"):
            await services.reviews.decide(old.id, ReviewState.APPROVED, checked=POINTS)
    assert await state(acting, plan) == PlanState.AGREED


# --- rejecting, and time -------------------------------------------------------------------------------


async def test_a_rejected_plan_ends_and_the_case_is_in_talks_again(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting(CLERK, "slack") as services:
        await decide(services, plan, ReviewState.REJECTED, REMARKS[:1])
        assert told(services) == ["plan.rejected", "plan.rejected"]
    async with acting(TARO, "slack") as services:
        plan = await again(services, plan)
        assert (plan.state, plan.ended_at) == (PlanState.REJECTED, services.now)
        case = await services.cases.get(case_id)
        assert case is not None
        assert case.state == CaseState.NEGOTIATING
        with pytest.raises(Refusal, match="has ended"):
            await services.plans.revise(plan.id, LONGER, 1)
        assert (await services.plans.send(LONGER, case_id=case_id)).id != plan.id


@pytest.mark.parametrize("returned", [False, True])
async def test_what_is_not_approved_when_contracts_close_ends_with_a_word_to_both(
    acting: ActingAs, case_id: int, returned: bool
) -> None:
    plan = await agreed(acting, case_id)
    if returned:
        async with acting(CLERK, "slack") as services:
            await decide(services, plan, ReviewState.RETURNED, REMARKS)
    async with acting(None, at=_after(Deadline.CONTRACT)) as services:
        await expire(services, plan.id)
        assert told(services) == ["plan.expired", "plan.expired"]
        assert all(notice.ids["chosen"] and notice.mail for notice in services.notices.told)
        assert (await again(services, plan)).state == PlanState.EXPIRED
        await expire(services, plan.id)
        assert told(services) == ["plan.expired", "plan.expired"]


async def test_an_approved_plan_is_changed_on_its_contract_alone(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting(CLERK, "slack") as services:
        await decide(services, plan)
    async with acting(TARO, "slack") as services:
        for change in (
            services.plans.revise(plan.id, LONGER, 1, void=True),
            services.plans.withdraw(plan.id),
        ):
            with pytest.raises(Refusal, match="on its contract"):
                await change
    async with acting(OWNER) as services:
        for change in (services.plans.decline(plan.id, 1, "BUDGET"), services.plans.agree(plan.id, 1)):
            with pytest.raises(Refusal, match="on its contract"):
                await change
    async with acting(None, at=_after(Deadline.CONTRACT)) as services:
        await expire(services, plan.id)
        assert (await again(services, plan)).state == PlanState.APPROVED


# --- what else a reviewer should know ------------------------------------------------------------------


async def test_nearly_the_same_plans_for_other_companies_are_found(acting: ActingAs, case_id: int) -> None:
    plan = await agreed(acting, case_id)
    async with acting("U-other") as services:
        company = await people.company(services)
    async with acting(None) as services:
        _mine, taro = await services.formation.sides(await again(services, plan))
        same = await road.plan(services, company, taro, state=PlanState.SENT)
        different = await road.plan(
            services,
            company,
            taro,
            state=PlanState.WITHDRAWN,
            content=replace(
                CONTENT, purpose="社内の連絡をチャットに移します。", steps=(Step("TOOLS", 60, "選び方"),)
            ),
        )
        await similar_records.keep(services, "plan", [same.id, different.id])
    async with acting(CLERK, "slack") as services:
        await secretariat.read_members(services.connection, "T1", [CLERK])
        [twin] = await similar_records.twins(services, "plan", plan.id)
        assert (twin.likeness.share, twin.written.ref) == (1.0, same.id)
        assert twin.same_expert and not twin.same_company
        assert any("受注の流れ" in text for text in CONTENT.told)


async def test_earlier_refusals_of_the_same_expert_are_found(acting: ActingAs, case_id: int) -> None:
    first = await agreed(acting, case_id)
    async with acting(CLERK, "slack") as services:
        await decide(services, first, ReviewState.REJECTED, REMARKS[:1])
    second = await agreed(acting, case_id, LONGER)
    async with acting(None) as services:
        [(plan, remarks)] = await services.formation.earlier(await again(services, second))
        assert (plan.id, [remark.code for remark in remarks]) == (first.id, ["TASKS_VAGUE"])


# --- matching outside ----------------------------------------------------------------------------------


async def test_a_matching_outside_is_declared_with_the_request_and_reviewed_in_the_same_way(
    acting: ActingAs, case_id: int
) -> None:
    async with acting(TARO, "slack") as services:
        taro = await services.experts.mine()
        assert taro is not None
    async with acting(OWNER) as services:
        order = Order(
            taro.id,
            "EC",
            "紙の注文をネットに移したいです。",
            "年内に始めたいです。",
            CONTENT.period_end,
            None,
            KnownBy.OTHER_SYSTEM,
            "ランサーズ",
            NOON.date() + timedelta(days=5),
        )
        request = await services.requests.send(order)
        company = await services.companies.mine()
        assert company is not None
        assert (request.origin, request.relation) == (Origin.OTHER_SYSTEM, "ランサーズ")
        assert company.matching == Matching.OTHER_SYSTEM
    async with acting(TARO, "slack") as services:
        await services.requests.accept(request.id)
        mine = await services.experts.mine()
        assert mine is not None
        assert mine.matched
        plan = await services.plans.send(CONTENT, request_id=request.id)
    async with acting(OWNER) as services:
        await services.plans.agree(plan.id, 1)
    async with acting(CLERK, "slack") as services:
        await decide(services, plan)
    assert await state(acting, plan) == PlanState.APPROVED
