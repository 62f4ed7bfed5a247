"""Opening who somebody is: two different persons for an hour, or one in danger to life, at once told to others."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection

from agencies import audit, notices
from agencies.ids import uuid7
from agencies.lifecycle import Conflict
from agencies.models import Membership, Role, User
from agencies.whole import whole
from casework.models import EmergencyReason, IdentityAsk, IdentityReason
from casework.states import IDENTITY_ASK
from tips.models import Identifier, Person, PersonIdentity, TipAccess

FIELDS = frozenset(PersonIdentity.Field.values) | frozenset(Identifier.Kind.values)
_INSUFFICIENT = "42501"


@whole()
def ask(person: Person, *, fields: Sequence[str], reason: str, by: User, at: datetime) -> IdentityAsk:
    """Ask a second person to open these fields of one person to oneself (ruling 14 d). Nothing opens by itself."""
    if person.tip.holder_agency_id != by.acting_agency_id or not by.has_perm("casework.reveal"):
        raise PermissionDenied("Only the desk that holds the tip asks for names. Ask its holder.")
    _check_fields(fields)
    if reason not in IdentityReason.values:
        raise ValidationError({"reason": "Choose why; it is recorded."})
    if IdentityAsk.objects.filter(person=person, asked_by=by, status="asked").exists():
        raise Conflict("You have asked for this person already. Take that question back, or wait for the answer.")
    question = IdentityAsk(
        tip_id=person.tip_id,
        person=person,
        agency_id=person.tip.holder_agency_id,
        fields=sorted(fields),
        reason=reason,
        asked_by=by,
        asked_at=at,
    )
    question.save(force_insert=True)
    audit.record(
        "ask",
        kind="identity_ask",
        by=by,
        at=at,
        object_id=question.pk,
        tip=person.tip_id,
        reason=reason,
        fields=question.fields,
        details={"person": str(person.pk)},
    )
    tip = person.tip
    path = f"/tips/{tip.pk}/identity/"
    notices.queue("second_person_asked", agency=tip.holder_agency, reference=tip.reference, path=path, at=at)
    return question


@whole()
def give(question: IdentityAsk, *, by: User, at: datetime, version: int | None = None) -> IdentityAsk:
    """Agree, as another human being: a trigger opens the fields to whoever asked, until the time is over."""
    until = at + timedelta(minutes=settings.IDENTITY_MINUTES)
    values = {"decided_by_id": by.pk, "open_until": until}
    question = IDENTITY_ASK.move(question, "give", by=by, at=at, version=version, values=values, reason=question.reason)
    _tell_asker(question, at=at)
    return question


@whole()
def refuse(question: IdentityAsk, *, by: User, at: datetime, version: int | None = None) -> IdentityAsk:
    """Say no; whoever asked is told."""
    question = IDENTITY_ASK.move(question, "refuse", by=by, at=at, version=version, values={"decided_by_id": by.pk})
    _tell_asker(question, at=at)
    return question


@whole()
def take_back(question: IdentityAsk, *, by: User, at: datetime, version: int | None = None) -> IdentityAsk:
    """Withdraw one's own question."""
    return IDENTITY_ASK.move(question, "lapse", by=by, at=at, version=version)


@whole()
def open_in_emergency(person: Person, *, fields: Sequence[str], reason: str, by: User, at: datetime) -> None:
    """Open fields of one person to oneself alone, where a life is in danger within hours (ruling 2).

    It ends after IDENTITY_MINUTES; every auditor and the agency that holds the tip are told in this moment. Raises
    PermissionDenied where the tip is not open to the actor.
    """
    _check_fields(fields)
    if reason not in EmergencyReason.values:
        raise ValidationError({"emergency_reason": "Choose why nobody can wait; it is recorded."})
    if not TipAccess.objects.held_by(by).filter(tip_id=person.tip_id).exists():
        raise PermissionDenied("This tip is not open to your agency.")
    until = at + timedelta(minutes=settings.IDENTITY_MINUTES)
    row = uuid7()
    try:
        with whole(), connection.cursor() as cursor:
            cursor.execute(
                "select open_in_emergency(%s, %s, %s, %s, %s, %s)",
                [row, person.pk, sorted(fields), reason, at, until],
            )
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == _INSUFFICIENT:
            raise PermissionDenied("This cannot be opened to you.") from error
        raise
    audit.record(
        "open_in_emergency",
        kind="person",
        by=by,
        at=at,
        object_id=person.pk,
        tip=person.tip_id,
        reason=reason,
        fields=sorted(fields),
        details={"access": str(row), "until": until.isoformat()},
    )
    _tell_of_emergency(person, at=at)


def _check_fields(fields: Sequence[str]) -> None:
    if not fields or not set(fields) <= FIELDS:
        raise ValidationError({"fields_asked": "Choose what has to be opened."})


def _tell_asker(question: IdentityAsk, *, at: datetime) -> None:
    tip = question.tip
    path = f"/tips/{tip.pk}/identity/"
    notices.queue("second_person_decided", user=question.asked_by, reference=tip.reference, path=path, at=at)


def _tell_of_emergency(person: Person, *, at: datetime) -> None:
    tip = person.tip
    seats = Membership.objects.current(at).filter(role=Role.AUDITOR).select_related("user").order_by("pk")
    for auditor in {seat.user_id: seat.user for seat in seats}.values():
        path = "/admin/tips/personalaccess/"
        notices.queue("emergency_access", user=auditor, reference=tip.reference, path=path, at=at)
    path = f"/tips/{tip.pk}/identity/"
    notices.queue("emergency_access", agency=tip.holder_agency, reference=tip.reference, path=path, at=at)
