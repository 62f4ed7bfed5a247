"""Parsers of single values, places and words; whatever they meet, they answer or say why not."""

import json
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.hsds import places, read, terms, values
from agencies.hsds.records import BadValue, stable_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Broward County; Collier County", [("county", "FL", "Broward"), ("county", "FL", "Collier")]),
        ("Fulton County, GA", [("county", "GA", "Fulton")]),
        (
            "Lee, Polk and Saint Lucie Counties",
            [("county", "FL", "Lee"), ("county", "FL", "Polk"), ("county", "FL", "St. Lucie")],
        ),
        ("Orleans Parish, Louisiana", [("county", "LA", "Orleans")]),
        ("Statewide", [("state", "FL", "")]),
        ("State of Georgia", [("state", "GA", "")]),
        ("Texas (statewide)", [("state", "TX", "")]),
        ("Nationwide", [("country", "", "")]),
        ("Worldwide", [("worldwide", "", "")]),
        ("33101", [("zip", "FL", "")]),
        ("Navajo Nation, AZ", [("tribal", "AZ", "")]),
    ],
)
def test_areas_are_read_as_places(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(a.kind, a.state, a.county) for a in places.areas(text, state="FL")] == expected


@pytest.mark.parametrize("text", ["Broward County", "Statewide", "near the lake", "City of Tampa"])
def test_areas_that_name_no_place_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        places.areas(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 Main Street, Suite 2, Miami, FL 33101", ("1 Main Street, Suite 2", "Miami", "FL", "33101")),
        ("Fort Pierce, FL", (None, "Fort Pierce", "FL", None)),
        ("State: <b>IL</b>,", (None, None, "IL", None)),
        ("FL 32955", (None, None, "FL", "32955")),
    ],
)
def test_addresses_are_taken_apart(text: str, expected: tuple[str | None, ...]) -> None:
    found = places.address(text)
    assert tuple(found.get(k) for k in ("address_1", "city", "state_province", "postal_code")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(305) 555-0101", ("305-555-0101", "")),
        ("1-305-555-0101 ext. 12", ("305-555-0101", "12")),
        ('"+44 1234 234567"', ("+44 1234 234567", "")),
        ("9-1-1", ("911", "")),
        ("233733", ("233733", "")),
    ],
)
def test_phone_numbers_read_as_they_are_dialled(text: str, expected: tuple[str, str]) -> None:
    assert values.phone(text) == expected


@pytest.mark.parametrize("text", ["7274-821-0726", "call us", "", "555-0101"])
def test_phone_numbers_that_nobody_can_dial_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        values.phone(text)


def test_times_lose_their_offset_and_the_offset_names_a_zone() -> None:
    assert values.clock_time("10:00Z") == time(10, 0)
    assert [values.offset_zone(t) for t in ("10:00Z", "10:00-05:00", "10:00+05:30", "10:00")] == [
        "UTC",
        "Etc/GMT+5",
        "",
        "",
    ]
    assert [values.zone(z) for z in (-5, "3", 0, "America/Chicago")] == [
        "Etc/GMT+5",
        "Etc/GMT-3",
        "UTC",
        "America/Chicago",
    ]


@pytest.mark.parametrize(
    ("name", "description", "kind", "expected"),
    [
        ("Emergency Shelter", "", "", ["emergency_shelter", "shelter"]),
        ("Housing", "Representation of tenants in court", "legal_aid", ["legal"]),
        ("Immigration", "", "legal_aid", ["immigration_legal", "legal"]),
        ("Food pantry", "Ask also about our counseling", "", ["basic_needs"]),
        ("Tuesday group", "Counseling in a group", "", ["mental_health"]),
        ("Shelterbelt planting", "", "", ["other"]),
        ("Night response", "Rescue at night", "local_police", ["extraction"]),
        ("Interpreters by phone", "", "", ["language"]),
    ],
)
def test_needs_are_told_by_words_and_bounded_by_the_kind(
    name: str, description: str, kind: str, expected: list[str]
) -> None:
    assert terms.needs(name, [], description, kind=kind) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Example Police Department", "local_police"),
        ("Example Tribal Police", "tribal_police"),
        ("Example Legal Services, Inc.", "legal_aid"),
        ("Example Youth Shelter", "youth_shelter"),
        ("Example Organization Inc.", "community_organization"),
    ],
)
def test_kind_is_told_by_the_name(name: str, expected: str) -> None:
    assert terms.kind(name, "") == expected


def test_need_codes_are_these() -> None:
    assert sorted(terms.known_needs()) == [
        "basic_needs",
        "benefits",
        "case_management",
        "education",
        "emergency_shelter",
        "employment",
        "extraction",
        "immigration_legal",
        "language",
        "legal",
        "medical",
        "mental_health",
        "other",
        "safety_planning",
        "shelter",
        "transportation",
    ]


# Properties.

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PARSERS = [
    values.clean, values.email, values.url, values.number, values.count, values.age, values.day, values.moment,
    values.clock_time, values.zone, values.weekdays, values.status, values.place_kind, values.phone_kind, values.phone,
    values.words, values.country, places.areas, places.address,
]  # fmt: skip


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(value=ANYTHING | st.from_regex(r"[\d:+\-TZ ]{1,20}"))
def test_parser_answers_or_says_why_not_whatever_it_meets(parse: Any, value: Any) -> None:
    try:
        parse(value)
    except BadValue as problem:
        assert str(problem)  # noqa: PT017 - either answer is right


RECORD_NAMES = [
    "id", "name", "description", "status", "services", "phones", "locations", "addresses", "organization", "contents",
    "organization_id", "attributes", "taxonomy_term", "minimum_age", "languages", "schedules", "service_areas",
]  # fmt: skip
NESTED = st.lists(
    st.dictionaries(st.sampled_from(["id", "name", "number", "phones", "status"]), ANYTHING, max_size=3), max_size=2
)


@given(content=st.lists(st.dictionaries(st.sampled_from(RECORD_NAMES), ANYTHING | NESTED, max_size=6), max_size=4))
def test_any_json_is_read_or_refused_and_never_breaks(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    path = tmp_path_factory.mktemp("any") / "any.json"
    path.write_text(json.dumps(content), encoding="utf-8", errors="surrogatepass")
    directory = read(path)
    assert all(refusal.reason for refusal in directory.refusals)
    json.dumps([r.extra for records in directory.records.values() for r in records], allow_nan=False)


@given(key=st.text(min_size=1))
def test_ids_are_the_same_each_time_and_apart_by_source(key: str) -> None:
    first = stable_id("service", key, source="a")
    assert first == stable_id("service", key, source="a")
    is_uuid = first == stable_id("service", key, source="b")
    assert not is_uuid or str(first) == key.lower()
