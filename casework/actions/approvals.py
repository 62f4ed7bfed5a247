"""What takes two people: asking, agreeing, refusing."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit, notices
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.whole import whole
from casework.models import Approval, ApprovalStatus, LowerReason
from casework.states import APPROVAL
from tips.actions import persons, triage
from tips.models import Tip, Urgency

_PROTECTED = "danger"


@whole()
def ask_to_lower(tip: Tip, *, urgency: str, danger: str, reason: str, by: User, at: datetime) -> Approval:
    """Ask a second person to lower a tip from P0 to `urgency`; until then it stays.

    `danger` is the code that the fact gets with the yes, or empty to leave it; `reason` a code of LowerReason. Raises
    Conflict when somebody else has asked already; a question of one's own is replaced.
    """
    if tip.holder_agency_id != by.acting_agency_id or not by.has_perm("tips.triage"):
        raise PermissionDenied("Only the desk that holds the tip changes its urgency.")
    if reason not in LowerReason.values:
        raise ValidationError({"lower_reason": "Choose why the danger is less: a second person decides."})
    if urgency not in Urgency.values or urgency == Urgency.P0:
        raise ValidationError({"urgency": "Choose the lower urgency."})
    standing = Approval.objects.filter(tip=tip, what=Approval.What.LOWER_DANGER, status=ApprovalStatus.ASKED).first()
    if standing is not None:
        if standing.asked_by_id != by.pk:
            raise Conflict("Somebody else has asked to lower this tip. Look at the tip: you can decide.")
        APPROVAL.move(standing, "lapse", by=by, at=at)
    approval = Approval(
        tip=tip,
        agency=tip.holder_agency,
        what=Approval.What.LOWER_DANGER,
        reason=reason,
        values={"urgency": urgency, **({_PROTECTED: danger} if danger else {})},
        asked_by=by,
        asked_at=at,
    )
    approval.save(force_insert=True)
    audit.record(
        "ask",
        kind="approval",
        by=by,
        at=at,
        object_id=approval.pk,
        tip=tip.pk,
        reason=reason,
        details={"urgency": [tip.urgency, urgency]},
    )
    _tell(approval, "second_person_asked", at=at)
    return approval


@whole()
def give(approval: Approval, *, by: User, at: datetime, version: int | None = None) -> Approval:
    """Agree, as another human being than whoever asked: the tip is lowered at once, in both names."""
    tip = Tip.objects.select_for_update(of=("self",)).get(pk=approval.tip_id)
    values: dict[str, Any] = {"decided_by_id": by.pk, "tip_version": tip.version}
    approval = APPROVAL.move(approval, "give", by=by, at=at, version=version, reason=approval.reason, values=values)
    said = approval.values
    tip = triage.triage(
        tip,
        request_type=tip.request_type,
        urgency=said["urgency"],
        indicator_level=tip.indicator_level,
        reason=approval.reason,
        by=by,
        at=at,
        is_agreed=True,
    )
    if _PROTECTED in said:
        persons.set_situation_facts(tip, {_PROTECTED: said[_PROTECTED]}, by=by, at=at)
    _tell_asker(approval, at=at)
    return approval


@whole()
def refuse(approval: Approval, *, by: User, at: datetime, version: int | None = None) -> Approval:
    """Say no: everything stays, and whoever asked is told."""
    values = {"decided_by_id": by.pk}
    approval = APPROVAL.move(approval, "refuse", by=by, at=at, version=version, values=values)
    _tell_asker(approval, at=at)
    return approval


@whole()
def take_back(approval: Approval, *, by: User, at: datetime, version: int | None = None) -> Approval:
    """Withdraw one's own question."""
    return APPROVAL.move(approval, "lapse", by=by, at=at, version=version)


def _tell(approval: Approval, code: str, *, at: datetime) -> None:
    tip = approval.tip
    notices.queue(code, agency=tip.holder_agency, reference=tip.reference, path=f"/tips/{tip.pk}/", at=at)


def _tell_asker(approval: Approval, *, at: datetime) -> None:
    tip, asker = approval.tip, approval.asked_by
    notices.queue("second_person_decided", user=asker, reference=tip.reference, path=f"/tips/{tip.pk}/", at=at)
