"""What was decided on urgency, walls, the switch on third-party tips and refusals, on stories of one or two persons."""

from typing import Any

import pytest

from tests.casework.stories import (
    BYSTANDER,
    DECIDED,
    LABOR,
    SELF,
    SEX,
    Facts,
    gates,
    held,
    kinds,
    proposal,
    rules,
    story,
)
from tests.casework.stories import victim as pv

LAW_ENFORCEMENT_OF_R08 = {"hsi", "fbi", "doj_htpu", "doj_crt"}


# --- 1 and 30 (a): urgency ---


@pytest.mark.parametrize(
    ("facts", "urgency"),
    [
        ({"danger": "none", "persons": [pv(wants_help="yes", in_contact_now="no")]}, "P2"),
        ({"danger": "none", "persons": [pv(wants_help="yes", in_contact_now="yes")]}, "P1"),
        ({"danger": "none", "persons": [pv(wants_help="yes")]}, "P1"),
        ({"danger": "unknown", "persons": [pv(wants_help="yes", in_contact_now="no")]}, "P1"),
        ({"danger": "ongoing", "persons": [pv(wants_help="yes", in_contact_now="no")]}, "P1"),
        ({"danger": "life", "persons": [pv(wants_help="yes", in_contact_now="no")]}, "P0"),
    ],
)
def test_range_takes_the_first_value_unless_every_named_fact_is_false(facts: Facts, urgency: str) -> None:
    assert proposal(SEX, reporter="service_provider", **facts)["urgency"] == urgency


@pytest.mark.parametrize(
    ("danger", "person", "urgency"),
    [
        ("none", pv("13_to_17", missing="yes", with_trafficker_now="no"), "P1"),
        ("none", pv("13_to_17", missing="yes", with_trafficker_now="yes"), "P0"),
        ("none", pv("13_to_17", missing="yes"), "P0"),
        ("none", pv("under_13", missing="yes", with_trafficker_now="no"), "P0"),
        ("none", pv("minor", missing="yes", with_trafficker_now="no"), "P0"),
        ("life", pv("13_to_17", missing="yes", with_trafficker_now="no"), "P0"),
        ("ongoing", pv("13_to_17", missing="yes", with_trafficker_now="no"), "P1"),
        ("none", pv("18_to_20", missing="yes", with_trafficker_now="no"), "P1"),
    ],
)
def test_missing_person_is_p0_with_danger_under_13_or_seen_with_a_trafficker(
    danger: str, person: Facts, urgency: str
) -> None:
    assert proposal(reporter="relative", danger=danger, persons=[person])["urgency"] == urgency


def test_reporter_who_is_the_person_counts_as_in_contact_now() -> None:
    assert proposal(SEX, SELF, persons=[pv()])["urgency"] == "P1"


def test_most_urgent_rule_gives_the_urgency() -> None:
    result = proposal(LABOR, BYSTANDER, DECIDED, persons=[pv("13_to_17", citizenship="foreign_national")])
    assert (rules(result), result["urgency"]) == (["R03", "R25"], "P1")


# --- 2: walls and danger ---


def test_emergency_centre_comes_first_when_life_is_in_danger() -> None:
    result = proposal(SEX, SELF, danger="life", persons=[pv(wants_help="yes")])
    assert kinds(result)[:2] == ["emergency_dispatch", "local_police"]


def test_accused_police_leave_the_emergency_centre_its_neighbour_and_the_state_police() -> None:
    result = proposal(SEX, SELF, danger="life", accused_kinds=["local_police"], persons=[pv(wants_help="yes")])
    assert kinds(result)[:3] == ["emergency_dispatch", "emergency_dispatch_neighbor", "state_police"]
    assert "local_police" not in kinds(result)
    assert "walled off" in held(result)["local_police"]
    assert {"EMERGENCY-MINIMUM", "WALL"} <= set(gates(result))


def test_accused_emergency_centre_is_not_offered_but_its_neighbour_is() -> None:
    result = proposal(danger="life", accused_kinds=["emergency_dispatch"], reporter="community_member")
    assert kinds(result)[:2] == ["emergency_dispatch_neighbor", "state_police"]
    assert "emergency_dispatch" in held(result)


def test_accused_agency_is_withheld_even_where_no_rule_names_it() -> None:
    result = proposal(requests=["complaint"], accused_kinds=["usda"])
    assert kinds(result) == ["inspector_general", "internal_affairs", "doj_crt"]
    assert list(held(result)) == ["usda"]


def test_accused_inspector_general_is_walled_off_too() -> None:
    result = proposal(requests=["complaint"], accused_kinds=["inspector_general"])
    assert kinds(result) == ["internal_affairs", "doj_crt"]


def test_state_police_stand_in_for_accused_local_police() -> None:
    result = proposal(SEX, BYSTANDER, DECIDED, accused_kinds=["local_police"], persons=[pv()])
    assert "state_police" in kinds(result)
    assert "local_police" not in kinds(result)


def test_stand_in_for_accused_police_is_held_back_like_them() -> None:
    result = proposal(SEX, SELF, accused_kinds=["local_police"], persons=[pv(wants_help="yes")])
    assert "state_police" not in kinds(result)


def test_danger_to_life_beats_a_refusal_for_the_emergency_centre_only() -> None:
    result = proposal(LABOR, SELF, danger="life", persons=[pv(wants_law_enforcement="no")])
    assert kinds(result)[0] == "emergency_dispatch"
    assert not {"local_police", "fbi", "hsi"} & set(kinds(result))
    assert "prosecution" not in result["pillars"]


def test_refusal_stands_in_a_dangerous_situation_that_goes_on() -> None:
    result = proposal(LABOR, SELF, danger="ongoing", persons=[pv(wants_law_enforcement="no")])
    assert "emergency_dispatch" not in kinds(result)
    assert set(held(result)) == LAW_ENFORCEMENT_OF_R08


# --- 3: third-party tips about adults ---


def adult_tip(**facts: Any) -> dict[str, Any]:
    return proposal(story(SEX, BYSTANDER, persons=[pv()]) | facts)


@pytest.mark.parametrize("switch", ["unset", "never", "consent_only", "credible_and_unable"])
def test_third_party_tip_about_an_adult_goes_to_no_law_enforcement(switch: str) -> None:
    result = adult_tip(third_party_switch=switch)
    assert set(held(result)) == {"task_force", "local_police", "fbi"}
    assert kinds(result) == []
    assert all("ruling 3" in sentence for sentence in held(result).values())
    assert result["pillars"] == []


def test_switch_left_out_asks_for_a_supervisor_as_unset_does() -> None:
    assert "SUPERVISOR" in gates(adult_tip())
    assert "SUPERVISOR" in gates(adult_tip(third_party_switch="unset"))
    assert "SUPERVISOR" not in gates(adult_tip(third_party_switch="never"))


def test_always_proposes_law_enforcement() -> None:
    result = adult_tip(third_party_switch="always")
    assert kinds(result) == ["task_force", "local_police", "fbi"]
    assert result["pillars"] == ["prosecution"]


def test_consent_only_needs_the_persons_yes() -> None:
    assert "fbi" in kinds(adult_tip(third_party_switch="consent_only", persons=[pv(wants_law_enforcement="yes")]))
    result = adult_tip(third_party_switch="consent_only")
    assert "persons[0].wants_law_enforcement" in result["missing_facts"]


def test_never_holds_back_even_with_a_yes() -> None:
    result = adult_tip(third_party_switch="never", persons=[pv(wants_law_enforcement="yes")])
    assert {"task_force", "local_police", "fbi"} <= set(held(result))


def test_credible_and_unable_is_decided_by_two_people() -> None:
    undecided = adult_tip(third_party_switch="credible_and_unable")
    assert "TWO-PEOPLE" in gates(undecided)
    refused = adult_tip(third_party_switch="credible_and_unable", credible_and_unable="no")
    assert "fbi" in held(refused)
    decided = adult_tip(third_party_switch="credible_and_unable", credible_and_unable="yes")
    assert kinds(decided) == ["task_force", "local_police", "fbi"]


def test_switch_covers_every_row_that_proposes_law_enforcement() -> None:
    result = adult_tip(exploitation=["labor"], tribal_land="yes", venues=["port"], dod_link=["base"])
    assert rules(result) == ["R16", "R15", "R18", "R08"]
    assert not {"tribal_police", "bia_ojs", "dod_ig", "military_investigators", "state_police"} & set(kinds(result))
    assert {"dol_whd", "native_helpline"} <= set(kinds(result))


@pytest.mark.parametrize(
    "facts",
    [
        {"danger": "life"},
        {"persons": [pv(), pv("may_be_minor")]},
        {"persons": [pv(vulnerable_adult="yes")]},
        {"reporter": "representative"},
        {"reporter": "relative", "victim_takes_part": "yes"},
    ],
)
def test_switch_does_not_reach_danger_minors_vulnerable_adults_or_the_persons_own_side(facts: Facts) -> None:
    result = proposal(story(LABOR, BYSTANDER, persons=[pv()]) | facts)
    assert "fbi" in kinds(result)


@pytest.mark.parametrize("reporter", ["relative", "friend", "professional", "law_enforcement", "service_provider"])
def test_everybody_else_is_a_third_party(reporter: str) -> None:
    assert "fbi" in held(adult_tip(reporter=reporter))


def test_age_unknown_but_judged_adult_falls_under_the_switch() -> None:
    assert "fbi" in held(adult_tip(persons=[pv("judged_adult")]))


def test_unknown_reporter_is_held_back_and_asked_for() -> None:
    result = proposal(LABOR, persons=[pv()], danger="none")
    assert "fbi" in held(result)
    assert "reporter" in result["missing_facts"]


def test_unknown_age_is_held_back_and_asked_for() -> None:
    result = proposal(BYSTANDER, exploitation=["organ_removal"], persons=[pv("unknown")])
    assert "fbi" in held(result)
    assert "persons[0].age" in result["missing_facts"]


def test_missing_person_and_traveller_are_not_held_back_by_the_switch() -> None:
    missing = adult_tip(persons=[pv("18_to_20", missing="yes")])
    assert {"kind": "local_police", "order": 1, "rules": ["R04"]} in missing["agency_kinds"]
    assert {"task_force", "fbi"} == set(held(missing))
    traveller = adult_tip(exploitation=["unclear"], venues=["aircraft"])
    assert kinds(traveller)[:2] == ["transport_company", "airport_police"]


# --- 8: a person who declines ---


def test_adult_who_declines_law_enforcement_gets_the_provider_first() -> None:
    result = proposal(LABOR, SELF, DECIDED, persons=[pv(wants_law_enforcement="no")])
    assert kinds(result) == ["victim_service_provider", "legal_aid", "dol_whd", "state_labor_department"]
    assert set(held(result)) == LAW_ENFORCEMENT_OF_R08
    assert result["pillars"] == ["protection"]


def test_adult_may_decline_one_agency_or_one_function() -> None:
    one = proposal(LABOR, SELF, DECIDED, persons=[pv(declined_kinds=["hsi"])])
    assert list(held(one)) == ["hsi"]
    function = proposal(LABOR, SELF, DECIDED, persons=[pv(declined_functions=["labor_enforcement"])])
    assert set(held(function)) == {"dol_whd", "state_labor_department"}
    assert "fbi" in kinds(function)


def test_refusal_binds_only_the_person_who_refused() -> None:
    result = proposal(LABOR, SELF, DECIDED, persons=[pv(wants_law_enforcement="no"), pv(wants_law_enforcement="yes")])
    assert "fbi" in kinds(result)
    assert "LEFT-OUT" in gates(result)


def test_refusal_of_one_holds_while_the_others_have_not_spoken() -> None:
    result = proposal(LABOR, SELF, DECIDED, persons=[pv(wants_law_enforcement="no"), pv()])
    assert set(held(result)) == LAW_ENFORCEMENT_OF_R08


def test_mandate_for_a_child_goes_ahead_without_the_adult_who_refused() -> None:
    result = proposal(SEX, SELF, persons=[pv(wants_law_enforcement="no"), pv("13_to_17")])
    assert {"local_police", "fbi"} <= set(kinds(result))
    assert "LEFT-OUT" in gates(result)


def test_refusal_stands_against_the_switch_always() -> None:
    result = proposal(SEX, BYSTANDER, DECIDED, persons=[pv(wants_law_enforcement="no")])
    assert set(held(result)) == {"task_force", "local_police", "fbi"}
    assert kinds(result) == ["victim_service_provider"]


def test_minors_refusal_is_heard_and_the_mandate_stands() -> None:
    result = proposal(SEX, SELF, persons=[pv("13_to_17", wants_law_enforcement="no", citizenship="us_citizen")])
    assert "local_police" in kinds(result)
    assert "MINOR-HEARD" in gates(result)


def test_minors_refusal_without_mandate_or_danger_goes_to_the_supervisor() -> None:
    facts = story(SELF, exploitation=["forced_marriage"], persons=[pv("13_to_17", wants_law_enforcement="no")])
    result = proposal(facts)
    assert {"fbi", "hsi"} == set(held(result))
    assert "SUPERVISOR" in gates(result)
    assert "fbi" in kinds(proposal(facts, danger="ongoing"))
