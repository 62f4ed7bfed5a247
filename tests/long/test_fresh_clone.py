"""The two commands in a clean clone with a space in its path: as root and as an ordinary user, interrupted, twice."""

import http.client
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]
# What a login shell has; the Python of the test's own environment is not in it.
PLAIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FIRST_RUN_SECONDS = 900
SECOND_RUN_SECONDS = 10
LOG_IN_NAMES = ("operator", "liaison", "supervisor", "agencyadmin", "auditor", "sysadmin")


def tracked_files() -> list[str]:
    """What a clone holds: every file that git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this checkout has no git, so a clone cannot be told from what was made in it")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Clone:
    """A clean clone, and `make` in it with an empty environment."""

    home: Path
    user: pwd.struct_passwd
    port: int = field(default_factory=free_port)

    @property
    def root(self) -> Path:
        return self.home / "case work"

    def make(self, door: str, **more: str) -> subprocess.Popen[str]:
        """Start `make DOOR` in a process group of its own."""
        switch = {} if self.user.pw_uid == os.getuid() else {"user": self.user.pw_uid, "group": self.user.pw_gid}
        return subprocess.Popen(
            ["make", door],
            cwd=self.root,
            env={"HOME": str(self.home), "PATH": PLAIN_PATH, "PORT": str(self.port), **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **switch,  # type: ignore[call-overload]
        )

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Host": f"localhost:{self.port}", **{name.replace("_", "-"): text for name, text in headers.items()}}
        connection.request(method, path, body or None, sent)
        return connection.getresponse()


class Served:
    """A running `make run`: what it printed, and when it said where it is."""

    def __init__(self, clone: Clone, **more: str) -> None:
        self.began = time.monotonic()
        self.process = clone.make("run", **more)
        self.lines: list[str] = []
        self.ready = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("  sysadmin "):
                self.ready.set()
        self.ready.set()

    def wait(self, seconds: float) -> float:
        """Seconds from the start until the last line of the greeting."""
        assert self.ready.wait(seconds), "".join(self.lines)
        assert self.process.poll() is None, "".join(self.lines)
        return time.monotonic() - self.began

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C: the signal goes to the whole foreground group."""
        os.killpg(self.process.pid, number)
        status = self.process.wait(60)
        self.reader.join(10)
        return status


def whoever(name: str) -> pwd.struct_passwd:
    if name == "root":
        if os.getuid() != 0:
            pytest.skip("needs root")
        return pwd.getpwuid(0)
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    return pwd.getpwnam("nobody")


@pytest.fixture(params=["root", "ordinary"])
def clone(request: pytest.FixtureRequest) -> Iterator[Clone]:
    """Root's lies below a directory that only root can enter, like /root; the other's in a directory of the user's."""
    user = whoever(request.param)
    if shutil.which("python3", path=PLAIN_PATH) is None or shutil.which("make", path=PLAIN_PATH) is None:
        pytest.skip("needs python3 and make of the system")
    home = Path("/var/tmp") / f"casework-clone-{request.param}-{os.getpid()}"  # noqa: S108 - ours, removed below.
    home.mkdir(mode=0o700)
    made = Clone(home, user)
    for name in tracked_files():
        target = made.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    for path in (home, *home.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    try:
        yield made
    finally:
        location = made.root / ".data" / "postgres.location"
        elsewhere = Path(location.read_text(encoding="utf-8").splitlines()[0]) if location.exists() else None
        made.make("clean").communicate(timeout=120)
        if elsewhere is not None:
            shutil.rmtree(elsewhere, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def log_in(clone: Clone, name: str, password: str) -> int:
    """The status of the answer to the log-in form: 302 is inside."""
    page = clone.ask("GET", "/accounts/login/")
    assert page.status == 200
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    cookie = re.search(r"csrftoken=([^;]+)", page.headers["Set-Cookie"])
    assert found is not None
    assert cookie is not None
    body = urlencode({"login": name, "password": password, "csrfmiddlewaretoken": found[1]})
    kind = "application/x-www-form-urlencoded"
    answer = clone.ask("POST", "/accounts/login/", body, Cookie=f"csrftoken={cookie[1]}", Content_Type=kind)
    return answer.status


def test_both_commands_pass_in_a_clean_clone(clone: Clone) -> None:
    # Killed in the midst of the packages: nothing may look finished that is not.
    first = Served(clone)
    time_is_up = threading.Event()
    time_is_up.wait(12)
    first.interrupt(signal.SIGKILL)

    served = Served(clone)
    served.wait(FIRST_RUN_SECONDS)
    printed = "".join(served.lines)
    assert f"Casework is at http://localhost:{clone.port} " in printed
    password = re.search(r"with the password (\S+)", printed)
    assert password is not None
    assert [name for name in LOG_IN_NAMES if f"\n  {name} " in printed] == list(LOG_IN_NAMES)
    assert [log_in(clone, name, password[1]) for name in LOG_IN_NAMES] == [302] * 6
    assert log_in(clone, "operator", "not-the-password") == 200

    # The port is taken now: one sentence, and the running one is left alone.
    refused = clone.make("run")
    said, _ = refused.communicate(timeout=60)
    assert f"Port {clone.port} is taken by another program" in said
    assert "Traceback" not in said
    assert clone.ask("GET", "/accounts/login/").status == 200

    served.interrupt()
    with pytest.raises(ConnectionRefusedError):
        clone.ask("GET", "/accounts/login/")

    again = Served(clone, DEMO_PASSWORD="another-password-7")
    again.wait(120)
    assert log_in(clone, "operator", "another-password-7") == 302
    again.interrupt()

    third = Served(clone)
    assert third.wait(60) < SECOND_RUN_SECONDS
    third.interrupt()

    tests = clone.make("test", ARGS="tests/casework/test_env.py tests/casework/test_roles_sql.py")
    said, _ = tests.communicate(timeout=FIRST_RUN_SECONDS)
    assert tests.returncode == 0, said
    assert re.search(r"\d+ passed", said)

    kept = clone.root / ".data"
    for secret in ("secret_key", "demo_password"):
        assert (kept / secret).stat().st_mode & 0o777 == 0o600
    assert kept.stat().st_mode & 0o777 == 0o700
