"""Putting rule versions in force and retiring them: two people, one version in force at a time."""

from datetime import datetime

from django.core.exceptions import ValidationError

from agencies import audit
from agencies.models import User
from agencies.whole import whole
from casework.models import RuleStatus, RuleVersion
from casework.rules_in_force import with_rule
from casework.states import RULE


@whole()
def put_in_force(rule: RuleVersion, *, by: User, at: datetime, version: int | None = None) -> RuleVersion:
    """Let a proposed version decide from now on; the one before it is retired in the same moment.

    Raises PermissionDenied for whoever proposed it, Conflict when it is no longer a draft, ValidationError when the
    evaluator cannot read it: such a rule would lose tips.
    """
    try:
        with_rule(rule)
    except (KeyError, TypeError, ValueError) as error:
        raise ValidationError(f"This rule cannot be read ({type(error).__name__}: {error}). Mend its body.") from error
    before = RuleVersion.objects.select_for_update(of=("self",)).filter(
        kind=rule.kind, code=rule.code, status=RuleStatus.IN_FORCE
    )
    for old in before:
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
