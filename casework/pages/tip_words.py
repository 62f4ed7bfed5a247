"""A tip's codes in words, for people who read its page."""

from collections.abc import Mapping
from typing import Any

from tips import facts as vocabulary

# Names that are more than their words in a row.
_NAMES = {"force_fraud_coercion": "Force, fraud or coercion", "help_within_24_hours": "Help needed within 24 hours"}
_WAYS = (("may_call", "call"), ("may_text", "text"), ("may_voicemail", "leave voicemail"), ("may_email", "e-mail"))


def fact_pairs(facts: Mapping[str, Any], *, of_person: bool = False) -> list[tuple[str, str]]:
    """(short name, answer) of each fact that was told, in the vocabulary's order."""
    known = vocabulary.vocabulary().person if of_person else vocabulary.vocabulary().tip
    pairs = []
    for name, fact in known.items():
        codes = facts.get(name, [])
        codes = [codes] if isinstance(codes, str) else codes
        words = ", ".join(fact.values.get(code, code) for code in codes if code)
        if words:
            pairs.append((_NAMES.get(name, name.replace("_", " ").capitalize()), words))
    return pairs


def safe_words(safe: Mapping[str, Any]) -> str:
    """How somebody may be reached: what to do, not why. Empty when nobody asked."""
    if safe.get("never"):
        return "Never get in touch."
    may = [word for name, word in _WAYS if safe.get(name) == "yes"]
    may_not = [word for name, word in _WAYS if safe.get(name) == "no"]
    parts = [
        f"May {', '.join(may)}" if may else "",
        f"do not {', '.join(may_not)}" if may_not else "",
        f"only {safe['hours']}" if safe.get("hours") else "",
        "others use the device" if safe.get("is_device_shared") == "yes" else "",
        "ask for the code word" if safe.get("has_code_word") else "",
    ]
    told = "; ".join(part for part in parts if part)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def place_words(place: Mapping[str, Any]) -> str:
    """A place as coarse as it was told."""
    states = vocabulary.vocabulary().tip["state"].values
    parts = [
        place.get("words", ""),
        place.get("tribal_land", ""),
        f"{place['county']} County" if place.get("county") else "",
        states.get(place.get("state", ""), ""),
        place.get("postal_code", ""),
        place["country"] if place.get("country", "US") != "US" else "",
    ]
    return ", ".join(part for part in parts if part)
