"""The first wording of a shared account: what identifies somebody is marked in what was told (ruling 14). Plain Python.

Names, numbers, addresses, named houses, handles and kinship words are found by lists and forms of English and Spanish
and replaced by neutral words. It proposes only: a human who read it confirms. What it misses is measured by
`python -m bench.accounts`.
"""

from collections.abc import Collection, Iterable, Iterator

from tips.marking.handles import handles
from tips.marking.kinship import relatives
from tips.marking.names import names
from tips.marking.numbers import numbers
from tips.marking.places import places
from tips.marking.spans import NEUTRAL, Span, merged, words_of

__all__ = ["NEUTRAL", "Span", "marks", "replaced"]

_LEAST_KNOWN = 3
BLOCK = 2000  # characters


def marks(text: str, *, known: Iterable[str] = ()) -> list[Span]:
    """Every stretch of `text` that may identify somebody, in order and without overlap.

    `known` are names and handles that stand on the tip already: they are marked wherever they occur.
    """
    parts = frozenset(part.plain for value in known for part in words_of(value) if len(part.plain) >= _LEAST_KNOWN)
    found = [
        Span(start + span.start, start + span.end, span.kind)
        for start, block in _blocks(text)
        for span in _marks_of_block(block, parts)
    ]
    return merged(found, text)


def _marks_of_block(text: str, known: frozenset[str]) -> list[Span]:
    words = words_of(text)
    return [*handles(text), *places(text), *numbers(text), *names(text, words, known), *relatives(words)]


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """A long text in blocks, cut where a line or a sentence ends: the cost of a text grows with its length alone."""
    start = 0
    while start < len(text):
        end = start + BLOCK
        if end < len(text):
            cuts = [text.rfind(mark, start, end) for mark in ("\n", ". ", " ")]
            end = next((cut + 1 for cut in cuts if cut > start + BLOCK // 2), end)
        yield start, text[start:end]
        start = end


def replaced(text: str, spans: Iterable[Span], *, keep: Collection[int] = ()) -> str:
    """`text` with each span as its neutral word, except those whose place in `spans` is in `keep`."""
    parts, at = [], 0
    for number, span in enumerate(spans):
        if number in keep:
            continue
        parts += [text[at : span.start], NEUTRAL[span.kind]]
        at = span.end
    return "".join([*parts, text[at:]])
