"""Places in words: addresses of the United States, and areas that a service covers."""

import re
from dataclasses import dataclass
from functools import cache

import zipcodes

from agencies.hsds.records import BadValue
from agencies.hsds.values import clean, without_tags

# Codes of the Postal Service for states, the district and territories.
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin",
    "WY": "Wyoming", "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "Virgin Islands",
}  # fmt: skip
_BY_NAME = {name.casefold(): code for code, name in STATES.items()} | {code.casefold(): code for code in STATES}
_WORLD = {"worldwide", "international", "global", "all countries"}
_NATION = {"nationwide", "national", "united states", "united states of america", "usa", "us", "u.s.", "all states"}
_WHOLE_STATE = {"statewide", "state-wide", "entire state", "whole state", "all counties"}
_COUNTY = re.compile(r"^(?P<name>.+?)\s+(county|parish|borough|census area|municipio)$", re.IGNORECASE)
_COUNTIES = re.compile(r"^(?P<names>.+?)\s+counties$", re.IGNORECASE)
_TRIBAL = re.compile(
    r"\b(nation|reservation|tribes?|tribal|pueblo|rancheria|indian community|band of)\b", re.IGNORECASE
)
_ZIP = re.compile(r"^(?:zip(?: code)?:?\s*)?(\d{5})(?:-\d{4})?$", re.IGNORECASE)
_STATE_AND_ZIP = re.compile(
    r"^(?:state:\s*)?(?P<state>[A-Za-z]{2})\.?(?:\s+(?P<zip>\d{5}(?:-\d{4})?))?$", re.IGNORECASE
)
# The parts of an area, and how many letters the directory holds of each.
_PARTS = {"kind": 10, "country": 2, "state": 2, "county": 100, "code": 120, "label": 255}


@dataclass(frozen=True, slots=True)
class Area:
    """A place that is covered, as `agencies.models.Coverage` keeps it."""

    kind: str
    country: str = ""
    state: str = ""
    county: str = ""
    code: str = ""
    label: str = ""


def state_code(value: str | None) -> str:
    """The two letters of a state that is given by code or name; empty for anything else."""
    return _BY_NAME.get((value or "").strip().rstrip(".").casefold(), "")


def address(value: object) -> dict[str, str]:
    """The parts of a one-line address such as "1 Main Street, Suite 2, Miami, FL 33101" or "State: FL".

    Raises BadValue when the last part names no state, since nobody could be sent there.
    """
    parts = [p for p in (s.strip() for s in without_tags(clean(value) or "").split(",")) if p]
    if not parts:
        return {}
    match = _STATE_AND_ZIP.match(parts[-1])
    state = state_code(match["state"]) if match else ""
    if not match or not state:
        raise BadValue("this address does not end with a state; write it as street, city, state and ZIP code")
    found = {
        "address_1": ", ".join(parts[:-2]),
        "city": parts[-2] if len(parts) > 1 else "",
        "state_province": state,
        "postal_code": match["zip"] or "",
        "country": "US",
    }
    return {name: part for name, part in found.items() if part}


def county_name(value: str) -> str:
    """A county without the word County, with Saint written as St."""
    match = _COUNTY.match(value.strip())
    name = re.sub(r"\s+", " ", match["name"] if match else value.strip())
    return re.sub(r"^Saint(e?)\s", lambda m: f"St{m[1]}. ", name)


def areas(value: object, *, state: str = "", country: str = "US") -> list[Area]:
    """The areas that a text names, parted by semicolons; `state` is meant where a county names none.

    Raises BadValue for a text in which not every part can be read as a place.
    """
    found: list[Area] = []
    for part in (clean(value) or "").split(";"):
        if name := re.sub(r"\s+", " ", part).strip():
            found += _areas(name, state=state, country=country)
    return list(dict.fromkeys(found))


def given_areas(value: object) -> list[Area]:
    """Areas that are given part by part, as our own export writes them. Raises BadValue for what is no area."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict) or item.keys() - set(_PARTS):
            raise BadValue(f"each area must be an object of {', '.join(_PARTS)}")
        parts = {name: clean(item.get(name)) or "" for name in _PARTS}
        area = Area(**parts)
        needs = {"state": [area.state], "county": [area.state, area.county], "zip": [area.code], "tribal": [area.code]}
        needs |= {"country": [area.country], "worldwide": []}
        if area.kind not in needs or not all(needs[area.kind]):
            raise BadValue("each area must say its kind, and name the place of that kind")
        if any(len(parts[name]) > limit for name, limit in _PARTS.items()):
            raise BadValue("a part of an area is too long")
        found.append(area)
    return list(dict.fromkeys(found))


def area_name(area: Area) -> str:
    """An area in words that `areas` reads back, as far as words can say it."""
    if area.kind == "county":
        return f"{area.county} County, {STATES.get(area.state, area.state)}"
    if area.kind == "state":
        return STATES.get(area.state, area.state)
    if area.kind == "country":
        return "United States" if area.country == "US" else area.country
    return area.code or "Worldwide"


def _areas(name: str, *, state: str, country: str) -> list[Area]:
    whole = _whole(name, state=state, country=country)
    if whole:
        return [whole]
    if zip_code := _ZIP.match(name):
        return [Area("zip", "US", state, code=zip_code[1], label=name)]
    place, _, last = name.rpartition(",")
    named = state_code(last) if place else ""
    where = named or state
    counties = _county_names(place if named else name)
    if counties and not where:
        raise BadValue("this county names no state; add the state, or set default_state in the mapping file")
    if counties:
        return [Area("county", "US", where, county, label=name[:255]) for county in counties]
    if _TRIBAL.search(name) and len(name) <= 120:
        return [Area("tribal", "US", where, code=(place if named else name).strip(), label=name)]
    raise BadValue("this cannot be read as a country, state, county, ZIP code or tribal land")


def _whole(name: str, *, state: str, country: str) -> Area | None:
    """The world, a country or a state."""
    plain = name.casefold().removeprefix("state of ").removeprefix("the ").strip(" .")
    if plain in _WORLD:
        return Area("worldwide", label=name)
    if plain in _NATION or name.casefold() in _NATION:
        return Area("country", "US", label=name)
    if plain in _WHOLE_STATE:
        if not state:
            raise BadValue("this covers a whole state but names none; set default_state in the mapping file")
        return Area("state", country, state, label=name)
    named = state_code(plain) or state_code(re.sub(r"\s*\(?(state-?wide)\)?$", "", plain).strip(" ,:-"))
    return Area("state", "US", named, label=name) if named else None


def _county_names(name: str) -> list[str]:
    """ "Lee County" -> Lee; "Lee, Polk and St. Lucie Counties" -> three; nothing for other places."""
    if many := _COUNTIES.match(name):
        parts = re.split(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*", many["names"])
        return [county_name(p) for p in parts if p.strip() and len(p) <= 100]
    if (one := _COUNTY.match(name)) and "," not in one["name"] and len(one["name"]) <= 60:
        return [county_name(name)]
    return []


@cache
def _zones() -> dict[str, str]:
    return {row["zip_code"]: row["timezone"] for row in zipcodes.list_all() if row["timezone"]}


@cache
def _middles() -> dict[str, tuple[float, float]]:
    rows = zipcodes.list_all()
    return {row["zip_code"]: (float(row["lat"]), float(row["long"])) for row in rows if row["lat"] and row["long"]}


def centroid(zip_code: str) -> tuple[float, float] | None:
    """Degrees north and east of the middle of a ZIP code; None for one that is not in the list."""
    return _middles().get(zip_code.strip()[:5])


def time_zone(zip_code: str) -> str:
    """The time zone of a ZIP code, such as America/Chicago; empty for one that is not in the list."""
    return _zones().get(zip_code[:5], "")
