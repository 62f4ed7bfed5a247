"""Serve: gunicorn and the worker side by side. Ctrl-C stops both; a worker that dies is started again."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from tools.say import ROOT, say, warn

# The worker gives its running jobs 20 s.
GRACE_SECONDS = 25
LONGEST_PAUSE_SECONDS = 60
# One login per role; the others differ in nothing but the agency.
DEMO_LOGINS = (
    ("operator", "logs calls and works the hotline's queue"),
    ("liaison", "answers the referrals of an agency"),
    ("supervisor", "sees what is late, reads reports"),
    ("agencyadmin", "keeps an agency's people and services"),
    ("auditor", "reads the trail"),
    ("sysadmin", "runs the system, sees no case"),
)


def gunicorn(port: int) -> list[str]:
    """The command line of the web server, bound to the loopback address."""
    options = ("--workers", "2", "--threads", "4", "--worker-class", "gthread", "--no-control-socket")
    start = [sys.executable, "-m", "gunicorn", "casework.wsgi:application"]
    return [*start, "--bind", f"127.0.0.1:{port}", *options, "--log-level", "warning"]


class Supervisor:
    """Two child processes in sessions of their own, so that only we decide when they end."""

    def __init__(self, web: Sequence[str], worker: Sequence[str], *, port: int) -> None:
        self.port = port
        self.stopping = threading.Event()
        self.web = self._start(web)
        self.worker_command = worker
        self.worker: subprocess.Popen[bytes] | None = self._start(worker)
        self.pause = 1.0
        self.restart_at = 0.0

    @staticmethod
    def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Ctrl-C or a polite kill."""
        self.stopping.set()

    def run(self) -> int:
        """Watch both until told to stop; returns the exit status."""
        greeted = False
        while not self.stopping.wait(0.3):
            if self.web.poll() is not None:
                warn("The web server has stopped; the lines above say why.")
                self.stop()
                return 1
            greeted = greeted or self._greet()
            self._mind_worker()
        say("Stopping.")
        self.stop()
        return 0

    def _mind_worker(self) -> None:
        now = time.monotonic()
        if self.worker is not None and self.worker.poll() is not None:
            warn(f"The worker stopped (status {self.worker.returncode}); starting it again in {self.pause:.0f} s.")
            self.worker, self.restart_at = None, now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        if self.worker is None and now >= self.restart_at:
            self.worker = self._start(self.worker_command)

    def _greet(self) -> bool:
        """Say where we are once the first page comes; False while it does not."""
        if not answers(self.port):
            return False
        say(f"\nCasework is at http://localhost:{self.port}   (stop it with Ctrl-C)")
        if os.environ.get("CASEWORK_DEMO") == "1":
            say_logins()
        return True

    def stop(self) -> None:
        """End both: politely, after a while for good."""
        running = [child for child in (self.web, self.worker) if child is not None and child.poll() is None]
        for child in running:
            child.terminate()
        for child in running:
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def answers(port: int) -> bool:
    """Whether the web server answers with anything but an error of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/accounts/login/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def say_logins() -> None:
    """Print one demo login per role, all with the same password."""
    data = Path(os.environ.get("CASEWORK_DATA_DIR", "").strip() or ROOT / ".data").expanduser()
    try:
        password = (data / "demo_password").read_text(encoding="utf-8").strip()
    except OSError:
        return
    say(f"Demo logins, all with the password {password}")
    for name, does in DEMO_LOGINS:
        say(f"  {name:<12} {does}")


def main() -> int:
    """Serve on the port given as the only argument."""
    port = int(sys.argv[1])
    os.environ.setdefault("CASEWORK_URL", f"http://localhost:{port}")
    supervisor = Supervisor(gunicorn(port), [sys.executable, "manage.py", "worker"], port=port)
    signal.signal(signal.SIGINT, supervisor.on_signal)
    signal.signal(signal.SIGTERM, supervisor.on_signal)
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
