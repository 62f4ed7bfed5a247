"""`manage.py migrate`: Django's, run as the owner of the tables; afterwards the runtime role gets its rights."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connection

from casework.postgres import roles


class Command(migrate.Command):
    """Migrate as the owner, make the cache's table, set the grants."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run Django's migrate; `--plan`, `--check` and other databases stay as they are."""
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        try:
            with roles.as_owner():
                super().handle(*args, **options)
                if not (options["plan"] or options["check_unapplied"]):
                    call_command("createcachetable", verbosity=0)
                    with connection.cursor() as cursor:
                        roles.grant(cursor)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
