"""One rule says in which way a person must not be reached, and everybody who would reach them asks it."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Coverage, Service
from agencies.scope import acting_as
from tests.casework.pages import sign_in
from tests.casework.test_conversation_pages import WORDS, act, begin, form
from tests.factories import NOW, World, log_tip, make_agency
from tips import safe_contact
from tips.actions import reveal
from tips.models import Contact, CutOff, Person, PersonIdentity, ResourceGiven, SafeContact, Tip

pytestmark = pytest.mark.django_db

NO_TEXT = "The safe-contact rule does not allow this way (text). Choose another."
NO_CALL = "The safe-contact rule does not allow this way (call). Choose another."


@pytest.mark.parametrize(
    ("rule", "ways", "why"),
    [
        (None, ["call"], ""),
        ({}, ["text"], ""),
        ({"may_text": "unknown"}, ["text"], ""),
        ({"may_text": "no"}, ["text"], NO_TEXT),
        ({"may_text": "no", "may_call": "yes"}, ["call", "text"], ""),
        ({"may_email": "no"}, ["mail"], "The safe-contact rule does not allow this way (mail). Choose another."),
        ({"never": True, "may_call": "yes"}, ["call"], "The safe-contact rule says never to get in touch."),
        ({"never": "on"}, ["call"], "The safe-contact rule says never to get in touch."),
        ({"may_voicemail": "yes"}, ["voicemail"], ""),
        ({}, ["voicemail"], "The safe-contact rule does not allow this way (voicemail). Choose another."),
    ],
)
def test_the_rule(rule: Any, ways: list[str], why: str) -> None:
    assert safe_contact.why_not(rule, *ways) == why


@given(st.lists(st.tuples(st.booleans(), st.fixed_dictionaries({"may_call": st.sampled_from(["", "yes", "no"])}))))
def test_whoever_is_marked_as_in_contact_decides_else_everybody(persons: list[tuple[bool, dict[str, str]]]) -> None:
    chosen = [rule for speaks, rule in persons if speaks] or [rule for _, rule in persons]
    barred = any(rule["may_call"] == "no" for rule in chosen)
    assert bool(safe_contact.why_not_all(safe_contact.of_the_speaker(persons), "call")) is barred


def shelter_here() -> Any:
    shelter = make_agency("Example Night Shelter", "shelter", state="GA")
    Coverage.objects.create(agency=shelter, kind="county", country="US", state="FL", county="Collier")
    return Service.objects.create(agency=shelter, name="Beds", needs=["emergency_shelter"])


@pytest.mark.parametrize("ends", ["triage", "answered"])
@pytest.mark.parametrize("barred", [{"person-0-may_text": "no"}, {"person-0-never": "on"}])
def test_no_number_is_texted_to_who_must_not_be_texted(world: World, ends: str, barred: dict[str, str]) -> None:
    service = shelter_here()
    client = sign_in(world.operator)
    url = begin(client)
    typed = {"narrative": WORDS, "postal_code": "34142", "person-0-needs": "emergency_shelter"}
    typed |= {"request_type": "referral", "resources": str(service.pk), "resource_how": "texted", **barred}
    refused = act(client, url, ends, **typed)
    assert refused.status_code == 422
    assert "The safe-contact rule" in refused.text
    assert WORDS in refused.text
    assert act(client, url, ends, **typed | {"resource_how": "read_out"}).status_code == 302
    with acting_as(world.operator):
        assert list(ResourceGiven.objects.values_list("how", flat=True)) == ["read_out"]


def test_nobody_rings_back_who_must_not_be_called(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "line:drop", **{"person-0-may_call": "no", "narrative": WORDS})
    refused = act(client, url, "line:choose:ring_back")
    assert (refused.status_code, NO_CALL in refused.text) == (422, True)
    act(client, url, "line:choose:wait")
    with acting_as(world.operator):
        assert CutOff.objects.get().step == "wait"


def test_a_number_is_not_opened_for_a_call_back_that_must_not_be(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        row = PersonIdentity.objects.filter(person__tip=tip, field="phone").first()
        assert row is not None
        rule = {"tip": tip, "may_call": "no", "may_text": "no"}
        SafeContact.objects.update_or_create(person=row.person, defaults=rule)
        with pytest.raises(ValidationError, match="call or text"):
            reveal.reveal(row, purpose="call_back", by=world.operator, at=NOW)
        # To keep somebody alive it opens all the same, and is recorded.
        assert reveal.reveal(row, purpose="safety", by=world.operator, at=NOW).text
    client = sign_in(world.operator)
    asked = {"row": f"identity:{row.pk}", "purpose": "call_back"}
    refused = client.post(f"/tips/{tip.pk}/reveal/", asked)
    assert (refused.status_code, "call or text" in refused.text) == (422, True)


# --- Out of scope ---


def test_the_right_number_that_was_offered_is_written_down_once(world: World) -> None:
    line = make_agency("Example Other Line", "hotline", phone="800 555 0142")
    client = sign_in(world.operator)
    url = begin(client)
    ended = client.post(url, {**form(client, url), "act": "not_actionable:out_of_scope"})
    assert ended.headers["Location"] == url
    page = client.get(url).text
    assert "800 555 0142 (not verified)" in page
    assert "Example Hotline</b>" not in page
    for _ in range(2):
        assert client.post(url, {"act": f"offered:{line.pk}"}).status_code == 302
    assert sign_in(world.operator).post(url, {"act": "offered:nobody"}).status_code == 404
    with acting_as(world.operator):
        given = ResourceGiven.objects.get()
        assert (given.given, given.how, Tip.objects.count()) == (line, "read_out", 0)


def test_a_number_is_written_down_only_where_the_matter_was_out_of_scope(world: World) -> None:
    line = make_agency("Example Other Line", "hotline")
    client = sign_in(world.operator)
    url = begin(client)
    client.post(url, {**form(client, url), "act": "not_actionable:test"})
    assert client.post(url, {"act": f"offered:{line.pk}"}).status_code == 403
    assert sign_in(world.liaison).post(url, {"act": f"offered:{line.pk}"}).status_code == 404
    with acting_as(world.operator):
        assert (ResourceGiven.objects.count(), Contact.objects.get().end_reason) == (0, "test")
        assert Person.objects.count() == 0
