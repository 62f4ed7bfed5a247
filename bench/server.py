"""The real web server over a bench database: gunicorn, two processes of four threads, on a free loopback port."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from bench.client import Browser, Refused

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """Where it listens, and its process."""

    port: int
    pid: int

    def memory_mb(self) -> list[float]:
        """The proportional memory of each worker in MB; empty where the system does not tell, as Linux does."""
        found = []
        for worker in _children(self.pid):
            try:
                text = Path(f"/proc/{worker}/smaps_rollup").read_text(encoding="ascii")
            except OSError:
                continue
            pss = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
            found += [int(pss[1]) / 1024] if pss else []
        return found


def environment_for(database: str) -> dict[str, str]:
    """The environment of a process of ours that works on a bench database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "BENCH_DATABASE": database,
        "BENCH_EMBEDDED": settings.DATABASES["default"].get("EMBEDDED") or "",
        "CASEWORK_DEMO": "1",
        "ALLOWED_HOSTS": "localhost",
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def serving(database: str, log: Path) -> Iterator[Server]:
    """The server while the block runs. Raises Refused, with the place of its log, when it does not come up."""
    port = _free_port()
    log.parent.mkdir(parents=True, exist_ok=True)
    options = ("--workers", str(WORKERS), "--threads", str(THREADS), "--worker-class", "gthread", "--keep-alive", "30")
    command = [sys.executable, "-m", "gunicorn", "casework.wsgi:application", "--bind", f"127.0.0.1:{port}", *options]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command line.
            [*command, "--no-control-socket", "--log-level", "warning"],
            cwd=ROOT,
            env=environment_for(database),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            _wait(process, port, log)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        browser = Browser(port)
        try:
            browser.get("/accounts/login/")
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            browser.close()
    raise Refused(f"The server did not come up; {log} says why")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in text.split()]
