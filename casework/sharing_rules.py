"""The shipped table of what may be told, and what puts a case into its words. Plain."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from casework.rulebook import Kind, installed
from casework.sharing import Table, table_of

SHARING_RULES = Path(__file__).resolve().parent / "reference" / "sharing_rules.json"

# A duty that no verified row stands behind.
STATE_ROW = "state_row"
BINDS, UNVERIFIED, NO_DUTY = "binds", "unverified", "none"


@cache
def frame() -> dict[str, Any]:
    """What the rows refer to: factors, groups of recipients, duties."""
    found: dict[str, Any] = json.loads(SHARING_RULES.read_text(encoding="utf-8"))
    return found


@cache
def installed_table() -> Table:
    """The table of the reference file that came with this version."""
    return table_of(frame()["factors"], frame()["rules"])


def table_with(rows: Iterable[Mapping[str, Any]]) -> Table:
    """The table of the rows in force, over the shipped factors. Raises ValueError or KeyError for an odd one."""
    return table_of(frame()["factors"], list(rows))


@cache
def recipient_group(kind: str) -> str:
    """The group of recipients that an agency kind stands in; "other" where the table knows none."""
    known = installed().kinds[kind]
    return next((str(row["group"]) for row in frame()["recipients"] if _fits(row, known)), "other")


def _fits(row: Mapping[str, Any], kind: Kind) -> bool:
    if row.get("is_immigration_enforcement"):
        return kind.immigration
    if row.get("is_law_enforcement"):
        return kind.law_enforcement
    return kind.code in row.get("codes", ()) or kind.family in row.get("families", ())


def mandate(recipient: str, *, age: str, vulnerable: str, has_state_row: bool) -> str:
    """Whether a duty to report to this group binds us, might (nobody verified the state's row), or is none."""
    for duty in frame()["duties"]:
        if recipient in duty["recipients"] and age in duty["age"] and duty.get("vulnerable", vulnerable) == vulnerable:
            return BINDS if duty["by"] == STATE_ROW and has_state_row else UNVERIFIED
    return NO_DUTY
