"""What is typed while a contact goes on: kept encrypted, in order, by the one who types."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from agencies import crypto
from agencies.lifecycle import Conflict
from agencies.models import User
from tips.models import Contact, ContactStatus, Draft

_DRAFT = {"table": Draft._meta.db_table, "field": "content"}
_KEPT = "Your words are still here"


def begin(contact: Contact, content: Mapping[str, Any], *, by: User, at: datetime) -> Draft:
    """The draft of a contact that was just opened."""
    draft = Draft(contact=contact, user=by, content=seal(contact.pk, content), saved_at=at)
    draft.save(force_insert=True)
    return draft


def save_draft(contact_id: UUID, content: Mapping[str, Any], *, sequence: int, by: User, at: datetime) -> int:
    """Keep what was typed so far; returns the number of this save.

    `sequence` is the number of the save that the page was loaded with. `content["page"]` and `content["number"]` name
    the page and count its tries: a page may go on after its own saves, also when their answers were lost on the way.
    Raises Conflict when another page saved meanwhile, somebody else types now, or the contact ended: the text stays
    there, nothing is overwritten. No audit and no savepoint of its own: it runs while somebody types, and its one
    write is the last thing that it does.
    """
    contact = Contact.objects.visible_to(by).filter(pk=contact_id)
    draft = Draft.objects.select_for_update(of=("self",)).filter(contact_id=contact_id, contact__in=contact).first()
    if draft is None or draft.typist_id != by.pk:
        raise Conflict(_why_not(contact_id, draft))
    if draft.sequence != sequence and not _is_later_save(draft, content):
        raise Conflict(f"This contact was typed into in another window. {_KEPT}: copy them over.")
    saved = max(draft.sequence + 1, int(content.get("number", 0)))
    Draft.objects.filter(contact_id=contact_id).update(content=seal(contact_id, content), sequence=saved, saved_at=at)
    return saved


def _why_not(contact_id: UUID, draft: Draft | None) -> str:
    if not Contact.objects.filter(pk=contact_id, status=ContactStatus.DRAFT).exists():
        return f"This contact has ended. {_KEPT}: copy what is missing into the tip."
    who = str(User.objects.get(pk=draft.typist_id)) if draft else "A colleague"
    return f"{who} types this contact now. {_KEPT}: tell them what is missing."


def _is_later_save(draft: Draft, content: Mapping[str, Any]) -> bool:
    """Whether the last save came from the same page, and this one was sent after it."""
    page, number = content.get("page"), int(content.get("number", 0))
    return bool(page) and read_draft(draft).get("page") == page and number > draft.sequence


def read_draft(draft: Draft) -> dict[str, Any]:
    """What was typed so far."""
    content: dict[str, Any] = json.loads(crypto.decrypt(draft.content, row=draft.contact_id, **_DRAFT))
    return content


def seal(contact_id: UUID, content: Mapping[str, Any]) -> bytes:
    """The content as it is stored."""
    return crypto.encrypt(json.dumps(dict(content)), row=contact_id, **_DRAFT)


def forget(contact: Contact) -> None:
    """The contact ended: what was typed stands where it belongs."""
    Draft.objects.filter(contact=contact).delete()
