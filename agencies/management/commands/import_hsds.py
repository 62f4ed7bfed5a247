"""`manage.py import_hsds PATH`: read a directory in HSDS 3.0 or 3.1, or raw CSV with a mapping file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from agencies.actions.directory_import import import_directory, vars_of
from agencies.actions.directory_rows import Outcome
from agencies.hsds import UnreadablePath, read
from agencies.models import AgencyKind
from agencies.scope import acting_as_system

ALL_REFUSED, UNREADABLE = 1, 2


class Command(BaseCommand):
    """Exit status 0 when anything came in or was there already, 1 when all was refused, 2 for an unreadable path."""

    help = "Import agencies, services, places, phones and coverage from Open Referral HSDS 3.0 or 3.1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH and the options."""
        parser.add_argument("path", type=Path, help="a .json, .ndjson or .csv file, or a folder of them")
        parser.add_argument("--kind", default="", help="the kind of agencies that name none, such as legal_aid")
        parser.add_argument("--source", default="", help="the publisher's name; needed where its ids are no UUIDs")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write, report."""
        kind = options["kind"]
        try:
            with acting_as_system("import_hsds") as actor:
                if not AgencyKind.objects.exists():
                    self._stop(UNREADABLE, "There are no agency kinds yet; run `manage.py load_reference` first.")
                if kind and not AgencyKind.objects.filter(pk=kind).exists():
                    self._stop(UNREADABLE, f"There is no agency kind {kind!r}. Known kinds: {self._kinds()}.")
                directory = read(options["path"], agency_kind=kind, source=options["source"])
                outcome = import_directory(directory, by=actor, at=timezone.now(), dry_run=options["dry_run"])
        except UnreadablePath as problem:
            self._stop(UNREADABLE, str(problem))
        self._report(outcome, is_dry=options["dry_run"])
        if not outcome.came_in:
            reason = "Everything was refused" if outcome.refusals else "The path holds nothing to import"
            self._stop(ALL_REFUSED, f"{reason}; nothing came in.")

    def _report(self, outcome: Outcome, *, is_dry: bool) -> None:
        for refusal in outcome.refusals:
            self.stdout.write(str(refusal))
        names = ("created", "changed", "unchanged", "removed", "refused")
        self.stdout.write("".join([f"{'':15}", *(f"{name:>10}" for name in names)]))
        for table, count in outcome.counts.items():
            self.stdout.write("".join([f"{table:15}", *(f"{number:>10}" for number in vars_of(count).values())]))
        fields = sum(not refusal.is_row for refusal in outcome.refusals)
        self.stdout.write(f"Single fields left out: {fields}. Fields kept as edited here: {outcome.kept_fields}.")
        if outcome.without_coverage:
            self.stdout.write(
                f"Agencies that cover no place: {outcome.without_coverage}. Until coverage is added, nobody who"
                " looks for help at a place finds them."
            )
        if is_dry:
            self.stdout.write("This was a dry run: nothing was changed.")

    def _kinds(self) -> str:
        return ", ".join(AgencyKind.objects.order_by("code").values_list("code", flat=True))

    def _stop(self, status: int, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(status)
