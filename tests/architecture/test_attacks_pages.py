"""Requests that no page of ours sends: foreign ids, odd characters, odd numbers, too late, from the wrong side."""

import json
import logging
import re
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from agencies.ids import uuid7
from agencies.models import User
from agencies.scope import acting_as, acting_as_system
from casework.models import Clock, Referral, Step, Track
from tests.casework.pages import CANARIES, assert_no_canary, sign_in
from tests.factories import NOW, PASSWORD, World, log_tip, make_referral, route
from tips.actions import intake
from tips.models import Contact, Draft, PersonIdentity, Tip

pytestmark = pytest.mark.django_db

NO_STORE = "max-age=0, no-cache, no-store, must-revalidate, private"
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
EMPTY = {
    "base": "0",
    "channel": "call",
    "person-TOTAL_FORMS": "1",
    "person-INITIAL_FORMS": "0",
    "identifier-TOTAL_FORMS": "1",
    "identifier-INITIAL_FORMS": "0",
}
NOWHERE = UUID("01a00000-0000-7000-8000-000000000000")


def quiet(user: User) -> Client:
    """A browser that shows error pages instead of raising."""
    client = sign_in(user)
    client.raise_request_exception = False
    return client


def open_contact(user: User) -> Contact:
    with acting_as(user):
        return intake.open_contact(channel="call", started_at=NOW, by=user, at=NOW)


PAGES = [
    ("operator", "/desk/", 200),
    ("operator", "/tips/{tip}/", 200),
    ("operator", "/tips/{tip}/triage/", 200),
    ("operator", "/tips/{tip}/proposals/", 200),
    ("operator", "/tips/{none}/", 404),
    ("operator", "/contacts/{contact}/", 200),
    ("operator", "/referrals/", 200),
    ("liaison", "/referrals/{referral}/", 200),
    ("liaison", "/referrals/{referral}/accept/", 409),
    ("liaison", "/tips/{tip}/triage/", 403),
    ("operator", "/directory/", 200),
    ("operator", "/api/v1/tips/{tip}/", 200),
    ("operator", "/api/v1/tips/{none}/", 404),
    ("operator", "/api/v1/schema/", 200),
    ("supervisor", "/admin/tips/tip/{tip}/change/", 200),
    ("supervisor", "/admin/reports/contacts-by-channel/?since=2026-01-01&until=2026-02-01&format=csv", 200),
    ("nobody", "/accounts/login/", 200),
    ("nobody", "/tips/{tip}/", 302),
    ("nobody", "/api/v1/tips/", 403),
]


@pytest.mark.parametrize(("who", "address", "status"), PAGES)
def test_no_answer_is_kept_by_a_browser_or_shown_in_a_frame(world: World, who: str, address: str, status: int) -> None:
    referral = make_referral(world, "accepted")
    contact = open_contact(world.operator)
    client = Client() if who == "nobody" else quiet(getattr(world, who))
    path = address.format(tip=referral.tip_id, referral=referral.pk, contact=contact.pk, none=NOWHERE)
    response = client.get(path)
    assert response.status_code == status
    assert response["Cache-Control"] == NO_STORE
    assert {name: response[name] for name in HEADERS} == HEADERS
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_our_own_fault_has_the_same_headers_and_no_word_of_the_record(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tip = log_tip(world)
    client = quiet(world.operator)
    monkeypatch.setattr("casework.views.tip.shown_to", lambda *_a, **_k: 1 / 0)
    with caplog.at_level(logging.DEBUG):
        response = client.get(f"/tips/{tip.pk}/")
    assert response.status_code == 500
    assert response["Cache-Control"] == NO_STORE
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "ZeroDivisionError" not in response.content.decode()
    assert tip.reference not in response.content.decode()
    assert_no_canary(caplog.text)


NUL = [
    ("supervisor", "/admin/tips/tip/?status=%00"),
    ("supervisor", "/admin/tips/tip/?q=%00"),
    ("supervisor", "/admin/agencies/agencykind/%00/change/"),
    ("auditor", "/admin/agencies/auditevent/?actor=%00"),
    ("auditor", "/admin/casework/disclosure/?level=a%00b"),
    ("operator", "/api/v1/agencies/?name=%00"),
    ("operator", "/directory/?find=%00"),
    ("operator", "/desk/?after=%00"),
]


@pytest.mark.parametrize(("who", "address"), NUL)
def test_a_nul_in_an_address_is_refused_and_no_fault_of_ours(world: World, who: str, address: str) -> None:
    assert quiet(getattr(world, who)).get(address).status_code == 400


def test_a_nul_in_the_name_of_an_agency_finds_nothing(world: World) -> None:
    referral = make_referral(world, "accepted")
    client = quiet(world.operator)
    response = client.post(f"/tips/{referral.tip_id}/proposals/", {"do": "", "agency_name": "Example\x00"})
    assert response.status_code == 200


def test_half_a_character_does_not_close_the_contact_page_for_ever(world: World) -> None:
    """A cut emoji arrives as half of one; what was typed around it is kept."""
    contact, client = open_contact(world.operator), quiet(world.operator)
    body = {"sequence": 1, "values": {"base": ["0"], "page": ["a"], "narrative": ["before \ud83d after"]}}
    saved = client.post(f"/contacts/{contact.pk}/draft/", json.dumps(body), content_type="application/json")
    assert saved.status_code == 200
    page = client.get(f"/contacts/{contact.pk}/")
    assert page.status_code == 200
    assert "before ? after" in page.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        '{"sequence": 99999999999999, "values": {"base": ["0"]}}',
        '{"sequence": -1, "values": {"base": ["0"]}}',
        '{"sequence": 1e400, "values": {"base": ["0"]}}',
        '{"sequence": NaN, "values": {"base": ["0"]}}',
        '{"sequence": "²", "values": {"base": ["0"]}}',
        '{"sequence": 1, "values": {"base": ["99999999999"]}}',
        "[" * 100_000,
        "[]",
    ],
)
def test_a_save_that_no_page_sends_is_refused_and_changes_nothing(world: World, body: str) -> None:
    contact, client = open_contact(world.operator), quiet(world.operator)
    saved = client.post(f"/contacts/{contact.pk}/draft/", body, content_type="application/json")
    assert saved.status_code == 400
    with acting_as(world.operator):
        assert Draft.objects.get(contact=contact).sequence == 0


@pytest.mark.parametrize("number", ["²", "-1", "9" * 5_000, "", "x"])
@pytest.mark.parametrize("field", ["base", "person-TOTAL_FORMS", "identifier-TOTAL_FORMS"])
def test_a_number_that_is_none_is_no_fault_of_ours(world: World, field: str, number: str) -> None:
    contact, client = open_contact(world.operator), quiet(world.operator)
    for act in ("look", "add_person", "add_identifier"):
        data = {**EMPTY, "act": act, field: number}
        assert client.post(f"/contacts/{contact.pk}/", data).status_code in (302, 409)
        assert client.get(f"/contacts/{contact.pk}/").status_code == 200


def test_ten_thousand_persons_are_refused_with_the_page(world: World) -> None:
    contact, client = open_contact(world.operator), quiet(world.operator)
    data = {**EMPTY, "act": "triage", "narrative": "kept words", "person-TOTAL_FORMS": "10000"}
    response = client.post(f"/contacts/{contact.pk}/", data)
    assert response.status_code == 422
    assert "kept words" in response.content.decode()


def test_a_million_letters_are_kept(world: World) -> None:
    contact, client = open_contact(world.operator), quiet(world.operator)
    response = client.post(f"/contacts/{contact.pk}/", {**EMPTY, "act": "triage", "narrative": "a" * 1_000_000})
    assert response.status_code == 302


def test_what_turns_the_direction_of_writing_is_shown_as_text(world: World) -> None:
    referral = make_referral(world, "accepted")
    client = quiet(world.operator)
    client.post(f"/tips/{referral.tip_id}/notes/", {"text": "<b>a\u202eb</b>", "pillar": ""})
    page = client.get(f"/tips/{referral.tip_id}/").content.decode()
    assert "&lt;b&gt;a\u202eb&lt;/b&gt;" in page


def test_parts_of_another_tip_are_not_moved_through_ones_own(world: World) -> None:
    """Both tips are the desk's: the address must name the tip that the part stands on."""
    first, second = make_referral(world, "sent"), make_referral(world, "sent")
    with acting_as(world.operator):
        step = Step.objects.filter(tip=second.tip_id).earliest("number")
        track = Track.objects.get(tip=second.tip_id)
        clock = Clock.objects.filter(tip=second.tip_id, duty="ours", ended_at=None).earliest("due_at")
        identity = PersonIdentity.objects.filter(tip=second.tip_id, field="phone").get()
    client = quiet(world.operator)
    own = f"/tips/{first.tip_id}"
    assert client.post(f"{own}/steps/{step.pk}/finish/", {"version": 1}).status_code == 404
    assert client.post(f"{own}/tracks/{track.pk}/close/", {"version": 1, "outcome": "done"}).status_code == 404
    assert client.post(f"{own}/clocks/{clock.pk}/done/").status_code == 404
    row = {"row": f"identity:{identity.pk}", "purpose": "call_back"}
    assert client.post(f"{own}/reveal/", row).status_code == 404
    with acting_as(world.operator):
        assert Step.objects.get(pk=step.pk).status == "open"
        assert Track.objects.get(pk=track.pk).status == "open"
        assert Clock.objects.get(pk=clock.pk).ended_at is None


CLOSED_BEFORE = ["sent", "received", "information_requested", "declined", "recalled", "expired", "cancelled", "closed"]


@pytest.mark.parametrize("status", CLOSED_BEFORE)
def test_a_receiver_finds_no_page_of_the_tip_before_acceptance_or_after_the_end(world: World, status: str) -> None:
    referral = make_referral(world, status)
    with acting_as(world.operator):
        step = Step.objects.filter(tip=referral.tip_id).earliest("number")
    client, tip = quiet(world.liaison), f"/tips/{referral.tip_id}"
    for address in (f"{tip}/", f"{tip}/triage/", f"{tip}/proposals/", f"{tip}/close/", f"/api/v1{tip}/"):
        assert client.get(address).status_code == 404, address
    for address in (f"{tip}/notes/", f"{tip}/reveal/", f"{tip}/start/", f"{tip}/steps/{step.pk}/finish/"):
        data = {"text": "x", "row": f"narrative:{step.pk}", "purpose": "safety", "version": "1"}
        assert client.post(address, data).status_code == 404, address
    found = client.post("/find/", {"q": referral.reference}, follow=True)
    assert f"{tip}/" not in found.content.decode()
    assert_no_canary(client.get(f"/referrals/{referral.pk}/").content.decode())


@pytest.mark.parametrize("status", ["recalled", "expired", "cancelled"])
def test_a_card_that_was_taken_back_is_on_no_page(world: World, status: str) -> None:
    tip = log_tip(world)
    referral = route(world, tip, [world.shelter], summary="Canary summary")[0]
    with acting_as_system("test"):
        Referral.objects.filter(pk=referral.pk).update(status=status, cancel_reason="entered_in_error")
    client = quiet(world.liaison)
    for address in (
        f"/referrals/{referral.pk}/",
        "/referrals/",
        f"/api/v1/referrals/{referral.pk}/",
        "/api/v1/referrals/",
        f"/referrals/{referral.pk}/accept/",
        f"/referrals/{referral.pk}/decline/",
    ):
        words = client.get(address).content.decode()
        assert "Canary summary" not in words, address
        assert str(tip.pk) not in words, address


@pytest.mark.parametrize("who", ["stranger", "liaison2", "agencyadmin", "agencyadmin2", "auditor", "sysadmin"])
def test_a_stranger_gets_the_same_answer_for_what_is_there_and_what_is_not(world: World, who: str) -> None:
    referral = make_referral(world, "accepted")
    contact = open_contact(world.operator)
    client = quiet(getattr(world, who))
    for there, nowhere in (
        (f"/tips/{referral.tip_id}/", f"/tips/{NOWHERE}/"),
        (f"/tips/{referral.tip_id}/triage/", f"/tips/{NOWHERE}/triage/"),
        (f"/contacts/{contact.pk}/", f"/contacts/{NOWHERE}/"),
        (f"/referrals/{referral.pk}/", f"/referrals/{NOWHERE}/"),
        (f"/referrals/{referral.pk}/accept/", f"/referrals/{NOWHERE}/accept/"),
        (f"/api/v1/tips/{referral.tip_id}/", f"/api/v1/tips/{NOWHERE}/"),
        (f"/api/v1/referrals/{referral.pk}/", f"/api/v1/referrals/{NOWHERE}/"),
    ):
        one, other = client.get(there), client.get(nowhere)
        assert one.status_code == other.status_code, there
        assert one.status_code in (403, 404), there
        assert _told(one) == _told(other), there


def _told(response: Any) -> str:
    """The page without what differs on every page: tokens and its own address."""
    words = re.sub(r'(value|content)="[A-Za-z0-9]{32,}"', "", response.content.decode())
    return re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|="[0-9T:.-]{20,}"', "", words)


def test_a_colleague_neither_reads_nor_saves_nor_ends_what_another_types(world: World) -> None:
    contact = open_contact(world.operator)
    client = quiet(world.operator2)
    body = json.dumps({"sequence": 1, "values": {"base": ["0"], "page": ["a"], "narrative": ["mine"]}})
    assert client.get(f"/contacts/{contact.pk}/").status_code == 403
    for act in ("look", "triage", "answered", "not_actionable:hang_up"):
        assert client.post(f"/contacts/{contact.pk}/", {**EMPTY, "act": act}).status_code == 403
    saved = client.post(f"/contacts/{contact.pk}/draft/", body, content_type="application/json")
    assert saved.status_code == 409
    with acting_as(world.operator):
        assert Draft.objects.get(contact=contact).sequence == 0
        assert Contact.objects.get(pk=contact.pk).status == "draft"


def test_signing_in_changes_the_session_and_leads_nowhere_else(world: World) -> None:
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    sent = {"login": "operator", "password": PASSWORD, "next": "https://evil.example/"}
    response = client.post("/accounts/login/?next=//evil.example/", sent)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize("address", ["/find/", "/contacts/new/", "/preferences/", "/accounts/logout/"])
def test_a_form_without_its_token_is_refused(world: World, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.operator, backend="casework.roles.RoleBackend")
    assert client.post(address, {"q": "x", "channel": "call"}).status_code == 403


def test_a_request_for_another_host_is_refused_also_for_a_password(world: World) -> None:
    client = Client(raise_request_exception=False)
    sent = client.post("/accounts/password/reset/", {"email": "operator@example.org"}, headers={"host": "evil.example"})
    assert sent.status_code == 400


def test_a_forgotten_password_tells_nothing_about_who_has_an_account(world: World) -> None:
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in ("operator@example.org", "nobody@example.org")
    ]
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/accounts/password/reset/done/")] * 2


def test_a_row_that_the_database_refuses_does_not_stand_in_the_error(world: World) -> None:
    """Errors go to the log: PostgreSQL leaves the row out where the table has row-level security."""
    tip = log_tip(world)
    statement = (
        "insert into tips_note (id, tip_id, agency_id, author_id, pillar, text, is_shared, created_at)"
        " values (%s, %s, %s, %s, '', 'Canary text', null, now())"
    )
    with acting_as(world.operator), pytest.raises(IntegrityError) as caught, transaction.atomic():
        connection.cursor().execute(statement, [uuid7(), tip.pk, world.hotline.pk, world.operator.pk])
    assert "is_shared" in str(caught.value)
    assert "Canary" not in str(caught.value)


def test_nothing_typed_stands_in_the_log_or_in_an_address(world: World, caplog: pytest.LogCaptureFixture) -> None:
    contact, client = open_contact(world.operator), quiet(world.operator)
    with caplog.at_level(logging.DEBUG):
        data = {**EMPTY, "act": "triage", "narrative": CANARIES[0], "person-0-name": CANARIES[1], "country": "Canary"}
        assert client.post(f"/contacts/{contact.pk}/", data).status_code == 422
        answer = client.post(f"/contacts/{contact.pk}/", {**data, "country": "", "base": "1"})
        assert answer.status_code == 302
        client.post("/find/", {"q": "Canary Name"})
    assert_no_canary(caplog.text)
    assert "Canary" not in answer["Location"]


def test_sessions_and_cookies_hold_no_word_of_a_record(world: World) -> None:
    tip = log_tip(world)
    client = quiet(world.operator)
    client.get(f"/tips/{tip.pk}/")
    with acting_as(world.operator):
        row = PersonIdentity.objects.get(tip=tip, field="phone")
    page = client.post(f"/tips/{tip.pk}/reveal/", {"row": f"identity:{row.pk}", "purpose": "call_back"})
    assert "305 555 0101" in page.content.decode()
    kept = json.dumps(dict(client.session.items())) + str(client.cookies)
    assert_no_canary(kept)
    assert "sessionid" in client.cookies
    assert client.cookies["sessionid"]["httponly"] is True
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_a_wrong_version_moves_nothing(world: World) -> None:
    referral = make_referral(world, "sent")
    client = quiet(world.liaison)
    for version, status in (("", 400), ("99", 409), ("x", 400), ("-1", 400)):
        assert client.post(f"/referrals/{referral.pk}/accept/", {"version": version}).status_code == status, version
    with acting_as(world.operator):
        assert Referral.objects.get(pk=referral.pk).status == "sent"
        assert Tip.objects.get(pk=referral.tip_id).status == "routed"
