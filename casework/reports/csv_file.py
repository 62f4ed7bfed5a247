"""Tables as CSV that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

# Spreadsheets calculate what begins with one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def safe_cell(value: object) -> str:
    """The value as text; one that a spreadsheet would calculate gets an apostrophe in front. Numbers stay numbers."""
    text = str(value)
    if isinstance(value, int):
        return text
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


def write(head: Iterable[tuple[str, object]], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a byte order mark: what the table is about as label and value lines, an empty line, the table."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([safe_cell(label), safe_cell(value)] for label, value in head)
    writer.writerow([])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")
