"""What must hold for any facts that the vocabulary allows."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.routing import DOORS, propose
from casework.rulebook import REFERENCE, installed
from tips.facts import Fact, validate, vocabulary

NEVER_ASKED = {"citizenship", "native", "immigration_relief", "relief_applicant", "worker_programs"}
# Facts that Python code reads because they change what is held back or whose duty it is.
READ_BY_CODE = {
    "accepted_by",
    "agrees_to_immigration_body",
    "binding_duties",
    "credible_and_unable",
    "declined_functions",
    "declined_kinds",
    "help_within_24_hours",
    "immigration_switch",
    "role",
    "seems_made_to_harm",
    "state",
    "third_party_switch",
}


# Read by people only: gender stands beside what a service itself says of whom it takes. No rule turns on it.
FOR_PEOPLE = {"gender"}


def _value(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.shape != "many":
        return st.sampled_from(list(fact.values))
    several = st.lists(st.sampled_from([code for code in fact.values if code != "none"]), unique=True, max_size=3)
    return several | st.just(["none"]) if "none" in fact.values else several


def _some(facts: dict[str, Fact], needed: tuple[str, ...] = ()) -> st.SearchStrategy[dict[str, Any]]:
    values = {name: _value(fact) for name, fact in facts.items()}
    return st.fixed_dictionaries(
        {name: values[name] for name in needed},
        optional={name: value for name, value in values.items() if name not in needed},
    )


@st.composite
def stories(draw: st.DrawFn) -> dict[str, Any]:
    told = draw(_some(dict(vocabulary().tip)))
    # A story tells a handful of things, not everything at once.
    kept = draw(st.lists(st.sampled_from(sorted(told)), max_size=8)) if told else []
    persons = draw(st.lists(_some(dict(vocabulary().person), ("role", "age")), max_size=3))
    return {name: told[name] for name in kept} | {"persons": persons}


ANY_STORY = stories()


@settings(max_examples=60, deadline=None)
@given(facts=ANY_STORY)
def test_any_story_gives_a_coherent_proposal(facts: dict[str, Any]) -> None:
    assert validate(facts) == []
    result = propose(facts, installed())
    proposed = [line["kind"] for line in result["agency_kinds"]]
    withheld = [line["kind"] for line in result["withheld"]]
    assert len(set(proposed)) == len(proposed)
    assert not set(proposed) & set(withheld)
    assert [line["order"] for line in result["agency_kinds"]] == list(range(1, len(proposed) + 1))
    fired = {rule["id"] for rule in result["rules"]}
    assert all(line["rules"] and set(line["rules"]) <= fired for line in result["agency_kinds"])
    assert result["urgency"] in {None, "P0", "P1", "P2", "P3", "P4"}
    assert result["door"] == DOORS.get(result["request_type"])
    assert all(line["duty"] in ("ours", "theirs") for line in result["clocks"])
    json.dumps(result)


@settings(max_examples=60, deadline=None)
@given(facts=ANY_STORY)
def test_missing_facts_are_open_and_may_be_asked(facts: dict[str, Any]) -> None:
    for path in propose(facts, installed())["missing_facts"]:
        name = path.rsplit(".", 1)[-1]
        assert name not in NEVER_ASKED
        known = vocabulary().person if "." in path else vocabulary().tip
        assert known[name].question
        given_value = _look_up(facts, path)
        settled = known[name].shape != "many" and given_value not in (None, "unknown")
        # Some codes leave a question open: an adult of unknown age, a wish heard through a companion.
        assert not settled or name in {
            "age",
            "goods",
            "wants_help",
            "wants_law_enforcement",
            "agrees_to_immigration_body",
        }


def _look_up(facts: dict[str, Any], path: str) -> Any:
    person = re.fullmatch(r"persons\[(\d+)\]\.(\w+)", path)
    if person is None:
        return facts.get(path)
    number = int(person[1])
    return facts["persons"][number].get(person[2]) if number < len(facts["persons"]) else None


@settings(max_examples=60, deadline=None)
@given(facts=ANY_STORY)
def test_accused_kinds_are_never_proposed(facts: dict[str, Any]) -> None:
    result = propose(facts, installed())
    accused = set(facts.get("accused_kinds", ())) - {"unknown"}
    assert not accused & {line["kind"] for line in result["agency_kinds"]}
    if facts.get("out_of_scope") in (None, "no"):
        assert accused <= {line["kind"] for line in result["withheld"]}


@settings(max_examples=60, deadline=None)
@given(facts=ANY_STORY, danger=st.sampled_from(["ongoing", "none", "unknown"]))
def test_no_law_enforcement_where_every_adult_refused(facts: dict[str, Any], danger: str) -> None:
    refusal = {"role": "potential_victim", "age": "21_or_over", "wants_law_enforcement": "no"}
    told = facts | {"danger": danger, "persons": [refusal, refusal]}
    told.pop("requests", None)
    result = propose(told, installed())
    kinds = installed().kinds
    proposed = {line["kind"] for line in result["agency_kinds"] if line["rules"] != ["R13"]}
    assert not [kind for kind in proposed if kinds[kind].law_enforcement and kind not in ("cbp", "hsi_ccht")]


@settings(max_examples=60, deadline=None)
@given(facts=ANY_STORY)
def test_emergency_centre_comes_first_whenever_life_is_in_danger(facts: dict[str, Any]) -> None:
    result = propose(facts | {"danger": "life", "accused_kinds": ["fbi"]}, installed())
    assert [line["kind"] for line in result["agency_kinds"]][:2] == [
        "emergency_dispatch",
        "emergency_dispatch_neighbor",
    ]
    assert (result["urgency"], result["request_type"]) == ("P0", "crisis")


@settings(max_examples=60, deadline=None)
@given(facts=ANY_STORY)
def test_prosecution_is_printed_exactly_when_law_enforcement_is_proposed_or_none_was_held(
    facts: dict[str, Any],
) -> None:
    result = propose(facts, installed())
    kinds = installed().kinds
    asking = [
        line for line in result["agency_kinds"] if kinds[line["kind"]].law_enforcement and line["rules"] != ["R30"]
    ]
    held = [line["kind"] for line in result["withheld"] if kinds[line["kind"]].law_enforcement]
    if asking:
        assert "prosecution" in result["pillars"]
    elif held:
        assert "prosecution" not in result["pillars"]


def test_every_fact_of_the_vocabulary_turns_something() -> None:
    names = ("routing_terms.json", "routing_rules.json", "clocks.json")
    data = "".join((REFERENCE / name).read_text(encoding="utf-8") for name in names)
    used = {name.removeprefix("person.") for name in re.findall(r'"fact": "([a-z0-9_.]+)"', data)}
    used |= READ_BY_CODE | FOR_PEOPLE | {"wishes_heard"}
    assert {*vocabulary().tip, *vocabulary().person} - used == set()
