"""The audit chain: whatever is changed after it was sealed is found and named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services import audit_chain
from services.audit import Audit
from services.audit_chain import Findings
from services.clock import wall
from services.database import transaction
from services.secrets import open_vault
from tests.conftest import KEY, NOON

OTHER_KEY = "A" * 43 + "="


@pytest.fixture
async def log(engine: AsyncEngine) -> AsyncEngine:
    """A log of nine rows, sealed in three batches."""
    for _batch in range(3):
        async with transaction(engine) as connection:
            audit = Audit(connection, 7, NOON, wall())
            await audit.note("sent", "plan", 1, revision=1, content={"price": 3750})
            await audit.note("kept", "plan", 1)
            await audit.note("declined", "plan", 2, reason="BUDGET")
        async with transaction(engine) as connection:
            assert await audit_chain.seal(connection) == 3
    return engine


@asynccontextmanager
async def tampering(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction of somebody who owns the tables, and takes away what keeps them."""
    async with transaction(engine) as connection:
        for table in ("audit", "audit_seals"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        await connection.execute(
            text("ALTER TABLE audit_seals DROP CONSTRAINT IF EXISTS fk_audit_seals_audit_id_audit")
        )
        yield connection


async def looked(engine: AsyncEngine, known_head: str | None = None) -> Findings:
    """What the whole chain tells."""
    async with transaction(engine) as connection:
        return await audit_chain.verify(connection, known_head)


async def test_an_untouched_log_is_sound(log: AsyncEngine) -> None:
    found = await looked(log)
    assert found.sound and (found.sealed, found.marks, found.unsealed) == (9, 3, 0)
    assert found.head != audit_chain.START


async def test_an_empty_log_is_sound(engine: AsyncEngine) -> None:
    found = await looked(engine)
    assert found.sound and (found.sealed, found.unsealed) == (0, 0)


CHANGES = {
    "at": "at + interval '1 microsecond'",
    "wall_at": "wall_at - interval '1 second'",
    "actor": "8",
    "no actor": "actor = NULL",
    "action": "'agreed'",
    "subject": "'case'",
    "subject_id": "3",
    "revision": "2",
    "reason": "'SCHEDULE'",
    "digest": "set_byte(digest, 31, 255 - get_byte(digest, 31))",
    "salt": "set_byte(salt, 0, 255 - get_byte(salt, 0))",
}


@pytest.mark.parametrize("column", CHANGES)
async def test_a_changed_byte_is_found(log: AsyncEngine, column: str) -> None:
    change = CHANGES[column]
    assignment = change if " = " in change else f"{column} = {change}"
    async with tampering(log) as connection:
        row = await connection.scalar(text("SELECT min(id) FROM audit WHERE digest IS NOT NULL"))
        await connection.execute(text(f"UPDATE audit SET {assignment} WHERE id = :id"), {"id": row})
    found = await looked(log)
    assert not found.sound and f"row {row}" in found.faults[0].lower()


@pytest.mark.parametrize("place", [1, 5, 9])
async def test_a_row_taken_out_is_found(log: AsyncEngine, place: int) -> None:
    async with tampering(log) as connection:
        await connection.execute(text("DELETE FROM audit WHERE id = :id"), {"id": place})
    assert "taken out" in (await looked(log)).faults[0]
    async with tampering(log) as connection:
        await connection.execute(text("DELETE FROM audit_seals WHERE audit_id = :id"), {"id": place})
    assert not (await looked(log)).sound


async def test_two_rows_that_changed_places_are_found(log: AsyncEngine) -> None:
    async with tampering(log) as connection:
        await connection.execute(text("UPDATE audit SET id = -id WHERE id IN (4, 7)"))
        await connection.execute(text("UPDATE audit SET id = 7 WHERE id = -4"))
        await connection.execute(text("UPDATE audit SET id = 4 WHERE id = -7"))
    assert not (await looked(log)).sound


async def test_a_row_put_in_later_is_never_taken_for_an_old_one(log: AsyncEngine) -> None:
    async with tampering(log) as connection:
        await connection.execute(
            text("""INSERT INTO audit (id, at, wall_at, action, subject, subject_id)
                    VALUES (-1, :at, :at, 'agreed', 'plan', 9)"""),
            {"at": wall() - timedelta(days=1)},
        )
    found = await looked(log)
    assert "not sealed" in found.faults[0]


async def test_a_chain_made_anew_without_our_keys_is_found(log: AsyncEngine) -> None:
    open_vault([OTHER_KEY])
    async with tampering(log) as connection:
        await connection.execute(text("UPDATE audit SET reason = 'PRICE' WHERE id = 6"))
        await connection.execute(text("DELETE FROM audit_seals"))
        await connection.execute(text("UPDATE audit_chain SET sealed_to = 0"))
        assert await audit_chain.seal(connection) == 9
    open_vault([KEY])
    assert "signature" in (await looked(log)).faults[0]


async def test_a_shortened_chain_is_found_by_a_head_written_down_earlier(log: AsyncEngine) -> None:
    head = (await looked(log)).head.hex()
    assert (await looked(log, head)).sound
    async with tampering(log) as connection:
        for table, column in (("audit_seals", "audit_id"), ("audit", "id")):
            await connection.execute(text(f"DELETE FROM {table} WHERE {column} > 6"))
    found = await looked(log, head)
    assert found.faults == [f"The head {head} is not on the chain."]


async def test_an_erased_salt_is_no_fault(log: AsyncEngine) -> None:
    async with transaction(log) as connection:
        await connection.execute(text("UPDATE audit SET salt = NULL WHERE id = 4"))
    found = await looked(log)
    assert found.sound and found.erased == 1


async def test_what_was_just_written_waits_unsealed(log: AsyncEngine) -> None:
    async with transaction(log) as connection:
        await Audit(connection, 7, NOON, wall()).note("agreed", "plan", 1)
    found = await looked(log)
    assert found.sound and found.unsealed == 1


async def test_a_row_that_commits_late_is_sealed_after_those_that_overtook_it(engine: AsyncEngine) -> None:
    async with engine.connect() as slow, slow.begin() as waits:
        await Audit(slow, 1, NOON, wall()).note("sent", "plan", 1)
        async with transaction(engine) as quick:
            await Audit(quick, 2, NOON, wall()).note("sent", "plan", 2)
        async with transaction(engine) as connection:
            assert await audit_chain.seal(connection) == 1
        await waits.commit()
    async with transaction(engine) as connection:
        assert await audit_chain.seal(connection) == 1
    found = await looked(engine)
    assert found.sound and (found.sealed, found.unsealed) == (2, 0)


async def test_many_sealers_make_one_chain(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", 3)

    async def write(actor: int) -> None:
        for serial in range(5):
            async with transaction(engine) as connection:
                await Audit(connection, actor, NOON, wall()).note("sent", "plan", serial)
            async with transaction(engine) as connection:
                await audit_chain.seal(connection)

    await asyncio.gather(*(write(actor) for actor in range(4)))
    sealed = 1
    while sealed:
        async with transaction(engine) as connection:
            sealed = await audit_chain.seal(connection)
    found = await looked(engine)
    assert found.sound and (found.sealed, found.unsealed) == (20, 0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET reason = 'x' WHERE id = 1",
        "UPDATE audit SET salt = digest WHERE id = 1",
        "DELETE FROM audit WHERE id = 1",
        "UPDATE audit_seals SET hash = '' WHERE position = 1",
        "DELETE FROM audit_seals WHERE position = 1",
    ],
)
async def test_the_database_itself_refuses_to_change_the_log(log: AsyncEngine, change: str) -> None:
    with pytest.raises(DBAPIError, match="never changed"):
        async with transaction(log) as connection:
            await connection.execute(text(change))


async def test_what_is_sealed_for_good_is_not_looked_through_again(
    log: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_chain, "SETTLED", timedelta(0))

    async def sealed_to() -> Any:
        async with transaction(log) as connection:
            await Audit(connection, 7, NOON, wall()).note("kept", "plan", 1)
            await audit_chain.seal(connection)
            return await connection.scalar(text("SELECT sealed_to FROM audit_chain"))

    assert await sealed_to() >= 9
    assert (await looked(log)).unsealed == 0
