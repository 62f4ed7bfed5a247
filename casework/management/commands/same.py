"""manage.py same KIND LEFT RIGHT: whether two values mean the same, and why."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tips.identifiers import KINDS, Unreadable, same

NOT_UNDERSTOOD = 2


class Command(BaseCommand):
    """Print yes, maybe or no, then a reason a line. Exit status 2 for a kind or value that cannot be read."""

    help = (
        "Say whether two phones, handles, plates, addresses, names or web addresses mean the same. Opens no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The kind and the two values."""
        parser.add_argument("kind", help=f"One of: {', '.join(KINDS)}.")
        parser.add_argument("left", help="A value, as it was said or written.")
        parser.add_argument("right", help="Another value.")
        parser.add_argument("--json", action="store_true", dest="as_json", help="Print one JSON object instead.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare; the values themselves are never printed."""
        kind = options["kind"].strip().lower()
        if kind not in KINDS:
            raise CommandError(f"Unknown kind. Choose one of: {', '.join(KINDS)}.", returncode=NOT_UNDERSTOOD)
        try:
            verdict = same(kind, options["left"], options["right"])
        except Unreadable as error:
            raise CommandError(str(error), returncode=NOT_UNDERSTOOD) from None
        if options["as_json"]:
            document = {"answer": verdict.answer, "reasons": list(verdict.reasons)}
            self.stdout.write(json.dumps(document))
            return
        self.stdout.write("\n".join([verdict.answer, *verdict.reasons]))
