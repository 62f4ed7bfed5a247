"""The desk's queue over HTTP."""

from datetime import timedelta

import pytest

from agencies.models import AuditEvent
from agencies.scope import acting_as
from casework import keyset
from casework.actions import clocks, closing, tracks
from casework.models import Track
from casework.pages import queue
from tests.casework.pages import assert_no_canary, queries_at_most, sign_in
from tests.factories import NOW, World, log_tip, make_referral, route
from tips.actions import intake, triage
from tips.models import Tip, TipAccess
from tips.told import PlaceTold, Told

pytestmark = pytest.mark.django_db

PLAIN = Told(facts={"exploitation": ["labor"], "venues": ["farm"]}, place=PlaceTold(state="FL", county="Collier"))


def _triaged(world: World, urgency: str) -> Tip:
    tip = log_tip(world, PLAIN)
    with acting_as(world.operator):
        return triage.triage(tip, request_type="tip", urgency=urgency, by=world.operator, at=NOW)


def _clock(world: World, tip: Tip, due: timedelta) -> None:
    with acting_as(world.operator):
        clocks.start(
            tip=tip,
            agency_id=world.hotline.pk,
            rule="first_action",
            label="First action",
            holder="The desk",
            started_at=NOW - timedelta(days=9),
            due_at=NOW + due,
        )


@pytest.mark.parametrize("who", ["liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_the_desk_is_closed_to_everybody_but_the_hotlines_desk(world: World, who: str) -> None:
    log_tip(world)
    response = sign_in(getattr(world, who)).get("/desk/")
    assert response.status_code == 403
    assert "The desk is for the hotline" in response.text
    assert "CW-2026" not in response.text


def test_somebody_signed_out_is_sent_to_sign_in(world: World, client) -> None:
    assert client.get("/desk/").headers["Location"] == "/accounts/login/?next=/desk/"


@pytest.mark.parametrize("who", ["operator", "operator2", "supervisor"])
def test_the_desk_shows_references_and_codes_and_no_words(world: World, who: str) -> None:
    tip = log_tip(world)
    text = sign_in(getattr(world, who)).get("/desk/").text
    assert tip.reference in text
    assert "Commercial sex. Hotel or motel. Miami-Dade, Florida" in text
    assert "Not triaged yet (1 on this page)" in text
    assert_no_canary(text)


def test_an_empty_desk_says_what_to_do(world: World) -> None:
    text = sign_in(world.operator).get("/desk/").text
    assert "No open tips. A tip appears here when a contact ends on it." in text
    assert "Every open tip has a holder." in sign_in(world.operator).get("/desk/?view=unclaimed").text


def test_looking_at_the_list_is_one_event_with_the_ids(world: World) -> None:
    first, second = log_tip(world), log_tip(world)
    sign_in(world.operator).get("/desk/")
    with acting_as(world.operator):
        event = AuditEvent.objects.get(verb="list")
        assert sorted(event.details["ids"]) == sorted([str(first.pk), str(second.pk)])
        assert event.actor == world.operator.pk


@pytest.mark.parametrize("tips", [1, 50])
def test_the_desk_costs_eight_queries_however_many_rows(world: World, tips: int) -> None:
    for _ in range(tips):
        log_tip(world, PLAIN)
    with acting_as(world.operator):
        intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
    client = sign_in(world.operator)
    with queries_at_most(8):
        assert client.get("/desk/").text.count("<tr>") == tips + 1


def test_fifty_rows_a_page_and_the_rest_by_key(world: World) -> None:
    references = {log_tip(world, PLAIN).reference for _ in range(52)}
    client = sign_in(world.operator)
    first = client.get("/desk/")
    older = first.context["page"].older
    second = client.get("/desk/", {"after": older, "view": "all"})
    shown = [row.tip.reference for page in (first, second) for _, rows in page.context["groups"] for row in rows]
    assert len(shown) == 52
    assert set(shown) == references
    back = client.get("/desk/", {"before": second.context["page"].newer})
    assert [row.tip.reference for _, rows in back.context["groups"] for row in rows] == shown[:50]
    assert second.context["page"].older == ""
    assert back.context["page"].newer == ""


@pytest.mark.parametrize("key", ["x", "P2~x~y", "~~", "P2~2026-11-17T15:00:00+00:00~nobody"])
def test_a_key_that_is_none_shows_the_first_page(world: World, key: str) -> None:
    tip = log_tip(world)
    response = sign_in(world.operator).get("/desk/", {"after": key})
    assert response.status_code == 200
    assert tip.reference in response.text


def test_the_key_is_one_comparison_of_rows(world: World) -> None:
    with acting_as(world.operator):
        rows = keyset.beyond(TipAccess.objects.all(), queue.ORDER, ["P2", NOW, world.hotline.pk], ascending=True)
        sql = str(rows.query)
        assert "(U0" not in sql
        assert ") > (" in sql
        assert " OR " not in sql


def test_headings_stand_in_the_order_of_what_is_next(world: World) -> None:
    late, today, later, now, new = (*(_triaged(world, "P2") for _ in range(3)), _triaged(world, "P0"), log_tip(world))
    for tip, due in ((late, timedelta(hours=-1)), (today, timedelta(hours=2)), (later, timedelta(days=2))):
        _clock(world, tip, due)
    with acting_as(world.operator):
        page = keyset.page(queue.drawn(queue.open_to(world.operator, "all")), queue.ORDER)
        groups = queue.grouped(page.rows, user=world.operator, now=NOW)
    assert [(heading, [row.tip.reference for row in rows]) for heading, rows in groups] == [
        ("Act now", [now.reference]),
        ("Not triaged yet", [new.reference]),
        ("Late", [late.reference]),
        ("Due today", [today.reference]),
        ("Later", [later.reference]),
    ]


def test_views_and_filters_narrow_the_list(world: World) -> None:
    mine, nobodys = _triaged(world, "P1"), log_tip(world)
    client = sign_in(world.operator)

    def shown(**query: str) -> list[str]:
        found = client.get("/desk/", query).context["groups"]
        return sorted(row.tip.reference for _, rows in found for row in rows)

    assert shown(view="mine") == [mine.reference]
    assert shown(view="unclaimed") == [nobodys.reference]
    assert shown(urgency="P1") == [mine.reference]
    assert shown(urgency="P3") == []
    assert shown(state="new") == [nobodys.reference]
    assert shown(find=mine.reference.lower()) == [mine.reference]
    assert "No tips match." in client.get("/desk/", {"urgency": "P3"}).text


def test_a_closed_tip_leaves_the_queue_and_is_found_by_its_state(world: World) -> None:
    make_referral(world, "closed")
    client = sign_in(world.operator)
    assert client.get("/desk/").context["groups"] != []
    with acting_as(world.operator):
        for track in Track.objects.all():
            tracks.close_track(track, outcome="done", by=world.operator, at=NOW)
        closing.close(Tip.objects.get(), by=world.operator, at=NOW)
    assert client.get("/desk/").context["groups"] == []
    assert len(client.get("/desk/", {"state": "closed"}).context["groups"]) == 1


def test_counts_stop_at_a_thousand() -> None:
    assert (keyset.count_words(1000), keyset.count_words(1001)) == ("1000", "1,000+")


def test_contacts_in_progress_are_the_typists_own(world: World) -> None:
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
    assert f"/contacts/{contact.pk}/" in sign_in(world.operator).get("/desk/").text
    assert f"/contacts/{contact.pk}/" not in sign_in(world.operator2).get("/desk/").text


def test_a_tip_of_another_agency_is_not_counted(world: World) -> None:
    route(world, log_tip(world), [world.shelter])
    with acting_as(world.liaison):
        assert queue.beside(world.liaison).counts == {"mine": "0", "unclaimed": "0", "all": "0"}
