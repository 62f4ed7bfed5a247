"""The running conversation over HTTP: danger, the broken line, hand-over, help, the locked desk."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Coverage, Phone
from agencies.scope import acting_as
from tests.casework.pages import sign_in
from tests.factories import PASSWORD, World, make_agency
from tips.actions import drafts
from tips.models import Contact, CutOff, Draft, Emergency, EmergencyOffer, HelpLine, Tip

pytestmark = pytest.mark.django_db
WORDS = "He says he will kill me"


def begin(client: Client, **typed: str) -> str:
    url = client.post("/contacts/new/").headers["Location"]
    if typed:
        act(client, url, "save", **typed)
    return str(url)


def form(client: Client, url: str, **typed: Any) -> dict[str, Any]:
    """What a browser would send: the page's hidden fields, what was typed before, and what is typed now."""
    page = client.get(url)
    data = {"base": str(page.context["sequence"]), "page": page.context["page_key"]}
    for section in page.context["typed"].all:
        for part in section.parts:
            for one in [*getattr(part, "forms", [part])]:
                data |= {bound.html_name: bound.value() for bound in one if bound.value() not in (None, "", False)}
    for prefix in ("person", "identifier"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    return {**data, **typed}


def act(client: Client, url: str, deed: str, **typed: Any) -> Any:
    return client.post(url, {**form(client, url, **typed), "act": deed})


def save(client: Client, url: str, data: dict[str, Any], number: int, **more: Any) -> Any:
    body = {"sequence": number, "values": {name: [value] for name, value in data.items()}, **more}
    return client.post(f"{url}draft/", json.dumps(body), content_type="application/json")


def centre(county: str = "Collier", name: str = "Example County Centre", kind: str = "emergency_dispatch") -> Agency:
    agency = make_agency(name, kind, state="GA", accepts_by="none")
    Coverage.objects.create(agency=agency, kind="county", country="US", state="FL", county=county)
    Phone.objects.create(agency=agency, number="239 555 0150", purpose="public")
    Phone.objects.create(agency=agency, number="239 555 0151", purpose="warm_transfer", verified_on="2026-10-01")
    Phone.objects.create(agency=agency, number="911", kind="text")
    return agency


# --- Journey: crisis with the caller's own emergency centre ---------------------------------------------------------


def test_a_crisis_with_the_callers_own_emergency_centre(world: World) -> None:
    reached = centre()
    client = sign_in(world.operator)
    url = begin(client)
    raised = act(client, url, "danger:raise", narrative=WORDS, danger_weapon="yes", safe_to_talk="yes")
    assert raised.headers["Location"] == f"{url}#danger"
    page = client.get(url)
    assert "supervisors were told" in page.text
    assert "No emergency centre is known for this place: enter the county or ZIP code under Place." in page.text
    act(client, url, "save", postal_code="34142", danger="life")
    page = client.get(url)
    numbers = page.text.partition(f"<b>{reached}</b>")[2].partition("<button")[0]
    assert numbers.index("239 555 0151 (verified") < numbers.index("239 555 0150 (not verified)")
    assert "Takes text-to-911" in page.text
    act(client, url, f"danger:offer:centre:{reached.pk}")
    with acting_as(world.operator):
        offer = EmergencyOffer.objects.get()
    act(client, url, f"danger:stamp:{offer.pk}:connected")
    act(client, url, f"danger:stamp:{offer.pk}:confirmed")
    act(client, url, "triage", postal_code="34142")
    with acting_as(world.operator):
        offer.refresh_from_db()
        assert (offer.centre, offer.kind) == (reached, "centre")
        assert offer.offered_at <= offer.connected_at <= offer.confirmed_at  # type: ignore[operator]
        assert (Tip.objects.get().urgency, Contact.objects.get().danger) == ("P0", "life")
        emergency = Emergency.objects.get()
        assert (emergency.weapon, emergency.ended_as) == ("yes", "on_tip")


def test_a_crisis_without_police_stays_p0_and_plans(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise", narrative=WORDS)
    act(client, url, "danger:offer:no_police", danger_plans=["safety", "call_back"])
    act(client, url, "danger:over")
    act(client, url, "triage")
    with acting_as(world.operator):
        assert EmergencyOffer.objects.get().plans == ["safety", "call_back"]
        assert (Tip.objects.get().urgency, Emergency.objects.get().ended_as) == ("P0", "over")


def test_where_no_centre_is_known_the_page_says_what_to_do(world: World) -> None:
    centre("Lee", "Example Other County Centre")
    state = make_agency("Example State Patrol", "state_police")
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise", postal_code="34142")
    page = client.get(url)
    assert "Example Other County Centre" not in page.text
    assert "call 911 from their own phone" in page.text
    assert state.name in page.text


def test_without_a_yes_is_refused_in_words_and_every_word_stays(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise")
    refused = act(client, url, "danger:offer:without_yes", narrative=WORDS, danger_basis="life", danger="ongoing")
    assert refused.status_code == 422
    assert "Without a yes only for danger to life" in refused.text
    assert WORDS in refused.text
    assert WORDS in client.get(url).text
    act(client, url, "danger:offer:without_yes", danger_basis="life", danger="life", danger_said=["place", "weapon"])
    with acting_as(world.operator):
        offer = EmergencyOffer.objects.get()
        assert (offer.basis, offer.said) == ("life", ["place", "weapon"])


def test_pressed_by_mistake_is_taken_back_with_a_reason(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise")
    assert act(client, url, "danger:back").status_code == 422
    act(client, url, "danger:back", danger_back="pressed")
    with acting_as(world.operator):
        assert Emergency.objects.get().end_reason == "pressed"
    assert "Raise danger now" in client.get(url).text


def test_a_danger_waits_for_no_other_field(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    data = form(client, url, postal_code="nonsense", started_at="never", danger_weapon="perhaps")
    assert client.post(url, {**data, "act": "danger:raise"}).status_code == 302
    with acting_as(world.operator):
        assert Emergency.objects.get().weapon == ""


def test_the_desk_sees_a_danger_without_a_tip_and_strangers_nothing(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise", narrative=WORDS, safe_to_talk="listened")
    desk = sign_in(world.operator2).get("/desk/")
    assert "Conversations that need somebody now" in desk.text
    assert url in desk.text
    for who, status in (("operator2", 200), ("supervisor", 200), ("liaison", 404), ("stranger", 404), ("auditor", 404)):
        answer = sign_in(getattr(world, who)).get(url)
        assert answer.status_code == status
        assert WORDS not in answer.text
    assert "Somebody is listening" in sign_in(world.supervisor).get(url).text


@pytest.mark.parametrize("deed", ["danger:over", "danger:offer:centre", "welfare:yes", "take", "help:end", "hand_over"])
def test_a_colleague_who_only_looks_does_nothing(world: World, deed: str) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise")
    answer = sign_in(world.operator2).post(url, {"act": deed, "hand_to": str(world.operator2.pk)})
    assert answer.status_code in (403, 404, 409)
    with acting_as(world.operator):
        assert Emergency.objects.get().ended_at is None
        assert Draft.objects.get().typist_id == world.operator.pk


# --- Journey: a call cut off and taken up by a colleague --------------------------------------------------------------


def test_a_call_cut_off_is_taken_up_by_whoever_answers(world: World) -> None:
    client = sign_in(world.operator)
    typed = {"narrative": WORDS, "number": "239 555 0123", "may_ring_back": "yes", "ring_back_words": "Ask for Ana"}
    url = begin(client, **typed)
    act(client, url, "line:drop")
    page = client.get(url)
    assert "They said: you may ring back. Say: Ask for Ana" in page.text
    act(client, url, "line:choose:ring_back")
    other = sign_in(world.operator2)
    leg = begin(other, number="(239) 555-0123", narrative="It is me again")
    assert "Same number: a conversation that was cut off" in other.get(leg).text
    taken = act(other, leg, f"line:take_up:{url.split('/')[2]}")
    assert taken.headers["Location"] == url
    page = other.get(url)
    assert "Told so far" in page.text
    assert "It is me again" in page.text
    assert WORDS in page.text
    assert "Begun by Operator, handed over by Operator at" in page.text
    refused = save(client, url, {"base": "9", "page": "x", "narrative": "late"}, 10)
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Operator2 types this contact now.")
    act(other, url, "triage")
    with acting_as(world.operator):
        assert Tip.objects.count() == 1
        assert sorted(Contact.objects.values_list("ended_as", flat=True)) == ["non_actionable", "on_tip"]


def test_a_cut_off_elsewhere_is_offered_without_a_number_too(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client, narrative=WORDS)
    act(client, url, "line:drop")
    other = sign_in(world.operator2)
    page = other.get(begin(other))
    assert "Is this somebody who was cut off?" in page.text
    assert WORDS not in page.text


def test_a_supervisor_decides_on_a_welfare_check(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client, narrative=WORDS)
    act(client, url, "line:drop")
    act(client, url, "line:choose:welfare_check")
    boss = sign_in(world.supervisor)
    page = boss.get(url)
    assert "Agree to a welfare check" in page.text
    assert WORDS not in page.text
    boss.post(url, {"act": "welfare:yes"})
    with acting_as(world.operator):
        assert CutOff.objects.get().welfare == "given"


# --- Hand-over, help, tray --------------------------------------------------------------------------------------------


def test_the_same_draft_opens_at_the_colleague_with_what_was_told_so_far(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client, narrative=WORDS, promised="Ring again at six", **{"person-0-code_word": "bluebird"})
    given = act(client, url, "hand_over", hand_to=str(world.operator2.pk))
    assert given.headers["Location"] == "/desk/"
    page = sign_in(world.operator2).get(url)
    box = page.text.partition('id="told-so-far"')[2].partition("</section>")[0]
    assert "bluebird" in box
    assert "Ring again at six" in box
    assert "autofocus" in page.text.partition('name="narrative"')[2].partition(">")[0]
    left = client.get(url)
    assert "Take it back" in left.text
    assert WORDS not in left.text
    assert client.post(url, {"act": "take"}).headers["Location"] == url
    assert WORDS in client.get(url).text


def test_help_shows_the_page_to_the_supervisor_who_cannot_type(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client, narrative=WORDS)
    boss = sign_in(world.supervisor)
    assert WORDS not in boss.get(url).text
    act(client, url, "help:ask")
    act(client, url, "help:write", help_line="What now")
    page = boss.get(url)
    assert WORDS in page.text
    assert "What now" in page.text
    boss.post(url, {"act": "help:write", "help_line": "Ask whether they can leave"})
    assert "Ask whether they can leave" in client.get(f"{url}lines/").text
    assert "Ask whether they can leave" in client.get(url).text
    assert sign_in(world.operator2).get(f"{url}lines/").status_code == 404
    assert save(boss, url, {"base": "9", "page": "x", "narrative": "mine"}, 10).status_code == 409
    act(client, url, "triage")
    with acting_as(world.supervisor):
        assert HelpLine.objects.count() == 0
    with acting_as(world.operator):
        assert Tip.objects.count() == 1


def test_help_shows_the_whole_form_and_nothing_to_press_in_it(world: World) -> None:
    client = sign_in(world.operator)
    typed = {"person-0-role": "potential_victim", "person-0-years": "16", "person-0-safe_name": "Bird"}
    more = {"danger_where": "Behind the mill", "danger_weapon": "yes", "postal_code": "34142", "exploitation": "labor"}
    url = begin(client, narrative=WORDS, asked="work_pay", may_ring_back="no", **typed, **more)
    boss = sign_in(world.supervisor)
    assert "Behind the mill" not in boss.get(url).text
    act(client, url, "help:ask")
    shown = boss.get(url).text.partition('id="typed"')[2].partition('aria-labelledby="who"')[0]
    for words in (WORDS, "Behind the mill", "Potential victim", "16", "Bird", "34142", "How does the pay work?"):
        assert words in shown, words
    assert "People: 1" in shown
    assert all(control not in shown for control in ("<input", "<select", "<textarea", "<button"))
    # It ends with the help.
    boss.post(url, {"act": "help:end"})
    assert "Behind the mill" not in boss.get(url).text
    assert "Behind the mill" not in sign_in(world.operator2).get(url, follow=True).content.decode()


def test_what_is_handed_over_stands_on_an_open_page_at_the_next_look(world: World) -> None:
    giver, taker = sign_in(world.operator), sign_in(world.operator2)
    url, here = begin(giver, narrative=WORDS), begin(taker)
    before = taker.get(f"/contacts/tray/?here={here.split('/')[2]}")
    assert "<li" not in before.text
    new = {"since": timezone.now().isoformat(), "view": "all"}
    assert taker.get("/desk/new/", new).json()["words"] == ""
    act(giver, url, "hand_over", hand_to=str(world.operator2.pk))
    tray = taker.get(f"/contacts/tray/?here={here.split('/')[2]}").text
    assert f'href="{url}"' in tray
    assert WORDS not in tray
    assert taker.get("/desk/new/", new).json()["words"] == "A colleague handed you a conversation. Show it"
    assert giver.get("/desk/new/", new).json()["words"] == ""


def test_the_tray_is_for_the_desk_and_for_what_one_may_see(world: World) -> None:
    here = begin(sign_in(world.operator)).split("/")[2]
    assert sign_in(world.liaison).get(f"/contacts/tray/?here={here}").status_code == 403
    client = sign_in(world.operator)
    assert client.get("/contacts/tray/?here=x").status_code == 404
    assert client.get(f"/contacts/tray/?here={world.hotline.pk}").status_code == 404


def test_a_save_on_its_way_does_not_pass_for_another_window(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    data = form(client, url, narrative=WORDS)
    # The script counted its save before the form, and the save arrived first.
    number = int(data["base"]) + 1
    assert save(client, url, data, number).status_code == 200
    sent = {**data, "act": "hand_over", "hand_to": str(world.operator2.pk), "saves": str(number + 1)}
    assert client.post(url, sent).headers["Location"] == "/desk/"
    assert WORDS in sign_in(world.operator2).get(url).text


def test_a_line_to_the_supervisor_is_not_kept_in_the_draft(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    assert save(client, url, form(client, url, help_line="between us", narrative=WORDS), 9).status_code == 200
    with acting_as(world.operator):
        values = drafts.read_draft(Draft.objects.get())["values"]
        assert (values["narrative"], "help_line" in values) == ([WORDS], False)


def test_the_tray_shows_the_other_conversations_and_one_key_leads_to_the_next(world: World) -> None:
    client = sign_in(world.operator)
    first = begin(client)
    assert 'class="tray"' not in client.get(first).text
    second, third = begin(client), begin(client)
    page = client.get(second).text
    assert page.count('data-key="F4"') == 1
    assert f'href="{third}" data-key="F4">' in page
    assert f'href="{first}" data-key="F4">' in client.get(third).text


# --- The locked desk --------------------------------------------------------------------------------------------------


def grow_idle(client: Client, minutes: int = 16) -> None:
    session = SessionStore(client.cookies["sessionid"].value)
    session["last_active"] = int(time.time()) - minutes * 60
    session.save()


def test_a_locked_desk_takes_words_and_gives_none_back(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client, narrative="before")
    data = form(client, url, narrative="before and after")
    grow_idle(client)
    kept = save(client, url, data, 5)
    assert kept.status_code == 200
    assert sorted(kept.json()) == ["locked", "saved_at"]
    assert client.get(url).status_code == 302
    assert client.get("/session/").json()["signed_in"] is False
    raised = save(client, url, data, 6, danger=True)
    assert raised.json()["danger"] is True
    again = sign_in(world.operator)
    assert "before and after" in again.get(url).text
    with acting_as(world.operator):
        assert Emergency.objects.get().raised_by == world.operator


@pytest.mark.parametrize("how", ["lock", "gone"])
def test_whoever_was_signed_out_in_a_call_is_led_back_to_it(world: World, how: str) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    data = form(client, url, narrative="saved before")
    save(client, url, data, 5)
    late = {**data, "narrative": "saved before, and sent too late", "act": "save", "saves": "6"}
    if how == "lock":
        grow_idle(client)
    else:
        client.cookies.pop("sessionid")
    asked = client.get(url)
    assert asked.headers["Location"] == f"/accounts/login/?next={url}"
    sent = client.post(url, late)
    assert sent.status_code == 302
    inside = client.post(sent.headers["Location"], {"login": "operator", "password": PASSWORD}, follow=True)
    assert inside.status_code == 200
    if how == "gone":
        # Whose it was is not known any more: the page that was saved as one typed.
        assert inside.redirect_chain == [(url, 302)]
        assert "saved before" in inside.text
        return
    assert "saved before, and sent too late" in inside.text
    kept = inside.context["kept_forms"][0]
    again = {name: values[0] for name, values in kept.fields.items()}
    assert client.post(kept.path, {**again, "_kept": kept.id}).headers["Location"] == url
    assert "saved before, and sent too late" in client.get(url).text


def test_danger_is_raised_even_where_the_words_cannot_be_kept(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    refused = save(client, url, {"base": "77", "page": "another tab", "narrative": "x"}, 78, danger=True)
    assert (refused.status_code, refused.json()["danger"]) == (409, True)
    with acting_as(world.operator):
        assert Emergency.objects.count() == 1


def test_a_locked_desk_writes_only_into_its_own_conversation(world: World) -> None:
    other = begin(sign_in(world.operator2), narrative="theirs")
    client = sign_in(world.operator)
    data = {"base": "1", "page": "x", "narrative": "mine"}
    grow_idle(client)
    assert save(client, other, data, 2).status_code == 409
    assert client.post(other, {"act": "not_actionable:test"}).status_code == 302
    assert "theirs" in sign_in(world.operator2).get(other).text


def test_without_any_session_nothing_is_taken(world: World) -> None:
    url = begin(sign_in(world.operator))
    assert save(Client(), url, {"base": "0", "page": "x", "narrative": "who"}, 1).status_code == 401


def test_an_account_that_was_closed_writes_no_more(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    data = form(client, url, narrative="after")
    grow_idle(client)
    client.get(url)
    type(world.operator).objects.filter(pk=world.operator.pk).update(is_active=False)
    assert save(client, url, data, 5).status_code == 401


def test_an_hour_later_a_cut_off_is_offered_no_more(world: World) -> None:
    client = sign_in(world.operator)
    act(client, begin(client), "line:drop")
    with acting_as(world.operator):
        CutOff.objects.update(dropped_at=timezone.now() - timedelta(minutes=61))
    other = sign_in(world.operator2)
    assert "who was cut off" not in other.get(begin(other)).text
