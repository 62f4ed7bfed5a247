"""The doors: run, test, test-long, check, bench, setup, database, lock, clean."""

import contextlib
import os
import shlex
import shutil
import socket
from collections.abc import Callable, Sequence

from tools import checks, steps
from tools.say import BUILD, ROOT, Stop, command, environment, python, run_step, say, warn

MOST_PROCESSES = 4
DEFAULT_PORT = 8000
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")


def open_door(arguments: Sequence[str]) -> int:
    """Do what the first argument names; returns the exit status."""
    doors: dict[str, Callable[[], int]] = {
        "run": run,
        "test": lambda: test("not long"),
        "test-long": lambda: test("long"),
        "check": check,
        "bench": bench,
        "setup": setup,
        "database": database,
        "lock": lock,
        "clean": clean,
    }
    if len(arguments) != 1 or arguments[0] not in doors:
        warn(f"Say one of: {', '.join(doors)}.")
        return 2
    try:
        return doors[arguments[0]]()
    except Stop as stop:
        warn(str(stop))
    except KeyboardInterrupt:
        warn("Stopped. Run the same command again to go on.")
    except OSError as error:
        # The names of files are ours; the sentence says what the system said of them.
        warn(f"{error.filename or ROOT}: {error.strerror}. Put that right, then run the same command again.")
    return 1


def setup(*, developer: bool = False) -> int:
    """Environment, packages and front-end files; quick when nothing changed."""
    with steps.one_at_a_time():
        steps.make_environment()
        steps.install("requirements.lock")
        if developer:
            steps.install("requirements-dev.lock")
        steps.get_frontend()
        steps.collect_static()
    return 0


def run() -> int:
    """Set up and serve, with a worker, until Ctrl-C."""
    port = wanted_port()
    check_port(port)
    setup()
    chosen = demo_environment()
    with steps.one_at_a_time():
        status = command(python(), "-m", "tools.prepare", environment=chosen)
    if status != 0:
        return status
    os.chdir(ROOT)
    os.execve(python(), [str(python()), "-m", "tools.serve", str(port)], chosen)  # noqa: S606 - our own script.


def database() -> int:
    """Start the database, migrate, load reference data and the demo."""
    setup()
    with steps.one_at_a_time():
        return command(python(), "-m", "tools.prepare", environment=demo_environment())


def demo_environment() -> dict[str, str]:
    """A demo, unless the environment says otherwise or names a database of its own."""
    return environment() if os.environ.get("DATABASE_URL") else environment(CASEWORK_DEMO="1")


def wanted_port() -> int:
    """The port to serve on, from PORT."""
    text = os.environ.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65_535):
        raise Stop(f"PORT is {text!r}. Write a number from 1 to 65535, as in: PORT=8001 make run")
    return int(text)


def check_port(port: int) -> None:
    """Stop early when the port is not free."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Stop(f"Port {port} is for the system only. Choose another: PORT=8001 make run") from None
        except OSError:
            free = port + 1 if port < 65_535 else DEFAULT_PORT
            raise Stop(
                f"Port {port} is taken by another program, perhaps Casework itself. "
                f"Stop that, or choose another port: PORT={free} make run"
            ) from None


def test(which: str) -> int:
    """Run the tests that the marker expression `which` selects; ARGS holds more arguments for pytest."""
    setup(developer=True)
    # One process a core, up to four; the tests of a file stay together, since they share what is slow to make.
    processes = str(min(os.cpu_count() or 1, MOST_PROCESSES))
    # The order of the files is ours (tests/conftest.py).
    sharing = ("-n", processes, "--dist", "loadfile", "--no-loadscope-reorder")
    more = shlex.split(os.environ.get("ARGS", ""))
    return command(python(), "-m", "pytest", *sharing, "-m", which, *more)


def check() -> int:
    """Run every check and name those that failed."""
    setup(developer=True)
    return checks.run_all()


def bench() -> int:
    """Run the workload."""
    setup()
    return command(python(), "-m", "bench")


def lock() -> int:
    """Resolve the requirements anew and write the locks, without any address in them."""
    setup(developer=True)
    for name in LOCKS:
        target = name.replace(".txt", ".lock")
        options = ("--universal", "--generate-hashes", "--python-version", "3.11", "--no-emit-index-url")
        shown = ("--custom-compile-command", "make lock")
        run_step(
            f"Locking {target}", [python(), "-m", "uv", "pip", "compile", "-q", *options, *shown, name, "-o", target]
        )
    return 0


def clean() -> int:
    """Stop the embedded servers and remove what set-up and tests made; the data directory stays."""
    if python().exists() and not os.environ.get("DATABASE_URL"):
        command(python(), "manage.py", "db", "stop")
        command(python(), "-m", "tests.server", "remove")
    for path in (ROOT / ".venv", ROOT / "node_modules", BUILD):
        shutil.rmtree(path, ignore_errors=True)
    say("Removed .venv, node_modules and .build. Your data in .data is untouched.")
    return 0
