"""Less time or other days, proposed by one side and agreed to by the other; nothing more (DOMAIN 6.6)."""

import asyncio
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader

from services.contract_records import ContractChange
from services.contract_text import Figures
from services.contracts import Contract, ContractChangeState, ContractState
from services.ledger import Stage
from services.refusals import Refusal
from services.session_records import SessionState
from services.values import Yen
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.plan_people import CONTENT, told

OWNER, TARO, JIRO = "U-owner", "U-taro", "U-jiro"
THEN = datetime(2021, 11, 15, 3, 0, tzinfo=UTC)
START, END = CONTENT.period_start, CONTENT.period_end
LESS = Figures(1680, START, END)
"""28 of the 32 hours: honorarium 91,000 of the 104,000."""


@pytest.fixture
async def contract(acting: ActingAs) -> Contract:
    """A contract in support, its money reserved."""
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
    async with acting(JIRO, "slack") as services:
        await people.expert(services)
    async with acting(OWNER) as services:
        company = await people.company(services)
        made = await road.contract(services, company, expert)
        await services.ledger.reserve(await services.contracts.plan(made), Yen(made.honorarium_yen))
        return made


async def propose(
    acting: ActingAs, contract: Contract, wanted: Figures = LESS, who: str = TARO, revision: int = 1
) -> ContractChange:
    """One side proposes."""
    async with acting(who, "slack" if who == TARO else "line", THEN) as services:
        return await services.contracts.propose_change(contract.id, revision, wanted, "予定が変わりました。")


async def agree(acting: ActingAs, change: ContractChange, who: str = OWNER) -> Contract:
    """The other side agrees to what it was shown."""
    async with acting(who, "slack" if who == TARO else "line", THEN) as services:
        return await services.contracts.agree_to_change(change.id, change.digest)


async def reserved(acting: ActingAs, contract: Contract) -> int:
    async with acting(None) as services:
        return (await services.ledger.of_plan(contract.plan_id)).get(Stage.RESERVED, Yen(0))


@pytest.mark.parametrize(("who", "other"), [(TARO, OWNER), (OWNER, TARO)])
async def test_less_time_is_agreed_on_and_the_rest_is_free_again(
    acting: ActingAs, contract: Contract, who: str, other: str
) -> None:
    change = await propose(acting, contract, who=who)
    assert await reserved(acting, contract) == 104_000
    async with acting(other, "slack" if other == TARO else "line", THEN) as services:
        changed = await services.contracts.agree_to_change(change.id, change.digest)
        assert told(services) == ["contract.changed", "contract.changed"]
        assert (changed.state, changed.revision) == (ContractState.CONCLUDED, 2)
        assert (changed.minutes, changed.honorarium_yen) == (1680, 91_000)
        assert (changed.digest, changed.paper_id) == (change.digest, change.paper_id)
        assert changed.concluded_at == contract.concluded_at
        actions = [row.action for row in await services.audit.history("contract", changed.id)]
        assert actions[-1] == "changed"
        assert [one.kind for one in services.notices.drawn].count("contract") == 1
    assert await reserved(acting, contract) == 91_000


async def test_the_former_contract_holds_until_the_other_side_agrees(
    acting: ActingAs, contract: Contract
) -> None:
    change = await propose(acting, contract)
    async with acting(OWNER, at=THEN) as services:
        still = await services.contracts.get(contract.id)
        assert still is not None
        assert (still.minutes, still.revision, still.digest) == (1920, 1, contract.digest)
        assert (await services.contracts.open_change(contract.id)) is not None
        await services.contracts.decline_change(change.id)
        assert told(services) == ["contract.change_ended"]
        assert await services.contracts.open_change(contract.id) is None
        await services.contracts.decline_change(change.id)
        with pytest.raises(Refusal, match="answered already"):
            await services.contracts.agree_to_change(change.id, change.digest)


async def test_the_new_text_names_what_is_changed(acting: ActingAs, contract: Contract) -> None:
    change = await propose(acting, contract, Figures(1680, START, date(2022, 1, 7)))
    async with acting(OWNER) as services:
        pages = PdfReader(io.BytesIO(await services.papers.read(change.paper_id))).pages
        shown = "".join("".join(page.extract_text() for page in pages).split())
    for words in ("第2版", "変更する事項", "32時間→28時間", "2022年1月7日まで", "91,000円", "14,000円"):
        assert words in shown
    assert "契約の期限" not in shown


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Figures(1950, START, END), "need a new plan"),
        (Figures(1920, START, END), "Nothing was changed"),
        (Figures(1675, START, END), "steps of"),
        (Figures(30, START, END), "stay in the contract"),
        (Figures(1680, START, date(2022, 1, 11)), "must end by"),
        (Figures(1680, END, START), "before the first one"),
        (Figures(1680, date(2021, 10, 31), END), "from {day} on"),
        (Figures(1680, START, date(2021, 11, 14)), "from {day} on"),
    ],
)
async def test_everything_else_is_refused_with_the_reason(
    acting: ActingAs, contract: Contract, wanted: Figures, why: str
) -> None:
    with pytest.raises(Refusal, match=why):
        await propose(acting, contract, wanted)


async def test_when_contracts_are_closed_more_is_no_longer_possible(
    acting: ActingAs, contract: Contract
) -> None:
    async with acting(TARO, "slack", datetime(2021, 12, 17, 15, 0, tzinfo=UTC)) as services:
        with pytest.raises(Refusal, match="That was possible until"):
            await services.contracts.propose_change(
                contract.id, 1, Figures(1980, START, END), "もっと必要です"
            )


async def test_what_was_given_stays_in_the_contract(acting: ActingAs, contract: Contract) -> None:
    async with acting(OWNER, at=THEN) as services:
        await road.session(services, contract, minutes=240)
    with pytest.raises(Refusal, match="stay in the contract"):
        await propose(acting, contract, Figures(210, START, END))
    with pytest.raises(Refusal, match="session on"):
        await propose(acting, contract, Figures(1680, date(2021, 11, 11), END))
    await propose(acting, contract, Figures(240, START, END))


async def test_what_happened_since_the_proposal_counts(acting: ActingAs, contract: Contract) -> None:
    change = await propose(acting, contract, Figures(60, START, END))
    async with acting(OWNER, at=THEN) as services:
        await road.session(services, contract, minutes=120, state=SessionState.RECORDED)
    with pytest.raises(Refusal, match="stay in the contract"):
        await agree(acting, change)
    assert await reserved(acting, contract) == 104_000


async def test_who_proposes_does_not_agree_for_the_other(acting: ActingAs, contract: Contract) -> None:
    change = await propose(acting, contract)
    with pytest.raises(Refusal, match="yourself"):
        await agree(acting, change, TARO)
    with pytest.raises(Refusal, match="cannot find"):
        await agree(acting, change, JIRO)


async def test_another_text_is_not_agreed_to(acting: ActingAs, contract: Contract) -> None:
    change = await propose(acting, contract)
    async with acting(OWNER, at=THEN) as services:
        with pytest.raises(Refusal, match="has changed since"):
            await services.contracts.agree_to_change(change.id, "0" * 64)


async def test_agreeing_twice_is_no_error_also_at_once(acting: ActingAs, contract: Contract) -> None:
    change = await propose(acting, contract)
    done = await asyncio.gather(agree(acting, change), agree(acting, change))
    assert {one.revision for one in done} == {2}
    assert await reserved(acting, contract) == 91_000


async def test_a_new_proposal_takes_the_place_of_ones_own(acting: ActingAs, contract: Contract) -> None:
    first = await propose(acting, contract)
    second = await propose(acting, contract, Figures(1800, START, END))
    with pytest.raises(Refusal, match="answered already"):
        await agree(acting, first)
    with pytest.raises(Refusal, match="answer it first"):
        await propose(acting, contract, who=OWNER)
    assert (await agree(acting, second)).minutes == 1800


async def test_an_old_page_proposes_nothing(acting: ActingAs, contract: Contract) -> None:
    await agree(acting, await propose(acting, contract))
    with pytest.raises(Refusal, match="has changed since"):
        await propose(acting, contract, Figures(1200, START, END))


async def test_who_proposed_takes_it_back(acting: ActingAs, contract: Contract) -> None:
    change = await propose(acting, contract)
    async with acting(TARO, "slack", THEN) as services:
        await services.contracts.decline_change(change.id)
        again = await services.contracts.change(change.id)
        assert again is not None
        assert again.state == ContractChangeState.TAKEN_BACK


async def test_a_change_ends_with_its_contract(acting: ActingAs, contract: Contract) -> None:
    change = await propose(acting, contract)
    async with acting(TARO, "slack", THEN + timedelta(hours=1)) as services:
        await services.contracts.terminate(contract.id, "続けられません。")
    with pytest.raises(Refusal, match="answered already"):
        await agree(acting, change)


async def test_only_a_contract_in_support_is_changed(acting: ActingAs, contract: Contract) -> None:
    async with acting(TARO, "slack", THEN) as services:
        await services.contracts.terminate(contract.id, "続けられません。")
    with pytest.raises(Refusal, match="not in support"):
        await propose(acting, contract)
