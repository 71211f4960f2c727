"""Where files lie: encrypted at rest, staged and made safe before anybody speaks of them (DESIGN 13.11)."""

import asyncio
import os
import re
import secrets
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from services.clock import wall
from services.secrets import vault

KEY = re.compile(r"[0-9a-f]{32}")
STAGED = "staged"


class MissingFile(Exception):
    """No file lies under this key."""


class Storage:
    """A folder of encrypted files, each under a key that says nothing of what it holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / STAGED).mkdir(mode=0o700, parents=True, exist_ok=True)

    async def put(self, data: bytes) -> str:
        """Keep bytes under a new key; they survive a power cut once this returns."""
        return await asyncio.to_thread(self._put, data)

    async def get(self, key: str) -> bytes:
        """What `put` was given; raises MissingFile, and UnreadableSecret if no key of the vault fits."""
        return await asyncio.to_thread(self._get, key)

    async def sweep(self, known_keys: Collection[str], older_than: timedelta) -> int:
        """Remove what no record knows and nobody can still be about to record; returns how many files.

        `older_than` must be longer than a transaction takes: a file is kept before its row commits.
        """
        return await asyncio.to_thread(self._sweep, frozenset(known_keys), older_than)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise MissingFile("not a key")
        return self._folder / key[:2] / key

    def _put(self, data: bytes) -> str:
        key = secrets.token_hex(16)
        staged, path = self._folder / STAGED / key, self._path(key)
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(vault().encrypt(data))
            file.flush()
            os.fsync(file.fileno())
        path.parent.mkdir(mode=0o700, exist_ok=True)
        staged.rename(path)
        _make_safe(path.parent)
        _make_safe(self._folder)
        return key

    def _get(self, key: str) -> bytes:
        try:
            sealed = self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise MissingFile(key) from error
        return vault().decrypt(sealed)

    def _sweep(self, known_keys: frozenset[str], older_than: timedelta) -> int:
        latest = (wall() - older_than).timestamp()
        orphans = [
            path
            for path in self._folder.glob("*/*")
            if path.name not in known_keys and KEY.fullmatch(path.name) and path.stat().st_mtime < latest
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)


def open_storage(files: str | None, data_dir: Path) -> Storage:
    """The storage that the setting FILES names, `DATA_DIR/files` by default (DESIGN 7).

    Raises ValueError, with a sentence for the operator, for what is not built yet.
    """
    if files and "://" in files:
        kind = files.partition("://")[0]
        raise ValueError(
            f"FILES names a place of the kind {kind}://, which Ouentai cannot use yet:"
            " name a folder instead, one that all its machines share if there are several."
        )
    return Storage(Path(files) if files else data_dir / "files")


def _make_safe(folder: Path) -> None:
    """Have the disk itself know what lies in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
