"""How many statements a request may send, all of them counted but BEGIN and COMMIT (docs/bench.md)."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import User
from agencies.scope import acting_as
from bench import form
from casework.models import Referral
from tests.factories import World, log_tip, make_referral, route
from tips.models import Contact

pytestmark = pytest.mark.django_db

# Inside the test's own transaction that of the request is a savepoint, and the settings are taken back at its end.
AROUND = 3
# That in which a session is saved is a savepoint, too.
OF_SESSION = 2
# The bound is 25 (docs/bench.md); whoever adds a statement to the end of a contact finds this in the way.
OF_A_CONTACT = 31


def signed_in(user: User) -> Client:
    """The first page of a session stamps it: that is not counted."""
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    client.get("/help/")
    return client


def statements(act: Callable[[], Any], *, status: int) -> tuple[list[str], int]:
    with CaptureQueriesContext(connection) as seen:
        answer = act()
    assert answer.status_code == status, answer.content
    sent = [query["sql"] for query in seen]
    is_session_saved = any(sql.startswith('UPDATE "django_session"') for sql in sent)
    return sent, len(sent) - AROUND - (OF_SESSION if is_session_saved else 0)


def opened(client: Client) -> str:
    return str(client.post("/contacts/new/", {"channel": "call"}).url)


def test_queue_takes_eight(world: World) -> None:
    for _ in range(3):
        log_tip(world)
    operator = signed_in(world.operator)
    assert statements(lambda: operator.get("/desk/"), status=200)[1] <= 8


def test_contact_that_ends_on_a_new_tip_takes_no_more_than_it_does(world: World) -> None:
    operator = signed_in(world.operator)
    path = opened(operator)
    sent = statements(lambda: operator.post(path, {**form.whole(), "act": "triage"}), status=302)
    assert sent[1] <= OF_A_CONTACT


def test_each_person_and_identifier_more_takes_no_statement_more(world: World) -> None:
    operator = signed_in(world.operator)
    whole = {**form.whole(), "act": "triage"}
    more = {f"person-2-{name}": value for name, value in (("role", "other"), ("age", "adult"), ("name", "Example"))}
    counts = []
    for fields in (whole, {**whole, **more, "person-TOTAL_FORMS": "3"}):
        path = opened(operator)
        counts.append(statements(partial(operator.post, path, fields), status=302)[1])
    assert counts[0] == counts[1]


def test_save_of_a_draft_takes_six(world: World) -> None:
    operator = signed_in(world.operator)
    path = f"{opened(operator)}draft/"
    body = json.dumps({"sequence": 1, "values": form.as_draft()})
    sent = statements(lambda: operator.post(path, body, content_type="application/json"), status=200)
    assert sent[1] <= 6


def test_tip_page_takes_fifteen(world: World) -> None:
    tip = log_tip(world)
    route(world, tip, [world.shelter])
    operator = signed_in(world.operator)
    assert statements(lambda: operator.get(f"/tips/{tip.pk}/"), status=200)[1] <= 15


def test_proposals_page_takes_fourteen(world: World) -> None:
    tip = log_tip(world)
    route(world, tip, [world.shelter])
    operator = signed_in(world.operator)
    assert statements(lambda: operator.get(f"/tips/{tip.pk}/proposals/"), status=200)[1] <= 14


def test_inbox_takes_eight(world: World) -> None:
    make_referral(world, "sent")
    liaison = signed_in(world.liaison)
    assert statements(lambda: liaison.get("/referrals/"), status=200)[1] <= 8


def test_accepting_a_referral_takes_twenty(world: World) -> None:
    referral = make_referral(world, "sent")
    liaison = signed_in(world.liaison)
    with acting_as(world.liaison):
        version = Referral.objects.get(pk=referral.pk).version
    path = f"/referrals/{referral.pk}/accept/"
    assert statements(lambda: liaison.post(path, {"version": version}), status=302)[1] <= 20


def test_events_of_a_deed_take_one_statement(world: World) -> None:
    operator = signed_in(world.operator)
    path = opened(operator)
    sent, _ = statements(lambda: operator.post(path, {**form.whole(), "act": "triage"}), status=302)
    assert len([sql for sql in sent if sql.startswith("insert into agencies_auditevent")]) == 1
    with acting_as(world.operator):
        assert Contact.objects.get().tip is not None
