"""Loading the reference files of WHO: agency kinds, and the national bodies that the rules name."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction

from agencies.models import Agency, AgencyKind, Coverage, Phone

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
NATIONAL_SOURCE = "national_agencies"


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def load_agency_kinds() -> int:
    """Bring the table of kinds up to date with agency_kinds.csv; returns how many there are."""
    kinds = [
        AgencyKind(
            code=row["code"],
            label=row["label"],
            family=row["family"],
            functions=_list(row["functions"]),
            sectors=_list(row["sectors"]),
            is_law_enforcement_for_consent=row["law_enforcement_for_consent"] == "yes",
            is_immigration_enforcement=row["immigration_enforcement"] == "yes",
            source=row["source"],
        )
        for row in _rows("agency_kinds.csv")
    ]
    changing = [field.name for field in AgencyKind._meta.fields if not field.primary_key]
    AgencyKind.objects.bulk_create(kinds, update_conflicts=True, unique_fields=["code"], update_fields=changing)
    return len(kinds)


@transaction.atomic
def load_national_agencies() -> int:
    """Bring the national bodies up to date; returns how many there are. What was set by hand stays."""
    rows = _rows("national_agencies.csv")
    for row in rows:
        kind = AgencyKind.objects.get(code=row["kind"])
        agency, _ = Agency.objects.update_or_create(
            source=NATIONAL_SOURCE,
            source_id=row["code"],
            defaults={"name": row["name"], "website": row["url"]},
            create_defaults={
                "name": row["name"],
                "website": row["url"],
                "kind": kind,
                "functions": kind.functions,
                "sectors": kind.sectors,
                "accepts_by": Agency.AcceptsBy.PHONE if row["phone"] else Agency.AcceptsBy.PORTAL,
            },
        )
        _cover(agency, row["covers"])
        _phone(agency, row)
    return len(rows)


def _cover(agency: Agency, covers: str) -> None:
    kind = Coverage.Kind.WORLDWIDE if covers == "worldwide" else Coverage.Kind.COUNTRY
    Coverage.objects.get_or_create(
        agency=agency,
        service=None,
        kind=kind,
        country="" if kind == Coverage.Kind.WORLDWIDE else "US",
        defaults={"label": covers},
    )


def _phone(agency: Agency, row: dict[str, str]) -> None:
    if row["phone"]:
        verified = row["confidence"].startswith("verified")
        Phone.objects.update_or_create(
            agency=agency,
            source_id=row["code"],
            defaults={
                "number": row["phone"],
                "source": row["source"],
                "verified_on": date.fromisoformat(row["date"]) if verified and row["date"] else None,
            },
        )
