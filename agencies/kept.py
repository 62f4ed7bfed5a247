"""What a person sent after their session had ended: kept encrypted, for that person only, until they sign in again."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from agencies import crypto

SESSION_KEY = "kept"
# The field with which a kept form tells that it was sent again.
FIELD = "_kept"
# Never worth keeping: tokens of the old session and passwords.
DROPPED = frozenset({"csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2", FIELD})
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
# A session row is read on every request: longer texts belong to drafts, which save as one types.
LONGEST = 200_000
MOST = 5


@dataclass(frozen=True)
class Kept:
    """One form as it was sent: where to, when, and its fields."""

    id: str
    path: str
    at: datetime
    fields: dict[str, list[str]]


def keep(request: HttpRequest, *, owner: UUID, at: datetime) -> bool:
    """Put the request's form into the session for `owner`; False when it is no form, too long, or nothing."""
    if request.content_type not in FORM_TYPES:
        return False
    fields = {name: values for name, values in request.POST.lists() if name not in DROPPED}
    text = json.dumps(fields)
    if not fields or len(text) > LONGEST:
        return False
    row = uuid4()
    sealed = crypto.encrypt(text, table="session", row=row, field=str(owner))
    entry = {
        "id": str(row),
        "owner": str(owner),
        "path": request.get_full_path(),
        "at": at.isoformat(),
        "fields": base64.b64encode(sealed).decode(),
    }
    request.session[SESSION_KEY] = [*request.session.get(SESSION_KEY, []), entry][-MOST:]
    return True


def kept_for(session: SessionBase, *, owner: UUID) -> list[Kept]:
    """What was kept for this person, in the order in which it was sent."""
    return [_open(entry, owner) for entry in session.get(SESSION_KEY, []) if entry["owner"] == str(owner)]


def _open(entry: dict[str, Any], owner: UUID) -> Kept:
    sealed = base64.b64decode(entry["fields"])
    text = crypto.decrypt(sealed, table="session", row=UUID(entry["id"]), field=str(owner))
    return Kept(entry["id"], entry["path"], datetime.fromisoformat(entry["at"]), json.loads(text))


def drop(session: SessionBase, identity: str) -> None:
    """Forget one kept form; nothing happens when it is not there."""
    _store(session, [entry for entry in session.get(SESSION_KEY, []) if entry["id"] != identity])


def drop_others(session: SessionBase, *, owner: UUID) -> None:
    """Forget what belongs to anybody else: another person has signed in here."""
    entries = session.get(SESSION_KEY, [])
    if any(entry["owner"] != str(owner) for entry in entries):
        _store(session, [entry for entry in entries if entry["owner"] == str(owner)])


def _store(session: SessionBase, entries: list[dict[str, Any]]) -> None:
    if entries:
        session[SESSION_KEY] = entries
    else:
        session.pop(SESSION_KEY, None)


def keep_now(request: HttpRequest, *, owner: UUID) -> bool:
    """`keep` with the time of the request's arrival; for edges."""
    return keep(request, owner=owner, at=timezone.now())
