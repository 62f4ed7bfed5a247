"""The telephone system's door: signed, fresh, once for each call, and silent about why it refuses."""

import hashlib
import hmac
import json
import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from agencies.models import AuditEvent
from agencies.scope import acting_as
from tests.factories import World
from tips.actions.contact_rows import read_number
from tips.models import Contact, Draft

SECRET = "a shared secret of the telephone system"
CALL = {"id": "call-1", "agent": "operator", "number": "+13055550101", "started_at": "2026-11-17T10:00:00-05:00"}


@pytest.fixture(autouse=True)
def _shared_secret(settings: Any) -> None:
    settings.TELEPHONY_SECRET = SECRET


def ring(call: Any = CALL, *, secret: str = SECRET, age: int = 0, **headers: str) -> Any:
    """A POST signed the way that docs/api.md says, written out again here."""
    body = call if isinstance(call, bytes) else json.dumps(call).encode()
    at = str(int(time.time()) - age)
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    sent = {"X-Casework-Timestamp": at, "X-Casework-Signature": mac, **headers}
    client = Client(enforce_csrf_checks=True)
    return client.post("/api/v1/screen-pop/", body, content_type="application/json", headers=sent)


@pytest.mark.django_db
def test_a_call_opens_a_contact_of_its_operator(world: World) -> None:
    answer = ring()
    assert answer.status_code == 201
    with acting_as(world.operator):
        contact = Contact.objects.get()
        assert answer.json() == {"contact": str(contact.pk), "path": f"/contacts/{contact.pk}/"}
        assert (contact.taker, contact.channel, contact.external_id) == (world.operator, "call", "call-1")
        assert contact.started_at.isoformat() == "2026-11-17T15:00:00+00:00"
        assert read_number(contact) == "+13055550101"
        assert Draft.objects.get().user == world.operator
        assert AuditEvent.objects.filter(verb="open", actor=world.operator.pk).count() == 1


@pytest.mark.django_db
def test_the_same_call_opens_nothing_twice(world: World) -> None:
    first, second = ring(), ring(age=10)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    with acting_as(world.operator):
        assert Contact.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent",
    [
        {"secret": "another secret of another telephone system"},
        {"age": 301},
        {"age": -301},
        {"X-Casework-Signature": ""},
        {"X-Casework-Signature": "\u00e9" * 64},
        {"X-Casework-Timestamp": "now"},
        {"X-Casework-Timestamp": "9" * 40},
    ],
)
def test_what_is_not_signed_now_is_refused_without_detail(world: World, sent: dict[str, Any]) -> None:
    answer = ring(**sent)
    assert (answer.status_code, answer.json()) == (403, {"detail": "Refused."})
    with acting_as(world.operator):
        assert Contact.objects.count() == 0


@pytest.mark.django_db
def test_a_body_that_was_changed_on_the_way_is_refused(world: World) -> None:
    body = json.dumps(CALL).encode()
    at = str(int(time.time()))
    mac = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Casework-Timestamp": at, "X-Casework-Signature": mac}
    changed = body.replace(b"operator", b"operato2")
    answer = Client().post("/api/v1/screen-pop/", changed, content_type="application/json", headers=headers)
    assert answer.status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    "call",
    [
        b"{",
        [],
        {},
        {**CALL, "id": ""},
        {**CALL, "id": "x" * 121},
        {**CALL, "id": 7},
        {**CALL, "number": "1" * 41},
        {**CALL, "number": "1\x00"},
        {**CALL, "channel": "carrier pigeon"},
        {**CALL, "started_at": "yesterday"},
        {**CALL, "started_at": "2026-11-17T10:00:00"},
        {**CALL, "agent": "nobody"},
        {**CALL, "agent": "liaison"},
        {**CALL, "agent": "sysadmin"},
    ],
)
def test_a_call_that_cannot_be_read_opens_nothing(world: World, call: Any) -> None:
    answer = ring(call)
    assert (answer.status_code, answer.json()) == (400, {"detail": "This call could not be read."})
    with acting_as(world.operator):
        assert Contact.objects.count() == 0


@pytest.mark.django_db
def test_a_large_body_is_refused(world: World) -> None:
    assert ring({**CALL, "more": "x" * 5000}).status_code == 403


@pytest.mark.django_db
def test_a_clock_that_runs_ahead_starts_no_call_in_the_future(world: World) -> None:
    assert ring({**CALL, "started_at": "2099-01-01T00:00:00Z"}).status_code == 201


@pytest.mark.django_db
def test_without_a_secret_there_is_no_door(world: World, settings: Any) -> None:
    settings.TELEPHONY_SECRET = ""
    assert ring().status_code == 404


@pytest.mark.django_db
def test_nobody_reads_anything_here(client: Client) -> None:
    assert client.get("/api/v1/screen-pop/").status_code == 405


def test_two_tellings_at_once_open_one_contact(real_world: World) -> None:
    answers: list[Any] = []

    def tell() -> None:
        try:
            answers.append(ring())
        finally:
            connection.close()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["contact"] for answer in answers}) == 1
    with acting_as(real_world.operator):
        assert Contact.objects.count() == 1
