"""What was decided on places, consent, questions from outside, immigration and the absence of coercion."""

import pytest

from tests.casework.stories import (
    BYSTANDER,
    DECIDED,
    LABOR,
    SELF,
    SEX,
    Facts,
    clocks,
    gates,
    held,
    kinds,
    proposal,
    rules,
    story,
)
from tests.casework.stories import victim as pv

# --- 10: contractors, Defense, abroad ---


def test_contractor_defense_and_abroad_may_fire_together() -> None:
    employers = ["federal_contractor", "dod_contractor"]
    result = proposal(LABOR, SELF, persons=[pv()], employer_kinds=employers, location="outside_us", us_link="yes")
    assert rules(result) == ["R15", "R14", "R19"]


def test_defense_contractor_is_not_another_agencys_contractor() -> None:
    result = proposal(LABOR, SELF, persons=[pv()], employer_kinds=["dod_contractor"])
    assert rules(result) == ["R15", "R08"]


def test_domestic_rows_stay_silent_abroad() -> None:
    result = proposal(LABOR, SELF, persons=[pv("13_to_17")], location="outside_us", us_link="no")
    assert rules(result) == ["R20"]
    assert not {"CLK-01", "CLK-09"} & set(clocks(result))


# --- 11, 22: consent ---


def test_written_consent_binds_funded_holders() -> None:
    facts = story(LABOR, SELF, persons=[pv()])
    assert "GATE-19" in gates(proposal(facts, holder_funding=["voca"]))
    assert "GATE-19" in gates(proposal(facts))
    assert "GATE-19" not in gates(proposal(facts, holder_funding=["none"]))


def test_yes_through_a_companion_does_not_count() -> None:
    person = pv(wants_law_enforcement="yes", wants_help="yes", wishes_heard="companion")
    result = proposal(SEX, SELF, persons=[person])
    assert "task_force" in held(result)
    assert "COMPANION" in gates(result)
    heard = proposal(SEX, SELF, persons=[person | {"wishes_heard": "interpreter"}])
    assert "task_force" in kinds(heard)


def test_no_through_a_companion_does_not_count_either() -> None:
    result = proposal(LABOR, SELF, DECIDED, persons=[pv(wants_law_enforcement="no", wishes_heard="companion")])
    assert "fbi" in kinds(result)


def test_guardian_in_control_cannot_consent() -> None:
    assert "CONTROLLER" in gates(proposal(LABOR, SELF, persons=[pv(controlled_by_guardian="yes")]))
    assert "CONTROLLER" not in gates(proposal(LABOR, SELF, persons=[pv()]))


def test_withdrawn_consent_is_shown_at_once() -> None:
    assert "WITHDRAWN" in gates(proposal(LABOR, SELF, persons=[pv(consent="withdrawn")]))
    assert "WITHDRAWN" not in gates(proposal(LABOR, SELF, persons=[pv(consent="written")]))


def test_spoken_yes_is_enough_for_the_card_of_a_funded_holder() -> None:
    result = proposal(LABOR, SELF, persons=[pv(consent="spoken")], holder_funding=["vawa"])
    gate = next(line for line in result["gates"] if line["id"] == "GATE-19")
    assert "enough for the card" in gate["why"]


# --- 18, 26, 30 (l): asked from outside ---


def test_subpoena_starts_review_and_proposes_nobody() -> None:
    result = proposal(requests=["subpoena"], reporter="other")
    assert {"GATE-20", "LEGAL-REVIEW"} <= set(gates(result))
    assert (kinds(result), result["urgency"]) == ([], None)


def test_persons_own_request_checks_identity_first() -> None:
    result = proposal(requests=["own_record"])
    assert gates(result) == ["IDENTITY-CHECK"]
    assert "INCIDENT" in gates(proposal(requests=["privacy_incident"]))


# --- 19: reports made to harm ---


def test_report_made_to_harm_is_read_by_a_supervisor_first() -> None:
    result = proposal(SEX, BYSTANDER, DECIDED, persons=[pv()], seems_made_to_harm="yes")
    assert set(held(result)) == {"task_force", "local_police", "fbi"}
    assert "SUPERVISOR" in gates(result)


def test_report_of_origin_or_looks_alone_is_non_actionable() -> None:
    result = proposal(SEX, BYSTANDER, out_of_scope="only_origin_or_looks", indicator_level="high")
    assert (rules(result), kinds(result), clocks(result)) == (["R32"], [], {})


# --- 21: vulnerable adults ---


def test_vulnerable_adult_brings_adult_protective_services() -> None:
    result = proposal(LABOR, BYSTANDER, persons=[pv(vulnerable_adult="yes")])
    assert "adult_protective_services" in kinds(result)
    assert "adult_protective_services" not in kinds(proposal(LABOR, BYSTANDER, persons=[pv(vulnerable_adult="no")]))


# --- 23, 30 (e), (f): immigration ---


@pytest.mark.parametrize(
    ("facts", "proposed"),
    [
        ({}, False),
        ({"immigration_switch": "unset"}, False),
        ({"immigration_switch": "never"}, False),
        ({"immigration_switch": "consent_only"}, False),
        ({"immigration_switch": "as_other_law_enforcement"}, True),
    ],
)
def test_immigration_switch_covers_adults_who_may_be_non_citizens(facts: Facts, proposed: bool) -> None:
    result = proposal(LABOR, SELF, persons=[pv()], **facts)
    assert ("hsi" in kinds(result)) is proposed
    assert ("NO-STATUS" in gates(result)) is proposed
    assert "fbi" in kinds(result)


def test_next_competent_body_moves_up_where_the_switch_bars_one() -> None:
    result = proposal(LABOR, SELF, persons=[pv()], immigration_switch="never")
    assert kinds(result)[0] == "fbi"
    assert "ruling 23" in held(result)["hsi"]


def test_own_yes_opens_the_immigration_switch_consent_only() -> None:
    agreed = pv(agrees_to_immigration_body="yes")
    assert "hsi" in kinds(proposal(LABOR, SELF, persons=[agreed], immigration_switch="consent_only"))
    asked = proposal(LABOR, SELF, persons=[pv()], immigration_switch="consent_only")
    assert "persons[0].agrees_to_immigration_body" in asked["missing_facts"]


def test_immigration_switch_leaves_known_citizens_and_minors_alone() -> None:
    assert "hsi" in kinds(proposal(LABOR, SELF, persons=[pv(citizenship="us_citizen")]))
    assert "hsi" not in kinds(proposal(LABOR, SELF, persons=[pv(citizenship="lawful_permanent_resident")]))
    assert "hsi" in kinds(proposal(LABOR, BYSTANDER, persons=[pv("13_to_17")]))


def test_child_of_whom_nothing_else_is_told_is_still_a_child() -> None:
    result = proposal(online_child_material=["imagery"], reporter="online_provider")
    assert {"icac_task_force", "fbi", "hsi"} <= set(kinds(result))


def test_continued_presence_is_proposed_on_the_persons_own_wish() -> None:
    wish = pv(immigration_relief=["continued_presence"])
    result = proposal(SELF, persons=[wish], immigration_switch="never")
    assert {"hsi_ccht", "hsi"} <= set(kinds(result))
    without = proposal(SELF, persons=[pv(immigration_relief=["t_status"])], immigration_switch="never")
    assert not {"hsi_ccht", "hsi"} & set(kinds(without))


def test_unknown_status_fires_both_rows_for_minors_and_says_so() -> None:
    result = proposal(SEX, BYSTANDER, persons=[pv("13_to_17")])
    reasons = {rule["id"]: rule["reason"] for rule in result["rules"]}
    assert set(reasons) == {"R02", "R03"}
    assert all(reason.endswith("Status unknown, not asked.") for reason in reasons.values())


def test_known_status_fires_one_row_for_minors() -> None:
    assert rules(proposal(SEX, BYSTANDER, persons=[pv("13_to_17", citizenship="us_citizen")])) == ["R02"]
    assert rules(proposal(SEX, BYSTANDER, persons=[pv("13_to_17", citizenship="foreign_national")])) == ["R03"]


# --- 24, 30 (i): no force, fraud or coercion; forced criminality ---


@pytest.mark.parametrize("reporter", ["potential_victim", "community_member", "defense_counsel"])
def test_without_coercion_no_law_enforcement_and_no_licensing_body(reporter: str) -> None:
    result = proposal(
        DECIDED,
        reporter=reporter,
        danger="none",
        exploitation=["commercial_sex"],
        force_fraud_coercion="no",
        venues=["massage_business"],
        persons=[pv()],
    )
    assert rules(result) == ["R23", "R31"]
    assert kinds(result) == ["victim_service_provider"]
    assert {"licensing_body", "hsi", "task_force", "local_police", "irs_ci", "fincen"} == set(held(result))
    assert result["pillars"] == ["protection"]


@pytest.mark.parametrize(
    "facts",
    [{"persons": [pv(wants_law_enforcement="yes")]}, {"danger": "life"}, {"persons": [pv(), pv("13_to_17")]}],
)
def test_wish_danger_or_a_minor_lifts_the_bar_of_no_coercion(facts: Facts) -> None:
    told = story(SELF, DECIDED, exploitation=["commercial_sex"], force_fraud_coercion="no", persons=[pv()])
    result = proposal(told | {"venues": ["massage_business"]} | facts)
    assert {"licensing_body", "task_force"} <= set(kinds(result))


def test_defence_counsel_comes_first_for_who_did_the_acts() -> None:
    facts = story(exploitation=["forced_criminality"], persons=[pv(did_criminal_acts="yes")])
    for reporter in ("potential_victim", "defense_counsel", "representative"):
        assert kinds(proposal(facts, reporter=reporter))[0] == "defense_counsel"
    assert kinds(proposal(facts, DECIDED, reporter="community_member"))[0] == "fbi"


def test_defence_counsel_leads_other_rows_too() -> None:
    result = proposal(
        SELF, DECIDED, exploitation=["forced_criminality", "labor"], force_fraud_coercion="yes", persons=[pv()]
    )
    assert rules(result) == ["R24", "R08"]
    assert kinds(result)[0] == "defense_counsel"


# --- 30 (b): the Prosecution pillar ---


def test_prosecution_opens_when_law_enforcement_is_proposed_whichever_row_fired() -> None:
    told = story(SEX, SELF, persons=[pv(wants_help="yes", wants_law_enforcement="yes")])
    assert proposal(told)["pillars"] == ["protection", "prosecution"]
    silent = story(SEX, SELF, persons=[pv(wants_help="yes")])
    assert proposal(silent)["pillars"] == ["protection"]
    assert "persons[0].wants_law_enforcement" in proposal(silent)["missing_facts"]


def test_wish_to_join_a_task_force_opens_no_prosecution() -> None:
    result = proposal(requests=["task_force"])
    assert "task_force" in kinds(result)
    assert result["pillars"] == ["partnership"]


def test_regulators_are_not_held_back_as_law_enforcement() -> None:
    result = proposal(LABOR, SELF, persons=[pv(wants_law_enforcement="no")])
    assert {"dol_whd", "state_labor_department"} <= set(kinds(result))


def test_wall_of_relief_applicants_closes_even_the_existence() -> None:
    assert "GATE-27" in gates(proposal(LABOR, SELF, persons=[pv(relief_applicant="yes")]))
    assert "GATE-27" not in gates(proposal(LABOR, SELF, persons=[pv()]))
