"""One town for all conversations that are written down: whoever comes is somebody new."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app import Settings, running
from services.clock import wall
from services.database import transaction
from tests.conftest import KEY, NOON
from tests.town import Town

FAR = 1_000_000
"""Where numbers begin that the application gives; those of prepared records are people's ids, and much smaller."""


class Stage(Town):
    """A town whose clock is set to noon again for each conversation, and in which nothing waits from before."""

    clock_serial = 0

    async def set_clock(self, to: datetime, but: str = "ref <> 0") -> None:
        """Let programme time be this moment, later or earlier, without doing what was due; what is done day by
        day begins from there. `but` says which timers stay."""
        async with self.ouentai.sweeping:
            offset = to - wall()
            async with transaction(self.ouentai.engine) as connection:
                await connection.execute(text("UPDATE installation SET clock_offset = :by"), {"by": offset})
                await connection.execute(text(f"DELETE FROM timers WHERE done_at IS NULL AND NOT ({but})"))
            self.ouentai.clock.offset = offset
        await self.ouentai.sweep()

    async def cleared(self) -> None:
        """Forget what waits for its time, so that it disturbs nobody later."""
        await self.set_clock(NOON, but="false")
        self.line.refused.clear()
        self.slack.refused.clear()


@asynccontextmanager
async def opened(template: str, folder: Path) -> AsyncIterator[Stage]:
    """A town of its own, with a database of its own."""
    origin = make_url(template)
    name = f"scripts_{uuid.uuid4().hex}"
    with psycopg.connect(str(origin.set(database="postgres")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{origin.database}" STRATEGY FILE_COPY')
        with psycopg.connect(str(origin.set(database=name)), autocommit=True) as inside:
            for (sequence,) in inside.execute(
                "SELECT sequencename FROM pg_sequences WHERE sequencename LIKE '%_serial'"
            ).fetchall():
                inside.execute(f'ALTER SEQUENCE "{sequence}" RESTART {FAR}')
        settings = Settings(
            database_url=str(origin.set(database=name)),
            port=0,
            secret_keys=KEY,
            data_dir=folder,
            clock=NOON,
            mail_from="office@play.invalid",
        )
        async with running(settings) as run:
            run.ouentai.delivery.in_a_hurry = True
            yield Stage(run)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def shared(template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The whole application in its playground."""
    async with opened(template, tmp_path_factory.mktemp("scripts")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="package")
async def stage(shared: Stage) -> AsyncIterator[Stage]:
    """The town as a conversation finds it."""
    yield shared
    await shared.cleared()
