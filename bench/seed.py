"""Fills a database with tips by bulk SQL, as its owner: shapes and proportions of a busy hotline, content of none."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from bench.shapes import SIDE_AGENCIES, agencies, steps

__all__ = ["SIDE_AGENCIES", "seed"]

BATCH = 20_000
PROGRESS_SECONDS = 10
# What was done stands here, so that an interrupted run goes on where it was.
MARKS = (
    "create table if not exists bench_step (name text, first bigint, done_at timestamptz default now(),"
    " primary key (name, first))"
)
# Sort keys are written with the rows; the triggers would visit every access row again.
_TRIGGERS = (("casework_clock", "casework_clock_next_due"), ("tips_tip", "tips_tip_sort_keys"))
# Keys of these are checked once, when everything is there, and no history is written of how it came there: row by row
# both would take more than half of the time.
_TABLES = [
    "tips_tip",
    "tips_situation",
    "tips_sharedaccount",
    "tips_contact",
    "tips_tipaccess",
    "tips_person",
    "tips_place",
    "tips_identifier",
    "casework_referral",
    "casework_clock",
]
# What was laid aside stands here, so that an interrupted run can put it back.
_KEYS = "create table if not exists bench_key (on_table text, name text, definition text, primary key (on_table, name))"
Say = Callable[[str], None]


def silent(line: str) -> None:
    """Say nothing."""


def seed(hotline: Any, operator: Any, *, tips: int, say: Say = silent) -> None:
    """Insert `tips` tips of this hotline with all that hangs on them, then analyse. Must run as the owner.

    May be interrupted and called again with the same arguments. Takes keys, or text, of an agency and a user.
    """
    with connection.cursor() as cursor:
        cursor.execute(MARKS)
        cursor.execute("insert into bench_step values ('anchor', 0) on conflict do nothing")
        cursor.execute("select done_at from bench_step where name = 'anchor'")
        anchor = cursor.fetchone()[0].isoformat()
        cursor.execute(agencies())
        _switch(cursor, "disable")
        _lay_keys_aside(cursor)
        for step in steps(str(hotline), str(operator)):
            _fill(cursor, step.name, step.sql.replace("{anchor}", anchor), tips, say)
        began = time.monotonic()
        _put_keys_back(cursor)
        _switch(cursor, "enable")
        say(f"  keys: {time.monotonic() - began:.1f} s")
        began = time.monotonic()
        cursor.execute("analyze")
        say(f"  statistics: {time.monotonic() - began:.1f} s")


def _switch(cursor: CursorWrapper, word: str) -> None:
    cursor.execute(
        "select tgrelid::regclass::text, tgname from pg_trigger"
        " where not tgisinternal and tgname like 'pgtrigger%%' and tgrelid = any(%s::regclass[])",
        [_TABLES],
    )
    for table, trigger in (*_TRIGGERS, *cursor.fetchall()):
        cursor.execute(f'alter table {table} {word} trigger "{trigger}"')


def _lay_keys_aside(cursor: CursorWrapper) -> None:
    with transaction.atomic():
        cursor.execute(_KEYS)
        cursor.execute(
            "insert into bench_key select conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " from pg_constraint where contype = 'f' and conrelid = any(%s::regclass[])"
            " returning on_table, name",
            [_TABLES],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'alter table {table} drop constraint "{name}"')


def _put_keys_back(cursor: CursorWrapper) -> None:
    with transaction.atomic():
        cursor.execute("delete from bench_key returning on_table, name, definition")
        for table, name, definition in cursor.fetchall():
            cursor.execute(f'alter table {table} add constraint "{name}" {definition}')
        # The rights of each table that stays are looked at when a server starts.
        cursor.execute("drop table bench_key")


def _fill(cursor: CursorWrapper, name: str, sql: str, tips: int, say: Say) -> None:
    began = said = time.monotonic()
    rows = 0
    for first, last in _batches(tips):
        with transaction.atomic():
            cursor.execute("insert into bench_step (name, first) values (%s, %s) on conflict do nothing", [name, first])
            if cursor.rowcount:
                cursor.execute(sql.replace("%s, %s", f"{first}, {last}"))
                rows += cursor.rowcount
        if time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            say(f"    {name}: {last:,} of {tips:,} tips, {said - began:.0f} s")
    say(f"  {name}: {rows:,} rows, {time.monotonic() - began:.1f} s")


def _batches(total: int) -> Iterator[tuple[int, int]]:
    for first in range(1, total + 1, BATCH):
        yield first, min(first + BATCH - 1, total)
