"""How many persons, as it is said on the telephone: 3, 5 to 10, several, not known. Plain Python."""

import re

MOST = 9_999
_RANGE = re.compile(
    r"(?:between |about |at least |some )?(\d{1,4})(?:\s*(?:-|\u2013|to|or|and)\s*(\d{1,4})|\s*(\+|or more))?"
)
_OPEN = frozenset({"several", "many", "some", "a few", "few", "more than one"})
_UNKNOWN = frozenset({"unknown", "not known", "?", "no idea"})


def how_many(words: str) -> tuple[int, int | None]:
    """(least, most); most is None when nobody knows (ruling 28). Empty words are one person.

    Raises ValueError for what is no number of persons.
    """
    said = " ".join(words.casefold().split())
    if not said:
        return 1, 1
    if said in _OPEN:
        return 2, None
    if said in _UNKNOWN:
        return 1, None
    found = _RANGE.fullmatch(said)
    if found is None or not said.isascii():
        raise ValueError("no number of persons")
    least = int(found[1])
    is_open = bool(found[3]) or said.startswith("at least")
    most = None if is_open else int(found[2] or least)
    if least < 1 or (most is not None and most < least):
        raise ValueError("no number of persons")
    return least, most
