"""The 33 rows of the routing table: each fires, just does not fire, and says what it still needs to know."""

from typing import Any

import pytest

from casework.conditions import Compiler, case_of, missing
from casework.rulebook import installed, rulebook_of
from tests.casework.routing_rows import ADULT, EXPECTED_LINES, PRIMARY, ROWS
from tests.casework.stories import BYSTANDER, DECIDED, LABOR, SELF, SEX, Facts, gates, kinds, proposal, rules, story
from tests.casework.stories import clocks as running
from tests.casework.stories import victim as pv


@pytest.mark.parametrize(("row", "facts"), [(row[0], row[1]) for row in ROWS])
def test_row_fires_on_its_signal(row: str, facts: Facts) -> None:
    assert row in rules(proposal(facts))


@pytest.mark.parametrize(("row", "facts"), [(row[0], row[2]) for row in ROWS])
def test_row_does_not_fire_when_one_fact_differs(row: str, facts: Facts) -> None:
    assert row not in rules(proposal(facts))


@pytest.mark.parametrize(("row", "facts", "asked"), [(row[0], row[3], row[4]) for row in ROWS])
def test_row_that_cannot_be_told_names_the_missing_fact(row: str, facts: Facts, asked: str) -> None:
    book = installed()
    rule = next(rule for rule in book.rules if rule.id == row)
    case = case_of(facts)
    assert rule.when.test(case, -1) is None
    assert asked in missing(rule.when, case)
    result = proposal(facts)
    assert row not in rules(result)
    assert asked in result["missing_facts"]


def test_out_of_scope_is_closed_without_urgency_type_or_door() -> None:
    result = proposal(out_of_scope="wrong_number")
    assert rules(result) == ["R32"]
    assert (result["urgency"], result["request_type"], result["door"]) == (None, None, None)
    assert result["agency_kinds"] == result["clocks"] == result["missing_facts"] == []
    assert rules(proposal(out_of_scope="no")) == []
    # The operator says so; nobody is ever asked whether they are a prank.
    assert "out_of_scope" not in proposal({})["missing_facts"]


def test_misconduct_row_fires_on_a_complaint_or_an_accused_agency() -> None:
    assert "R33" in rules(proposal(requests=["complaint"]))
    assert "R33" in rules(proposal(accused_kinds=["cbp"]))
    assert "R33" in rules(proposal(accused_hotline="yes"))
    assert "R33" not in rules(proposal(requests=["report"], accused_kinds=[], accused_hotline="no"))


def test_every_row_of_the_table_is_a_rule_with_source_and_confidence() -> None:
    found = {rule.id: rule for rule in installed().rules}
    assert set(found) == {f"R{number:02}" for number in range(1, 34)} | {"S21", "S24"}
    assert all(rule.source and rule.confidence and rule.reason.endswith(".") for rule in found.values())


@pytest.mark.parametrize(("row", "primary"), PRIMARY.items())
def test_first_unconditional_agency_of_a_row_is_the_one_the_table_names(row: str, primary: str) -> None:
    rule = next(rule for rule in installed().rules if rule.id == row)
    assert next(offer.kind for offer in rule.offers if offer.when is None) == primary


def test_output_has_exactly_the_published_keys() -> None:
    result = proposal(LABOR, BYSTANDER, ADULT)
    assert list(result) == [
        "facts",
        "rules",
        "pillars",
        "urgency",
        "request_type",
        "door",
        "agency_kinds",
        "clocks",
        "gates",
        "withheld",
        "missing_facts",
    ]
    assert list(result["rules"][0]) == ["id", "version", "reason", "source", "confidence"]
    assert list(result["clocks"][0]) == ["id", "why", "holder", "duty"]
    assert list(proposal(danger="life")["agency_kinds"][0]) == ["kind", "order", "rules"]
    assert list(result["withheld"][0]) == ["kind", "why"]


@pytest.mark.parametrize(("row", "facts", "expected"), EXPECTED_LINES)
def test_typical_story_of_a_row_starts_what_the_table_lists(row: str, facts: Facts, expected: set[str]) -> None:
    result = proposal(facts)
    assert row in rules(result)
    assert expected <= set(running(result)) | set(gates(result))


def test_missing_facts_never_ask_for_immigration_status() -> None:
    never = {"citizenship", "immigration_relief", "relief_applicant", "worker_programs", "native"}
    for _, *stories, _ in ROWS:
        for facts in stories:
            asked = {path.rsplit(".", 1)[-1] for path in proposal(facts)["missing_facts"]}
            assert not asked & never


def test_who_only_wants_to_learn_is_asked_nothing() -> None:
    assert proposal(requests=["training"])["missing_facts"] == []
    assert proposal(requests=["statistics", "media"])["missing_facts"] == []
    # A link to the military in a request for training is no situation.
    assert rules(proposal(requests=["training"], dod_link=["person"])) == ["R28"]


def test_link_to_the_country_is_asked_only_of_a_situation_abroad() -> None:
    assert "us_link" not in proposal(LABOR, BYSTANDER, ADULT, location="in_us")["missing_facts"]
    assert "us_link" not in proposal(LABOR, BYSTANDER, ADULT)["missing_facts"]
    assert "us_link" in proposal(LABOR, BYSTANDER, ADULT, location="outside_us")["missing_facts"]


def test_need_within_24_hours_is_asked_until_it_is_a_crisis() -> None:
    assert "help_within_24_hours" in proposal(LABOR, BYSTANDER, ADULT)["missing_facts"]
    assert "help_within_24_hours" not in proposal(LABOR, BYSTANDER, ADULT, danger="life")["missing_facts"]
    assert "help_within_24_hours" not in proposal(LABOR, BYSTANDER, ADULT, help_within_24_hours="no")["missing_facts"]


def test_a_state_says_that_the_situation_is_inside_the_country() -> None:
    assert "location" not in proposal(LABOR, BYSTANDER, ADULT, state="FL")["missing_facts"]
    assert "location" in proposal(LABOR, BYSTANDER, ADULT)["missing_facts"]


def test_facts_left_out_and_unknown_propose_the_same() -> None:
    told = story(LABOR, BYSTANDER, persons=[pv(wants_law_enforcement="unknown", citizenship="unknown")])
    short = story(LABOR, BYSTANDER, persons=[pv()])
    first, second = proposal(told), proposal(short)
    assert {**first, "facts": 0} == {**second, "facts": 0}


def test_two_evaluations_of_the_same_facts_are_equal() -> None:
    facts = story(SEX, BYSTANDER, DECIDED, persons=[pv("minor"), pv(wants_law_enforcement="no")], tribal_land="yes")
    assert proposal(facts) == proposal(facts)


def test_facts_are_not_changed_by_an_evaluation() -> None:
    facts = story(LABOR, SELF, state="FL", persons=[pv()])
    before = repr(facts)
    proposal(facts)
    assert repr(facts) == before


def test_rule_that_names_an_unknown_kind_is_refused() -> None:
    row = {
        "id": "X01",
        "version": 1,
        "status": "in_force",
        "precedence": 1,
        "when": {"fact": "danger", "is": ["life"]},
        "reason": "Danger.",
        "source": "test",
        "confidence": "proposed",
        "kinds": [{"kind": "nobody"}],
        "pillars": [],
        "urgency": "P1",
        "door": "tip",
    }
    frame: dict[str, Any] = {"terms": {}, "gates": {}, "gate_rules": [], "replacements": {}}
    with pytest.raises(ValueError, match="nobody"):
        rulebook_of(frame, [row], [], [])


@pytest.mark.parametrize(
    "condition",
    [
        {"fact": "dangr", "is": ["life"]},
        {"fact": "danger", "is": ["lethal"]},
        {"fact": "person.danger", "is": ["life"]},
        {"term": "nothing"},
        {"perhaps": []},
    ],
)
def test_condition_on_what_does_not_exist_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="condition"):
        Compiler({}).compile(condition)


def test_retired_and_draft_rules_do_not_count() -> None:
    row = {"id": "X", "status": "retired"}
    frame: dict[str, Any] = {"terms": {}, "gates": {}, "gate_rules": [], "replacements": {}}
    assert rulebook_of(frame, [row, {"id": "Y", "status": "draft"}], [], []).rules == ()


def test_several_rules_give_the_union_with_who_asked() -> None:
    result = proposal(LABOR, SELF, ADULT, DECIDED, industries=["domestic_work"], employer_kinds=["private_household"])
    asked = {line["kind"]: line["rules"] for line in result["agency_kinds"]}
    assert asked["dol_whd"] == ["R12", "R08"]
    assert asked["shelter"] == ["R12"]
    assert [line["order"] for line in result["agency_kinds"]] == list(range(1, len(asked) + 1))
    assert kinds(result)[:4] == ["fbi", "hsi", "dol_whd", "doj_htpu"]
