"""One cluster on disk: made once, its settings written before each start, started and stopped by pg_ctl."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from casework.postgres import binaries
from casework.postgres.errors import ServerUnavailable, meaning
from casework.postgres.place import Place

SUPERUSER = "casework_bootstrap"
SETTINGS_FILE = "casework.conf"
LARGEST_LOG = 5_000_000
# No process has this number (Linux stops at 4,194,304): PostgreSQL takes the lock file for a dead server's.
NO_PROCESS = "2147483647"

# A statement or the details of an error can hold what a person typed: they stay out of the log.
SETTINGS = """\
listen_addresses = ''
unix_socket_directories = {socket}
unix_socket_permissions = 0700
port = 5432
max_connections = 100
shared_buffers = 128MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%t [%p] '
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
"""


def _environment() -> dict[str, str]:
    """A fixed environment: no PG* variable of the caller changes what the programs do."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def initialise(place: Place) -> None:
    """Make the cluster if there is none. It is made beside its place and renamed, so half a one is never found."""
    if (place.cluster / "PG_VERSION").is_file():
        return
    partial = place.home / "data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    place.account.make_directory(partial)
    programs = binaries.directory_for(place.account)
    options = ("--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale-provider=builtin")
    _run(
        place,
        [programs / "initdb", "-D", partial, "-U", SUPERUSER, *options, "--builtin-locale=C.UTF-8", "--locale=C"],
        doing="make its data directory",
    )
    with (partial / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(f"\ninclude '{SETTINGS_FILE}'\n")
    write_settings(place, partial)
    partial.rename(place.cluster)


def write_settings(place: Place, cluster: Path) -> None:
    """Write what we decide into a file: unlike options of pg_ctl, a file does not mind spaces in a path."""
    socket = str(place.socket).replace("\\", "\\\\").replace("'", "''")
    # The setting is a list: double quotes keep a comma in the path from splitting it.
    quoted = f"""'"{socket.replace('"', '""')}"'"""
    path = cluster / SETTINGS_FILE
    path.write_text(SETTINGS.format(socket=quoted), encoding="utf-8")
    place.account.own(path)


def start(place: Place) -> bool:
    """Try once to start the server; False when it did not come up, which may pass (old processes still dying)."""
    write_settings(place, place.cluster)
    _clear_recycled_pid(place)
    _turn_log(place)
    programs = binaries.directory_for(place.account)
    environment = _environment() | {"PGDATA": str(place.cluster)}
    try:
        # The log is named relative to the directory: pg_ctl hands its name to a shell.
        tried = place.account.run(
            [programs / "pg_ctl", "-w", "-t", "30", "-l", place.log.name, "start"],
            cwd=place.home,
            environment=environment,
            seconds=60,
        )
    except subprocess.TimeoutExpired:
        return False
    except OSError as error:
        raise ServerUnavailable(f"The embedded PostgreSQL could not be run ({error.strerror}).") from error
    if tried.returncode != 0 and (sentence := meaning(tried.stderr + _last_lines(place.log))) is not None:
        raise ServerUnavailable(sentence)
    return tried.returncode == 0


def stop(place: Place) -> None:
    """Stop the server: open transactions are rolled back, clients are disconnected."""
    programs = binaries.directory_for(place.account)
    _run(place, [programs / "pg_ctl", "-w", "-D", place.cluster, "-m", "fast", "stop"], doing="stop")


def server_pid(place: Place) -> int | None:
    """The process of our running server, or None. A lock file that names another program's process is not believed."""
    try:
        pid = int((place.cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _is_server_of(pid, place.cluster) else None


def _is_server_of(pid: int, cluster: Path) -> bool:
    """Whether process `pid` is a postgres; on Linux also whether it works in `cluster`, as a postmaster does."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # Somebody else's process; our server would be ours to signal.
        return False
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").samefile(cluster)
        except OSError:
            return False
    question = ["/bin/ps", "-p", str(pid), "-o", "comm="]
    shown = subprocess.run(question, capture_output=True, text=True, check=False)  # noqa: S603 - a number, no text.
    return re.search(r"\bpostgres\b", shown.stdout) is not None


def _clear_recycled_pid(place: Place) -> None:
    """Where the lock file names a living process that is not our server, name none instead; signal nobody.

    The rest of the file stays: by it PostgreSQL sees whether a process of the old server still holds the data.
    """
    path = place.cluster / "postmaster.pid"
    try:
        first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    except (OSError, ValueError):
        return
    if first.strip().isdigit() and server_pid(place) is None:
        path.write_text(f"{NO_PROCESS}\n{rest}", encoding="utf-8")


def _turn_log(place: Place) -> None:
    if place.log.exists() and place.log.stat().st_size > LARGEST_LOG:
        place.log.replace(place.log.with_suffix(".log.1"))


def _last_lines(log: Path) -> str:
    try:
        return log.read_text(encoding="utf-8", errors="replace")[-2_000:]
    except OSError:
        return ""


def _run(place: Place, command: Sequence[str | Path], *, doing: str) -> None:
    try:
        tried = place.account.run(command, cwd=place.home, environment=_environment(), seconds=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerUnavailable(f"The embedded PostgreSQL could not {doing}: {type(error).__name__}.") from error
    if tried.returncode != 0:
        known = meaning(tried.stderr + tried.stdout)
        last = (tried.stderr.strip().splitlines() or ["no message"])[-1]
        raise ServerUnavailable(known or f"The embedded PostgreSQL could not {doing}: {last}")
