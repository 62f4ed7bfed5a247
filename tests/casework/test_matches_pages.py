"""Possible matches beside a contact, on the tip page and in triage; questions between holders."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import AuditEvent, Role, User
from agencies.scope import acting_as, acting_as_system
from tests.factories import NOW, TOLD, World, log_tip, make_agency, make_user
from tips.actions import drafts, intake, triage
from tips.models import Contact, MatchQuestion, Tip
from tips.told import IdentifierTold, PersonTold, Told

PLATE = Told(identifiers=(IdentifierTold("plate", "FL ABC 1234"),))
WITH_CODE_WORD = Told(
    persons=(
        PersonTold(
            facts={"role": "potential_victim"},
            identity={"phone": "305 555 0101", "code_word": "Canary", "name": "Ana Ruiz"},
        ),
    )
)


def typing(user: User, **values: str) -> Contact:
    """A contact in progress with a draft."""
    with acting_as(user):
        contact = intake.open_contact(channel="call", started_at=NOW, by=user, at=NOW)
        kept = {name.replace("__", "-"): [words] for name, words in values.items()}
        drafts.save_draft(contact.pk, {"values": kept}, sequence=0, by=user, at=NOW)
    return contact


def page(client: Client, user: User, address: str, *, fragment: bool = False) -> Any:
    client.force_login(user)
    return client.get(address, headers={"HX-Request": "true"} if fragment else {})


@pytest.fixture
def other(world: World) -> User:
    return make_user("other", Role.OPERATOR, make_agency("Example State Hotline", "hotline", is_hotline=True))


def test_contact_page_asks_for_matches_and_shows_a_link_without_script(client: Client, world: World) -> None:
    contact = typing(world.operator)
    shown = page(client, world.operator, f"/contacts/{contact.pk}/").content.decode()
    assert f'hx-get="/contacts/{contact.pk}/matches/"' in shown
    assert f'<a href="/contacts/{contact.pk}/matches/">See possible matches</a>' in shown


def test_repeat_of_a_number_says_how_many_contacts_and_not_to_mention_them(client: Client, world: World) -> None:
    tip = log_tip(world, WITH_CODE_WORD)
    contact = typing(world.operator, **{"person__0__phone": "three oh five 555 0101"})
    shown = page(client, world.operator, f"/contacts/{contact.pk}/matches/", fragment=True).content.decode()
    assert "Same number: 1 earlier contact." in shown
    assert "Do not mention it until the code word was given." in shown
    assert "None was agreed" not in shown
    assert tip.reference in shown
    assert "same phone number" in shown
    assert "<html" not in shown
    for hidden in ("305 555", "3055550101", "Canary", "Ana", "Ruiz"):
        assert hidden not in shown


def test_repeat_without_a_code_word_says_so(client: Client, world: World) -> None:
    log_tip(world)
    contact = typing(world.operator, **{"person__0__phone": "305 555 0101"})
    shown = page(client, world.operator, f"/contacts/{contact.pk}/matches/").content.decode()
    assert "None was agreed: do not mention it before you know who is speaking." in shown
    assert "<h1>Possible matches of this contact</h1>" in shown


def test_numbers_and_handles_in_the_middle_of_what_was_told_are_found(client: Client, world: World) -> None:
    tip = log_tip(world, Told(identifiers=(IdentifierTold("handle", "ig: example_ad"),)))
    contact = typing(world.operator, narrative="They found the job at https://instagram.com/Example_Ad?x=1 last week.")
    shown = page(client, world.operator, f"/contacts/{contact.pk}/matches/", fragment=True).content.decode()
    assert tip.reference in shown
    assert "Likely the same" in shown


def test_match_near_in_place_says_so_and_ranks_first(client: Client, world: World) -> None:
    far, near = log_tip(world, PLATE), log_tip(world, Told(identifiers=PLATE.identifiers, place=TOLD.place))
    contact = typing(
        world.operator, identifier__0__kind="plate", identifier__0__value="abc1234", state="FL", county="Miami-Dade"
    )
    shown = page(client, world.operator, f"/contacts/{contact.pk}/matches/", fragment=True).content.decode()
    assert shown.index(near.reference) < shown.index(far.reference)
    assert "Because: same plate; same county; the same day" in shown


def test_person_who_may_not_be_who_they_say_is_met_without_repeats(client: Client, world: World) -> None:
    log_tip(world)
    contact = typing(world.operator, person__0__phone="305 555 0101", doubt="on")
    shown = page(client, world.operator, f"/contacts/{contact.pk}/matches/", fragment=True).content.decode()
    assert "None found" in shown
    assert "earlier contact" not in shown
    assert "earlier contact" not in page(client, world.operator, f"/contacts/{contact.pk}/").content.decode()


def test_matches_of_a_contact_are_for_who_types_it(client: Client, world: World, other: User) -> None:
    contact = typing(world.operator)
    address = f"/contacts/{contact.pk}/matches/"
    assert page(client, world.operator, address).status_code == 200
    for user, status in (
        (world.operator2, 404),
        (other, 404),
        (world.liaison, 403),
        (world.stranger, 403),
        (world.auditor, 403),
        (world.sysadmin, 403),
    ):
        assert page(client, user, address).status_code == status
    client.logout()
    assert client.get(address).status_code == 302


def test_shown_matches_are_one_event_with_ids_and_no_words(client: Client, world: World) -> None:
    tip = log_tip(world, PLATE)
    contact = typing(world.operator, identifier__0__kind="plate", identifier__0__value="abc1234")
    page(client, world.operator, f"/contacts/{contact.pk}/matches/", fragment=True)
    with acting_as_system("test"):
        event = AuditEvent.objects.get(verb="match")
        assert (event.kind, event.object_id, event.details) == (
            "contact",
            str(contact.pk),
            {"tips": [str(tip.pk)], "others": 0},
        )


def test_tip_page_and_triage_ask_for_matches(client: Client, world: World) -> None:
    tips = [log_tip(world, PLATE) for _ in range(2)]
    for address in (f"/tips/{tips[0].pk}/", f"/tips/{tips[0].pk}/triage/"):
        assert f'hx-get="/tips/{tips[0].pk}/matches/"' in page(client, world.operator, address).content.decode()
    shown = page(client, world.operator, f"/tips/{tips[0].pk}/matches/").content.decode()
    assert tips[1].reference in shown
    assert "Likely the same" in shown
    assert "Ask the holder" not in shown
    for user in (world.liaison, world.stranger, world.auditor):
        assert page(client, user, f"/tips/{tips[0].pk}/matches/").status_code == 404


def test_hidden_tip_is_a_number_and_the_holder_can_be_asked(client: Client, world: World, other: User) -> None:
    ours = log_tip(world, PLATE)
    with acting_as(other):
        contact = intake.open_contact(channel="call", started_at=NOW, by=other, at=NOW)
        theirs = intake.end_on_tip(contact, PLATE, by=other, at=NOW)
    shown = page(client, other, f"/tips/{theirs.pk}/matches/").content.decode()
    assert "1 that you may not open: ask the holder" in shown
    assert ours.reference not in shown
    answer = client.post(f"/tips/{theirs.pk}/matches/ask/", follow=True)
    assert "The holder was asked." in answer.content.decode()
    assert "not answered yet" in answer.content.decode()
    assert "Example Hotline" not in answer.content.decode()
    listed = page(client, world.operator, "/matches/").content.decode()
    assert f"Example State Hotline asks about {ours.reference}" in listed
    with acting_as(world.operator):
        question = MatchQuestion.objects.get()
    shown = page(client, world.operator, f"/matches/{question.pk}/").content.decode()
    assert theirs.reference not in shown
    client.post(f"/matches/{question.pk}/", {"answer": "link"})
    assert client.post(f"/matches/{question.pk}/", {"answer": "no"}).status_code == 409
    assert client.post(f"/matches/{question.pk}/", {"answer": "all of it"}).status_code == 403
    assert f"Their tip is {theirs.reference}" in client.get(f"/matches/{question.pk}/").content.decode()
    shown = page(client, other, f"/tips/{theirs.pk}/matches/").content.decode()
    assert f"linked with {ours.reference} of Example Hotline" in shown


def test_question_is_for_the_desk_that_was_asked(client: Client, world: World, other: User) -> None:
    log_tip(world, PLATE)
    with acting_as(other):
        contact = intake.open_contact(channel="call", started_at=NOW, by=other, at=NOW)
        theirs = intake.end_on_tip(contact, PLATE, by=other, at=NOW)
    client.force_login(other)
    client.post(f"/tips/{theirs.pk}/matches/ask/")
    with acting_as(world.operator):
        question = MatchQuestion.objects.get()
    assert page(client, other, f"/matches/{question.pk}/").status_code == 404
    for user in (world.liaison, world.stranger, world.auditor, world.sysadmin):
        assert page(client, user, f"/matches/{question.pk}/").status_code == 403
        assert page(client, user, "/matches/").status_code == 403
    client.force_login(world.operator)
    assert client.post(f"/tips/{theirs.pk}/matches/ask/").status_code == 404


def test_wording_is_compared_on_the_tip_page(client: Client, world: World) -> None:
    words = "Several workers sleep in a trailer behind the packing shed and passports are kept in the office safe"
    tips = [log_tip(world, Told()) for _ in range(2)]
    with acting_as(world.operator):
        for tip in tips:
            triage.confirm_shared_account(Tip.objects.get(pk=tip.pk), words, by=world.operator, at=NOW)
    shown = page(client, world.operator, f"/tips/{tips[0].pk}/matches/").content.decode()
    assert tips[1].reference in shown
    assert "the account is worded alike" in shown
