"""What the reader hands over: rows as they were found, records in our words, and refusals."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

# Every id that is not a UUID is turned into one below this name, so that the next import finds the same record.
_NAMESPACE = UUID("6f3c1b52-0d5e-5b7a-9a55-4c1f6e0c7a11")


class BadValue(ValueError):
    """A value that cannot be taken over. The message is a plain sentence and never repeats the value."""


class UnreadablePath(Exception):
    """Nothing can be read from the path at all. The message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that was left out: a whole row (`is_row`) or a single field of a row that came in all the same."""

    file: str
    where: str
    field: str
    reason: str
    table: str = ""
    is_row: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.where}: {self.field}: {self.reason}"


@dataclass(slots=True)
class Row:
    """One object of the source: its table by HSDS name, its plain values, and the place where it stands.

    `columns` are the names that raw CSV has for some of the values; refusals use them.
    """

    table: str
    values: dict[str, Any]
    file: str
    where: str
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The source's id as text; empty when it gives none."""
        return as_key(self.values.get("id"))


@dataclass(slots=True)
class Record:
    """One record in our words.

    `values` holds only the fields that the source gave, under the names of `agencies.models`; `links` the ids of the
    agency, service and location it belongs to; `services` the services given at a location; `members` the agencies of
    a group, each with whether it leads; `extra` whatever the source says that we have no field for.
    """

    table: str
    id: UUID
    source_id: str
    origin: Row
    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, UUID] = field(default_factory=dict)
    services: list[UUID] = field(default_factory=list)
    members: list[tuple[UUID, bool]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Settings:
    """What the source does not say of itself: its name, the state it means, the kind of its agencies."""

    source: str = "hsds"
    default_state: str = ""
    default_country: str = "US"
    agency_kind: str = ""


@dataclass(slots=True)
class Found:
    """Rows and refusals gathered while reading."""

    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)

    def refuse(self, row: Row, name: str, reason: str, *, is_row: bool = True) -> None:
        """Note that `row`, or only its field `name`, is left out."""
        self.refusals.append(Refusal(row.file, row.where, row.columns.get(name, name), reason, row.table, is_row))


@dataclass(slots=True)
class Directory:
    """All that one path holds, ready to be written: records by table, in an order in which owners come first."""

    records: dict[str, list[Record]]
    refusals: list[Refusal]
    settings: Settings


def as_key(value: Any) -> str:
    """An id as text: ids are text or whole numbers; anything else is no id."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def stable_id(table: str, key: str, *, source: str) -> UUID:
    """The key itself where it is a UUID; otherwise a UUID made from source, table and key, the same each time."""
    try:
        if len(key) == 36:
            return UUID(key)
    except ValueError:
        pass
    return uuid5(_NAMESPACE, f"{source}/{table}/{key}")


def content_key(values: dict[str, Any], holder: str = "") -> str:
    """An id for a row without one, made from what it says and who holds it: the same as long as both are."""
    return str(uuid5(_NAMESPACE, holder + json.dumps(values, sort_keys=True, default=str)))
