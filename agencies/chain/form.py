"""What exactly is hashed: the canonical line of an event, and of a seal."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from django.db.backends.utils import CursorWrapper

# The columns of a form never change once a seal was written with it: a new column of AuditEvent needs a new form.
FORM = 1
COLUMNS: dict[int, tuple[str, ...]] = {
    1: (
        "id",
        "at",
        "recorded_at",
        "transaction",
        "actor",
        "actor_name",
        "agency",
        "agency_name",
        "role",
        "verb",
        "kind",
        "object_id",
        "tip",
        "pillar",
        "outcome",
        "reason",
        "fields",
        "details",
    ),
}
GENESIS = hashlib.sha256(b"Casework audit chain").digest()
_TAB = b"\t"

# The text of a time depends on these two settings of the session.
_SAME_TEXT_EVERYWHERE = "set local timezone to 'UTC'; set local datestyle to 'ISO, YMD'"


@dataclass(frozen=True)
class SealRow:
    """A row of agencies_seal."""

    id: int
    form: int
    first_event: int
    last_event: int
    event_count: int
    horizon: int
    previous_hash: bytes
    hash: bytes
    sealed_at: datetime

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """From SEAL_COLUMNS in their order."""
        return cls(*row)

    def link(self, last_hash: bytes) -> bytes:
        """The hash of this seal when `last_hash` is that of its last event. The next seal begins with it."""
        parts = (self.id, self.form, self.first_event, self.last_event, self.event_count, self.horizon)
        text = "|".join([*(str(part) for part in parts), self.sealed_at.astimezone(UTC).isoformat()])
        return chained(last_hash, text.encode())


SEAL_COLUMNS = "id, form, first_event, last_event, event_count, horizon, previous_hash, hash, sealed_at"


def chained(previous: bytes, line: bytes) -> bytes:
    """SHA-256 over the previous hash and one canonical line."""
    return hashlib.sha256(previous + line).digest()


def canonical_lines(
    cursor: CursorWrapper, where: str, values: Sequence[Any] | Mapping[str, Any], *, form: int
) -> Iterator[bytes]:
    """The canonical line of each event that fits `where` (SQL over the alias `a`, with its order), one by one.

    A line is PostgreSQL's own COPY text of the columns: tab-separated, escaped, null apart from empty, JSON in the
    database's one order of keys, times in UTC. Nothing else gives the same bytes for two different rows. Read it to
    the end before the cursor is used again.
    """
    cursor.execute(_SAME_TEXT_EVERYWHERE)
    columns = ", ".join(f"a.{column}" for column in COLUMNS[form])
    statement = f"copy (select {columns} from agencies_auditevent a where {where}) to stdout"  # noqa: S608 - our own text.
    with cursor.copy(statement, values) as rows:
        for row in rows:
            yield bytes(row)


def id_of(line: bytes) -> int:
    """The event's id: the first column."""
    return int(line[: line.index(_TAB)])


def with_id(line: bytes, number: int) -> bytes:
    """The same line under another id."""
    return b"%d" % number + line[line.index(_TAB) :]
