"""Rounds, percentiles, and what one row of the table came to."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WARM_ROUNDS = 8


@dataclass
class Measured:
    """One row at one size. Times are milliseconds unless `unit` says otherwise; `ratio` is to the row's floor."""

    tips: int
    p50: float = math.nan
    p95: float = math.nan
    floor: float = math.nan
    queries: int | None = None
    database: float = math.nan
    statements: list[tuple[float, str]] = field(default_factory=list)
    failure: str = ""

    @property
    def ratio(self) -> float:
        return self.p50 / self.floor


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that `share` of all samples do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def side_by_side(acts: Sequence[Callable[[], float]], rounds: int, warm: int) -> list[list[float]]:
    """Run all acts in turn, round after round, so that a noisy moment hits each of them; milliseconds of each act."""
    found: list[list[float]] = [[] for _ in acts]
    for number in range(warm + rounds):
        for act, samples in zip(acts, found, strict=True):
            took = act()
            if number >= warm:
                samples.append(took)
    return found
