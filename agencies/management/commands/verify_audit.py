"""`manage.py verify_audit`: proves that the trail is whole, or says what is broken."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from agencies import chain
from agencies.chain import certificates

BROKEN = 1
_HEAD = re.compile(r"(\d{1,18}):([0-9a-fA-F]{64})")


class Command(BaseCommand):
    """Runs as the runtime role, beside a working Casework. Exit status 0: whole; 1: broken."""

    help = "Read the whole audit trail and compare it with its seals and anchors. Exit status 0: whole, 1: broken."

    def add_arguments(self, parser: CommandParser) -> None:
        """Anchors from elsewhere."""
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="SEAL:HASH",
            help="an anchor from a mail or a note, to compare too; may be given several times",
        )

        parser.add_argument(
            "--certificate",
            action="append",
            default=[],
            metavar="FILE",
            help="a certificate of `manage.py certificate`, to check too; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found, what breaks the trail first."""
        heads = [_head(text) for text in options["anchor"]]
        papers = [_certificate(name) for name in options["certificate"]]
        try:
            found = chain.verify(heads=heads)
            found += [finding for paper in papers for finding in certificates.check(paper)]
        except DatabaseError as error:
            raise CommandError(
                f"The trail cannot be read ({type(error).__name__}). Run `manage.py check --deploy`; "
                "if tables or columns are missing, the trail is broken."
            ) from None
        for finding in sorted(found, key=lambda finding: not finding.breaks):
            self.stdout.write(f"{'BROKEN' if finding.breaks else 'Note'}: {finding.sentence}")
        if {finding.kind for finding in found if finding.breaks} == {"certificate"}:
            self.stdout.write("The audit trail is whole; the certificate is not what it says.")
            sys.exit(BROKEN)
        if any(finding.breaks for finding in found):
            self.stdout.write("The audit trail is not whole. Keep the database as it is and call the auditor.")
            sys.exit(BROKEN)
        self.stdout.write("The audit trail is whole.")


def _certificate(name: str) -> Any:
    try:
        return json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"The certificate cannot be read ({type(error).__name__}).") from None


def _head(text: str) -> tuple[int, str]:
    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise CommandError("Write an anchor as its mail does: the number of the seal, a colon, 64 hexadecimal digits.")
    return int(match[1]), match[2]
