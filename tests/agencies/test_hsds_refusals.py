"""What HSDS files may have wrong: one bad row loses only itself, and says why."""

import json
from pathlib import Path
from typing import Any

import pytest

from agencies.hsds import UnreadablePath, read
from tests.agencies.hsds_files import (
    agency,
    read_csv,
    read_json,
    refusals,
    service,
    sizes,
)

# Refusals: one bad row loses only itself.


def test_broken_line_of_ndjson_loses_only_itself(tmp_path: Path) -> None:
    text = f"{json.dumps(agency())}\n{{broken\n{json.dumps(service())}\n"
    directory = read_json(tmp_path, text, "directory.ndjson")
    assert sizes(directory) == {"organization": 1, "service": 1}
    assert refusals(directory) == ["directory.ndjson:2: line: this line is not valid JSON"]


def test_open_quotation_mark_in_csv_loses_only_its_row(tmp_path: Path) -> None:
    directory = read_csv(tmp_path, organizations='id,name\n1,One\n2,"Two\n3,Three\n4,"Four"\n')
    assert [r.values["name"] for r in directory.records["organization"]] == ["One", "Three", "Four"]
    assert refusals(directory) == [
        "organizations.csv:3: row: this row breaks the rules of CSV; look for a stray quotation mark"
    ]


def test_bytes_that_are_not_utf_8_lose_only_their_row(tmp_path: Path) -> None:
    directory = read_csv(tmp_path, organizations="id,name\n1,One\n2,Caf\udce9\n3,Three\n")
    assert [r.values["name"] for r in directory.records["organization"]] == ["One", "Three"]
    assert refusals(directory) == ["organizations.csv:3: row: this row is not valid UTF-8 text; save the file as UTF-8"]


def test_line_numbers_count_line_breaks_inside_cells(tmp_path: Path) -> None:
    directory = read_csv(tmp_path, organizations='id,name,description\n1,One,"a\nb"\n2,,x\n')
    assert refusals(directory) == ["organizations.csv:4: name: this is missing, and nothing can be kept without it"]


def test_row_whose_cells_have_slipped_keeps_its_name_only(tmp_path: Path) -> None:
    directory = read_csv(
        tmp_path,
        organizations="id,name\n1,Example\n",
        services="id,organization_id,name,minimum_age,\n5,1,Beds,http://x.example.org,18\n",
    )
    assert "minimum_age" not in directory.records["service"][0].values
    assert [r.field for r in directory.refusals] == ["row"]


def test_service_of_a_refused_organization_is_refused_with_that_reason(tmp_path: Path) -> None:
    directory = read_json(
        tmp_path, [agency(name=None), service(), agency(id="2"), service(id="3", organization_id="2")]
    )
    assert sizes(directory) == {"organization": 1, "service": 1}
    assert refusals(directory) == [
        "directory.json:#/0: name: this is missing, and nothing can be kept without it",
        "directory.json:#/1: organization_id: the organization that this names was refused",
    ]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("email", "nobody", "this is not an e-mail address"),
        ("url", "not a page", "this is not a web address"),
        ("minimum_age", "old", "this must be a number"),
        ("maximum_age", -4, "this must be an age in years"),
        ("assured_date", "2024-02-30", "this is not a date such as 2024-09-25"),
        ("description", {"en": "x"}, "this must be text"),
        ("description", "a\u0000b", "this is not valid UTF-8 text"),
        ("unknown_number", float("inf"), "this must be a number"),
        ("phones", "305-555-0101", "this must be an object or a list of objects"),
    ],
)
def test_bad_field_loses_only_itself(tmp_path: Path, name: str, value: Any, reason: str) -> None:
    directory = read_json(tmp_path, agency(services=[service(**{name: value})]))
    assert sizes(directory) == {"organization": 1, "service": 1}
    assert refusals(directory) == [f"directory.json:#/services/0: {name}: {reason}"]
    assert not directory.refusals[0].is_row
    assert name not in directory.records["service"][0].values


def test_service_whose_status_cannot_be_read_is_not_opened(tmp_path: Path) -> None:
    directory = read_json(tmp_path, agency(services=[service(status="closed for good")]))
    assert directory.records["service"][0].values["status"] == "inactive"
    assert refusals(directory) == [
        "directory.json:#/services/0: status: this must be active, inactive, defunct or temporarily closed"
    ]


@pytest.mark.parametrize("bad", [None, "", {"a": 1}, True, 1.5])
def test_agency_without_a_usable_id_is_refused(tmp_path: Path, bad: Any) -> None:
    directory = read_json(tmp_path, [agency(id=bad), agency()])
    assert sizes(directory) == {"organization": 1}
    assert [r.field for r in directory.refusals] == ["id"]


def test_id_given_twice_with_other_values_is_refused_and_the_first_kept(tmp_path: Path) -> None:
    directory = read_json(tmp_path, [agency(), agency(name="Another")])
    assert [r.values["name"] for r in directory.records["organization"]] == ["Example Shelter"]
    assert refusals(directory) == [
        "directory.json:#/1: name: the same id stands at directory.json:#/0 with another value, which was kept"
    ]


def test_same_object_repeated_is_no_fault(tmp_path: Path) -> None:
    directory = read_json(tmp_path, [service(organization=agency()), service(id="2", organization=agency(email=""))])
    assert sizes(directory) == {"organization": 1, "service": 2}
    assert refusals(directory) == []


def test_minimum_age_above_maximum_keeps_neither(tmp_path: Path) -> None:
    directory = read_json(tmp_path, agency(services=[service(minimum_age=30, maximum_age=20)]))
    found = directory.records["service"][0].values
    assert (found["minimum_age"], found["maximum_age"]) == (None, None)
    assert [r.field for r in directory.refusals] == ["minimum_age"]


def test_area_without_a_place_is_refused_but_stays_readable(tmp_path: Path) -> None:
    directory = read_json(tmp_path, agency(services=[service(service_areas=[{"id": "a", "name": "near the lake"}])]))
    assert [r.table for r in directory.refusals] == ["service_area"]
    assert directory.records["service"][0].extra["service_areas"] == [{"name": "near the lake"}]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("x.json", "{broken", "x.json is not valid JSON (line 1); correct it or export it again."),
        ("x.json", "[" * 100_000, "x.json is nested too deep to be read; check that it is HSDS."),
        ("x.json", "", "x.json is not valid JSON (line 1); correct it or export it again."),
    ],
)
def test_file_that_is_no_json_is_said_in_a_sentence(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    with pytest.raises(UnreadablePath) as caught:
        read_json(tmp_path, text, name)
    assert str(caught.value) == sentence


def test_path_that_is_not_there_and_folder_without_files_are_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePath, match="There is no file or folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(UnreadablePath, match=r"holds no \.json"):
        read(tmp_path)


def test_mapping_that_is_no_mapping_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "bad_mapping.yaml").write_text("orgs: {key: {model: castles, field: id}}")
    with pytest.raises(UnreadablePath, match="column key of orgs must name a model and a field"):
        read(tmp_path)


def test_document_that_is_no_record_is_refused(tmp_path: Path) -> None:
    directory = read_json(tmp_path, [{"version": "3.0"}, 5])
    assert refusals(directory) == [
        "directory.json:#/0: record: this is none of the objects of HSDS;"
        " it should be an organization, service or location",
        "directory.json:#/1: record: this must be an object",
    ]


def test_property_nested_too_deep_loses_only_itself(tmp_path: Path) -> None:
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    directory = read_json(tmp_path, agency(tree=deep))
    assert sizes(directory) == {"organization": 1}
    assert refusals(directory) == ["directory.json:#: tree: this is nested too deep"]


def test_unknown_code_of_our_own_taxonomy_is_left_out(tmp_path: Path) -> None:
    terms = [
        {"id": code, "taxonomy_term": {"id": code, "code": code, "name": code, "taxonomy": "casework-need"}}
        for code in ("shelter", "castle")
    ]
    directory = read_json(tmp_path, agency(services=[service(attributes=terms)]))
    assert directory.records["service"][0].values["needs"] == ["shelter"]
    assert [(r.field, r.is_row) for r in directory.refusals] == [("needs", False)]


def test_second_phone_of_a_holder_may_use_an_id_again(tmp_path: Path) -> None:
    phone = {"id": "p", "number": "305-555-0101"}
    directory = read_json(tmp_path, [agency(phones=[phone]), agency(id="2", name="Other", phones=[phone])])
    assert len({record.id for record in directory.records["phone"]}) == 2
    assert refusals(directory) == []
