"""The code lists: everyday words find the usual codes in three keys, and every code says something the rules know."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tips.codes import Code, code_lists, facts_behind, find, labels, problems
from tips.facts import validate

ALL = [(name, code) for name, each in code_lists().items() for code in each.codes.values()]


@pytest.mark.parametrize(
    ("name", "keys", "code"),
    [
        ("venue", "nai", "beauty_salon_spa"),
        ("venue", "far", "farm_ranch"),
        ("venue", "tru", "bus_station_truck_stop"),
        ("venue", "mas", "massage_parlor"),
        ("venue", "hot", "hotel_motel_based"),
        ("venue", "bar", "bar_cantina_restaurant"),
        ("venue", "hou", "non_relative_home"),
        ("venue", "onl", "internet_pornography_webchat"),
        ("venue", "str", "street_based"),
        ("venue", "esc", "escort_delivery_service"),
        ("venue", "con", "construction_site"),
        ("venue", "air", "airport"),
        ("industry", "nai", "health_and_beauty_services"),
        ("industry", "far", "agriculture_and_animal_husbandry"),
        ("industry", "nan", "domestic_work"),
        ("industry", "res", "restaurants_and_food_service"),
        ("industry", "roo", "construction"),
        ("industry", "mag", "traveling_sales_crew"),
        ("polaris", "mas", "illicit_massage_health_and_beauty"),
        ("polaris", "nan", "domestic_work"),
        ("means", "pas", "withholds_documents"),
        ("means", "deb", "debt_bondage"),
        ("act", "sol", "transfer"),
        ("purpose", "org", "organ_removal"),
    ],
)
def test_three_keys_find_the_usual_ones(name: str, keys: str, code: str) -> None:
    assert code in [found.code for found in find(name, keys)][:3]


def test_whole_words_come_first_and_say_what_led_to_them() -> None:
    first = find("venue", "nail salon")[0]
    assert (first.code, first.label, first.why) == ("beauty_salon_spa", "Beauty Salon/Spa", "nail salon")
    assert find("venue", "Farm/Ranch")[0].why == ""


@pytest.mark.parametrize("typed", ["", "   ", "///", "\x00", "zzz", "\u202e"])
def test_what_means_nothing_finds_nothing(typed: str) -> None:
    assert find("venue", typed) == []


def test_an_unknown_list_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        find("weather", "rain")


@given(st.text(max_size=200))
def test_whatever_is_typed_finds_at_most_eight(typed: str) -> None:
    found = find("industry", typed)
    assert len(found) <= 8
    assert len({row.code for row in found}) == len(found)


@pytest.mark.parametrize(("name", "code"), ALL, ids=lambda value: getattr(value, "code", value))
def test_every_code_has_a_label_and_says_only_what_the_rules_know(name: str, code: Code) -> None:
    assert code.label[0].isupper() or code.label[0].isdigit()
    facts: dict[str, Any] = facts_behind({name: [code.code]})
    if "force_fraud_coercion" in facts:
        facts["force_fraud_coercion"] = facts["force_fraud_coercion"][0]
    assert validate(facts) == []


def test_lists_are_those_of_the_standards() -> None:
    counts = {name: len(each.codes) for name, each in code_lists().items()}
    assert counts == {
        "venue": 34 + 5,
        "industry": 31 + 1,
        "polaris": 25,
        "purpose": 11 + 4,
        "act": 5,
        "means": 16,
        "recruitment": 10,
        "actionability": 3,
        "unmet": 15 + 4,
    }
    assert all(each.source for each in code_lists().values())


def test_the_rules_learn_each_fact_once() -> None:
    said = facts_behind({"venue": ["massage_parlor", "beauty_salon_spa"], "purpose": ["forced_labour", "servitude"]})
    assert said == {"venues": ["massage_business"], "exploitation": ["labor"]}


def test_a_wrong_code_is_named() -> None:
    assert problems({"venue": ["moon"]}) == ["venue: moon is not on the list."]
    assert problems({"weather": ["rain"]}) == ["weather is not a list of codes."]
    assert problems({"venue": ["casino"]}) == []


def test_codes_are_told_in_words() -> None:
    assert labels({"means": ["debt_bondage"], "venue": ["farm_ranch", "shelter"]}) == [
        ("Venue", "Farm/Ranch, Shelter"),
        ("Means", "Debt that has to be worked off"),
    ]
