"""One-time links: what they open, to whom, how often; and what of them is kept."""

import hashlib
import logging
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from agencies import links, notices
from agencies.models import Agency, AuditEvent, Notice, OneTimeLink, Phone
from agencies.scope import acting_as, acting_as_system
from casework.actions import answering, referrals
from casework.logs import WithoutTokens
from casework.models import AnswerGiven, Referral
from tests.factories import LONG_AGO, NOW, World, log_tip, make_agency, route
from tips.models import TipAccess

pytestmark = pytest.mark.django_db
ANSWER = {"name": "Jo Example", "speaker_role": "Night manager", "number": "305 555 0123"}


def phone_shelter(**fields: Any) -> Agency:
    values = {"accepts_by": "link", "verified_at": LONG_AGO, "email": "intake@example.org", **fields}
    return make_agency("Example Phone Shelter", "shelter", **values)


def sent(world: World, *, at: datetime | None = None) -> Referral:
    at = at or timezone.now()
    return route(world, log_tip(world, at=at), [phone_shelter()], at=at)[0]


def mailed(at: datetime | None = None) -> str:
    """The path of the newest link in the mails that go out now."""
    mail.outbox.clear()
    notices.deliver_pending(at=at or timezone.now())
    found = [re.search(r"/answer/[\w-]+/", str(letter.body)) for letter in mail.outbox]
    return [match.group() for match in found if match][-1]


def opened(path: str) -> Client:
    phone = Client(enforce_csrf_checks=True)
    assert phone.post(path, {"show": "yes"}).status_code == 302
    return phone


def again(referral: Referral) -> Referral:
    with acting_as_system("test"):
        return Referral.objects.get(pk=referral.pk)


def gone(response: HttpResponse) -> bool:
    return response.status_code == 404 and b"This page is not open" in response.content


# --- What is mailed and kept ---------------------------------------------------------------------------------


def test_the_mail_holds_the_link_and_no_content_and_the_token_is_stored_nowhere(world: World) -> None:
    sent(world)
    token = mailed().split("/")[2]
    letter = next(letter for letter in mail.outbox if token in letter.body)
    assert letter.to == ["intake@example.org"]
    assert "Canary" not in letter.body
    assert "Shelter or housing" not in letter.body
    assert len(token) == 43
    with acting_as_system("test"):
        assert bytes(OneTimeLink.objects.get().token_hash or b"") == hashlib.sha256(token.encode()).digest()
        assert token not in repr(list(Notice.objects.values()))
        assert token not in repr(list(AuditEvent.objects.values()))


def test_a_link_that_is_sent_again_replaces_the_one_before(world: World) -> None:
    referral = sent(world)
    first = mailed()
    with acting_as(world.operator):
        answering.send_new_link(referral, by=world.operator, at=timezone.now())
    second = mailed()
    assert gone(Client().get(first))
    assert Client().get(second).status_code == 200


def test_a_link_goes_to_a_verified_address_only(world: World) -> None:
    at = timezone.now()
    agency = phone_shelter(verified_at=None)
    with pytest.raises(Exception, match="no phone or verified address"):
        route(world, log_tip(world, at=at), [agency], at=at)


def test_an_agency_with_an_inbox_gets_no_link(world: World) -> None:
    route(world, log_tip(world), [world.shelter])
    with acting_as_system("test"):
        assert OneTimeLink.objects.count() == 0


def test_only_the_sender_sends_a_new_link(world: World) -> None:
    referral = sent(world)
    for who in (world.liaison, world.stranger, world.auditor):
        with acting_as(who), pytest.raises(Exception, match="Only the desk"):
            answering.send_new_link(referral, by=who, at=timezone.now())


# --- Looking -------------------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_shows_who_asks_and_nothing_else(world: World) -> None:
    referral = sent(world)
    path = mailed()
    for client in (Client(), Client()):  # A mail scanner, then a person.
        page = client.get(path)
        assert page.status_code == 200
        assert b"Example Hotline asks whether your agency can help" in page.content
        assert b"Miami" not in page.content
        assert referral.reference.encode() not in page.content
        assert not page.cookies
    assert again(referral).status == "sent"
    with acting_as_system("test"):
        assert OneTimeLink.objects.get().opened_at is None


def test_the_button_shows_the_card_once_to_one_browser(world: World) -> None:
    referral = sent(world)
    path = mailed()
    phone = opened(path)
    page = phone.get(path)
    text = page.content.decode()
    assert "Miami-Dade County, Florida" in text
    assert "Canary" not in text
    assert "<script" not in text
    assert "<nav" not in text
    assert path not in text.partition("</title>")[0]
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"
    assert again(referral).status == "received"
    assert gone(Client().get(path))
    assert gone(Client().post(path, {"show": "yes"}))
    assert phone.get(path).status_code == 200


def test_the_cookie_is_out_of_reach_for_script_and_other_pages(world: World) -> None:
    sent(world)
    cookie = Client().post(mailed(), {"show": "yes"}).cookies["answer"]
    assert cookie["httponly"] is True
    assert cookie["path"] == "/answer/"
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 3600


def test_the_browser_may_come_back_for_an_hour(world: World) -> None:
    at = timezone.now() - timedelta(minutes=61)
    referral = sent(world, at=at)
    token = mailed().split("/")[2]
    assert answering.open_by_link(token, browser="b", at=at) is not None
    assert links.look(token, browser="b", at=at + timedelta(minutes=59)) is not None
    assert links.look(token, browser="b", at=at + timedelta(minutes=60)) is None
    assert links.look(token, browser="other", at=at + timedelta(minutes=1)) is None
    assert again(referral).status == "received"


def test_an_answer_before_the_card_was_shown_is_not_taken(world: World) -> None:
    referral = sent(world)
    phone = Client()
    page = phone.post(f"{mailed()}?do=accept", ANSWER)
    assert b"Show the referral" in page.content
    assert again(referral).status == "sent"


# --- Answering -----------------------------------------------------------------------------------------------


def test_accepting_by_link_is_the_receivers_move_and_uses_the_link_up(world: World) -> None:
    referral = sent(world)
    path = mailed()
    phone = opened(path)
    answered = phone.post(f"{path}?do=accept", ANSWER)
    assert answered.status_code == 200
    assert b"Your answer has arrived" in answered.content
    assert again(referral).status == "accepted"
    assert gone(phone.get(path))
    assert gone(phone.post(f"{path}?do=decline", {**ANSWER, "reason": "no_capacity"}))
    with acting_as(world.operator):
        given = AnswerGiven.objects.visible_to(world.operator).get()
        assert (given.way, given.verb, given.name, given.role) == ("link", "accept", "Jo Example", "Night manager")
    with acting_as_system("test"):
        event = AuditEvent.objects.get(verb="accept")
        assert (event.actor, event.actor_name, event.role) == (None, "One-time link", "by_link")
        assert event.agency == referral.receiver_id
        assert TipAccess.objects.filter(agency=referral.receiver, level="working").count() == 1
        assert Notice.objects.filter(code="referral_accepted", agency=world.hotline).count() == 1


def test_declining_by_link_needs_a_reason_and_keeps_what_was_typed(world: World) -> None:
    referral = sent(world)
    path = mailed()
    phone = opened(path)
    page = phone.post(f"{path}?do=decline", {**ANSWER, "note": "Full until Friday"})
    assert page.status_code == 422
    assert b"Full until Friday" in page.content
    assert b"Choose a reason" in page.content
    assert phone.post(f"{path}?do=decline", {**ANSWER, "reason": "no_capacity"}).status_code == 200
    assert again(referral).decline_reason == "no_capacity"


def test_asking_for_a_call_needs_a_number_and_tells_the_sender(world: World) -> None:
    referral = sent(world)
    path = mailed()
    phone = opened(path)
    assert phone.post(f"{path}?do=call", {**ANSWER, "number": ""}).status_code == 422
    assert phone.post(f"{path}?do=call", ANSWER).status_code == 200
    assert again(referral).status == "information_requested"
    assert again(referral).question == "Call us before we decide."


def test_the_answer_to_a_question_comes_with_a_new_link(world: World) -> None:
    referral = sent(world)
    path = mailed()
    opened(path).post(f"{path}?do=ask", {**ANSWER, "question": "Which language?"})
    with acting_as(world.operator):
        referrals.give_information(again(referral), answer="Spanish", by=world.operator, at=timezone.now())
    second = mailed()
    page = opened(second).get(second)
    assert b"Which language?" in page.content
    assert b"Spanish" in page.content


def test_who_answers_must_be_named(world: World) -> None:
    referral = sent(world)
    path = mailed()
    page = opened(path).post(f"{path}?do=accept", {"name": " ", "speaker_role": ""})
    assert page.status_code == 422
    assert b"Write your name" in page.content
    assert again(referral).status == "received"


# --- Gone: one page ------------------------------------------------------------------------------------------


def test_used_late_taken_back_altered_and_unknown_links_give_the_same_page(world: World) -> None:
    at = timezone.now()
    used, late, taken_back, recalled = [
        route(world, log_tip(world, at=at), [phone_shelter(email=f"a{n}@example.org")], at=at)[0] for n in range(4)
    ]
    mail.outbox.clear()
    notices.deliver_pending(at=timezone.now())
    paths = {}
    for letter in mail.outbox:
        match = re.search(r"/answer/[\w-]+/", str(letter.body))
        if match:
            paths[letter.to[0]] = match.group()
    of_used, of_late, of_taken_back, of_recalled = (paths[f"a{n}@example.org"] for n in range(4))
    opened(of_used).post(f"{of_used}?do=accept", ANSWER)
    with acting_as_system("test"):
        OneTimeLink.objects.filter(about=late.pk).update(valid_until=at + timedelta(microseconds=1))
    with acting_as(world.operator):
        links.withdraw("referral", about=taken_back.pk, at=timezone.now())
    reader = opened(of_recalled)
    with acting_as(world.operator):
        referrals.recall(again(recalled), by=world.operator, at=timezone.now())
    answers = [
        Client().get(of_used),
        Client().get(of_late),
        Client().get(of_taken_back),
        reader.get(of_recalled),
        reader.post(f"{of_recalled}?do=accept", ANSWER),
        Client().get(of_used[:-2] + "A/"),
        Client().get("/answer/unknown/"),
        Client().post("/answer/unknown/", {"show": "yes"}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert again(used).status == "accepted"
    assert again(recalled).status == "recalled"


def test_the_page_of_a_link_that_has_ended_names_the_hotlines_number(world: World) -> None:
    Phone.objects.create(agency=world.hotline, number="1-888-555-0100")
    assert b"1-888-555-0100" in Client().get("/answer/unknown/").content


# --- The database and the logs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["liaison", "stranger", "auditor", "agencyadmin"])
def test_others_see_no_link(world: World, who: str) -> None:
    sent(world)
    with acting_as(getattr(world, who)):
        assert OneTimeLink.objects.count() == 0
        assert AnswerGiven.objects.count() == 0


def test_a_signed_in_person_writes_no_answer_of_an_agency(world: World) -> None:
    referral = sent(world)
    insert = (
        "insert into casework_answergiven (id, referral_id, tip_id, sender_id, receiver_id, way, verb, name, role,"
        " number, at, entered_by_id) values (gen_random_uuid(), %s, %s, %s, %s, 'link', 'accept', 'x', 'y', '', now(),"
        " null)"
    )
    values = [referral.pk, referral.tip_id, referral.sender_id, referral.receiver_id]
    for who in (world.operator, world.stranger):
        with pytest.raises(Exception, match="row-level security"), acting_as(who), connection.cursor() as cursor:
            cursor.execute(insert, values)


def test_no_log_line_holds_a_token() -> None:
    record = logging.LogRecord(
        "django.request", 30, "", 1, "Not Found: %s", ("/answer/secret-token_1/?do=accept",), None
    )
    assert WithoutTokens().filter(record)
    assert record.getMessage() == "Not Found: /answer/.../?do=accept"
    assert links.PATH == "/answer/"
    assert "casework.logs.WithoutTokens" in Path("casework/settings.py").read_text()


def test_a_link_made_in_the_past_of_its_end_is_refused(world: World) -> None:
    with pytest.raises(Exception, match="one_time_link_has_an_end"), acting_as(world.operator):
        links.make(
            "referral", about=world.hotline.pk, agency=world.hotline, asked=None, valid_until=NOW, by=None, at=NOW
        )
