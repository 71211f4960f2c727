"""Sessions on PostgreSQL: what the expert records, what the company answers, what the secretariat settles."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.contract_records import ContractState
from services.refusals import Refusal
from services.report_records import ReportState
from services.secretariat import read_members
from services.session_records import SessionMode, SessionState
from services.session_rules import Span
from services.session_timers import tell_the_secretariat
from services.sessions import Answer, Record
from tests.conftest import ActingAs
from tests.services import road
from tests.services.plan_people import told
from tests.services.session_people import (
    EXPERT,
    ONE,
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


# --- the record ----------------------------------------------------------------------------------------


async def test_a_record_asks_the_company(place: Place) -> None:
    session = await place.clocked(125)
    async with place.taro(130) as services:
        done = await services.sessions.record(session.id, session.revision, replace(RECORD, break_minutes=10))
        assert told(services) == ["session.recorded"]
    assert (done.state, done.billable_minutes, done.revision) == (SessionState.RECORDED, 90, 2)
    async with place.taro(130) as services:
        history = [row.action for row in await services.audit.history("session", session.id)]
    assert history == ["started", "word given", "ended", "ended", "recorded"]


@pytest.mark.parametrize(
    ("record", "about"),
    [
        (replace(RECORD, summary="短いです。"), "summary"),
        (replace(RECORD, summary="あ " * 49), "summary"),
        (replace(RECORD, tasks=[]), "tasks"),
        (replace(RECORD, tasks=["EFFECT"]), "tasks"),
        (replace(RECORD, mode=SessionMode.VISIT), "place"),
        (replace(RECORD, break_minutes=91), "break_minutes"),
    ],
)
async def test_a_record_must_be_whole(place: Place, record: Record, about: str) -> None:
    session = await place.clocked(120)
    async with place.taro(130) as services:
        with pytest.raises(Refusal) as refusal:
            await services.sessions.record(session.id, session.revision, record)
    assert refusal.value.about == about
    assert (await place.now(session)).state == SessionState.ENDED


async def test_what_is_shorter_than_a_unit_cannot_be_recorded(place: Place) -> None:
    session = await place.clocked(20)
    async with place.taro(30) as services:
        with pytest.raises(Refusal):
            await services.sessions.record(session.id, session.revision, RECORD)
        assert (await services.sessions.cancel(session.id)).state == SessionState.CANCELLED


async def test_a_record_from_an_old_window_is_refused(place: Place) -> None:
    session = await place.recorded()
    async with place.taro(130) as services:
        with pytest.raises(Refusal):
            await services.sessions.record(session.id, session.revision - 1, RECORD)


# --- the answer ----------------------------------------------------------------------------------------


async def test_the_company_confirms_and_may_tap_twice(place: Place) -> None:
    session = await place.recorded()
    for _tap in range(2):
        async with place.owner(130) as services:
            done = await services.sessions.answer(session.id, session.revision, Answer.RIGHT)
    assert done.state == SessionState.CONFIRMED
    async with place.owner(131) as services:
        history = [row.action for row in await services.audit.history("session", session.id)]
        assert history.count("confirmed") == 1
        assert await services.sessions.minutes(await place.contract()) == (120, 120)


async def test_an_answer_to_an_older_revision_is_refused(place: Place) -> None:
    session = await place.recorded()
    async with place.taro(130) as services:
        await services.sessions.record(session.id, session.revision, replace(RECORD, break_minutes=30))
    async with place.owner(131) as services:
        for answer in Answer:
            with pytest.raises(Refusal):
                await services.sessions.answer(session.id, session.revision, answer)
    assert (await place.now(session)).state == SessionState.RECORDED


async def test_a_disputed_session_is_corrected_and_confirmed_anew(place: Place) -> None:
    session = await place.answered(Answer.WRONG)
    assert (session.state, session.dispute) == (SessionState.DISPUTED, "15時ではなく14時半です")
    async with place.taro(150) as services:
        assert not await services.sessions.frozen(place.contract_id)
        done = await services.sessions.set_times(
            session.id, session.revision, Span(ONE, after(90)), "終わりが違いました"
        )
        assert told(services) == ["session.asked"]
    assert (done.state, done.billable_minutes, done.revision) == (SessionState.RECORDED, 90, 3)
    async with place.owner(160) as services:
        again = await services.sessions.answer(session.id, done.revision, Answer.RIGHT)
    assert again.state == SessionState.CONFIRMED


async def test_a_correction_makes_a_confirmed_session_wait_again(place: Place) -> None:
    session = await place.answered(Answer.RIGHT)
    async with place.taro(150) as services:
        done = await services.sessions.record(session.id, session.revision, replace(RECORD, break_minutes=60))
        assert (done.state, done.answered_at) == (SessionState.RECORDED, None)
        assert await services.sessions.minutes(await place.contract()) == (60, 0)


async def test_a_denied_session_freezes_the_claim_and_counts_no_more(place: Place) -> None:
    session = await place.recorded()
    async with place.owner(130) as services:
        await services.sessions.answer(session.id, session.revision, Answer.DENIED)
        assert told(services) == ["session.denied"]
        assert services.notices.told[0].mail
        assert ("session", str(session.id)) in [(one.kind, one.ref) for one in services.notices.drawn]
    async with place.taro(140) as services:
        assert await services.sessions.frozen(place.contract_id)
        assert await services.sessions.minutes(await place.contract()) == (0, 0)
        for act in (
            services.sessions.cancel(session.id),
            services.sessions.record(session.id, session.revision, RECORD),
            services.sessions.set_times(session.id, session.revision, Span(ONE, after(60)), "x"),
        ):
            with pytest.raises(Refusal):
                await act


async def test_a_company_may_take_its_denial_back(place: Place) -> None:
    session = await place.answered(Answer.DENIED)
    async with place.owner(150) as services:
        done = await services.sessions.answer(session.id, session.revision, Answer.RIGHT)
        assert not await services.sessions.frozen(place.contract_id)
    assert (done.state, done.billable_minutes) == (SessionState.CONFIRMED, 120)


async def test_what_was_denied_comes_back_only_if_its_time_is_still_free(place: Place) -> None:
    session = await place.answered(Answer.DENIED)
    async with place.taro(150) as services:
        await services.sessions.enter_late(place.contract_id, Span(after(60), after(120)), "別の打ち合わせ")
    async with place.owner(160) as services:
        with pytest.raises(Refusal):
            await services.sessions.answer(session.id, session.revision, Answer.RIGHT)
    assert (await place.now(session)).state == SessionState.DENIED


async def test_once_the_report_is_sent_everything_stays(place: Place) -> None:
    session = await place.answered(Answer.RIGHT)
    async with place.taro(150) as services:
        await road.report(services, await place.contract(), minutes=120, state=ReportState.UNDER_REVIEW)
    async with place.taro(160) as services:
        for act in (
            services.sessions.start(place.contract_id),
            services.sessions.record(session.id, session.revision, RECORD),
            services.sessions.set_times(session.id, session.revision, Span(ONE, after(60)), "x"),
            services.sessions.enter_late(place.contract_id, Span(after(120), after(150)), "x"),
        ):
            with pytest.raises(Refusal):
                await act
    async with place.owner(170) as services:
        with pytest.raises(Refusal):
            await services.sessions.answer(session.id, session.revision, Answer.DENIED)


async def test_a_returned_report_opens_the_sessions_again(place: Place) -> None:
    session = await place.answered(Answer.RIGHT)
    async with place.taro(150) as services:
        await road.report(services, await place.contract(), minutes=120, state=ReportState.DEFICIENT)
    async with place.taro(160) as services:
        done = await services.sessions.record(session.id, session.revision, RECORD)
    assert done.state == SessionState.RECORDED


async def test_after_a_termination_what_was_given_can_still_be_recorded_but_not_grow(place: Place) -> None:
    session = await place.clocked(120)
    async with place.taro(130) as services:
        contract = await services.contracts.lock(place.contract_id)
        contract.state, contract.ended_at = ContractState.TERMINATED, services.now
    async with place.taro(140) as services:
        with pytest.raises(Refusal):
            await services.sessions.start(place.contract_id)
        with pytest.raises(Refusal):
            await services.sessions.enter_late(place.contract_id, Span(after(-60), ONE), "忘れました")
        done = await services.sessions.record(session.id, session.revision, RECORD)
        assert done.billable_minutes == 120
        longer = Span(after(-60), after(120))
        await services.sessions.set_times(done.id, done.revision, longer, "早く始めました")
        assert done.billable_minutes == 120


# --- the secretariat -----------------------------------------------------------------------------------


async def clerk(place: Place, who: str = "U-clerk") -> Callable[[], Any]:
    """Somebody of the secretariat's channel."""

    async with place.acting(who, "slack", after(200)) as services:
        await read_members(services.connection, "T1", [who])
    return lambda: place.acting(who, "slack", after(200))


async def test_an_unanswered_session_is_shown_to_the_secretariat(place: Place) -> None:
    session = await place.recorded()
    late = 130 + 5 * 24 * 60
    async with place.taro(late) as services:
        assert [one.id for one in await services.sessions.troubled()] == [session.id]
    async with place.acting(None, at=after(late)) as services:
        await tell_the_secretariat(services, session.id)
        assert told(services) == ["session.reminded"]
        assert ("session", str(session.id)) in [(one.kind, one.ref) for one in services.notices.drawn]
    async with place.owner(late + 5) as services:
        await services.sessions.answer(session.id, session.revision, Answer.RIGHT)
        # The card in the channel is brought up to date.
        assert ("session", str(session.id)) in [(one.kind, one.ref) for one in services.notices.drawn]
    async with place.acting(None, at=after(late)) as services:
        await tell_the_secretariat(services, session.id)
        assert told(services) == []


async def test_the_secretariat_asks_again_or_cancels(place: Place) -> None:
    session = await place.answered(Answer.DENIED)
    act_as = await clerk(place)
    async with act_as() as services:
        asked = await services.sessions.ask_again(session.id)
        assert asked.state == SessionState.RECORDED
        assert told(services) == ["session.asked"]
        with pytest.raises(Refusal):
            await services.sessions.strike(session.id)
    async with place.owner(210) as services:
        await services.sessions.answer(session.id, session.revision, Answer.DENIED)
    async with act_as() as services:
        await services.sessions.strike(session.id)
        assert told(services) == ["session.struck", "session.struck"]
        assert not await services.sessions.frozen(place.contract_id)


async def test_only_the_secretariat_settles_and_never_its_own(place: Place) -> None:
    session = await place.answered(Answer.DENIED)
    async with place.owner(150) as services:
        with pytest.raises(Refusal):
            await services.sessions.strike(session.id)
    async with place.taro(200) as services:
        await read_members(services.connection, "T1", [EXPERT])
    async with place.taro(201) as services:
        for act in (services.sessions.strike(session.id), services.sessions.ask_again(session.id)):
            with pytest.raises(Refusal):
                await act
    assert (await place.now(session)).state == SessionState.DENIED
