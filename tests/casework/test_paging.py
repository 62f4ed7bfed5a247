"""P1 tips that nobody opened call people (ruling 4), each once."""

from datetime import timedelta

import pytest

from agencies.models import Alarm
from agencies.scope import acting_as, acting_as_system
from casework.actions import clocks, desk, paging
from casework.models import Clock
from tests.factories import NOW, World, log_tip
from tips.actions import triage
from tips.models import Tip

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(hours=1)


def alerted(world: World, urgency: str = "P1", *, duty: str = Clock.Duty.OURS) -> Tip:
    """A tip with an alert that is due in an hour."""
    tip = log_tip(world)
    with acting_as(world.operator):
        tip = triage.triage(tip, request_type="tip", urgency=urgency, by=world.operator, at=NOW)
        clocks.start(
            tip=tip, agency_id=world.hotline.pk, rule="CLK-13", label="Alert", holder="The desk", started_at=NOW,
            due_at=DUE, duty=duty, drives_queue=False,
        )  # fmt: skip
    return tip


def alarms() -> list[tuple[str, str]]:
    with acting_as_system("test"):
        return list(Alarm.objects.order_by("raised_at").values_list("reason", "reference"))


def test_an_alert_that_nobody_acknowledged_calls_people_once(world: World) -> None:
    tip = alerted(world)
    assert paging.page_unseen(at=DUE - timedelta(seconds=1)) == 0
    assert alarms() == []
    assert paging.page_unseen(at=DUE) == 1
    assert alarms() == [("unseen", tip.reference)]
    assert paging.page_unseen(at=DUE + timedelta(minutes=1)) == 0
    assert len(alarms()) == 1


def test_an_alert_of_a_tip_that_a_supervisor_opened_calls_nobody(world: World) -> None:
    tip = alerted(world)
    with acting_as(world.supervisor):
        desk.open_tip(Tip.objects.get(pk=tip.pk), by=world.supervisor, at=NOW)
    assert paging.page_unseen(at=DUE) == 0


def test_an_operator_who_opens_it_has_acknowledged_nothing(world: World) -> None:
    tip = alerted(world)
    with acting_as(world.operator):
        desk.open_tip(Tip.objects.get(pk=tip.pk), by=world.operator, at=NOW)
    assert paging.page_unseen(at=DUE) == 1


@pytest.mark.parametrize("urgency", ["P0", "P2", "P3"])
def test_only_p1_is_called_for_here(world: World, urgency: str) -> None:
    alerted(world, urgency)
    assert paging.page_unseen(at=DUE) == 0


def test_a_clock_of_somebody_else_calls_nobody(world: World) -> None:
    alerted(world, duty=Clock.Duty.THEIRS)
    assert paging.page_unseen(at=DUE) == 0
