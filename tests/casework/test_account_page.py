"""The shared account over HTTP: proposed with marks, undone span by span, confirmed, out of date."""

from typing import Any

import pytest
from django.db import connection

from agencies import crypto
from agencies.models import AuditEvent
from agencies.scope import acting_as
from tests.casework.pages import assert_no_canary, sign_in
from tests.factories import NOW, World, log_tip, make_referral
from tips.actions import triage
from tips.models import Narrative, SharedAccount, Tip
from tips.told import PersonTold, PlaceTold, Told

pytestmark = pytest.mark.django_db

WORDS = "She is Marigold's friend. Ask for Tamsin at room 214, not the bexley one. Her sister has 954-555-0110."
TOLD = Told(
    narrative=WORDS,
    place=PlaceTold(state="FL"),
    persons=(PersonTold(facts={"role": "potential_victim"}, identity={"name": "Bexley Thorne"}),),
)


def _confirm(client: Any, url: str, text: str, number: int, **more: str) -> Any:
    return client.post(url, {"act": "confirm", "text": text, "number": str(number), "is_read": "on", **more})


def test_a_proposal_marks_what_was_told_and_the_look_is_recorded(world: World) -> None:
    tip = log_tip(world, TOLD)
    page = sign_in(world.operator).post(f"/tips/{tip.pk}/account/", {"act": "propose"})
    assert [words for words, span, _ in page.context["proposed"][0] if span] == [
        "Marigold",
        "Tamsin",
        "room 214",
        "bexley",
        "sister",
        "954-555-0110",
    ]
    assert 'name="keep" value="0:2"' in page.text
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    with acting_as(world.operator):
        event = AuditEvent.objects.get(verb="reveal")
        assert (event.kind, event.reason, event.fields) == ("narrative", "account", ["narrative"])
        assert SharedAccount.objects.get().text == ""


def test_a_human_undoes_a_mark_takes_over_and_confirms(world: World) -> None:
    tip = log_tip(world, TOLD)
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/account/"
    digest = client.post(url, {"act": "propose"}).context["digest"]
    page = client.post(url, {"act": "replace", "digest": digest, "keep": ["0:0", "9:9", "x"]})
    assert page.context["form"]["text"].value() == (
        "She is Marigold's friend. Ask for [name] at [address], not the [name] one. Her [relative] has [number]."
    )
    with acting_as(world.operator):
        assert SharedAccount.objects.get().number == 0
    refused = _confirm(client, url, page.context["form"]["text"].value(), 0)
    assert refused.status_code == 422
    assert "These words still read as if they named somebody: Marigold." in refused.text
    assert "I looked at each of these words" in refused.text
    done = _confirm(client, url, page.context["form"]["text"].value(), 0, is_checked="on")
    assert done.headers["Location"] == f"/tips/{tip.pk}/"
    with acting_as(world.operator):
        account = SharedAccount.objects.get()
        assert (account.number, account.confirmed_by, account.stale_since) == (1, world.operator, None)
        assert AuditEvent.objects.get(verb="confirm_shared_account").details == {"number": 1}


def test_words_that_changed_meanwhile_are_marked_anew(world: World) -> None:
    tip = log_tip(world, TOLD)
    page = sign_in(world.operator).post(f"/tips/{tip.pk}/account/", {"act": "replace", "digest": "old"})
    assert "What was told has changed meanwhile." in page.text
    assert page.context["proposed"]


@pytest.mark.parametrize("missing", ["is_read", "text", "number"])
def test_nothing_is_confirmed_without_a_tick_and_words(world: World, missing: str) -> None:
    tip = log_tip(world)
    data = {"act": "confirm", "text": "Somebody needs a bed.", "number": "0", "is_read": "on"}
    del data[missing]
    response = sign_in(world.operator).post(f"/tips/{tip.pk}/account/", data)
    assert response.status_code == 422
    assert data.get("text", "") in response.text
    with acting_as(world.operator):
        assert SharedAccount.objects.get().text == ""


def test_an_account_is_out_of_date_when_what_was_told_changes(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        triage.triage(tip, request_type="tip", urgency="P3", by=world.operator, at=NOW)
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/account/"
    assert "others see codes only" in client.get(f"/tips/{tip.pk}/").text
    _confirm(client, url, "Somebody needs a bed.", 0)
    assert client.get(f"/tips/{tip.pk}/").context["shown"].next == []
    with acting_as(world.operator):
        row = Narrative.objects.get()
        row.text = crypto.encrypt("other words", table=Narrative._meta.db_table, row=row.pk, field="text")
        row.save(update_fields=["text"])
        assert SharedAccount.objects.get().stale_since is not None
    page = client.get(f"/tips/{tip.pk}/")
    assert "Out of date: what was told changed since." in page.text
    assert [line.link for line in page.context["shown"].next] == ["Write it"]
    _confirm(client, url, "Somebody needs two beds.", 1)
    with acting_as(world.operator):
        account = SharedAccount.objects.get()
        assert (account.number, account.stale_since) == (2, None)
        with connection.cursor() as cursor:
            cursor.execute(
                "select number, text from tips_sharedaccountevent"
                " where number > 0 and stale_since is null order by pgh_id"
            )
            assert cursor.fetchall() == [(1, "Somebody needs a bed."), (2, "Somebody needs two beds.")]


def test_two_who_confirm_at_once_see_both_wordings(world: World) -> None:
    tip = log_tip(world)
    url = f"/tips/{tip.pk}/account/"
    first, second = sign_in(world.operator), sign_in(world.operator2)
    seen = second.get(url).context["seen"]
    _confirm(first, url, "Somebody needs a bed.", 0)
    late = _confirm(second, url, "Somebody needs help to leave.", 0, seen=seen)
    assert late.status_code == 409
    assert "Somebody needs a bed." in late.text
    assert "Somebody needs help to leave." in late.text
    assert "Operator, Example Hotline" in late.text
    both = {"choose:text": "both", "seen": late.context["seen"]}
    assert _confirm(second, url, "Somebody needs help to leave.", 1, **both).status_code == 302
    with acting_as(world.operator):
        assert SharedAccount.objects.get().text == "Somebody needs a bed.\n\nSomebody needs help to leave."


@pytest.mark.parametrize("who", ["liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_an_outsider_gets_no_account_page(world: World, who: str) -> None:
    tip = log_tip(world)
    client = sign_in(getattr(world, who))
    assert client.get(f"/tips/{tip.pk}/account/").status_code == 404
    assert client.post(f"/tips/{tip.pk}/account/", {"act": "propose"}).status_code == 404


def test_a_receiver_reads_the_account_and_writes_none(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.operator):
        tip = Tip.objects.get()
        triage.confirm_shared_account(tip, "Somebody needs a bed.", by=world.operator, at=NOW)
    client = sign_in(world.liaison)
    page = client.get(f"/tips/{tip.pk}/")
    assert "Somebody needs a bed." in page.text
    assert "Write the shared account" not in page.text
    for data in ({"act": "propose"}, {"act": "confirm", "text": "x", "number": "1", "is_read": "on"}):
        response = client.post(f"/tips/{tip.pk}/account/", data)
        assert response.status_code == 403
        assert_no_canary(response.text)
    with acting_as(world.operator):
        assert not AuditEvent.objects.filter(verb="reveal").exists()
