"""What was decided on clocks, duties and request types."""

import pytest

from tests.casework.stories import BYSTANDER, LABOR, SELF, SEX, Facts, clocks, gates, proposal, rules, story, why
from tests.casework.stories import victim as pv

# --- 4 to 6, 9: clocks ---


def test_clock_needs_its_own_trigger_not_a_row_that_lists_it() -> None:
    result = proposal(SEX, BYSTANDER, persons=[pv("13_to_17", citizenship="us_citizen", in_care="no")])
    assert rules(result) == ["R02"]
    assert not {"CLK-01", "CLK-05", "CLK-12"} & set(clocks(result))


@pytest.mark.parametrize("age", ["21_or_over", "adult", "judged_adult", "18_to_20", "unknown"])
def test_children_clocks_need_a_person_who_may_be_under_18(age: str) -> None:
    result = proposal(LABOR, BYSTANDER, persons=[pv(age, citizenship="foreign_national")])
    assert not {"CLK-01", "CLK-09", "CHK-04"} & set(clocks(result))


@pytest.mark.parametrize(
    ("citizenship", "starts"),
    [
        ("us_citizen", False),
        ("lawful_permanent_resident", False),
        ("foreign_national", True),
        ("unknown", True),
    ],
)
def test_notice_to_hhs_starts_unless_citizen_or_resident_is_known(citizenship: str, starts: bool) -> None:
    result = proposal(SEX, BYSTANDER, persons=[pv("may_be_minor", citizenship=citizenship)])
    assert ("CLK-01" in clocks(result)) is starts


def test_unknown_status_is_shown_as_an_assumption_and_never_asked() -> None:
    result = proposal(SEX, BYSTANDER, persons=[pv("13_to_17")])
    assert "Status unknown, not asked" in why(result, "CLK-01")
    assert "persons[0].citizenship" not in result["missing_facts"]
    known = proposal(SEX, BYSTANDER, persons=[pv("13_to_17", citizenship="foreign_national")])
    assert "Status unknown" not in why(known, "CLK-01")


def test_clock_of_another_body_is_information() -> None:
    result = proposal(SEX, BYSTANDER, persons=[pv("13_to_17")])
    assert clocks(result)["CLK-01"] == "theirs"
    assert "Information" in why(result, "CLK-01")
    assert clocks(result)["CLK-09"] == "ours"


def test_duty_is_ours_when_the_installation_took_it_on() -> None:
    result = proposal(SEX, BYSTANDER, persons=[pv("13_to_17")], binding_duties=["CLK-01"])
    assert clocks(result)["CLK-01"] == "ours"


def test_duty_goes_to_the_inbox_of_the_holder_who_accepted() -> None:
    facts = story(SEX, BYSTANDER, persons=[pv("13_to_17")], binding_duties=["CLK-01"])
    result = proposal(facts, accepted_by=["local_police"])
    assert clocks(result)["CLK-01"] == "theirs"
    assert "inbox" in why(result, "CLK-01")
    other = proposal(facts, accepted_by=["victim_service_provider"])
    assert clocks(other)["CLK-01"] == "ours"


def test_crisis_clock_starts_on_every_crisis_and_on_nothing_else() -> None:
    assert "CLK-12" in clocks(proposal(danger="life"))
    assert "CLK-12" in clocks(proposal(SELF, persons=[pv(needs=["emergency_shelter"])]))
    assert "CLK-12" in clocks(proposal(LABOR, SELF, persons=[pv()], help_within_24_hours="yes"))
    assert "CLK-12" not in clocks(proposal(LABOR, SELF, persons=[pv()]))


def test_supervisor_line_starts_on_crisis_tip_or_indicators() -> None:
    assert "CLK-13" in clocks(proposal(danger="life"))
    assert "CLK-13" in clocks(proposal(SEX, BYSTANDER, persons=[pv()]))
    risk = story(SELF, exploitation=["none"], other_concerns=["domestic_violence"], persons=[pv()])
    assert "CLK-13" not in clocks(proposal(risk))
    assert "CLK-13" in clocks(proposal(risk, indicator_level="moderate"))
    assert "CLK-13" not in clocks(proposal(risk, indicator_level="none"))


def test_missing_under_21_starts_the_two_hours_of_the_police() -> None:
    assert "CLK-07" in clocks(proposal(BYSTANDER, persons=[pv("18_to_20", missing="yes")]))
    assert "CLK-07" not in clocks(proposal(BYSTANDER, persons=[pv("21_or_over", missing="yes")]))


def test_report_that_the_police_refused_is_no_receipt() -> None:
    result = proposal(BYSTANDER, persons=[pv("13_to_17", missing="yes", police_report="refused")])
    assert "CLK-07" not in clocks(result)
    assert "POLICE-REFUSED" in gates(result)
    taken = proposal(BYSTANDER, persons=[pv("13_to_17", missing="yes", police_report="received")])
    assert "CLK-07" in clocks(taken)
    assert "POLICE-REFUSED" not in gates(taken)


def test_foster_care_duty_is_under_18_or_as_the_state_extends_it() -> None:
    young = pv("13_to_17", missing="yes", in_care="yes")
    grown = pv("18_to_20", missing="yes", in_care="yes")
    assert "CLK-06" in clocks(proposal(BYSTANDER, persons=[young]))
    assert "CLK-06" not in clocks(proposal(BYSTANDER, persons=[grown]))
    assert "CLK-06" in clocks(proposal(BYSTANDER, persons=[grown], state_extends_care="yes"))
    assert "CLK-06" not in clocks(proposal(BYSTANDER, persons=[young | {"in_care": "no"}]))


def test_state_without_a_verified_row_says_so() -> None:
    facts = story(SEX, BYSTANDER, persons=[pv("13_to_17")], state="FL")
    assert "STATE-ROW" in gates(proposal(facts))
    assert "no verified row" in why(proposal(facts), "CLK-09")
    assert "STATE-ROW" not in gates(proposal(facts, state_rule_verified="yes"))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ("interim_letter_issued", "CLK-02"),
        ("interim_letter_issued", "CLK-03"),
        ("continued_presence_granted", "CLK-15"),
        ("u_certification_signed", "CLK-17"),
        ("t_declaration_requested", "CHK-16"),
        ("t_application_bona_fide", "CHK-18"),
        ("disseminated", "CLK-24"),
        ("intelligence_entered", "CLK-25"),
        ("federal_disclosure", "CLK-28"),
        ("month_ended", "CLK-32"),
        ("directory_verified", "CLK-33"),
        ("call_back_planned", "CHK-34"),
        ("session_idle", "CLK-35"),
        ("login_failed", "CLK-36"),
        ("audit_recorded", "CLK-37"),
        ("criminal_justice_access", "CHK-38"),
        ("no_login", "CLK-39"),
    ],
)
def test_event_starts_its_clock_though_no_row_names_it(event: str, line: str) -> None:
    assert line in clocks(proposal(events=[event]))
    assert line not in clocks(proposal(events=["none"]))


@pytest.mark.parametrize(
    ("event", "gate"),
    [
        ("release_compelled", "GATE-20"),
        ("funder_report", "GATE-21"),
        ("suspect_entry", "GATE-22"),
        ("intelligence_share", "GATE-23"),
        ("count_published", "GATE-40"),
    ],
)
def test_event_closes_its_gate(event: str, gate: str) -> None:
    assert gate in gates(proposal(events=[event]))
    assert gate not in gates(proposal(events=[]))


def test_abuse_on_federal_land_starts_its_clock() -> None:
    facts = story(SEX, BYSTANDER, persons=[pv("minor")])
    assert "CLK-08" in clocks(proposal(facts, federal_land="yes"))
    assert "CLK-08" in clocks(proposal(facts, dod_link=["base"]))
    assert "CLK-08" not in clocks(proposal(facts, federal_land="no", dod_link=["person"]))


def test_fresh_online_tip_is_a_check_of_the_form_only() -> None:
    assert "CHK-14" in clocks(proposal(BYSTANDER, channel="web_form", event_within_24_hours="yes"))
    assert "CHK-14" not in clocks(proposal(BYSTANDER, channel="call", event_within_24_hours="yes"))


def test_birthday_within_30_days_is_urgent() -> None:
    result = proposal(SEX, BYSTANDER, persons=[pv("13_to_17", turns_18_within_30_days="yes")])
    assert "Urgent" in why(result, "CHK-04")


def test_goods_allegation_says_which_of_the_three_things_is_needed() -> None:
    sentence = why(proposal(goods="imported", goods_given=["description"]), "CHK-31")
    assert "Still needed: reasons for the belief." in sentence
    assert "Still needed: facts on how they are made." in sentence
    assert "Still needed: a detailed description or a sample." not in sentence


# --- 7: request types and doors ---


@pytest.mark.parametrize(
    ("facts", "request_type", "door"),
    [
        ({"danger": "life"}, "crisis", "get_help"),
        (story(SELF, persons=[pv(needs=["extraction"])]), "crisis", "get_help"),
        (story(SEX, BYSTANDER, persons=[pv()]), "tip", "report_a_tip"),
        (story(SEX, BYSTANDER, reporter="relative", persons=[pv("minor")]), "tip", "report_a_tip"),
        (story(SELF, exploitation=["labor"], force_fraud_coercion="no"), "high_risk", "report_a_tip"),
        (story(SELF, exploitation=["none"], other_concerns=["domestic_violence"]), "high_risk", "report_a_tip"),
        (story(BYSTANDER, exploitation=["none"], other_concerns=["smuggling"]), "high_risk", "report_a_tip"),
        (story(SELF, persons=[pv(needs=["shelter"])]), "referral", "get_help"),
        (story(SEX, SELF, persons=[pv(wants_help="yes")]), "referral", "get_help"),
        (story(BYSTANDER, persons=[pv()], exploitation=["unclear"]), "tip", "report_a_tip"),
        (story(SEX, BYSTANDER, persons=[pv(wants_help="yes", in_contact_now="yes")]), "referral", "get_help"),
        (story(SEX, BYSTANDER, persons=[pv(wants_help="yes", in_contact_now="no")]), "tip", "report_a_tip"),
        ({"requests": ["training"]}, "training_and_technical_assistance", "learn_more"),
        ({"requests": ["join"]}, "training_and_technical_assistance", "learn_more"),
        ({"requests": ["statistics"]}, "general_information", "learn_more"),
        ({"requests": ["subpoena"]}, "general_information", "learn_more"),
        ({"out_of_scope": "prank"}, None, None),
        ({}, None, None),
    ],
)
def test_request_type_and_door(facts: Facts, request_type: str | None, door: str | None) -> None:
    result = proposal(facts)
    assert (result["request_type"], result["door"]) == (request_type, door)
