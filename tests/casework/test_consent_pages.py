"""The pages of consent: the words shown are the words kept, a yes goes back in one step, nobody else comes in."""

import re

import pytest
from django.test import Client

from agencies.scope import acting_as
from casework.models import Referral
from tests.casework.pages import assert_no_canary, sign_in
from tests.factories import World, log_tip, route
from tips.models import Consent, Person, Tip

pytestmark = pytest.mark.django_db
YES = {
    "need": "shelter",
    "fields_told": ["card", "working", "name"],
    "how": "signed",
    "heard": "directly",
    "language": "Spanish",
    "given_by": "person",
}


@pytest.fixture
def tip(world: World) -> Tip:
    tip = log_tip(world)
    route(world, tip, [world.shelter])
    return tip


def address(world: World, tip: Tip, more: str = "") -> str:
    with acting_as(world.operator):
        person = Person.objects.get(tip=tip, number=1)
    return f"/tips/{tip.pk}/consent/{person.pk}/{more}"


def seal_of(page: str) -> str:
    found = re.search(r'name="seal" value="(\w{64})"', page)
    assert found is not None
    return found[1]


def kept(world: World) -> list[Consent]:
    with acting_as(world.operator):
        return list(Consent.objects.filter(how="signed"))


def read(client: Client, world: World, tip: Tip, **changes: object) -> str:
    answer = client.post(address(world, tip), {**YES, "recipient": world.shelter.pk, "do": "read", **changes})
    return answer.content.decode()


def test_the_words_that_were_shown_are_kept(world: World, tip: Tip) -> None:
    client = sign_in(world.operator)
    page = read(client, world, tip)
    assert "Example Hotline may tell Example Harbor Shelter" in page
    assert "You can take it back at any time with one sentence" in page
    assert kept(world) == []
    form = {**YES, "recipient": world.shelter.pk, "do": "record"}
    assert client.post(address(world, tip), {**form, "seal": "0" * 64}).status_code == 409
    answer = client.post(address(world, tip), {**form, "seal": seal_of(page)}, follow=True)
    assert "It ends by itself" in answer.content.decode()
    (consent,) = kept(world)
    assert consent.fields == ["card", "name", "working"]
    assert "- your name" in consent.text
    assert_no_canary(answer.content.decode())


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(world: World, tip: Tip) -> None:
    client = sign_in(world.operator)
    page = read(client, world, tip, how="spoken")
    answer = client.post(
        address(world, tip),
        {**YES, "how": "spoken", "recipient": world.shelter.pk, "do": "record", "seal": seal_of(page)},
    )
    assert answer.status_code == 422
    assert "needs a signature" in answer.content.decode()
    assert 'value="Spanish"' in answer.content.decode()
    assert client.post(address(world, tip), {"do": "read"}).status_code == 422
    assert kept(world) == []


def test_another_agency_is_found_by_name_and_what_was_ticked_stays(world: World, tip: Tip) -> None:
    client = sign_in(world.operator)
    page = client.post(address(world, tip), {**YES, "agency_name": "legal", "do": "find"}).content.decode()
    assert "Example Legal Aid" in page
    assert re.search(r'value="name" checked', page)


def test_taking_back_names_what_ends_and_what_stays_told_then_ends_it(world: World, tip: Tip) -> None:
    client = sign_in(world.operator)
    page = client.get(address(world, tip, "back/")).content.decode()
    assert "The referral to Example Harbor Shelter: sent" in page
    assert "what was told stays told" in page
    assert client.post(address(world, tip, "back/"), {}).status_code == 422
    answer = client.post(address(world, tip, "back/"), {"channel": "text"}, follow=True).content.decode()
    assert "1 referral ended" in answer
    assert "Taken back" in answer
    assert client.post(address(world, tip, "back/"), {"channel": "text"}).status_code == 409
    with acting_as(world.operator):
        assert Referral.objects.get().status == "cancelled"


def test_a_no_is_kept_and_shown(world: World, tip: Tip) -> None:
    client = sign_in(world.operator)
    answer = client.post(address(world, tip, "no/"), {"kind": "local_police"}, follow=True).content.decode()
    assert "Refused" in answer
    assert client.post(address(world, tip, "no/"), {"kind": "nobody"}).status_code == 422


@pytest.mark.parametrize("who", ["liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_outside_the_desk_finds_the_pages(world: World, tip: Tip, who: str) -> None:
    client = sign_in(getattr(world, who))
    for path in (f"/tips/{tip.pk}/consent/", *(address(world, tip, more) for more in ("", "no/", "back/"))):
        assert client.get(path).status_code == 404
        if not path.endswith("consent/"):
            assert client.post(path, {"channel": "call", "kind": "shelter"}).status_code == 404


def test_a_person_of_another_tip_is_not_found_here(world: World, tip: Tip) -> None:
    other = log_tip(world)
    with acting_as(world.operator):
        stranger = Person.objects.get(tip=other, number=1)
    for more in ("", "no/", "back/"):
        assert sign_in(world.operator).get(f"/tips/{tip.pk}/consent/{stranger.pk}/{more}").status_code == 404
