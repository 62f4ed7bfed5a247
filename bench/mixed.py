"""Sixteen clients at once, as on a busy night, with the worker running; beside it the floor of pages alone."""

import math
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.client import Browser, Refused
from bench.server import ROOT, Server, environment_for
from bench.timing import percentile

CLIENTS = 16
SECONDS = 12.0
SEED = 20  # The same order of pages in each run.
# Who does what: (seat, share of the clients, pages). Operators 60 %, liaisons 25, supervisors 5, the public 10.
SHARES = (
    ("operator", 0.60, ("/desk/", "{tip}", "/desk/?view=mine", "{tip}", "{new}")),
    ("big", 0.15, ("/referrals/",)),
    ("small", 0.10, ("/referrals/",)),
    ("supervisor", 0.05, ("/desk/", "/admin/", "{tip}")),
    ("stranger", 0.10, ("/accounts/login/",)),
)
FLOOR = "/bench/floor-page/"


@dataclass
class Load:
    """What all clients together saw."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return len(self.milliseconds) / self.seconds if self.seconds else math.nan

    @property
    def p95(self) -> float:
        return percentile(self.milliseconds, 0.95) if self.milliseconds else math.nan


@dataclass(frozen=True)
class Mixed:
    """The floor and the mix in the same run, one after the other."""

    floor: Load
    mix: Load


def measure(server: Server, database: str, cookies: dict[str, dict[str, str]], tip: str) -> Mixed:
    """`cookies` are those of the signed-in browsers by seat; `tip` the address of a tip's page."""
    floor = _run([_client(server, cookies["operator"], (FLOOR,)) for _ in range(CLIENTS)])
    with _worker(database):
        mix = _run(_everybody(server, cookies, tip))
    return Mixed(floor, mix)


Client = Callable[[Load, threading.Lock, float], None]


def _everybody(server: Server, cookies: dict[str, dict[str, str]], tip: str) -> list[Client]:
    """As many clients of each seat as its share asks for, rounded so that they are CLIENTS."""
    seats: list[int] = []
    for number, (_, share, _) in enumerate(SHARES):
        seats += [number] * max(1, round(share * CLIENTS))
    return [
        _client(server, cookies[SHARES[number][0]], tuple(page.format(tip=tip, new="+") for page in SHARES[number][2]))
        for number in seats[:CLIENTS]
    ]


def _client(server: Server, cookies: dict[str, str], pages: tuple[str, ...]) -> Client:
    def run(load: Load, lock: threading.Lock, until: float) -> None:
        order = random.Random(SEED)
        browser = Browser(server.port)
        browser.cookies = dict(cookies)
        times: list[float] = []
        errors: list[str] = []
        while time.monotonic() < until:
            page = order.choice(pages)
            began = time.perf_counter()
            try:
                if page == "+":
                    browser.post("/contacts/new/", {"channel": "call"})
                else:
                    browser.get(page)
            except (Refused, OSError) as error:
                errors.append(str(error) or type(error).__name__)
                browser.close()
            else:
                times.append((time.perf_counter() - began) * 1000)
        browser.close()
        with lock:
            load.milliseconds += times
            load.errors += errors

    return run


def _run(clients: list[Client]) -> Load:
    load, lock = Load(), threading.Lock()
    began = time.monotonic()
    threads = [threading.Thread(target=client, args=(load, lock, began + SECONDS)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.monotonic() - began
    return load


@contextmanager
def _worker(database: str) -> Iterator[None]:
    """The worker beside the web server, as `make run` starts it."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=environment_for(database),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
