"""The rulebook of this deployment: the rule versions in force, compiled once for each state of the table."""

from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from casework.models import RuleStatus, RuleVersion
from casework.rulebook import Rulebook, frame, kind_rows, rulebook_of

Key = tuple[Any, ...]


def rules_in_force() -> Rulebook:
    """One query as long as no rule was put in force or retired since the last call in this process."""
    # Retiring and putting in force both move one of these.
    state = RuleVersion.objects.exclude(status=RuleStatus.DRAFT).aggregate(
        Count("pk"), Max("in_force_from"), Max("retired_at")
    )
    return _compiled(tuple(state.values()))


def with_rule(candidate: RuleVersion) -> Rulebook:
    """The rulebook as it would be with this version in force.

    Raises ValueError, KeyError or TypeError for a body that the evaluator cannot read.
    """
    return _compile(candidate)


@lru_cache(maxsize=2)
def _compiled(state: Key) -> Rulebook:
    return _compile(None)


def _compile(candidate: RuleVersion | None) -> Rulebook:
    rows = RuleVersion.objects.filter(status=RuleStatus.IN_FORCE)
    versions = {(row.kind, row.code): row for row in rows}
    if candidate is not None:
        versions[candidate.kind, candidate.code] = candidate
    bodies: dict[str, list[dict[str, Any]]] = {kind: [] for kind in RuleVersion.Kind.values}
    for row in versions.values():
        bodies[row.kind].append({**row.body, "version": row.number, "status": RuleStatus.IN_FORCE})
    return rulebook_of(frame(), bodies[RuleVersion.Kind.ROUTING], bodies[RuleVersion.Kind.CLOCK], kind_rows())
