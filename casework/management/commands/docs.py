"""`manage.py docs`: print the generated pages of docs/, or check that they are current."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.generated_docs import PAGES


class Command(BaseCommand):
    help = "Write the pages of docs/ that are printed from the code: states, permissions, disclosure, facts, reports."
    # Checks would ask the database; this command opens none.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when a page is not current.")
        parser.add_argument("--to", type=Path, default=None, help="Another directory than docs/.")

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["to"] or settings.BASE_DIR / "docs"
        stale = [name for name, printed in PAGES.items() if _read(directory / name) != printed()]
        if options["check"]:
            if stale:
                raise CommandError(f"Not current: {', '.join(stale)}. Run manage.py docs and commit what it wrote.")
            self.stdout.write("The generated pages are current.")
            return
        directory.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (directory / name).write_text(PAGES[name](), encoding="utf-8")
        self.stdout.write(f"Written: {', '.join(stale) or 'nothing, all pages were current'}.")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
