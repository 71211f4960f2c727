"""What arrived: each event is stored before it is answered, and dealt with once (DESIGN 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services import drafts
from services.answers import Draft
from services.database import Base, Driver, driver, repeated
from services.people import Identity
from services.secrets import seal, unseal

WAITING, DONE, DEAD = 0, 1, 2
ATTEMPTS = 3
KEPT_DAYS = 7


@dataclass(frozen=True)
class Arrival:
    """An event as a channel received it: `key` is the platform's own id for it, `at` when it happened.

    `late`: something that the person did after it has been dealt with already (DESIGN 13.7); `more`: other
    events of the person wait; `form`: what the person is filling in at that moment.
    """

    key: str
    identity: Identity
    at: datetime
    body: dict[str, Any]
    id: int = 0
    attempts: int = 0
    late: bool = False
    more: bool = False
    form: Draft | None = None


class InboxRow(Base):
    """One event; its body is wiped some days after it was dealt with."""

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    tenant: Mapped[str]
    external: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "channel",
            "tenant",
            "external",
            "at",
            "id",
            postgresql_where=text("state = 0"),
        ),
        Index("ix_inbox_done", "channel", "tenant", "external", "at", postgresql_where=text("state = 1")),
        Index("ix_inbox_received_at", "received_at", postgresql_where=text("body IS NOT NULL")),
    )


_STORE = """
    INSERT INTO inbox (key, channel, tenant, external, at, body) VALUES {}
    ON CONFLICT (key) DO NOTHING RETURNING key
"""
_TAKE = """
    WITH taken AS (
        UPDATE inbox SET state = 1 WHERE id = (
            SELECT id FROM inbox
            WHERE channel = %(channel)s AND tenant = %(tenant)s AND external = %(external)s AND state = 0
            ORDER BY at, id LIMIT 1)
        RETURNING id, key, at, body, attempts, EXISTS (
            SELECT FROM inbox AS done
            WHERE done.channel = %(channel)s AND done.tenant = %(tenant)s AND done.external = %(external)s
                AND done.state = 1 AND done.at > inbox.at), EXISTS (
            SELECT FROM inbox AS other
            WHERE other.channel = %(channel)s AND other.tenant = %(tenant)s AND other.external = %(external)s
                AND other.state = 0 AND other.id <> inbox.id))
    SELECT taken.*, draft.* FROM taken LEFT JOIN (
        SELECT form, about, answers, editing, reopened, revision, id, state, updated_at FROM drafts
        WHERE state = 0 AND person_id = (
            SELECT person_id FROM identities
            WHERE channel = %(channel)s AND tenant = %(tenant)s AND external = %(external)s)) AS draft ON true
"""
_FAIL = text("""
    UPDATE inbox SET attempts = attempts + 1,
        state = CASE WHEN attempts + 1 >= :attempts THEN 2 ELSE 0 END
    WHERE id = :id RETURNING state
""")
_LEFT = text("""
    SELECT DISTINCT channel, tenant, external FROM inbox
    WHERE state = 0 AND received_at < now() - make_interval(secs => :seconds) LIMIT 100
""")
_KEPT = """
    SELECT id, body FROM inbox
    WHERE channel = %(channel)s AND tenant = %(tenant)s AND external = %(external)s
        AND state <> 0 AND body IS NOT NULL
"""
_FORGET = "UPDATE inbox SET body = NULL WHERE id = %(id)s"
_WIPE = text("""
    UPDATE inbox SET body = NULL
    WHERE body IS NOT NULL AND state <> 0 AND received_at < now() - make_interval(days => :days)
""")


async def store(connection: AsyncConnection | Driver, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Keep these events in their order; returns those that are new, a repeat being no news."""
    values: list[Any] = []
    for arrival in arrivals:
        who = arrival.identity
        values += arrival.key, who.channel, who.tenant, who.external, arrival.at, seal(arrival.body)
    query = _STORE.format(repeated("(%s, %s, %s, %s, %s, %s)", len(arrivals)))
    stored = await driver(connection).rows(query, values)
    keys = {key for (key,) in stored}
    new = []
    for arrival in arrivals:
        if arrival.key in keys:
            keys.remove(arrival.key)
            new.append(arrival)
    return new


async def take(connection: AsyncConnection, identity: Identity) -> Arrival | None:
    """The person's next waiting event, dealt with once the transaction commits. Lock the person first."""
    found = await driver(connection).rows(
        _TAKE,
        {"channel": identity.channel, "tenant": identity.tenant, "external": identity.external},
    )
    if not found:
        return None
    arrival_id, key, at, body, attempts, late, more, *draft = found[0]
    form = None if draft[0] is None else drafts.read(draft)
    return Arrival(key, identity, at, unseal(body), arrival_id, attempts, late, more, form)


async def fail(connection: AsyncConnection, arrival_id: int) -> bool:
    """Count a failed attempt, in a transaction of its own; True when the event is given up."""
    state: int = (await connection.execute(_FAIL, {"id": arrival_id, "attempts": ATTEMPTS})).scalar_one()
    return state == DEAD


async def left_behind(connection: AsyncConnection, seconds: float) -> list[Identity]:
    """Who has events that waited longer than this: a crash left them."""
    return [Identity(*row) for row in await connection.execute(_LEFT, {"seconds": seconds})]


class Inbox:
    """What one person has sent, within one transaction."""

    def __init__(self, connection: AsyncConnection, identity: Identity) -> None:
        self._connection = connection
        self._identity = identity

    async def forget(self, message: str) -> None:
        """Wipe a message that the person took back, by the id that its platform gave it (PLATFORMS 1.4).

        Bodies are unreadable to the database, so those of the person that are still kept are looked through.
        """
        who = vars(self._identity)
        for arrival_id, body in await driver(self._connection).rows(_KEPT, who) if message else ():
            said = unseal(body).get("message")
            if isinstance(said, dict) and said.get("id") == message:
                await driver(self._connection).rows(_FORGET, {"id": arrival_id})


async def wipe(connection: AsyncConnection) -> None:
    """Forget the bodies of what was dealt with some days ago."""
    await connection.execute(_WIPE, {"days": KEPT_DAYS})
