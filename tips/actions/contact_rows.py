"""The rows behind the sections of a contact: its number, who interpreted, the words behind codes, its stamps."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit, crypto
from agencies.ids import uuid7
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.whole import whole
from tips.codes import code_lists
from tips.identifiers import normalise
from tips.models import CallerFlag, Contact, ContactStatus, Indication, Interpretation, Tip
from tips.told import IndicationTold

_NUMBER = {"table": Contact._meta.db_table, "field": "number"}


def number_columns(contact: Contact, number: str) -> dict[str, Any]:
    """The number of the person in contact as it is stored: encrypted, and hashed where it has a normal form."""
    words = number.strip()
    if not words:
        return {"number": None, "number_hash": None}
    normal = normalise("phone", words) or f"unmatched {contact.pk}"
    return {
        "number": crypto.encrypt(words, row=contact.pk, **_NUMBER),
        "number_hash": crypto.keyed_hash("phone", normal),
    }


def read_number(contact: Contact) -> str:
    """The number in clear, for whoever types this contact now; empty when there is none."""
    return crypto.decrypt(contact.number, row=contact.pk, **_NUMBER) if contact.number else ""


@whole()
def stamp_told_duty(contact: Contact, *, by: User, at: datetime) -> Contact:
    """Record that the person in contact was told what must be reported, before names were asked. The first time counts.

    Raises Conflict when the contact has ended, PermissionDenied for a desk that did not take it.
    """
    row = Contact.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if row is None:
        raise PermissionDenied("Only the desk that took this contact can go on with it.")
    if row.status != ContactStatus.DRAFT:
        raise Conflict("This contact has ended.")
    if row.told_duty_at is None:
        row.told_duty_at = at
        row.save(update_fields=["told_duty_at"])
        audit.record("tell_duty", kind="contact", by=by, at=at, object_id=row.pk)
    return row


def save_interpretation(contact: Contact, fields: Mapping[str, Any]) -> None:
    """Who interpreted; nothing when nothing was said of it."""
    told = {name: value for name, value in fields.items() if value not in ("", None, False, "unknown")}
    if told:
        Interpretation(contact=contact, agency_id=contact.agency_id, **told).save(force_insert=True)


def save_indications(contact: Contact, tip: Tip, told: Sequence[IndicationTold]) -> None:
    """The words that led to each code, encrypted. Raises ValidationError for a code that is on no list."""
    known = code_lists()
    for indication in told:
        if indication.code_list not in known or indication.code not in known[indication.code_list].codes:
            raise ValidationError("Choose an indicator from the list.")
        row = uuid7()
        Indication(
            id=row,
            contact=contact,
            tip=tip,
            agency_id=contact.agency_id,
            code_list=indication.code_list,
            code=indication.code,
            value=crypto.encrypt(indication.words, table=Indication._meta.db_table, row=row, field="value"),
        ).save(force_insert=True)


@whole()
def flag_number(contact: Contact, *, until: datetime, by: User, at: datetime) -> CallerFlag:
    """Mark the number of a contact as one that abuses the line, until a day. It hides nothing and bars nobody.

    Raises PermissionDenied for anybody but a supervisor of the desk that took it, ValidationError without a number or
    with an end that is not ahead.
    """
    if not by.has_perm("tips.flag_number") or contact.agency_id != by.acting_agency_id:
        raise PermissionDenied("Only a supervisor of the desk that took this contact can mark its number.")
    if contact.number_hash is None:
        raise ValidationError({"until": "This contact has no number that could be marked."})
    if until <= at:
        raise ValidationError({"until": "Enter a day that is still to come."})
    if until > at + timedelta(days=settings.CALLER_FLAG_MOST_DAYS):
        raise ValidationError({"until": f"Enter a day within the next {settings.CALLER_FLAG_MOST_DAYS} days."})
    flag = CallerFlag(
        agency_id=contact.agency_id,
        contact=contact,
        number_hash=contact.number_hash,
        set_by=by,
        valid_from=at,
        valid_until=until,
    )
    flag.save(force_insert=True)
    audit.record("flag_number", kind="contact", by=by, at=at, object_id=contact.pk, details={"flag": str(flag.pk)})
    return flag


def flag_of(contact: Contact, *, at: datetime) -> CallerFlag | None:
    """The flag in force on this contact's number, the longest; None for a contact without number."""
    if contact.number_hash is None:
        return None
    return (
        CallerFlag.objects.filter(
            agency_id=contact.agency_id, number_hash=contact.number_hash, valid_from__lte=at, valid_until__gt=at
        )
        .order_by("-valid_until")
        .first()
    )
