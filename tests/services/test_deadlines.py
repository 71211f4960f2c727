"""Every deadline holds to the second, says why, and says what can still be done (DOMAIN 9.1, 14 Q10, Q11)."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from locales.language import speaker
from services.contract_records import ContractState
from services.programme import Deadline, Programme
from services.refusals import Refusal
from services.requests import RequestState
from services.values import Yen
from tests.conftest import ActingAs
from tests.programmes import BOTH, HARBOUR, PHASE2, for_each_programme
from tests.services import claim_people, report_people, road, test_experts
from tests.services import plan_people as people
from tests.services.case_company import ANSWERS, APPLICATION, FORM
from tests.services.case_company import CONTENT as CASE
from tests.services.test_requests import ORDER

SECOND = timedelta(seconds=1)
EVERY = [(programme, deadline) for programme in BOTH for deadline in Deadline]
each = pytest.mark.parametrize(
    ("programme", "deadline"), EVERY, ids=[f"{one.code} {deadline.value}" for one, deadline in EVERY]
)


@pytest.mark.parametrize(
    ("deadline", "last"),
    [
        (Deadline.REGISTRATION, datetime(2021, 11, 1, 14, 59, 59, tzinfo=UTC)),
        (Deadline.CONTRACT, datetime(2021, 12, 17, 14, 59, 59, tzinfo=UTC)),
        (Deadline.SUPPORT, datetime(2022, 1, 10, 14, 59, 59, tzinfo=UTC)),
        (Deadline.REPORT, datetime(2022, 1, 10, 14, 59, 59, tzinfo=UTC)),
        (Deadline.CLAIM, datetime(2022, 1, 10, 14, 59, 59, tzinfo=UTC)),
        (Deadline.PROGRAMME, datetime(2022, 2, 28, 14, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_last_seconds_are_those_of_the_briefing(deadline: Deadline, last: datetime) -> None:
    assert PHASE2.closes(deadline) == last


@each
def test_all_of_the_last_second_counts_and_nothing_of_the_next(
    programme: Programme, deadline: Deadline
) -> None:
    last = programme.closes(deadline)
    programme.require_open(deadline, last)
    programme.require_open(deadline, last + timedelta(microseconds=999_999))
    with pytest.raises(Refusal):
        programme.require_open(deadline, last + SECOND)


@each
def test_nothing_opens_before_its_day(programme: Programme, deadline: Deadline) -> None:
    opens = programme.dates[deadline].opens
    midnight = datetime.combine(opens, datetime.min.time(), programme.calendar.time_zone)
    programme.require_open(deadline, midnight)
    with pytest.raises(Refusal, match="opens"):
        programme.require_open(deadline, midnight - timedelta(microseconds=1))


@each
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_refusal_names_the_day_and_the_next_one_that_still_counts(
    programme: Programme, deadline: Deadline, language: str
) -> None:
    now = programme.closes(deadline) + SECOND
    with pytest.raises(Refusal) as refused:
        programme.require_open(deadline, now)
    said = speaker(language)(refused.value.reason)
    days = [programme.dates[deadline].closes]
    days += [one.closes for one in programme.dates.values() if one.closes > days[0]][:1]
    for day in days:
        assert (f"{day.month}月{day.day}日" if language == "ja" else f"{day.day} {day:%b}") in said


@pytest.mark.parametrize(
    ("programme", "now", "said"),
    [
        (
            PHASE2,
            "2021-11-01T15:00",
            "新規登録は2021年11月1日(月)で締め切りました。登録済みの方は続けられます。",
        ),
        (
            PHASE2,
            "2021-12-17T15:00",
            "新規登録は2021年11月1日(月)で締め切りました。契約済みの支援は続けられます。",
        ),
        (PHASE2, "2022-01-10T15:00", "期限内に届いたものは、2022年2月28日(月)まで事務局が対応します。"),
        (PHASE2, "2022-02-28T15:00", "ご参加ありがとうございました。"),
        (HARBOUR, "2023-10-20T15:00", "実施した支援の報告は2023年10月31日(火)までできます。"),
        (HARBOUR, "2023-10-31T15:00", "謝金の申請は2023年11月13日(月)までできます。"),
    ],
)
def test_whoever_is_too_late_to_register_hears_what_goes_on(
    programme: Programme, now: str, said: str
) -> None:
    with pytest.raises(Refusal) as refused:
        programme.require_open(Deadline.REGISTRATION, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert said in speaker("ja")(refused.value.reason)


# --- corrections ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "until"),
    [
        ("2021-10-29T03:00", "2021-11-08T14:59:59"),  # 11-03 is a holiday
        ("2021-10-30T03:00", "2021-11-08T14:59:59"),  # a Saturday
        ("2021-12-27T03:00", "2022-01-07T14:59:59"),  # the office is closed over New Year
        ("2022-01-11T16:00", "2022-01-19T14:59:59"),  # after midnight in Tokyo it is the 12th
        ("2022-02-25T03:00", "2022-02-28T14:59:59"),  # never past the end of the programme
    ],
)
def test_what_was_returned_may_be_corrected_for_five_business_days(returned: str, until: str) -> None:
    moment = datetime.fromisoformat(returned).replace(tzinfo=UTC)
    assert PHASE2.cure_until(moment) == datetime.fromisoformat(until).replace(tzinfo=UTC)


@for_each_programme
def test_a_correction_counts_to_the_second_and_never_less_than_the_deadline(programme: Programme) -> None:
    closes = programme.closes(Deadline.CLAIM)
    late, early = closes - timedelta(hours=3), closes - timedelta(days=40)
    last = programme.cure_until(late)
    assert last > closes
    programme.require_curable(Deadline.CLAIM, late, last)
    with pytest.raises(Refusal):
        programme.require_curable(Deadline.CLAIM, late, last + SECOND)
    assert programme.cure_until(early) < closes
    programme.require_curable(Deadline.CLAIM, early, closes)
    with pytest.raises(Refusal):
        programme.require_curable(Deadline.CLAIM, early, closes + SECOND)


# --- what people do, in the last second and in the next -------------------------------------------------

OWNER, TARO = "U-owner", "U-taro"
CONTRACT, REGISTRATION = PHASE2.closes(Deadline.CONTRACT), PHASE2.closes(Deadline.REGISTRATION)
LATE = replace(people.CONTENT, period_start=date(2021, 12, 20), period_end=date(2021, 12, 30))
"""A plan whose support begins after the last day of contracts, so that nothing but the deadline ends it."""


async def told_closed(doing: Awaitable[object]) -> bool:
    """Whether somebody hears that it is too late; another refusal is not the deadline's."""
    try:
        await doing
    except Refusal as refusal:
        said = speaker("en")(refusal.reason)
        return " closed on " in said or " ended on " in said
    return False


@pytest.mark.parametrize("late", [False, True], ids=["last second", "one later"])
async def test_registrations_close(acting: ActingAs, late: bool) -> None:
    at = REGISTRATION + late * SECOND
    async with acting(OWNER, at=at) as services:
        assert await told_closed(services.companies.apply(APPLICATION, "company", {})) is late
    async with acting(TARO, "slack", at=at) as services:
        assert await told_closed(services.experts.apply(test_experts.APPLICATION, "expert", {})) is late


@pytest.mark.parametrize("late", [False, True], ids=["last second", "one later"])
async def test_cases_requests_plans_and_agreement_close(acting: ActingAs, late: bool) -> None:
    at = CONTRACT + late * SECOND
    async with acting(OWNER) as services:
        company = await people.company(services)
        case = await people.case(services, company)
        case.proposal_deadline = date(2021, 12, 30)
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
        request = await people.request(services, company, expert)
        request.answer_by, request.state = CONTRACT + timedelta(days=9), RequestState.SENT
    async with acting("U-hana", "slack") as services:
        await people.expert(services)
        plan = await services.plans.send(LATE, case_id=case.id)
    order = replace(ORDER, expert_id=expert.id)

    async with acting(OWNER, at=at) as services:
        assert await told_closed(services.cases.apply(CASE, FORM, ANSWERS)) is late
        assert await told_closed(services.requests.send(order)) is late
    async with acting("U-hana", "slack", at=at) as services:
        dearer = replace(LATE, price=Yen(4000))
        assert await told_closed(services.plans.revise(plan.id, dearer, 1)) is late
    async with acting(TARO, "slack", at=at) as services:
        assert await told_closed(services.requests.accept(request.id)) is late
        assert await told_closed(services.plans.send(LATE, case_id=case.id)) is late
    async with acting(OWNER, at=at) as services:
        assert await told_closed(services.plans.agree(plan.id, 1 if late else 2)) is late
        now = await people.again(services, plan)
        assert (now.agreed_at is None) is late


@pytest.mark.parametrize("late", [False, True], ids=["last second", "one later"])
async def test_contracts_are_signed_until_the_deadline(acting: ActingAs, late: bool) -> None:
    async with acting(OWNER) as services:
        company = await people.company(services)
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
        contract = await road.contract(services, company, expert, state=ContractState.READY)
    async with acting(TARO, "slack", CONTRACT + late * SECOND) as services:
        assert await told_closed(services.contracts.sign(contract.id, 1, contract.digest)) is late


@pytest.mark.parametrize("late", [False, True], ids=["last second", "one later"])
async def test_support_is_given_until_the_deadline(acting: ActingAs, late: bool) -> None:
    async with acting(OWNER) as services:
        company = await people.company(services)
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services)
        last = replace(people.CONTENT, period_end=date(2022, 1, 10))
        contract = await road.contract(services, company, expert, content=last)
    async with acting(TARO, "slack", PHASE2.closes(Deadline.SUPPORT) + late * SECOND) as services:
        assert await told_closed(services.sessions.start(contract.id)) is late
        assert (await services.sessions.running(contract.id) is None) is late


@pytest.mark.parametrize("late", [False, True], ids=["last second", "one later"])
async def test_reports_are_sent_until_the_deadline(acting: ActingAs, late: bool) -> None:
    contract = await report_people.supported(acting, days=1)
    async with acting(TARO, "slack", PHASE2.closes(Deadline.REPORT) + late * SECOND) as services:
        assert await told_closed(services.reports.send(contract.id, report_people.WORDS)) is late


@pytest.mark.parametrize("late", [False, True], ids=["last second", "one later"])
async def test_honorarium_is_claimed_until_the_deadline(acting: ActingAs, late: bool) -> None:
    made = await claim_people.opened(acting)
    async with acting(TARO, "slack", PHASE2.closes(Deadline.CLAIM) + late * SECOND) as services:
        assert await told_closed(services.claims.require_claimable(made.contract)) is late
