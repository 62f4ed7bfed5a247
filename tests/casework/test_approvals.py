"""What takes two people: an imminent danger is lowered by a second human being, on the pages and in the database."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from agencies.lifecycle import Conflict
from agencies.models import AuditEvent, Notice
from agencies.scope import acting_as
from casework.actions import approvals, closing, desk
from casework.models import Approval
from tests.casework.pages import sign_in
from tests.casework.test_triage_page import MINOR, _form
from tests.factories import NOW, World, log_tip
from tips.actions import triage
from tips.models import Tip

pytestmark = pytest.mark.django_db


def _at_p0(world: World) -> Tip:
    tip = log_tip(world, MINOR)
    with acting_as(world.operator):
        return triage.triage(tip, request_type="crisis", urgency="P0", by=world.operator, at=NOW)


def _asked(world: World) -> Approval:
    tip = _at_p0(world)
    with acting_as(world.operator):
        return approvals.ask_to_lower(tip, urgency="P2", danger="none", reason="safe", by=world.operator, at=NOW)


def _save(world: World, tip: Tip, **changes: Any) -> Any:
    client, url = sign_in(world.operator), f"/tips/{tip.pk}/triage/"
    return client.post(url, _form(client, url, **changes))


def test_lowering_asks_a_second_person_and_the_tip_stays(world: World) -> None:
    tip = _at_p0(world)
    response = _save(world, tip, urgency="P2", danger="none", lower_reason="safe", request_type="tip")
    assert response.status_code == 302
    with acting_as(world.operator):
        tip, approval = Tip.objects.get(), Approval.objects.get()
        assert (tip.urgency, tip.request_type, "danger" in tip.situation.facts) == ("P0", "tip", False)
        assert (approval.status, approval.values) == ("asked", {"urgency": "P2"})
        assert Notice.objects.get(code="second_person_asked").path == f"/tips/{tip.pk}/"
    own = sign_in(world.operator).get(f"/tips/{tip.pk}/").context["shown"].next[0]
    assert own.words == "You asked a second person to lower it to P2 Within 24 hours."
    other = sign_in(world.operator2).get(f"/tips/{tip.pk}/").context["shown"].next[0]
    assert (other.words, other.link) == ("A second person is asked to lower it to P2 Within 24 hours.", "Decide")


def test_lowering_without_a_reason_saves_nothing(world: World) -> None:
    tip = _at_p0(world)
    response = _save(world, tip, urgency="P3")
    assert response.status_code == 422
    assert "Choose why the danger is less: a second person decides." in response.text
    with acting_as(world.operator):
        assert (Tip.objects.get().urgency, Approval.objects.count()) == ("P0", 0)


def test_a_danger_that_the_rules_see_is_not_lowered_alone_either(world: World) -> None:
    tip = log_tip(world, MINOR)
    with acting_as(world.operator):
        coded = desk.Coded("tip", "P2", facts={"danger": "life"}, lower_reason="mistaken")
        desk.save_triage(tip, coded, by=world.operator, at=NOW)
        assert (Tip.objects.get().urgency, Approval.objects.get().values["urgency"]) == ("P0", "P2")


def test_the_second_person_agrees_and_both_names_stand_in_the_trail(world: World) -> None:
    approval = _asked(world)
    client, url = sign_in(world.operator2), f"/tips/{approval.tip_id}/approvals/{approval.pk}/"
    page = client.get(url)
    assert "Agree: lower to P2 Within 24 hours" in page.text
    assert "The person is in a safe place" in page.text
    assert client.post(url, {"act": "give", "version": "1"}).headers["Location"] == f"/tips/{approval.tip_id}/"
    with acting_as(world.operator):
        tip = Tip.objects.get()
        assert (tip.urgency, tip.situation.facts["danger"]) == ("P2", "none")
        asked, given = AuditEvent.objects.filter(kind="approval").order_by("id")
        assert (asked.verb, asked.actor, given.verb, given.actor) == (
            "ask",
            world.operator.pk,
            "give",
            world.operator2.pk,
        )
        assert AuditEvent.objects.filter(verb="triage").order_by("-id")[0].details["urgency"] == ["P0", "P2"]
        assert Notice.objects.filter(code="second_person_decided").get().user == world.operator
    assert "This was decided." in client.get(url).text


@pytest.mark.parametrize("act", ["give", "refuse"])
def test_nobody_decides_what_they_asked(world: World, act: str) -> None:
    approval = _asked(world)
    client, url = sign_in(world.operator), f"/tips/{approval.tip_id}/approvals/{approval.pk}/"
    assert "A second person of the desk decides this" not in client.get(url).text
    assert client.post(url, {"act": act, "version": "1"}).status_code == 403
    assert client.post(url, {"act": "lapse", "version": "1"}).status_code == 302
    with acting_as(world.operator):
        assert (Tip.objects.get().urgency, Approval.objects.get().status) == ("P0", "lapsed")


def test_a_refusal_leaves_everything(world: World) -> None:
    approval = _asked(world)
    with acting_as(world.supervisor):
        approvals.refuse(approval, by=world.supervisor, at=NOW)
        assert Tip.objects.get().urgency == "P0"
        with pytest.raises(Conflict):
            approvals.give(approval, by=world.supervisor, at=NOW)


@pytest.mark.parametrize("who", ["liaison", "stranger", "auditor", "sysadmin", "agencyadmin"])
def test_outsiders_see_and_decide_nothing(world: World, who: str) -> None:
    approval = _asked(world)
    client, url = sign_in(getattr(world, who)), f"/tips/{approval.tip_id}/approvals/{approval.pk}/"
    assert client.get(url).status_code == 404
    assert client.post(url, {"act": "give", "version": "1"}).status_code == 404
    with acting_as(world.operator):
        assert Tip.objects.get().urgency == "P0"


def test_somebody_elses_question_is_not_asked_twice_and_closing_ends_it(world: World) -> None:
    approval = _asked(world)
    with acting_as(world.operator2):
        with pytest.raises(Conflict):
            approvals.ask_to_lower(approval.tip, urgency="P3", danger="", reason="over", by=world.operator2, at=NOW)
        closing.close(Tip.objects.get(), disposition="answered", by=world.operator2, at=NOW)
        assert Approval.objects.get().status == "lapsed"


def test_the_verbs_refuse_one_person_and_unknown_codes(world: World) -> None:
    tip = _at_p0(world)
    with acting_as(world.operator):
        with pytest.raises(PermissionDenied):
            triage.triage(tip, request_type="tip", urgency="P1", by=world.operator, at=NOW)
        for wrong in ({"reason": "bored"}, {"urgency": "P0"}, {"urgency": "P9"}):
            with pytest.raises(ValidationError):
                approvals.ask_to_lower(
                    tip, **{"urgency": "P2", "danger": "", "reason": "safe", **wrong}, by=world.operator, at=NOW
                )


@pytest.mark.parametrize(
    "statement",
    [
        "update tips_tip set urgency = 'P3'",
        "update casework_approval set status = 'given', decided_by_id = casework_user(), decided_at = now()",
        "update casework_approval set status = 'given', decided_by_id = %(other)s, decided_at = now()",
        "update casework_approval set asked_by_id = %(other)s",
        "insert into casework_approval (id, tip_id, agency_id, what, reason, values, status, asked_by_id, asked_at,"
        " decided_by_id, decided_at, version) select gen_random_uuid(), tip_id, agency_id, 'x', 'safe', '{}', 'given',"
        " %(other)s, now(), casework_user(), now(), 1 from casework_approval",
    ],
)
def test_one_person_does_not_lower_by_sql(world: World, statement: str) -> None:
    _asked(world)
    with acting_as(world.operator), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"other": world.operator2.pk})


def test_an_old_yes_does_not_lower_again(world: World) -> None:
    approval = _asked(world)
    with acting_as(world.operator2):
        approvals.give(approval, by=world.operator2, at=NOW)
        tip = triage.triage(Tip.objects.get(), request_type="crisis", urgency="P0", by=world.operator2, at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update tips_tip set urgency = 'P2' where id = %s", [tip.pk])
