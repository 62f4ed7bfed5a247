"""Short ways to write the facts of a story and to read what the rules propose for it."""

from typing import Any

from casework.routing import propose
from casework.rulebook import installed
from tips.facts import validate

Facts = dict[str, Any]
BYSTANDER: Facts = {"reporter": "community_member", "requests": ["report"], "danger": "none"}
SELF: Facts = {"reporter": "potential_victim", "requests": ["help"], "danger": "none"}
SEX: Facts = {"exploitation": ["commercial_sex"], "force_fraud_coercion": "yes"}
LABOR: Facts = {"exploitation": ["labor"], "force_fraud_coercion": "yes"}
DECIDED: Facts = {"third_party_switch": "always", "immigration_switch": "as_other_law_enforcement"}


def victim(age: str = "21_or_over", **facts: Any) -> Facts:
    return {"role": "potential_victim", "age": age, **facts}


def story(*parts: Facts, **facts: Any) -> Facts:
    told: Facts = {}
    for part in (*parts, facts):
        told |= part
    return told


def proposal(*parts: Facts, **facts: Any) -> dict[str, Any]:
    told = story(*parts, **facts)
    assert validate(told) == []
    return propose(told, installed())


def rules(result: dict[str, Any]) -> list[str]:
    return [rule["id"] for rule in result["rules"]]


def kinds(result: dict[str, Any]) -> list[str]:
    return [line["kind"] for line in result["agency_kinds"]]


def held(result: dict[str, Any]) -> dict[str, str]:
    return {line["kind"]: line["why"] for line in result["withheld"]}


def clocks(result: dict[str, Any]) -> dict[str, str]:
    return {line["id"]: line["duty"] for line in result["clocks"]}


def gates(result: dict[str, Any]) -> list[str]:
    return [line["id"] for line in result["gates"]]


def why(result: dict[str, Any], clock: str) -> str:
    return next(line["why"] for line in result["clocks"] if line["id"] == clock)
