"""What the tests of the outbox share."""

from datetime import UTC, datetime
from typing import Any

from agencies import notices
from agencies.models import Notice
from agencies.scope import acting_as_system

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
REFERENCE = "CW-2026-000123-K"


def queue(code: str = "referral_sent", *, path: str = "/inbox/1/", reference: str = REFERENCE, **to: Any) -> None:
    """A notice as a job writes it: to anybody."""
    with acting_as_system("test"):
        notices.queue(code, reference=reference, path=path, at=NOW, **to)


def only_notice() -> Notice:
    with acting_as_system("test"):
        return Notice.objects.get()
