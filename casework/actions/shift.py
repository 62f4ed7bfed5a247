"""The end of a shift: what is still held goes back, so that nothing open is held by anybody who is off duty."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies import audit
from agencies.actions import duty
from agencies.models import Membership, Role, User
from agencies.scope import acting_as_system
from agencies.whole import whole
from casework.actions import call_backs
from casework.models import CallBack, CallBackStatus, DeskNotice, Presence
from tips.actions import triage
from tips.models import Contact, ContactStatus, Tip, TipAccess
from tips.states import AT_THE_DESK

_BATCH = 100


@dataclass(frozen=True)
class HandedOver:
    """How many tips and call-backs went back to the queue."""

    tips: int
    call_backs: int


def contacts_in_progress(user: User) -> int:
    """How many contacts this person is typing, and has not handed to a colleague."""
    return Contact.objects.filter(status=ContactStatus.DRAFT, draft__user=user, draft__handed_to=None).count()


@whole()
def hand_over(*, by: User, at: datetime) -> HandedOver:
    """End the own shift: off duty, and everything at the desk that somebody off duty holds goes back to the queue.

    Colleagues take what they go on with before (`triage.take`, `call_backs.take`). Raises ValidationError while a
    contact of one's own is in progress.
    """
    if contacts_in_progress(by):
        raise ValidationError("End your contact in progress first, or hand it to a colleague.")
    duty.go_off_duty(by=by, at=at)
    if by.acting_agency_id is None:
        return HandedOver(0, 0)
    handed = _release(by.acting_agency_id, at=at)
    details = {"tips": handed.tips, "call_backs": handed.call_backs}
    audit.record("hand_over", kind="shift", by=by, at=at, details=details)
    return handed


def end_lapsed(*, at: datetime) -> int:
    """Shifts whose end has passed without a hand-over; returns how many seats. By the worker."""
    with acting_as_system("end_lapsed_shifts") as system:
        seats = Membership.objects.select_for_update(of=("self",), skip_locked=True).filter(on_duty_until__lte=at)
        lapsed = list(seats.order_by("pk")[:_BATCH])
        for seat in lapsed:
            audit.record("shift_ended", kind="membership", by=system, at=at, object_id=seat.pk)
        Membership.objects.filter(pk__in=[seat.pk for seat in lapsed]).update(on_duty_until=None)
    for seat in lapsed:
        _release(seat.agency_id, at=at, of=seat.user_id)
    return len(lapsed)


def stranded_tips(agency_id: UUID, at: datetime) -> QuerySet[Tip]:
    """Open tips of a desk whose holder is not on duty there."""
    open_here = TipAccess.objects.filter(agency_id=agency_id, is_holder=True, status__in=AT_THE_DESK)
    held = Tip.objects.filter(pk__in=open_here.values("tip"), holder__isnull=False, status__in=AT_THE_DESK)
    return held.filter(_is_off_duty(agency_id, at))


def stranded_call_backs(agency_id: UUID, at: datetime) -> QuerySet[CallBack]:
    """Promised call-backs of a desk whose holder is not on duty there."""
    held = CallBack.objects.filter(agency_id=agency_id, status=CallBackStatus.PROMISED, holder__isnull=False)
    return held.filter(_is_off_duty(agency_id, at))


def _is_off_duty(agency_id: UUID, at: datetime) -> Q:
    return Q(~Exists(Membership.objects.on_duty(agency_id, at).filter(user=OuterRef("holder"))))


def _release(agency_id: UUID, *, at: datetime, of: UUID | None = None) -> HandedOver:
    """Of one person, or of everybody who is off duty."""
    whose = {"holder": of} if of else {}
    with acting_as_system("hand_over") as system:
        tips = list(stranded_tips(agency_id, at).filter(**whose).select_for_update(of=("self",)).order_by("pk"))
        for tip in tips:
            triage.end_shift(tip, by=system, at=at)
        promised = stranded_call_backs(agency_id, at).filter(**whose).select_for_update(of=("self",))
        held = list(promised.order_by("pk"))
        for call_back in held:
            call_backs.end_shift(call_back, by=system, at=at)
    return HandedOver(len(tips), len(held))


@whole()
def post_notice(text: str, *, until: datetime, by: User, at: datetime) -> DeskNotice:
    """Tell everybody at the desk something until a moment. Raises ValidationError without words or with a past end."""
    agency_id = _supervised(by)
    if not text.strip():
        raise ValidationError({"text": "Write what everybody should know."})
    if until <= at:
        raise ValidationError({"until": "Choose a time that is still to come."})
    notice = DeskNotice(agency_id=agency_id, text=text.strip(), by=by, at=at, until=until)
    notice.save(force_insert=True)
    audit.record("post_notice", kind="desk_notice", by=by, at=at, object_id=notice.pk)
    return notice


@whole()
def end_notice(notice: DeskNotice, *, by: User, at: datetime) -> None:
    """Take a notice down now."""
    agency_id = _supervised(by)
    if DeskNotice.objects.filter(pk=notice.pk, agency_id=agency_id, until__gt=at, at__lt=at).update(until=at):
        audit.record("end_notice", kind="desk_notice", by=by, at=at, object_id=notice.pk)


def _supervised(by: User) -> UUID:
    if by.acting_agency_id is None or by.role != Role.SUPERVISOR:
        raise ValidationError("Only a supervisor writes notices for all.")
    return by.acting_agency_id


def be_here(tip: Tip, *, by: User, at: datetime) -> None:
    """Say that somebody has this tip open now. No audit: opening it was one, and a page says so every few seconds."""
    if by.acting_agency_id is None or tip.holder_agency_id != by.acting_agency_id:
        return
    row = Presence(tip=tip, user=by, agency_id=by.acting_agency_id, seen_at=at)
    Presence.objects.bulk_create([row], update_conflicts=True, unique_fields=["tip", "user"], update_fields=["seen_at"])
