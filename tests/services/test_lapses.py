"""What did not come in time: the contract ends, both sides hear so, and nothing stays set aside for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services import lapses
from services.claim_records import ClaimState
from services.contract_records import Contract, ContractState
from services.ledger_records import Stage
from services.programme import Deadline
from services.refusals import Refusal
from services.report_records import ReportState
from services.reviews import Remark, ReviewState
from services.timers import Attempt
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import claim_people, report_people, road
from tests.services import plan_people as people
from tests.services.plan_people import told
from tests.services.report_people import AFTER, OWNER, TARO

LAST = datetime(2022, 1, 10, 14, 59, 59, tzinfo=UTC)
"""23:59:59 in Tokyo on the last day of reports and claims."""
SECOND = timedelta(seconds=1)
CURED = datetime(2022, 1, 17, 14, 59, 59, tzinfo=UTC)
"""The last second for putting right what came back on the last day: five business days later."""
END = datetime(2022, 2, 28, 14, 59, 59, tzinfo=UTC)


async def passes(acting: ActingAs, at: datetime) -> list[str]:
    """Let everything happen that is due by then; returns what people are told."""
    heard: list[str] = []
    going_on = True
    while going_on:
        async with acting(None, at=at) as services:
            going_on = await Attempt().run(services)
            heard += [kind for kind in told(services) if kind.endswith("lapsed")]
    return heard


async def held(acting: ActingAs, contract: Contract) -> dict[Stage, Yen]:
    """What is set aside for a contract."""
    async with acting(None) as services:
        return await services.ledger.of_plan(contract.plan_id)


async def state(acting: ActingAs, contract: Contract) -> str:
    """Where a contract stands."""
    async with acting(None) as services:
        found = await services.contracts.get(contract.id)
        assert found is not None
        return found.state


@pytest.fixture
async def contract(acting: ActingAs) -> Contract:
    """A contract with all of its support given, watched since its conclusion."""
    made = await report_people.supported(acting)
    async with acting(None) as services:
        await lapses.watch(services, made)
    return made


async def test_a_contract_without_a_report_ends_a_second_after_the_last_day(
    acting: ActingAs, contract: Contract
) -> None:
    assert await passes(acting, LAST) == []
    assert await held(acting, contract) == {Stage.RESERVED: 104_000}
    assert await passes(acting, LAST + SECOND) == ["contract.lapsed", "contract.lapsed"]
    assert await held(acting, contract) == {}
    assert await state(acting, contract) == ContractState.ENDED
    assert await passes(acting, END) == []
    async with acting(TARO, "slack", LAST + SECOND) as services:
        with pytest.raises(Refusal):
            await services.reports.send(contract.id, report_people.WORDS)


async def test_a_terminated_contract_is_not_kept_open_either(acting: ActingAs, contract: Contract) -> None:
    async with acting(OWNER, "line", AFTER) as services:
        await services.contracts.terminate(contract.id, "もう十分です")
    assert len(await passes(acting, LAST + SECOND)) == 2
    assert await held(acting, contract) == {}


@pytest.mark.parametrize("returned_by", ["company", "secretariat"])
async def test_what_came_back_may_be_put_right_in_its_days_and_not_later(
    acting: ActingAs, contract: Contract, returned_by: str
) -> None:
    report = await report_people.sent(acting, contract, LAST)
    if returned_by == "company":
        async with acting(OWNER, "line", LAST) as services:
            await services.reports.dispute(report.id, report.revision, "時間が違います")
    else:
        await report_people.confirmed(acting, report, LAST)
        remark = Remark("outcome", "CONTENT_THIN", "もう少し詳しく")
        await report_people.decide(acting, report, ReviewState.RETURNED, remark, at=LAST)
    assert await passes(acting, CURED) == []
    assert await held(acting, contract) == {Stage.RESERVED: 104_000}
    assert await passes(acting, CURED + SECOND) == ["contract.lapsed", "contract.lapsed"]
    assert await held(acting, contract) == {}
    assert (await report_people.now(acting, report)).state == ReportState.REJECTED


async def test_a_company_that_never_answers_does_not_hold_the_money_beyond_the_programme(
    acting: ActingAs, contract: Contract
) -> None:
    report = await report_people.sent(acting, contract, LAST)
    assert await passes(acting, END) == []
    assert len(await passes(acting, END + SECOND)) == 2
    assert await held(acting, contract) == {}
    async with acting(OWNER, "line", END + SECOND) as services:
        with pytest.raises(Refusal):
            await services.reports.confirm(report.id, report.revision, 5)


async def test_what_the_secretariat_reviews_waits_for_it(acting: ActingAs, contract: Contract) -> None:
    report = await report_people.sent(acting, contract, LAST)
    await report_people.confirmed(acting, report, LAST)
    assert await passes(acting, END + SECOND) == []
    assert await held(acting, contract) == {Stage.RESERVED: 104_000}


async def test_an_honorarium_that_nobody_claims_is_free_again(acting: ActingAs, contract: Contract) -> None:
    report = await report_people.sent(acting, contract)
    await report_people.confirmed(acting, report)
    await report_people.decide(acting, report, ReviewState.APPROVED)
    assert await passes(acting, LAST) == []
    assert await held(acting, contract) == {Stage.CONFIRMED: 104_000}
    assert await passes(acting, LAST + SECOND) == ["claim.lapsed"]
    assert await held(acting, contract) == {}


async def test_a_claim_that_is_not_put_right_in_time_ends(acting: ActingAs) -> None:
    opened = await claim_people.opened(acting)
    claim = await claim_people.claimed(acting, opened, LAST)
    await claim_people.decide(acting, claim, ReviewState.RETURNED, at=LAST)
    async with acting(None) as services:
        assert services.programme.closes(Deadline.CLAIM) == LAST
        contract = await services.session.get_one(Contract, opened.contract)
    assert await passes(acting, CURED) == []
    assert await passes(acting, CURED + SECOND) == ["claim.lapsed"]
    assert (await claim_people.now(acting, claim)).state == ClaimState.REJECTED
    assert await held(acting, contract) == {}


async def test_a_claim_that_was_handed_in_waits_for_the_secretariat(acting: ActingAs) -> None:
    opened = await claim_people.opened(acting)
    claim = await claim_people.claimed(acting, opened, LAST)
    assert await passes(acting, END + SECOND) == []
    assert (await claim_people.now(acting, claim)).state == ClaimState.UNDER_REVIEW


async def test_every_contract_is_watched_from_its_conclusion_on(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
    async with acting(OWNER, "line") as services:
        made = await road.contract(
            services, await people.company(services), expert, state=ContractState.READY
        )
    for who, channel in ((TARO, "slack"), (OWNER, "line")):
        async with acting(who, channel, AFTER - timedelta(days=30)) as services:
            await services.contracts.sign(made.id, 1, made.digest)
    assert await state(acting, made) == ContractState.CONCLUDED
    assert len(await passes(acting, LAST + SECOND)) == 2
    assert await state(acting, made) == ContractState.ENDED
