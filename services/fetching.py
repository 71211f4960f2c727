"""Files that people send in a chat: fetched after the commit, kept as documents, and heard of through the inbox.

What is wanted of a message is a letter to the platform's own store (`services.notices.fetch`), sent by
bots/fetching.py: with leases, back-off and repeats like any other. What became of it is an event of the
sender, so that it is answered in the sender's turn, once. Identity and bank documents never come this way.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from locales import Text
from services import inbox
from services.audit import Audit
from services.clock import wall
from services.documents import KIND, Document, Stored
from services.inbox import Arrival
from services.notices import Fetch
from services.outbox import Letter
from services.people import Identity

if TYPE_CHECKING:
    from services.bundle import Services

CHANNEL = "fetch"
EVENT = "fetched"
"""The key under which what became of a file is stored in the inbox."""
AT_MOST_MEGABYTES = 10
"""What people show each other in a talk may be larger than a document that is kept for years."""


@dataclass(frozen=True)
class Order:
    """A file to be fetched, and whose it is."""

    identity: Identity
    person_id: int
    fetch: Fetch


def letters(services: Services) -> list[Letter]:
    """The letters that fetch what is wanted of the acting person; they wait for nothing else that is sent."""
    if not services.notices.fetched:
        return []
    if services.person is None:
        raise RuntimeError("The programme itself sends no files.")
    who = services.person.identity
    return [
        Letter(
            CHANNEL,
            f"{who.channel}:{who.external}",
            "fetch",
            {"identity": list(vars(who).values()), "person_id": services.person.id, "fetch": vars(fetch)},
        )
        for fetch in services.notices.fetched
    ]


def order(letter: Letter) -> Order:
    """What a letter wants fetched."""
    body = letter.body or {}
    return Order(Identity(*body["identity"]), body["person_id"], Fetch(**body["fetch"]))


async def keep(
    connection: AsyncConnection, order: Order, key: uuid.UUID | None, found: Stored | Text, now: datetime
) -> None:
    """Put a file on record, or what is wrong with it, and tell the conversation; work on it after the commit.

    Once for each `key`: what is fetched a second time is an orphan that the sweep removes.
    """
    fetch = order.fetch
    event: dict[str, Any] = {"about": fetch.about, "ref": fetch.ref, "name": fetch.name}
    document = None
    session = AsyncSession(connection, expire_on_commit=False)
    if isinstance(found, Text):
        event["problem"] = {"message": found.message, "values": dict(found.values)}
    else:
        document = Document(
            person_id=order.person_id, purpose=fetch.purpose, received_at=now, key=fetch.about, **vars(found)
        )
        session.add(document)
        await session.flush()
        event["document_id"] = document.id
    arrival = Arrival(f"fetched:{key}", order.identity, wall(), {EVENT: event})
    if not await inbox.store(connection, [arrival]):
        if document is not None:
            await session.delete(document)
            await session.flush()
        return
    if document is not None:
        audit = Audit(connection, order.person_id, now, wall())
        await audit.note("received", KIND, document.id, content={"sha256": document.sha256})


def read(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a stored event of ours says of a file, by the names of `conversations.messages.Fetched`."""
    event: dict[str, Any] = body[EVENT]
    problem = event.get("problem")
    return event | {"problem": Text(problem["message"], problem["values"]) if problem else None}
