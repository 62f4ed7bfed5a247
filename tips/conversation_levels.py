"""Levels of the rows of a running conversation: its own agency's, field by field."""

from collections.abc import Mapping
from typing import Any

from agencies.disclosure import Level
from tips import models

OWN, N = Level.OWN, Level.NOBODY


def _all_own(names: str) -> dict[str, Level]:
    """Every field that is named stays with the agency that took the contact."""
    return dict.fromkeys(names.split(), OWN)


CONVERSATION_FIELDS: dict[type[Any], Mapping[str, Level]] = {
    models.Emergency: _all_own(
        "id contact agency raised_by raised_at safe_to_talk weapon children injury overdose suicide"
        " ended_at ended_by ended_as end_reason"
    ),
    models.EmergencyOffer: _all_own(
        "id emergency contact agency kind centre basis said plans offered_at offered_by connected_at connected_by"
        " confirmed_at confirmed_by declined_at declined_by"
    ),
    models.CutOff: {
        **_all_own(
            "id contact agency dropped_at dropped_by may_ring_back step step_at step_by welfare welfare_at welfare_by"
            " ended_at ended_by ended_as"
        ),
        "number_hash": N,
    },
    models.HandOver: _all_own("id contact agency from_user to_user by at"),
    models.HelpCall: _all_own("id contact agency asked_by asked_at ended_at ended_by"),
    models.HelpLine: dict.fromkeys(["id", "help", "contact", "agency", "author", "text", "at"], N),
}
