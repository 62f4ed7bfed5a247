"""A contact on a closed tip: reopened, or a new tip, in the words of ruling 28; and a doubt brings up nobody."""

from typing import Any

import pytest
from django.test import Client

from agencies.lifecycle import Conflict
from agencies.models import AuditEvent, Role
from agencies.scope import acting_as, acting_as_system
from casework.actions import closing
from tests.casework.pages import sign_in
from tests.factories import NOW, World, log_tip, make_agency, make_user
from tips.actions import intake, triage
from tips.models import Contact, Draft, Tip
from tips.told import Told

pytestmark = pytest.mark.django_db
WORDS = "It began again last week"
ASKS = "This tip is closed. Reopen it, or open a new tip?"


def closed(world: World, tip: Tip | None = None) -> Tip:
    with acting_as(world.operator):
        tip = Tip.objects.get(pk=(tip or log_tip(world)).pk)
        tip = triage.triage(tip, request_type="tip", urgency="P3", by=world.operator, at=NOW)
        return closing.close(tip, disposition="answered", by=world.operator, at=NOW)


def opened(client: Client, **typed: str) -> tuple[str, dict[str, Any]]:
    """A contact in progress, and what a browser would send of it."""
    url = client.post("/contacts/new/").headers["Location"]
    context = client.get(url).context
    data = {"base": str(context["sequence"]), "page": context["page_key"], "channel": "call", "narrative": WORDS}
    for prefix in ("person", "identifier"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    return url, {**data, **typed}


def test_a_closed_tip_is_asked_about_in_the_words_of_ruling_28(world: World) -> None:
    tip = closed(world)
    client = sign_in(world.operator)
    url, data = opened(client, act="triage", tip_reference=tip.reference)
    answer = client.post(url, data)
    assert answer.status_code == 422
    for words in (
        ASKS,
        "It still counts once, in the year of its first contact; the reopening is counted apart.",
        "New tip: another situation. It counts as a tip of its own.",
        "The tip is closed. Choose: reopen it, or open a new tip.",
        WORDS,
    ):
        assert words in answer.text
    with acting_as(world.operator):
        assert Tip.objects.get().status == "closed"
        assert Draft.objects.count() == 1


def test_it_is_reopened_with_the_contact_on_it(world: World) -> None:
    tip = closed(world)
    client = sign_in(world.operator)
    url, data = opened(client, act="triage", tip_reference=tip.reference, again="reopen")
    assert client.post(url, data).headers["Location"] == f"/tips/{tip.pk}/"
    with acting_as(world.operator):
        found = Tip.objects.get()
        assert (found.status, found.closed_at) == ("in_triage", None)
        assert Contact.objects.filter(tip=tip).count() == 2
    with acting_as_system("test"):
        event = AuditEvent.objects.get(verb="reopen")
        assert (event.reason, event.tip) == ("new_contact", tip.pk)


def test_a_new_tip_leaves_the_closed_one_alone(world: World) -> None:
    tip = closed(world)
    client = sign_in(world.operator)
    url, data = opened(client, act="triage", tip_reference=tip.reference, again="new")
    assert client.post(url, data).headers["Location"].endswith("/triage/")
    with acting_as(world.operator):
        assert Tip.objects.get(pk=tip.pk).status == "closed"
        assert Contact.objects.exclude(tip=tip).filter(tip__status="new").count() == 1


def test_an_open_tip_is_not_asked_about(world: World) -> None:
    tip = log_tip(world)
    client = sign_in(world.operator)
    url, data = opened(client, act="save", tip_reference=tip.reference)
    client.post(url, data)
    assert ASKS not in client.get(url).text


def test_a_closed_tip_of_another_desk_is_as_unknown_as_none(world: World) -> None:
    other = make_user("other", Role.OPERATOR, make_agency("Example State Hotline", "hotline", is_hotline=True))
    tip = closed(world)
    client = sign_in(other)
    for reference in (tip.reference, "CW-2026-999999-K"):
        url, data = opened(client, act="triage", tip_reference=reference, again="reopen")
        answer = client.post(url, data)
        assert (answer.status_code, ASKS in answer.text) == (422, False)
        assert "No tip of your desk has this reference." in answer.text
    with acting_as(world.operator):
        assert Tip.objects.get(pk=tip.pk).status == "closed"


def test_a_tip_that_is_closed_while_somebody_types_takes_nothing_in(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        seen_open = Tip.objects.get(pk=tip.pk)
    closed(world, tip)
    with acting_as(world.operator2):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator2, at=NOW)
        with pytest.raises(Conflict, match="closed meanwhile"):
            intake.end_on_tip(contact, Told(), by=world.operator2, at=NOW, tip=seen_open)
        assert Contact.objects.get(pk=contact.pk).status == "draft"


def test_a_match_that_is_closed_asks_and_its_button_names_it(world: World) -> None:
    tip = closed(world)
    client = sign_in(world.operator)
    url, data = opened(client, **{"act": "save", "person-0-phone": "305 555 0101"})
    client.post(url, data)
    aside = client.get(f"{url}matches/", headers={"HX-Request": "true"}).content.decode()
    assert "It is closed: reopen it or open a new tip?" in aside
    assert f'name="act" value="on_tip:{tip.reference}"' in aside
    whole = client.get(f"{url}matches/").content.decode()
    assert f"Type {tip.reference} at the end of the contact page" in whole
    assert "<button" not in whole.split("<main", 1)[1].split("</main>")[0]
    data |= {"base": str(client.get(url).context["sequence"]), "act": f"on_tip:{tip.reference}"}
    assert client.post(url, data).headers["Location"] == f"{url}#next"
    page = client.get(url).text
    assert ASKS in page
    assert f'value="{tip.reference}"' in page


def test_somebody_who_may_not_be_who_they_say_brings_up_nobody_else(world: World) -> None:
    client = sign_in(world.operator)
    url, data = opened(client, act="line:drop", number="305 555 0199")
    client.post(url, data)
    other = sign_in(world.operator2)
    url, data = opened(other, act="save", number="305 555 0199")
    other.post(url, data)
    assert "Same number: a conversation that was cut off" in other.get(url).text
    other.post(url, {**data, "base": str(other.get(url).context["sequence"]), "act": "doubt"})
    page = other.get(url).text
    for words in ("Same number", "cut off, with", "Possible matches", "/matches/"):
        assert words not in page.split("<main", 1)[1]
    other.post(url, {**data, "doubt": "on", "number": "", "base": str(other.get(url).context["sequence"])})
    assert "Is this somebody who was cut off?" not in other.get(url).text


def test_the_desk_leads_to_the_questions_of_other_holders(world: World) -> None:
    assert "Questions of other holders (0)" in sign_in(world.operator).get("/desk/").text
