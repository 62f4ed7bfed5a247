"""The embedded server under harder circumstances: many starts at once, crashes, long paths, root and ordinary users."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from casework.postgres import account, launcher, place
from casework.postgres.errors import ServerUnavailable
from tests.casework.servers import answer, connect, kill_server, throw_away

pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.getuid() != 0, reason="changes users, so it needs root")

ENSURE = "import sys; from casework.postgres import launcher; print(launcher.ensure(sys.argv[1]))"


def ensure_in_a_process(wanted: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ENSURE, str(wanted)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def server_processes(wanted: Path) -> int:
    """How many postmasters work in this cluster (Linux)."""
    cluster = place.find(wanted).cluster
    found = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
                found += (entry / "cwd").samefile(cluster) and b"bin/postgres" in command
            except OSError:
                continue
    return found


def test_eight_starts_at_once_make_one_server(tmp_path: Path) -> None:
    with throw_away(tmp_path) as wanted:
        started = [ensure_in_a_process(wanted) for _ in range(8)]
        printed = [process.communicate(timeout=180) for process in started]
        assert [process.returncode for process in started] == [0] * 8, printed
        assert answer(wanted, "SELECT current_user") == "casework_app"
        if Path("/proc/self").exists():
            assert server_processes(wanted) == 1


def test_eight_starts_at_once_after_a_crash_make_one_server(tmp_path: Path) -> None:
    with throw_away(tmp_path) as wanted:
        launcher.ensure(wanted)
        kill_server(wanted)
        started = [ensure_in_a_process(wanted) for _ in range(8)]
        printed = [process.communicate(timeout=180) for process in started]
        assert [process.returncode for process in started] == [0] * 8, printed
        assert answer(wanted, "SELECT 1") == 1


def test_very_long_path_works_and_its_socket_is_private(tmp_path: Path) -> None:
    deep = tmp_path / ("a very long name " * 12).strip() / ("and another one " * 12).strip()
    deep.mkdir(parents=True)
    with throw_away(deep) as wanted:
        assert launcher.ensure(wanted) is True
        assert answer(wanted, "SELECT 1") == 1
        socket = place.find(wanted).socket
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert len(str(socket)) < 86


@pytest.mark.parametrize(
    "name", ["a space", "quote's", 'double "quote"', "comma, comma", "naïve ü", "back\\slash", "a$HOME"]
)
def test_path_with_unusual_characters_works(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with throw_away(tmp_path / name) as wanted:
        assert launcher.ensure(wanted) is True
        assert answer(wanted, "SELECT 1") == 1


def write_until_refused(wanted: Path, writer: int, acknowledged: dict[int, int]) -> None:
    number = 0
    try:
        with connect(wanted, "casework_owner") as connection:
            while True:
                number += 1
                connection.execute("INSERT INTO written VALUES (%s, %s)", [writer, number])
                acknowledged[writer] = number
    except psycopg.OperationalError:
        return


@pytest.mark.parametrize("whole", [False, True], ids=["postmaster", "every process"])
def test_every_acknowledged_row_outlives_a_kill(tmp_path: Path, whole: bool) -> None:
    with throw_away(tmp_path) as wanted:
        launcher.ensure(wanted)
        with connect(wanted, "casework_owner") as connection:
            connection.execute("CREATE TABLE written (writer int, number int)")
        acknowledged: dict[int, int] = {}
        arguments = [(wanted, writer, acknowledged) for writer in range(3)]
        threads = [threading.Thread(target=write_until_refused, args=each) for each in arguments]
        for thread in threads:
            thread.start()
        while sum(acknowledged.values()) < 300:
            threads[0].join(0.01)
        kill_all(wanted) if whole else kill_server(wanted)
        for thread in threads:
            thread.join(30)
        assert launcher.ensure(wanted) is True
        with connect(wanted, "casework_owner") as connection:
            kept: dict[int, int] = dict(
                connection.execute("SELECT writer, count(*) FROM written GROUP BY writer").fetchall()
            )
        # The last row may have been committed without its answer having arrived.
        assert [kept[writer] - acknowledged[writer] in (0, 1) for writer in range(3)] == [True] * 3


def kill_all(wanted: Path) -> None:
    pid = launcher.status(wanted).pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    for each in [str(pid), *children]:
        os.kill(int(each), signal.SIGKILL)


# --- Root and others ---------------------------------------------------------------------------------


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A directory that only its owner can enter, like a home directory of root."""
    directory = tmp_path / "closed"
    directory.mkdir(mode=0o700)
    return directory


@as_root
def test_root_in_a_closed_directory_gets_a_server_elsewhere_and_no_mode_changes(closed: Path) -> None:
    before = [(path, stat.S_IMODE(path.stat().st_mode)) for path in (closed, *closed.parents)]
    with throw_away(closed) as wanted:
        assert launcher.ensure(wanted) is True
        found = place.find(wanted)
        assert found.home.parent == Path("/var/lib/casework")
        assert found.home.stat().st_uid == account.service().uid
        assert stat.S_IMODE(found.home.stat().st_mode) == 0o700
        assert place.record_of(wanted).read_text(encoding="utf-8") == f"{found.home}\n{wanted}\n"
    assert [(path, stat.S_IMODE(path.stat().st_mode)) for path in (closed, *closed.parents)] == before


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that everybody can enter; pytest's own is closed."""
    directory = Path("/var/tmp") / f"casework-test-{os.getpid()}"  # noqa: S108 - ours, removed below.
    directory.mkdir(mode=0o755)
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@as_root
def test_root_in_a_reachable_directory_keeps_the_server_there(open_directory: Path) -> None:
    with throw_away(open_directory) as wanted:
        assert launcher.ensure(wanted) is True
        assert place.find(wanted).home == wanted
        assert wanted.stat().st_uid == account.service().uid
        assert not place.record_of(wanted).exists()


@as_root
def test_programs_are_copied_with_their_libraries_for_a_user_who_cannot_reach_them(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casework.postgres import binaries

    package = binaries.directory().parent.parent
    for source in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(source, closed / source.name, symlinks=True)
    hidden = closed / package.name / binaries.INSTALLATION / "bin"
    monkeypatch.setattr(binaries, "directory", lambda: hidden)
    monkeypatch.setattr(binaries, "SHARED_HOME", closed.parent / "shared")
    monkeypatch.setattr(binaries.importlib.metadata, "version", lambda _name: "0")
    opened = [path for path in closed.parents if path.stat().st_mode & 0o001 == 0]
    for path in opened:
        path.chmod(path.stat().st_mode | 0o001)
    try:
        found = binaries.directory_for(account.service())
        assert found == closed.parent / "shared" / "programs-0" / package.name / binaries.INSTALLATION / "bin"
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        for path in opened:
            path.chmod(path.stat().st_mode & ~0o001)


@as_root
def test_server_of_an_ordinary_user_is_served_as_that_user_also_by_root(open_directory: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = open_directory / "of nobody"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    with throw_away(home) as wanted:
        made = place.Place(wanted, account.Account(nobody.pw_uid, nobody.pw_gid, switch=True))
        launcher._bring_up(wanted, made)
        assert (wanted / "data").stat().st_uid == nobody.pw_uid
        assert launcher.stop(wanted) is True
        assert launcher.ensure(wanted) is True
        assert place.find(wanted).account.uid == nobody.pw_uid
        assert (home / "postgres.lock").stat().st_uid == nobody.pw_uid


@as_root
def test_another_users_data_directory_is_refused_by_a_sentence(open_directory: Path) -> None:
    with throw_away(open_directory) as wanted:
        launcher.ensure(wanted)
        code = (
            "import os, sys\n"
            "from pathlib import Path\n"
            "from casework.postgres import place\n"
            "os.setgid(65534); os.setuid(65534)\n"
            "try: place.find(Path(sys.argv[1]))\n"
            "except Exception as error: print(type(error).__name__, error)"
        )
        ran = subprocess.run(
            [sys.executable, "-c", code, str(wanted)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert "ServerUnavailable" in ran.stdout
        assert "belongs to another user. Run the command as that user" in ran.stdout


@as_root
def test_user_number_without_a_name_is_refused_by_a_sentence(open_directory: Path) -> None:
    home = open_directory / "nameless"
    home.mkdir(mode=0o700)
    os.chown(home, 54_321, 54_321)
    made = place.Place(home / "postgres", account.Account(54_321, 54_321, switch=True))
    with pytest.raises(ServerUnavailable, match="user id without a name"):
        launcher._bring_up(home / "postgres", made)
