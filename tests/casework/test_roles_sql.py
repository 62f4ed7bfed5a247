"""The two database roles: what the runtime role may do, and who is speaking when."""

import io

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from casework.postgres import roles

RUNTIME = "casework_app"


def asked(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("table", "rights"),
    [
        ("agencies_auditevent", ("SELECT",)),
        ("agencies_seal", ("SELECT", "INSERT")),
        ("agencies_sealedevent", ("SELECT", "INSERT")),
        ("agencies_anchor", ("SELECT", "INSERT")),
        ("tips_tipevent", ("SELECT", "INSERT")),
        ("casework_referralevent", ("SELECT", "INSERT")),
        ("tips_tipaccess", ("SELECT",)),
        ("tips_personalaccess", ("SELECT",)),
        ("django_migrations", ("SELECT",)),
        ("pghistory_context", ("SELECT", "INSERT", "UPDATE", "DELETE")),
        ("procrastinate_jobs", ("SELECT", "INSERT", "UPDATE", "DELETE")),
    ],
)
def test_rights_of_the_runtime_role_are_these(table: str, rights: tuple[str, ...]) -> None:
    assert roles.grants_for(table) == rights


def test_statements_take_away_before_they_give() -> None:
    assert roles.grant_sql(["b", "agencies_seal"], role="app", database="d") == [
        'REVOKE ALL ON DATABASE "d" FROM PUBLIC',
        'GRANT CONNECT ON DATABASE "d" TO "app"',
        'GRANT USAGE ON SCHEMA public TO "app"',
        'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, "app"',
        "REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC",
        'GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO "app"',
        'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "app"',
        'GRANT SELECT, INSERT ON "agencies_seal" TO "app"',
        'GRANT SELECT, INSERT, UPDATE, DELETE ON "b" TO "app"',
    ]


def test_names_are_quoted() -> None:
    assert roles.quoted('a"; DROP TABLE x; --') == '"a""; DROP TABLE x; --"'


@pytest.mark.django_db
def test_tests_run_as_the_runtime_role_which_owns_nothing() -> None:
    assert asked("SELECT current_user") == RUNTIME
    assert asked("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user") == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agencies_auditevent SET at = now()",
        "INSERT INTO agencies_auditevent (id) VALUES (1)",
        "INSERT INTO agencies_auditevent (recorded_at) VALUES (now())",
        "INSERT INTO agencies_auditevent (transaction) VALUES (1)",
        "DELETE FROM agencies_auditevent",
        "TRUNCATE agencies_auditevent",
        "DELETE FROM agencies_seal",
        "INSERT INTO tips_tipaccess SELECT * FROM tips_tipaccess",
        "UPDATE tips_tipaccess SET valid_until = now()",
        "ALTER TABLE tips_tip DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tip_need_to_know ON tips_tip",
        "ALTER TABLE agencies_auditevent DISABLE TRIGGER ALL",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "CREATE TABLE mine (a int)",
        "SET ROLE casework_owner",
    ],
)
def test_runtime_role_is_refused(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def outside(real_db: None) -> None:
    """A database of one's own, without the transaction around a test."""


@pytest.mark.usefixtures("outside")
def test_owner_speaks_inside_the_block_only() -> None:
    name = asked("SELECT current_database()")
    with roles.as_owner():
        assert asked("SELECT current_user") == "casework_owner"
        assert asked("SELECT current_database()") == name
        with roles.as_owner():
            assert asked("SELECT current_user") == "casework_owner"
        assert asked("SELECT current_user") == "casework_owner"
    assert asked("SELECT current_user") == RUNTIME


@pytest.mark.usefixtures("outside")
def test_runtime_role_comes_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), roles.as_owner():
        raise ZeroDivisionError
    assert asked("SELECT current_user") == RUNTIME


@pytest.mark.django_db
def test_owner_is_refused_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="outside of any transaction"), roles.as_owner():
        pass


@pytest.mark.usefixtures("outside")
def test_new_table_is_closed_until_the_grants_are_set() -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE fresh (a int)")
    with pytest.raises(ProgrammingError, match="permission denied"):
        asked("SELECT count(*) FROM fresh")
    told = io.StringIO()
    call_command("db", "grant", stdout=told)
    assert told.getvalue().startswith("The runtime role has its rights on ")
    assert asked("SELECT count(*) FROM fresh") == 0


@pytest.mark.usefixtures("outside")
def test_grants_take_back_what_somebody_gave_by_hand() -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON agencies_auditevent TO PUBLIC, casework_app")
        roles.grant(cursor)
    assert asked("SELECT has_table_privilege('agencies_auditevent', 'DELETE')") is False
    assert asked("SELECT has_table_privilege('agencies_auditevent', 'INSERT')") is False
    assert asked("SELECT has_column_privilege('agencies_auditevent', 'verb', 'INSERT')") is True


def test_without_an_owner_the_command_says_what_to_set(settings: object) -> None:
    settings.DATABASE_OWNER = None  # type: ignore[attr-defined]
    with pytest.raises(ImproperlyConfigured, match="Set DATABASE_OWNER_URL"), roles.as_owner():
        pass
    with pytest.raises(CommandError, match="Set DATABASE_OWNER_URL"):
        call_command("db", "grant")


def test_printed_roles_are_neither_superuser_nor_past_the_policies() -> None:
    told = io.StringIO()
    call_command("db", "roles", stdout=told)
    made = [line for line in told.getvalue().splitlines() if line.startswith("CREATE ROLE")]
    assert len(made) == 2
    for line in made:
        assert "NOSUPERUSER NOCREATEROLE NOBYPASSRLS" in line
    assert " NOCREATEDB " in made[1]
