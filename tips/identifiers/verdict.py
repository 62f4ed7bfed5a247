"""What a comparison answers, and why; and what all of them refuse."""

from dataclasses import dataclass
from typing import Literal

Answer = Literal["yes", "maybe", "no"]
_WEIGHT: dict[Answer, int] = {"no": 0, "maybe": 1, "yes": 2}


class Unreadable(ValueError):
    """There is nothing of this kind in the text. The message says what was looked for, never the text."""


@dataclass(frozen=True)
class Verdict:
    """Whether two values mean the same, with reasons in plain words that hold none of the values."""

    answer: Answer
    reasons: tuple[str, ...]

    @property
    def weight(self) -> int:
        """2 for yes, 1 for maybe, 0 for no."""
        return _WEIGHT[self.answer]


def yes(*reasons: str) -> Verdict:
    return Verdict("yes", reasons)


def maybe(*reasons: str) -> Verdict:
    return Verdict("maybe", reasons)


def no(*reasons: str) -> Verdict:
    return Verdict("no", reasons)


def settled(same: str, doubts: list[str]) -> Verdict:
    """Yes because of `same`, or maybe when there are doubts."""
    return maybe(same, *doubts) if doubts else yes(same)


def best(verdicts: list[Verdict]) -> Verdict:
    """The one that says most; the first of several. Raises ValueError for none."""
    return max(verdicts, key=lambda verdict: verdict.weight)
