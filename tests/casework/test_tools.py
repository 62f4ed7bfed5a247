"""The scripts behind the Makefile: steps that are skipped, done again, or refused with a sentence."""

import importlib.util
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LONGEST_FIRST
from tools import doors, frontend, prepare, say, serve, steps
from tools.say import ROOT, Stop


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stamps and logs of the tests must not touch those of this checkout."""
    monkeypatch.setattr(steps, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(say, "BUILD", tmp_path / "build")
    for name in ("PORT", "DEMO_PASSWORD", "DATABASE_URL", "CASEWORK_DEMO"):
        monkeypatch.delenv(name, raising=False)


# --- Ports -------------------------------------------------------------------------------------------


def test_port_is_8000_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doors.wanted_port() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert doors.wanted_port() == 8123


@pytest.mark.parametrize("text", ["0", "65536", "http", "80 00", "-1", "٨٠٠٠"])
def test_port_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(Stop, match=r"^PORT is .*Write a number from 1 to 65535"):
        doors.wanted_port()


def test_taken_port_is_named_with_another_to_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Stop, match=rf"^Port {port} is taken .*PORT=\d+ make run"):
            doors.check_port(port)
    doors.check_port(port)


# --- Steps -------------------------------------------------------------------------------------------


def test_step_is_done_for_the_same_inputs_only(tmp_path: Path) -> None:
    assert steps.is_done("packages", "one") is False
    steps.set_done("packages", "one")
    assert steps.is_done("packages", "one") is True
    assert steps.is_done("packages", "two") is False
    assert [path.name for path in (tmp_path / "stamps").iterdir()] == ["packages"]


def test_fingerprint_changes_with_content_and_words() -> None:
    files = [ROOT / "requirements.lock"]
    assert steps.fingerprint(files) == steps.fingerprint(files)
    assert steps.fingerprint(files) != steps.fingerprint(files, "a")
    assert steps.fingerprint(files) != steps.fingerprint([ROOT / "requirements-dev.lock"])


def test_python_without_venv_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else found(name))
    with pytest.raises(Stop, match=r"apt install python3\.\d+-venv"):
        steps.make_environment()


def test_full_disk_is_noticed_before_anything_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10, 9, 1))
    with pytest.raises(Stop, match=r"Less than 1\.5 GB is free"):
        steps.make_environment()


def test_environment_that_others_share_is_never_emptied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shared, clone = tmp_path / "shared", tmp_path / "clone"
    (shared / "lib").mkdir(parents=True)
    clone.mkdir()
    (clone / ".venv").symlink_to(shared)
    monkeypatch.setattr(steps, "ROOT", clone)
    monkeypatch.setattr(steps, "run_step", lambda *args, **more: pytest.fail("something was run in it"))
    steps.make_environment()
    steps.install("requirements.lock")
    assert (shared / "lib").is_dir()
    monkeypatch.setattr(steps, "_has_pip", lambda: False)
    with pytest.raises(Stop, match="leads to no Python"):
        steps.make_environment()
    assert (shared / "lib").is_dir()


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("Temporary failure in name resolution", "The network does not answer."),
        ("npm error code EAI_AGAIN", "The network does not answer."),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "A download is not the file that was locked."),
        ("[Errno 13] Permission denied: '.venv'", "A file cannot be written."),
        ("a new kind of trouble", None),
    ],
)
def test_what_tools_print_becomes_advice(printed: str, said: str | None) -> None:
    found = say.cause_of(printed)
    assert found is None if said is None else found is not None and found.startswith(said)


def test_failed_step_stops_with_its_last_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(say, "ROOT", tmp_path)
    with pytest.raises(Stop, match=r"Trying something: this failed\. .*\nabc$"):
        say.run_step("Trying something", [sys.executable, "-c", "print('abc'); raise SystemExit(1)"])


def test_old_python_is_told_what_to_install() -> None:
    program = (
        "import sys, shutil; shutil.which = lambda name: None; sys.version_info = (3, 9, 2);"
        "sys.argv = ['make', 'run']; from tools import make; make.find_python()"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.strip() == (
        "Casework needs Python 3.11 or newer; this is 3.9. Install a newer one, then: PYTHON=python3.11 make run"
    )


def test_unknown_door_lists_the_doors(capsys: pytest.CaptureFixture[str]) -> None:
    assert doors.open_door(["rnu"]) == 2
    assert capsys.readouterr().err.startswith("Say one of: run, test, test-long, check,")


def test_every_door_of_the_makefile_opens() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {line.removeprefix("\t$(DO) ") for line in text.splitlines() if line.startswith("\t$(DO) ")}
    assert named == {"run", "test", "test-long", "check", "bench", "setup", "database", "lock", "clean"}


def test_demo_is_on_unless_a_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doors.demo_environment()["CASEWORK_DEMO"] == "1"
    monkeypatch.setenv("CASEWORK_DEMO", "0")
    assert doors.demo_environment()["CASEWORK_DEMO"] == "0"
    monkeypatch.delenv("CASEWORK_DEMO")
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@localhost/real")
    assert "CASEWORK_DEMO" not in doors.demo_environment()


# --- Demo password -----------------------------------------------------------------------------------


def test_demo_password_is_made_once_kept_private_and_replaced_on_demand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = prepare.demo_password(tmp_path)
    assert len(first) == 19
    assert prepare.demo_password(tmp_path) == first
    monkeypatch.setenv("DEMO_PASSWORD", "a-password-of-mine")
    assert prepare.demo_password(tmp_path) == "a-password-of-mine"
    monkeypatch.delenv("DEMO_PASSWORD")
    assert prepare.demo_password(tmp_path) == "a-password-of-mine"
    assert stat.S_IMODE((tmp_path / "demo_password").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["demo_password"]


# --- Front-end files ---------------------------------------------------------------------------------


def test_style_sheet_loses_fonts_photograph_and_source_map() -> None:
    css = (
        '@font-face{font-family:A;src:url(../fonts/a.woff2) format("woff2")}'
        ".usa-hero{background-image:url(../img/hero.jpg);color:#fff}"
        ".i{background:url(../img/usa-icons/add.svg)}/*# sourceMappingURL=uswds.min.css.map */"
    )
    assert frontend.slim(css) == ".usa-hero{color:#fff}.i{background:url(../img/usa-icons/add.svg)}"
    assert frontend.PICTURE.findall(frontend.slim(css)) == ["img/usa-icons/add.svg"]


def test_lock_of_the_front_end_holds_hashes_and_no_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity": "sha512-' in text
    assert "://" not in text


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"])
def test_locks_hold_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = [line for line in text.splitlines() if "==" in line and not line.startswith(" ")]
    assert pinned
    assert all(line.endswith("\\") for line in pinned)
    assert "://" not in text
    assert "--index" not in text


# --- Serving -----------------------------------------------------------------------------------------

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def run_until_idle(supervisor: serve.Supervisor, rounds: int) -> int:
    """Let the supervisor go round `rounds` times, then tell it to stop."""
    left = iter(range(rounds))

    def wait(_seconds: float) -> bool:
        return next(left, None) is None

    stopping: Any = supervisor.stopping
    stopping.wait = wait
    return supervisor.run()


def test_end_of_the_web_server_ends_the_worker_too() -> None:
    supervisor = serve.Supervisor([sys.executable, "-c", ""], SLEEP, port=1)
    worker = supervisor.worker
    supervisor.web.wait()
    assert supervisor.run() == 1
    assert worker is not None
    assert worker.returncode == -signal.SIGTERM


def test_worker_that_dies_is_started_again(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = serve.Supervisor(SLEEP, SLEEP, port=1)
    first = supervisor.worker
    assert first is not None
    first.kill()
    first.wait()
    supervisor.pause = 0.0
    assert run_until_idle(supervisor, 1) == 0
    assert supervisor.worker is not None
    assert supervisor.worker.pid != first.pid
    assert "The worker stopped (status -9); starting it again" in capsys.readouterr().err
    assert supervisor.web.returncode == -signal.SIGTERM


def test_signal_stops_both() -> None:
    supervisor = serve.Supervisor(SLEEP, SLEEP, port=1)
    supervisor.on_signal(signal.SIGINT, None)
    assert supervisor.run() == 0
    assert supervisor.web.returncode == -signal.SIGTERM
    assert supervisor.worker is not None
    assert supervisor.worker.returncode == -signal.SIGTERM


def test_web_server_is_bound_to_this_machine() -> None:
    command = serve.gunicorn(8123)
    assert command[command.index("--bind") + 1] == "127.0.0.1:8123"
    assert "--no-control-socket" in command


def test_files_that_come_first_are_there() -> None:
    assert [name for name in LONGEST_FIRST if not (ROOT / "tests" / name).is_file()] == []
