"""What the tests of the sealed trail share: writing it, tampering with it as its owner, asking what shows."""

from datetime import UTC, datetime

from django.db import connection, transaction

from agencies import audit, chain
from casework.postgres.roles import as_owner

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 in New York.


def write(count: int) -> None:
    for _ in range(count):
        audit.record("opened", kind="tip", by=None, at=NOW)


def roll_back(count: int) -> None:
    """Deeds that use up ids and leave nothing."""
    with transaction.atomic():
        write(count)
        transaction.set_rollback(True)


def as_owner_do(*statements: str) -> None:
    """Tamper with the trail as its owner, with the triggers off, and put them back."""
    tables = ("agencies_auditevent", "agencies_seal", "agencies_sealedevent", "agencies_anchor")
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(
            "select conname from pg_constraint where conrelid = 'agencies_sealedevent'::regclass and contype = 'f'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"alter table agencies_sealedevent drop constraint {name}")
        for statement in statements:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger user")


def broken() -> dict[str, tuple[int, ...]]:
    return {finding.kind: finding.numbers for finding in chain.verify() if finding.breaks}


def notes() -> dict[str, tuple[int, ...]]:
    return {finding.kind: finding.numbers for finding in chain.verify() if not finding.breaks}


def sentence(kind: str) -> str:
    return next(finding.sentence for finding in chain.verify() if finding.kind == kind)
