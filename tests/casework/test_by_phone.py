"""Agencies that take referrals by phone: whom to call, what is entered for them, and who may."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, AuditEvent, Notice, User
from agencies.scope import acting_as, acting_as_system
from casework.models import AnswerGiven, Clock, Referral
from tests.factories import World, log_tip, make_agency, route

pytestmark = pytest.mark.django_db
SPOKE = {"name": "Deputy Example", "speaker_role": "Desk sergeant", "number": "Case 12-345"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    return client


def sheriff() -> Agency:
    return make_agency("Example County Sheriff", "local_police", phone="305 555 0190", accepts_by="phone")


def sent(world: World) -> Referral:
    return route(world, log_tip(world), [sheriff()], at=timezone.now())[0]


def again(referral: Referral) -> Referral:
    with acting_as_system("test"):
        return Referral.objects.get(pk=referral.pk)


def enter(client: Client, referral: Referral, move: str, **values: str) -> int:
    data = {"version": again(referral).version, **SPOKE, **values}
    return client.post(f"/referrals/{referral.pk}/by-phone/{move}/", data).status_code


def test_the_list_of_calls_names_the_number_and_leaves_out_inboxes(world: World) -> None:
    referral = sent(world)
    route(world, log_tip(world), [world.shelter], at=timezone.now())
    page = signed_in(world.operator).get("/referrals/calls/").content.decode()
    assert "Calls to make: 1" in page
    assert "305 555 0190" in page
    assert "Example Harbor Shelter" not in page
    with acting_as_system("test"):
        event = AuditEvent.objects.get(kind="list", verb="view")
        assert event.details == {"list": "calls to make", "ids": [str(referral.pk)]}


def test_a_sheriff_who_only_takes_calls_walks_the_whole_loop(world: World) -> None:
    referral = sent(world)
    desk = signed_in(world.operator)
    sheet = desk.get(f"/referrals/{referral.pk}/by-phone/receive/").content.decode()
    assert "Miami-Dade County, Florida" in sheet
    assert "305 555 0190" in sheet
    assert "Canary" not in sheet
    assert enter(desk, referral, "receive") == 302
    assert again(referral).status == "received"
    assert enter(desk, referral, "ask_information", question="Which language?") == 302
    desk.post(f"/referrals/{referral.pk}/give_information/", {"version": again(referral).version, "answer": "Spanish"})
    assert enter(desk, referral, "accept") == 302
    assert again(referral).status == "accepted"
    assert enter(desk, referral, "report_progress", progress="scheduled") == 302
    assert enter(desk, referral, "close", outcome="investigation_opened") == 302
    assert (again(referral).status, again(referral).outcome) == ("closed", "investigation_opened")
    with acting_as_system("test"):
        verbs = list(AnswerGiven.objects.order_by("at").values_list("verb", "name", "way"))
        assert verbs == [
            (verb, "Deputy Example", "phone")
            for verb in ("receive", "ask_information", "accept", "report_progress", "close")
        ]
        event = AuditEvent.objects.get(verb="accept")
        assert (event.actor, event.agency, event.role) == (world.operator.pk, referral.receiver_id, "by_phone")
        assert not Clock.objects.filter(referral=referral, ended_at=None).exists()
        assert Notice.objects.filter(code="referral_accepted").count() == 1
    page = desk.get(f"/referrals/{referral.pk}/").content.decode()
    assert "closed this" in page


def test_declining_keeps_what_was_typed_until_there_is_a_reason(world: World) -> None:
    referral = sent(world)
    desk = signed_in(world.operator)
    data = {"version": referral.version, **SPOKE, "note": "No deputy tonight"}
    page = desk.post(f"/referrals/{referral.pk}/by-phone/decline/", data)
    assert page.status_code == 422
    assert b"No deputy tonight" in page.content
    assert enter(desk, referral, "decline", reason="no_capacity") == 302
    assert again(referral).status == "declined"


def test_who_spoke_must_be_said(world: World) -> None:
    referral = sent(world)
    assert enter(signed_in(world.operator), referral, "accept", name="", speaker_role="") == 422
    assert again(referral).status == "sent"


@pytest.mark.parametrize(("who", "status"), [("liaison", 404), ("stranger", 404), ("auditor", 404), ("sysadmin", 404)])
def test_nobody_else_answers_for_an_agency(world: World, who: str, status: int) -> None:
    referral = sent(world)
    assert enter(signed_in(getattr(world, who)), referral, "accept") == status
    assert again(referral).status == "sent"


@pytest.mark.parametrize("who", ["liaison", "auditor", "agencyadmin", "sysadmin"])
def test_the_list_of_calls_is_the_desks(world: World, who: str) -> None:
    assert signed_in(getattr(world, who)).get("/referrals/calls/").status_code == 403


def test_an_agency_with_an_inbox_answers_there_itself(world: World) -> None:
    referral = route(world, log_tip(world), [world.shelter], at=timezone.now())[0]
    assert enter(signed_in(world.operator), referral, "accept") == 403
    assert again(referral).status == "sent"


def test_of_two_operators_the_second_is_told(world: World) -> None:
    referral = sent(world)
    seen = {"version": referral.version, **SPOKE}
    address = f"/referrals/{referral.pk}/by-phone/accept/"
    assert signed_in(world.operator).post(address, seen).status_code == 302
    second = signed_in(world.operator2).post(address, seen)
    assert second.status_code == 409
    assert b"accepted this" in second.content
    with acting_as_system("test"):
        assert AnswerGiven.objects.count() == 1


def test_a_word_that_is_due_puts_the_agency_on_the_list(world: World) -> None:
    referral = sent(world)
    desk = signed_in(world.operator)
    enter(desk, referral, "accept")
    assert "Calls to make: 0" in desk.get("/referrals/calls/").content.decode()
    with acting_as_system("test"):
        Referral.objects.update(feedback_due_at=timezone.now() - timedelta(hours=1))
    assert "How it goes" in desk.get("/referrals/calls/").content.decode()


def test_the_receivers_side_is_read_by_both_parties_only(world: World) -> None:
    referral = sent(world)
    enter(signed_in(world.operator), referral, "receive")
    for who, count in ((world.operator, 1), (world.liaison, 0), (world.stranger, 0), (world.auditor, 0)):
        with acting_as(who):
            assert AnswerGiven.objects.count() == count
