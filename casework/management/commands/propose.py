"""`manage.py propose FACTS.json`: try the rules out on a set of facts, without a tip, a log-in or a database."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.routing import propose
from casework.rulebook import installed
from tips.facts import json_schema, validate

STDIN = "-"
NOT_UNDERSTOOD = 2
LONGEST = 2_000_000


class Command(BaseCommand):
    """Print what the rules propose, as JSON. Exit status 2 for facts that cannot be read or are not allowed."""

    help = "Print, as JSON, which rules fire on the facts in a file, why, and what they propose. Opens no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one file of facts, or --schema."""
        parser.add_argument("facts", nargs="?", help="A JSON file of facts (docs/facts.md), or - for standard input.")
        parser.add_argument("--schema", action="store_true", help="Print the JSON Schema of the facts and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the schema or the proposal."""
        if options["schema"]:
            self._print(json_schema())
            return
        if not options["facts"]:
            raise _refused("Name a file of facts, - for standard input, or --schema.")
        facts = _read(options["facts"])
        problems = validate(facts)
        if problems:
            raise _refused("\n".join(map(str, problems)))
        self._print(propose(facts, installed()))

    def _print(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _refused(message: str) -> CommandError:
    return CommandError(message, returncode=NOT_UNDERSTOOD)


def _read(name: str) -> dict[str, Any]:
    try:
        raw = sys.stdin.buffer.read(LONGEST + 1) if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise _refused(f"{name} cannot be read: {error.strerror or 'unknown reason'}. Name a file of facts.") from None
    if len(raw) > LONGEST:
        raise _refused(f"The facts are longer than {LONGEST} bytes. Give the facts of one tip.")
    try:
        found = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_without_twins)
    except UnicodeDecodeError:
        raise _refused("The facts are not UTF-8 text. Save the file as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise _refused(f"Not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise _refused("The facts are nested too deeply. Give one object made of facts.") from None
    if not isinstance(found, dict):
        raise _refused("The facts must be one JSON object, in curly brackets.")
    return found


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise _refused(f"{name}: is given twice in one object; keep one of them.")
    return dict(pairs)
