"""The bench's own databases: made once for each size, seeded, and kept for the next run."""

import time
from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from agencies import chain
from agencies.actions.directory_import import import_directory
from agencies.hsds import read
from agencies.scope import acting_as_system
from bench import directory_file, people
from bench.fresh import beside, fingerprint, speaking_to
from bench.seed import MARKS, Say, seed
from casework.postgres.roles import as_owner

# What a kept database was made of: when one of these changed, it is made anew.
_INGREDIENTS = (
    "*/migrations/*.py",
    "agencies/rls.py",
    "casework/postgres/roles.py",
    "*/reference/*.*",
    "bench/shapes.py",
    "bench/directory_file.py",
)
_FLOOR = (
    "create table if not exists bench_floor (id bigint generated always as identity primary key, at timestamptz not"
    f" null, {', '.join(f'field_{n} varchar(80) not null' for n in range(20))})"
)
# How long the parts of the making took, in seconds.
_TIMES = "create table if not exists bench_time (name text primary key, seconds double precision, rows bigint)"


def name_for(tips: int) -> str:
    """The name of the database of this size."""
    return f"casework_bench_{tips}"


def prepare(tips: int, services: int, *, clean: bool, say: Say) -> str:
    """Make, seed and fill the database of this size as far as it is not; returns its name."""
    name = name_for(tips)
    if clean:
        drop(name)
    if not _exists(name):
        beside(f'create database "{name}"')
    with speaking_to(name):
        mark = f"{services} services, {fingerprint(_INGREDIENTS)}"
        made_of = _made_of()
        if made_of not in ("", mark):
            say(f"{name} was made by another version: it is made anew.")
    if made_of not in ("", mark):
        drop(name)
        beside(f'create database "{name}"')
    with speaking_to(name):
        fill(tips, services, mark, say)
    return name


def drop(name: str) -> None:
    """Remove a database and whoever is connected to it."""
    beside(f'drop database if exists "{name}" with (force)')


def times() -> dict[str, tuple[float, int]]:
    """What was timed while the present database was made: name -> (seconds, rows)."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select name, seconds, rows from bench_time where rows > 0")
        return {name: (seconds, rows) for name, seconds, rows in cursor.fetchall()}


def fill(tips: int, services: int, mark: str, say: Say) -> None:
    """Put into the present database what is missing; `mark` says what it is made of."""
    name = connection.settings_dict["NAME"]
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute(MARKS + ";" + _TIMES + ";" + _FLOOR)
            cursor.execute(
                "insert into bench_step (name, first) values (%s, 0) on conflict do nothing", [f"made of {mark}"]
            )
            cursor.execute("select exists (select from bench_step where name = 'whole')")
            is_whole = cursor.fetchone()[0]
        call_command("migrate", verbosity=0)
    if is_whole:
        say(f"{name} is there already; CLEAN=1 makes it anew.")
        return
    say(f"{name}: reference data, directory, {tips:,} tips. This happens once.")
    call_command("load_reference", verbosity=0)
    crew = people.make()
    _timed("import", lambda: _import(services), say)
    _timed("seeding", lambda: _seed(crew, tips, say), say)
    _timed("sealing", chain.seal, say)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("insert into bench_step (name, first) values ('whole', 0) on conflict do nothing")


def _seed(crew: people.Crew, tips: int, say: Say) -> int:
    with as_owner():
        seed(crew.hotline.pk, crew.operator.pk, tips=tips, say=say)
    return tips


def _import(services: int) -> int:
    with directory_file.written(services) as path, acting_as_system("bench") as system:
        outcome = import_directory(read(path, agency_kind="shelter"), by=system, at=timezone.now())
    return outcome.counts["services"].created


def _timed(what: str, work: Callable[[], int], say: Say) -> None:
    """Do it and keep how long it took, unless an earlier run had begun with it: the rest alone says nothing."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("insert into bench_time (name) values (%s) on conflict do nothing", [what])
        is_first = cursor.rowcount == 1
    began = time.monotonic()
    rows = work()
    seconds = time.monotonic() - began
    if is_first:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("update bench_time set seconds = %s, rows = %s where name = %s", [seconds, rows, what])
    say(f"  {what}: {rows:,} rows, {seconds:.1f} s")


def _made_of() -> str:
    """The mark of what the present database was made of; empty for a fresh one."""
    with as_owner(), connection.cursor() as cursor:
        if "bench_step" not in connection.introspection.table_names(cursor):
            return ""
        cursor.execute("select name from bench_step where name like 'made of %%'")
        row = cursor.fetchone()
        return str(row[0]).removeprefix("made of ") if row else ""


def _exists(name: str) -> bool:
    found = beside("select exists (select from pg_database where datname = %s)", values=[name])
    return bool(found[0][0])
