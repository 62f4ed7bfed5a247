"""Kinship words of two languages, and children told of as somebody's own."""

from collections.abc import Iterator, Sequence

from tips.marking.spans import Span, Word
from tips.marking.words import grammar, kinship, listed

_WINDOW = 14


def relatives(words: Sequence[Word]) -> Iterator[Span]:
    """Every kinship word; words that are kin in one language only count where that language is spoken."""
    known, own, owners = kinship(), listed("own_children"), grammar("owners")
    for index, word in enumerate(words):
        plain = word.plain
        is_kin = plain in known["any"] or plain in known[language_at(words, index)]
        before = words[index - 1].plain if index else ""
        # "my little boy", "sus tres hijos": a word may stand between.
        two_before = words[index - 2].plain if index > 1 else ""
        is_listed = before in ("and", "y", "e") and two_before in known["any"]
        is_own = plain in own and (
            is_listed or before in owners or (two_before in owners and before not in ("and", "y", "of", "de"))
        )
        if is_kin or is_own:
            start = words[index - 1].start if is_own and not is_listed and before not in owners else word.start
            yield Span(start, word.start + len(word.text.removesuffix("'s").removesuffix("’s")), "relative")


def language_at(words: Sequence[Word], index: int) -> str:
    """The language spoken around a word: "es" or "en"."""
    near = words[max(0, index - _WINDOW) : index + _WINDOW]
    spanish = sum(word.plain in grammar("spanish") for word in near)
    return "es" if spanish > sum(word.plain in grammar("english") for word in near) else "en"
