"""The tip page over HTTP: what each reader gets, moves, notes, and the recorded look."""

import re
from dataclasses import replace
from typing import Any

import pytest

from agencies.models import AuditEvent
from agencies.scope import acting_as
from casework.actions import proposals, referrals
from casework.models import Referral, Step, Track
from tests.casework.pages import CANARIES, assert_no_canary, queries_at_most, sign_in
from tests.factories import NOW, TOLD, World, log_tip, make_referral, route
from tips.actions import intake, notes, triage
from tips.models import Identifier, Narrative, Note, PersonIdentity, Tip
from tips.told import IdentifierTold, PersonTold, PlaceTold, Told

pytestmark = pytest.mark.django_db

OUTSIDERS = ["liaison", "liaison2", "stranger", "agencyadmin", "agencyadmin2", "auditor", "sysadmin"]


def _closed_row(world: World, field: str, number: int = 1) -> str:
    with acting_as(world.operator):
        row = PersonIdentity.objects.get(field=field, person__number=number)
        return f"identity:{row.pk}"


@pytest.mark.parametrize("who", OUTSIDERS)
def test_every_address_of_a_tip_is_404_for_whoever_has_no_need_to_know(world: World, who: str) -> None:
    make_referral(world, "sent")
    with acting_as(world.operator):
        tip, step, track = Tip.objects.get(), Step.objects.order_by("number")[0], Track.objects.get()
        row = f"narrative:{Narrative.objects.get().pk}"
    client = sign_in(getattr(world, who))
    base = f"/tips/{tip.pk}/"
    for path in ("", "triage/", "close/", "take/", f"steps/{step.pk}/skip/", f"tracks/{track.pk}/close/", "notes/"):
        assert client.get(base + path).status_code == 404, path
    posts: list[tuple[str, dict[str, str]]] = [
        ("take_over/", {"version": "1"}),
        ("close/", {"version": "1"}),
        ("triage/", {"request_type": "tip", "urgency": "P3"}),
        ("notes/", {"text": "x"}),
        ("reveal/", {"row": row, "purpose": "call_back"}),
        (f"steps/{step.pk}/finish/", {}),
        (f"tracks/{track.pk}/close/", {"outcome": "done"}),
    ]
    for path, data in posts:
        assert client.post(base + path, data).status_code == 404, path
    with acting_as(world.operator):
        assert not AuditEvent.objects.filter(verb="reveal").exists()
        assert Step.objects.get(pk=step.pk).status == "open"


@pytest.mark.parametrize("who", ["operator", "operator2", "supervisor"])
def test_the_desk_sees_codes_and_masks_and_no_words(world: World, who: str) -> None:
    tip = log_tip(world)
    text = sign_in(getattr(world, who)).get(f"/tips/{tip.pk}/").text
    assert tip.reference in text
    assert "Person 1: potential victim" in text
    assert "May text; do not call; only 10 to 12." in text
    assert "Miami-Dade County, Florida, 33101" in text
    assert "Hotel or motel" in text
    assert "•••" in text
    assert_no_canary(text)


def test_a_receiver_sees_the_tip_after_acceptance_and_no_identity(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.operator):
        tip = Tip.objects.get()
    response = sign_in(world.liaison).get(f"/tips/{tip.pk}/")
    assert response.status_code == 200
    assert "Person 1: potential victim" in response.text
    assert "May text; do not call; only 10 to 12." in response.text
    assert "•••" not in response.text
    assert "Read what was told" not in response.text
    assert "Held by" not in response.text
    assert_no_canary(response.text)
    assert sign_in(world.liaison2).get(f"/tips/{tip.pk}/").status_code == 404


def test_the_door_closes_when_the_referral_ends(world: World) -> None:
    make_referral(world, "closed")
    with acting_as(world.operator):
        tip = Tip.objects.get()
    assert sign_in(world.liaison).get(f"/tips/{tip.pk}/").status_code == 404


def test_opening_a_tip_is_an_event(world: World) -> None:
    tip = log_tip(world)
    sign_in(world.operator2).get(f"/tips/{tip.pk}/")
    with acting_as(world.operator):
        event = AuditEvent.objects.get(verb="view", kind="tip")
        assert (event.actor, event.tip) == (world.operator2.pk, tip.pk)


@pytest.mark.parametrize("persons", [1, 12])
def test_the_page_costs_fifteen_queries_however_much_is_on_it(world: World, persons: int) -> None:
    told = Told(
        narrative="words",
        place=PlaceTold(state="FL", county="Collier"),
        persons=tuple(
            PersonTold(
                facts={"role": "potential_victim"}, identity={"name": f"Name {n}"}, safe_contact={"may_call": "no"}
            )
            for n in range(persons)
        ),
        identifiers=tuple(IdentifierTold("plate", f"ABC {n}") for n in range(persons)),
    )
    tip = log_tip(world, told)
    referral = route(world, tip, [world.shelter])[0]
    with acting_as(world.liaison):
        referrals.decline(referral, reason="no_capacity", by=world.liaison, at=NOW)
    with acting_as(world.operator):
        for n in range(persons):
            notes.add(tip, f"note {n}", by=world.operator, at=NOW)
    client = sign_in(world.operator)
    with queries_at_most(15):
        response = client.get(f"/tips/{tip.pk}/")
    assert response.text.count("Person ") >= persons


def test_a_declined_offer_names_who_is_next(world: World) -> None:
    make_referral(world, "declined")
    with acting_as(world.operator):
        tip = Tip.objects.get()
    text = sign_in(world.operator).get(f"/tips/{tip.pk}/").text
    assert "Ask another agency" in text
    assert "Example City Police" in text or "Example Legal Aid" in text
    assert "Next in line" in text
    assert "Next in line" not in sign_in(world.supervisor).get(f"/tips/{log_tip(world).pk}/").text


@pytest.mark.parametrize(("field", "shown"), [("phone", "+1 305 555 0101"), ("name", None)])
def test_the_desk_opens_what_a_call_back_needs_and_no_more(world: World, field: str, shown: str | None) -> None:
    tip = log_tip(world)
    row = _closed_row(world, field)
    response = sign_in(world.operator).post(f"/tips/{tip.pk}/reveal/", {"row": row, "purpose": "call_back"})
    if shown is None:
        assert response.status_code == 403
        assert "second person" in response.text
        assert_no_canary(response.text)
        return
    assert shown in response.text
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    with acting_as(world.operator):
        event = AuditEvent.objects.get(verb="reveal")
        assert (event.kind, event.fields, event.reason, event.tip) == ("identity", [field], "call_back", tip.pk)
        assert "305" not in str(event.details)


def test_the_words_are_read_by_the_desk_that_took_them_and_recorded(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        row = f"narrative:{Narrative.objects.get().pk}"
    response = sign_in(world.operator2).post(f"/tips/{tip.pk}/reveal/", {"row": row, "purpose": "repeat"})
    assert CANARIES[0] in response.text
    with acting_as(world.operator):
        assert AuditEvent.objects.get(verb="reveal").actor == world.operator2.pk


def test_a_look_without_a_purpose_shows_nothing(world: World) -> None:
    tip = log_tip(world)
    row = _closed_row(world, "phone")
    response = sign_in(world.operator).post(f"/tips/{tip.pk}/reveal/", {"row": row, "purpose": ""})
    assert response.status_code == 422
    assert_no_canary(response.text)
    with acting_as(world.operator):
        assert not AuditEvent.objects.filter(verb="reveal").exists()


def test_lead_facts_open_to_an_accepting_police_with_the_lead_level_only(world: World) -> None:
    wishes = {"wants_law_enforcement": "yes", "wishes_heard": "directly"}
    wishing = replace(TOLD.persons[0], facts={**TOLD.persons[0].facts, **wishes})
    tip = log_tip(world, replace(TOLD, persons=(wishing, TOLD.persons[1])))
    referral = route(world, tip, [world.police], needs=["safety_planning"], pillar="prosecution")[0]
    assert referral.gives_lead_facts
    trafficker, victim = _closed_row(world, "name", 2), _closed_row(world, "phone", 1)
    with acting_as(world.operator):
        tip = Tip.objects.get()
    with acting_as(world.liaison2):
        referrals.accept(Referral.objects.get(), by=world.liaison2, at=NOW)
    client, url = sign_in(world.liaison2), f"/tips/{tip.pk}/reveal/"
    assert "Show<span" in client.get(f"/tips/{tip.pk}/").text
    assert "Canary Trafficker" in client.post(url, {"row": trafficker, "purpose": "enforcement"}).text
    assert client.post(url, {"row": victim, "purpose": "enforcement"}).status_code == 404


def test_a_shelter_that_accepted_opens_nothing(world: World) -> None:
    make_referral(world, "accepted")
    row = _closed_row(world, "phone")
    with acting_as(world.operator):
        tip, narrative = Tip.objects.get(), f"narrative:{Narrative.objects.get().pk}"
    client = sign_in(world.liaison)
    for closed in (row, narrative, "identity:x", "user:1", ""):
        response = client.post(f"/tips/{tip.pk}/reveal/", {"row": closed, "purpose": "call_back"})
        assert response.status_code == 404


def test_a_row_of_another_tip_is_not_found_through_this_one(world: World) -> None:
    log_tip(world)
    row = _closed_row(world, "phone")
    other = log_tip(world, Told())
    response = sign_in(world.operator).post(f"/tips/{other.pk}/reveal/", {"row": row, "purpose": "call_back"})
    assert response.status_code == 404


def test_taking_a_tip_makes_its_holder_and_the_second_is_told(world: World) -> None:
    tip = log_tip(world)
    first, second = sign_in(world.operator), sign_in(world.operator2)
    assert "Take this tip" in first.get(f"/tips/{tip.pk}/").text
    first.post(f"/tips/{tip.pk}/take/", {"version": "1"})
    late = second.post(f"/tips/{tip.pk}/take/", {"version": "1"})
    assert late.status_code == 409
    assert "Somebody else" in late.text
    with acting_as(world.operator):
        assert Tip.objects.get().holder == world.operator


def test_a_liaison_inside_cannot_take_close_or_triage(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.operator):
        tip = Tip.objects.get()
        before = (tip.status, tip.urgency, tip.holder)
    client = sign_in(world.liaison)
    for path in ("take_over/", "close/", "reopen/"):
        sent = client.post(f"/tips/{tip.pk}/{path}", {"version": str(tip.version)})
        assert sent.status_code in (403, 409, 422), path
    assert client.get(f"/tips/{tip.pk}/triage/").status_code == 403
    assert client.post(f"/tips/{tip.pk}/triage/", {"request_type": "tip", "urgency": "P4"}).status_code == 403
    with acting_as(world.operator):
        fresh = Tip.objects.get()
        assert (fresh.status, fresh.urgency, fresh.holder) == before


def test_closing_names_what_stands_against_it_and_then_closes(world: World) -> None:
    make_referral(world, "closed")
    client = sign_in(world.operator)
    with acting_as(world.operator):
        tip, track = Tip.objects.get(), Track.objects.get()
    url = f"/tips/{tip.pk}/close/"
    assert "The Protection track has no outcome yet." in client.get(url).text
    refused = client.post(url, {"version": str(tip.version)})
    assert refused.status_code == 422
    assert "The Protection track has no outcome yet." in refused.text
    client.post(f"/tips/{tip.pk}/tracks/{track.pk}/close/", {"outcome": "done", "version": str(track.version)})
    client.post(url, {"version": str(tip.version)})
    with acting_as(world.operator):
        assert Tip.objects.get().status == "closed"
    with acting_as(world.operator):
        version = Tip.objects.get().version
    assert client.post(f"/tips/{tip.pk}/reopen/", {"version": str(version)}).status_code == 422
    assert "Choose why it comes back." in client.post(f"/tips/{tip.pk}/reopen/", {"version": str(version)}).text
    client.post(f"/tips/{tip.pk}/reopen/", {"version": str(version), "reason": "not_helped"})
    with acting_as(world.operator):
        assert Tip.objects.get().status == "in_triage"
        assert AuditEvent.objects.get(verb="reopen").reason == "not_helped"
    line = next(
        line for line in client.get(f"/tips/{tip.pk}/").context["shown"].history if line.change == "Closed → In triage"
    )
    assert (line.title, line.by) == ("The tip was opened again", "Operator, Example Hotline")
    assert line.reason == "The help did not hold"


def test_a_tip_that_asked_nobody_closes_with_how_it_ended(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        triage.triage(tip, request_type="tip", urgency="P3", by=world.operator, at=NOW)
        version = str(Tip.objects.get().version)
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/close/"
    assert "How it ends: no agency was asked" in client.get(url).text
    assert client.post(url, {"version": version}).status_code == 422
    assert client.post(url, {"version": version, "disposition": "bored"}).status_code == 422
    client.post(url, {"version": version, "disposition": "too_little"})
    with acting_as(world.operator):
        assert (Tip.objects.get().status, Tip.objects.get().disposition) == ("closed", "too_little")
    assert "Too little to act on" in client.get(f"/tips/{tip.pk}/").text
    client.post(f"/tips/{tip.pk}/reopen/", {"version": str(int(version) + 1), "reason": "new_facts"})
    with acting_as(world.operator):
        assert Tip.objects.get().disposition == ""


def test_a_blocked_step_names_its_gate(world: World) -> None:
    base, step = _first_step(world)
    client = sign_in(world.operator)
    client.post(f"{base}block/", {"reason": "Ask on the next call", "gate": "consent", "version": "1"})
    assert "<b>Waits for: Consent of the person.</b> Ask on the next call" in client.get(f"/tips/{step.tip_id}/").text
    client.post(f"{base}go_on/", {"version": "2"})
    with acting_as(world.operator):
        assert (Step.objects.get(pk=step.pk).gate, Step.objects.get(pk=step.pk).status) == ("", "open")


def _first_step(world: World) -> tuple[str, Step]:
    make_referral(world, "accepted")
    with acting_as(world.operator):
        step = Step.objects.select_related("tip").get(number=1)
        return f"/tips/{step.tip_id}/steps/{step.pk}/", step


@pytest.mark.parametrize(
    ("move", "data", "status"),
    [
        ("finish", {}, "done"),
        ("wait", {"reason": "The shelter calls back"}, "waiting"),
        ("block", {"reason": "Consent is missing"}, "blocked"),
        ("skip", {"reason": "Not wanted"}, "skipped"),
    ],
)
def test_the_moves_of_a_step(world: World, move: str, data: dict[str, str], status: str) -> None:
    base, step = _first_step(world)
    response = sign_in(world.operator).post(f"{base}{move}/", {**data, "version": str(step.version)})
    assert response.headers["Location"] == f"/tips/{step.tip_id}/"
    with acting_as(world.operator):
        assert Step.objects.get(pk=step.pk).status == status


def test_a_step_without_its_reason_stays_as_it_is(world: World) -> None:
    base, step = _first_step(world)
    client = sign_in(world.operator)
    assert "What is missing" in client.get(f"{base}skip/").text
    assert client.post(f"{base}skip/", {"reason": " ", "version": "1"}).status_code == 422
    assert client.get(f"{base}jump/").status_code == 404
    with acting_as(world.operator):
        assert Step.objects.get(pk=step.pk).status == "open"


def test_a_stale_step_page_is_409_with_the_reason_kept(world: World) -> None:
    base, _ = _first_step(world)
    client = sign_in(world.operator)
    client.post(f"{base}finish/", {"version": "1"})
    late = client.post(f"{base}block/", {"reason": "Words that I typed", "version": "1"})
    assert late.status_code == 409
    assert "Words that I typed" in late.text
    assert "This is now: Done." in late.text


@pytest.mark.parametrize("version", ["", "x", "0", "-1", None])
def test_a_form_that_does_not_say_what_was_seen_moves_nothing(world: World, version: str | None) -> None:
    base, step = _first_step(world)
    client = sign_in(world.operator)
    seen = {} if version is None else {"version": version}
    with acting_as(world.operator):
        before = (Tip.objects.values("status", "version").get(), list(Track.objects.values("status")))
    tip = f"/tips/{step.tip_id}/"
    for path, data in (
        (f"{tip}take_over/", {}),
        (f"{tip}close/", {}),
        (f"{base}finish/", {}),
        (f"{base}block/", {"reason": "Words"}),
        (f"{tip}tracks/{step.track_id}/close/", {"outcome": "done"}),
        (f"{tip}triage/", {"request_type": "tip", "urgency": "P4"}),
    ):
        assert client.post(path, {**data, **seen}).status_code == 400, path
    with acting_as(world.operator):
        assert (Tip.objects.values("status", "version").get(), list(Track.objects.values("status"))) == before
        assert Step.objects.get(pk=step.pk).status == "open"


def test_the_second_to_record_an_outcome_is_told_and_keeps_the_choice(world: World) -> None:
    make_referral(world, "closed")
    client = sign_in(world.operator)
    with acting_as(world.operator):
        track = Track.objects.get()
    url, seen = f"/tips/{track.tip_id}/tracks/{track.pk}/close/", {"version": str(track.version)}
    assert client.post(url, {"outcome": "done", **seen}).status_code == 302
    late = client.post(url, {"outcome": "not_wanted", **seen})
    assert late.status_code == 409
    assert "This is now: Closed." in late.text
    assert re.search(r'value="not_wanted"[^>]* checked', late.text)
    with acting_as(world.operator):
        assert Track.objects.get().outcome == "done"


def test_a_receiver_does_not_work_the_holders_track(world: World) -> None:
    base, step = _first_step(world)
    assert sign_in(world.liaison).post(f"{base}finish/", {"version": "1"}).status_code == 403
    with acting_as(world.operator):
        assert Step.objects.get(pk=step.pk).status == "open"


def test_a_note_is_the_agencys_own_until_it_is_shared(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.operator):
        tip = Tip.objects.get()
    desk, shelter = sign_in(world.operator), sign_in(world.liaison)
    desk.post(f"/tips/{tip.pk}/notes/", {"text": "for the desk alone"})
    desk.post(f"/tips/{tip.pk}/notes/", {"text": "for all of us", "is_shared": "on", "pillar": "protection"})
    shelter.post(f"/tips/{tip.pk}/notes/", {"text": "for the shelter alone"})
    seen = shelter.get(f"/tips/{tip.pk}/").text
    assert "for all of us" in seen
    assert "for the shelter alone" in seen
    assert "for the desk alone" not in seen
    assert "for the shelter alone" not in desk.get(f"/tips/{tip.pk}/").text


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
def test_a_note_that_cannot_be_saved_stays_in_the_form(world: World, text: str) -> None:
    tip = log_tip(world)
    response = sign_in(world.operator).post(f"/tips/{tip.pk}/notes/", {"text": text})
    assert response.status_code == 422
    assert text in response.text
    with acting_as(world.operator):
        assert Note.objects.count() == 0


def test_the_history_tells_deeds_and_pages_by_key(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.operator):
        tip = Tip.objects.get()
    client = sign_in(world.operator)
    page = client.get(f"/tips/{tip.pk}/")
    assert "A referral was accepted (Protection)" in page.text
    older = page.context["shown"].pages.older
    assert older
    second = client.get(f"/tips/{tip.pk}/", {"after": older})
    titles = [line.title for line in (*page.context["shown"].history, *second.context["shown"].history)]
    assert titles[-1] in ("Access was given to an agency", "The tip was opened")
    assert "The tip was opened" in titles
    assert "Triage was saved" in titles


def test_the_history_says_from_what_to_what(world: World) -> None:
    tip = log_tip(world)
    client = sign_in(world.operator)
    client.post(f"/tips/{tip.pk}/take/", {"version": "1"})
    with acting_as(world.operator):
        triage.triage(Tip.objects.get(), request_type="tip", urgency="P3", by=world.operator, at=NOW)
    lines = client.get(f"/tips/{tip.pk}/").context["shown"].history
    assert {line.title: line.change for line in lines if line.change} == {
        "The tip was taken": "New → In triage",
        "Triage was saved": "Urgency: not set → P3",
    }


def test_the_history_says_which_urgency_the_rules_proposed(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        proposals.make(tip, by=world.operator, at=NOW)
    lines = sign_in(world.operator).get(f"/tips/{tip.pk}/").context["shown"].history
    assert [line.change for line in lines if line.title == "The rules were asked"] == ["Urgency: P1"]


def test_only_the_first_running_step_stands_open_and_a_blocked_one_says_why(world: World) -> None:
    base, step = _first_step(world)
    client = sign_in(world.operator)
    client.post(f"{base}block/", {"reason": "Waits for a signed release", "version": "1"})
    page = client.get(f"/tips/{step.tip_id}/")
    assert page.text.count('<details class="step"') == 4
    assert page.text.count('<details class="step" open>') == 1
    assert '<p class="gate">Waits for a signed release</p>' in page.text
    column = next(track for track in page.context["shown"].tracks if track.track)
    assert (column.pillar, column.progress) == ("protection", "0 of 4 steps")
    client.post(f"{base}finish/", {"version": "2"})
    column = next(track for track in client.get(f"/tips/{step.tip_id}/").context["shown"].tracks if track.track)
    assert [row.is_current for row in column.steps] == [False, True, False, False]
    assert column.progress == "1 of 4 steps"


def test_what_waits_for_the_desk_stands_on_top_and_for_no_receiver(world: World) -> None:
    new = log_tip(world)
    client = sign_in(world.operator)
    assert [line.words for line in client.get(f"/tips/{new.pk}/").context["shown"].next] == [
        "Nobody has triaged it yet."
    ]
    referral = make_referral(world, "information_requested")
    lines = client.get(f"/tips/{referral.tip_id}/").context["shown"].next
    assert [(line.words, line.url) for line in lines] == [
        ("No shared account yet: others see codes only.", f"/tips/{referral.tip_id}/account/"),
        ("Example Harbor Shelter asks a question.", f"/referrals/{referral.pk}/"),
    ]
    accepted = make_referral(world, "accepted")
    assert sign_in(world.liaison).get(f"/tips/{accepted.tip_id}/").context["shown"].next == []


def test_the_bar_has_three_buttons_and_a_menu(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator2):
        tip = triage.take(tip, by=world.operator2, at=NOW)
        triage.triage(tip, request_type="tip", urgency="P3", by=world.operator2, at=NOW)
    bar = (
        sign_in(world.operator)
        .get(f"/tips/{tip.pk}/")
        .text.partition('class="idbar"')[2]
        .partition('<p class="safe')[0]
    )
    visible, _, menu = bar.partition('<details class="more">')
    assert visible.count('<div class="move">') == 3
    assert menu.count('<div class="move">') == 2
    assert visible.count('class="says usa-sr-only"') == 3


def test_a_receiver_reads_its_own_deeds_in_the_history_only(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.operator):
        tip = Tip.objects.get()
    lines: list[Any] = sign_in(world.liaison).get(f"/tips/{tip.pk}/").context["shown"].history
    assert {line.by for line in lines} == {"Liaison, Example Harbor Shelter"}


def test_an_address_of_a_tip_that_is_none_is_404(world: World) -> None:
    tip = log_tip(world)
    client = sign_in(world.operator)
    assert client.get(f"/tips/{tip.pk}/nonsense/").status_code == 404
    assert client.get("/tips/not-a-uuid/").status_code == 404
    assert client.get("/tips/01890000-0000-7000-8000-000000000000/").status_code == 404


def test_identifiers_of_the_situation_are_masked(world: World) -> None:
    tip = log_tip(world, Told(identifiers=(IdentifierTold("plate", "CANARY 1"),)))
    client = sign_in(world.operator)
    text = client.get(f"/tips/{tip.pk}/").text
    assert "Vehicle plate" in text
    assert "CANARY" not in text
    with acting_as(world.operator):
        row = f"identifier:{Identifier.objects.get().pk}"
    assert "CANARY 1" in client.post(f"/tips/{tip.pk}/reveal/", {"row": row, "purpose": "repeat"}).text


def test_intake_words_are_on_no_page_of_the_desk(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
    client = sign_in(world.operator)
    for path in (
        "/desk/",
        f"/tips/{tip.pk}/",
        f"/tips/{tip.pk}/triage/",
        f"/tips/{tip.pk}/close/",
        f"/contacts/{contact.pk}/",
    ):
        assert_no_canary(client.get(path).text)
