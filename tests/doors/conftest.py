"""One town for all that is thrown at its doors, and an eye on its logs meanwhile."""

import logging
import uuid
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from app import Settings, running
from tests.conftest import KEY, NOON
from tests.doors import people
from tests.town import Town


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def town(template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The whole application in its playground, shared by all tests here: whoever comes is somebody new."""
    origin = make_url(template)
    name = f"doors_{uuid.uuid4().hex}"
    with psycopg.connect(str(origin.set(database="postgres")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{origin.database}" STRATEGY FILE_COPY')
        settings = Settings(
            database_url=str(origin.set(database=name)),
            port=0,
            secret_keys=KEY,
            data_dir=tmp_path_factory.mktemp("doors"),
            clock=NOON,
            mail_from="office@play.invalid",
        )
        async with running(settings) as run:
            run.ouentai.delivery.in_a_hurry = True
            yield Town(run)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(autouse=True)
def discreet(town: Town, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing crashes, and no log holds anybody's data or any of our secrets."""
    caplog.set_level(logging.INFO)
    yield
    town.line.refused.clear()
    town.slack.refused.clear()
    records = [record for phase in ("setup", "call") for record in caplog.get_records(phase)]
    lines = [f"{record.getMessage()} {record.exc_text or ''}" for record in records]
    assert [
        line for record, line in zip(records, lines, strict=True) if record.levelno >= logging.ERROR
    ] == []
    stage = town.ouentai.stage
    assert stage is not None
    for private in (*people.PRIVATE, *stage.keys.values(), KEY):
        assert [line for line in lines if private in line] == []
