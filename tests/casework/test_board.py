"""The supervisor's board: the gravest state, numbers that lead to their lists, nothing for anybody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.actions import duty
from agencies.models import User
from agencies.scope import acting_as
from casework.actions import paging
from casework.pages.board import board_for
from tests.casework.pages import assert_no_canary, queries_at_most, sign_in
from tests.factories import World, log_tip
from tips.actions import triage

pytestmark = pytest.mark.django_db


def on_duty(*people: User) -> None:
    now = timezone.now()
    for person in people:
        with acting_as(person):
            duty.go_on_duty(until=now + timedelta(hours=8), by=person, at=now)


def numbers(world: World) -> dict[str, int]:
    with acting_as(world.supervisor):
        return {number.name: number.count for number in board_for(world.supervisor, timezone.now()).numbers}


def test_nobody_on_duty_is_the_gravest_state(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        paging.page_duty("danger", about=tip, by=world.operator, at=timezone.now())
    client = sign_in(world.supervisor)
    page = client.get("/admin/board/").text
    assert "<title>Nobody on duty | Board" in page
    assert "Nobody is on call either" in page
    assert "casework-icon-grave.svg" in page
    on_duty(world.operator)
    page = client.get("/admin/board/").text
    assert "<title>An alarm sounds | Board" in page
    assert_no_canary(page)


def test_the_numbers_are_those_of_the_lists(world: World) -> None:
    # The factory starts no clock: nothing reminds anybody of any of them.
    first, held, third = log_tip(world), log_tip(world), log_tip(world)
    with acting_as(world.operator2):
        triage.take(held, by=world.operator2, at=timezone.now())
    on_duty(world.operator)
    assert numbers(world) == {
        "on_duty": 1,
        "alarms": 0,
        "late": 0,
        "late_calls": 0,
        "unclaimed": 2,
        "stranded": 1,
        "stuck": 3,
        "decide": 0,
    }
    client = sign_in(world.supervisor)
    page = client.get("/desk/?no_clock=on").text
    assert all(tip.reference in page for tip in (first, held, third))


def test_the_load_names_people_and_the_wall_names_nobody(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        triage.take(tip, by=world.operator, at=timezone.now())
    on_duty(world.operator)
    client = sign_in(world.supervisor)
    assert '<th scope="row">Operator</th>' in client.get("/admin/board/").text
    wall = client.get("/admin/board/?wall=1").text
    assert "Operator<" not in wall
    assert tip.reference not in wall


def test_a_board_costs_few_queries(world: World) -> None:
    on_duty(world.operator, world.operator2)
    client = sign_in(world.supervisor)
    with queries_at_most(10):
        client.get("/admin/board/")


@pytest.mark.parametrize("who", ["operator", "liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_the_board_is_closed_to_everybody_but_supervisors(world: World, who: str) -> None:
    log_tip(world)
    assert sign_in(getattr(world, who)).get("/admin/board/").status_code == 403
