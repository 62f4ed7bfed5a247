"""How well the marks of a shared account find what identifies somebody: `python -m bench.accounts`.

Recall by kind: the share of planted stretches of which no letter or digit stays readable, whatever kind they were taken
for. Precision: the share of marked characters that belong to something planted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.narratives import Narrative, Planted, by_hand, narratives, second_hand
from tips.marking import NEUTRAL, Span, marks

CONTEXT = 24


@dataclass
class Score:
    """What was planted, found and missed; and what was marked without need."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    marked: int = 0
    needed: int = 0
    needless: Counter[str] = field(default_factory=Counter)

    def recall(self, kind: str) -> float:
        return self.found[kind] / self.planted[kind]

    @property
    def precision(self) -> float:
        return self.needed / self.marked


def measure(told: Iterable[Narrative], *, only: str = "") -> Score:
    """Mark each narrative and compare with what was planted; `only` weighs the marks of one kind alone."""
    score = Score()
    for narrative in told:
        spans = marks(narrative.text)
        hidden = {place for span in spans for place in range(span.start, span.end)}
        for planted in narrative.planted:
            _judge(score, narrative.text, planted, hidden)
        for span in (span for span in spans if only in ("", span.kind)):
            _weigh(score, narrative, span)
    return score


def _judge(score: Score, text: str, planted: Planted, hidden: set[int]) -> None:
    score.planted[planted.kind] += 1
    readable = [place for place in range(planted.start, planted.end) if text[place].isalnum() and place not in hidden]
    if not readable:
        score.found[planted.kind] += 1
        return
    before, after = text[max(0, planted.start - CONTEXT) : planted.start], text[planted.end : planted.end + CONTEXT]
    score.missed.append(
        f"{planted.kind} ({planted.slot}): ...{before}>>{text[planted.start : planted.end]}<<{after}..."
    )


def _weigh(score: Score, narrative: Narrative, span: Span) -> None:
    score.marked += span.end - span.start
    inside = [min(span.end, planted.end) - max(span.start, planted.start) for planted in narrative.planted]
    needed = sum(part for part in inside if part > 0)
    score.needed += needed
    if needed == 0:
        score.needless[narrative.text[span.start : span.end]] += 1


def report(score: Score) -> str:
    """The table, the misses, and what was marked without need."""
    lines = ["kind        planted   recall"]
    lines += [
        f"{kind:<11} {score.planted[kind]:>7}   {score.recall(kind):.3f}" for kind in NEUTRAL if score.planted[kind]
    ]
    lines += ["", f"precision (characters): {score.precision:.3f}", "", f"Missed: {len(score.missed)}"]
    lines += [f"  {line}" for line in score.missed]
    lines += ["", f"Marked without need: {sum(score.needless.values())}"]
    lines += [f"  {count} x {words}" for words, count in score.needless.most_common(40)]
    return "\n".join(lines)


if __name__ == "__main__":
    print("200 narratives made from templates\n\n" + report(measure(narratives())))
    print("\nNarratives written by hand\n\n" + report(measure(by_hand())))
    print("\nSixty more written by hand, names alone\n\n" + report(measure(second_hand(), only="name")))
