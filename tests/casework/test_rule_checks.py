"""Rules that can never fire, that nobody could receive, that shadow another, or that name what does not exist."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.conditions import Compiler, case_of
from casework.rule_checks import RuleChecks
from casework.rule_logic import Logic
from casework.rulebook import REFERENCE, frame, kind_rows
from casework.rulebook import _load as load
from tests.casework.test_routing_properties import ANY_STORY

RULES: list[dict[str, Any]] = load("routing_rules.json")["rules"]
CLOCKS: list[dict[str, Any]] = load("clocks.json")
EVERY_KIND = {row["code"] for row in kind_rows()}
SOME = [rule["when"] for rule in RULES] + [
    {"term": name} for name in frame()["terms"] if name not in ("minor", "adult")
]
PARTS = st.sampled_from([part for part in SOME if "person." not in str(part)[:18]])
CONDITIONS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.builds(
            lambda form, parts: {form: parts},
            st.sampled_from(["all", "any", "seq"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda form, part: {form: part}, st.sampled_from(["not", "known", "unless", "may_be"]), inner),
    ),
    max_leaves=4,
)


def checks(receivable: set[str] = EVERY_KIND) -> RuleChecks:
    return RuleChecks(frame(), kind_rows(), receivable)


def rule(**fields: Any) -> dict[str, Any]:
    """A whole rule, unlike any that is shipped."""
    body = {
        "id": "X01",
        "precedence": 500,
        "when": {"fact": "danger", "is": ["ongoing"]},
        "reason": "Example.",
        "source": "Example",
        "confidence": "proposed",
        "kinds": [{"kind": "legal_aid"}],
        "pillars": ["protection"],
        "urgency": "P2",
        "door": "help",
    }
    return {**body, **fields}


@settings(max_examples=60, deadline=None)
@given(condition=CONDITIONS, facts=ANY_STORY)
def test_what_holds_for_some_facts_is_never_called_impossible(condition: dict[str, Any], facts: dict[str, Any]) -> None:
    compiler, logic = Compiler(frame()["terms"]), Logic(frame()["terms"])
    if compiler.compile(condition).test(case_of(facts), -1) is True:
        assert logic.can_hold(condition)


@settings(max_examples=60, deadline=None)
@given(one=CONDITIONS, other=CONDITIONS, facts=ANY_STORY)
def test_what_is_implied_holds_wherever_the_first_does(
    one: dict[str, Any], other: dict[str, Any], facts: dict[str, Any]
) -> None:
    compiler, logic, case = Compiler(frame()["terms"]), Logic(frame()["terms"]), case_of(facts)
    narrow = {"all": [one, other]}
    for condition, wide in ((one, other), (narrow, one), (one, {"any": [other, one]})):
        if logic.implies(condition, wide) and compiler.compile(condition).test(case, -1) is True:
            assert compiler.compile(wide).test(case, -1) is True


def test_the_shipped_rules_and_clocks_pass() -> None:
    checked = checks()
    for row in RULES:
        assert checked.of_routing(row, [other for other in RULES if other["id"] != row["id"]]) == [], row["id"]
    for row in CLOCKS:
        assert checked.of_clock(row) == [], row["id"]
    assert REFERENCE.is_dir()


AGE = "person.age"
NEVER = {
    "a fact with two values": {"all": [{"fact": "danger", "is": ["life"]}, {"fact": "danger", "is": ["none"]}]},
    "yes and not yes": {"all": [{"fact": "danger", "is": ["life"]}, {"not": {"fact": "danger", "is": ["life"]}}]},
    "a term against itself": {"all": [{"term": "a_minor"}, {"unless": {"term": "a_minor"}}]},
    "one victim of two ages": {
        "victim": {"all": [{"fact": AGE, "is": ["under_13"]}, {"fact": AGE, "is": ["21_or_over"]}]}
    },
    "all adults and one a child": {
        "all": [{"victims": {"fact": AGE, "is": ["21_or_over"]}}, {"victim": {"fact": AGE, "is": ["under_13"]}}]
    },
    "only out of scope": {"fact": "out_of_scope", "is": ["prank"]},
    "outside and in a part": {
        "all": [
            {"term": "abroad_without_link"},
            {"any": [{"fact": "us_link", "is": ["yes"]}, {"not": {"fact": "location", "is": ["outside_us"]}}]},
        ]
    },
}
SOMETIMES = {
    "two victims of two ages": {
        "all": [{"victim": {"fact": AGE, "is": ["under_13"]}}, {"victim": {"fact": AGE, "is": ["21_or_over"]}}]
    },
    "a list of two": {
        "all": [{"fact": "exploitation", "is": ["labor"]}, {"fact": "exploitation", "is": ["commercial_sex"]}]
    },
    "not known to be a child, though perhaps one": {
        "all": [{"unless": {"term": "a_minor"}}, {"may_be": {"term": "a_minor"}}]
    },
}


@pytest.mark.parametrize("when", NEVER.values(), ids=NEVER)
def test_a_rule_that_can_never_fire_is_named(when: dict[str, Any]) -> None:
    assert checks().of_routing(rule(when=when), []) == ["It can never fire: its condition contradicts itself."]


@pytest.mark.parametrize("when", SOMETIMES.values(), ids=SOMETIMES)
def test_a_rule_that_may_fire_passes(when: dict[str, Any]) -> None:
    assert checks().of_routing(rule(when=when), []) == []


def test_a_clock_that_can_never_start_is_named() -> None:
    row = {**CLOCKS[0], "trigger": NEVER["a fact with two values"]}
    assert checks().of_clock(row) == ["It can never start: its trigger contradicts itself."]


def test_a_rule_that_nobody_could_receive_is_named_with_its_kinds() -> None:
    row = rule(when={"fact": "danger", "is": ["ongoing"]}, kinds=[{"kind": "legal_aid"}, {"kind": "fbi"}])
    said = checks({"hotline"}).of_routing(row, [])
    assert len(said) == 1
    assert said[0].startswith("No agency could receive what it proposes: the directory has none of these kinds: ")
    assert checks({"hotline", "fbi"}).of_routing(row, []) == []
    assert checks(set()).of_routing(rule(when={"fact": "danger", "is": ["ongoing"]}, kinds=[]), []) == []


WIDE = {"fact": "danger", "is": ["ongoing", "life"]}
NARROW = {"all": [{"fact": "danger", "is": ["ongoing"]}, {"term": "a_minor"}]}


def test_a_rule_in_the_shadow_of_another_is_named() -> None:
    wide, narrow = rule(id="X01", when=WIDE), rule(id="X02", when=NARROW)
    assert checks().of_routing(narrow, [wide]) == ["X01 shadows it: whenever this rule fires, X01 proposes the same."]
    assert checks().of_routing(wide, [narrow]) == ["It shadows X02: whenever X02 fires, this rule proposes the same."]


@pytest.mark.parametrize(
    "more",
    [
        {"kinds": [{"kind": "legal_aid"}, {"kind": "fbi"}]},
        {"urgency": "P1"},
        {"pillars": ["protection", "prosecution"]},
        {"gates": ["NO-IMAGERY"]},
        {"mandate": True},
        {"precedence": 400},
        {"subjects": "minors"},
        {"when": {"fact": "danger", "is": ["none", "ongoing"]}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_rule_that_adds_something_is_in_no_shadow(more: dict[str, Any]) -> None:
    assert checks().of_routing(rule(id="X02", **{"when": NARROW, **more}), [rule(id="X01", when=WIDE)]) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            {"when": {"fact": "no_such_fact", "is": ["yes"]}},
            "It cannot be read: A condition asks for a fact or a value",
        ),
        ({"when": {"term": "no_such_term"}}, "It cannot be read: A condition names a term that does not exist: no_suc"),
        ({"kinds": [{"kind": "no_such_kind"}]}, "It cannot be read: The rules name kinds or gates that do not exist:"),
        ({"gates": ["NO-SUCH-GATE"]}, "It cannot be read: The rules name kinds or gates that do not exist: NO-SUCH-G"),
        ({"when": {"any": "danger"}}, "It cannot be read: A condition has none of the known forms"),
        ({"when": {"all": 7}}, "It cannot be read: a condition in it is built of the wrong parts."),
        ({"when": {"fact": "danger"}}, "It cannot be read: is is missing."),
        ({"when": None}, "when: write a condition."),
        ({"kinds": "fbi"}, "kinds: write a list of offers, each with a kind."),
        ({"kinds": [{"kind": "fbi", "order": 1}]}, "kinds: write a list of offers, each with a kind."),
        ({"precedence": None}, "precedence: write a whole number, the lowest first."),
        ({"precedence": True}, "precedence: write a whole number, the lowest first."),
        ({"urgency": "P5"}, "urgency: write P0 to P4, null, or an object with first, second and first_when."),
        ({"pillars": ["protecting"]}, "pillars: write a list of partnership, prevention, prosecution, protection."),
        ({"door": "window"}, "door: write some of any, help, learn, none, tip, with slashes between."),
        ({"whne": {}}, "whne is no part of a rule."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_rule_that_cannot_be_read_says_what_is_wrong(spoil: dict[str, Any], said: str) -> None:
    found = checks().of_routing(rule(**spoil), RULES)
    assert len(found) == 1
    assert found[0].removeprefix("It cannot be read: ").startswith(said.removeprefix("It cannot be read: "))


@pytest.mark.parametrize("name", ["when", "kinds", "pillars", "urgency", "door", "reason", "precedence", "source"])
def test_a_rule_that_lacks_a_part_says_which(name: str) -> None:
    body = rule(when={"fact": "danger", "is": ["ongoing"]})
    del body[name]
    found = checks().of_routing(body, RULES)
    assert [sentence.split(": ")[:2] for sentence in found] == [["It cannot be read", f"{name} is missing"]]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            {"unit": "fortnights"},
            "unit: write one of minutes, hours, days, business_days, months, years, months_to_15th, birthday,",
        ),
        ({"limit": -1}, "limit: write a whole number, or null where the law gives none."),
        ({"trigger": {"fact": "events", "is": ["no_such_event"]}}, "It cannot be read: A condition asks for a fact"),
        ({"notes": [{"text": "x"}]}, "notes: write a list of notes, each with when and text."),
    ],
)
def test_a_clock_that_cannot_be_read_says_what_is_wrong(spoil: dict[str, Any], said: str) -> None:
    found = checks().of_clock({**CLOCKS[0], **spoil})
    assert len(found) == 1
    assert found[0].removeprefix("It cannot be read: ").startswith(said.removeprefix("It cannot be read: "))
