"""Giving and ending need to know, through the two database functions that check the basis."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection

from agencies import audit
from agencies.ids import uuid7
from agencies.scope import Actor
from agencies.whole import whole


def grant(
    tip_id: UUID, *, agency_id: UUID, level: str, basis_kind: str, basis_id: UUID | None, by: Actor, at: datetime
) -> None:
    """Open a tip to an agency. Raises PermissionDenied when the database finds no basis, or a wall.

    For a new tip, call it before the tip is inserted: PostgreSQL refuses a row that its policy cannot see yet.
    """
    try:
        with whole(), connection.cursor() as cursor:
            cursor.execute(
                "select grant_access(%s, %s, %s, %s, %s, %s, %s)",
                [tip_id, agency_id, level, basis_kind, basis_id, uuid7(), at],
            )
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == "42501":  # insufficient_privilege
            raise PermissionDenied("There is no basis on which this agency may see this tip.") from error
        raise
    audit.record(
        "grant_access",
        kind="tip",
        by=by,
        at=at,
        object_id=tip_id,
        tip=tip_id,
        reason=basis_kind,
        details={"agency": str(agency_id), "level": level, "basis": str(basis_id or "")},
    )


def end(tip_id: UUID, *, agency_id: UUID, by: Actor, at: datetime) -> bool:
    """End an agency's access unless something else keeps it open; returns whether it ended.

    A move that ends the actor's own access calls this last: afterwards the actor reads nothing of the tip.
    """
    with connection.cursor() as cursor:
        cursor.execute("select end_access(%s, %s, %s)", [tip_id, agency_id, at])
        ended = bool(cursor.fetchone()[0])
    if ended:
        audit.record(
            "end_access",
            kind="tip",
            by=by,
            at=at,
            object_id=tip_id,
            tip=tip_id,
            details={"agency": str(agency_id)},
        )
    return ended
