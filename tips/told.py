"""What a contact told, in the shape in which the form hands it to the verbs; plain Python."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

# Ruling 11: what comes through somebody close to the person is not the person's yes or no.
CLOSE_INTERPRETERS = frozenset({"relative", "employer", "companion", "child"})
_OWN_WORDS = frozenset({"directly", "representative"})


@dataclass(frozen=True)
class PlaceTold:
    """Where, as coarse as it was told. `state` is two letters, `country` ISO 3166 alpha-2."""

    country: str = "US"
    state: str = ""
    county: str = ""
    postal_code: str = ""
    tribal_land: str = ""
    words: str = ""
    road: str = ""
    military_base: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def is_empty(self) -> bool:
        told = (self.state, self.county, self.postal_code, self.tribal_land, self.words, self.road, self.military_base)
        return not any(told) and self.country == "US"


@dataclass(frozen=True)
class IdentifierTold:
    """Something to match on; `value` as it was said."""

    kind: str
    value: str
    is_lead_fact: bool | None = None  # None: as its kind says; never true for a potential victim (ruling 14 b).


@dataclass(frozen=True)
class NeedTold:
    """What became of one need: `state` of PersonNeed.State, `why_not` a code of the list `unmet`."""

    need: str
    state: str
    why_not: str = ""


@dataclass(frozen=True)
class IndicationTold:
    """A code and the words that led to it."""

    code_list: str
    code: str
    words: str


@dataclass(frozen=True)
class PersonTold:
    """One person: `facts` are codes of the person facts; `identity` maps PersonIdentity fields to words.

    `count_least` and `count_most` count several whom nobody told apart; `count_most` is None when nobody knows.
    """

    facts: dict[str, Any]
    is_in_contact: bool = False
    languages: tuple[str, ...] = ()
    identity: dict[str, str] = field(default_factory=dict)
    safe_contact: dict[str, Any] = field(default_factory=dict)
    identifiers: tuple[IdentifierTold, ...] = ()
    needs_told: tuple[NeedTold, ...] = ()
    count_least: int = 1
    count_most: int | None = 1


@dataclass(frozen=True)
class Told:
    """Everything of one contact that goes onto a tip; `facts` are codes of the tip facts.

    `codes` are codes of tips/reference/codes.json by list. `interpretation` holds fields of Interpretation.
    """

    narrative: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    place: PlaceTold = PlaceTold()
    persons: tuple[PersonTold, ...] = ()
    identifiers: tuple[IdentifierTold, ...] = ()
    more_places: tuple[PlaceTold, ...] = ()
    codes: dict[str, list[str]] = field(default_factory=dict)
    indications: tuple[IndicationTold, ...] = ()
    interpretation: dict[str, Any] = field(default_factory=dict)


def as_heard(told: Told, *, reporter: str = "") -> Told:
    """Mark the wishes of whoever was in contact by who interpreted (ruling 11), for the rules.

    Through a relative, employer, companion or child, or an interpreter whom the person knows or fears, a yes or no does
    not count. What was noted as said directly or by an own representative stays. `reporter` is a code of that fact:
    a potential victim who speaks for themselves was heard too, when it is clear which of the persons that is.
    """
    who, is_feared = told.interpretation.get("who", ""), told.interpretation.get("is_feared", "")
    if not who and is_feared != "yes":
        return told
    heard = "companion" if who in CLOSE_INTERPRETERS or is_feared == "yes" else "interpreter"
    speaking = [person for person in told.persons if person.is_in_contact]
    if not speaking and reporter == "potential_victim":
        victims = [person for person in told.persons if person.facts.get("role") == "potential_victim"]
        speaking = victims if len(victims) == 1 else []
    return replace(told, persons=tuple(_heard(p, heard) if p in speaking else p for p in told.persons))


def _heard(person: PersonTold, heard: str) -> PersonTold:
    if person.facts.get("wishes_heard") in _OWN_WORDS:
        return person
    return replace(person, facts={**person.facts, "wishes_heard": heard})
