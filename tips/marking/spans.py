"""A marked stretch of text, and a text cut into its words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tips.marking.words import folded

# What stands in the place of each kind, and which kind wins where two overlap: the first.
NEUTRAL = {
    "handle": "[handle]",
    "address": "[address]",
    "number": "[number]",
    "place": "[place]",
    "name": "[name]",
    "relative": "[relative]",
}
_ORDER = {kind: place for place, kind in enumerate(NEUTRAL)}
_WORD = re.compile(r"[^\W\d_]{1,60}(?:['’-][^\W\d_]{1,60}){0,4}")
_SENTENCE_END = re.compile(r"[.!?…\n;¡¿\"“”«»(]\s*$|[.!?…\n][\"'”’»)]*\s*[-–—•*]*\s*$")


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` of a text, and what they are: a key of NEUTRAL."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Word:
    """One word of a text: `plain` is its folded form; `is_large` it begins with a capital letter; `opens` a sentence."""

    start: int
    end: int
    text: str
    plain: str
    is_large: bool
    opens: bool


def words_of(text: str) -> list[Word]:
    """The words of a text, in order."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()]
        opens = not found or bool(_SENTENCE_END.search(before))
        word = match.group()
        found.append(Word(match.start(), match.end(), word, folded(word), word[0].isupper(), opens))
    return found


def merged(spans: Iterable[Span], text: str) -> list[Span]:
    """The spans in order, without overlap; what touches and is alike becomes one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, _ORDER[span.kind], -span.end)):
        if not found or span.start >= found[-1].end:
            found.append(span)
            continue
        last = found[-1]
        kind = min(last.kind, span.kind, key=_ORDER.__getitem__)
        found[-1] = Span(last.start, max(last.end, span.end), kind)
    return _joined(found, text)


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        # "Maria" and "Lopez" are one name; two relatives in a row are two.
        if (
            last
            and last.kind == span.kind
            and span.kind != "relative"
            and text[last.end : span.start] in (" ", ", ", "")
        ):
            if span.kind == "name" and text[last.end : span.start] == ", ":
                found.append(span)
                continue
            found[-1] = Span(last.start, span.end, span.kind)
            continue
        found.append(span)
    return found
