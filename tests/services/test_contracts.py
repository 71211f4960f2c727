"""Contracts on PostgreSQL: signed by both in time or not at all, and ended with the books in balance."""

import asyncio
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy.exc import IntegrityError

from locales import Text
from services import contract_text
from services.bundle import Services
from services.cases import CaseState
from services.companies import MemberRow, Standing
from services.contracts import Contract, ContractState, expire
from services.ledger import Stage
from services.plan_records import PlanState
from services.programme import Programme
from services.refusals import Refusal
from services.session_records import SessionState
from services.switches import Switches
from services.values import Yen
from tests.conftest import NOON, ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.plan_people import told

OWNER, TARO, JIRO = "U-owner", "U-taro", "U-jiro"
LAST = datetime(2021, 12, 17, 14, 59, 59, tzinfo=UTC)
"""The last second in Tokyo in which a contract may be signed."""
RESERVED = Yen(104_000)
GOLDEN = Path(__file__).parent / "golden" / "contract.txt"


@pytest.fixture
async def contract(acting: ActingAs) -> Contract:
    """A contract that waits for both signatures: its plan approved, its money reserved, its case waiting."""
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
    async with acting(JIRO, "slack") as services:
        await people.expert(services)
    async with acting(OWNER) as services:
        company = await people.company(services)
        case = await people.case(services, company, CaseState.PLAN_AGREED)
        plan = await road.plan(services, company, expert, case_id=case.id)
        await services.ledger.reserve(plan, RESERVED)
        return await services.contracts.prepare(plan)


async def sign(acting: ActingAs, who: str, contract: Contract, at: datetime = NOON, **other: Any) -> Contract:
    """One side signs what it was shown."""
    async with acting(who, "line" if who == OWNER else "slack", at) as services:
        seen: dict[str, Any] = {"revision": contract.revision, "digest": contract.digest} | other
        return await services.contracts.sign(contract.id, seen["revision"], seen["digest"])


async def concluded(acting: ActingAs, contract: Contract) -> Contract:
    """Both sides have signed."""
    await sign(acting, OWNER, contract)
    return await sign(acting, TARO, contract)


async def now(acting: ActingAs, contract: Contract) -> Contract:
    """How a contract stands."""
    async with acting(None) as services:
        found = await services.contracts.get(contract.id)
        assert found is not None
        return found


async def case_state(services: Services, contract: Contract) -> str:
    plan = await services.contracts.plan(contract)
    assert plan.case_id is not None
    case = await services.cases.get(plan.case_id)
    assert case is not None
    return case.state


async def reserved(services: Services, contract: Contract) -> int:
    return (await services.ledger.of_plan(contract.plan_id)).get(Stage.RESERVED, Yen(0))


# --- prepared ------------------------------------------------------------------------------------------


async def test_it_is_made_from_the_agreed_revision_and_told_to_both(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
    async with acting(OWNER) as services:
        company = await people.company(services)
        plan = await road.plan(services, company, expert)
        made = await services.contracts.prepare(plan)
        assert told(services) == ["contract.ready", "contract.ready"]
        assert [notice.mail for notice in services.notices.told] == [company.email, expert.email]
        assert (made.price_yen, made.minutes, made.honorarium_yen) == (3750, 1920, 104_000)
        assert (made.plan_revision, made.terms_version, made.state) == (1, "2021-10-19", "ready")
        assert made.number.startswith("K-")
        assert made.paper_id is not None
        paper = await services.papers.get(made.paper_id)
        assert paper is not None
        assert (paper.sha256, paper.kind, paper.ref) == (made.digest, "contract", made.id)


async def test_it_has_the_terms_that_hold_when_it_is_made(acting: ActingAs, contract: Contract) -> None:
    async with acting(OWNER, at=datetime(2021, 8, 1, tzinfo=UTC)) as services:
        company = await services.companies.mine()
        expert = await services.experts.get(contract.expert_id)
        assert company is not None
        assert expert is not None
        made = await services.contracts.prepare(await road.plan(services, company, expert))
        assert made.terms_version == "2021-07-20"


async def text_of(services: Services, contract: Contract) -> str:
    assert contract.paper_id is not None
    pages = PdfReader(io.BytesIO(await services.papers.read(contract.paper_id))).pages
    return "\n".join(page.extract_text() for page in pages)


async def test_its_text_is_the_one_on_file(acting: ActingAs, contract: Contract) -> None:
    async with acting(OWNER) as services:
        assert (await text_of(services, contract)) + "\n" == GOLDEN.read_text(encoding="utf-8")


async def test_words_of_people_stand_in_it_as_they_were_typed(acting: ActingAs) -> None:
    hostile = "#panic() *太字* $x$ @a \\ `b`"
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services, name="#let 健一")
    async with acting(OWNER) as services:
        company = await people.company(services)
        content = replace(people.CONTENT, purpose=hostile)
        made = await services.contracts.prepare(await road.plan(services, company, expert, content=content))
        shown = "".join((await text_of(services, made)).split())
        assert "".join(hostile.split()) in shown
        assert "#let健一" in shown


async def test_an_older_contract_asks_for_no_recording(acting: ActingAs, contract: Contract) -> None:
    async with acting(OWNER, at=datetime(2021, 5, 10, tzinfo=UTC)) as services:
        company = await services.companies.mine()
        expert = await services.experts.get(contract.expert_id)
        assert company is not None
        assert expert is not None
        made = await services.contracts.prepare(await road.plan(services, company, expert))
        shown = "".join((await text_of(services, made)).split())
        assert "録画することに同意" not in shown
        assert "5年間保存" in shown


def test_each_terms_version_finds_its_template() -> None:
    assert contract_text.template("2021-04-26") == "contract-2021-10-19"
    assert contract_text.template("2030-01-01") == "contract-2021-10-19"


# --- signed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "between"),
    [
        (OWNER, TARO, ContractState.SIGNED_BY_SME),
        (TARO, OWNER, ContractState.SIGNED_BY_EXPERT),
    ],
)
async def test_it_is_concluded_when_both_have_signed_in_either_order(
    acting: ActingAs, contract: Contract, first: str, second: str, between: ContractState
) -> None:
    assert (await sign(acting, first, contract)).state == between
    later = NOON + timedelta(hours=1)
    async with acting(second, "line" if second == OWNER else "slack", later) as services:
        done = await services.contracts.sign(contract.id, 1, contract.digest)
        assert (done.state, done.concluded_at) == (ContractState.CONCLUDED, later)
        assert told(services) == ["contract.concluded", "contract.concluded"]
        assert all(notice.mail for notice in services.notices.told)
        assert await case_state(services, done) == CaseState.CONTRACTED
        assert await reserved(services, done) == RESERVED
        actions = [row.action for row in await services.audit.history("contract", done.id)]
        assert actions[0] == "prepared"
        assert actions[-1] == "concluded"


async def test_the_other_side_hears_of_the_first_signature(acting: ActingAs, contract: Contract) -> None:
    async with acting(TARO, "slack") as services:
        await services.contracts.sign(contract.id, 1, contract.digest)
        assert told(services) == ["contract.signed"]


async def test_signing_twice_is_no_error_and_happens_once(acting: ActingAs, contract: Contract) -> None:
    await sign(acting, OWNER, contract)
    async with acting(OWNER, at=NOON + timedelta(hours=1)) as services:
        again = await services.contracts.sign(contract.id, 1, contract.digest)
        assert again.signed_by_sme_at == NOON
        assert told(services) == []
    await sign(acting, TARO, contract)
    assert (await sign(acting, OWNER, contract, LAST + timedelta(days=3))).state == ContractState.CONCLUDED


async def test_nobody_else_signs(acting: ActingAs, contract: Contract) -> None:
    with pytest.raises(Refusal, match="cannot find"):
        await sign(acting, JIRO, contract)
    async with acting("U-somebody") as services:
        await people.company(services)
        with pytest.raises(Refusal, match="cannot find"):
            await services.contracts.sign(contract.id, 1, contract.digest)


async def test_a_member_who_may_not_sign_does_not(acting: ActingAs, contract: Contract) -> None:
    async with acting("U-helper") as services:
        assert services.person is not None
        services.session.add(
            MemberRow(company_id=contract.company_id, person_id=services.person.id, signatory=False)
        )
        await services.session.flush()
        assert await services.contracts.of_either(contract.id)
        for act in (
            services.contracts.sign(contract.id, 1, contract.digest),
            services.contracts.cancel(contract.id, "やめます"),
        ):
            with pytest.raises(Refusal, match="may sign"):
                await act


async def test_another_text_is_not_signed(acting: ActingAs, contract: Contract) -> None:
    for other in ({"digest": "0" * 64}, {"revision": 2}):
        with pytest.raises(Refusal, match="has changed since"):
            await sign(acting, OWNER, contract, **other)
    assert (await now(acting, contract)).state == ContractState.READY


async def test_a_registration_that_no_longer_stands_signs_nothing(
    acting: ActingAs, contract: Contract
) -> None:
    async with acting(TARO, "slack") as services:
        expert = await services.experts.get(contract.expert_id)
        assert expert is not None
        expert.standing = Standing.WITHDRAWN
    with pytest.raises(Refusal, match="not valid"):
        await sign(acting, OWNER, contract)


async def test_nothing_is_signed_while_agreement_is_stopped(
    acting: ActingAs, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(switches: Switches, code: str) -> None:
        raise Refusal(Text(f"{code} is stopped"))

    monkeypatch.setattr(Switches, "require", stopped)
    with pytest.raises(Refusal, match="agreement is stopped"):
        await sign(acting, OWNER, contract)
    assert (await now(acting, contract)).state == ContractState.READY


async def test_the_last_second_counts_and_the_next_does_not(acting: ActingAs, contract: Contract) -> None:
    await sign(acting, OWNER, contract, LAST)
    with pytest.raises(Refusal, match="still"):
        await sign(acting, TARO, contract, LAST + timedelta(seconds=1))
    assert (await sign(acting, TARO, contract, LAST)).state == ContractState.CONCLUDED


async def test_it_is_not_signed_when_its_period_is_over(acting: ActingAs) -> None:
    short = replace(people.CONTENT, period_end=date(2021, 11, 30))
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
    async with acting(OWNER) as services:
        plan = await road.plan(services, await people.company(services), expert, content=short)
        made = await services.contracts.prepare(plan)
    with pytest.raises(Refusal, match="period of support"):
        await sign(acting, OWNER, made, datetime(2021, 12, 1, tzinfo=UTC))


async def test_both_sign_at_the_same_moment(acting: ActingAs, contract: Contract) -> None:
    await asyncio.gather(sign(acting, OWNER, contract), sign(acting, TARO, contract))
    done = await now(acting, contract)
    assert done.state == ContractState.CONCLUDED
    async with acting(None) as services:
        actions = [row.action for row in await services.audit.history("contract", contract.id)]
        assert actions.count("concluded") == 1


async def test_new_terms_make_a_new_text_that_both_sign(
    acting: ActingAs, contract: Contract, rules: Programme
) -> None:
    await sign(acting, OWNER, contract)
    newer = replace(rules.terms[-1], version="2021-11-01", valid_from=NOON + timedelta(hours=1))
    async with acting(TARO, "slack", at=NOON + timedelta(hours=2)) as services:
        services.programme = replace(rules, terms=(*rules.terms, newer))
        renewed = await services.contracts.sign(contract.id, 1, contract.digest)
        assert (renewed.state, renewed.revision) == (ContractState.READY, 2)
        assert renewed.terms_version == "2021-11-01"
        assert renewed.digest != contract.digest
        assert renewed.signed_by_sme_at is None
        assert told(services) == ["contract.ready", "contract.ready"]
        signed = await services.contracts.sign(contract.id, 2, renewed.digest)
        assert signed.state == ContractState.SIGNED_BY_EXPERT


# --- not signed ----------------------------------------------------------------------------------------


async def test_what_is_not_signed_in_time_ends_and_frees_the_money(
    acting: ActingAs, contract: Contract
) -> None:
    await sign(acting, TARO, contract)
    async with acting(None, at=LAST) as services:
        await expire(services, contract.id)
        assert told(services) == []
    async with acting(None, at=LAST + timedelta(seconds=1)) as services:
        await expire(services, contract.id)
        assert told(services) == ["contract.expired", "contract.expired"]
        over = await services.contracts.get(contract.id)
        assert over is not None
        assert over.state == ContractState.EXPIRED
        assert await reserved(services, over) == 0
        assert (await services.contracts.plan(over)).state == PlanState.EXPIRED
        assert await case_state(services, over) == CaseState.CLOSED


async def test_a_concluded_contract_does_not_expire(acting: ActingAs, contract: Contract) -> None:
    await concluded(acting, contract)
    async with acting(None, at=LAST + timedelta(days=1)) as services:
        await expire(services, contract.id)
        assert told(services) == []
    assert (await now(acting, contract)).state == ContractState.CONCLUDED


@pytest.mark.parametrize(("who", "plan"), [(OWNER, PlanState.DECLINED), (TARO, PlanState.WITHDRAWN)])
async def test_either_side_steps_back_before_both_have_signed(
    acting: ActingAs, contract: Contract, who: str, plan: PlanState
) -> None:
    await sign(acting, OWNER, contract)
    async with acting(who, "line" if who == OWNER else "slack") as services:
        gone = await services.contracts.cancel(contract.id, "日程が合わなくなりました。")
        assert gone.state == ContractState.CANCELLED
        assert gone.end_reason == "日程が合わなくなりました。"
        assert (await services.contracts.plan(gone)).state == plan
        assert await reserved(services, gone) == 0
        assert await case_state(services, gone) == CaseState.NEGOTIATING
        assert told(services) == ["contract.cancelled", "contract.cancelled"]
        await services.contracts.cancel(contract.id, "もう一度")
    with pytest.raises(Refusal, match="no longer waits"):
        await sign(acting, TARO, contract)


async def test_signing_and_stepping_back_at_once_leave_one_of_both(
    acting: ActingAs, contract: Contract
) -> None:
    await sign(acting, OWNER, contract)

    async def step_back() -> None:
        async with acting(OWNER) as services:
            await services.contracts.cancel(contract.id, "やめます")

    tried = await asyncio.gather(sign(acting, TARO, contract), step_back(), return_exceptions=True)
    done = await now(acting, contract)
    assert sum(isinstance(one, Refusal) for one in tried) == 1
    async with acting(None) as services:
        free = done.state == ContractState.CANCELLED
        assert await reserved(services, done) == (0 if free else RESERVED)


async def test_a_concluded_contract_is_not_cancelled(acting: ActingAs, contract: Contract) -> None:
    await concluded(acting, contract)
    async with acting(OWNER) as services:
        with pytest.raises(Refusal, match="no longer waits"):
            await services.contracts.cancel(contract.id, "やめます")


# --- ended ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [OWNER, TARO])
async def test_either_side_terminates_and_what_was_done_stays_payable(
    acting: ActingAs, contract: Contract, who: str
) -> None:
    await concluded(acting, contract)
    async with acting(who, "line" if who == OWNER else "slack", LAST) as services:
        running = await services.contracts.lock(contract.id)
        await road.session(services, running, minutes=120)
        gone = await services.contracts.terminate(contract.id, "体調をくずしました。")
        assert gone.state == ContractState.TERMINATED
        assert await reserved(services, gone) == 3250 * 2
        assert await case_state(services, gone) == CaseState.CONTRACTED
        assert told(services) == ["contract.terminated", "contract.terminated"]
        await services.contracts.terminate(contract.id, "もう一度")
        assert len(services.notices.told) == 2
        await services.contracts.end(gone, "report accepted")
        assert (gone.state, await case_state(services, gone)) == (ContractState.TERMINATED, CaseState.CLOSED)


async def test_without_a_session_everything_is_free_again(acting: ActingAs, contract: Contract) -> None:
    await concluded(acting, contract)
    async with acting(TARO, "slack") as services:
        gone = await services.contracts.terminate(contract.id, "続けられません。")
        assert await reserved(services, gone) == 0
        assert await case_state(services, gone) == CaseState.CLOSED


async def test_a_running_session_is_ended_first(acting: ActingAs, contract: Contract) -> None:
    await concluded(acting, contract)
    async with acting(OWNER, at=LAST) as services:
        running = await services.contracts.lock(contract.id)
        await road.session(services, running, minutes=30, state=SessionState.RUNNING)
        with pytest.raises(Refusal, match="session is running"):
            await services.contracts.terminate(contract.id, "やめます")


async def test_what_is_not_concluded_is_not_terminated(acting: ActingAs, contract: Contract) -> None:
    async with acting(OWNER) as services:
        with pytest.raises(Refusal, match="not in support"):
            await services.contracts.terminate(contract.id, "やめます")


async def test_a_reason_is_wanted(acting: ActingAs, contract: Contract) -> None:
    async with acting(OWNER) as services:
        for reason in ("  ", "x" * 301):
            with pytest.raises(Refusal):
                await services.contracts.cancel(contract.id, reason)


async def test_an_accepted_report_ends_contract_and_case(acting: ActingAs, contract: Contract) -> None:
    await concluded(acting, contract)
    async with acting(None, at=LAST) as services:
        over = await services.contracts.lock(contract.id)
        await services.contracts.end(over, "report accepted")
        assert (over.state, over.ended_at) == (ContractState.ENDED, LAST)
        assert await case_state(services, over) == CaseState.CLOSED


async def test_one_plan_has_one_contract_at_a_time(acting: ActingAs, contract: Contract) -> None:
    with pytest.raises(IntegrityError, match="uq_contracts_plan_id"):
        async with acting(None) as services:
            await services.contracts.prepare(await services.contracts.plan(contract))


async def test_those_to_sign_are_listed_first(acting: ActingAs, contract: Contract) -> None:
    async with acting(TARO, "slack") as services:
        company = await services.companies.get(contract.company_id)
        expert = await services.experts.mine()
        assert company is not None
        assert expert is not None
        over = await road.contract(services, company, expert, state=ContractState.ENDED)
        running = await road.contract(services, company, expert)
        assert [one.id for one in await services.contracts.mine()] == [contract.id, running.id, over.id]
        assert [one.id for one in await services.contracts.unsigned()] == [contract.id]
    async with acting(OWNER) as services:
        assert [one.id for one in await services.contracts.mine()] == [contract.id, running.id, over.id]
