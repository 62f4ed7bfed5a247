"""What happens when an agency says nothing: reminders, the end of the time to answer, words that do not come."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, QuerySet

from agencies import audit, notices
from agencies.models import Agency, Membership, Role, User
from agencies.scope import System, acting_as_system
from agencies.whole import whole
from casework.actions import clocks, telling
from casework.models import Outcome, Referral
from casework.states import AT_WORK, REFERRAL, WAITING
from tips.actions import access

_BATCH = 100


def expire_due(*, at: datetime) -> int:
    """Expire what nobody answered in time, one transaction a batch; returns how many.

    A referral that is answered in this very moment is skipped: whoever locks the row first wins. An agency that said
    yes side by side with others waits for the sender, and does not expire.
    """
    due = Referral.objects.filter(status__in=WAITING, answer_due_at__lte=at, ready_at=None)
    return _each("expire referrals", lambda: due.order_by("answer_due_at"), _expire, at=at)


def _expire(referral: Referral, system: System, at: datetime) -> None:
    expired = REFERRAL.move(referral, "expire", by=system, at=at)
    clocks.end_for_referral(expired, at=at, ended_as="stopped", reason="expired")
    telling.tell_sender(expired, "referral_expired", at)
    telling.tell_receiver(expired, "referral_expired", at)


def remind_due(*, at: datetime) -> int:
    """Tell of answers that are still waited for, at the shares of their time of ANSWER_REMINDERS; returns how many.

    First the agency again, then each of its people who answer, then the supervisors of the sender.
    """
    total = 0
    for number, (share, whom) in enumerate(settings.ANSWER_REMINDERS):
        passed = ExpressionWrapper((F("answer_due_at") - F("sent_at")) * (share / 100), output_field=DurationField())
        told_at = ExpressionWrapper(F("sent_at") + passed, output_field=DateTimeField())
        due = Referral.objects.filter(status__in=WAITING, ready_at=None, reminders=number, answer_due_at__gt=at)
        due = due.alias(told_at=told_at).filter(told_at__lte=at)
        total += _each("remind of answers", lambda due=due: due.order_by("pk"), _REMIND[whom], at=at)  # type: ignore[misc]
    return total


def _remind(referral: Referral, system: System, at: datetime) -> None:
    Referral.objects.filter(pk=referral.pk).update(reminders=F("reminders") + 1)
    audit.record(
        "remind",
        kind="referral",
        by=system,
        at=at,
        object_id=referral.pk,
        tip=referral.tip_id,
        pillar=referral.pillar,
    )


def _remind_agency(referral: Referral, system: System, at: datetime) -> None:
    _remind(referral, system, at)
    telling.ask_receiver(referral, "referral_reminder", by=None, at=at)


def _remind_people(referral: Referral, system: System, at: datetime) -> None:
    """The second way to an agency are its people's own addresses."""
    _remind(referral, system, at)
    for person in _people(referral.receiver, Role.LIAISON, at):
        path = f"/referrals/{referral.pk}/"
        notices.queue("referral_reminder", user=person, reference=referral.reference, path=path, at=at)


def _remind_supervisors(referral: Referral, system: System, at: datetime) -> None:
    _remind(referral, system, at)
    _tell_supervisors(referral, "referral_waits", at)


_REMIND: dict[str, Callable[[Referral, System, datetime], None]] = {
    "agency": _remind_agency,
    "people": _remind_people,
    "supervisors": _remind_supervisors,
}


def ask_feedback_due(*, at: datetime) -> int:
    """Ask for the word that is due on accepted referrals, FEEDBACK_ASKS times; returns how many were asked.

    With the last time the sender's supervisors are told.
    """
    total = 0
    for number in range(settings.FEEDBACK_ASKS):
        before = at - timedelta(days=number * settings.FEEDBACK_ASK_DAYS)
        due = Referral.objects.filter(status__in=AT_WORK, feedback_due_at__lte=before, feedback_asked=number)
        total += _each("ask for feedback", lambda due=due: due.order_by("feedback_due_at"), _ask_feedback, at=at)  # type: ignore[misc]
    return total


def _ask_feedback(referral: Referral, system: System, at: datetime) -> None:
    asked = referral.feedback_asked + 1
    Referral.objects.filter(pk=referral.pk).update(feedback_asked=asked)
    audit.record(
        "ask_feedback",
        kind="referral",
        by=system,
        at=at,
        object_id=referral.pk,
        tip=referral.tip_id,
        pillar=referral.pillar,
    )
    telling.tell_receiver(referral, "feedback_asked", at)
    if asked == settings.FEEDBACK_ASKS:
        _tell_supervisors(referral, "feedback_missing", at)


def _each(
    reason: str,
    due: Callable[[], "QuerySet[Referral]"],
    deed: Callable[[Referral, System, datetime], None],
    *,
    at: datetime,
) -> int:
    """One transaction a batch. A deed takes its referral out of `due`; what somebody else has locked is passed over."""
    total = 0
    while True:
        with acting_as_system(reason) as system, whole():
            rows = due().select_for_update(skip_locked=True, of=("self",)).select_related("sender", "receiver")
            found = list(rows[:_BATCH])
            for referral in found:
                deed(referral, system, at)
        total += len(found)
        if len(found) < _BATCH:
            return total


def _tell_supervisors(referral: Referral, code: str, at: datetime) -> None:
    for person in _people(referral.sender, Role.SUPERVISOR, at):
        path = f"/referrals/{referral.pk}/"
        notices.queue(code, user=person, reference=referral.reference, path=path, at=at)


def _people(agency: Agency, role: str, at: datetime) -> list[User]:
    seats = Membership.objects.current(at).filter(agency=agency, role=role, user__is_active=True)
    return [seat.user for seat in seats.select_related("user").order_by("user")]


@whole()
def close_unheard(referral: Referral, *, by: User, at: datetime, version: int | None = None) -> Referral:
    """A supervisor of the sender records that no information came; the receiver's access ends.

    Raises ValidationError before the agency was asked FEEDBACK_ASKS times.
    """
    locked = Referral.objects.select_for_update(of=("self",)).filter(pk=referral.pk).first()
    asked, enough = locked.feedback_asked if locked else 0, settings.FEEDBACK_ASKS
    if locked is not None and asked < enough and REFERRAL.get("close_unheard") in REFERRAL.available(locked, by):
        raise ValidationError(f"The agency was asked for a word {asked} times. After {enough} this can be recorded.")
    values = {"outcome": Outcome.NO_INFORMATION}
    referral = REFERRAL.move(
        referral, "close_unheard", by=by, at=at, version=version, reason=Outcome.NO_INFORMATION, values=values
    )
    clocks.end_for_referral(referral, at=at, ended_as="stopped", reason=Outcome.NO_INFORMATION)
    telling.tell_receiver(referral, "referral_closed_unheard", at)
    access.end(referral.tip_id, agency_id=referral.receiver_id, by=by, at=at)
    return referral
