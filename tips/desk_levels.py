"""Levels of what stands beside contacts and between tips (ruling 14): a part of the table of tips/disclosure.py."""

from collections.abc import Mapping
from typing import Any

from agencies.disclosure import Level
from tips import models

O, W, OWN, I, N = Level.OPEN, Level.WORKING, Level.OWN, Level.IDENTITY, Level.NOBODY  # noqa: E741 - one letter a level

DESK_FIELDS: dict[type[Any], Mapping[str, Level]] = {
    models.Interpretation: {
        "contact": OWN,
        "agency": OWN,
        "who": OWN,
        "vendor": OWN,
        "number": OWN,
        "minutes_until_connected": OWN,
        "was_lost": OWN,
        "dialect": OWN,
        "is_feared": OWN,
    },
    models.Attachment: {
        "id": OWN,
        "contact": OWN,
        "tip": OWN,
        "agency": OWN,
        "taken_by": OWN,
        "name": I,
        "content_type": OWN,
        "size": OWN,
        "is_scanned": OWN,
        "created_at": OWN,
        "removed_at": OWN,
    },
    models.CallerFlag: {
        "id": OWN,
        "agency": OWN,
        "contact": OWN,
        "number_hash": N,
        "set_by": OWN,
        "valid_from": OWN,
        "valid_until": OWN,
    },
    models.GuideQuestion: dict.fromkeys(
        ("code", "text", "why", "listened", "door", "situation", "order", "is_active", "source"), O
    ),
    models.StateDuty: dict.fromkeys(
        ("state", "duty", "words", "report_to", "phone", "source", "written_by", "verified_by", "verified_at"), O
    ),
    models.PolicyAnswer: dict.fromkeys(
        (
            "id",
            "switch",
            "answer",
            "reason",
            "status",
            "asked_by",
            "asked_at",
            "decided_by",
            "decided_at",
            "version",
        ),
        O,
    ),
    models.Indication: {"id": N, "contact": OWN, "tip": OWN, "agency": OWN, "code_list": OWN, "code": OWN, "value": I},
    models.PersonNeed: {
        "id": N,
        "tip": W,
        "person": W,
        "need": W,
        "state": W,
        "why_not": W,
        "told_at": W,
    },
    models.Merging: {
        "id": OWN,
        "tip": OWN,
        "kept": OWN,
        "reason": OWN,
        "by": OWN,
        "at": OWN,
        "status_before": OWN,
        "closed_at_before": OWN,
        "kept_urgency_before": OWN,
        "undone_at": OWN,
        "undone_by": OWN,
        "undo_reason": OWN,
    },
    models.SamePerson: {
        "id": W,
        "one": W,
        "other": W,
        "one_tip": W,
        "other_tip": W,
        "reason": OWN,
        "by": OWN,
        "at": W,
        "ended_at": W,
        "ended_by": OWN,
        "end_reason": OWN,
    },
}
