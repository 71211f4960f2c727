"""PostgreSQL: the engine, the base of all tables, and one transaction for one event (DESIGN 4, 5)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase

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


def connect(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for one process; connections are opened when first needed."""
    return create_async_engine(
        address(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"prepare_threshold": 2},
    )


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction: committed at the end, rolled back on any exception."""
    async with engine.connect() as connection, connection.begin():
        yield connection


def must_run_again(error: BaseException) -> bool:
    """Whether a whole turn should simply be run again: deadlock or serialisation failure (DESIGN 13.7)."""
    return _state(error) in {"40P01", "40001"}


def waited_too_long(error: BaseException) -> bool:
    """Whether a lock was not to be had within the time set for it."""
    return _state(error) == "55P03"


def _state(error: BaseException) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
