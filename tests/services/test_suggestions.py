"""Cases for experts and experts for cases: who is suggested, who never is, and how an expert is told of a case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from locales.language import speaker
from services import case_interest, expert_index, unanswered_cases
from services.bundle import Services
from services.cases import Case, CaseState
from services.companies import Company, Standing
from services.enquiry_records import EnquiryBlock
from services.experts import Expert
from services.plan_records import PlanState
from services.refusals import Refusal
from services.secretariat import join
from services.suggestion_records import ExpertIndexRow, Suggestion
from services.suggestions import Barrier, Why
from services.timers import Attempt
from services.values import Yen
from tests.conftest import NOON, ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.plan_people import told
from tests.services.switched import stopped

OWNER, TARO, JIRO, CLERK, STRANGER = "U-owner", "U-taro", "U-jiro", "U-clerk", "U-stranger"
DAY = timedelta(days=1)


@asynccontextmanager
async def as_clerk(acting: ActingAs, at: Any = NOON) -> AsyncIterator[Services]:
    async with acting(CLERK, "slack", at) as services:
        assert services.person is not None
        await join(services.connection, services.person.identity)
        yield services


async def case(acting: ActingAs, who: str = OWNER, **other: Any) -> Case:
    """A published case of somebody's company; their second, if there is one already."""
    async with acting(who) as services:
        company = await services.companies.mine() or await people.company(services)
        made = await people.case(services, company)
        for name, value in other.items():
            setattr(made, name, value)
        await services.flush()
        await services.search.index(made)
        return made


async def expert(acting: ActingAs, who: str = TARO, **other: Any) -> Expert:
    async with acting(who, "slack") as services:
        return await people.expert(services, **other)


async def mine(acting: ActingAs, who: str = TARO, at: Any = NOON) -> list[str]:
    """The titles of what is suggested to an expert."""
    async with acting(who, "slack", at) as services:
        return [one.case.title for one in await services.suggestions.for_me()]


async def named(acting: ActingAs, of: Case, at: Any = NOON) -> list[int]:
    """The experts whom the secretariat is suggested for a case."""
    async with as_clerk(acting, at) as services:
        found = await services.suggestions.experts_for(of.id, by_company=False)
        return [one.expert.id for one in found.experts]


async def barred(acting: ActingAs, of: Case) -> dict[Barrier, int]:
    async with as_clerk(acting) as services:
        return dict((await services.suggestions.experts_for(of.id, by_company=False)).barred)


# --- who fits ------------------------------------------------------------------------------------------


async def test_a_case_and_an_expert_who_fit_are_suggested_to_each_other(acting: ActingAs) -> None:
    open_case, taro = await case(acting), await expert(acting)
    assert await mine(acting) == ["ネット販売を始めたい"]
    assert await named(acting, open_case) == [taro.id]


async def test_reasons_are_words_of_both_sides_and_nothing_personal(acting: ActingAs) -> None:
    await case(acting, current_tools="弥生と電話", issue="注文を弥生に写すのが大変です。090-1234-5678")
    await expert(acting, career="弥生会計の導入を20社で支援。090-9999-8888", track_record="山本太郎商店ほか")
    async with acting(TARO, "slack") as services:
        [found] = await services.suggestions.for_me()
    say = speaker("ja")
    reasons = [say(reason.text) for reason in found.score.reasons]
    assert "得意分野：EC・ネット販売" in reasons
    assert "経験と合う言葉：「弥生会計」" in reasons
    assert not any("090" in reason or "山本" in reason for reason in reasons)


async def test_whose_experience_tells_of_the_case_comes_first(acting: ActingAs) -> None:
    open_case = await case(acting, issue="弥生とfreeeのどちらがよいか迷っています。")
    await expert(acting, TARO)
    jiro = await expert(acting, JIRO, track_record="freeeと弥生の切り替えを支援")
    assert (await named(acting, open_case))[0] == jiro.id


async def test_finished_support_in_the_area_comes_first_and_is_named(acting: ActingAs) -> None:
    open_case, taro, jiro = await case(acting), await expert(acting, TARO), await expert(acting, JIRO)
    async with acting("U-former") as services:
        contract = await road.contract(services, await people.company(services), jiro)
        await road.report(services, contract)
    async with as_clerk(acting) as services:
        found = (await services.suggestions.experts_for(open_case.id, by_company=False)).experts
    assert [one.expert.id for one in found] == [jiro.id, taro.id]
    say = speaker("ja")
    assert "EC・ネット販売の支援を1件完了" in [say(reason.text) for reason in found[0].score.reasons]


async def test_a_visit_is_for_those_who_come_there(acting: ActingAs) -> None:
    open_case = await case(acting, mode="visit", prefecture="兵庫県")
    near = await expert(acting, TARO, modes=["visit"], regions=["兵庫県"])
    await expert(acting, JIRO, modes=["visit"], regions=["東京都"])
    await expert(acting, "U-online", modes=["online"])
    anywhere = await expert(acting, "U-anywhere", modes=["visit"], regions=["ALL"])
    assert sorted(await named(acting, open_case)) == sorted([near.id, anywhere.id])
    assert await mine(acting, JIRO) == []
    assert await mine(acting, "U-online") == []
    assert await mine(acting, "U-anywhere") == ["ネット販売を始めたい"]


async def test_where_few_offer_the_area_experience_counts(acting: ActingAs) -> None:
    open_case = await case(acting, area="SNS", title="和菓子店のSNS")
    taro = await expert(acting, TARO, track_record="和菓子店と洋菓子店を5社")
    await expert(acting, JIRO, track_record="建設業を5社")
    assert await named(acting, open_case) == [taro.id]


# --- who is never suggested ----------------------------------------------------------------------------


Change = Callable[[Services, Case, Expert], Awaitable[None]]


async def suspended(services: Services, open_case: Case, taro: Expert) -> None:
    taro.standing = Standing.WITHDRAWN


async def unwilling(services: Services, open_case: Case, taro: Expert) -> None:
    taro.wants_matching = False


async def not_completed(services: Services, open_case: Case, taro: Expert) -> None:
    taro.standing = Standing.DEFICIENT


async def unqualified(services: Services, open_case: Case, taro: Expert) -> None:
    taro.qualification = None


async def used_up(services: Services, open_case: Case, taro: Expert) -> None:
    taro.phase1_paid_yen = 1_499_000


async def company_used_up(services: Services, open_case: Case, taro: Expert) -> None:
    (await owner(services, open_case)).phase1_used_yen = 300_000


async def company_nearly_used_up(services: Services, open_case: Case, taro: Expert) -> None:
    (await owner(services, open_case)).phase1_used_yen = 299_000


async def withdrawn(services: Services, open_case: Case, taro: Expert) -> None:
    await road.plan(
        services, await owner(services, open_case), taro, state=PlanState.WITHDRAWN, case_id=open_case.id
    )


async def declined(services: Services, open_case: Case, taro: Expert) -> None:
    await road.plan(
        services, await owner(services, open_case), taro, state=PlanState.DECLINED, case_id=open_case.id
    )


async def blocked(services: Services, open_case: Case, taro: Expert) -> None:
    services.session.add(
        EnquiryBlock(case_id=open_case.id, expert_id=taro.id, person_id=taro.person_id, at=services.now)
    )


async def same_phone(services: Services, open_case: Case, taro: Expert) -> None:
    taro.phone = (await owner(services, open_case)).phone


async def same_mail(services: Services, open_case: Case, taro: Expert) -> None:
    taro.email = (await owner(services, open_case)).email.upper()


async def same_house(services: Services, open_case: Case, taro: Expert) -> None:
    taro.address = "兵庫県神戸市加納町１丁目１"


async def closed(services: Services, open_case: Case, taro: Expert) -> None:
    open_case.state = CaseState.NOT_WANTED


async def over(services: Services, open_case: Case, taro: Expert) -> None:
    open_case.proposal_deadline = date(2021, 10, 19)


async def hidden(services: Services, open_case: Case, taro: Expert) -> None:
    interest = await case_interest._kept(services, open_case.id)
    interest.hidden_at = services.now


async def owner(services: Services, of: Case) -> Company:
    found = await services.session.get(Company, of.company_id)
    assert found is not None
    return found


NEVER: list[Change] = [
    *(suspended, unwilling, not_completed, unqualified, used_up, company_used_up, company_nearly_used_up),
    *(withdrawn, declined, blocked, same_phone, same_mail, same_house, closed, over, hidden),
]


@pytest.mark.parametrize("change", NEVER, ids=lambda change: change.__name__)
async def test_who_cannot_support_a_case_is_suggested_on_neither_side(
    acting: ActingAs, change: Change
) -> None:
    open_case, taro = await case(acting), await expert(acting)
    async with acting(STRANGER) as services:
        found = await services.session.get(Case, open_case.id)
        somebody = await services.session.get(Expert, taro.id)
        assert found is not None and somebody is not None
        await change(services, found, somebody)
    assert await mine(acting) == []
    async with as_clerk(acting) as services:
        try:
            found_experts = await services.suggestions.experts_for(open_case.id, by_company=False)
        except Refusal:
            return
        assert found_experts.experts == []
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.suggestions.recommend(open_case.id, taro.id, by_company=True)
    async with acting(TARO, "slack") as services:
        assert told(services) == []


async def test_nobody_is_suggested_to_himself(acting: ActingAs) -> None:
    async with acting("U-both", "slack") as services:
        await people.expert(services)
        await people.case(services, await people.company(services))
        assert await services.suggestions.for_me() == []
        [own] = await services.cases.mine()
    assert await named(acting, own) == []
    assert await barred(acting, own) == {Barrier.RELATED: 1}


async def test_while_plans_are_stopped_nothing_is_suggested(acting: ActingAs) -> None:
    open_case, taro = await case(acting), await expert(acting)
    async with acting(STRANGER) as services:
        await stopped(services, "plans")
    assert await mine(acting) == []
    async with acting(OWNER) as services:
        with pytest.raises(Refusal):
            await services.suggestions.experts_for(open_case.id, by_company=True)
        with pytest.raises(Refusal):
            await services.suggestions.recommend(open_case.id, taro.id, by_company=True)


async def test_who_has_as_many_contracts_as_allowed_is_not_suggested(acting: ActingAs) -> None:
    open_case, taro = await case(acting), await expert(acting)
    async with acting("U-former") as services:
        company = await people.company(services)
        for _number in range(services.programme.limits.live_contracts_expert):
            await road.contract(services, company, taro)
    assert await mine(acting) == []
    assert await barred(acting, open_case) == {Barrier.BUSY: 1}


async def test_a_company_with_as_many_contracts_as_allowed_gets_no_suggestions(acting: ActingAs) -> None:
    open_case, jiro = await case(acting), await expert(acting, JIRO)
    await expert(acting)
    async with acting(OWNER) as services:
        company = await owner(services, open_case)
        for _number in range(services.programme.limits.live_contracts_sme):
            await road.contract(services, company, jiro)
    assert await mine(acting) == []
    async with as_clerk(acting) as services:
        with pytest.raises(Refusal, match="limit is reached"):
            await services.suggestions.experts_for(open_case.id, by_company=False)


async def test_what_an_expert_changes_counts_at_once(acting: ActingAs) -> None:
    open_case, taro = await case(acting), await expert(acting, areas=["SNS"])
    assert await named(acting, open_case) == []
    async with acting(TARO, "slack") as services:
        me = await services.experts.mine()
        assert me is not None
        offer = me.offer
        await services.experts.change_offer(
            type(offer)(["EC"], Yen(5000), offer.modes, offer.regions), me.revision
        )
    assert await named(acting, open_case) == [taro.id]


# --- not for me ----------------------------------------------------------------------------------------


async def test_what_is_set_aside_is_gone_until_it_is_taken_up_again(acting: ActingAs) -> None:
    open_case = await case(acting)
    await expert(acting)
    async with acting(TARO, "slack") as services:
        await services.suggestions.set_aside(open_case.id)
        rows = await services.audit.history("case", open_case.id)
        assert [row.action for row in rows] == ["set aside"]
    assert await mine(acting) == []
    assert await named(acting, open_case) == []
    async with acting(TARO, "slack") as services:
        await services.suggestions.take_up(open_case.id)
    assert await mine(acting) == ["ネット販売を始めたい"]


async def test_cases_like_one_set_aside_step_back_with_the_reason_given(acting: ActingAs) -> None:
    dear = await case(acting, title="二つ目の相談", budget_yen=20_000, minutes=1200)
    await case(acting, title="安い相談", budget_yen=10_000, minutes=1200)
    await case(acting, title="高い相談", budget_yen=90_000, minutes=1200)
    await expert(acting)
    assert len(await mine(acting)) == 3
    async with acting(TARO, "slack") as services:
        await services.suggestions.set_aside(dear.id, Why.PRICE)
    left = await mine(acting)
    assert left[0] == "高い相談"
    async with acting(TARO, "slack") as services:
        points = {one.case.title: one.score.points for one in await services.suggestions.for_me()}
    assert points["高い相談"] - points.get("安い相談", 0) >= 25


async def test_only_registered_experts_set_cases_aside(acting: ActingAs) -> None:
    open_case = await case(acting)
    async with acting(STRANGER, "slack") as services:
        with pytest.raises(Refusal):
            await services.suggestions.set_aside(open_case.id)
        assert await services.suggestions.for_me() == []


async def test_a_draft_of_another_company_cannot_even_be_set_aside(acting: ActingAs) -> None:
    closed_case = await case(acting, state=CaseState.UNDER_REVIEW)
    await expert(acting)
    async with acting(TARO, "slack") as services:
        with pytest.raises(Refusal, match="not open"):
            await services.suggestions.set_aside(closed_case.id)


# --- letting an expert know ----------------------------------------------------------------------------


async def test_a_company_lets_an_expert_know_once(acting: ActingAs) -> None:
    open_case, taro = await case(acting), await expert(acting)
    async with acting(OWNER) as services:
        await services.suggestions.recommend(open_case.id, taro.id, by_company=True)
        assert told(services) == ["case.recommended"]
        assert services.notices.told[0].person_id == taro.person_id
        rows = await services.audit.history("case", open_case.id)
        assert [(row.action, row.reason) for row in rows] == [("recommended", "by the company")]
    async with acting(OWNER) as services:
        with pytest.raises(Refusal, match="told of the case already"):
            await services.suggestions.recommend(open_case.id, taro.id, by_company=True)
        assert told(services) == []
    assert await named(acting, open_case) == []
    assert await mine(acting) == ["ネット販売を始めたい"], "the expert may still answer it"


async def test_two_at_once_tell_an_expert_once(acting: ActingAs) -> None:
    open_case, taro = await case(acting), await expert(acting)

    async def tell() -> int:
        async with as_clerk(acting) as services:
            with suppress(Refusal):
                await services.suggestions.recommend(open_case.id, taro.id, by_company=False)
            return len(told(services))

    assert sum(await asyncio.gather(*(tell() for _clerk in range(3)))) == 1


async def test_an_expert_is_told_of_few_cases_a_day(acting: ActingAs) -> None:
    taro = await expert(acting)
    cases = [await case(acting, f"U-owner{number}") for number in range(4)]
    async with as_clerk(acting) as services:
        most = services.programme.limits.recommendations_a_day
        for one in cases[:most]:
            await services.suggestions.recommend(one.id, taro.id, by_company=False)
        with pytest.raises(Refusal, match="enough cases today"):
            await services.suggestions.recommend(cases[most].id, taro.id, by_company=False)
    async with as_clerk(acting, NOON + DAY) as services:
        await services.suggestions.recommend(cases[most].id, taro.id, by_company=False)


async def test_a_company_tells_so_many_experts_and_no_more(acting: ActingAs) -> None:
    open_case = await case(acting)
    async with acting(OWNER) as services:
        most = services.programme.limits.recommendations_a_case
    experts = [await expert(acting, f"U-expert{number}") for number in range(most + 1)]
    async with acting(OWNER) as services:
        for one in experts[:most]:
            await services.suggestions.recommend(open_case.id, one.id, by_company=True)
        with pytest.raises(Refusal, match="Enough experts"):
            await services.suggestions.recommend(open_case.id, experts[most].id, by_company=True)


async def test_others_neither_see_nor_tell_anybody_of_a_companys_case(acting: ActingAs) -> None:
    open_case, taro = await case(acting), await expert(acting)
    await case(acting, "U-other")
    for who, channel, by_company in (
        ("U-other", "line", True),
        ("U-other", "line", False),
        (JIRO, "slack", False),
        (STRANGER, "line", True),
    ):
        async with acting(who, channel) as services:
            with pytest.raises(Refusal):
                await services.suggestions.experts_for(open_case.id, by_company=by_company)
            with pytest.raises(Refusal):
                await services.suggestions.recommend(open_case.id, taro.id, by_company=by_company)
            assert told(services) == []


async def test_a_clerk_has_no_word_on_a_case_of_his_own(acting: ActingAs) -> None:
    taro = await expert(acting)
    async with as_clerk(acting) as services:
        own = await people.case(services, await people.company(services))
        with pytest.raises(Refusal, match="a colleague must decide"):
            await services.suggestions.recommend(own.id, taro.id, by_company=False)


# --- everybody has a turn ------------------------------------------------------------------------------


async def test_whoever_was_suggested_lately_steps_back_and_the_same_case_changes_nothing(
    acting: ActingAs,
) -> None:
    cases = [await case(acting, f"U-owner{number}") for number in range(6)]
    for number in range(12):
        await expert(acting, f"U-expert{number}")
    first = await named(acting, cases[0])
    assert await named(acting, cases[0]) == first, "looking again is no other answer"
    seen = [first, *[await named(acting, one) for one in cases[1:]]]
    assert len({expert_id for one in seen for expert_id in one}) == 12, "nobody is left out for ever"
    times = [sum(expert_id in one for one in seen) for expert_id in {e for one in seen for e in one}]
    assert max(times) - min(times) <= 2


async def test_suggestions_for_an_expert_are_written_nowhere(acting: ActingAs) -> None:
    await case(acting)
    await expert(acting)
    await mine(acting)
    async with acting(STRANGER) as services:
        assert (await services.session.scalars(select(Suggestion))).all() == []


# --- whom a company knows ------------------------------------------------------------------------------


async def test_only_who_has_supported_a_company_here_is_known_to_it(acting: ActingAs) -> None:
    open_case, taro = await case(acting), await expert(acting)
    await expert(acting, JIRO)
    async with acting(OWNER) as services:
        assert await services.suggestions.known() == []
        await road.contract(services, await owner(services, open_case), taro)
        assert [one.id for one in await services.suggestions.known()] == [taro.id]


# --- cases that nobody answers -------------------------------------------------------------------------


async def rings(acting: ActingAs, at: Any) -> list[str]:
    """What people are told when timers have run at a moment."""
    async with acting(None, at=at) as services:
        while await Attempt().run(services):
            pass
        return told(services)


async def watched(acting: ActingAs) -> Case:
    """A case that was published at noon."""
    made = await case(acting, published_at=NOON)
    async with acting(STRANGER) as services:
        await unanswered_cases.watch(services, made)
    return made


async def test_after_some_days_without_an_answer_company_and_office_hear_of_it(acting: ActingAs) -> None:
    open_case = await watched(acting)
    await expert(acting)
    assert await rings(acting, NOON + 2.9 * DAY) == []
    async with acting(STRANGER, at=NOON + 2.9 * DAY) as services:
        assert await unanswered_cases.count(services) == 0
    assert await rings(acting, NOON + 3 * DAY) == ["case.unanswered"]
    async with acting(STRANGER, at=NOON + 3 * DAY) as services:
        assert [one.id for one in await unanswered_cases.longest(services, 5)] == [open_case.id]
        assert await unanswered_cases.count(services) == 1


async def test_without_anybody_to_suggest_only_the_office_hears_of_it(acting: ActingAs) -> None:
    await watched(acting)
    assert await rings(acting, NOON + 3 * DAY) == []
    async with acting(STRANGER, at=NOON + 3 * DAY) as services:
        assert await unanswered_cases.count(services) == 1


async def test_a_question_is_an_answer(acting: ActingAs) -> None:
    open_case = await watched(acting)
    await expert(acting)
    async with acting(TARO, "slack") as services:
        await services.enquiries.ask(open_case.id, "在庫は何で管理していますか。")
    assert await rings(acting, NOON + 3 * DAY) == []
    async with acting(STRANGER, at=NOON + 3 * DAY) as services:
        assert await unanswered_cases.count(services) == 0


# --- many ----------------------------------------------------------------------------------------------


async def test_of_many_experts_a_bounded_number_is_scored(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.suggestion_candidates.EXPERTS", 4)
    open_case = await case(acting)
    for number in range(8):
        await expert(acting, f"U-expert{number}")
    assert len(await named(acting, open_case)) == 4


async def test_all_experts_are_indexed_anew_some_at_a_time(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.expert_index.SOME", 2)
    open_case = await case(acting)
    ids = [(await expert(acting, f"U-expert{number}")).id for number in range(5)]
    async with acting(STRANGER) as services:
        await services.connection.execute(delete(ExpertIndexRow))
        await expert_index.keep_all_soon(services)
    assert await named(acting, open_case) == []
    for minute in range(3):
        await rings(acting, NOON + timedelta(minutes=minute))
        assert len(await named(acting, open_case)) == min(2 * (minute + 1), 5)
    assert set(await named(acting, open_case)) == set(ids)


async def test_a_finished_support_counts_as_experience(acting: ActingAs) -> None:
    jiro = await expert(acting, JIRO)
    async with acting("U-former") as services:
        former = await people.company(services)
        contract = await road.contract(services, former, jiro)
        await road.report(services, contract)
        about, plan = await people.case(services, former), await services.plans.get(contract.plan_id)
        assert plan is not None
        plan.case_id, about.issue = about.id, "弥生会計に手で写しています。"
        await services.flush()
        await expert_index.keep_soon(services, jiro.id)
    await rings(acting, NOON)
    async with acting(STRANGER) as services:
        assert "弥生会計" in (await expert_index.words_of(services, jiro.id)).values()


async def test_drawing_a_home_writes_nothing(acting: ActingAs, engine: AsyncEngine) -> None:
    await case(acting)
    await expert(acting)
    seen: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    async with acting(TARO, "slack") as services:
        seen.clear()
        assert await services.suggestions.for_me(4)
        await services.flush()
        assert [one for one in seen if not one.strip().startswith(("SELECT", "WITH"))] == []


async def test_contact_data_of_an_expert_is_not_in_the_index(acting: ActingAs) -> None:
    await case(acting)
    await expert(acting, career="弥生に強い。taro@example.jp 090-1234-5678")
    await mine(acting)
    async with acting(STRANGER) as services:
        kept = await services.connection.scalar(text("SELECT vector::text FROM expert_index"))
    assert "弥生" in kept
    assert not any(word in kept for word in ("090", "1234", "taro", "example"))
