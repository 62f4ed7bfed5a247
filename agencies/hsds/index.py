"""Rows by id: duplicates settled, links followed, holders found."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from agencies.hsds.records import BadValue, Found, Row, as_key, content_key, stable_id
from agencies.hsds.tables import HOLDERS
from agencies.hsds.values import clean

_LONGEST_ID = 120
_SHARED = {*HOLDERS, "unit", "taxonomy", "taxonomy_term", "program", "contact", "service_at_location"}


@dataclass(slots=True)
class Index:
    """All rows that have a usable id, by table."""

    found: Found
    tables: dict[str, dict[UUID, Row]] = field(default_factory=dict)

    def rows(self, table: str) -> dict[UUID, Row]:
        """The rows of one table, in the order of the source."""
        return self.tables.get(table, {})

    def id_of(self, table: str, value: Any) -> UUID | None:
        """The id under which a row of `table` is kept that the source calls `value`; None for no name at all."""
        key = as_key(value)
        return stable_id(table, key, source=self.found.settings.source) if key else None

    def link(self, row: Row, table: str) -> UUID | None:
        """The id that `row` names in its `<table>_id`."""
        return self.id_of(table, row.values.get(f"{table}_id"))

    def at(self, row: Row, table: str) -> Row | None:
        """The row that `row` names in its `<table>_id`, when the source holds it."""
        found = self.link(row, table)
        return self.rows(table).get(found) if found else None


def index(found: Found) -> Index:
    """Rows by table and id. Of rows with the same id the first is kept; those that say otherwise are refused."""
    made = Index(found)
    for row in found.rows:
        if not _has_id(row, found):
            continue
        table = made.tables.setdefault(row.table, {})
        at = made.id_of(row.table, row.key)
        assert at is not None  # noqa: S101 - _has_id saw to it; says so to the type checker
        known = table.get(at)
        if known is not None and row.table not in _SHARED and _other_holder(known, row):
            # One row under two holders: some sources use an id again for each; both are kept.
            at = made.id_of(row.table, content_key(row.values, row.key))
            assert at is not None  # noqa: S101
            known = table.get(at)
        if known is None:
            table[at] = row
        else:
            _merge(known, row, found)
    return made


def _has_id(row: Row, found: Found) -> bool:
    key = row.key
    if not key and row.table not in HOLDERS and not row.values.get("id"):
        row.values["id"] = key = content_key(row.values)
    problem = _problem_of(key, row.table)
    if problem:
        found.refuse(row, "id", problem)
    return not problem


def _problem_of(key: str, table: str) -> str:
    try:
        if not clean(key):
            return f"this is missing; each {table} needs an id that is text or a whole number"
    except BadValue as problem:
        return str(problem)
    return f"this is longer than {_LONGEST_ID} characters" if len(key) > _LONGEST_ID else ""


def _other_holder(known: Row, row: Row) -> bool:
    return any(
        name.endswith("_id") and value and known.values.get(name) and as_key(known.values[name]) != as_key(value)
        for name, value in row.values.items()
    )


def _merge(known: Row, row: Row, found: Found) -> None:
    """Add to `known` what only `row` says. What contradicts it is refused, with the place of what was kept."""
    for name, value in row.values.items():
        kept = known.values.get(name)
        if value in (None, "", []) or kept == value:
            continue
        if kept in (None, ""):
            known.values[name] = value
        elif not name.endswith("_id"):
            found.refuse(
                row, name, f"the same id stands at {known.file}:{known.where} with another value, which was kept"
            )
            return
