"""Danger raised in a running contact: told at once, offered step by step, stamped by whoever did it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.actions import alarms
from agencies.lifecycle import Conflict
from agencies.models import Agency, AlarmReason, User
from agencies.whole import whole
from tips.actions import supervisors
from tips.models import Contact, ContactStatus, Danger, Emergency, EmergencyOffer

ANSWERS = ("safe_to_talk", "weapon", "children", "injury", "overdose", "suicide")
STAMPS = {"connected": "Connected", "confirmed": "Confirmed", "declined": "They said no"}
# Kinds that somebody is reached by: the others are done when they are chosen.
REACHED = frozenset({"centre", "crisis_line", "without_yes"})
MOST_ACCUSED = 10


@whole()
def raise_danger(contact: Contact, answers: Mapping[str, str], *, by: User, at: datetime) -> Emergency:
    """Raise danger, or add to the danger that is open what was answered meanwhile; tells the supervisors once.

    `answers` maps names of ANSWERS to codes; empty ones are not asked yet. Nothing else is needed.
    """
    contact = _running(contact, by)
    known = {name: answers[name] for name in ANSWERS if answers.get(name)}
    emergency = open_danger(contact)
    if emergency is None:
        emergency = Emergency(contact=contact, agency_id=contact.agency_id, raised_by=by, raised_at=at, **known)
        emergency.save(force_insert=True)
        _record("raise_danger", emergency, by=by, at=at, fields=sorted(known))
        path = f"/contacts/{contact.pk}/"
        supervisors.tell("contact_danger", agency_id=contact.agency_id, path=path, by=by, at=at)
        alarms.raise_alarm(AlarmReason.DANGER, agency_id=contact.agency_id, path=path, by=by, at=at)
        return emergency
    changed = {name: code for name, code in known.items() if getattr(emergency, name) != code}
    if changed:
        Emergency.objects.filter(pk=emergency.pk).update(**changed)
        _record("answer_danger", emergency, by=by, at=at, fields=sorted(changed))
    return Emergency.objects.get(pk=emergency.pk)


def open_danger(contact: Contact) -> Emergency | None:
    """The danger that is open now."""
    return Emergency.objects.filter(contact=contact, ended_at=None).first()


def was_in_danger(contact: Contact) -> bool:
    """Whether a danger was raised and not taken back: the tip is P0 then, whatever else was coded (ruling 1)."""
    return Emergency.objects.filter(contact=contact).exclude(ended_as=Emergency.EndedAs.TAKEN_BACK).exists()


def can_take_back(emergency: Emergency, *, at: datetime) -> bool:
    """Within DANGER_TAKE_BACK_MINUTES, and while nothing was offered."""
    late = at > emergency.raised_at + timedelta(minutes=settings.DANGER_TAKE_BACK_MINUTES)
    return emergency.ended_at is None and not late and not EmergencyOffer.objects.filter(emergency=emergency).exists()


@whole()
def take_back(emergency: Emergency, *, reason: str, by: User, at: datetime) -> None:
    """It was no danger. `reason` is a code of Emergency.TakenBack. Raises Conflict when it is too late."""
    emergency = _locked(emergency, by)
    if reason not in Emergency.TakenBack.values:
        raise ValidationError("Choose why the danger is taken back.")
    if not can_take_back(emergency, at=at):
        raise Conflict("It is too late to take the danger back. Say that it is over when it is.")
    _end(emergency, Emergency.EndedAs.TAKEN_BACK, reason, by=by, at=at)


@whole()
def end_danger(emergency: Emergency, *, by: User, at: datetime) -> None:
    """No longer in danger; what was offered stays recorded, the tip stays P0 until triage decides."""
    _end(_locked(emergency, by), Emergency.EndedAs.OVER, "", by=by, at=at)


@whole()
def offer(
    emergency: Emergency,
    kind: str,
    *,
    by: User,
    at: datetime,
    centre: Agency | None = None,
    basis: str = "",
    said: Sequence[str] = (),
    plans: Sequence[str] = (),
    danger: str = "",
    accused: Collection[UUID] = (),
) -> EmergencyOffer:
    """Record what is offered. `danger` is the code of Danger as it stands on the page, `accused` are agencies.

    Raises ValidationError for an accused emergency centre, and for 911 of the place while one is accused (ruling 30 l).
    Raises ValidationError where the emergency centre is to be called without a yes and none of the reasons of ruling 2
    is given, or danger to life is given as the reason and is not what was coded.
    """
    emergency = _locked(emergency, by)
    if kind not in EmergencyOffer.Kind.values:
        raise ValidationError("Choose one of the offers on the page.")
    if kind == EmergencyOffer.Kind.WITHOUT_YES:
        _check_basis(basis, danger)
    if kind in (EmergencyOffer.Kind.CENTRE, EmergencyOffer.Kind.WITHOUT_YES) and accused:
        _check_accused(centre, accused)
    row = EmergencyOffer(
        emergency=emergency,
        contact_id=emergency.contact_id,
        agency_id=emergency.agency_id,
        kind=kind,
        centre=centre,
        basis=basis if kind == EmergencyOffer.Kind.WITHOUT_YES else "",
        said=list(said) if kind == EmergencyOffer.Kind.WITHOUT_YES else [],
        plans=list(plans) if kind == EmergencyOffer.Kind.NO_POLICE else [],
        offered_by=by,
        offered_at=at,
    )
    row.full_clean(exclude=["emergency", "contact", "agency", "centre", "offered_by"])
    row.save(force_insert=True)
    details = {"kind": kind, "basis": row.basis, "said": row.said, "plans": row.plans}
    details["centre"] = str(centre.pk) if centre else ""
    _record("offer_help", emergency, by=by, at=at, details=details)
    return row


def _check_basis(basis: str, danger: str) -> None:
    if basis not in EmergencyOffer.Basis.values:
        raise ValidationError("Choose why the emergency centre is called without a yes.")
    if basis == EmergencyOffer.Basis.LIFE and danger != Danger.LIFE:
        raise ValidationError("Without a yes only for danger to life: code it above, or choose another reason.")


def read_accused(keys: Iterable[str]) -> list[UUID]:
    """The agencies that were named as accused in a conversation, each once; what is no key is nobody."""
    found: dict[UUID, None] = {}
    for key in keys:
        with suppress(ValueError):
            found[UUID(key)] = None
    return list(found)[:MOST_ACCUSED]


def _check_accused(centre: Agency | None, accused: Collection[UUID]) -> None:
    if centre is None or centre.pk in accused:
        raise ValidationError("The emergency centre is accused. Call a neighbouring centre or the state police.")


@whole()
def hold_back(emergency: Emergency, agency: Agency, *, is_accused: bool, by: User, at: datetime) -> None:
    """Put on the trail that an agency was named as accused, or is so no longer; the draft holds who is."""
    emergency = _locked(emergency, by)
    details = {"agency": str(agency.pk), "accused": is_accused}
    _record("hold_back", emergency, by=by, at=at, details=details)


@whole()
def stamp(row: EmergencyOffer, what: str, *, by: User, at: datetime) -> EmergencyOffer:
    """Stamp an offer as connected, confirmed or declined, once. Raises Conflict when it was stamped already."""
    emergency = _locked(row.emergency, by)
    row = EmergencyOffer.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if what not in next_stamps(row):
        raise Conflict("This was stamped meanwhile, or cannot be stamped yet. Look at it again.")
    EmergencyOffer.objects.filter(pk=row.pk).update(**{f"{what}_at": at, f"{what}_by": by})
    _record("stamp_offer", emergency, by=by, at=at, details={"kind": row.kind, "stamp": what})
    return EmergencyOffer.objects.get(pk=row.pk)


def next_stamps(row: EmergencyOffer) -> list[str]:
    """What can be stamped on it now."""
    if row.kind not in REACHED or row.confirmed_at or row.declined_at:
        return []
    if row.connected_at:
        return ["confirmed"]
    return ["connected", "declined"] if row.kind != EmergencyOffer.Kind.WITHOUT_YES else ["connected"]


def go_with_the_tip(contact: Contact, *, by: User, at: datetime) -> None:
    """The contact ends on a tip, which is P0 from now on."""
    emergency = open_danger(contact)
    if emergency is not None:
        _end(emergency, Emergency.EndedAs.ON_TIP, "", by=by, at=at)


def _running(contact: Contact, by: User) -> Contact:
    """The contact, locked. Raises PermissionDenied for others than its desk, Conflict when it has ended."""
    locked = Contact.objects.select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if locked is None or locked.agency_id != by.acting_agency_id or not by.has_perm("tips.log_contact"):
        raise PermissionDenied("Only the desk that took this contact can do this.")
    if locked.status != ContactStatus.DRAFT:
        raise Conflict("This contact has ended. Act on its tip.")
    return locked


def _locked(emergency: Emergency, by: User) -> Emergency:
    _running(emergency.contact, by)
    found = Emergency.objects.select_for_update(of=("self",)).get(pk=emergency.pk)
    if found.ended_at is not None:
        raise Conflict(f"This danger has ended: {found.get_ended_as_display()}. Raise it again if it is there.")
    return found


def _end(emergency: Emergency, how: str, reason: str, *, by: User, at: datetime) -> None:
    Emergency.objects.filter(pk=emergency.pk).update(ended_at=at, ended_by=by, ended_as=how, end_reason=reason)
    _record("end_danger", emergency, by=by, at=at, details={"as": how, "reason": reason})


def _record(verb: str, emergency: Emergency, *, by: User, at: datetime, **more: Any) -> None:
    audit.record(verb, kind="contact", by=by, at=at, object_id=emergency.contact_id, **more)
