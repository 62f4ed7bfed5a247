"""Files that people send: taken, read, forgotten. Their bytes lie encrypted outside of database and web root."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from agencies import audit, crypto
from agencies.ids import uuid7
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.whole import whole
from tips.attached import Refused, cleaned
from tips.models import Attachment, Contact, ContactStatus, Draft, Tip

_CONTENT = {"table": Attachment._meta.db_table, "field": "content"}
_NAME = {"table": Attachment._meta.db_table, "field": "name"}
LONGEST_NAME = 200


@whole()
def take(contact: Contact, content: bytes, *, name: str, by: User, at: datetime) -> Attachment:
    """Keep a file with a contact in progress, unscanned, as its content says what it is.

    Raises PermissionDenied for whoever does not type this contact, Conflict when it has ended, ValidationError for a
    file that is too large, one too many, or not on the list of what is let in.
    """
    row = Contact.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if row is None:
        raise PermissionDenied("Only the desk that took this contact can add files to it.")
    if row.status != ContactStatus.DRAFT:
        raise Conflict("This contact has ended. Take the file with a new contact on the same tip.")
    if not Draft.objects.filter(contact=row).exists():
        raise PermissionDenied("A colleague is typing this contact. Only the person who took it can add files.")
    if row.attachments.filter(removed_at=None).count() >= settings.ATTACHMENTS_PER_CONTACT:
        raise ValidationError({"file": f"{settings.ATTACHMENTS_PER_CONTACT} files are the most for one contact."})
    if len(content) > settings.ATTACHMENT_MEGABYTES * 1024 * 1024:
        raise ValidationError({"file": f"Choose a file of at most {settings.ATTACHMENT_MEGABYTES} MB."})
    try:
        clean = cleaned(content)
    except Refused as refused:
        raise ValidationError({"file": str(refused)}) from refused
    key = uuid7()
    attachment = Attachment(
        id=key,
        contact=row,
        agency_id=row.agency_id,
        taken_by=by,
        name=crypto.encrypt(name[:LONGEST_NAME], row=key, **_NAME),
        content_type=clean.content_type,
        size=len(clean.content),
        created_at=at,
    )
    _write(_path(attachment), crypto.encrypt_bytes(clean.content, row=key, **_CONTENT))
    attachment.save(force_insert=True)
    audit.record("take_attachment", kind="contact", by=by, at=at, object_id=row.pk, details={"file": str(key)})
    return attachment


@whole()
def read(attachment: Attachment, *, by: User, at: datetime) -> bytes:
    """The bytes, for a download; who looked is recorded. Raises FileNotFoundError when the store lost them."""
    sealed = _path(attachment).read_bytes()
    audit.record(
        "read_attachment",
        kind="contact",
        by=by,
        at=at,
        object_id=attachment.contact_id,
        tip=attachment.tip_id,
        details={"file": str(attachment.pk)},
    )
    return crypto.decrypt_bytes(sealed, row=attachment.pk, **_CONTENT)


def name_of(attachment: Attachment) -> str:
    """The name that the file came with."""
    return crypto.decrypt(attachment.name, row=attachment.pk, **_NAME)


def refuse(contact: Contact, *, reason: str, by: User, at: datetime) -> None:
    """Record that a file was not taken for what it was said to show; nothing of it was sent. `reason` is a code."""
    audit.record("refuse_attachment", kind="contact", by=by, at=at, object_id=contact.pk, reason=reason)


def keep_on_tip(contact: Contact, tip: Tip) -> None:
    """Files of a contact go with it onto its tip."""
    contact.attachments.filter(removed_at=None).update(tip=tip)


def forget(contact: Contact, *, at: datetime) -> None:
    """A contact that ends without a tip keeps no words and no files. The bytes go when the deed has happened."""
    gone = list(contact.attachments.filter(removed_at=None))
    contact.attachments.filter(removed_at=None).update(removed_at=at)
    for attachment in gone:
        path = _path(attachment)
        transaction.on_commit(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]


def _path(attachment: Attachment) -> Path:
    name = str(attachment.pk)
    # Random digits are at the end of such an id: no directory gets all files of a day.
    return Path(settings.ATTACHMENTS_DIR) / name[-2:] / name


def _write(path: Path, sealed: bytes) -> None:
    """Whole or not at all, and readable for this user of the machine only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)
