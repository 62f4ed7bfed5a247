"""Who is on duty and who is on call: a switch with an end, and a chain per desk."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

from agencies import audit
from agencies.models import Membership, OnCall, Role, User
from agencies.whole import whole


@whole()
def go_on_duty(*, until: datetime, by: User, at: datetime) -> Membership:
    """Switch the acting seat on until a moment; on again moves the end.

    Raises ValidationError for an end that is past or later than DUTY_LONGEST_HOURS, PermissionDenied for roles without
    a desk.
    """
    seat = _seat(by)
    if until <= at:
        raise ValidationError({"until": "Choose a time that is still to come."})
    if until > at + timedelta(hours=settings.DUTY_LONGEST_HOURS):
        raise ValidationError({"until": f"Choose at most {settings.DUTY_LONGEST_HOURS} hours."})
    return _switch(seat, until, "go_on_duty", by=by, at=at)


@whole()
def go_off_duty(*, by: User, at: datetime) -> Membership:
    """Switch the acting seat off. Off again changes nothing."""
    seat = _seat(by)
    return _switch(seat, None, "go_off_duty", by=by, at=at) if seat.on_duty_until else seat


def is_on_duty(user: User, at: datetime) -> bool:
    """Whether the acting seat's switch is on; asks the database nothing."""
    seat = user.acting
    return seat is not None and seat.on_duty_until is not None and seat.on_duty_until > at


def _seat(by: User) -> Membership:
    if by.acting is None or not by.has_perm("tips.log_contact"):
        raise PermissionDenied("Only the desk's operators and supervisors go on duty.")
    return by.acting


def _switch(seat: Membership, until: datetime | None, verb: str, *, by: User, at: datetime) -> Membership:
    Membership.objects.filter(pk=seat.pk).update(on_duty_until=until)
    seat.on_duty_until = until
    details = {"until": until.isoformat()} if until else {}
    audit.record(verb, kind="membership", by=by, at=at, object_id=seat.pk, details=details)
    return seat


@whole()
def put_on_call(person: User, *, pager: str, by: User, at: datetime) -> OnCall:
    """Add a person to the end of the own desk's chain, or change what the hook knows them by.

    Raises ValidationError for somebody without a seat at the desk.
    """
    agency_id = _supervised(by)
    seats = Membership.objects.current(at).filter(agency_id=agency_id, role__in=[Role.OPERATOR, Role.SUPERVISOR])
    if not seats.filter(user=person, user__is_active=True).exists():
        raise ValidationError({"person": "Choose an operator or a supervisor of this desk."})
    chain = OnCall.objects.filter(agency_id=agency_id)
    place = chain.filter(user=person).first()
    if place is None:
        last = chain.aggregate(last=models.Max("position"))["last"] or 0
        place = OnCall(agency_id=agency_id, user=person, position=last + 1)
    place.pager = pager.strip()
    place.full_clean(exclude=["agency", "user"])
    place.save()
    audit.record("put_on_call", kind="on_call", by=by, at=at, object_id=place.pk, details={"user": str(person.pk)})
    return place


@whole()
def take_off_call(place: OnCall, *, by: User, at: datetime) -> None:
    """Take a person out of the own desk's chain; those behind move up."""
    agency_id = _supervised(by)
    chain = OnCall.objects.select_for_update().filter(agency_id=agency_id).order_by("position")
    gone = [other for other in chain if other.pk == place.pk]
    if not gone:
        return
    OnCall.objects.filter(pk=place.pk).delete()
    for other in chain:
        if other.position > gone[0].position:
            OnCall.objects.filter(pk=other.pk).update(position=other.position - 1)
    audit.record(
        "take_off_call", kind="on_call", by=by, at=at, object_id=place.pk, details={"user": str(gone[0].user_id)}
    )


def _supervised(by: User) -> UUID:
    agency_id = by.acting_agency_id
    if agency_id is None or by.role != Role.SUPERVISOR:
        raise PermissionDenied("Only a supervisor of the desk changes who is on call.")
    return agency_id
