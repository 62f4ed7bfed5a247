"""Conditions over facts, in three values: true, false, cannot tell. Plain Python.

A condition is data (JSON). Its forms:
- {"fact": NAME, "is": [CODES] or "any", "unsure": [CODES]}: one of the codes was said; a code of `unsure` settles
  nothing; "any" stands for every code but none.
- {"all": [...]}, {"any": [...]}, {"not": C}.
- {"seq": [...]}: as "all", but a part is asked for only when the parts before it are true.
- {"victim": C}: some potential victim for whom C holds; {"victims": C}: C holds for every potential victim.
  Inside, a name that begins with "person." is a fact of that person.
- {"term": NAME}: a condition with a name, kept once beside the rules.
- {"known": C}: C is true for certain. {"unless": C}: C is not true for certain. Neither asks anything.
- {"may_be": C}: C is true or cannot be told; what is not known counts as so, and is still asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tips.facts import PERSONS, vocabulary

Answer = bool | None
Condition = Mapping[str, Any]
Test = Callable[["Case", int], Answer]
PERSON_PREFIX = "person."
_NOTHING: tuple[frozenset[str], bool] = (frozenset(), False)
# Wishes that came through somebody who may control the person are no wishes (ruling 11).
_WISHES = ("wants_help", "wants_law_enforcement", "agrees_to_immigration_body", "declined_kinds", "declined_functions")


@dataclass
class Case:
    """The facts of one tip, ready for evaluation: every fact as (what was said, whether that is all)."""

    facts: dict[str, tuple[frozenset[str], bool]]
    victims: list[dict[str, tuple[frozenset[str], bool]]]
    paths: list[str]
    memo: dict[tuple[str, int], Answer] = field(default_factory=dict)
    asked: dict[tuple[str, int], set[str]] = field(default_factory=dict)

    def said(self, name: str, who: int = -1) -> frozenset[str]:
        """The codes that were said of a fact; of the victim number `who` when it is a fact of a person."""
        source = self.facts if who < 0 else self.victims[who]
        return source.get(name, _NOTHING)[0]


def case_of(facts: Mapping[str, Any]) -> Case:
    """Prepare validated facts. A tip that names no potential victim has one of whom nothing is known."""
    persons = facts.get(PERSONS) or []
    if facts.get("state", "unknown") != "unknown":
        facts = {"location": "in_us", **facts}
    numbered = [(i, person) for i, person in enumerate(persons) if person["role"] == "potential_victim"]
    numbered = numbered or [(len(persons), {})]
    return Case(
        facts={name: _said(value) for name, value in facts.items() if name != PERSONS},
        victims=[_person(person) for _, person in numbered],
        paths=[f"{PERSONS}[{index}]." for index, _ in numbered],
    )


def _person(person: Mapping[str, Any]) -> dict[str, tuple[frozenset[str], bool]]:
    said = {name: _said(value) for name, value in person.items()}
    if person.get("wishes_heard") == "companion":
        return {name: value for name, value in said.items() if name not in _WISHES}
    return said


def _said(value: str | list[str]) -> tuple[frozenset[str], bool]:
    codes = frozenset([value] if isinstance(value, str) else value)
    return codes - {"unknown"}, "unknown" not in codes


@dataclass
class Node:
    """A compiled condition: `test` gives its answer for a case and a victim number (-1 outside of "victim")."""

    form: str
    test: Test
    parts: tuple["Node", ...] = ()
    name: str = ""

    @cached_property
    def asks_when_settled(self) -> bool:
        """Whether something inside takes the unknown for granted, and so is asked for though the answer is clear."""
        return self.form == "may_be" or (self.form not in _SILENT and any(p.asks_when_settled for p in self.parts))


class Compiler:
    """Turns conditions into nodes; each named term is compiled once and answered once for each case."""

    def __init__(self, terms: Mapping[str, Condition]) -> None:
        self._terms = terms
        self._nodes: dict[str, Node] = {}

    def term(self, name: str) -> Node:
        """The node of a named term. Raises ValueError for a name that does not exist."""
        if name not in self._terms:
            raise ValueError(f"A condition names a term that does not exist: {name}")
        if name not in self._nodes:
            inner = self.compile(self._terms[name])
            self._nodes[name] = Node("term", _remember(name, inner.test), (inner,), name)
        return self._nodes[name]

    def compile(self, condition: Condition) -> Node:
        """Compile one condition. Raises ValueError for an unknown form, fact or value."""
        if "fact" in condition:
            return _fact_node(condition)
        if "term" in condition:
            return self.term(condition["term"])
        for form, build in _FORMS.items():
            if form in condition:
                written = condition[form] if form in _LISTS else [condition[form]]
                parts = tuple(self.compile(part) for part in written)
                return Node(form, build([part.test for part in parts]), parts)
        raise ValueError(f"A condition has none of the known forms: {sorted(condition)}")


def _fact_node(condition: Condition) -> Node:
    full_name = condition["fact"]
    of_person = full_name.startswith(PERSON_PREFIX)
    name = full_name.removeprefix(PERSON_PREFIX)
    allowed = _values_of(name, of_person=of_person)
    wanted = allowed - {"none", "unknown"} if condition["is"] == "any" else frozenset(condition["is"])
    unsure = frozenset(condition.get("unsure", ()))
    if not wanted or not wanted | unsure <= allowed:
        raise ValueError(f"A condition asks for a fact or a value that the vocabulary does not have: {condition}")

    def test(case: Case, who: int) -> Answer:
        said, complete = (case.victims[who] if of_person else case.facts).get(name, _NOTHING)
        if said & wanted:
            return True
        return False if complete and not said & unsure else None

    return Node("fact", test, name=full_name)


def _values_of(name: str, *, of_person: bool) -> frozenset[str]:
    known = vocabulary().person if of_person else vocabulary().tip
    return frozenset(known[name].values) if name in known else _DERIVED.get(name, frozenset())


# Facts that the evaluation itself adds, so that clocks can turn on the outcome of the rules.
_DERIVED = {
    "request_type": frozenset(
        {"crisis", "tip", "high_risk", "referral", "training_and_technical_assistance", "general_information"}
    )
}


def _remember(name: str, inner: Test) -> Test:
    def test(case: Case, who: int) -> Answer:
        place = (name, who)
        if place not in case.memo:
            case.memo[place] = inner(case, who)
        return case.memo[place]

    return test


def _all(tests: list[Test]) -> Test:
    def test(case: Case, who: int) -> Answer:
        answer: Answer = True
        for part in tests:
            one = part(case, who)
            if one is False:
                return False
            if one is None:
                answer = None
        return answer

    return test


def _any(tests: list[Test]) -> Test:
    def test(case: Case, who: int) -> Answer:
        answer: Answer = False
        for part in tests:
            one = part(case, who)
            if one:
                return True
            if one is None:
                answer = None
        return answer

    return test


def _not(tests: list[Test]) -> Test:
    def test(case: Case, who: int) -> Answer:
        answer = tests[0](case, who)
        return None if answer is None else not answer

    return test


def _victim(tests: list[Test]) -> Test:
    def test(case: Case, who: int) -> Answer:
        answers = [tests[0](case, number) for number in range(len(case.victims))]
        return True if True in answers else None if None in answers else False

    return test


def _victims(tests: list[Test]) -> Test:
    def test(case: Case, who: int) -> Answer:
        answers = [tests[0](case, number) for number in range(len(case.victims))]
        return False if False in answers else None if None in answers else True

    return test


_FORMS: dict[str, Callable[[list[Test]], Test]] = {
    "all": _all,
    "seq": _all,
    "any": _any,
    "not": _not,
    "victim": _victim,
    "victims": _victims,
    "known": lambda tests: lambda case, who: tests[0](case, who) is True,
    "unless": lambda tests: lambda case, who: tests[0](case, who) is not True,
    "may_be": lambda tests: lambda case, who: tests[0](case, who) is not False,
}
_SILENT = ("known", "unless")
_LISTS = ("all", "seq", "any")


def missing(node: Node, case: Case, who: int = -1) -> set[str]:
    """The paths of the facts whose answer could still turn this condition; what is never asked is left out."""
    if node.form == "fact":
        return _question(node.name, case, who) if node.test(case, who) is None else set()
    if node.form != "term":
        return _missing_in_parts(node, case, who)
    place = (node.name, who)
    if place not in case.asked:
        case.asked[place] = missing(node.parts[0], case, who)
    return case.asked[place]


def _missing_in_parts(node: Node, case: Case, who: int) -> set[str]:
    answer = node.test(case, who)
    if answer is not None and not node.asks_when_settled:
        return set()
    if node.form in _SILENT or (answer is False and node.form in ("all", "seq", "victims")):
        return set()
    numbers = range(len(case.victims)) if node.form in ("victim", "victims") else (who,)
    # Beside a part that settles the matter, the others no longer count.
    only_settling = answer is not None and node.form in ("any", "victim")
    found: set[str] = set()
    for part in node.parts:
        for number in numbers:
            if not only_settling or part.test(case, number) is answer:
                found |= missing(part, case, number)
        if node.form == "seq" and part.test(case, who) is None:
            break
    return found


def _question(name: str, case: Case, who: int) -> set[str]:
    if name.startswith(PERSON_PREFIX):
        fact = vocabulary().person[name.removeprefix(PERSON_PREFIX)]
        return {case.paths[who] + fact.name} if fact.question else set()
    if name in _DERIVED:
        return set()
    return {name} if vocabulary().tip[name].question else set()
