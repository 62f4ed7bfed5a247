"""`manage.py load_reference`: brings kinds, national bodies, rules and guide up to date with their files."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from agencies.actions import reference as agencies_reference
from casework.actions import reference as rules_reference
from tips.actions import reference as tips_reference


class Command(BaseCommand):
    """Safe to run again: what is up to date stays as it is."""

    help = "Load agency kinds, national agencies, rules and the call guide from the reference files."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and count."""
        kinds = agencies_reference.load_agency_kinds()
        national = agencies_reference.load_national_agencies()
        rules = rules_reference.load_rules(at=timezone.now())
        questions = tips_reference.load_guide()
        if options["verbosity"]:
            self.stdout.write(
                f"{kinds} agency kinds, {national} national agencies, {rules} rules, {questions} guide questions."
            )
