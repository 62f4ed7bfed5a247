"""Alarms: who is called, who answers, how they climb, and that nothing of a record leaves the house."""

import json
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies import pager
from agencies.actions import alarms, duty
from agencies.lifecycle import Conflict
from agencies.models import Alarm, AlarmCall, AuditEvent, Notice, User
from agencies.scope import acting_as, acting_as_system
from tests.factories import NOW, World, log_tip

pytestmark = pytest.mark.django_db
CLIMB = timedelta(minutes=3)


def on_duty(*people: User) -> None:
    for person in people:
        with acting_as(person):
            duty.go_on_duty(until=NOW + timedelta(hours=8), by=person, at=NOW)


def chain(world: World, *people: User) -> None:
    with acting_as(world.supervisor):
        for person in people:
            duty.put_on_call(person, pager=f"pager-{person.username}", by=world.supervisor, at=NOW)


def raise_one(world: World, *, by: User | None = None, path: str = "/tips/x/", at: datetime = NOW) -> Alarm:
    by = by or world.operator
    tip = log_tip(world).pk
    with acting_as(by):
        return alarms.raise_alarm("danger", agency_id=world.hotline.pk, path=path, tip=tip, by=by, at=at)


def called() -> list[tuple[int, str]]:
    with acting_as_system("test"):
        return list(AlarmCall.objects.order_by("number").values_list("number", "user__username"))


def mails() -> list[tuple[str, str]]:
    with acting_as_system("test"):
        return list(Notice.objects.order_by("created_at", "id").values_list("code", "user__username"))


def test_people_on_duty_are_enough_at_first(world: World) -> None:
    chain(world, world.supervisor)
    on_duty(world.operator, world.operator2)
    alarm = raise_one(world)
    assert (alarm.calls, alarm.climbs_at) == (0, NOW + CLIMB)
    assert called() == []


def test_who_raises_alone_on_duty_does_not_count_as_reached(world: World) -> None:
    chain(world, world.supervisor)
    on_duty(world.operator)
    raise_one(world)
    assert called() == [(1, "supervisor")]


def test_nobody_on_duty_and_nobody_on_call_is_told_to_the_supervisors(world: World) -> None:
    raise_one(world)
    assert called() == []
    assert mails() == [("alarm_unanswered", "supervisor")]


def test_it_climbs_after_three_minutes_again_and_again_and_begins_anew(world: World) -> None:
    chain(world, world.operator2, world.supervisor)
    on_duty(world.operator, world.operator2)
    raise_one(world)
    assert alarms.climb_due(at=NOW + CLIMB - timedelta(seconds=1)) == 0
    for n in (1, 2, 3):
        assert alarms.climb_due(at=NOW + n * CLIMB) == 1
        assert alarms.climb_due(at=NOW + n * CLIMB) == 0
    assert called() == [(1, "operator2"), (2, "supervisor"), (3, "operator2")]
    assert mails() == [
        ("alarm", "operator2"),
        ("alarm", "supervisor"),
        ("alarm_unanswered", "supervisor"),
        ("alarm", "operator2"),
    ]


def test_an_answer_by_name_ends_it(world: World) -> None:
    chain(world, world.supervisor)
    on_duty(world.operator, world.operator2)
    alarm = raise_one(world)
    with acting_as(world.operator2):
        alarm = alarms.answer(alarm, by=world.operator2, at=NOW + timedelta(minutes=1))
    assert (alarm.answered_by, alarm.answered_at) == (world.operator2, NOW + timedelta(minutes=1))
    assert alarms.climb_due(at=NOW + 10 * CLIMB) == 0
    with acting_as(world.supervisor), pytest.raises(Conflict, match="Operator2 has answered already"):
        alarms.answer(alarm, by=world.supervisor, at=NOW + timedelta(minutes=2))
    with acting_as(world.operator):
        assert AuditEvent.objects.filter(verb="answer_alarm", actor=world.operator.pk).count() == 0


def test_the_same_thing_sounds_once_until_it_is_answered(world: World) -> None:
    first = raise_one(world)
    assert raise_one(world, by=world.operator2).pk == first.pk
    assert raise_one(world, path="/tips/y/").pk != first.pk
    with acting_as(world.operator2):
        alarms.answer(first, by=world.operator2, at=NOW)
    assert raise_one(world).pk != first.pk


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_else_sees_or_answers_or_raises(world: World, who: str) -> None:
    alarm = raise_one(world)
    user = getattr(world, who)
    with acting_as(user):
        assert Alarm.objects.count() == 0
        assert not Alarm.objects.visible_to(user).exists()
        with pytest.raises(PermissionDenied):
            alarms.answer(alarm, by=user, at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            alarms.raise_alarm("danger", agency_id=world.hotline.pk, path="/tips/z/", by=user, at=NOW)
        assert AlarmCall.objects.count() == 0


@pytest.mark.parametrize(
    ("reference", "path"), [("Maria", "/tips/x/"), ("", "/tips/x/?name=Maria"), ("", "tips"), ("+1 305", "/")]
)
def test_an_alarm_takes_no_content(world: World, reference: str, path: str) -> None:
    with acting_as(world.operator), pytest.raises(ValueError, match="notice"):
        alarms.raise_alarm(
            "danger", agency_id=world.hotline.pk, path=path, reference=reference, by=world.operator, at=NOW
        )


def test_the_hook_command_gets_ids_and_nothing_else(world: World, settings, tmp_path: Path) -> None:
    target = tmp_path / "told"
    settings.ON_CALL_HOOK_COMMAND, settings.ON_CALL_HOOK_URL = f"tee {target}", ""
    chain(world, world.supervisor)
    alarm = raise_one(world)
    assert pager.make_calls(at=NOW) == 1
    assert pager.make_calls(at=NOW) == 0
    told = json.loads(target.read_text())
    assert told == {"alarm": str(alarm.pk), "call": 1, "pager": "pager-supervisor", "url": f"{settings.SITE_URL}/duty/"}


def test_the_hook_is_a_post_of_the_same(world: World, settings) -> None:
    bodies: list[bytes] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    settings.ON_CALL_HOOK_URL, settings.ON_CALL_HOOK_COMMAND = f"http://127.0.0.1:{server.server_port}/call", ""
    thread = Thread(target=server.handle_request)
    thread.start()
    chain(world, world.supervisor)
    raise_one(world)
    assert pager.make_calls(at=NOW) == 1
    thread.join()
    server.server_close()
    assert json.loads(bodies[0])["pager"] == "pager-supervisor"


def test_a_hook_that_fails_is_tried_again_until_somebody_answers(world: World, settings) -> None:
    settings.ON_CALL_HOOK_COMMAND, settings.ON_CALL_HOOK_URL = "false", ""
    chain(world, world.supervisor)
    alarm = raise_one(world)
    assert pager.make_calls(at=NOW) == 0
    with acting_as_system("test"):
        call = AlarmCall.objects.get()
        assert (call.failure, call.attempts, call.delivered_at) == ("CalledProcessError", 1, None)
    settings.ON_CALL_HOOK_COMMAND = "true"
    assert pager.make_calls(at=NOW + timedelta(seconds=29)) == 0
    with acting_as(world.operator2):
        alarms.answer(alarm, by=world.operator2, at=NOW)
    assert pager.make_calls(at=NOW + timedelta(seconds=30)) == 0


def test_without_a_hook_nothing_is_called(world: World, settings) -> None:
    settings.ON_CALL_HOOK_COMMAND = settings.ON_CALL_HOOK_URL = ""
    chain(world, world.supervisor)
    raise_one(world)
    with CaptureQueriesContext(connection) as captured:
        assert pager.make_calls(at=NOW) == 0
    assert len(captured) == 0


def test_nothing_to_climb_is_one_look(world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert alarms.climb_due(at=NOW) == 0
    asked = [query["sql"] for query in captured.captured_queries if "agencies_alarm" in query["sql"]]
    assert len(asked) == 1
