"""The pages of walls: a supervisor raises one, anybody keeps themselves away; afterwards every door is shut."""

import re
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from agencies.actions import alarms, duty
from agencies.models import Alarm, AlarmCall, AuditEvent, Notice, User
from agencies.scope import acting_as, acting_as_system
from tests.casework.pages import sign_in
from tests.factories import NOW, World, log_tip, make_referral, make_user
from tips.actions import walls
from tips.models import Contact, Tip, Wall

pytestmark = pytest.mark.django_db
NOWHERE = UUID("01900000-0000-7000-8000-000000000001")
SILENT = UUID("01900000-0000-7000-8000-000000000002")


def test_a_supervisor_finds_an_agency_by_name_and_keeps_it_away(world: World) -> None:
    referral = make_referral(world, "accepted")
    client, url = sign_in(world.supervisor), f"/tips/{referral.tip_id}/walls/"
    assert f'href="{url}"' in client.get(f"/tips/{referral.tip_id}/").text
    assert "Nobody is kept from this tip." in client.get(url).text
    found = client.post(url, {"act": "find", "find": "harbor"}).text
    assert "Example Harbor Shelter (agency)" in found
    assert "Example Hotline (agency)" not in found
    answer = client.post(url, {"act": "raise", "find": "harbor", "who": f"agency:{world.shelter.pk}"})
    assert answer.headers["Location"] == url
    page = client.get(url).text
    assert "<b>Example Harbor Shelter</b>, since" in page
    liaison = sign_in(world.liaison)
    assert liaison.get(f"/tips/{referral.tip_id}/").status_code == 404
    assert liaison.get(f"/referrals/{referral.pk}/").status_code == 404
    again = client.post(url, {"act": "raise", "find": "harbor", "who": f"agency:{world.shelter.pk}"})
    assert (again.status_code, "This wall stands already." in again.text) == (409, True)


def test_a_person_is_kept_away_and_let_in_again(world: World) -> None:
    tip = log_tip(world)
    client, url = sign_in(world.supervisor), f"/tips/{tip.pk}/walls/"
    assert "Operator2, Hotline operator, Example Hotline" in client.post(url, {"act": "find", "find": "operator2"}).text
    client.post(url, {"act": "raise", "find": "operator2", "who": f"person:{world.operator2.pk}"})
    other = sign_in(world.operator2)
    assert other.get(f"/tips/{tip.pk}/").status_code == 404
    with acting_as(world.supervisor):
        wall = Wall.objects.get()
    end = f"{url}{wall.pk}/end/"
    assert sign_in(world.operator).post(end).status_code == 403
    assert sign_in(world.stranger).post(end).status_code == 404
    assert client.post(end).status_code == 302
    assert client.post(end).status_code == 409
    assert other.get(f"/tips/{tip.pk}/").status_code == 200


def test_the_page_is_the_supervisors_alone(world: World) -> None:
    referral = make_referral(world, "accepted")
    url = f"/tips/{referral.tip_id}/walls/"
    for user, status in (
        (world.supervisor, 200),
        (world.operator, 403),
        (world.liaison, 403),
        (world.liaison2, 404),
        (world.stranger, 404),
        (world.auditor, 404),
        (world.sysadmin, 404),
    ):
        client = sign_in(user)
        assert client.get(url).status_code == status
        raised = client.post(url, {"act": "raise", "find": "legal", "who": f"agency:{world.legal.pk}"})
        assert raised.status_code == (302 if status == 200 else status)
    assert "/walls/" not in sign_in(world.operator).get(f"/tips/{referral.tip_id}/").text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"act": "find", "find": ""}, "Enter a name, or part of it."),
        ({"act": "find", "find": "ab"}, "Enter at least 3 letters of the name."),
        ({"act": "find", "find": "zzzzz"}, "No agency and no person has this in the name."),
        ({"act": "raise", "find": "legal"}, "Choose who is kept from this tip."),
        ({"act": "raise", "find": "legal", "who": "agency:1"}, "Choose one of those on the page."),
        ({"act": "raise", "find": "legal", "who": f"agency:{NOWHERE}"}, "Choose one of those on the page."),
    ],
)
def test_what_cannot_be_done_says_what_to_do(world: World, typed: dict[str, str], says: str) -> None:
    tip = log_tip(world)
    answer = sign_in(world.supervisor).post(f"/tips/{tip.pk}/walls/", typed)
    assert says in answer.text
    assert f'value="{typed["find"]}"' in answer.text or not typed["find"]
    with acting_as(world.supervisor):
        assert not Wall.objects.exists()


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern)


def doors(tip: Tip, contact: UUID, *, key: UUID | None = None) -> list[str]:
    """Every address that names a tip or a contact, filled in; with `key` another one instead of theirs."""
    found = []
    for address in addresses(get_resolver().url_patterns):
        whose = {"tips/<uuid:pk>/": tip.pk, "api/v1/tips/<uuid:pk>/": tip.pk, "contacts/<uuid:pk>/": contact}
        start = next((start for start in whose if address.startswith(start)), None)
        if start:
            filled = address.replace("<uuid:pk>", str(key or whose[start]), 1).replace("<slug:name>", "close")
            found.append("/" + re.sub(r"<uuid:\w+>", str(SILENT), filled))
    return found


def test_after_walling_oneself_off_every_door_is_shut(world: World) -> None:
    tip = log_tip(world)
    client = sign_in(world.operator)
    assert f'href="/tips/{tip.pk}/wall/"' in client.get(f"/tips/{tip.pk}/").text
    assert "Nobody asks you why." in client.get(f"/tips/{tip.pk}/wall/").text
    gone = client.post(f"/tips/{tip.pk}/wall/", follow=True)
    assert "You will not see that tip again." in gone.text
    assert tip.reference not in gone.text
    with acting_as(world.operator2):
        contact = Contact.objects.get(tip=tip).pk
    shut = list(zip(doors(tip, contact), doors(tip, contact, key=NOWHERE), strict=True))
    assert len(shut) > 30
    for address, unknown in shut:
        answers = [client.get(address).status_code, client.post(address).status_code]
        assert answers == [client.get(unknown).status_code, client.post(unknown).status_code], address
        # A role that may not ask at all is told so, whatever it asks about.
        assert set(answers) <= {403, 404, 405}, address
    for address in ("/desk/", "/recent/", "/call-backs/", "/hand-over/", "/duty/", "/matches/", "/api/v1/tips/"):
        assert tip.reference not in client.get(address).text
    assert tip.reference not in client.post("/find/", {"q": tip.reference}).text.replace(f'value="{tip.reference}"', "")


def test_a_liaison_who_knows_somebody_sees_it_no_more_and_the_colleague_does(world: World) -> None:
    referral = make_referral(world, "accepted")
    colleague = make_user("colleague", "liaison", world.shelter)
    client = sign_in(world.liaison)
    assert client.post(f"/tips/{referral.tip_id}/wall/").status_code == 302
    assert client.get(f"/tips/{referral.tip_id}/").status_code == 404
    assert client.get(f"/referrals/{referral.pk}/").status_code == 404
    assert referral.reference not in client.get("/referrals/").text
    assert sign_in(colleague).get(f"/referrals/{referral.pk}/").status_code == 200
    assert sign_in(world.stranger).post(f"/tips/{referral.tip_id}/wall/").status_code == 404


def work(client: Client, address: str) -> list[str]:
    """What the database was asked for an address that is shut, without the values."""
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    said = [query["sql"].split(" WHERE ")[0].split(" values ")[0] for query in asked.captured_queries]
    return ["SAVEPOINT" if "SAVEPOINT" in words else words for words in said]


def test_every_door_does_the_same_work_for_a_walled_tip_as_for_none(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator2):
        contact = Contact.objects.get(tip=tip).pk
        walls.wall_off_oneself(tip, by=world.operator2, at=NOW)
    client = sign_in(world.operator2)
    for walled, unknown in zip(doors(tip, contact), doors(tip, contact, key=NOWHERE), strict=True):
        assert work(client, walled) == work(client, unknown), walled


@pytest.mark.long
def test_a_walled_tip_takes_as_long_as_none(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Measured in turns, so that what else the machine does falls on both alike."""
    tip = log_tip(world)
    with acting_as(world.operator2):
        walls.wall_off_oneself(tip, by=world.operator2, at=NOW)
    client = sign_in(world.operator2)
    took: dict[UUID, list[float]] = {tip.pk: [], NOWHERE: []}
    for _ in range(200):
        for key, times in took.items():
            began = time.perf_counter()
            assert client.get(f"/tips/{key}/").status_code == 404
            times.append((time.perf_counter() - began) * 1000)
    walled, unknown = (median(times) for times in took.values())
    with capsys.disabled():
        sys.stdout.write(f"\n404 of a walled tip {walled:.2f} ms, of none {unknown:.2f} ms (medians of 200)\n")
    assert abs(walled - unknown) < 0.25 * unknown


def on_call(world: World, *people: User) -> None:
    with acting_as(world.supervisor):
        for person in people:
            duty.put_on_call(person, pager=f"pager-{person.username}", by=world.supervisor, at=NOW)


def sound(world: World, tip: Tip) -> Alarm:
    with acting_as(world.operator):
        return alarms.raise_alarm(
            "danger",
            agency_id=world.hotline.pk,
            path=f"/tips/{tip.pk}/",
            reference=tip.reference,
            tip=tip.pk,
            by=world.operator,
            at=NOW,
        )


def test_who_is_walled_off_sees_no_alarm_of_it_and_is_not_called(world: World) -> None:
    tip = log_tip(world)
    on_call(world, world.operator2, world.supervisor)
    with acting_as(world.operator2):
        duty.go_on_duty(until=NOW + timedelta(hours=8), by=world.operator2, at=NOW)
        walls.wall_off_oneself(tip, by=world.operator2, at=NOW)
    alarm = sound(world, tip)
    with acting_as_system("test"):
        called = list(AlarmCall.objects.values_list("user__username", flat=True))
        mailed = set(Notice.objects.values_list("user__username", flat=True))
    # The only one on duty must not know: whoever is next on call hears it at once.
    assert called == ["supervisor"]
    assert "operator2" not in mailed
    walled = sign_in(world.operator2)
    for address in ("/duty/", "/desk/", "/duty/alarms/", "/help/"):
        assert tip.reference not in walled.get(address).text
    assert walled.post(f"/duty/alarms/{alarm.pk}/answer/").status_code == 404
    assert tip.reference in sign_in(world.supervisor).get("/duty/").text
    assert alarms.climb_due(at=NOW + timedelta(minutes=3)) == 1
    with acting_as_system("test"):
        assert set(AlarmCall.objects.values_list("user__username", flat=True)) == {"supervisor"}


@pytest.mark.parametrize("who", ["liaison", "stranger", "auditor", "operator2"])
def test_who_is_kept_away_is_told_to_the_holder_alone(world: World, who: str) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator2):
        walls.wall_off_oneself(Tip.objects.get(), by=world.operator2, at=NOW)
    with acting_as(world.operator):
        assert walls.people_kept_away(Tip(pk=referral.tip_id)) == {world.operator2.pk}
    with acting_as(getattr(world, who)):
        assert walls.people_kept_away(Tip(pk=referral.tip_id)) == frozenset()


def test_raising_a_wall_is_in_the_trail_with_ids_and_no_names(world: World) -> None:
    tip = log_tip(world)
    sign_in(world.supervisor).post(
        f"/tips/{tip.pk}/walls/", {"act": "raise", "find": "legal", "who": f"agency:{world.legal.pk}"}
    )
    with acting_as_system("test"):
        event = AuditEvent.objects.get(verb="wall")
        assert (event.tip, event.reason, event.details) == (tip.pk, "accused", {"agency": str(world.legal.pk)})
