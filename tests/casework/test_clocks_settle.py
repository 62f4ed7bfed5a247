"""A changed fact is replayed: clocks stop with a reason and go on; any order of the same facts ends the same."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from agencies.models import AuditEvent
from agencies.scope import acting_as
from casework.actions import clocks, proposals
from casework.actions.clocks import FACTS_CHANGED
from casework.models import Clock
from casework.rules_in_force import rules_in_force
from tests.factories import NOW, TOLD, World
from tips.actions import intake, persons, triage
from tips.models import Person, Tip
from tips.told import PersonTold, Told

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MINOR = Told(
    facts={"exploitation": ["commercial_sex"], "force_fraud_coercion": "yes"},
    place=TOLD.place,
    persons=(PersonTold({"role": "potential_victim", "age": "13_to_17"}),),
)


def log(world: World, told: Told = MINOR) -> Tip:
    by = world.operator
    with acting_as(by):
        contact = intake.open_contact(channel="call", started_at=NOW, by=by, at=NOW)
        values = {"caller_type": "service_provider", "knows_how": "told", "danger": "none"}
        tip = intake.end_on_tip(contact, told, by=by, at=NOW, values=values)
        return triage.triage(tip, request_type="tip", urgency="P1", by=by, at=NOW)


def ask(world: World, tip: Tip, at: Any = NOW) -> None:
    with acting_as(world.operator):
        proposals.make(Tip.objects.get(pk=tip.pk), by=world.operator, at=at)


def tell(world: World, tip: Tip, at: Any = NOW, **facts: Any) -> None:
    """A fact of the person is learned, and the rules are asked again."""
    by = world.operator
    with acting_as(by):
        person = Person.objects.get(tip=tip)
        age = facts.pop("age", None)
        if age:
            Person.objects.filter(pk=person.pk).update(age=age)
        if facts:
            person.facts = {**person.facts, **facts}
            person.save(update_fields=["facts"])
    ask(world, tip, at)


def running(world: World, tip: Tip) -> dict[str, tuple[str, Any, Any]]:
    with acting_as(world.operator):
        rows = Clock.objects.filter(tip=tip, ended_at=None, rule__startswith="CLK")
        return {clock.rule: (clock.duty, clock.started_at, clock.due_at) for clock in rows}


def test_the_notice_to_hhs_stops_when_citizenship_is_learned_and_goes_on_when_it_was_wrong(world: World) -> None:
    tip = log(world)
    ask(world, tip)
    first = running(world, tip)["CLK-01"]
    assert first == ("theirs", NOW, NOW + 24 * HOUR)
    tell(world, tip, NOW + HOUR, citizenship="us_citizen")
    assert "CLK-01" not in running(world, tip)
    with acting_as(world.operator):
        stopped = Clock.objects.get(tip=tip, rule="CLK-01")
        assert (stopped.ended_as, stopped.ended_at, stopped.end_reason) == ("stopped", NOW + HOUR, FACTS_CHANGED)
    tell(world, tip, NOW + 2 * HOUR, citizenship="unknown")
    assert running(world, tip)["CLK-01"] == first
    with acting_as(world.supervisor):
        told = AuditEvent.objects.filter(tip=tip.pk, reason="CLK-01", verb__contains="_clock").order_by("pk")
        assert [event.verb for event in told] == ["stop_clock", "restart_clock"]


def test_a_clock_that_was_met_or_stopped_by_a_person_is_not_started_again(world: World) -> None:
    tip = log(world)
    ask(world, tip)
    with acting_as(world.operator):
        clocks.mark_done(Clock.objects.get(tip=tip, rule="CLK-01"), by=world.operator, at=NOW + HOUR)
    ask(world, tip, NOW + 2 * HOUR)
    tell(world, tip, NOW + 3 * HOUR, citizenship="us_citizen")
    tell(world, tip, NOW + 4 * HOUR, citizenship="unknown")
    with acting_as(world.operator):
        clock = Clock.objects.get(tip=tip, rule="CLK-01")
        assert (clock.ended_as, clock.ended_at) == ("met", NOW + HOUR)


def test_clocks_of_steps_and_referrals_are_left_alone(world: World) -> None:
    tip = log(world)
    ask(world, tip)
    with acting_as(world.operator):
        Clock.objects.filter(tip=tip, rule="CLK-01").update(rule="first_action")
    tell(world, tip, NOW + HOUR, citizenship="us_citizen")
    assert "first_action" not in running(world, tip)
    with acting_as(world.operator):
        assert Clock.objects.get(tip=tip, rule="first_action", label__contains="HHS").ended_at is None


LEARNED: tuple[dict[str, Any], ...] = (
    {"age": "21_or_over"},
    {"citizenship": "us_citizen"},
    {"missing": "yes"},
)


def test_the_same_facts_in_any_order_end_in_the_same_clocks(world: World) -> None:
    ends = []
    for order in permutations(LEARNED):
        tip = log(world)
        ask(world, tip)
        for facts in order:
            tell(world, tip, **dict(facts))
        ends.append(running(world, tip))
    assert ends[0]
    assert all(end == ends[0] for end in ends)


def test_what_is_learned_and_taken_back_leaves_the_clocks_as_they_were(world: World) -> None:
    tip = log(world)
    ask(world, tip)
    before = running(world, tip)
    assert "CLK-01" in before
    for wrong, right in (("21_or_over", "13_to_17"), ("unknown", "13_to_17")):
        tell(world, tip, NOW + HOUR, age=wrong)
        tell(world, tip, NOW + 2 * HOUR, age=right)
    after = running(world, tip)
    assert {rule: after[rule] for rule in before} == before


def test_what_counts_attempts_starts_no_clock(world: World) -> None:
    by = world.operator
    tip = log(world)
    with acting_as(by):
        persons.set_situation_facts(tip, {"events": ["login_failed", "interim_letter_issued"]}, by=by, at=NOW)
    ask(world, tip)
    assert "CLK-36" not in running(world, tip)
    assert running(world, tip)["CLK-02"][1] == NOW


def test_every_shipped_clock_with_a_number_runs_out_or_counts_attempts() -> None:
    untimed = {rule.id for rule in rules_in_force().clocks if rule.kind == "clock" and not clocks._is_timed(rule)}
    assert untimed == {"CLK-36"}
