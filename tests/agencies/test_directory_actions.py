"""Keeping the directory and the people: who may, what is recorded, what is refused."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.actions import agencies, people
from agencies.disclosure import disclosed
from agencies.models import (
    Agency,
    AgencyKind,
    AuditEvent,
    Capacity,
    Coverage,
    Location,
    Membership,
    Phone,
    Service,
    User,
)
from agencies.scope import acting_as
from tests.factories import NOW, World, make_user

pytestmark = pytest.mark.django_db


def trail(world: World, kind: str) -> list[tuple[str, list[str], str]]:
    with acting_as(world.auditor):
        events = AuditEvent.objects.filter(kind=kind).order_by("id")
        return [(event.verb, event.fields, event.actor_name) for event in events]


def test_a_change_is_written_and_recorded_by_field_name_only(world: World) -> None:
    with acting_as(world.agencyadmin):
        agency = Agency.objects.get(pk=world.shelter.pk)
        agency.website = "https://harbor.example.org"
        agency.languages = ["Spanish"]
        agencies.save(agency, by=world.agencyadmin, at=NOW)
    assert Agency.objects.get(pk=world.shelter.pk).languages == ["Spanish"]
    assert trail(world, "agency") == [("change", ["languages", "website"], "Agencyadmin")]


def test_saving_what_did_not_change_records_nothing(world: World) -> None:
    with acting_as(world.supervisor):
        agencies.save(Agency.objects.get(pk=world.shelter.pk), by=world.supervisor, at=NOW)
    assert trail(world, "agency") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Renamed"),
        ("funded_under", []),
        ("is_hotline", True),
        ("is_active", False),
        ("kind_id", "local_police"),
    ],
)
def test_an_agency_cannot_unbind_itself(world: World, field: str, value: object) -> None:
    agency = Agency.objects.get(pk=world.shelter.pk)
    setattr(agency, field, value)
    with acting_as(world.agencyadmin), pytest.raises(PermissionDenied):
        agencies.save(agency, by=world.agencyadmin, at=NOW)
    assert getattr(Agency.objects.get(pk=world.shelter.pk), field) == getattr(world.shelter, field)


def test_only_the_installation_makes_a_hotline(world: World) -> None:
    agency = Agency.objects.get(pk=world.legal.pk)
    agency.is_hotline = True
    with acting_as(world.supervisor), pytest.raises(PermissionDenied):
        agencies.save(agency, by=world.supervisor, at=NOW)
    new = Agency(name="Second Example Hotline", kind=AgencyKind.objects.get(code="hotline"), is_hotline=True)
    with acting_as(world.supervisor), pytest.raises(PermissionDenied, match="system administrator"):
        agencies.save(new, by=world.supervisor, at=NOW)
    with acting_as(world.sysadmin):
        agencies.save(new, by=world.sysadmin, at=NOW)
        agencies.save(agency, by=world.sysadmin, at=NOW)
    assert Agency.objects.filter(is_hotline=True).count() == 3


@pytest.mark.parametrize("who", ["agencyadmin2", "liaison", "operator", "auditor", "stranger"])
def test_others_add_change_and_remove_nothing(world: World, who: str) -> None:
    user = getattr(world, who)
    phone = Phone.objects.create(agency=world.shelter, number="555-0101")
    with acting_as(user):
        with pytest.raises(PermissionDenied):
            agencies.save(Phone(agency=world.shelter, number="555-0102"), by=user, at=NOW)
        phone.number = "555-0103"
        with pytest.raises(PermissionDenied):
            agencies.save(phone, by=user, at=NOW)
        with pytest.raises(PermissionDenied):
            agencies.remove(phone, by=user, at=NOW)
    assert list(Phone.objects.filter(agency=world.shelter).values_list("number", flat=True)) == ["555-0101"]


def test_a_supervisor_outside_the_hotline_keeps_the_own_agency_only(world: World) -> None:
    keeper = make_user("legalsupervisor", "supervisor", world.legal)
    with acting_as(keeper):
        agencies.save(Phone(agency=world.legal, number="555-0101"), by=keeper, at=NOW)
        agencies.save(Location(agency=world.legal, name="Office"), by=keeper, at=NOW)
        for entry in (Phone(agency=world.shelter, number="555-0102"), Location(agency=world.shelter, name="Annex")):
            with pytest.raises(PermissionDenied):
                agencies.save(entry, by=keeper, at=NOW)
        with pytest.raises(PermissionDenied):
            agencies.save(Agency(name="Example New Agency", kind=world.legal.kind), by=keeper, at=NOW)


def test_an_entry_is_not_moved_to_or_taken_from_another_agency(world: World) -> None:
    own = Service.objects.create(agency=world.shelter, name="Beds")
    foreign = Service.objects.create(agency=world.police, name="Desk")
    with acting_as(world.agencyadmin):
        own.agency = world.police
        with pytest.raises(PermissionDenied):
            agencies.save(own, by=world.agencyadmin, at=NOW)
        foreign.agency = world.shelter
        with pytest.raises(PermissionDenied):
            agencies.save(foreign, by=world.agencyadmin, at=NOW)


def test_a_service_or_place_of_another_agency_is_refused(world: World) -> None:
    foreign = Service.objects.create(agency=world.police, name="Desk")
    with acting_as(world.agencyadmin):
        phone = Phone(agency=world.shelter, service=foreign, number="555-0101")
        with pytest.raises(ValidationError, match="Choose a service of the same agency"):
            agencies.save(phone, by=world.agencyadmin, at=NOW)
        place = Location.objects.create(agency=world.shelter, name="Office")
        with pytest.raises(ValidationError, match="Choose services of the same agency"):
            agencies.set_services(place, [foreign], by=world.agencyadmin, at=NOW)


def test_capacity_is_stamped_when_it_is_said(world: World) -> None:
    service = Service.objects.create(agency=world.shelter, name="Beds")
    with acting_as(world.agencyadmin):
        beds = agencies.save(Capacity(service=service, available=4), by=world.agencyadmin, at=NOW)
        assert isinstance(beds, Capacity)
        assert beds.updated_at == NOW
    with acting_as(world.agencyadmin2), pytest.raises(PermissionDenied):
        agencies.save(Capacity(service=service, unit="rooms", available=1), by=world.agencyadmin2, at=NOW)


def test_agencies_and_services_stay(world: World) -> None:
    service = Service.objects.create(agency=world.shelter, name="Beds")
    with acting_as(world.supervisor):
        for entry in (world.shelter, service):
            with pytest.raises(PermissionDenied, match="inactive"):
                agencies.remove(entry, by=world.supervisor, at=NOW)
        coverage = Coverage.objects.get(agency=world.shelter)
        agencies.remove(coverage, by=world.supervisor, at=NOW)
    assert not Coverage.objects.filter(pk=coverage.pk).exists()
    assert trail(world, "coverage") == [("remove", [], "Supervisor")]


def test_services_of_a_place_are_recorded_once(world: World) -> None:
    service = Service.objects.create(agency=world.shelter, name="Beds")
    with acting_as(world.agencyadmin):
        place = Location.objects.create(agency=world.shelter, name="Office")
        agencies.set_services(place, [service], by=world.agencyadmin, at=NOW)
        agencies.set_services(place, [service], by=world.agencyadmin, at=NOW)
        assert list(place.services.all()) == [service]
    assert trail(world, "location") == [("change", ["services"], "Agencyadmin")]


# --- People -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["agencyadmin", "supervisor", "auditor", "operator"])
def test_only_a_system_administrator_makes_accounts(world: World, who: str) -> None:
    user = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        people.create_account(User(username="newcomer"), by=user, at=NOW)
    with acting_as(user), pytest.raises(PermissionDenied):
        people.change_account(world.liaison, by=user, at=NOW)
    assert not User.objects.filter(username="newcomer").exists()


def test_closing_an_account_is_recorded_with_its_new_state(world: World) -> None:
    with acting_as(world.sysadmin):
        world.liaison.is_active = False
        people.change_account(world.liaison, by=world.sysadmin, at=NOW)
    assert not User.objects.get(pk=world.liaison.pk).is_active
    with acting_as(world.auditor):
        event = AuditEvent.objects.get(kind="user")
        assert (event.verb, event.fields, event.details) == ("change", ["is_active"], {"is_active": False})


def test_a_password_is_never_taken_from_a_given_record(world: World) -> None:
    before = User.objects.get(pk=world.liaison.pk).password
    with acting_as(world.sysadmin):
        world.liaison.set_password("another long password")
        world.liaison.display_name = "Renamed"
        people.change_account(world.liaison, by=world.sysadmin, at=NOW)
    after = User.objects.get(pk=world.liaison.pk)
    assert (after.password, after.display_name) == (before, "Renamed")


@pytest.mark.parametrize("role", ["operator", "supervisor", "auditor", "sysadmin"])
def test_an_agency_administrator_gives_and_ends_only_two_roles(world: World, role: str) -> None:
    seat = Membership(user=world.liaison, agency=world.shelter, role=role)
    with acting_as(world.agencyadmin), pytest.raises(PermissionDenied):
        people.add_membership(seat, by=world.agencyadmin, at=NOW)
    held = Membership.objects.get(user=make_user("held", role, world.shelter))
    with acting_as(world.agencyadmin), pytest.raises(PermissionDenied):
        people.end_membership(held, by=world.agencyadmin, at=NOW)


def test_nobody_changes_their_own_seat_or_account(world: World) -> None:
    for user in (world.agencyadmin, world.sysadmin):
        own = Membership.objects.get(user=user)
        with acting_as(user):
            with pytest.raises(PermissionDenied, match="their own seat"):
                people.end_membership(own, by=user, at=NOW)
            seat = Membership(user=user, agency=own.agency, role="liaison")
            with pytest.raises(PermissionDenied, match="their own seat"):
                people.add_membership(seat, by=user, at=NOW)
    with acting_as(world.sysadmin), pytest.raises(PermissionDenied, match="their own account"):
        people.change_account(world.sysadmin, by=world.sysadmin, at=NOW)


def test_a_seat_is_given_for_a_time_to_come_and_ends_once(world: World) -> None:
    with acting_as(world.sysadmin):
        late = Membership(user=world.liaison, agency=world.police, role="liaison", valid_until=NOW - timedelta(days=1))
        with pytest.raises(ValidationError, match="still to come"):
            people.add_membership(late, by=world.sysadmin, at=NOW)
        desk = Membership(user=world.liaison, agency=world.police, role="operator")
        with pytest.raises(ValidationError, match="Operators work at a hotline"):
            people.add_membership(desk, by=world.sysadmin, at=NOW)
        seat = people.add_membership(
            Membership(user=world.liaison, agency=world.police, role="liaison"), by=world.sysadmin, at=NOW
        )
        twice = Membership(user=world.liaison, agency=world.police, role="liaison")
        with pytest.raises(ValidationError):
            people.add_membership(twice, by=world.sysadmin, at=NOW)
        later = NOW + timedelta(hours=1)
        assert people.end_membership(seat, by=world.sysadmin, at=later).valid_until == later
        again = people.end_membership(seat, by=world.sysadmin, at=later + timedelta(hours=1))
        assert again.valid_until == later
    assert [verb for verb, _, _ in trail(world, "membership")] == ["add", "end"]


# --- Levels -------------------------------------------------------------------------------------------


def test_where_notices_go_is_the_agencys_own_and_the_directory_keepers(world: World) -> None:
    shown = {who: "email" in disclosed(world.shelter, to=getattr(world, who)) for who in ("liaison", "supervisor")}
    assert shown == {"liaison": True, "supervisor": True}
    make_user("legalsupervisor", "supervisor", world.legal)
    assert "email" not in disclosed(world.shelter, to=User.objects.get(username="legalsupervisor"))
    for who in ("stranger", "operator", "auditor", "sysadmin", "agencyadmin2"):
        assert "email" not in disclosed(world.shelter, to=getattr(world, who))
        assert disclosed(world.shelter, to=getattr(world, who))["name"] == "Example Harbor Shelter"


def test_people_are_known_to_their_colleagues(world: World) -> None:
    assert disclosed(world.liaison, to=world.agencyadmin)["email"] == "liaison@example.org"
    assert disclosed(world.operator, to=world.supervisor)["display_name"] == "Operator"
    assert "username" not in disclosed(world.operator, to=world.supervisor)
    assert list(disclosed(world.operator, to=world.stranger)) == ["pk"]
    for who in world.everybody():
        assert "password" not in disclosed(world.liaison, to=who)
