"""Vehicle plates: with or without their state, read in the dark, or only in part."""

import re
from dataclasses import dataclass

from tips.identifiers import spoken
from tips.identifiers.clean import fold
from tips.identifiers.places import STATES
from tips.identifiers.verdict import Unreadable, Verdict, best, maybe, no, yes

_FEWEST = 2
_FEWEST_KNOWN = 3
_FEWEST_BESIDE_STATE = 3
_MOST = 12
_ALIKE = str.maketrans({"o": "0", "q": "0", "d": "0", "i": "1", "l": "1", "b": "8", "s": "5", "z": "2", "g": "6"})
_NOISE = re.compile(
    r"\b(?:license|licence|number|plates?|tags?|lic|no|num|placas?|matricula|registration|reg|vehicle|car|truck|van|suv|"
    r"white|black|blue|red|silver|gray|grey|green|state|is|the|blanco|negro|azul|rojo|gris|verde|partial|temp|es|la|de)\b"
)
_STARTS = re.compile(r"\b(?:starts?|starting|begins?|beginning|empieza|comienza)\s+(?:with|in|con)\s+(.+)$")
_ENDS = re.compile(r"\b(?:ends?|ending|termina)\s+(?:with|in|con|en)\s+(.+)$")
_FEW = r"(?:one|two|three|four|five|six|\d)"
_SAYING = r"\s+(?:(?:letters?|digits?|characters?|numbers?|are|is|were)\s+)*(.+)$"
_FIRST = re.compile(rf"\bfirst\s+{_FEW}{_SAYING}")
_LAST = re.compile(rf"\blast\s+{_FEW}{_SAYING}")
_AS_IN = re.compile(r"\b([a-z0-9])\s+(?:as\s+in|like|for|como|de)\s+[a-z]{3,}")
# The Spanish names of letters, where at least two stand together.
_LETTERS = {
    "be": "b", "ce": "c", "efe": "f", "ge": "g", "hache": "h", "jota": "j", "ka": "k", "ele": "l", "eme": "m",
    "ene": "n", "pe": "p", "cu": "q", "erre": "r", "ese": "s", "te": "t", "uve": "v", "equis": "x", "ye": "y",
    "zeta": "z",
}  # fmt: skip
_SPELT = re.compile(rf"\b(?:(?:{'|'.join(_LETTERS)})\b\s*){{2,}}")
# Cyrillic and Greek letters that look like Latin ones: on a plate they are what is seen.
_SEEN = str.maketrans("АВЕКМНОРСТУХавекмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXabekmhopctyxABEZHIKMNOPTYX")
_ANY = re.compile(r"\b(?:something|unknown|algo)\b|\.{2,}")
_SEPARATOR = r"[\s:/,()\[\]-]+"
_NAMES = "|".join(sorted(map(re.escape, {**STATES, **{code: code for code in STATES.values()}}), key=len, reverse=True))
_STATE_FIRST = re.compile(rf"^\(?({_NAMES})\)?{_SEPARATOR}(?=\S)")
_STATE_LAST = re.compile(rf"{_SEPARATOR}({_NAMES})[\s)\]]*$")
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Plate:
    """`characters` are small letters, digits, "?" for one that is not known and "*" for any number of them."""

    characters: str
    state: str = ""

    @property
    def normal(self) -> str:
        return f"{self.state} {self.characters}".strip().upper()

    @property
    def alike(self) -> str:
        """With letters and digits that are taken for each other made the same."""
        return self.characters.translate(_ALIKE)

    @property
    def is_partial(self) -> bool:
        return "?" in self.characters or "*" in self.characters


def parse(text: str) -> list[Plate]:
    """What a text can mean: "FL 1234" is 1234 of Florida, or FL1234. Raises Unreadable where no plate is left."""
    plain = _plain(fold(text.translate(_SEEN)))
    readings = []
    for pattern in (_STATE_FIRST, _STATE_LAST):
        found = pattern.search(plain)
        if found:
            rest = _characters(plain[: found.start()] + " " + plain[found.end() :])
            if len(rest) >= _FEWEST_BESIDE_STATE:
                readings.append(Plate(rest, STATES.get(found.group(1), found.group(1))))
    whole = _characters(plain)
    is_word = readings and len(plain) - len(whole) >= 0 and any(len(name) > 2 and name in plain for name in STATES)
    if not is_word and _FEWEST <= len(whole) <= _MOST:
        readings.append(Plate(whole))
    readings = [plate for plate in readings if any(c.isalnum() for c in plate.characters)]
    if not readings:
        raise Unreadable("No plate was found: write its letters and digits, with ? for one that is not known.")
    return readings


def _plain(folded: str) -> str:
    plain = _LAST.sub(r"* \1", _FIRST.sub(r"\1 *", _AS_IN.sub(r"\1", folded.replace("x-ray", "xray"))))
    plain = _SPELT.sub(lambda found: "".join(_LETTERS[word] for word in found.group().split()) + " ", plain)
    plain = spoken.to_digits(plain)
    plain = re.sub(r"[a-z]+", lambda found: spoken.NATO.get(found.group(), found.group()), plain)
    plain = _STARTS.sub(r"\1 *", plain)
    plain = _ENDS.sub(r"* \1", plain)
    plain = _ANY.sub("*", plain).replace("_", "?").replace("#", "")
    return re.sub(r"\s+", " ", _NOISE.sub(" ", plain)).strip(" :.,-")


def _characters(plain: str) -> str:
    has_digits = any(map(str.isdigit, plain))
    kept = (
        _WORD.sub("", plain) if has_digits and re.sub(_WORD, "", plain).strip(" -?*") != "" and " " in plain else plain
    )
    kept = kept if sum(c.isalnum() for c in kept) > _FEWEST else plain
    return re.sub(r"\*+", "*", "".join(c for c in kept if c.isalnum() or c in "?*"))


def compare(left: str, right: str) -> Verdict:
    """Whether two texts are the same plate. Raises Unreadable for a text that holds none."""
    return best([_compare(one, other) for one in parse(left) for other in parse(right)])


def _compare(one: Plate, other: Plate) -> Verdict:
    is_other_state = bool(one.state and other.state and one.state != other.state)
    if one.is_partial or other.is_partial:
        return no("another state") if is_other_state else _compare_parts(one, other)
    if one.characters == other.characters:
        if is_other_state:
            return maybe("the same characters, but of two states")
        return yes("the same plate" if one.state == other.state else "the same plate; only one names the state")
    if one.alike == other.alike and not is_other_state:
        return maybe("the same plate but for characters that are easily taken for each other, such as O and 0")
    return no("other characters")


def _compare_parts(one: Plate, other: Plate) -> Verdict:
    known = min(sum(c not in "?*" for c in plate.characters) for plate in (one, other))
    if known < _FEWEST_KNOWN:
        return no("too few characters are known")
    if _fits(one.alike, other.alike):
        return maybe("the part that is known is the same")
    return no("the part that is known differs")


def _fits(one: str, other: str) -> bool:
    """Whether two patterns can mean the same characters."""
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        left, right = waiting.pop()
        if left == len(one) and right == len(other):
            return True
        for step in _steps(one, other, left, right):
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return False


def _steps(one: str, other: str, left: int, right: int) -> list[tuple[int, int]]:
    a, b = one[left : left + 1], other[right : right + 1]
    steps = []
    if a == "*":
        steps += [(left + 1, right), *([(left, right + 1)] if b else [])]
    if b == "*":
        steps += [(left, right + 1), *([(left + 1, right)] if a else [])]
    if a and b and "*" not in (a, b) and (a == b or "?" in (a, b)):
        steps.append((left + 1, right + 1))
    return steps
