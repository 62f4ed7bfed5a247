"""The safe-contact rule: in which way a person must not be reached. Whoever would get in touch asks here."""

from collections.abc import Iterable, Mapping
from typing import Any

# Way -> the answers of the rule, one of which must not be no; a letter is opened by whoever finds it.
_ASKED = {
    "call": ("may_call",),
    "text": ("may_text",),
    "email": ("may_email",),
    "mail": ("may_email",),
    "voicemail": ("may_voicemail",),
}
_LABELS = {"call": "call", "text": "text", "email": "e-mail", "mail": "mail", "voicemail": "voicemail"}
NEVER = "The safe-contact rule says never to get in touch."
_YES = (True, "on", "true", "1")


def why_not(rule: Mapping[str, Any] | None, *ways: str) -> str:
    """Why a person with this rule must not be reached in any of these ways; the empty string when one is not barred.

    `rule` has the fields of SafeContact, from the record or as typed; None and what is not said bar nothing. Of a
    voicemail only an explicit yes counts.
    """
    known = rule or {}
    if known.get("never") in _YES:
        return NEVER
    if any(not _is_barred(known, way) for way in ways):
        return ""
    words = " or ".join(_LABELS[way] for way in ways)
    return f"The safe-contact rule does not allow this way ({words}). Choose another."


def _is_barred(known: Mapping[str, Any], way: str) -> bool:
    answers = [known.get(name) for name in _ASKED[way]]
    return answers != ["yes"] if way == "voicemail" else "no" in answers


def of_the_speaker(persons: Iterable[tuple[bool, Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """The rules that hold for whoever is in contact, of (is in contact, rule); of everybody where nobody was marked."""
    known = list(persons)
    return [rule for speaks, rule in known if speaks] or [rule for _, rule in known]


def why_not_all(rules: Iterable[Mapping[str, Any]], *ways: str) -> str:
    """The first reason among several persons of whom any may be the one who is reached."""
    return next((why for rule in rules if (why := why_not(rule, *ways))), "")
