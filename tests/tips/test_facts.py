"""The vocabulary of facts: complete, in plain words, and strict about what it does not know."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from casework.rulebook import installed
from tips.facts import EXAMPLE, as_markdown, json_schema, validate, vocabulary

DOCS = Path(__file__).resolve().parents[2] / "docs" / "facts.md"
FACTS = [*vocabulary().tip.values(), *vocabulary().person.values()]
NEVER_ASKED = {"citizenship", "native", "immigration_relief", "relief_applicant", "worker_programs"}
VICTIM = {"role": "potential_victim"}


def problems(facts: object) -> list[str]:
    return [str(problem) for problem in validate(facts)]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_fact_says_what_it_means_in_a_sentence_and_labels_its_values(fact: Any) -> None:
    assert fact.sentence.endswith(".")
    assert all(fact.values.values())
    assert fact.question == "" or fact.question.endswith("?")
    assert fact.group in vocabulary().groups
    assert fact.level in ("working", "identity", "wall_1367")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_fact_of_identity_or_behind_the_wall_is_never_asked(fact: Any) -> None:
    assert (fact.name in NEVER_ASKED) == (fact.level != "working")
    if fact.name in NEVER_ASKED:
        assert fact.question == ""


def test_every_group_has_facts() -> None:
    assert {fact.group for fact in FACTS} == set(vocabulary().groups)


def test_names_are_unique_over_tip_and_person() -> None:
    assert len({fact.name for fact in FACTS}) == len(FACTS)


def test_clocks_that_can_be_taken_on_are_the_clocks_and_checks_of_the_table() -> None:
    table = {clock.id for clock in installed().clocks if clock.kind != "gate"}
    assert set(vocabulary().tip["binding_duties"].values) == table


def test_empty_facts_are_allowed() -> None:
    assert problems({}) == []
    assert problems({"persons": []}) == []


@pytest.mark.parametrize(
    ("facts", "path", "hint"),
    [
        ({"dangr": "life"}, "dangr", "Did you mean danger"),
        ({"xyzzy": "life"}, "xyzzy", "Known here: danger"),
        ({"danger": "lief"}, "danger", "Did you mean life"),
        ({"danger": "lethal"}, "danger", "Allowed: life, ongoing, none, unknown"),
        ({"danger": True}, "danger", "Allowed: life"),
        ({"danger": None}, "danger", "Allowed: life"),
        ({"danger": ["life"]}, "danger", "Allowed: life"),
        ({"tribal_land": "maybe"}, "tribal_land", "Allowed: yes, no, unknown"),
        ({"venues": "airport"}, "venues", "must be a list"),
        ({"venues": ["airprot"]}, "venues[0]", "Did you mean airport"),
        ({"venues": ["airport", 3]}, "venues[1]", "Allowed: hotel_motel"),
        ({"venues": ["bus", "bus"]}, "venues[1]", "said twice"),
        ({"venues": ["bus", "none"]}, "venues[1]", "none cannot stand beside other values"),
        ({"persons": {}}, "persons", "must be a list"),
        ({"persons": ["Example"]}, "persons[0]", "must be an object"),
        ({"persons": [{}]}, "persons[0].role", "is needed"),
        ({"persons": [VICTIM, {**VICTIM, "age_band": "minor"}]}, "persons[1].age_band", "is not a known fact"),
        ({"persons": [VICTIM, {**VICTIM, "age": "17"}]}, "persons[1].age", "Allowed: under_13, 13_to_17"),
        ({"persons": [{**VICTIM, "danger": "life"}]}, "persons[0].danger", "a fact of the tip as a whole"),
        ({"age": "minor"}, "age", "write it inside persons"),
        ({"accused_kinds": ["fib"]}, "accused_kinds[0]", "Did you mean fbi"),
        ([], "facts", "must be a JSON object"),
        ("danger", "facts", "must be a JSON object"),
    ],
)
def test_unknown_fact_or_value_is_named_with_what_is_allowed(facts: Any, path: str, hint: str) -> None:
    found = problems(facts)
    assert len(found) == 1
    assert found[0].startswith(f"{path}: ")
    assert hint in found[0]


def test_every_problem_is_told_at_once() -> None:
    found = problems({"dangr": "life", "venues": ["airprot"], "persons": [{"role": "victim"}]})
    assert [problem.split(":")[0] for problem in found] == ["dangr", "venues[0]", "persons[0].role"]


def test_schema_is_valid_and_describes_every_fact_and_value() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    person = schema["properties"]["persons"]["items"]
    assert person["additionalProperties"] is False
    assert person["required"] == ["role"]
    for part in [*schema["properties"].values(), *person["properties"].values()]:
        assert part["description"]
        for choice in part.get("oneOf", []) or part["items"].get("oneOf", []):
            assert choice["description"]


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"danger": "life", "persons": [VICTIM]}, True),
        ({"venues": ["bus", "rail"], "accused_kinds": ["fbi"]}, True),
        ({"danger": "lethal"}, False),
        ({"dangr": "life"}, False),
        ({"venues": ["bus", "bus"]}, False),
        ({"persons": [{}]}, False),
    ],
)
def test_schema_and_validation_agree(facts: dict[str, Any], allowed: bool) -> None:
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(facts) is allowed
    assert (problems(facts) == []) is allowed


def test_example_of_the_page_is_allowed() -> None:
    assert problems(EXAMPLE) == []


def test_page_on_facts_is_current() -> None:
    assert DOCS.read_text(encoding="utf-8") == as_markdown()


def test_page_on_facts_names_every_fact_and_value() -> None:
    page = as_markdown()
    for fact in FACTS:
        assert f"### `{fact.name}`" in page
        assert all(f"`{code}`" in page for code in fact.values if fact.shape != "yes_no")


def test_vocabulary_file_repeats_no_name() -> None:
    def refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    source = DOCS.parents[1] / "tips" / "reference" / "facts.json"
    json.loads(source.read_text(encoding="utf-8"), object_pairs_hook=refuse_twins)
