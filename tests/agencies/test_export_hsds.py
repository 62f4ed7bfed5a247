"""`manage.py export_hsds`: valid by the published schemas, read back without loss, and no word of a hidden place."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from agencies.hsds import read
from agencies.models import Agency, AuditEvent, Capacity, Coverage, GroupMember, Hours, Location, Phone, Service
from agencies.scope import acting_as_system
from tests.agencies.hsds_files import REAL, empty_directory, needs_real_data, schema_problems

DEMO = Path(__file__).resolve().parents[2] / "agencies" / "reference" / "demo_directory"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty(db: None) -> Iterator[None]:
    with acting_as_system("test"):
        empty_directory()
        yield


def shelter() -> Agency:
    """One agency that uses every field, two of its places, one of them hidden."""
    agency = Agency.objects.create(
        name="Example Refuge",
        alternate_name="Refuge",
        description="Fictional.",
        kind_id="shelter",
        accepts_by="phone",
        funded_under=["VAWA", "VOCA"],
        email="desk@example.org",
        website="https://example.org",
        languages=["Spanish", "K'iche'"],
        time_zone="America/Chicago",
        is_group=True,
        functions=["victim_services"],
    )
    member = Agency.objects.create(name="Example Member", kind_id="legal_aid")
    GroupMember.objects.create(group=agency, member=member, is_co_lead=True)
    service = Service.objects.create(
        agency=agency,
        name="Beds",
        description="For tonight.",
        status="temporarily closed",
        needs=["emergency_shelter", "transportation"],
        languages=["Spanish"],
        minimum_age=18,
        maximum_age=64,
        eligibility="Adults",
        immigration_statuses=["Any; also none", "T visa"],
        fees="Free",
        application_process="Call",
        alert="Full until Friday",
        news="No men this week",
        news_until=NOW,
        full_until=NOW,
        genders=["feminine", "transgender_feminine"],
        documents="Any paper with a photo",
        accessibility=["Step-free"],
        email="beds@example.org",
        url="https://example.org/beds",
        assured_at=date(2026, 3, 1),
        extra={"wait_time": "2 days", "colours": ["blue", "red"]},
    )
    open_place = Location.objects.create(
        agency=agency,
        name="Office",
        description="Second floor",
        address="1 Example Street",
        city="Chicago",
        county="Cook",
        state="IL",
        postal_code="60601",
        latitude=41.9,
        longitude=-87.6,
    )
    hidden = Location.objects.create(
        agency=agency, name="Hidden house", is_confidential=True, address="9 Secret Lane", city="Nowhere", state="IL"
    )
    open_place.services.add(service)
    hidden.services.add(service)
    Coverage.objects.create(agency=agency, kind="tribal", country="US", code="Land of the Example people")
    Coverage.objects.create(agency=agency, service=service, kind="country", country="MX", label="Mexico")
    Coverage.objects.create(agency=agency, service=service, kind="county", country="US", state="LA", county="Orleans")
    Phone.objects.create(agency=agency, service=service, location=open_place, number="312-555-0100", extension="007")
    Phone.objects.create(
        agency=agency, number="312-555-0101", purpose="warm_transfer", verified_on=date(2026, 2, 3), source="By call"
    )
    Phone.objects.create(agency=agency, location=hidden, number="312-555-0199", description="Secret phone")
    Hours.objects.create(
        agency=agency, weekdays="MO,TU", opens_at=time(9), closes_at=time(17, 30), time_zone="America/Chicago"
    )
    Hours.objects.create(agency=agency, service=service, description="After a call", time_zone="Etc/GMT+6")
    Capacity.objects.create(service=service, unit="beds", available=3, maximum=9, updated_at=NOW)
    return agency


def exported(tmp_path: Path, *options: str, name: str = "out.json") -> Path:
    path = tmp_path / name
    call_command("export_hsds", str(path), *options)
    return path


def rows(*models: Any) -> dict[str, list[dict[str, Any]]]:
    """All rows of the directory; without ids of the source and what this deployment alone decides or keeps."""
    left_out = {"source_id", "created_at", "updated_at", "extra", "source", "functions", "sectors"}
    found = {}
    for model in models:
        own = {"id"} if model is GroupMember else set()
        fields = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out | own]
        found[model.__name__] = list(model.objects.order_by("pk").values(*fields))
    return found


EVERYTHING = (Agency, GroupMember, Service, Location, Phone, Hours, Capacity)
AREA = ("agency", "service", "kind", "country", "state", "county", "code", "label")
FORMS = [("json", "out.json"), ("ndjson", "out.ndjson"), ("csv", "tables")]


@pytest.mark.parametrize("version", ["3.0", "3.1"])
@pytest.mark.parametrize(("form", "name"), FORMS)
def test_every_field_comes_back_into_an_empty_directory(tmp_path: Path, form: str, name: str, version: str) -> None:
    shelter()
    Location.objects.filter(is_confidential=True).delete()
    before = rows(*EVERYTHING)
    areas = set(Coverage.objects.values_list(*AREA))
    path = exported(tmp_path, "--format", form, "--version", version, name=name)
    empty_directory()
    call_command("import_hsds", str(path))
    assert rows(*EVERYTHING) == before
    assert set(Coverage.objects.values_list(*AREA)) == areas
    extra = Service.objects.get(name="Beds").extra
    assert (extra["wait_time"], extra["colours"]) == ("2 days", ["blue", "red"])


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_export_is_valid_by_the_published_schemas(tmp_path: Path, version: str) -> None:
    shelter()
    call_command("import_hsds", str(DEMO))
    documents = json.loads(exported(tmp_path, "--version", version).read_text())
    assert len(documents) == 36
    assert [problem for document in documents for problem in schema_problems(document, version)] == []


SOURCES = [
    DEMO,
    REAL / "hsds-us-legal-aid" / "florida-source",
    REAL / "hsds-3.0" / "examples" / "organization_full.json",
    REAL / "hsds-3.0" / "examples" / "service_full.json",
    REAL / "hsds-3.1" / "examples" / "organization_full.json",
    REAL / "hsds-3.1" / "examples" / "service_full.json",
    REAL / "hsds-3.1" / "examples" / "csv",
]


@needs_real_data
@pytest.mark.parametrize("source", SOURCES, ids=lambda p: f"{p.parent.parent.name}-{p.stem}")
def test_real_files_come_back_and_out_again_to_the_byte(tmp_path: Path, source: Path) -> None:
    call_command("import_hsds", str(source))
    Location.objects.filter(is_confidential=True).delete()
    first = exported(tmp_path, name="first.json")
    for document in json.loads(first.read_text()):
        assert schema_problems(document, "3.1") == []
    empty_directory()
    call_command("import_hsds", str(first))
    second = exported(tmp_path, name="second.json")
    assert json.loads(second.read_text()) == json.loads(first.read_text())
    assert second.read_bytes() == first.read_bytes()


def _texts(value: Any) -> set[str]:
    """Every text and number somewhere in a document, ids left out."""
    if isinstance(value, dict):
        return set().union(*(_texts(v) for k, v in value.items() if k != "id" and not k.endswith("_id")))
    if isinstance(value, list):
        return set().union(*map(_texts, value))
    return {str(value).strip()}


@needs_real_data
@pytest.mark.parametrize(
    ("source", "changed"),
    [
        # Written in our form (phone, moment, time, page), refused as impossible, or said by the place itself.
        (
            "organization_full.json",
            {'"+44 1234 234567"', "2024-09-25T14:23:06.5+01:00", "100", "101", "10:00Z", "19:00Z", "link_entity"},
        ),
    ],
)
def test_nothing_of_a_published_example_is_lost(tmp_path: Path, source: str, changed: set[str]) -> None:
    original = json.loads((REAL / "hsds-3.1" / "examples" / source).read_text())
    call_command("import_hsds", str(REAL / "hsds-3.1" / "examples" / source))
    (document,) = json.loads(exported(tmp_path).read_text())
    assert _texts(original) - _texts(document) - changed == set()


def test_hidden_place_and_what_hangs_there_is_in_no_export(tmp_path: Path) -> None:
    agency = shelter()
    hidden = Location.objects.get(is_confidential=True)
    service = agency.services.get()
    service.extra |= {
        "service_at_locations": [{"id": "x", "location_id": str(hidden.pk), "description": "Ring twice at the gate"}],
        "contacts": [{"id": "y", "location_id": str(hidden.pk), "name": "House mother"}],
    }
    service.save()
    for form, name in FORMS:
        path = exported(tmp_path, "--format", form, name=name)
        text = "".join(f.read_text() for f in path.iterdir()) if path.is_dir() else path.read_text()
        for word in ("Hidden house", "9 Secret Lane", "312-555-0199", "Ring twice", "House mother", str(hidden.pk)):
            assert word not in text
        assert "312-555-0100" in text


def test_public_export_has_no_transfer_line_and_no_notice_address(tmp_path: Path) -> None:
    shelter()
    text = exported(tmp_path, "--public").read_text()
    assert "312-555-0101" not in text
    assert "desk@example.org" not in text
    assert "beds@example.org" in text


def test_tables_are_named_and_headed_as_published(tmp_path: Path) -> None:
    shelter()
    folder = exported(tmp_path, "--format", "csv", name="tables")
    assert sorted(path.name for path in folder.iterdir()) == [
        "addresses.csv",
        "attributes.csv",
        "languages.csv",
        "locations.csv",
        "organizations.csv",
        "phones.csv",
        "schedules.csv",
        "service_areas.csv",
        "service_at_location.csv",
        "service_capacity.csv",
        "services.csv",
        "taxonomy_terms.csv",
        "units.csv",
    ]
    with (folder / "service_capacity.csv").open() as file:
        assert next(csv.reader(file)) == [
            "id",
            "service_id",
            "unit_id",
            "available",
            "maximum",
            "description",
            "updated",
        ]
    with (folder / "attributes.csv").open() as file:
        assert {row["link_entity"] for row in csv.DictReader(file)} == {"organization", "service", "phone"}


def test_closed_agencies_are_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shelter()
    Agency.objects.filter(name="Example Member").update(is_active=False)
    (document,) = json.loads(exported(tmp_path).read_text())
    assert "casework_members" not in document
    assert capsys.readouterr().out == (
        "Agencies written: 1. Left out: 1 closed agencies, 1 confidential places with 1 phones and hours there,"
        " 0 internal phones.\n"
    )
    event = AuditEvent.objects.get(verb="export")
    assert event.details == {"agencies": 1, "form": "json", "version": "3.1"}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("json", "{path} is a folder; name a file in it."),
        ("csv", "The folder {path} is not empty; name a new one, so that no older table is left among the new."),
    ],
)
def test_path_that_is_taken_is_status_2_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, sentence: str
) -> None:
    path = tmp_path / "taken"
    path.mkdir()
    (path / "old.csv").write_text("id\n")
    with pytest.raises(SystemExit) as stop:
        call_command("export_hsds", str(path), "--format", form)
    assert stop.value.code == 2
    assert capsys.readouterr().err == sentence.format(path=path) + "\n"
    assert [p.name for p in tmp_path.rglob("*")] == ["taken", "old.csv"]


def test_own_export_changes_nothing_of_the_directory_it_came_from(tmp_path: Path) -> None:
    call_command("import_hsds", str(DEMO))
    path = exported(tmp_path)
    before = rows(*EVERYTHING)
    call_command("import_hsds", str(path))
    assert rows(*EVERYTHING) == before
    assert read(path).refusals == []
