"""Clerks, experts and companies do things at the same moment, on connections of their own: all ten invariants hold."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.bundle import Services
from services.claims import snapshot
from services.programme import Deadline
from services.refusals import Refusal
from tests.services.season import cast
from tests.services.season.cast import CLERKS, EVERYBODY, Season
from tests.services.season.deeds import KINDS, Deed, doing, perform
from tests.services.season.invariants import Watch
from tests.services.season.prospects import Prospects
from tests.services.season.walking import (
    agreed,
    approved,
    at_once,
    before,
    concluded,
    must,
    newest,
    proposed,
    record,
)

BEGINS = datetime(2021, 10, 20, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
IDLE = ("wait", "carry", "turn_switches")
"""What would be done too often."""


@pytest.fixture
async def season(engine: AsyncEngine, quick_papers: None) -> AsyncIterator[Season]:
    """A season at its beginning; at its end all ten invariants hold, and no two had to wait for each other."""
    made = await cast.opened(engine, cast.small(BEGINS), BEGINS)
    yield made
    assert await made.broken() == []
    assert made.reruns == 0


def done(results: list[Refusal | None]) -> int:
    """How many were not refused."""
    return results.count(None)


# --- whoever comes first -------------------------------------------------------------------------------


async def test_a_plan_is_approved_once_by_whichever_clerk_comes_first(season: Season) -> None:
    plan = await agreed(season, "owner1", "taro")
    assert done(await at_once(season, [Deed("approve_plan", who, plan) for who in CLERKS])) == 1


async def test_two_plans_that_fit_a_companys_cap_only_one_by_one_are_not_both_approved(
    season: Season,
) -> None:
    plans = [await agreed(season, "owner1", expert, 360) for expert in ("taro", "jiro")]
    await must(season, Deed("carry", "ken", 0, 5))
    deeds = [Deed("approve_plan", clerk, plan) for clerk, plan in zip(CLERKS, plans, strict=False)]
    assert done(await at_once(season, deeds)) == 1


async def test_two_companies_do_not_share_more_of_an_expert_than_his_cap(season: Season) -> None:
    plans = [await agreed(season, owner, "taro", 720) for owner in ("owner1", "owner2")]
    await must(season, Deed("carry", "ken", 3, 10))
    deeds = [Deed("approve_plan", clerk, plan) for clerk, plan in zip(CLERKS, plans, strict=False)]
    assert done(await at_once(season, deeds)) == 1


async def test_agreements_at_the_same_moment_do_not_overlook_each_other(season: Season) -> None:
    plans = [(owner, await proposed(season, owner, "taro", 360)) for owner in ("owner1", "owner2", "owner3")]
    await must(season, Deed("carry", "ken", 3, 10))
    # Of his 90,000 yen 50,000 are left now, and each of the plans takes 21,000.
    assert done(await at_once(season, [Deed("agree", owner, plan) for owner, plan in plans])) == 2


async def test_two_people_of_one_company_do_not_agree_to_two_plans_for_a_case(season: Season) -> None:
    plans = [await proposed(season, "owner3", "taro")]
    case = await record(season, "plans", "case_id", plans[0])
    await must(season, Deed("propose", "saburo", int(case), 41))
    plans.append(await newest(season, "plans"))
    # Somebody of the secretariat may sign for this company, and so may not decide about it.
    results = await at_once(season, [Deed("agree", "owner3", plans[0]), Deed("agree", "rie", plans[1])])
    assert done(results) == 1
    chosen = plans[results.index(None)]
    assert await perform(season, Deed("approve_plan", "rie", chosen)) is not None
    await must(season, Deed("approve_plan", "misaki", chosen))


async def test_the_budget_is_not_promised_twice(season: Season) -> None:
    pairs = (("owner1", "taro"), ("owner2", "saburo"), ("owner3", "jiro"))
    plans = [await agreed(season, owner, expert, 360) for owner, expert in pairs]
    with_money(season, budget=50_000, closing_reserve=0)
    clerks = ("misaki", "ken", "saburo")
    deeds = [Deed("approve_plan", clerk, plan) for clerk, plan in zip(clerks, plans, strict=True)]
    assert done(await at_once(season, deeds)) == 2


async def test_both_sides_sign_at_once_and_the_contract_is_concluded_once(season: Season) -> None:
    contract = await approved(season, "owner1", "taro")
    results = await at_once(season, [Deed("sign", who, contract) for who in ("owner1", "taro")])
    assert done(results) == 2
    assert await record(season, "contracts", "state", contract) == "concluded"


async def test_signing_and_cancelling_at_once_leave_one_of_both(season: Season) -> None:
    contract = await approved(season, "owner1", "taro")
    await must(season, Deed("sign", "taro", contract))
    await at_once(season, [Deed("sign", "owner1", contract), Deed("cancel_contract", "taro", contract)])
    assert await record(season, "contracts", "state", contract) in ("concluded", "cancelled")


async def test_an_expert_is_not_in_two_sessions_whoever_begins_them(season: Season) -> None:
    one = await concluded(season, "owner1", "taro")
    other = await concluded(season, "owner2", "taro")
    await season.wait(DAY)
    assert done(await at_once(season, [Deed("start", "owner1", one), Deed("start", "owner2", other)])) == 1


async def test_a_company_is_not_in_two_sessions_whoever_begins_them(season: Season) -> None:
    one = await concluded(season, "owner1", "taro")
    other = await concluded(season, "owner1", "saburo")
    await season.wait(DAY)
    assert done(await at_once(season, [Deed("start", "taro", one), Deed("start", "saburo", other)])) == 1


async def test_sessions_entered_at_once_do_not_fill_a_day_twice(season: Season) -> None:
    contracts = [await concluded(season, owner, "taro", 720) for owner in ("owner1",)]
    contracts.append(await concluded(season, "owner1", "saburo", 240))
    await season.wait(2 * DAY)
    # 475 minutes, and 240 of them at the same time.
    deeds = [Deed("enter_late", "taro", contracts[0], 9), Deed("enter_late", "saburo", contracts[1], 3)]
    assert done(await at_once(season, deeds)) == 1


async def test_the_company_confirms_the_session_it_saw_while_the_expert_corrects_it(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro")
    confirm = await before(season, contract, "confirm_session")
    await at_once(season, [confirm, Deed("record", "taro", confirm.of, 2)])
    await at_once(season, [confirm, Deed("set_times", "taro", confirm.of, 1)])


async def test_a_report_and_a_session_that_changes_beneath_it(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro")
    report = await before(season, contract, "report")
    session = await newest(season, "sessions")
    await at_once(season, [report, Deed("deny_session", "owner1", session)])
    assert await season.broken() == []


async def test_ending_changing_and_beginning_at_once(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro", 360)
    await before(season, contract, "report")
    await must(season, Deed("propose_change", "taro", contract, 2))
    change = await newest(season, "contract_changes")
    await at_once(
        season,
        [
            Deed("agree_to_change", "owner1", change),
            Deed("terminate", "taro", contract),
        ],
    )


async def test_a_report_is_accepted_or_returned_by_one_clerk(season: Season) -> None:
    contract = await concluded(season, "owner1", "taro")
    accept = await _under_review(season, contract)
    deeds = [Deed("accept_report", "misaki", accept), Deed("return_report", "ken", accept)]
    deeds += [Deed("accept_report", "saburo", accept), Deed("terminate", "owner1", contract)]
    results = await at_once(season, deeds)
    assert done(results[:3]) == 1


async def _under_review(season: Season, contract: int) -> int:
    confirm = await before(season, contract, "confirm_report")
    await must(season, confirm)
    return confirm.of


# --- four eyes and the bank ----------------------------------------------------------------------------


async def test_two_clerks_who_approve_a_large_claim_at_once_are_its_four_eyes(season: Season) -> None:
    claim = await large_claim(season)
    results = await at_once(season, [Deed("approve_claim", who, claim) for who in ("misaki", "ken", "rie")])
    assert done(results) == 2
    assert await record(season, "claims", "state", claim) == "approved"


async def test_one_clerk_is_never_both_pairs_of_eyes(season: Season) -> None:
    claim = await large_claim(season)
    await at_once(season, [Deed("approve_claim", "misaki", claim), Deed("approve_claim", "misaki", claim)])
    assert await record(season, "claims", "state", claim) == "approved_once"


async def test_a_claim_goes_to_the_account_that_holds_when_it_is_handed_in(season: Season) -> None:
    hand_in = await before(season, await concluded(season, "owner1", "taro"), "hand_in")
    await must(season, Deed("correct_account", "taro"))
    change = await newest(season, "account_changes")
    assert done(await at_once(season, [hand_in, Deed("confirm_account", "misaki", change)])) == 2
    accounts: list[object] = []

    async def look(services: Services) -> None:
        claim = await services.claims.get(await newest(season, "claims"))
        expert = await services.experts.get(season.expert["taro"])
        assert claim is not None
        assert expert is not None
        accounts.extend((claim.bank, snapshot(expert.account)))

    await season.must(None, look)
    assert accounts[0] == accounts[1]


async def test_a_claim_is_approved_or_returned(season: Season) -> None:
    claim = (await before(season, await concluded(season, "owner1", "taro"), "approve_claim")).of
    deeds = [Deed("approve_claim", "misaki", claim), Deed("return_claim", "ken", claim)]
    assert done(await at_once(season, [*deeds, Deed("reject_claim", "rie", claim)])) == 1


async def test_two_runs_drawn_up_at_once_do_not_hold_the_same_claim(season: Season) -> None:
    await approved_claims(season, ("owner1", "taro"), ("owner2", "saburo"))
    results = await at_once(season, [Deed("draw_up", who) for who in ("misaki", "ken")])
    assert done(results) == 1


async def test_a_run_is_released_once_or_cancelled(season: Season) -> None:
    await approved_claims(season, ("owner1", "taro"))
    await must(season, Deed("draw_up", "misaki"))
    run = await newest(season, "payment_runs")
    deeds = [Deed("release", "ken", run), Deed("cancel_run", "misaki", run), Deed("release", "rie", run)]
    assert done(await at_once(season, deeds)) == 1


async def test_the_banks_answer_is_entered_once(season: Season) -> None:
    await approved_claims(season, ("owner1", "taro"), ("owner2", "taro"))
    await must(season, Deed("draw_up", "misaki"))
    run = await newest(season, "payment_runs")
    await must(season, Deed("release", "ken", run))
    await season.wait(10 * DAY)
    deeds = [Deed("all_paid", "misaki", run), Deed("one_failed", "ken", run)]
    deeds += [Deed("settle", "saburo", await newest(season, "payments"), 1)]
    results = await at_once(season, deeds)
    assert done(results[:2]) == 1
    payment = await newest(season, "payments")
    claims = [Deed("demand", "misaki", await newest(season, "claims"), 1), Deed("bounce", "ken", payment)]
    await at_once(season, claims)


async def test_a_demand_and_a_transfer_that_came_back(season: Season) -> None:
    (claim,) = await approved_claims(season, ("owner1", "taro"))
    await paid(season)
    await must(season, Deed("demand", "misaki", claim, 1))
    reclaim, payment = await newest(season, "reclaims"), await newest(season, "payments")
    deeds = [Deed("confirm_demand", "ken", reclaim), Deed("bounce", "misaki", payment)]
    assert done(await at_once(season, [*deeds, Deed("confirm_demand", "rie", reclaim)])) == 1


async def test_what_came_back_is_entered_once(season: Season) -> None:
    (claim,) = await approved_claims(season, ("owner1", "taro"))
    await paid(season)
    await must(season, Deed("demand", "misaki", claim, 1))
    reclaim = await newest(season, "reclaims")
    await must(season, Deed("confirm_demand", "ken", reclaim))
    assert (
        done(await at_once(season, [Deed("repay", who, reclaim, 1) for who in ("misaki", "ken", "rie")])) == 1
    )


# --- the programme -------------------------------------------------------------------------------------


async def test_a_stop_and_what_is_being_signed_and_agreed(season: Season) -> None:
    contract = await approved(season, "owner1", "taro")
    plan = await proposed(season, "owner2", "saburo")
    await must(season, Deed("turn_switches", "misaki", how=4))
    deeds = [Deed("confirm_switches", "ken"), Deed("agree", "owner2", plan)]
    await at_once(season, [*deeds, *(Deed("sign", who, contract) for who in ("owner1", "taro"))])
    await season.wait(timedelta(seconds=1))
    refused = await at_once(season, [Deed("sign", "owner1", contract), Deed("propose", "jiro", 1)])
    assert refused[1] is not None


async def test_a_correction_of_phase_one_and_an_approval(season: Season) -> None:
    plan = await agreed(season, "owner1", "taro", 720)
    deeds = [Deed("approve_plan", "misaki", plan), Deed("carry", "ken", 0, 10), Deed("carry", "rie", 3, 12)]
    await at_once(season, deeds)


async def test_the_last_signature_and_the_deadline(season: Season) -> None:
    contract = await approved(season, "owner1", "taro")
    await must(season, Deed("sign", "taro", contract))
    season.now = season.programme.closes(Deadline.CONTRACT)
    sign = season.act("owner1", doing(season, Deed("sign", "owner1", contract)))
    late = Season(season.engine, season.programme, season.now + timedelta(seconds=1))
    await asyncio.gather(sign, late.due())
    assert await record(season, "contracts", "state", contract) in ("concluded", "expired")
    season.now = late.now


# --- anybody, anything ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
async def test_nine_people_at_once_keep_all_ten(engine: AsyncEngine, quick_papers: None, seed: int) -> None:
    await rounds(engine, random.Random(seed), 10)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 130))
async def test_nine_people_at_once_keep_all_ten_for_long(
    engine: AsyncEngine, quick_papers: None, seed: int
) -> None:
    await rounds(engine, random.Random(seed), 20)


async def rounds(engine: AsyncEngine, chance: random.Random, many: int) -> None:
    """Some contracts on their way, and then rounds in which everybody does something at the same moment."""
    season = await cast.opened(engine, cast.small(BEGINS, 9 * DAY), BEGINS)
    for _step in range(25):
        onward = (await Prospects.seen(season)).onward
        await perform(season, chance.choice(onward[:4]))
    watch = Watch()
    for _round in range(many):
        async with engine.connect() as connection:
            await watch.look(connection)
        deeds = everybodys(await Prospects.seen(season), chance)
        results = await at_once(season, deeds)
        async with engine.connect() as connection:
            wrong = await watch.look(connection) + await season.broken()
        assert not wrong, "\n".join([*map(str, zip(deeds, results, strict=True)), *wrong])


def everybodys(seen: Prospects, chance: random.Random) -> list[Deed]:
    """Something for each person: for most of them what is next, so that they meet; otherwise anything."""
    return [_something(seen, who, chance) for who in EVERYBODY]


def _something(seen: Prospects, who: str, chance: random.Random) -> Deed:
    onward, aside = (
        [deed for deed in deeds if deed.who == who or (who in KINDS[deed.what].by and who in CLERKS)]
        for deeds in (seen.onward, [deed for deed in seen.aside if deed.what not in IDLE])
    )
    drawn = chance.random()
    if onward and drawn < 0.7:
        return replace(chance.choice(onward), who=who)
    if aside and drawn < 0.9:
        return replace(chance.choice(aside), who=who, how=chance.randrange(999))
    return replace(seen.wild(*(chance.randrange(999) for _each in "abc")), who=who)


# --- where tests begin ---------------------------------------------------------------------------------


def with_money(season: Season, **amounts: Any) -> None:
    """From now on other caps or limits hold."""
    season.programme = replace(season.programme, money=replace(season.programme.money, **amounts))


async def large_claim(season: Season) -> int:
    """A claim of so much that two clerks must approve it; its id."""
    with_money(season, four_eyes_from=10_000)
    contract = await concluded(season, "owner1", "taro")
    await before(season, contract, "approve_claim")
    return await newest(season, "claims")


async def approved_claims(season: Season, *pairs: tuple[str, str]) -> list[int]:
    """Approved claims of these companies' experts; their ids."""
    claims = []
    for owner, expert in pairs:
        contract = await concluded(season, owner, expert)
        approve = await before(season, contract, "approve_claim")
        await must(season, approve)
        claims.append(approve.of)
    return claims


async def paid(season: Season) -> None:
    """Whatever is approved is paid."""
    await must(season, Deed("draw_up", "misaki"))
    run = await newest(season, "payment_runs")
    await must(season, Deed("release", "ken", run))
    await must(season, Deed("all_paid", "ken", run, after=10 * DAY))
