"""A shift from going on duty to hand-over; the queue's filters, giving tips to colleagues, who is on a tip."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from agencies.actions import duty
from agencies.models import AuditEvent, Membership, User
from agencies.scope import acting_as
from casework.actions import call_backs, referrals, shift
from casework.actions.call_backs import Window
from casework.models import CallBack, DeskNotice, Presence
from tests.casework.pages import assert_no_canary, sign_in
from tests.factories import NOW, World, log_tip, route
from tips.actions import intake, triage
from tips.models import Person, Tip
from tips.told import PlaceTold, Told

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=8)


def on_duty(*people: User, at: object = None) -> None:
    now = at or timezone.now()
    for person in people:
        with acting_as(person):
            duty.go_on_duty(until=now + timedelta(hours=8), by=person, at=now)  # type: ignore[operator]


def held_tip(world: World, by: User) -> Tip:
    tip = log_tip(world)
    with acting_as(by):
        return triage.take(tip, by=by, at=NOW)


def holder(world: World, tip: Tip) -> UUID | None:
    with acting_as(world.supervisor):
        return Tip.objects.get(pk=tip.pk).holder_id


def held_call_back(world: World, tip: Tip, by: User) -> CallBack:
    with acting_as(by):
        person = Person.objects.get(tip=tip, number=1)
        window = Window(NOW, NOW + timedelta(hours=2), "America/New_York")
        record = call_backs.promise(person, way="text", window=window, by=by, at=NOW)
        return call_backs.take(record, by=by, at=NOW)


def test_after_a_hand_over_nothing_open_is_held_by_anybody_off_duty(world: World) -> None:
    on_duty(world.operator, world.supervisor, at=NOW)
    mine, colleagues, strangers = (held_tip(world, by) for by in (world.operator, world.supervisor, world.operator2))
    record = held_call_back(world, mine, world.operator)
    with acting_as(world.operator):
        assert shift.hand_over(by=world.operator, at=NOW) == shift.HandedOver(tips=2, call_backs=1)
    assert holder(world, mine) is None
    assert holder(world, strangers) is None
    assert holder(world, colleagues) == world.supervisor.pk
    with acting_as(world.supervisor):
        assert CallBack.objects.get(pk=record.pk).holder_id is None
        assert not shift.stranded_tips(world.hotline.pk, NOW).exists()
        assert not shift.stranded_call_backs(world.hotline.pk, NOW).exists()
        verbs = AuditEvent.objects.filter(tip=mine.pk, verb="shift_ended").values_list("kind", flat=True)
        assert sorted(verbs) == ["call_back", "tip"]
    assert Membership.objects.get(user=world.operator).on_duty_until is None


def test_closed_tips_keep_their_holder(world: World) -> None:
    tip = held_tip(world, world.operator)
    with acting_as(world.operator):
        Tip.objects.filter(pk=tip.pk).update(status="closed", closed_at=NOW, urgency="P3")
        shift.hand_over(by=world.operator, at=NOW)
    assert holder(world, tip) == world.operator.pk


def test_a_contact_in_progress_holds_up_the_hand_over(world: World) -> None:
    tip = held_tip(world, world.operator)
    with acting_as(world.operator):
        intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
        with pytest.raises(ValidationError, match="contact in progress"):
            shift.hand_over(by=world.operator, at=NOW)
    assert holder(world, tip) == world.operator.pk


def test_a_shift_that_ran_out_gives_back_what_its_own_person_held(world: World) -> None:
    on_duty(world.operator, at=NOW)
    mine, others = held_tip(world, world.operator), held_tip(world, world.operator2)
    assert shift.end_lapsed(at=LATER - timedelta(seconds=1)) == 0
    assert shift.end_lapsed(at=LATER) == 1
    assert shift.end_lapsed(at=LATER) == 0
    assert (holder(world, mine), holder(world, others)) == (None, world.operator2.pk)


def test_a_hand_over_touches_no_other_desk(world: World) -> None:
    tip = held_tip(world, world.operator)
    other = Membership.objects.create(user=world.operator2, agency=world.shelter, role="liaison", valid_from=NOW)
    world.operator2.act_as(other)
    with acting_as(world.operator2), pytest.raises(PermissionDenied):
        shift.hand_over(by=world.operator2, at=NOW)
    assert holder(world, tip) == world.operator.pk


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_the_shifts_pages_are_closed_to_everybody_but_the_desk(world: World, who: str) -> None:
    tip = held_tip(world, world.operator)
    client = sign_in(getattr(world, who))
    assert client.get("/hand-over/").status_code == 403
    assert client.post("/hand-over/").status_code == 403
    assert client.post("/hand-over/take/", {"line": f"tip:{tip.pk}"}).status_code == 403
    assert client.post("/hand-over/notices/", {"text": "x", "hours": "8"}).status_code == 403
    assert client.post("/desk/assign/", {"tip": str(tip.pk)}).status_code == 403
    assert client.get("/desk/new/?since=2026-11-17T15:00:00-05:00").status_code == 403
    assert client.post(f"/tips/{tip.pk}/here/").status_code == 404
    assert holder(world, tip) == world.operator.pk


def test_journey_of_a_shift(world: World) -> None:
    """On duty, take, hand over: each line is taken by name, the rest goes back, nobody off duty holds anything."""
    first, second = log_tip(world), log_tip(world)
    route(world, first, [world.shelter])
    evening, night = sign_in(world.operator), sign_in(world.operator2)
    for client in (evening, night):
        client.post("/duty/", {"hours": "8"})
    for tip in (first, second):
        evening.post("/hand-over/take/", {"line": f"tip:{tip.pk}"})
        assert holder(world, tip) == world.operator.pk
    page = evening.get("/hand-over/").text
    assert "I hold (2)" in page
    assert_no_canary(page)
    page = night.get("/hand-over/").text
    assert f'Take<span class="usa-sr-only"> {second.reference}' in page
    with acting_as(world.operator):
        version = Tip.objects.get(pk=second.pk).version
    line = {"line": f"tip:{second.pk}", "version": str(version)}
    assert night.post("/hand-over/take/", line)["Location"] == "/hand-over/"
    assert sign_in(world.supervisor).post("/hand-over/take/", line).status_code == 409
    done = evening.post("/hand-over/", follow=True).text
    assert "You are off duty. 1 tip and 0 call-backs went back to the queue." in done
    assert (holder(world, first), holder(world, second)) == (None, world.operator2.pk)
    assert "was given back" not in done


def test_a_notice_for_all_is_a_supervisors_and_ends(world: World) -> None:
    client = sign_in(world.supervisor)
    assert client.post("/hand-over/notices/", {"text": "", "hours": "8"}).status_code == 422
    client.post("/hand-over/notices/", {"text": "The line of county X is down", "hours": "8"})
    assert "The line of county X is down" in sign_in(world.operator).get("/hand-over/").text
    assert sign_in(world.operator).post("/hand-over/notices/", {"text": "x", "hours": "8"}).status_code == 403
    with acting_as(world.operator):
        notice = DeskNotice.objects.get()
        with pytest.raises(DatabaseError), transaction.atomic():
            DeskNotice(agency=world.hotline, text="x", by=world.operator, at=NOW, until=LATER).save(force_insert=True)
    for who in (world.liaison, world.stranger, world.agencyadmin):
        with acting_as(who):
            assert DeskNotice.objects.count() == 0
    assert sign_in(world.operator).post(f"/hand-over/notices/{notice.pk}/end/").status_code == 403
    client.post(f"/hand-over/notices/{notice.pk}/end/")
    assert "The line of county X is down" not in client.get("/hand-over/").text


def test_several_tips_are_given_to_a_colleague(world: World) -> None:
    tips = [log_tip(world), log_tip(world)]
    client = sign_in(world.supervisor)
    chosen = {"tip": [str(tip.pk) for tip in tips]}
    page = client.post("/desk/assign/", chosen).text
    assert "Give 2 tips to a colleague" in page
    assert "Operator2, off duty" in page
    assert client.post("/desk/assign/", chosen | {"person": str(world.liaison.pk)}).status_code == 422
    done = client.post("/desk/assign/", chosen | {"person": str(world.operator2.pk)}, follow=True).text
    assert "2 tips given to Operator2." in done
    assert {holder(world, tip) for tip in tips} == {world.operator2.pk}
    assert client.post("/desk/assign/", {"tip": "x"}).status_code == 404
    assert "Choose at least one tip first." in client.post("/desk/assign/", {}, follow=True).text


def test_a_tip_is_given_to_nobody_who_does_not_work_here(world: World) -> None:
    tip = log_tip(world)
    for person in (world.liaison, world.auditor, world.agencyadmin):
        with acting_as(world.supervisor), pytest.raises(ValidationError):
            triage.assign(tip, to=person, by=world.supervisor, at=NOW)


def test_giving_back_is_the_holders_and_shows_in_the_history(world: World) -> None:
    tip = held_tip(world, world.operator)
    assert "Give back to the queue" not in sign_in(world.operator2).get(f"/tips/{tip.pk}/").text
    client = sign_in(world.operator)
    assert "Give back to the queue" in client.get(f"/tips/{tip.pk}/").text
    page = client.post(f"/tips/{tip.pk}/give_back/", {"version": str(tip.version)}, follow=True).text
    assert "The tip was given back to the queue" in page
    assert holder(world, tip) is None
    for name in ("assign", "assign_new", "shift_ended"):
        assert client.post(f"/tips/{tip.pk}/{name}/", {"version": ""}).status_code == 404


def test_filters_of_the_queue(world: World) -> None:
    florida = log_tip(world, Told(place=PlaceTold(state="FL")))
    georgia = log_tip(world, Told(place=PlaceTold(state="GA")))
    with acting_as(world.operator):
        triage.triage(Tip.objects.get(pk=georgia.pk), request_type="crisis", urgency="P1", by=world.operator, at=NOW)
        contact = florida.contacts.get()
        type(contact).objects.filter(pk=contact.pk).update(language="Spanish")
    client = sign_in(world.operator)

    def shown(query: str) -> list[str]:
        text = client.get(f"/desk/?{query}").text
        return [tip.reference for tip in (florida, georgia) if tip.reference in text]

    assert shown("place=FL") == [florida.reference]
    assert shown("door=get_help") == [georgia.reference]
    assert shown("language=spanish") == [florida.reference]
    assert shown("language=French") == []
    assert shown("late=on") == []
    assert "No tips match." in client.get("/desk/?place=TX").text
    assert client.get("/desk/?place=nowhere&door=x").status_code == 200


def test_what_is_new_is_counted_under_the_pages_own_filters(world: World) -> None:
    client = sign_in(world.operator)
    before = "2026-11-17T09:00:00-05:00"
    assert client.get("/desk/new/", {"since": before}).json() == {"count": 0, "words": ""}
    log_tip(world, Told(place=PlaceTold(state="FL")))
    log_tip(world, Told(place=PlaceTold(state="GA")))
    assert client.get("/desk/new/", {"since": before}).json() == {"count": 2, "words": "2 new tips. Show them"}
    one = client.get("/desk/new/", {"since": before, "place": "GA"}).json()
    assert one == {"count": 1, "words": "1 new tip. Show it"}
    assert client.get("/desk/new/", {"since": "2026-11-17T11:00:00-05:00"}).json()["count"] == 0
    for since in ("", "x", "2026-11-17T11:00:00"):
        assert client.get("/desk/new/", {"since": since}).status_code == 404


def test_who_is_on_a_tip_now_is_seen_by_colleagues_only(world: World) -> None:
    referral = route(world, log_tip(world), [world.shelter])[0]
    with acting_as(world.liaison):
        referrals.accept(referral, by=world.liaison, at=NOW)
    address = f"/tips/{referral.tip_id}/here/"
    first, second = sign_in(world.operator), sign_in(world.operator2)
    assert first.post(address).json() == {"words": ""}
    assert second.post(address).json() == {"words": "Also on this tip now: Operator"}
    assert "Now on it: Operator2" in first.get("/desk/").text
    assert sign_in(world.liaison).post(address).json() == {"words": ""}
    with acting_as(world.liaison):
        assert Presence.objects.count() == 0
    with acting_as(world.operator):
        assert Presence.objects.count() == 2
        Presence.objects.filter(user=world.operator).update(seen_at=NOW)
        assert Presence.objects.filter(user=world.operator2).update(seen_at=NOW) == 0
    assert second.post(address).json() == {"words": ""}
