"""A call at night, over HTTP: from the first ring to a tip that is triaged, with everything saved on the way."""

import json
import re

import pytest

from agencies.models import AuditEvent
from agencies.scope import acting_as
from tests.casework.pages import sign_in
from tests.factories import World
from tips.models import Contact, Tip

pytestmark = pytest.mark.django_db


def test_a_call_becomes_a_triaged_tip(world: World) -> None:
    desk = sign_in(world.operator)
    assert "No open tips." in desk.get("/desk/").text

    page = desk.post("/contacts/new/", follow=True)
    url = page.redirect_chain[-1][0]
    data = {"base": "0", "page": page.context["page_key"], "channel": "call", "narrative": "He took their papers"}
    data |= {
        f"{name}-{count}": n
        for name in ("person", "identifier")
        for count, n in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
    }
    sent = json.dumps({"sequence": 1, "values": {name: [value] for name, value in data.items()}})
    assert desk.post(f"{url}draft/", sent, content_type="application/json").status_code == 200

    # The browser dies; the desk leads back to the draft.
    desk = sign_in(world.operator)
    link = re.search(r'href="(/contacts/[^"]+/)"', desk.get("/desk/").text)
    assert link is not None
    assert link[1] == url
    page = desk.get(url)
    assert "He took their papers" in page.text

    data |= {"base": str(page.context["sequence"]), "page": page.context["page_key"]}
    data |= {"postal_code": "34142", "exploitation": "labor", "force_fraud_coercion": "yes", "danger": "ongoing"}
    data |= {"person-0-role": "potential_victim", "person-0-age": "adult", "person-0-wants_help": "yes"}
    page = desk.post(url, {**data, "act": "add_person"}, follow=True)
    assert page.text.count('<fieldset class="person"') == 2
    data |= {"base": str(page.context["sequence"]), "page": page.context["page_key"], "person-TOTAL_FORMS": "2"}
    data |= {"person-1-role": "potential_trafficker", "person-1-name": "Invented Foreman"}
    page = desk.post(url, {**data, "act": "triage"}, follow=True)
    triage_url = page.redirect_chain[-1][0]
    assert "What the rules suggest" in page.text
    assert page.context["suggested"]["urgency"] in ("P0", "P1", "P2")
    assert "Invented Foreman" not in page.text

    version = page.context["forms"].form["version"].value()
    decided = {"version": version, "request_type": "tip", "urgency": "P1", "act": "save"}
    decided |= {
        "exploitation": ["labor"],
        "force_fraud_coercion": "yes",
        "danger": "ongoing",
        "person-1-role": "potential_victim",
    }
    decided |= {"person-1-age": "adult", "person-1-wants_help": "yes", "person-2-role": "potential_trafficker"}
    assert desk.post(triage_url, decided).status_code == 302
    account = {"text": "Workers on a farm cannot leave: papers were taken.", "is_read": "on", "number": "0"}
    assert desk.post(triage_url.replace("/triage/", "/account/"), {**account, "act": "confirm"}).status_code == 302

    with acting_as(world.operator):
        tip, contact = Tip.objects.get(), Contact.objects.get()
        assert (tip.status, tip.urgency, tip.holder, tip.county) == ("in_triage", "P1", world.operator, "Collier")
        assert (contact.ended_as, contact.tip) == ("on_tip", tip)
        verbs = list(AuditEvent.objects.filter(tip=tip.pk).order_by("id").values_list("verb", flat=True))
        assert [verb for verb in verbs if verb in ("end_on_tip", "triage", "confirm_shared_account", "propose")] == [
            "end_on_tip",
            "triage",
            "propose",
            "confirm_shared_account",
        ]
    text = desk.get(f"/tips/{tip.pk}/").text
    assert "Workers on a farm cannot leave" in text
    assert "P1 Within 1 hour" in text
    assert "He took their papers" not in text
    assert "P1 Within 1 hour" in desk.get("/desk/").text
    for who in (world.liaison, world.liaison2, world.stranger, world.agencyadmin, world.auditor, world.sysadmin):
        assert sign_in(who).get(f"/tips/{tip.pk}/").status_code == 404
