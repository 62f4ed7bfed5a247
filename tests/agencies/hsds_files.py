"""Small HSDS files for tests: one agency, one service, and what reading them gives."""

import json
from pathlib import Path
from typing import Any

import pytest

from agencies.hsds import Directory, read

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
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
