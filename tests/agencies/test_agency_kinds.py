"""Agency kinds: every function and sector that takes part can be selected, routed to and reported."""

import csv
from datetime import date
from pathlib import Path

import pytest

from casework.rulebook import installed
from tips.facts import vocabulary

REFERENCE = Path(__file__).resolve().parents[2] / "agencies" / "reference"
FUNCTIONS = {
    "criminal_enforcement": "Criminal enforcement",
    "labor_enforcement": "Labor enforcement",
    "victim_services": "Victim outreach and services",
    "public_awareness": "Public awareness",
    "education": "Education",
    "trade": "Trade policy and promotion",
    "international_development": "International development and programs",
    "customs_and_immigration": "Customs and immigration",
    "intelligence": "Intelligence",
    "diplomacy": "Diplomacy",
}
SECTORS = {
    "federal": "Federal",
    "state": "State",
    "local": "Local",
    "tribal": "Tribal",
    "private": "Private sector",
    "civil_society": "Civil society",
    "survivors": "Survivors",
    "religious": "Religious communities",
    "academia": "Academia",
}
# Kinds that must be selectable though no row routes to some of them yet (ruling 20).
NAMED = [
    "emergency_dispatch",
    "fusion_center",
    "dos_dss",
    "dos_protocol",
    "cbp",
    "dol_ilab",
    "ustr",
    "international_development",
    "iom",
    "state_labor_department",
    "worker_center",
    "school_district",
    "university",
    "media_office",
    "faith_organization",
    "survivor_led_organization",
    "company",
    "foreign_hotline",
    "adult_protective_services",
]
LAW_ENFORCEMENT = [
    "local_police",
    "state_police",
    "airport_police",
    "tribal_police",
    "bia_ojs",
    "task_force",
    "icac_task_force",
    "fusion_center",
    "fbi",
    "hsi",
    "hsi_ccht",
    "cbp",
    "dos_dss",
    "doj_htpu",
    "irs_ci",
    "fincen",
    "military_investigators",
    "dol_oig",
    "dod_ig",
    "inspector_general",
]
REGULATORS = ["dol_whd", "eeoc", "osha", "state_labor_department"]


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


KINDS = {row["code"]: row for row in rows("agency_kinds.csv")}


@pytest.mark.parametrize(("code", "label"), FUNCTIONS.items())
def test_function_is_selectable_routable_and_reportable(code: str, label: str) -> None:
    assert vocabulary().functions[code] == label
    having = {kind for kind, row in KINDS.items() if code in row["functions"].split(";")}
    offered = {offer.kind for rule in installed().rules for offer in rule.offers}
    # International development has its routed body in the labor department's bureau for goods made abroad.
    assert having & offered


@pytest.mark.parametrize(("code", "label"), SECTORS.items())
def test_sector_is_selectable_and_reportable(code: str, label: str) -> None:
    assert vocabulary().sectors[code] == label
    assert [kind for kind, row in KINDS.items() if code in row["sectors"].split(";")]


def test_kinds_use_only_functions_and_sectors_of_the_vocabulary() -> None:
    for row in KINDS.values():
        assert set(row["functions"].split(";")) <= set(FUNCTIONS)
        assert set(row["sectors"].split(";")) <= {*SECTORS, "international"}
        assert row["label"]
        assert row["source"]


@pytest.mark.parametrize("kind", NAMED)
def test_kind_exists_and_is_selectable(kind: str) -> None:
    assert kind in KINDS
    assert kind in vocabulary().tip["accepted_by"].values
    assert kind in vocabulary().person["declined_kinds"].values


@pytest.mark.parametrize("kind", LAW_ENFORCEMENT)
def test_law_enforcement_for_consent(kind: str) -> None:
    assert KINDS[kind]["law_enforcement_for_consent"] == "yes"


@pytest.mark.parametrize("kind", [*REGULATORS, "emergency_dispatch", "child_protective_services", "ncmec", "hhs_otip"])
def test_regulators_and_protective_bodies_are_not_law_enforcement_for_consent(kind: str) -> None:
    assert KINDS[kind]["law_enforcement_for_consent"] == "no"


def test_bodies_with_an_immigration_enforcement_function() -> None:
    found = {code for code, row in KINDS.items() if row["immigration_enforcement"] == "yes"}
    assert found == {"hsi", "hsi_ccht", "cbp"}


def test_national_agencies_have_a_kind_a_source_a_date_and_a_confidence() -> None:
    agencies = rows("national_agencies.csv")
    assert len({row["code"] for row in agencies}) == len(agencies)
    for row in agencies:
        assert row["kind"] in KINDS
        assert row["source"]
        assert row["confidence"]
        assert date.fromisoformat(row["date"])


@pytest.mark.parametrize(
    ("code", "phone", "confidence"),
    [
        ("hotline_national", "1-888-373-7888", "verified"),
        ("hsi_tip_line_abroad", "1-802-872-6199", "verified"),
        ("hhs_otip", "202-205-4582", "verified"),
        ("eeoc", "1-800-669-4000", "unverified"),
        ("dod_ig", "1-800-424-9098", "unverified"),
        ("doj_civil_rights", "1-888-428-7581", "unverified"),
        ("strong_hearts", "1-844-762-8483", "unverified"),
        ("bia_mmu", "1-833-560-2065", "unverified"),
    ],
)
def test_public_number_says_whether_it_was_verified(code: str, phone: str, confidence: str) -> None:
    row = next(row for row in rows("national_agencies.csv") if row["code"] == code)
    assert (row["phone"], row["confidence"]) == (phone, confidence)


def test_body_without_a_number_claims_none() -> None:
    for row in rows("national_agencies.csv"):
        if not row["phone"] and not row["url"]:
            assert "no number given" in row["confidence"]
