"""What somebody who works on a tip may not write, as the runtime role with statements that no verb of ours sends."""

from typing import Any

import pytest
from django.db import connection, transaction

from agencies.ids import uuid7
from agencies.models import User
from agencies.scope import acting_as
from casework.models import Referral, Track
from casework.states import REFERRAL
from tests.architecture.test_attacks_sql import REFUSED, attempt
from tests.factories import World, log_tip, make_referral, route
from tips.models import Person, TipAccess

pytestmark = pytest.mark.django_db

# What the liaison of an accepted referral tries on the tip that is open to it.
ON_THE_TIP = [
    "update tips_tip set urgency = 'P4'",
    "update tips_tip set status = 'closed', closed_at = now()",
    "update tips_tip set status = 'in_triage', closed_at = null",
    "update tips_tip set holder_id = null",
    "update tips_tip set state = 'GA'",
    "update tips_tip set version = version + 1",
    "update casework_step set status = 'done', ended_at = now()",
    "update casework_step set title = 'x'",
    "update casework_track set status = 'closed', outcome = 'done', closed_at = now()",
    "update casework_track set lead_id = casework_reader()",
    "update casework_clock set due_at = due_at + interval '1 year'",
    "update casework_clock set ended_as = 'met', ended_at = now()",
]


@pytest.mark.parametrize("statement", ON_THE_TIP)
@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_a_receiver_changes_nothing_of_the_tip_it_works_on(world: World, who: str, statement: str) -> None:
    make_referral(world, "accepted")
    assert attempt(getattr(world, who), statement) in (REFUSED, 0)


def test_the_holder_changes_all_of_it(world: World) -> None:
    """What the test above refuses is refused for who asks, not for a slip in the statement."""
    make_referral(world, "accepted")
    touched = {statement: attempt(world.operator, statement) for statement in ON_THE_TIP}
    assert [statement for statement, rows in touched.items() if rows < 1] == []


def test_a_receiver_begins_the_work_and_does_nothing_else_with_the_state(world: World) -> None:
    make_referral(world, "accepted")
    assert attempt(world.operator, "update tips_tip set status = 'routed'") == 1
    assert attempt(
        world.liaison, "update tips_tip set status = 'in_progress', version = version + 1, state = 'GA'"
    ) == (REFUSED)
    assert attempt(world.liaison, "update tips_tip set status = 'in_progress', version = version + 1") == 1


def test_whoever_leads_a_track_works_it_and_cannot_hand_it_over(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.operator):
        Track.objects.update(lead=world.shelter)
    assert attempt(world.liaison, "update casework_step set status = 'done', ended_at = now() where number = 1") == 1
    assert attempt(world.liaison, "update casework_clock set ended_as = 'met', ended_at = now()") == 1
    assert (
        attempt(world.liaison, "update casework_track set status = 'closed', outcome = 'done', closed_at = now()") == 1
    )
    assert attempt(world.liaison, f"update casework_track set lead_id = '{world.legal.pk}'") == REFUSED
    assert attempt(world.liaison, "update casework_step set tip_id = track_id") == REFUSED


def test_a_receiver_hangs_nothing_onto_the_tip_but_its_notes_and_its_own_clocks(world: World) -> None:
    referral = make_referral(world, "accepted")
    tip, own, me = referral.tip_id, world.shelter.pk, world.liaison.pk
    with acting_as(world.operator):
        person = Person.objects.filter(tip_id=tip).earliest("number").pk
    note = (
        "insert into tips_note (id, tip_id, agency_id, author_id, pillar, text, is_shared, created_at)"
        " values (%s, %s, %s, %s, '', 'x', true, now())"
    )
    clock = (
        "insert into casework_clock (id, tip_id, agency_id, pillar, rule, rule_version, label, holder, duty,"
        " drives_queue, citation, started_at, due_at, remind_at, ended_as, end_reason)"
        " values (%s, %s, %s, '', 'x', 1, 'x', 'x', 'ours', true, '', now(), now(), now(), '', '')"
    )
    assert attempt(world.liaison, note, [uuid7(), tip, own, me]) == 1
    assert attempt(world.liaison, clock, [uuid7(), tip, own]) == 1
    refused: list[tuple[str, list[Any]]] = [
        (note, [uuid7(), tip, world.hotline.pk, me]),
        (clock, [uuid7(), tip, world.hotline.pk]),
        # Unique in the table: who could write it would learn from the refusal which fields the hotline has.
        (
            "insert into tips_personidentity (id, person_id, tip_id, agency_id, field, value, is_lead_fact)"
            " values (%s, %s, %s, %s, 'aliases', 'x', true)",
            [uuid7(), person, tip, own],
        ),
        (
            "insert into tips_identifier (id, tip_id, person_id, agency_id, kind, hash, value, is_lead_fact)"
            " values (%s, %s, null, %s, 'plate', 'x', 'x', true)",
            [uuid7(), tip, own],
        ),
        (
            "insert into tips_contact (id, agency_id, taker_id, status, channel, is_outgoing, started_at, ended_at,"
            " recorded_at, is_back_filled, caller_type, knows_how, language, interpreter, danger, ended_as, end_reason,"
            " request_type, tip_id, version) values (%s, %s, %s, 'ended', 'call', false, now(), now(), now(), false,"
            " 'unknown', 'unknown', '', 'not_needed', 'not_asked', 'on_tip', '', '', %s, 1)",
            [uuid7(), own, me, tip],
        ),
        (
            "insert into casework_track (id, tip_id, pillar, status, lead_id, playbook, playbook_version, outcome,"
            " opened_at, version) values (%s, %s, 'prevention', 'open', %s, 'prevention', 1, '', now(), 1)",
            [uuid7(), tip, own],
        ),
        (
            "insert into tips_tip (id, reference, status, request_type, urgency, indicator_level, state, county,"
            " holder_agency_id, created_at, version) values (%s, 'CW-2026-999999-A', 'new', '', '', '', '', '', %s,"
            " now(), 1)",
            [uuid7(), own],
        ),
    ]
    for statement, values in refused:
        assert attempt(world.liaison, statement, values) == REFUSED, statement


def sides(world: World) -> dict[str, User]:
    return {"sender": world.operator, "receiver": world.liaison}


def set_state(side: str, state: str) -> str:
    """A change of state with everything that the table's constraints want of it."""
    wants = {
        "declined": ", decline_reason = 'no_capacity'",
        "closed": ", outcome = 'got_help'",
        "information_requested": ", question = 'x'",
        "cancelled": ", cancel_reason = 'asked_for'" if side == "receiver" else ", cancel_reason = 'entered_in_error'",
    }
    return f"update casework_referral set status = '{state}'{wants.get(state, '')}"


@pytest.mark.parametrize("side", ["sender", "receiver"])
@pytest.mark.parametrize("source", ["sent", "received", "information_requested", "accepted", "in_progress"])
def test_the_database_lets_each_side_make_its_own_moves_only(world: World, side: str, source: str) -> None:
    """Pinned to the table of states: what its side may do there is let through here, and nothing else."""
    make_referral(world, source)
    with acting_as(world.operator):
        Referral.objects.update(is_cancellation_asked=True)
    own = {move.target for move in REFERRAL.moves if move.side == side and source in move.sources and move.target}
    for state in REFERRAL.states():
        if state == source:
            continue
        with transaction.atomic():
            touched = attempt(sides(world)[side], set_state(side, state))
            transaction.set_rollback(True)
        assert (touched == 1) == (state in own), (side, source, state)


@pytest.mark.parametrize(
    "column",
    [
        'card = \'{"need": "x"}\'',
        "need = 'x'",
        "purpose = 'x'",
        "legal_basis = 'x'",
        "urgency = 'P0'",
        "pillar = 'prosecution'",
        "answer = 'x'",
        "answer_due_at = now() + interval '1 year'",
        "sent_at = now()",
        "created_at = now()",
        "is_cancellation_asked = true",
    ],
)
def test_a_receiver_does_not_rewrite_what_it_was_sent(world: World, column: str) -> None:
    make_referral(world, "accepted")
    assert attempt(world.liaison, f"update casework_referral set {column}") == REFUSED


@pytest.mark.parametrize(
    "column",
    [
        'card = \'{"need": "x"}\'',
        "purpose = 'x'",
        "outcome = 'got_help'",
        "decline_reason = 'language'",
        "question = 'x'",
    ],
)
def test_a_sender_neither_rewrites_what_it_sent_nor_answers_for_the_receiver(world: World, column: str) -> None:
    make_referral(world, "sent")
    assert attempt(world.operator, f"update casework_referral set {column}") == REFUSED


def test_a_sender_does_not_make_a_referral_that_is_accepted_already(world: World) -> None:
    tip = log_tip(world)
    statement = (
        "insert into casework_referral (id, tip_id, reference, sender_id, receiver_id, pillar, need, purpose,"
        " legal_basis, urgency, gives_lead_facts, card, status, progress, outcome, decline_reason, decline_note,"
        " question, answer, cancel_reason, is_cancellation_asked, created_by_id, created_at, sent_at, answer_due_at,"
        " reminders, feedback_asked, version)"
        " values (%s, %s, %s, %s, %s, 'protection', 'shelter', 'x', 'x', 'P2', true, '{}', %s, '', '', '', '',"
        " '', '', '', false, %s, now(), now(), now(), 0, 0, 1)"
    )
    values = [tip.pk, tip.reference, world.hotline.pk, world.legal.pk]
    by = world.operator
    assert attempt(by, statement, [uuid7(), *values, "accepted", by.pk]) == REFUSED
    assert attempt(by, statement, [uuid7(), *values, "sent", by.pk]) == REFUSED
    assert attempt(by, statement, [uuid7(), *values, "draft", by.pk]) == 1


def access_is_open(user: User) -> bool:
    with acting_as(user):
        return TipAccess.objects.held_by(user).exists()


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("liaison", "update casework_referral set status = 'closed', outcome = 'got_help', ended_at = now()"),
        ("operator", "update casework_referral set status = 'cancelled', cancel_reason = 'entered_in_error'"),
    ],
)
def test_access_ends_with_its_referral_whatever_forgets_to_end_it(world: World, who: str, statement: str) -> None:
    make_referral(world, "accepted")
    assert attempt(getattr(world, who), statement) == 1
    assert access_is_open(world.liaison)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # As a commit does.
    assert not access_is_open(world.liaison)
    assert access_is_open(world.operator)


def test_a_second_referral_keeps_the_door_open(world: World) -> None:
    first = make_referral(world, "accepted")
    second = make_referral(world, "accepted")
    assert first.tip_id != second.tip_id
    attempt(
        world.liaison,
        "update casework_referral set status = 'closed', outcome = 'got_help' where id = %s",
        [first.pk],
    )
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    with acting_as(world.liaison):
        assert list(TipAccess.objects.held_by(world.liaison).values_list("tip", flat=True)) == [second.tip_id]


@pytest.mark.parametrize("who", ["liaison", "operator"])
def test_the_time_to_answer_does_not_stop_before_the_answer(world: World, who: str) -> None:
    referral = make_referral(world, "received")
    assert attempt(getattr(world, who), "select end_referral_clocks(%s, 'met', '', now())", [referral.pk]) == REFUSED


@pytest.mark.parametrize("who", ["stranger", "liaison2", "operator", "auditor"])
def test_the_holders_clocks_are_met_by_who_accepted_and_nobody_else(world: World, who: str) -> None:
    referral = make_referral(world, "accepted")
    statement = "select meet_referral_clocks(%s, '{triage}', now())"
    assert attempt(getattr(world, who), statement, [referral.pk]) == REFUSED


def test_an_offer_meets_no_clock_before_it_is_accepted(world: World) -> None:
    referral = make_referral(world, "sent")
    assert attempt(world.liaison, "select meet_referral_clocks(%s, '{triage}', now())", [referral.pk]) == REFUSED


def test_who_else_was_asked_for_whom_is_not_a_receivers_to_read(world: World) -> None:
    first = make_referral(world, "accepted")
    statement = "select * from casework_referralperson"
    assert attempt(world.liaison, statement) == 1
    with acting_as(world.operator):
        tip = first.tip
    route(world, tip, [world.legal])
    assert attempt(world.operator, statement) == 2
    assert attempt(world.liaison, statement) == 1
    assert attempt(world.liaison, "select * from casework_referralevent") == 0


HISTORY = [
    "agencies_agencyevent",
    "agencies_serviceevent",
    "agencies_membershipevent",
    "tips_tipevent",
    "tips_consentevent",
    "tips_sharedaccountevent",
    "casework_approvalevent",
    "casework_referralevent",
    "casework_trackevent",
    "casework_stepevent",
    "casework_ruleversionevent",
]


@pytest.mark.parametrize("who", ["operator", "liaison", "stranger", "auditor", "sysadmin"])
@pytest.mark.parametrize("table", HISTORY)
def test_history_is_written_by_triggers_only(world: World, who: str, table: str) -> None:
    make_referral(world, "accepted")
    statement = f"insert into {table} select * from {table} limit 1"
    forged = f"insert into {table} (pgh_created_at, pgh_label) values (now(), 'update')"
    assert attempt(getattr(world, who), statement) in (REFUSED, 0)
    assert attempt(getattr(world, who), forged) == REFUSED


def test_every_table_of_history_is_among_those_above() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.columns"
            " where column_name = 'pgh_label' and table_schema = 'public'"
        )
        assert {row[0] for row in cursor.fetchall()} == set(HISTORY)


@pytest.mark.parametrize("who", ["operator", "liaison", "auditor", "sysadmin"])
def test_nobody_who_is_signed_in_seals_or_anchors(world: World, who: str) -> None:
    user: User = getattr(world, who)
    assert (
        attempt(
            user,
            "insert into agencies_seal (id, form, first_event, last_event, event_count, horizon, previous_hash, hash,"
            " sealed_at) values (1, 1, 1, 1, 1, 1, '', 'x', now())",
        )
        == REFUSED
    )
    assert (
        attempt(user, "insert into agencies_sealedevent (event, seal_id, place, hash) values (1, 1, 0, 'x')") == REFUSED
    )
    assert (
        attempt(
            user,
            "insert into agencies_anchor (id, seal, hash, anchored_at, sent_to) values (%s, 1, 'x', now(), 'x')",
            [uuid7()],
        )
        == REFUSED
    )


def notice(user: User, *, agency: Any = None, person: Any = None, **words: str) -> int:
    said = {"code": "referral_sent", "reference": "CW-2026-000123-K", "path": "/referrals/1/", **words}
    return attempt(
        user,
        "insert into agencies_notice (id, agency_id, user_id, code, reference, path, created_at, not_before, attempts,"
        " failure) values (%s, %s, %s, %s, %s, %s, now(), now(), 0, '')",
        [uuid7(), agency, person, said["code"], said["reference"], said["path"]],
    )


def test_a_notice_goes_to_ones_own_and_to_who_shares_a_referral(world: World) -> None:
    make_referral(world, "sent")
    assert notice(world.liaison, agency=world.hotline.pk) == 1
    assert notice(world.operator, agency=world.shelter.pk) == 1
    assert notice(world.liaison, agency=world.shelter.pk) == 1
    assert notice(world.liaison, person=world.agencyadmin.pk) == 1
    assert notice(world.operator, person=world.auditor.pk) == 1
    assert notice(world.liaison, person=world.auditor.pk) == 1
    for agency in (world.police, world.legal):
        assert notice(world.liaison, agency=agency.pk) == REFUSED
    assert notice(world.liaison, person=world.operator.pk) == REFUSED
    assert notice(world.stranger, agency=world.hotline.pk) == REFUSED
    assert notice(world.auditor, agency=world.police.pk) == REFUSED


@pytest.mark.parametrize(
    "words", [{"path": "https://example.com/"}, {"path": "/x?y=Ana"}, {"reference": "Ana is at home"}, {"code": "Go!"}]
)
def test_a_notice_carries_no_word_of_its_writer(world: World, words: dict[str, str]) -> None:
    assert notice(world.liaison, agency=world.shelter.pk, **words) == REFUSED


def event(user: User, *, actor: Any, agency: Any, role: str, tip: Any = None, outcome: str = "done") -> int:
    return attempt(
        user,
        "insert into agencies_auditevent (at, actor, actor_name, agency, agency_name, role, verb, kind, object_id, tip,"
        " pillar, outcome, reason, fields, details)"
        " values (now(), %s, 'x', %s, '', %s, 'close', 'tip', '', %s, '', %s, '', '{}', '{}')",
        [actor, agency, role, tip, outcome],
    )


def test_the_trail_is_written_in_ones_own_name_seat_and_cases(world: World) -> None:
    referral = make_referral(world, "sent")
    other = log_tip(world)
    me, own = world.liaison.pk, world.shelter.pk
    assert event(world.liaison, actor=me, agency=own, role="liaison") == 1
    assert event(world.liaison, actor=me, agency=own, role="liaison", tip=referral.tip_id) == 1
    assert event(world.liaison, actor=me, agency=own, role="liaison", tip=other.pk, outcome="refused") == 1
    assert event(world.liaison, actor=me, agency=own, role="liaison", tip=other.pk) == REFUSED
    assert event(world.liaison, actor=None, agency=own, role="liaison") == REFUSED
    assert event(world.liaison, actor=me, agency=world.hotline.pk, role="liaison") == REFUSED
    assert event(world.liaison, actor=me, agency=own, role="supervisor") == REFUSED
    assert event(world.liaison, actor=world.operator.pk, agency=world.hotline.pk, role="operator") == REFUSED


def test_a_moment_of_a_tip_is_not_reached_by_functions_of_the_house(world: World) -> None:
    tip = log_tip(world)
    for call in (
        "select casework_is_walled(%s, casework_agency())",
        "select casework_together(array[%s]::uuid[])",
        "select casework_successors(%s)",
        "select casework_next_due(%s)",
    ):
        assert attempt(world.stranger, call, [tip.pk]) == REFUSED, call
    assert attempt(world.stranger, "select walled_agencies(%s)", [tip.pk]) == 0
    with acting_as(world.stranger), connection.cursor() as cursor:
        cursor.execute("select casework_knows_of(%s)", [tip.pk])
        assert cursor.fetchone() == (False,)
