"""The triage page over HTTP: facts, the rules' suggestion, the decision."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import AuditEvent
from agencies.scope import acting_as
from casework.actions import closing
from casework.forms.facts import changed
from casework.models import Clock, Proposal
from tests.casework.pages import sign_in
from tests.factories import NOW, World, log_tip
from tips import facts as vocabulary
from tips.actions import triage
from tips.facts_of import facts_of
from tips.models import Person, Tip
from tips.told import PersonTold, PlaceTold, Told

pytestmark = pytest.mark.django_db

MINOR = Told(
    facts={"exploitation": ["commercial_sex"]},
    place=PlaceTold(state="FL"),
    persons=(PersonTold(facts={"role": "potential_victim", "age": "13_to_17"}),),
)


def _form(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the browser would send back from the page as it stands."""
    forms = client.get(url).context["forms"]
    data: dict[str, Any] = {}
    for form in forms.parts:
        for bound in form:
            value = bound.value()
            if value not in (None, "", [], False):
                data[bound.html_name] = value
    return {**data, "act": "save", "request_type": "tip", "urgency": "P2", **changes}


def test_the_page_suggests_an_urgency_with_the_reasons_of_its_rules(world: World) -> None:
    tip = log_tip(world, MINOR)
    page = sign_in(world.operator).get(f"/tips/{tip.pk}/triage/")
    assert page.context["suggested"]["urgency"] == "P1"
    assert page.context["suggested"]["rules"][0]["id"] in page.text
    assert page.context["suggested"]["rules"][0]["reason"].split("'")[0] in page.text
    with acting_as(world.operator):
        assert Proposal.objects.count() == 0


def test_every_fact_that_people_code_has_a_field(world: World) -> None:
    tip = log_tip(world, MINOR)
    page = sign_in(world.operator).get(f"/tips/{tip.pk}/triage/")
    names = {bound.name for form in page.context["forms"].parts for bound in form}
    known = vocabulary.vocabulary()
    elsewhere = {"channel", "state", "location", "indicator_level"}
    wanted = {fact.name for fact in known.tip.values() if fact.group != "deployment"} - elsewhere
    assert wanted | set(known.person) <= names
    assert page.text.count("third_party_switch") == 0


def test_saving_decides_meets_the_clock_and_asks_the_rules(world: World) -> None:
    client = sign_in(world.operator)
    contact = client.post("/contacts/new/").headers["Location"]
    client.post(
        contact,
        {
            "act": "triage",
            "channel": "call",
            "person-TOTAL_FORMS": "0",
            "person-INITIAL_FORMS": "0",
            "identifier-TOTAL_FORMS": "0",
            "identifier-INITIAL_FORMS": "0",
            "base": "0",
        },
    )
    with acting_as(world.operator):
        tip = Tip.objects.get()
        assert Clock.objects.get(rule="triage").ended_as == ""
    url = f"/tips/{tip.pk}/triage/"
    data = _form(
        client, url, exploitation=["labor"], venues=["farm"], force_fraud_coercion="yes", indicator_level="high"
    )
    response = client.post(url, data)
    assert response.headers["Location"] == f"/tips/{tip.pk}/proposals/"
    with acting_as(world.operator):
        tip = Tip.objects.get()
        assert (tip.status, tip.urgency, tip.request_type) == ("in_triage", "P2", "tip")
        assert (tip.indicator_level, tip.holder) == ("high", world.operator)
        assert tip.situation.facts == {
            "exploitation": ["labor"],
            "venues": ["farm"],
            "force_fraud_coercion": "yes",
        }
        assert Clock.objects.get(rule="triage").ended_as == "met"
        assert Proposal.objects.count() == 1


def test_what_is_needed_is_named_and_everything_is_kept(world: World) -> None:
    tip = log_tip(world, MINOR)
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/triage/"
    response = client.post(url, _form(client, url, request_type="", urgency="", venues=["hotel_motel"]))
    assert response.status_code == 422
    assert "2 things to mend" in response.text
    assert response.text.count("Choose the request type.") == 2
    assert response.text.count("Choose how urgent it is.") == 2
    assert 'value="hotel_motel" checked' in response.text
    with acting_as(world.operator):
        assert Tip.objects.get().urgency == ""
        assert "venues" not in Tip.objects.get().situation.facts


def test_asking_the_rules_about_new_answers_saves_nothing(world: World) -> None:
    tip = log_tip(world, Told())
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/triage/"
    assert client.get(url).context["suggested"]["urgency"] is None
    data = _form(client, url, act="look", danger="life", exploitation=["labor"], urgency="", request_type="")
    response = client.post(url, data)
    assert response.status_code == 200
    assert response.context["suggested"]["urgency"] == "P0"
    assert "to mend" not in response.text
    with acting_as(world.operator):
        assert (Tip.objects.get().situation.facts, Tip.objects.get().version) == ({}, 1)


def test_a_decision_against_the_suggestion_is_in_the_trail(world: World) -> None:
    tip = log_tip(world, MINOR)
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/triage/"
    client.post(url, _form(client, url, urgency="P3"))
    with acting_as(world.operator):
        assert AuditEvent.objects.get(verb="triage").reason == "suggested P1, decided P3"


def test_a_persons_facts_are_changed_and_taken_back(world: World) -> None:
    tip = log_tip(world, MINOR)
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/triage/"
    client.post(
        url,
        _form(client, url, **{"person-1-wants_help": "yes", "person-1-needs": ["shelter"], "person-1-age": "adult"}),
    )
    with acting_as(world.operator):
        person = Person.objects.get()
        assert (person.age, person.is_minor, person.needs, person.facts) == (
            "adult",
            "no",
            ["shelter"],
            {"wants_help": "yes"},
        )
    data = _form(client, url)
    del data["person-1-wants_help"], data["person-1-needs"]
    client.post(url, data)
    with acting_as(world.operator):
        person = Person.objects.get()
        assert (person.needs, person.facts) == ([], {"wants_help": "unknown"})


def test_an_emptied_list_is_empty_and_an_unset_code_is_not_known() -> None:
    known = vocabulary.vocabulary().tip
    facts = [known["venues"], known["danger"], known["goods"]]
    before = {"venues": ["farm"], "danger": "life"}
    assert changed(before, {"venues": [], "danger": "", "goods": ""}, facts) == {"venues": [], "danger": "unknown"}
    assert changed(before, {"venues": ["farm"], "danger": "life"}, facts) == {}
    two = {"venues": ["farm", "online"]}
    assert changed(two, {"venues": ["online", "farm"]}, facts) == {}


def test_what_is_closed_goes_in_and_never_comes_out(world: World) -> None:
    tip = log_tip(world, MINOR)
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/triage/"
    client.post(
        url, _form(client, url, **{"person-1-citizenship": "foreign_national", "person-1-relief_applicant": "yes"})
    )
    page = client.get(url)
    person = page.context["forms"].persons[0][1]
    assert person["citizenship"].value() is None
    assert person["relief_applicant"].value() is None
    assert "foreign_national" not in str(client.get(f"/tips/{tip.pk}/").text)
    client.post(url, _form(client, url))
    with acting_as(world.operator):
        facts = facts_of(Tip.objects.get(), by=world.operator)
        assert facts["persons"][0]["citizenship"] == "foreign_national"


@pytest.mark.parametrize("who", ["liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_an_outsiders_triage_is_404_and_changes_nothing(world: World, who: str) -> None:
    tip = log_tip(world)
    client = sign_in(getattr(world, who))
    assert client.get(f"/tips/{tip.pk}/triage/").status_code == 404
    assert client.post(f"/tips/{tip.pk}/triage/", {"request_type": "tip", "urgency": "P4"}).status_code == 404
    with acting_as(world.operator):
        assert Tip.objects.get().urgency == ""


@pytest.mark.parametrize("urgency", ["P5", "0", "<b>", "\x00"])
def test_an_urgency_that_is_none_is_refused(world: World, urgency: str) -> None:
    tip = log_tip(world)
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/triage/"
    assert client.post(url, _form(client, url, urgency=urgency)).status_code == 422


def test_a_closed_tip_is_not_triaged(world: World) -> None:
    tip = log_tip(world, MINOR)
    with acting_as(world.operator):
        tip = triage.triage(tip, request_type="tip", urgency="P3", by=world.operator, at=NOW)
        closing.close(tip, disposition="answered", by=world.operator, at=NOW)
    assert sign_in(world.operator).get(f"/tips/{tip.pk}/triage/").status_code == 403


def test_each_part_says_in_one_line_what_is_known_of_it(world: World) -> None:
    page = sign_in(world.operator).get(f"/tips/{log_tip(world).pk}/triage/").text
    assert "Commercial sex · Force fraud coercion: yes" in page
    assert "<b>Still open:</b>" in page
    assert '<details class="fold" open>' not in page
