"""`manage.py export_hsds PATH`: write the directory in HSDS 3.0 or 3.1, as JSON, ndjson or tabular CSV."""

import json
import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from agencies import audit
from agencies.hsds.documents import organization
from agencies.hsds.table_files import TableFiles
from agencies.scope import acting_as_system
from agencies.trees import Export

UNWRITABLE = 2
FORMATS = ("json", "ndjson", "csv")


class Command(BaseCommand):
    """Exit status 0 when the file stands, 2 when the path cannot be written; then nothing is left half-written."""

    help = "Export agencies, services, places, phones and coverage as Open Referral HSDS 3.0 or 3.1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH and the options."""
        parser.add_argument("path", type=Path, help="the file to write; with --format csv a folder, new or empty")
        parser.add_argument("--version", dest="hsds_version", choices=("3.0", "3.1"), default="3.1")
        parser.add_argument("--format", dest="form", choices=FORMATS, default="json")
        parser.add_argument(
            "--public", action="store_true", help="leave out warm-transfer lines and the addresses that notices go to"
        )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Django's own --version gives way: here it is the version of HSDS."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write beside the path, then put it in place."""
        path, form = options["path"], options["form"]
        export = Export(is_public=options["public"])
        problem = _unwritable(path, form)
        if problem:
            self._stop(problem)
        try:
            with acting_as_system("export_hsds") as actor:
                count = _write(path, form, options["hsds_version"], (organization(tree) for tree in export.trees()))
                details = {"agencies": count, "form": form, "version": options["hsds_version"]}
                audit.record("export", kind="directory", by=actor, at=timezone.now(), details=details)
        except OSError as error:
            self._stop(f"{path} cannot be written: {error.strerror or 'an error of the disk'}.")
        left = export.left_out
        self.stdout.write(
            f"Agencies written: {count}. Left out: {left.closed_agencies} closed agencies,"
            f" {left.confidential_places} confidential places with {left.hanging_there} phones and hours there,"
            f" {left.internal_phones} internal phones."
        )

    def _stop(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(UNWRITABLE)


def _unwritable(path: Path, form: str) -> str:
    """What is wrong with the path; empty when nothing is."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}; make it first."
    if form != "csv":
        return f"{path} is a folder; name a file in it." if path.is_dir() else ""
    if path.exists() and not path.is_dir():
        return f"{path} is a file; name a new folder for the tables."
    if path.is_dir() and any(path.iterdir()):
        return f"The folder {path} is not empty; name a new one, so that no older table is left among the new."
    return ""


def _write(path: Path, form: str, version: str, documents: Iterator[dict[str, Any]]) -> int:
    """Number of agencies written. Others may read the file once it is whole, and not before."""
    folder = Path(tempfile.mkdtemp(prefix=".export_hsds.", dir=path.parent))
    try:
        if form == "csv":
            count = _tables(folder, version, documents)
            folder.chmod(0o755)
            os.replace(folder, path)
        else:
            count = _text(folder / path.name, documents, is_lines=form == "ndjson")
            os.replace(folder / path.name, path)
        return count
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _text(path: Path, documents: Iterator[dict[str, Any]], *, is_lines: bool) -> int:
    start, between, end = ("", "\n", "\n") if is_lines else ("[\n", ",\n", "\n]\n")
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(start)
        for document in documents:
            file.write((between if count else "") + _json(document))
            count += 1
        file.write(end)
    return count


def _json(document: dict[str, Any]) -> str:
    """Sorted, so that the same directory gives the same bytes."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True)


def _tables(folder: Path, version: str, documents: Iterator[dict[str, Any]]) -> int:
    count = 0
    with TableFiles(folder, version) as files:
        for document in documents:
            files.add(document)
            count += 1
        files.finish()
    return count
