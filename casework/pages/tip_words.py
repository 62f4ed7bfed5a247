"""A tip's codes in words, for people who read its page."""

from collections.abc import Iterable, Mapping
from typing import Any

from casework.time_words import day
from tips import facts as vocabulary
from tips.codes import code_lists

# Names that are more than their words in a row.
_NAMES = {"force_fraud_coercion": "Force, fraud or coercion", "help_within_24_hours": "Help needed within 24 hours"}
_DAYS = (("from", "valid_from"), ("until", "valid_until"))
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


def how_many_words(person: Mapping[str, Any]) -> str:
    """How many persons an entry stands for; empty for one."""
    least, most = person.get("count_least", 1), person.get("count_most", 1)
    if (least, most) == (1, 1):
        return ""
    if most is None:
        return f"At least {least}"
    return str(least) if least == most else f"{least} to {most}"


def need_words(needs: Iterable[Mapping[str, Any]]) -> str:
    """What became of needs, each with why it was not met."""
    known = vocabulary.vocabulary().person["needs"].values
    whys = code_lists()["unmet"].codes
    found = []
    for need in needs:
        why = whys.get(need.get("why_not", ""))
        words = f"{known.get(need['need'], need['need'])}: {need['state_label'].lower()}"
        found.append(f"{words} ({why.label.lower()})" if why else words)
    return "; ".join(found)


def is_young(person: Mapping[str, Any]) -> bool:
    """Whether a person is or may be under 18."""
    return person.get("is_minor") == "yes" or person.get("age") == "may_be_minor"


def safe_words(safe: Mapping[str, Any], *, is_minor: bool = False) -> str:
    """How somebody may be reached: what to do, not why. Empty when nobody asked.

    `is_minor` for somebody who is or may be under 18: a parent is no way to them until they said so themselves.
    """
    if safe.get("never"):
        return "Never get in touch."
    may = [word for name, word in _WAYS if safe.get(name) == "yes"]
    may_not = [word for name, word in _WAYS if safe.get(name) == "no"]
    parts = [
        f"May {', '.join(may)}" if may else "",
        f"do not {', '.join(may_not)}" if may_not else "",
        f"only {safe['hours']}{_zone_words(safe)}" if safe.get("hours") else "",
        "others use the device" if safe.get("is_device_shared") == "yes" else "",
        "ask for the code word" if safe.get("has_code_word") else "",
        "not through a parent" if safe.get("parents") == "no" or (is_minor and safe.get("parents") != "yes") else "",
    ]
    told = "; ".join(part for part in parts if part)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _zone_words(safe: Mapping[str, Any]) -> str:
    zone = str(safe.get("time_zone", ""))
    return f" ({zone.rpartition('/')[2].replace('_', ' ')} time)" if zone else ""


def place_words(place: Mapping[str, Any]) -> str:
    """A place as coarse as it was told."""
    states = vocabulary.vocabulary().tip["state"].values
    parts = [
        place.get("words", ""),
        place.get("road", ""),
        place.get("tribal_land", ""),
        place.get("military_base", ""),
        f"{place['county']} County" if place.get("county") else "",
        states.get(place.get("state", ""), ""),
        place.get("postal_code", ""),
        place["country"] if place.get("country", "US") != "US" else "",
    ]
    days = [f"{word} {day(place[name])}" for word, name in _DAYS if place.get(name)]
    return " ".join([", ".join(part for part in parts if part), *days]).strip()
