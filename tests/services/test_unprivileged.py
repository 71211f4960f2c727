"""PostgreSQL's programs never run with root's rights, and nobody's folders are opened for them."""

import os
import pwd
import stat
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from services import embedded, unprivileged


def test_the_server_never_runs_with_roots_rights() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="ouentai-test-") as name,
        embedded.start(Path(name), durable=False),
    ):
        pid = (Path(name) / "postgres" / "postmaster.pid").read_text().split("\n")[0]
        status = Path(f"/proc/{pid}/status").read_text().split("\n")
        owner = (Path(name) / "postgres").stat().st_uid
        assert owner != 0
        assert f"Uid:\t{owner}\t{owner}\t{owner}\t{owner}" in status
        assert "CapEff:\t0000000000000000" in status
        assert os.geteuid() != 0 or "Groups:\t " in status


def test_a_closed_folder_above_is_left_closed_and_works_or_is_refused_with_its_name(tmp_path: Path) -> None:
    above, home = tmp_path / "above", tmp_path / "above" / "var"
    home.mkdir(parents=True)
    above.chmod(0o700)
    try:
        with embedded.start(home, durable=False) as server, psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    except embedded.Unavailable as error:
        assert str(home) in str(error)
    assert stat.S_IMODE(above.stat().st_mode) == 0o700


def test_where_no_way_leads_to_the_folder_the_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(*command: object, **how: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(unprivileged.Runner, "run", shut)
    with pytest.raises(embedded.Unavailable, match="run this as an ordinary user"):
        unprivileged.runner_for(tmp_path)


def test_root_starts_it_as_the_owner_of_the_folder() -> None:
    assert unprivileged._user_instead_of_root(pwd.getpwnam("nobody").pw_uid).pw_name == "nobody"
    assert unprivileged._user_instead_of_root(0).pw_uid != 0
    assert unprivileged._user_instead_of_root(987_654).pw_uid != 0


def test_the_environment_cannot_lead_the_programs_astray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    assert "PGPORT" not in unprivileged.Runner().run("env").stdout
