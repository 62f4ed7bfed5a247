"""Which needs a service meets and of which kind an agency is, where the source does not say: by words.

A term counts where it stands as whole words in any case; one that ends in * also begins longer words. Needs are looked
for in the name and the source's own terms first, and in the description only when those say nothing: descriptions name
much that a service does not itself give. `kind_needs.csv` holds what a kind of agency can give at all: legal aid
about housing is legal help, not a bed.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_REFERENCE = Path(__file__).resolve().parent.parent / "reference"
OTHER = "other"
UNKNOWN_KIND = "community_organization"


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase and the code that it stands for."""

    pattern: re.Pattern[str]
    code: str


def pattern(term: str) -> re.Pattern[str]:
    """A term as a pattern over whole words; spaces stand for any space or dash."""
    stem = term.removesuffix("*")
    body = r"[\s/-]+".join(re.escape(word) for word in stem.split())
    return re.compile(rf"\b{body}" + ("" if term.endswith("*") else r"\b"), re.IGNORECASE)


@cache
def _terms(name: str) -> tuple[Term, ...]:
    return tuple(Term(pattern(row["term"]), row["code"]) for row in _rows(name))


def _rows(name: str) -> list[dict[str, str]]:
    with (_REFERENCE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def _of_kind() -> dict[str, tuple[list[str], list[str]]]:
    return {r["kind"]: (r["default"].split(), r["allowed"].split()) for r in _rows("kind_needs.csv")}


def known_needs() -> set[str]:
    """All need codes: those that a term stands for, and "other"."""
    return {term.code for term in _terms("need_terms.csv")} | {OTHER}


def needs(name: str, terms: list[str], description: str, *, kind: str = "") -> list[str]:
    """The need codes that a service meets, in alphabetical order; ["other"] when nothing tells."""
    default, allowed = _of_kind().get(kind, ([], []))
    for texts in ([name, *terms], [description]):
        found = {t.code for t in _terms("need_terms.csv") for text in texts if t.pattern.search(text)}
        if allowed:
            found &= set(allowed)
        if found:
            return sorted(found | set(default))
    return sorted(default) or [OTHER]


def kind(name: str, description: str) -> str:
    """The agency kind that the name tells, else the description; community_organization when neither does.

    The first term of kind_terms.csv that fits wins: the file goes from the exact to the general.
    """
    for text in (name, description):
        for term in _terms("kind_terms.csv"):
            if term.pattern.search(text):
                return term.code
    return UNKNOWN_KIND
