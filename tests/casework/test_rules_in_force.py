"""What people put in force decides from that moment; what they retire no longer does."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.models import Role
from agencies.scope import acting_as
from casework.actions import reference, rules
from casework.models import RuleStatus, RuleVersion
from casework.routing import propose
from casework.rules_in_force import rules_in_force
from tests.factories import NOW, World, make_user

pytestmark = pytest.mark.django_db
TRAINING = {"requests": ["training"]}


def fired() -> list[tuple[str, int]]:
    return [(rule["id"], rule["version"]) for rule in propose(TRAINING, rules_in_force())["rules"]]


def proposed_by_supervisor(world: World) -> RuleVersion:
    body = RuleVersion.objects.get(code="R28").body
    return RuleVersion.objects.create(
        kind="routing", code="R28", number=2, body={**body, "reason": "Ours now."}, proposed_by=world.supervisor
    )


def test_the_shipped_rules_are_in_force() -> None:
    assert fired() == [("R28", 1)]
    assert RuleVersion.objects.filter(kind="routing", status="in_force").count() == 35
    assert RuleVersion.objects.filter(kind="clock", status="in_force").count() == 40


def test_a_second_person_puts_a_version_in_force_and_the_first_is_retired(world: World) -> None:
    draft = proposed_by_supervisor(world)
    assert fired() == [("R28", 1)]
    second = make_user("supervisor2", Role.SUPERVISOR, world.hotline)
    with acting_as(world.supervisor), pytest.raises(PermissionDenied):
        rules.put_in_force(draft, by=world.supervisor, at=NOW)
    with acting_as(second):
        rules.put_in_force(draft, by=second, at=NOW)
    assert fired() == [("R28", 2)]
    assert RuleVersion.objects.get(code="R28", number=1).status == RuleStatus.RETIRED


@pytest.mark.parametrize("who", ["operator", "liaison", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_else_puts_rules_in_force(world: World, who: str) -> None:
    draft = proposed_by_supervisor(world)
    user = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        rules.put_in_force(draft, by=user, at=NOW)


def test_a_retired_rule_proposes_nothing(world: World) -> None:
    rule = RuleVersion.objects.get(code="R28", status="in_force")
    with acting_as(world.supervisor):
        rules.retire(rule, by=world.supervisor, at=NOW)
    assert fired() == []


def test_loading_the_shipped_rules_again_changes_nothing() -> None:
    before = list(RuleVersion.objects.order_by("pk").values_list("pk", "status"))
    reference.load_rules(at=NOW)
    assert list(RuleVersion.objects.order_by("pk").values_list("pk", "status")) == before


def test_a_new_shipped_version_waits_where_people_have_their_own(world: World) -> None:
    draft = proposed_by_supervisor(world)
    second = make_user("supervisor2", Role.SUPERVISOR, world.hotline)
    with acting_as(second):
        rules.put_in_force(draft, by=second, at=NOW)
    shipped = {**draft.body, "id": "R28", "version": 3}
    reference.put_in_force(RuleVersion.Kind.ROUTING, shipped, 3, NOW + timedelta(days=1))
    assert RuleVersion.objects.get(code="R28", number=3).status == RuleStatus.DRAFT
    assert fired() == [("R28", 2)]


@pytest.mark.parametrize(
    "spoil",
    [
        {"when": {"fact": "no_such_fact", "is": ["yes"]}},
        {"when": {"fact": "danger", "is": ["no_such_value"]}},
        {"kinds": [{"kind": "no_such_kind"}]},
        {"when": None},
    ],
    ids=["fact", "value", "kind", "nothing"],
)
def test_a_rule_that_cannot_be_read_is_not_put_in_force(world: World, spoil: dict[str, object]) -> None:
    draft = proposed_by_supervisor(world)
    draft.body = {**draft.body, **spoil}
    draft.save()
    second = make_user("supervisor2", Role.SUPERVISOR, world.hotline)
    with acting_as(second), pytest.raises(ValidationError, match="cannot be read"):
        rules.put_in_force(draft, by=second, at=NOW)
    assert fired() == [("R28", 1)]
