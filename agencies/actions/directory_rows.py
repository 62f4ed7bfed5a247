"""Bringing one imported record into its row: what the source owns is taken over, what was edited here stays.

Beside its fields, a row remembers a short digest of what the import last wrote into each (`extra["casework_import"]`).
A field that no longer matches its digest was edited here, and the source's value is passed over.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model

from agencies.hsds import Refusal
from agencies.hsds.records import Record

IMPORTED = "casework_import"
BATCH = 2000
_T = TypeVar("_T")


@dataclass(slots=True)
class Count:
    """What became of the rows of one table."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: int = 0


@dataclass(slots=True)
class Outcome:
    """What an import did: counts by table, all refusals, how many fields were kept as edited here, and how many
    agencies of the file cover no place."""

    counts: dict[str, Count]
    refusals: list[Refusal] = field(default_factory=list)
    kept_fields: int = 0
    without_coverage: int = 0

    @property
    def came_in(self) -> bool:
        """Whether anything of the source is in the directory now."""
        return any(c.created or c.changed or c.unchanged for c in self.counts.values())

    def refuse(self, record: Record, name: str, reason: str, *, is_row: bool = True) -> None:
        """Note what the database could not take."""
        origin = record.origin
        self.refusals.append(Refusal(origin.file, origin.where, name, reason, record.table, is_row))


@dataclass(slots=True)
class Writing:
    """Rows of one table that wait for the end of their batch."""

    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)

    def write(self, model: type[Model], fields: Iterable[str]) -> None:
        """One statement for the new and one for the changed rows."""
        manager = model._default_manager
        manager.bulk_create(self.new, batch_size=500)
        if self.changed:
            manager.bulk_create(
                self.changed, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=list(fields)
            )


def batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    """The items by 2,000: one statement each way for every batch."""
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch


def take(row: Any, values: Mapping[str, Any], record: Record, outcome: Outcome) -> tuple[bool, bool]:
    """Bring `values` and the record's unused properties into a row: (anything to save, anything of the source new)."""
    has_extra = hasattr(row, "extra")
    before = row.extra if has_extra else {}
    digests = dict(before.get(IMPORTED, {}))
    is_new = False
    for name, value in values.items():
        current = getattr(row, name)
        if current != value:
            if has_extra and name in digests and digests[name] != digest(current):
                outcome.kept_fields += 1
                continue
            setattr(row, name, value)
            is_new = True
        digests[name] = digest(value)
    if not has_extra:
        return is_new, is_new
    extra = before | record.extra | {IMPORTED: digests}
    said_before = {k: v for k, v in before.items() if k != IMPORTED}
    is_new = is_new or said_before | record.extra != said_before
    is_unsaved = is_new or extra != before
    row.extra = extra
    return is_unsaved, is_new


def digest(value: Any) -> str:
    """Ten letters that tell one value from another. No secret: it says only whether a field was edited."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:10]
