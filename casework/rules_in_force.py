"""The rulebook of this deployment: the rule versions in force, compiled once for each state of the table."""

from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from casework.models import RuleStatus, RuleVersion
from casework.rulebook import Rulebook, frame, kind_rows, rulebook_of
from casework.sharing import Table
from casework.sharing_rules import table_with

Key = tuple[Any, ...]


def rules_in_force() -> Rulebook:
    """One query as long as no rule was put in force or retired since the last call in this process."""
    return _compiled(_state())[0]


def sharing_in_force() -> Table:
    """The table of what may be told, as it is in force; one query, as for `rules_in_force`."""
    return _compiled(_state())[1]


def with_rule(candidate: RuleVersion) -> Rulebook:
    """The rulebook as it would be with this version in force.

    Raises ValueError, KeyError or TypeError for a body that the evaluator cannot read.
    """
    return _compile(candidate)[0]


def _state() -> Key:
    # Retiring and putting in force both move one of these.
    state = RuleVersion.objects.exclude(status=RuleStatus.DRAFT).aggregate(
        Count("pk"), Max("in_force_from"), Max("retired_at")
    )
    return tuple(state.values())


@lru_cache(maxsize=2)
def _compiled(state: Key) -> tuple[Rulebook, Table]:
    return _compile(None)


def _compile(candidate: RuleVersion | None) -> tuple[Rulebook, Table]:
    rows = RuleVersion.objects.filter(status=RuleStatus.IN_FORCE)
    versions = {(row.kind, row.code): row for row in rows}
    if candidate is not None:
        versions[candidate.kind, candidate.code] = candidate
    bodies: dict[str, list[dict[str, Any]]] = {kind: [] for kind in RuleVersion.Kind.values}
    for row in versions.values():
        bodies[row.kind].append({**row.body, "version": row.number, "status": RuleStatus.IN_FORCE})
    book = rulebook_of(frame(), bodies[RuleVersion.Kind.ROUTING], bodies[RuleVersion.Kind.CLOCK], kind_rows())
    return book, table_with(bodies[RuleVersion.Kind.SHARING])
