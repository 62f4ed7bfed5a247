"""What a contact that ends takes with it: the draft, the broken line, the help."""

from datetime import datetime

from agencies import audit
from agencies.models import User
from tips.actions import drafts, help_me
from tips.models import Contact, CutOff


def wind_up(contact: Contact, *, by: User, at: datetime) -> None:
    """Forget what was typed and said aside, and wait for the caller no more."""
    broken = CutOff.objects.filter(contact=contact, ended_at=None)
    if broken.update(ended_at=at, ended_by=by, ended_as=CutOff.EndedAs.CONTACT_ENDED):
        audit.record("end_cut_off", kind="contact", by=by, at=at, object_id=contact.pk, details={"as": "contact_ended"})
    help_me.close_with(contact, by=by, at=at)
    drafts.forget(contact)
