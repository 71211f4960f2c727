"""Talks with a person of the secretariat: passed on, taken once, answered, ended, and climbing in office time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.bundle import Services
from services.clock import FrozenClock
from services.handoff_calls import Slot, slots
from services.handoff_desk import TakenByAnother
from services.handoff_records import Half, Handoff, HandoffState, Packet, Side
from services.people import Identity
from services.programme import Programme
from services.refusals import Refusal
from services.secretariat import join
from services.timers import Attempt
from tests.conftest import NOON, ActingAs

PERSON, CLERK, OTHER, STRANGER = "U-person", "U-clerk", "U-other", "U-stranger"
PACKET = Packet(form="company", question="industry", answers={"kind": "sole"}, misheard="お菓子", left_out=1)
FRIDAY = datetime(2021, 12, 24, 8, 50, tzinfo=UTC)
"""Ten to six on the last Friday but one of the year, in Tokyo."""


@asynccontextmanager
async def clerk(acting: ActingAs, name: str = CLERK, **other: Any) -> AsyncIterator[Services]:
    """A member of the secretariat acts."""
    async with acting(name, "slack", **other) as services:
        await join(services.connection, Identity("slack", "T1", name))
        yield services


async def opened(acting: ActingAs, at: datetime = NOON, person: str = PERSON) -> int:
    """Somebody has asked for a person; returns the talk's id."""
    async with acting(person, at=at) as services:
        prepared = await services.handoffs.prepare(PACKET)
        return (await services.handoffs.open(prepared.revision)).id


async def found(services: Services, handoff_id: int) -> Handoff:
    """A talk as it is now."""
    handoff = await services.handoffs.get(handoff_id)
    assert handoff is not None
    return handoff


def told(services: Services) -> list[str]:
    """Who was told, by kind."""
    return [notice.kind for notice in services.notices.told]


def posted(services: Services) -> list[str]:
    """What was said in the thread or beyond it, by kind."""
    return [post.notice.kind for post in services.notices.posted]


async def due(acting: ActingAs, at: datetime) -> list[Services]:
    """Do all that is due at a moment; returns the transactions in which it was done."""
    done = []
    while True:
        async with acting(None, at=at) as services:
            if not await Attempt().run(services):
                return done
            done.append(services)


async def happened(acting: ActingAs, at: datetime) -> list[str]:
    """What is said when a moment has come."""
    return [kind for services in await due(acting, at) for kind in [*posted(services), *told(services)]]


# --- passed on -----------------------------------------------------------------------------------------


async def test_what_was_shown_is_passed_on_and_nothing_else(acting: ActingAs) -> None:
    async with acting(PERSON) as services:
        first = (await services.handoffs.prepare(PACKET)).revision
        prepared = await services.handoffs.add_words("  急ぎです  ")
        with pytest.raises(Refusal):
            await services.handoffs.open(first)
        handoff = await services.handoffs.open(prepared.revision)
        assert handoff.number.startswith("M-") and handoff.state == HandoffState.WAITING
        (message,) = await services.handoffs.messages(handoff)
        assert message.side == Side.PACKET
        assert message.packet.added == "急ぎです" and dict(message.packet.answers) == {"kind": "sole"}
        assert posted(services) == ["handoff.added"]
        assert ("handoff", str(handoff.id)) in [(one.kind, one.ref) for one in services.notices.drawn]
        assert await services.handoffs.prepared() is None
        with pytest.raises(Refusal):
            await services.handoffs.open(prepared.revision)


async def test_what_is_passed_on_lies_encrypted(acting: ActingAs) -> None:
    await opened(acting)
    async with acting(PERSON) as services:
        await services.handoffs.write("とても内緒の言葉")
        for table, column in (("handoff_messages", "content"), ("handoffs", "call_phone")):
            rows = await services.connection.execute(text(f"SELECT {column} FROM {table}"))
            assert all("内緒".encode() not in bytes(value or b"") for (value,) in rows)


async def test_what_was_shown_long_ago_is_shown_again_first(acting: ActingAs) -> None:
    async with acting(PERSON) as services:
        prepared = await services.handoffs.prepare(PACKET)
    async with acting(PERSON, at=NOON + timedelta(hours=1)) as services:
        with pytest.raises(Refusal):
            await services.handoffs.open(prepared.revision)
        with pytest.raises(Refusal):
            await services.handoffs.add_words("まだ？")


async def test_asking_twice_is_one_talk(acting: ActingAs) -> None:
    first = await opened(acting)
    assert await opened(acting, NOON + timedelta(minutes=5)) == first
    async with acting(PERSON) as services:
        assert (await services.handoffs.open_of(services.person.id)).id == first  # type: ignore[union-attr]


async def test_within_two_weeks_the_old_talk_goes_on_and_later_a_new_one_begins(acting: ActingAs) -> None:
    first = await opened(acting)
    async with acting(PERSON) as services:
        await services.handoffs.withdraw()
    async with acting(PERSON, at=NOON + timedelta(days=14)) as services:
        prepared = await services.handoffs.prepare(PACKET)
        handoff = await services.handoffs.open(prepared.revision)
        assert handoff.id == first and posted(services) == ["handoff.reopened"]
        await services.handoffs.withdraw()
    assert await opened(acting, NOON + timedelta(days=29)) != first


# --- taken ---------------------------------------------------------------------------------------------


async def test_of_two_clerks_who_take_it_at_once_one_wins(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    for name in (CLERK, OTHER):
        async with clerk(acting, name):
            pass

    async def take(name: str) -> bool:
        async with acting(name, "slack") as services:
            try:
                await services.handoff_desk.take(handoff_id)
            except TakenByAnother:
                return False
            await asyncio.sleep(0.05)
            return True

    assert sorted(await asyncio.gather(take(CLERK), take(OTHER))) == [False, True]


async def test_taking_twice_changes_nothing(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting) as services:
        revision = (await services.handoff_desk.take(handoff_id)).revision
        assert (await services.handoff_desk.take(handoff_id)).revision == revision


async def test_nobody_answers_over_a_colleague_until_it_is_taken_over(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting) as services:
        first = (await services.handoff_desk.take(handoff_id)).taken_by
    async with clerk(acting, OTHER) as services:
        desk = services.handoff_desk
        for act in (desk.take, desk.end, desk.put_back, desk.called):
            with pytest.raises(TakenByAnother):
                await act(handoff_id)
        with pytest.raises(TakenByAnother):
            await desk.reply(handoff_id, "はい")
        assert first is not None
        await desk.take_over(handoff_id, first)
        assert told(services) == ["handoff.taken_over"]
        await desk.reply(handoff_id, "はい")
    async with clerk(acting) as services:
        # It was taken over from somebody else meanwhile than the one who was seen.
        with pytest.raises(TakenByAnother):
            await services.handoff_desk.take_over(handoff_id, first)


async def test_nobody_but_members_can_do_anything(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    for name, channel in ((STRANGER, "slack"), (PERSON, "line"), (STRANGER, "line")):
        async with acting(name, channel) as services:
            desk = services.handoff_desk
            for act in (desk.take, desk.put_back, desk.end, desk.called, desk.again):
                with pytest.raises(Refusal):
                    await act(handoff_id)
            with pytest.raises(Refusal):
                await desk.reply(handoff_id, "こんにちは")
            assert not services.notices.told and not services.notices.posted
    async with acting(STRANGER) as services:
        with pytest.raises(Refusal):
            await services.handoffs.judge(handoff_id, solved=True)
        with pytest.raises(Refusal):
            await services.handoffs.write("横から")


async def test_a_clerk_does_not_answer_herself(acting: ActingAs) -> None:
    async with clerk(acting) as services:
        prepared = await services.handoffs.prepare(PACKET)
        handoff = await services.handoffs.open(prepared.revision)
        with pytest.raises(Refusal):
            await services.handoff_desk.take(handoff.id)


# --- answered and ended --------------------------------------------------------------------------------


async def test_a_reply_takes_it_reaches_the_person_and_is_measured(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting, at=NOON + timedelta(minutes=7)) as services:
        message = await services.handoff_desk.reply(handoff_id, "小売業です。")
        handoff = await found(services, handoff_id)
        assert handoff.state == HandoffState.TAKEN and handoff.unanswered_since is None
        assert told(services) == ["handoff.replied"] and posted(services) == ["handoff.answered"]
        assert message.text == "小売業です。"
    async with clerk(acting, at=NOON + timedelta(minutes=27)) as services:
        await services.handoff_desk.reply(handoff_id, "ほかには？", in_thread=True)
        assert posted(services) == ["handoff.delivered"]
        await services.handoff_desk.end(handoff_id)
        summary = await services.handoffs.summary()
        assert (summary.waiting, summary.taken, summary.first_reply, summary.ended) == (0, 0, 7, 27)


async def test_times_are_measured_in_office_minutes(acting: ActingAs) -> None:
    handoff_id = await opened(acting, FRIDAY)
    # Ten minutes on Friday, and five on Monday.
    async with clerk(acting, at=datetime(2021, 12, 27, 0, 5, tzinfo=UTC)) as services:
        await services.handoff_desk.reply(handoff_id, "お待たせしました。")
        assert (await services.handoffs.summary()).first_reply == 15


async def test_the_person_decides_whether_it_is_solved(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting) as services:
        await services.handoff_desk.end(handoff_id)
        assert told(services) == ["handoff.ended"]
        with pytest.raises(Refusal):
            await services.handoff_desk.end(handoff_id)
        with pytest.raises(Refusal):
            await services.handoff_desk.reply(handoff_id, "あ、それと")
    async with acting(PERSON) as services:
        handoff = await services.handoffs.judge(handoff_id, solved=False)
        assert handoff.state == HandoffState.TAKEN and posted(services) == ["handoff.unsolved"]
        revision = handoff.revision
        assert (await services.handoffs.judge(handoff_id, solved=False)).revision == revision
        with pytest.raises(Refusal):
            await services.handoffs.judge(handoff_id, solved=True)
    async with clerk(acting) as services:
        await services.handoff_desk.end(handoff_id)
    async with acting(PERSON) as services:
        handoff = await services.handoffs.judge(handoff_id, solved=True)
        assert handoff.state == HandoffState.CLOSED and posted(services) == ["handoff.solved"]
        for solved in (True, False):
            with pytest.raises(Refusal):
                await services.handoffs.judge(handoff_id, solved=solved)


async def test_not_solved_waits_for_anybody_when_the_clerk_has_left(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting) as services:
        await services.handoff_desk.end(handoff_id)
        await services.connection.execute(text("DELETE FROM secretariat_members"))
    async with acting(PERSON) as services:
        handoff = await services.handoffs.judge(handoff_id, solved=False)
        assert handoff.state == HandoffState.WAITING and handoff.taken_by is None


async def test_without_a_verdict_it_is_closed_the_next_business_day(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting) as services:
        await services.handoff_desk.end(handoff_id)
    assert await happened(acting, NOON + timedelta(days=2)) == []
    async with acting(PERSON) as services:
        assert (await found(services, handoff_id)).state == HandoffState.CLOSED


async def test_a_clerk_goes_on_with_one_that_is_over_unless_the_person_is_elsewhere(acting: ActingAs) -> None:
    first = await opened(acting)
    async with clerk(acting) as services:
        await services.handoff_desk.end(first)
        handoff = await services.handoff_desk.again(first)
        assert handoff.state == HandoffState.TAKEN
        await services.handoff_desk.end(first)
    async with acting(PERSON) as services:
        await services.handoffs.judge(first, solved=True)
    await opened(acting, NOON + timedelta(days=30))
    async with clerk(acting) as services:
        with pytest.raises(Refusal):
            await services.handoff_desk.again(first)


async def test_words_are_acknowledged_but_not_each_time(acting: ActingAs) -> None:
    await opened(acting)
    said = []
    for minutes in (1, 2, 3, 14, 15):
        async with acting(PERSON, at=NOON + timedelta(minutes=minutes)) as services:
            handoff = await services.handoffs.write("もしもし")
            said.append(await services.handoffs.acknowledge(handoff))
    assert said == [True, False, False, True, False]


async def test_what_is_written_before_anybody_takes_it_is_kept(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with acting(PERSON) as services:
        await services.handoffs.write("一つ目")
        await services.handoffs.write("二つ目")
        assert posted(services) == ["handoff.wrote", "handoff.wrote"]
    async with clerk(acting) as services:
        await services.handoff_desk.take(handoff_id)
        messages = await services.handoffs.messages(await found(services, handoff_id))
        assert [one.text for one in messages if one.side == Side.PERSON] == ["一つ目", "二つ目"]


async def test_each_change_is_noted_and_no_words_are(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting) as services:
        await services.handoff_desk.take(handoff_id)
        await services.handoff_desk.reply(handoff_id, "内緒の返事です")
        await services.handoff_desk.end(handoff_id)
        history = await services.audit.history("handoff", handoff_id)
        assert [row.action for row in history] == ["opened", "taken", "replied", "ended"]
        assert [row.revision for row in history] == [1, 2, 3, 4]
        assert all("内緒" not in str(row.reason) for row in history)


# --- by itself -----------------------------------------------------------------------------------------


async def test_nobody_takes_it_and_it_climbs_over_a_weekend_in_office_time(acting: ActingAs) -> None:
    handoff_id = await opened(acting, FRIDAY)
    async with clerk(acting):
        pass
    assert await happened(acting, FRIDAY + timedelta(minutes=10)) == []
    assert await happened(acting, datetime(2021, 12, 26, 3, 0, tzinfo=UTC)) == []
    monday = datetime(2021, 12, 27, 0, 0, tzinfo=UTC)
    assert await happened(acting, monday + timedelta(minutes=4)) == []
    assert await happened(acting, monday + timedelta(minutes=5)) == ["handoff.reminder"]
    assert await happened(acting, monday + timedelta(minutes=20)) == ["handoff.mention"]
    assert await happened(acting, monday + timedelta(minutes=50)) == [
        "handoff.escalated",
        "handoff.escalated",
        "handoff.holding",
    ]
    # Then once every office day; the person is not told again.
    assert await happened(acting, monday + timedelta(hours=8, minutes=59)) == []
    tuesday = monday + timedelta(days=1, minutes=50)
    assert await happened(acting, tuesday) == ["handoff.escalated", "handoff.escalated"]
    # From the 29th on the office is closed, until the 4th of January.
    assert await happened(acting, datetime(2022, 1, 3, 23, 0, tzinfo=UTC)) == []
    async with clerk(acting, at=tuesday) as services:
        await services.handoff_desk.reply(handoff_id, "お待たせしました。")
    assert await happened(acting, datetime(2022, 1, 4, 0, 30, tzinfo=UTC)) == []


async def test_what_is_taken_and_left_unanswered_waits_again_and_climbs_again(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting) as services:
        await services.handoff_desk.take(handoff_id)
    assert await happened(acting, NOON + timedelta(hours=2, minutes=59)) == []
    assert await happened(acting, NOON + timedelta(hours=3)) == ["handoff.left", "handoff.returned"]
    async with acting(PERSON) as services:
        handoff = await found(services, handoff_id)
        assert handoff.state == HandoffState.WAITING and handoff.taken_by is None
    assert await happened(acting, NOON + timedelta(hours=3, minutes=15)) == ["handoff.reminder"]


async def test_an_answered_talk_goes_back_only_for_a_word_left_unanswered(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting) as services:
        await services.handoff_desk.reply(handoff_id, "はい。")
    assert await happened(acting, NOON + timedelta(hours=5)) == []
    async with acting(PERSON, at=NOON + timedelta(hours=5)) as services:
        await services.handoffs.write("もう一つ")
    async with acting(PERSON, at=NOON + timedelta(hours=5, minutes=30)) as services:
        await services.handoffs.write("まだですか")
    # An hour on this day, and two on the next; later words do not put it off.
    assert await happened(acting, NOON + timedelta(hours=22, minutes=59)) == []
    assert await happened(acting, NOON + timedelta(hours=23)) == ["handoff.left", "handoff.returned"]


async def test_given_back_it_waits_anew(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with clerk(acting, at=NOON + timedelta(minutes=10)) as services:
        await services.handoff_desk.take(handoff_id)
        await services.handoff_desk.put_back(handoff_id)
    assert await happened(acting, NOON + timedelta(minutes=24)) == []
    assert await happened(acting, NOON + timedelta(minutes=25)) == ["handoff.reminder"]


# --- a call --------------------------------------------------------------------------------------------


def test_the_next_half_business_days_are_offered(rules: Programme) -> None:
    friday = datetime(2021, 12, 24, 3, 30, tzinfo=UTC)
    offered = slots(rules.calendar, rules.office, friday, 3)
    assert [(one.day.isoformat(), one.half) for one in offered] == [
        ("2021-12-24", Half.AFTERNOON),
        ("2021-12-27", Half.MORNING),
        ("2021-12-27", Half.AFTERNOON),
    ]
    over_new_year = slots(rules.calendar, rules.office, datetime(2021, 12, 28, 9, 0, tzinfo=UTC), 1)
    assert over_new_year[0].day.isoformat() == "2022-01-04"


async def test_a_call_is_asked_for_reminded_of_and_made(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    async with acting(PERSON) as services:
        slot = services.handoffs.call_slots()[0]
        assert slot == Slot(NOON.date(), Half.AFTERNOON)
        await services.handoffs.ask_call(slot, None)
        await services.handoffs.call_at("078-331-8181")
    async with acting(PERSON, at=NOON + timedelta(hours=2)) as services:
        with pytest.raises(Refusal):
            await services.handoffs.ask_call(slot, None)
    said = await happened(acting, NOON + timedelta(hours=1))
    assert "handoff.call_due" in said
    async with clerk(acting, at=NOON + timedelta(hours=1, minutes=5)) as services:
        handoff = await services.handoff_desk.called(handoff_id)
        assert handoff.taken_by is not None and handoff.unanswered_since is None
        assert (await services.handoffs.summary()).first_reply == 65


async def test_whoever_blocks_us_is_shown_to_the_clerk_only_while_they_talk(acting: ActingAs) -> None:
    async with acting(PERSON) as services:
        await services.handoffs.left(blocked=True)
        assert posted(services) == []
    await opened(acting)
    async with acting(PERSON) as services:
        await services.people.block(services.person.id, NOON)  # type: ignore[union-attr]
        await services.handoffs.left(blocked=True)
        assert posted(services) == ["handoff.blocked"]


async def test_restarted_on_another_clock_nothing_is_lost(acting: ActingAs) -> None:
    handoff_id = await opened(acting)
    later = FrozenClock(NOON + timedelta(minutes=40))
    async with acting(None, clock=later) as services:
        assert await Attempt().run(services)
        assert posted(services) == ["handoff.reminder"]
    # What should have followed meanwhile follows at once.
    assert await happened(acting, NOON + timedelta(minutes=40)) == ["handoff.mention"]
    async with acting(PERSON) as services:
        assert (await found(services, handoff_id)).step == 2
