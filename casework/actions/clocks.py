"""Starting, ending and sweeping clocks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet

from agencies import audit, notices
from agencies.lifecycle import Conflict
from agencies.models import Role, User
from agencies.scope import System, acting_as_system
from agencies.whole import whole
from casework import clock_rules
from casework.actions import paging
from casework.models import Clock, Referral, Step
from casework.rulebook import ClockRule
from casework.rules_in_force import rules_in_force
from tips.gathering import together
from tips.models import Tip

_BATCH = 100
FACTS_CHANGED = "facts changed"


def due_by_urgency(urgency: str, *, start: datetime, times: Mapping[str, tuple[int, str]]) -> datetime:
    """When something of this urgency is due. `times` maps urgency to (limit, unit); unknown urgency counts as P2."""
    limit, unit = times.get(urgency) or times["P2"]
    return clock_rules.due_at(start, limit, unit, zone=ZoneInfo(settings.TIME_ZONE))


def due_after(days: int, *, start: datetime) -> datetime:
    """The end of so many days, in the deployment's time zone (ruling 25)."""
    return clock_rules.due_at(start, days, "days", zone=ZoneInfo(settings.TIME_ZONE))


def start(
    *,
    agency_id: UUID,
    rule: str,
    label: str,
    holder: str,
    started_at: datetime,
    due_at: datetime,
    tip: Tip | None = None,
    referral: Referral | None = None,
    step: Step | None = None,
    pillar: str = "",
    rule_version: int = 1,
    duty: str = Clock.Duty.OURS,
    drives_queue: bool = True,
    citation: str = "",
    remind_at: datetime | None = None,
) -> Clock:
    """Start one clock. Without `remind_at` it reminds when half of its time is gone."""
    clock = Clock(
        tip=tip,
        agency_id=agency_id,
        referral=referral,
        step=step,
        pillar=pillar,
        rule=rule,
        rule_version=rule_version,
        label=label,
        holder=holder[:120],
        duty=duty,
        drives_queue=drives_queue,
        citation=citation[:200],
        started_at=started_at,
        due_at=max(due_at, started_at),
        remind_at=remind_at or started_at + (max(due_at, started_at) - started_at) / 2,
    )
    clock.save(force_insert=True)
    return clock


def settle(tip: Tip, lines: Sequence[Mapping[str, str]], rules: Iterable[ClockRule], *, by: User, at: datetime) -> None:
    """Make the clocks of a tip those that the rules start for its facts now: `lines` as `propose` gives them.

    A clock starts once for the tip with what is merged into it. One whose rule no longer fires stops, with the reason
    that the facts changed (ruling 6); when it fires again, the same clock goes on from where it began. Whose duty it is
    follows the facts. So the same facts in any order end in the same clocks.
    """
    fired = {line["id"]: line for line in lines}
    known = {rule.id: rule for rule in rules if rule.kind == "clock" and _is_timed(rule)}
    standing: dict[str, list[Clock]] = {}
    for clock in Clock.objects.filter(tip__in=together(tip), rule__in=known, referral=None, step=None):
        standing.setdefault(clock.rule, []).append(clock)
    for code, rule in known.items():
        line, clocks = fired.get(code), standing.get(code, [])
        if line is None:
            _stop(tip, [clock for clock in clocks if clock.ended_at is None], by=by, at=at)
        elif clocks:
            _go_on(tip, clocks, line, by=by, at=at)
        else:
            _start_by_rule(tip, rule, line, at=at)


def _stop(tip: Tip, clocks: Sequence[Clock], *, by: User, at: datetime) -> None:
    for clock in clocks:
        end(clock.pk, at=at, ended_as=Clock.Ended.STOPPED, reason=FACTS_CHANGED)
        _record("stop_clock", tip, clock, by=by, at=at)


def _go_on(tip: Tip, clocks: Sequence[Clock], line: Mapping[str, str], *, by: User, at: datetime) -> None:
    """Those that changed facts had stopped run again, and each that runs has the holder of today."""
    for clock in clocks:
        was_stopped = clock.ended_as == Clock.Ended.STOPPED and clock.end_reason == FACTS_CHANGED
        if was_stopped:
            clock.ended_as, clock.ended_at, clock.end_reason = "", None, ""
            _record("restart_clock", tip, clock, by=by, at=at)
        if was_stopped or (clock.ended_at is None and clock.duty != line["duty"]):
            clock.duty = line["duty"]
            clock.save(update_fields=["ended_as", "ended_at", "end_reason", "duty"])


def _record(verb: str, tip: Tip, clock: Clock, *, by: User, at: datetime) -> None:
    audit.record(verb, kind="clock", by=by, at=at, object_id=clock.pk, tip=tip.pk, reason=clock.rule)


def _start_by_rule(tip: Tip, rule: ClockRule, line: Mapping[str, str], *, at: datetime) -> None:
    start(
        tip=tip,
        agency_id=tip.holder_agency_id,
        rule=rule.id,
        rule_version=rule.version,
        label=rule.name,
        holder=line["holder"],
        duty=line["duty"],
        drives_queue=not rule.alert,
        citation=rule.source,
        started_at=at,
        due_at=_due_at(rule, at),
    )


def _is_timed(rule: ClockRule) -> bool:
    """Whether it runs out: what counts attempts does not."""
    return rule.limit is None or rule.unit in clock_rules.UNITS


def _due_at(rule: ClockRule, at: datetime) -> datetime:
    """Where the law gives no number ("as soon as possible", "at once"), the clock is due when it starts."""
    if rule.limit is None:
        return at
    return clock_rules.due_at(at, rule.limit, rule.unit, zone=ZoneInfo(settings.TIME_ZONE))


def end_for_referral(referral: Referral, *, at: datetime, ended_as: str, reason: str = "") -> None:
    """End the clocks of a referral, by either side: the database function checks that the actor is a party to it."""
    with connection.cursor() as cursor:
        cursor.execute("select end_referral_clocks(%s, %s, %s, %s)", [referral.pk, ended_as, reason, at])


@whole()
def mark_done(clock: Clock, *, by: User, at: datetime) -> Clock:
    """Say that what a clock waits for was done. Raises Conflict when it has ended, PermissionDenied for outsiders."""
    if clock.agency_id != by.acting_agency_id or not by.has_perm("casework.work_track"):
        raise PermissionDenied("Only the agency that watches this clock can say that it is done.")
    ended = Clock.objects.filter(pk=clock.pk, ended_at=None).update(ended_as=Clock.Ended.MET, ended_at=at)
    if not ended:
        raise Conflict("This clock has ended already.")
    audit.record(
        "meet_clock",
        kind="clock",
        by=by,
        at=at,
        object_id=clock.pk,
        tip=clock.tip_id,
        pillar=clock.pillar,
        reason=clock.rule,
    )
    return Clock.objects.get(pk=clock.pk)


def meet_by(move: str, referral: Referral, *, by: User, at: datetime) -> None:
    """Meet the clocks of the rules that this move of a referral answers.

    They are the holder's; the database function lets the receiver of an accepted referral meet them and no others.
    """
    rules = [rule.id for rule in rules_in_force().clocks if rule.met_by == move]
    with connection.cursor() as cursor:
        cursor.execute("select distinct meet_referral_clocks(%s, %s, %s)", [referral.pk, rules, at])
        met = sorted(row[0] for row in cursor.fetchall())
    for rule in met:
        audit.record("meet_clock", kind="clock", by=by, at=at, object_id=rule, tip=referral.tip_id, reason=rule)


def acknowledge(tip: Tip, *, by: User, at: datetime) -> None:
    """A supervisor who opens the tip has seen its alerts (ruling 4: CLK-13 is acknowledged by opening the tip)."""
    if by.role != Role.SUPERVISOR or tip.holder_agency_id != by.acting_agency_id:
        return
    alerts = Clock.objects.filter(tip=tip, ended_at=None, drives_queue=False, duty=Clock.Duty.OURS)
    for rule in list(alerts.values_list("rule", flat=True)):
        meet(tip, rule, by=by, at=at)


def meet(tip: Tip, rule: str, *, by: User, at: datetime) -> int:
    """Mark the running clocks of one rule on a tip, and on what is merged into it, as met; returns how many."""
    running = Clock.objects.filter(tip__in=together(tip), rule=rule, ended_at=None)
    met = running.update(ended_as=Clock.Ended.MET, ended_at=at)
    if met:
        audit.record("meet_clock", kind="clock", by=by, at=at, object_id=rule, tip=tip.pk, reason=rule)
    return met


def end(clock_id: UUID, *, at: datetime, ended_as: str, reason: str = "") -> None:
    """End one clock that still runs, as part of the deed that ended what it waited for."""
    Clock.objects.filter(pk=clock_id, ended_at=None).update(ended_as=ended_as, ended_at=at, end_reason=reason)


@whole()
def stop_all(tip: Tip, *, at: datetime, reason: str) -> None:
    """Stop what still runs when a tip closes, with everything merged into it."""
    running = Clock.objects.filter(tip__in=together(tip), ended_at=None)
    running.update(ended_as=Clock.Ended.STOPPED, ended_at=at, end_reason=reason)


def sweep(*, at: datetime) -> int:
    """Remind and mark breaches; returns how many clocks were told of. Runs each minute, mostly for nothing."""
    total = 0
    while True:
        with acting_as_system("clock sweep") as system:
            if not _is_any_due(at):
                return total
            told = [_tell_due(system, at, what) for what in ("remind", "breach")]
        total += sum(told)
        if max(told) < _BATCH:
            return total


def _is_any_due(at: datetime) -> bool:
    """One statement, answered by the two partial indexes of clocks that still run."""
    remind, breach = (_running(at, what).values("pk")[:1] for what in ("remind", "breach"))
    return bool(list(remind.union(breach, all=True)))


def _running(at: datetime, what: str) -> "QuerySet[Clock]":
    running = Clock.objects.filter(ended_at=None, drives_queue=True)
    if what == "remind":
        return running.filter(remind_at__lte=at, reminded_at=None)
    return running.filter(due_at__lte=at, breached_at=None)


@whole()
def _tell_due(system: System, at: datetime, what: str) -> int:
    """Some of those that are due, locked; those that another worker is telling of are passed over."""
    rows = _running(at, what).order_by("remind_at" if what == "remind" else "due_at")
    due = list(rows.select_for_update(skip_locked=True, of=("self",)).select_related("tip", "agency")[:_BATCH])
    told = {"reminded_at" if what == "remind" else "breached_at": at}
    Clock.objects.filter(pk__in=[clock.pk for clock in due]).update(**told)
    for clock in due:
        _tell(clock, what, system, at)
    return len(due)


def _tell(clock: Clock, what: str, system: System, at: datetime) -> None:
    is_breach = what == "breach" and clock.duty == Clock.Duty.OURS
    audit.record(
        "breach_clock" if is_breach else "remind_clock",
        kind="clock",
        by=system,
        at=at,
        object_id=clock.pk,
        tip=clock.tip_id,
        pillar=clock.pillar,
        reason=clock.rule,
    )
    notices.queue(
        "clock_breached" if is_breach else "clock_reminder",
        agency=clock.agency,
        reference=clock.tip.reference if clock.tip else "",
        path=f"/tips/{clock.tip_id}/" if clock.tip_id else "/desk/",
        at=at,
    )
    if is_breach:
        paging.page_breach(clock, by=system, at=at)
