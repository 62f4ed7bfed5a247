"""The referral inbox, the card, and the moves over HTTP: what each may see and do, and what nobody may."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import AuditEvent, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import referrals
from casework.models import DeclineReason, Referral
from casework.pages import referral_lists
from tests.factories import NOW, World, log_tip, make_agency, make_referral, make_user, route
from tips.models import Tip

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    return client


def status_of(referral: Referral) -> str:
    with acting_as_system("test"):
        return Referral.objects.get(pk=referral.pk).status


def version_of(referral: Referral) -> int:
    with acting_as_system("test"):
        return Referral.objects.get(pk=referral.pk).version


def events(verb: str) -> list[AuditEvent]:
    with acting_as_system("test"):
        return list(AuditEvent.objects.filter(verb=verb))


# --- The inbox ---------------------------------------------------------------------------------------------


def test_the_inbox_of_an_agency_without_referrals_says_where_new_ones_appear(world: World) -> None:
    page = signed_in(world.liaison).get("/referrals/").content.decode()
    assert "No referral waits for your agency. New ones appear here" in page
    assert "<table" not in page


def test_the_inbox_shows_the_card_fields_and_one_event_names_the_rows(world: World) -> None:
    referral = make_referral(world, "sent")
    page = signed_in(world.liaison).get("/referrals/").content.decode()
    assert "Referrals: 1 waiting for an answer" in page
    assert "Shelter or housing" in page
    assert "Miami-Dade County, Florida" in page
    assert "Example Hotline" in page
    assert "Canary" not in page
    seen = [event for event in events("view") if event.kind == "list"]
    assert [event.details for event in seen] == [{"list": "referral inbox", "ids": [str(referral.pk)]}]


def test_a_stranger_sees_no_row_of_another_agency(world: World) -> None:
    make_referral(world, "sent")
    page = signed_in(world.stranger).get("/referrals/").content.decode()
    assert "Referrals: 0 waiting for an answer" in page
    assert "CW-2026" not in page


@pytest.mark.parametrize("who", ["agencyadmin", "agencyadmin2", "auditor", "sysadmin"])
def test_roles_without_content_have_no_inbox(world: World, who: str) -> None:
    make_referral(world, "sent")
    response = signed_in(getattr(world, who)).get("/referrals/")
    assert response.status_code == 403
    assert b"CW-2026" not in response.content


def test_signed_out_everything_leads_to_the_sign_in_page(world: World) -> None:
    referral = make_referral(world, "sent")
    for path in ("/referrals/", f"/referrals/{referral.pk}/", f"/referrals/{referral.pk}/decline/"):
        response = Client().get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_the_outbox_of_the_hotline_names_the_receiver(world: World) -> None:
    make_referral(world, "sent")
    page = signed_in(world.operator).get("/referrals/").content.decode()
    assert "Sent referrals: 1 waiting for an answer" in page
    assert "Example Harbor Shelter" in page
    received = signed_in(world.operator).get("/referrals/?box=received").content.decode()
    assert "Referrals: 0 waiting for an answer" in received


def test_a_recalled_referral_stays_in_the_inbox_without_its_fields(world: World) -> None:
    make_referral(world, "recalled")
    page = signed_in(world.liaison).get("/referrals/").content.decode()
    assert "Recalled" in page
    assert "Shelter or housing" not in page
    assert "Miami-Dade" not in page


def test_waiting_stands_before_work_and_work_before_what_ended(world: World) -> None:
    for status in ("closed", "accepted", "sent"):
        make_referral(world, status)
    page = signed_in(world.liaison).get("/referrals/").content.decode()
    assert page.index("Waiting for an answer<") < page.index("At work<") < page.index("Ended<")


@pytest.mark.parametrize("rows", [1, 50])
def test_the_inbox_takes_seven_queries_for_one_row_and_for_fifty(world: World, rows: int) -> None:
    tip = log_tip(world)
    needs = [f"need_{number}" for number in range(rows)]
    route(world, tip, [world.shelter] * rows, needs=needs)
    client = signed_in(world.liaison)
    client.get("/help/")  # The first page of a session stamps it.
    with CaptureQueriesContext(connection) as captured:
        client.get("/referrals/")
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    assert len([query for query in captured if not query["sql"].startswith(frame)]) == 7


def test_pages_by_key_show_each_row_once_and_lead_back(world: World) -> None:
    tip = log_tip(world)
    sent = route(world, tip, [world.shelter] * 9, needs=[f"need_{number}" for number in range(9)])
    with acting_as(world.liaison):
        for referral in sent[:3]:
            referrals.accept(referral, by=world.liaison, at=NOW)
        for minutes, referral in enumerate(sent[3:6]):
            at = NOW + timedelta(minutes=minutes)
            referrals.decline(referral, reason="no_capacity", by=world.liaison, at=at)
        box = referral_lists.box(world.liaison, sent=False)
        page_of = partial(
            referral_lists.page, box, beside="sender", counted=referral_lists.counts(world.liaison, box), size=4
        )
        first = page_of()
        second = page_of(after=first.older)
        third = page_of(after=second.older)
        back = page_of(before=third.newer)
        start = page_of(before=back.newer)
    expected = [sent[n].pk for n in (6, 7, 8, 0, 1, 2, 5, 4, 3)]
    shown = [[row.pk for row in page.rows] for page in (first, second, third, back, start)]
    assert shown == [expected[:4], expected[4:8], expected[8:], expected[4:8], expected[:4]]
    assert (first.newer, third.older, start.newer) == ("", "", "")


def test_a_key_that_cannot_be_read_gives_the_first_page(world: World) -> None:
    make_referral(world, "sent")
    for key in ("x", "WzksMV0", "bnVsbA", "%00"):
        assert "1 waiting" in signed_in(world.liaison).get("/referrals/", {"after": key}).content.decode()


# --- One referral ------------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_shows_no_card_before_it_is_opened(world: World) -> None:
    referral = make_referral(world, "sent")
    page = signed_in(world.liaison).get(f"/referrals/{referral.pk}/").content.decode()
    assert status_of(referral) == "sent"
    assert "Open the referral" in page
    assert "Example Hotline" in page
    assert "Miami-Dade" not in page
    assert ">Accept<" not in page


def test_the_open_button_stamps_it_and_shows_the_card_only(world: World) -> None:
    referral = make_referral(world, "sent")
    client = signed_in(world.liaison)
    response = client.post(f"/referrals/{referral.pk}/receive/", follow=True)
    page = response.content.decode()
    assert status_of(referral) == "received"
    assert "You see 10 fields. Not shared: name, contact details, address, what was said." in page
    assert "Spoken consent, read back" in page
    assert "Offer a safe place" in page
    assert "Canary" not in page
    assert "Open the tip" not in page
    for button in ("Accept", "Decline", "Ask for information"):
        assert f">{button}<" in page


def test_opening_by_the_sender_or_with_get_changes_nothing(world: World) -> None:
    referral = make_referral(world, "sent")
    signed_in(world.operator).post(f"/referrals/{referral.pk}/receive/")
    assert signed_in(world.liaison).get(f"/referrals/{referral.pk}/receive/").status_code == 405
    assert status_of(referral) == "sent"


def test_the_sender_sees_what_the_receiver_sees(world: World) -> None:
    referral = make_referral(world, "sent")
    page = signed_in(world.operator).get(f"/referrals/{referral.pk}/").content.decode()
    assert "What Example Harbor Shelter sees" in page
    assert ">Recall<" in page
    assert ">Accept<" not in page


ADDRESSES = ["", "receive/", "accept/", "decline/", "ask_information/", "give_information/", "recall/", "close/",
             "report_progress/", "ask_cancellation/", "confirm_cancellation/", "withdraw/"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("who", ["stranger", "liaison2", "agencyadmin", "auditor", "sysadmin"])
def test_a_stranger_finds_nothing_at_any_address(world: World, who: str, address: str) -> None:
    referral = make_referral(world, "received")
    client = signed_in(getattr(world, who))
    path = f"/referrals/{referral.pk}/{address}"
    version = version_of(referral)
    answers = {client.post(path, {"version": version, "reason": "no_capacity"}).status_code} if address else set()
    if address != "receive/":
        answers.add(client.get(path).status_code)
    assert answers == {404}
    assert (status_of(referral), version_of(referral)) == ("received", version)


def test_what_is_hidden_and_what_does_not_exist_look_the_same(world: World) -> None:
    referral = make_referral(world, "received")
    client = signed_in(world.stranger)
    hidden = client.get(f"/referrals/{referral.pk}/").content.decode()
    nothing = client.get(f"/referrals/{uuid4()}/").content.decode()
    assert hidden.split("<main")[1] == nothing.split("<main")[1]


@pytest.mark.parametrize(("who", "move"), [
    ("operator", "accept"), ("operator", "decline"), ("operator", "ask_information"), ("supervisor", "accept"),
    ("liaison", "recall"), ("liaison", "withdraw"),
])  # fmt: skip
def test_the_other_side_may_look_but_not_do_it(world: World, who: str, move: str) -> None:
    referral = make_referral(world, "received")
    values = {"version": version_of(referral), "reason": "consent_withdrawn" if move == "withdraw" else "no_capacity"}
    response = signed_in(getattr(world, who)).post(f"/referrals/{referral.pk}/{move}/", values | {"question": "q"})
    assert response.status_code == 403
    assert status_of(referral) == "received"


def test_moves_of_the_machine_and_unknown_words_have_no_address(world: World) -> None:
    referral = make_referral(world, "received")
    for name in ("expire", "send", "discard", "no-such-move"):
        client = signed_in(world.operator)
        assert client.post(f"/referrals/{referral.pk}/{name}/", {"version": 2}).status_code == 404
    assert status_of(referral) == "received"


def test_a_move_without_the_version_that_was_seen_is_refused(world: World) -> None:
    referral = make_referral(world, "received")
    for version in ("", "x", "-1", "99999999999999999999"):
        response = signed_in(world.liaison).post(f"/referrals/{referral.pk}/accept/", {"version": version})
        assert response.status_code in (400, 409)
    assert status_of(referral) == "received"


# --- The moves ---------------------------------------------------------------------------------------------


def test_accepting_opens_the_tip_and_says_so(world: World) -> None:
    referral = make_referral(world, "received")
    client = signed_in(world.liaison)
    response = client.post(f"/referrals/{referral.pk}/accept/", {"version": version_of(referral)}, follow=True)
    assert "Accepted. The tip is open to your agency until this ends." in response.content.decode()
    assert status_of(referral) == "accepted"
    with acting_as(world.liaison):
        assert Tip.objects.visible_to(world.liaison).count() == 1


def test_declining_needs_a_coded_reason_and_keeps_what_was_typed(world: World) -> None:
    referral = make_referral(world, "received")
    client = signed_in(world.liaison)
    path = f"/referrals/{referral.pk}/decline/"
    values = {"version": version_of(referral), "note": "Full until Friday"}
    wrong = client.post(path, values)
    assert wrong.status_code == 422
    assert "Choose a reason: the sender needs it" in wrong.content.decode()
    assert "Full until Friday" in wrong.content.decode()
    assert "<title>Error: " in wrong.content.decode()
    made_up = client.post(path, values | {"reason": "made_up"})
    assert (made_up.status_code, status_of(referral)) == (422, "received")
    right = client.post(path, values | {"reason": "no_capacity"}, follow=True)
    assert "Declined. The sender was told why." in right.content.decode()
    sender = signed_in(world.operator).get(f"/referrals/{referral.pk}/").content.decode()
    assert "No space now" in sender
    assert "Full until Friday" in sender


def test_the_decline_page_offers_every_coded_reason(world: World) -> None:
    referral = make_referral(world, "received")
    page = signed_in(world.liaison).get(f"/referrals/{referral.pk}/decline/").content.decode()
    assert [label for label in DeclineReason.labels if label not in page] == []
    assert "Back, change nothing" in page


def test_a_question_and_its_answer_stand_on_the_page_of_both_sides(world: World) -> None:
    referral = make_referral(world, "received")
    liaison, operator = signed_in(world.liaison), signed_in(world.operator)
    base = f"/referrals/{referral.pk}/"
    liaison.post(f"{base}ask_information/", {"version": version_of(referral), "question": "Which language?"})
    assert status_of(referral) == "information_requested"
    asked = operator.get(base).content.decode()
    assert "Which language?" in asked
    assert ">Answer the question<" in asked
    empty = operator.post(f"{base}give_information/", {"version": version_of(referral), "answer": "  "})
    assert empty.status_code == 422
    operator.post(f"{base}give_information/", {"version": version_of(referral), "answer": "Spanish"})
    assert status_of(referral) == "received"
    assert "Spanish" in liaison.get(base).content.decode()


def test_recall_says_first_what_happens_and_then_hides_the_fields(world: World) -> None:
    referral = make_referral(world, "received")
    operator = signed_in(world.operator)
    base = f"/referrals/{referral.pk}/"
    assert f'href="{base}recall/"' in operator.get(base).content.decode()
    page = operator.get(f"{base}recall/").content.decode()
    assert "The agency loses sight of the card at once" in page
    assert "The agency opened the card: what it saw stays recorded as shared." in page
    assert status_of(referral) == "received"
    operator.post(f"{base}recall/", {"version": version_of(referral)})
    assert status_of(referral) == "recalled"
    gone = signed_in(world.liaison).get(base).content.decode()
    assert "Example Hotline recalled this" in gone
    assert "no longer open to your agency" in gone
    for word in ("Miami-Dade", "Shelter or housing", "Offer a safe place", "Spoken consent"):
        assert word not in gone


def test_an_expired_referral_says_when_and_hides_the_fields(world: World) -> None:
    referral = make_referral(world, "expired")
    page = signed_in(world.liaison).get(f"/referrals/{referral.pk}/").content.decode()
    assert "The time to answer ended" in page
    assert "Miami-Dade" not in page
    assert ">Accept<" not in page


def test_progress_and_outcome_are_coded(world: World) -> None:
    referral = make_referral(world, "accepted")
    client = signed_in(world.liaison)
    base = f"/referrals/{referral.pk}/"
    assert client.post(f"{base}report_progress/", {"version": version_of(referral)}).status_code == 422
    client.post(f"{base}report_progress/", {"version": version_of(referral), "progress": "scheduled"})
    assert "Appointment made" in signed_in(world.operator).get(base).content.decode()
    page = client.get(f"{base}close/").content.decode()
    assert "Answered, outcome not ours to know" in page
    assert "No information from the agency" not in page
    refused = client.post(f"{base}close/", {"version": version_of(referral), "outcome": "no_information"})
    assert refused.status_code == 422
    client.post(f"{base}close/", {"version": version_of(referral), "outcome": "got_help"})
    assert status_of(referral) == "closed"
    with acting_as(world.liaison):
        assert Tip.objects.count() == 0
    assert "Got help" in client.get(base).content.decode()


def test_a_cancellation_is_asked_for_once_and_confirmed_only_then(world: World) -> None:
    referral = make_referral(world, "accepted")
    operator, liaison = signed_in(world.operator), signed_in(world.liaison)
    base = f"/referrals/{referral.pk}/"
    assert ">Confirm cancellation<" not in liaison.get(base).content.decode()
    early = liaison.post(f"{base}confirm_cancellation/", {"version": version_of(referral)})
    assert (early.status_code, status_of(referral)) == (422, "accepted")
    operator.post(f"{base}ask_cancellation/", {"version": version_of(referral)})
    assert "Asked already." in operator.get(base).content.decode()
    asked = liaison.get(base).content.decode()
    assert "Example Hotline asks you to end this referral" in asked
    liaison.post(f"{base}confirm_cancellation/", {"version": version_of(referral)})
    assert status_of(referral) == "cancelled"
    with acting_as(world.liaison):
        assert Tip.objects.count() == 0


def test_cancelling_at_once_takes_one_of_two_reasons(world: World) -> None:
    referral = make_referral(world, "accepted")
    operator = signed_in(world.operator)
    path = f"/referrals/{referral.pk}/withdraw/"
    assert operator.post(path, {"version": version_of(referral), "reason": "asked_for"}).status_code == 422
    operator.post(path, {"version": version_of(referral), "reason": "consent_withdrawn"})
    assert status_of(referral) == "cancelled"
    with acting_as(world.liaison):
        assert Tip.objects.count() == 0
    assert "Miami-Dade" not in signed_in(world.liaison).get(f"/referrals/{referral.pk}/").content.decode()


# --- Too late ----------------------------------------------------------------------------------------------


def test_whoever_comes_second_is_told_what_is_true_now(world: World) -> None:
    referral = make_referral(world, "received")
    seen = version_of(referral)
    signed_in(world.liaison).post(f"/referrals/{referral.pk}/accept/", {"version": seen})
    late = signed_in(world.operator).post(f"/referrals/{referral.pk}/recall/", {"version": seen})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Example Harbor Shelter accepted this" in page
    assert "Recall is no longer possible." in page
    assert "Miami-Dade" not in page
    assert status_of(referral) == "accepted"


def test_a_page_of_a_move_that_came_too_late_is_409_at_once(world: World) -> None:
    referral = make_referral(world, "recalled")
    page = signed_in(world.liaison).get(f"/referrals/{referral.pk}/decline/")
    assert page.status_code == 409
    assert "Example Hotline recalled this" in page.content.decode()


def test_a_double_click_changes_nothing_the_second_time(world: World) -> None:
    referral = make_referral(world, "received")
    client = signed_in(world.liaison)
    seen = version_of(referral)
    first = client.post(f"/referrals/{referral.pk}/accept/", {"version": seen})
    second = client.post(f"/referrals/{referral.pk}/accept/", {"version": seen})
    assert (first.status_code, second.status_code) == (302, 409)
    assert len(events("accept")) == 1


def test_a_stale_version_is_409_and_the_refusal_is_recorded(world: World) -> None:
    referral = make_referral(world, "received")
    late = signed_in(world.liaison).post(f"/referrals/{referral.pk}/accept/", {"version": 1})
    assert late.status_code == 409
    assert "Somebody else changed this after you opened it" in late.content.decode()
    assert [event.reason for event in events("refused")] == ["Conflict"]


def test_a_supervisor_of_the_receiver_sees_the_card_but_cannot_answer(world: World) -> None:
    referral = make_referral(world, "sent")
    head = make_user("head", "supervisor", world.shelter)
    page = signed_in(head).get(f"/referrals/{referral.pk}/").content.decode()
    assert "You see 10 fields" in page
    assert "A liaison of your agency answers referrals." in page
    assert ">Accept<" not in page
    assert status_of(referral) == "sent"


def test_a_long_agency_name_and_no_place_do_not_break_the_list(world: World) -> None:
    long = make_agency("Example " + "very " * 40 + "long", "shelter")
    user = make_user("far", "liaison", long)
    route(world, log_tip(world), [long])
    assert signed_in(user).get("/referrals/").status_code == 200
