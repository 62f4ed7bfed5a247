"""States and their codes, and what a ZIP code says of town and state."""

from functools import lru_cache

import zipcodes

from tips.identifiers.clean import fold

STATES = {
    "alabama": "al", "alaska": "ak", "arizona": "az", "arkansas": "ar", "california": "ca", "calif": "ca",
    "colorado": "co", "connecticut": "ct", "delaware": "de", "florida": "fl", "fla": "fl", "georgia": "ga",
    "hawaii": "hi", "idaho": "id", "illinois": "il", "indiana": "in", "iowa": "ia", "kansas": "ks",
    "kentucky": "ky", "louisiana": "la", "maine": "me", "maryland": "md", "massachusetts": "ma", "mass": "ma",
    "michigan": "mi", "mich": "mi", "minnesota": "mn", "minn": "mn", "mississippi": "ms", "missouri": "mo",
    "montana": "mt", "nebraska": "ne", "nevada": "nv", "new hampshire": "nh", "new jersey": "nj",
    "new mexico": "nm", "nuevo mexico": "nm", "new york": "ny", "nueva york": "ny", "north carolina": "nc",
    "carolina del norte": "nc", "north dakota": "nd", "ohio": "oh", "oklahoma": "ok", "oregon": "or",
    "pennsylvania": "pa", "penn": "pa", "puerto rico": "pr", "rhode island": "ri", "south carolina": "sc",
    "south dakota": "sd", "tennessee": "tn", "tenn": "tn", "texas": "tx", "tejas": "tx", "tex": "tx", "utah": "ut",
    "vermont": "vt", "virginia": "va", "washington": "wa", "west virginia": "wv", "wisconsin": "wi",
    "wyoming": "wy", "district of columbia": "dc", "guam": "gu", "virgin islands": "vi", "ontario": "on",
    "quebec": "qc", "british columbia": "bc", "alberta": "ab", "manitoba": "mb", "saskatchewan": "sk",
    "nova scotia": "ns", "new brunswick": "nb",
}  # fmt: skip
CODES = frozenset(STATES.values())


@lru_cache(maxsize=4096)
def of_zip(code: str) -> tuple[frozenset[str], str]:
    """The folded names of the towns that use a ZIP code, and its state's code; nothing for one that is not in use."""
    found = zipcodes.matching(code) if len(code) == 5 and code.isascii() and code.isdigit() else []
    towns = {fold(town) for entry in found for town in (entry["city"], *entry["acceptable_cities"])}
    return frozenset(towns), fold(found[0]["state"]) if found else ""
