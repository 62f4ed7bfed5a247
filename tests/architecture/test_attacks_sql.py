"""Statements that no verb of ours sends, as the runtime role inside somebody's own scope: none reaches further."""

from typing import Any

import pytest
from django.db import connection

from agencies.ids import uuid7
from agencies.models import User
from agencies.scope import acting_as
from casework.actions import referrals
from casework.models import Referral
from tests.architecture.statements import REFUSED, attempt
from tests.factories import NOW, World, log_tip, make_referral
from tips.models import Person, Tip, Wall

pytestmark = pytest.mark.django_db

REFERRAL_COLUMNS = (
    "id, tip_id, reference, sender_id, receiver_id, pillar, need, purpose, legal_basis, urgency, gives_lead_facts,"
    " card, status, progress, outcome, decline_reason, decline_note, question, answer, cancel_reason,"
    " is_cancellation_asked, created_by_id, created_at, sent_at, answered_at, answer_due_at, version"
)


def forged_referral(world: World, tip: Tip, *, sender: Any, receiver: Any, by: User, status: str) -> int:
    values = [uuid7(), tip.pk, tip.reference, sender, receiver, status, by.pk, NOW, NOW, NOW, NOW]
    return attempt(
        by,
        f"insert into casework_referral ({REFERRAL_COLUMNS}) values (%s, %s, %s, %s, %s, 'protection', 'shelter', 'x',"
        " 'x', 'P2', true, '{\"need\": \"x\"}', %s, '', '', '', '', '', '', '', false, %s, %s, %s, %s, %s, 1)",
        values,
    )


@pytest.mark.parametrize("status", ["draft", "sent", "accepted"])
def test_a_receiver_cannot_forge_the_referral_that_would_open_a_tip(world: World, status: str) -> None:
    tip = log_tip(world)
    done = forged_referral(
        world, tip, sender=world.hotline.pk, receiver=world.legal.pk, by=world.stranger, status=status
    )
    assert done == REFUSED


def test_an_agency_cannot_send_a_tip_that_it_does_not_hold(world: World) -> None:
    referral = make_referral(world, "accepted")
    tip = Tip(pk=referral.tip_id, reference=referral.reference)
    done = forged_referral(
        world, tip, sender=world.shelter.pk, receiver=world.legal.pk, by=world.liaison, status="sent"
    )
    assert done == REFUSED


@pytest.mark.parametrize("column", ["tip_id", "sender_id", "receiver_id", "gives_lead_facts"])
@pytest.mark.parametrize("who", ["operator", "liaison"])
def test_the_parties_and_the_reach_of_a_referral_are_fixed(world: World, who: str, column: str) -> None:
    referral = make_referral(world, "sent")
    other = log_tip(world)
    value = {
        "tip_id": other.pk,
        "sender_id": world.police.pk,
        "receiver_id": world.legal.pk,
        "gives_lead_facts": True,
    }[column]
    user = getattr(world, who)
    assert attempt(user, f"update casework_referral set {column} = %s where id = %s", [value, referral.pk]) == REFUSED


MOVED = [
    ("tips_tip", "holder_agency_id", "liaison"),
    ("tips_tip", "reference", "liaison"),
    ("tips_contact", "agency_id", "operator"),
    ("tips_narrative", "agency_id", "operator"),
    ("tips_personidentity", "agency_id", "liaison2"),
    ("tips_personidentity", "agency_id", "operator"),
    ("tips_identifier", "agency_id", "operator"),
    ("casework_clock", "agency_id", "liaison"),
    ("casework_proposal", "agency_id", "operator"),
]


@pytest.mark.parametrize(("table", "column", "who"), MOVED)
def test_no_row_is_moved_to_another_agency(world: World, table: str, column: str, who: str) -> None:
    make_referral(world, "accepted")
    make_referral(world, "accepted", receiver=world.police)
    user: User = getattr(world, who)
    target = "CW-2026-999999-A" if column == "reference" else user.acting_agency_id
    if user is world.operator:
        target = world.legal.pk
    done = attempt(user, f"update {table} set {column} = %s", [target])
    assert done in (REFUSED, 0)


# What the holder alone writes; a receiver reads it.
HOLDERS = [
    "update tips_sharedaccount set confirmed_at = confirmed_at",
    "update tips_situation set facts = '{}'",
    "update tips_place set state = 'GA'",
    "update tips_person set age = '21_or_over'",
    "update tips_safecontact set may_call = 'yes'",
    "update tips_consent set valid_until = 'infinity'",
    "update tips_wall set reason = 'x'",
]


@pytest.mark.parametrize("statement", HOLDERS)
@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_only_the_holder_writes_what_was_told(world: World, who: str, statement: str) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        Wall.objects.create(tip_id=referral.tip_id, agency=world.police, reason="accused", created_at=NOW)
    assert attempt(getattr(world, who), statement) in (REFUSED, 0)


def test_the_holder_writes_what_was_told(world: World) -> None:
    make_referral(world, "accepted")
    for statement, rows in zip(HOLDERS[:5], [1, 1, 1, 2, 1], strict=True):
        assert attempt(world.operator, statement) == rows, statement


def test_a_receiver_does_not_see_who_is_kept_from_the_tip(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        Wall.objects.create(tip_id=referral.tip_id, agency=world.police, reason="accused", created_at=NOW)
    assert attempt(world.liaison, "select * from tips_wall") == 0
    assert attempt(world.operator, "select * from tips_wall") == 1


def foreign_inserts(world: World, tip: Tip, person: Person, user: User) -> list[tuple[str, list[Any]]]:
    """Rows of one's own agency hung onto a tip that one may not see."""
    own = user.acting_agency_id
    return [
        (
            "insert into tips_person (id, tip_id, number, role, is_in_contact, age, is_minor, languages, needs, facts)"
            " values (%s, %s, 9, 'other', false, 'unknown', 'unknown', '{}', '{}', '{}')",
            [uuid7(), tip.pk],
        ),
        (
            "insert into tips_note (id, tip_id, agency_id, author_id, pillar, text, is_shared, created_at)"
            " values (%s, %s, %s, %s, '', 'x', true, now())",
            [uuid7(), tip.pk, own, user.pk],
        ),
        (
            "insert into tips_personidentity (id, person_id, tip_id, agency_id, field, value, is_lead_fact)"
            " values (%s, %s, %s, %s, 'aliases', 'x', true)",
            [uuid7(), person.pk, tip.pk, own],
        ),
        (
            "insert into tips_identifier (id, tip_id, person_id, agency_id, kind, value, is_lead_fact)"
            " values (%s, %s, null, %s, 'plate', 'x', true)",
            [uuid7(), tip.pk, own],
        ),
        (
            "insert into tips_closedfacts (id, tip_id, person_id, agency_id, value) values (%s, %s, %s, %s, 'x')",
            [uuid7(), tip.pk, person.pk, own],
        ),
        (
            "insert into tips_wall (id, tip_id, agency_id, reason, created_at) values (%s, %s, %s, 'x', now())",
            [uuid7(), tip.pk, world.police.pk],
        ),
        (
            "insert into tips_contact (id, agency_id, taker_id, status, channel, is_outgoing, started_at, ended_at,"
            " recorded_at, is_back_filled, caller_type, knows_how, language, interpreter, danger, ended_as, end_reason,"
            " request_type, tip_id, version) values (%s, %s, %s, 'ended', 'call', false, now(), now(), now(), false,"
            " 'unknown', 'unknown', '', 'not_needed', 'not_asked', 'on_tip', '', '', %s, 1)",
            [uuid7(), own, user.pk, tip.pk],
        ),
        (
            "insert into casework_clock (id, tip_id, agency_id, pillar, rule, rule_version, label, holder, duty,"
            " drives_queue, citation, started_at, due_at, remind_at, ended_as, end_reason)"
            " values (%s, %s, %s, '', 'x', 1, 'x', 'x', 'ours', true, '', now(), now(), now(), '', '')",
            [uuid7(), tip.pk, own],
        ),
        (
            "insert into casework_proposal (id, tip_id, agency_id, by_id, made_at, rules, policies, third_party,"
            " result, override_reason) values (%s, %s, %s, %s, now(), '[]', '[]', '{}', '{}', '')",
            [uuid7(), tip.pk, own, user.pk],
        ),
    ]


@pytest.mark.parametrize("number", range(9))
@pytest.mark.parametrize("who", ["stranger", "liaison2"])
def test_nothing_is_hung_onto_a_tip_of_somebody_else(world: World, who: str, number: int) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        tip = Tip.objects.get(pk=referral.tip_id)
        person = Person.objects.filter(tip=tip).earliest("number")
    statement, values = foreign_inserts(world, tip, person, getattr(world, who))[number]
    assert attempt(getattr(world, who), statement, values) == REFUSED


@pytest.mark.parametrize("number", range(9))
def test_the_same_rows_go_onto_ones_own_tip(world: World, number: int) -> None:
    """What the test above refuses is refused for whose tip it is, not for a slip in the statement."""
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        tip = Tip.objects.get(pk=referral.tip_id)
        person = Person.objects.filter(tip=tip).earliest("number")
    statement, values = foreign_inserts(world, tip, person, world.operator)[number]
    assert attempt(world.operator, statement, values) == 1


@pytest.mark.parametrize("who", ["stranger", "liaison"])
def test_nobody_names_persons_on_a_referral_of_somebody_else(world: World, who: str) -> None:
    referral = make_referral(world, "accepted")
    user: User = getattr(world, who)
    with acting_as(world.operator):
        person = Person.objects.filter(tip=referral.tip_id).latest("number")
    done = attempt(
        user,
        "insert into casework_referralperson (id, referral_id, person_id, tip_id, sender_id)"
        " values (%s, %s, %s, %s, %s)",
        [uuid7(), referral.pk, person.pk, referral.tip_id, user.acting_agency_id],
    )
    assert done == REFUSED


def test_a_person_of_another_tip_is_never_named_on_a_referral(world: World) -> None:
    referral = make_referral(world, "sent")
    other = log_tip(world)
    with acting_as(world.operator):
        person = Person.objects.filter(tip=other).earliest("number")
    done = attempt(
        world.operator,
        "insert into casework_referralperson (id, referral_id, person_id, tip_id, sender_id)"
        " values (%s, %s, %s, %s, %s)",
        [uuid7(), referral.pk, person.pk, referral.tip_id, world.hotline.pk],
    )
    assert done == REFUSED


@pytest.mark.parametrize("who", ["stranger", "liaison"])
def test_a_disclosure_that_no_referral_stands_behind_is_not_written(world: World, who: str) -> None:
    make_referral(world, "accepted")
    other = log_tip(world)
    user: User = getattr(world, who)
    done = attempt(
        user,
        "insert into casework_disclosure (id, tip_id, referral_id, sender_id, recipient_id, persons, level, fields,"
        " basis, card, at) values (%s, %s, null, %s, %s, '{}', 'working', '{}', 'x', '{}', now())",
        [uuid7(), other.pk, world.hotline.pk, user.acting_agency_id],
    )
    assert done == REFUSED


def test_nobody_writes_the_trail_in_another_ones_name(world: World) -> None:
    forged = (
        "insert into agencies_auditevent (at, actor, actor_name, agency_name, role, verb, kind, object_id, pillar,"
        " outcome, reason, fields, details)"
        " values (now(), %s, 'x', '', 'liaison', 'x', 'tip', '', '', 'done', '', '{}', '{}')"
    )
    assert attempt(world.stranger, forged, [world.operator.pk]) == REFUSED
    assert attempt(world.stranger, forged, [world.stranger.pk]) == 1


def test_when_something_is_due_on_a_tip_is_no_question_to_ask_by_its_id(world: World) -> None:
    tip = log_tip(world)
    assert attempt(world.stranger, "select casework_next_due(%s)", [tip.pk]) == REFUSED


def test_a_shared_note_is_changed_by_its_own_agency_only(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator), connection.cursor() as cursor:
        cursor.execute(
            "insert into tips_note (id, tip_id, agency_id, author_id, pillar, text, is_shared, created_at)"
            " values (%s, %s, %s, %s, '', 'x', true, now())",
            [uuid7(), referral.tip_id, world.hotline.pk, world.operator.pk],
        )
    assert attempt(world.liaison, "select * from tips_note") == 1
    assert attempt(world.liaison, "update tips_note set text = 'y', agency_id = %s", [world.shelter.pk]) in (REFUSED, 0)
    assert attempt(world.operator, "update tips_note set text = 'y'") == 1


def test_lead_facts_are_read_and_never_written_by_the_receiver(world: World) -> None:
    first = make_referral(world, "sent")
    with acting_as(world.operator):
        tip = Tip.objects.get(pk=first.tip_id)
        draft = referrals.draft(
            tip,
            receiver=world.police,
            persons=[],
            need="investigation",
            pillar="prosecution",
            purpose="Look into it",
            legal_basis="No person is concerned",
            gives_lead_facts=True,
            by=world.operator,
            at=NOW,
        )
        sent = referrals.send(draft, by=world.operator, at=NOW)
    with acting_as(world.liaison2):
        referrals.accept(sent, by=world.liaison2, at=NOW)
    assert attempt(world.liaison2, "select * from tips_personidentity") == 1
    assert attempt(world.liaison2, "update tips_personidentity set agency_id = %s", [world.police.pk]) in (REFUSED, 0)


@pytest.mark.parametrize("who", ["stranger", "liaison2", "agencyadmin", "agencyadmin2", "auditor", "sysadmin"])
def test_row_history_is_closed_like_the_rows(world: World, who: str) -> None:
    make_referral(world, "accepted")
    for table in ("tips_tipevent", "casework_referralevent", "casework_trackevent", "casework_stepevent"):
        assert attempt(getattr(world, who), f"select * from {table}") == 0, table
    assert Referral.objects.count() == 0
