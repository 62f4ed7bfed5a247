"""Whether a condition can ever hold, and whether one implies another, by its ways of being true. Plain Python.

A way is a set of limits that hold together. A limit stands on one fact of the tip or of one potential victim:
something of these codes was said, or nothing of them was. What cannot be decided within LIMIT ways is left open: the
answers here are sure, never guessed.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations
from typing import Any

from casework.conditions import PERSON_PREFIX
from tips.facts import vocabulary

Condition = Mapping[str, Any]
# (whose, fact, what, codes): whose is "" for the tip, "*" for every potential victim, else a victim's number; what is
# SAID (one of the codes was), UNSAID (none was) or DENIED (none was, and that is all there is to say).
Limit = tuple[str, str, str, frozenset[str]]
Way = frozenset[Limit]
LIMIT = 100
SAID, UNSAID, DENIED = "said", "unsaid", "denied"
EVERYBODY = "*"
LAST = "last"  # Outside of "victim" a fact of a person is that of the last one.
MOST_VICTIMS = 3

TRUE, FALSE, NOT_TRUE, NOT_FALSE = "true", "false", "not true", "not false"
_OPPOSITE = {TRUE: FALSE, FALSE: TRUE, NOT_TRUE: NOT_FALSE, NOT_FALSE: NOT_TRUE}
# What a form asks of its part so that the form itself has this answer.
_KNOWN = {TRUE: TRUE, FALSE: NOT_TRUE, NOT_TRUE: NOT_TRUE, NOT_FALSE: TRUE}
_UNLESS = {TRUE: NOT_TRUE, FALSE: TRUE, NOT_TRUE: TRUE, NOT_FALSE: NOT_TRUE}
_MAY_BE = {TRUE: NOT_FALSE, FALSE: FALSE, NOT_TRUE: FALSE, NOT_FALSE: NOT_FALSE}
_SINGLE = {"known": _KNOWN, "unless": _UNLESS, "may_be": _MAY_BE, "not": _OPPOSITE}


class TooMany(Exception):
    """More ways than LIMIT: left open."""


class Logic:
    """Ways of conditions that share the same named terms."""

    def __init__(self, terms: Mapping[str, Condition]) -> None:
        self._terms = terms
        self._kept: dict[tuple[str, str, str, bool], list[Way]] = {}
        self._victims = 0

    def can_hold(self, *conditions: Condition) -> bool:
        """Whether some facts make all of them true at once; True also where that was left open."""
        try:
            return bool(self.ways({"all": list(conditions)}))
        except TooMany:
            return True

    def implies(self, condition: Condition, other: Condition) -> bool:
        """Whether `other` is true whenever `condition` is; False also where that was left open."""
        try:
            narrow, wide = self.ways(condition), self.ways(other, is_sure=True)
        except TooMany:
            return False
        return all(any(_is_within(way, each) for each in wide) for way in narrow)

    def ways(self, condition: Condition, *, is_sure: bool = False) -> list[Way]:
        """All ways in which a condition is true; when `is_sure`, only ways that make it true. Raises TooMany.

        They differ where silence is enough: "may be" has no limit among all ways, and is said among the sure ones.
        """
        return self._ways(condition, TRUE, "", is_sure)

    def _ways(self, condition: Condition, wanted: str, whose: str, is_sure: bool) -> list[Way]:
        if "fact" in condition:
            return [_limits(condition, TRUE if is_sure and wanted == NOT_FALSE else wanted, whose)]
        if "term" in condition:
            return self._term(condition["term"], wanted, whose, is_sure)
        for form, parts in condition.items():
            if form in _SINGLE:
                return self._ways(parts, _SINGLE[form][wanted], whose, is_sure)
            if form in ("all", "seq", "any"):
                is_joined = (form != "any") == (wanted in (TRUE, NOT_FALSE))
                each = (self._ways(part, wanted, whose, is_sure) for part in parts)
                return _joined(each) if is_joined else _either(each)
            if form in ("victim", "victims"):
                is_some = (form == "victim") == (wanted in (TRUE, NOT_FALSE))
                return self._ways(parts, wanted, self._another() if is_some else EVERYBODY, is_sure)
        raise ValueError(f"A condition has none of the known forms: {sorted(condition)}")

    def _term(self, name: str, wanted: str, whose: str, is_sure: bool) -> list[Way]:
        if name not in self._terms:
            raise ValueError(f"A condition names a term that does not exist: {name}")
        key = (name, wanted, whose, is_sure)
        if key not in self._kept:
            self._kept[key] = self._ways(self._terms[name], wanted, whose, is_sure)
        return self._kept[key]

    def _another(self) -> str:
        self._victims += 1
        return str(self._victims)


def _limits(condition: Condition, wanted: str, whose: str) -> Way:
    name = condition["fact"]
    is_of_person = name.startswith(PERSON_PREFIX)
    name = name.removeprefix(PERSON_PREFIX)
    codes = _codes(name, is_of_person) - {"none", "unknown"} if condition["is"] == "any" else frozenset(condition["is"])
    unsure = frozenset(condition.get("unsure", ()))
    owner = (whose or LAST) if is_of_person else ""
    if wanted == NOT_FALSE:  # Silence is enough: no limit.
        return frozenset()
    if wanted == TRUE:
        return frozenset({(owner, name, SAID, codes)})
    if wanted == NOT_TRUE:
        return frozenset({(owner, name, UNSAID, codes)})
    return frozenset({(owner, name, DENIED, codes | unsure)})


def _codes(name: str, is_of_person: bool) -> frozenset[str]:
    known = vocabulary().person if is_of_person else vocabulary().tip
    return frozenset(known[name].values) if name in known else frozenset()


def _joined(parts: Iterable[list[Way]]) -> list[Way]:
    ways: list[Way] = [frozenset()]
    for part in parts:
        ways = _bounded(one | other for one in ways for other in part)
    return ways


def _either(parts: Iterable[list[Way]]) -> list[Way]:
    return _bounded(way for part in parts for way in part)


def _bounded(ways: Iterator[Way]) -> list[Way]:
    """Without those that contradict themselves, and those that a shorter one holds already."""
    found: dict[Way, None] = {}
    for way in ways:
        if way not in found and _is_possible(way):
            found[way] = None
            if len(found) > LIMIT:
                raise TooMany
    kept = sorted(found, key=len)
    return [way for n, way in enumerate(kept) if not any(other < way for other in kept[:n])]


def _is_possible(way: Way) -> bool:
    people = {whose for whose, *_ in way} - {""}
    for owner in ["", *(people or [])]:
        owners = {owner, EVERYBODY} if owner else {""}
        names = {name for whose, name, *_ in way if whose in owners}
        if not all(_has_room(name, bool(owner), [limit for limit in way if limit[0] in owners]) for name in names):
            return False
    return True


def _has_room(name: str, is_of_person: bool, way: list[Limit]) -> bool:
    said = [codes for _, fact, what, codes in way if fact == name and what == SAID]
    barred = frozenset({"unknown"}).union(*(codes for _, fact, what, codes in way if fact == name and what != SAID))
    if _is_single(name, is_of_person) and said:
        return bool(frozenset.intersection(*said) - barred)
    return all(codes - barred for codes in said)


def _is_single(name: str, is_of_person: bool) -> bool:
    known = vocabulary().person if is_of_person else vocabulary().tip
    return name in known and known[name].shape != "many"


def _is_within(way: Way, wide: Way) -> bool:
    """Whether `way` meets every limit of `wide`, its victims taken for some of the way's own."""
    own = sorted({whose for whose, *_ in way} - {""})
    theirs = sorted({whose for whose, *_ in wide} - {"", EVERYBODY})
    if len(theirs) > MOST_VICTIMS or len(own) > MOST_VICTIMS:
        return False
    for chosen in permutations(own, len(theirs)):
        names = dict(zip(theirs, chosen, strict=True))
        if all(_is_met(limit, names.get(limit[0], limit[0]), way) for limit in wide):
            return True
    return False


def _is_met(limit: Limit, whose: str, way: Way) -> bool:
    _, name, what, codes = limit
    owners = {whose, EVERYBODY} if whose else {""}
    for owner, fact, own_what, own in way:
        if fact != name or owner not in owners:
            continue
        if what == SAID:
            is_met = own_what == SAID and own <= codes
        elif own_what == SAID:  # One value that is another one denies the rest.
            is_met = not own & codes and _is_single(name, bool(whose))
        else:
            is_met = own >= codes and (what == UNSAID or own_what == DENIED)
        if is_met:
            return True
    return False
