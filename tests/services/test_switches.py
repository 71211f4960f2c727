"""Two clerks stop and resume parts of the programme; whom it concerns hears of it once; what runs goes on."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from locales.language import speaker
from services import secretariat, switches
from services.answers import Draft
from services.programme import load
from services.refusals import Refusal
from services.switches import ChangeState
from services.timers import Attempt
from services.values import Yen
from tests.conftest import NOON, ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.switched import ANNA, BEN, changed, clerks, tell

CODES = [part.code for part in load("phase2").switches]
OWNER, TARO = "U-owner", "U-taro"
LATER = NOON + timedelta(hours=1)
REASON = "確認のため、しばらく止めます。"


async def begin(acting: ActingAs, who: str, form: str, channel: str = "line") -> int:
    """Somebody who has begun a form; returns the person's id."""
    async with acting(who, channel) as services:
        await services.drafts.save(Draft(form, answers={"name": "やまだ"}), services.now)
        assert services.person is not None
        return services.person.id


@pytest.mark.parametrize("code", CODES)
async def test_a_stop_needs_a_second_person(acting: ActingAs, code: str) -> None:
    await clerks(acting)
    async with acting(ANNA, "slack") as services:
        change = await services.switches.propose(code, False, REASON)
        assert await services.switches.is_open(code)
        with pytest.raises(Refusal, match="a colleague must confirm"):
            await services.switches.confirm(change.id)
    async with acting(BEN, "slack") as services:
        await services.switches.confirm(change.id)
        assert await services.switches.standing() == {one: one != code for one in CODES}
        with pytest.raises(Refusal, match="stopped for now"):
            await services.switches.require(code)
    async with acting(BEN, "slack") as services:
        back = await services.switches.propose(code, True, "確認が終わりました。")
    async with acting(ANNA, "slack") as services:
        await services.switches.confirm(back.id)
        await services.switches.require(code)
        actions = [row.action for row in await services.audit.history("switch", back.id)]
    assert actions == ["proposed", "resumed"]


async def test_outsiders_change_nothing(acting: ActingAs) -> None:
    await clerks(acting)
    async with acting(ANNA, "slack") as services:
        change = await services.switches.propose("cases", False, REASON)
    for outsider, channel in (("U-outsider", "slack"), ("U-owner", "line")):
        async with acting(outsider, channel) as services:
            for attempt in (
                services.switches.propose("plans", False, REASON),
                services.switches.confirm(change.id),
                services.switches.take_back(change.id),
            ):
                with pytest.raises(Refusal, match="Only members"):
                    await attempt
            assert all((await services.switches.standing()).values())


async def test_a_clerk_who_has_left_the_channel_confirms_nothing(acting: ActingAs) -> None:
    await clerks(acting)
    async with acting(ANNA, "slack") as services:
        change = await services.switches.propose("cases", False, REASON)
    async with acting(BEN, "slack") as services:
        assert services.person is not None
        await secretariat.leave(services.connection, services.person.identity)
        with pytest.raises(Refusal, match="Only members"):
            await services.switches.confirm(change.id)


async def test_what_was_decided_is_decided_once(acting: ActingAs) -> None:
    await clerks(acting)
    async with acting(ANNA, "slack") as services:
        change = await services.switches.propose("cases", False, REASON)
        with pytest.raises(Refusal, match="has proposed a change"):
            await services.switches.propose("cases", False, REASON)
        await services.switches.take_back(change.id)
        again = await services.switches.propose("cases", False, REASON)
    async with acting(BEN, "slack") as services:
        with pytest.raises(Refusal, match="took this back"):
            await services.switches.confirm(change.id)
        await services.switches.confirm(again.id)
        with pytest.raises(Refusal, match="confirmed this"):
            await services.switches.take_back(again.id)
        with pytest.raises(Refusal, match="stopped already"):
            await services.switches.propose("cases", False, REASON)
        with pytest.raises(Refusal, match="goes on already"):
            await services.switches.propose("plans", True, REASON)
        history = [one.state for one in await services.switches.history()]
    assert history == [ChangeState.IN_FORCE, ChangeState.TAKEN_BACK]


@pytest.mark.parametrize("reason", ["", "  \n", "あ" * 201])
async def test_a_change_has_a_reason_that_people_can_read(acting: ActingAs, reason: str) -> None:
    await clerks(acting)
    async with acting(ANNA, "slack") as services:
        with pytest.raises(Refusal) as refused:
            await services.switches.propose("cases", False, reason)
    assert refused.value.about == "reason"


async def test_a_part_that_nobody_knows_cannot_be_changed(acting: ActingAs) -> None:
    await clerks(acting)
    async with acting(ANNA, "slack") as services:
        for attempt in (services.switches.propose("claims", False, REASON), services.switches.confirm(999)):
            with pytest.raises(Refusal, match="cannot find"):
                await attempt


async def test_what_is_being_handed_in_keeps_a_stop_waiting(acting: ActingAs) -> None:
    await clerks(acting)
    async with acting(ANNA, "slack") as services:
        change = await services.switches.propose("cases", False, REASON)

    async def confirm() -> None:
        async with acting(BEN, "slack") as services:
            await services.switches.confirm(change.id)

    async with acting(OWNER) as services:
        await people.company(services)
        await services.switches.require("cases")
        waiting = asyncio.create_task(confirm())
        await asyncio.sleep(0.2)
        assert not waiting.done()
    await waiting
    async with acting(OWNER) as services:
        with pytest.raises(Refusal, match="stopped for now"):
            await services.switches.require("cases")


# --- who hears of it ------------------------------------------------------------------------------------


async def test_whom_it_concerns_hears_of_the_stop_and_of_the_resumption_once(acting: ActingAs) -> None:
    begun = await begin(acting, "U-begun", "company")
    await begin(acting, "U-other", "case")
    stop = await changed(acting, "registration")
    told = await tell(acting)
    assert [(one.kind, one.person_id) for one in told] == [("switch.stopped", begun)]
    async with acting(None, at=LATER) as services:
        await services.switches.go_on_telling(stop)
        await services.timers.set("switch.tell", stop, LATER)
    assert await tell(acting, LATER) == []
    await changed(acting, "registration", open=True, at=LATER)
    told = await tell(acting, LATER)
    assert [(one.kind, one.person_id) for one in told] == [("switch.resumed", begun)]


async def test_whoever_was_refused_is_told_when_it_goes_on(acting: ActingAs) -> None:
    await changed(acting, "registration")
    await tell(acting)
    async with acting("U-late") as services:
        assert services.person is not None
        late = services.person.id
        with pytest.raises(Refusal, match="we will tell you"):
            await services.switches.require("registration")
    await changed(acting, "registration", open=True, at=LATER)
    assert [one.person_id for one in await tell(acting, LATER)] == [late]


async def test_many_are_told_in_several_transactions(
    acting: ActingAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switches, "BATCH", 3)
    people_ = [await begin(acting, f"U-{place}", "company") for place in range(7)]
    await changed(acting, "registration")
    batches = []
    for second in range(10):
        async with acting(None, at=NOON + timedelta(seconds=second)) as services:
            await Attempt().run(services)
        batches.append([one.person_id for one in services.notices.told])
    assert [batch for batch in batches if batch] == [people_[:3], people_[3:6], people_[6:]]


async def test_nobody_more_is_told_of_a_stop_that_is_over(acting: ActingAs) -> None:
    await begin(acting, "U-begun", "company")
    await changed(acting, "registration")
    await changed(acting, "registration", open=True, at=LATER)
    assert await tell(acting, LATER) == []


async def test_both_sides_of_a_proposal_are_concerned_by_agreement_and_an_old_contract_is_not(
    acting: ActingAs,
) -> None:
    async with acting(OWNER) as services:
        company = await people.company(services)
        case = await people.case(services, company)
        assert services.person is not None
        owner = services.person.id
    async with acting(TARO, "slack") as services:
        await people.expert(services)
        assert services.person is not None
        taro = services.person.id
        await services.plans.send(people.CONTENT, case_id=case.id)
    async with acting("U-running") as services:
        running = await people.company(services)
    async with acting("U-running-expert", "slack") as services:
        other = await people.expert(services)
        await road.contract(services, running, other)
    await changed(acting, "agreement")
    assert sorted(one.person_id for one in await tell(acting)) == sorted([owner, taro])


@pytest.mark.parametrize("code", CODES)
async def test_everybody_concerned_can_be_found_for_each_part(acting: ActingAs, code: str) -> None:
    await changed(acting, code)
    assert await tell(acting) == []


async def test_what_was_begun_is_kept(acting: ActingAs) -> None:
    await begin(acting, "U-begun", "company")
    await changed(acting, "registration")
    await tell(acting)
    async with acting("U-begun") as services:
        kept = await services.drafts.live("company")
    assert kept is not None and kept.answers == {"name": "やまだ"}


# --- the budget ------------------------------------------------------------------------------------------


async def test_registration_and_agreement_close_when_the_budget_is_nearly_used_up(acting: ActingAs) -> None:
    begun = await begin(acting, "U-begun", "company")
    await clerks(acting)
    async with acting(None) as services:
        await services.switches.watch_budget()
        assert all((await services.switches.standing()).values())
        await services.connection.execute(
            text("UPDATE accounts SET reserved_yen = cap_yen - :left WHERE party = 'budget'"),
            {"left": int(services.programme.money.closing_reserve) - 1},
        )
        await services.switches.watch_budget()
        await services.switches.watch_budget()
        standing = await services.switches.standing()
        assert [code for code, open in standing.items() if not open] == ["registration", "agreement"]
        with pytest.raises(Refusal, match="budget is nearly used up"):
            await services.switches.require("registration")
    told = await tell(acting)
    assert [one.person_id for one in told] == [begun]
    await changed(acting, "registration", open=True, at=LATER)
    async with acting(None, at=LATER) as services:
        await services.switches.watch_budget()
        assert await services.switches.is_open("registration")


async def test_reserving_watches_the_budget(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        company = await people.company(services)
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
        plan = await road.plan(services, company, expert)
        money = services.programme.money
        await services.ledger.budget_left()
        await services.connection.execute(
            text("UPDATE accounts SET reserved_yen = cap_yen - :left WHERE party = 'budget'"),
            {"left": int(money.closing_reserve)},
        )
        assert await services.switches.is_open("agreement")
        await services.ledger.reserve(plan, Yen(104_000))
        assert not await services.switches.is_open("agreement")


# --- what goes on ----------------------------------------------------------------------------------------


async def test_with_everything_stopped_nothing_that_runs_asks_a_switch(acting: ActingAs) -> None:
    """DOMAIN 15.10, as far as no service of what follows a contract speaks of switches at all."""
    folder = Path(switches.__file__).parent
    asking = {
        path.stem for path in folder.glob("*.py") if "switches.require(" in path.read_text(encoding="utf-8")
    }
    assert asking <= {
        "switches",
        "companies",
        "experts",
        "cases",
        "requests",
        "plans",
        "plan_choices",
        "contracts",
    }


async def test_the_reason_is_told_in_words() -> None:
    part = load("phase2").switches[0]
    assert speaker("ja")(switches.stopped(part, None)).startswith("「新しい登録」は今はお休み")
