"""Test databases: one migrated template for each state of the schema, cloned in a fraction of a second."""

import fcntl
import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from bench.fresh import beside, fingerprint, speaking_to

# What the content of a fresh database depends on.
_INGREDIENTS = (
    "*/migrations/*.py",
    "agencies/rls.py",
    "agencies/actions/reference.py",
    "casework/actions/reference.py",
    "tips/actions/reference.py",
    "casework/postgres/roles.py",
    "*/reference/*.*",
    "requirements.txt",
)
_TRIES = 20
_PAUSE_SECONDS = 0.25
_count = itertools.count()


def _drop(name: str) -> None:
    """Drop a database. Connections that a test left behind are the runtime role's, so that role ends them."""
    for _ in range(_TRIES):
        try:
            beside(f'drop database if exists "{name}"')
        except DatabaseError as error:
            last = error
            _hang_up(name)
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    raise last


def _hang_up(name: str) -> None:
    with speaking_to("postgres"), connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and usename = current_user",
            [name],
        )


def _is_running(pid: str) -> bool:
    return pid.isdigit() and Path(f"/proc/{pid}").exists() if Path("/proc").is_dir() else True


def template() -> str:
    """The name of the migrated template, made when it is not there; older ones that no run uses are dropped."""
    name = f"casework_test_{fingerprint(_INGREDIENTS)}"
    with (settings.DATA_DIR / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        names = {row[0] for row in beside("select datname from pg_database where datname like 'casework_test_%'")}
        clones = {old for old in names if "_pid" in old}
        running = {old for old in clones if _is_running(old.rpartition("_pid")[2])}
        in_use = {name, *running, *(clone.split("_")[2] for clone in running)}
        for old in names:
            if old not in in_use and old.split("_")[2] not in in_use and old != name:
                _drop(old)
        if name not in names:
            making = f"{name}_making"
            _drop(making)
            beside(f'create database "{making}"')
            with speaking_to(making):
                call_command("migrate", verbosity=0)
                call_command("load_reference", verbosity=0)
            beside(
                f'alter database "{making}" rename to "{name}"', f'alter database "{name}" set synchronous_commit = off'
            )
    return name


@contextmanager
def clone(of: str) -> Iterator[str]:
    """A database of its own, made from `of`, dropped at the end; the default connection speaks to it inside."""
    name = f"{of.partition('_pid')[0]}_{next(_count)}_pid{os.getpid()}"
    connections.close_all()
    _drop(name)
    beside(f'create database "{name}" template "{of}"', f'alter database "{name}" set synchronous_commit = off')
    beside(f'revoke all on database "{name}" from public')
    beside(f'grant connect on database "{name}" to "{settings.DATABASES["default"]["USER"]}"')
    try:
        with speaking_to(name):
            yield name
    finally:
        _drop(name)
