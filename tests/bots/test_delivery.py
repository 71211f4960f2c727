"""What was committed is sent: once, in order, by whoever lives, again after a failure, and never for ever."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.delivery import ATTEMPTS
from bots.line.client import Answer
from services import outbox
from services.database import connect, transaction
from services.outbox import Claim, Delivered, Letter, Outcome
from tests.bots.office import UNREACHABLE, Line, Process, event, fetch, lapse, somebody

BUSY = Answer(503, {"message": "busy"})
REFUSED = Answer(400, {"message": "The request body has 1 error(s)"})


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


@pytest.fixture
def dying(other_engine: AsyncEngine, line: Line) -> Process:
    return Process(other_engine, line, dies=True)


def letter(words: str, to: str = "U1", **more: Any) -> Letter:
    return Letter("line", to, "say", {"messages": [{"type": "text", "text": words}]}, **more)


async def post(process: Process, *letters: Letter) -> list[Claim]:
    """Write letters, commit, and send them as a turn does."""
    async with transaction(process.engine) as connection:
        claims = await outbox.post(connection, letters)
    process.delivery.send_soon(claims)
    return claims


async def waiting(process: Process) -> float:
    """In how many seconds the one mailbox is due."""
    ((seconds,),) = await fetch(
        process.engine, "SELECT extract(epoch FROM due - now())::float FROM mailboxes WHERE waiting"
    )
    return float(seconds)


async def states(process: Process) -> list[int]:
    return [row.state for row in await fetch(process.engine, "SELECT state FROM letters ORDER BY id")]


async def test_what_a_process_that_died_had_committed_is_sent_once_by_another(
    process: Process, dying: Process
) -> None:
    who = somebody()
    dying.line.expect(arrival := event(who, 0, "follow"))
    await dying.hears(arrival)
    await process.sweeps()
    assert process.line.tried == [], "the dead one's lease has not run out"
    await lapse(process.engine)
    await asyncio.gather(process.sweeps(), Process(dying.engine, process.line).sweeps())
    assert len(process.line.of(who.external)) == 1
    # Whether the first had replied nobody knows: what is sent now has a retry key.
    assert process.line.tried == ["push"]


async def test_what_was_sent_but_not_settled_is_repeated_under_the_same_key_and_seen_once(
    process: Process, dying: Process
) -> None:
    (claim,) = await post(dying, letter("hello"))
    # The process dies between the answer of LINE and the database.
    await dying.delivery.senders["line"].send(claim.letters[0])
    await lapse(process.engine)
    await process.sweeps()
    assert process.line.tried == ["push", "push"]
    assert process.line.of("U1") == ["hello"]
    assert await states(process) == [outbox.SENT]


async def test_the_letters_of_one_recipient_arrive_in_order_whoever_sends_them(
    process: Process, other: Process
) -> None:
    process.line.slow = 0.001
    for number in range(30):
        await post((process, other)[number % 2], letter(str(number)), letter(f"{number}+"))
        if number % 5 == 0:
            await asyncio.sleep(0.004)
    for _sweep in range(100):
        await process.delivery.idle()
        await other.delivery.idle()
        await asyncio.gather(process.delivery.sweep(), other.delivery.sweep())
    assert process.line.of("U1") == [words for number in range(30) for words in (f"{number}", f"{number}+")]
    assert len(process.line.tried) == 60


async def test_a_letter_that_is_written_while_another_is_sent_follows_at_once(process: Process) -> None:
    process.line.slow = 0.001
    for number in range(40):
        await post(process, letter(str(number)))
        await asyncio.sleep(0.0007 * (number % 4))
    await process.delivery.idle()
    assert process.line.of("U1") == [str(number) for number in range(40)]


async def test_more_letters_than_are_taken_at_once_are_all_sent_in_order(
    process: Process, dying: Process
) -> None:
    words = [str(number) for number in range(outbox.AT_ONCE * 2 + 3)]
    await post(dying, *(letter(word) for word in words))
    await lapse(process.engine)
    await process.delivery.sweep()
    assert process.line.of("U1") == words


async def test_many_mailboxes_are_settled_together(process: Process) -> None:
    people = [f"U{number}" for number in range(60)]
    claims = await post(process, *(letter("hello", person) for person in people))
    assert len(claims) == 60
    await process.delivery.idle()
    assert sorted(person for person, _words in process.line.seen) == sorted(people)
    assert await states(process) == [outbox.SENT] * 60
    assert await fetch(process.engine, "SELECT id FROM mailboxes WHERE waiting OR fence <> 0") == []


async def test_a_failure_is_tried_again_later_and_longer_each_time(process: Process) -> None:
    process.line.answers = [UNREACHABLE, BUSY, BUSY]
    await post(process, letter("hello"))
    for seconds in (1, 2, 4):
        await process.delivery.idle()
        assert await waiting(process) == pytest.approx(seconds, abs=0.9)
        assert await process.delivery.sweep() == 0
        await lapse(process.engine)
        await process.delivery.sweep()
    assert process.line.of("U1") == ["hello"]
    assert await states(process) == [outbox.SENT]


async def test_later_letters_wait_behind_one_that_failed(process: Process) -> None:
    process.line.answers = [BUSY]
    await post(process, letter("first"), letter("second"))
    await process.delivery.idle()
    assert await post(process, letter("third")) == []
    await process.delivery.idle()
    assert process.line.tried == ["push"]
    tried = await fetch(process.engine, "SELECT attempts FROM letters ORDER BY id")
    assert [row.attempts for row in tried] == [1, 0, 0]
    await lapse(process.engine)
    await process.delivery.sweep()
    assert process.line.of("U1") == ["first", "second", "third"]


async def test_somebody_else_does_not_wait_for_it(process: Process) -> None:
    process.line.answers = [BUSY]
    await post(process, letter("first"))
    await process.delivery.idle()
    await post(process, letter("hello", "U2"))
    await process.delivery.idle()
    assert process.line.of("U2") == ["hello"]


async def test_a_platform_that_says_when_is_left_alone_until_then(process: Process) -> None:
    process.line.answers = [Answer(429, {"message": "rate"}), Answer(429, {"message": "rate"})]
    await post(process, letter("hello"))
    for seconds in (2, 4):
        await process.delivery.idle()
        assert await waiting(process) == pytest.approx(seconds, abs=0.9)
        await lapse(process.engine)
        await process.delivery.sweep()
    assert process.line.of("U1") == ["hello"]


async def test_what_is_refused_is_dead_at_once_and_the_next_goes_on(process: Process) -> None:
    process.line.answers = [REFUSED]
    await post(process, letter("wrong"), letter("right"))
    await process.delivery.idle()
    assert process.line.of("U1") == ["right"]
    async with transaction(process.engine) as connection:
        (dead,) = await outbox.dead(connection)
        assert (dead["kind"], dead["attempts"]) == ("say", 1)
        assert dead["error"].startswith("400 ")
        assert await outbox.revive(connection, dead["id"])
        assert not await outbox.revive(connection, dead["id"])
    await process.delivery.sweep()
    assert process.line.of("U1") == ["right", "wrong"]
    assert await states(process) == [outbox.SENT, outbox.SENT]


async def test_it_is_given_up_after_many_attempts_and_can_be_dropped(process: Process) -> None:
    process.line.answers = [BUSY] * ATTEMPTS
    await post(process, letter("hello"))
    for _attempt in range(ATTEMPTS - 1):
        await process.delivery.idle()
        await lapse(process.engine)
        await process.delivery.sweep()
    assert await states(process) == [outbox.DEAD]
    async with transaction(process.engine) as connection:
        (dead,) = await outbox.dead(connection)
        assert dead["attempts"] == ATTEMPTS
        assert await outbox.drop(connection, dead["id"])
        assert await outbox.dead(connection) == []


async def test_reviving_a_letter_takes_the_mailbox_from_nobody(process: Process, dying: Process) -> None:
    process.line.answers = [REFUSED]
    await post(process, letter("wrong"))
    await process.delivery.idle()
    (claim,) = await post(dying, letter("right"))
    async with transaction(process.engine) as connection:
        (dead,) = await outbox.dead(connection)
        assert await outbox.revive(connection, dead["id"])
    assert await process.delivery.sweep() == 0
    async with transaction(process.engine) as connection:
        sent = Delivered(claim, [Outcome(claim.letters[0], sent=True)])
        assert await outbox.settle(connection, [sent]) == [True]


async def test_a_late_worker_settles_nothing(process: Process, dying: Process) -> None:
    (late,) = await post(dying, letter("hello"))
    (fine,) = await post(dying, letter("hello", "U2"))
    await lapse(process.engine)
    async with transaction(process.engine) as connection:
        taken = await outbox.claim(connection, "line", "U1")
    assert taken is not None and taken.letters[0].attempts == 2
    async with transaction(process.engine) as connection:
        both = [Delivered(claim, [Outcome(claim.letters[0], sent=True)]) for claim in (late, fine)]
        assert await outbox.settle(connection, both) == [None, False]
    assert await states(process) == [outbox.IN_FLIGHT, outbox.SENT]


async def test_a_wish_to_draw_something_waits_at_most_once(process: Process) -> None:
    menu = Letter("line", "U1", "menu", ref="7")
    process.line.slow = 1.0
    await post(process, menu)
    await asyncio.sleep(0.05)
    # The first is being drawn: a change made meanwhile wishes for another drawing, and only one.
    for _again in range(3):
        await post(process, menu)
    assert await states(process) == [outbox.IN_FLIGHT, outbox.WAITING]
    await process.delivery.idle()
    assert await states(process) == [outbox.SENT, outbox.SENT]


async def test_a_letter_takes_its_reply_token_only_while_it_lives(process: Process) -> None:
    now = datetime.now(UTC)
    process.line.expect(event(who := somebody(), 0, "follow"))
    token = f"{who.external}-0"
    await post(
        process,
        letter("in time", who.external, reply_token=token, reply_until=now + timedelta(seconds=50)),
        letter("too late", who.external, reply_token=token, reply_until=now - timedelta(seconds=1)),
    )
    await process.delivery.idle()
    assert process.line.tried == ["reply", "push"]
    assert process.line.of(who.external) == ["in time", "too late"]
