"""What the tests of pages share: signing in, counting queries, and words that no page may show."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import User

# Raw words and identity of tests/factories.py TOLD.
CANARIES = ("Canary words of the caller", "Canary Name", "305 555 0101", "Canary Trafficker")


def sign_in(user: User) -> Client:
    """A browser of this user."""
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    client.get("/help/")  # The first request writes the session's own times.
    return client


@contextmanager
def queries_at_most(most: int) -> Iterator[None]:
    """Count what goes to the database; the savepoints of the test's own transaction do not count."""
    with CaptureQueriesContext(connection) as captured:
        yield
    sent = [query["sql"] for query in captured.captured_queries]
    counted = [sql for sql in sent if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    assert len(counted) <= most, "\n".join(sql[:300] for sql in counted)


def assert_no_canary(text: str) -> None:
    for canary in CANARIES:
        assert canary not in text
