"""The embedded PostgreSQL is found again, shared, and never in two minds about who is alive."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from services import embedded

HOLDER = """
import sys
from pathlib import Path
from services import embedded
server = embedded.start(Path(sys.argv[1]), durable=False)
print(server.url, flush=True)
sys.stdin.readline()
server.release()
"""
ROOT = Path(embedded.__file__).parents[1]
Holder = subprocess.Popen[str]


@pytest.fixture(scope="module")
def ground() -> Iterator[Path]:
    """A folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="ouentai-test-") as name:
        ground = Path(name)
        ground.chmod(0o755)
        yield ground


@pytest.fixture(scope="module")
def template(ground: Path) -> Path:
    embedded.start(ground / "template", durable=False).release()
    return ground / "template"


@pytest.fixture
def home(template: Path, ground: Path) -> Iterator[Path]:
    """A DATA_DIR with a database whose server does not run; whatever a test leaves running is stopped."""
    home = Path(tempfile.mkdtemp(dir=ground))
    shutil.copytree(template, home, dirs_exist_ok=True)
    yield home
    if embedded.Place(home).is_held("alive"):
        (home / "postgres" / "PG_VERSION").write_text("18\n")
        embedded.start(home, durable=False).release()


@pytest.fixture
def hold(home: Path) -> Iterator[Callable[[], Holder]]:
    """Starts other processes that use the database of `home` until they are told to leave."""
    holders: list[Holder] = []

    def hold() -> Holder:
        command = [sys.executable, "-c", HOLDER, str(home)]
        holder = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holders.append(holder)
        return holder

    yield hold
    for holder in holders:
        holder.communicate("\n" if holder.poll() is None else None)


def pid(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def folder(server: embedded.Server) -> Path:
    return Path(str(make_url(server.url).query["host"]))


def ask(server: embedded.Server, question: str) -> object:
    with psycopg.connect(server.url) as connection:
        return connection.execute(question.encode()).fetchall()[0][0]


def is_running(home: Path) -> bool:
    return embedded.Place(home).is_held("alive")


def test_a_first_start_brings_database_role_and_extensions(ground: Path) -> None:
    with embedded.start(ground / "a new folder", durable=False) as server:
        assert ask(server, "SELECT current_database() || ' ' || current_user") == "ouentai ouentai"
        assert ask(server, "SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'btree_gin')") == 2
        assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_text_is_sorted_by_code_point_and_japanese_is_searchable(home: Path) -> None:
    with embedded.start(home, durable=False) as server:
        assert (
            ask(server, "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{亜,b,あ,A,a}'::text[]) x")
            == "Aabあ亜"
        )
        assert ask(server, "SELECT cardinality(show_trgm('補助金'))") == 4


def test_only_the_socket_in_a_private_folder_leads_to_it(home: Path) -> None:
    with embedded.start(home, durable=False) as server:
        assert ask(server, "SHOW listen_addresses") == ""
        assert stat.S_IMODE(folder(server).stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "postgres.log").stat().st_mode) == 0o600
        assert len(str(folder(server) / embedded.SOCKET)) <= 107


def test_a_long_temporary_folder_does_not_make_the_socket_too_long(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/tmp/" + "long" * 25)
    with embedded.start(home, durable=False) as server:
        assert folder(server).parent == Path("/tmp")


def test_real_data_are_written_durably_and_only_tests_may_forget(home: Path) -> None:
    with embedded.start(home) as server:
        assert ask(server, "SHOW fsync") == ask(server, "SHOW full_page_writes") == "on"
        assert ask(server, "SHOW synchronous_commit") == "on"
    with embedded.start(home, durable=False) as server:
        assert ask(server, "SHOW fsync") == "off"


def test_a_forgetful_server_is_no_server_for_real_data(home: Path) -> None:
    with (
        embedded.start(home, durable=False),
        pytest.raises(embedded.Unavailable, match="may lose data"),
    ):
        embedded.start(home)


def test_another_process_attaches_and_its_leaving_stops_nothing(
    home: Path, hold: Callable[[], Holder]
) -> None:
    with embedded.start(home, durable=False) as server:
        first = pid(home)
        other = hold()
        assert other.stdout is not None
        assert other.stdout.readline().strip() == server.url
        other.communicate("\n")
        assert other.returncode == 0
        assert pid(home) == first
        assert ask(server, "SELECT 1") == 1


def test_the_last_one_to_leave_stops_the_server_whoever_started_it(
    home: Path, hold: Callable[[], Holder]
) -> None:
    starter = hold()
    assert starter.stdout is not None
    starter.stdout.readline()
    server = embedded.start(home, durable=False)
    socket = folder(server)
    starter.communicate("\n")
    assert ask(server, "SELECT 1") == 1
    server.release()
    assert not is_running(home)
    assert not (home / "postgres" / "postmaster.pid").exists()
    assert not socket.exists()


def test_two_shares_in_one_process_count_as_two(home: Path) -> None:
    first, second = embedded.start(home, durable=False), embedded.start(home, durable=False)
    first.release()
    first.release()
    assert ask(second, "SELECT 1") == 1
    second.release()
    assert not is_running(home)


def test_processes_that_start_at_once_share_one_server(home: Path, hold: Callable[[], Holder]) -> None:
    holders = [hold() for _ in range(3)]
    assert len({holder.stdout.readline() for holder in holders if holder.stdout}) == 1


def test_the_server_outlives_a_killed_app_and_is_found_again(home: Path, hold: Callable[[], Holder]) -> None:
    app = hold()
    assert app.stdout is not None
    url = app.stdout.readline().strip()
    before = pid(home)
    app.kill()
    app.wait()
    with embedded.start(home, durable=False) as server:
        assert (server.url, pid(home)) == (url, before)
        assert ask(server, "SELECT 1") == 1
    assert not is_running(home)


def test_what_a_killed_server_left_is_cleared_and_its_data_kept(home: Path) -> None:
    dead = embedded.start(home)
    with psycopg.connect(dead.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS yen")
    os.kill(pid(home), signal.SIGKILL)
    with embedded.start(home) as server:
        assert ask(server, "SELECT yen FROM kept") == 42
        assert folder(server) != folder(dead)
        assert not folder(dead).exists()
        dead.release()


def test_a_stale_number_that_another_program_has_now_does_not_stand_in_the_way(home: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = [str(stranger.pid), str(home / "postgres"), "1", "5432", "/nowhere", "", "1 1", "ready   "]
        (home / "postgres" / "postmaster.pid").write_text("\n".join(lines))
        with embedded.start(home, durable=False) as server:
            assert ask(server, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_copied_folder_does_not_lead_to_the_server_it_was_copied_from(home: Path, ground: Path) -> None:
    with embedded.start(home, durable=False) as server:
        server_pid = pid(home)
        copy = Path(tempfile.mkdtemp(dir=ground))
        shutil.copytree(home, copy, dirs_exist_ok=True)
        with embedded.start(copy, durable=False) as other:
            assert other.url != server.url
            assert pid(copy) != server_pid
        assert ask(server, "SELECT 1") == 1


def test_a_socket_that_was_swept_away_is_made_anew_once_nobody_uses_it(home: Path) -> None:
    server = embedded.start(home, durable=False)
    shutil.rmtree(folder(server))
    with pytest.raises(embedded.Unavailable, match="cannot be seen from here"):
        embedded.start(home, durable=False)
    embedded._let_go(server._holding or 0)
    server._holding = None
    with embedded.start(home, durable=False) as again:
        assert ask(again, "SELECT 1") == 1


def test_data_of_another_major_version_are_refused_naming_both(home: Path) -> None:
    version = home / "postgres" / "PG_VERSION"
    ours = version.read_text().strip()
    version.write_text("16\n")
    with pytest.raises(
        embedded.OtherVersion, match=f"PostgreSQL 16, but this program brings PostgreSQL {ours}"
    ):
        embedded.start(home, durable=False)
    assert version.read_text() == "16\n"


def test_files_that_were_made_by_halves_are_made_again(home: Path) -> None:
    (home / "postgres").rename(home / "postgres.new")
    (home / "postgres.new" / "postgresql.conf").unlink()
    with embedded.start(home, durable=False) as server:
        assert ask(server, "SELECT 1") == 1
    assert not (home / "postgres.new").exists()


def test_a_server_that_does_not_start_says_why(home: Path) -> None:
    (home / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(embedded.Unavailable, match="no_such_setting"):
        embedded.start(home, durable=False)
    assert not is_running(home)


def test_a_failed_statement_leaves_no_personal_data_in_the_log(home: Path) -> None:
    with embedded.start(home, durable=False) as server:
        with pytest.raises(psycopg.DataError):
            ask(server, "SELECT 'sato@example.jp'::int")
        with pytest.raises(psycopg.IntegrityError):
            ask(server, "CREATE TABLE p (mail text PRIMARY KEY); INSERT INTO p VALUES ('sato@x'), ('sato@x')")
    assert "sato" not in (home / "postgres.log").read_text()


def test_another_database_can_live_beside_the_first(home: Path) -> None:
    with embedded.start(home, durable=False, database="worker 1/2") as server:
        assert ask(server, "SELECT current_database()") == "worker 1/2"
        assert make_url(server.url).database == "worker 1/2"
