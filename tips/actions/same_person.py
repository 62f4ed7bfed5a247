"""Saying that two persons on two tips are one, and taking it back; neither tip changes."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.whole import whole
from tips.models import Person, SamePerson, Tip


@whole()
def link(one: Person, other: Person, *, reason: str, by: User, at: datetime) -> SamePerson:
    """Link two persons as one. Whoever sees both tips sees the link, nobody else.

    Raises PermissionDenied unless the actor's desk holds both tips; Conflict for a link that stands; ValidationError
    for persons of one tip, or without a reason.
    """
    _check_holds((one, other), by)
    if not reason.strip():
        raise ValidationError({"reason": "Say what shows that they are one person."})
    if one.tip_id == other.tip_id:
        raise ValidationError("Both are on the same tip. Correct the tip instead.")
    one, other = sorted((one, other), key=lambda person: person.pk)
    if SamePerson.objects.standing().filter(one=one, other=other).exists():
        raise Conflict("These two are linked already.")
    same = SamePerson(
        one=one,
        other=other,
        one_tip_id=one.tip_id,
        other_tip_id=other.tip_id,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    same.save(force_insert=True)
    _record("link_person", same, by=by, at=at)
    return same


@whole()
def unlink(same: SamePerson, *, reason: str, by: User, at: datetime) -> None:
    """Say that they are two after all; the link stays on record with who made and who ended it."""
    persons = Person.objects.filter(pk__in=(same.one_id, same.other_id))
    _check_holds(tuple(persons), by)
    if not reason.strip():
        raise ValidationError({"reason": "Say why they are two persons."})
    ended = SamePerson.objects.standing().filter(pk=same.pk)
    if not ended.update(ended_at=at, ended_by=by, end_reason=reason.strip()):
        raise Conflict("Somebody else took this link back meanwhile.")
    _record("unlink_person", same, by=by, at=at)


def _check_holds(persons: tuple[Person, ...], by: User) -> None:
    """Both tips, so that nobody says something about a tip which they may not read."""
    keys = {person.tip_id for person in persons}
    held = Tip.objects.visible_to(by).filter(pk__in=keys, holder_agency_id=by.acting_agency_id).count()
    if not by.has_perm("tips.triage") or not keys or held != len(keys):
        raise PermissionDenied("Link persons only on tips that your hotline holds.")


def _record(verb: str, same: SamePerson, *, by: User, at: datetime) -> None:
    for tip, person in ((same.one_tip_id, same.one_id), (same.other_tip_id, same.other_id)):
        details = {"person": str(person), "link": str(same.pk)}
        audit.record(verb, kind="person", by=by, at=at, object_id=person, tip=tip, details=details)
