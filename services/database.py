"""PostgreSQL: the engine, the base of all tables, and one transaction for one event (DESIGN 4, 5)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar, cast

import orjson
import psycopg
from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.util.concurrency import greenlet_spawn

T = TypeVar("T")
R = TypeVar("R")
MOST_TOGETHER = 16
NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table of ours."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB, list[Any]: JSONB}


def address(url: str) -> URL:
    """The address in the form the driver wants, whatever driver was named in it."""
    return make_url(url).set(drivername="postgresql+psycopg")


class Driver(psycopg.AsyncConnection[Any]):
    """The driver's connection, on which the few statements of every turn run themselves.

    Through SQLAlchemy a statement costs four times as much (DESIGN 12).
    """

    _cursor: psycopg.AsyncCursor[Any] | None = None

    async def rows(self, query: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
        """What a statement returns. Placeholders are `%(name)s` or `%s`."""
        cursor = self._cursor = self._cursor or self.cursor()
        await cursor.execute(query, values)
        result = cursor.pgresult
        return await cursor.fetchall() if result is not None and result.nfields else []


def connect(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for one process; connections are opened when first needed."""
    return create_async_engine(
        address(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        # What a statement was given may be personal, and the text of an exception is passed around.
        hide_parameters=True,
        connect_args={"prepare_threshold": 2, "async_creator_fn": Driver.connect},
    )


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction: committed at the end, rolled back on any exception."""
    async with engine.connect() as connection, transaction_on(connection):
        yield connection


@asynccontextmanager
async def transaction_on(connection: AsyncConnection) -> AsyncIterator[None]:
    """One transaction on a connection that is used for several, one after the other."""
    try:
        yield
        # The driver's own statements began it, or SQLAlchemy's did.
        await (connection.commit() if connection.in_transaction() else driver(connection).commit())
    except BaseException:
        await (connection.rollback() if connection.in_transaction() else driver(connection).rollback())
        raise


@asynccontextmanager
async def statement(engine: AsyncEngine) -> AsyncIterator[Driver]:
    """A connection on which each statement is a transaction of its own: no round trips to begin and to commit."""
    pooled = await engine.raw_connection()
    connection = cast(Driver, pooled.driver_connection)
    try:
        await connection.set_autocommit(True)
        try:
            yield connection
        finally:
            await connection.set_autocommit(False)
    finally:
        await greenlet_spawn(pooled.close)


def driver(connection: AsyncConnection | Driver) -> Driver:
    """The driver's connection below SQLAlchemy's, in the same transaction."""
    if isinstance(connection, Driver):
        return connection
    pooled = connection.sync_connection
    assert pooled is not None
    return cast(Driver, pooled.connection.driver_connection)


@cache
def repeated(row: str, times: int) -> str:
    """The rows of a VALUES list, for as many things as there are to write: cheaper for the driver than arrays."""
    return ", ".join([row] * times)


class Together(Generic[T, R]):
    """Does for all who come while it is busy what each of them wants, in one go: a batch costs little more than one.

    `do` gets what they want and returns what each of them gets; a batch that fails is done again one by
    one, so that each has its own failure.
    """

    def __init__(self, do: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._do = do
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, wanted: T) -> R:
        """Have it done with whatever else is wanted now; raises what `do` raises for it."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, future))
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        try:
            result: R = await future
        except asyncio.CancelledError:
            # What was begun ends before anybody who waited for it takes the database away.
            await asyncio.wait([self._task] if self._task else [future])
            raise
        return result

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                await self._batch(batch)
        finally:
            self._task = None

    async def _batch(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._do([wanted for wanted, _future in batch])
        except Exception as error:
            if len(batch) > 1:
                for one in batch:
                    await self._batch([one])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_wanted, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)


def must_run_again(error: BaseException) -> bool:
    """Whether a whole turn should simply be run again: deadlock or serialisation failure (DESIGN 13.7)."""
    return _state(error) in {"40P01", "40001"}


def waited_too_long(error: BaseException) -> bool:
    """Whether a lock was not to be had within the time set for it."""
    return _state(error) == "55P03"


def _state(error: BaseException) -> str | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return cause.sqlstate if isinstance(cause, psycopg.Error) else None
