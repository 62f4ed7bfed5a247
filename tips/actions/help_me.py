"""Help me: the supervisor on duty sees the page, and the two write to each other outside of the record."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit, crypto
from agencies.ids import uuid7
from agencies.lifecycle import Conflict
from agencies.models import Role, User
from agencies.whole import whole
from tips.actions import supervisors
from tips.models import Contact, ContactStatus, Draft, HelpCall, HelpLine

LONGEST_LINE = 500
_SHOWN = 50
_TABLE = HelpLine._meta.db_table


@whole()
def ask(contact: Contact, *, by: User, at: datetime) -> HelpCall:
    """Ask for help, once; the supervisors on duty are told."""
    draft = Draft.objects.filter(contact=contact).first()
    if draft is None or draft.typist_id != by.pk:
        raise PermissionDenied("Only who types a conversation asks for help in it.")
    if Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk).status != ContactStatus.DRAFT:
        raise Conflict("This contact has ended.")
    open_one = HelpCall.objects.filter(contact=contact, ended_at=None).first()
    if open_one is not None:
        return open_one
    row = HelpCall(contact=contact, agency_id=contact.agency_id, asked_by=by, asked_at=at)
    row.save(force_insert=True)
    audit.record("ask_help", kind="contact", by=by, at=at, object_id=contact.pk)
    supervisors.tell("contact_help", agency_id=contact.agency_id, path=f"/contacts/{contact.pk}/", by=by, at=at)
    return row


@whole()
def write(row: HelpCall, text: str, *, by: User, at: datetime) -> HelpLine:
    """One line to the other; gone when help or the contact ends. Raises ValidationError when empty or too long."""
    _check(row, by)
    words = text.strip()
    if not words or len(words) > LONGEST_LINE:
        raise ValidationError(f"Write a line of at most {LONGEST_LINE} letters.")
    key = uuid7()
    line = HelpLine(id=key, help=row, contact_id=row.contact_id, agency_id=row.agency_id, author=by, at=at)
    line.text = crypto.encrypt(words, table=_TABLE, row=key, field="text")
    line.save(force_insert=True)
    return line


def lines(row: HelpCall) -> list[tuple[str, datetime, str]]:
    """(who, when, words) in their order; the newest fifty."""
    found = HelpLine.objects.filter(help=row).select_related("author").order_by("-at", "-pk")[:_SHOWN]
    return [
        (str(line.author), line.at, crypto.decrypt(line.text, table=_TABLE, row=line.pk, field="text"))
        for line in reversed(found)
    ]


@whole()
def end(row: HelpCall, *, by: User, at: datetime) -> None:
    """Enough help; the lines are forgotten."""
    _check(row, by)
    _end(row, by=by, at=at)


def close_with(contact: Contact, *, by: User, at: datetime) -> None:
    """The contact ends, and with it the help."""
    for row in HelpCall.objects.filter(contact=contact, ended_at=None):
        _end(row, by=by, at=at)


def open_help(contact_id: UUID) -> HelpCall | None:
    """The help that is asked for now."""
    return HelpCall.objects.filter(contact_id=contact_id, ended_at=None).first()


def _check(row: HelpCall, by: User) -> None:
    draft = Draft.objects.filter(contact_id=row.contact_id).first()
    is_typist = draft is not None and draft.typist_id == by.pk
    if row.agency_id != by.acting_agency_id or not (is_typist or by.role == Role.SUPERVISOR):
        raise PermissionDenied("Only who asked for help and the supervisors write here.")
    if not HelpCall.objects.select_for_update(of=("self",)).filter(pk=row.pk, ended_at=None).exists():
        raise Conflict("The help has ended.")


def _end(row: HelpCall, *, by: User, at: datetime) -> None:
    HelpLine.objects.filter(help=row).delete()
    HelpCall.objects.filter(pk=row.pk).update(ended_at=at, ended_by=by)
    audit.record("end_help", kind="contact", by=by, at=at, object_id=row.contact_id)
