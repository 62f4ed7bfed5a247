"""A directory of any size in HSDS 3.1, fictional, to be read by the real import."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

SERVICES_AN_AGENCY = 25
_COUNTIES = ("Collier", "Lee", "Broward", "Miami-Dade", "Orange", "Polk", "Duval", "Leon")
_NEEDS = ("shelter", "legal", "medical", "basic_needs", "mental_health", "transportation", "employment", "language")


@contextmanager
def written(services: int) -> Iterator[Path]:
    """The file, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="casework-bench-") as directory:
        path = Path(directory) / "organizations.json"
        count = -(-services // SERVICES_AN_AGENCY)
        path.write_text(json.dumps([_agency(n, services) for n in range(count)]), encoding="utf-8")
        yield path


def _id(kind: int, n: int) -> str:
    return str(UUID(int=(0x02000000 + kind) << 96 | 0x7000 << 64 | 0x8000 << 48 | n))


def _term(value: str, taxonomy: str) -> dict[str, Any]:
    return {"taxonomy_term": {"code": value, "name": value, "description": value, "taxonomy": taxonomy}}


def _agency(n: int, services: int) -> dict[str, Any]:
    first, last = n * SERVICES_AN_AGENCY, min((n + 1) * SERVICES_AN_AGENCY, services)
    return {
        "id": _id(1, n),
        "name": f"Example Directory Agency {n}",
        "description": "Fictional, for measurements.",
        "locations": [
            {
                "id": _id(2, n),
                "location_type": "physical",
                "name": "Office",
                "latitude": 25 + n % 50 / 10,
                "longitude": -80 - n % 30 / 10,
            }
        ],
        "services": [_service(k) for k in range(first, last)],
    }


def _service(k: int) -> dict[str, Any]:
    area = f"{_COUNTIES[k % len(_COUNTIES)]} County, FL" if k % 5 else "Florida"
    return {
        "id": _id(3, k),
        "name": f"Example service {k}",
        "description": "Fictional, for measurements.",
        "status": "active",
        "attributes": [_term(_NEEDS[k % len(_NEEDS)], "casework-need")],
        "service_areas": [{"id": _id(4, k), "name": area}],
        "phones": [{"id": _id(5, k), "number": f"239-555-01{k % 100:02d}"}],
    }
