"""Keeping the directory: agencies, services, places, coverage, phones, hours, capacity. Each change is recorded."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from agencies import audit
from agencies.models import Agency, Capacity, Coverage, Hours, Location, Phone, Service, User

Entry = Agency | Service | Location | Coverage | Phone | Hours | Capacity

# What an agency says about itself. What binds it or decides what it is sent (kind, funding, group, successor, being in
# the directory at all) is the directory keeper's; whether it takes contacts is the installation's.
OWN_FIELDS = frozenset({"alternate_name", "description", "accepts_by", "email", "website", "languages", "time_zone"})
INSTALLATION_FIELDS = frozenset({"is_hotline"})
NEVER_REMOVED = (Agency, Service)
REFUSED = "Your role keeps the directory of its own agency only. Ask a supervisor of the hotline."


def keeps_directory(user: User) -> bool:
    """Whether the user keeps everybody's entries: a supervisor of a hotline. The policies of places say the same."""
    is_hotline = user.acting is not None and user.acting.agency.is_hotline
    return is_hotline and user.has_perm("agencies.manage_directory")


def keeps_own(user: User) -> bool:
    """Whether the user keeps the own agency's entries: its administrator or its supervisor."""
    return user.has_perm("agencies.manage_agency") or user.has_perm("agencies.manage_directory")


def changeable(user: User, entry: Entry | type[Entry]) -> frozenset[str]:
    """The fields of this kind of entry that the user's role may set; empty for everybody else's."""
    model = entry if isinstance(entry, type) else type(entry)
    names = frozenset(field.name for field in model._meta.concrete_fields if field.editable and not field.primary_key)
    if keeps_directory(user):
        return names - INSTALLATION_FIELDS
    if keeps_own(user):
        return OWN_FIELDS if model is Agency else names
    return INSTALLATION_FIELDS if model is Agency and user.has_perm("casework.configure") else frozenset()


@transaction.atomic
def save(entry: Entry, *, by: User, at: datetime) -> Entry:
    """Add the entry, or write what changed of it. Nothing is written or recorded when nothing changed.

    Raises PermissionDenied for another agency's entry or a field that is not the role's, ValidationError for a
    service or place of another agency.
    """
    stored = type(entry)._default_manager.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    changed = _changed(entry, stored) if stored else []
    if stored and not changed:
        return entry
    _check_side(entry, by)
    if stored:
        _check_side(stored, by)
        _check_fields(entry, changed, by)
    else:
        _check_new(entry, by)
    check_parts(entry)
    if isinstance(entry, Capacity):
        entry.updated_at = at
    entry.full_clean(validate_unique=False)
    # Under row-level security an update of a row that one may not write touches nothing; force_update says so.
    entry.save(force_insert=stored is None, force_update=stored is not None)
    _record("change" if stored else "add", entry, by=by, at=at, fields=changed)
    return entry


@transaction.atomic
def remove(entry: Entry, *, by: User, at: datetime) -> None:
    """Take an entry out. Agencies and services stay, since referrals name them: they are set inactive instead."""
    if isinstance(entry, NEVER_REMOVED):
        raise PermissionDenied("Agencies and services are never removed. Set it to inactive.")
    stored = type(entry)._default_manager.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if stored is None:
        raise PermissionDenied("This entry is no longer there.")
    _check_side(stored, by)
    _record("remove", stored, by=by, at=at)
    stored.delete()


@transaction.atomic
def set_services(location: Location, services: Iterable[Service], *, by: User, at: datetime) -> None:
    """Which of the agency's services are offered at a place."""
    _check_side(location, by)
    chosen = list(services)
    if any(service.agency_id != location.agency_id for service in chosen):
        raise ValidationError({"services": "Choose services of the same agency."})
    before = set(location.services.values_list("pk", flat=True))
    if before != {service.pk for service in chosen}:
        location.services.set(chosen)
        _record("change", location, by=by, at=at, fields=["services"])


def agency_of(entry: Entry) -> UUID:
    """The agency whose entry this is."""
    if isinstance(entry, Agency):
        return entry.pk
    return entry.service.agency_id if isinstance(entry, Capacity) else entry.agency_id


def check_parts(entry: Entry) -> None:
    """Raises ValidationError when the entry names a service or a place of another agency."""
    for name in ("service", "location"):
        part = getattr(entry, name, None)
        if part is not None and part.agency_id != agency_of(entry):
            raise ValidationError({name: f"Choose a {name} of the same agency."})


def _check_side(entry: Entry, by: User) -> None:
    keeps_all = keeps_directory(by) or by.has_perm("casework.configure")
    if not (keeps_all or (keeps_own(by) and agency_of(entry) == by.acting_agency_id)):
        raise PermissionDenied(REFUSED)


def _check_fields(entry: Entry, changed: list[str], by: User) -> None:
    if not set(changed) <= changeable(by, entry):
        raise PermissionDenied(REFUSED)


def _check_new(entry: Entry, by: User) -> None:
    if isinstance(entry, Agency):
        allowed = keeps_directory(by) or by.has_perm("casework.configure")
        if not allowed or (entry.is_hotline and not by.has_perm("casework.configure")):
            raise PermissionDenied(
                "The hotline's supervisors add agencies; only the system administrator makes one a hotline."
            )
    elif not changeable(by, entry):
        raise PermissionDenied(REFUSED)


def _changed(entry: models.Model, stored: models.Model) -> list[str]:
    fields = [field for field in entry._meta.concrete_fields if field.editable and not field.primary_key]
    return sorted(field.name for field in fields if _value(entry, field) != _value(stored, field))


def _value(record: models.Model, field: "models.Field[Any, Any]") -> Any:
    return getattr(record, field.attname)


def _record(verb: str, entry: Entry, *, by: User, at: datetime, fields: Iterable[str] = ()) -> None:
    audit.record(
        verb,
        kind=entry._meta.model_name or "",
        by=by,
        at=at,
        object_id=entry.pk,
        fields=list(fields),
        details={"agency": str(agency_of(entry))},
    )
