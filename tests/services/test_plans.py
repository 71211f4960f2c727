"""Plans on PostgreSQL: proposed, revised, compared, declined and agreed, by two sides at once."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.cases import CaseState
from services.companies import MemberRow
from services.plan_content import Content, Relation, Step
from services.plan_records import Plan, PlanState
from services.plan_timers import expire, tell_collected
from services.refusals import Refusal
from services.timers import Attempt
from services.values import Yen
from tests.conftest import NOON, ActingAs
from tests.services import plan_people as people
from tests.services.plan_people import CONTENT, again, told
from tests.services.switched import stopped

OWNER, TARO, JIRO = "U-owner", "U-taro", "U-jiro"
LONGER = replace(CONTENT, steps=(*CONTENT.steps, Step("EFFECT", 60)))


@pytest.fixture
async def case_id(acting: ActingAs) -> int:
    """A published case of the owner's, and two registered experts."""
    async with acting(TARO, "slack") as services:
        await people.expert(services)
    async with acting(JIRO, "slack") as services:
        await people.expert(services)
    async with acting(OWNER) as services:
        return (await people.case(services, await people.company(services))).id


async def send(acting: ActingAs, expert: str, case_id: int, content: Content = CONTENT) -> Plan:
    """An expert proposes."""
    async with acting(expert, "slack") as services:
        return await services.plans.send(content, case_id=case_id)


async def state(acting: ActingAs, plan: Plan) -> str:
    """Where a plan stands."""
    async with acting(None) as services:
        return (await again(services, plan)).state


# --- sending -------------------------------------------------------------------------------------------


async def test_a_plan_is_sent_and_told(acting: ActingAs, case_id: int) -> None:
    async with acting(TARO, "slack") as services:
        plan = await services.plans.send(CONTENT, case_id=case_id)
        assert told(services) == ["plan.sent"]
        assert (plan.revision, plan.agreed_by_expert_revision, plan.agreed_by_sme_revision) == (1, 1, None)
        assert plan.number.startswith("P-")
        assert await services.plans.content(plan) == CONTENT
        assert await services.plans.count_for_case(case_id) == 1
        assert [row.action for row in await services.audit.history("plan", plan.id)] == ["sent"]


async def test_one_live_plan_for_a_case_and_expert(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    with pytest.raises(Refusal):
        await send(acting, TARO, case_id)
    async with acting(TARO, "slack") as services:
        await services.plans.withdraw(plan.id)
    assert (await send(acting, TARO, case_id)).id != plan.id


async def test_nobody_proposes_to_a_company_he_speaks_for(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        case = await people.case(services, await people.company(services))
        await people.expert(services)
        with pytest.raises(Refusal):
            await services.plans.send(CONTENT, case_id=case.id)


async def test_the_same_phone_on_both_sides_is_refused(acting: ActingAs, case_id: int) -> None:
    async with acting(OWNER) as services:
        mine = await services.companies.mine()
        assert mine is not None
    async with acting("U-twin", "slack") as services:
        await people.expert(services, phone=mine.phone)
        with pytest.raises(Refusal):
            await services.plans.send(CONTENT, case_id=case_id)


async def test_declared_relatives_are_refused(acting: ActingAs, case_id: int) -> None:
    with pytest.raises(Refusal):
        await send(acting, TARO, case_id, replace(CONTENT, relation=Relation.RELATED))


async def test_after_the_last_day_of_contracts_nothing_is_proposed(acting: ActingAs, case_id: int) -> None:
    async with acting(TARO, "slack", datetime(2021, 12, 17, 15, 0, tzinfo=UTC)) as services:
        with pytest.raises(Refusal):
            await services.plans.send(CONTENT, case_id=case_id)


async def test_nothing_is_proposed_while_it_is_switched_off(acting: ActingAs, case_id: int) -> None:
    async with acting(TARO, "slack") as services:
        await stopped(services, "plans")
        with pytest.raises(Refusal):
            await services.plans.send(CONTENT, case_id=case_id)


async def test_a_closed_case_takes_no_plan(acting: ActingAs, case_id: int) -> None:
    async with acting(OWNER) as services:
        await services.cases.cancel(case_id)
    with pytest.raises(Refusal):
        await send(acting, TARO, case_id)


async def test_only_registered_experts_propose(acting: ActingAs, case_id: int) -> None:
    with pytest.raises(Refusal):
        await send(acting, "U-stranger", case_id)


async def test_contact_data_is_masked_before_it_is_kept(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id, replace(CONTENT, message="078-322-0000へどうぞ"))
    async with acting(None) as services:
        assert "322" not in str((await services.plans.content(plan)).message)


async def test_an_accepted_request_is_answered_with_a_plan(acting: ActingAs, case_id: int) -> None:
    async with acting(TARO, "slack") as services:
        taro = await services.experts.mine()
    async with acting(OWNER) as services:
        company = await services.companies.mine()
        assert company is not None
        assert taro is not None
        request = await people.request(services, company, taro)
    async with acting(JIRO, "slack") as services:
        with pytest.raises(Refusal):
            await services.plans.send(CONTENT, request_id=request.id)
    async with acting(TARO, "slack") as services:
        plan = await services.plans.send(CONTENT, request_id=request.id)
        assert plan.route == "direct_request"
        with pytest.raises(Refusal):
            await services.plans.send(CONTENT, request_id=request.id)
    async with acting(OWNER) as services:
        await services.plans.agree(plan.id, 1)
    assert await state(acting, plan) == PlanState.AGREED


# --- digests -------------------------------------------------------------------------------------------


async def test_the_first_proposal_of_a_day_is_told_at_once_and_the_others_together(
    acting: ActingAs, case_id: int
) -> None:
    await send(acting, TARO, case_id)
    async with acting(JIRO, "slack") as services:
        plan = await services.plans.send(CONTENT, case_id=case_id)
        assert told(services) == []
        assert plan.told_at is None
        company_id = plan.company_id
    async with acting(None) as services:
        await tell_collected(services, company_id)
        assert [(notice.kind, notice.ids["plans"]) for notice in services.notices.told] == [
            ("plan.digest", [plan.id])
        ]
    async with acting(None) as services:
        await tell_collected(services, company_id)
        assert told(services) == []


async def test_on_the_next_day_the_first_one_is_told_at_once_again(acting: ActingAs, case_id: int) -> None:
    await send(acting, TARO, case_id)
    async with acting(JIRO, "slack", NOON + timedelta(days=1)) as services:
        await services.plans.send(CONTENT, case_id=case_id)
        assert told(services) == ["plan.sent"]


async def test_a_proposal_withdrawn_before_the_digest_is_never_heard_of(
    acting: ActingAs, case_id: int
) -> None:
    await send(acting, TARO, case_id)
    plan = await send(acting, JIRO, case_id)
    async with acting(JIRO, "slack") as services:
        await services.plans.withdraw(plan.id)
        assert told(services) == []
    async with acting(None) as services:
        await tell_collected(services, plan.company_id)
        assert told(services) == []


async def test_a_proposal_withdrawn_while_the_digest_is_made_is_never_heard_of(
    acting: ActingAs, case_id: int
) -> None:
    await send(acting, TARO, case_id)
    plan = await send(acting, JIRO, case_id)

    async def digest() -> list[str]:
        async with acting(None) as services:
            await tell_collected(services, plan.company_id)
            return told(services)

    async with acting(JIRO, "slack") as services:
        await services.plans.withdraw(plan.id)
        digesting = asyncio.create_task(digest())
        await asyncio.sleep(0.2)
    assert await digesting == []


# --- revising ------------------------------------------------------------------------------------------


async def test_a_revision_is_told_with_what_was_before(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(TARO, "slack") as services:
        plan = await services.plans.revise(plan.id, LONGER, 1)
        assert told(services) == ["plan.revised"]
        assert services.notices.told[0].ids["voided"] is False
        assert (plan.revision, plan.agreed_by_expert_revision) == (2, 2)
        assert await services.plans.content(plan, 1) == CONTENT
        assert await services.plans.content(plan) == LONGER


async def test_a_revision_of_something_older_is_refused(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(TARO, "slack") as services:
        await services.plans.revise(plan.id, LONGER, 1)
        with pytest.raises(Refusal):
            await services.plans.revise(plan.id, CONTENT, 1)


async def test_a_revision_that_changes_nothing_is_refused(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(TARO, "slack") as services:
        with pytest.raises(Refusal):
            await services.plans.revise(plan.id, CONTENT, 1)


async def test_an_agreed_plan_is_revised_only_on_purpose_and_then_the_agreement_is_void(
    acting: ActingAs, case_id: int
) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(OWNER) as services:
        await services.plans.agree(plan.id, 1)
    async with acting(TARO, "slack") as services:
        with pytest.raises(Refusal):
            await services.plans.revise(plan.id, LONGER, 1)
        plan = await services.plans.revise(plan.id, LONGER, 1, void=True)
        assert services.notices.told[0].ids["voided"] is True
        assert (plan.state, plan.agreed_by_sme_revision) == (PlanState.IN_DISCUSSION, None)
        case = await services.cases.get(case_id)
        assert case is not None
        assert case.state == CaseState.NEGOTIATING
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.plans.agree(plan.id, 1)
        assert (await services.plans.agree(plan.id, 2)).agreed_by_sme_revision == 2


async def test_only_its_expert_revises_or_withdraws_a_plan(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(JIRO, "slack") as services:
        with pytest.raises(Refusal):
            await services.plans.revise(plan.id, LONGER, 1)
        with pytest.raises(Refusal):
            await services.plans.withdraw(plan.id)
        with pytest.raises(Refusal):
            await services.plans.note(plan.id, "こんにちは")


# --- choosing ------------------------------------------------------------------------------------------


async def test_agreement_tells_both_sides_and_the_others_and_closes_the_case(
    acting: ActingAs, case_id: int
) -> None:
    chosen, other = await send(acting, TARO, case_id), await send(acting, JIRO, case_id)
    async with acting(OWNER) as services:
        plan = await services.plans.agree(chosen.id, 1)
        assert sorted(told(services)) == ["plan.agreed", "plan.agreed", "plan.superseded"]
        assert {notice.mail for notice in services.notices.told if notice.kind == "plan.agreed"} == {
            f"company{plan.company_id}@example.jp",
            f"expert{plan.expert_id}@example.jp",
        }
        assert (plan.agreed_by_sme_revision, plan.agreed_by_expert_revision) == (1, 1)
        case = await services.cases.get(case_id)
        assert case is not None
        assert case.state == CaseState.PLAN_AGREED
        assert [review.subject_id for review in await services.reviews.queue()] == [plan.id]
    assert await state(acting, other) == PlanState.SUPERSEDED
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.plans.agree(chosen.id, 1)
        with pytest.raises(Refusal):
            await services.plans.agree(other.id, 1)


async def test_a_stranger_cannot_touch_a_plan(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting("U-other") as services:
        await people.company(services)
        for change in (
            services.plans.agree(plan.id, 1),
            services.plans.keep(plan.id),
            services.plans.decline(plan.id, 1, "BUDGET"),
            services.plans.note(plan.id, "こんにちは"),
        ):
            with pytest.raises(Refusal):
                await change
    assert await state(acting, plan) == PlanState.SENT


async def test_only_a_signatory_agrees(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await people.expert(services)
    async with acting(OWNER) as services:
        case = await people.case(services, await people.company(services, signatory=False))
    plan = await send(acting, TARO, case.id)
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.plans.agree(plan.id, 1)
        assert (await services.plans.keep(plan.id)).state == PlanState.KEPT


async def test_a_plan_over_the_cap_is_not_agreed_and_one_agreed_elsewhere_counts(acting: ActingAs) -> None:
    for expert in (TARO, JIRO):
        async with acting(expert, "slack") as services:
            await people.expert(services)
    async with acting(OWNER) as services:
        owner = await people.company(services, used=100_000)
        first, second = await people.case(services, owner), await people.case(services, owner)
    one, two = await send(acting, TARO, first.id), await send(acting, JIRO, second.id)
    async with acting(OWNER) as services:
        await services.plans.agree(one.id, 1)
        # 300,000 - 100,000 - 104,000 leaves 96,000: 29.5 hours at 3,250.
        with pytest.raises(Refusal) as refused:
            await services.plans.agree(two.id, 1)
        assert refused.value.reason.values == {"left": Yen(96_000), "hours": "29.5"}
    assert await state(acting, two) == PlanState.SENT


async def test_the_experts_cap_counts_what_phase_one_paid(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await people.expert(services, paid=1_490_000)
    async with acting(OWNER) as services:
        case = await people.case(services, await people.company(services))
    plan = await send(acting, TARO, case.id)
    async with acting(OWNER) as services:
        with pytest.raises(Refusal) as refused:
            await services.plans.agree(plan.id, 1)
        assert refused.value.reason.values == {"left": Yen(10_000), "hours": "3"}


async def test_a_plan_whose_first_day_has_come_is_not_agreed(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(OWNER, at=datetime(2021, 11, 8, 3, 0, tzinfo=UTC)) as services:
        with pytest.raises(Refusal):
            await services.plans.agree(plan.id, 1)


@pytest.mark.parametrize("closed", ["switch", "deadline"])
async def test_nothing_is_agreed_when_agreement_is_closed(
    acting: ActingAs, case_id: int, closed: str
) -> None:
    late = replace(CONTENT, period_start=date(2021, 12, 20))
    plan = await send(acting, TARO, case_id, late)
    at = NOON if closed == "switch" else datetime(2021, 12, 17, 15, 0, tzinfo=UTC)
    async with acting(OWNER, at=at) as services:
        if closed == "switch":
            await stopped(services, "agreement")
        with pytest.raises(Refusal):
            await services.plans.agree(plan.id, 1)


async def test_a_declined_plan_is_told_politely_and_ends(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.plans.decline(plan.id, 1, "RUDE")
        await services.plans.decline(plan.id, 1, "BUDGET", "またお願いします")
        assert told(services) == ["plan.declined"]
        with pytest.raises(Refusal):
            await services.plans.agree(plan.id, 1)
        with pytest.raises(Refusal):
            await services.plans.note(plan.id, "やっぱり")
    async with acting(TARO, "slack") as services:
        with pytest.raises(Refusal):
            await services.plans.revise(plan.id, LONGER, 1)


async def test_an_outdated_decline_declines_nothing(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(TARO, "slack") as services:
        await services.plans.revise(plan.id, LONGER, 1)
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.plans.decline(plan.id, 1, "BUDGET")
    assert await state(acting, plan) == PlanState.SENT


async def test_words_go_both_ways_and_the_case_is_in_talks(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(OWNER) as services:
        await services.plans.note(plan.id, "土曜日でもいいですか")
        assert [notice.person_id for notice in services.notices.told] == [plan.expert_id]
    async with acting(TARO, "slack") as services:
        await services.plans.note(plan.id, "はい。090-1234-5678")
        assert told(services) == ["plan.note"]
        assert [note.by_sme for note in await services.plans.notes(plan.id)] == [True, False]
        case = await services.cases.get(case_id)
        assert case is not None
        assert case.state == CaseState.NEGOTIATING
    assert await state(acting, plan) == PlanState.IN_DISCUSSION


async def test_what_nobody_agreed_on_ends_when_contracts_close(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(None) as services:
        await expire(services, plan.id)
        assert sorted(told(services)) == ["plan.expired", "plan.expired"]
    assert await state(acting, plan) == PlanState.EXPIRED


async def test_plans_of_a_case_that_is_taken_back_end(acting: ActingAs, case_id: int) -> None:
    plan, other = await send(acting, TARO, case_id), await send(acting, JIRO, case_id)
    async with acting(OWNER) as services:
        await services.cases.cancel(case_id)
        assert told(services) == ["plan.expired", "plan.expired"]
    assert {await state(acting, plan), await state(acting, other)} == {PlanState.EXPIRED}


async def test_taking_a_case_back_and_proposing_at_once_leaves_no_live_plan(
    acting: ActingAs, case_id: int
) -> None:
    async def cancel() -> None:
        async with acting(OWNER) as services:
            await services.cases.cancel(case_id)

    results = await asyncio.gather(cancel(), send(acting, TARO, case_id), return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], Plan | Refusal)
    async with acting(None) as services:
        assert await services.plans.for_case(case_id) == []


async def test_a_plan_of_billions_is_listed_like_any_other(acting: ActingAs, case_id: int) -> None:
    hours = (Step("SURVEY", 300 * 60), Step("INTRODUCTION", 300 * 60))
    vast = await send(acting, TARO, case_id, replace(CONTENT, price=Yen(1_000_000), steps=hours))
    async with acting(None) as services:
        assert [plan.id for plan in await services.plans.for_case(case_id)] == [vast.id]


async def test_a_case_whose_agreement_was_taken_back_still_ends_on_its_deadline(
    acting: ActingAs, case_id: int
) -> None:
    plan = await send(acting, TARO, case_id)
    async with acting(OWNER) as services:
        await services.cases.set_wanted(case_id, False)
        await services.plans.agree(plan.id, 1)
    async with acting(TARO, "slack") as services:
        await services.plans.withdraw(plan.id)
    async with acting(None, at=datetime(2021, 11, 20, 15, 0, 1, tzinfo=UTC)) as services:
        await Attempt().run(services)
        assert told(services) == ["case.expired"]


async def test_the_smallest_own_share_comes_first(acting: ActingAs, case_id: int) -> None:
    dear = await send(acting, TARO, case_id, replace(CONTENT, price=Yen(10_000)))
    cheap = await send(acting, JIRO, case_id)
    async with acting(None) as services:
        assert [plan.id for plan in await services.plans.for_case(case_id)] == [cheap.id, dear.id]


# --- at the same moment --------------------------------------------------------------------------------


async def outcome(change: Awaitable[object]) -> str:
    """Whether something was done or refused."""
    try:
        await change
    except Refusal:
        return "refused"
    return "done"


async def test_two_plans_agreed_at_once_give_one_agreement(acting: ActingAs, case_id: int) -> None:
    one, two = await send(acting, TARO, case_id), await send(acting, JIRO, case_id)
    await _second_signatory(acting)
    for _round in range(3):
        async with acting(None) as services:
            for plan in (one, two):
                (await again(services, plan)).state = PlanState.SENT
            case = await services.cases.get(case_id)
            assert case is not None
            case.state = CaseState.PUBLISHED
        results = await asyncio.gather(
            _agree(acting, OWNER, one.id, 1), _agree(acting, "U-partner", two.id, 1)
        )
        assert sorted(results) == ["done", "refused"]
        states = {await state(acting, one), await state(acting, two)}
        assert states == {PlanState.AGREED, PlanState.SUPERSEDED}


async def test_the_same_plan_agreed_from_two_phones_is_agreed_once(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)
    await _second_signatory(acting)
    results = await asyncio.gather(_agree(acting, OWNER, plan.id, 1), _agree(acting, "U-partner", plan.id, 1))
    assert sorted(results) == ["done", "refused"]


async def test_agreeing_and_revising_at_once_has_one_winner(acting: ActingAs, case_id: int) -> None:
    plan = await send(acting, TARO, case_id)

    async def revise() -> str:
        async with acting(TARO, "slack") as services:
            return await outcome(services.plans.revise(plan.id, LONGER, 1))

    results = await asyncio.gather(_agree(acting, OWNER, plan.id, 1), revise())
    assert sorted(results) == ["done", "refused"]
    async with acting(None) as services:
        now = await again(services, plan)
        agreed = now.state == PlanState.AGREED
        assert (now.revision, now.agreed_by_sme_revision) == ((1, 1) if agreed else (2, None))


async def test_two_agreements_on_two_cases_at_once_do_not_pass_the_cap_together(acting: ActingAs) -> None:
    for expert in (TARO, JIRO):
        async with acting(expert, "slack") as services:
            await people.expert(services)
    async with acting(OWNER) as services:
        owner = await people.company(services, used=150_000)
        cases = [await people.case(services, owner), await people.case(services, owner)]
    await _second_signatory(acting)
    one, two = await send(acting, TARO, cases[0].id), await send(acting, JIRO, cases[1].id)
    results = await asyncio.gather(_agree(acting, OWNER, one.id, 1), _agree(acting, "U-partner", two.id, 1))
    assert sorted(results) == ["done", "refused"]


async def _agree(acting: ActingAs, who: str, plan_id: int, revision: int) -> str:
    async with acting(who) as services:
        return await outcome(services.plans.agree(plan_id, revision))


async def _second_signatory(acting: ActingAs) -> None:
    """Another person who signs for the owner's company."""
    async with acting(OWNER) as services:
        owner = await services.companies.mine()
    async with acting("U-partner") as services:
        assert owner is not None
        assert services.person is not None
        services.session.add(MemberRow(company_id=owner.id, person_id=services.person.id, signatory=True))
