"""A company asks an expert it knows: who may, what becomes of it, and what happens when several act at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.companies import MemberRow, Standing
from services.refusals import Refusal
from services.requests import ALPHABET, CODE_VALID, KnownBy, Order, Origin, RequestState
from services.timers import Attempt
from services.values import Hours
from tests.conftest import NOON, ActingAs
from tests.services import plan_people
from tests.services.switched import stopped

ORDER = Order(
    expert_id=0,
    area="EC",
    content="電話とFAXの注文を、ネットでも受けられるようにしたいです。",
    goal="12月中に、注文の半分をネットで受けたいです。",
    period_end=date(2021, 12, 24),
    time=Hours(20 * 60),
    known_by=KnownBy.ACQUAINTED,
    relation=None,
    answer_by=date(2021, 10, 27),
)
LAST_SECOND = datetime(2021, 10, 27, 14, 59, 59, tzinfo=UTC)
AKI, RYO = "U-aki", "U-ryo"


class Pair:
    """A registered company and a registered expert, and what they do to a request."""

    def __init__(self, acting: ActingAs, company: int, expert: int) -> None:
        self.acting, self.company, self.expert = acting, company, expert
        self.told: list[str] = []

    async def sends(self, at: datetime = NOON, **other: Any) -> int:
        async with self.acting(AKI, at=at) as services:
            order = replace(ORDER, expert_id=self.expert, **other)
            request = await services.requests.send(order)
            self.told = plan_people.told(services)
            return request.id

    async def does(self, who: str, what: str, *args: Any, at: datetime = NOON) -> Any:
        async with self.acting(who, "slack" if who == RYO else "line", at=at) as services:
            result = await getattr(services.requests, what)(*args)
            self.told = plan_people.told(services)
            return result

    async def state(self, request_id: int) -> str:
        async with self.acting(None) as services:
            request = await services.requests.get(request_id)
            assert request is not None
            return request.state

    async def sweeps(self, at: datetime) -> bool:
        async with self.acting(None, at=at) as services:
            done = await Attempt().run(services)
            self.told = plan_people.told(services)
            return done


@pytest.fixture
async def pair(acting: ActingAs) -> Pair:
    async with acting(AKI) as services:
        company = await plan_people.company(services)
    async with acting(RYO, "slack") as services:
        expert = await plan_people.expert(services, display_name="高橋 涼IT相談", phone="090-1234-5678")
    return Pair(acting, company.id, expert.id)


# --- asking --------------------------------------------------------------------------------------------


async def test_a_request_reaches_the_expert(pair: Pair, acting: ActingAs) -> None:
    request_id = await pair.sends()
    assert pair.told == ["request.arrived"]
    async with acting(RYO, "slack") as services:
        [request] = await services.requests.waiting_for_me()
        assert request.id == request_id
        assert request.number.startswith("R-")
        assert request.answer_by == LAST_SECOND, "the end of the day in Tokyo"
        assert request.origin == Origin.PRIOR_RELATION
        assert request.terms_version == "2021-10-19"
        history = await services.audit.history("request", request.id)
        assert [row.action for row in history] == ["sent"]


async def test_who_shares_an_address_with_the_expert_cannot_ask_him(pair: Pair, acting: ActingAs) -> None:
    async with acting(AKI) as services:
        company = await services.companies.require_registered()
        expert = await services.experts.get(pair.expert)
        assert expert is not None
        company.email = expert.email.upper()
    with pytest.raises(Refusal, match="not covered"):
        await pair.sends()


@pytest.mark.parametrize("who", ["company", "expert"])
async def test_only_the_registered_ask_and_are_asked(pair: Pair, acting: ActingAs, who: str) -> None:
    async with acting(None) as services:
        record = (
            await services.companies.get(pair.company)
            if who == "company"
            else await services.experts.get(pair.expert)
        )
        assert record is not None
        record.standing = Standing.UNDER_REVIEW
    with pytest.raises(Refusal):
        await pair.sends()


async def test_nobody_asks_himself(pair: Pair, acting: ActingAs) -> None:
    async with acting(RYO, "slack") as services:
        assert services.person is not None
        services.session.add(
            MemberRow(company_id=pair.company, person_id=services.person.id, signatory=False)
        )
    with pytest.raises(Refusal, match="not covered"):
        await pair.sends()


async def test_one_request_to_one_expert_is_enough(pair: Pair) -> None:
    request_id = await pair.sends()
    with pytest.raises(Refusal, match="already"):
        await pair.sends()
    await pair.does(RYO, "accept", request_id)
    with pytest.raises(Refusal, match="already"):
        await pair.sends()


@pytest.mark.parametrize("end", ["decline", "cancel", "expire", "agree"])
async def test_after_it_has_ended_the_same_expert_can_be_asked_again(
    pair: Pair, acting: ActingAs, end: str
) -> None:
    request_id = await pair.sends()
    match end:
        case "decline":
            await pair.does(RYO, "decline", request_id, "SCHEDULE")
        case "cancel":
            await pair.does(AKI, "cancel", request_id)
        case "expire":
            await pair.sweeps(LAST_SECOND + timedelta(seconds=1))
        case "agree":
            await pair.does(RYO, "accept", request_id)
            await agree(acting, request_id)
    assert await pair.sends(answer_by=date(2021, 11, 10), at=NOON + timedelta(days=10)) != request_id


async def agree(acting: ActingAs, request_id: int) -> None:
    """The expert sends a plan for the request, and the company agrees to it."""
    async with acting(RYO, "slack") as services:
        plan = await services.plans.send(plan_people.CONTENT, request_id=request_id)
    async with acting(AKI) as services:
        await services.plans.agree(plan.id, 1)


@pytest.mark.parametrize(
    ("other", "about"),
    [
        ({"period_end": date(2021, 10, 20)}, "period_end"),
        ({"period_end": date(2022, 1, 11)}, "period_end"),
        ({"answer_by": date(2021, 10, 20)}, "answer_by"),
        ({"answer_by": date(2021, 12, 18)}, "answer_by"),
        ({"answer_by": date(2021, 11, 3), "period_end": date(2021, 11, 2)}, "answer_by"),
    ],
)
async def test_days_must_fit_the_programme(pair: Pair, other: dict[str, Any], about: str) -> None:
    with pytest.raises(Refusal) as refused:
        await pair.sends(**other)
    assert refused.value.about == about


async def test_after_contracts_have_closed_nobody_is_asked(pair: Pair) -> None:
    with pytest.raises(Refusal, match="closed"):
        await pair.sends(at=datetime(2021, 12, 17, 15, 0, tzinfo=UTC))


async def test_requests_can_be_stopped(pair: Pair, acting: ActingAs) -> None:
    async with acting(AKI) as services:
        await stopped(services, "requests")
        with pytest.raises(Refusal, match="stopped"):
            await services.requests.send(replace(ORDER, expert_id=pair.expert))


@pytest.mark.parametrize(
    ("known_by", "origin"),
    [
        (KnownBy.OTHER_SYSTEM, Origin.OTHER_SYSTEM),
        (KnownBy.INTRODUCED, Origin.PRIOR_RELATION),
        (KnownBy.OTHER, Origin.PRIOR_RELATION),
    ],
)
async def test_where_they_met_follows_from_how_they_know_each_other(
    pair: Pair, acting: ActingAs, known_by: KnownBy, origin: Origin
) -> None:
    request_id = await pair.sends(known_by=known_by, relation="商工会の紹介です")
    async with acting(None) as services:
        request = await services.requests.get(request_id)
        assert request is not None
        assert request.origin == origin


async def test_those_who_had_a_plan_before_met_in_this_system(pair: Pair, acting: ActingAs) -> None:
    request_id = await pair.sends()
    await pair.does(RYO, "accept", request_id)
    await agree(acting, request_id)
    again = await pair.sends(known_by=KnownBy.OTHER, relation="前回の支援です")
    async with acting(None) as services:
        request = await services.requests.get(again)
        assert request is not None
        assert request.origin == Origin.IN_SYSTEM


# --- finding -------------------------------------------------------------------------------------------


async def test_an_expert_is_found_by_number_name_or_code(pair: Pair, acting: ActingAs) -> None:
    async with acting(RYO, "slack") as services:
        invitation = await services.requests.invite()
        expert = await services.experts.mine()
        assert expert is not None
    typed = [expert.number, expert.number.lower(), "高橋", invitation.shown, invitation.code.lower()]
    async with acting(AKI) as services:
        for words in typed:
            assert [one.id for one in await services.requests.find(words)] == [pair.expert], words
        assert await services.requests.find("だれでもない") == []


async def test_a_code_has_eight_signs_that_nobody_confuses_and_is_given_again_while_fresh(
    pair: Pair, acting: ActingAs
) -> None:
    codes = []
    for days in (0, 22, 24):
        async with acting(RYO, "slack", at=NOON + timedelta(days=days)) as services:
            codes.append((await services.requests.invite()).code)
    assert codes[0] == codes[1] != codes[2]
    assert len(codes[0]) == 8
    assert set(codes[0]) <= set(ALPHABET)
    assert not set("01IOE") & set(ALPHABET)


async def test_an_old_code_says_that_it_is_over(pair: Pair, acting: ActingAs) -> None:
    async with acting(RYO, "slack") as services:
        code = (await services.requests.invite()).code
    async with acting(AKI, at=NOON + CODE_VALID) as services:
        with pytest.raises(Refusal, match="valid until"):
            await services.requests.find(code)


async def test_only_experts_invite(pair: Pair) -> None:
    with pytest.raises(Refusal):
        await pair.does(AKI, "invite")


# --- answering -----------------------------------------------------------------------------------------


async def test_an_accepted_request_waits_for_a_plan(pair: Pair, acting: ActingAs) -> None:
    request_id = await pair.sends()
    await pair.does(RYO, "accept", request_id)
    assert pair.told == ["request.accepted"]
    async with acting(RYO, "slack") as services:
        assert [one.id for one in await services.requests.without_plan()] == [request_id]
        await services.plans.send(plan_people.CONTENT, request_id=request_id)
        assert await services.requests.without_plan() == []
    assert not await pair.sweeps(LAST_SECOND + timedelta(days=1)), "nothing is due any more"


async def test_no_plan_without_an_accepted_request(pair: Pair, acting: ActingAs) -> None:
    request_id = await pair.sends()
    async with acting(RYO, "slack") as services:
        with pytest.raises(Refusal, match="plan"):
            await services.plans.send(plan_people.CONTENT, request_id=request_id)


async def test_a_declined_request_says_why(pair: Pair, acting: ActingAs) -> None:
    request_id = await pair.sends()
    await pair.does(RYO, "decline", request_id, "SCHEDULE", "年内は予定がいっぱいです。")
    assert pair.told == ["request.declined"]
    async with acting(None) as services:
        request = await services.requests.get(request_id)
        assert request is not None
        assert (request.state, request.reason) == ("declined", "SCHEDULE")
        assert request.words == "年内は予定がいっぱいです。"


@pytest.mark.parametrize("code", ["OTHER_EXPERT", "NOT_NOW", "NONSENSE"])
async def test_a_reason_that_no_expert_can_have_is_not_taken(pair: Pair, code: str) -> None:
    request_id = await pair.sends()
    with pytest.raises(Refusal):
        await pair.does(RYO, "decline", request_id, code)


@pytest.mark.parametrize("what", ["accept", "decline", "cancel"])
async def test_nobody_else_answers_or_takes_it_back(pair: Pair, acting: ActingAs, what: str) -> None:
    request_id = await pair.sends()
    async with acting("U-other") as services:
        await plan_people.company(services)
    async with acting("U-other2", "slack") as services:
        await plan_people.expert(services)
    args = (request_id, "SCHEDULE") if what == "decline" else (request_id,)
    for who, channel in (("U-other", "line"), ("U-other2", "slack")):
        async with acting(who, channel) as services:
            with pytest.raises(Refusal):
                await getattr(services.requests, what)(*args)
    assert await pair.state(request_id) == RequestState.SENT


async def test_the_last_second_of_the_day_still_counts(pair: Pair) -> None:
    request_id = await pair.sends()
    with pytest.raises(Refusal, match="until"):
        await pair.does(RYO, "accept", request_id, at=LAST_SECOND + timedelta(seconds=1))
    await pair.does(RYO, "accept", request_id, at=LAST_SECOND + timedelta(milliseconds=900))
    assert await pair.state(request_id) == RequestState.ACCEPTED


# --- ending --------------------------------------------------------------------------------------------


async def test_silence_ends_it_with_a_word_to_both_sides(pair: Pair) -> None:
    request_id = await pair.sends()
    assert not await pair.sweeps(LAST_SECOND)
    assert await pair.sweeps(LAST_SECOND + timedelta(seconds=1))
    assert sorted(pair.told) == ["request.expired", "request.missed"]
    assert await pair.state(request_id) == RequestState.EXPIRED
    with pytest.raises(Refusal, match="without an answer"):
        await pair.does(RYO, "accept", request_id, at=LAST_SECOND + timedelta(seconds=2))


async def test_a_company_takes_its_request_back_as_long_as_there_is_no_plan(
    pair: Pair, acting: ActingAs
) -> None:
    request_id = await pair.sends()
    await pair.does(RYO, "accept", request_id)
    async with acting(RYO, "slack") as services:
        plan = await services.plans.send(plan_people.CONTENT, request_id=request_id)
    with pytest.raises(Refusal, match="plan"):
        await pair.does(AKI, "cancel", request_id)
    async with acting(RYO, "slack") as services:
        await services.plans.withdraw(plan.id)
    await pair.does(AKI, "cancel", request_id)
    assert pair.told == ["request.cancelled"]
    with pytest.raises(Refusal, match="taken back"):
        await pair.does(RYO, "accept", request_id)


# --- at the same time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(4))
async def test_of_accepting_expiring_and_cancelling_at_once_exactly_one_happens(
    pair: Pair, acting: ActingAs, attempt: int
) -> None:
    request_id = await pair.sends()
    over = LAST_SECOND + timedelta(seconds=1)

    async def expires() -> str:
        async with acting(None, at=over) as services:
            await Attempt().run(services)
            return "expired" if services.notices.told else ""

    async def tries(who: str, what: str, state: str) -> str:
        try:
            await pair.does(who, what, request_id, at=LAST_SECOND)
        except Refusal:
            return ""
        return state

    acts = [tries(RYO, "accept", "accepted"), tries(AKI, "cancel", "cancelled"), expires()]
    acts = acts[attempt % 3 :] + acts[: attempt % 3]
    async with asyncio.timeout(20):
        happened = [state for state in await asyncio.gather(*acts) if state]
    state = await pair.state(request_id)
    # An accepted request may still be taken back right afterwards; nothing else follows anything.
    assert happened == [state] or sorted(happened) == ["accepted", "cancelled"]
    assert state == happened[0] or state == "cancelled"
    async with acting(None) as services:
        history = [row.action for row in await services.audit.history("request", request_id)]
    assert history[0] == "sent"
    assert history[-1] == state
    assert sorted(history[1:]) == sorted(happened)


async def test_two_members_of_a_company_cannot_ask_the_same_expert_at_once(
    pair: Pair, acting: ActingAs
) -> None:
    async with acting("U-partner") as services:
        assert services.person is not None
        services.session.add(
            MemberRow(company_id=pair.company, person_id=services.person.id, signatory=False)
        )

    async def asks(who: str) -> bool:
        try:
            async with acting(who) as services:
                await services.requests.send(replace(ORDER, expert_id=pair.expert))
        except Refusal:
            return False
        return True

    assert sorted(await asyncio.gather(asks(AKI), asks("U-partner"))) == [False, True]


async def test_accepting_while_it_expires_does_not_wait_for_ever(pair: Pair, acting: ActingAs) -> None:
    """The one holds the request and cancels the timer, the other is at the timer and wants the request."""
    request_id = await pair.sends()
    async with acting(RYO, "slack", at=LAST_SECOND) as services:
        await services.requests.accept(request_id)
        running = asyncio.create_task(_expire(acting, LAST_SECOND + timedelta(seconds=1)))
        await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        assert await running == []
    assert await pair.state(request_id) == RequestState.ACCEPTED


async def _expire(acting: ActingAs, at: datetime) -> list[str]:
    async with acting(None, at=at) as services:
        await Attempt().run(services)
        return plan_people.told(services)
