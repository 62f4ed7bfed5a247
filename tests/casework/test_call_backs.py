"""Promised call-backs: the safe-contact rule, tries, the limit, the supervisor's decision, and who sees them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from agencies.lifecycle import Conflict
from agencies.models import Notice
from agencies.scope import acting_as, acting_as_system
from casework.actions import call_backs, closing
from casework.actions.call_backs import Window
from casework.models import CallBack, CallBackAttempt, Clock
from casework.pages.call_backs import window_words
from tests.casework.pages import assert_no_canary, sign_in
from tests.factories import NOW, World, log_tip, make_referral
from tips.models import Person, SafeContact, Tip

pytestmark = pytest.mark.django_db

ZONE = "America/Chicago"
EARLY, LATE = NOW + timedelta(hours=1), NOW + timedelta(hours=3)


def promise(
    world: World, *, way: str = "text", at: datetime = NOW, start: datetime = EARLY, end: datetime = LATE
) -> CallBack:
    person = person_of(world, log_tip(world))
    with acting_as(world.operator):
        window = Window(start, end, ZONE)
        return call_backs.promise(person, way=way, window=window, words="Say the library", by=world.operator, at=at)


def person_of(world: World, tip: Tip) -> Person:
    with acting_as(world.operator):
        return Person.objects.get(tip=tip, number=1)


def attempt(world: World, record: CallBack, result: str, *, at: datetime = EARLY, **more: Any) -> CallBack:
    with acting_as(world.operator2):
        return call_backs.attempt(record, result, by=world.operator2, at=at, **more)


def rule(world: World, record: CallBack, **values: Any) -> None:
    with acting_as(world.operator):
        SafeContact.objects.filter(person=record.person_id).update(**values)


def clock_of(world: World, record: CallBack) -> Clock:
    with acting_as(world.operator):
        return Clock.objects.get(pk=CallBack.objects.get(pk=record.pk).clock_id)


def test_a_promise_is_a_clock_of_the_queue(world: World) -> None:
    record = promise(world)
    clock = clock_of(world, record)
    assert (clock.due_at, clock.remind_at, clock.drives_queue, clock.ended_as) == (LATE, EARLY, True, "")
    assert (record.status, record.holder, record.words) == ("promised", None, "Say the library")


@pytest.mark.parametrize(
    ("values", "way", "sentence"),
    [
        ({"never": True}, "text", "never to get in touch"),
        ({"may_text": "no"}, "text", "does not allow this way"),
        ({}, "call", "does not allow this way"),  # The story's own rule: do not call.
        ({"may_email": "no"}, "email", "does not allow this way"),
    ],
)
def test_the_safe_contact_rule_forbids_a_promise(world: World, values: Any, way: str, sentence: str) -> None:
    person = person_of(world, log_tip(world))
    with acting_as(world.operator):
        SafeContact.objects.filter(person=person).update(**values) if values else None
        with pytest.raises(ValidationError, match=sentence):
            call_backs.promise(person, way=way, window=Window(EARLY, LATE, ZONE), by=world.operator, at=NOW)


@pytest.mark.parametrize(
    ("start", "end"), [(NOW - timedelta(hours=3), NOW), (LATE, EARLY), (NOW, NOW + timedelta(hours=25))]
)
def test_a_window_that_nobody_can_keep_is_refused(world: World, start: datetime, end: datetime) -> None:
    with pytest.raises(ValidationError):
        promise(world, start=start, end=end)


def test_tried_twice_and_reached_keeps_the_promise(world: World) -> None:
    record = promise(world)
    record = attempt(world, record, "no_answer")
    assert (record.status, record.tries, record.holder_id) == ("promised", 1, world.operator2.pk)
    record = attempt(world, record, "reached", at=EARLY + timedelta(minutes=30))
    assert (record.status, record.tries) == ("reached", 2)
    assert (clock_of(world, record).ended_as, clock_of(world, record).ended_at) == (
        "met",
        EARLY + timedelta(minutes=30),
    )
    with acting_as(world.operator):
        told = CallBackAttempt.objects.order_by("at").values_list("at", "by__username", "result")
        assert list(told) == [
            (EARLY, "operator2", "no_answer"),
            (EARLY + timedelta(minutes=30), "operator2", "reached"),
        ]
    with pytest.raises(Conflict):
        attempt(world, record, "no_answer")


@pytest.mark.parametrize("result", ["no_answer", "other_person", "voicemail_not_safe"])
def test_the_third_try_goes_to_a_supervisor(world: World, result: str) -> None:
    record = promise(world)
    for _ in range(3):
        record = attempt(world, record, result)
    assert (record.status, record.why_decide, record.holder_id) == ("to_decide", "tried_enough", None)
    assert clock_of(world, record).ended_as == "stopped"
    with acting_as_system("test"):
        assert list(Notice.objects.values_list("code", "user__username")) == [("call_back_to_decide", "supervisor")]


def test_a_wrong_number_goes_to_a_supervisor_at_once(world: World) -> None:
    assert attempt(world, promise(world), "wrong_number").why_decide == "wrong_number"


def test_a_voicemail_is_left_only_where_somebody_said_it_is_safe(world: World) -> None:
    record = promise(world)
    with pytest.raises(ValidationError, match="Leave none"):
        attempt(world, record, "voicemail_left")
    rule(world, record, may_voicemail="yes")
    assert attempt(world, record, "voicemail_left").tries == 1


@pytest.mark.parametrize(
    ("at", "sentence"),
    [(EARLY - timedelta(seconds=1), "too early"), (LATE + timedelta(minutes=15, seconds=1), "A supervisor decides")],
)
def test_a_try_outside_the_window_is_refused(world: World, at: datetime, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        attempt(world, promise(world), "no_answer", at=at)


def test_a_rule_that_changed_stops_the_next_try(world: World) -> None:
    record = promise(world)
    rule(world, record, never=True)
    with pytest.raises(ValidationError, match="never to get in touch"):
        attempt(world, record, "no_answer")


def test_a_window_that_passed_goes_to_a_supervisor(world: World) -> None:
    record = promise(world)
    assert call_backs.lapse_due(at=LATE + timedelta(minutes=15)) == 0
    assert call_backs.lapse_due(at=LATE + timedelta(minutes=16)) == 1
    assert call_backs.lapse_due(at=LATE + timedelta(minutes=17)) == 0
    with acting_as(world.operator):
        assert CallBack.objects.get(pk=record.pk).why_decide == "window_over"


def test_only_a_supervisor_decides_and_the_tries_begin_anew(world: World) -> None:
    record = attempt(world, promise(world), "wrong_number")
    again = Window(NOW + timedelta(hours=20), NOW + timedelta(hours=21), ZONE)
    with acting_as(world.operator), pytest.raises(PermissionDenied):
        call_backs.agree(record, again, by=world.operator, at=EARLY)
    with acting_as(world.operator), pytest.raises(PermissionDenied):
        call_backs.stop(record, "not_reachable", by=world.operator, at=EARLY)
    with acting_as(world.supervisor):
        record = call_backs.agree(record, again, by=world.supervisor, at=EARLY)
        assert (record.status, record.tries, record.why_decide) == ("promised", 0, "")
    assert (clock_of(world, record).due_at, clock_of(world, record).ended_as) == (again.end, "")


def test_stopping_ends_the_clock_and_says_why(world: World) -> None:
    record = promise(world)
    with acting_as(world.operator):
        with pytest.raises(ValidationError):
            call_backs.stop(record, "", by=world.operator, at=NOW)
        record = call_backs.stop(record, "not_wanted", by=world.operator, at=NOW)
    assert (record.status, clock_of(world, record).end_reason) == ("stopped", "not_wanted")


def test_a_tip_does_not_close_over_a_promise(world: World) -> None:
    record = promise(world)
    with acting_as(world.operator):
        assert "A promised call-back is neither kept nor stopped." in closing.obstacles(Tip.objects.get())
        call_backs.stop(record, "not_wanted", by=world.operator, at=NOW)
        assert closing.obstacles(Tip.objects.get()) == []


def test_two_who_stamp_from_the_same_page_are_one_and_one_is_told(world: World) -> None:
    record = promise(world)
    attempt(world, record, "no_answer", version=record.version)
    with pytest.raises(Conflict):
        attempt(world, record, "no_answer", version=record.version)


@pytest.mark.parametrize("who", ["liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_no_other_agency_sees_promises_makes_or_stamps_them(world: World, who: str) -> None:
    referral = make_referral(world, "accepted")  # The shelter works on this tip, and still sees no promise.
    user = getattr(world, who)
    with acting_as(world.operator):
        person = Person.objects.get(tip=referral.tip_id, number=1)
        record = call_backs.promise(person, way="text", window=Window(EARLY, LATE, ZONE), by=world.operator, at=NOW)
    with acting_as(user):
        assert CallBack.objects.count() == 0
        assert not CallBack.objects.visible_to(user).exists()
        with pytest.raises(PermissionDenied):
            call_backs.attempt(record, "no_answer", by=user, at=EARLY)
        with pytest.raises(DatabaseError), transaction.atomic():
            CallBackAttempt(
                call_back=record, tip_id=record.tip_id, agency=world.hotline, at=EARLY, by=user, result="reached"
            ).save(force_insert=True)
    client = sign_in(user)
    assert client.get("/call-backs/").status_code == 403
    assert client.get(f"/call-backs/{record.pk}/").status_code == 403
    assert client.post(f"/call-backs/{record.pk}/take/").status_code == 403
    assert client.post(f"/tips/{record.tip_id}/call-back/", {}).status_code == 403


def test_the_window_is_told_in_the_persons_own_time() -> None:
    assert window_words(EARLY, LATE, "America/Chicago") == "Tue 17 Nov 2026 10:00 to 12:00, US Central"
    assert window_words(EARLY, LATE, "America/New_York") == "Tue 17 Nov 2026 11:00 to 13:00"
    assert window_words(EARLY, EARLY + timedelta(hours=20), "America/Chicago") == (
        "Tue 17 Nov 2026 10:00 to Wed 18 Nov 2026 06:00, US Central"
    )


def test_journey_promised_on_the_tip_tried_twice_and_reached(world: World) -> None:
    tip = log_tip(world)
    person = person_of(world, tip)
    client = sign_in(world.operator)
    given = {
        "person": str(person.pk),
        "way": "call",
        "day": "2020-01-01",
        "start": "10:00",
        "end": "12:00",
        "zone": ZONE,
    }
    refused = client.post(f"/tips/{tip.pk}/call-back/", given | {"words": "Say the library"})
    assert refused.status_code == 422
    assert "Choose a time that is still to come." in refused.text
    assert 'value="Say the library"' in refused.text
    now = timezone.localtime()
    soon = {"day": f"{now:%Y-%m-%d}", "start": "00:00", "end": "23:59", "zone": "America/New_York", "way": "text"}
    assert client.post(f"/tips/{tip.pk}/call-back/", given | soon).status_code == 302
    with acting_as(world.operator):
        record = CallBack.objects.get()
    page = client.get("/call-backs/").text
    assert "Person 1: potential victim" in page
    assert_no_canary(page)
    assert "Call-backs (1)" in client.get("/desk/").text
    address = f"/call-backs/{record.pk}/"
    assert "do not call" in client.get(address).text
    assert client.post(f"{address}attempt/", {"version": "1"}).status_code == 422
    assert client.post(f"{address}attempt/", {"version": "1", "result": "no_answer"}).status_code == 302
    assert client.post(f"{address}attempt/", {"version": "1", "result": "no_answer"}).status_code == 409
    assert client.post(f"{address}attempt/", {"version": "2", "result": "reached"}).status_code == 302
    page = client.get(address).text
    assert page.index("Reached, by Operator") < page.index("No answer, by Operator")
    assert "No call-back is promised." in client.get("/call-backs/").text
    assert "The person was reached" in client.get(f"/tips/{tip.pk}/").text


def test_a_supervisor_decides_on_the_page(world: World) -> None:
    record = attempt(world, promise(world), "wrong_number")
    address = f"/call-backs/{record.pk}/"
    assert "A supervisor decides whether somebody tries again." in sign_in(world.operator).get(address).text
    client = sign_in(world.supervisor)
    assert "wrong number" in client.get("/call-backs/?view=decide").text
    assert client.post(f"{address}stop/", {"version": record.version, "why": "not_reachable"}).status_code == 302
    assert "Stopped: Cannot be reached." in client.get(address).text
