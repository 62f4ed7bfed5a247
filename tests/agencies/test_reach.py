"""How a referral gets to an agency: who answers in the inbox, which number, and who cannot be reached at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies.directory import Where, covering, out_of_reach
from agencies.models import Agency, Location, Membership, Phone, Role, User
from agencies.reach import reachable, way_to, with_reach
from agencies.scope import acting_as_system
from tests.factories import A_PHONE, LONG_AGO, World, make_agency, make_user

pytestmark = pytest.mark.django_db
FLORIDA = Where(state="FL")
NOTHING = "nobody signs in there, and no phone or verified address is on file"


def way(agency: Agency) -> tuple[str, str]:
    found = way_to(with_reach(Agency.objects.filter(pk=agency.pk)).get())
    assert reachable(Agency.objects.filter(pk=agency.pk)).exists() == (found.by != "none")
    return found.by, found.words


@pytest.mark.parametrize(("fields", "expected"), [
    ({}, ("none", NOTHING)),
    ({"phone": A_PHONE}, ("phone", "nobody signs in there; call them: +1 305 555 0100")),
    ({"phone": A_PHONE, "accepts_by": "phone"}, ("phone", "call them: +1 305 555 0100")),
    ({"phone": A_PHONE, "accepts_by": "letter"}, ("phone", "call them: +1 305 555 0100")),
    ({"verified_at": LONG_AGO}, (
        "link", "nobody signs in there; write to the verified address, and say nothing of the case")),
    ({"verified_at": LONG_AGO, "email": ""}, ("none", NOTHING)),
    ({"verified_at": LONG_AGO, "accepts_by": "link", "phone": A_PHONE}, ("link", "answers by a one-time link")),
    ({"accepts_by": "link"}, ("none", NOTHING)),
    ({"accepts_by": "portal", "website": "https://example.org/"}, ("portal", "takes referrals in its own portal")),
    ({"accepts_by": "portal"}, ("none", NOTHING)),
])  # fmt: skip
def test_an_agency_where_nobody_signs_in_is_reached_another_way_or_not_at_all(
    db: None, fields: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert way(make_agency("Example House", "shelter", **fields)) == expected


def end_seat(world: World) -> None:
    Membership.objects.filter(user=world.liaison).update(valid_until=LONG_AGO)


def begin_later(world: World) -> None:
    Membership.objects.filter(user=world.liaison).update(valid_from=timezone.now() + timedelta(days=1))


def close_account(world: World) -> None:
    User.objects.filter(pk=world.liaison.pk).update(is_active=False)


def test_an_inbox_needs_somebody_who_answers(world: World) -> None:
    assert way(world.shelter) == ("inbox", "")


@pytest.mark.parametrize("loss", [end_seat, begin_later, close_account])
def test_an_inbox_without_its_last_liaison_is_none(world: World, loss: Any) -> None:
    loss(world)
    # The agency's administrator still signs in, but answers no referrals.
    assert Membership.objects.filter(agency=world.shelter, role=Role.AGENCY_ADMIN).exists()
    assert way(world.shelter) == ("none", NOTHING)


def test_a_second_liaison_keeps_the_inbox(world: World) -> None:
    make_user("liaison3", Role.LIAISON, world.shelter)
    end_seat(world)
    assert way(world.shelter) == ("inbox", "")


def test_the_number_is_the_one_for_a_warm_transfer_and_never_a_fax_or_one_of_a_hidden_place(db: None) -> None:
    agency = make_agency("Example House", "shelter")
    with acting_as_system("test"):
        hidden = Location.objects.create(agency=agency, name="Hidden house", is_confidential=True)
    Phone.objects.create(agency=agency, number="1", kind="Fax")
    Phone.objects.create(agency=agency, number="2", location=hidden)
    assert way(agency) == ("none", NOTHING)
    Phone.objects.create(agency=agency, number="3", purpose="after_hours")
    assert way(agency)[1].endswith("call them: 3")
    Phone.objects.create(agency=agency, number="4")
    Phone.objects.create(agency=agency, number="5", verified_on=LONG_AGO.date())
    assert way(agency)[1].endswith("call them: 5")
    Phone.objects.create(agency=agency, number="6", purpose="warm_transfer")
    assert way(agency)[1].endswith("call them: 6")


def test_who_cannot_be_reached_is_not_proposed_but_named(world: World) -> None:
    house = make_agency("Example House", "shelter")
    elsewhere = make_agency("Example Far House", "shelter", state="GA")
    assert [c.agency for c in covering(["shelter"], FLORIDA)] == [world.shelter]
    assert out_of_reach(["shelter"], FLORIDA, limit=5) == [house]
    assert out_of_reach(["shelter"], FLORIDA, exclude=[house.pk], limit=5) == []
    assert out_of_reach(["shelter"], Where(state="GA"), limit=5) == [elsewhere]
    Phone.objects.create(agency=house, number=A_PHONE)
    assert [c.agency for c in covering(["shelter"], FLORIDA)] == [world.shelter, house]
    assert out_of_reach(["shelter"], FLORIDA, limit=5) == []
