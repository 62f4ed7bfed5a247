"""The word lists behind the marks, and how a word is compared: without case, accents and possessive endings."""

import unicodedata
from functools import cache
from pathlib import Path

LISTS = Path(__file__).resolve().parent.parent / "reference" / "marking"
_ENDINGS = ("'s", "’s", "'", "’")


def folded(word: str) -> str:
    """A word as the lists spell it: no capitals, no accents, no possessive."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    for ending in _ENDINGS:
        plain = plain.removesuffix(ending)
    return plain.replace("’", "'")


@cache
def listed(name: str) -> frozenset[str]:
    """The words of one list; lines that begin with # are remarks."""
    lines = (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def grammar(section: str) -> frozenset[str]:
    """The words of one section of grammar.txt; of the sections of introductions the phrases."""
    return frozenset(_sections()[section])


@cache
def _sections() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    section = ""
    for line in (LISTS / "grammar.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            found[section] = []
        elif line and not line.startswith("#"):
            found[section] += [line] if section.endswith("introductions") else line.split()
    return found


@cache
def kinship() -> dict[str, frozenset[str]]:
    """Kinship words: "any" count everywhere, "en" and "es" in sentences of that language only."""
    found: dict[str, set[str]] = {"any": set(), "en": set(), "es": set()}
    language = ""
    for line in (LISTS / "kinship.txt").read_text(encoding="utf-8").splitlines():
        if line in ("en", "es"):
            language = line
        elif not line.startswith("#"):
            for word in line.split():
                found[language if word.endswith("*") else "any"].add(word.rstrip("*"))
    return {key: frozenset(words) for key, words in found.items()}
