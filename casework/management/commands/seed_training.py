"""`manage.py seed_training`: makes an empty database a training desk with invented people and cases."""

import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from casework.actions import training
from casework.demo.seeding import seed

SHORTEST = 12


class Command(BaseCommand):
    """Safe to run again: then it sets the password. Refuses a database in which somebody has worked."""

    help = "Mark an empty database for training and fill it with the demo's directory, users and invented tips."

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark, then seed with progress."""
        password = os.environ.get("TRAINING_PASSWORD", "")
        if len(password) < SHORTEST:
            raise CommandError(f"Set TRAINING_PASSWORD: at least {SHORTEST} characters, for all users of the training.")
        now = timezone.now()
        try:
            training.mark(at=now)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        seed(password=password, at=now, say=self.stdout.write)
