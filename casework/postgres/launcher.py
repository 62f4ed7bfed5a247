"""The embedded server: started on demand, left running, with the roles and the database that Casework needs."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from casework.postgres import cluster, place
from casework.postgres.errors import ServerUnavailable
from casework.postgres.place import Place

OWNER = "casework_owner"
RUNTIME = "casework_app"
DATABASE = "casework"
PORT = 5432
# Recovery after a crash, or processes of the old server that still hold the data, may take this long.
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Status:
    """What `manage.py db status` tells."""

    running: bool
    pid: int | None
    home: Path
    socket: Path
    log: Path


def socket_directory(wanted: str | Path) -> Path:
    """The directory of the unix socket of the server for the directory `wanted`; starts nothing."""
    return place.find(Path(wanted)).socket


def ensure(wanted: str | Path) -> bool:
    """See to it that the server for the directory `wanted` answers; True when something had to be done for it.

    Safe to call from many processes at once: one starts the server, the others wait. Raises ServerUnavailable.
    """
    directory = Path(wanted)
    if _answers(place.find(directory), DATABASE, RUNTIME):
        return False
    with _one_at_a_time(directory):
        found = place.find(directory)
        if not _answers(found, DATABASE, RUNTIME):
            _bring_up(directory, found)
    return True


def stop(wanted: str | Path) -> bool:
    """Stop the server for the directory `wanted`; False when it was not running."""
    directory = Path(wanted)
    with _one_at_a_time(directory):
        found = place.find(directory)
        if cluster.server_pid(found) is None:
            return False
        cluster.stop(found)
    return True


def status(wanted: str | Path) -> Status:
    """Whether the server for the directory `wanted` runs, and where its files are; starts nothing."""
    found = place.find(Path(wanted))
    running = _answers(found, "postgres", cluster.SUPERUSER)
    return Status(running, cluster.server_pid(found), found.home, found.socket, found.log)


def _bring_up(wanted: Path, found: Place) -> None:
    place.make(wanted, found)
    cluster.initialise(found)
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not _answers(found, "postgres", cluster.SUPERUSER):
        if time.monotonic() > give_up_at:
            raise ServerUnavailable(
                f"The embedded PostgreSQL did not come up within {PATIENCE_SECONDS} seconds. {found.log} says why."
            )
        if not cluster.start(found):
            time.sleep(0.3)
    _provide(found)


def _answers(found: Place, database: str, user: str) -> bool:
    try:
        _connect(found, database, user).close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(found: Place, database: str, user: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(found.socket), port=PORT, dbname=database, user=user, connect_timeout=5, autocommit=True
    )


def _provide(found: Place) -> None:
    """Make the two roles and the database where they are missing; the bootstrap superuser is used here only."""
    with _connect(found, "postgres", cluster.SUPERUSER) as connection:
        for role, options in ((OWNER, "CREATEDB"), (RUNTIME, "NOCREATEDB")):
            if not _is_there(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                limits = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS " + options)
                connection.execute(limits.format(sql.Identifier(role)))
        if not _is_there(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            made = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(made.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def _is_there(connection: psycopg.Connection, question: str, name: str) -> bool:
    return connection.execute(question, [name]).fetchone() is not None


@contextlib.contextmanager
def _one_at_a_time(wanted: Path) -> Iterator[None]:
    """Hold the lock file beside `wanted`; the system drops it when the process ends, however it ends."""
    try:
        wanted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(wanted.with_name(wanted.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ServerUnavailable(
            f"{wanted.parent} cannot be written ({error.strerror}). Run the command as its owner, or set "
            "CASEWORK_DATA_DIR to a directory of your own."
        ) from error
    try:
        _leave_to_owner_of(wanted.parent, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _leave_to_owner_of(directory: Path, descriptor: int) -> None:
    """Root's lock file in a user's directory must not shut that user out afterwards."""
    if os.getuid() == 0:
        owner = directory.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
