"""Row-level security as migration operations. Plain SQL; docs/adr/0002 says why these shapes."""

from django.db.migrations import RunSQL

# Two casts and a null: after a transaction the setting reads as an empty string.
FUNCTIONS = """
create function casework_user() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('casework.user', true), '')::uuid $$;
create function casework_agency() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('casework.agency', true), '')::uuid $$;
create function casework_reader() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('casework.reader', true), '')::uuid $$;
create function casework_role() returns text language sql stable parallel safe as
  $$ select coalesce(current_setting('casework.role', true), '') $$;
create function casework_scope() returns text language sql stable parallel safe as
  $$ select coalesce(current_setting('casework.scope', true), '') $$;
create function casework_transaction() returns bigint language sql volatile as
  $$ select pg_current_xact_id()::text::bigint $$;
create function casework_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are never changed or removed', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create function casework_never_moved() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % stay where they are', tg_table_name using errcode = 'insufficient_privilege';
end $$;
"""

NOT_BY_HAND = """
create function casework_not_by_hand() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are not written by hand', tg_table_name using errcode = 'insufficient_privilege';
end $$;
"""

# Of the agency that holds the tip; see need_to_know().
HOLDER = " and a.is_holder"

# `(select ...)` makes it a constant of the query instead of a call per row.
IS_SYSTEM = "(select casework_scope()) = 'system'"
IS_AUDITOR = "(select casework_role()) = 'auditor'"


def need_to_know(table: str, column: str = "tip_id", extra: str = "") -> str:
    """An access row in force for this tip. A scalar subquery: as EXISTS the planner hashes it and reads every row."""
    return (
        f"(select true from tips_tipaccess a where a.tip_id = {table}.{column}"  # noqa: S608
        f" and a.agency_id = casework_reader() and a.valid_until > now(){extra} limit 1)"
    )


def protect(table: str) -> RunSQL:
    """Enable (not force) row-level security, and let the jobs of acting_as_system() through.

    PostgreSQL tries permissive policies in reverse order of their names: "zz" makes the constant come first, so that a
    job does not look up access row by row.
    """
    name = f"zz_{table}_system"
    return RunSQL(
        f"alter table {table} enable row level security;"
        f"create policy {name} on {table} for all using ({IS_SYSTEM}) with check ({IS_SYSTEM});",
        f"drop policy {name} on {table}; alter table {table} disable row level security;",
    )


def policy(table: str, name: str, using: str, *, command: str = "all", check: str | None = None) -> RunSQL:
    """One permissive policy. `command` is all, select, insert, update or delete."""
    clauses = "" if command == "insert" else f" using ({using})"
    if command in ("all", "insert", "update"):
        clauses += f" with check ({check or using})"
    return RunSQL(f"create policy {name} on {table} for {command}{clauses};", f"drop policy {name} on {table};")


def fixed(table: str, *columns: str) -> RunSQL:
    """Refuse to change these columns: a policy sees the new row or the old one, never that one became the other."""
    changed = " or ".join(f"old.{name} is distinct from new.{name}" for name in columns)
    return RunSQL(
        f"create trigger {table}_fixed before update of {', '.join(columns)} on {table}"
        f" for each row when ({changed}) execute function casework_never_moved();",
        f"drop trigger {table}_fixed on {table};",
    )


def append_only(table: str) -> RunSQL:
    """Refuse update, delete and truncate, whoever asks."""
    return RunSQL(
        f"create trigger {table}_append_only before update or delete or truncate on {table}"
        " for each statement execute function casework_append_only();",
        f"drop trigger {table}_append_only on {table};",
    )


def replaced(table: str, name: str, using: str, *, command: str, check: str | None = None) -> list[RunSQL]:
    """A policy of an earlier migration with a narrower rule under the same name. Not taken back: it only closes."""
    new = policy(table, name, using, command=command, check=check)
    return [RunSQL(f"drop policy {name} on {table};", RunSQL.noop), RunSQL(new.sql, RunSQL.noop)]


def walled_off(table: str, column: str = "tip_id", *, command: str = "all") -> RunSQL:
    """Nothing of a tip from which this person or agency is walled off, whatever else would open it."""
    rule = f"{column} is null or {column} <> all ((select casework_walled_tips())::uuid[])"
    return RunSQL(
        f"create policy {table}_wall on {table} as restrictive for {command} using ({rule});",
        f"drop policy {table}_wall on {table};",
    )


def by_trigger_only(table: str) -> RunSQL:
    """Rows come from the triggers that keep history, never from a statement of one's own."""
    return RunSQL(
        f"create trigger {table}_by_trigger before insert on {table} for each row"
        " when (pg_trigger_depth() = 0) execute function casework_not_by_hand();",
        f"drop trigger {table}_by_trigger on {table};",
    )


def by_system_only(table: str) -> RunSQL:
    """Rows come from the jobs of acting_as_system(), never from somebody who is signed in."""
    return RunSQL(
        f"create trigger {table}_by_system before insert on {table} for each row"
        " when (casework_scope() is distinct from 'system') execute function casework_not_by_hand();",
        f"drop trigger {table}_by_system on {table};",
    )
