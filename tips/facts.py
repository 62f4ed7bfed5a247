"""The published vocabulary of facts: what may be said about a tip, checked and printed; plain Python."""

import csv
import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parent / "reference" / "facts.json"
AGENCY_KINDS = Path(__file__).resolve().parent.parent / "agencies" / "reference" / "agency_kinds.csv"
PERSONS = "persons"
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
YES_NO = {"yes": "Yes", "no": "No", "unknown": "Not known"}
EXAMPLE: dict[str, Any] = {
    "reporter": "potential_victim",
    "requests": ["help"],
    "danger": "none",
    "exploitation": ["labor"],
    "force_fraud_coercion": "yes",
    "state": "FL",
    "persons": [{"role": "potential_victim", "age": "21_or_over", "wants_law_enforcement": "no"}],
}
PERSONS_SENTENCE = "The persons of the tip, one entry each; every potential victim that is known of gets one."


@dataclass(frozen=True)
class Fact:
    """One fact: its codes with labels, one sentence on what it means, and the question that may be asked for it.

    `shape` is "yes_no", "one" (a code) or "many" (a list of codes). An empty `question` is never asked.
    """

    name: str
    shape: str
    group: str
    level: str
    sentence: str
    question: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Vocabulary:
    """Every fact of a tip and of one person on it, in the order in which people see them."""

    version: int
    groups: Mapping[str, str]
    levels: Mapping[str, str]
    functions: Mapping[str, str]
    sectors: Mapping[str, str]
    tip: Mapping[str, Fact]
    person: Mapping[str, Fact]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a set of facts: the path of the fact, and a sentence on what is allowed."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@cache
def vocabulary() -> Vocabulary:
    """Read the vocabulary from tips/reference/facts.json and the agency kinds, once."""
    raw = json.loads(REFERENCE.read_text(encoding="utf-8"))
    with AGENCY_KINDS.open(encoding="utf-8", newline="") as rows:
        kinds = {row["code"]: row["label"] for row in csv.DictReader(rows)}
    lists = {"agency_kinds": kinds, "functions": raw["functions"]}
    return Vocabulary(
        version=raw["version"],
        groups=raw["groups"],
        levels=raw["levels"],
        functions=raw["functions"],
        sectors=raw["sectors"],
        tip={row["name"]: _fact(row, lists) for row in raw["facts"]},
        person={row["name"]: _fact(row, lists) for row in raw["person_facts"]},
    )


def _fact(row: Mapping[str, Any], lists: Mapping[str, Mapping[str, str]]) -> Fact:
    values = YES_NO if row["type"] == "yes_no" else row.get("values") or lists[row["values_from"]]
    return Fact(
        name=row["name"],
        shape=row["type"],
        group=row["group"],
        level=row["level"],
        sentence=row["sentence"],
        question=row["question"],
        values=values,
    )


def validate(facts: object) -> list[Problem]:
    """Everything that is wrong with `facts`, in the order of the document; an empty list when nothing is."""
    if not isinstance(facts, dict):
        return [Problem("facts", "must be a JSON object, as in {'danger': 'none'}.")]
    known = vocabulary()
    problems = list(_check(facts, known.tip, "", extra=(PERSONS,)))
    persons = facts.get(PERSONS, [])
    if not isinstance(persons, list):
        return [*problems, Problem(PERSONS, "must be a list with one object for each person.")]
    for index, person in enumerate(persons):
        path = f"{PERSONS}[{index}]"
        if not isinstance(person, dict):
            problems.append(Problem(path, "must be an object, as in {'role': 'potential_victim'}."))
            continue
        problems += _check(person, known.person, f"{path}.")
        if "role" not in person:
            allowed = ", ".join(known.person["role"].values)
            problems.append(Problem(f"{path}.role", f"is needed for every person. Allowed: {allowed}."))
    return problems


def _check(
    given: Mapping[str, object], known: Mapping[str, Fact], prefix: str, *, extra: tuple[str, ...] = ()
) -> Iterator[Problem]:
    for name, value in given.items():
        if name in extra:
            continue
        fact = known.get(name)
        if fact is None:
            yield Problem(f"{prefix}{name}", _unknown_name(name, [*known, *extra]))
        else:
            yield from _check_value(fact, value, f"{prefix}{name}")


def _unknown_name(name: str, names: list[str]) -> str:
    other = vocabulary().tip if name in vocabulary().tip else vocabulary().person if name in vocabulary().person else {}
    if other:
        place = "the tip as a whole" if other is vocabulary().tip else "one person: write it inside persons"
        return f"is a fact of {place}."
    near = difflib.get_close_matches(name, names, n=3)
    if near:
        return f"is not a known fact. Did you mean {' or '.join(near)}?"
    return f"is not a known fact. Known here: {', '.join(names)}."


def _check_value(fact: Fact, value: object, path: str) -> Iterator[Problem]:
    if fact.shape != "many":
        if not isinstance(value, str) or value not in fact.values:
            yield Problem(path, _not_allowed(fact, value))
        return
    if not isinstance(value, list):
        yield Problem(path, f"must be a list of codes in square brackets. Allowed: {', '.join(fact.values)}.")
        return
    for index, item in enumerate(value):
        if not isinstance(item, str) or item not in fact.values:
            yield Problem(f"{path}[{index}]", _not_allowed(fact, item))
        elif item in value[:index]:
            yield Problem(f"{path}[{index}]", f"{item} is said twice; say it once.")
        elif item == "none" and len(value) > 1:
            yield Problem(f"{path}[{index}]", "none cannot stand beside other values; leave one of them out.")


def _not_allowed(fact: Fact, value: object) -> str:
    allowed = f"Allowed: {', '.join(fact.values)}."
    if not isinstance(value, str):
        return f"{json.dumps(value)[:40]} is not allowed here; write one of the codes as text. {allowed}"
    near = difflib.get_close_matches(value, list(fact.values), n=2)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"{json.dumps(value, ensure_ascii=False)[:60]} is not an allowed value.{hint} {allowed}"


def json_schema() -> dict[str, Any]:
    """The vocabulary as a JSON Schema (draft 2020-12); every fact and every value has a description."""
    known = vocabulary()
    person = {
        "type": "object",
        "description": "One person of the tip.",
        "properties": {fact.name: _schema_of(fact) for fact in known.person.values()},
        "required": ["role"],
        "additionalProperties": False,
    }
    properties = {fact.name: _schema_of(fact) for fact in known.tip.values()}
    properties[PERSONS] = {"type": "array", "description": PERSONS_SENTENCE, "items": person}
    return {
        "$schema": SCHEMA_DIALECT,
        "title": "Facts of a tip",
        "description": "A fact that is left out is unknown or was not asked. Nothing here names or identifies anybody.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "examples": [EXAMPLE],
    }


def _schema_of(fact: Fact) -> dict[str, Any]:
    meanings = "; ".join(f"{code} = {label}" for code, label in fact.values.items())
    description = f"{fact.sentence} Values: {meanings}."
    choices = [{"const": code, "description": label} for code, label in fact.values.items()]
    value: dict[str, Any] = {"type": "string", "enum": list(fact.values), "oneOf": choices}
    notes = {"x-group": fact.group, "x-level": fact.level, "x-question": fact.question}
    if fact.shape != "many":
        return {"description": description, **value, **notes}
    return {"type": "array", "description": description, "items": value, "uniqueItems": True, **notes}


def as_markdown() -> str:
    """The vocabulary as a page for people: docs/facts.md."""
    known = vocabulary()
    lines = [
        "# Facts",
        "",
        "Generated from `tips/reference/facts.json` and `agencies/reference/agency_kinds.csv`; do not edit by hand.",
        "",
        "What a tip is routed by. `manage.py propose FACTS.json` reads one JSON object made of these facts;",
        "`manage.py propose --schema` prints the same list as a JSON Schema. A fact that is left out is unknown or was",
        "not asked. A list holds every value that fits and is taken as complete, unless it holds `unknown`; an empty",
        "list means none. A fact without a question is asked of nobody: it is written down when it is told or known.",
        "",
        "An adult worker in Florida who calls for help and wants no law enforcement:",
        "",
        "```json",
        json.dumps(EXAMPLE, indent=2),
        "```",
        "",
        "Levels: " + "; ".join(f"`{code}`: {label}" for code, label in known.levels.items()) + ".",
    ]
    for code, label in known.groups.items():
        members = [fact for fact in (*known.tip.values(), *known.person.values()) if fact.group == code]
        lines += ["", f"## {label}", ""]
        if code == PERSONS:
            lines += [f"`persons` is a list. {PERSONS_SENTENCE} Each entry has these facts.", ""]
        for fact in members:
            lines += _entry(fact)
    lines += ["## Agency kinds", "", "Used by the facts that list kinds of agencies.", ""]
    lines += [f"- `{kind}`: {label}" for kind, label in known.tip["accused_kinds"].values.items()]
    return "\n".join(lines) + "\n"


def _entry(fact: Fact) -> list[str]:
    shape = {"yes_no": "yes, no or unknown", "one": "one value", "many": "list of values"}[fact.shape]
    silent = "Recorded, not asked." if fact.level == "working" else "Never asked."
    question = f'Question: "{fact.question}"' if fact.question else silent
    lines = [f"### `{fact.name}`", "", f"{fact.sentence} ({shape}; level {fact.level}) {question}", ""]
    if fact.values is vocabulary().tip["accused_kinds"].values:
        return [*lines, "Values: the agency kinds below.", ""]
    if fact.shape != "yes_no":
        lines += [*(f"- `{code}`: {label}" for code, label in fact.values.items()), ""]
    return lines
