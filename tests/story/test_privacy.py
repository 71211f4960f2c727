"""What lies in the database can be read without the keys by whoever copies it: nothing in it says who somebody is."""

import os
from pathlib import Path
from typing import Any

from tests.doors.people import kept
from tests.story.experts import applicant as expert
from tests.story.people import owner
from tests.town import Town

TABLES = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1
"""
SHOP = ("菓匠やまもと", "山本 あき", "4丁目2-1", "331-8181", "3318181", "aki@yamamoto.example")
EXPERT = ("タカハシ", "1985-04-01", "1-2-3", "1234-5678", "12345678", "ryo@takahashi.example", "7654321")
CLERK = ("鈴木 美咲",)


async def lying_open(town: Town, words: tuple[str, ...]) -> list[tuple[Any, str]]:
    """Which of these words can be read in which table, in text or in bytes."""
    found = []
    for (table,) in await kept(town, TABLES):
        rows = "\n".join(row[0] for row in await kept(town, f"SELECT t::text FROM {table} t"))
        found += [(table, word) for word in words if word in rows or word.encode().hex() in rows]
    return found


async def test_who_takes_part_cannot_be_read_in_the_database(town: Town) -> None:
    clerk = await town.clerk()
    await owner(town, clerk)
    await expert(town)
    assert await lying_open(town, (*SHOP, *EXPERT, *CLERK)) == []


async def test_what_the_channel_of_the_secretariat_shows_says_nobodys_name(town: Town) -> None:
    clerk = await town.clerk()
    await owner(town, clerk)
    await expert(town)
    assert [word for word in (*SHOP, *EXPERT) if word in clerk.sees("channel")] == []


async def test_a_file_of_nobody_is_removed_and_the_others_stay(town: Town, tmp_path: Path) -> None:
    await expert(town)
    storage, files = town.ouentai.storage, tmp_path / "files"
    orphan = await storage.put(b"left by a crash")
    kept_files = {path for path in files.glob("??/*") if path.name != orphan}
    for path in files.glob("??/*"):
        os.utime(path, (0, 0))
    await town.ouentai.wipe()
    assert set(files.glob("??/*")) == kept_files and kept_files
