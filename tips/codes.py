"""The code lists of the field (NIEM, HTCDS, Polaris) and finding a code by everyday words; plain Python."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent / "reference" / "codes.json"
# A list longer than this is read, not scanned: what was typed should say more.
MOST_FOUND = 8
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Code:
    """One code: `value` is the source's own spelling, `words` are everyday words, `facts` what it says to the rules."""

    code: str
    label: str
    value: str
    words: tuple[str, ...]
    facts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class CodeList:
    """One list with its source, in the order of the source."""

    name: str
    label: str
    source: str
    codes: Mapping[str, Code]

    def choices(self) -> list[tuple[str, str]]:
        """(code, label) pairs for a select."""
        return [(code.code, code.label) for code in self.codes.values()]


@dataclass(frozen=True)
class Found:
    """A code that what was typed may mean; `why` is the everyday word that led to it, empty for its own label."""

    code: str
    label: str
    why: str


@cache
def code_lists() -> Mapping[str, CodeList]:
    """Every list of tips/reference/codes.json by name; read once."""
    raw = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return {row["name"]: _list(row) for row in raw["lists"]}


def _list(row: Mapping[str, object]) -> CodeList:
    rows: list[dict[str, object]] = row["codes"]  # type: ignore[assignment]
    codes = [_code(each) for each in rows]
    return CodeList(str(row["name"]), str(row["label"]), str(row["source"]), {code.code: code for code in codes})


def _code(row: Mapping[str, object]) -> Code:
    words: list[str] = row["words"]  # type: ignore[assignment]
    facts: dict[str, list[str]] = row["facts"]  # type: ignore[assignment]
    return Code(
        str(row["code"]),
        str(row["label"]),
        str(row["value"]),
        tuple(words),
        {name: tuple(values) for name, values in facts.items()},
    )


def find(name: str, typed: str, *, most: int = MOST_FOUND) -> list[Found]:
    """Codes of the list `name` that what was typed may mean, the likeliest first; none for fewer than one letter.

    Every word typed has to begin a word of the label or of one everyday name. Raises KeyError for an unknown list.
    """
    sought = _plain(typed)[:80].split()
    if not sought:
        return []
    ranked = []
    for place, code in enumerate(code_lists()[name].codes.values()):
        hits = [(rank, why) for why in ("", *code.words) if (rank := _rank(sought, why or code.label)) is not None]
        if hits:
            rank, why = min(hits)
            ranked.append((rank, place, Found(code.code, code.label, why)))
    return [found for _, _, found in sorted(ranked, key=lambda row: row[:2])[:most]]


def _rank(sought: list[str], name: str) -> int | None:
    """How well a name answers: 0 the name itself, 1 it begins so, 2 words of it do; None when it does not."""
    words = _plain(name).split()
    if words == sought:
        return 0
    if all(any(word.startswith(start) for word in words) for start in sought):
        return 1 if words[0].startswith(sought[0]) else 2
    return None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_WORD.sub(" ", "".join(c for c in folded if not unicodedata.combining(c))).strip()


def facts_behind(codes: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """What the rules learn from codes: fact -> values in the order in which they came, each once."""
    known = code_lists()
    said: dict[str, list[str]] = {}
    for name, chosen in codes.items():
        for code in chosen:
            for fact, values in known[name].codes[code].facts.items():
                kept = said.setdefault(fact, [])
                kept += [value for value in values if value not in kept]
    return said


def problems(codes: Mapping[str, Iterable[str]]) -> list[str]:
    """What is wrong with a set of codes, in words; empty when nothing is."""
    known = code_lists()
    found = [f"{name} is not a list of codes." for name in codes if name not in known]
    for name in set(codes) & set(known):
        found += [f"{name}: {code[:60]} is not on the list." for code in codes[name] if code not in known[name].codes]
    return found


def labels(codes: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """(list, codes) in words, in the order of the reference file."""
    pairs = []
    for name, each in code_lists().items():
        words = [each.codes[code].label for code in codes.get(name, ()) if code in each.codes]
        if words:
            pairs.append((each.label, ", ".join(words)))
    return pairs
