"""What calls people (ruling 4): danger, P0, a P1 that nobody opened, a breach."""

from datetime import datetime

from agencies.actions import alarms
from agencies.models import Alarm, AlarmReason
from agencies.scope import Actor, System, acting_as_system
from casework.models import Clock
from tips.models import Contact, Tip, TipStatus, Urgency

_BATCH = 100
# States in which nobody has begun to work yet, though somebody may have triaged.
_UNSEEN = (TipStatus.NEW, TipStatus.IN_TRIAGE, TipStatus.ROUTED)


def page_duty(reason: str, *, about: Tip | Contact, by: Actor, at: datetime) -> Alarm:
    """Call people to a tip, or to a contact in progress. `reason` is an AlarmReason; nothing else leaves the record.

    Reaches the screens of everybody on duty at the desk; where nobody but `by` is on duty, whoever is on call. Called
    again for the same reason while nobody has answered, it returns the alarm that sounds already.
    """
    if isinstance(about, Contact):
        return alarms.raise_alarm(
            reason, agency_id=about.agency_id, path=f"/contacts/{about.pk}/", tip=about.tip_id, by=by, at=at
        )
    return alarms.raise_alarm(
        reason,
        agency_id=about.holder_agency_id,
        path=f"/tips/{about.pk}/",
        reference=about.reference,
        tip=about.pk,
        by=by,
        at=at,
    )


def page_breach(clock: Clock, *, by: System, at: datetime) -> None:
    """Call the desk that missed a time limit of its own. Other agencies are told by notice: they have no screens."""
    if not clock.agency.is_hotline:
        return
    alarms.raise_alarm(
        AlarmReason.BREACH,
        agency_id=clock.agency_id,
        path=f"/tips/{clock.tip_id}/" if clock.tip_id else "/desk/",
        reference=clock.tip.reference if clock.tip else "",
        tip=clock.tip_id,
        by=by,
        at=at,
    )


def page_unseen(*, at: datetime) -> int:
    """P1 tips whose alert no supervisor has acknowledged in time; returns how many. By the worker, each once.

    The alert is a clock that drives no queue (CLK-13); opening the tip ends it.
    """
    with acting_as_system("page_unseen") as system:
        unseen = Clock.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            ended_at=None,
            breached_at=None,
            drives_queue=False,
            duty=Clock.Duty.OURS,
            due_at__lte=at,
            tip__urgency=Urgency.P1,
            tip__status__in=_UNSEEN,
        )
        found = list(unseen.select_related("tip")[:_BATCH])
        for clock in found:
            if clock.tip is not None:
                page_duty(AlarmReason.UNSEEN, about=clock.tip, by=system, at=at)
        Clock.objects.filter(pk__in=[clock.pk for clock in found]).update(breached_at=at)
    return len(found)
