"""Promised call-backs: agreed within the person's safe-contact rule, tried, stamped, and decided by a supervisor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit, notices
from agencies.models import Membership, Role, User
from agencies.scope import System, acting_as_system
from agencies.whole import whole
from casework.actions import clocks
from casework.models import AttemptResult, CallBack, CallBackAttempt, CallBackStatus, Clock, Way, WhyDecide
from casework.states import CALL_BACK
from tips import safe_contact
from tips.models import Person, SafeContact, Tip, TipStatus

RULE = "call_back"
# A promise is for a time that somebody waits for; what is longer is no promise.
LONGEST_WINDOW = timedelta(hours=24)
_BATCH = 100


@dataclass(frozen=True)
class Window:
    """From when until when, and in whose time zone it was agreed (a name of the zone database)."""

    start: datetime
    end: datetime
    zone: str


def unsafe(person: Person, way: str) -> str:
    """Why this person must not be reached in this way; the empty string when nothing speaks against it."""
    return safe_contact.why_not(SafeContact.objects.filter(person=person).values().first(), Way(way).value)


def may_leave_voicemail(person: Person) -> bool:
    """Only an explicit yes counts."""
    return not safe_contact.why_not(SafeContact.objects.filter(person=person).values().first(), "voicemail")


@whole()
def promise(person: Person, *, way: str, window: Window, words: str = "", by: User, at: datetime) -> CallBack:
    """Promise to get in touch with a person of a tip that the own desk holds.

    `words`: what may be said to whoever answers. Raises ValidationError for a window that is over or too long and for
    a way that the safe-contact rule forbids.
    """
    tip = Tip.objects.get(pk=person.tip_id)
    if tip.holder_agency_id != by.acting_agency_id or not by.has_perm("casework.reveal"):
        raise PermissionDenied("Only the desk that holds the tip promises call-backs.")
    if tip.status in (TipStatus.CLOSED, TipStatus.MERGED):
        raise ValidationError("The tip is closed. Open it again first.")
    _check(person, way, window, at=at)
    call_back = CallBack(
        tip=tip,
        agency_id=tip.holder_agency_id,
        person=person,
        clock=_start_clock(tip, way, window, at=at),
        way=way,
        window_from=window.start,
        window_until=window.end,
        time_zone=window.zone,
        words=words.strip(),
        promised_by=by,
        promised_at=at,
    )
    call_back.save(force_insert=True)
    audit.record("promise", kind="call_back", by=by, at=at, object_id=call_back.pk, tip=tip.pk, details={"way": way})
    return call_back


def _check(person: Person, way: str, window: Window, *, at: datetime) -> None:
    if window.end <= at:
        raise ValidationError({"until": "Choose a time that is still to come."})
    if window.end <= window.start:
        raise ValidationError({"until": "The end comes before the beginning."})
    if window.end - window.start > LONGEST_WINDOW:
        raise ValidationError({"until": "Agree on at most one day."})
    why_not = unsafe(person, way)
    if why_not:
        raise ValidationError({"way": why_not})


def _start_clock(tip: Tip, way: str, window: Window, *, at: datetime) -> Clock:
    return clocks.start(
        tip=tip,
        agency_id=tip.holder_agency_id,
        rule=RULE,
        label=f"Call-back ({Way(way).label.lower()})",
        holder="The desk",
        started_at=min(at, window.start),
        due_at=window.end,
        remind_at=window.start,
        citation="Promised to the person",
    )


@whole()
def attempt(call_back: CallBack, result: str, *, by: User, at: datetime, version: int | None = None) -> CallBack:
    """Stamp one try, within the window, and say how it went.

    Reached keeps the promise. A wrong number, and the last of CALL_BACK_TRIES, go to a supervisor. Raises
    ValidationError before the window or after its grace, for a way that is not safe any more, and for a voicemail
    that the rule does not allow; Conflict when a colleague changed it meanwhile.
    """
    held = _locked(call_back)
    _check_try(held, result, at=at)
    tries = held.tries + 1
    why = _why_last(result, tries)
    name = "reach" if result == AttemptResult.REACHED else "try_last" if why else "try"
    values: dict[str, Any] = {"tries": tries, "holder_id": None if why else held.holder_id or by.pk}
    values |= {"why_decide": why} if why else {}
    moved = CALL_BACK.move(held, name, by=by, at=at, version=version, reason=result, values=values)
    CallBackAttempt(call_back=moved, tip_id=moved.tip_id, agency_id=moved.agency_id, at=at, by=by, result=result).save(
        force_insert=True
    )
    if name == "reach":
        clocks.end(moved.clock_id, at=at, ended_as=Clock.Ended.MET)
    elif why:
        _wait_for_decision(moved, at=at)
    return moved


def _locked(call_back: CallBack) -> CallBack:
    held = CallBack.objects.select_for_update(of=("self",)).filter(pk=call_back.pk).first()
    if held is None:
        raise PermissionDenied("This call-back is no longer open to you.")
    return held


def _check_try(call_back: CallBack, result: str, *, at: datetime) -> None:
    if result not in AttemptResult.values:
        raise ValidationError({"result": "Say how it went."})
    if at < call_back.window_from:
        raise ValidationError({"result": "It is too early: the person agreed to a later time."})
    if at > call_back.window_until + timedelta(minutes=settings.CALL_BACK_GRACE_MINUTES):
        raise ValidationError({"result": "The time that the person agreed to is over. A supervisor decides."})
    why_not = unsafe(call_back.person, call_back.way)
    if why_not and result != AttemptResult.REACHED:
        raise ValidationError({"result": why_not})
    if result == AttemptResult.VOICEMAIL_LEFT and not may_leave_voicemail(call_back.person):
        raise ValidationError({"result": "Nobody said that a voicemail is safe. Leave none."})


def _why_last(result: str, tries: int) -> str:
    if result == AttemptResult.REACHED:
        return ""
    if result == AttemptResult.WRONG_NUMBER:
        return WhyDecide.WRONG_NUMBER
    return WhyDecide.TRIED_ENOUGH if tries >= settings.CALL_BACK_TRIES else ""


def _wait_for_decision(call_back: CallBack, *, at: datetime) -> None:
    clocks.end(call_back.clock_id, at=at, ended_as=Clock.Ended.STOPPED, reason=call_back.why_decide)
    seats = Membership.objects.current(at).filter(agency_id=call_back.agency_id, role=Role.SUPERVISOR)
    reference = Tip.objects.values_list("reference", flat=True).get(pk=call_back.tip_id)
    for seat in seats.filter(user__is_active=True).select_related("user").order_by("user"):
        path = f"/call-backs/{call_back.pk}/"
        notices.queue("call_back_to_decide", user=seat.user, reference=reference, path=path, at=at)


@whole()
def agree(call_back: CallBack, window: Window, *, by: User, at: datetime, version: int | None = None) -> CallBack:
    """Another window: agreed with the person while it is promised, by a supervisor's decision after that.

    Tries are counted anew.
    """
    held = _locked(call_back)
    _check(held.person, held.way, window, at=at)
    clocks.end(held.clock_id, at=at, ended_as=Clock.Ended.STOPPED, reason="another time")
    values = {
        "window_from": window.start,
        "window_until": window.end,
        "time_zone": window.zone,
        "tries": 0,
        "why_decide": "",
        "clock_id": _start_clock(Tip.objects.get(pk=held.tip_id), held.way, window, at=at).pk,
    }
    name = "move" if held.status == CallBackStatus.PROMISED else "go_on"
    return CALL_BACK.move(held, name, by=by, at=at, version=version, values=values)


@whole()
def stop(call_back: CallBack, why: str, *, by: User, at: datetime, version: int | None = None) -> CallBack:
    """Try no more. Once it waits for a supervisor, only a supervisor stops it."""
    held = _locked(call_back)
    name = "give_up" if held.status == CallBackStatus.TO_DECIDE else "stop"
    moved = CALL_BACK.move(held, name, by=by, at=at, version=version, reason=why, values={"why_stopped": why})
    clocks.end(moved.clock_id, at=at, ended_as=Clock.Ended.STOPPED, reason=why)
    return moved


def take(call_back: CallBack, *, by: User, at: datetime, version: int | None = None) -> CallBack:
    """Be the one who calls. The second of two is told (Conflict)."""
    return CALL_BACK.move(call_back, "take", by=by, at=at, version=version, values={"holder_id": by.pk})


def give_back(call_back: CallBack, *, by: User, at: datetime) -> CallBack:
    """Be it no longer."""
    return CALL_BACK.move(call_back, "give_back", by=by, at=at, values={"holder_id": None})


def end_shift(call_back: CallBack, *, by: System, at: datetime) -> CallBack:
    """The same for somebody who is off duty."""
    return CALL_BACK.move(call_back, "shift_ended", by=by, at=at, values={"holder_id": None})


def lapse_due(*, at: datetime) -> int:
    """Those whose window is over without an answer go to a supervisor; returns how many. By the worker."""
    over = at - timedelta(minutes=settings.CALL_BACK_GRACE_MINUTES)
    total = 0
    while True:
        with acting_as_system("lapse_call_backs") as system:
            due = CallBack.objects.filter(status=CallBackStatus.PROMISED, window_until__lt=over)
            claimed = list(due.order_by("window_until").select_for_update(skip_locked=True, of=("self",))[:_BATCH])
            for call_back in claimed:
                _lapse(call_back, system, at=at)
        total += len(claimed)
        if len(claimed) < _BATCH:
            return total


def _lapse(call_back: CallBack, system: System, *, at: datetime) -> None:
    values = {"why_decide": WhyDecide.WINDOW_OVER, "holder_id": None}
    _wait_for_decision(CALL_BACK.move(call_back, "lapse", by=system, at=at, values=values), at=at)


def open_on(tip_id: UUID) -> bool:
    """Whether a promise on this tip is neither kept nor stopped."""
    return CallBack.objects.open().filter(tip=tip_id).exists()
