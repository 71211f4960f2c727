"""The PostgreSQL that Ouentai brings along: started when needed, shared by all processes of one DATA_DIR.

Three file locks, which the kernel lets go of however a process dies, keep the order (DESIGN 13.10):
`postgres.lock` is held while a server is looked for, started or stopped; `postgres.holders` is shared by
those who use the server; `postgres.alive` is handed down to the server and all its children, and so
tells, without trusting process numbers, whether anything of a server still lives.
"""

import fcntl
import os
import re
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from services.unprivileged import Runner, Unavailable, program, runner_for

__all__ = ["OtherVersion", "Server", "Unavailable", "start"]

SUPERUSER, ROLE = "postgres", "ouentai"
EXTENSIONS = ("pg_trgm", "btree_gin")
SOCKET_FOLDER, SOCKET = "ouentai-", ".s.PGSQL.5432"
LONGEST_SOCKET = 103  # bytes; Linux allows 107
STEP = 0.005  # seconds between two looks
PATIENCE = 24_000  # looks: two minutes, because repairing what a power cut left takes its time

# Sorted by code point, the same on every machine; LC_CTYPE is what lets pg_trgm see Japanese letters.
INITDB = (
    f"--username={SUPERUSER} --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8"
    " --locale=C.UTF-8 --lc-collate=C --lc-messages=C --auth-local=trust --auth-host=reject"
).split()
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failed statement carries personal data: the app hears of it, the log does not.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
# Short-lived databases need no vacuum, and while one is at it a database can't be dropped.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class OtherVersion(Unavailable):
    """The data were written by another major version of PostgreSQL."""


class Place:
    """Where everything of one embedded PostgreSQL lies, and its three locks."""

    def __init__(self, data_dir: Path) -> None:
        self.home = data_dir.resolve()
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"

    def open(self, path: Path) -> int:
        """A descriptor of a private file, which belongs to whoever DATA_DIR belongs to."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        if os.geteuid() == 0:
            owner = self.home.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        return descriptor

    def lock(self, name: str, how: int) -> int:
        """A descriptor that holds the lock; raises BlockingIOError if that was not to be waited for."""
        descriptor = self.open(self.home / f"postgres.{name}")
        try:
            fcntl.flock(descriptor, how)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def is_held(self, name: str) -> bool:
        """Whether any process, this one included, holds the lock."""
        try:
            os.close(self.lock(name, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            return True
        return False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Meanwhile nobody else looks for, starts or stops the server."""
        descriptor = self.lock("lock", fcntl.LOCK_EX)
        try:
            yield
        finally:
            _let_go(descriptor)


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` tells of a server that runs, or ran."""

    pid: int
    folder: Path
    ready: bool


class Server:
    """One holder's share in the running server: leave it with `release`, or use it in a `with`."""

    def __init__(self, place: Place, folder: Path, database: str) -> None:
        self.url = f"postgresql://{ROLE}@/{quote(database, safe='')}?host={quote(str(folder))}"
        self._place = place
        self._holding: int | None = place.lock("holders", fcntl.LOCK_SH)

    def release(self) -> None:
        """Use it no longer; the last one to say so stops the server. Raises Unavailable if it will not stop."""
        if self._holding is not None:
            with self._place.alone():
                self.leave()

    def leave(self) -> None:
        """The same, for who holds `Place.alone` already."""
        if self._holding is not None:
            _let_go(self._holding)
            self._holding = None
            if not self._place.is_held("holders"):
                _stop(self._place)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()


def start(data_dir: Path, *, durable: bool = True, database: str = "ouentai") -> Server:
    """Attach to the server of this DATA_DIR, or start it, creating what is missing; False is for tests only.

    Raises OtherVersion and Unavailable, both with a sentence for the operator.
    """
    place = Place(data_dir)
    try:
        place.home.mkdir(parents=True, exist_ok=True)
        with place.alone():
            folder = _attach(place, durable) or _launch(place, durable)
            server = Server(place, folder, database)
            try:
                _prepare(folder, database)
            except BaseException:
                server.leave()
                raise
            return server
    except PermissionError as error:
        raise Unavailable(
            f"{error.filename} belongs to another user: run this as that user, or as root."
        ) from error


def _let_go(descriptor: int) -> None:
    """Unlock outright: a forked child may have inherited the descriptor."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _attach(place: Place, durable: bool) -> Path | None:
    """The socket folder of the server that runs already; waits for one that is just coming or going."""
    for _ in range(PATIENCE):
        found = _postmaster(place)
        setting = _fsync(found) if found and found.ready else None
        alive = place.is_held("alive")
        if found and (setting == "on" or (setting == "off" and not durable)):
            return found.folder
        if setting == "off":
            obstacle = "runs in a way that may lose data (durable=False)"
        elif not alive:
            return None
        elif found and found.ready and not (found.folder / SOCKET).exists():
            obstacle = f"runs, but its socket in {found.folder} cannot be seen from here"
        else:
            time.sleep(STEP)
            continue
        if place.is_held("holders") or not alive:
            raise Unavailable(f"The database in {place.home} {obstacle}: stop what uses it first.")
        _stop(place)
        return None
    raise Unavailable(f"The database in {place.home} runs but does not answer: see {place.log}.")


def _launch(place: Place, durable: bool) -> Path:
    """Start a server, making its database first if need be; returns its socket folder."""
    runner = runner_for(place.home, _short_folder())
    if (place.data / "PG_VERSION").exists():
        _check_version(place, runner)
    else:
        _create(place, runner, durable)
    _clear(place)
    runner.own(place.data)
    folder = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER, dir=_short_folder()))
    runner.own(folder)
    settings = SETTINGS | {"unix_socket_directories": str(folder)} | ({} if durable else FORGETFUL)
    options = shlex.join(f"--{name}={value}" for name, value in settings.items())
    alive = place.lock("alive", fcntl.LOCK_EX | fcntl.LOCK_NB)
    with os.fdopen(place.open(place.log), "a+") as said:
        before = said.seek(0, os.SEEK_END)
        how = "--silent", "--no-wait", "-o", options
        runner.run(program("pg_ctl"), "start", "-D", place.data, *how, output=said, keep=(alive,))
        os.close(alive)
        for _ in range(PATIENCE):
            found = _postmaster(place)
            if found and found.ready and found.folder == folder:
                return folder
            if not place.is_held("alive"):
                break
            time.sleep(STEP)
        said.seek(before)
        reason = said.read().strip()
    if not place.is_held("alive"):
        shutil.rmtree(folder, ignore_errors=True)
    raise Unavailable(f"PostgreSQL did not start in {place.data}: {reason or 'it says nothing'}")


def _create(place: Place, runner: Runner, durable: bool) -> None:
    """Make an empty database; it gets its name when it is whole, so that a kill leaves no half of one."""
    fresh = place.home / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    runner.own(fresh)
    done = runner.run(program("initdb"), "-D", fresh, *INITDB, *([] if durable else ["--no-sync"]))
    if done.returncode:
        raise Unavailable(f"PostgreSQL could not make its files in {fresh}: {done.stdout.strip()}")
    fresh.rename(place.data)


def _check_version(place: Place, runner: Runner) -> None:
    """Raises OtherVersion where the data were written by another major version."""
    theirs = (place.data / "PG_VERSION").read_text().strip()
    found = re.search(r"\d+", runner.run(program("postgres"), "--version").stdout)
    ours = found[0] if found else "an unknown version"
    if theirs != ours:
        raise OtherVersion(
            f"The data in {place.data} were written by PostgreSQL {theirs}, but this program brings PostgreSQL {ours}:"
            f" export them with the release of Ouentai that wrote them, or convert them with pg_upgrade."
        )


def _clear(place: Place) -> None:
    """Remove what a killed server left, once it is certain that nothing of it lives.

    PostgreSQL itself deals with a `postmaster.pid` of a dead process, and refuses beside a live server that
    was started by hand; it cannot know of a number that another program has now, or a zombie.
    """
    file = place.data / "postmaster.pid"
    left = _postmaster(place)
    if left and left.folder.parent == _short_folder() and left.folder.name.startswith(SOCKET_FOLDER):
        shutil.rmtree(left.folder, ignore_errors=True)
    with suppress(OSError, ValueError):
        pid = int(file.read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline")
        if not command.exists() or os.fsencode(place.data) not in command.read_bytes().split(b"\0"):
            file.unlink()


def _stop(place: Place) -> None:
    """Shut the server down in order, and wait until nothing of it lives; one started by hand is left alone."""
    found = _postmaster(place)
    if not found or not place.is_held("alive"):
        return
    with suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGINT)
    for _ in range(PATIENCE):
        if not place.is_held("alive"):
            shutil.rmtree(found.folder, ignore_errors=True)
            return
        time.sleep(STEP)
    raise Unavailable(f"The database in {place.home} does not stop: see {place.log}.")


def _postmaster(place: Place) -> Postmaster | None:
    """What the server of these very data has written of itself; None while it has not said all."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8 or lines[1] != str(
        place.data
    ):  # a copied folder tells of the server it was copied from
        return None
    return Postmaster(int(lines[0]), Path(lines[4]), lines[7].strip() == "ready")


def _connect(folder: Path, database: str) -> psycopg.Connection[Any]:
    """A connection as the superuser, whatever the environment says of other servers."""
    return psycopg.connect(
        host=str(folder), port=5432, user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=10
    )


def _fsync(found: Postmaster) -> str | None:
    """`on` or `off`, as the server answers; None where none does."""
    try:
        with _connect(found.folder, "postgres") as connection:
            return str(connection.execute("SHOW fsync").fetchall()[0][0])
    except psycopg.OperationalError:
        return None


def _prepare(folder: Path, database: str) -> None:
    """Create the role, the database and its extensions where they are missing.

    The role may make databases but is no superuser: as little as a managed PostgreSQL would give.
    """
    with _connect(folder, "postgres") as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).fetchall():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchall():
            names = sql.Identifier(database), sql.Identifier(ROLE)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
    with _connect(folder, database) as connection:
        missing = (
            "SELECT name FROM pg_available_extensions WHERE installed_version IS NULL AND name = ANY(%s)"
        )
        for (name,) in connection.execute(missing, [list(EXTENSIONS)]).fetchall():
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def _short_folder() -> Path:
    """Where the socket's folder fits into the length that a socket's path may have."""
    usual = Path(tempfile.gettempdir())
    longest = len(os.fsencode(usual / f"{SOCKET_FOLDER}12345678" / SOCKET))
    return usual if longest <= LONGEST_SOCKET else Path("/tmp")  # noqa: S108 (mkdtemp makes it private)
