"""What the fakes remember, in memory and in PostgreSQL."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.playground.store import MemoryStore, PostgresStore
from services import database, embedded


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ouentai-test-") as folder:
        Path(folder).chmod(0o755)
        with embedded.start(Path(folder), durable=False) as server:
            yield server.url


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = database.connect(url)
    yield engine
    await engine.dispose()


async def reopened(engine: AsyncEngine) -> PostgresStore:
    store = PostgresStore(engine)
    await store.load()
    return store


def test_documents_come_back_in_the_order_they_were_first_put():
    store = MemoryStore()
    store.put("mail", "b", {"n": 1})
    store.put("mail", "a", {"n": 2})
    store.put("mail", "b", {"n": 3})
    assert list(store.all("mail").items()) == [("b", {"n": 3}), ("a", {"n": 2})]


def test_what_is_dropped_is_gone_and_dropping_twice_is_no_error():
    store = MemoryStore()
    store.put("mail", "a", {})
    store.drop("mail", "a")
    store.drop("mail", "a")
    assert store.get("mail", "a") is None
    assert store.all("mail") == {}


async def test_what_was_put_is_there_after_a_restart_in_the_same_order(engine):
    store = await reopened(engine)
    store.put("chat", "b", {"text": "寿司 \0 \ud83d <b>"})
    store.put("chat", "a", {"n": 1})
    store.put("gone", "x", {})
    await store.flush()
    store.put("chat", "b", {"text": "寿司 \0 \ud83d <b>", "edited": True})
    store.drop("gone", "x")
    await store.close()

    again = await reopened(engine)
    assert list(again.all("chat").items()) == list(store.all("chat").items())
    assert list(again.all("chat")) == ["b", "a"]
    assert again.all("gone") == {}
    await again.clear()
    await again.close()


async def test_a_cleared_store_stays_empty(engine):
    store = await reopened(engine)
    store.put("chat", "a", {})
    await store.flush()
    store.put("chat", "b", {})
    await store.clear()
    await store.close()
    again = await reopened(engine)
    assert again.all("chat") == {}
    await again.close()
