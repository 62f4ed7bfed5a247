"""Trying a rule on past tips: what would it have changed? A job reads them; nothing but the trial is written."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet

from agencies import audit, notices
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.scope import acting_as_system
from agencies.whole import whole
from casework.models import RuleStatus, RuleTrial, RuleVersion
from casework.routing import propose
from casework.rulebook import Rulebook
from casework.rules_in_force import rules_in_force, with_rule
from tips.actions import policies
from tips.facts_of import facts_of_many
from tips.models import Tip, TipAccess, TipStatus

RUN = "casework.jobs.try_rules"
_BATCH = 200
_LISTED = 500


@whole()
def ask(rule: RuleVersion, *, by: User, at: datetime) -> RuleTrial:
    """Have a draft tried on the tips of the last TRIAL_DAYS days that the own agency holds.

    Raises PermissionDenied, Conflict when it runs already or decides already, ValidationError when it cannot be read.
    """
    if not policies.may_decide(by) or by.acting is None:
        raise PermissionDenied("Only supervisors of the hotline try rules.")
    if rule.status != RuleStatus.DRAFT:
        raise Conflict("This version is no draft any more. Write a new one to try it.")
    if RuleTrial.objects.visible_to(by).filter(rule=rule, finished_at=None).exists():
        raise Conflict("This version is being tried now. Look at how far it is.")
    try:
        with_rule(rule)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValidationError("This version cannot be read, so it cannot be tried. Write it anew.") from error
    since = at - timedelta(days=settings.TRIAL_DAYS)
    trial = RuleTrial(
        rule=rule,
        agency=by.acting.agency,
        asked_by=by,
        asked_at=at,
        since=since,
        total_count=_tips(by.acting.agency_id, since, at).count(),
    )
    trial.save(force_insert=True)
    audit.record("try", kind="rule", by=by, at=at, object_id=rule.pk, details={"trial": str(trial.pk)})
    notices.wake(RUN)
    return trial


def run_due(*, at: datetime) -> int:
    """Read the next tips of each trial until none is left; returns how many tips were read.

    Each batch is a transaction of its own: a worker that dies loses one, and another goes on where it stood.
    """
    total = 0
    while True:
        with acting_as_system("rule trial"):
            trial = (
                RuleTrial.objects.filter(finished_at=None)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("rule")
                .order_by("asked_at", "pk")
                .first()
            )
            if trial is None:
                return total
            total += _run_batch(trial, at)


def _run_batch(trial: RuleTrial, at: datetime) -> int:
    tips = _next_tips(trial)
    changed = changed_by(trial.rule, tips) if tips else {}
    trial.done_count += len(tips)
    trial.changed_count += len(changed)
    room = _LISTED - len(trial.changed_tips)
    trial.changed_tips += [str(pk) for pk in [*changed][:room]]
    if tips:
        trial.cursor_at, trial.cursor_tip = tips[-1].created_at, tips[-1].pk
    if len(tips) < _BATCH:
        trial.finished_at = at
    trial.save()
    return len(tips)


def _next_tips(trial: RuleTrial) -> list[Tip]:
    rows = _tips(trial.agency_id, trial.since, trial.asked_at)
    if trial.cursor_at is not None:
        later = Q(created_at=trial.cursor_at, tip__gt=trial.cursor_tip)
        rows = rows.filter(Q(created_at__gt=trial.cursor_at) | later)
    order = [row.tip_id for row in rows.order_by("created_at", "tip")[:_BATCH]]
    found = Tip.objects.in_bulk(order)
    return [found[pk] for pk in order]


def _tips(agency: UUID, since: datetime, until: datetime) -> "QuerySet[TipAccess]":
    """The tips that an agency holds and that came in within this time, by its access rows; merged ones count inside."""
    held = TipAccess.objects.filter(agency=agency, is_holder=True, created_at__gte=since, created_at__lte=until)
    return held.exclude(status=TipStatus.MERGED)


def changed_by(rule: RuleVersion, tips: list[Tip]) -> dict[UUID, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Of these tips those for which the version would propose something else: what is proposed now, and then.

    The facts are those of today. Five queries, and some more for each tip that others were merged into.
    """
    now, then = rules_in_force(), with_rule(rule)
    found: dict[UUID, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
    for pk, facts in facts_of_many(tips).items():
        before, after = _outcome(facts, now), _outcome(facts, then)
        if before != after:
            found[pk] = (before, after)
    return found


def _outcome(facts: Mapping[str, Any], book: Rulebook) -> dict[str, Any]:
    """What people would see differ: not the words of a reason."""
    result = propose(facts, book)
    return {
        "urgency": result["urgency"],
        "request_type": result["request_type"],
        "pillars": result["pillars"],
        "kinds": [line["kind"] for line in result["agency_kinds"]],
        "withheld": sorted(line["kind"] for line in result["withheld"]),
        "clocks": sorted(line["id"] for line in result["clocks"]),
        "gates": sorted(line["id"] for line in result["gates"]),
    }
