"""Notes: a line written while working; its agency's own until it shares it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.models import User
from agencies.whole import whole
from tips.models import Note, Pillar, Tip

LONGEST = 10_000


@whole()
def add(tip: Tip, text: str, *, by: User, at: datetime, pillar: str = "", is_shared: bool = False) -> Note:
    """Write a note on a tip that the agency has a need to know. A shared one is read by everybody on the tip.

    `pillar` is a code of Pillar or empty. Raises ValidationError for an empty or overlong text.
    """
    if not by.has_perm("tips.read_content") or by.acting_agency_id is None:
        raise PermissionDenied("Only people who work on the tip write notes on it.")
    words = text.strip()
    if not words:
        raise ValidationError({"text": "Write something, or leave the page."})
    if len(words) > LONGEST:
        raise ValidationError({"text": f"Shorten the note to {LONGEST:,} characters, or write two."})
    if pillar and pillar not in Pillar.values:
        raise ValidationError({"pillar": "Choose one of the pillars, or none."})
    note = Note(
        tip=tip, agency_id=by.acting_agency_id, author=by, pillar=pillar, text=words, is_shared=is_shared, created_at=at
    )
    note.save(force_insert=True)
    reason = "shared" if is_shared else "own agency"
    audit.record("note", kind="tip", by=by, at=at, object_id=note.pk, tip=tip.pk, pillar=pillar, reason=reason)
    return note


@whole()
def move(note: Note, tip: Tip, *, by: User, at: datetime) -> Note:
    """Put an own note onto another tip of the same desk: it was written about that one."""
    if note.agency_id != by.acting_agency_id or tip.holder_agency_id != by.acting_agency_id:
        raise PermissionDenied("Move only notes of your own agency, between tips that it holds.")
    source = note.tip_id
    if Note.objects.filter(pk=note.pk).update(tip=tip) != 1:
        raise PermissionDenied("This note is no longer open to you.")
    for key in (source, tip.pk):
        details = {"from": str(source), "to": str(tip.pk)}
        audit.record("move_note", kind="tip", by=by, at=at, object_id=note.pk, tip=key, details=details)
    return Note.objects.get(pk=note.pk)
