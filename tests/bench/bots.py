"""The two bots, each a process of its own, and what the kernel says they have used."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[2]
TICK = 1 / os.sysconf("SC_CLK_TCK")
SECRET = "bench-secret"
PATIENCE = 60.0


@dataclass
class Bot:
    """A bot that runs: where it listens, and the processes whose CPU is its own and its database's."""

    name: str
    origin: str
    server: int
    database: int | None = None

    def cpu(self) -> tuple[float, float]:
        """Seconds of CPU used so far by the server and by the database."""
        return _used(self.server), _family(self.database) if self.database else 0.0


def _used(pid: int, children: bool = False) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if children else 13])) * TICK


def _family(pid: int) -> float:
    """A postmaster and every process of it; what ended is in the postmaster's account of its children."""
    used = _used(pid, children=True)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(FileNotFoundError):
            used += _used(int(child))
    return used


@contextlib.contextmanager
def echo(line: str) -> Iterator[Bot]:
    """The echo bot."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with _process([sys.executable, "-m", "tests.bench.echo", str(port)], _credentials(line)) as process:
        deadline = time.monotonic() + PATIENCE
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the echo bot did not start")
            time.sleep(0.05)
        yield Bot("echo", f"http://127.0.0.1:{port}", process.pid)


@contextlib.contextmanager
def ouentai(line: str, folder: Path) -> Iterator[Bot]:
    """Ouentai as in production: `python app.py` with credentials and its own durable PostgreSQL."""
    settings = _credentials(line) | {
        "LINE_DATA_API_BASE": line,
        "SLACK_API_BASE": f"{line}/slack/",
        "SLACK_SIGNING_SECRET": "bench",
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SECRETARIAT_CHANNEL": "C0BENCH",
        "PUBLIC_URL": "https://bench.invalid",
        "SECRET_KEYS": Fernet.generate_key().decode(),
        "CLOCK": "2021-10-20T12:00:00+09:00",
        "DATA_DIR": str(folder),
        "PORT": "0",
    }
    with _process([sys.executable, "app.py"], settings) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        if not said.startswith("Ouentai is ready: "):
            raise RuntimeError(f"Ouentai did not start: {said or 'it says nothing'}")
        database = int((folder / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
        yield Bot("ouentai", said.rpartition(" ")[2].strip(), process.pid, database)


def _credentials(line: str) -> dict[str, str]:
    return {"LINE_CHANNEL_SECRET": SECRET, "LINE_CHANNEL_ACCESS_TOKEN": "bench", "LINE_API_BASE": line}


@contextlib.contextmanager
def _process(command: list[str], settings: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(command, cwd=ROOT, env=kept | settings, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
