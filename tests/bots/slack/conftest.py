"""A bench for every test, on a database of its own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.bots.slack.bench import Bench, running


@pytest.fixture
async def bench(engine: AsyncEngine) -> AsyncIterator[Bench]:
    """A fake Slack and our door to it."""
    async with running(engine) as made:
        yield made
