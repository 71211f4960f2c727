"""What is still to be said: written with the change it tells of, sent after the commit (DESIGN 6, 13.8).

Each recipient has one mailbox whose `due` is lease, back-off and minimum interval at once; its letters
leave in order. A letter is either frozen words with their retry key, or the wish to make something
current (a card, a Home, a rich menu), of which at most one waits and which is drawn when it is sent.
A letter in flight no longer counts as waiting: a change made meanwhile wishes for another drawing.
"""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import vault

WAITING, SENT, DEAD, IN_FLIGHT = 0, 1, 2, 3
LEASE = timedelta(seconds=30)


@dataclass(frozen=True)
class Letter:
    """One thing to send. `ref` names what to make current; a letter without it carries its words in `body`."""

    channel: str
    address: str
    kind: str
    body: dict[str, Any] | None = None
    ref: str | None = None
    reply_token: str | None = None
    reply_until: datetime | None = None
    retry_key: uuid.UUID | None = None
    id: int = 0
    attempts: int = 0


@dataclass(frozen=True)
class Claim:
    """A mailbox taken for delivery, with the letters that wait in it; the fence proves it is still ours."""

    mailbox_id: int
    fence: int
    letters: list[Letter]


@dataclass(frozen=True)
class Outcome:
    """What became of one letter: sent, to be tried again after `again_in`, or dead; `error` has no personal data."""

    letter: Letter
    sent: bool = False
    again_in: timedelta | None = None
    error: str | None = None


class MailboxRow(Base):
    """The ordered queue of one recipient."""

    __tablename__ = "mailboxes"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    due: Mapped[datetime] = mapped_column(server_default=func.now())
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    waiting: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (
        Index("uq_mailboxes_channel", "channel", "address", unique=True),
        Index("ix_mailboxes_due", "due", postgresql_where=text("waiting")),
    )


class LetterRow(Base):
    """One letter; its words are wiped some days after it was sent."""

    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id"))
    kind: Mapped[str]
    ref: Mapped[str | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    retry_key: Mapped[uuid.UUID]
    reply_token: Mapped[str | None]
    reply_until: Mapped[datetime | None]
    state: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_letters_waiting", "mailbox_id", "id", postgresql_where=text("state IN (0, 3)")),
        Index(
            "uq_letters_current",
            "mailbox_id",
            "kind",
            "ref",
            unique=True,
            postgresql_where=text("state = 0 AND ref IS NOT NULL"),
        ),
        Index("ix_letters_dead", "id", postgresql_where=text("state = 2")),
        Index("ix_letters_settled_at", "settled_at", postgresql_where=text("body IS NOT NULL AND state = 1")),
    )


_POST = text("""
    WITH box AS (
        INSERT INTO mailboxes (channel, address, waiting) VALUES (:channel, :address, true)
        ON CONFLICT (channel, address) DO UPDATE SET waiting = true RETURNING id)
    INSERT INTO letters (mailbox_id, kind, ref, body, retry_key, reply_token, reply_until)
    SELECT id, :kind, :ref, :body, :retry_key, :reply_token, :reply_until FROM box
    ON CONFLICT (mailbox_id, kind, ref) WHERE state = 0 AND ref IS NOT NULL DO NOTHING
    RETURNING mailbox_id
""")
_CLAIM = text("""
    UPDATE mailboxes SET due = now() + :lease, fence = :fence
    WHERE id = (SELECT id FROM mailboxes WHERE channel = :channel AND address = :address
                AND waiting AND due <= now() FOR UPDATE SKIP LOCKED)
    RETURNING id, channel, address
""")
_CLAIM_DUE = text("""
    UPDATE mailboxes SET due = now() + :lease, fence = :fence
    WHERE id IN (SELECT id FROM mailboxes WHERE waiting AND due <= now()
                 ORDER BY due LIMIT :many FOR UPDATE SKIP LOCKED)
    RETURNING id, channel, address
""")
_LETTERS = text("""
    UPDATE letters SET attempts = attempts + 1, state = 3 WHERE id IN (
        SELECT id FROM letters WHERE mailbox_id = :mailbox AND state IN (0, 3) ORDER BY id LIMIT 20)
    RETURNING id, kind, ref, body, retry_key, reply_token, reply_until, attempts
""")
_SETTLE = text("""
    UPDATE letters SET state = :state, error = :error, settled_at = now() WHERE id = :id AND state = 3
""")
_UNTRIED = text("UPDATE letters SET attempts = attempts - 1 WHERE id = ANY(:ids) AND state = 3")
_RELEASE = text("""
    UPDATE mailboxes SET fence = 0, due = now() + :pause,
        waiting = EXISTS (SELECT FROM letters WHERE mailbox_id = mailboxes.id AND state IN (0, 3))
    WHERE id = :id AND fence = :fence
""")
_OURS = text("SELECT 1 FROM mailboxes WHERE id = :id AND fence = :fence FOR UPDATE")
_DEAD = text("""
    SELECT l.id, m.channel, l.kind, l.ref, l.attempts, l.error, l.created_at
    FROM letters l JOIN mailboxes m ON m.id = l.mailbox_id WHERE l.state = 2 ORDER BY l.id
""")
_REVIVE = text("""
    WITH again AS (UPDATE letters SET state = 0, attempts = 0, error = NULL, reply_token = NULL
                   WHERE id = :id AND state = 2 RETURNING mailbox_id)
    UPDATE mailboxes SET waiting = true, due = now() FROM again WHERE mailboxes.id = again.mailbox_id
    RETURNING mailboxes.id
""")
_DROP = text("DELETE FROM letters WHERE id = :id AND state = 2 RETURNING id")
_WIPE = text("""
    UPDATE letters SET body = NULL, reply_token = NULL
    WHERE body IS NOT NULL AND state = 1 AND settled_at < now() - make_interval(days => 7)
""")


async def post(connection: AsyncConnection, letters: Sequence[Letter]) -> None:
    """Write letters with the change they tell of; mailboxes are locked in order of recipient."""
    for letter in sorted(letters, key=lambda one: (one.channel, one.address)):
        await connection.execute(
            _POST,
            {
                "channel": letter.channel,
                "address": letter.address,
                "kind": letter.kind,
                "ref": letter.ref,
                "body": None if letter.body is None else vault().encrypt(orjson.dumps(letter.body)),
                "retry_key": letter.retry_key or uuid.uuid4(),
                "reply_token": letter.reply_token,
                "reply_until": letter.reply_until,
            },
        )


async def claim(connection: AsyncConnection, channel: str, address: str) -> Claim | None:
    """Take one recipient's mailbox, unless somebody has it or it must still wait."""
    fence = secrets.randbits(62) + 1
    row = (
        await connection.execute(
            _CLAIM, {"channel": channel, "address": address, "lease": LEASE, "fence": fence}
        )
    ).one_or_none()
    return None if row is None else Claim(row.id, fence, await _letters(connection, row.id, channel, address))


async def claim_due(connection: AsyncConnection, many: int) -> list[Claim]:
    """Take mailboxes that are due: what a dead process left, and what had to wait."""
    fence = secrets.randbits(62) + 1
    rows = (await connection.execute(_CLAIM_DUE, {"lease": LEASE, "fence": fence, "many": many})).all()
    return [
        Claim(row.id, fence, await _letters(connection, row.id, row.channel, row.address)) for row in rows
    ]


async def _letters(connection: AsyncConnection, mailbox: int, channel: str, address: str) -> list[Letter]:
    rows = await connection.execute(_LETTERS, {"mailbox": mailbox})
    return sorted(
        (
            Letter(
                channel,
                address,
                row.kind,
                None if row.body is None else orjson.loads(vault().decrypt(row.body)),
                row.ref,
                row.reply_token,
                row.reply_until,
                row.retry_key,
                row.id,
                row.attempts,
            )
            for row in rows
        ),
        key=lambda letter: letter.id,
    )


async def settle(
    connection: AsyncConnection, claim: Claim, outcomes: Sequence[Outcome], pause: timedelta
) -> bool:
    """Keep what became of the letters and give the mailbox back, due after `pause`.

    False, and nothing is kept, when the lease was lost to another worker.
    """
    if (await connection.execute(_OURS, {"id": claim.mailbox_id, "fence": claim.fence})).first() is None:
        return False
    for outcome in outcomes:
        if outcome.again_in is None:
            state = SENT if outcome.sent else DEAD
            await connection.execute(
                _SETTLE, {"id": outcome.letter.id, "state": state, "error": outcome.error}
            )
    tried = {outcome.letter.id for outcome in outcomes}
    untried = [letter.id for letter in claim.letters if letter.id not in tried]
    if untried:
        await connection.execute(_UNTRIED, {"ids": untried})
    await connection.execute(_RELEASE, {"id": claim.mailbox_id, "fence": claim.fence, "pause": pause})
    return True


async def dead(connection: AsyncConnection) -> list[dict[str, Any]]:
    """The letters that could not be delivered, without their words."""
    return [dict(row._mapping) for row in await connection.execute(_DEAD)]


async def revive(connection: AsyncConnection, letter_id: int) -> bool:
    """Try a dead letter again; False if there is none with this id."""
    return (await connection.execute(_REVIVE, {"id": letter_id})).first() is not None


async def drop(connection: AsyncConnection, letter_id: int) -> bool:
    """Give a dead letter up for good; False if there is none with this id."""
    return (await connection.execute(_DROP, {"id": letter_id})).first() is not None


async def wipe(connection: AsyncConnection) -> None:
    """Forget the words of what was sent some days ago."""
    await connection.execute(_WIPE)
