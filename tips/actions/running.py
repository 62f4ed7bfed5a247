"""What a contact that ends takes with it: the danger, the draft, the broken line, the help, the files."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from agencies import audit
from agencies.models import User
from tips.actions import drafts, help_me
from tips.models import Attachment, Contact, CutOff, Emergency, HelpCall


@dataclass(frozen=True)
class LeftOpen:
    """What stands open beside a contact in progress; `was_in_danger` counts one that is over, not one taken back."""

    was_in_danger: bool
    is_in_danger: bool
    is_cut_off: bool
    wants_help: bool
    has_files: bool


def look(contact: Contact) -> LeftOpen:
    """What is open, all of it in one query. The row is locked first: a danger raised meanwhile is seen, or waits."""
    # Not in one statement with what follows: what waited for the lock would still see the time before it.
    list(Contact.objects.select_for_update(of=("self",)).filter(pk=contact.pk).values_list("pk"))
    dangers = Emergency.objects.filter(contact=OuterRef("pk"))
    broken = CutOff.objects.filter(contact=OuterRef("pk"), ended_at=None)
    asked = HelpCall.objects.filter(contact=OuterRef("pk"), ended_at=None)
    files = Attachment.objects.filter(contact=OuterRef("pk"), removed_at=None)
    found = (
        Contact.objects.filter(pk=contact.pk)
        .annotate(
            was_in_danger=Exists(dangers.exclude(ended_as=Emergency.EndedAs.TAKEN_BACK)),
            is_in_danger=Exists(dangers.filter(ended_at=None)),
            is_cut_off=Exists(broken),
            wants_help=Exists(asked),
            has_files=Exists(files),
        )
        .values("was_in_danger", "is_in_danger", "is_cut_off", "wants_help", "has_files")
        .first()
    )
    return LeftOpen(**(found or dict.fromkeys(LeftOpen.__dataclass_fields__, False)))


def wind_up(contact: Contact, left: LeftOpen, *, by: User, at: datetime) -> None:
    """Forget what was typed and said aside, and wait for the caller no more."""
    if left.is_cut_off:
        broken = CutOff.objects.filter(contact=contact, ended_at=None)
        broken.update(ended_at=at, ended_by=by, ended_as=CutOff.EndedAs.CONTACT_ENDED)
        audit.record("end_cut_off", kind="contact", by=by, at=at, object_id=contact.pk, details={"as": "contact_ended"})
    if left.wants_help:
        help_me.close_with(contact, by=by, at=at)
    drafts.forget(contact)
