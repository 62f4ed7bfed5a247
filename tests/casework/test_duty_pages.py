"""The duty page and the banner over HTTP: who is reached, who answers, and that looking is not activity."""

import time
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agencies.actions import alarms, duty
from agencies.models import Alarm, Membership, OnCall, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import desk, paging
from tests.casework.pages import queries_at_most, sign_in
from tests.factories import NOW, World, log_tip
from tips.actions import intake
from tips.models import Tip
from tips.told import Told

pytestmark = pytest.mark.django_db
POLL = {"X-Casework-Poll": "1"}


def on_duty(*people: User) -> None:
    """From the real now on: pages read the clock."""
    now = timezone.now()
    for person in people:
        with acting_as(person):
            duty.go_on_duty(until=now + timedelta(hours=8), by=person, at=now)


def alarm_about(world: World, tip: Tip, *, by: User) -> Alarm:
    with acting_as(by):
        return paging.page_duty("act_now", about=tip, by=by, at=timezone.now())


def test_going_on_duty_and_off_again(world: World) -> None:
    client = sign_in(world.operator)
    assert "Nobody is on duty." in client.get("/duty/").text
    page = client.post("/duty/", {"hours": "8"}, follow=True).text
    assert "You are on duty. Alarms reach you on every page." in page
    assert "On duty now (1)" in page
    assert "on duty until" in client.get("/desk/").text
    assert "You are off duty" in client.post("/duty/off/", follow=True).text
    assert Membership.objects.get(user=world.operator).on_duty_until is None


@pytest.mark.parametrize("hours", ["", "0", "13", "48", "x"])
def test_hours_that_nobody_works_are_refused_in_words(world: World, hours: str) -> None:
    response = sign_in(world.operator).post("/duty/", {"hours": hours})
    assert response.status_code == 422
    assert Membership.objects.get(user=world.operator).on_duty_until is None


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_duty_is_closed_to_everybody_but_the_desk(world: World, who: str) -> None:
    alarm = alarm_about(world, log_tip(world), by=world.operator)
    client = sign_in(getattr(world, who))
    assert client.get("/duty/").status_code == 403
    assert client.post("/duty/", {"hours": "8"}).status_code == 403
    assert client.post("/duty/off/").status_code == 403
    assert client.get("/duty/alarms/").status_code == 403
    assert client.post(f"/duty/alarms/{alarm.pk}/answer/").status_code == 404
    assert client.post("/duty/on-call/", {"person": str(world.operator.pk)}).status_code == 403


def test_an_alarm_stands_on_every_page_of_people_on_duty_and_on_no_other(world: World) -> None:
    tip = log_tip(world)
    on_duty(world.operator, world.operator2)
    alarm_about(world, tip, by=world.operator)
    for address in ("/desk/", "/help/", f"/tips/{tip.pk}/"):
        page = sign_in(world.operator2).get(address).text
        assert "Alarm: A tip was set to P0 Act now." in page
        assert f"{tip.reference}. Since" in page
    assert "Alarm: A tip" not in sign_in(world.supervisor).get("/desk/").text
    assert "Alarm: A tip" not in sign_in(world.liaison).get("/help/").text


def test_the_script_is_told_what_sounds_and_when_duty_is_over(world: World) -> None:
    on_duty(world.operator2)
    client = sign_in(world.operator2)
    assert client.get("/duty/alarms/", headers=POLL)["X-Casework-Alarms"] == "none"
    alarm = alarm_about(world, log_tip(world), by=world.operator)
    with queries_at_most(6):  # The sixth only takes the scope back in this test's transaction.
        answer = client.get("/duty/alarms/", headers=POLL)
    assert answer["X-Casework-Alarms"] == f"{alarm.pk}:0"
    assert "I answer. Show me" in answer.text
    Membership.objects.filter(user=world.operator2).update(on_duty_until=timezone.now())
    over = client.get("/duty/alarms/", headers=POLL)
    assert (over.status_code, over["X-Casework-Alarms"]) == (204, "off")


def test_looking_for_alarms_keeps_no_session_alive(world: World) -> None:
    on_duty(world.operator2)
    client = sign_in(world.operator2)
    session = client.session
    session["last_active"] = int(time.time()) - 14 * 60
    session.save()
    before = session["last_active"]
    client.get("/duty/alarms/", headers=POLL)
    assert client.session["last_active"] == before
    client.get("/duty/")
    assert client.session["last_active"] > before


def test_answering_leads_to_where_help_is_needed_and_the_second_is_told_who(world: World) -> None:
    tip = log_tip(world)
    on_duty(world.operator2, world.supervisor)
    alarm = alarm_about(world, tip, by=world.operator)
    first = sign_in(world.operator2).post(f"/duty/alarms/{alarm.pk}/answer/")
    assert first["Location"] == f"/tips/{tip.pk}/"
    second = sign_in(world.supervisor).post(f"/duty/alarms/{alarm.pk}/answer/")
    assert second.status_code == 409
    assert "Operator2 has answered already" in second.text
    page = sign_in(world.operator).get(f"/tips/{tip.pk}/").text
    assert "People on duty were called" in page
    assert "An alarm was answered" in page


def test_a_supervisor_keeps_the_chain(world: World) -> None:
    client = sign_in(world.supervisor)
    page = client.post("/duty/on-call/", {"person": str(world.operator.pk), "pager": "p1"}, follow=True).text
    assert "On call, in this order (1)" in page
    assert client.post("/duty/on-call/", {"person": str(world.liaison.pk), "pager": "x"}).status_code == 422
    with acting_as(world.supervisor):
        place = OnCall.objects.get()
    assert "p1" not in sign_in(world.operator).get("/duty/").text
    assert sign_in(world.operator).post(f"/duty/on-call/{place.pk}/remove/").status_code == 403
    assert sign_in(world.stranger).post(f"/duty/on-call/{place.pk}/remove/").status_code == 404
    assert "On call, in this order (0)" in client.post(f"/duty/on-call/{place.pk}/remove/", follow=True).text


def raised(world: World) -> list[tuple[str, str]]:
    with acting_as(world.operator):
        return list(Alarm.objects.order_by("raised_at", "pk").values_list("reason", "reference"))


def test_danger_on_a_contact_calls_people_once(world: World) -> None:
    by = world.operator
    with acting_as(by):
        contact = intake.open_contact(channel="call", started_at=NOW, by=by, at=NOW)
        tip = desk.log_on_tip(contact, Told(), by=by, at=NOW, values={"danger": "life"})
        desk.save_triage(tip, desk.Coded(request_type="crisis", urgency="P0"), by=by, at=NOW + timedelta(minutes=1))
    assert raised(world) == [("danger", tip.reference)]


def test_p0_in_triage_calls_people_once(world: World) -> None:
    tip, coded = log_tip(world), desk.Coded(request_type="crisis", urgency="P0")
    for minute in (1, 2):
        with acting_as(world.operator):
            desk.save_triage(Tip.objects.get(), coded, by=world.operator, at=NOW + timedelta(minutes=minute))
    assert raised(world) == [("act_now", tip.reference)]


@pytest.mark.parametrize("urgency", ["P1", "P2", "P3", "P4"])
def test_less_than_p0_calls_nobody(world: World, urgency: str) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        desk.save_triage(tip, desk.Coded(request_type="tip", urgency=urgency), by=world.operator, at=NOW)
    assert raised(world) == []


def journey_time(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_journey_nobody_answers_and_it_climbs_until_somebody_does(world: World) -> None:
    """A P0 reaches two people on duty; after three minutes the first on call, after six the second, who answers."""
    with acting_as(world.supervisor):
        duty.put_on_call(world.operator2, pager="a", by=world.supervisor, at=NOW)
        duty.put_on_call(world.supervisor, pager="b", by=world.supervisor, at=NOW)
    for person in (world.operator, world.operator2):
        with acting_as(person):
            duty.go_on_duty(until=journey_time(480), by=person, at=NOW)
    tip = log_tip(world)
    with acting_as(world.operator):
        alarm = paging.page_duty("act_now", about=tip, by=world.operator, at=NOW)
    called = []
    for minute in (1, 2, 3, 4, 5, 6, 7):
        alarms.climb_due(at=journey_time(minute))
        with acting_as_system("test"):
            called.append(alarm.made_calls.count())
    assert called == [0, 0, 1, 1, 1, 2, 2]
    with acting_as(world.supervisor):
        alarms.answer(alarm, by=world.supervisor, at=journey_time(7.5))
    assert alarms.climb_due(at=journey_time(60)) == 0


def test_signed_out_nobody_learns_of_alarms(world: World) -> None:
    alarm_about(world, log_tip(world), by=world.operator)
    assert Client().get("/duty/alarms/").status_code == 302
