"""Writing the trail: one row an event, in the deed's own transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from agencies.models import AuditEvent, User
from agencies.scope import Actor
from agencies.whole import write_at_end

# Plain SQL without RETURNING: a row that its writer may not read must still be written.
_INSERT = (
    f"insert into {AuditEvent._meta.db_table} (at, actor, actor_name, agency, agency_name, role, verb, kind, object_id,"  # noqa: S608 - the table's own name
    " tip, pillar, outcome, reason, fields, details) values "
)
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::varchar[], %s::jsonb)"


def record(
    verb: str,
    *,
    kind: str,
    by: Actor | None,
    at: datetime | None = None,
    object_id: UUID | str = "",
    tip: UUID | None = None,
    pillar: str = "",
    outcome: str = "done",
    reason: str = "",
    fields: Sequence[str] = (),
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one event; those of a deed are written together at its end, in their order.

    `at` is when it happened (now when left out); `fields` are names, `details` ids and codes.

    Never pass a record's content: the trail is read by people without a need to know.
    """
    acting = by.acting if isinstance(by, User) else None
    values = [
        at or timezone.now(),
        by.pk if by else None,
        str(by)[:150] if by else "",
        acting.agency_id if acting else None,
        acting.agency.name if acting else "",
        by.role if by else "",
        verb,
        kind,
        str(object_id),
        tip,
        pillar,
        outcome,
        reason[:200],
        list(fields),
        json.dumps(dict(details or {})),
    ]
    write_at_end(_insert, values)


def _insert(rows: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ", ".join([_ROW] * len(rows)), [value for row in rows for value in row])
