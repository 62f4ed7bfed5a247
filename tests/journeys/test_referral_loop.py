"""The referral loop over HTTP: confirmed, accepted, reported on, closed; declined, then the next agency; strangers."""

import re
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from agencies.models import Agency, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import desk
from casework.models import Clock, Disclosure, Referral, Track
from tests.factories import NOW, World, log_tip
from tips.models import Tip, TipAccess

pytestmark = pytest.mark.django_db


class Person:
    """Somebody at a browser without script: follows links, fills in forms, presses buttons."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user, backend="casework.roles.RoleBackend")

    def opens(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response.content.decode()

    def is_refused(self, path: str) -> int:
        return self.client.get(path).status_code

    def presses(self, page: str, path: str, **filled: Any) -> str:
        """Send the form of this page that goes to `path` (or to the page itself), and follow."""
        response: HttpResponse = self.client.post(path, {**fields(page), **filled}, follow=True)  # type: ignore[assignment]
        assert response.status_code == 200, (path, response.status_code, told(response.content.decode()))
        return response.content.decode()


def told(page: str) -> str:
    main = page.split("<main")[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def fields(page: str) -> dict[str, list[str]]:
    """What the fields of a page's main part hold now."""
    main = page.split("<main")[1]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", main):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (" checked" in tag or not re.search(r'type="(checkbox|radio)"', tag)):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, body in re.findall(r'<select [^>]*?name="([^"]*)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', body)
        found.setdefault(name, []).append(unescape(chosen[1]) if chosen else "")
    for name, body in re.findall(r'<textarea [^>]*?name="([^"]*)"[^>]*>(.*?)</textarea>', main, re.S):
        found.setdefault(name, []).append(unescape(body).strip())
    return found


def triaged(world: World) -> Tip:
    tip = log_tip(world)
    with acting_as(world.operator):
        coded = desk.Coded("referral", "P2", "high", shared_account="Somebody asks for a safe place.")
        desk.save_triage(tip, coded, by=world.operator, at=NOW)
    return tip


def confirms(operator: Person, tip: Tip, *agencies: Agency) -> str:
    """The three steps of the proposals page."""
    path = f"/tips/{tip.pk}/proposals/"
    page = operator.presses(operator.opens(path), path, do="write", receiver=[str(a.pk) for a in agencies])
    bases = {f"line-{agency.pk.hex}-legal_basis": "Spoken consent, read back" for agency in agencies}
    check = operator.presses(page, path, do="check", **bases)
    assert "This is all that each agency sees before it accepts." in told(check)
    assert "Canary" not in check
    return operator.presses(check, path, do="send")


def referral_to(agency: Agency) -> Referral:
    with acting_as_system("test"):
        return Referral.objects.get(receiver=agency)


def test_confirmed_accepted_reported_on_and_closed(world: World) -> None:
    operator, liaison = Person(world.operator), Person(world.liaison)
    tip = triaged(world)
    assert "1 referral sent." in told(confirms(operator, tip, world.shelter))
    referral = referral_to(world.shelter)
    base = f"/referrals/{referral.pk}/"

    inbox = liaison.opens("/referrals/")
    assert "1 waiting for an answer" in told(inbox)
    assert liaison.is_refused(f"/tips/{tip.pk}/") == 404
    card = liaison.presses(inbox, f"{base}receive/")
    assert "You see 10 fields." in told(card)
    accepted = liaison.presses(card, f"{base}accept/")
    assert "Accepted. The tip is open to your agency until this ends." in told(accepted)
    assert f'href="/tips/{tip.pk}/"' in accepted
    assert "Somebody asks for a safe place." in told(liaison.opens(f"/tips/{tip.pk}/"))
    assert "Canary" not in liaison.opens(f"/tips/{tip.pk}/")

    assert "Accepted" in told(operator.opens(base))
    progress = liaison.presses(
        liaison.opens(f"{base}report_progress/"), f"{base}report_progress/", progress="scheduled"
    )
    assert "Appointment made" in told(progress)
    closed = liaison.presses(liaison.opens(f"{base}close/"), f"{base}close/", outcome="got_help")
    assert "Closed. Your agency's access to the tip has ended." in told(closed)
    assert liaison.is_refused(f"/tips/{tip.pk}/") == 404
    assert "Got help" in told(operator.opens(base))

    with acting_as(world.operator):
        track = Track.objects.get(tip=tip)
    path = f"/tips/{tip.pk}/tracks/{track.pk}/close/"
    operator.presses(operator.opens(path), path, outcome="done")
    page = operator.opens(f"/tips/{tip.pk}/")
    with acting_as(world.operator):
        version = Tip.objects.get(pk=tip.pk).version
    operator.presses(page, f"/tips/{tip.pk}/close/", version=version)
    with acting_as(world.operator):
        assert Tip.objects.get(pk=tip.pk).status == "closed"
        assert Clock.objects.filter(tip=tip, ended_at=None).count() == 0
        assert [row.level for row in Disclosure.objects.order_by("at", "pk")] == ["card", "working"]


def test_declined_then_the_next_agency_takes_it(world: World) -> None:
    operator, liaison, legal = Person(world.operator), Person(world.liaison), Person(world.stranger)
    tip = triaged(world)
    confirms(operator, tip, world.shelter)
    first = f"/referrals/{referral_to(world.shelter).pk}/"
    liaison.presses(liaison.opens("/referrals/"), f"{first}receive/")
    declined = liaison.presses(liaison.opens(f"{first}decline/"), f"{first}decline/", reason="no_capacity")
    assert "Declined. The sender was told why." in told(declined)
    assert liaison.is_refused(f"/tips/{tip.pk}/") == 404

    sender = operator.opens(first)
    assert "No space now" in told(sender)
    assert f'href="/tips/{tip.pk}/proposals/"' in sender
    again = operator.opens(f"/tips/{tip.pk}/proposals/")
    assert "Declined" in told(again)
    assert f'value="{world.shelter.pk}"' not in again  # Nobody is offered the same tip twice by proposal.
    confirms(operator, tip, world.legal)
    second = f"/referrals/{referral_to(world.legal).pk}/"
    card = legal.presses(legal.opens("/referrals/"), f"{second}receive/")
    legal.presses(card, f"{second}accept/")
    with acting_as_system("test"):
        holders = set(TipAccess.objects.filter(tip=tip, valid_until__year=9999).values_list("agency__name", flat=True))
    assert holders == {"Example Hotline", "Example Legal Aid"}


@pytest.mark.parametrize("who", ["liaison2", "stranger", "agencyadmin", "agencyadmin2", "auditor", "sysadmin"])
def test_a_stranger_finds_nothing_anywhere_on_the_loop(world: World, who: str) -> None:
    operator, liaison = Person(world.operator), Person(world.liaison)
    tip = triaged(world)
    confirms(operator, tip, world.shelter)
    base = f"/referrals/{referral_to(world.shelter).pk}/"
    stranger = Person(getattr(world, who))
    places = [
        base,
        f"{base}decline/",
        f"{base}recall/",
        f"{base}close/",
        f"/tips/{tip.pk}/",
        f"/tips/{tip.pk}/proposals/",
    ]
    assert {stranger.is_refused(place) for place in places} == {404}
    card = liaison.presses(liaison.opens("/referrals/"), f"{base}receive/")
    liaison.presses(card, f"{base}accept/")
    assert {stranger.is_refused(place) for place in places} == {404}
    listed = stranger.client.get("/referrals/").content.decode()
    assert tip.reference not in listed
