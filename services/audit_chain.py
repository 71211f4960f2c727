"""The audit log as a chain: sealed in order seconds after it was written, and verified to the byte (DESIGN 13.6).

Each seal holds the hash of the one before and of its row, so that no row can be changed, taken out or put in
between. The last seal of each batch is signed with the keys of the installation: whoever can write to the
database alone cannot make the chain anew. Of a salt only a hash is chained: it may be erased, not exchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.clock import wall
from services.database import Base
from services.secrets import vault

BATCH = 1000
SETTLED = timedelta(hours=1)
"""No transaction is open for longer: what is not there by then was rolled back."""
MOST_FAULTS = 20
START = bytes(32)
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('audit chain', 0))")


class Seal(Base):
    """The place of one audit row in the chain. `salt_hash` is of the salt as it was; `mark` signs the chain so far."""

    __tablename__ = "audit_seals"
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), unique=True)
    salt_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]


class ChainRow(Base):
    """Where the sealer goes on: everything up to `sealed_to` has been sealed or will never come."""

    __tablename__ = "audit_chain"
    id: Mapped[int] = mapped_column(primary_key=True)
    sealed_to: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


_BEGIN = text("INSERT INTO audit_chain (id, sealed_to) VALUES (1, 0) ON CONFLICT DO NOTHING")
_FORWARD = text("""
    UPDATE audit_chain SET sealed_to = greatest(sealed_to, coalesce(
        (SELECT max(id) FROM audit WHERE id > sealed_to AND id <= :newest AND wall_at < :settled), 0))
""")
_UNSEALED = """
    SELECT a.id, a.at, a.wall_at, a.actor, a.action, a.subject, a.subject_id, a.revision, a.reason, a.salt, a.digest
    FROM audit a WHERE a.id > (SELECT sealed_to FROM audit_chain)
    AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.audit_id = a.id) ORDER BY a.id
"""
_CHAIN = text("""
    SELECT s.position, s.audit_id, s.salt_hash, s.hash, s.mark, a.id, a.at, a.wall_at, a.actor, a.action,
        a.subject, a.subject_id, a.revision, a.reason, a.salt, a.digest
    FROM audit_seals s LEFT JOIN audit a ON a.id = s.audit_id ORDER BY s.position
""")


def row_bytes(row: Any, salt_hash: bytes | None) -> bytes:
    """What of an audit row is chained, always written the same way."""
    return orjson.dumps(
        [
            row.id,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.wall_at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.actor,
            row.action,
            row.subject,
            row.subject_id,
            row.revision,
            row.reason,
            salt_hash.hex() if salt_hash else None,
            bytes(row.digest).hex() if row.digest else None,
        ]
    )


def link(before: bytes, row: bytes) -> bytes:
    """The hash of one link of the chain."""
    return hashlib.sha256(before + row).digest()


async def seal(connection: AsyncConnection) -> int:
    """Seal what has been written since, in its order; returns how many rows. One process at a time does it."""
    if not (await connection.execute(_ALONE)).scalar_one():
        return 0
    await connection.execute(_BEGIN)
    rows = (await connection.execute(text(f"{_UNSEALED} LIMIT {BATCH}"))).all()
    if not rows:
        return 0
    last = (
        await connection.execute(select(Seal.position, Seal.hash).order_by(Seal.position.desc()).limit(1))
    ).one_or_none()
    position, chained = (last.position, bytes(last.hash)) if last else (0, START)
    sealed_at, seals = wall(), []
    for row in rows:
        position += 1
        salt_hash = hashlib.sha256(row.salt).digest() if row.salt else None
        chained = link(chained, row_bytes(row, salt_hash))
        seals.append(
            {
                "position": position,
                "audit_id": row.id,
                "salt_hash": salt_hash,
                "hash": chained,
                "mark": None,
                "sealed_at": sealed_at,
            }
        )
    seals[-1]["mark"] = vault().hash(_signed(position, chained))
    await connection.execute(insert(Seal), seals)
    if len(rows) < BATCH:
        await connection.execute(_FORWARD, {"newest": rows[-1].id, "settled": sealed_at - SETTLED})
    return len(rows)


def _signed(position: int, chained: bytes) -> str:
    return f"audit {position} {chained.hex()}"


@dataclass
class Findings:
    """What a look through the whole chain found; `faults` are sentences for an operator, the first few of them."""

    sealed: int = 0
    head: bytes = START
    marks: int = 0
    erased: int = 0
    unsealed: int = 0
    faulty: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every row is as it was written."""
        return self.faulty == 0

    def blame(self, sentence: str) -> None:
        """Keep a fault; of very many only the first are told."""
        self.faulty += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(sentence)


async def verify(connection: AsyncConnection, known_head: str | None = None) -> Findings:
    """Go through the whole chain, row by row, and name whatever is not as it was sealed.

    `known_head` is a head in hex that somebody wrote down earlier: it must lie on the chain.
    """
    found = Findings()
    known = known_head is None
    async for row in _stream(connection):
        found.sealed += 1
        if row.position != found.sealed:
            found.blame(f"Seal {found.sealed} is missing.")
            found.sealed = row.position
        if row.id is None:
            found.blame(f"Row {row.audit_id} was taken out of the log (seal {row.position}).")
        else:
            _look_at(row, found)
        found.head = bytes(row.hash)
        known = known or found.head.hex() == known_head
        if row.mark is not None:
            found.marks += 1
            if bytes(row.mark) not in vault().hashes(_signed(row.position, found.head)):
                found.blame(f"The signature of seal {row.position} is not ours.")
    if not known:
        found.blame(f"The head {known_head} is not on the chain.")
    await _look_at_tail(connection, found)
    return found


def _look_at(row: Any, found: Findings) -> None:
    """Compare one row with its seal, given the link before."""
    if row.salt is None and row.salt_hash is not None:
        found.erased += 1
    elif (hashlib.sha256(row.salt).digest() if row.salt else None) != _bytes(row.salt_hash):
        found.blame(f"The salt of row {row.id} was exchanged.")
    if link(found.head, row_bytes(row, _bytes(row.salt_hash))) != bytes(row.hash):
        found.blame(f"Row {row.id} ({row.action} {row.subject} {row.subject_id}) is not as it was sealed.")


async def _look_at_tail(connection: AsyncConnection, found: Findings) -> None:
    """What waits to be sealed: normal for seconds, strange after an hour."""
    unsealed = text(
        "SELECT count(*), min(wall_at) FROM audit a WHERE NOT EXISTS"
        " (SELECT 1 FROM audit_seals s WHERE s.audit_id = a.id)"
    )
    found.unsealed, oldest = (await connection.execute(unsealed)).one()
    if oldest is not None and oldest < wall() - SETTLED:
        found.blame(f"{found.unsealed} rows are not sealed, the oldest since {oldest:%Y-%m-%d %H:%M} UTC.")
    last = await connection.scalar(select(Seal.mark).order_by(Seal.position.desc()).limit(1))
    if found.sealed and last is None:
        found.blame("The end of the chain is not signed: seals were taken away or put on.")


async def _stream(connection: AsyncConnection) -> AsyncIterator[Any]:
    async with connection.stream(_CHAIN) as rows:
        async for row in rows:
            yield row


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
