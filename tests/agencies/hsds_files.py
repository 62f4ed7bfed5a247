"""Small HSDS files for tests: one agency, one service, and what reading them gives."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from agencies.hsds import Directory, read
from agencies.scope import acting_as_system

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
SCHEMAS = Path(__file__).resolve().parent / "hsds_schemas"
needs_real_data = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is absent: no real sample is read")
AGENCY = "11111111-1111-4111-8111-111111111111"
SERVICE = "22222222-2222-4222-8222-222222222222"


def agency(**more: Any) -> dict[str, Any]:
    return {"id": AGENCY, "name": "Example Shelter", "description": "Fictional."} | more


def service(**more: Any) -> dict[str, Any]:
    return {"id": SERVICE, "organization_id": AGENCY, "name": "Beds", "status": "active"} | more


def read_json(tmp_path: Path, content: Any, name: str = "directory.json") -> Directory:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read(path)


def read_csv(tmp_path: Path, **files: str) -> Directory:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_bytes(text.encode("utf-8", errors="surrogateescape"))
    return read(tmp_path)


def sizes(directory: Directory) -> dict[str, int]:
    return {table: len(records) for table, records in directory.records.items() if records}


def refusals(directory: Directory) -> list[str]:
    return [str(refusal) for refusal in directory.refusals]


def empty_directory() -> None:
    """Take out every agency and what hangs on it, in SQL: the models would look into tables that the role may not."""
    with acting_as_system("test"), connection.cursor() as cursor:
        for table in HANGING:
            cursor.execute(f"delete from agencies_{table}")


# Leaves first.
HANGING = (
    "capacity",
    "hours",
    "phone",
    "coverage",
    "location_services",
    "location",
    "service",
    "groupmember",
    "agency",
)


def schema_problems(document: dict[str, Any], version: str) -> list[str]:
    """What the published schemas find wrong with an organization, its places and its services."""
    found = [(document, "organization"), *((s, "service") for s in document.get("services", []))]
    return [
        f"{table} {problem.json_path}: {problem.message}"
        for part, table in found
        for problem in _validator(version, table).iter_errors(part)
    ]


@cache
def _validator(version: str, table: str) -> Draft202012Validator:
    files = (SCHEMAS / version).glob("*.json")
    schemas = {path.name: json.loads(path.read_text()) for path in files}
    registry = Registry().with_resources(
        (name, Resource(contents=schema, specification=DRAFT202012)) for name, schema in schemas.items()
    )
    return Draft202012Validator(schemas[f"{table}.json"], registry=registry)
