"""Working a pillar: opening its track with the playbook's steps, finishing steps, recording the outcome."""

from datetime import datetime

from django.conf import settings
from django.db.models import F

from agencies.audit import record
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.whole import whole
from casework.actions import clocks
from casework.models import Clock, Referral, RuleStatus, RuleVersion, Step, StepStatus, Track, TrackStatus
from casework.states import AT_WORK, STEP, TRACK, WAITING
from tips.models import Tip

_RUNNING = (StepStatus.OPEN, StepStatus.WAITING, StepStatus.BLOCKED)


@whole()
def open_track(tip: Tip, pillar: str, *, by: User, at: datetime) -> Track:
    """The open track of a pillar; made with its playbook's steps and the first step's clock when there is none."""
    track = Track.objects.filter(tip=tip, pillar=pillar, status=TrackStatus.OPEN).first()
    if track is not None:
        return track
    playbook = RuleVersion.objects.get(kind=RuleVersion.Kind.PLAYBOOK, code=pillar, status=RuleStatus.IN_FORCE)
    track = Track(
        tip=tip,
        pillar=pillar,
        lead_id=tip.holder_agency_id,
        playbook=playbook.code,
        playbook_version=playbook.number,
        opened_at=at,
    )
    track.save(force_insert=True)
    record("open", kind="track", by=by, at=at, object_id=track.pk, tip=tip.pk, pillar=pillar)
    for number, body in enumerate(playbook.body["steps"], start=1):
        step = Step(
            tip=tip,
            track=track,
            number=number,
            code=body["code"],
            title=body["title"],
            principle=body["principle"],
            action=body["action"],
        )
        step.save(force_insert=True)
        if number == 1:
            _start_clock(step, urgency=tip.urgency, by=by, at=at)
    return track


def _start_clock(step: Step, *, urgency: str, by: User, at: datetime) -> None:
    clocks.start(
        tip=step.tip,
        agency_id=step.tip.holder_agency_id,
        step=step,
        pillar=step.track.pillar,
        rule="first_action",
        label=step.title,
        holder="Lead of the track",
        started_at=at,
        due_at=clocks.due_by_urgency(urgency, start=at, times=settings.FIRST_ACTION_TIMES),
        citation="Ruling 1",
    )


@whole()
def move_step(
    step: Step, move: str, *, by: User, at: datetime, reason: str = "", gate: str = "", version: int | None = None
) -> Step:
    """Make one move of the step table: finish, wait, block, go_on or skip. Its clock ends with it.

    `gate` says what a waiting or blocked step waits for, with a code of StepGate.
    """
    values: dict[str, object] = {"reason": reason.strip(), "gate": gate if move in ("wait", "block") else ""}
    if move in ("finish", "skip"):
        values |= {"ended_by_id": by.pk}
    step = STEP.move(step, move, by=by, at=at, version=version, values=values)
    if step.status in (StepStatus.DONE, StepStatus.SKIPPED):
        ended_as = Clock.Ended.MET if step.status == StepStatus.DONE else Clock.Ended.STOPPED
        Clock.objects.filter(step=step, ended_at=None).update(ended_as=ended_as, ended_at=at)
    return step


@whole()
def close_track(track: Track, *, outcome: str, by: User, at: datetime, version: int | None = None) -> Track:
    """Record the outcome, with a code of TrackOutcome. Steps that are still open are skipped.

    Raises Conflict while a referral of this pillar waits for an answer or is being worked.
    """
    live = Referral.objects.filter(tip_id=track.tip_id, pillar=track.pillar, status__in=(*WAITING, *AT_WORK))
    if live.exists():
        raise Conflict("A referral of this track still waits or is being worked. Recall it, or wait for its outcome.")
    track = TRACK.move(track, "close", by=by, at=at, version=version, reason=outcome, values={"outcome": outcome})
    running = Step.objects.filter(track=track, status__in=_RUNNING)
    Clock.objects.filter(step__in=running, ended_at=None).update(
        ended_as=Clock.Ended.STOPPED, ended_at=at, end_reason="track closed"
    )
    running.update(
        status=StepStatus.SKIPPED, reason="The track was closed.", ended_at=at, ended_by=by, version=F("version") + 1
    )
    return track
