"""Alarms: raised once, answered once by name, climbing the on-call chain until then."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F

from agencies import audit, notices, pager
from agencies.lifecycle import Conflict
from agencies.models import Agency, Alarm, AlarmCall, Membership, OnCall, Role, User
from agencies.scope import Actor, acting_as_system
from agencies.whole import whole

_BATCH = 100


@whole()
def raise_alarm(
    reason: str,
    *,
    agency_id: UUID,
    path: str,
    reference: str = "",
    tip: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Alarm:
    """Call whoever is on duty at this desk, on their screens; where nobody else is, the first person on call at once.

    The same reason for the same page sounds once: while nobody has answered, the alarm that is there is returned.
    Raises ValueError for anything in `reference` or `path` that could be content.
    """
    notices.check_content_free(reference=reference, path=path)
    by_id = by.pk if isinstance(by, User) else None
    fresh = Alarm(
        agency_id=agency_id,
        reason=reason,
        reference=reference,
        path=path,
        tip=tip,
        raised_at=at,
        raised_by_id=by_id,
        climbs_at=at + _climb(),
    )
    Alarm.objects.bulk_create([fresh], ignore_conflicts=True)
    stands = Alarm.objects.unanswered().filter(agency_id=agency_id, reason=reason, path=path)
    alarm = stands.first() or stands.model.objects.filter(agency_id=agency_id, path=path).latest("raised_at")
    if alarm.pk != fresh.pk:
        return alarm
    audit.record("raise_alarm", kind="alarm", by=by, at=at, object_id=alarm.pk, tip=tip, reason=reason)
    unreached = _kept_from(alarm) | ({by_id} if by_id else frozenset())
    if not Membership.objects.on_duty(agency_id, at).exclude(user_id__in=unreached).exists():
        _call_next(alarm, at=at)
    return alarm


def _kept_from(alarm: Alarm) -> frozenset[UUID]:
    """People who must not learn of the tip that the alarm is about: it is neither shown to them nor are they called."""
    if alarm.tip is None:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("select walled_people(%s)", [alarm.tip])
        return frozenset(row[0] for row in cursor.fetchall())


@whole()
def answer(alarm: Alarm, *, by: User, at: datetime) -> Alarm:
    """Say by name that one looks after it. Raises Conflict, with the name, when a colleague was faster."""
    if not by.has_perm("tips.log_contact") or alarm.agency_id != by.acting_agency_id:
        raise PermissionDenied("Only the desk's own people answer its alarms.")
    won = Alarm.objects.unanswered().filter(pk=alarm.pk).update(answered_at=at, answered_by=by)
    stored = Alarm.objects.select_related("answered_by").get(pk=alarm.pk)
    if not won:
        raise Conflict(f"{stored.answered_by} has answered already. There is nothing left to do for you.")
    audit.record("answer_alarm", kind="alarm", by=by, at=at, object_id=stored.pk, tip=stored.tip, reason=stored.reason)
    return stored


def climb_due(*, at: datetime) -> int:
    """Call the next person for each alarm that nobody has answered in time; returns how many climbed. By the worker."""
    total = 0
    while True:
        with acting_as_system("climb_alarms") as system:
            due = Alarm.objects.unanswered().filter(climbs_at__lte=at).order_by("climbs_at")
            claimed = list(due.select_for_update(skip_locked=True, of=("self",))[:_BATCH])
            for alarm in claimed:
                _call_next(alarm, at=at)
                details = {"call": alarm.calls}
                audit.record(
                    "climb_alarm", kind="alarm", by=system, at=at, object_id=alarm.pk, tip=alarm.tip, details=details
                )
        total += len(claimed)
        if len(claimed) < _BATCH:
            return total


def _climb() -> timedelta:
    return timedelta(minutes=settings.ALARM_CLIMB_MINUTES)


def _call_next(alarm: Alarm, *, at: datetime) -> None:
    """The next one of the chain, which begins anew at its end: an alarm is never given up. Walled people are left out.

    Each time the chain is through, and where there is none at the first climb, the desk's supervisors get a mail.
    """
    kept = _kept_from(alarm)
    places = OnCall.objects.filter(agency_id=alarm.agency_id, user__is_active=True).exclude(user_id__in=kept)
    chain = list(places.order_by("position"))
    if chain:
        place = chain[alarm.calls % len(chain)]
        call = AlarmCall(
            alarm=alarm,
            agency_id=alarm.agency_id,
            user_id=place.user_id,
            pager=place.pager,
            number=alarm.calls + 1,
            called_at=at,
            not_before=at,
        )
        AlarmCall.objects.bulk_create([call])
        notices.queue("alarm", user=place.user, reference="", path="/duty/", at=at)
        notices.wake(pager.CALL)
    is_through = alarm.calls % len(chain) == len(chain) - 1 if chain else alarm.calls == 0
    if is_through:
        _tell_supervisors(alarm.agency_id, but=kept, at=at)
    alarm.calls, alarm.climbs_at = alarm.calls + 1, at + _climb()
    Alarm.objects.filter(pk=alarm.pk).update(calls=F("calls") + 1, climbs_at=alarm.climbs_at)


def _tell_supervisors(agency_id: UUID, *, but: Collection[UUID], at: datetime) -> None:
    seats = Membership.objects.current(at).filter(agency_id=agency_id, role=Role.SUPERVISOR, user__is_active=True)
    seats = seats.exclude(user_id__in=but)
    people = [seat.user for seat in seats.select_related("user").order_by("pk")]
    for person in people:
        notices.queue("alarm_unanswered", user=person, reference="", path="/duty/", at=at)
    if not people:
        desk = Agency.objects.get(pk=agency_id)
        notices.queue("alarm_unanswered", agency=desk, reference="", path="/duty/", at=at)
