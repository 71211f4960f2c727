"""Sessions on PostgreSQL: two clocks, a word, a record and the company's answer, by both sides and two at once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.contract_records import ContractState
from services.plan_content import Step
from services.refusals import Refusal
from services.session_records import Session, SessionState
from services.session_rules import Flag, Span
from services.session_timers import ask_for_the_end
from services.sessions import Answer, WordHeard
from tests.conftest import ActingAs
from tests.services.plan_people import CONTENT, told
from tests.services.session_people import (
    EXPERT,
    ONE,
    OTHER_EXPERT,
    OTHER_OWNER,
    OWNER,
    RECORD,
    Place,
    after,
    under_contract,
)


@pytest.fixture
async def place(acting: ActingAs) -> Place:
    """A contract in support."""
    return Place(acting, await under_contract(acting, OWNER, EXPERT))


# --- both orders of the clocks -------------------------------------------------------------------------


async def test_the_expert_begins_and_the_company_is_told_at_once(place: Place) -> None:
    async with place.taro() as services:
        session = await services.sessions.start(place.contract_id)
        assert told(services) == ["session.first"]
        assert services.notices.told[0].person_id in await services.companies.members(session.company_id)
    assert (session.state, session.start_at, session.sme_started_at) == (SessionState.RUNNING, ONE, None)
    assert session.number.startswith("S-")
    assert len(session.code_word) == 4
    async with place.owner(2) as services:
        assert await services.sessions.give_word(session.id, session.code_word) is WordHeard.RIGHT
        assert told(services) == ["session.word"]
    now = await place.now(session)
    assert now.sme_started_at == now.word_given_at == after(2)


async def test_the_company_begins_and_the_expert_joins(place: Place) -> None:
    async with place.owner() as services:
        session = await services.sessions.start(place.contract_id)
        expert = await services.experts.get(session.expert_id)
        assert expert is not None
        assert [notice.person_id for notice in services.notices.told] == [expert.person_id]
    async with place.taro(3) as services:
        joined = await services.sessions.start(place.contract_id)
    assert joined.id == session.id
    assert (joined.sme_started_at, joined.expert_started_at) == (ONE, after(3))


async def test_the_overlap_of_both_clocks_is_billed(place: Place) -> None:
    session = await place.start()
    async with place.owner(10) as services:
        await services.sessions.join(session.id)
    async with place.owner(130) as services:
        await services.sessions.stop(session.id)
        assert told(services) == ["session.ended"]
    async with place.taro(135) as services:
        done = await services.sessions.stop(session.id)
        assert told(services) == []
    assert (done.start_at, done.end_at) == (after(10), after(130))
    assert (done.state, done.billable_minutes) == (SessionState.ENDED, 120)
    assert Flag.NO_WORD in done.flags
    assert Flag.ONE_CLOCK not in done.flags
    assert Flag.CLOCKS_DIFFER not in done.flags


async def test_one_clock_alone_counts_and_is_seen(place: Place) -> None:
    session = await place.start()
    async with place.taro(119) as services:
        done = await services.sessions.stop(session.id)
    assert done.billable_minutes == 90
    assert {Flag.ONE_CLOCK, Flag.NO_WORD} <= set(done.flags)


async def test_clocks_that_differ_are_seen(place: Place) -> None:
    session = await place.start()
    async with place.owner(16) as services:
        await services.sessions.give_word(session.id, session.code_word)
    async with place.taro(120) as services:
        done = await services.sessions.stop(session.id)
    assert Flag.CLOCKS_DIFFER in done.flags
    assert done.billable_minutes == 90


async def test_to_join_twice_changes_nothing(place: Place) -> None:
    session = await place.start()
    async with place.owner(1) as services:
        await services.sessions.join(session.id)
    async with place.owner(5) as services:
        again = await services.sessions.join(session.id)
        assert told(services) == []
    assert again.sme_started_at == after(1)


async def test_to_end_twice_is_explained(place: Place) -> None:
    session = await place.clocked()
    async with place.taro(121) as services:
        with pytest.raises(Refusal):
            await services.sessions.stop(session.id)
    assert (await place.now(session)).expert_ended_at == after(120)


async def test_a_start_by_mistake_is_taken_back(place: Place) -> None:
    session = await place.start()
    async with place.taro(1) as services:
        await services.sessions.cancel(session.id)
        assert told(services) == ["session.cancelled"]
        assert await services.sessions.of_contract(place.contract_id) == []
    assert (await place.start()).id != session.id


# --- the word ------------------------------------------------------------------------------------------


async def test_a_wrong_word_is_counted_and_never_blocks(place: Place) -> None:
    session = await place.start()
    wrong = "0000"
    async with place.owner(1) as services:
        assert await services.sessions.give_word(session.id, wrong) is WordHeard.WRONG
        assert await services.sessions.give_word(session.id, wrong) is WordHeard.WRONG
        assert await services.sessions.give_word(session.id, wrong) is WordHeard.ENOUGH
        # Too late: three tries are over, and support simply goes on.
        assert await services.sessions.give_word(session.id, session.code_word) is WordHeard.ENOUGH
    async with place.taro(61) as services:
        done = await services.sessions.stop(session.id)
    assert (done.sme_started_at, done.word_given_at, done.billable_minutes) == (after(1), None, 60)
    assert Flag.NO_WORD in done.flags


async def test_a_word_is_right_after_a_slip(place: Place) -> None:
    session = await place.start()
    async with place.owner(1) as services:
        await services.sessions.give_word(session.id, "0000")
        assert await services.sessions.give_word(session.id, session.code_word) is WordHeard.RIGHT
        assert await services.sessions.give_word(session.id, "0000") is WordHeard.RIGHT
    assert Flag.NO_WORD not in (await place.now(session)).flags


async def test_the_expert_cannot_type_the_word(place: Place) -> None:
    session = await place.start()
    async with place.taro() as services:
        with pytest.raises(Refusal):
            await services.sessions.give_word(session.id, session.code_word)


# --- who, when and how much ----------------------------------------------------------------------------


async def test_strangers_have_no_part_in_a_session(place: Place) -> None:
    session = await place.recorded()
    await under_contract(place.acting, OTHER_OWNER, OTHER_EXPERT)
    for who, channel in ((OTHER_OWNER, "line"), (OTHER_EXPERT, "slack"), ("U-nobody", "line")):
        async with place.acting(who, channel, after(200)) as services:
            for act in (
                services.sessions.start(place.contract_id),
                services.sessions.join(session.id),
                services.sessions.stop(session.id),
                services.sessions.cancel(session.id),
                services.sessions.record(session.id, session.revision, RECORD),
                services.sessions.answer(session.id, session.revision, Answer.RIGHT),
                services.sessions.enter_late(place.contract_id, Span(ONE, after(60)), "x"),
            ):
                with pytest.raises(Refusal):
                    await act
    assert (await place.now(session)).state == SessionState.RECORDED


async def test_the_company_cannot_record_nor_the_expert_confirm(place: Place) -> None:
    session = await place.recorded()
    async with place.owner(130) as services:
        with pytest.raises(Refusal):
            await services.sessions.record(session.id, session.revision, RECORD)
        with pytest.raises(Refusal):
            await services.sessions.enter_late(place.contract_id, Span(ONE, after(60)), "忘れました")
    async with place.taro(130) as services:
        with pytest.raises(Refusal):
            await services.sessions.answer(session.id, session.revision, Answer.RIGHT)


@pytest.mark.parametrize(
    "state",
    [ContractState.READY, ContractState.SIGNED_BY_SME, ContractState.EXPIRED, ContractState.CANCELLED],
)
async def test_before_the_contract_nothing_begins(acting: ActingAs, state: ContractState) -> None:
    contract_id = await under_contract(acting, OWNER, EXPERT, state=state, concluded_at=None)
    async with acting(EXPERT, "slack", ONE) as services:
        with pytest.raises(Refusal):
            await services.sessions.start(contract_id)
        with pytest.raises(Refusal):
            await services.sessions.enter_late(contract_id, Span(after(-120), ONE), "忘れました")


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (datetime(2021, 11, 7, 14, 59, 59, tzinfo=UTC), False),
        (datetime(2021, 11, 7, 15, 0, 0, tzinfo=UTC), True),
        (datetime(2021, 12, 24, 14, 59, 59, tzinfo=UTC), True),
        (datetime(2021, 12, 24, 15, 0, 0, tzinfo=UTC), False),
        (datetime(2022, 1, 11, 3, 0, 0, tzinfo=UTC), False),
    ],
)
async def test_the_period_is_guarded_to_the_second(place: Place, moment: datetime, allowed: bool) -> None:
    async with place.acting(EXPERT, "slack", moment) as services:
        if allowed:
            assert (await services.sessions.start(place.contract_id)).state == SessionState.RUNNING
        else:
            with pytest.raises(Refusal):
                await services.sessions.start(place.contract_id)


@pytest.mark.parametrize(("second", "allowed"), [(59, True), (60, False)])
async def test_support_ends_on_the_tenth_of_january_to_the_second(
    acting: ActingAs, second: int, allowed: bool
) -> None:
    contract_id = await under_contract(acting, OWNER, EXPERT, period_end=date(2022, 1, 31))
    moment = datetime(2022, 1, 10, 14, 59, tzinfo=UTC) + timedelta(seconds=second)
    async with acting(EXPERT, "slack", moment) as services:
        if allowed:
            await services.sessions.start(contract_id)
        else:
            with pytest.raises(Refusal):
                await services.sessions.start(contract_id)


async def test_what_runs_over_midnight_counts_until_midnight(place: Place) -> None:
    late = datetime(2021, 11, 10, 13, 0, tzinfo=UTC)
    async with place.acting(EXPERT, "slack", late) as services:
        session = await services.sessions.start(place.contract_id)
    async with place.acting(EXPERT, "slack", late + timedelta(hours=3)) as services:
        done = await services.sessions.stop(session.id)
    assert done.end_at == datetime(2021, 11, 10, 15, 0, tzinfo=UTC)
    assert done.billable_minutes == 120
    assert Flag.CUT in done.flags
    # The rest is a session of its own.
    rest = Span(datetime(2021, 11, 10, 15, 0, tzinfo=UTC), datetime(2021, 11, 10, 16, 0, tzinfo=UTC))
    async with place.acting(EXPERT, "slack", late + timedelta(hours=4)) as services:
        assert (
            await services.sessions.enter_late(place.contract_id, rest, "日付が変わりました")
        ).billable_minutes == 60


async def test_a_forgotten_session_is_asked_about_and_ends_as_a_late_entry(place: Place) -> None:
    session = await place.start()
    async with place.acting(None, at=after(480)) as services:
        await ask_for_the_end(services, session.id)
        assert told(services) == ["session.forgotten"]
    async with place.taro(481) as services:
        with pytest.raises(Refusal):
            await services.sessions.stop(session.id)
        done = await services.sessions.set_times(session.id, 1, Span(ONE, after(125)), "押し忘れました")
    assert (done.state, done.billable_minutes) == (SessionState.ENDED, 120)
    assert Flag.LATE_ENTRY in done.flags
    async with place.acting(None, at=after(490)) as services:
        await ask_for_the_end(services, session.id)
        assert told(services) == []


async def test_the_contract_s_hours_are_never_exceeded(acting: ActingAs) -> None:
    short = replace(CONTENT, steps=(Step("SURVEY", 90),))
    place = Place(acting, await under_contract(acting, OWNER, EXPERT, content=short))
    session = await place.clocked(120)
    assert (session.billable_minutes, Flag.CAPPED in session.flags) == (90, True)
    async with place.taro(180) as services:
        with pytest.raises(Refusal):
            await services.sessions.start(place.contract_id)
        with pytest.raises(Refusal):
            await services.sessions.enter_late(place.contract_id, Span(after(-120), ONE), "忘れました")
        assert await services.sessions.minutes(await place.contract()) == (90, 0)


async def test_a_day_has_eight_hours_for_the_expert_over_all_contracts(place: Place) -> None:
    other = await under_contract(place.acting, OTHER_OWNER, EXPERT)
    morning = Span(after(-300), after(-60))
    async with place.taro(-30) as services:
        await services.sessions.enter_late(place.contract_id, morning, "忘れました")
    async with place.taro(400) as services:
        with pytest.raises(Refusal):
            await services.sessions.enter_late(other, Span(ONE, after(270)), "忘れました")
        done = await services.sessions.enter_late(other, Span(ONE, after(240)), "忘れました")
        assert done.billable_minutes == 240
        with pytest.raises(Refusal):
            await services.sessions.start(place.contract_id)
    tomorrow = ONE + timedelta(days=1)
    async with place.acting(EXPERT, "slack", tomorrow) as services:
        await services.sessions.start(place.contract_id)


async def test_a_clocked_day_that_grows_too_long_is_cut_down(place: Place) -> None:
    async with place.taro(-30) as services:
        await services.sessions.enter_late(place.contract_id, Span(after(-480), after(-120)), "忘れました")
    session = await place.clocked(180)
    assert (session.billable_minutes, Flag.LONG_DAY in session.flags) == (120, True)


# --- overlaps, also two at once ------------------------------------------------------------------------


async def test_sessions_of_one_expert_do_not_overlap(place: Place) -> None:
    other = await under_contract(place.acting, OTHER_OWNER, EXPERT)
    session = await place.start()
    async with place.taro(10) as services:
        with pytest.raises(Refusal):
            await services.sessions.start(other)
    async with place.taro(60) as services:
        await services.sessions.stop(session.id)
        for span in (Span(after(-30), after(30)), Span(after(10), after(50)), Span(after(-30), after(60))):
            with pytest.raises(Refusal):
                await services.sessions.enter_late(other, span, "忘れました")
        await services.sessions.enter_late(other, Span(after(-30), ONE), "忘れました")


async def test_sessions_of_one_company_do_not_overlap(place: Place) -> None:
    other = await under_contract(place.acting, OWNER, OTHER_EXPERT)
    await place.start()
    async with place.acting(OTHER_EXPERT, "slack", after(10)) as services:
        with pytest.raises(Refusal) as refusal:
            await services.sessions.start(other)
    # Nobody hears of the company's other expert.
    assert "S-" not in str(refusal.value.reason.values)


async def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    return await asyncio.gather(*(act() for act in acts), return_exceptions=True)


async def test_two_starts_of_one_expert_at_once_are_one(place: Place) -> None:
    other = await under_contract(place.acting, OTHER_OWNER, EXPERT)

    async def start(who: str, channel: str, contract_id: int) -> Session:
        async with place.acting(who, channel, ONE) as services:
            return await services.sessions.start(contract_id)

    # The expert's person is locked by the core, so the second start is the other company's.
    results = await _at_once(
        lambda: start(EXPERT, "slack", place.contract_id), lambda: start(OTHER_OWNER, "line", other)
    )
    assert sorted(isinstance(one, Refusal) for one in results) == [False, True]


async def test_two_starts_for_one_company_at_once_are_one(place: Place) -> None:
    other = await under_contract(place.acting, OWNER, OTHER_EXPERT)

    async def start(who: str, contract_id: int) -> Session:
        async with place.acting(who, "slack", ONE) as services:
            return await services.sessions.start(contract_id)

    results = await _at_once(lambda: start(EXPERT, place.contract_id), lambda: start(OTHER_EXPERT, other))
    assert sorted(isinstance(one, Refusal) for one in results) == [False, True]


async def test_both_sides_begin_at_once_and_it_is_one_session(place: Place) -> None:
    async def start(acting: Any) -> Session:
        async with acting as services:
            return await services.sessions.start(place.contract_id)

    one, other = await _at_once(lambda: start(place.taro()), lambda: start(place.owner()))
    assert one.id == other.id
    now = await place.now(one)
    assert (now.expert_started_at, now.sme_started_at) == (ONE, ONE)


async def test_two_late_entries_at_once_share_what_is_left(acting: ActingAs) -> None:
    short = replace(CONTENT, steps=(Step("SURVEY", 90),))
    contract_id = await under_contract(acting, OWNER, EXPERT, content=short)
    place = Place(acting, contract_id)

    async def late(span: Span) -> Session:
        async with place.taro(300) as services:
            return await services.sessions.enter_late(contract_id, span, "忘れました")

    results = await _at_once(lambda: late(Span(ONE, after(60))), lambda: late(Span(after(60), after(120))))
    assert sorted(one.billable_minutes for one in results) == [30, 60]


# --- late entries --------------------------------------------------------------------------------------


async def test_a_late_entry_keeps_its_reason_and_is_recorded_like_any_other(place: Place) -> None:
    async with place.taro(300) as services:
        session = await services.sessions.enter_late(
            place.contract_id, Span(ONE, after(95)), "押し忘れました"
        )
        done = await services.sessions.record(session.id, session.revision, RECORD)
        assert told(services) == ["session.asked"]
    assert (done.late_reason, done.billable_minutes, done.code_word) == ("押し忘れました", 90, "")
    assert Flag.LATE_ENTRY in done.flags
    assert Flag.NO_WORD not in done.flags


@pytest.mark.parametrize(
    "span",
    [
        Span(ONE, ONE),
        Span(after(60), ONE),
        Span(ONE, after(29)),
        Span(ONE, after(301)),
        Span(ONE - timedelta(days=5), after(60) - timedelta(days=5)),
        Span(after(-60) - timedelta(hours=13), after(60) - timedelta(hours=13)),
    ],
    ids=["empty", "backwards", "too short", "future", "before the period", "midnight"],
)
async def test_times_that_cannot_be_are_refused(place: Place, span: Span) -> None:
    async with place.taro(300) as services:
        with pytest.raises(Refusal):
            await services.sessions.enter_late(place.contract_id, span, "忘れました")


async def test_a_late_entry_needs_a_reason(place: Place) -> None:
    async with place.taro(300) as services:
        with pytest.raises(Refusal):
            await services.sessions.enter_late(place.contract_id, Span(ONE, after(60)), "  ")


async def test_after_the_last_day_of_reports_nothing_is_entered(place: Place) -> None:
    async with place.acting(EXPERT, "slack", datetime(2022, 1, 10, 15, 0, tzinfo=UTC)) as services:
        with pytest.raises(Refusal):
            await services.sessions.enter_late(place.contract_id, Span(ONE, after(60)), "忘れました")
