"""A folder of raw CSV with a mapping file: which column means which property of which table.

The format is that of the public HSDS transformer (`file -> column -> model, field, foreign_key_name,
foreign_key_value`), with additions of ours for what raw directories hold besides: a column may have a list of targets,
and a target may say

- `split`: the cell holds several values parted by this text, one row each (or, with `list: true`, one list);
- `label` and `label_field`: each value stands behind a label ("main: 305-555-0100") that goes into this field;
- `parse: address`: the cell is a one-line address of the United States;
- `value`: a fixed value instead of the cell's.

The file name `settings` is ours too: default_state, default_country, agency_kind, source.
"""

from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from agencies.hsds import places
from agencies.hsds.csv_rows import CsvRow, read_csv
from agencies.hsds.records import BadValue, Found, Refusal, Row, Settings, UnreadablePath
from agencies.hsds.tables import HOLDER_FIELD, TABLES

Target = dict[str, Any]
Mapping = dict[str, dict[str, list[Target]]]


def load(paths: list[Path]) -> tuple[Mapping, Settings]:
    """One mapping out of several files; a later file's column replaces an earlier one's.

    Raises UnreadablePath, with what to correct, for a file that is no mapping.
    """
    mapping: Mapping = {}
    settings = Settings()
    for path in paths:
        for name, columns in _load(path).items():
            if name == "settings":
                _set(settings, columns, path)
                continue
            for column, target in columns.items():
                targets = target if isinstance(target, list) else [target]
                if not all(_is_target(t) for t in targets):
                    raise UnreadablePath(f"{path.name}: column {column} of {name} must name a model and a field.")
                mapping.setdefault(name, {})[column] = targets
    return mapping, settings


def read_mapped(folder: Path, mapping_files: list[Path], found: Found) -> None:
    """Read every CSV file of `folder` that the mapping names into `found`."""
    mapping, found.settings = load(mapping_files)
    for path in sorted(folder.glob("*.csv")):
        columns = mapping.get(path.stem)
        if columns is None:
            found.refusals.append(Refusal(path.name, "1", "file", "the mapping does not name this file"))
            continue
        header, rows = read_csv(path)
        for column in sorted(columns.keys() - set(header)):
            found.refusals.append(Refusal(path.name, "1", column, "the file has no such column", is_row=False))
        for row in rows:
            _read_row(row, path, columns, found)


def _read_row(row: CsvRow, path: Path, columns: dict[str, list[Target]], found: Found) -> None:
    main = next((TABLES[t["model"]] for ts in columns.values() for t in ts if t["field"] == "id"), "")
    main = main or TABLES.get(path.stem, path.stem)
    own = Row(main, {}, path.name, str(row.line))
    if row.problem:
        found.refuse(own, "row", row.problem)
        return
    others: dict[str, Row] = {}
    for column, targets in columns.items():
        for target in targets:
            try:
                _place(target, column, row, own, others)
            except BadValue as problem:
                found.refuse(own, column, str(problem), is_row=False)
    if row.has_slipped:
        keep_only_names(own, found)
        others = {}
    found.rows += [own, *others.values()]


def keep_only_names(own: Row, found: Found) -> None:
    """Keep of a row whose cells have slipped only what names it and its holder."""
    own.values = {k: v for k, v in own.values.items() if k in ("id", "name") or k.endswith("_id")}
    reason = "there are values beyond the named columns, so cells have slipped; only the ids and the name were kept"
    found.refuse(own, "row", reason, is_row=False)


def _place(target: Target, column: str, row: CsvRow, own: Row, others: dict[str, Row]) -> None:
    """Put what a cell says into the row itself or into a row of another table that hangs on it."""
    table = TABLES[target["model"]]
    parts = _parts(target, row.cells.get(column, ""))
    names = {target["field"]: column}
    if table == own.table:
        own.columns |= names
        own.values[target["field"]] = parts if target.get("list") else (parts[0][0] if parts else "")
        return
    holder = target.get("foreign_key_name", HOLDER_FIELD.get(table, f"{own.table}_id"))
    link = {holder: row.cells.get(target.get("foreign_key_value", ""), "")}
    if not target.get("split"):
        for part, _ in parts:
            one = others.setdefault(table, Row(table, dict(link), own.file, own.where, dict(names)))
            one.values |= places.address(part) if target.get("parse") == "address" else {target["field"]: part}
        return
    for number, (part, label) in enumerate(parts):
        values = link | {target["field"]: part} | ({target["label_field"]: label} if label else {})
        others[f"{table}/{target['field']}/{number}"] = Row(table, values, own.file, own.where, names)


def _parts(target: Target, cell: str) -> list[Any]:
    """The values of a cell, each with its label; plain values where the target wants a list."""
    if not cell:
        return []
    cell = target.get("value", cell)
    pieces = [p.strip() for p in cell.split(target["split"])] if target.get("split") else [cell]
    if target.get("list"):
        return [p for p in pieces if p]
    mark = target.get("label")
    split = [p.partition(mark) if mark and mark in p else ("", "", p) for p in pieces if p]
    return [(value.strip(), label.strip()) for label, _, value in split]


def _load(path: Path) -> dict[str, dict[str, Any]]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise UnreadablePath(f"{path.name} is not valid YAML; correct it, or take it out of the folder.") from None
    if not isinstance(content, dict) or not all(isinstance(c, dict) for c in content.values()):
        raise UnreadablePath(f"{path.name} is no mapping file: it must map files to columns, and columns to targets.")
    return content


def _is_target(target: Any) -> bool:
    return (
        isinstance(target, dict)
        and all(isinstance(target.get(k), str) for k in ("model", "field"))
        and target["model"] in TABLES
        and all(isinstance(target.get(k, ""), str) for k in ("foreign_key_name", "foreign_key_value", "split", "label"))
        and ("label" not in target or isinstance(target.get("label_field"), str))
    )


def _set(settings: Settings, values: dict[str, Any], path: Path) -> None:
    known = {f.name for f in fields(Settings)}
    for name, value in values.items():
        if name not in known or not isinstance(value, str):
            raise UnreadablePath(f"{path.name}: settings may hold {', '.join(sorted(known))}, each a text.")
        setattr(settings, name, value)
