"""Every state x move x side of the referral, track, step and tip tables, from literal tables."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from agencies.lifecycle import Conflict, Lifecycle
from agencies.scope import acting_as, acting_as_system
from casework.models import Referral, Step, Track
from casework.states import REFERRAL, STEP, TRACK
from tests.factories import NOW, World, log_tip, make_referral, route
from tips.models import Tip
from tips.states import TIP

pytestmark = pytest.mark.django_db

# move: (states it leaves, state it reaches or "" for none, side)
REFERRAL_TABLE = {
    "send": ("draft", "sent", "sender"),
    "discard": ("draft", "cancelled", "sender"),
    "receive": ("sent", "received", "receiver"),
    "accept": ("sent received information_requested", "accepted", "receiver"),
    "say_yes": ("sent received information_requested", "", "receiver beside others"),
    "confirm": ("sent received information_requested", "", "sender that was told yes"),
    "close_unheard": ("accepted in_progress", "closed", "sender's supervisor"),
    "decline": ("sent received information_requested", "declined", "receiver"),
    "ask_information": ("sent received", "information_requested", "receiver"),
    "give_information": ("information_requested", "received", "sender"),
    "recall": ("sent received information_requested", "recalled", "sender"),
    "expire": ("sent received information_requested", "expired", "system"),
    "report_progress": ("accepted in_progress", "in_progress", "receiver"),
    "close": ("accepted in_progress", "closed", "receiver"),
    "ask_cancellation": ("accepted in_progress", "", "sender"),
    "confirm_cancellation": ("accepted in_progress", "cancelled", "receiver"),
    "withdraw": ("sent received information_requested accepted in_progress", "cancelled", "sender"),
}
STEP_TABLE = {
    "finish": ("open waiting blocked", "done", "lead"),
    "wait": ("open", "waiting", "lead"),
    "block": ("open waiting", "blocked", "lead"),
    "go_on": ("waiting blocked", "open", "lead"),
    "skip": ("open waiting blocked", "skipped", "lead"),
}
TRACK_TABLE = {"close": ("open", "closed", "lead")}
TIP_TABLE = {
    "take": ("new", "in_triage", "holder"),
    "take_over": ("in_triage routed in_progress", "", "holder"),
    "assign_new": ("new", "in_triage", "holder"),
    "assign": ("in_triage routed in_progress", "", "holder"),
    "give_back": ("in_triage routed in_progress", "", "keeper"),
    "shift_ended": ("in_triage routed in_progress", "", "system"),
    "triage": ("new in_triage", "in_triage", "holder"),
    "triage_again": ("routed in_progress", "", "holder"),
    "route": ("in_triage routed in_progress", "routed", "holder"),
    "start": ("routed", "in_progress", "inside"),
    "close": ("in_triage routed in_progress", "closed", "holder"),
    "reopen": ("closed", "in_triage", "holder"),
    "merge": ("new in_triage routed in_progress closed", "merged", "holder"),
    "unmerge": ("merged", "", "holder"),
}
REFERRAL_STATES = [
    "draft",
    "sent",
    "received",
    "information_requested",
    "accepted",
    "in_progress",
    "closed",
    "declined",
    "expired",
    "recalled",
    "cancelled",
]
FILLED = {
    "card": {"need": "Shelter"},
    "answer_due_at": NOW + timedelta(hours=1),
    "cancel_reason": "entered_in_error",
    "decline_reason": "no_capacity",
    "question": "Which language?",
    "answer": "Spanish",
    "progress": "scheduled",
    "outcome": "got_help",
    "is_cancellation_asked": True,
    "ready_at": NOW,
}
# A receiver cancels for no other reason than that the sender asked.
AS_THE_MOVE_SAYS = {"confirm_cancellation": {"cancel_reason": "asked_for"}}


def as_table(lifecycle: Lifecycle[Any]) -> dict[str, tuple[str, str, str]]:
    return {move.name: (" ".join(move.sources), move.target, move.side) for move in lifecycle.moves}


@pytest.mark.parametrize(
    ("lifecycle", "table"),
    [(REFERRAL, REFERRAL_TABLE), (STEP, STEP_TABLE), (TRACK, TRACK_TABLE), (TIP, TIP_TABLE)],
    ids=["referral", "step", "track", "tip"],
)
def test_the_table_is_the_one_that_was_ruled(lifecycle: Lifecycle[Any], table: dict[str, Any]) -> None:
    assert as_table(lifecycle) == table


def outcome_of(referral: Referral, move: str, by: Any, values: dict[str, Any]) -> str:
    try:
        with transaction.atomic():
            moved = REFERRAL.move(referral, move, by=by, at=NOW, values=values)
            reached = moved.status
            transaction.set_rollback(True)
    except Conflict:
        return "too late"
    except PermissionDenied:
        return "not allowed"
    return str(reached)


@pytest.mark.parametrize("state", REFERRAL_STATES)
def test_every_move_of_every_side_from_every_state_of_a_referral(world: World, state: str) -> None:
    referral = make_referral(world, "sent" if state == "draft" else state)
    with acting_as_system("test"):
        if state == "draft":
            Referral.objects.update(status="draft", sent_at=None)
        Referral.objects.update(is_cancellation_asked=True)
        referral.refresh_from_db()
    sides = {
        "sender": world.operator,
        "receiver": world.liaison,
        "stranger": world.stranger,
        "no right": world.agencyadmin,
        "system": None,
    }
    for side, user in sides.items():
        for name, (sources, target, mover) in REFERRAL_TABLE.items():
            values = {need: FILLED[need] for need in REFERRAL.get(name).needs} | AS_THE_MOVE_SAYS.get(name, {})
            if user is None:
                with acting_as_system("test") as system:
                    got = outcome_of(referral, name, system, values)
            else:
                with acting_as(user):
                    got = outcome_of(referral, name, user, values)
            if side != mover:
                expected = "not allowed"
            elif state not in sources.split():
                expected = "too late"
            else:
                expected = target or state
            # A draft does not exist for its receiver: not even a conflict tells of it.
            if state == "draft" and side == "receiver":
                expected = "not allowed"
            assert got == expected, (state, name, side)


@pytest.mark.parametrize("name", [name for name in REFERRAL_TABLE if REFERRAL.get(name).needs])
def test_a_move_without_its_needed_fields_writes_nothing(world: World, name: str) -> None:
    sources, _, side = REFERRAL_TABLE[name]
    state = sources.split()[0]
    referral = make_referral(world, "sent" if state == "draft" else state)
    user = world.supervisor if side.startswith("sender") else world.liaison
    with acting_as_system("test"):
        if state == "draft":
            Referral.objects.update(status="draft", sent_at=None)
        Referral.objects.update(card={}, answer_due_at=NOW if state != "draft" else None)
        Referral.objects.update(round=referral.pk, ready_at=NOW if name == "confirm" else None)
        before = Referral.objects.values().get()
    with acting_as(user), pytest.raises(ValidationError):
        REFERRAL.move(referral, name, by=user, at=NOW, values=dict.fromkeys(REFERRAL.get(name).needs, ""))
    with acting_as(world.operator):
        assert Referral.objects.values().get() == before


def test_buttons_are_the_moves_that_the_server_allows(world: World) -> None:
    referral = make_referral(world, "received")
    with acting_as(world.liaison):
        names = [move.name for move in REFERRAL.available(referral, world.liaison)]
    assert names == ["accept", "decline", "ask_information"]
    with acting_as(world.operator):
        names = [move.name for move in REFERRAL.available(referral, world.operator)]
    assert names == ["recall", "withdraw"]
    assert REFERRAL.available(referral, world.stranger) == []
    assert REFERRAL.available(referral, world.agencyadmin) == []


def test_a_step_moves_by_its_table_and_only_for_the_lead(world: World) -> None:
    route(world, log_tip(world), [world.shelter])
    with acting_as(world.operator):
        step = Step.objects.get(number=1)
        for state in ("open", "waiting", "blocked", "done", "skipped"):
            Step.objects.filter(pk=step.pk).update(status=state, reason="because")
            for name, (sources, target, _) in STEP_TABLE.items():
                try:
                    with transaction.atomic():
                        moved = STEP.move(step, name, by=world.operator, at=NOW, values={"reason": "because"})
                        got = moved.status
                        transaction.set_rollback(True)
                except Conflict:
                    got = "too late"
                assert got == (target if state in sources.split() else "too late"), (state, name)
    with acting_as(world.stranger), pytest.raises(PermissionDenied):
        STEP.move(step, "finish", by=world.stranger, at=NOW)


def test_a_receiver_inside_the_tip_is_not_the_lead_of_its_track(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.liaison):
        track = Track.objects.select_related("tip").get()
        with pytest.raises(PermissionDenied):
            TRACK.move(track, "close", by=world.liaison, at=NOW, values={"outcome": "done"})


def test_a_receiver_cannot_move_the_tip_as_its_holder(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.liaison):
        tip = Tip.objects.get()
        for name, (_, _, side) in TIP_TABLE.items():
            if side == "holder":
                with pytest.raises(PermissionDenied), transaction.atomic():
                    TIP.move(tip, name, by=world.liaison, at=NOW)


def test_each_move_is_in_the_trail_once(world: World) -> None:
    make_referral(world, "accepted")
    with acting_as(world.auditor), connection.cursor() as cursor:
        cursor.execute("select verb, count(*) from agencies_auditevent where kind = 'referral' group by 1 order by 1")
        assert cursor.fetchall() == [("accept", 1), ("send", 1)]
