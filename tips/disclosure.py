"""Levels of every field of WHAT CAME IN (ruling 14)."""

from collections.abc import Mapping
from typing import Any

from agencies.disclosure import Held, Level, register
from agencies.models import User
from tips import models
from tips.conversation_levels import CONVERSATION_FIELDS
from tips.desk_levels import DESK_FIELDS

O, E, C, W, L, OWN, I, T, N = (  # noqa: E741 - one letter a level keeps the table readable
    Level.OPEN,
    Level.ENVELOPE,
    Level.CARD,
    Level.WORKING,
    Level.LEAD,
    Level.OWN,
    Level.IDENTITY,
    Level.TRAIL,
    Level.NOBODY,
)

FIELDS: dict[type[Any], Mapping[str, Level]] = {
    **DESK_FIELDS,
    **CONVERSATION_FIELDS,
    models.Tip: {
        "id": E,
        "reference": E,
        "status": W,
        "request_type": W,
        "urgency": W,
        "indicator_level": W,
        "state": W,
        "county": W,
        "holder_agency": W,
        "holder": OWN,
        "merged_into": N,
        "created_at": W,
        "triaged_at": W,
        "closed_at": W,
        "disposition": OWN,
        "version": W,
    },
    models.TipAccess: {
        "id": N,
        "tip": W,
        "agency": W,
        "level": W,
        "is_holder": W,
        "pillars": W,
        "valid_from": W,
        "valid_until": W,
        "basis_kind": W,
        "basis_id": N,
        "status": W,
        "urgency": W,
        "next_due_at": W,
        "created_at": W,
    },
    models.PersonalAccess: {
        "id": N,
        "tip": T,
        "person": N,
        "user": T,
        "level": T,
        "fields": T,
        "reason": T,
        "valid_from": T,
        "valid_until": T,
        "granted_by": T,
        "second_by": T,
    },
    models.Wall: {
        "id": N,
        "tip": OWN,
        "agency": OWN,
        "user": OWN,
        "reason": OWN,
        "created_at": OWN,
        "lifted_at": OWN,
    },
    models.Contact: {
        "id": OWN,
        "agency": OWN,
        "taker": OWN,
        "status": OWN,
        "channel": OWN,
        "is_outgoing": OWN,
        "started_at": OWN,
        "ended_at": OWN,
        "recorded_at": OWN,
        "is_back_filled": OWN,
        "caller_type": OWN,
        "knows_how": OWN,
        "language": OWN,
        "interpreter": OWN,
        "danger": OWN,
        "ended_as": OWN,
        "end_reason": OWN,
        "request_type": OWN,
        "answered_as": OWN,
        "external_id": OWN,
        "number": I,
        "number_hash": N,
        "asked": OWN,
        "told_duty_at": OWN,
        "is_doubtful": OWN,
        "tip": OWN,
        "version": OWN,
    },
    models.Draft: {
        "contact": N,
        "user": N,
        "handed_to": N,
        "handed_from": N,
        "content": N,
        "sequence": N,
        "saved_at": N,
    },
    models.ResourceGiven: {
        "id": OWN,
        "contact": OWN,
        "agency": OWN,
        "given": OWN,
        "service": OWN,
        "needs": OWN,
        "how": OWN,
        "given_at": OWN,
    },
    models.Narrative: {"id": OWN, "contact": OWN, "tip": OWN, "agency": OWN, "text": I, "created_at": OWN},
    models.SharedAccount: {
        "tip": W,
        "text": W,
        "confirmed_by": OWN,
        "confirmed_at": W,
        "number": W,
        "stale_since": W,
        "search": N,
    },
    models.Situation: {"tip": W, "facts": W, "codes": W, "updated_at": W},
    models.Place: {
        "id": W,
        "tip": W,
        "country": W,
        "state": W,
        "county": W,
        "postal_code": W,
        "tribal_land": W,
        "road": OWN,
        "military_base": W,
        "words": OWN,
        "is_where_needed": W,
        "valid_from": W,
        "valid_until": W,
    },
    models.Note: {
        "id": W,
        "tip": W,
        "agency": W,
        "author": OWN,
        "pillar": W,
        "text": W,
        "is_shared": W,
        "created_at": W,
    },
    models.Person: {
        "id": W,
        "tip": W,
        "number": W,
        "role": W,
        "is_in_contact": OWN,
        "count_least": W,
        "count_most": W,
        "age": W,
        "is_minor": W,
        "languages": W,
        "needs": W,
        "facts": W,
    },
    models.ClosedFacts: {"id": N, "tip": N, "person": N, "agency": N, "value": I},
    models.PersonIdentity: {
        "id": OWN,
        "person": OWN,
        "tip": OWN,
        "agency": OWN,
        "field": OWN,
        "value": I,
        "is_lead_fact": OWN,
        "forms": N,
    },
    models.Identifier: {
        "id": OWN,
        "tip": OWN,
        "person": OWN,
        "agency": OWN,
        "kind": OWN,
        "value": I,
        "is_lead_fact": OWN,
        "forms": N,
    },
    models.MatchKey: {
        "id": N,
        "tip": N,
        "agency": N,
        "identifier": N,
        "identity": N,
        "form": N,
        "hash": N,
        "is_lead_fact": N,
    },
    models.WordFrequency: {"word": N, "accounts": N},
    models.MatchAsk: {
        "id": OWN,
        "tip": OWN,
        "agency": OWN,
        "asked_by": OWN,
        "asked_at": OWN,
        "answer": OWN,
        "answered_at": OWN,
        "partner": OWN,
        "partner_reference": OWN,
    },
    models.MatchQuestion: {
        "ask": OWN,
        "tip": OWN,
        "agency": OWN,
        "asker": OWN,
        "pair": N,
        "asked_at": OWN,
        "answer": OWN,
        "answered_by": OWN,
        "answered_at": OWN,
        "partner_reference": OWN,
    },
    models.SafeContact: {
        "person": W,
        "tip": W,
        "may_call": W,
        "may_text": W,
        "may_voicemail": W,
        "may_email": W,
        "never": W,
        "hours": W,
        "time_zone": W,
        "is_device_shared": W,
        "has_code_word": W,
        "would_work_out": OWN,
        "parents": W,
    },
    models.Consent: {
        "id": W,
        "tip": W,
        "person": W,
        "recipient": W,
        "recipient_kind": W,
        "is_refusal": W,
        "purpose": W,
        "fields": W,
        "how": W,
        "language": W,
        "text": OWN,
        "text_hash": OWN,
        "given_by": W,
        "has_no_conflict": OWN,
        "witness": OWN,
        "explained_by": OWN,
        "valid_from": W,
        "valid_until": W,
        "withdrawn_at": W,
        "withdrawn_by": OWN,
    },
}

WORKING = frozenset({Level.OPEN, Level.ENVELOPE, Level.CARD, Level.WORKING})
NOTHING: frozenset[Level] = frozenset()


def reads_content(user: User) -> bool:
    return user.has_perm("tips.read_content")


def held_on_own(record: Any, user: User) -> frozenset[Level]:
    """Rows of the agency that took or wrote them; working level for others with a need to know.

    Whether there is a need to know was decided by `visible_to` and by the row-level policy: they found the row.
    """
    if not reads_content(user):
        return NOTHING
    return WORKING | {Level.OWN} if record.agency_id == user.acting_agency_id else WORKING


def held_on_tip(tip: models.Tip, user: User) -> frozenset[Level]:
    if not reads_content(user):
        return NOTHING
    return WORKING | {Level.OWN} if tip.holder_agency_id == user.acting_agency_id else WORKING


def tip_reads_as(tip: models.Tip, user: User) -> Mapping[str, Any]:
    """A receiver goes on working a merged tip as before: that the desk has another one is not theirs to know."""
    if tip.status != models.TipStatus.MERGED or tip.holder_agency_id == user.acting_agency_id:
        return {}
    at_work = models.TipStatus.IN_PROGRESS
    return {"status": at_work.value, "status_label": str(at_work.label)}


def held_by_need_to_know(record: Any, user: User) -> frozenset[Level]:
    """Rows of a tip as such: working level, and the holder's own remarks for the hotline that holds it."""
    if not reads_content(user):
        return NOTHING
    return WORKING | {Level.OWN} if user.acting and user.acting.agency.is_hotline else WORKING


def held_on_personal_access(access: models.PersonalAccess, user: User) -> frozenset[Level]:
    return frozenset({Level.TRAIL}) if user.has_perm("agencies.read_trail") or access.user_id == user.pk else NOTHING


def held_by_everybody(record: Any, user: User) -> frozenset[Level]:
    return frozenset({Level.OPEN}) if user.is_active else NOTHING


HELD: dict[type[Any], Held] = {
    models.Tip: held_on_tip,
    models.TipAccess: held_on_own,
    models.PersonalAccess: held_on_personal_access,
    models.Contact: held_on_own,
    **dict.fromkeys(CONVERSATION_FIELDS, held_on_own),
    models.ResourceGiven: held_on_own,
    models.Interpretation: held_on_own,
    models.Attachment: held_on_own,
    models.CallerFlag: held_on_own,
    models.Indication: held_on_own,
    models.GuideQuestion: held_by_everybody,
    models.StateDuty: held_by_everybody,
    models.PolicyAnswer: held_by_everybody,
    models.Narrative: held_on_own,
    models.Note: held_on_own,
    models.PersonIdentity: held_on_own,
    models.Identifier: held_on_own,
    models.MatchAsk: held_on_own,
    models.MatchQuestion: held_on_own,
}


def register_levels() -> None:
    """Called once, when the app is ready."""
    for model, fields in FIELDS.items():
        reads_as = tip_reads_as if model is models.Tip else None
        register(model, fields, HELD.get(model, held_by_need_to_know), reads_as)
