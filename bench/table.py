"""The one table that the bench prints, its verdicts, and the file beside it."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.rows import REFERENCE_FLOOR, Inside, Row
from bench.run import Result
from bench.timing import Measured

MET, NOT_MET = "met", "NOT MET"
_HEAD = ("row", "what", "tips", "p50", "p95", "floor", "ratio", "bound", "", "queries", "", "in SQL", "growth", "")
_WIDTHS = (4, 27, 9, 8, 8, 6, 7, 10, 7, 8, 7, 6, 13, 7)
_EXACT_BELOW = 1000


def lines(found: Sequence[Result], floors: Sequence[Measured]) -> list[str]:
    """The table as text, the floors first."""
    names = ["floor-page", "floor-post"]
    each = len(floors) // len(names)
    told = [_line(_HEAD), "-" * len(_line(_HEAD))]
    for number, floor in enumerate(floors):
        told.append(
            _line(
                ("", names[number // each], f"{floor.tips:,}", _ms(floor.p50), _ms(floor.p95), "", "", "", "",
                 str(floor.queries), "", _ms(floor.database), "", "")
            )
        )  # fmt: skip
    for row, series in found:
        told += [_line(_cells(row, measured, series[0])) for measured in series]
    return told


def _line(cells: Sequence[str]) -> str:
    left = 2  # Words stand left, figures right.
    return "  ".join(
        cell.ljust(width) if place < left or cell in (MET, NOT_MET) else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ).rstrip()


def _cells(row: Row | Inside, measured: Measured, smallest: Measured) -> tuple[str, ...]:
    start = (row.code, row.what, f"{measured.tips:,}")
    if measured.failure:
        return (*start, "failed", *[""] * (len(_HEAD) - len(start) - 1))
    growth = _growth(row, measured, smallest)
    if isinstance(row, Inside):
        bound = f"{'>=' if row.at_least else '<='} {row.bound:,g}"
        scaled = _figure(scaled_to_reference(row, measured)) if row.scales else ""
        floor = _ms(measured.floor) if row.scales else ""
        return (
            *start, _figure(measured.p50), row.unit, floor, scaled, bound, verdict(row, measured), "", "", "", *growth
        )  # fmt: skip
    return (
        *start,
        _ms(measured.p50),
        _ms(measured.p95),
        _ms(measured.floor),
        f"{measured.ratio:.2f} x",
        f"{row.bound:g} x",
        verdict(row, measured),
        f"{measured.queries} of {row.queries}" if row.queries is not None else str(measured.queries),
        query_verdict(row, measured),
        _ms(measured.database),
        *growth,
    )


def scaled_to_reference(row: Inside, measured: Measured) -> float:
    """The value as it would be where the floor of pages is what it was when the bounds were set."""
    if not row.scales:
        return measured.p50
    slowness = measured.floor / REFERENCE_FLOOR
    return measured.p50 * slowness if row.at_least else measured.p50 / slowness


def verdict(row: Row | Inside, measured: Measured) -> str:
    """Whether the bound on time, rate or memory holds; empty where nothing was measured."""
    value = scaled_to_reference(row, measured) if isinstance(row, Inside) else measured.ratio
    if math.isnan(value):
        return ""
    holds = value >= row.bound if isinstance(row, Inside) and row.at_least else value <= row.bound
    return MET if holds else NOT_MET


def query_verdict(row: Row, measured: Measured) -> str:
    """Whether the number of statements stays within its bound."""
    if row.queries is None or measured.queries is None:
        return ""
    return MET if measured.queries <= row.queries else NOT_MET


def _growth(row: Row | Inside, measured: Measured, smallest: Measured) -> tuple[str, str]:
    """p50 against the smallest size of the same run, with its bound; nothing for the smallest itself."""
    if row.growth is None or not smallest.p50:
        return "", ""
    if measured is smallest or math.isnan(measured.p50) or math.isnan(smallest.p50):
        return "", ""
    factor = measured.p50 / smallest.p50
    if isinstance(row, Inside) and row.at_least:
        factor = 1 / factor
    return f"{factor:.2f} of {row.growth:g}", MET if factor <= row.growth else NOT_MET


def _ms(value: float) -> str:
    return f"{value:.1f}"


def _figure(value: float) -> str:
    """One place after the point where it means something; a dash where nothing was measured."""
    if math.isnan(value):
        return "-"
    return f"{value:,.1f}" if value < _EXACT_BELOW else f"{value:,.0f}"


def write(path: Path, found: Sequence[Result], floors: Sequence[Measured]) -> None:
    """Everything that was measured as JSON, with the statements of one request of each row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "floors": [_plain(floor) for floor in floors],
        "rows": [
            {
                "row": row.code,
                "what": row.what,
                "bound": row.bound,
                "verdict": verdict(row, measured),
                **_plain(measured),
            }
            for row, series in found
            for measured in series
        ],
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _plain(measured: Measured) -> dict[str, Any]:
    values = {**vars(measured), "ratio": measured.ratio}
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in values.items()}
