"""Reading HSDS without a database: every form, the published examples and the Florida sample."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from agencies.hsds import read
from tests.agencies.hsds_files import (
    AGENCY,
    REAL,
    SERVICE,
    agency,
    needs_real_data,
    read_csv,
    read_json,
    refusals,
    service,
    sizes,
)

# The real files.


@needs_real_data
def test_florida_sample_gives_20_378_and_135_and_two_refusals() -> None:
    directory = read(REAL / "hsds-us-legal-aid" / "florida-source")
    assert sizes(directory) == {"organization": 20, "service": 135, "location": 378, "phone": 89, "coverage": 1493}
    assert refusals(directory) == [
        "services.csv:65: row: there are values beyond the named columns, so cells have slipped;"
        " only the ids and the name were kept",
        "locations.csv:172: phones: this has too few or too many digits for a telephone number",
    ]
    assert {r.values["kind"] for r in directory.records["organization"]} == {"legal_aid"}
    assert directory.records["service"][0].values["immigration_statuses"][:3] == [
        "Applying for VAWA self-petition",
        "Asylee",
        "Conditional Entrant INA(a)(7) (PRIOR TO 4/1/80 ONLY)",
    ]


@needs_real_data
def test_florida_ages_of_0_200_and_999_mean_no_limit() -> None:
    directory = read(REAL / "hsds-us-legal-aid" / "florida-source")
    ages = {(r.values.get("minimum_age"), r.values.get("maximum_age")) for r in directory.records["service"]}
    assert ages == {(None, None), (18, None), (60, None), (55, None), (None, 59), (None, 23)}


@needs_real_data
@pytest.mark.parametrize("version", ["hsds-3.0", "hsds-3.1"])
def test_published_csv_example_is_read(version: str) -> None:
    directory = read(REAL / version / "examples" / "csv")
    assert sizes(directory) == {"organization": 1, "service": 1, "location": 1, "phone": 1, "schedule": 1}
    capacity = ["service_capacity.csv:2: service_id: this names no service that came in"]
    urls = ["url.csv:2: organization_id: this belongs to no organization, service or location that came in"]
    assert refusals(directory) == [
        "attributes.csv:2: link_id: this names nothing that the source holds",
        "locations.csv:2: latitude: this must lie between -90 and 90 degrees",
        "service_areas.csv:2: name: this cannot be read as a country, state, county, ZIP code or tribal land",
        *(capacity if version == "hsds-3.1" else []),
        "metadata.csv:2: resource_id: this belongs to no organization, service or location that came in",
        *(urls if version == "hsds-3.1" else []),
    ]


@needs_real_data
@pytest.mark.parametrize("name", ["organization_full.json", "service_full.json"])
def test_published_nested_example_of_3_1_brings_its_capacity(name: str) -> None:
    directory = read(REAL / "hsds-3.1" / "examples" / name)
    assert sizes(directory) == {
        "organization": 1,
        "service": 1,
        "location": 1,
        "phone": 1,
        "schedule": 1,
        "service_capacity": 1,
    }
    assert directory.records["service_capacity"][0].values["unit"] == "Kilogram"
    assert directory.records["phone"][0].values["number"] == "+44 1234 234567"
    assert directory.records["service"][0].extra["cost_options"][0]["currency"] == "gbp"


@needs_real_data
def test_published_page_and_tabular_json_are_read() -> None:
    assert sizes(read(REAL / "hsds-3.0" / "examples" / "organization_list.json")) == {"organization": 1}
    assert sizes(read(REAL / "hsds-3.0" / "examples" / "service_list.json")) == {"organization": 1, "service": 1}
    assert sizes(read(REAL / "hsds-3.0" / "examples" / "tabular.json"))["location"] == 1


# Forms.


@pytest.mark.parametrize(
    "content",
    [
        agency(services=[service()]),
        [agency(), service()],
        {"contents": [agency(services=[service()])], "total_items": 1},
        {"organizations.csv": [agency()], "services.csv": [service()]},
        [service(organization=agency())],
        f"\ufeff{json.dumps(agency(services=[service()]))}",
        f"{json.dumps(agency())}\n\n{json.dumps(service())}\n",
    ],
)
def test_every_json_form_gives_the_same_agency_and_service(tmp_path: Path, content: Any) -> None:
    directory = read_json(tmp_path, content)
    assert sizes(directory) == {"organization": 1, "service": 1}
    assert refusals(directory) == []
    assert directory.records["service"][0].links["agency"] == UUID(AGENCY)


@pytest.mark.parametrize(("agencies", "services"), [("organizations", "services"), ("organization", "service")])
def test_tabular_csv_has_plural_or_singular_names(tmp_path: Path, agencies: str, services: str) -> None:
    head = "\ufeffid,name,description\r\n"
    files = {agencies: f"{head}{AGENCY},Example,x\r\n", services: f"id,organization_id,name\n{SERVICE},{AGENCY},Beds\n"}
    assert sizes(read_csv(tmp_path, **files)) == {"organization": 1, "service": 1}


def test_raw_csv_is_read_through_its_mapping(tmp_path: Path) -> None:
    (tmp_path / "raw_mapping.yaml").write_text(
        "settings: {default_state: FL, agency_kind: shelter}\n"
        "orgs:\n"
        "  key: {model: organizations, field: id}\n"
        "  title: {model: organizations, field: name}\n"
        "  numbers: {model: phones, field: number, split: ',', label: ':', label_field: type,"
        " foreign_key_name: organization_id, foreign_key_value: key}\n"
    )
    directory = read_csv(
        tmp_path, orgs='key,title,numbers\n7,Example,"main: 305-555-0101, tdd: 305-555-0102"\n', x="a\n1\n"
    )
    assert [(p.values["number"], p.values["kind"]) for p in directory.records["phone"]] == [
        ("305-555-0101", "voice"),
        ("305-555-0102", "tty"),
    ]
    assert directory.records["organization"][0].values["kind"] == "shelter"
    assert refusals(directory) == ["x.csv:1: file: the mapping does not name this file"]


# What is kept, and what is read out of it.


def test_unknown_properties_and_unmodelled_objects_are_kept(tmp_path: Path) -> None:
    directory = read_json(
        tmp_path,
        agency(colour="blue", funding=[{"id": "f", "source": "Grants"}], services=[service(wait_time="2 days")]),
    )
    funding = {"id": "7563c84b-1e8e-57ad-bd5b-8bc04d7bc087", "source": "Grants"}
    assert directory.records["organization"][0].extra == {"colour": "blue", "funding": [funding]}
    assert directory.records["service"][0].extra == {"wait_time": "2 days"}


def test_kind_and_confidential_place_come_from_our_own_taxonomies(tmp_path: Path) -> None:
    def term(taxonomy: str, code: str) -> dict[str, Any]:
        return {
            "id": f"{taxonomy}-{code}",
            "taxonomy_term": {"id": code, "code": code, "name": code, "taxonomy": taxonomy},
        }

    place = {"id": "p", "location_type": "physical", "attributes": [term("casework-place", "confidential")]}
    directory = read_json(
        tmp_path, agency(attributes=[term("casework-agency-kind", "local_police")], locations=[place])
    )
    assert directory.records["organization"][0].values["kind"] == "local_police"
    assert directory.records["location"][0].values["is_confidential"] is True


def test_schedule_that_is_not_weekly_is_words_only(tmp_path: Path) -> None:
    monthly = {"id": "h", "freq": "MONTHLY", "byday": "MO", "opens_at": "09:00", "description": "First Monday"}
    found = read_json(tmp_path, agency(services=[service(schedules=[monthly])])).records["schedule"][0]
    assert (found.values["weekdays"], found.values["opens_at"]) == ("", None)
    assert found.extra == {"freq": "MONTHLY", "byday": "MO", "opens_at": "09:00"}


def test_county_without_a_state_is_that_of_the_agencys_only_state(tmp_path: Path) -> None:
    address = {
        "address_1": "1 Main",
        "city": "Tampa",
        "state_province": "Florida",
        "postal_code": 33602,
        "country": "USA",
    }
    place = {"id": "p", "location_type": "physical", "addresses": [address]}
    areas = [{"id": "a", "name": "Lee County"}]
    directory = read_json(tmp_path, agency(locations=[place], services=[service(service_areas=areas)]))
    assert directory.records["coverage"][0].values["state"] == "FL"
    assert directory.records["location"][0].values["postal_code"] == "33602"
    assert directory.records["organization"][0].values["time_zone"] == "America/New_York"
