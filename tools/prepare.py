"""Inside the environment: database, migrations, reference data and, in a demo, the demo's data."""

import os
import secrets
import sys
from pathlib import Path

from tools import steps
from tools.say import ROOT, say, warn

INPUTS = ("agencies", "tips", "casework")
# Without letters and digits that look alike; 16 of them hold more than 70 bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def main() -> int:
    """Prepare the database; returns the exit status, after one sentence when something is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError
    from django.db import DatabaseError

    try:
        django.setup()
        _prepare()
    except (CommandError, ImproperlyConfigured, DatabaseError) as error:
        warn(str(error).strip())
        return 1
    return 0


def _prepare() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    say("==> Database")
    connection.ensure_connection()
    password = demo_password(settings.DATA_DIR) if settings.DEMO else ""
    files = [path for room in INPUTS for path in (ROOT / room).rglob("*") if _counts(path)]
    mark = steps.fingerprint([*files, ROOT / "requirements.lock"], _identity(), password)
    if steps.is_done("database", mark):
        return
    say("==> Migrations")
    call_command("migrate", verbosity=1, interactive=False)
    say("==> Reference data")
    call_command("load_reference")
    if settings.DEMO:
        say("==> Demo data")
        os.environ["DEMO_PASSWORD"] = password
        call_command("seed_demo")
    steps.set_done("database", mark)


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _identity() -> str:
    """Which database of which server: a stamp must not speak for another one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.oid, s.system_identifier FROM pg_database d, pg_control_system() s "
            "WHERE d.datname = current_database()"
        )
        return " ".join(str(value) for value in cursor.fetchone())


def demo_password(data_directory: Path) -> str:
    """The password of the demo users: DEMO_PASSWORD, else the one of last time, else a new one; kept with mode 0600."""
    file = data_directory / "demo_password"
    wanted = os.environ.get("DEMO_PASSWORD", "").strip()
    if not wanted and file.exists():
        return file.read_text(encoding="utf-8").strip()
    password = wanted or "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        handle.write(password + "\n")
    beside.replace(file)
    return password


if __name__ == "__main__":
    sys.exit(main())
