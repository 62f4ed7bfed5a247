"""`manage.py db`: the embedded server, the database's roles and their rights."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from casework.postgres import launcher, roles
from casework.postgres.errors import ServerUnavailable


class Command(BaseCommand):
    """Start, stop, look at or enter the database; print the roles' SQL; set the grants."""

    help = "The database: start, stop or show the embedded server, open psql, print the roles, set the grants."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word for what to do."""
        parser.add_argument("what", choices=["start", "stop", "status", "shell", "roles", "grant"])
        parser.add_argument("--owner", action="store_true", help="shell: as the owner of the tables, past every policy")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; whatever fails becomes one sentence."""
        actions: dict[str, Callable[[], None]] = {
            "start": self._start,
            "stop": self._stop,
            "status": self._status,
            "shell": lambda: self._shell(as_owner=options["owner"]),
            "roles": self._roles,
            "grant": lambda: self._grant(quiet=options["verbosity"] == 0),
        }
        try:
            actions[options["what"]]()
        except (ServerUnavailable, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database refused: {str(error).splitlines()[0]}") from error

    def _embedded(self) -> str:
        embedded: str | None = connection.settings_dict.get("EMBEDDED")
        if embedded is None:
            raise CommandError("DATABASE_URL names a server of your own: start and stop it with its own tools.")
        return embedded

    def _start(self) -> None:
        started = launcher.ensure(self._embedded())
        self.stdout.write("The database is up." if started else "The database was up already.")

    def _stop(self) -> None:
        stopped = launcher.stop(self._embedded())
        self.stdout.write("The database is stopped." if stopped else "The database was not running.")

    def _status(self) -> None:
        embedded = connection.settings_dict.get("EMBEDDED")
        if embedded is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user, current_setting('server_version')")
                role, version = cursor.fetchone()
            self.stdout.write(f"A server of your own answers: PostgreSQL {version}, role {role}.")
            return
        found = launcher.status(embedded)
        self.stdout.write(
            f"The embedded server is {f'running, process {found.pid}' if found.running else 'not running'}."
        )
        self.stdout.write(f"Files: {found.home}\nSocket: {found.socket}\nLog: {found.log}")

    def _shell(self, *, as_owner: bool) -> None:
        if not as_owner:
            connection.ensure_connection()
            call_command("dbshell")
            return
        with roles.as_owner():
            connection.ensure_connection()
            call_command("dbshell")

    def _roles(self) -> None:
        names = {"owner": launcher.OWNER, "runtime": launcher.RUNTIME, "database": launcher.DATABASE}
        self.stdout.write(roles.ROLES_SQL.format(**names))

    def _grant(self, *, quiet: bool) -> None:
        with roles.as_owner(), connection.cursor() as cursor:
            count = roles.grant(cursor)
        if not quiet:
            self.stdout.write(f"The runtime role has its rights on {count} tables.")
