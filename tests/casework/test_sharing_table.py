"""The table of what may be told: complete, without dead rows, and never open where it must be closed."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.sharing import DEFAULT, Region, Table, row_of, table_of
from casework.sharing_rules import SHARING_RULES, installed_table, recipient_group

TABLE = installed_table()
REGIONS = list(TABLE.regions())
OPEN = [region for region in REGIONS if region.row.answer in ("must", "may")]
EVERYTHING = {name: st.sampled_from(values) for name, values in TABLE.factors.items()}
ROW: dict[str, Any] = {"id": "X", "order": 1, "answer": "may", "why": "", "citation": "", "confidence": ""}


def meets(region: Region, **values: str) -> bool:
    """Whether some combination of the region has all of these values; several are divided by a bar."""
    return all(region.box[name] & set(wanted.split("|")) for name, wanted in values.items())


def test_every_combination_is_in_exactly_one_region() -> None:
    assert TABLE.combinations() == 287_400_960
    assert sum(region.size for region in REGIONS) == 287_400_960


@given(st.fixed_dictionaries(EVERYTHING))
def test_the_region_of_a_case_has_the_row_that_decides_it(case: Mapping[str, str]) -> None:
    found = [region for region in REGIONS if all(case[name] in values for name, values in region.box.items())]
    assert [region.row for region in found] == [TABLE.decide(case)]


def test_every_row_decides_something() -> None:
    decided = Counter(region.row.id for region in REGIONS)
    assert {row.id for row in TABLE.rows} | {"DEFAULT"} == set(decided)


def test_every_row_says_whence_it_comes_and_how_sure_it_is() -> None:
    assert all(row.why and row.citation and row.confidence for row in TABLE.rows)


@pytest.mark.parametrize(
    "closed",
    [
        {"accused": "yes"},
        {"level": "relief", "consent": "three_way|spoken|none|withdrawn|refused"},
        {"level": "relief", "recipient": "police|immigration_police|emergency|regulator|hhs|other"},
        {"level": "status", "consent": "three_way|spoken|none|withdrawn|refused"},
        {"level": "intelligence", "recipient": "service|hhs|regulator|certifier|clearinghouse|other"},
        {"level": "lead", "subject": "potential_victim", "danger": "life|ongoing|none"},
        {"level": "lead", "subject": "other"},
        {"level": "lead|identity", "jurisdiction": "elsewhere", "danger": "ongoing|none", "mandate": "unverified|none"},
        {"level": "identity", "consent": "spoken|none", "danger": "ongoing|none", "mandate": "unverified|none"},
        {
            "level": "card|working|identity",
            "consent": "refused|withdrawn",
            "age": "adult",
            "danger": "ongoing|none",
            "mandate": "unverified|none",
        },
        {
            "level": "working|identity",
            "holder_funded": "yes",
            "consent": "spoken|none",
            "subject": "potential_victim|other",
            "age": "adult",
            "danger": "ongoing|none",
            "mandate": "unverified|none",
        },
        {
            "recipient": "police|immigration_police",
            "level": "card|working|identity|lead",
            "told_by": "third_party",
            "age": "adult",
            "vulnerable": "no",
            "third_party_switch": "never|unset",
            "danger": "ongoing|none",
            "subject": "potential_victim",
        },
        {
            "recipient": "immigration_police",
            "level": "card|working|identity|lead",
            "age": "adult",
            "citizenship": "other_or_unknown",
            "immigration_switch": "never|unset",
            "danger": "ongoing|none",
            "subject": "potential_victim",
        },
    ],
    ids=lambda closed: ",".join(closed),
)
def test_no_combination_opens_what_is_closed(closed: dict[str, str]) -> None:
    assert [region.row.id for region in OPEN if meets(region, **closed)] == []


def test_what_must_be_told_stands_on_a_statute_and_a_named_recipient() -> None:
    must = [region for region in REGIONS if region.row.answer == "must"]
    assert {region.row.id for region in must} == {"M01", "M03", "M04"}
    assert all(region.box["recipient"] <= {"child_protection", "police", "hhs", "adult_protection"} for region in must)
    assert all(region.box["subject"] == {"potential_victim"} for region in must)


BASE = {
    "level": "card",
    "subject": "potential_victim",
    "age": "adult",
    "vulnerable": "no",
    "told_by": "self",
    "consent": "none",
    "danger": "none",
    "mandate": "none",
    "jurisdiction": "covers",
    "recipient": "service",
    "accused": "no",
    "citizenship": "other_or_unknown",
    "holder_funded": "no",
    "holder_federal": "no",
    "third_party_switch": "unset",
    "credible_and_unable": "no",
    "immigration_switch": "unset",
}


@pytest.mark.parametrize(
    ("changes", "answer", "row"),
    [
        ({}, "must_not", "DEFAULT"),
        ({"consent": "spoken"}, "may", "A01"),
        ({"consent": "spoken", "level": "working"}, "may", "A01"),
        ({"consent": "spoken", "level": "identity"}, "must_not", "DEFAULT"),
        ({"consent": "written", "level": "identity"}, "may", "A02"),
        ({"consent": "spoken", "holder_funded": "yes"}, "may", "A01"),
        ({"consent": "spoken", "holder_funded": "yes", "level": "working"}, "must_not", "P01"),
        ({"consent": "three_way", "holder_funded": "yes", "level": "working"}, "may", "A01"),
        ({"consent": "refused"}, "must_not", "N01"),
        ({"consent": "refused", "danger": "ongoing"}, "must_not", "N01"),
        ({"consent": "refused", "danger": "life", "recipient": "emergency"}, "may", "D01"),
        ({"consent": "withdrawn", "recipient": "police"}, "must_not", "N02"),
        ({"recipient": "police", "told_by": "third_party"}, "must_not", "N06"),
        ({"recipient": "police", "told_by": "third_party", "third_party_switch": "always"}, "may", "A06"),
        ({"recipient": "emergency", "danger": "life", "accused": "yes"}, "must_not", "S01"),
        ({"recipient": "child_protection", "age": "minor", "mandate": "binds", "level": "identity"}, "must", "M01"),
        ({"recipient": "child_protection", "age": "minor", "mandate": "binds", "consent": "refused"}, "must", "M01"),
        ({"recipient": "child_protection", "age": "minor", "mandate": "unverified"}, "may", "A03"),
        ({"recipient": "hhs", "age": "may_be_minor"}, "may", "A04"),
        ({"recipient": "hhs", "age": "may_be_minor", "holder_federal": "yes", "level": "working"}, "must", "M03"),
        ({"recipient": "immigration_police", "level": "status", "consent": "spoken"}, "must_not", "S08"),
        ({"level": "relief", "consent": "written", "recipient": "immigration_police"}, "must_not", "S03"),
        ({"level": "lead", "subject": "potential_trafficker", "recipient": "police"}, "may", "A08"),
    ],
)
def test_the_table_answers_as_ruled(changes: dict[str, str], answer: str, row: str) -> None:
    found = TABLE.decide({**BASE, **changes})
    assert (found.answer, found.id) == (answer, row)


def test_a_case_that_leaves_a_factor_open_is_refused_and_not_guessed() -> None:
    with pytest.raises(ValueError, match="danger"):
        TABLE.decide({name: value for name, value in BASE.items() if name != "danger"})
    with pytest.raises(ValueError, match="consent"):
        TABLE.decide({**BASE, "consent": "yes"})


@pytest.mark.parametrize(
    "wrong",
    [{"when": {"moon": ["full"]}}, {"when": {"danger": ["some"]}}, {"when": {"danger": []}}, {"answer": "perhaps"}],
)
def test_a_row_that_names_what_does_not_exist_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Row X"):
        row_of({**ROW, "when": {}, **wrong}, TABLE.factors)


def test_without_rows_nothing_is_told() -> None:
    assert Table(TABLE.factors, ()).decide(BASE) is DEFAULT
    assert table_of(TABLE.factors, [{**ROW, "when": {}}]).decide(BASE).answer == "may"


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("emergency_dispatch", "emergency"),
        ("local_police", "police"),
        ("task_force", "police"),
        ("hsi", "immigration_police"),
        ("cbp", "immigration_police"),
        ("child_protective_services", "child_protection"),
        ("adult_protective_services", "adult_protection"),
        ("hhs_otip", "hhs"),
        ("ncmec", "clearinghouse"),
        ("dol_whd", "regulator"),
        ("uscis", "certifier"),
        ("shelter", "service"),
        ("media_office", "other"),
    ],
)
def test_an_agency_kind_stands_in_one_group_of_recipients(kind: str, group: str) -> None:
    assert recipient_group(kind) == group


def test_the_rows_are_as_the_file_has_them() -> None:
    ids = [row["id"] for row in json.loads(SHARING_RULES.read_text(encoding="utf-8"))["rules"]]
    assert len(ids) == len(set(ids)) == len(TABLE.rows)
