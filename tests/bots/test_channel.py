"""Acked is never lost, an effect never happens twice, and two events of one person never overlap (DESIGN 4)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from conversations.messages import Heard, Said, Say
from conversations.turn import Turn
from conversations.turn import take as really_take
from services import inbox, people
from services.database import connect, transaction
from services.drafts import Drafts
from services.inbox import Arrival
from services.people import Identity
from tests.bots.office import Line, Process, event, fetch, lapse, somebody, typed

WORDS = (
    "個人事業主",
    "菓匠やまもと",
    "山本 あき",
    "小売業",
    "5人以下",
    "６５０－０００１",
    "４丁目2-1",
    "０７８ー３３１ー８１８１",
)


def script(who: Identity) -> list[Arrival]:
    """Somebody adds us as a friend and answers the first questions of the registration, by typing."""
    return [
        event(who, 0, "follow"),
        event(who, 1, "postback", data="a=register.begin"),
        *(typed(who, place, words) for place, words in enumerate(WORDS, 2)),
    ]


@pytest.fixture
async def other_engine(database: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same database."""
    made = connect(database)
    yield made
    await made.dispose()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def process(engine: AsyncEngine, line: Line) -> Process:
    return Process(engine, line)


@pytest.fixture
def other(other_engine: AsyncEngine, line: Line) -> Process:
    return Process(other_engine, line)


async def draft_of(engine: AsyncEngine, who: Identity) -> tuple[Any, ...]:
    """What is kept of a person's form."""
    async with transaction(engine) as connection:
        person = await people.lock(connection, who)
        draft = await Drafts(connection, person.id).open()
    assert draft is not None
    return dict(draft.answers), draft.editing, draft.revision


async def straight(process: Process) -> tuple[tuple[Any, ...], list[str]]:
    """The draft and the messages of somebody whose events come once and in order."""
    who = somebody()
    for arrival in script(who):
        process.line.expect(arrival)
        await process.hears(arrival)
    return await draft_of(process.engine, who), process.line.of(who.external)


async def test_a_repeat_is_no_news(process: Process) -> None:
    who = somebody()
    arrival = event(who, 0, "follow")
    process.line.expect(arrival)
    assert await process.dispatcher.accept([arrival, arrival]) == [arrival]
    assert await process.dispatcher.accept([arrival]) == []
    await process.dispatcher.idle()
    assert len(process.line.of(who.external)) == 1


Deliveries = list[tuple[int, bool]]
"""Which events of the script come in which order, and whether the next comes before they are dealt with."""


@st.composite
def repeated(draw: st.DrawFn) -> Deliveries:
    """Every event in order, with repeats of what came before strewn among them."""
    deliveries: Deliveries = []
    for place in range(len(WORDS) + 2):
        deliveries.append((place, draw(st.booleans())))
        for again in draw(st.lists(st.integers(0, place), max_size=2)):
            deliveries.append((again, draw(st.booleans())))
    return deliveries


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(deliveries=repeated())
async def test_any_interleaving_of_repeats_gives_the_same_draft_and_the_same_messages(
    process: Process, other: Process, deliveries: Deliveries
) -> None:
    expected = await straight(process)
    who = somebody()
    events = script(who)
    for number, (place, at_once) in enumerate(deliveries):
        process.line.expect(events[place])
        where = other if number % 3 == 2 else process
        await where.dispatcher.accept([events[place]])
        if not at_once:
            await process.dispatcher.idle()
            await other.dispatcher.idle()
    await process.dispatcher.idle()
    await other.dispatcher.idle()
    assert (await draft_of(process.engine, who), process.line.of(who.external)) == expected


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(order=st.permutations(range(len(WORDS) + 2)), split=st.integers(1, len(WORDS)))
async def test_events_that_wait_together_are_taken_in_the_order_in_which_they_happened(
    process: Process, order: list[int], split: int
) -> None:
    expected = await straight(process)
    who = somebody()
    events = script(who)
    for arrival in events:
        process.line.expect(arrival)
    async with transaction(process.engine) as connection:
        await inbox.store(connection, [events[place] for place in order[:split]])
    await process.hears(*(events[place] for place in order[split:]))
    assert (await draft_of(process.engine, who), process.line.of(who.external)) == expected


class Watched:
    """Stands in for the conversation: notes when each turn begins and ends."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begun: list[str] = []
        self.inside: dict[int, int] = {}

    async def take(self, turn: Turn, heard: Heard) -> None:
        """One turn that takes its time."""
        assert isinstance(heard, Said)
        person = turn.person.id
        self.inside[person] = self.inside.get(person, 0) + 1
        assert self.inside[person] == 1, "two events of one person overlap"
        self.begun.append(heard.text)
        await asyncio.sleep(self.seconds)
        self.inside[person] -= 1
        turn.say(Say(heard.text))


async def test_two_processes_never_work_on_one_person_at_once(
    process: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(0.005)
    monkeypatch.setattr("bots.channel.take", watched.take)
    crowd = [somebody() for _ in range(3)]
    sent = {
        who.external: [typed(who, place, f"{who.external}-{place}") for place in range(8)] for who in crowd
    }
    for place in range(8):
        for who in crowd:
            arrival = sent[who.external][place]
            process.line.expect(arrival)
            await (process, other)[place % 2].dispatcher.accept([arrival])
            # The other one hears of it as well, as after a sweep.
            (other, process)[place % 2].dispatcher.work(who)
    await process.dispatcher.idle()
    await other.dispatcher.idle()
    for who in crowd:
        words = [f"{who.external}-{place}" for place in range(8)]
        assert [said for said in watched.begun if said.startswith(who.external)] == words
        assert process.line.of(who.external) == words


async def test_what_was_stored_by_a_process_that_died_is_answered_by_another(
    process: Process, other: Process
) -> None:
    who = somebody()
    arrival = event(who, 0, "follow")
    process.line.expect(arrival)
    async with transaction(process.engine) as connection:
        await inbox.store(connection, [arrival])
    await asyncio.gather(process.sweeps(), other.sweeps())
    assert len(process.line.of(who.external)) == 1


async def test_a_process_that_dies_within_a_turn_leaves_the_event_to_another(
    process: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = somebody()
    arrival = event(who, 0, "follow")
    process.line.expect(arrival)
    begun = asyncio.Event()

    async def hang(turn: Turn, heard: Heard) -> None:
        begun.set()
        await asyncio.sleep(60)

    with monkeypatch.context() as broken:
        broken.setattr("bots.channel.take", hang)
        await process.dispatcher.accept([arrival])
        await begun.wait()
    (task,) = process.dispatcher._tasks
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await other.sweeps()
    assert len(process.line.of(who.external)) == 1


async def test_an_event_that_cannot_be_answered_is_given_up_kindly_and_the_next_is_answered(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = somebody()
    tries: list[str] = []

    async def stumble(turn: Turn, heard: Heard) -> None:
        if heard == Said("broken"):
            tries.append("broken")
            raise ValueError("a fault of ours")
        turn.say(Say("fine"))

    monkeypatch.setattr("bots.channel.take", stumble)
    await process.hears(typed(who, 0, "broken", token=False), typed(who, 1, "hello", token=False))
    assert len(tries) == inbox.ATTEMPTS
    sorry, fine = process.line.of(who.external)
    assert "申し訳ありません" in sorry and fine == "fine"
    assert [row.state for row in await fetch(process.engine, "SELECT state FROM inbox ORDER BY id")] == [2, 1]


async def test_a_turn_that_met_a_deadlock_is_run_again_as_a_whole(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = somebody()
    arrival = event(who, 0, "follow")
    process.line.expect(arrival)
    failures = [psycopg.errors.DeadlockDetected(), psycopg.errors.SerializationFailure()]

    async def collide(turn: Turn, heard: Heard) -> None:
        await really_take(turn, heard)
        if failures:
            raise failures.pop()

    monkeypatch.setattr("bots.channel.take", collide)
    await process.hears(arrival)
    assert len(process.line.of(who.external)) == 1
    assert [row.attempts for row in await fetch(process.engine, "SELECT attempts FROM inbox")] == [0]


async def test_a_database_that_was_away_for_a_moment_loses_nothing(process: Process, database: str) -> None:
    crowd = [somebody() for _ in range(6)]
    await asyncio.gather(*(process.hears(event(who, 0, "follow", token=False)) for who in crowd))
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as outside:
        await outside.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for who in crowd:
        arrival = event(who, 1, "postback", token=False, data="a=register.begin")
        for _again in range(30):
            # The platform sends again what was not acknowledged.
            try:
                await process.dispatcher.accept([arrival])
            except Exception:
                await asyncio.sleep(0.01)
                continue
            break
    for _again in range(3):
        await process.dispatcher.idle()
        await lapse(process.engine)
        await process.sweeps()
    for who in crowd:
        assert len(process.line.of(who.external)) == 2


async def test_one_webhook_that_cannot_be_stored_does_not_keep_others_from_it(process: Process) -> None:
    good, bad = somebody(), Identity("line", "line", "U\x00")
    process.line.expect(arrival := event(good, 0, "follow"))
    results = await asyncio.gather(
        *(process.dispatcher.accept([one]) for one in (event(bad, 0, "follow"), arrival)),
        return_exceptions=True,
    )
    await process.dispatcher.idle()
    assert isinstance(results[0], psycopg.DataError)
    assert results[1] == [arrival]
    assert len(process.line.of(good.external)) == 1


async def test_an_event_that_wants_its_answer_at_once_is_answered_later_when_its_person_is_busy(
    process: Process, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = somebody()
    process.line.expect(arrival := event(who, 0, "follow"))
    monkeypatch.setattr("bots.channel.PATIENCE_MS", 20)
    async with transaction(other.engine) as connection:
        await people.lock(connection, who)
    async with transaction(other.engine) as connection:
        await people.lock(connection, who)
        assert (await process.dispatcher.answer(arrival)).busy
    await process.dispatcher.idle()
    assert len(process.line.of(who.external)) == 1
    assert (await process.dispatcher.answer(arrival)).repeated
