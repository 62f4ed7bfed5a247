"""Whole stories, and what somebody who knows the field and the rulings but not the rules expects of them.

Of each: urgency, request type, kinds that must be proposed (the first one first where it matters), kinds that must not
be, clocks that must run, gates, and what is asked next.
"""

from dataclasses import dataclass, field

import pytest

from tests.casework.stories import BYSTANDER, DECIDED, LABOR, SELF, SEX, Facts, clocks, gates, kinds, proposal, rules
from tests.casework.stories import victim as pv

POLICE = ("local_police", "fbi", "hsi", "task_force")


@dataclass(frozen=True)
class Story:
    """A story in a sentence, its facts, and what is expected."""

    told: str
    facts: Facts
    urgency: str
    kind: str
    first: str = ""
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    asks: tuple[str, ...] = field(default=())


def of(*parts: Facts, **facts: object) -> Facts:
    told: Facts = {**DECIDED, "state": "FL"}
    for part in (*parts, facts):
        told |= part
    return told


STORIES = [
    Story(
        "A neighbour sees a woman who seems to sell sex in a house. Whether anybody makes her is not known.",
        of(BYSTANDER, exploitation=["commercial_sex"], venues=["residence"], persons=[pv(in_contact_now="no")]),
        urgency="P3",
        kind="tip",
        first="victim_service_provider",
        excludes=POLICE,
        clocks=("CLK-13",),
        gates=("CONSENT",),
        asks=("force_fraud_coercion",),
    ),
    Story(
        "A roofer calls: long days, the boss says he owes for the trip. What happens if he leaves, nobody asked.",
        of(SELF, exploitation=["labor"], industries=["construction"], persons=[pv(wants_help="yes")]),
        urgency="P2",
        kind="referral",
        first="victim_service_provider",
        includes=("legal_aid", "worker_center"),
        excludes=POLICE,
        asks=("force_fraud_coercion",),
    ),
    Story(
        "A school nurse: a girl of 15 has a new phone, bruises and an older friend who waits outside.",
        of(reporter="professional", requests=["report"], danger="none", exploitation=["unclear"],
           persons=[pv("13_to_17")]),
        urgency="P1",
        kind="tip",
        includes=("child_protective_services",),
        clocks=("CLK-09", "CLK-13"),
        asks=("exploitation",),
    ),
    Story(
        "A woman of 30 was sold from 15 on, has left, and wants a lawyer. No police.",
        of(
            SELF,
            exploitation=["commercial_sex"],
            persons=[
                pv(age_at_exploitation="13_to_17", wants_help="yes", wants_law_enforcement="no", needs=["legal"])
            ],
        ),
        urgency="P1",
        kind="referral",
        first="victim_service_provider",
        includes=("legal_aid",),
        excludes=POLICE,
    ),
    Story(
        "A driver sees a girl who may be 16 go from truck to truck.",
        of(BYSTANDER, exploitation=["commercial_sex"], venues=["truck_stop"], persons=[pv("may_be_minor")]),
        urgency="P1",
        kind="tip",
        includes=("local_police", "state_police", "fbi", "child_protective_services"),
        clocks=("CLK-09", "CLK-13"),
    ),
    Story(
        "A flight attendant, before landing: a frightened woman, a man who answers for her and keeps her passport.",
        of(
            reporter="employer_or_business",
            requests=["report"],
            danger="unknown",
            exploitation=["unclear"],
            venues=["aircraft"],
            persons=[pv("adult", with_trafficker_now="yes")],
        ),
        urgency="P0",
        kind="tip",
        includes=("airport_police", "cbp", "hsi"),
    ),
    Story(
        "An H-2A picker calls. The crew leader holds the passports. He wants his papers and his pay, and no police.",
        of(
            SELF,
            LABOR,
            venues=["farm"],
            industries=["agriculture"],
            worker_programs=["h2a"],
            persons=[pv(wants_help="yes", wants_law_enforcement="no")],
        ),
        urgency="P2",
        kind="referral",
        includes=("dol_whd", "state_monitor_advocate", "farmworker_legal_aid"),
        excludes=("fbi", "hsi", "doj_htpu", "dol_oig"),
        clocks=("CHK-16",),
    ),
    Story(
        "The cook of a diplomat calls at night from a garage; she has no day off and no pay.",
        of(
            SELF,
            LABOR,
            industries=["domestic_work"],
            venues=["diplomatic_residence"],
            employer_kinds=["diplomat"],
            worker_programs=["a3"],
            persons=[pv(wants_help="yes", citizenship="foreign_national")],
        ),
        urgency="P1",
        kind="referral",
        first="dos_dss",
        includes=("dos_protocol", "victim_service_provider", "legal_aid"),
        clocks=("CHK-16",),
        gates=("IMMUNITY",),
    ),
    Story(
        "A foster agency: a girl of 14 has been missing for two days; a friend says that she is sold online.",
        of(
            reporter="child_welfare_agency",
            requests=["report"],
            danger="none",
            exploitation=["commercial_sex"],
            venues=["online"],
            persons=[pv("13_to_17", missing="yes", in_care="yes", with_trafficker_now="no", citizenship="us_citizen")],
        ),
        urgency="P1",
        kind="tip",
        first="local_police",
        includes=("ncmec", "child_protective_services", "fbi"),
        clocks=("CLK-06", "CLK-07", "CLK-09"),
    ),
    Story(
        "A mother finds that a stranger asks her daughter of 12 for pictures and money for them.",
        of(reporter="relative", requests=["report", "help"], danger="none", online_child_material=["enticement"],
           persons=[pv("under_13")]),
        urgency="P1",
        kind="tip",
        first="ncmec",
        includes=("icac_task_force", "fbi"),
        clocks=("CLK-09", "CLK-29"),
        gates=("NO-IMAGERY",),
    ),
    Story(
        "A teacher: a boy of 16 from Guatemala, here alone, cleans a plant at night to pay the man who brought him.",
        of(LABOR, reporter="professional", requests=["report"], danger="none", venues=["factory"],
           industries=["cleaning"],
           persons=[pv("13_to_17", citizenship="foreign_national", unaccompanied="yes")]),
        urgency="P1",
        kind="tip",
        includes=("hhs_otip", "orr", "dol_whd", "child_protective_services"),
        clocks=("CLK-01", "CLK-09", "CHK-04"),
    ),
    Story(
        "A dishwasher was not paid for six weeks. He may leave and has left.",
        of(SELF, exploitation=["labor"], force_fraud_coercion="no", venues=["restaurant"], industries=["food_service"],
           persons=[pv()]),
        urgency="P3",
        kind="high_risk",
        first="dol_whd",
        includes=("state_labor_department", "worker_center"),
        excludes=("fbi", "hsi", "doj_htpu"),
    ),
    Story(
        "A woman calls from her car: her husband beats her. Nothing else.",
        of(SELF, exploitation=["none"], other_concerns=["domestic_violence"], persons=[pv()]),
        urgency="P2",
        kind="high_risk",
        first="domestic_violence_hotline",
        includes=("victim_service_provider",),
        excludes=("fbi", "hsi", "local_police"),
    ),
    Story(
        "A port chaplain: a foreign crew without pay, papers locked up, the ship sails on Friday.",
        of(LABOR, reporter="professional", requests=["report"], danger="none", venues=["fishing_vessel", "port"],
           industries=["fishing"], persons=[pv(citizenship="foreign_national", in_contact_now="no")]),
        urgency="P2",
        kind="tip",
        includes=("coast_guard", "cbp", "hsi", "dol_whd"),
        clocks=("CLK-13", "CHK-16"),
    ),
    Story(
        "A man who was left reports that his former wife runs girls. It reads like revenge.",
        of(SEX, reporter="other", requests=["report"], danger="none", seems_made_to_harm="yes", persons=[pv()]),
        urgency="P2",
        kind="tip",
        excludes=POLICE,
        gates=("SUPERVISOR",),
    ),
    Story(
        "A neighbour: a slow man works unpaid for the uncle who draws his benefits. Third-party tips: never.",
        of(BYSTANDER, LABOR, third_party_switch="never", industries=["domestic_work"],
           employer_kinds=["family"], persons=[pv(vulnerable_adult="yes", controlled_by_guardian="yes")]),
        urgency="P1",
        kind="tip",
        first="adult_protective_services",
        includes=("fbi", "dol_whd"),
        gates=("CONTROLLER",),
    ),
    Story(
        "A sister on the reservation: her sister of 19 is gone since Friday, last seen with a man from the camps.",
        of(reporter="relative", requests=["report", "help"], danger="unknown", tribal_land="yes",
           exploitation=["unclear"], persons=[pv("18_to_20", native="yes", missing="yes")]),
        urgency="P0",
        kind="tip",
        includes=("tribal_police", "bia_ojs", "bia_mmu", "fbi", "ncmec", "tribal_victim_services"),
        clocks=("CLK-07",),
    ),
    Story(
        "A buyer writes that shrimp on sale here was peeled by people who may not leave.",
        of(reporter="organization", requests=["report"], danger="none", goods="imported", goods_given=["reasons"]),
        urgency="P3",
        kind="tip",
        first="cbp",
        includes=("hsi_ccht", "dol_ilab"),
        clocks=("CHK-31",),
    ),
    Story(
        "A soldier in Kuwait: the laundry workers on base paid for their jobs and cannot go home.",
        of(LABOR, reporter="community_member", requests=["report"], danger="none", state="unknown",
           location="outside_us", us_link="yes", dod_link=["base", "contractor"], employer_kinds=["dod_contractor"],
           persons=[pv(in_contact_now="no")]),
        urgency="P2",
        kind="tip",
        first="dod_ig",
        includes=("military_investigators", "us_embassy"),
        clocks=("CLK-30",),
    ),
    Story(
        "A guard: the cleaners of a federal building sleep in a van and pay their foreman.",
        of(BYSTANDER, LABOR, employer_kinds=["federal_contractor"], industries=["cleaning"],
           persons=[pv(in_contact_now="no")]),
        urgency="P2",
        kind="tip",
        first="inspector_general",
        includes=("contracting_officer", "dol_whd", "victim_service_provider"),
        clocks=("CLK-30",),
        gates=("CONFIDENTIAL-REPORTER",),
    ),
    Story(
        "A mother: her son of 24, a citizen, is held in a scam compound abroad.",
        of(reporter="relative", requests=["report", "help"], danger="ongoing", state="unknown", location="outside_us",
           us_link="yes", exploitation=["forced_criminality"], force_fraud_coercion="yes",
           persons=[pv(citizenship="us_citizen", did_criminal_acts="yes")]),
        urgency="P2",
        kind="tip",
        includes=("us_embassy", "fbi", "iom", "defense_counsel"),
    ),
    Story(
        "A friend: a girl of 17 is to be flown out tomorrow and married to a man she has not met.",
        of(reporter="friend", requests=["report", "help"], danger="ongoing", help_within_24_hours="yes",
           exploitation=["forced_marriage"], persons=[pv("13_to_17")]),
        urgency="P2",
        kind="crisis",
        includes=("fbi", "child_protective_services", "victim_service_provider"),
        clocks=("CLK-09", "CLK-12"),
    ),
    Story(
        "A woman is made to sell sex by a police officer of her town. She wants a safe place.",
        of(SELF, SEX, requests=["help", "complaint"], accused_kinds=["local_police"],
           persons=[pv(wants_help="yes", needs=["shelter"])]),
        urgency="P1",
        kind="referral",
        includes=("victim_service_provider", "shelter", "internal_affairs"),
        excludes=("local_police",),
    ),
    Story(
        "A university asks for training of its nursing students.",
        of(reporter="organization", requests=["training"], danger="none"),
        urgency="P4",
        kind="training_and_technical_assistance",
        includes=("training_desk",),
        excludes=(*POLICE, "victim_service_provider"),
    ),
    Story(
        "A woman whispers that he went to get the gun. She says: no police.",
        of(SELF, SEX, danger="life", persons=[pv(wants_help="yes", wants_law_enforcement="no")]),
        urgency="P0",
        kind="crisis",
        first="emergency_dispatch",
        includes=("victim_service_provider",),
        clocks=("CLK-11", "CLK-12"),
    ),
    Story(
        "An unsigned letter: adults in a nursing home work off a debt. Third-party tips: only with their yes.",
        of(LABOR, reporter="unknown", requests=["report"], danger="none", third_party_switch="consent_only",
           industries=["health_care"], persons=[pv(in_contact_now="no")]),
        urgency="P2",
        kind="tip",
        includes=("dol_whd", "victim_service_provider"),
        excludes=("fbi", "hsi", "doj_htpu"),
        asks=("reporter",),
    ),
    Story(
        "A lawyer, for her client: he wants a T visa and has told nobody else.",
        of(LABOR, reporter="representative", requests=["service"], danger="none",
           persons=[pv(citizenship="foreign_national", immigration_relief=["t_status"], wants_help="yes",
                       wants_law_enforcement="no")]),
        urgency="P2",
        kind="referral",
        includes=("immigration_legal_aid", "uscis", "tvap_provider"),
        excludes=("hsi", "fbi"),
        gates=("WRITTEN-CONSENT",),
    ),
]  # fmt: skip


@pytest.mark.parametrize("expected", STORIES, ids=[story.told[:50] for story in STORIES])
def test_story_is_answered_as_an_outsider_expects(expected: Story) -> None:
    result = proposal(expected.facts)
    proposed = kinds(result)
    assert (result["urgency"], result["request_type"]) == (expected.urgency, expected.kind)
    if expected.first:
        assert proposed[0] == expected.first
    assert [kind for kind in expected.includes if kind not in proposed] == []
    assert [kind for kind in expected.excludes if kind in proposed] == []
    assert [clock for clock in expected.clocks if clock not in clocks(result)] == []
    assert [gate for gate in expected.gates if gate not in gates(result)] == []
    assert [fact for fact in expected.asks if fact not in result["missing_facts"]] == []


@pytest.mark.parametrize(
    "facts", [{"force_fraud_coercion": "yes"}, {"force_fraud_coercion": "no"}, {"location": "outside_us"}]
)
def test_known_coercion_is_the_matter_of_other_rules(facts: Facts) -> None:
    assert "S24" not in rules(proposal(of(BYSTANDER, exploitation=["labor"], persons=[pv()]), facts))


def test_a_minor_needs_no_coercion_and_no_rule_for_its_lack() -> None:
    assert "S24" not in rules(proposal(of(BYSTANDER, exploitation=["commercial_sex"], persons=[pv("13_to_17")])))


@pytest.mark.parametrize("coercion", ["yes", "no", "unknown"])
def test_commercial_sex_that_began_as_a_minor_is_a_sign_whatever_is_known_of_coercion(coercion: str) -> None:
    person = pv(age_at_exploitation="13_to_17", wants_help="yes")
    result = proposal(of(SELF, exploitation=["commercial_sex"], force_fraud_coercion=coercion, persons=[person]))
    assert "R06" in rules(result)
    assert result["request_type"] == "referral"
    assert [kind for kind in POLICE if kind in kinds(result)] == []


@pytest.mark.parametrize("switch", ["unset", "never", "consent_only", "credible_and_unable"])
@pytest.mark.parametrize("reporter", ["unknown", "community_member"])
def test_an_unknown_reporter_counts_as_a_third_party_and_is_asked_for(switch: str, reporter: str) -> None:
    result = proposal(
        of(LABOR, reporter=reporter, requests=["report"], danger="none", third_party_switch=switch, persons=[pv()])
    )
    assert [kind for kind in ("fbi", "hsi", "doj_htpu") if kind in kinds(result)] == []
    assert ("reporter" in result["missing_facts"]) is (reporter == "unknown")
