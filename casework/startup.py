"""Refuses to serve, by name, when the database would not keep what Casework promises."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

from agencies import crypto
from agencies.models import KeyMark
from casework.actions import rules
from casework.models import TrainingMark
from casework.postgres import launcher, roles
from casework.protected import PROTECTED, TRIGGERS
from tips.actions import policies

# gunicorn stops for good on this status of a worker; on any other it would start workers for ever.
REFUSED = 3
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_TABLES = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"


def refuse_or_serve() -> None:
    """Return when all is well; else print what is wrong, one line each, and end the process with status 3."""
    try:
        found = problems()
        asked = [] if found else questions()
    except DatabaseError as error:
        found = [f"The database does not answer: {str(error).strip().splitlines()[0]}"]
    if not found:
        sys.stderr.write("".join(f"Casework asks: {question}\n" for question in asked))
        _mark_keys()
        connection.close()
        return
    connection.close()
    sys.stderr.write("Casework does not start:\n" + "".join(f"- {problem}\n" for problem in found))
    sys.stderr.flush()
    sys.exit(REFUSED)


def as_checks(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The same for `manage.py check --deploy`. Starts no server, and says nothing of a database not yet migrated."""
    embedded = connection.settings_dict.get("EMBEDDED")
    if embedded and not launcher.status(embedded).running:
        return []
    try:
        if "django_migrations" not in connection.introspection.table_names():
            return []
        found = problems()
        if found:
            return [checks.Error(problem, id="casework.E100") for problem in found]
        return [checks.Warning(question, id="casework.W100") for question in questions()]
    except DatabaseError as error:
        return [checks.Error(f"The database does not answer: {str(error).splitlines()[0]}", id="casework.E101")]


def problems() -> list[str]:
    """Everything that speaks against serving, each with what to do; empty when all is well."""
    with connection.cursor() as cursor:
        found = role_problems(cursor)
        if found:
            # The questions below would be answered for another role.
            return found
        found = migration_problems()
        if found:
            # Tables, policies and triggers are compared with the code of the newest migration.
            return found
        found += policy_problems(cursor, PROTECTED)
        found += trigger_problems(cursor, TRIGGERS)
        found += grant_problems(cursor)
    return found + training_problems() + key_problems() + user_problems() + host_problems() + debug_problems()


def questions() -> list[str]:
    """What this installation still has to decide, and rules that lose tips; it serves meanwhile."""
    undecided = [
        f"{switch.label} Nobody decided: each such tip waits for a supervisor. Decide in the admin, under Policies."
        for switch in policies.undecided()
    ]
    return undecided + rules.problems_in_force()


def role_problems(cursor: CursorWrapper) -> list[str]:
    """A role that is past every policy, or could lift them."""
    cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    name, is_superuser, bypasses = cursor.fetchone()
    advice = "Set DATABASE_URL to the runtime role; `manage.py db roles` prints how to make it."
    if is_superuser:
        return [f"The database role {name} is a superuser. {advice}"]
    found = [f"The database role {name} bypasses row-level security (BYPASSRLS). {advice}"] if bypasses else []
    cursor.execute(f"SELECT relname {_TABLES} AND pg_has_role(relowner, 'MEMBER') ORDER BY relname LIMIT 1")
    owned = cursor.fetchone()
    if owned:
        found.append(f"The database role {name} owns tables ({owned[0]}), so no policy binds it. {advice}")
    return found


def migration_problems() -> list[str]:
    """Migrations of this code that the database has not seen."""
    loader = MigrationLoader(connection)
    pending = sorted(set(loader.graph.nodes) - set(loader.applied_migrations))
    if not pending:
        return []
    first = ".".join(pending[0])
    return [f"{len(pending)} migrations are pending, the first is {first}. Run `manage.py migrate`."]


def policy_problems(cursor: CursorWrapper, protected: Mapping[str, Sequence[str]]) -> list[str]:
    """Protected tables whose row-level security is off, or whose policies are not exactly the expected ones."""
    cursor.execute(f"SELECT relname {_TABLES} AND relrowsecurity")
    enabled = {row[0] for row in cursor.fetchall()}
    cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
    present: dict[str, set[str]] = {}
    for table, policy in cursor.fetchall():
        present.setdefault(table, set()).add(policy)
    advice = "Run `manage.py migrate`, or restore the database from a backup."
    found = []
    for table, expected in sorted(protected.items()):
        if table not in enabled:
            found.append(f"Table {table} has no row-level security. {advice}")
        standing = present.get(table, set())
        found += [f"Table {table} lacks the policy {name}. {advice}" for name in sorted(set(expected) - standing)]
        found += [
            f"Table {table} has a policy {name} that Casework does not know; it may open the table. Drop it."
            for name in sorted(standing - set(expected))
        ]
    return found


def trigger_problems(cursor: CursorWrapper, triggers: Mapping[str, Sequence[str]]) -> list[str]:
    """Triggers that are missing or switched off."""
    cursor.execute(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
    )
    present = set(cursor.fetchall())
    return [
        f"Table {table} lacks the trigger {name}, or it is disabled. Then run `manage.py verify_audit`."
        for table, names in sorted(triggers.items())
        for name in sorted(names)
        if (table, name) not in present
    ]


def grant_problems(cursor: CursorWrapper) -> list[str]:
    """Tables on which the runtime role may do more or less than casework/postgres/roles.py says."""
    asked = ", ".join(f"has_table_privilege(oid, '{right}')" for right in RIGHTS)
    cursor.execute(f"SELECT relname, {asked} {_TABLES} ORDER BY relname")
    found = []
    for table, *answers in cursor.fetchall():
        held = {right for right, answer in zip(RIGHTS, answers, strict=True) if answer}
        if held != set(roles.grants_for(table)):
            found.append(
                f"The rights of the runtime role on table {table} are not the agreed ones. Run `manage.py db grant`."
            )
    return found


def training_problems() -> list[str]:
    """Practice served as real, or real cases as practice."""
    is_marked = TrainingMark.objects.exists()
    if is_marked and not settings.TRAINING:
        return [
            "This database was made for training. A real desk never serves it: set DATABASE_URL to the desk's own "
            "database, or CASEWORK_TRAINING=1 for the training desk."
        ]
    if settings.TRAINING and not is_marked:
        return [
            "CASEWORK_TRAINING is on and this database was not made for training. Set DATABASE_URL to an empty "
            "database of its own and run `manage.py seed_training`."
        ]
    return []


def user_problems() -> list[str]:
    """Demo users outside a demo: their password has been printed."""
    if not (settings.DEMO or settings.TRAINING) and get_user_model()._default_manager.filter(is_demo=True).exists():
        return [
            "This database holds demo users and CASEWORK_DEMO is off. Set CASEWORK_DEMO=1 for the demo, "
            "or start with an empty database."
        ]
    return []


def debug_problems() -> list[str]:
    """Debug pages and logs outside a demo: they show what a request carried and what the database was asked."""
    if settings.DEBUG and not settings.DEMO:
        return ["DEBUG is on and CASEWORK_DEMO is off: error pages would show cases. Set DEBUG=0."]
    return []


def key_problems() -> list[str]:
    """A key ring that cannot be read, or lacks keys that this database was written with."""
    try:
        ring = crypto.key_ring()
    except crypto.KeyRingError as error:
        return [str(error)]
    lost = set(KeyMark.objects.values_list("key_id", flat=True)) - set(ring.keys)
    if not lost:
        return []
    return [
        f"The key ring lacks {len(lost)} of the keys that this database was written with. "
        "Restore the file that CASEWORK_KEY_RING names from your backup."
    ]


def _mark_keys() -> None:
    KeyMark.objects.bulk_create([KeyMark(key_id=name) for name in crypto.key_ring().keys], ignore_conflicts=True)


def host_problems() -> list[str]:
    """No host names, so that every request would be refused; or a demo, which has no TLS, under a name of its own."""
    if not settings.ALLOWED_HOSTS:
        return [
            "ALLOWED_HOSTS is not set. Write the host names under which people reach Casework, with commas between."
        ]
    if settings.DEMO and not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return [
            "CASEWORK_DEMO serves without TLS on this machine only. Set ALLOWED_HOSTS to localhost, or take it away."
        ]
    return []
