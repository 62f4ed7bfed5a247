"""One-time links: made with a deed, sent, opened by one browser, spent by the answer."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from agencies.models import Agency, OneTimeLink, User

# 256 bits: nobody guesses it, so a plain hash of it is enough.
_TOKEN_BYTES = 32
PATH = "/answer/"


@dataclass(frozen=True)
class Way:
    """Where a live link leads. `asked` is None for a person; `is_opened` says that this browser has opened it."""

    link: UUID
    purpose: str
    about: UUID
    agency: UUID
    asked: UUID | None
    is_opened: bool


def make(
    purpose: str,
    *,
    about: UUID,
    agency: Agency,
    valid_until: datetime,
    by: User | None,
    at: datetime,
    asked: Agency | None,
) -> OneTimeLink:
    """A link to one record, without a token yet. What was made before for the same record and purpose is withdrawn.

    `agency` is the one that asks and acts; `by` is None for jobs.
    """
    withdraw(purpose, about=about, at=at)
    link = OneTimeLink(
        purpose=purpose,
        about=about,
        agency=agency,
        asked=asked,
        made_by=by,
        made_at=at,
        valid_until=valid_until,
    )
    link.save(force_insert=True)
    return link


def withdraw(purpose: str, *, about: UUID, at: datetime) -> int:
    """End the open links to one record; returns how many. Their pages look as if they had never been."""
    return OneTimeLink.objects.open().filter(purpose=purpose, about=about).update(withdrawn_at=at)


def issue(link: OneTimeLink) -> str:
    """Give the link a new token and return its address. Only the hash stays; an earlier token opens nothing."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    OneTimeLink.objects.filter(pk=link.pk).update(token_hash=_hash(token))
    return f"{settings.SITE_URL.rstrip('/')}{PATH}{token}/"


def new_browser() -> str:
    """What a browser keeps, and shows when it comes back."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def look(token: str, *, browser: str, at: datetime) -> Way | None:
    """Where a token leads; changes nothing. None for a link that is unknown, spent, withdrawn or late.

    None also for one that another browser opened, or this one more than LINK_OPEN_MINUTES ago.
    """
    return _through(token, "look", browser=browser, at=at)


def open_once(token: str, *, browser: str, at: datetime) -> Way | None:
    """Bind the link to this browser, for LINK_OPEN_MINUTES; again by the same browser changes nothing."""
    return _through(token, "open", browser=browser, at=at)


def spend(token: str, *, browser: str, at: datetime) -> Way | None:
    """Use the link up, within the answer's transaction: of two answers at once one gets None."""
    return _through(token, "spend", browser=browser, at=at)


def _through(token: str, step: str, *, browser: str, at: datetime) -> Way | None:
    minutes = settings.LINK_OPEN_MINUTES
    with connection.cursor() as cursor:
        cursor.execute(
            "select link, purpose, about, agency, asked, is_opened from through_link(%s, %s, %s, %s, %s)",
            [_hash(token), _hash(browser), step, minutes, at],
        )
        row = cursor.fetchone()
    return Way(*row) if row else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
