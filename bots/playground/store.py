"""What the fake platforms remember: in memory for tests, behind it a table of its own in the playground."""

import asyncio
import json
import logging
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

log = logging.getLogger(__name__)

Doc = dict[str, Any]

# `json`, not `jsonb`: people type NUL and half emoji into the fakes, and jsonb refuses both.
SCHEMA = (
    "CREATE SCHEMA IF NOT EXISTS playground",
    "CREATE TABLE IF NOT EXISTS playground.records (kind text NOT NULL, id text NOT NULL, doc json NOT NULL,"
    " position bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (kind, id))",
)
READ = text("SELECT kind, id, doc::text FROM playground.records ORDER BY position")
KEEP = text(
    "INSERT INTO playground.records (kind, id, doc) VALUES (:kind, :id, CAST(:doc AS json))"
    " ON CONFLICT (kind, id) DO UPDATE SET doc = excluded.doc"
)
DROP = text("DELETE FROM playground.records WHERE kind = :kind AND id = :id")
EMPTY = text("TRUNCATE playground.records")


class Store(Protocol):
    """Named documents by kind, in the order in which they first came."""

    async def load(self) -> None: ...
    def put(self, kind: str, id: str, doc: Doc) -> None: ...
    def drop(self, kind: str, id: str) -> None: ...
    def get(self, kind: str, id: str) -> Doc | None: ...
    def all(self, kind: str) -> dict[str, Doc]: ...
    def kinds(self) -> list[str]: ...


class MemoryStore:
    """Forgets everything when the process ends."""

    def __init__(self) -> None:
        self._docs: dict[str, dict[str, Doc]] = {}

    async def load(self) -> None:
        """Nothing was kept."""

    def put(self, kind: str, id: str, doc: Doc) -> None:
        self._docs.setdefault(kind, {})[id] = doc

    def drop(self, kind: str, id: str) -> None:
        self._docs.get(kind, {}).pop(id, None)

    def get(self, kind: str, id: str) -> Doc | None:
        return self._docs.get(kind, {}).get(id)

    def all(self, kind: str) -> dict[str, Doc]:
        return dict(self._docs.get(kind, {}))

    def kinds(self) -> list[str]:
        return list(self._docs)


class PostgresStore(MemoryStore):
    """Keeps the documents in schema `playground`, a moment after they were put.

    `load` before the fakes are made, `close` when the app ends; what a crash loses is the last moment.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__()
        self._engine = engine
        self._waiting: dict[tuple[str, str], str | None] = {}
        self._news = asyncio.Event()
        self._writing = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Makes the table if it is not there, reads what it holds and starts to write behind."""
        async with self._engine.begin() as connection:
            for statement in SCHEMA:
                await connection.execute(text(statement))
            for kind, id, doc in await connection.execute(READ):
                super().put(kind, id, json.loads(doc))
        self._writer = asyncio.create_task(self._write())

    def put(self, kind: str, id: str, doc: Doc) -> None:
        super().put(kind, id, doc)
        self._waiting[kind, id] = json.dumps(doc)
        self._news.set()

    def drop(self, kind: str, id: str) -> None:
        super().drop(kind, id)
        self._waiting[kind, id] = None
        self._news.set()

    async def flush(self) -> None:
        """Returns when everything put so far is in the database."""
        async with self._writing:
            batch, self._waiting = self._waiting, {}
            self._news.clear()
            try:
                await self._keep(batch)
            except BaseException:
                self._waiting = batch | self._waiting
                raise

    async def clear(self) -> None:
        """Forgets everything, here and in the database."""
        async with self._writing:
            self._docs.clear()
            self._waiting.clear()
            async with self._engine.begin() as connection:
                await connection.execute(EMPTY)

    async def close(self) -> None:
        """Writes what is left and stops writing; the engine stays its owner's."""
        if self._writer:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        await self.flush()

    async def _keep(self, batch: dict[tuple[str, str], str | None]) -> None:
        kept = [{"kind": kind, "id": id, "doc": doc} for (kind, id), doc in batch.items() if doc is not None]
        gone = [{"kind": kind, "id": id} for (kind, id), doc in batch.items() if doc is None]
        if not batch:
            return
        async with self._engine.begin() as connection:
            if gone:
                await connection.execute(DROP, gone)
            if kept:
                await connection.execute(KEEP, kept)

    async def _write(self) -> None:
        while True:
            await self._news.wait()
            try:
                await self.flush()
            except Exception:
                log.exception("the playground's state could not be written; trying again")
                self._news.set()
                await asyncio.sleep(1)
