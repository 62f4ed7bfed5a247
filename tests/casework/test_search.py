"""One box: what is found, for whom, why, and what of it is in the trail."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import AuditEvent, Notice, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import referrals
from casework.pages.search import Piece, pieces
from tests.factories import NOW, TOLD, World, log_tip, route
from tips.actions import intake, triage
from tips.models import Tip
from tips.told import IdentifierTold, PersonTold, Told

TOLD_MUCH = Told(
    persons=(
        PersonTold(facts={"role": "potential_victim"}, identity={"name": "Maria Canary Ruiz", "phone": "305 555 0101"}),
        PersonTold(facts={"role": "potential_trafficker"}, identity={"name": "Victor Example"}),
    ),
    identifiers=(
        IdentifierTold("plate", "FL ABC 1234"),
        IdentifierTold("handle", "ig: example_ad"),
        IdentifierTold("web", "https://example.org/ads/7"),
        IdentifierTold("address", "12 Main St, Naples FL"),
        IdentifierTold("business", "Example Nails & Spa LLC"),
        IdentifierTold("email", "someone@example.org"),
    ),
)


def find(client: Client, user: User, text: str) -> Any:
    client.force_login(user)
    return client.post("/find/", {"q": text})


def confirm(world: World, tip: Tip, text: str) -> None:
    with acting_as(world.operator):
        triage.confirm_shared_account(Tip.objects.get(pk=tip.pk), text, by=world.operator, at=NOW)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(305) 555-0101", "same phone number"),
        ("555-0101", "same last seven digits of a phone number"),
        ("Ruiz, María Canary", "same name"),
        ("ruiz", "one part of a name is the same"),
        ("abc 1234", "same plate"),
        ("@example_ad", "same handle, perhaps on another site"),
        ("https://www.instagram.com/example_ad/", "same account"),
        ("example.org/ads/7/", "same web address"),
        ("12 main street naples, fl", "same street address"),
        ("The Example Nails and Spa", "same business name"),
        ("SomeOne@Example.org", "same e-mail address"),
    ],
)
def test_tip_is_found_by_what_was_told_and_the_page_says_why(client: Client, world: World, text: str, why: str) -> None:
    tip = log_tip(world, TOLD_MUCH)
    shown = find(client, world.operator, text).content.decode()
    assert tip.reference in shown
    assert why in shown


@pytest.mark.parametrize(
    "text", ["305 555 0102", "ruis", "abd 1234", "@example", "12 Main St, Tampa FL", "  ' | & !* "]
)
def test_something_else_is_not_found(client: Client, world: World, text: str) -> None:
    log_tip(world, TOLD_MUCH)
    shown = find(client, world.operator, text)
    assert shown.status_code == 200
    assert "Nothing that is open to you matches" in shown.content.decode()


@pytest.mark.parametrize("text", ["(305) 555-0101", "Maria Canary Ruiz", "abc 1234", "packing shed"])
@pytest.mark.parametrize("who", ["stranger", "liaison2"])
def test_who_has_no_part_in_it_finds_nothing(client: Client, world: World, who: str, text: str) -> None:
    tip = log_tip(world, TOLD_MUCH)
    confirm(world, tip, "People sleep behind the packing shed")
    shown = find(client, getattr(world, who), text).content.decode()
    assert tip.reference not in shown
    assert "Nothing that is open to you matches" in shown


def test_agency_finds_words_of_what_it_works_on_and_no_identity(client: Client, world: World) -> None:
    tip = log_tip(world, TOLD_MUCH)
    confirm(world, tip, "People sleep behind the packing shed")
    sent = route(world, tip, [world.shelter])[0]
    with acting_as(world.liaison):
        referrals.accept(sent, by=world.liaison, at=NOW)
    assert tip.reference in find(client, world.liaison, "packing sheds").content.decode()
    for text in ("(305) 555-0101", "Maria Canary Ruiz", "abc 1234", "Victor Example"):
        assert tip.reference not in find(client, world.liaison, text).content.decode()


@pytest.mark.parametrize("who", ["agencyadmin", "auditor", "sysadmin"])
def test_role_without_content_does_not_search(client: Client, world: World, who: str) -> None:
    assert find(client, getattr(world, who), "packing shed").status_code == 403


def test_words_are_marked_in_the_shared_account_and_nowhere_else(client: Client, world: World) -> None:
    tip = log_tip(world)
    confirm(world, tip, "Workers <b>sleep</b> behind the packing shed & wait")
    shown = find(client, world.operator, "shed sleeping").content.decode()
    assert "<mark>shed</mark>" in shown
    assert "<mark>sleep</mark>" in shown
    assert "<b>sleep" not in shown
    assert "words of the shared account" in shown
    # What was told word for word is not searched: "Canary words of the caller".
    assert tip.reference not in find(client, world.operator, "caller").content.decode()


def test_marks_in_a_text_are_cut_into_pieces() -> None:
    assert pieces("a \x02b\x03 c") == [Piece("a ", False), Piece("b", True), Piece(" c", False)]
    assert pieces("\x03\x02") == [Piece("\x03\x02", False)]
    assert pieces("") == []


def test_search_is_one_event_with_ids_and_codes_and_without_the_words(client: Client, world: World) -> None:
    tip = log_tip(world, TOLD_MUCH)
    find(client, world.operator, "abc 1234")
    with acting_as_system("test"):
        event = AuditEvent.objects.get(verb="search")
    assert event.details == {"tips": [str(tip.pk)], "forms": ["plate", "plate_alike"]}
    assert (event.reason, event.actor) == ("outside", world.operator.pk)


def test_too_many_searches_outside_of_contacts_are_told_to_the_auditors_once(
    client: Client, world: World, settings: Any
) -> None:
    settings.LOOKUPS_PER_HOUR = 3
    for _ in range(2):
        find(client, world.operator, "abc 1234")
    with acting_as_system("test"):
        assert not Notice.objects.filter(code="many_lookups").exists()
    for _ in range(3):
        find(client, world.operator, "abc 1234")
    with acting_as_system("test"):
        notice = Notice.objects.get(code="many_lookups")
        assert (notice.user, notice.reference) == (world.auditor, "")
        assert AuditEvent.objects.get(verb="many_lookups").actor == world.operator.pk


def test_searches_during_a_contact_do_not_count(client: Client, world: World, settings: Any) -> None:
    settings.LOOKUPS_PER_HOUR = 2
    with acting_as(world.operator):
        intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
    for _ in range(3):
        find(client, world.operator, "abc 1234")
    with acting_as_system("test"):
        assert not Notice.objects.filter(code="many_lookups").exists()
        assert set(AuditEvent.objects.filter(verb="search").values_list("reason", flat=True)) == {"contact"}


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "\x00", "‮abc", "'; drop table x; --", "\ud800", "<script>", "((((", "a:*"]
)
def test_anything_may_be_typed(client: Client, world: World, text: str) -> None:
    client.force_login(world.operator)
    answer = client.post("/find/", {"q": text.encode("utf-8", "replace").decode()})
    assert answer.status_code in (200, 302)
    assert b"<script>" not in answer.content.replace(b"<script src", b"")


def test_my_last_five_are_the_tips_that_i_opened(client: Client, world: World) -> None:
    tips = [log_tip(world, TOLD) for _ in range(7)]
    client.force_login(world.operator)
    for tip in tips:
        client.get(f"/tips/{tip.pk}/")
    client.get(f"/tips/{tips[3].pk}/")
    shown = client.get("/recent/").content.decode()
    wanted = [tips[n].reference for n in (3, 6, 5, 4, 2)]
    assert sorted(wanted, key=shown.index) == wanted
    assert tips[0].reference not in shown
    client.force_login(world.operator2)
    assert "Tips that you open appear here" in client.get("/recent/").content.decode()
    client.force_login(world.auditor)
    assert client.get("/recent/").status_code == 403
