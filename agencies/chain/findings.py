"""What a check of the trail found, in plain sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was found. `breaks` is false for what is worth knowing but proves nothing.

    `numbers` are the numbers of the events, seals or ids meant, the first one first; sentences hold no content.
    """

    kind: str
    sentence: str
    breaks: bool = True
    numbers: tuple[int, ...] = ()


def listed(numbers: Iterable[int]) -> str:
    """`3, 4, 5` or, where there are many, `3, 4, 5, 6, 7 and 90 more`."""
    every = list(numbers)
    text = ", ".join(str(number) for number in every[:_SHOWN])
    more = len(every) - _SHOWN
    return f"{text} and {more} more" if more > 0 else text
