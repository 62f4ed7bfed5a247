"""Two people at once on a step, a track, a referral: nothing that was typed is lost, and one may still choose."""

import re

import pytest
from django.test import Client

from agencies.models import AuditEvent
from agencies.scope import acting_as, acting_as_system
from casework.models import Referral, Step, Track
from tests.casework.pages import sign_in
from tests.factories import World, make_referral, make_user

pytestmark = pytest.mark.django_db
MINE, THEIRS = "The shelter calls back on Friday", "The consent form is not signed yet"


def step_of(world: World) -> Step:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        return Step.objects.filter(tip=referral.tip_id, status="open").order_by("number").select_related("track")[0]


def hidden(client: Client, url: str) -> dict[str, str]:
    """What the page carries besides what is typed."""
    text = client.get(url).text
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    found |= {"seen": found["seen"].replace("&quot;", '"')} if "seen" in found else {}
    return {name: found[name] for name in ("version", "seen") if name in found}


def test_both_reasons_of_a_step_are_shown_and_the_second_chooses(world: World) -> None:
    step = step_of(world)
    one, other = sign_in(world.operator), sign_in(world.operator2)
    wait, block = (f"/tips/{step.tip_id}/steps/{step.pk}/{name}/" for name in ("wait", "block"))
    mine = hidden(other, block)
    assert one.post(wait, {**hidden(one, wait), "reason": THEIRS, "gate": ""}).status_code == 302
    late = other.post(block, {**mine, "reason": MINE, "gate": ""})
    assert late.status_code == 409
    assert MINE in late.text
    assert THEIRS in late.text
    assert "two people wrote at once" in late.text
    sent = {"version": str(step.version + 1), "reason": MINE, "gate": "", "choose:reason": "theirs"}
    assert other.post(block, sent).status_code == 302
    with acting_as(world.operator):
        now = Step.objects.get(pk=step.pk)
        assert (now.status, now.reason) == ("blocked", THEIRS)


def test_a_step_that_is_done_meanwhile_keeps_the_words_to_be_read(world: World) -> None:
    step = step_of(world)
    one, other = sign_in(world.operator), sign_in(world.operator2)
    finish, block = (f"/tips/{step.tip_id}/steps/{step.pk}/{name}/" for name in ("finish", "block"))
    mine = hidden(other, block)
    assert one.post(finish, {"version": str(step.version)}).status_code == 302
    late = other.post(block, {**mine, "reason": MINE, "gate": ""})
    assert (late.status_code, MINE in late.text) == (409, True)
    assert "two people wrote at once" not in late.text


def test_a_track_that_was_closed_meanwhile_keeps_the_choice_to_be_read(world: World) -> None:
    step = step_of(world)
    with acting_as(world.operator):
        track = Track.objects.get(pk=step.track_id)
        url = f"/tips/{track.tip_id}/tracks/{track.pk}/close/"
        Track.objects.filter(pk=track.pk).update(version=track.version + 1)
    late = sign_in(world.operator).post(url, {"version": str(track.version), "outcome": "done"})
    assert late.status_code == 409
    assert 'name="outcome" value="done"' in late.text


def test_a_note_of_a_decline_is_kept_when_the_referral_changed_meanwhile(world: World) -> None:
    referral = make_referral(world, "received")
    colleague = make_user("colleague", "liaison", world.shelter)
    one, other = sign_in(colleague), sign_in(world.liaison)
    url = f"/referrals/{referral.pk}"
    mine = hidden(other, f"{url}/decline/")
    asked = one.post(f"{url}/ask_information/", {**hidden(one, f"{url}/ask_information/"), "question": THEIRS})
    assert asked.status_code == 302
    late = other.post(f"{url}/decline/", {**mine, "reason": "no_capacity", "note": MINE})
    assert (late.status_code, MINE in late.text) == (409, True)
    assert "Nothing of yours is lost" in late.text
    assert '<option value="no_capacity" selected>' in late.text
    again = dict(re.findall(r'<input type="hidden" name="(version)" value="([^"]*)"', late.text))
    assert other.post(f"{url}/decline/", {**again, "reason": "no_capacity", "note": MINE}).status_code == 302
    with acting_as(world.liaison):
        assert Referral.objects.get(pk=referral.pk).status == "declined"
    with acting_as_system("test"):
        assert AuditEvent.objects.get(verb="refused").reason == "Conflict"


def test_a_second_question_is_kept_to_be_read_beside_the_first(world: World) -> None:
    referral = make_referral(world, "received")
    colleague = make_user("colleague", "liaison", world.shelter)
    url = f"/referrals/{referral.pk}/ask_information/"
    one, other = sign_in(colleague), sign_in(world.liaison)
    mine = hidden(other, url)
    one.post(url, {**mine, "question": THEIRS})
    late = other.post(url, {**mine, "question": MINE})
    assert late.status_code == 409
    assert MINE in late.text
    assert THEIRS in late.text
    assert "is no longer possible." in late.text
    assert '<button class="usa-button">Ask for information' not in late.text


def test_what_was_recalled_meanwhile_shows_no_card_any_more(world: World) -> None:
    referral = make_referral(world, "received")
    url = f"/referrals/{referral.pk}"
    other = sign_in(world.liaison)
    mine = hidden(other, f"{url}/decline/")
    sender = sign_in(world.operator)
    sender.post(f"{url}/recall/", hidden(sender, f"{url}/recall/"))
    late = other.post(f"{url}/decline/", {**mine, "reason": "no_capacity", "note": MINE})
    assert (late.status_code, MINE in late.text) == (409, True)
    assert "<h2>Card</h2>" not in late.text
