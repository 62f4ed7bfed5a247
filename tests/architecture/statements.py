"""A statement that no verb of ours sends, inside somebody's scope."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DatabaseError, connection, transaction

from agencies.models import User
from agencies.scope import acting_as

REFUSED = -1


def attempt(user: User, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """How many rows it touched as this user; REFUSED when the database said no."""
    with acting_as(user):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.rowcount
        except DatabaseError:
            return REFUSED
