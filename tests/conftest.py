"""A real PostgreSQL for every test, cloned from one template for each worker, and a town to play in."""

import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from app import Settings, running
from services import embedded, people, programme
from services.bundle import Services
from services.clock import Clock, FrozenClock
from services.database import connect, transaction
from services.migrations import upgrade
from services.people import Identity
from services.secrets import open_vault
from tests.town import Town

KEY = Fernet.generate_key().decode()
NOON = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)
"""Noon in Tokyo on a Wednesday on which everything is open."""
MEMORY, ROOM = Path("/dev/shm"), 2 << 30


@pytest.fixture(autouse=True)
def vault() -> None:
    """Keys for whatever a test encrypts."""
    open_vault([KEY])


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.Server]:
    """This worker's PostgreSQL; it forgets what a crash would lose, and lies in memory, which makes it quick."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="ouentai-test-", dir=MEMORY if roomy else None))
    with embedded.start(folder, durable=False) as running_server:
        yield running_server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server: embedded.Server) -> str:
    """A database with all tables, to be cloned."""
    upgrade(server.url)
    return server.url


@pytest.fixture
def database(template: str) -> Iterator[str]:
    """The address of a database of this test's own."""
    origin = make_url(template)
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(str(origin.set(database="postgres")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{origin.database}" STRATEGY FILE_COPY')
        yield str(origin.set(database=name))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """An engine on this test's database."""
    made = connect(database)
    yield made
    await made.dispose()


@pytest.fixture
def rules() -> programme.Programme:
    """The programme that is run."""
    return programme.load("phase2")


ActingAs = Callable[..., AbstractAsyncContextManager[Services]]


@pytest.fixture
def acting(engine: AsyncEngine, rules: programme.Programme) -> ActingAs:
    """`async with acting("U1") as services:` lets a person act in one transaction, at noon unless told otherwise."""

    @asynccontextmanager
    async def act(
        external: str | None, channel: str = "line", at: datetime = NOON, clock: Clock | None = None
    ) -> AsyncIterator[Services]:
        async with transaction(engine) as connection:
            person = None
            if external is not None:
                tenant = "line" if channel == "line" else "T1"
                person = await people.lock(connection, Identity(channel, tenant, external))
            services = Services(connection, rules, clock or FrozenClock(at), person)
            yield services
            await services.flush()

    return act


@pytest.fixture
async def town(database: str, tmp_path: Path) -> AsyncIterator[Town]:
    """The whole application, running in its playground, at noon on a day when everything is open."""
    settings = Settings(
        database_url=database,
        port=0,
        secret_keys=KEY,
        data_dir=tmp_path,
        clock=NOON,
        mail_from="office@play.invalid",
    )
    async with running(settings) as run:
        run.ouentai.delivery.in_a_hurry = True
        yield Town(run)
