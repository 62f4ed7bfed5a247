"""The directory pages: search, pages by key, and confidential places that nobody else may guess."""

import re
from datetime import time
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency, Coverage, Hours, Location, Phone, Service, User
from agencies.scope import acting_as, acting_as_system
from tests.factories import World, make_agency

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    return client


def words(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def names(response: HttpResponse) -> list[str]:
    return re.findall(r'data-l="Agency"><a href="[^"]*">([^<]*)', response.content.decode())


@pytest.fixture
def shelter(world: World) -> Agency:
    """The shelter with a service, an open office, and a house that nobody may find."""
    agency = world.shelter
    beds = Service.objects.create(
        agency=agency, name="Beds", needs=["shelter"], languages=["Spanish"], minimum_age=18, fees="None"
    )
    Service.objects.create(agency=agency, name="Old service", needs=["legal"], status="defunct")
    with acting_as_system("test"):
        office = Location.objects.create(agency=agency, name="Office", address="1 Example Street", city="Miami")
        house = Location.objects.create(
            agency=agency, name="Canary house", address="2 Canary Street", is_confidential=True
        )
    Phone.objects.create(agency=agency, number="305-555-0100", service=beds)
    Phone.objects.create(agency=agency, number="305-555-0111", location=office)
    Phone.objects.create(agency=agency, number="305-555-0199", location=house, description="Canary line")
    Hours.objects.create(agency=agency, location=house, description="Canary hours")
    Hours.objects.create(agency=agency, service=beds, weekdays="MO,TU,WE", opens_at=time(9), closes_at=time(17))
    Hours.objects.create(agency=agency, service=beds, weekdays="SA", description="by appointment")
    return agency


def test_the_list_shows_kind_needs_and_coverage(world: World, shelter: Agency) -> None:
    page = signed_in(world.stranger).get("/directory/")
    assert [name for name in names(page) if name.startswith("Example C")] == ["Example City Police"]
    assert "Shelter or emergency housing Shelter or housing FL 305-555-0100 not verified Not yet" in words(page)
    assert "Canary" not in words(page)


@pytest.mark.parametrize(("query", "expected"), [
    ("name=harbor", ["Example Harbor Shelter"]),
    ("name=HARBOR+s", ["Example Harbor Shelter"]),
    ("kind=local_police", ["Example City Police"]),
    ("need=shelter", ["Example Harbor Shelter"]),
    ("need=legal", []),
    ("state=TX", ["Example Lone Clinic"]),
    ("state=TX&county=Travis", ["Example Lone Clinic"]),
    ("state=TX&county=Travis+County", ["Example Lone Clinic"]),
    ("state=TX&county=Harris", []),
    ("county=travis", ["Example Lone Clinic"]),
    ("name=zzz", []),
])  # fmt: skip
def test_each_filter_narrows_the_list(world: World, shelter: Agency, query: str, expected: list[str]) -> None:
    clinic = make_agency("Example Lone Clinic", "health_provider", state="TX")
    clinic.coverages.update(kind=Coverage.Kind.COUNTY, county="Travis", label="")
    page = signed_in(world.stranger).get(f"/directory/?{query}")
    assert names(page) == expected
    if not expected:
        assert "No agency matches. Clear filters" in words(page)


def test_a_whole_state_covers_each_of_its_counties(world: World) -> None:
    assert "Example City Police" in names(signed_in(world.stranger).get("/directory/?state=FL&county=Monroe"))


@pytest.mark.parametrize("query", ["kind=made_up", "state=XX", "need=%27", "after=x", "before=~~"])
def test_values_that_do_not_exist_are_no_error_of_ours(world: World, query: str) -> None:
    assert signed_in(world.stranger).get(f"/directory/?{query}").status_code == 200


def test_pages_by_key_show_every_agency_once(world: World) -> None:
    for number in range(120):
        make_agency(f"Example Provider {number:03}", "victim_service_provider")
    client = signed_in(world.operator)
    url, seen, pages = "/directory/?name=example+provider", [], 0
    while url:
        page = client.get(url)
        seen += names(page)
        pages += 1
        older = re.search(r'rel="next" href="([^"]*)"', page.content.decode())
        url = f"/directory/{unescape(older[1])}" if older else ""
    assert (pages, len(seen), len(set(seen))) == (3, 120, 120)
    assert seen == sorted(seen)


def test_the_list_asks_as_often_for_fifty_rows_as_for_five(world: World) -> None:
    client = signed_in(world.operator)
    client.get("/directory/")
    with CaptureQueriesContext(connection) as few:
        client.get("/directory/")
    for number in range(50):
        make_agency(f"Example Provider {number:03}", "victim_service_provider")
    with CaptureQueriesContext(connection) as many:
        client.get("/directory/")
    assert len(few) == len(many) <= 13


def test_the_page_of_an_agency_says_how_to_reach_it(world: World, shelter: Agency) -> None:
    page = words(signed_in(world.stranger).get(f"/directory/{shelter.pk}/"))
    for part in ("18 and over", "Spanish", "305-555-0100", "Not verified: try it before you read it out", "VOCA",
                 "1 Example Street, Miami", "Defunct", "Beds: Monday to Wednesday 09:00 to 17:00",
                 "Beds: Saturday by appointment"):  # fmt: skip
        assert part in page


@pytest.mark.parametrize("who", ["stranger", "liaison2", "agencyadmin2"])
def test_a_confidential_place_with_all_that_hangs_on_it_is_hidden_from_others(
    world: World, shelter: Agency, who: str
) -> None:
    page = words(signed_in(getattr(world, who)).get(f"/directory/{shelter.pk}/"))
    assert "Canary" not in page
    assert "305-555-0199" not in page
    assert "305-555-0111" in page


@pytest.mark.parametrize("who", ["operator", "supervisor", "liaison", "agencyadmin"])
def test_the_agency_itself_and_the_hotline_see_the_confidential_place(world: World, shelter: Agency, who: str) -> None:
    page = words(signed_in(getattr(world, who)).get(f"/directory/{shelter.pk}/"))
    assert "Confidential: never read this out." in page
    assert "305-555-0199" in page


def test_the_mail_address_for_notices_is_not_shown_to_others(world: World, shelter: Agency) -> None:
    assert "inbox@example.org" not in words(signed_in(world.stranger).get(f"/directory/{shelter.pk}/"))


def test_signed_out_or_without_a_seat_there_is_no_directory(world: World, shelter: Agency) -> None:
    assert Client().get(f"/directory/{shelter.pk}/").status_code == 302
    nobody = User.objects.create_user("nobody", password=None)
    assert names(signed_in(nobody).get("/directory/")) == []
    assert signed_in(nobody).get(f"/directory/{shelter.pk}/").status_code == 404


def test_an_agency_that_ended_names_its_successor(world: World) -> None:
    Agency.objects.filter(pk=world.legal.pk).update(is_active=False, succeeded_by=world.shelter)
    client = signed_in(world.operator)
    assert "Example Legal Aid" not in names(client.get("/directory/"))
    page = words(client.get(f"/directory/{world.legal.pk}/"))
    assert "Succeeded by Example Harbor Shelter" in page
    assert "No longer active" in page


def test_the_database_hides_the_place_even_where_a_page_forgets(world: World, shelter: Agency) -> None:
    with acting_as(world.stranger):
        assert [location.name for location in Location.objects.filter(agency=shelter)] == ["Office"]
