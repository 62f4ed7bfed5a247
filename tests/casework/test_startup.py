"""Casework refuses to serve, by name, when the database would not keep its promises."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from agencies import crypto
from casework import protected, startup
from casework.postgres import roles


def run_as_owner(*statements: str) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def spoiled(real_db: None) -> None:
    """A migrated database of one's own, to be spoiled."""


@pytest.mark.django_db
def test_migrated_database_is_served() -> None:
    assert startup.problems() == []
    startup.refuse_or_serve()


@pytest.mark.django_db
def test_list_of_protected_tables_names_every_table_with_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace")
        assert {row[0] for row in cursor.fetchall()} == set(protected.PROTECTED)


@pytest.mark.usefixtures("spoiled")
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP POLICY tip_need_to_know ON tips_tip", "Table tips_tip lacks the policy tip_need_to_know."),
        ("ALTER TABLE tips_person DISABLE ROW LEVEL SECURITY", "Table tips_person has no row-level security."),
        ("CREATE POLICY open_door ON tips_tip USING (true)", "Table tips_tip has a policy open_door that Casework"),
        (
            "DROP TRIGGER agencies_auditevent_append_only ON agencies_auditevent",
            "Table agencies_auditevent lacks the trigger agencies_auditevent_append_only",
        ),
        (
            "ALTER TABLE agencies_auditevent DISABLE TRIGGER agencies_auditevent_append_only",
            "Table agencies_auditevent lacks the trigger agencies_auditevent_append_only, or it is disabled.",
        ),
        (
            "GRANT DELETE ON agencies_auditevent TO casework_app",
            "The rights of the runtime role on table agencies_auditevent are not the agreed ones.",
        ),
        (
            "REVOKE INSERT ON tips_contact FROM casework_app",
            "The rights of the runtime role on table tips_contact are not the agreed ones.",
        ),
        (
            "CREATE TABLE unheard_of (a int)",
            "The rights of the runtime role on table unheard_of are not the agreed ones.",
        ),
        (
            "DELETE FROM django_migrations WHERE app = 'casework' AND name = '0001_initial'",
            "migrations are pending, the first is casework.0001_initial. Run `manage.py migrate`.",
        ),
    ],
)
def test_spoiled_database_is_refused_by_name(statement: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    run_as_owner(statement)
    found = startup.problems()
    assert len(found) == 1
    assert said in found[0]
    with pytest.raises(SystemExit) as ended:
        startup.refuse_or_serve()
    assert ended.value.code == 3
    printed = capsys.readouterr().err
    assert printed.startswith("Casework does not start:\n- ")
    assert said in printed
    assert "Traceback" not in printed


@pytest.mark.usefixtures("spoiled")
def test_owner_of_the_tables_is_refused() -> None:
    with roles.as_owner():
        found = startup.problems()
    assert len(found) == 1
    assert found[0].startswith("The database role casework_owner owns tables (")


class FakeCursor:
    """Answers for a role that this server does not have: only an administrator could make one."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def execute(self, question: str) -> None:
        self.question = question

    def fetchone(self) -> Any:
        return self.answers.pop(0)


def test_superuser_is_refused() -> None:
    cursor: Any = FakeCursor(("postgres", True, True))
    assert startup.role_problems(cursor) == [
        "The database role postgres is a superuser. Set DATABASE_URL to the runtime role; `manage.py db roles` prints "
        "how to make it."
    ]


def test_role_past_the_policies_is_refused() -> None:
    cursor: Any = FakeCursor(("loose", False, True), None)
    assert startup.role_problems(cursor)[0].startswith("The database role loose bypasses row-level security")


@pytest.mark.django_db
def test_demo_user_outside_a_demo_is_refused(settings: Any) -> None:
    get_user_model()._default_manager.create(username="operator", is_demo=True)
    settings.DEMO = True
    assert startup.user_problems() == []
    settings.DEMO = False
    assert startup.user_problems() == [
        "This database holds demo users and CASEWORK_DEMO is off. Set CASEWORK_DEMO=1 for the demo, "
        "or start with an empty database."
    ]


@pytest.mark.parametrize(
    ("demo", "hosts", "said"),
    [
        (False, ["casework.example.org"], None),
        (True, ["localhost"], None),
        (False, [], "ALLOWED_HOSTS is not set."),
        (True, ["casework.example.org"], "CASEWORK_DEMO serves without TLS on this machine only."),
        (True, ["localhost", "*"], "CASEWORK_DEMO serves without TLS on this machine only."),
    ],
)
def test_host_names_fit_the_kind_of_installation(settings: Any, demo: bool, hosts: list[str], said: str | None) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = demo, hosts
    found = startup.host_problems()
    assert found == [] if said is None else found[0].startswith(said)


@pytest.mark.parametrize(("debug", "demo", "count"), [(False, False, 0), (True, True, 0), (True, False, 1)])
def test_debug_pages_are_for_a_demo_only(settings: Any, debug: bool, demo: bool, count: int) -> None:
    settings.DEBUG, settings.DEMO = debug, demo
    found = startup.debug_problems()
    assert found == ["DEBUG is on and CASEWORK_DEMO is off: error pages would show cases. Set DEBUG=0."][:count]


@pytest.mark.usefixtures("spoiled")
def test_deploy_check_says_the_same() -> None:
    assert {message.id for message in startup.as_checks(None)} == {"casework.W100"}
    run_as_owner("DROP POLICY tip_need_to_know ON tips_tip")
    found = startup.as_checks(None)
    assert [message.id for message in found] == ["casework.E100"]
    assert "tip_need_to_know" in found[0].msg


@pytest.mark.usefixtures("spoiled")
def test_deploy_check_says_nothing_of_a_database_not_yet_migrated() -> None:
    run_as_owner("DROP TABLE django_migrations")
    assert startup.as_checks(None) == []


def test_lost_key_ring_is_refused_by_name(world: object, settings: Any, tmp_path: Path) -> None:
    startup._mark_keys()
    assert startup.key_problems() == []
    crypto.make_key_ring(tmp_path / "another.json")
    settings.KEY_RING_FILE = tmp_path / "another.json"
    assert startup.key_problems() == [
        "The key ring lacks 1 of the keys that this database was written with. "
        "Restore the file that CASEWORK_KEY_RING names from your backup."
    ]
    settings.KEY_RING_FILE = tmp_path / "elsewhere" / "none.json"
    assert "There is no key ring" in startup.key_problems()[0]
