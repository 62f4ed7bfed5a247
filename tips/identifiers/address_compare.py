"""Whether two addresses are the same place."""

from dataclasses import replace

from tips.identifiers.addresses import Address, Street, parse
from tips.identifiers.edits import is_one_edit
from tips.identifiers.streets import DIRECTIONS
from tips.identifiers.verdict import Verdict, maybe, no, settled

_FEWEST_FOR_A_SLIP = 5


def compare(left: str, right: str) -> Verdict:
    """Whether two texts are the same address. Raises Unreadable for a text without street or box."""
    one, other = parse(left), parse(right)
    one, other = _with_whole_town(one, other), _with_whole_town(other, one)
    doubts = _town_doubts(one, other)
    if doubts is None:
        return no("another town or state")
    if one.box or other.box:
        return _compare_boxes(one, other, doubts)
    if one.corner or other.corner:
        return _compare_corners(one, other, doubts)
    return _compare_houses(one, other, doubts)


def _compare_boxes(one: Address, other: Address, doubts: list[str]) -> Verdict:
    if one.box != other.box:
        return no("another box" if one.box and other.box else "one is a post office box, the other a street")
    return settled("the same post office box", doubts)


def _compare_houses(one: Address, other: Address, doubts: list[str]) -> Verdict:
    street = _street_doubts(one.street, other.street)
    if street is None:
        return no("another street")
    if one.number and other.number and not _same_number(one.number, other.number):
        return no("the same street, another house number")
    marks = _mark_doubts(one.mark, other.mark)
    if marks is None:
        return no("the same road, another mile, kilometre or exit")
    street += marks
    if one.number != other.number:
        street.append("only one has a house number" if not (one.number and other.number) else "a range of numbers")
    is_placed = one.number or other.number or one.mark or other.mark
    same = "the same street address" if is_placed else "the same street; no house number was said"
    return settled(same, [*street, *_unit_doubts(one, other), *doubts])


def _with_whole_town(one: Address, other: Address) -> Address:
    """In "... Blvd West Palm Beach" the direction is the town's, as the other address shows."""
    first, _, rest = other.town.partition(" ")
    direction = DIRECTIONS.get(first, "")
    if not direction or rest != one.town or direction not in one.street.directions - other.street.directions:
        return one
    street = replace(one.street, directions=one.street.directions - {direction})
    return replace(one, town=other.town, street=street)


def _same_number(one: str, other: str) -> bool:
    is_shared = bool(set(one.split("-")) & set(other.split("-"))) or one.replace("-", "") == other.replace("-", "")
    return is_shared or _is_within(one, other) or _is_within(other, one)


def _is_within(number: str, span: str) -> bool:
    """Whether a house stands in a block or range of houses: 1612 in 1600-1699."""
    first, dash, last = span.partition("-")
    if not (dash and number.isdecimal() and first.isdecimal() and last.isdecimal()):
        return False
    return len(first) == len(last) and int(first) <= int(number) <= int(last)


def _mark_doubts(one: str, other: str) -> list[str] | None:
    """What is unsure about the place on the road; None where it is another one."""
    if one == other:
        return []
    if not (one and other):
        return ["only one names a mile, kilometre or exit"]
    is_other = one.split()[0] == other.split()[0]
    return None if is_other else ["one counts in miles, kilometres or exits, the other otherwise"]


def _town_doubts(one: Address, other: Address) -> list[str] | None:
    """What is unsure about the town; None where it is another one."""
    if one.all_states and other.all_states and one.all_states != other.all_states:
        return None
    if one.code and other.code and one.code == other.code:
        return []
    if not (one.towns and other.towns):
        is_known = bool(one.towns or other.towns or one.state != other.state)
        return ["only one says in which town"] if is_known else []
    if not _same_town(one.towns, other.towns):
        return None
    return ["the ZIP codes differ"] if one.code and other.code else []


def _same_town(one: frozenset[str], other: frozenset[str]) -> bool:
    if one & other:
        return True
    return any(_is_slip(a, b) for a in one for b in other)


def _is_slip(one: str, other: str) -> bool:
    is_plural = one == f"{other}s" or other == f"{one}s"
    return is_plural or (min(len(one), len(other)) >= _FEWEST_FOR_A_SLIP and is_one_edit(one, other))


def _street_doubts(one: Street, other: Street) -> list[str] | None:
    """What is unsure about the street; None where it is another one."""
    doubts = []
    if one.name != other.name:
        if one.road or other.road or not _is_slip(one.name, other.name):
            return None
        doubts.append("the street's name differs by one letter")
    if "road" in (one.road, other.road) and one.road != other.road:
        doubts.append("only one says whose road it is")
    elif one.road != other.road:
        return None
    for left, right, doubt in (
        (one.type, other.type, "only one says whether it is a street, an avenue or a road"),
        (one.directions, other.directions, "only one says north, south, east or west"),
    ):
        if left and right and left != right:
            return None
        doubts += [doubt] if left != right else []
    return doubts


def _unit_doubts(one: Address, other: Address) -> list[str]:
    doubts = []
    for left, right in ((one.unit, other.unit), (one.building, other.building), (one.floor, other.floor)):
        if left != right:
            doubts.append("the same building, another unit" if left and right else "only one names a unit")
    return doubts[:1]


def _compare_corners(one: Address, other: Address, doubts: list[str]) -> Verdict:
    lefts, rights = _streets(one), _streets(other)
    if len(lefts) == len(rights):
        for pairs in (list(zip(lefts, rights, strict=True)), list(zip(lefts, reversed(rights), strict=True))):
            found = [_street_doubts(a, b) for a, b in pairs]
            known = [doubt for street in found if street is not None for doubt in street]
            if None not in found:
                return settled("the same crossing", [*dict.fromkeys(known), *doubts])
        return no("another crossing")
    if any(_street_doubts(a, b) is not None for a in lefts for b in rights):
        return maybe("the same street, but one is a crossing and the other a house")
    return no("another street")


def _streets(address: Address) -> list[Street]:
    return [street for street in (address.street, address.corner) if street]
