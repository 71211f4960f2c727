"""What is still to be said: written with the change it tells of, sent after the commit (DESIGN 6, 13.8).

Each recipient has one mailbox whose `due` is lease, back-off and minimum interval at once; its letters
leave in order. A letter is either frozen words with their retry key, or the wish to make something
current (a card, a Home, a rich menu), of which at most one waits and which is drawn when it is sent.
A letter in flight no longer counts as waiting: a change made meanwhile wishes for another drawing.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base, Driver, driver, repeated
from services.secrets import seal, unseal

WAITING, SENT, DEAD, IN_FLIGHT = 0, 1, 2, 3
Fate = tuple[int, int, str | None, int, bool]
OVER_QUOTA = "over quota"
"""The error of a letter that its platform refused because the month's messages are used up."""
LEASE = timedelta(seconds=30)
AT_ONCE = 20
"""How many letters of a mailbox are taken for one delivery."""


@dataclass(frozen=True)
class Letter:
    """One thing to send. `ref` names what to make current; a letter without it carries its words in `body`.

    `notices` are the kinds and ids of the notices that are worded in it.
    """

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
    notices: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Claim:
    """A mailbox taken for delivery, with the letters that wait in it; the fence proves it is still ours."""

    mailbox_id: int
    channel: str
    address: str
    fence: int
    letters: list[Letter]


@dataclass(frozen=True)
class Outcome:
    """What became of one letter: sent, to be tried again after `again_in`, or dead; `error` has no personal data.

    `pushed`: it was sent in a way that its platform counts and wants to be paid for.
    """

    letter: Letter
    sent: bool = False
    again_in: timedelta | None = None
    error: str | None = None
    pushed: bool = False


@dataclass(frozen=True)
class Delivered:
    """What became of a claim's letters, those not tried being left out, and how long to leave its mailbox alone."""

    claim: Claim
    outcomes: Sequence[Outcome]
    pause: timedelta = timedelta(0)

    @property
    def more(self) -> bool:
        """Whether letters are left in the mailbox, of those that were claimed or beyond them."""
        done = [outcome for outcome in self.outcomes if outcome.again_in is None]
        return len(done) < len(self.claim.letters) or len(self.claim.letters) == AT_ONCE

    def fates(self) -> list[Fate]:
        """Each letter's id, its state, its error, 1 if it was not tried after all, and whether it was pushed."""
        by_id = {outcome.letter.id: outcome for outcome in self.outcomes}
        fates: list[Fate] = []
        for letter in self.claim.letters:
            outcome = by_id.get(letter.id)
            if outcome is None:
                fates.append((letter.id, IN_FLIGHT, None, 1, False))
            elif outcome.again_in is not None:
                fates.append((letter.id, IN_FLIGHT, outcome.error, 0, False))
            else:
                state = SENT if outcome.sent else DEAD
                fates.append((letter.id, state, outcome.error, 0, outcome.pushed))
        return fates


class MailboxRow(Base):
    """The ordered queue of one recipient: `waiting` for whoever is free, or taken by whose `fence` it has."""

    __tablename__ = "mailboxes"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    due: Mapped[datetime] = mapped_column(server_default=func.now())
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    waiting: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (
        Index("uq_mailboxes_channel", "channel", "address", unique=True),
        Index("ix_mailboxes_due", "due", postgresql_where=text("waiting OR fence <> 0")),
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
    notices: Mapped[list[Any] | None]
    pushed: Mapped[bool | None]
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
        Index("ix_letters_pushed", "settled_at", postgresql_where=text("pushed")),
        Index("ix_letters_settled_at", "settled_at", postgresql_where=text("body IS NOT NULL AND state = 1")),
    )


# A mailbox in which nothing waits and that nobody has is taken at once by whoever writes to it.
_POST = """
    WITH box AS (
        INSERT INTO mailboxes AS m (channel, address, fence, due)
        VALUES (%s, %s, %s, now() + %s)
        ON CONFLICT (channel, address) DO UPDATE SET
            waiting = m.waiting OR m.fence <> 0 OR m.due > clock_timestamp(),
            fence = CASE WHEN m.waiting OR m.fence <> 0 OR m.due > clock_timestamp()
                    THEN m.fence ELSE excluded.fence END,
            due = CASE WHEN m.waiting OR m.fence <> 0 OR m.due > clock_timestamp()
                  THEN m.due ELSE excluded.due END
        RETURNING id, fence = %s AS ours)
    INSERT INTO letters (
        mailbox_id, kind, ref, body, retry_key, reply_token, reply_until, notices, state, attempts)
    SELECT box.id, l.kind, l.ref, l.body, l.retry_key, l.token, l.until, l.notices,
        CASE WHEN ours THEN 3 ELSE 0 END, CASE WHEN ours THEN 1 ELSE 0 END
    FROM box, (VALUES {}) AS l (place, kind, ref, body, retry_key, token, until, notices)
    ORDER BY l.place
    ON CONFLICT (mailbox_id, kind, ref) WHERE state = 0 AND ref IS NOT NULL DO NOTHING
    RETURNING mailbox_id, id, retry_key, state = 3
"""
_LETTER = "(%s::int, %s::text, %s::text, %s::bytea, %s::uuid, %s::text, %s::timestamptz, %s::jsonb)"
_CLAIM = """
    UPDATE mailboxes SET due = now() + %(lease)s, fence = %(fence)s, waiting = false
    WHERE channel = %(channel)s AND address = %(address)s AND (waiting OR fence <> 0) AND due <= now()
    RETURNING id, channel, address
"""
_CLAIM_DUE = """
    UPDATE mailboxes SET due = now() + %(lease)s, fence = %(fence)s, waiting = false
    WHERE id IN (SELECT id FROM mailboxes WHERE (waiting OR fence <> 0) AND due <= now()
                 ORDER BY due LIMIT %(many)s FOR UPDATE SKIP LOCKED)
    RETURNING id, channel, address
"""
_LETTERS = """
    UPDATE letters SET attempts = attempts + 1, state = 3 WHERE id IN (
        SELECT id FROM letters WHERE mailbox_id = %(mailbox)s AND state IN (0, 3) ORDER BY id LIMIT %(most)s)
    RETURNING id, kind, ref, body, retry_key, reply_token, reply_until, attempts
"""
# Mailboxes are locked in the order in which a turn writes to them. `waiting` was set by whoever wrote meanwhile.
_SETTLE = """
    WITH claim AS (
        SELECT m.id, c.pause, c.more
        FROM mailboxes m JOIN (VALUES {}) AS c (id, fence, pause, more) ON m.id = c.id AND m.fence = c.fence
        ORDER BY m.channel COLLATE "C", m.address COLLATE "C" FOR UPDATE OF m),
    given AS (
        UPDATE mailboxes m SET fence = 0, due = now() + claim.pause, waiting = m.waiting OR claim.more
        FROM claim WHERE m.id = claim.id RETURNING m.id, m.waiting),
    settled AS (
        UPDATE letters l SET state = o.state, error = o.error, attempts = l.attempts - o.untried,
            pushed = NULLIF(o.pushed, false),
            settled_at = CASE WHEN o.state IN (1, 2) THEN now() END
        FROM (VALUES {}) AS o (id, state, error, untried, pushed)
        WHERE l.id = o.id AND l.state = 3 AND l.mailbox_id IN (SELECT id FROM given))
    SELECT id, waiting FROM given
"""
_CLAIMED = "(%s::bigint, %s::bigint, %s::interval, %s::bool)"
_FATE = "(%s::bigint, %s::smallint, %s::text, %s::smallint, %s::bool)"
_DEAD = text("""
    SELECT l.id, m.channel, l.kind, l.ref, l.attempts, l.error, l.created_at, l.notices IS NOT NULL AS has_notices
    FROM letters l JOIN mailboxes m ON m.id = l.mailbox_id WHERE l.state = 2 ORDER BY l.id
""")
_REVIVE = text("""
    WITH again AS (UPDATE letters SET state = 0, attempts = 0, error = NULL, reply_token = NULL
                   WHERE id = :id AND state = 2 RETURNING mailbox_id)
    UPDATE mailboxes SET waiting = true, due = CASE WHEN fence = 0 THEN now() ELSE due END
    FROM again WHERE mailboxes.id = again.mailbox_id
    RETURNING mailboxes.id
""")
_DROP = text("DELETE FROM letters WHERE id = :id AND state = 2 RETURNING id")
_NOTICES = text("""
    SELECT l.id, l.notices, i.person_id FROM letters l JOIN mailboxes m ON m.id = l.mailbox_id
    JOIN identities i ON i.channel = m.channel AND i.external = m.address
    WHERE l.state = 2 AND l.notices IS NOT NULL AND (l.id = :id OR l.error = :error)
    ORDER BY l.id LIMIT 1 FOR UPDATE OF l SKIP LOCKED
""")
_CALL = text("UPDATE letters SET error = :error WHERE id = :id AND state = 2")
_WIPE = text("""
    UPDATE letters SET body = NULL, reply_token = NULL
    WHERE body IS NOT NULL AND state = 1 AND settled_at < now() - make_interval(days => 7)
""")


async def post(connection: AsyncConnection, letters: Sequence[Letter]) -> list[Claim]:
    """Write letters with the change they tell of; mailboxes are locked in order of recipient.

    Returns the mailboxes that were free: they are the caller's to deliver from after the commit.
    """
    claims = []
    boxes: dict[tuple[str, str], list[Letter]] = {}
    for letter in letters:
        keyed = letter if letter.retry_key else replace(letter, retry_key=uuid.uuid4())
        boxes.setdefault((letter.channel, letter.address), []).append(keyed)
    for (channel, address), written in sorted(boxes.items()):
        fence = _fence()
        values: list[Any] = [channel, address, fence, LEASE, fence]
        for place, letter in enumerate(written):
            body = None if letter.body is None else seal(letter.body)
            values += (
                place,
                letter.kind,
                letter.ref,
                body,
                letter.retry_key,
                letter.reply_token,
                letter.reply_until,
                orjson.dumps(letter.notices).decode() if letter.notices else None,
            )
        kept = await driver(connection).rows(_POST.format(repeated(_LETTER, len(written))), values)
        by_key = {letter.retry_key: letter for letter in written}
        ours = [
            replace(by_key[retry_key], id=letter_id, attempts=1)
            for _box, letter_id, retry_key, claimed in kept
            if claimed
        ]
        if ours:
            claims.append(Claim(kept[0][0], channel, address, fence, ours))
    return claims


def _fence() -> int:
    return secrets.randbits(62) + 1


async def claim(connection: AsyncConnection, channel: str, address: str) -> Claim | None:
    """Take one recipient's mailbox, unless somebody has it or it must still wait."""
    fence = _fence()
    values = {"channel": channel, "address": address, "lease": LEASE, "fence": fence}
    for taken in await driver(connection).rows(_CLAIM, values):
        return await _claim(connection, fence, *taken)
    return None


async def claim_due(connection: AsyncConnection, many: int) -> list[Claim]:
    """Take mailboxes that are due: what a dead process left, and what had to wait."""
    fence = _fence()
    taken = await driver(connection).rows(_CLAIM_DUE, {"lease": LEASE, "fence": fence, "many": many})
    return [await _claim(connection, fence, *one) for one in taken]


async def _claim(connection: AsyncConnection, fence: int, mailbox: int, channel: str, address: str) -> Claim:
    found = await driver(connection).rows(_LETTERS, {"mailbox": mailbox, "most": AT_ONCE})
    letters = [
        Letter(
            channel,
            address,
            kind,
            None if body is None else unseal(body),
            ref,
            reply_token,
            reply_until,
            retry_key,
            letter_id,
            attempts,
        )
        for letter_id, kind, ref, body, retry_key, reply_token, reply_until, attempts in sorted(found)
    ]
    return Claim(mailbox, channel, address, fence, letters)


async def settle(connection: AsyncConnection | Driver, deliveries: Sequence[Delivered]) -> list[bool | None]:
    """Keep what became of the letters of several claims and give their mailboxes back, each due after its pause.

    Returns for each whether something waits in the mailbox, or None when the lease was lost to another
    worker; then nothing of it is kept.
    """
    values: list[Any] = []
    for one in deliveries:
        values += one.claim.mailbox_id, one.claim.fence, one.pause, one.more
    # A mailbox may have been taken for nothing, and a VALUES list is never empty: no letter has the id 0.
    fates = [fate for one in deliveries for fate in one.fates()] or [(0, SENT, None, 0, False)]
    for fate in fates:
        values += fate
    query = _SETTLE.format(repeated(_CLAIMED, len(deliveries)), repeated(_FATE, len(fates)))
    given = dict(await driver(connection).rows(query, values))
    return [given.get(one.claim.mailbox_id) for one in deliveries]


async def dead(connection: AsyncConnection) -> list[dict[str, Any]]:
    """The letters that could not be delivered, without their words."""
    return [dict(row._mapping) for row in await connection.execute(_DEAD)]


async def revive(connection: AsyncConnection, letter_id: int) -> bool:
    """Try a dead letter again; False if there is none with this id."""
    return (await connection.execute(_REVIVE, {"id": letter_id})).first() is not None


async def drop(connection: AsyncConnection, letter_id: int) -> bool:
    """Give a dead letter up for good; False if there is none with this id."""
    return (await connection.execute(_DROP, {"id": letter_id})).first() is not None


@dataclass(frozen=True)
class Undone:
    """A dead letter, locked: to whom it was, and the kinds and ids of the notices in it."""

    id: int
    person_id: int
    notices: Sequence[Mapping[str, Any]]


async def undone(connection: AsyncConnection, letter_id: int = 0, error: str | None = None) -> Undone | None:
    """A dead letter with notices, by its id or the first with this error; None if somebody else is at it."""
    row = (await connection.execute(_NOTICES, {"id": letter_id, "error": error})).one_or_none()
    return None if row is None else Undone(row.id, row.person_id, row.notices)


async def blame(connection: AsyncConnection, letter_id: int, error: str) -> None:
    """Say in other words why a letter is dead."""
    await connection.execute(_CALL, {"id": letter_id, "error": error})


async def wipe(connection: AsyncConnection) -> None:
    """Forget the words of what was sent some days ago."""
    await connection.execute(_WIPE)
