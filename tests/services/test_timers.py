"""What is due later is done once, in programme time, whoever else is at it and whatever fails."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from services import timers
from services.bundle import Services
from services.database import transaction
from services.timers import ATTEMPTS, HANDLERS, PAUSE_MINUTES, Attempt
from tests.conftest import NOON, ActingAs
from tests.town import Town

SOON = NOON + timedelta(hours=1)


@pytest.fixture
def done() -> Iterator[list[int]]:
    """What a kind of timer made for tests was about, in the order in which it was done."""
    refs: list[int] = []

    @timers.due("test")
    async def note(services: Services, ref: int) -> None:
        refs.append(ref)

    yield refs
    for kind in [kind for kind in HANDLERS if kind.startswith("test")]:
        del HANDLERS[kind]


async def sweep(acting: ActingAs, at: datetime) -> int:
    """Do all that is due at a moment, as the application does it; returns how often something was tried."""
    tried = 0
    while True:
        attempt = Attempt()
        try:
            async with acting(None, at=at) as services:
                if not await attempt.run(services):
                    return tried
        except (RuntimeError, KeyError):
            async with acting(None, at=at) as services:
                await attempt.put_off(services)
        tried += 1


async def set_timers(acting: ActingAs, *times: tuple[int, datetime], kind: str = "test") -> None:
    async with acting(None) as services:
        for ref, at in times:
            await services.timers.set(kind, ref, at)


async def test_nothing_is_done_before_its_time_and_everything_after_in_order(
    acting: ActingAs, done: list[int]
) -> None:
    await set_timers(acting, (1, SOON + timedelta(minutes=1)), (2, SOON))
    assert await sweep(acting, NOON) == 0
    assert await sweep(acting, SOON + timedelta(days=1)) == 2
    assert done == [2, 1]


async def test_it_is_done_once(acting: ActingAs, done: list[int]) -> None:
    await set_timers(acting, (1, SOON))
    await sweep(acting, SOON)
    await sweep(acting, SOON + timedelta(days=1))
    assert done == [1]


async def test_two_processes_share_the_work(acting: ActingAs, done: list[int]) -> None:
    await set_timers(acting, *((ref, SOON) for ref in range(40)))
    await asyncio.gather(*(sweep(acting, SOON) for _process in range(3)))
    assert sorted(done) == list(range(40))


async def test_while_one_process_is_at_it_the_other_takes_the_next(acting: ActingAs, done: list[int]) -> None:
    await set_timers(acting, (1, SOON), (2, SOON))
    async with (
        acting(None, at=SOON) as first,
        acting(None, at=SOON) as second,
        acting(None, at=SOON) as third,
    ):
        assert await Attempt().run(first)
        assert await Attempt().run(second)
        assert not await Attempt().run(third)
    assert done == [1, 2]
    assert await sweep(acting, SOON) == 0


async def test_a_moved_timer_is_done_at_its_new_time(acting: ActingAs, done: list[int]) -> None:
    await set_timers(acting, (1, SOON))
    await set_timers(acting, (1, SOON + timedelta(days=1)))
    assert await sweep(acting, SOON) == 0
    assert await sweep(acting, SOON + timedelta(days=1)) == 1


async def test_a_cancelled_timer_is_not_done(acting: ActingAs, done: list[int]) -> None:
    await set_timers(acting, (1, SOON), (2, SOON))
    async with acting(None) as services:
        await services.timers.cancel("test", 1)
    await sweep(acting, SOON)
    assert done == [2]


async def test_after_it_was_done_it_can_be_set_again(acting: ActingAs, done: list[int]) -> None:
    await set_timers(acting, (1, SOON))
    await sweep(acting, SOON)
    await set_timers(acting, (1, SOON + timedelta(days=1)))
    await sweep(acting, SOON + timedelta(days=1))
    assert done == [1, 1]


async def test_a_handler_that_sets_its_own_timer_again_is_run_again(
    acting: ActingAs, done: list[int]
) -> None:
    @timers.due("test.daily")
    async def again(services: Services, ref: int) -> None:
        done.append(ref)
        await services.timers.set("test.daily", ref, services.now + timedelta(days=1))

    await set_timers(acting, (7, SOON), kind="test.daily")
    await sweep(acting, SOON)
    await sweep(acting, SOON + timedelta(days=1))
    assert done == [7, 7]


async def test_one_that_fails_blocks_no_other_and_is_tried_again_later(
    acting: ActingAs, done: list[int]
) -> None:
    broken = [True]

    @timers.due("test.broken")
    async def fail(services: Services, ref: int) -> None:
        await services.timers.set("test", 99, services.now)
        if broken:
            raise RuntimeError("as planned")
        done.append(ref)

    await set_timers(acting, (1, SOON), kind="test.broken")
    await set_timers(acting, (2, SOON))
    assert await sweep(acting, SOON) == 2
    assert done == [2], "what the handler did before it failed is not kept"
    broken.clear()
    assert await sweep(acting, SOON + timedelta(minutes=1)) == 0
    assert await sweep(acting, SOON + timedelta(minutes=PAUSE_MINUTES)) == 2
    assert done == [2, 1, 99]


async def test_one_of_a_kind_that_nobody_knows_any_more_blocks_no_other(
    acting: ActingAs, done: list[int]
) -> None:
    await set_timers(acting, (1, SOON), kind="test.gone")
    await set_timers(acting, (2, SOON))
    assert await sweep(acting, SOON) == 2
    assert done == [2]


async def test_after_some_attempts_it_is_left_alone(acting: ActingAs, done: list[int]) -> None:
    @timers.due("test.broken")
    async def fail(services: Services, ref: int) -> None:
        done.append(ref)
        raise RuntimeError("as planned")

    await set_timers(acting, (1, SOON), kind="test.broken")
    for day in range(ATTEMPTS + 3):
        await sweep(acting, SOON + timedelta(days=day))
    assert len(done) == ATTEMPTS


async def test_whoever_holds_the_record_may_move_its_timer_while_it_is_being_done(
    acting: ActingAs, done: list[int]
) -> None:
    """Both want the record first and the timer then, so neither waits for the other for ever."""
    waits = asyncio.Event()

    @timers.due("test.record")
    async def touch(services: Services, ref: int) -> None:
        waits.set()
        await services.connection.execute(text("SELECT pg_advisory_xact_lock(4711)"))
        done.append(ref)

    await set_timers(acting, (1, SOON), (2, SOON), kind="test.record")
    async with acting(None, at=SOON) as holder:
        await holder.connection.execute(text("SELECT pg_advisory_xact_lock(4711)"))
        running = asyncio.create_task(_run_one(acting))
        await waits.wait()
        async with asyncio.timeout(5):
            await holder.timers.set("test.record", 1, SOON + timedelta(days=1))
            await holder.timers.cancel("test.record", 2)
    await running
    assert done == [1]
    assert await sweep(acting, SOON) == 0, "it was moved, so its new time counts"
    assert await sweep(acting, SOON + timedelta(days=1)) == 1


async def _run_one(acting: ActingAs) -> None:
    async with acting(None, at=SOON) as services:
        assert await Attempt().run(services)


async def test_words_that_fail_block_no_other_either(town: Town, done: list[int]) -> None:
    @timers.due("test.speechless")
    async def tell(services: Services, ref: int) -> None:
        services.notices.tell("test.nobody has words for this", ref)

    async def prepare(services: Services) -> None:
        person = await services.connection.execute(text("INSERT INTO people DEFAULT VALUES RETURNING id"))
        await services.timers.set("test.speechless", person.scalar_one(), SOON)
        await services.timers.set("test", 2, SOON)

    await town.ouentai.dispatcher.run(prepare)
    await town.turn(SOON + timedelta(minutes=1))
    assert done == [2]
    async with transaction(town.ouentai.engine) as connection:
        left = await connection.execute(
            text("SELECT kind, attempts FROM timers WHERE done_at IS NULL AND kind LIKE 'test.%'")
        )
        assert [tuple(row) for row in left] == [("test.speechless", 1)]
