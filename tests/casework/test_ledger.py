"""The ledger of ruling 3: what was not passed on, what went without consent; every tip in scope in exactly one line."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from agencies.models import AuditEvent, Role, User
from agencies.scope import acting_as
from casework.actions import closing, merging, proposals
from casework.actions.proposals import Line
from casework.models import Proposal
from casework.reports.ledger import LINES, counts, ledger
from tests.casework.pages import queries_at_most, sign_in
from tests.factories import NOW, TOLD, World, make_user
from tips.actions import intake, policies, triage
from tips.models import Person, Tip
from tips.told import PersonTold, Told

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def second(world: World) -> User:
    return make_user("supervisor2", Role.SUPERVISOR, world.hotline)


def log(
    world: World, *, caller: str = "community_member", age: str = "adult", danger: str = "none", **person: Any
) -> Tip:
    told = Told(
        facts={"exploitation": ["labor"], "force_fraud_coercion": "yes"},
        place=TOLD.place,
        persons=(PersonTold({"role": "potential_victim", "age": age, **person}),),
    )
    by = world.operator
    with acting_as(by):
        contact = intake.open_contact(channel="call", started_at=NOW, by=by, at=NOW)
        values = {"caller_type": caller, "knows_how": "saw", "danger": danger}
        return intake.end_on_tip(contact, told, by=by, at=NOW, values=values)


def propose(world: World, tip: Tip) -> Proposal:
    by = world.supervisor
    with acting_as(by):
        tip = Tip.objects.get(pk=tip.pk)
        if tip.status in ("new", "in_triage"):
            tip = triage.triage(tip, request_type="tip", urgency=tip.urgency or "P2", by=by, at=NOW)
        return proposals.make(tip, by=by, at=NOW)


def send(world: World, proposal: Proposal, *receivers: Any, why: str = "The caller fears for them") -> None:
    by = world.supervisor
    with acting_as(by):
        persons = list(Person.objects.filter(tip=proposal.tip_id))
        lines = [Line(to, persons, "shelter", "protection", "Help", "Duty to report") for to in receivers]
        proposals.confirm(proposal, lines, by=by, at=NOW + HOUR, override_reason=why)


def decide(world: World, second: User, answer: str) -> None:
    if answer == policies.in_force().get("third_party_switch", "unset"):
        return
    with acting_as(world.supervisor):
        asked = policies.ask("third_party_switch", answer, reason="test", by=world.supervisor, at=NOW)
    with acting_as(second):
        policies.give(asked, by=second, at=NOW)


def line_of(world: World, tip: Tip) -> str:
    with acting_as(world.supervisor):
        found = list(ledger(world.supervisor, since=NOW - DAY, until=NOW + DAY).filter(pk=tip.pk))
        assert len(found) <= 1
        return found[0].line if found else ""


def close(world: World, tip: Tip) -> None:
    with acting_as(world.supervisor):
        closing.close(Tip.objects.get(pk=tip.pk), by=world.supervisor, at=NOW + 2 * HOUR, disposition="nobody")


@pytest.mark.parametrize(
    ("answer", "person", "receiver", "line"),
    [
        ("unset", {}, "", "open"),
        ("never", {}, "closed", "held_by_policy"),
        ("never", {}, "shelter", "held_by_policy"),
        ("unset", {}, "shelter", "held_by_policy"),
        ("consent_only", {}, "shelter", "held_by_policy"),
        ("always", {}, "shelter", "left_out"),
        ("always", {}, "police", "without_consent"),
        ("never", {}, "police", "without_consent"),
        ("consent_only", {"wants_law_enforcement": "yes"}, "police", "with_consent"),
        ("always", {"wants_law_enforcement": "no"}, "shelter", "declined"),
        ("always", {"wants_law_enforcement": "no"}, "police", "without_consent"),
    ],
)
def test_each_tip_stands_in_its_line(
    world: World, second: User, answer: str, person: dict[str, str], receiver: str, line: str
) -> None:
    decide(world, second, answer)
    tip = log(world, **person)
    proposal = propose(world, tip)
    if receiver == "closed":
        close(world, tip)
    elif receiver:
        send(world, proposal, getattr(world, receiver))
    assert line_of(world, tip) == line


@pytest.mark.parametrize(
    "told",
    [
        {"caller": "potential_victim"},
        {"age": "13_to_17"},
        {"danger": "life"},
        {"vulnerable_adult": "yes"},
    ],
    ids=str,
)
def test_what_the_ruling_leaves_out_stands_in_no_line(world: World, told: dict[str, str]) -> None:
    tip = log(world, **told)
    send(world, propose(world, tip), world.police)
    assert line_of(world, tip) == ""


@pytest.mark.parametrize("seed", range(3))
def test_every_tip_in_scope_stands_in_exactly_one_line_after_any_history(world: World, second: User, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same histories each time
    in_scope: set[Any] = set()
    tips: list[Tip] = []
    for _ in range(14):
        decide(world, second, random.choice(["unset", "never", "consent_only", "credible_and_unable", "always"]))
        caller = random.choice(["community_member", "relative", "service_provider", "potential_victim", "unknown"])
        age = random.choice(["adult", "unknown", "13_to_17", "judged_adult"])
        danger = random.choice(["none", "ongoing", "life", "unknown"])
        wish = random.choice([{}, {"wants_law_enforcement": "yes"}, {"wants_law_enforcement": "no"}])
        tip = log(world, caller=caller, age=age, danger=danger, **wish)
        tips.append(tip)
        step = random.choice(["nothing", "asked", "asked twice", "closed", "shelter", "police", "both"])
        if step == "nothing":
            continue
        proposal = propose(world, tip)
        if step == "asked twice":
            propose(world, tip)
        elif step == "closed":
            close(world, tip)
        elif step != "asked":
            send(
                world,
                proposal,
                *{"shelter": [world.shelter], "police": [world.police]}.get(step, [world.shelter, world.police]),
            )
        if caller != "potential_victim" and age != "13_to_17" and danger != "life":
            in_scope.add(tip.pk)
    with acting_as(world.supervisor):
        unrouted = list(Tip.objects.filter(pk__in=[tip.pk for tip in tips], status="in_triage").order_by("created_at"))
        if len(unrouted) >= 2:
            merging.merge(unrouted[:2], reason="same", by=world.supervisor, at=NOW + 3 * HOUR)
            in_scope -= {tip.pk for tip in Tip.objects.filter(status="merged")}
        rows = ledger(world.supervisor, since=NOW - DAY, until=NOW + DAY)
        found = [tip.pk for tip in rows]
        assert len(found) == len(set(found))
        assert set(found) == in_scope
        assert {tip.line for tip in rows} <= set(LINES)
        parts = [set(rows.filter(line=line).values_list("pk", flat=True)) for line in LINES]
        assert sum(len(part) for part in parts) == len(in_scope)
        assert set().union(*parts) == in_scope
        assert [number for *_, number in counts(rows)] == [len(part) for part in parts]


def test_the_page_says_who_why_by_which_policy_and_after_how_many_minutes(world: World, second: User) -> None:
    decide(world, second, "never")
    kept, gone = log(world), log(world)
    send(world, propose(world, kept), world.shelter)
    send(world, propose(world, gone), world.police, why="Example reason of the supervisor")
    client = sign_in(world.supervisor)
    page = client.get("/admin/ledger/?since=2026-11-01&until=2026-11-30")
    assert page.status_code == 200
    for words in (
        "All 2 tips, each in one line",
        "Not passed on: the policy holds it back",
        "Tips of third parties about adults are not proposed to law enforcement here (ruling 3).",
        "Example City Police: Duty to report. Example reason of the supervisor",
        "Never",
        "60 min",
        "Supervisor",
        kept.reference,
    ):
        assert words in page.text, words
    one = client.get("/admin/ledger/?since=2026-11-01&until=2026-11-30&line=held_by_policy").text
    assert kept.reference in one
    assert gone.reference not in one
    assert "No tip stands here" in client.get("/admin/ledger/?since=2026-10-01&until=2026-10-02").text
    assert client.get("/admin/ledger/?since=x&until=2026-10-02").status_code == 400
    with acting_as(world.supervisor):
        assert AuditEvent.objects.filter(verb="read", object_id="ledger").count() == 3


def test_the_page_costs_the_same_however_many_tips(world: World) -> None:
    for _ in range(3):
        propose(world, log(world))
    client = sign_in(world.supervisor)
    client.get("/admin/ledger/")
    with queries_at_most(12):
        client.get("/admin/ledger/?since=2026-11-01&until=2026-11-30")


@pytest.mark.parametrize("who", ["operator", "liaison", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_else_reads_the_ledger(world: World, who: str) -> None:
    propose(world, log(world))
    assert sign_in(getattr(world, who)).get("/admin/ledger/").status_code == 403


def test_a_supervisor_of_another_agency_reads_an_empty_one(world: World) -> None:
    tip = log(world)
    send(world, propose(world, tip), world.police)
    elsewhere = make_user("elsewhere", Role.SUPERVISOR, world.police)
    page = sign_in(elsewhere).get("/admin/ledger/?since=2026-11-01&until=2026-11-30").text
    assert tip.reference not in page
    assert "All 0 tips" in page
