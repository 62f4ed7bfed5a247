"""The parts that a rule or a clock is written with: which are needed, and what may stand in each. Plain Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

LEVELS = ("P0", "P1", "P2", "P3", "P4")
_DOORS = frozenset({"any", "tip", "help", "learn", "none"})
_SUBJECTS = frozenset({"all", "adults", "minors", "missing", "vulnerable", "complaint", "none"})
_PILLARS = frozenset({"prevention", "protection", "prosecution", "partnership"})
_EXEMPT = frozenset({"third_party_switch", "no_coercion"})
_TYPES = frozenset({"training_and_technical_assistance", "general_information"})
# Units in which a limit is counted; the last one counts no time, and starts no clock.
UNITS = ("minutes", "hours", "days", "business_days", "months", "years", "months_to_15th", "birthday", "attempts")


@dataclass(frozen=True)
class Part:
    """One named part: the sentence on what may stand there, its test, and whether it is needed."""

    words: str
    fits: Callable[[Any], bool]
    is_needed: bool = True


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(allowed: frozenset[str] | None = None) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(_text(v) and (allowed is None or v in allowed) for v in value)

    return fits


def _one_of(allowed: frozenset[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in allowed


def _doors(value: Any) -> bool:
    return isinstance(value, str) and set(value.split("/")) <= _DOORS


def _urgency(value: Any) -> bool:
    if isinstance(value, dict):
        return value.keys() == {"first", "second", "first_when"} and {value["first"], value["second"]} <= {*LEVELS}
    return value is None or value in LEVELS


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


_OFFER = {
    "kind": Part("the code of an agency kind", _text),
    "when": Part("a condition", _is_object, False),
    "first_when": Part("a condition", _is_object, False),
    **dict.fromkeys(("needs_wish", "own_service", "emergency"), Part("true or false", _is_flag, False)),
}
_NOTE = {"when": Part("a condition", _is_object), "text": Part("a sentence", _text)}


def _each(parts: Mapping[str, Part]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(v, dict) and not _wrong(v, parts) for v in value)


# `id`, `version` and `status` are set by whoever keeps the rule.
_KEPT = {name: Part("", lambda value: True, False) for name in ("id", "version", "status")}
_SAYS = {name: Part("a text", _text) for name in ("source", "confidence")}
ROUTING: Mapping[str, Part] = {
    **_KEPT,
    **_SAYS,
    "name": Part("a text", _text, False),
    "reason": Part("a sentence", _text),
    "precedence": Part("a whole number, the lowest first", _count),
    "when": Part("a condition", _is_object),
    "kinds": Part("a list of offers, each with a kind", _each(_OFFER)),
    "pillars": Part(f"a list of {', '.join(sorted(_PILLARS))}", _texts(_PILLARS)),
    "urgency": Part("P0 to P4, null, or an object with first, second and first_when", _urgency),
    "door": Part(f"some of {', '.join(sorted(_DOORS))}, with slashes between", _doors),
    "subjects": Part(f"one of {', '.join(sorted(_SUBJECTS))}", _one_of(_SUBJECTS), False),
    "gates": Part("a list of gates", _texts(), False),
    "exempt": Part(f"a list of {', '.join(sorted(_EXEMPT))}", _texts(_EXEMPT), False),
    "expects": Part("a list of clocks", _texts(), False),
    "request_type": Part(f"one of {', '.join(sorted(_TYPES))}", _one_of(_TYPES), False),
    **dict.fromkeys(
        ("mandate", "status_note", "high_risk", "even_out_of_scope", "opens_prosecution"),
        Part("true or false", _is_flag, False),
    ),
}
CLOCK: Mapping[str, Part] = {
    **_KEPT,
    **_SAYS,
    **{name: Part("a text", _text) for name in ("name", "why", "holder", "citation", "on_breach")},
    **{
        name: Part("a text", lambda value: isinstance(value, str), False)
        for name in ("note", "start_event", "limit_text", "trigger_text", "met_by", "recipient")
    },
    "kind": Part("clock, check or gate", _one_of(frozenset({"clock", "check", "gate"}))),
    "trigger": Part("a condition", _is_object),
    "holder_kinds": Part("a list of agency kinds", _texts()),
    "ours": Part("true or false", _is_flag),
    "limit": Part("a whole number, or null where the law gives none", lambda value: value is None or _count(value)),
    "unit": Part("a text", _text),
    "extended_limit": Part("a whole number", lambda value: value is None or _count(value), False),
    "reminders": Part("a list of times", _texts()),
    "notes": Part("a list of notes, each with when and text", _each(_NOTE)),
    "alert": Part("true or false", _is_flag, False),
}


def wrong_unit(clock: Mapping[str, Any]) -> list[str]:
    """Of a clock with the right parts: a number needs a unit that counts something."""
    if clock["kind"] != "clock" or clock["limit"] is None or clock["unit"] in UNITS:
        return []
    return [f"unit: write one of {', '.join(UNITS)}."]


def wrong(row: Mapping[str, Any], parts: Mapping[str, Part]) -> list[str]:
    """What is missing, unknown or does not fit, a sentence each."""
    return _wrong({name: value for name, value in row.items() if name not in _KEPT}, parts)


def _wrong(row: Mapping[str, Any], parts: Mapping[str, Part]) -> list[str]:
    missing = [
        f"{name} is missing: {part.words}." for name, part in parts.items() if part.is_needed and name not in row
    ]
    unknown = [f"{name} is no part of a rule." for name in row if name not in parts]
    unfit = [
        f"{name}: write {parts[name].words}." for name, v in row.items() if name in parts and not parts[name].fits(v)
    ]
    return missing + unknown + unfit
