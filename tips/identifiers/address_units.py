"""What narrows an address down: unit, building, floor; the mile, kilometre or exit of a road; remarks in brackets."""

import re

from tips.identifiers.places import CODES, STATES
from tips.identifiers.streets import MARKS, SAID_UNITS, SPANISH_FIRST, UNITS

_WORDS = "|".join(sorted((re.escape(word) for word in UNITS if word != "#"), key=len, reverse=True))
_VALUE = r"([a-z]?-?\d+-?[a-z]?|[a-z]{1,2})"
_UNIT = re.compile(
    rf"(?:[\s,]+(?:\b({_WORDS})\b\s*(?:no\b|number\b)?\s*#?|(#))|(?<=\d)(#))\s*{_VALUE}\b(?!\s*(?:st|ave)\b)"
)
_UNIT_FIRST = re.compile(rf"^({_WORDS})\b\s*(?:no\b|number\b)?\s*#?\s*{_VALUE}\s*,")
_FLOOR = re.compile(r"(?:^|[\s,]+)(\d+)(?:st|nd|rd|th|er|o|do|to)?\s+(?:floor|flr|piso)\b")
_SAID_UNIT = re.compile(rf"[\s,]+({'|'.join(SAID_UNITS)})\b")
_MARK_WORDS = "|".join(sorted(MARKS, key=len, reverse=True))
_MARK = re.compile(rf"[\s,]+(?:(?:at|near|by|en)\s+)?({_MARK_WORDS})\s*#?\s*(\d{{1,3}}(?:\.\d+)?[a-z]?)\b")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_TELLS = re.compile(rf"^\s*(?:#|(?:{_WORDS}|{'|'.join(SAID_UNITS)})\b|\d{{5}}\b)")


def without_remarks(folded: str) -> str:
    """Brackets opened where they hold a unit, state or ZIP code; else they are a remark and go ("(Super 8)")."""
    return _BRACKETS.sub(lambda found: f" {found.group(1)} " if _tells(found.group(1)) else " ", folded)


def _tells(words: str) -> bool:
    return bool(_TELLS.match(words)) or words.strip() in STATES or words.strip() in CODES


def taken_out(plain: str) -> tuple[str, dict[str, str]]:
    """The text without what names a unit, building, floor or mark on the road; and these."""
    found: dict[str, str] = {}
    plain = _MARK.sub(lambda mark: _set(found, "mark", f"{MARKS[mark.group(1)]} {mark.group(2)}"), plain)
    plain = _FLOOR.sub(lambda floor: _set(found, "floor", floor.group(1)), plain)
    plain = _UNIT_FIRST.sub(lambda first: _set(found, UNITS[first.group(1)], first.group(2)), plain)
    if plain.split(" ", 1)[0] in SPANISH_FIRST and "#" in plain and not re.match(r"^\S+ \S+ \d+\s*#", plain):
        plain = plain.replace("#", " ", 1)  # Calle Luna #45: the house, not a unit of it.
    plain = _UNIT.sub(lambda unit: _set(found, UNITS[unit[1] or unit[2] or unit[3]], unit[4]), plain)
    said = _SAID_UNIT.search(plain)
    if said:
        found.setdefault(SAID_UNITS[said.group(1)], said.group(1)[:4])
        plain = plain[: said.start()] + "," + plain[said.end() :]
    return re.sub(r"(?:\s*,\s*)+", ", ", plain).strip(" ,"), found


def _set(found: dict[str, str], name: str, value: str) -> str:
    found[name] = value if name == "mark" else value.replace("-", "").lstrip("0")
    return ","
