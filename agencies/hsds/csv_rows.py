"""CSV as rows with their line numbers; a row that cannot be read loses only itself."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What people write into a cell to say that it is empty.
_EMPTY = {"n/a", "null", "#n/a"}


@dataclass(slots=True)
class CsvRow:
    """One row: its first line, its named cells, and what is wrong with it as a whole (empty when nothing is).

    `has_slipped`: there are values beyond the named columns, so the cells no longer stand under their names.
    """

    line: int
    cells: dict[str, str]
    problem: str = ""
    has_slipped: bool = False


def read_csv(path: Path) -> tuple[list[str], Iterator[CsvRow]]:
    """The column names of a file (empty ones left out) and its rows. Raises OSError."""
    # A broken byte becomes a surrogate, which the parsers of values refuse: it costs its row, not the file.
    text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
    rows = _parsed(list(io.StringIO(text, newline="")))
    names = next((cells for _, cells, _ in rows if any(c.strip() for c in cells)), [])
    columns = [name.strip() for name in names]
    return [c for c in columns if c], _named(rows, columns)


def _named(rows: Iterator[tuple[int, list[str], str]], columns: list[str]) -> Iterator[CsvRow]:
    for line, cells, problem in rows:
        if problem:
            yield CsvRow(line, {}, problem)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        named: dict[str, str] = {}
        surplus = [c for c in cells[len(columns) :] if c.strip()]
        for name, cell in zip(columns, cells, strict=False):
            if not name:
                surplus += [cell] if cell.strip() else []
            else:
                named.setdefault(name, "" if cell.strip().casefold() in _EMPTY else cell.strip())
        if any("\udc80" <= c <= "\udcff" for cell in cells for c in cell):
            yield CsvRow(line, {}, "this row is not valid UTF-8 text; save the file as UTF-8")
        else:
            yield CsvRow(line, named, has_slipped=bool(surplus))


def _parsed(lines: list[str]) -> Iterator[tuple[int, list[str], str]]:
    """First line, cells and problem of each row. After a row that breaks the rules, reading goes on with the line
    after its first: an open quotation mark would otherwise swallow what follows."""
    start = 0
    while start < len(lines):
        reader = csv.reader(_from(lines, start), strict=True)
        before = 0
        try:
            for cells in reader:
                yield start + before + 1, cells, ""
                before = reader.line_num
        except csv.Error:
            yield start + before + 1, [], "this row breaks the rules of CSV; look for a stray quotation mark"
            start += before + 1
        else:
            return


def _from(lines: list[str], start: int) -> Iterator[str]:
    for at in range(start, len(lines)):
        yield lines[at]
