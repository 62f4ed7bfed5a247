"""On duty is a switch with an end; on call is a chain that its supervisor keeps."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from agencies.actions import duty
from agencies.models import AuditEvent, Membership, OnCall
from agencies.scope import acting_as, acting_as_system
from tests.factories import NOW, World

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=8)


def test_on_duty_ends_by_itself(world: World) -> None:
    with acting_as(world.operator):
        duty.go_on_duty(until=LATER, by=world.operator, at=NOW)
    assert duty.is_on_duty(world.operator, LATER - timedelta(seconds=1))
    assert not duty.is_on_duty(world.operator, LATER)
    assert [s.user for s in Membership.objects.on_duty(world.hotline.pk, NOW)] == [world.operator]
    assert not Membership.objects.on_duty(world.hotline.pk, LATER).exists()
    assert not Membership.objects.on_duty(world.shelter.pk, NOW).exists()


def test_off_duty_is_off_at_once_and_twice_is_once(world: World) -> None:
    with acting_as(world.operator):
        duty.go_on_duty(until=LATER, by=world.operator, at=NOW)
        duty.go_off_duty(by=world.operator, at=NOW)
        duty.go_off_duty(by=world.operator, at=NOW)
        assert list(AuditEvent.objects.order_by("id").values_list("verb", flat=True)) == ["go_on_duty", "go_off_duty"]
    assert not Membership.objects.on_duty(world.hotline.pk, NOW).exists()


@pytest.mark.parametrize("hours", [-1, 0, 13])
def test_an_end_that_is_past_or_too_far_is_refused(world: World, hours: int) -> None:
    with acting_as(world.operator), pytest.raises(ValidationError):
        duty.go_on_duty(until=NOW + timedelta(hours=hours), by=world.operator, at=NOW)


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_only_the_desk_goes_on_duty(world: World, who: str) -> None:
    user = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        duty.go_on_duty(until=LATER, by=user, at=NOW)


def test_the_chain_closes_up_when_somebody_leaves_it(world: World) -> None:
    with acting_as(world.supervisor):
        for person in (world.operator, world.operator2, world.supervisor):
            duty.put_on_call(person, pager=f"p-{person.username}", by=world.supervisor, at=NOW)
        duty.put_on_call(world.operator2, pager="other", by=world.supervisor, at=NOW)
        duty.take_off_call(OnCall.objects.get(user=world.operator), by=world.supervisor, at=NOW)
        chain = OnCall.objects.order_by("position").values_list("position", "user__username", "pager")
        assert list(chain) == [(1, "operator2", "other"), (2, "supervisor", "p-supervisor")]


@pytest.mark.parametrize("who", ["liaison", "auditor"])
def test_nobody_without_a_desk_is_put_on_call(world: World, who: str) -> None:
    with acting_as(world.supervisor), pytest.raises(ValidationError):
        duty.put_on_call(getattr(world, who), pager="x", by=world.supervisor, at=NOW)


@pytest.mark.parametrize("who", ["operator", "liaison", "agencyadmin", "auditor", "sysadmin"])
def test_only_the_desks_supervisor_keeps_the_chain(world: World, who: str) -> None:
    with acting_as(world.supervisor):
        place = duty.put_on_call(world.operator2, pager="p", by=world.supervisor, at=NOW)
    user = getattr(world, who)
    with acting_as(user):
        with pytest.raises(PermissionDenied):
            duty.put_on_call(world.operator, pager="x", by=user, at=NOW)
        with pytest.raises(PermissionDenied):
            duty.take_off_call(place, by=user, at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            OnCall(agency=world.hotline, user=world.operator, position=9).save(force_insert=True)
        assert OnCall.objects.count() == (1 if who == "operator" else 0)
        assert OnCall.objects.visible_to(user).count() == (1 if who == "operator" else 0)
    with acting_as_system("test"):
        assert OnCall.objects.get().pager == "p"
