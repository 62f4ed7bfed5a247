"""What a contact told, in the shape in which the form hands it to the verbs; plain Python."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PlaceTold:
    """Where, as coarse as it was told. `state` is two letters, `country` ISO 3166 alpha-2."""

    country: str = "US"
    state: str = ""
    county: str = ""
    postal_code: str = ""
    tribal_land: str = ""
    words: str = ""

    def is_empty(self) -> bool:
        return (
            not any([self.state, self.county, self.postal_code, self.tribal_land, self.words]) and self.country == "US"
        )


@dataclass(frozen=True)
class IdentifierTold:
    """Something to match on; `value` as it was said."""

    kind: str
    value: str


@dataclass(frozen=True)
class PersonTold:
    """One person: `facts` are codes of the person facts; `identity` maps PersonIdentity fields to words."""

    facts: dict[str, Any]
    is_in_contact: bool = False
    languages: tuple[str, ...] = ()
    identity: dict[str, str] = field(default_factory=dict)
    safe_contact: dict[str, Any] = field(default_factory=dict)
    identifiers: tuple[IdentifierTold, ...] = ()


@dataclass(frozen=True)
class Told:
    """Everything of one contact that goes onto a tip; `facts` are codes of the tip facts."""

    narrative: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    place: PlaceTold = PlaceTold()
    persons: tuple[PersonTold, ...] = ()
    identifiers: tuple[IdentifierTold, ...] = ()
