"""Logging a contact: open, save while typing, end in one of three ways."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from agencies import audit, crypto
from agencies.ids import make_reference, uuid7
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.whole import whole
from tips.actions import access, attachments, contact_rows, danger, drafts, persons, resources_given, running
from tips.actions.resources_given import Resource
from tips.actions.running import LeftOpen
from tips.models import (
    Contact,
    Danger,
    EndedAs,
    Narrative,
    Place,
    SharedAccount,
    Tip,
    TipStatus,
    Urgency,
)
from tips.states import CONTACT
from tips.told import Told, as_heard

_RANDOM_DIGITS = 10


@whole()
def open_contact(
    *,
    channel: str,
    started_at: datetime,
    by: User,
    at: datetime,
    is_outgoing: bool = False,
    number: str = "",
    external_id: str = "",
    typed: Mapping[str, Any] | None = None,
) -> Contact:
    """A contact in progress with its draft, which begins with `typed`, in the shape of `drafts.save_draft`.

    One that began before today's work is marked as entered afterwards. `number` and `external_id` come from the
    telephone system that opens it.
    """
    if not by.has_perm("tips.log_contact") or by.acting is None or not by.acting.agency.is_hotline:
        raise PermissionDenied("Only the hotline's desk logs contacts.")
    if started_at > at:
        raise ValidationError({"started_at": "Enter a start that is not in the future."})
    contact = Contact(
        agency=by.acting.agency,
        taker=by,
        channel=channel,
        is_outgoing=is_outgoing,
        started_at=started_at,
        is_back_filled=(at - started_at).total_seconds() > settings.BACK_FILLED_AFTER_MINUTES * 60,
        external_id=external_id,
    )
    for name, value in contact_rows.number_columns(contact, number).items():
        setattr(contact, name, value)
    contact.save(force_insert=True)
    drafts.begin(contact, typed or {}, by=by, at=at)
    audit.record("open", kind="contact", by=by, at=at, object_id=contact.pk)
    return contact


@whole()
def end_non_actionable(contact: Contact, *, reason: str, by: User, at: datetime, version: int | None = None) -> Contact:
    """Count it and forget the draft. `reason` is a code of NonActionable."""
    left = _safe_to_end(contact)
    values = {"ended_as": EndedAs.NON_ACTIONABLE, "end_reason": reason}
    return _end(contact, "end_non_actionable", values, left, by=by, at=at, version=version)


@whole()
def end_answered(
    contact: Contact,
    *,
    request_type: str,
    by: User,
    at: datetime,
    resources: Sequence[Resource] = (),
    values: Mapping[str, Any] | None = None,
    interpretation: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Contact:
    """Numbers or material were given. `values` are the contact's own coded fields."""
    left = _safe_to_end(contact)
    ended = {**(values or {}), "ended_as": EndedAs.ANSWERED, "request_type": request_type}
    contact = _end(contact, "end_answered", ended, left, by=by, at=at, version=version)
    contact_rows.save_interpretation(contact, interpretation or {})
    resources_given.give(contact, resources, by=by, at=at)
    return contact


@whole()
def end_on_tip(
    contact: Contact,
    told: Told,
    *,
    by: User,
    at: datetime,
    tip: Tip | None = None,
    resources: Sequence[Resource] = (),
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
    left: LeftOpen | None = None,
) -> Tip:
    """Put what was told onto a new tip, or onto one that the desk already holds; returns the tip.

    A danger that was raised and not taken back counts as danger to life (ruling 1). `left` is what `running.look` found
    in this transaction.

    Raises PermissionDenied for a tip of another holder, Conflict when the contact has ended meanwhile or the tip is
    closed: what is put on a tip that nobody works on is read by nobody.
    """
    left = left or running.look(contact)
    values = with_danger(left, values or {})
    resources_given.refuse_unsafe(resources, [(person.is_in_contact, person.safe_contact) for person in told.persons])
    is_life = values.get("danger", contact.danger) == Danger.LIFE
    is_new = tip is None
    if tip is None:
        began = contact.started_at if contact.is_back_filled else at
        tip = _new_tip(told, is_danger_to_life=is_life, by=by, at=began)
    else:
        tip = _takes_more(tip, is_life=is_life, by=by, at=at)
    ended = {**values, "ended_as": EndedAs.ON_TIP, "tip_id": tip.pk}
    contact = _end(contact, "end_on_tip", ended, left, by=by, at=at, version=version)
    if left.has_files:
        attachments.keep_on_tip(contact, tip)
    if left.is_in_danger:
        danger.go_with_the_tip(contact, by=by, at=at)
    contact_rows.save_interpretation(contact, told.interpretation)
    told = as_heard(told, reporter=contact.caller_type)
    if told.narrative.strip():
        narrative = Narrative(id=uuid7(), contact=contact, tip=tip, agency_id=contact.agency_id, created_at=at)
        narrative.text = crypto.encrypt(told.narrative, table=Narrative._meta.db_table, row=narrative.pk, field="text")
        narrative.save(force_insert=True)
    Place.objects.bulk_create(
        Place(tip=tip, **vars(place)) for place in (told.place, *told.more_places) if not place.is_empty()
    )
    if is_new:
        persons.begin_situation(tip, told.facts, told.codes, by=by, at=at)
    else:
        persons.set_situation_facts(tip, told.facts, by=by, at=at)
        persons.set_codes(tip, told.codes, by=by, at=at)
    contact_rows.save_indications(contact, tip, told.indications)
    persons.add_persons(tip, told.persons, identifiers=told.identifiers, is_new=is_new, by=by, at=at)
    resources_given.give(contact, resources, by=by, at=at)
    return tip


def _end(
    contact: Contact,
    move: str,
    values: dict[str, Any],
    left: LeftOpen,
    *,
    by: User,
    at: datetime,
    version: int | None,
) -> Contact:
    values = {"ended_at": max(at, contact.started_at), **values}
    if isinstance(values.get("number"), str):
        values |= contact_rows.number_columns(contact, values["number"])
    if values["ended_at"] < contact.started_at:
        raise ValidationError({"ended_at": "Enter an end that is not before the start."})
    contact = CONTACT.move(contact, move, by=by, at=at, version=version, values=values)
    running.wind_up(contact, left, by=by, at=at)
    if left.has_files and contact.ended_as != EndedAs.ON_TIP:
        attachments.forget(contact, at=at)
    return contact


def _new_tip(told: Told, *, is_danger_to_life: bool, by: User, at: datetime) -> Tip:
    agency_id = by.acting_agency_id
    if agency_id is None:
        raise PermissionDenied("Choose the agency that you act for.")
    tip = Tip(
        id=uuid7(),
        reference=_next_reference(at),
        holder_agency_id=agency_id,
        urgency=Urgency.P0 if is_danger_to_life else "",  # Ruling 1; triage may decide otherwise.
        state=told.place.state,
        county=told.place.county,
        created_at=at,
    )
    access.grant(tip.pk, agency_id=agency_id, level="lead", basis_kind="new_tip", basis_id=None, by=by, at=at)
    tip.save(force_insert=True)
    SharedAccount(tip=tip, text="").save(force_insert=True)
    audit.record("open", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk)
    return tip


def with_danger(left: LeftOpen, values: Mapping[str, Any]) -> dict[str, Any]:
    """The contact's coded fields; a danger that was raised and not taken back counts as danger to life (ruling 1)."""
    return {**values, "danger": Danger.LIFE} if left.was_in_danger else dict(values)


def _safe_to_end(contact: Contact) -> LeftOpen:
    """Raises ValidationError while danger is open: it would vanish from every list."""
    left = running.look(contact)
    if left.is_in_danger:
        raise ValidationError("Danger is raised. Say first that it is over, or save the contact on a tip.")
    return left


def _takes_more(tip: Tip, *, is_life: bool, by: User, at: datetime) -> Tip:
    """The tip that a contact is put on, at P0 after a danger to life. Raises as `end_on_tip` does."""
    if tip.holder_agency_id != by.acting_agency_id:
        raise PermissionDenied("Add contacts only to tips that your hotline holds.")
    if tip.status == TipStatus.MERGED:
        raise Conflict(f"{tip.reference} was merged with another tip. Add the contact to that one.")
    if _is_closed(tip):
        raise Conflict(f"{tip.reference} was closed meanwhile. Choose: reopen it, or open a new tip.")
    return _raise_to_p0(tip, by=by, at=at) if is_life else tip


def _is_closed(tip: Tip) -> bool:
    """As it stands now; until the deed ends nobody can close it."""
    return Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk).status == TipStatus.CLOSED


def _raise_to_p0(tip: Tip, *, by: User, at: datetime) -> Tip:
    """A contact in danger makes the tip it is added to P0 at once; triage may decide otherwise."""
    locked = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
    if locked.urgency != Urgency.P0:
        Tip.objects.filter(pk=tip.pk).update(urgency=Urgency.P0, version=locked.version + 1)
        audit.record("raise_urgency", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk, details={"to": "P0"})
    return Tip.objects.get(pk=tip.pk)


def _next_reference(at: datetime) -> str:
    if settings.REFERENCE_RANDOM:
        number = secrets.randbelow(9 * 10 ** (_RANDOM_DIGITS - 1)) + 10 ** (_RANDOM_DIGITS - 1)
    else:
        with connection.cursor() as cursor:
            cursor.execute("select nextval('tips_reference_number')")
            number = cursor.fetchone()[0]
    return make_reference(settings.REFERENCE_PREFIX, at.year, number)
