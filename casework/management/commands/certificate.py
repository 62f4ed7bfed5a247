"""`manage.py certificate REFERENCE FILE`: a sealed account of what was disclosed of a tip or of one person."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies.chain import certificates as sealed
from agencies.scope import acting_as_system
from casework import certificates
from tips.models import Person, Tip


class Command(BaseCommand):
    """Writes a JSON file that `verify_audit --certificate FILE` checks. It names agencies and fields, no content."""

    help = "Write what was disclosed of a tip, to whom, when and on what basis, sealed by the audit chain, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """A tip's reference, where to write, and perhaps one person's number."""
        parser.add_argument("reference", help="The tip's reference, such as CW-2026-000123-K.")
        parser.add_argument("file", help="Where to write the certificate; must not exist yet.")
        parser.add_argument("--person", type=int, help="Only what was told about this person, by number on the tip.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or say what is in the way; nothing is sealed then."""
        path, now = Path(options["file"]), timezone.now()
        if path.exists():
            raise CommandError("This file exists already. Choose another name: a certificate is never written over.")
        with acting_as_system("certificate"):
            tip = Tip.objects.filter(reference=options["reference"]).first()
            if tip is None:
                raise CommandError("No tip has this reference.")
            person = _person(tip, options["person"])
            body = certificates.body(tip, person=person, at=now)
        certificate = sealed.certify(body, kind="disclosure", tip=tip.pk, at=now)
        path.write_text(json.dumps(certificate, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        path.chmod(0o600)
        self.stdout.write(f"{len(body['disclosures'])} disclosures, sealed as event {certificate['seal']['event']}.")


def _person(tip: Tip, number: int | None) -> Person | None:
    if number is None:
        return None
    found = Person.objects.filter(tip=tip, number=number).first()
    if found is None:
        raise CommandError("The tip has no person of this number.")
    return found
