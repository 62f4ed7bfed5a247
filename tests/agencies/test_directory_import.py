"""Importing a directory into the database: twice is once, what was edited here stays, foreign rows are left alone."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from agencies.actions.directory_import import import_directory, vars_of
from agencies.actions.directory_rows import Outcome
from agencies.hsds import read
from agencies.models import Agency, AgencyKind, AuditEvent, Capacity, Coverage, Hours, Location, Phone, Service
from agencies.scope import acting_as, acting_as_system
from tests.agencies.hsds_files import REAL, needs_real_data
from tests.factories import World

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
DEMO = Path(__file__).resolve().parents[2] / "agencies" / "reference" / "demo_directory"
AGENCY = "11111111-1111-4111-8111-111111111111"
SERVICE = "22222222-2222-4222-8222-222222222222"
PLACE = "33333333-3333-4333-8333-333333333333"

pytestmark = pytest.mark.django_db


def example(**service: Any) -> dict[str, Any]:
    return {
        "id": AGENCY,
        "name": "Example Legal Aid",
        "description": "Fictional.",
        "phones": [{"id": "p1", "number": "305-555-0101"}],
        "locations": [{"id": PLACE, "location_type": "physical", "name": "Office"}],
        "services": [
            {
                "id": SERVICE,
                "name": "Advice",
                "status": "active",
                "service_areas": [{"id": "a1", "name": "Lee County, FL"}, {"id": "a2", "name": "Polk County, FL"}],
                "service_at_locations": [{"id": "l1", "location_id": PLACE}],
            }
            | service
        ],
    }


def run(tmp_path: Path, content: Any, **options: Any) -> Outcome:
    path = tmp_path / "directory.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return run_path(path, **options)


def run_path(path: Path, *, dry_run: bool = False, **options: str) -> Outcome:
    with acting_as_system("import_hsds") as actor:
        return import_directory(read(path, **options), by=actor, at=NOW, dry_run=dry_run)


def counts(outcome: Outcome) -> dict[str, tuple[int, ...]]:
    """(created, changed, unchanged, removed, refused) of each table that saw anything."""
    found = {name: tuple(vars_of(count).values()) for name, count in outcome.counts.items()}
    return {name: numbers for name, numbers in found.items() if any(numbers)}


@needs_real_data
def test_florida_sample_comes_in_whole_and_a_second_time_changes_nothing() -> None:
    first = run_path(REAL / "hsds-us-legal-aid" / "florida-source")
    assert counts(first) == {
        "organizations": (20, 0, 0, 0, 0),
        "services": (135, 0, 0, 0, 0),
        "locations": (378, 0, 0, 0, 0),
        "phones": (89, 0, 0, 0, 1),
        "coverages": (1493, 0, 0, 0, 0),
    }
    second = run_path(REAL / "hsds-us-legal-aid" / "florida-source")
    assert counts(second) == {
        "organizations": (0, 0, 20, 0, 0),
        "services": (0, 0, 135, 0, 0),
        "locations": (0, 0, 378, 0, 0),
        "phones": (0, 0, 89, 0, 1),
        "coverages": (0, 0, 1493, 0, 0),
    }
    assert Service.objects.filter(immigration_statuses__contains=["Victim of Trafficking (18 and over)"]).count() == 30
    assert Coverage.objects.filter(agency__source="hsds", state="FL", county="Broward").count() == 31


def test_demo_directory_covers_what_the_rules_route_to() -> None:
    outcome = run_path(DEMO)
    assert counts(outcome) == {
        "organizations": (34, 0, 0, 0, 0),
        "services": (38, 0, 0, 0, 0),
        "locations": (34, 0, 0, 0, 0),
        "phones": (39, 0, 0, 0, 0),
        "coverages": (54, 0, 0, 0, 0),
        "hours": (38, 0, 0, 0, 0),
        "capacities": (3, 0, 0, 0, 0),
    }
    assert outcome.refusals == []
    assert Agency.objects.get(name="Example County Sheriff's Office").accepts_by == "phone"
    assert Agency.objects.get(name="Example Sunshine Task Force").is_group
    assert Agency.objects.get(name="Example Bluebonnet Clinic").time_zone == "America/Chicago"
    assert Agency.objects.get(name="Example Harbor Shelter").funded_under == ["FVPSA", "VAWA"]
    assert Phone.objects.filter(agency__source="hsds", purpose="warm_transfer").count() == 3
    assert (
        not Phone.objects.filter(agency__source="hsds")
        .exclude(number="911")
        .exclude(number__regex=r"^\d{3}-555-01\d\d$")
        .exists()
    )


def test_confidential_place_of_an_import_is_seen_by_the_hotline_and_not_by_a_stranger(world: World) -> None:
    run_path(DEMO)
    with acting_as(world.operator):
        assert Location.objects.filter(is_confidential=True).count() == 3
    with acting_as(world.stranger):
        assert Location.objects.filter(is_confidential=True).count() == 0


def test_second_import_of_the_same_file_counts_everything_as_unchanged(tmp_path: Path) -> None:
    assert counts(run(tmp_path, example())) == {
        "organizations": (1, 0, 0, 0, 0),
        "services": (1, 0, 0, 0, 0),
        "locations": (1, 0, 0, 0, 0),
        "phones": (1, 0, 0, 0, 0),
        "coverages": (2, 0, 0, 0, 0),
    }
    assert counts(run(tmp_path, example())) == {
        "organizations": (0, 0, 1, 0, 0),
        "services": (0, 0, 1, 0, 0),
        "locations": (0, 0, 1, 0, 0),
        "phones": (0, 0, 1, 0, 0),
        "coverages": (0, 0, 2, 0, 0),
    }
    assert Location.objects.get(pk=PLACE).services.get().pk == UUID(SERVICE)


def test_changed_source_changes_only_what_it_changed(tmp_path: Path) -> None:
    run(tmp_path, example())
    Agency.objects.filter(pk=AGENCY).update(verified_at=NOW)
    outcome = run(tmp_path, example(name="Advice and more"))
    assert counts(outcome)["services"] == (0, 1, 0, 0, 0)
    assert counts(outcome)["organizations"] == (0, 0, 1, 0, 0)
    assert Service.objects.get(pk=SERVICE).name == "Advice and more"
    assert Agency.objects.get(pk=AGENCY).verified_at == NOW


def test_field_edited_here_is_not_overwritten(tmp_path: Path) -> None:
    run(tmp_path, example())
    Service.objects.filter(pk=SERVICE).update(name="Advice, mornings only")
    Agency.objects.filter(pk=AGENCY).update(kind=AgencyKind.objects.get(pk="defense_counsel"))
    outcome = run(tmp_path, example(name="Advice and more", description="New words."))
    service = Service.objects.get(pk=SERVICE)
    assert (service.name, service.description) == ("Advice, mornings only", "New words.")
    assert Agency.objects.get(pk=AGENCY).kind_id == "defense_counsel"
    assert outcome.kept_fields == 2


def test_agency_entered_by_hand_is_not_taken_over_by_a_file(tmp_path: Path) -> None:
    kind = AgencyKind.objects.get(pk="legal_aid")
    Agency.objects.create(pk=AGENCY, name="Ours", kind=kind)
    outcome = run(tmp_path, example())
    assert Agency.objects.get(pk=AGENCY).name == "Ours"
    assert not outcome.came_in
    assert Service.objects.count() == 0
    assert "an agency with this id was not imported from this source; it was left as it is" in [
        refusal.reason for refusal in outcome.refusals
    ]


def test_service_of_another_agency_is_not_taken_over(tmp_path: Path) -> None:
    other = Agency.objects.create(name="Other", kind=AgencyKind.objects.get(pk="shelter"))
    Service.objects.create(pk=SERVICE, agency=other, name="Beds")
    outcome = run(tmp_path, example())
    assert Service.objects.get(pk=SERVICE).name == "Beds"
    assert counts(outcome)["services"] == (0, 0, 0, 0, 1)
    assert counts(outcome)["organizations"] == (1, 0, 0, 0, 0)


def test_area_that_the_source_drops_is_removed_and_one_made_by_hand_stays(tmp_path: Path) -> None:
    run(tmp_path, example())
    Coverage.objects.create(agency_id=AGENCY, service_id=SERVICE, kind="county", country="US", state="FL", county="Bay")
    outcome = run(tmp_path, example(service_areas=[{"id": "a1", "name": "Lee County, FL"}]))
    assert counts(outcome)["coverages"] == (0, 0, 1, 1, 0)
    assert sorted(Coverage.objects.filter(agency=AGENCY).values_list("county", flat=True)) == ["Bay", "Lee"]


def test_area_that_was_already_entered_by_hand_is_not_doubled(tmp_path: Path) -> None:
    run(tmp_path, example(service_areas=[]))
    Coverage.objects.create(agency_id=AGENCY, service_id=SERVICE, kind="county", country="US", state="FL", county="Lee")
    outcome = run(tmp_path, example())
    assert counts(outcome)["coverages"] == (1, 0, 1, 0, 0)


def test_phone_that_the_source_drops_is_removed_and_one_made_by_hand_stays(tmp_path: Path) -> None:
    run(tmp_path, example())
    Phone.objects.create(agency_id=AGENCY, number="305-555-0177")
    changed = example()
    changed["phones"] = [{"id": "p2", "number": "305-555-0102"}]
    outcome = run(tmp_path, changed)
    assert counts(outcome)["phones"] == (1, 0, 0, 1, 0)
    assert sorted(Phone.objects.filter(agency=AGENCY).values_list("number", flat=True)) == [
        "305-555-0102",
        "305-555-0177",
    ]


def test_place_made_confidential_here_is_never_opened_by_an_import(tmp_path: Path) -> None:
    run(tmp_path, example())
    with acting_as_system("test"):
        Location.objects.filter(pk=PLACE).update(is_confidential=True)
    run(tmp_path, example())
    with acting_as_system("test"):
        assert Location.objects.get(pk=PLACE).is_confidential


def test_older_capacity_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    beds = {"id": "c1", "unit": {"id": "u1", "name": "beds"}, "available": 3, "updated": "2026-11-20T10:00:00Z"}
    run(tmp_path, example(capacities=[beds]))
    Capacity.objects.update(available=0, updated_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert counts(run(tmp_path, example(capacities=[beds])))["capacities"] == (0, 0, 1, 0, 0)
    assert Capacity.objects.get().available == 0
    later = beds | {"available": 5, "updated": "2026-11-24T10:00:00Z"}
    assert counts(run(tmp_path, example(capacities=[later])))["capacities"] == (0, 1, 0, 0, 0)
    assert Capacity.objects.get().available == 5


def test_part_of_a_directory_joins_an_agency_that_is_already_here(tmp_path: Path) -> None:
    run(tmp_path, example())
    more = [{"id": "s9", "organization_id": AGENCY, "name": "Evening advice", "status": "active"}]
    assert counts(run(tmp_path, more)) == {"services": (1, 0, 0, 0, 0)}
    assert Service.objects.get(source_id="s9").agency_id == UUID(AGENCY)


def test_service_of_an_agency_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    outcome = run(tmp_path, [{"id": "s9", "organization_id": AGENCY, "name": "Advice", "status": "active"}])
    assert [str(refusal) for refusal in outcome.refusals] == [
        "directory.json:#/0: organization_id:"
        " this names no organization of this source that is in the file or in the directory"
    ]


def test_kind_that_the_database_does_not_know_refuses_the_agency_and_what_hangs_on_it(tmp_path: Path) -> None:
    outcome = run(tmp_path, example(), agency_kind="castle")
    assert Agency.objects.filter(source="hsds").count() == 0
    assert not outcome.came_in
    assert counts(outcome) == {
        "organizations": (0, 0, 0, 0, 1),
        "services": (0, 0, 0, 0, 1),
        "locations": (0, 0, 0, 0, 1),
        "phones": (0, 0, 0, 0, 1),
        "coverages": (0, 0, 0, 0, 2),
    }


def test_parent_is_set_and_one_chosen_here_stays(tmp_path: Path) -> None:
    child = {"id": "c", "name": "Example Branch", "description": "x", "parent_organization_id": AGENCY}
    run(tmp_path, [child, example()])
    branch = Agency.objects.get(source_id="c")
    assert branch.parent_id == UUID(AGENCY)
    other = Agency.objects.create(name="Other", kind=branch.kind)
    Agency.objects.filter(pk=branch.pk).update(parent=other)
    run(tmp_path, [child, example()])
    assert Agency.objects.get(pk=branch.pk).parent_id == other.pk


def test_dry_run_counts_and_changes_nothing(tmp_path: Path) -> None:
    outcome = run(tmp_path, example(), dry_run=True)
    assert counts(outcome)["services"] == (1, 0, 0, 0, 0)
    assert Agency.objects.filter(source="hsds").count() == 0
    assert not AuditEvent.objects.filter(kind="directory").exists()


def test_import_stands_in_the_trail_with_counts_only(tmp_path: Path) -> None:
    run(tmp_path, example())
    with acting_as_system("test"):
        event = AuditEvent.objects.get(kind="directory")
    assert (event.verb, event.at) == ("import", NOW)
    assert event.details["coverages"] == {"created": 2, "changed": 0, "unchanged": 0, "removed": 0, "refused": 0}


def test_hours_keep_days_and_times(tmp_path: Path) -> None:
    times = {"id": "h1", "freq": "WEEKLY", "byday": "FR,MO", "opens_at": "09:00", "closes_at": "17:30", "timezone": -5}
    run(tmp_path, example(schedules=[times]))
    hours = Hours.objects.get()
    assert (hours.weekdays, str(hours.opens_at), str(hours.closes_at), hours.time_zone) == (
        "MO,FR",
        "09:00:00",
        "17:30:00",
        "Etc/GMT+5",
    )
    assert hours.service_id == UUID(SERVICE)
