"""Whatever two experts and two companies do with sessions, in any order: invariants 3 and 6 hold."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services import session_rules as rules
from services.bundle import Services
from services.contract_records import Contract
from services.plan_content import Step
from services.programme import Programme
from services.refusals import Refusal
from services.session_records import COUNTED, Session, SessionState
from services.session_rules import Span
from services.sessions import Answer
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.plan_people import CONTENT
from tests.services.session_people import RECORD

PEOPLE = {"taro": "slack", "jiro": "slack", "shop": "line", "inn": "line"}
CONTRACTS = {"a": ("shop", "taro"), "b": ("inn", "taro"), "c": ("shop", "jiro")}
BEGIN = datetime(2021, 12, 22, 14, 0, tzinfo=UTC)
"""An hour before the contracts begin."""
FIRST, LAST = date(2021, 12, 23), date(2021, 12, 25)
CONCLUDED = datetime(2021, 12, 22, 1, 0, tzinfo=UTC)
WHOLE, A_DAY = 150, 180
"""Minutes of each contract, and of a day: little, so that both limits are met."""
ANSWERS, EITHER = ("right", "wrong", "denied"), ("start", "join", "stop", "cancel")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["start", "start", "stop", "stop", "stop", "join", "late", "late", "late", "late", "late"]
            + ["times", "times", "record", "record", "right", "wrong", "denied", "cancel"]
        ),
        st.sampled_from(list(CONTRACTS)),
        st.booleans(),
        st.sampled_from([1, 20, 35, 95, 180, 300]),
        st.sampled_from([-1, 0, 0, 40, 300]),
        st.sampled_from([0, 25, 61, 120, 240, 300]),
    ),
    min_size=30,
    max_size=40,
)
_round = itertools.count()


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
async def test_any_sequence_keeps_the_invariants(acting: ActingAs, acts: list[Any]) -> None:
    ids = {name: f"U-{name}-{next(_round)}" for name in PEOPLE}
    contracts = await _contracts(acting, ids)
    now = BEGIN
    for what, which, by_sme, passes, ago, length in acts:
        now += timedelta(minutes=passes)
        company, expert = CONTRACTS[which]
        actor = company if what in ANSWERS or (by_sme and what in EITHER) else expert
        async with acting(ids[actor], PEOPLE[actor], now) as services:
            services.programme = _short_days(services.programme)
            try:
                await _do(services, what, contracts[which], Span(*_ago(now, ago, length)))
            except Refusal:
                services.session.expire_all()
    async with acting(None, at=now) as services:
        await _holds(services, list(contracts.values()))


def _short_days(programme: Programme) -> Programme:
    return replace(programme, limits=replace(programme.limits, most_minutes_a_day=A_DAY))


async def _contracts(acting: ActingAs, ids: Mapping[str, str]) -> dict[str, int]:
    short = replace(CONTENT, steps=(Step("SURVEY", WHOLE),), period_start=FIRST, period_end=LAST)
    owners, experts = {}, {}
    for name, channel in PEOPLE.items():
        async with acting(ids[name], channel) as services:
            if channel == "line":
                owners[name] = await people.company(services)
            else:
                experts[name] = await people.expert(services)
    made = {}
    async with acting(None) as services:
        for name, (company, expert) in CONTRACTS.items():
            contract = await road.contract(
                services, owners[company], experts[expert], content=short, concluded_at=CONCLUDED
            )
            made[name] = contract.id
    return made


def _ago(now: datetime, ago: int, length: int) -> tuple[datetime, datetime]:
    end = rules.to_the_minute(now - timedelta(minutes=ago))
    return end - timedelta(minutes=length), end


async def _do(services: Services, what: str, contract_id: int, span: Span) -> None:
    sessions = services.sessions
    if what == "start":
        await sessions.start(contract_id)
    elif what == "late":
        await sessions.enter_late(contract_id, span, "忘れました")
    else:
        mine = await sessions.of_contract(contract_id)
        if mine:
            await _change(services, what, mine[-1], span)


async def _change(services: Services, what: str, session: Session, span: Span) -> None:
    sessions = services.sessions
    match what:
        case "join":
            await sessions.join(session.id)
        case "stop":
            await sessions.stop(session.id)
        case "times":
            await sessions.set_times(session.id, session.revision, span, "違いました")
        case "record":
            pause = replace(RECORD, break_minutes=span.minutes // 10)
            await sessions.record(session.id, session.revision, pause)
        case "cancel":
            await sessions.cancel(session.id)
        case _:
            await sessions.answer(session.id, session.revision, Answer(what))


async def _holds(services: Services, contract_ids: list[int]) -> None:
    found = await services.session.scalars(select(Session).where(Session.contract_id.in_(contract_ids)))
    counted = [one for one in found if one.state in COUNTED]
    for contract_id in contract_ids:
        contract = await services.session.get_one(Contract, contract_id)
        given, confirmed = await services.sessions.minutes(contract)
        # Invariant 6: confirmed <= given <= planned.
        assert 0 <= confirmed <= given <= contract.minutes == WHOLE
        mine = [one for one in counted if one.contract_id == contract_id]
        assert given == sum(one.billable_minutes for one in mine)
        for session in mine:
            _is_allowed(services, session, contract)
    for one, other in itertools.combinations(counted, 2):
        if one.expert_id == other.expert_id or one.company_id == other.company_id:
            assert not _span(services, one).overlaps(_span(services, other))
    _no_day_is_too_long(services, counted)


def _is_allowed(services: Services, session: Session, contract: Contract) -> None:
    # Invariant 3: not before the contract, not outside its period, not after the end of support.
    assert contract.concluded_at is not None
    assert session.start_at >= rules.to_the_minute(contract.concluded_at)
    assert FIRST <= rules.day_of(session.start_at) <= LAST
    assert session.billable_minutes % services.programme.money.unit_minutes == 0
    if session.state == SessionState.RUNNING:
        assert (session.end_at, session.billable_minutes) == (None, 0)
        return
    assert session.end_at is not None
    assert session.start_at <= session.end_at <= min(services.now, rules.end_of(LAST))
    assert session.end_at <= rules.end_of(rules.day_of(session.start_at))
    length = Span(session.start_at, session.end_at).minutes - session.break_minutes
    assert session.billable_minutes <= max(length, 0)
    if session.state == SessionState.CONFIRMED:
        assert session.answered_by is not None
        assert session.recorded_at is not None


def _span(services: Services, session: Session) -> Span:
    return Span(session.start_at, session.end_at or max(services.now, session.start_at))


def _no_day_is_too_long(services: Services, counted: list[Session]) -> None:
    days: dict[tuple[str, int, date], int] = {}
    for session in counted:
        day = rules.day_of(session.start_at)
        for side in (("expert", session.expert_id, day), ("company", session.company_id, day)):
            days[side] = days.get(side, 0) + session.billable_minutes
    assert max(days.values(), default=0) <= A_DAY
