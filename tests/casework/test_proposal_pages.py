"""From what the rules propose to sent referrals: the pages, what is checked, and what is sent exactly as shown."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client

from agencies.models import Agency, AuditEvent, Membership, Phone, Role, User
from agencies.scope import acting_as, acting_as_system
from casework import offering
from casework.actions import proposals
from casework.models import Disclosure, Proposal, Referral, Track
from tests.factories import A_PHONE, LONG_AGO, NOW, TOLD, World, log_tip, make_agency, make_referral, route
from tips import facts as vocabulary
from tips.actions import persons, triage
from tips.models import Person, Tip
from tips.told import PersonTold, PlaceTold, Told

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    return client


def triaged(world: World, told: Told = TOLD, *, ask: bool = True) -> Tip:
    tip = log_tip(world, told)
    with acting_as(world.operator):
        tip = triage.triage(tip, request_type="referral", urgency="P2", by=world.operator, at=NOW)
        if ask:
            proposals.make(tip, by=world.operator, at=NOW)
    return tip


def do(client: Client, tip: Tip, step: str, *receivers: Agency, **more: Any) -> HttpResponse:
    data = {"do": step, "receiver": [str(agency.pk) for agency in receivers], **more}
    return client.post(f"/tips/{tip.pk}/proposals/", data)  # type: ignore[return-value]


def fields_of(response: HttpResponse) -> dict[str, list[str]]:
    """What a browser would send of the page's main form without anybody changing it."""
    page = response.content.decode().split("<main")[1]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="(\w+)"', tag)
        if name and kind and (kind[1] not in ("checkbox", "radio") or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, body in re.findall(r'<select [^>]*?name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', body)
        found.setdefault(name, []).append(unescape(chosen[1]) if chosen else "")
    for name, body in re.findall(r'<textarea [^>]*?name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.S):
        found.setdefault(name, []).append(unescape(body).lstrip("\n"))
    return found


def on(client: Client, tip: Tip, step: str, fields: dict[str, list[str]], **changed: Any) -> HttpResponse:
    """Press a button on a page, having changed some fields."""
    return client.post(f"/tips/{tip.pk}/proposals/", {**fields, **changed, "do": step})  # type: ignore[return-value]


def line(agency: Agency, field: str) -> str:
    return f"line-{agency.pk.hex}-{field}"


def words(response: HttpResponse) -> str:
    """What a person reads: no tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", response.content.decode())).split())


def referrals_of(tip: Tip) -> list[Referral]:
    with acting_as_system("test"):
        return list(Referral.objects.filter(tip=tip).select_related("receiver").order_by("created_at", "pk"))


# --- Whom to ask -------------------------------------------------------------------------------------------


def test_the_page_says_which_rule_proposes_whom_and_why(world: World) -> None:
    page = words(signed_in(world.operator).get(f"/tips/{triaged(world).pk}/proposals/"))
    assert "Because R06: An adult in commercial sex asks for help" in page
    assert "Source: routing table row R06; rulings. Confidence: proposed." in page
    assert "Example Harbor Shelter" in page
    assert "covers the state; not verified" in page
    assert "Urgency proposed: P1 Within 1 hour." in page
    assert "Canary" not in page


def test_what_is_held_back_is_named_with_its_reason_and_cannot_be_ticked(world: World) -> None:
    page = words(signed_in(world.operator).get(f"/tips/{triaged(world).pk}/proposals/"))
    assert "Police department or sheriff of the place: Only if the person wants it, and they have not said so" in page
    assert "Only a supervisor can send to these all the same, with a reason." in page
    assert "Example City Police" not in page


def test_a_kind_without_agencies_says_what_to_do(world: World) -> None:
    page = words(signed_in(world.operator).get(f"/tips/{triaged(world).pk}/proposals/"))
    assert "Victim service provider" in page
    assert "No agency of this kind in the directory covers the place, or all were asked already." in page


def test_missing_facts_are_questions_and_status_is_never_one(world: World) -> None:
    page = words(signed_in(world.operator).get(f"/tips/{triaged(world).pk}/proposals/"))
    assert "Person 1" in page.split("Still open")[1]
    assert "citizen" not in page.lower()


def test_an_agency_elsewhere_is_not_proposed(world: World) -> None:
    make_agency("Example Far Shelter", "shelter", state="TX")
    page = words(signed_in(world.operator).get(f"/tips/{triaged(world).pk}/proposals/"))
    assert "Example Far Shelter" not in page
    assert "Example Harbor Shelter" in page


def test_looking_asks_nothing_and_asking_is_a_button(world: World) -> None:
    tip = triaged(world, ask=False)
    client = signed_in(world.operator)
    assert "The rules were not asked for this tip yet." in words(client.get(f"/tips/{tip.pk}/proposals/"))
    with acting_as(world.operator):
        assert Proposal.objects.count() == 0
    do(client, tip, "ask")
    with acting_as(world.operator):
        assert Proposal.objects.count() == 1
    assert "Because R06" in words(client.get(f"/tips/{tip.pk}/proposals/"))


def test_changed_facts_are_noticed_and_the_rules_can_be_asked_again(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.operator)
    stale = "The facts have changed since the rules were asked"
    assert stale not in words(client.get(f"/tips/{tip.pk}/proposals/"))
    with acting_as(world.operator):
        victim = Person.objects.get(tip=tip, number=1)
        persons.change_person(
            victim, {"role": "potential_victim", "wants_law_enforcement": "yes"}, by=world.operator, at=NOW
        )
    assert stale in words(client.get(f"/tips/{tip.pk}/proposals/"))
    do(client, tip, "ask")
    page = words(client.get(f"/tips/{tip.pk}/proposals/"))
    assert stale not in page
    assert "Example City Police" in page


def test_a_tip_that_is_not_triaged_says_triage_first(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        proposals.make(tip, by=world.operator, at=NOW)
    page = words(signed_in(world.operator).get(f"/tips/{tip.pk}/proposals/"))
    assert "Triage this tip first: a referral carries its urgency." in page
    assert "Write the referrals" not in page


def test_another_agency_is_found_by_name_and_ticks_stay(world: World) -> None:
    tip = triaged(world)
    response = do(signed_in(world.operator), tip, "find", world.shelter, agency_name="legal")
    page = words(response)
    assert "Example Legal Aid" in page
    assert fields_of(response)["receiver"] == [str(world.shelter.pk)]
    nothing = words(do(signed_in(world.operator), tip, "find", agency_name="zzz"))
    assert "No agency that takes referrals has this in its name." in nothing


def test_no_rule_fits_says_so(world: World) -> None:
    tip = triaged(world, Told(narrative="A question", place=PlaceTold(state="FL")))
    page = words(signed_in(world.operator).get(f"/tips/{tip.pk}/proposals/"))
    assert "No rule fits the facts as they are." in page
    assert "The rules propose nobody." in page


@pytest.mark.parametrize("who", ["liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_outside_the_desk_finds_the_page(world: World, who: str) -> None:
    tip = triaged(world)
    client = signed_in(getattr(world, who))
    assert client.get(f"/tips/{tip.pk}/proposals/").status_code == 404
    for step in ("ask", "write", "check", "send"):
        assert do(client, tip, step, world.shelter).status_code == 404
    assert referrals_of(tip) == []


def test_a_liaison_with_the_tip_sees_it_but_does_not_route_it(world: World) -> None:
    tip = log_tip(world)
    route(world, tip, [world.shelter])
    referral = referrals_of(tip)[0]
    signed_in(world.liaison).post(f"/referrals/{referral.pk}/accept/", {"version": referral.version})
    response = signed_in(world.liaison).get(f"/tips/{tip.pk}/proposals/")
    assert response.status_code == 403
    assert "Only the desk that holds the tip chooses whom to ask." in words(response)


# --- What each is told -------------------------------------------------------------------------------------


def test_nothing_ticked_says_what_to_do(world: World) -> None:
    response = do(signed_in(world.operator), triaged(world), "write")
    assert response.status_code == 422
    assert "Tick at least one agency, or say on the tip why nobody is asked." in words(response)


def test_ids_that_are_none_or_of_nobody_count_as_nothing_ticked(world: World) -> None:
    tip = triaged(world)
    for bad in ("x", "00000000-0000-0000-0000-000000000000", "' or 1=1"):
        assert do(signed_in(world.operator), tip, "write", receiver=[bad]).status_code == 422


def test_the_form_is_filled_in_from_the_facts(world: World) -> None:
    tip = triaged(world)
    fields = fields_of(do(signed_in(world.operator), tip, "write", world.shelter))
    with acting_as(world.operator):
        victim = Person.objects.get(tip=tip, number=1)
    assert fields[line(world.shelter, "need")] == ["case_management"]
    assert fields[line(world.shelter, "persons")] == [str(victim.pk)]
    assert fields[line(world.shelter, "pillar")] == ["protection"]
    assert fields[line(world.shelter, "legal_basis")] == [""]
    assert fields[line(world.shelter, "summary")] == ["Commercial sex. Hotel or motel"]


def test_the_need_is_the_persons_where_the_agency_offers_it(world: World) -> None:
    world.shelter.services.create(name="Beds", needs=["emergency_shelter", "shelter"])
    fields = fields_of(do(signed_in(world.operator), triaged(world), "write", world.shelter))
    assert fields[line(world.shelter, "need")] == ["shelter"]
    assert fields[line(world.shelter, "purpose")] == ["Offer a safe place"]


def test_a_basis_must_be_chosen_and_everything_typed_is_kept(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.operator)
    fields = fields_of(do(client, tip, "write", world.shelter))
    response = on(client, tip, "check", fields, **{line(world.shelter, "summary"): "My own words"})
    assert response.status_code == 422
    assert "Choose on what basis this may be shared." in words(response)
    assert fields_of(response)[line(world.shelter, "summary")] == ["My own words"]
    assert "<title>Error: " in response.content.decode()


def test_going_back_to_tick_another_loses_no_word(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.operator)
    fields = fields_of(do(client, tip, "write", world.shelter))
    back = on(client, tip, "choose", fields, **{line(world.shelter, "summary"): "My own words"})
    ticks = fields_of(back)
    ticks["receiver"] = [str(world.shelter.pk), str(world.legal.pk)]
    again = fields_of(on(client, tip, "write", ticks))
    assert again[line(world.shelter, "summary")] == ["My own words"]
    assert again[line(world.legal, "summary")] == ["Commercial sex. Hotel or motel"]


def test_a_recorded_consent_of_everybody_suggests_the_basis(world: World) -> None:
    told = Told(place=PlaceTold(state="FL"), facts=TOLD.facts, persons=(
        PersonTold(facts={"role": "potential_victim", "age": "adult", "wants_help": "yes", "consent": "spoken"}),
    ))  # fmt: skip
    fields = fields_of(do(signed_in(world.operator), triaged(world, told), "write", world.shelter))
    assert fields[line(world.shelter, "legal_basis")] == ["Spoken consent, read back"]


# --- Check and send ----------------------------------------------------------------------------------------


def checked(client: Client, tip: Tip, *receivers: Agency, **changed: Any) -> HttpResponse:
    fields = fields_of(do(client, tip, "write", *receivers))
    bases = {line(agency, "legal_basis"): "Spoken consent, read back" for agency in receivers}
    return on(client, tip, "check", fields, **bases, **changed)


def test_what_is_checked_is_what_the_receiver_reads_field_by_field(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.operator)
    check = checked(client, tip, world.shelter, **{line(world.shelter, "summary"): "Lives at a motel"})
    shown = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", check.content.decode())
    assert referrals_of(tip) == []
    sent = on(client, tip, "send", fields_of(check))
    assert sent.status_code == 302
    referral = referrals_of(tip)[0]
    assert referral.status == "sent"
    assert ("Summary", "Lives at a motel") in shown
    assert [value for _, value in shown] == [
        "Example Hotline",
        "Help with: case management",
        "Case management",
        "P2 Within 24 hours",
        "Miami-Dade County, Florida",
        "Spanish",
        "1",
        "18 or over, not known how old",
        "No",
        "Lives at a motel",
    ]
    opened = signed_in(world.liaison).post(f"/referrals/{referral.pk}/receive/", follow=True).content.decode()
    assert [pair for pair in shown if f"<dt>{pair[0]}</dt><dd>{pair[1]}</dd>" not in opened] == []
    with acting_as(world.operator):
        assert Disclosure.objects.get().card == referral.card


def test_one_confirm_sends_all_and_opens_the_tracks(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.operator)
    check = checked(client, tip, world.shelter, world.legal)
    assert "Send 2 referrals" in words(check)
    response = client.post(f"/tips/{tip.pk}/proposals/", {**fields_of(check), "do": "send"}, follow=True)
    assert "2 referrals sent." in words(response)
    assert [referral.receiver.name for referral in referrals_of(tip)] == ["Example Harbor Shelter", "Example Legal Aid"]
    with acting_as(world.operator):
        assert [track.pillar for track in Track.objects.all()] == ["protection"]
        assert Tip.objects.get().status == "routed"


def test_facts_that_changed_after_the_check_bring_the_check_page_back(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.operator)
    check = fields_of(checked(client, tip, world.shelter))
    with acting_as(world.operator):
        victim = Person.objects.get(tip=tip, number=1)
        persons.change_person(victim, {"role": "potential_victim", "age": "13_to_17"}, by=world.operator, at=NOW)
    late = on(client, tip, "send", check)
    assert late.status_code == 409
    assert "Check what each agency will see now, then send." in words(late)
    assert "13 to 17" in words(late)
    assert referrals_of(tip) == []
    assert on(client, tip, "send", fields_of(late)).status_code == 302
    assert referrals_of(tip)[0].card["minor"] == "Yes"


def test_a_double_click_sends_once(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.operator)
    check = fields_of(checked(client, tip, world.shelter))
    first, second = (on(client, tip, "send", check) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 409)
    assert len(referrals_of(tip)) == 1


def test_the_same_need_at_the_same_agency_is_refused_with_what_to_do(world: World) -> None:
    tip = log_tip(world)
    route(world, tip, [world.shelter], needs=["case_management"])
    client = signed_in(world.operator)
    response = on(client, tip, "send", fields_of(checked(client, tip, world.shelter)))
    assert response.status_code == 422
    assert "This agency already has this need of the tip. Look at that referral." in words(response)
    assert len(referrals_of(tip)) == 1


def test_an_agency_that_no_rule_proposes_needs_a_reason(world: World) -> None:
    worker_center = make_agency("Example Worker Center", "worker_center", phone=A_PHONE)
    tip = triaged(world)
    client = signed_in(world.operator)
    fields = fields_of(do(client, tip, "write", worker_center))
    basis = {line(worker_center, "legal_basis"): "Spoken consent, read back"}
    without = on(client, tip, "check", fields, **basis)
    assert without.status_code == 422
    assert "Say why you choose an agency that no rule proposes." in words(without)
    check = on(client, tip, "check", fields, override_reason="She asked for this one", **basis)
    on(client, tip, "send", fields_of(check))
    assert [referral.receiver.name for referral in referrals_of(tip)] == ["Example Worker Center"]
    with acting_as(world.operator):
        assert Proposal.objects.latest("made_at").override_reason == "She asked for this one"


def test_what_the_rules_hold_back_an_operator_cannot_send(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.operator)
    write = do(client, tip, "write", world.police)
    assert "The rules hold back Example City Police. Only a supervisor can send it all the same" in words(write)
    basis = {line(world.police, "legal_basis"): "Danger to life", "override_reason": "I think so"}
    for step in ("check", "send"):
        assert on(client, tip, step, fields_of(write), **basis).status_code == 422
    assert referrals_of(tip) == []


def test_what_the_rules_hold_back_a_supervisor_sends_with_a_reason(world: World) -> None:
    tip = triaged(world)
    client = signed_in(world.supervisor)
    write = fields_of(do(client, tip, "write", world.police))
    basis = {line(world.police, "legal_basis"): "Danger to life"}
    assert on(client, tip, "check", write, **basis).status_code == 422
    check = on(client, tip, "check", write, override_reason="Weapons were seen", **basis)
    on(client, tip, "send", fields_of(check))
    referral = referrals_of(tip)[0]
    assert (referral.receiver, referral.gives_lead_facts) == (world.police, False)


def test_a_person_who_declined_is_left_out(world: World) -> None:
    told = Told(place=PlaceTold(state="FL"), facts=TOLD.facts, persons=(
        PersonTold(facts={"role": "potential_victim", "age": "adult", "wants_help": "yes"}),
        PersonTold(facts={"role": "potential_victim", "age": "adult", "declined_kinds": ["shelter"]}),
    ))  # fmt: skip
    tip = triaged(world, told)
    client = signed_in(world.operator)
    write = do(client, tip, "write", world.shelter)
    with acting_as(world.operator):
        first, second = Person.objects.filter(tip=tip).order_by("number")
    assert fields_of(write)[line(world.shelter, "persons")] == [str(first.pk)]
    assert "declined this kind of agency" in words(write)
    both = {line(world.shelter, "persons"): [str(first.pk), str(second.pk)]}
    basis = {line(world.shelter, "legal_basis"): "Spoken consent, read back"}
    refused = on(client, tip, "check", fields_of(write), **both, **basis)
    assert refused.status_code == 422
    assert "Person 2 declined this. Leave them out, or ask a supervisor to send it." in words(refused)


def test_a_person_of_another_tip_is_no_choice(world: World) -> None:
    other = log_tip(world)
    tip = triaged(world)
    client = signed_in(world.operator)
    with acting_as(world.operator):
        stranger = Person.objects.get(tip=other, number=1)
    response = checked(client, tip, world.shelter, **{line(world.shelter, "persons"): [str(stranger.pk)]})
    assert response.status_code == 422
    assert referrals_of(tip) == []


def test_an_agency_that_takes_no_referrals_cannot_be_ticked(world: World) -> None:
    tip = triaged(world)
    Agency.objects.filter(pk=world.shelter.pk).update(accepts_by="none")
    response = do(signed_in(world.operator), tip, "write", world.shelter)
    assert response.status_code == 422


def test_looking_at_the_proposals_is_recorded(world: World) -> None:
    tip = triaged(world)
    signed_in(world.operator).get(f"/tips/{tip.pk}/proposals/")
    with acting_as_system("test"):
        assert AuditEvent.objects.filter(verb="view", kind="proposal", tip=tip.pk).count() == 1


# --- Who cannot be reached -----------------------------------------------------------------------------

NOBODY = "nobody signs in there, and no phone or verified address is on file"


def leave(world: World) -> None:
    Membership.objects.filter(agency=world.shelter).update(valid_until=LONG_AGO)


def test_an_agency_where_nobody_signs_in_is_to_be_called(world: World) -> None:
    leave(world)
    Phone.objects.create(agency=world.shelter, number=A_PHONE)
    tip = triaged(world)
    client = signed_in(world.operator)
    page = words(client.get(f"/tips/{tip.pk}/proposals/"))
    assert "Example Harbor Shelter covers the state; not verified; nobody signs in there; call them: +1 305" in page
    sent = on(client, tip, "send", fields_of(checked(client, tip, world.shelter)))
    assert f"Shelter does not see this by itself: nobody signs in there; call them: {A_PHONE}." in words(
        client.get(sent["Location"])
    )


def test_an_agency_without_any_way_cannot_be_asked_and_the_page_says_what_to_do(world: World) -> None:
    tip = triaged(world)
    leave(world)
    client = signed_in(world.operator)
    response = client.get(f"/tips/{tip.pk}/proposals/")
    page = words(response)
    assert f"{NOBODY}: Example Harbor Shelter." in page
    assert "A supervisor can add a person, a phone or a verified address to its entry in the directory." in page
    assert f'value="{world.shelter.pk}"' not in response.content.decode()
    found = do(client, tip, "find", agency_name="Harbor")
    assert f"Example Harbor Shelter cannot be asked: {NOBODY}" in words(found)
    assert f'value="{world.shelter.pk}"' not in found.content.decode()
    assert do(client, tip, "write", world.shelter).status_code == 422


def test_the_verb_refuses_an_agency_that_lost_its_last_liaison_meanwhile(world: World) -> None:
    tip = log_tip(world)
    leave(world)
    with pytest.raises(ValidationError, match=NOBODY):
        route(world, tip, [world.shelter])


def test_the_sender_is_told_when_the_last_liaison_left_after_sending(world: World) -> None:
    referral = make_referral(world, "sent")
    client = signed_in(world.operator)
    address = f"/referrals/{referral.pk}/"
    assert "by itself" not in words(client.get(address))
    leave(world)
    page = words(client.get(address))
    assert f"Example Harbor Shelter does not see this by itself: {NOBODY}. Recall it and choose another" in page


def test_the_receiver_is_told_nothing_of_its_own_way(world: World) -> None:
    referral = make_referral(world, "accepted")
    Membership.objects.filter(user=world.liaison).update(role=Role.SUPERVISOR)
    page = words(signed_in(world.liaison).get(f"/referrals/{referral.pk}/"))
    assert "by itself" not in page


def test_an_open_question_stands_once_with_the_persons_it_is_about(world: World) -> None:
    children = tuple(PersonTold(facts={"role": "potential_victim"}) for _ in range(3))
    tip = triaged(world, Told(facts=TOLD.facts, place=TOLD.place, persons=children))
    page = signed_in(world.operator).get(f"/tips/{tip.pk}/proposals/").content.decode()
    open_questions = page.split("<h2>Still open</h2>")[1].split("</ul>")[0]
    lines = [" ".join(unescape(re.sub(r"<[^>]*>", "", line)).split()) for line in open_questions.split("<li>")[1:]]
    assert [line for line in lines if line.startswith("How old")] == ["How old is the person? Person 1, 2, 3"]
    assert len({re.sub(r" Person [\d, ]+$", "", line) for line in lines}) == len(lines)


@pytest.mark.parametrize(("missing", "expected"), [
    ([], []),
    (["persons[1].age", "persons[0].age", "persons[1].age"], [("age", (1, 2))]),
    (["danger", "persons[2].age", "danger"], [("danger", ()), ("age", (3,))]),
    (["persons[0].no_such_fact", "no_such_fact"], []),
])  # fmt: skip
def test_questions_are_grouped_in_the_order_in_which_they_came(missing: list[str], expected: list[Any]) -> None:
    known = vocabulary.vocabulary()
    words = {"age": known.person["age"].question, "danger": known.tip["danger"].question}
    assert offering.questions(missing) == [offering.Question(words[name], numbers) for name, numbers in expected]
