"""The whole application running the invented programme."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import Settings, running
from tests.conftest import KEY
from tests.programmes import FILE
from tests.town import Town


@pytest.fixture
async def harbour(database: str, tmp_path: Path) -> AsyncIterator[Town]:
    """The harbour town, at noon on a day when everything is open."""
    settings = Settings(
        database_url=database,
        port=0,
        secret_keys=KEY,
        data_dir=tmp_path,
        clock=datetime(2023, 6, 5, 3, 0, tzinfo=UTC),
        programme=str(FILE),
        mail_from="office@play.invalid",
    )
    async with running(settings) as run:
        run.ouentai.delivery.in_a_hurry = True
        yield Town(run)
