"""What may be told to whom, as a table: the first row that fits answers, and where none fits nothing is told. Plain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

MUST, MAY, MUST_NOT = "must", "may", "must_not"
ANSWERS = (MUST, MAY, MUST_NOT)
SUPERVISOR = "SUPERVISOR"

Box = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Row:
    """One row. `when` names values by factor; a factor that is not named may have any. `absolute`: nobody overrides."""

    id: str
    order: int
    when: Box
    answer: str
    why: str
    citation: str
    confidence: str
    gate: str = ""
    absolute: bool = False


# Nothing is told where no row opens it. A supervisor may, with a reason.
DEFAULT = Row(
    "DEFAULT", 10_000, {}, MUST_NOT, "No rule opens this; ask for the person's yes.", "Rulings 11 and 14", "ruled"
)


@dataclass(frozen=True)
class Region:
    """All cases that one row answers alike: sets of values by factor. `size` counts the combinations."""

    row: Row
    box: Box

    @property
    def size(self) -> int:
        return prod(len(values) for values in self.box.values())


@dataclass(frozen=True)
class Table:
    """The rows in their order, over factors of which each has a closed list of values."""

    factors: Mapping[str, tuple[str, ...]]
    rows: tuple[Row, ...]

    def decide(self, case: Mapping[str, str]) -> Row:
        """The row that answers. Raises ValueError for a case that lacks a factor or has an unknown value."""
        wrong = sorted(name for name, values in self.factors.items() if case.get(name) not in values)
        if wrong:
            raise ValueError(f"A case says nothing that the table knows about: {', '.join(wrong)}")
        return next((row for row in self.rows if _holds(row, case)), DEFAULT)

    def named_factors(self) -> dict[str, tuple[str, ...]]:
        """The factors that any row names."""
        names = {name for row in self.rows for name in row.when}
        return {name: values for name, values in self.factors.items() if name in names}

    def regions(self) -> Iterator[Region]:
        """Every combination of the factors that any row names, each in exactly one region."""
        everything = {name: frozenset(values) for name, values in self.named_factors().items()}
        yield from _divide((*self.rows, DEFAULT), everything)

    def combinations(self) -> int:
        """How many combinations there are of the factors that any row names."""
        return prod(len(values) for values in self.named_factors().values())


def table_of(factors: Mapping[str, Sequence[str]], rows: Sequence[Mapping[str, Any]]) -> Table:
    """Build the table of rows as in sharing_rules.json. Raises ValueError for a name or value that does not exist."""
    known = {name: tuple(values) for name, values in factors.items()}
    built = sorted((row_of(row, known) for row in rows), key=lambda row: (row.order, row.id))
    return Table(known, tuple(built))


def row_of(row: Mapping[str, Any], factors: Mapping[str, Sequence[str]]) -> Row:
    """One row, checked. Raises ValueError for a factor, value or answer that does not exist, KeyError for a gap."""
    for name, values in row["when"].items():
        if not values or not set(values) <= set(factors.get(name, ())):
            raise ValueError(f"Row {row['id']} names a factor or a value that does not exist: {name}")
    if row["answer"] not in ANSWERS:
        raise ValueError(f"Row {row['id']} answers neither must, may nor must not")
    return Row(
        id=row["id"],
        order=int(row["order"]),
        when={name: frozenset(values) for name, values in row["when"].items()},
        answer=row["answer"],
        why=row["why"],
        citation=row["citation"],
        confidence=row["confidence"],
        gate=row.get("gate", ""),
        absolute=bool(row.get("absolute", False)),
    )


def _holds(row: Row, case: Mapping[str, str]) -> bool:
    return all(case[name] in values for name, values in row.when.items())


def _divide(rows: Sequence[Row], box: Box) -> Iterator[Region]:
    """Cut a box along the first row that covers a part of it; what the row leaves goes to the rows after it."""
    first, *others = rows
    inside = dict(box)
    for name, values in first.when.items():
        shared = inside[name] & values
        if not shared:
            yield from _divide(others, inside)
            return
        outside = inside[name] - values
        if outside:
            yield from _divide(others, {**inside, name: outside})
        inside[name] = shared
    yield Region(first, inside)
