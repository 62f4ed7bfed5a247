"""Values from the environment: right ones are taken, wrong ones are named with what to write, secrets never shown."""

import re
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from casework import env

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("X", "Y", "DATABASE_POOL_SIZE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("yes", True), ("ON", True), ("0", False), ("False", False), ("", True)]
)
def test_yes_and_no_are_read(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("X", text)
    assert env.env_bool("X", True) is value


def test_neither_yes_nor_no_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"^X is 'maybe'\. Write 1 for yes or 0 for no\.$"):
        env.env_bool("X", False)


@pytest.mark.parametrize("text", ["twelve", "1.5", "1_000", "٣", "0", "101", "-1", "--1"])
def test_number_outside_its_range_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("X", text)
    with pytest.raises(ImproperlyConfigured, match="Write a whole number from 1 to 100"):
        env.env_int("X", 5, least=1, most=100)


def test_number_in_its_range_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.env_int("X", 5) == 5
    monkeypatch.setenv("X", " 100 ")
    assert env.env_int("X", 5, least=1, most=100) == 100


def test_list_loses_blanks_and_empty_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "a.example.org, b.example.org,,")
    assert env.env_list("X", []) == ["a.example.org", "b.example.org"]


def test_word_outside_its_list_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "LOUD")
    with pytest.raises(ImproperlyConfigured, match=r"X is 'LOUD'\. Write one of: INFO, WARNING\."):
        env.env_str("X", "INFO", allowed=frozenset({"INFO", "WARNING"}))


def test_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret_key"
    first = env.env_secret("X", file)
    assert len(first) >= 50
    assert env.env_secret("X", file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]


def test_first_of_two_writers_wins(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    env._write_once(file, "first")
    env._write_once(file, "second")
    assert file.read_text(encoding="utf-8") == "first\n"


@pytest.mark.parametrize("text", ["short-and-secret", "a" * 60])
def test_weak_secret_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    monkeypatch.setenv("X", text)
    with pytest.raises(ImproperlyConfigured, match=r"^X is too short or too plain\. Write at least 50") as caught:
        env.env_secret("X", tmp_path / "unused")
    assert text not in str(caught.value)


def test_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=r"is empty\. Restore the file"):
        env.env_secret("X", tmp_path / "secret")


def test_data_directory_is_made_private_and_one_that_is_there_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = env.data_directory("X", tmp_path / "a b" / "c")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    there.chmod(0o755)
    monkeypatch.setenv("X", str(there))
    assert env.data_directory("X", tmp_path / "unused") == there
    assert stat.S_IMODE(there.stat().st_mode) == 0o755


def test_data_directory_below_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=r"^X names .*/file/data, which cannot be made"):
        env.data_directory("X", tmp_path / "file" / "data")


# --- Database ----------------------------------------------------------------------------------------


def test_without_an_address_the_embedded_server_is_used(tmp_path: Path) -> None:
    found = env.database("X", tmp_path)
    assert found["ENGINE"] == "casework.postgres"
    assert (found["NAME"], found["USER"], found["EMBEDDED"]) == ("casework", "casework_app", f"{tmp_path}/postgres")
    assert found["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 10, "timeout": 5}
    owner = env.owner_database("Y", tmp_path, runtime="X")
    assert owner is not None
    assert (owner["USER"], owner["OPTIONS"]) == ("casework_owner", {})


def test_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", "postgresql://app%40x:p%2Fw%3A@db.example.org:6432/case%20work?sslmode=require")
    found = env.database("X", tmp_path)
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("app@x", "p/w:", "case work")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]["sslmode"]) == ("db.example.org", "6432", "require")
    assert "EMBEDDED" not in found


@pytest.mark.parametrize("address", ["postgres://app@/casework?host=/run/pg", "postgres://app@%2Frun%2Fpg/casework"])
def test_socket_directory_may_be_the_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str) -> None:
    monkeypatch.setenv("X", address)
    found = env.database("X", tmp_path)
    assert (found["HOST"], found["NAME"]) == ("/run/pg", "casework")
    assert "host" not in found["OPTIONS"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://a:hunter2@h/db", "does not begin with postgresql://"),
        ("postgresql://a:hunter2@h", "names no database"),
        ("postgresql://a:hunter2@h/", "names no database"),
        ("postgresql://h/db", "names no user"),
        ("postgresql://a:hunter2@h:port/db", "has a host or port that cannot be read"),
        ("postgresql://a:hunter2@h:99999/db", "has a host or port that cannot be read"),
        ("postgresql://a:hunter2@h/db?speed=high", "has an option 'speed'"),
    ],
)
def test_wrong_address_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, said: str
) -> None:
    monkeypatch.setenv("X", address)
    with pytest.raises(ImproperlyConfigured, match=f"^X {re.escape(said)}") as caught:
        env.database("X", tmp_path)
    assert "hunter2" not in str(caught.value)


def test_owner_without_runtime_address_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("Y", "postgresql://owner@h/db")
    with pytest.raises(ImproperlyConfigured, match="Y is set without X"):
        env.owner_database("Y", tmp_path, runtime="X")


def test_serving_needs_no_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", "postgresql://app@h/db")
    assert env.owner_database("Y", tmp_path, runtime="X") is None


@pytest.mark.parametrize(
    ("owner", "said"),
    [("postgresql://owner@h/other", "names another database than X"), ("postgresql://app@h/db", "has the same user")],
)
def test_owner_of_another_database_or_the_same_user_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, owner: str, said: str
) -> None:
    monkeypatch.setenv("X", "postgresql://app@h/db")
    monkeypatch.setenv("Y", owner)
    with pytest.raises(ImproperlyConfigured, match=said):
        env.owner_database("Y", tmp_path, runtime="X")


# --- Mail --------------------------------------------------------------------------------------------


def test_mail_becomes_files_unless_a_server_is_named(tmp_path: Path) -> None:
    assert env.email("X", tmp_path) == {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": f"{tmp_path}/mail",
    }


@pytest.mark.parametrize(
    ("address", "port", "secure"),
    [
        ("smtp://mail.example.org", 25, set()),
        ("smtp+tls://mail.example.org", 587, {"EMAIL_USE_TLS"}),
        ("smtps://mail.example.org:2465", 2465, {"EMAIL_USE_SSL"}),
    ],
)
def test_mail_server_is_taken_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, port: int, secure: set[str]
) -> None:
    monkeypatch.setenv("X", address)
    found = env.email("X", tmp_path)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", port)
    assert {name for name in found if name.startswith("EMAIL_USE")} == secure


@pytest.mark.parametrize("address", ["mail.example.org", "imap://u:hunter2@h", "smtp://", "smtp://u:hunter2@h:x"])
def test_wrong_mail_address_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
) -> None:
    monkeypatch.setenv("X", address)
    with pytest.raises(ImproperlyConfigured, match=r"^X ") as caught:
        env.email("X", tmp_path)
    assert "hunter2" not in str(caught.value)


# --- The table in the documentation --------------------------------------------------------------------

READ = re.compile(r"""env\.\w+\(\s*["']([A-Z][A-Z0-9_]+)["']""")
READ_DIRECTLY = re.compile(r"""environ(?:\.get\(|\.setdefault\(|\[)\s*["']([A-Z][A-Z0-9_]+)["']""")
IN_TABLE = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)
# Other programs' own, which our code passes on.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PATH", "NODE_OPTIONS"}


def test_table_of_operations_names_every_variable_and_no_other() -> None:
    code = [ROOT / "casework" / "settings.py", ROOT / "casework" / "env.py", *(ROOT / "tools").glob("*.py")]
    read: set[str] = set()
    for path in code:
        text = path.read_text(encoding="utf-8")
        read |= set(READ.findall(text)) | set(READ_DIRECTLY.findall(text))
        read |= set(re.findall(r"""\benv_\w+\(\s*["']([A-Z][A-Z0-9_]+)["']""", text))
    table = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert read - NOT_OURS == set(IN_TABLE.findall(table))
