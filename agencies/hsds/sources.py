"""Every form in which HSDS comes, read into rows: JSON, pages, ndjson, tabular CSV, folders, mapped raw CSV."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agencies.hsds.csv_rows import read_csv
from agencies.hsds.mapping import keep_only_names, read_mapped
from agencies.hsds.published import is_published
from agencies.hsds.records import Found, Refusal, Row, UnreadablePath, content_key
from agencies.hsds.tables import HOLDER_FIELD, HOLDERS, POINTS_AT, TABLES

# Mapping additions of ours: `x_extra_mapping.yaml` here goes on top of a folder's `x_mapping.yaml`.
REFERENCE = Path(__file__).resolve().parent.parent / "reference"
_DEEPEST = 12  # The published examples nest six deep.
_LINES = (".ndjson", ".jsonl")


def read_source(path: Path) -> Found:
    """All rows below `path`. Raises UnreadablePath when there is nothing that could be read."""
    found = Found()
    try:
        if path.is_dir():
            _read_folder(path, found)
        elif path.suffix == ".csv":
            _read_table(path, found)
        elif path.is_file():
            _read_text(path, found)
        else:
            raise UnreadablePath(f"There is no file or folder at {path}; check the path.")
    except PermissionError:
        raise UnreadablePath(f"{path} may not be read by this user; change its permissions.") from None
    except OSError as problem:
        raise UnreadablePath(f"{path} cannot be read: {problem.strerror or 'an error of the disk'}.") from None
    return found


def _read_folder(folder: Path, found: Found) -> None:
    mappings = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if mappings:
        extra = [REFERENCE / m.name.replace("_mapping.", "_extra_mapping.") for m in mappings if "_mapping." in m.name]
        read_mapped(folder, mappings + [e for e in extra if e.is_file()], found)
        return
    files = sorted(p for p in folder.iterdir() if p.suffix in (".csv", ".json", *_LINES))
    if not files:
        raise UnreadablePath(f"The folder {folder} holds no .json, .ndjson or .csv file; name the folder that does.")
    for path in files:
        if path.suffix == ".csv":
            _read_table(path, found)
        else:
            _read_file_of_many(path, found)


def _read_file_of_many(path: Path, found: Found) -> None:
    """One file of a folder: when it is broken, the others are still read."""
    try:
        _read_text(path, found)
    except UnreadablePath as problem:
        found.refusals.append(Refusal(path.name, "1", "file", str(problem)))


def _read_table(path: Path, found: Found) -> None:
    table = TABLES.get(path.stem.lower())
    if table is None:
        found.refusals.append(Refusal(path.name, "1", "file", "no table of HSDS has this name; rename the file"))
        return
    _, rows = read_csv(path)
    for row in rows:
        own = Row(table, {name: _cell(table, name, cell) for name, cell in row.cells.items()}, path.name, str(row.line))
        if row.problem:
            found.refuse(own, "row", row.problem)
            continue
        if row.has_slipped:
            keep_only_names(own, found)
        found.rows.append(own)


def _cell(table: str, name: str, cell: str) -> Any:
    """A cell; under a name that HSDS does not publish it may hold a list or an object, written as JSON."""
    if cell[:1] not in ("[", "{") or is_published(table, name):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def _read_text(path: Path, found: Found) -> None:
    text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
    if path.suffix in _LINES:
        _read_lines(text, path, found)
        return
    try:
        content = json.loads(text)
    except RecursionError:
        raise UnreadablePath(f"{path.name} is nested too deep to be read; check that it is HSDS.") from None
    except ValueError as problem:
        if _is_lines(text):
            _read_lines(text, path, found)
            return
        line = getattr(problem, "lineno", 1)
        raise UnreadablePath(f"{path.name} is not valid JSON (line {line}); correct it or export it again.") from None
    for table, item, pointer in _tops(content):
        _read_top(item, table, path, f"#{pointer}", found)


def _is_lines(text: str) -> bool:
    first, _, rest = text.lstrip().partition("\n")
    try:
        return isinstance(json.loads(first), dict) and bool(rest.strip())
    except (ValueError, RecursionError):
        return False


def _read_lines(text: str, path: Path, found: Found) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            found.refusals.append(Refusal(path.name, str(number), "line", "this line is not valid JSON"))
            continue
        _read_top(item, "", path, str(number), found)


def _tops(content: Any) -> Iterator[tuple[str, Any, str]]:
    """The objects of a document: (table when the document names it, object, JSON pointer)."""
    if isinstance(content, dict) and isinstance(content.get("contents"), list):
        yield from (("", item, f"/contents/{i}") for i, item in enumerate(content["contents"]))
    elif isinstance(content, dict) and content and all(k.endswith(".csv") for k in content):
        for name, rows in content.items():
            table = TABLES.get(name.removesuffix(".csv"), "")
            for i, item in enumerate(rows if isinstance(rows, list) else [rows]):
                yield table, item, f"/{name}/{i}"
    elif isinstance(content, list):
        yield from (("", item, f"/{i}") for i, item in enumerate(content))
    else:
        yield "", content, ""


def _read_top(item: Any, table: str, path: Path, where: str, found: Found) -> None:
    if not isinstance(item, dict):
        found.refusals.append(Refusal(path.name, where, "record", "this must be an object"))
        return
    table = table or _table_of(item, path.stem)
    if not table:
        reason = "this is none of the objects of HSDS; it should be an organization, service or location"
        found.refusals.append(Refusal(path.name, where, "record", reason))
        return
    _flatten(item, Row(table, {}, path.name, where), found)


def _table_of(item: dict[str, Any], stem: str) -> str:
    """Which table a single object belongs to: told by what only that table has, else by the file's name."""
    keys = item.keys()
    if keys & {"location_type", "latitude", "addresses"}:
        return "location"
    if keys >= {"service", "location"} or keys >= {"service_id", "location_id"}:
        return "service_at_location"
    if keys & {"status", "organization", "organization_id", "service_at_locations", "service_areas", "minimum_age"}:
        return "service"
    if keys & {"services", "organization_identifiers", "year_incorporated", "legal_status", "website"}:
        return "organization"
    words = stem.lower().split("_")
    hints = ("_".join(words[:n]) for n in range(len(words), 0, -1))
    hint = next((TABLES[h] for h in hints if h in TABLES), "")
    return hint or ("organization" if "name" in keys else "")


def _flatten(item: dict[str, Any], own: Row, found: Found, *, holder: str = "", depth: int = 0) -> Row:
    """Add `item` and all that is nested in it as rows that name each other by id; fills and returns its own row.

    `holder` is the id of the object around it: what has no id gets one made from its content and its holder.
    """
    nested: list[tuple[str, str, Any]] = []
    for name, value in item.items():
        child = TABLES.get(name)
        if child and isinstance(value, dict | list) and value:
            nested.append((name, child, value))
        elif child and name != child and value not in (None, [], {}, ""):
            found.refuse(own, name, "this must be an object or a list of objects", is_row=False)
        elif _is_deep(value):
            found.refuse(own, name, "this is nested too deep", is_row=False)
        else:
            own.values[name] = value
    if not own.key and own.table not in HOLDERS:
        own.values["id"] = content_key(own.values, holder)
    found.rows.append(own)
    if depth >= _DEEPEST and nested:
        found.refuse(own, nested[0][0], "this is nested too deep", is_row=False)
        return own
    for name, child, value in nested:
        _flatten_child(own, name, child, value, found, depth=depth + 1)
    return own


def _is_deep(value: Any, left: int = _DEEPEST) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deep(item, left - 1) for item in inner)


def _flatten_child(own: Row, name: str, child: str, value: Any, found: Found, *, depth: int) -> None:
    where = f"{own.where}/{name}"
    if isinstance(value, dict) and child in POINTS_AT:
        row = _flatten(value, Row(child, {}, own.file, where), found, depth=depth)
        own.values[f"{child}_id"] = row.values.get("id")
        return
    for i, item in enumerate(value if isinstance(value, list) else [value]):
        row = Row(child, {}, own.file, f"{where}/{i}" if isinstance(value, list) else where)
        if not isinstance(item, dict):
            found.refuse(row, name, "this must be an object")
            continue
        _flatten(item, row, found, holder=own.key, depth=depth)
        row.values[HOLDER_FIELD.get(child, f"{own.table}_id")] = own.values.get("id")
