"""The contact page over HTTP: typed while listening, nothing lost, three ways to end."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import AuditEvent, Coverage, Notice, Phone, Service
from agencies.scope import acting_as
from casework.forms.contact import zip_place
from casework.models import Clock
from tests.casework.pages import sign_in
from tests.factories import NOW, World, log_tip, make_agency
from tips.actions import intake
from tips.models import Contact, Draft, Identifier, Narrative, Person, PersonIdentity, Place, ResourceGiven, Tip

pytestmark = pytest.mark.django_db

WORDS = "She says the manager keeps her passport"


def _open(client: Client) -> str:
    return client.post("/contacts/new/").headers["Location"]


def _form(client: Client, url: str, **typed: str) -> dict[str, Any]:
    """What a browser would send: the page's hidden fields and what was typed."""
    context = client.get(url).context
    data = {"base": str(context["sequence"]), "page": context["page_key"], "channel": "call", "narrative": ""}
    for prefix in ("person", "identifier"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    return {**data, **typed}


def _save(client: Client, url: str, data: dict[str, Any], number: int) -> Any:
    body = json.dumps({"sequence": number, "values": {name: [value] for name, value in data.items()}})
    return client.post(f"{url}draft/", body, content_type="application/json")


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_only_the_desk_opens_contacts(world: World, who: str) -> None:
    client = sign_in(getattr(world, who))
    assert client.get("/contacts/new/").status_code == 403
    assert client.post("/contacts/new/").status_code == 403
    assert Contact.objects.count() == 0


def test_looking_at_the_opening_page_opens_nothing(world: World) -> None:
    assert sign_in(world.operator).get("/contacts/new/").status_code == 200
    with acting_as(world.operator):
        assert Contact.objects.count() == 0


def test_one_press_opens_a_call_that_begins_now(world: World) -> None:
    url = _open(sign_in(world.operator))
    with acting_as(world.operator):
        contact = Contact.objects.get()
        assert (url, contact.channel, contact.status) == (f"/contacts/{contact.pk}/", "call", "draft")
        assert abs(contact.started_at - timezone.now()) < timedelta(minutes=1)
        assert not contact.is_back_filled


def test_a_letter_of_last_week_keeps_its_time_and_is_marked(world: World) -> None:
    client = sign_in(world.operator)
    client.post("/contacts/new/", {"channel": "letter", "started_at": "2026-11-02T09:30"})
    with acting_as(world.operator):
        contact = Contact.objects.get()
        assert contact.started_at.isoformat() == "2026-11-02T14:30:00+00:00"
        assert contact.is_back_filled


def test_a_start_in_the_future_is_refused_in_words(world: World) -> None:
    response = sign_in(world.operator).post("/contacts/new/", {"channel": "call", "started_at": "2099-01-01T00:00"})
    assert response.status_code == 422
    assert "Enter a time that is not in the future." in response.text


@pytest.mark.parametrize(("who", "status"), [("operator2", 403), ("liaison", 404), ("stranger", 404), ("auditor", 404)])
def test_nobody_else_types_a_contact_in_progress(world: World, who: str, status: int) -> None:
    url = _open(sign_in(world.operator))
    client = sign_in(getattr(world, who))
    assert client.get(url).status_code == status
    assert client.post(url, {"act": "not_actionable:prank"}).status_code == status
    with acting_as(world.operator):
        assert Contact.objects.get().status == "draft"


@pytest.mark.parametrize(("who", "status"), [("operator2", 409), ("liaison", 404), ("stranger", 404)])
def test_nobody_else_saves_into_a_draft(world: World, who: str, status: int) -> None:
    url = _open(sign_in(world.operator))
    data = {"base": "0", "page": "x", "narrative": "words of another"}
    assert _save(sign_in(getattr(world, who)), url, data, 1).status_code == status
    with acting_as(world.operator):
        assert Draft.objects.get().sequence == 0


def test_the_draft_is_there_again_after_a_crash(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    response = _save(client, url, _form(client, url, narrative=WORDS, county="Collier"), 1)
    assert response.status_code == 200
    assert len(response.json()["saved_at"]) == 8
    page = sign_in(world.operator).get(url)
    assert WORDS in page.text
    assert 'value="Collier"' in page.text
    assert "to mend" not in page.text


def test_the_draft_is_stored_encrypted(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    _save(client, url, _form(client, url, narrative=WORDS), 1)
    with acting_as(world.operator):
        assert b"passport" not in bytes(Draft.objects.get().content)


def test_two_windows_do_not_overwrite_each_other(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    first, second = _form(client, url, narrative="first window"), _form(client, url, narrative="second window")
    assert _save(client, url, first, 1).status_code == 200
    refused = _save(client, url, second, 2)
    assert refused.status_code == 409
    assert "another window" in refused.json()["detail"]
    assert _save(client, url, {**first, "narrative": "first goes on"}, 2).status_code == 200
    assert "first goes on" in client.get(url).text


def test_a_page_goes_on_after_saves_whose_answers_were_lost(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    data = _form(client, url, narrative="one")
    assert _save(client, url, data, 1).status_code == 200
    assert _save(client, url, {**data, "narrative": "after three tries"}, 4).status_code == 200
    assert _save(client, url, {**data, "narrative": "late on the wire"}, 3).status_code == 409
    assert "after three tries" in client.get(url).text


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"sequence": 1}', '{"sequence": "x", "values": {"base": ["0"]}}'])
def test_a_save_that_cannot_be_read_is_400_and_changes_nothing(world: World, body: str) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    assert client.post(f"{url}draft/", body, content_type="application/json").status_code == 400
    with acting_as(world.operator):
        assert Draft.objects.get().sequence == 0


def test_add_another_person_keeps_everything_and_focuses_the_new_one(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    data = _form(client, url, narrative=WORDS, act="add_person", **{"person-0-role": "witness"})
    page = client.post(url, data, follow=True)
    assert WORDS in page.text
    assert page.text.count('<fieldset class="person"') == 2
    assert 'name="person-1-role" autofocus' in page.text
    assert page.context["typed"]["people"].rows.forms[0]["role"].value() == "witness"


def test_a_zip_code_fills_in_state_and_county(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    page = client.post(url, _form(client, url, act="look", postal_code="34142"), follow=True)
    assert page.context["typed"]["place"]["state"].value() == "FL"
    assert page.context["typed"]["place"]["county"].value() == "Collier"


@pytest.mark.parametrize("code", ["", "1", "abcde", "00000", "999999", "\x00", "34142-12"])
def test_what_is_no_zip_code_fills_in_nothing(code: str) -> None:
    assert zip_place(code) is None


@pytest.mark.parametrize("reason", ["hang_up", "wrong_number", "prank", "silent", "test", "out_of_scope", "abusive"])
def test_not_actionable_is_one_button_beside_each_reason(world: World, reason: str) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    assert f'value="not_actionable:{reason}"' in client.get(url).text
    # Whoever is out of scope is given the right number on the next page.
    after = url if reason == "out_of_scope" else "/desk/"
    assert client.post(url, {"act": f"not_actionable:{reason}"}).headers["Location"] == after
    with acting_as(world.operator):
        contact = Contact.objects.get()
        assert (contact.ended_as, contact.end_reason) == ("non_actionable", reason)
        assert (Draft.objects.count(), Tip.objects.count()) == (0, 0)


def test_answered_needs_its_request_type_and_keeps_what_was_typed(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    response = client.post(url, _form(client, url, act="answered", narrative=WORDS))
    assert response.status_code == 422
    assert "Choose the request type of what was answered." in response.text
    assert WORDS in response.text
    assert "<title>Error: " in response.text
    with acting_as(world.operator):
        assert Contact.objects.get().status == "draft"


def test_answered_records_the_resources_that_were_read_out(world: World) -> None:
    shelter = make_agency("Example Night Shelter", "shelter", state="GA")
    Coverage.objects.create(agency=shelter, kind="county", country="US", state="FL", county="Collier")
    service = Service.objects.create(agency=shelter, name="Beds", needs=["emergency_shelter"])
    Phone.objects.create(agency=shelter, service=service, number="239 555 0110")
    client = sign_in(world.operator)
    url = _open(client)
    data = _form(client, url, postal_code="34142", request_type="referral", **{"person-0-needs": "emergency_shelter"})
    page = client.post(url, {**data, "act": "look"}, follow=True)
    assert "Example Night Shelter" in page.text
    assert "239 555 0110</b> (number not verified)" in page.text
    data = {**data, "base": page.context["sequence"], "page": page.context["page_key"]}
    ended = client.post(url, {**data, "act": "answered", "resources": str(service.pk)})
    assert ended.headers["Location"] == "/desk/"
    with acting_as(world.operator):
        contact, given = Contact.objects.get(), ResourceGiven.objects.get()
        assert (contact.ended_as, contact.request_type, Tip.objects.count()) == ("answered", "referral", 0)
        assert (given.given, given.service, given.how) == (shelter, service, "read_out")
        assert given.needs == ["emergency_shelter"]
    assert "Example Night Shelter" in client.get(url).text


def test_the_channel_alone_is_enough_for_a_tip(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    response = client.post(url, _form(client, url, act="triage"))
    with acting_as(world.operator):
        tip = Tip.objects.get()
        assert response.headers["Location"] == f"/tips/{tip.pk}/triage/"
        assert (Person.objects.count(), Narrative.objects.count(), Place.objects.count()) == (0, 0, 0)


def test_what_was_told_goes_onto_the_tip(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    typed = {
        "narrative": WORDS,
        "danger": "ongoing",
        "caller_type": "friend",
        "knows_how": "direct",
        "language": "Spanish",
        "interpreter": "connected",
        "postal_code": "34142",
        "exploitation": "labor",
        "venue": "farm_ranch",
        "person-0-role": "potential_victim",
        "person-0-age": "adult",
        "person-0-languages": "Spanish, Mam",
        "person-0-name": "Somebody Invented",
        "person-0-phone": "239 555 0123",
        "person-0-may_text": "yes",
        "person-0-hours": "after 8 pm",
        "person-0-code_word": "bluebird",
        "identifier-0-kind": "plate",
        "identifier-0-value": "ABC 123",
    }
    client.post(url, _form(client, url, act="triage", **typed))
    with acting_as(world.operator):
        tip, contact, person = Tip.objects.get(), Contact.objects.get(), Person.objects.get()
        assert (tip.state, tip.county) == ("FL", "Collier")
        assert (contact.danger, contact.caller_type, contact.knows_how) == ("ongoing", "friend", "direct")
        assert (contact.language, contact.interpreter, contact.ended_as) == ("Spanish", "connected", "on_tip")
        assert tip.situation.facts == {"exploitation": ["labor"], "venues": ["farm"]}
        assert (person.role, person.is_minor, person.languages) == ("potential_victim", "no", ["Spanish", "Mam"])
        assert (person.safe_contact.may_text, person.safe_contact.hours) == ("yes", "after 8 pm")
        assert person.safe_contact.has_code_word
        assert sorted(PersonIdentity.objects.values_list("field", flat=True)) == ["code_word", "name", "phone"]
        assert sorted(Identifier.objects.values_list("kind", flat=True)) == ["phone", "plate"]
        assert Draft.objects.count() == 0


def test_a_second_contact_is_added_to_a_tip_that_the_desk_holds(world: World) -> None:
    tip = log_tip(world)
    client = sign_in(world.operator2)
    url = _open(client)
    response = client.post(url, _form(client, url, act="triage", tip_reference=tip.reference.lower()))
    assert response.headers["Location"] == f"/tips/{tip.pk}/"
    with acting_as(world.operator):
        assert (Tip.objects.count(), Contact.objects.filter(tip=tip).count()) == (1, 2)


@pytest.mark.parametrize("reference", ["CW-2026-999999-K", "nonsense", "'; drop table"])
def test_a_reference_that_is_not_held_is_unknown(world: World, reference: str) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    response = client.post(url, _form(client, url, act="triage", tip_reference=reference, narrative=WORDS))
    assert response.status_code == 422
    assert "No tip of your desk has this reference." in response.text
    assert WORDS in response.text


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("postal_code", "00000", "There is no such ZIP code."),
        ("country", "Mexico", "at most 2 characters"),
        ("started_at", "2099-01-01T00:00", "not in the future"),
        ("ended_at", "2020-01-01T00:00", "Enter an end that is not before the start."),
        ("county", "\x00", "Null characters are not allowed."),
        ("identifier-0-value", "ABC 123", "Choose what this is"),
        ("person-0-role", "king", "not one of the available choices"),
    ],
)
def test_a_mistake_is_named_and_every_word_is_kept(world: World, name: str, value: str, says: str) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    response = client.post(url, _form(client, url, act="triage", narrative=WORDS, **{name: value}))
    assert response.status_code == 422
    assert says in response.text
    assert "One thing to mend" in response.text
    assert WORDS in response.text
    assert WORDS in client.get(url).text
    with acting_as(world.operator):
        assert (Contact.objects.get().status, Tip.objects.count()) == ("draft", 0)


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "\u202egnp.exe", "🐦" * 500, "x" * 1_000_000, "line\r\nline"]
)
def test_strange_words_are_kept_and_shown_harmlessly(world: World, words: str) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    assert _save(client, url, _form(client, url, narrative=words), 1).status_code == 200
    page = client.get(url)
    assert page.context["form"]["narrative"].value() == words
    assert "<script>alert" not in page.text
    assert client.post(url, _form(client, url, act="triage", narrative=words)).status_code == 302


def test_forty_persons_fit_on_one_contact(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    persons = {f"person-{n}-role": "witness" for n in range(40)}
    client.post(url, _form(client, url, act="triage") | persons | {"person-TOTAL_FORMS": "40"})
    with acting_as(world.operator):
        assert Person.objects.count() == 40


def test_a_contact_that_ended_elsewhere_is_409_with_the_words_kept(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    data = _form(client, url, act="triage", narrative=WORDS)
    client.post(url, {"act": "not_actionable:hang_up"})
    response = client.post(url, data)
    assert response.status_code == 409
    assert "This contact has ended." in response.text
    assert WORDS in response.text
    assert _save(client, url, data, 9).status_code == 409
    with acting_as(world.operator):
        assert Tip.objects.count() == 0
        assert AuditEvent.objects.filter(outcome="refused", reason="Conflict").count() == 1


def test_a_new_tip_gets_fifteen_minutes_until_triage(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    client.post(url, _form(client, url, act="triage"))
    with acting_as(world.operator):
        clock = Clock.objects.get(rule="triage")
        assert clock.due_at - clock.started_at == timedelta(minutes=15)
        assert Notice.objects.count() == 0


def test_danger_to_life_gets_five_minutes_and_tells_the_supervisors(world: World) -> None:
    client = sign_in(world.operator)
    url = _open(client)
    client.post(url, _form(client, url, act="triage", danger="life", narrative=WORDS))
    with acting_as(world.supervisor):
        clock = Clock.objects.get(rule="triage")
        notice = Notice.objects.get(code="tip_urgent")
        assert clock.due_at - clock.started_at == timedelta(minutes=5)
        assert (notice.code, notice.user, notice.path) == ("tip_urgent", world.supervisor, f"/tips/{clock.tip_id}/")


def test_the_ended_contact_is_read_by_its_desk_only(world: World) -> None:
    log_tip(world)
    with acting_as(world.operator):
        url = f"/contacts/{Contact.objects.get().pk}/"
    assert sign_in(world.operator2).get(url).status_code == 200
    for who in ("liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"):
        assert sign_in(getattr(world, who)).get(url).status_code == 404


def test_an_untouched_start_keeps_its_seconds(world: World) -> None:
    with acting_as(world.operator):
        began = NOW + timedelta(seconds=37)
        contact = intake.open_contact(channel="call", started_at=began, by=world.operator, at=began)
    client = sign_in(world.operator)
    url = f"/contacts/{contact.pk}/"
    client.post(url, _form(client, url, act="triage", started_at="2026-11-17T10:00"))
    with acting_as(world.operator):
        assert Contact.objects.get().started_at == began
