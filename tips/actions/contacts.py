"""Moving an ended contact from one tip to another."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.whole import whole
from tips.models import Contact, EndedAs, Tip, TipStatus


@whole()
def move(contact: Contact, tip: Tip, *, by: User, at: datetime) -> Contact:
    """Put a contact, with the words told in it, onto another tip of the same desk; returns it as saved.

    What was coded from it stays on the tip where it was coded. Raises PermissionDenied for somebody else's contact or
    tip; Conflict when one of the tips is merged or the target is closed; ValidationError for the only contact of a tip:
    then the two tips are one, and merging keeps the way back.
    """
    if not by.has_perm("tips.triage") or tip.holder_agency_id != by.acting_agency_id:
        raise PermissionDenied("Move contacts only between tips that your hotline holds.")
    locked = Contact.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if locked is None or locked.ended_as != EndedAs.ON_TIP or locked.tip_id is None:
        raise PermissionDenied("Only a contact on a tip can be moved.")
    if locked.tip_id == tip.pk:
        raise Conflict(f"This contact is on {tip.reference} already.")
    # Both tips in one order, against a merging or closing at the same moment.
    both = {row.pk: row for row in Tip.objects.select_for_update(of=("self",)).filter(pk__in=[tip.pk, locked.tip_id])}
    _check(both[locked.tip_id], both[tip.pk], locked)
    source = locked.tip_id
    locked.tip, locked.version = both[tip.pk], locked.version + 1
    locked.save(update_fields=["tip", "version"])
    for key in (source, tip.pk):
        details = {"from": str(source), "to": str(tip.pk)}
        audit.record("move", kind="contact", by=by, at=at, object_id=contact.pk, tip=key, details=details)
    return locked


def _check(source: Tip, target: Tip, contact: Contact) -> None:
    if target.status in (TipStatus.CLOSED, TipStatus.MERGED):
        raise Conflict(
            f"{target.reference} is {target.get_status_display().lower()}. Open it first, or choose another tip."
        )
    if source.status == TipStatus.MERGED:
        raise Conflict(f"{source.reference} is merged with another tip. Take it out first.")
    if not Contact.objects.filter(tip=source).exclude(pk=contact.pk).exists():
        raise ValidationError(
            f"This is the only contact of {source.reference}. Compare the two tips, and merge them if they are one."
        )
