"""Bars for a chart that the server draws: geometry only, the template writes the SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

LABEL_WIDTH = 230
BAR_WIDTH = 420
VALUE_WIDTH = 60
BAR_HEIGHT = 16
ROW_HEIGHT = 48


@dataclass(frozen=True)
class Bar:
    """One bar, in units of the drawing; `value` is printed behind its end."""

    kind: str
    value: int
    y: int
    width: int

    @property
    def text_x(self) -> int:
        return LABEL_WIDTH + self.width + 6

    @property
    def text_y(self) -> int:
        return self.y + BAR_HEIGHT - 3


@dataclass(frozen=True)
class Group:
    """A label on the left and its bars."""

    label: str
    text_y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """A drawing of this size; all bars have the same scale, from zero."""

    groups: tuple[Group, ...]
    width: int
    height: int
    bar_x: int = LABEL_WIDTH
    bar_height: int = BAR_HEIGHT


def bar_chart(groups: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> Chart:
    """Horizontal bars: label -> (kind, value) pairs. A value above zero is never drawn as nothing."""
    most = max((value for _, bars in groups for _, value in bars), default=0)
    drawn = []
    for place, (label, bars) in enumerate(groups):
        top = place * ROW_HEIGHT + 6
        shapes = tuple(
            Bar(kind=kind, value=value, y=top + line * (BAR_HEIGHT + 2), width=_width(value, most))
            for line, (kind, value) in enumerate(bars)
        )
        drawn.append(Group(label=label, text_y=top + BAR_HEIGHT - 3, bars=shapes))
    return Chart(
        groups=tuple(drawn),
        width=LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH,
        height=max(len(groups), 1) * ROW_HEIGHT,
    )


def _width(value: int, most: int) -> int:
    return max(1, round(BAR_WIDTH * value / most)) if value else 0
