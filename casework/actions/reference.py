"""Loading the rules that come with this version: each becomes a row, in force unless the deployment has its own."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from casework.models import RuleStatus, RuleVersion

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
FILES = {
    RuleVersion.Kind.ROUTING: "routing_rules.json",
    RuleVersion.Kind.CLOCK: "clocks.json",
    RuleVersion.Kind.PLAYBOOK: "playbooks.json",
    RuleVersion.Kind.SHARING: "sharing_rules.json",
}


def _bodies(name: str) -> list[dict[str, Any]]:
    path = REFERENCE / name
    found = json.loads(path.read_text(encoding="utf-8"))
    bodies: list[dict[str, Any]] = found["rules"] if isinstance(found, dict) else found
    return bodies


@transaction.atomic
def load_rules(*, at: datetime) -> int:
    """Add each rule version that is not there yet and retire the one it follows; returns how many are in force."""
    known = set(RuleVersion.objects.values_list("kind", "code", "number"))
    for kind, name in FILES.items():
        for body in _bodies(name):
            number = int(body.get("version", 1))
            if (kind, body["id"], number) not in known:
                put_in_force(kind, body, number, at)
    return RuleVersion.objects.filter(status=RuleStatus.IN_FORCE).count()


def put_in_force(kind: str, body: dict[str, Any], number: int, at: datetime) -> None:
    """Add one shipped version. Where people of the deployment have a version of their own, it waits as a draft."""
    in_force = RuleVersion.objects.filter(kind=kind, code=body["id"], status=RuleStatus.IN_FORCE)
    # A version that people of this deployment put in force is theirs to replace.
    is_theirs = in_force.exclude(proposed_by=None).exists()
    if not is_theirs:
        in_force.update(status=RuleStatus.RETIRED, retired_at=at)
    RuleVersion.objects.create(
        kind=kind,
        code=body["id"],
        number=number,
        status=RuleStatus.DRAFT if is_theirs else RuleStatus.IN_FORCE,
        body=body,
        source=str(body.get("source", ""))[:300],
        confidence=str(body.get("confidence", ""))[:120],
        in_force_from=None if is_theirs else at,
    )
