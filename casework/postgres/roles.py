"""The two database roles: running something as the owner, and what the runtime role may do."""

import fnmatch
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.utils import CursorWrapper

from casework.postgres.base import DatabaseWrapper

EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")

# What the runtime role may do with tables that need less than EVERYTHING. The first pattern that fits counts.
TABLE_GRANTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # The trail is written once; what was sealed stays.
    # The trail's id, clock and transaction number are the database's: COLUMN_INSERTS names the others.
    ("agencies_auditevent", ("SELECT",)),
    ("agencies_seal", ("SELECT", "INSERT")),
    ("agencies_sealedevent", ("SELECT", "INSERT")),
    ("agencies_anchor", ("SELECT", "INSERT")),
    ("agencies_keymark", ("SELECT", "INSERT")),
    # What opens and spends a one-time link is the function through_link.
    ("agencies_onetimelink", ("SELECT", "INSERT", "UPDATE")),
    ("casework_disclosure", ("SELECT", "INSERT")),
    ("casework_answergiven", ("SELECT", "INSERT")),
    ("casework_trainingmark", ("SELECT", "INSERT")),
    ("casework_callbackattempt", ("SELECT", "INSERT")),
    # Access is given and ended by the functions grant_access and end_access only, which look at the basis.
    ("tips_tipaccess", ("SELECT",)),
    ("tips_personalaccess", ("SELECT",)),
    # Row history, written by triggers.
    ("*event", ("SELECT", "INSERT")),
    # What is typed during a contact is gone when the contact has ended.
    ("tips_draft", EVERYTHING),
    ("tips_helpline", EVERYTHING),
    # Hashes and words that nobody reads, and questions between holders: functions answer from them and write them.
    ("tips_matchkey", ("INSERT",)),
    ("tips_wordfrequency", ("SELECT",)),
    ("tips_matchask", ("SELECT",)),
    ("tips_matchquestion", ("SELECT",)),
    # Case content is never deleted by a deed: it is closed, ended, withdrawn.
    ("tips_*", ("SELECT", "INSERT", "UPDATE")),
    ("casework_cache", EVERYTHING),
    ("casework_*", ("SELECT", "INSERT", "UPDATE")),
    # Only migrate writes here; start-up reads it.
    ("django_migrations", ("SELECT",)),
)

# Tables into which only these columns are inserted.
COLUMN_INSERTS: dict[str, tuple[str, ...]] = {
    "agencies_auditevent": (
        "at",
        "actor",
        "actor_name",
        "agency",
        "agency_name",
        "role",
        "verb",
        "kind",
        "object_id",
        "tip",
        "pillar",
        "outcome",
        "reason",
        "fields",
        "details",
    ),
}

# Called by other functions and by triggers only: asked directly, it tells of any tip.
CLOSED_ROUTINES = (
    "casework_next_due(uuid)",
    "casework_is_walled(uuid, uuid)",
    "casework_together(uuid[])",
    "casework_successors(uuid)",
    "tips_hits(bytea[], uuid)",
    "tips_tell_desk(uuid, text, text, timestamp with time zone)",
    "casework_gathered_due(uuid)",
    "casework_refresh_due(uuid)",
)

_OWNERS_KEYS = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


def grants_for(table: str) -> tuple[str, ...]:
    """The rights of the runtime role on `table`; everything for a table that TABLE_GRANTS does not name."""
    return next((rights for pattern, rights in TABLE_GRANTS if fnmatch.fnmatchcase(table, pattern)), EVERYTHING)


@contextmanager
def as_owner() -> Iterator[None]:
    """Let the default connection of this thread speak as the owner of the tables, without the pool.

    Closes the connection on the way in and out, so it refuses inside a transaction. May be nested. The name of the
    database stays what it is (a test database too). Raises ImproperlyConfigured where no owner is set.
    """
    connection = cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS])
    owner = _owner_settings()
    before = connection.settings_dict
    if before["USER"] == owner["USER"] and "pool" not in before["OPTIONS"]:
        yield
        return
    if connection.in_atomic_block:
        raise RuntimeError("as_owner() changes the connection: call it outside of any transaction.")
    connection.close()
    connection.close_pool()
    connection.settings_dict = {**before, **owner}
    try:
        yield
    finally:
        connection.close()
        before["NAME"] = connection.settings_dict["NAME"]
        connection.settings_dict = before


def _owner_settings() -> dict[str, Any]:
    owner: dict[str, Any] | None = settings.DATABASE_OWNER
    if owner is None:
        raise ImproperlyConfigured(
            "This command changes the database as its owner. Set DATABASE_OWNER_URL to the same database as "
            "DATABASE_URL, with the user and password of the owner (docs/operations.md)."
        )
    return {key: owner[key] for key in _OWNERS_KEYS}


def runtime_role() -> str:
    """The name of the role that Casework runs as."""
    return str(settings.DATABASES[DEFAULT_DB_ALIAS]["USER"])


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def grant_sql(tables: Sequence[str], *, role: str, database: str, routines: Sequence[str] = ()) -> list[str]:
    """The statements that give `role` its rights on `tables` and take away all others. They may be run again.

    `routines` are those of the database that the role does not call.
    """
    to = quoted(role)
    statements = [
        f"REVOKE ALL ON DATABASE {quoted(database)} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {quoted(database)} TO {to}",
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {to}",
        # A function that runs with its owner's rights is for the runtime role, not for every role of the server.
        "REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC",
        f"GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO {to}",
        *(f"REVOKE EXECUTE ON FUNCTION {routine} FROM {to}" for routine in routines),
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to}",
    ]
    statements += [f"GRANT {', '.join(grants_for(table))} ON {quoted(table)} TO {to}" for table in sorted(tables)]
    statements += [
        f"GRANT INSERT ({', '.join(columns)}) ON {quoted(table)} TO {to}"
        for table, columns in COLUMN_INSERTS.items()
        if table in tables
    ]
    return statements


def grant(cursor: CursorWrapper) -> int:
    """Set the rights of the runtime role in the database of `cursor`, who must be the owner; returns the table count.

    In one transaction: a running Casework never meets a moment without rights.
    """
    cursor.execute("SELECT current_database()")
    database = cursor.fetchone()[0]
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') "
        "AND pg_has_role(relowner, 'USAGE')"
    )
    tables = [row[0] for row in cursor.fetchall()]
    cursor.execute(
        "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regprocedure(name) IS NOT NULL", [[*CLOSED_ROUTINES]]
    )
    closed = [row[0] for row in cursor.fetchall()]
    with transaction.atomic(using=cursor.db.alias):
        for statement in grant_sql(tables, role=runtime_role(), database=database, routines=closed):
            cursor.execute(statement)
    return len(tables)


ROLES_SQL = """\
-- Run once as an administrator of the server (PostgreSQL 15 or newer), for instance: psql -f roles.sql
-- Put two passwords of your own in place of the words in capitals.
CREATE ROLE {owner} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS CREATEDB PASSWORD 'PASSWORD-OF-THE-OWNER';
CREATE ROLE {runtime} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOCREATEDB PASSWORD 'PASSWORD-OF-THE-RUNTIME-ROLE';
CREATE DATABASE {database} OWNER {owner} ENCODING 'UTF8' TEMPLATE template0;
-- CREATEDB is needed where the tests run; elsewhere take it away: ALTER ROLE {owner} NOCREATEDB;
-- Then set, with the address of the server:
--   DATABASE_URL=postgresql://{runtime}:PASSWORD-OF-THE-RUNTIME-ROLE@HOST:5432/{database}
--   DATABASE_OWNER_URL=postgresql://{owner}:PASSWORD-OF-THE-OWNER@HOST:5432/{database}
-- and run: manage.py migrate
"""
