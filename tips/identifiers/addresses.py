"""Street addresses as people say them: taken apart into number, street, unit and town."""

import re
from dataclasses import dataclass, field, replace

from tips.identifiers import spoken
from tips.identifiers.address_units import taken_out, without_remarks
from tips.identifiers.clean import fold
from tips.identifiers.places import CODES, STATES, of_zip
from tips.identifiers.streets import (
    DIRECTIONS,
    ROADS,
    SHORT,
    SPANISH_FIRST,
    TOWNS,
    TYPES,
)
from tips.identifiers.verdict import Unreadable

_ZIP = re.compile(r"(?<![\w-])(\d{5})(?:-\d{4})?\s*$")
_COUNTRY = re.compile(r"[\s,]+(?:usa|u\s?s\s?a|united states(?: of america)?|ee\s?uu|estados unidos)\s*$")
_STATES = "|".join(sorted({*STATES, *CODES}, key=len, reverse=True))
_STATE = re.compile(rf"(?:^|[\s,(]+)({_STATES})\)?\s*$")
_BOX = re.compile(
    r"(?:\b(hc|highway contract(?: route)?|rr|rural (?:route|rte|rt)|star route|sr|rt)\s*(\d+)[\s,]*)?"
    r"\b(?:p\s?o\s?box|post\s?office\s?box|po\s?bx|pob|p\s?o\s?b|"
    r"apartado(?:\s+postal)?|apdo|box)\s*#?\s*(?:no\s+)?(\w+)"
)
_CORNER = re.compile(
    r"\s+(?:&|and|y|(?<!\d\s)e|con|at|@|x|esquina(?:\s+(?:con|de))?|cross(?:es)?|near(?:\s+the)?\s+corner\s+of)\s+|\s*[&@/]\s*"
)
_CORNER_START = re.compile(
    r"^(?:(?:the\s+)?(?:corner|intersection|cruce|esquina)\s+(?:of|de|at)\s+|between\s+|entre\s+)"
)
_NUMBER = re.compile(r"^(\d+(?:-\d+)?(?:\s?1/2)?(?:-?[a-z])?)(?:\s+([abcdfgh])(?=\s+\w+\s+\w))?(?:\s+|$)")
_LAST_NUMBER = re.compile(r"[\s,]+(?:#|no|num|numero|nro)?\s*(\d+[a-z]?)\s*$")
# "Main Street 123": the house behind the street, as much of the world writes it.
_HOUSE_LAST = re.compile(rf"^(\S.*\s(?:{'|'.join(map(re.escape, TYPES))}))\s+(?:no\s+)?(\d+[a-z]?)$")
_BLOCK = re.compile(r"^(?:the\s+)?(\d*)00\s+block\s+(?:of\s+)?(?=\S)")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th|er|ra|ro|da|do|ta|to|va|vo|na|no|ma|mo)\b")
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_TEN = re.compile(rf"\b({'|'.join(_TENS)})[ -]({'|'.join(list(spoken.ORDINALS)[:9])})\b")
_AT = re.compile(r"^(?:(?:at|in|near|address|addr|direccion|domicilio|en|located at|it is|the)\b\s*:?\s*)+")


@dataclass(frozen=True)
class Street:
    """A street without the house: `name` without type and directions; `road` is whose numbered road it is."""

    name: str = ""
    type: str = ""
    directions: frozenset[str] = frozenset()
    road: str = ""


@dataclass(frozen=True)
class Address:
    """`number` is empty where only the street was said, and two numbers with a dash for a block or a range.

    `corner` is the other street of a crossing, `mark` a place on a road: "mile 5", "exit 101". `box` holds the rural
    route where there is one: "rr 2 box 45".
    """

    number: str = ""
    street: Street = field(default_factory=Street)
    corner: Street | None = None
    unit: str = ""
    building: str = ""
    floor: str = ""
    town: str = ""
    state: str = ""
    code: str = ""
    box: str = ""
    mark: str = ""

    @property
    def towns(self) -> frozenset[str]:
        """The town that was said, or those that use the ZIP code."""
        return frozenset([self.town]) if self.town else of_zip(self.code)[0]

    @property
    def all_states(self) -> str:
        return self.state or of_zip(self.code)[1]

    @property
    def normal(self) -> str:
        """One form for every way to write it."""
        start = self.box if " box " in self.box else f"po box {self.box}"
        start = start if self.box else " ".join(filter(None, [self.number, _written(self.street), self.mark]))
        corner = f" & {_written(self.corner)}" if self.corner else ""
        parts = [("building", self.building), ("floor", self.floor), ("unit", self.unit)]
        units = "".join(f", {word} {value}" for word, value in parts if value)
        return ", ".join(filter(None, [f"{start}{corner}{units}", self.town, f"{self.state} {self.code}".strip()]))


def _written(street: Street) -> str:
    parts = [" ".join(sorted(street.directions)), street.road, street.name, street.type]
    return " ".join(filter(None, parts))


def parse(text: str) -> Address:
    """Take an address apart. Raises Unreadable where neither a street nor a box is left."""
    plain = _plain(text)
    if not any(character.isalnum() for character in plain):
        raise Unreadable("No street address was found: write number, street and town.")
    plain, code, state = _end(plain)
    found = _BOX.search(plain)
    if found:
        town = _town(plain[found.end() :].strip(" ,").partition(",")[0])
        return Address(box=_box(*found.groups()), town=town, state=state, code=code)
    plain, narrow = taken_out(plain)
    unit, building, floor, mark = (narrow.get(kind, "") for kind in ("unit", "building", "floor", "mark"))
    known = Address(unit=unit, building=building, floor=floor, mark=mark, state=state, code=code)
    crossing = [part.strip(" ,") for part in _CORNER.split(_CORNER_START.sub("", plain)) if part.strip(" ,")]
    if len(crossing) == 2 and not _number(crossing[0])[0]:
        return _crossing(crossing, known)
    street, town = _street_and_town(plain)
    number, rest = _number(street)
    parsed, more = _street(rest)
    if not (parsed.name or parsed.road):
        raise Unreadable("No street address was found: write number, street and town.")
    return replace(known, number=number, street=parsed, town=town or _town(more))


def _box(route: str | None, of: str | None, number: str) -> str:
    if not route:
        return number
    short = "hc" if route.startswith(("hc", "highway")) else "rr" if route.startswith(("rr", "rural", "rt")) else "sr"
    return f"{short} {of} box {number}"


def _plain(text: str) -> str:
    folded = without_remarks(fold(text).replace("u.s.", "us ").replace("p.o.", "po "))
    plain = re.sub(r"['\"()]|(?<!\d)\.|\.(?!\d)", "", folded)
    plain = re.sub(r"[;\n|]", ",", plain)
    plain = _TEN.sub(lambda found: f"{_TENS.index(found.group(1)) + 2}{spoken.ORDINALS[found.group(2)]}th", plain)
    words = re.sub(r"[^\W\d_]+", _ordinal, plain)
    return " ".join(_AT.sub("", spoken.to_digits(words)).split())


def _ordinal(word: re.Match[str]) -> str:
    number = spoken.ORDINALS.get(word.group())
    return f"{number}th" if number else word.group()


def _end(plain: str) -> tuple[str, str, str]:
    """The text without country, ZIP code and state; and those two."""
    plain = _COUNTRY.sub("", plain).strip(" ,")
    code = state = ""
    found = _ZIP.search(plain)
    if found and found.start() > 0:
        code, plain = found.group(1), plain[: found.start()].strip(" ,")
    found = _STATE.search(plain)
    # "Florida" alone is no address; "100 Georgia" is a street; after a comma or with more before it is a state.
    if found and (found.group(0).lstrip().startswith(",") or code or len(plain[: found.start()].split()) > 2):
        word = found.group(1)
        if word not in TYPES or found.group(0).startswith(","):
            state, plain = STATES.get(word, word), plain[: found.start()].strip(" ,")
    return plain, code, state


def _street_and_town(plain: str) -> tuple[str, str]:
    """The part with the house number, and the part behind the next comma."""
    parts = [part.strip() for part in plain.split(",") if part.strip()]
    with_number = next((n for n, part in enumerate(parts) if part[0].isdigit() and " " in part), None)
    if with_number is None:
        with_number = next((n for n, part in enumerate(parts) if _has_type(part)), 0)
    after = parts[with_number + 1 :]
    if after and re.fullmatch(r"(?:no|num|numero)?\s*\d+[a-z]?", after[0]):
        parts[with_number], after = f"{parts[with_number]} {after[0]}", after[1:]
    return parts[with_number], _town(after[0] if after else "")


def _has_type(part: str) -> bool:
    return any(word in TYPES for word in part.split())


def _number(street: str) -> tuple[str, str]:
    if street.split(" ", 1)[0] in SPANISH_FIRST:
        found = _LAST_NUMBER.search(street)
        if found and len(street[: found.start()].split()) > 1:
            return found.group(1), street[: found.start()]
        return "", street
    block = _BLOCK.match(street)
    if block:
        return f"{block.group(1)}00-{block.group(1)}99", street[block.end() :]
    last = _HOUSE_LAST.match(street)
    if last and not street.partition(" ")[0].isdigit() and "~" not in _roads(street):
        return last.group(2), last.group(1)
    found = _NUMBER.match(_ORDINAL.sub(lambda ordinal: f"_{ordinal.group()}", street))
    if not found or not street[found.end() :].strip():
        return "", street
    if street[found.end() :].split()[0] in TYPES and len(street[found.end() :].split()) == 1:
        return "", street  # "8 St": the street, not a house.
    number = re.sub(r"-(?=[a-z])", "", found.group(1).replace(" ", "")) + (found.group(2) or "")
    return number, street[found.end() :]


def _roads(plain: str) -> str:
    """Numbered roads in one form: "~us 1"."""
    spaced = re.sub(r"-(?=\d)", " ", plain) if re.search(r"\b(?:us|sr|cr|i|fm|hwy|rt|rte)-\d", plain) else plain
    for pattern, whose in ROADS:
        spaced = re.sub(rf"(?<![\w~]){pattern}\b", rf"~{whose} \1", spaced)
    return spaced


def _street(words: str) -> tuple[Street, str]:
    """The street, and what stands behind it."""
    plain = _ORDINAL.sub(r"\1", _roads(words))
    road = re.search(r"~(\w+) (\w+)", plain)
    if road:
        return _road(plain, road)
    tokens = plain.replace("-", " ").split()
    start = 0
    directions: set[str] = set()
    while start < len(tokens) - 1 and tokens[start] in DIRECTIONS and tokens[start + 1] not in TYPES:
        directions.add(DIRECTIONS[tokens[start]])
        start += 1
    tokens = tokens[start:]
    if (len(tokens) > 1 and tokens[0] in SPANISH_FIRST) or _is_lettered(tokens):
        return _spanish(tokens, directions)
    end = _end_of_name(tokens)
    kind = TYPES.get(tokens[end], "") if end < len(tokens) else ""
    after = tokens[end + 1 :] if kind else []
    if after and after[0] in DIRECTIONS:
        directions.add(DIRECTIONS[after[0]])
        after = after[1:]
    return Street(_named(tokens[:end]), kind, _joined(directions)), " ".join(after)


def _road(plain: str, road: re.Match[str]) -> tuple[Street, str]:
    """A road with a number; what stands before it is part of its name ("Old Highway 41"), what behind it the town."""
    before, after = plain[: road.start()].split(), plain[road.end() :].split()
    directions = frozenset(DIRECTIONS[word] for word in (*before, *after) if word in DIRECTIONS)
    names = [[word for word in part if word not in DIRECTIONS and word not in TYPES] for part in (before, after)]
    return Street(" ".join([*names[0], road.group(2)]), "", directions, road.group(1)), " ".join(names[1])


def _is_lettered(tokens: list[str]) -> bool:
    """Avenue A, Avenue 12."""
    return len(tokens) == 2 and tokens[0] in ("avenue", "ave", "street", "road") and len(tokens[1]) <= 2


def _spanish(tokens: list[str], directions: set[str]) -> tuple[Street, str]:
    rest = [word for word in tokens[1:] if word not in ("de", "la", "del", "los", "las", "el")]
    found = {DIRECTIONS[word] for word in rest if word in DIRECTIONS}
    name = _named([word for word in rest if word not in DIRECTIONS])
    return Street(name, TYPES[tokens[0]], _joined(directions | found)), ""


def _end_of_name(tokens: list[str]) -> int:
    """Where the type stands: the first one behind a name, or the one right behind it ("Park Ave", "Court St")."""
    for place in range(1, len(tokens)):
        if tokens[place] in TYPES:
            is_next_too = place + 1 < len(tokens) and tokens[place + 1] in TYPES
            return place + 1 if is_next_too else place
    return len(tokens)


def _joined(directions: set[str]) -> frozenset[str]:
    """ "N W" is northwest."""
    word = "".join(sorted(directions, key="nsew".find)) if len(directions) == 2 else ""
    return frozenset([word]) if word in ("ne", "nw", "se", "sw") else frozenset(directions)


def _named(tokens: list[str]) -> str:
    words = [SHORT.get(token, token) for token in tokens]
    if len(words) > 1 and words[0] in ("dr", "doctor", "rev", "reverend"):
        words = words[1:]
    return " ".join(filter(None, words)) if words else ""


def _town(words: str) -> str:
    tokens = [SHORT.get(token, token) for token in words.replace("-", " ").split() if token not in ("near", "in", "de")]
    plain = " ".join(filter(None, tokens))
    return TOWNS.get(plain, plain)


def _crossing(parts: list[str], known: Address) -> Address:
    """Two streets in the order of their names."""
    last, _, town = parts[1].partition(",")
    streets = [_street(parts[0].partition(",")[0]), _street(last)]
    one, other = sorted((street for street, _ in streets), key=_written)
    return replace(known, street=one, corner=other, town=_town(town) or _town(streets[1][1]))
