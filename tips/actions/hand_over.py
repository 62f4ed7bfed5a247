"""Giving a running conversation to a colleague, and taking one up: one draft, one who types, both named."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit, notices
from agencies.lifecycle import Conflict
from agencies.models import Membership, Role, User
from agencies.whole import whole
from tips.actions import drafts
from tips.models import Contact, CutOff, Draft, HandOver

DESK_ROLES = (Role.OPERATOR, Role.SUPERVISOR)


def colleagues(agency_id: UUID, *, at: datetime) -> list[User]:
    """Who works at this desk, those on duty first, then by name."""
    seats = Membership.objects.current(at).filter(agency_id=agency_id, role__in=DESK_ROLES, user__is_active=True)
    known: dict[UUID, tuple[bool, str, User]] = {}
    for seat in seats.select_related("user").order_by("pk"):
        is_away = not (seat.on_duty_until and seat.on_duty_until > at)
        known[seat.user_id] = (is_away, str(seat.user), seat.user)
    return [user for _, _, user in sorted(known.values(), key=lambda row: row[:2])]


@whole()
def hand_over(contact: Contact, *, to: User, by: User, at: datetime) -> HandOver:
    """Whoever types gives it to a colleague; whoever had it before, or a supervisor, may also take or pass it on.

    Raises PermissionDenied for others, ValidationError for somebody who is not of the desk, Conflict when it went to
    somebody else or ended meanwhile.
    """
    if not by.has_perm("tips.log_contact"):
        raise PermissionDenied("Only the hotline's desk hands conversations over.")
    draft = _locked(contact)
    is_former = by.pk in (draft.user_id, draft.handed_from_id) and to == by
    if draft.typist_id != by.pk and not is_former and by.role != Role.SUPERVISOR:
        raise PermissionDenied("Only who types this conversation hands it over.")
    if to not in colleagues(contact.agency_id, at=at):
        raise ValidationError("Choose a colleague of your desk.")
    return _give(draft, contact, to=to, by=by, at=at)


@whole()
def take_up(contact: Contact, *, by: User, at: datetime, heard: str = "") -> HandOver:
    """Whoever answers when the caller rings again goes on in the same draft; `heard` is what they typed meanwhile.

    Raises Conflict when the line is no longer broken: a colleague was first, or the caller was rung back.
    """
    if not by.has_perm("tips.log_contact"):
        raise PermissionDenied("Only the hotline's desk takes up conversations.")
    draft = Draft.objects.select_for_update(of=("self",)).filter(contact=contact).first()
    broken = CutOff.objects.select_for_update(of=("self",)).filter(contact=contact, ended_at=None).first()
    if draft is None or broken is None:
        raise Conflict("This conversation goes on with a colleague, or has ended. Go on with your own.")
    if heard.strip():
        _append(draft, heard)
    row = _give(draft, contact, to=by, by=by, at=at)
    # Last: while the line is broken, the draft is open to whoever answers.
    CutOff.objects.filter(pk=broken.pk).update(ended_at=at, ended_by=by, ended_as=CutOff.EndedAs.TAKEN_UP)
    return row


def _locked(contact: Contact) -> Draft:
    draft = Draft.objects.select_for_update(of=("self",)).filter(contact=contact).first()
    if draft is None:
        raise Conflict("This conversation is with somebody else now, or has ended.")
    return draft


def _give(draft: Draft, contact: Contact, *, to: User, by: User, at: datetime) -> HandOver:
    before = User.objects.get(pk=draft.typist_id)
    if before == to:
        raise Conflict(f"{to} types this conversation already.")
    # The next save of a page that is still open elsewhere must not pass for a later one of the same page.
    changes: dict[str, Any] = {"handed_to": to, "handed_from": before, "sequence": draft.sequence + 1}
    if Draft.objects.filter(pk=draft.pk).update(**changes) != 1:
        raise PermissionDenied("This conversation is no longer open to you.")
    row = HandOver(contact=contact, agency_id=contact.agency_id, from_user=before, to_user=to, by=by, at=at)
    row.save(force_insert=True)
    details = {"from": str(before.pk), "to": str(to.pk)}
    audit.record("hand_over", kind="contact", by=by, at=at, object_id=contact.pk, details=details)
    path = f"/contacts/{contact.pk}/"
    if to != by:
        notices.queue("contact_handed", user=to, reference="", path=path, at=at)
    if before != by:
        notices.queue("contact_taken_up", user=before, reference="", path=path, at=at)
    return row


def _append(draft: Draft, heard: str) -> None:
    content = drafts.read_draft(draft)
    values: Mapping[str, list[str]] = content.get("values", {})
    told = (values.get("narrative") or [""])[0]
    narrative = f"{told.rstrip()}\n\n{heard.strip()}" if told.strip() else heard
    content["values"] = {**values, "narrative": [narrative]}
    Draft.objects.filter(pk=draft.pk).update(content=drafts.seal(draft.contact_id, content))
