"""Writing rule versions, putting them in force and retiring them: two people, one version in force at a time."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from agencies import audit
from agencies.lifecycle import Conflict
from agencies.models import Agency, User
from agencies.whole import whole
from casework.models import RuleStatus, RuleVersion
from casework.rule_checks import RuleChecks
from casework.rulebook import frame, kind_rows
from casework.states import RULE
from tips.actions import policies

_ONLY = "Only supervisors of the hotline write rules."
_KINDS_CHECKED = (RuleVersion.Kind.ROUTING, RuleVersion.Kind.CLOCK)


@whole()
def write(
    kind: str, code: str, body: Mapping[str, Any], *, source: str, confidence: str, by: User, at: datetime
) -> RuleVersion:
    """Keep a new version as a draft; it decides nothing until a second person puts it in force.

    Raises PermissionDenied, ValidationError that names each reason, Conflict when somebody wrote one at this moment.
    """
    if not policies.may_decide(by):
        raise PermissionDenied(_ONLY)
    found = problems(kind, code, body)
    if found:
        raise ValidationError({"body": found})
    newest = RuleVersion.objects.filter(kind=kind, code=code).aggregate(newest=Max("number"))["newest"] or 0
    draft = RuleVersion(
        kind=kind,
        code=code,
        number=newest + 1,
        body={**body, "id": code, "version": newest + 1},
        source=source,
        confidence=confidence,
        proposed_by=by,
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("Somebody else wrote a version of this rule just now. Look at it first.") from error
    audit.record("write", kind="rule", by=by, at=at, object_id=draft.pk, details={"code": code, "number": draft.number})
    return draft


@whole()
def put_in_force(rule: RuleVersion, *, by: User, at: datetime, version: int | None = None) -> RuleVersion:
    """Let a proposed version decide from now on; the one before it is retired in the same moment.

    Raises PermissionDenied for whoever proposed it, Conflict when it is no longer a draft or a newer one decides,
    ValidationError when something speaks against it: such a rule would lose tips.
    """
    found = problems(rule.kind, rule.code, rule.body)
    if found:
        raise ValidationError([f"{sentence} Write a new version." for sentence in found])
    before = RuleVersion.objects.select_for_update(of=("self",)).filter(
        kind=rule.kind, code=rule.code, status=RuleStatus.IN_FORCE
    )
    for old in before:
        if old.number > rule.number:
            raise Conflict(f"Version {old.number} is in force, which is newer. Write a new version.")
        old.status = RuleStatus.RETIRED
        old.retired_at = at
        old.version += 1
        old.save(update_fields=["status", "retired_at", "version"])
        audit.record("retire", kind="rule", by=by, at=at, object_id=old.pk, reason="replaced")
    return RULE.move(rule, "put_in_force", by=by, at=at, version=version, values={"approved_by_id": by.pk})


@whole()
def retire(rule: RuleVersion, *, by: User, at: datetime, version: int | None = None) -> RuleVersion:
    """Let a rule no longer propose anything. Raises PermissionDenied for whoever proposed it."""
    return RULE.move(rule, "retire", by=by, at=at, version=version)


def problems(kind: str, code: str, body: Any) -> list[str]:
    """What speaks against a version with this body beside the rules in force, in sentences. Two queries."""
    if kind not in _KINDS_CHECKED:
        return []
    if not isinstance(body, dict):
        return ["It cannot be read: the body is no JSON object."]
    row = {**body, "id": code}
    checks = _checks()
    if kind == RuleVersion.Kind.CLOCK:
        return checks.of_clock(row)
    return checks.of_routing(row, [other for other in _in_force(kind) if other["id"] != code])


def problems_in_force() -> list[str]:
    """The same for every rule in force, each with its code: for the start. Three queries."""
    checks, routing = _checks(), _in_force(RuleVersion.Kind.ROUTING)
    found = []
    for row in routing:
        others = [other for other in routing if other["id"] != row["id"]]
        found += [f"Rule {row['id']}: {sentence}" for sentence in checks.of_routing(row, others)]
    for row in _in_force(RuleVersion.Kind.CLOCK):
        found += [f"{row['id']}: {sentence}" for sentence in checks.of_clock(row)]
    return found


def _checks() -> RuleChecks:
    return RuleChecks(frame(), kind_rows(), receivable=set(_receivable()))


def _receivable() -> Iterable[str]:
    return Agency.objects.receiving().order_by().values_list("kind", flat=True).distinct()


def _in_force(kind: str) -> list[dict[str, Any]]:
    rows = RuleVersion.objects.filter(kind=kind, status=RuleStatus.IN_FORCE).order_by("code")
    return [{**row.body, "id": row.code} for row in rows]
