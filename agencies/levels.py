"""Levels of every field of WHO: the directory is open, people are open to their colleagues, the trail to auditors."""

from collections.abc import Mapping
from typing import Any

from agencies import models
from agencies.disclosure import Held, Level, register
from agencies.models import User

O, OWN, T, N = Level.OPEN, Level.OWN, Level.TRAIL, Level.NOBODY  # noqa: E741 - one letter keeps the table readable

FIELDS: dict[type[Any], Mapping[str, Level]] = {
    models.AgencyKind: {
        "code": O,
        "label": O,
        "family": O,
        "functions": O,
        "sectors": O,
        "is_law_enforcement_for_consent": O,
        "is_immigration_enforcement": O,
        "source": O,
    },
    models.Agency: {
        "id": O,
        "name": O,
        "alternate_name": O,
        "description": O,
        "kind": O,
        "functions": O,
        "sectors": O,
        "parent": O,
        "is_group": O,
        "is_hotline": O,
        "funded_under": O,
        "accepts_by": O,
        "email": OWN,
        "website": O,
        "languages": O,
        "time_zone": O,
        "verified_at": O,
        "succeeded_by": O,
        "is_active": O,
        "source": O,
        "source_id": O,
        "extra": N,
        "created_at": O,
        "updated_at": O,
    },
    models.GroupMember: {"id": O, "group": O, "member": O, "is_co_lead": O},
    models.Service: {
        "id": O,
        "agency": O,
        "name": O,
        "alternate_name": O,
        "description": O,
        "status": O,
        "needs": O,
        "languages": O,
        "minimum_age": O,
        "maximum_age": O,
        "eligibility": O,
        "immigration_statuses": O,
        "fees": O,
        "application_process": O,
        "alert": O,
        "genders": O,
        "documents": O,
        "accessibility": O,
        "news": O,
        "news_until": O,
        "full_until": O,
        "email": O,
        "url": O,
        "assured_at": O,
        "source_id": O,
        "extra": N,
    },
    # A confidential place is a row that the policy keeps from others, not a field.
    models.Location: {
        "id": O,
        "agency": O,
        "name": O,
        "kind": O,
        "is_confidential": O,
        "description": O,
        "address": O,
        "city": O,
        "county": O,
        "state": O,
        "postal_code": O,
        "country": O,
        "latitude": O,
        "longitude": O,
        "source_id": O,
        "extra": N,
    },
    models.Coverage: {
        "id": O,
        "agency": O,
        "service": O,
        "kind": O,
        "country": O,
        "state": O,
        "county": O,
        "code": O,
        "label": O,
    },
    models.Phone: {
        "id": O,
        "agency": O,
        "service": O,
        "location": O,
        "number": O,
        "extension": O,
        "purpose": O,
        "kind": O,
        "description": O,
        "verified_on": O,
        "source": O,
        "source_id": O,
    },
    models.Hours: {
        "id": O,
        "agency": O,
        "service": O,
        "location": O,
        "weekdays": O,
        "opens_at": O,
        "closes_at": O,
        "time_zone": O,
        "description": O,
        "source_id": O,
        "extra": N,
    },
    models.Capacity: {
        "id": O,
        "service": O,
        "unit": O,
        "available": O,
        "maximum": O,
        "updated_at": O,
        "source_id": O,
    },
    models.Doubt: {
        **dict.fromkeys(("id", "agency", "service", "phone", "reason", "raised_at", "due_at", "settled_at"), O),
        **dict.fromkeys(("raised_by", "settled_by", "settled_as"), O),
    },
    models.User: {
        "id": O,
        "username": OWN,
        "display_name": O,
        "email": OWN,
        "is_active": O,
        "is_demo": OWN,
        "joined_at": OWN,
        "last_login": OWN,
        "password": N,
    },
    models.Membership: {
        "id": O,
        "user": O,
        "agency": O,
        "role": O,
        "valid_from": OWN,
        "valid_until": OWN,
        "on_duty_until": OWN,
    },
    models.OnCall: dict.fromkeys(("id", "agency", "user", "position", "pager"), OWN),
    models.Alarm: {
        **dict.fromkeys(("id", "agency", "reason", "reference", "path", "tip", "raised_at", "raised_by"), OWN),
        **dict.fromkeys(("climbs_at", "calls", "answered_at", "answered_by"), OWN),
    },
    models.AlarmCall: {
        **dict.fromkeys(("alarm", "agency", "user", "number", "called_at", "attempts", "delivered_at", "failure"), OWN),
        **dict.fromkeys(("id", "pager", "not_before"), N),
    },
    models.AuditEvent: {
        "id": T,
        "at": T,
        "recorded_at": T,
        "transaction": T,
        "actor": T,
        "actor_name": T,
        "agency": T,
        "agency_name": T,
        "role": T,
        "verb": T,
        "kind": T,
        "object_id": T,
        "tip": T,
        "pillar": T,
        "outcome": T,
        "reason": T,
        "fields": T,
        "details": T,
    },
    models.Seal: {
        "id": T,
        "form": T,
        "first_event": T,
        "last_event": T,
        "event_count": T,
        "horizon": T,
        "previous_hash": T,
        "hash": T,
        "sealed_at": T,
    },
    models.SealedEvent: {"event": T, "seal": T, "place": T, "hash": T},
    models.Anchor: {"id": T, "seal": T, "hash": T, "anchored_at": T, "sent_to": T},
    models.KeyMark: {"key_id": N, "first_seen_at": N},
    models.Notice: {
        **dict.fromkeys(("id", "agency", "user", "code", "reference", "path"), OWN),
        **dict.fromkeys(("created_at", "not_before", "delivered_at"), OWN),
        **dict.fromkeys(("attempts", "failure", "link"), N),
    },
    models.OneTimeLink: {
        **dict.fromkeys(("id", "purpose", "about", "agency", "asked", "made_by", "made_at", "valid_until"), OWN),
        **dict.fromkeys(("opened_at", "spent_at", "withdrawn_at"), OWN),
        **dict.fromkeys(("token_hash", "browser_hash"), N),
    },
}

NOTHING: frozenset[Level] = frozenset()
DIRECTORY = frozenset({Level.OPEN})


def held_on_directory(record: Any, user: User) -> frozenset[Level]:
    """All who act for some agency."""
    return DIRECTORY if user.is_active and user.acting_agency_id else NOTHING


def held_on_agency(agency: models.Agency, user: User) -> frozenset[Level]:
    """Where notices go is for the agency itself and for whoever keeps the directory."""
    keeps_all = user.acting is not None and user.acting.agency.is_hotline and user.has_perm("agencies.manage_directory")
    is_keeper = agency.pk == user.acting_agency_id or keeps_all
    return held_on_directory(agency, user) | ({Level.OWN} if is_keeper else NOTHING)


def held_on_user(person: User, user: User) -> frozenset[Level]:
    """Colleagues see the name; administrators of the agency or the installation, and oneself, the account.

    Reads the person's memberships: prefetch them in lists.
    """
    if person.pk == user.pk or user.has_perm("casework.configure"):
        return DIRECTORY | {Level.OWN}
    if user.acting_agency_id not in {membership.agency_id for membership in person.memberships.all()}:
        return NOTHING
    return DIRECTORY | ({Level.OWN} if user.has_perm("agencies.manage_agency") else NOTHING)


def held_on_membership(membership: models.Membership, user: User) -> frozenset[Level]:
    """As for users: the agency's own people see who sits there, administrators see since when."""
    if user.has_perm("casework.configure"):
        return DIRECTORY | {Level.OWN}
    if membership.agency_id != user.acting_agency_id:
        return NOTHING
    return DIRECTORY | ({Level.OWN} if user.has_perm("agencies.manage_agency") else NOTHING)


def held_on_event(event: models.AuditEvent, user: User) -> frozenset[Level]:
    """Auditors, whoever did it, and readers of content on a tip; which rows those are, the policy decided."""
    is_reader = event.tip is not None and user.has_perm("tips.read_content")
    may_read = is_reader or event.actor == user.pk or user.has_perm("agencies.read_trail")
    return frozenset({Level.TRAIL}) if may_read else NOTHING


def held_on_seal(record: Any, user: User) -> frozenset[Level]:
    """Auditors."""
    return frozenset({Level.TRAIL}) if user.has_perm("agencies.read_trail") else NOTHING


def held_on_notice(notice: models.Notice, user: User) -> frozenset[Level]:
    """Its addressee."""
    is_own = notice.user_id == user.pk or (notice.agency_id is not None and notice.agency_id == user.acting_agency_id)
    return frozenset({Level.OWN}) if is_own else NOTHING


def held_at_the_desk(record: Any, user: User) -> frozenset[Level]:
    """The readers of the desk that it belongs to."""
    is_own = record.agency_id == user.acting_agency_id and user.has_perm("tips.read_content")
    return frozenset({Level.OWN}) if is_own else NOTHING


HELD: dict[type[Any], Held] = {
    models.Agency: held_on_agency,
    models.User: held_on_user,
    models.Membership: held_on_membership,
    models.AuditEvent: held_on_event,
    models.Seal: held_on_seal,
    models.SealedEvent: held_on_seal,
    models.Anchor: held_on_seal,
    models.Notice: held_on_notice,
    models.OnCall: held_at_the_desk,
    models.Alarm: held_at_the_desk,
    models.AlarmCall: held_at_the_desk,
    models.OneTimeLink: held_at_the_desk,
}


def register_levels() -> None:
    """Called once, when the app is ready."""
    for model, fields in FIELDS.items():
        register(model, fields, HELD.get(model, held_on_directory))
