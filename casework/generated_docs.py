"""The pages of docs/ that are printed from the code. Plain text; no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from agencies.disclosure import Level, registered
from agencies.lifecycle import SYSTEM, Lifecycle, Move
from agencies.models import Role
from casework.reports.catalogue import REPORTS
from casework.roles import RIGHTS, ROLE_RIGHTS
from casework.sharing import DEFAULT, Row
from casework.sharing_rules import installed_table
from casework.states import LIFECYCLES
from tips import facts
from tips.states import CONTACT, POLICY, TIP

NOTE = "Printed by `manage.py docs`; do not edit by hand."


def states() -> str:
    """docs/states.md: every state table with its diagram."""
    tables: tuple[Lifecycle[Any], ...] = (CONTACT, TIP, *LIFECYCLES, POLICY)
    lines = [
        "# States",
        "",
        NOTE,
        "",
        "Each table below is what the server checks, what the buttons and the `moves` of the API are drawn from, and"
        " what these diagrams show. A move without a target leaves the state as it is. The side says who may: the"
        f" parties of the record, or `{SYSTEM}` for the jobs. The right is one of [permissions.md](permissions.md).",
    ]
    for table in tables:
        lines += ["", f"## {table.model._meta.verbose_name.capitalize()}", "", *_diagram(table), "", *_moves(table)]
    return _page(lines)


def _diagram(table: Lifecycle[Any]) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {state}: {table.label(state).replace(':', ' -')}" for state in table.states()]
    default = table.model._meta.get_field("status").get_default()
    lines.append(f"    [*] --> {default}")
    for move in table.moves:
        lines += [f"    {source} --> {move.target or source}: {move.name}" for source in move.sources]
    return [*lines, "```"]


def _moves(table: Lifecycle[Any]) -> list[str]:
    head = ["Move", "Button", "From", "To", "Side", "Right", "Needs", "What it does"]
    return _table(head, [_move(table, move) for move in table.moves])


def _move(table: Lifecycle[Any], move: Move) -> list[str]:
    return [
        f"`{move.name}`",
        move.button,
        ", ".join(table.label(state) for state in move.sources),
        table.label(move.target) if move.target else "",
        move.side,
        f"`{move.right}`" if move.right else "",
        ", ".join(f"`{name}`" for name in move.needs),
        move.says,
    ]


def permissions() -> str:
    """docs/permissions.md: roles and rights."""
    roles = [Role(value) for value in Role.values]
    rows = [
        [f"`{right}`", meaning, *("yes" if right in ROLE_RIGHTS[role] else "" for role in roles)]
        for right, meaning in RIGHTS.items()
    ]
    return _page(
        [
            "# Permissions",
            "",
            NOTE,
            "",
            "A person acts in one membership at a time: an agency and one of the six roles. A right opens pages;"
            " what is on them is decided record by record, by need to know, and field by field, as in"
            " [disclosure.md](disclosure.md). No role sees everything, and running the server is not a role.",
            "",
            *_table(["Right", "What it allows", *(str(role.label) for role in roles)], rows),
        ]
    )


def disclosure() -> str:
    """docs/disclosure.md: the level of every field."""
    lines = [
        "# Disclosure",
        "",
        NOTE,
        "",
        "Every field stands on one level. A reader holds some levels on a record, by the agency and role acted in and"
        " by the record's state; pages, API, admin, exports and mails get the fields on those levels and no others.",
        "",
        *_table(["Level", "What is on it"], [[f"`{level.value}`", str(level.label)] for level in Level]),
    ]
    for label, fields in sorted(registered().items()):
        lines += ["", f"## {label}", "", *_table(["Level", "Fields"], _by_level(fields))]
    return _page(lines)


def _by_level(fields: Mapping[str, Level]) -> list[list[str]]:
    rows = []
    for level in Level:
        names = [f"`{name}`" for name, found in fields.items() if found == level]
        if names:
            rows.append([f"`{level.value}`", ", ".join(names)])
    return rows


def reports() -> str:
    """docs/reports.md: what each number means."""
    lines = [
        "# Reports",
        "",
        NOTE,
        "",
        "Each number is one function over the records that its reader may see. The definition stands above the table"
        " and in the head of the export.",
    ]
    for report in REPORTS:
        lines += ["", f"## {report.code} {report.title}", "", f"Address: `/admin/reports/{report.path}/`", ""]
        lines += [f"- **{label}.** {sentence}" for label, sentence in report.rows()]
    return _page(lines)


def sharing() -> str:
    """docs/sharing.md: the table of what may be told, with the count of what it answers."""
    table = installed_table()
    regions = list(table.regions())
    head = ["Row", "Answer", "When", "Why", "Rests on", "Confidence"]
    factors = [[f"`{name}`", ", ".join(f"`{value}`" for value in values)] for name, values in table.factors.items()]
    return _page(
        [
            "# What may be told",
            "",
            NOTE,
            "",
            "For each person, agency and level the first row that fits answers; where none fits, nothing is told. A"
            " supervisor may tell it all the same with a reason that is kept, unless the row is absolute. The rows are"
            " versioned like routing rules: a second person puts a change in force. None of this is legal advice.",
            "",
            f"The factors have {table.combinations():,} combinations. Each is answered by exactly one row: a test"
            f" divides all of them into {len(regions):,} regions of equal answers. States count by their row alone:"
            " those with a verified row, and those where nobody verified one yet.",
            "",
            *_table(["Factor", "Values"], factors),
            "",
            *_table(head, [_sharing_row(row) for row in (*table.rows, DEFAULT)]),
        ]
    )


def _sharing_row(row: Row) -> list[str]:
    when = "; ".join(f"{name}: {', '.join(sorted(values))}" for name, values in row.when.items())
    answer = row.answer.replace("_", " ").capitalize()
    marks = [mark for mark, is_set in (("absolute", row.absolute), ("supervisor", row.gate)) if is_set]
    return [
        row.id,
        f"{answer} ({', '.join(marks)})" if marks else answer,
        when or "always",
        row.why,
        row.citation,
        row.confidence,
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "disclosure.md": disclosure,
    "facts.md": facts.as_markdown,
    "permissions.md": permissions,
    "reports.md": reports,
    "sharing.md": sharing,
    "states.md": states,
}
