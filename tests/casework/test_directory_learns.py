"""A decline and a wrong number teach the directory at once, for a time: codes, and the agency's words about itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from agencies.actions import lessons
from agencies.models import Agency, AuditEvent, Doubt, Location, Phone, Service, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import referrals
from casework.models import Referral
from tests.factories import NOW, World, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def beds(world: World) -> Service:
    return Service.objects.create(
        agency=world.shelter, name="Beds", needs=["shelter", "case_management"], alert="Ring twice"
    )


@pytest.fixture
def other(world: World) -> Service:
    return Service.objects.create(agency=world.shelter, name="Classes", needs=["education"])


def decline(world: World, **said: Any) -> Referral:
    referral = make_referral(world, "received")
    with acting_as(world.liaison):
        return referrals.decline(referral, by=world.liaison, at=NOW, **said)


def fresh(service: Service) -> Service:
    service.refresh_from_db()
    return service


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    return client


def test_no_space_makes_the_asked_service_full_until_the_end_of_the_day_there(
    world: World, beds: Service, other: Service
) -> None:
    need = decline(world, reason="no_capacity", until=date(2026, 11, 20)).need
    assert need in beds.needs
    # The shelter is in New York.
    assert fresh(beds).full_until == datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
    assert (fresh(other).full_until, beds.news, Doubt.objects.count()) == (None, "", 0)


def test_no_space_without_a_day_holds_for_three(world: World, beds: Service) -> None:
    decline(world, reason="no_capacity")
    assert fresh(beds).full_until == NOW + timedelta(days=3)


def test_news_stand_beside_the_alert_and_the_note_stays_with_the_sender(world: World, beds: Service) -> None:
    decline(world, reason="not_eligible", note="She is Maria", news="We no longer take men", until=date(2026, 11, 20))
    assert (fresh(beds).alert, beds.news, beds.full_until) == ("Ring twice", "We no longer take men", None)
    assert beds.news_until == datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
    doubt = Doubt.objects.get()
    assert (doubt.service, doubt.reason, doubt.due_at) == (beds, "not_eligible", NOW + timedelta(days=5))
    with acting_as_system("test"):
        event = AuditEvent.objects.get(verb="change", kind="service")
    assert (event.fields, event.details) == (
        ["news", "news_until"],
        {"agency": str(world.shelter.pk), "why": "decline"},
    )


@pytest.mark.parametrize("reason", ["safety", "conflict", "already_served", "other_agency"])
def test_reasons_of_the_case_teach_nothing(world: World, beds: Service, reason: str) -> None:
    decline(world, reason=reason)
    assert (fresh(beds).full_until, beds.news, Doubt.objects.count()) == (None, "", 0)


def test_the_same_doubt_twice_is_one(world: World, beds: Service) -> None:
    for _ in range(2):
        decline(world, reason="language")
    assert Doubt.objects.count() == 1


def test_a_doubt_without_a_service_is_of_the_agency(world: World, other: Service) -> None:
    decline(world, reason="not_our_area")
    assert Doubt.objects.get().service is None


def test_form_takes_a_day_to_come_and_says_otherwise_at_the_field(world: World, beds: Service) -> None:
    referral = make_referral(world, "received")
    client = sign_in(world.liaison)
    path = f"/referrals/{referral.pk}/decline/"
    said = {"version": referral.version, "reason": "no_capacity", "until": "2020-01-01", "news": "Nobody new"}
    page = client.post(path, said)
    assert page.status_code == 422
    assert "Enter a day from today on, within a year." in page.text
    assert "Nobody new" in page.text
    assert client.post(path, {**said, "until": ""}).status_code == 302
    assert fresh(beds).news == "Nobody new"


def phone_of(agency: Agency, **fields: Any) -> Phone:
    return Phone.objects.create(agency=agency, number="305-555-0100", verified_on=date(2026, 9, 1), **fields)


def test_wrong_number_takes_the_verification_and_asks_for_a_look(world: World) -> None:
    phone = phone_of(world.shelter)
    client = sign_in(world.operator)
    for _ in range(2):
        answer = client.post(f"/directory/phones/{phone.pk}/doubt/", {"reason": "wrong_number"})
        assert answer.headers["Location"] == f"/directory/{world.shelter.pk}/"
    phone.refresh_from_db()
    assert phone.verified_on is None
    assert Doubt.objects.get().reason == "wrong_number"
    with acting_as_system("test"):
        event = AuditEvent.objects.get(verb="raise")
    assert event.details == {"agency": str(world.shelter.pk)}


def test_phone_of_a_confidential_place_is_not_there_for_a_stranger(world: World) -> None:
    with acting_as_system("test"):
        house = Location.objects.create(agency=world.shelter, name="House", is_confidential=True)
    phone = phone_of(world.shelter, location=house)
    path = f"/directory/phones/{phone.pk}/doubt/"
    assert sign_in(world.stranger).post(path, {"reason": "wrong_number"}).status_code == 404
    assert Doubt.objects.count() == 0
    assert sign_in(world.operator).post(path, {"reason": "wrong_number"}).status_code == 302


@pytest.mark.parametrize("data", [{}, {"reason": "not_eligible"}, {"reason": "x"}])
def test_other_words_about_a_phone_are_refused(world: World, data: dict[str, str]) -> None:
    phone = phone_of(world.shelter)
    assert sign_in(world.operator).post(f"/directory/phones/{phone.pk}/doubt/", data).status_code == 400
    assert Doubt.objects.count() == 0


def a_doubt(world: World) -> Doubt:
    with acting_as(world.operator):
        lessons.doubt_phone(phone_of(world.shelter), reason="wrong_number", by=world.operator, at=NOW)
    return Doubt.objects.get()


def test_keeper_settles_and_the_number_is_verified_that_day(world: World) -> None:
    doubt = a_doubt(world)
    client = sign_in(world.supervisor)
    assert "Wrong number" in client.get("/directory/doubts/").text
    assert client.post(f"/directory/doubts/{doubt.pk}/settle/", {"settled_as": "corrected"}).status_code == 302
    doubt.refresh_from_db()
    assert (doubt.settled_as, doubt.settled_by) == ("corrected", world.supervisor)
    assert Phone.objects.get(pk=doubt.phone_id).verified_on is not None
    second = client.post(f"/directory/doubts/{doubt.pk}/settle/", {"settled_as": "still_true"}, follow=True)
    assert "A colleague settled this first." in second.text
    assert "Nothing is to be looked into." in second.text


@pytest.mark.parametrize("who", ["operator", "liaison", "stranger"])
def test_others_settle_nothing(world: World, who: str) -> None:
    doubt = a_doubt(world)
    user = getattr(world, who)
    client = sign_in(user)
    assert client.get("/directory/doubts/").status_code == 403
    assert client.post(f"/directory/doubts/{doubt.pk}/settle/", {"settled_as": "corrected"}).status_code == 403
    with acting_as(user), pytest.raises(PermissionDenied):
        lessons.settle(doubt, settled_as="corrected", by=user, at=NOW)


def test_own_administrator_sees_the_own_entries_only(world: World) -> None:
    a_doubt(world)
    with acting_as(world.operator):
        lessons.doubt_phone(phone_of(world.police), reason="no_answer", by=world.operator, at=NOW)
    page = sign_in(world.agencyadmin).get("/directory/doubts/").text
    assert "Wrong number" in page
    assert "Nobody answers" not in page


# The page that is asked.


def test_page_lists_with_reasons_and_says_who_is_left_out(world: World, beds: Service) -> None:
    Phone.objects.create(agency=world.shelter, service=beds, number="305-555-0142")
    query = "/directory/help/?need=shelter&state=FL&age=13_to_17"
    page = sign_in(world.stranger).get(query).text
    assert "Example Harbor Shelter</a>: Beds" in page
    assert "305-555-0142" in page
    assert "Covers the state, hours not known" in page
    Service.objects.filter(pk=beds.pk).update(minimum_age=18)
    page = sign_in(world.stranger).get(query).text
    assert "1 left out: 1 not for this age." in page
    assert "305-555-0142" not in page
    assert "Not for this age." in sign_in(world.stranger).get(f"{query}&show=all").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("need=", "Choose what is needed."),
        ("need=shelter&postal_code=9", "Enter the five digits of a ZIP code."),
        ("need=castle", "Select a valid choice"),
    ],
)
def test_impossible_values_are_said_and_list_nothing(world: World, query: str, sentence: str) -> None:
    page = sign_in(world.stranger).get(f"/directory/help/?{query}")
    assert page.status_code == 200
    assert sentence in page.text
    assert "Best first" not in page.text


def test_page_takes_six_statements(
    world: World, beds: Service, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = sign_in(world.operator)
    client.get("/help/")
    with django_assert_max_num_queries(9):  # Six, and three around the request in a test's transaction.
        client.get("/directory/help/?need=shelter&state=FL")
