"""Who sends documents in the tests, who looks at them, and when."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services import people
from services.bundle import Services
from services.clock import FrozenClock
from services.people import Identity
from services.programme import load

NOW = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)
HANAKO = Identity("line", "U-provider", "U-hanako")
TARO = Identity("slack", "T-office", "U-taro")


async def services_for(connection: AsyncConnection, identity: Identity) -> Services:
    """The services as one person acts through them in this transaction."""
    person = await people.lock(connection, identity)
    return Services(connection, load("phase2"), FrozenClock(NOW), person)
