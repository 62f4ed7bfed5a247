"""Throw-away embedded servers for the tests of the launcher."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from casework.postgres import launcher, place


@contextmanager
def throw_away(directory: Path) -> Iterator[Path]:
    """A directory for a server that is stopped and removed afterwards, wherever root's files lie."""
    wanted = directory / "postgres"
    try:
        yield wanted
    finally:
        launcher.stop(wanted)
        found = place.find(wanted)
        shutil.rmtree(found.home, ignore_errors=True)
        shutil.rmtree(found.socket, ignore_errors=True)


def connect(wanted: Path, user: str = "casework_app", database: str = "casework") -> psycopg.Connection:
    """A connection to a server that must be up; nothing is started."""
    host = str(launcher.socket_directory(wanted))
    return psycopg.connect(host=host, port=5432, dbname=database, user=user, autocommit=True)


def answer(wanted: Path, question: str, user: str = "casework_app") -> object:
    """The first value of the first row."""
    with connect(wanted, user) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def kill_server(wanted: Path) -> int:
    """Kill the postmaster without warning; returns its process number."""
    pid = launcher.status(wanted).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid
