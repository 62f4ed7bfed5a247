"""An agency says by a one-time link what of its entry is still true: yes verifies, no becomes a doubt."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from agencies import notices
from agencies.models import Agency, AuditEvent, Doubt, Location, OneTimeLink, Phone, Service, User
from agencies.scope import acting_as_system
from tests.factories import World

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def house(world: World) -> Agency:
    agency = world.shelter
    Agency.objects.filter(pk=agency.pk).update(email="house@example.org", verified_at=LONG_AGO)
    Service.objects.create(agency=agency, name="Beds", needs=["shelter"])
    Service.objects.create(agency=agency, name="Old classes", needs=["education"])
    Phone.objects.all().delete()
    Phone.objects.create(agency=agency, number="305-555-0100")
    with acting_as_system("test"):
        hidden = Location.objects.create(agency=agency, name="House", is_confidential=True)
    Phone.objects.create(agency=agency, number="305-555-0199", location=hidden)
    return agency


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    return client


def asked(world: World, agency: Agency) -> str:
    """The path of the link that was mailed."""
    page = sign_in(world.supervisor).post(f"/directory/{agency.pk}/ask/", follow=True)
    assert "A link went to the agency&#x27;s verified address." in page.text
    mail.outbox.clear()
    notices.deliver_pending(at=timezone.now())
    (letter,) = mail.outbox
    assert letter.to == ["house@example.org"]
    match = re.search(r"/answer/[\w-]+/", str(letter.body))
    assert match
    return match.group()


def opened(path: str) -> Client:
    phone = Client(enforce_csrf_checks=True)
    assert phone.post(path, {"show": "yes"}).status_code == 302
    return phone


def answers(phone: Client, path: str, **changed: str) -> dict[str, str]:
    """Yes to every part, but for those that `changed` names by their words."""
    found = dict.fromkeys(re.findall(r'name="((?:agency|service|phone)[^"]*)"', phone.get(path).text), "yes")
    for part in changed:
        found[part] = changed[part]
    return found


def test_all_still_true_verifies_the_entry_and_its_parts(world: World, house: Agency) -> None:
    path = asked(world, house)
    phone = opened(path)
    page = phone.get(path).text
    assert "Is this still true?" in page
    assert "305-555-0100" in page
    assert "305-555-0199" not in page
    said = answers(phone, path)
    assert len(said) == 4
    assert "Your answer has arrived" in phone.post(path, said).text
    house.refresh_from_db()
    today = timezone.now().date()
    assert house.verified_at is not None
    assert house.verified_at.date() == today
    assert set(house.services.values_list("assured_at", flat=True)) == {today}
    assert dict(house.phones.values_list("number", "verified_on")) == {"305-555-0100": today, "305-555-0199": None}
    with acting_as_system("test"):
        assert AuditEvent.objects.get(verb="verify").details == {"true": 4, "changed": 0}
    assert phone.post(path, said).status_code == 404


def test_what_is_no_longer_true_is_a_doubt_and_verifies_nothing_else(world: World, house: Agency) -> None:
    path = asked(world, house)
    phone = opened(path)
    old = house.services.get(name="Old classes")
    phone.post(path, answers(phone, path, **{f"service-{old.pk}": "no"}))
    house.refresh_from_db()
    assert house.verified_at == LONG_AGO
    doubt = Doubt.objects.get()
    assert (doubt.service, doubt.phone, doubt.reason, doubt.raised_by) == (old, None, "changed", None)
    assert house.services.get(name="Beds").assured_at == timezone.now().date()
    assert house.services.get(name="Old classes").assured_at is None


def test_a_part_without_an_answer_is_said_at_its_field_and_the_rest_is_kept(world: World, house: Agency) -> None:
    path = asked(world, house)
    phone = opened(path)
    said = answers(phone, path)
    del said["agency"]
    page = phone.post(path, said)
    assert page.status_code == 422
    assert "Choose: still true, or no longer true." in page.text
    assert page.text.count(" checked") == 3
    assert Doubt.objects.count() == 0
    assert phone.post(path, {**said, "agency": "yes"}).status_code == 200


def test_looking_changes_nothing_and_another_browser_sees_nothing(world: World, house: Agency) -> None:
    path = asked(world, house)
    assert "Beds" not in Client().get(path).text
    opened(path)
    assert Client().get(path).status_code == 404
    with acting_as_system("test"):
        assert OneTimeLink.objects.get().spent_at is None


@pytest.mark.parametrize("who", ["operator", "liaison", "agencyadmin", "stranger", "auditor"])
def test_others_ask_nobody(world: World, house: Agency, who: str) -> None:
    assert sign_in(getattr(world, who)).post(f"/directory/{house.pk}/ask/").status_code == 403
    with acting_as_system("test"):
        assert OneTimeLink.objects.count() == 0


@pytest.mark.parametrize("fields", [{"email": ""}, {"verified_at": None}], ids=str)
def test_without_a_verified_address_nothing_is_mailed(world: World, house: Agency, fields: dict[str, object]) -> None:
    Agency.objects.filter(pk=house.pk).update(**fields)
    page = sign_in(world.supervisor).post(f"/directory/{house.pk}/ask/", follow=True)
    assert "This agency has no verified address." in page.text
    with acting_as_system("test"):
        assert OneTimeLink.objects.count() == 0
