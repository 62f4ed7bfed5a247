"""Levels of every field of WHAT WE DO ABOUT IT; what sender and receiver hold on a referral."""

from collections.abc import Mapping
from typing import Any

from agencies.disclosure import Held, Level, register
from agencies.models import User
from casework import models
from tips.disclosure import NOTHING, WORKING, held_by_need_to_know, held_on_own, reads_content

E, C, W, OWN, N, O, T = (  # noqa: E741 - one letter a level keeps the table readable
    Level.ENVELOPE,
    Level.CARD,
    Level.WORKING,
    Level.OWN,
    Level.NOBODY,
    Level.OPEN,
    Level.TRAIL,
)

FIELDS: dict[type[Any], Mapping[str, Level]] = {
    models.Referral: {
        "id": E,
        "tip": W,
        "reference": E,
        "sender": E,
        "receiver": E,
        "service": C,
        "pillar": C,
        "need": C,
        "purpose": C,
        "legal_basis": C,
        "urgency": C,
        "gives_lead_facts": W,
        "card": C,
        "status": E,
        "progress": W,
        "outcome": W,
        "decline_reason": C,
        "decline_note": C,
        "question": C,
        "answer": C,
        "cancel_reason": E,
        "is_cancellation_asked": W,
        "round": OWN,
        "ready_at": E,
        "reminders": N,
        "feedback_asked": W,
        "created_by": OWN,
        "created_at": OWN,
        "sent_at": E,
        "received_at": E,
        "answered_at": E,
        "ended_at": E,
        "answer_due_at": E,
        "feedback_due_at": C,
        "version": E,
    },
    models.AnswerGiven: {
        **dict.fromkeys(("referral", "way", "verb", "name", "role", "number", "at", "entered_by"), OWN),
        **dict.fromkeys(("id", "tip", "sender", "receiver"), N),
    },
    models.ReferralPerson: {"id": N, "referral": W, "person": W, "tip": W, "sender": W},
    models.Disclosure: {
        "id": OWN,
        "tip": OWN,
        "referral": OWN,
        "sender": OWN,
        "recipient": OWN,
        "persons": OWN,
        "level": OWN,
        "fields": OWN,
        "basis": OWN,
        "card": C,
        "by": OWN,
        "at": OWN,
    },
    models.Track: {
        "id": W,
        "tip": W,
        "pillar": W,
        "status": W,
        "lead": W,
        "playbook": W,
        "playbook_version": W,
        "outcome": W,
        "opened_at": W,
        "closed_at": W,
        "version": W,
    },
    models.Step: {
        "id": W,
        "tip": W,
        "track": W,
        "number": W,
        "code": W,
        "title": W,
        "principle": W,
        "action": W,
        "status": W,
        "gate": W,
        "reason": W,
        "ended_at": W,
        "ended_by": OWN,
        "version": W,
    },
    models.Clock: {
        "id": W,
        "tip": W,
        "agency": W,
        "contact": OWN,
        "referral": W,
        "step": W,
        "pillar": W,
        "rule": W,
        "rule_version": W,
        "label": W,
        "holder": W,
        "duty": W,
        "drives_queue": W,
        "citation": W,
        "started_at": W,
        "due_at": W,
        "remind_at": W,
        "reminded_at": W,
        "breached_at": W,
        "ended_as": W,
        "ended_at": W,
        "end_reason": W,
    },
    models.Approval: {
        "id": OWN,
        "tip": OWN,
        "agency": OWN,
        "what": OWN,
        "reason": OWN,
        "values": OWN,
        "status": OWN,
        "asked_by": OWN,
        "asked_at": OWN,
        "decided_by": OWN,
        "decided_at": OWN,
        "tip_version": N,
        "version": OWN,
    },
    models.IdentityAsk: {
        **dict.fromkeys(("tip", "agency", "fields", "reason", "status", "asked_by", "asked_at"), OWN),
        **dict.fromkeys(("decided_by", "decided_at", "open_until", "person", "version"), OWN),
        "id": N,
    },
    models.RuleVersion: {
        "id": O,
        "kind": O,
        "code": O,
        "number": O,
        "status": O,
        "body": O,
        "source": O,
        "confidence": O,
        "proposed_by": O,
        "approved_by": O,
        "in_force_from": O,
        "retired_at": O,
        "version": O,
    },
    models.RuleTrial: {
        **dict.fromkeys(("id", "rule", "agency", "asked_by", "asked_at", "since", "finished_at"), OWN),
        **dict.fromkeys(("total_count", "done_count", "changed_count"), OWN),
        **dict.fromkeys(("changed_tips", "cursor_at", "cursor_tip"), N),
    },
    models.Proposal: {
        "id": OWN,
        "tip": OWN,
        "agency": OWN,
        "by": OWN,
        "made_at": OWN,
        "confirmed_at": OWN,
        "rules": OWN,
        "policies": OWN,
        "third_party": OWN,
        "result": OWN,
        "override_reason": OWN,
    },
}

# What belongs to the desk that promised: no other agency on the tip sees any of it.
FIELDS |= {
    models.CallBack: {
        **dict.fromkeys(("id", "tip", "agency", "person", "way", "window_from", "window_until", "time_zone"), OWN),
        **dict.fromkeys(("words", "promised_by", "promised_at", "holder", "status", "tries"), OWN),
        **dict.fromkeys(("why_decide", "why_stopped", "version"), OWN),
        "clock": N,
    },
    models.CallBackAttempt: {
        **dict.fromkeys(("call_back", "tip", "agency", "at", "by", "result"), OWN),
        "id": N,
    },
    models.DeskNotice: dict.fromkeys(("id", "agency", "text", "by", "at", "until"), OWN),
    models.TrainingMark: {"id": N, "made_at": N},
    models.Presence: {"user": OWN, "seen_at": OWN, **dict.fromkeys(("id", "tip", "agency"), N)},
}

# A receiver keeps sight of the card while it may answer, and of what it declined; recalled and expired ones are gone.
CARD_SHOWN = frozenset({"sent", "received", "information_requested", "declined"})
WORKING_SHOWN = frozenset({"accepted", "in_progress", "closed"})


def held_on_referral(referral: models.Referral, user: User) -> frozenset[Level]:
    if not reads_content(user):
        return NOTHING
    if referral.sender_id == user.acting_agency_id:
        return WORKING | {Level.OWN}
    if referral.receiver_id != user.acting_agency_id:
        return NOTHING
    if referral.status in WORKING_SHOWN:
        return WORKING
    envelope = frozenset({Level.OPEN, Level.ENVELOPE})
    return envelope | {Level.CARD} if referral.status in CARD_SHOWN else envelope


def held_on_disclosure(disclosure: models.Disclosure, user: User) -> frozenset[Level]:
    is_party = reads_content(user) and user.acting_agency_id in (disclosure.sender_id, disclosure.recipient_id)
    if is_party:
        return frozenset({Level.OWN, Level.CARD})
    # An auditor proves what was disclosed to whom by field names, without reading it.
    return frozenset({Level.OWN}) if user.has_perm("agencies.read_trail") else NOTHING


def held_on_answer(answer: models.AnswerGiven, user: User) -> frozenset[Level]:
    is_party = user.acting_agency_id in (answer.sender_id, answer.receiver_id)
    return frozenset({Level.OWN}) if reads_content(user) and is_party else NOTHING


def held_on_rule(rule: models.RuleVersion, user: User) -> frozenset[Level]:
    return frozenset({Level.OPEN}) if user.is_active else NOTHING


HELD: dict[type[Any], Held] = {
    models.Referral: held_on_referral,
    models.Disclosure: held_on_disclosure,
    models.AnswerGiven: held_on_answer,
    models.RuleVersion: held_on_rule,
    models.Proposal: held_on_own,
    models.Approval: held_on_own,
    models.RuleTrial: held_on_own,
    models.Clock: held_on_own,
    models.CallBack: held_on_own,
    models.CallBackAttempt: held_on_own,
    models.DeskNotice: held_on_own,
    models.Presence: held_on_own,
}


def register_levels() -> None:
    """Called once, when the app is ready."""
    for model, fields in FIELDS.items():
        register(model, fields, HELD.get(model, held_by_need_to_know))
