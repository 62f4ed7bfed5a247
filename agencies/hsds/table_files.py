"""Nested documents as the tabular form of HSDS: one CSV file a table, linked by ids."""

import csv
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from agencies.hsds.published import COLUMNS, columns
from agencies.hsds.tables import HOLDER_FIELD, POINTS_AT, TABLES

# Several holders may name the same row of these; it is written once.
_SHARED = frozenset({"unit", "taxonomy", "taxonomy_term", "program"})


class TableFiles:
    """Rows wait in temporary files, since only the last one tells which columns there are. Use as a context."""

    def __init__(self, folder: Path, version: str) -> None:
        self._folder, self._version = folder, version
        self._waiting: dict[str, TextIO] = {}
        self._more: dict[str, set[str]] = {}
        self._written: set[tuple[str, str]] = set()

    def __enter__(self) -> "TableFiles":
        return self

    def __exit__(self, *problem: object) -> None:
        for file in self._waiting.values():
            file.close()

    def add(self, document: Mapping[str, Any], table: str = "organization") -> None:
        """One object, and all that is nested in it as rows of their own tables."""
        row: dict[str, Any] = {}
        for name, value in document.items():
            child = TABLES.get(name)
            if child is None or not isinstance(value, dict | list):
                row[name] = value
            elif isinstance(value, dict) and child in POINTS_AT:
                row[f"{child}_id"] = value["id"]
                self.add(value, child)
            else:
                for item in value:
                    self.add(item | _link(table, document["id"], child), child)
        self._write(table, row)

    def finish(self) -> None:
        """Write the files. A table without rows has none."""
        for table, waiting in sorted(self._waiting.items()):
            waiting.seek(0)
            names = [*columns(table, self._version), *sorted(self._more[table])]
            path = self._folder / f"{COLUMNS[table][0]}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, names, lineterminator="\n")
                writer.writeheader()
                writer.writerows({n: _cell(v) for n, v in json.loads(line).items()} for line in waiting)

    def _write(self, table: str, row: dict[str, Any]) -> None:
        if table in _SHARED:
            if (table, row["id"]) in self._written:
                return
            self._written.add((table, row["id"]))
        if table not in self._waiting:
            self._waiting[table] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed in __exit__
            self._more[table] = set()
        known = set(columns(table, self._version))
        self._more[table] |= row.keys() - known
        self._waiting[table].write(json.dumps(row) + "\n")


def _link(holder: str, at: str, child: str) -> dict[str, str]:
    """How a row of the child's table names its holder."""
    found = {HOLDER_FIELD.get(child, f"{holder}_id"): at}
    if child == "attribute":
        found["link_entity"] = holder
    if child == "metadata":
        found["resource_type"] = holder
    return found


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False)
    return value
