"""`manage.py seed_demo`: fills a demo database with invented people, agencies and cases."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from casework.demo.seeding import seed


class Command(BaseCommand):
    """Safe to run again. Refuses where CASEWORK_DEMO is off: demo users have a printed password."""

    help = "Make the demo's directory, users and 60 invented tips of the last 90 days."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, then seed with progress."""
        if not settings.DEMO:
            raise CommandError("This is no demo. Set CASEWORK_DEMO=1 for a database that holds invented cases only.")
        seed(password=self._password(), at=timezone.now(), say=self.stdout.write)

    def _password(self) -> str:
        """DEMO_PASSWORD, else what `make run` kept in the data directory."""
        given = os.environ.get("DEMO_PASSWORD", "").strip()
        kept = settings.DATA_DIR / "demo_password"
        if not given and kept.exists():
            given = kept.read_text(encoding="utf-8").strip()
        if not given:
            raise CommandError("No password for the demo users. Set DEMO_PASSWORD, or use `make run`, which makes one.")
        return given
