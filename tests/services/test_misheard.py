"""What was said in vain is remembered in a row, and only there."""

from datetime import timedelta

from sqlalchemy import text

from services import inbox, misheard
from services.bundle import Services
from services.inbox import Arrival
from services.people import Identity
from tests.conftest import NOON, ActingAs

WHO = Identity("line", "line", "U1")


async def event(services: Services, key: str) -> None:
    """Something that the person does, and that is dealt with."""
    await inbox.store(services.connection, [Arrival(key, WHO, NOON, {})])
    await inbox.take(services.connection, WHO)


async def test_outside_a_form_whatever_else_is_done_begins_a_new_row(acting: ActingAs) -> None:
    async with acting("U1") as services:
        for number in (1, 2, 3, 4):
            await event(services, f"a{number}")
            assert await services.misheard.note(f"word {number}") == min(number, 3)
        assert await services.misheard.recent() == ["word 2", "word 3", "word 4"]
        await event(services, "a button")
        await event(services, "b")
        assert await services.misheard.note("again") == 1
        assert await services.misheard.recent() == ["again"]


async def test_at_a_question_it_is_the_place_that_counts(acting: ActingAs) -> None:
    async with acting("U1") as services:
        assert await services.misheard.note("one", "1:1:kind") == 1
        await event(services, "a sticker")
        assert await services.misheard.note("two", "1:1:kind") == 2
        assert await services.misheard.held("1:1:kind") == "two"
        assert await services.misheard.note("three", "1:2:name") == 1
        assert await services.misheard.held("1:1:kind") is None


async def test_it_is_another_persons_matter(acting: ActingAs) -> None:
    async with acting("U1") as services:
        await services.misheard.note("mine", "1:1:kind")
    async with acting("U2") as services:
        assert await services.misheard.held("1:1:kind") is None
        assert await services.misheard.recent() == []


async def test_a_day_later_it_begins_anew_and_is_wiped(acting: ActingAs) -> None:
    async with acting("U1") as services:
        await services.misheard.note("secret", "1:1:kind")
        stored = await services.connection.scalar(text("SELECT said FROM misheard"))
        assert b"secret" not in bytes(stored)
    async with acting("U1", at=NOON + timedelta(days=1)) as services:
        assert await services.misheard.recent() == []
        assert await services.misheard.note("again", "1:1:kind") == 1
        await misheard.wipe(services.connection, services.now)
        assert await services.misheard.recent() == ["again"]
        await misheard.wipe(services.connection, services.now + timedelta(days=1))
        assert await services.misheard.recent() == []
