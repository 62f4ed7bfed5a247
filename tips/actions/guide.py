"""What supervisors edit for the desk: the guide's questions, and what must be reported about a child in each state."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.models import User
from agencies.whole import whole
from tips.models import GuideQuestion, StateDuty

_ONLY = "Only a supervisor of the hotline edits the guide and the duties of states."
SECOND_PERSON = "Somebody else has to check what you wrote. Ask a second supervisor."


@whole()
def save_question(question: GuideQuestion, *, by: User, at: datetime) -> None:
    """Save a question; what was asked before keeps its code. Raises PermissionDenied, ValidationError."""
    _allow(by)
    question.full_clean(validate_unique=False, validate_constraints=False)
    question.save()
    audit.record("edit_guide", kind="guide", by=by, at=at, object_id=question.pk)


@whole()
def save_duty(duty: StateDuty, *, by: User, at: datetime) -> None:
    """Save what somebody wrote about a state; it counts again only when a second person has verified it."""
    _allow(by)
    duty.written_by, duty.verified_by, duty.verified_at = by, None, None
    duty.full_clean(validate_unique=False, validate_constraints=False)
    duty.save()
    audit.record("edit_duty", kind="state_duty", by=by, at=at, object_id=duty.pk)


@whole()
def verify_duty(duty: StateDuty, *, by: User, at: datetime) -> None:
    """Let it count: checked against its source by somebody who did not write it."""
    _allow(by)
    row = StateDuty.objects.select_for_update(of=("self",)).get(pk=duty.pk)
    if row.written_by_id == by.pk:
        raise PermissionDenied(SECOND_PERSON)
    if not row.duty or not row.source:
        raise ValidationError("Write the duty and its source first.")
    row.verified_by, row.verified_at = by, at
    row.save(update_fields=["verified_by", "verified_at"])
    audit.record("verify_duty", kind="state_duty", by=by, at=at, object_id=row.pk)


def _allow(user: User) -> None:
    if not user.has_perm("tips.edit_guide") or user.acting is None or not user.acting.agency.is_hotline:
        raise PermissionDenied(_ONLY)
